#pragma once

#include <map>

#include "actbook/sha256.h"
#include "cli_fixture.h"

namespace actbook::testing {

using Files = std::map<std::string, std::string>;
using nlohmann::ordered_json;

/// All files of a folder, by their names in it.
inline Files files_in(const std::filesystem::path& folder) {
  Files files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files[entry.path().lexically_relative(folder).generic_string()] = read_file(entry.path());
  }
  return files;
}

inline Hash sha256(const std::string& text) {
  Sha256 hash;
  hash.add({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return hash.finish();
}

inline std::string sha256_of(const std::string& text) { return to_hex(sha256(text)); }

inline std::string record_name(std::uint64_t position, const std::string& ending) {
  auto digits = std::to_string(position);
  return "records/" + std::string(12 - digits.size(), '0') + digits + ending;
}

/// Of a text that the fixture's people have, what may be nowhere in a sealed case.
inline constexpr const char* kAddress = "olga@prism.example";
inline constexpr const char* kName = "Ölgá 智";

/// A ledger with the fixture's commands, and room for case files of it.
class Cases {
 public:
  Cases() { cli_.fill(); }

  [[nodiscard]] const Cli& cli() const { return cli_; }
  [[nodiscard]] std::filesystem::path path(const std::string& name) const {
    return directory_ / name;
  }

  /// Writes a case, with `options` of its own.
  [[nodiscard]] Ran try_write(const std::string& name, const Arguments& question,
                              const Arguments& options = {},
                              const RunOptions& run_options = {}) const {
    Arguments words = {"--ledger", cli_.ledger(), "case", "write", path(name).string()};
    words.insert(words.end(), options.begin(), options.end());
    words.emplace_back("--");
    words.insert(words.end(), question.begin(), question.end());
    return Cli::bare(words, run_options);
  }

  /// The same, where it has to come about.
  std::filesystem::path write(const std::string& name, const Arguments& question,
                              const Arguments& options = {},
                              const RunOptions& run_options = {}) const {
    const auto ran = try_write(name, question, options, run_options);
    REQUIRE_MESSAGE(ran.code == 0, ran.err);
    return path(name);
  }

  /// What the ledger answers to the question that the case says to ask again.
  [[nodiscard]] std::string ask_again(const Files& files, const std::string& format) const {
    std::istringstream lines(files.at("question.txt"));
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("To ask again")) continue;
      const auto command = line.substr(line.find("actbook ") + std::string("actbook ").size());
      // The shell takes its words apart, as it would if somebody typed it.
      const auto ran =
          testing::run("/bin/sh", {"-c", R"(eval "\"\$0\" --ledger \"\$1\" --format \"\$2\" $3")",
                                   ACTBOOK_BINARY, cli_.ledger(), format, command});
      REQUIRE_MESSAGE(ran.code == 0, ran.err);
      return ran.out;
    }
    FAIL("the case does not say how to ask again");
    return {};
  }

 private:
  Cli cli_;
  TempDirectory directory_;
};

/// Checks a case; no ledger is named.
inline Ran verify(const std::filesystem::path& path, const Arguments& options = {}) {
  Arguments words = {"case", "verify", path.string()};
  words.insert(words.end(), options.begin(), options.end());
  return Cli::bare(words);
}

inline json finding(const std::filesystem::path& path, const Arguments& options = {}) {
  Arguments words = {"--format", "json"};
  words.insert(words.end(), options.begin(), options.end());
  const auto ran = verify(path, words);
  REQUIRE_MESSAGE((ran.code == 0 || ran.code == 8), ran.err);
  auto document = json::parse(ran.out);
  CHECK(document["sound"] == (ran.code == 0));
  return document;
}

/// A case that somebody changes, with or without making the manifest fit.
class Forged {
 public:
  explicit Forged(std::filesystem::path folder)
      : folder_(std::move(folder)),
        manifest_(ordered_json::parse(read_file(folder_ / "manifest.json"))) {}

  [[nodiscard]] ordered_json& manifest() { return manifest_; }

  void put(const std::string& name, const std::string& content) const {
    write_file(folder_ / name, content);
  }
  /// Leaves a file's hash in the manifest as it should be of what it has now.
  void put_and_list(const std::string& name, const std::string& content) {
    put(name, content);
    for (auto& file : manifest_["files"]) {
      if (file["name"] != name) continue;
      file["bytes"] = content.size();
      file["sha256"] = sha256_of(content);
    }
  }
  void remove_and_unlist(const std::string& name) {
    std::filesystem::remove(folder_ / name);
    auto& files = manifest_["files"];
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (files[i]["name"] == name) return files.erase(i);
    }
  }
  [[nodiscard]] json check() const {
    put("manifest.json", manifest_.dump(1) + "\n");
    return finding(folder_);
  }

 private:
  std::filesystem::path folder_;
  ordered_json manifest_;
};

}  // namespace actbook::testing

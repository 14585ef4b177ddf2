#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli_process.h"

namespace actbook::testing {

using nlohmann::json;

// Some texts are there to be hard on tables and on CSV.
inline constexpr const char* kCommands[] = {
    R"({"at":"2026-01-05T08:00:00Z","command_id":"c-1","actor":{"kind":"staff","id":"sue"},"command_type":"PublishAgreementVersion","command":{"agreement":"dpa","version":1,"title":"Terms, \"first\"","language":"en","text_sha256":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}})",
    R"({"at":"2026-01-06T08:00:00Z","command_id":"c-2","actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson","command":{"person":"olga","email":"olga@prism.example","display_name":"Ölgá 智"}})",
    R"({"at":"2026-01-06T09:00:00Z","command_id":"c-3","actor":{"kind":"person","id":"olga"},"command_type":"RegisterOrganisation","command":{"organisation":"prism","name":"PRISM","owner":"olga"}})",
    R"({"at":"2026-02-01T09:00:00Z","command_id":"c-4","actor":{"kind":"staff","id":"sam"},"reason":"contract P-7, \"signed\"","command_type":"GrantPartnerStatus","command":{"organisation":"prism","contract_reference":"P-7"}})",
    R"({"at":"2026-03-01T09:00:00Z","command_id":"c-5","actor":{"kind":"person","id":"olga"},"command_type":"CreateWorkspace","command":{"workspace":"w-1","organisation":"prism","name":"Panels","data_owner":{"organisation_name":"Zürich, \"Nord\"","email":"clara@zurich.example"},"acceptance":{"agreement":"dpa","version":1,"text_shown":true,"channel":"web"}}})",
    R"({"at":"2026-03-02T09:00:00Z","command_id":"c-6","actor":{"kind":"person","id":"olga"},"command_type":"GrantPartnerStatus","command":{"organisation":"prism","contract_reference":"P-8"}})",
    R"({"at":"2026-03-03T09:00:00Z","command_id":"c-7","actor":{"kind":"person","id":"olga"},"command_type":"RenameWorkspace","command":{"workspace":"w-1","name":"Panels"}})",
    R"({"at":"2026-03-04T09:00:00Z","command_id":"c-8","actor":{"kind":"person","id":"olga"},"command_type":"RenameWorkspace","command":{"workspace":"w-1","name":"Panels 2026"}})",
};
inline constexpr const char* kNextCommand =
    R"({"at":"2026-03-05T09:00:00Z","command_id":"c-9","actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson","command":{"person":"bea"}})";

inline std::string all_commands() {
  std::string text;
  for (const auto* command : kCommands) text += std::string(command) + "\n";
  return text;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A ledger in a directory of its own, and the real program to work on it.
class Cli {
 public:
  [[nodiscard]] static Ran bare(const Arguments& arguments, const RunOptions& options = {}) {
    return testing::run(ACTBOOK_BINARY, arguments, options);
  }

  [[nodiscard]] Ran run(Arguments arguments, const RunOptions& options = {}) const {
    arguments.insert(arguments.end(), {"--ledger", ledger()});
    return bare(arguments, options);
  }

  [[nodiscard]] std::string ledger() const { return (directory_ / "ledger").string(); }
  [[nodiscard]] std::string file(const std::string& text,
                                 const std::string& name = "in.jsonl") const {
    write_file(directory_ / name, text);
    return (directory_ / name).string();
  }

  void init(const Arguments& more = {"--simulated-clock", "--at", "2026-01-01"}) const {
    Arguments arguments = {"init"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto ran = run(arguments);
    REQUIRE_MESSAGE(ran.code == 0, ran.err);
  }

  [[nodiscard]] Ran record(const std::string& text, Arguments more = {}) const {
    more.insert(more.begin(), {"record", file(text)});
    return run(more);
  }

  void fill() const {
    init();
    REQUIRE(record(all_commands()).code == 0);
  }

  [[nodiscard]] std::uint64_t head() const {
    const auto ran = run({"verify", "--format", "json"});
    REQUIRE(ran.code == 0);
    return json::parse(ran.out)["head"];
  }

 private:
  TempDirectory directory_;
};

inline json answer(const Cli& cli, Arguments arguments) {
  arguments.insert(arguments.end(), {"--format", "json"});
  const auto ran = cli.run(arguments);
  REQUIRE_MESSAGE(ran.code == 0, ran.err);
  return json::parse(ran.out);
}

}  // namespace actbook::testing

#include "case_manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/outcome/try.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

constexpr std::uint64_t kFormatVersion = 1;

/// A hash from 64 lower-case hexadecimal digits, as a head has one.
std::optional<Hash> hash_in(const ordered_json& value) {
  if (!value.is_string()) return {};
  const auto head = parse_tree_head("0:" + value.get<std::string>());
  return head ? std::optional(head.value().root) : std::nullopt;
}

ordered_json document_of(const CaseManifest& manifest) {
  ordered_json document;
  document["format_version"] = kFormatVersion;
  document["tree_head"] = to_string(manifest.tree);
  document["revealed"] = manifest.revealed;
  document["revealed_texts"] = ordered_json::array();
  for (const auto& text : manifest.revealed_texts) {
    document["revealed_texts"].push_back({{"file", text.file}, {"place", text.place}});
  }
  document["files"] = ordered_json::array();
  for (const auto& file : manifest.files) {
    document["files"].push_back(
        {{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  }
  document["records"] = ordered_json::array();
  for (const auto& record : manifest.records) {
    ordered_json path = ordered_json::array();
    for (const auto& hash : record.path) path.push_back(to_hex(hash));
    document["records"].push_back({{"position", record.position},
                                   {"leaf_sha256", to_hex(record.leaf)},
                                   {"audit_path", std::move(path)}});
  }
  return document;
}

std::optional<CaseRecord> record_in(const ordered_json& value) {
  const auto leaf = hash_in(value.at("leaf_sha256"));
  if (!leaf) return {};
  CaseRecord record{value.at("position").get<std::uint64_t>(), *leaf, {}};
  for (const auto& text : value.at("audit_path")) {
    const auto hash = hash_in(text);
    if (!hash) return {};
    record.path.push_back(*hash);
  }
  return record;
}

// What is missing or of another kind throws; that it is all there is for the caller to see.
std::optional<CaseManifest> manifest_in(const ordered_json& document) {
  CaseManifest manifest;
  const auto head = parse_tree_head(document.at("tree_head").get<std::string>());
  if (!head) return {};
  manifest.tree = head.value();
  manifest.revealed = document.at("revealed").get<bool>();
  for (const auto& text : document.at("revealed_texts")) {
    manifest.revealed_texts.push_back(
        {text.at("file").get<std::string>(), text.at("place").get<std::string>()});
  }
  for (const auto& file : document.at("files")) {
    manifest.files.push_back({file.at("name").get<std::string>(),
                              file.at("bytes").get<std::uint64_t>(),
                              file.at("sha256").get<std::string>()});
  }
  for (const auto& value : document.at("records")) {
    auto record = record_in(value);
    if (!record) return {};
    manifest.records.push_back(std::move(*record));
  }
  return manifest;
}

/// Names and positions ascend; so none stands in it twice.
bool is_in_order(const CaseManifest& manifest) {
  const std::ranges::greater_equal not_before;
  return std::ranges::adjacent_find(manifest.files, not_before, &CaseFile::name) ==
             manifest.files.end() &&
         std::ranges::adjacent_find(manifest.records, not_before, &CaseRecord::position) ==
             manifest.records.end();
}

Error malformed() {
  return {ErrorKind::invalid, "MALFORMED_MANIFEST", "it is not the text of a manifest", {}};
}

}  // namespace

std::string record_file(std::uint64_t position) {
  return fmt::format("records/{:012}.record", position);
}

std::string record_json_file(std::uint64_t position) {
  return fmt::format("records/{:012}.json", position);
}

std::vector<CaseFile> list_files(const CaseFiles& files) {
  std::vector<CaseFile> listed;
  for (const auto& [name, content] : files) {
    if (name != kManifestFile) listed.push_back({name, content.size(), sha256_hex(content)});
  }
  return listed;
}

std::string to_json(const CaseManifest& manifest) { return document_of(manifest).dump(1) + "\n"; }

Result<CaseManifest> parse_manifest(const std::string& text) {
  std::optional<CaseManifest> manifest;
  try {
    const auto document = ordered_json::parse(text);
    const auto version = document.at("format_version").get<std::uint64_t>();
    if (version > kFormatVersion) {
      return Error{ErrorKind::unsupported,
                   "NEWER_CASE_FILE",
                   "it is of version " + std::to_string(version) + "; this actbook knows " +
                       std::to_string(kFormatVersion),
                   {}};
    }
    manifest = manifest_in(document);
  } catch (const ordered_json::exception&) {
    return malformed();
  }
  // Whatever else it says, or says in another way, it does not say it by itself.
  if (!manifest || !is_in_order(*manifest) || to_json(*manifest) != text) return malformed();
  return std::move(*manifest);
}

std::string sha256_hex(std::string_view text) {
  Sha256 hash;
  hash.add({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return to_hex(hash.finish());
}

}  // namespace actbook::cli

#include "case_verify.h"

#include <algorithm>
#include <boost/outcome/try.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "actbook/json.h"
#include "cited.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

/// No document of a case is as deep. What is deeper is not for recursion.
constexpr int kDeepest = 64;
/// No personal text is as long. What is longer would not fit into the record that is rendered anew.
constexpr std::size_t kLongestText = 65'536;
constexpr const char* kNoJson = "it is no JSON, or nests too deep";

/// Of JSON. The parser would tell by its callback only, which takes it the square of the time.
bool nests_too_deep(const std::string& text) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_text = !in_text;
    } else if (!in_text && (c == '[' || c == '{')) {
      if (++depth > kDeepest) return true;
    } else if (!in_text && (c == ']' || c == '}')) {
      --depth;
    }
  }
  return false;
}

std::optional<ordered_json> parse(const std::string& text) {
  if (nests_too_deep(text)) return {};
  auto document = ordered_json::parse(text, nullptr, false);
  if (document.is_discarded()) return {};
  return document;
}

/// A record as JSON, with `personal(i)` in the place of its personal text i, in whatever order they
/// come.
template <class Personal>
Result<std::string> json_of(const Record& record, const Personal& personal) {
  std::size_t count = 0;
  return record_to_json(
      record, JsonLayout::indented,
      [&](const PersonalText&) -> Result<std::string> { return std::string(personal(count++)); });
}

bool has_text(const ordered_json& document, const std::string& place) {
  try {
    const ordered_json::json_pointer pointer(place);
    return document.contains(pointer) && document.at(pointer).is_string();
  } catch (const ordered_json::exception&) {
    return false;  // it is no JSON pointer
  }
}

using Places = std::set<std::string>;

/// By their numbers.
using PersonalTexts = std::map<std::string, std::string>;

/// Whether a document says what two others do, which differ where a text is personal: the second
/// has its number. There it has any text, if that is listed as revealed; else a word that says it
/// was not.
bool is_same(const ordered_json& document, const ordered_json& one, const ordered_json& other,
             const ordered_json::json_pointer& place, const Places& revealed,
             PersonalTexts& personal) {
  if (one.is_string() && one != other) {
    if (!document.is_string()) return false;
    auto text = document.get<std::string>();
    if (text.size() > kLongestText) return false;
    personal[other.get<std::string>()] = std::move(text);
    return revealed.contains(place.to_string()) || document == "sealed" || document == "erased" ||
           document == "lost";
  }
  if (!one.is_structured()) return document == one;
  if (document.type() != one.type() || document.size() != one.size()) return false;
  // Members keep their order, as elements do.
  auto said = document.items().begin();
  auto second = other.items().begin();
  for (const auto& first : one.items()) {
    if (said.key() != first.key()) return false;
    if (!is_same(said.value(), first.value(), second.value(), place / first.key(), revealed,
                 personal)) {
      return false;
    }
    ++said;
    ++second;
  }
  return true;
}

/// Checks one thing after another, and stops at the first that is wrong.
class Verifier {
 public:
  explicit Verifier(const CaseFiles& files) : files_(files) {}

  Result<CaseFinding> verify(const std::string& expected_manifest,
                             const std::optional<TreeHead>& expected) && {
    BOOST_OUTCOME_TRY(read, read_manifest());
    if (read && check_manifest(expected_manifest) && check_files() && check_head(expected) &&
        check_records() && check_revealed()) {
      check_cited();
    }
    return std::move(finding_);
  }

 private:
  /// False, so that what comes next is left out.
  bool wrong(std::string file, std::string what) {
    finding_.file = std::move(file);
    finding_.what = std::move(what);
    return false;
  }

  Result<bool> read_manifest() {
    const auto text = files_.find(kManifestFile);
    if (text == files_.end()) return wrong(kManifestFile, "it is missing");
    finding_.manifest_sha256 = sha256_hex(text->second);
    auto manifest = parse_manifest(text->second);
    if (manifest) {
      finding_.manifest = std::move(manifest).value();
      return true;
    }
    auto error = std::move(manifest).error();
    if (error.kind == ErrorKind::invalid) return wrong(kManifestFile, error.message);
    error.message = std::string(kManifestFile) + ": " + error.message;
    return error;
  }

  bool check_manifest(const std::string& expected) {
    if (expected.empty() || expected == finding_.manifest_sha256) return true;
    return wrong(kManifestFile,
                 "its SHA-256 is " + finding_.manifest_sha256 + ", and not the expected one");
  }

  bool check_files() {
    for (const auto* name : {kQuestionFile, kPageFile, kAnswerFile, kCsvFile, kTextFile}) {
      if (!files_.contains(name)) return wrong(name, "it is missing");
    }
    const auto& listed = finding_.manifest.files;
    std::set<std::string_view> known = {kManifestFile};
    for (const auto& file : listed) {
      known.insert(file.name);
      const auto found = files_.find(file.name);
      if (found == files_.end()) return wrong(file.name, "it is missing");
      const auto& content = found->second;
      if (content.size() != file.bytes) {
        return wrong(file.name, "it has " + std::to_string(content.size()) + " bytes; it had " +
                                    std::to_string(file.bytes) + ", by the manifest");
      }
      if (sha256_hex(content) != file.sha256) {
        return wrong(file.name, "its SHA-256 is not the one that the manifest has");
      }
      ++finding_.files;
    }
    for (const auto& [name, content] : files_) {
      if (!known.contains(name)) return wrong(name, "the manifest does not list it");
    }
    return true;
  }

  bool check_head(const std::optional<TreeHead>& expected) {
    const auto head = to_string(finding_.manifest.tree);
    if (expected && *expected != finding_.manifest.tree) {
      return wrong(kManifestFile,
                   "the tree's head is " + head + ", and not the expected " + to_string(*expected));
    }
    const auto text = files_.find(kCertificateFile);
    if (text == files_.end()) return wrong(kCertificateFile, "it is missing");
    const auto certificate = parse(text->second);
    const auto says = [&](const char* member, const ordered_json& value) {
      return certificate->contains(member) && certificate->at(member) == value;
    };
    if (!certificate || !says("tree_after", head) || !says("until", finding_.manifest.tree.size)) {
      return wrong(kCertificateFile, "it is not for the tree's head that the manifest has");
    }
    return true;
  }

  bool check_records() {
    std::set<std::string> known;
    for (const auto& listed : finding_.manifest.records) {
      const auto name = record_file(listed.position);
      if (!check_record(listed, name)) return false;
      known.insert({name, record_json_file(listed.position)});
      ++finding_.records;
    }
    for (const auto& [name, content] : files_) {
      if (name.starts_with("records/") && !known.contains(name)) {
        return wrong(name, "the manifest lists no such record");
      }
    }
    return true;
  }

  bool check_record(const CaseRecord& listed, const std::string& name) {
    const auto found = files_.find(name);
    if (found == files_.end()) return wrong(name, "it is missing");
    const auto owner = std::make_shared<const Bytes>(found->second.begin(), found->second.end());
    const auto record = Record::read(owner, *owner);
    if (!record) return wrong(name, "it is no well-formed record");
    if (record->position() != Position{listed.position}) {
      return wrong(name,
                   "it is the record of position " + std::to_string(record->position().value));
    }
    if (leaf_hash(record->bytes()) != listed.leaf) {
      return wrong(name, "its leaf hash is not the one that the manifest has");
    }
    const auto& tree = finding_.manifest.tree;
    if (root_by(listed.leaf, listed.position, tree.size, listed.path) != tree.root) {
      return wrong(name, "by its audit path it is not in the tree " + to_string(tree));
    }
    return check_json(*record, record_json_file(listed.position));
  }

  bool check_json(const Record& record, const std::string& name) {
    const auto found = files_.find(name);
    if (found == files_.end()) return wrong(name, "it is missing");
    const auto document = parse(found->second);
    if (!document) return wrong(name, kNoJson);
    const auto one = json_of(record, [](std::size_t) { return "-"; });
    const auto other = json_of(record, [](std::size_t i) { return std::to_string(i); });
    if (!one || !other) return wrong(name, (one ? other : one).error().message);
    PersonalTexts personal;
    if (!is_same(*document, ordered_json::parse(one.value()), ordered_json::parse(other.value()),
                 ordered_json::json_pointer(), revealed_in(name), personal)) {
      return wrong(name, "it does not say what the record's bytes say");
    }
    // A member may stand twice and say something else first.
    const auto again = json_of(record, [&](std::size_t i) { return personal[std::to_string(i)]; });
    if (!again || again.value() + "\n" != found->second) {
      return wrong(name, "it does not say what the record's bytes say, letter for letter");
    }
    return true;
  }

  [[nodiscard]] Places revealed_in(const std::string& name) const {
    Places places;
    for (const auto& text : finding_.manifest.revealed_texts) {
      if (text.file == name) places.insert(text.place);
    }
    return places;
  }

  /// Those in records were looked at with them.
  bool check_revealed() {
    const auto& manifest = finding_.manifest;
    if (!manifest.revealed && !manifest.revealed_texts.empty()) {
      return wrong(kManifestFile, "it lists texts as revealed, and says that none was to be");
    }
    std::map<std::string, std::optional<ordered_json>> documents;
    for (const auto& text : manifest.revealed_texts) {
      const auto [entry, is_new] = documents.try_emplace(text.file);
      auto& document = entry->second;
      const auto found = files_.find(text.file);
      if (is_new && found != files_.end()) document = parse(found->second);
      if (!document || !has_text(*document, text.place)) {
        return wrong(text.file,
                     "it has no text at " + text.place + ", which the manifest lists as revealed");
      }
    }
    return true;
  }

  bool check_cited() {
    const auto found = files_.find(kAnswerFile);
    if (found == files_.end()) return wrong(kAnswerFile, "it is missing");
    const auto answer = parse(found->second);
    if (!answer) return wrong(kAnswerFile, kNoJson);
    const auto positions = cited_positions(*answer);
    for (const auto& record : finding_.manifest.records) {
      if (!positions.contains(record.position)) {
        return wrong(record_file(record.position), "the answer does not name it");
      }
    }
    for (const auto position : positions) {
      if (!files_.contains(record_file(position))) {
        return wrong(kAnswerFile, "it rests on position " + std::to_string(position) +
                                      ", and that record is missing");
      }
      ++finding_.cited;
    }
    return true;
  }

  const CaseFiles& files_;
  CaseFinding finding_;
};

}  // namespace

Result<CaseFinding> verify_case(const CaseFiles& files, const std::string& expected_manifest,
                                const std::optional<TreeHead>& expected) {
  return Verifier(files).verify(expected_manifest, expected);
}

}  // namespace actbook::cli

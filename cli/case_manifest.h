#pragma once

#include <compare>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "inclusion_proof.h"

namespace actbook::cli {

/// The files of a case by their names, such as records/000000000041.json.
using CaseFiles = std::map<std::string, std::string>;

inline constexpr const char* kManifestFile = "manifest.json";
inline constexpr const char* kQuestionFile = "question.txt";
inline constexpr const char* kPageFile = "answer.html";
inline constexpr const char* kAnswerFile = "answer.json";
inline constexpr const char* kCsvFile = "answer.csv";
inline constexpr const char* kTextFile = "answer.txt";
inline constexpr const char* kCertificateFile = "certificate.json";

/// Of a record: its stored bytes, and the same as JSON.
[[nodiscard]] std::string record_file(std::uint64_t position);
[[nodiscard]] std::string record_json_file(std::uint64_t position);

/// What a manifest says of a file.
struct CaseFile {
  std::string name;
  std::uint64_t bytes = 0;
  /// 64 lower-case hexadecimal digits.
  std::string sha256;
};
/// All files but the manifest, in the order of their names.
[[nodiscard]] std::vector<CaseFile> list_files(const CaseFiles& files);

/// What a manifest says of a record: that it is in the tree.
struct CaseRecord {
  std::uint64_t position = 0;
  Hash leaf = {};
  AuditPath path;
};

/// A text of somebody's that is in clear: in which file, and where in it (a JSON pointer).
struct RevealedText {
  std::string file;
  std::string place;

  auto operator<=>(const RevealedText&) const = default;
};

/// What a case consists of, and by what it can be checked.
struct CaseManifest {
  TreeHead tree;
  /// Personal data was to be revealed; and which texts of the answer and the records that is.
  bool revealed = false;
  std::vector<RevealedText> revealed_texts;
  std::vector<CaseFile> files;
  std::vector<CaseRecord> records;
};

/// One text for one manifest.
[[nodiscard]] std::string to_json(const CaseManifest& manifest);
/// Errors: invalid, if it is not the text of any manifest, by so much as a blank, or lists a file
/// or a record twice or out of order; unsupported, if a newer version wrote it.
[[nodiscard]] Result<CaseManifest> parse_manifest(const std::string& text);

/// The SHA-256 of a text, as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace actbook::cli

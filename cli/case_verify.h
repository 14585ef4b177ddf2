#pragma once

#include <optional>
#include <string>

#include "case_manifest.h"

namespace actbook::cli {

/// What a check of a case file found.
struct CaseFinding {
  /// The first file that is not as it should be, and what is wrong; empty, if the case is sound.
  std::string file;
  std::string what;
  /// What was checked, up to there.
  std::size_t files = 0;
  std::size_t records = 0;
  std::size_t cited = 0;
  /// As the manifest says, where it can be read.
  CaseManifest manifest;
  std::string manifest_sha256;

  [[nodiscard]] bool sound() const { return what.empty(); }
};

/// Checks a case by itself, without a ledger: that its files are those of the manifest; that each
/// record is well-formed, has the leaf hash and the position it should have, and is in the tree;
/// that the JSON beside it says what its bytes say; and that all records are there which the answer
/// names. What was kept elsewhere must be the case's own: the SHA-256 of its manifest, unless
/// empty, and a head of the ledger. Errors: unsupported, if a newer version wrote it.
[[nodiscard]] Result<CaseFinding> verify_case(const CaseFiles& files,
                                              const std::string& expected_manifest,
                                              const std::optional<TreeHead>& expected);

}  // namespace actbook::cli

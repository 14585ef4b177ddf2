#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "actbook/record.h"

namespace actbook::testing {

/// Lower-case hexadecimal digits, 64 a line.
[[nodiscard]] std::string to_hex(ByteView bytes);
/// Null for anything that to_hex does not write.
[[nodiscard]] std::optional<Bytes> from_hex(const std::string& text);

/// The files of tests/golden: bytes that were stored once and must mean the same forever, as .hex,
/// and beside them what they mean, as .json. See tests/golden/README.md.
class GoldenFiles {
 public:
  GoldenFiles();

  /// The contents of every file, by its name without the ending.
  [[nodiscard]] const std::map<std::string, std::string>& json() const { return json_; }
  [[nodiscard]] const std::map<std::string, std::string>& hex() const { return hex_; }

  /// Empty, if `bytes` are those of the file; else what is wrong. With ACTBOOK_WRITE_GOLDEN=1 a
  /// file that does not exist is written; one that does never is.
  [[nodiscard]] std::string compare(const std::string& name, ByteView bytes) const;

 private:
  std::filesystem::path directory_;
  std::map<std::string, std::string> json_;
  std::map<std::string, std::string> hex_;
};

/// The files of log shapes, which are of no event.
inline const std::set<std::string> kNoEvents = {"Block", "Receipt", "Record"};
/// InviteIssued and InviteIssued-2 are samples of InviteIssued.
[[nodiscard]] std::string event_of(const std::string& file);
/// The event's own table, as it stands in a record. Errors: those of event_from_json().
[[nodiscard]] Result<Bytes> build_sample(const std::string& sample);
/// A record with this payload, as a ledger that knows nothing else would make it. Making it folds
/// the event. Errors: those of the projector.
[[nodiscard]] Result<Record> record_of(const std::string& type, const Bytes& payload);

/// Empty, if `bytes` are what `hex` says; else what is wrong.
[[nodiscard]] std::string compare_with_hex(const std::string& name, ByteView bytes,
                                           const std::string& hex);

}  // namespace actbook::testing

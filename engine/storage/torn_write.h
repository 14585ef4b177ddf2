#pragma once

#include <cstdint>
#include <string_view>

namespace actbook::storage {

/// What stands behind the last whole record of a write-ahead log.
struct LogTail {
  /// Where the last whole record before any damage ends.
  std::uint64_t whole_until = 0;
  /// Something other than zeros follows.
  bool damaged = false;
  /// And a whole record after that: so it is not merely a write that a crash cut short, for there
  /// is never more than one on its way.
  bool more_follows = false;
};
enum class LogContents {
  writes,  ///< Of a write-ahead log of ours: each record is a batch of one write.
  edits,   ///< Of a manifest.
};
[[nodiscard]] LogTail examine_tail(std::string_view log, LogContents contents);

}  // namespace actbook::storage

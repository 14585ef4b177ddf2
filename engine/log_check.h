#pragma once

#include "actbook/event_store.h"
#include "storage/log.h"

namespace actbook {

/// How far a log reaches.
struct LogEnd {
  Position position;
  std::uint64_t next_command = 1;
};

/// How many positions one core checks at a time.
inline constexpr std::uint64_t kCheckedStretch = 8192;

/// See EventStore::verify_log. What lies beyond `end` is not looked at; a log that ends before it
/// is damaged.
[[nodiscard]] LogCheck check_log(const storage::Log& log, LogEnd end,
                                 const std::optional<TreeHead>& expected,
                                 const std::function<void(Position)>& progress,
                                 std::uint64_t stretch_size = kCheckedStretch);

}  // namespace actbook

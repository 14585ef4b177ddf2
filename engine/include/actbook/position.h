#pragma once

#include <compare>
#include <cstdint>

namespace actbook {

/// The place of an event in the log: 1, 2, 3 ... without a hole. Position 0 is before everything.
struct Position {
  std::uint64_t value = 0;

  auto operator<=>(const Position&) const = default;
  [[nodiscard]] Position next() const { return Position{value + 1}; }
  /// Of the first position: 0, before everything.
  [[nodiscard]] Position previous() const { return Position{value - 1}; }
};

}  // namespace actbook

#pragma once

#include <string>

#include "actbook/ledger.h"

namespace actbook::cli {

/// The state of one entity, for people: a title, the plain facts, and a table for each of its
/// lists. `width` is that of a line.
[[nodiscard]] std::string state_page(const answer::EntityStateT& state, std::size_t width);

/// The position and the instant a state reflects, and on which axis.
struct StateStamp {
  std::uint64_t as_of = 0;
  std::int64_t at = 0;
  bool second_axis = false;
};
[[nodiscard]] StateStamp stamp_of(const answer::EntityStateT& state);

}  // namespace actbook::cli

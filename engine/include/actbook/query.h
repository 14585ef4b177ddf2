#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "actbook/position.h"

namespace actbook {

/// Events of any of these types that carry all of these tags. Empty types mean any type, empty tags
/// any tags.
struct QueryItem {
  std::vector<std::string> types;
  std::vector<std::string> tags;
};

/// Events that match any item. A query without items matches every event.
/// The shape is that of the Dynamic Consistency Boundary specification (dcb.events).
struct Query {
  std::vector<QueryItem> items;
};

enum class Direction { forwards, backwards };

/// Which of the matching events to read, both ends included.
struct ReadRange {
  Position from{1};
  Position to{std::numeric_limits<std::uint64_t>::max()};
  Direction direction = Direction::forwards;
  std::size_t limit = std::numeric_limits<std::size_t>::max();
};

}  // namespace actbook

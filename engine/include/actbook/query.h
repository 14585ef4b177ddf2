#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/position.h"
#include "actbook/schema/common_generated.h"
#include "actbook/time.h"

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

/// Which of the matching events to read, and in which order. To page through them, ask for the next
/// page with `from` (backwards: `to`) beyond the last position of the page before: what is recorded
/// meanwhile neither repeats nor hides an event.
struct ReadRange {
  /// Both ends included.
  Position from{1};
  Position to{std::numeric_limits<std::uint64_t>::max()};
  /// Recorded at this instant or later, and before that one.
  Timestamp recorded_from{std::numeric_limits<std::int64_t>::min()};
  Timestamp recorded_before{std::numeric_limits<std::int64_t>::max()};
  Direction direction = Direction::forwards;
  std::size_t limit = std::numeric_limits<std::size_t>::max();
};

/// What the index tells of an event without reading it: enough for a list.
struct IndexEntry {
  Position position;
  Timestamp recorded_at;
  Timestamp occurred_at;
  std::string_view type;
  /// The id of who acted, and what they are.
  std::string_view actor;
  std::optional<schema::ActorKind> actor_kind;
};

}  // namespace actbook

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "actbook/error.h"
#include "actbook/query.h"
#include "actbook/record.h"

namespace actbook {

/// What the index tells of an event.
[[nodiscard]] IndexEntry entry_of(const Record& record);

/// A sorted list of events, walked in one direction by seeking.
class Postings {
 public:
  Postings() = default;
  Postings(const Postings&) = delete;
  Postings& operator=(const Postings&) = delete;
  virtual ~Postings() = default;

  /// Forwards: the first position at or after `from`; backwards: the last at or before it.
  [[nodiscard]] virtual std::optional<Position> seek(Position from) = 0;
  /// From where the last seek, which found something, led to: goes on to the next event of one of
  /// the types, but no further than is nearly free; the event it comes to may be of another type.
  virtual Position skip_to_type(std::span<const std::string> /*types*/) { return entry().position; }
  /// What the index knows of the event that the last seek found; its texts live until the next.
  [[nodiscard]] virtual const IndexEntry& entry() const = 0;
  /// Errors: corrupt or unavailable, if a seek failed.
  [[nodiscard]] virtual Result<void> status() const = 0;
};

using PostingsPtr = std::unique_ptr<Postings>;

/// The positions that stand in all lists (at least one). Cost: seeks in the order of the shortest
/// list.
[[nodiscard]] PostingsPtr all_of(std::vector<PostingsPtr> lists);
/// The positions that stand in any list, each once.
[[nodiscard]] PostingsPtr any_of(std::vector<PostingsPtr> lists, Direction direction);
/// The events of `list` whose type is among `types`; `of_types` lists all of these types. Cost:
/// that of the shorter list.
[[nodiscard]] PostingsPtr only_types(PostingsPtr list, std::vector<std::string> types,
                                     PostingsPtr of_types, Direction direction);

/// The events that match a query; null if every event does. `list_of` gives the list of a tag, all
/// of them of one direction.
[[nodiscard]] PostingsPtr matching(
    const Query& query, const std::function<PostingsPtr(const std::string& tag)>& list_of,
    Direction direction);

}  // namespace actbook

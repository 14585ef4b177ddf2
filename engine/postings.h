#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "actbook/error.h"
#include "actbook/query.h"

namespace actbook {

/// A sorted list of positions, walked in one direction by seeking.
class Postings {
 public:
  Postings() = default;
  Postings(const Postings&) = delete;
  Postings& operator=(const Postings&) = delete;
  virtual ~Postings() = default;

  /// Forwards: the first position at or after `from`; backwards: the last at or before it.
  [[nodiscard]] virtual std::optional<Position> seek(Position from) = 0;
  /// Errors: corrupt or unavailable, if a seek failed.
  [[nodiscard]] virtual Result<void> status() const = 0;
};

using PostingsPtr = std::unique_ptr<Postings>;

/// Every position from 1 to `last`.
[[nodiscard]] PostingsPtr every_position(Position last, Direction direction);
/// The positions that stand in all lists (at least one). Cost: seeks in the order of the shortest
/// list.
[[nodiscard]] PostingsPtr all_of(std::vector<PostingsPtr> lists);
/// The positions that stand in any list, each once.
[[nodiscard]] PostingsPtr any_of(std::vector<PostingsPtr> lists, Direction direction);

}  // namespace actbook

#pragma once

#include <tsl/robin_set.h>

#include <unordered_set>

#include "block.h"
#include "storage/log.h"
#include "storage/views.h"

namespace actbook {

/// The ids of the engine's own commands that say that the clock has stepped back begin so.
inline constexpr std::string_view kClockCommandPrefix = "actbook:clock:";

/// Whether a query finds a record, without an index.
[[nodiscard]] bool matches(const Query& query, const Record& record);

/// Commands that are decided but not durable yet: what the next synced write adds to the log. The
/// state they are decided on is the durable one, with the group that is on its way to the disk and
/// the commands decided before in this group. One thread decides; then any may read.
class Group {
 public:
  /// Where the one before ends.
  struct Begin {
    Position position;
    std::uint64_t command = 1;
    Timestamp not_before;
    /// The log says already that the clock is behind.
    bool clock_held = false;
  };
  /// `durable` and `in_flight` (null if no group is on its way) must be there for as long as
  /// decide() is called.
  Group(const RowReader& durable, const Group* in_flight, Begin begin, const Projector& projector);

  [[nodiscard]] bool empty() const { return commands_.empty(); }
  /// How many commands.
  [[nodiscard]] std::size_t size() const { return commands_.size(); }
  /// Larger groups would make the first in them wait for the last without a cheaper write.
  [[nodiscard]] bool has_room() const;
  [[nodiscard]] bool knows(const std::string& command_id) const;
  /// The last position, once this group is durable.
  [[nodiscard]] Position last_position() const { return Position{next_.value - 1}; }
  [[nodiscard]] std::uint64_t next_command() const { return next_command_; }
  [[nodiscard]] Timestamp recorded_at() const { return recorded_at_; }
  [[nodiscard]] bool clock_held() const { return clock_held_; }

  /// The first event after `after` in this group that a query finds.
  [[nodiscard]] std::optional<Position> find(const Query& query, Position after) const;

  /// Decides a command and keeps what it gave; after an error there is nothing of it. The receipt
  /// holds once the group is durable. Where the clock has stepped back, a command of the engine's
  /// own comes first that says so.
  [[nodiscard]] Result<Flat<log::Receipt>> decide(const Submission& submission,
                                                  const Decide& decide, Timestamp now);

  [[nodiscard]] storage::Extent extent() const {
    return {first_, first_command_, last_position(), next_command_ - 1};
  }
  [[nodiscard]] Block::Encoded encode() const;
  /// What it adds to the views.
  [[nodiscard]] storage::Addition addition() const;

 private:
  [[nodiscard]] Result<Flat<log::Receipt>> add(const Submission& submission, const Decide& decide,
                                               Timestamp recorded_at);
  [[nodiscard]] Result<void> hold_clock(Timestamp now);

  const Projector& projector_;
  std::optional<RowStack> below_;  // what the in-flight group put, over what is durable
  RowOverlay rows_;
  std::vector<RowOverlay::Put> puts_;
  std::vector<CommittedCommand> commands_;
  std::unordered_set<std::string> command_ids_;
  tsl::robin_set<std::uint64_t> tags_;  // hashes of all tags, to see at once what is not here
  storage::CommandPlaces places_;
  Position first_;
  Position next_;
  std::uint64_t first_command_;
  std::uint64_t next_command_;
  Timestamp recorded_at_;
  bool clock_held_;
  std::size_t bytes_ = 0;
};

}  // namespace actbook

#pragma once

#include <memory>

#include "actbook/event_store.h"
#include "postings.h"
#include "storage/log.h"
#include "storage/views.h"

namespace actbook {

/// What cursors walk over: the positions within a range that a list names, or all of them. Times
/// within the range are for the cursor to look at, which learns them with the event.
class Matches {
 public:
  /// `list` may be null: every position. `pin` is what the list reads from, if somebody may let go
  /// of it meanwhile.
  Matches(PostingsPtr list, const ReadRange& range, std::shared_ptr<const void> pin = {});

  /// The next position; none at the end, at the limit, or after an error.
  [[nodiscard]] std::optional<Position> next();
  /// Whether an event recorded then is in the range. What is beyond it in the direction of travel
  /// ends the walk; only what is in it counts for the limit.
  [[nodiscard]] bool take(Timestamp recorded_at);
  void fail(Error error);
  [[nodiscard]] Result<void> status() const;

  [[nodiscard]] const Postings* list() const { return list_.get(); }
  [[nodiscard]] bool forwards() const { return range_.direction == Direction::forwards; }

 private:
  std::shared_ptr<const void> pin_;
  PostingsPtr list_;
  ReadRange range_;
  std::optional<Position> next_;  // where to seek from; none at the end
  std::optional<Error> failure_;
};

/// Fetches the events that matches name, block by block.
class EventCursor::Source {
 public:
  Source(const storage::Log& log, Matches matches);

  [[nodiscard]] bool next();
  [[nodiscard]] const Record& record() const { return *record_; }
  [[nodiscard]] Result<void> status() const { return matches_.status(); }

 private:
  /// Makes block_ the one that holds the position.
  [[nodiscard]] Result<void> load_block(Position position);
  [[nodiscard]] bool block_holds(Position position) const;

  storage::Log::Reader reader_;
  Matches matches_;
  std::optional<Block> block_;
  std::optional<Record> record_;
};

/// Takes entries from the index; where every event matches, no list has them, so from the events.
class EntryCursor::Source {
 public:
  explicit Source(Matches matches) : matches_(std::move(matches)) {}
  explicit Source(EventCursor events) : events_(std::move(events)) {}

  [[nodiscard]] bool next();
  [[nodiscard]] const IndexEntry& entry() const { return entry_; }
  [[nodiscard]] Result<void> status() const;

 private:
  std::optional<Matches> matches_;
  std::optional<EventCursor> events_;
  IndexEntry entry_;
};

/// What a query is asked of. Nothing after `head` is found. The views live as long as `pin` does.
struct Searched {
  const storage::Log& log;
  const storage::Views& views;
  Position head;
  std::shared_ptr<const void> pin = {};
};
[[nodiscard]] EventCursor query_events(const Searched& searched, const Query& query,
                                       const ReadRange& range);
[[nodiscard]] EntryCursor list_entries(const Searched& searched, const Query& query,
                                       const ReadRange& range);

}  // namespace actbook

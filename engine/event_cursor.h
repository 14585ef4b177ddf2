#pragma once

#include "actbook/event_store.h"
#include "postings.h"
#include "storage/log.h"
#include "storage/views.h"

namespace actbook {

/// Fetches the events that a list of positions names, block by block.
class EventCursor::Source {
 public:
  Source(const storage::Log& log, PostingsPtr positions, const ReadRange& range, Position head);

  [[nodiscard]] bool next();
  [[nodiscard]] const Record& record() const { return *record_; }
  [[nodiscard]] Result<void> status() const;

 private:
  [[nodiscard]] Result<Record> fetch(Position position);
  /// Makes block_ the one that holds the position.
  [[nodiscard]] Result<void> load_block(Position position);
  [[nodiscard]] bool block_holds(Position position) const;

  storage::Log::Reader reader_;
  PostingsPtr positions_;
  Direction direction_;
  std::optional<Position> next_;  // where to seek from; none at the end
  Position last_;                 // the last position in the direction of travel
  std::size_t left_;
  std::optional<Block> block_;
  std::optional<Record> record_;
  std::optional<Error> failure_;
};

/// The events of `log` up to `head` that match a query, by the tag index of `views`.
[[nodiscard]] EventCursor query_log(const storage::Log& log, const storage::Views& views,
                                    const Query& query, const ReadRange& range, Position head);

}  // namespace actbook

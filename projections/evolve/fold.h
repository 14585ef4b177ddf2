#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "actbook/tables.h"

namespace actbook {

/// What the evolve functions work with: the event's envelope, and rows they may change. A row is
/// changed by what the event says and by what it said itself, never by other rows. So any row can
/// be folded alone, from the events that changed it: in the order in which they were true, or on a
/// thread of its own.
class Fold {
 public:
  Fold(const Record& record, RowOverlay& rows) : record_(record), rows_(rows) {}

  [[nodiscard]] const Record& record() const { return record_; }

  /// This event as the start or end of something.
  [[nodiscard]] std::unique_ptr<schema::ActT> act() const { return act_of(record_); }

  /// Whether what begins by this event was over before it began: in the order of the world, an end
  /// that was recorded later may stand before it and find nothing to end (docs/DECISIONS.md, 92).
  [[nodiscard]] bool ended_before(flatbuffers::Optional<std::uint64_t> ended_early) const {
    return ended_early && *ended_early > record_.position().value;
  }
  /// Notes that this event found nothing to end.
  void end_early(flatbuffers::Optional<std::uint64_t>& ended_early) const {
    ended_early = std::max(ended_early.value_or(0), record_.position().value);
  }

  /// Changes the row with this key, which is empty if it did not exist.
  template <class Row, class Change>
  void update(const std::string& key, Change change) {
    if (!rows_.takes(table_of<Row>, key)) return;
    Row row = find_or_empty<Row>(rows_, key);
    change(row);
    rows_.put(table_of<Row>, key, {record_.position(), pack(row)});
  }

  /// Notes that something may be sealed about whoever acts, who may be known by nothing else.
  void note_actor() { refer("person", record_->actor()->id()->string_view(), "act", "sealed"); }

  /// Notes that the first entity has had the second.
  void refer(std::string_view kind, std::string_view id, std::string_view related,
             std::string_view related_id) {
    const std::string key = row_key({kind, id, related, related_id});
    if (!rows_.takes(table_of<row::ReferenceRowT>, key)) return;
    const auto known = find<row::ReferenceRowT>(rows_, key);
    if (known && known->occurred_at <= record_->occurred_at()) return;
    update<row::ReferenceRowT>(key, [&](row::ReferenceRowT& row) {
      row.first = record_.position().value;
      row.occurred_at = record_->occurred_at();
    });
  }

 private:
  const Record& record_;
  RowOverlay& rows_;
};

/// Notes that a recording left the boundary of a client.
inline void note_departure(Fold& fold, const std::string& recording) {
  fold.update<row::RecordingRowT>(recording, [&](row::RecordingRowT& row) {
    row.left_client.push_back(fold.record().position().value);
  });
}

/// An optional string of an event; empty where absent.
inline std::string text(const flatbuffers::String* string) {
  return string != nullptr ? string->str() : std::string();
}

}  // namespace actbook

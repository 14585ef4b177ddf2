#pragma once

#include <memory>
#include <string>

#include "actbook/tables.h"

namespace actbook {

/// What the evolve functions work with: the event's envelope, and rows they may change.
class Fold {
 public:
  Fold(const Record& record, RowOverlay& rows) : record_(record), rows_(rows) {}

  [[nodiscard]] const Record& record() const { return record_; }
  [[nodiscard]] const RowReader& rows() const { return rows_; }

  /// This event as the start or end of something.
  [[nodiscard]] std::unique_ptr<schema::ActT> act() const {
    auto act = std::make_unique<schema::ActT>();
    act->position = record_.position().value;
    act->recorded_at = record_->recorded_at();
    act->occurred_at = record_->occurred_at();
    act->actor.reset(record_->actor()->UnPack());
    return act;
  }

  /// Changes the row with this key, which is empty if it did not exist.
  template <class Row, class Change>
  void update(const std::string& key, Change change) {
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
    if (rows_.get(table_of<row::ReferenceRowT>, key)) return;
    update<row::ReferenceRowT>(
        key, [&](row::ReferenceRowT& row) { row.first = record_.position().value; });
  }

 private:
  const Record& record_;
  RowOverlay& rows_;
};

/// An optional string of an event; empty where absent.
inline std::string text(const flatbuffers::String* string) {
  return string != nullptr ? string->str() : std::string();
}

}  // namespace actbook

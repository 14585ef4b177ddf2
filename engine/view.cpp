#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>

#include "event_cursor.h"
#include "view_source.h"

namespace actbook {

View::Source::~Source() {
  if (retired_.empty()) return;
  views_.reset();
  // What stays is removed when the ledger is opened.
  if (auto removed = storage::Views::destroy(retired_); !removed) {
    spdlog::warn("views that are not in use any more stay: {}", removed.error().message);
  }
}

View::View(std::shared_ptr<const Source> source, Position position, Timestamp at)
    : source_(std::move(source)), position_(position), at_(at) {}

std::optional<RowVersion> View::get(TableId table, std::string_view key) const {
  if (failure_) return std::nullopt;
  auto row = recorded_by_ ? source_->true_row(table, key, position_, *recorded_by_, at_)
                          : source_->views().row(table, key, position_);
  if (row) return std::move(row).value();
  failure_ = row.error();
  return std::nullopt;
}

void View::scan(TableId table, std::string_view prefix, const Visitor& visit) const {
  if (failure_) return;
  auto scanned = recorded_by_
                     ? source_->scan_true_rows(table, prefix, position_, *recorded_by_, at_, visit)
                     : source_->views().scan(table, prefix, position_, visit);
  if (!scanned) failure_ = scanned.error();
}

void View::fail(Error error) const {
  if (!failure_) failure_ = std::move(error);
}

Result<void> View::status() const {
  if (failure_) return *failure_;
  return boost::outcome_v2::success();
}

// A row that was in step by `at` is the same on both axes: what was recorded by then.
Result<std::optional<RowVersion>> View::Source::true_row(TableId table, std::string_view key,
                                                         Position known, Position recorded_by,
                                                         Timestamp at) const {
  BOOST_OUTCOME_TRY(noted, views_->row(kOutOfStepTable, out_of_step_key(table, key), known));
  const auto from = out_of_step_from(noted);
  if (!from || at < *from) return views_->row(table, key, recorded_by);
  return fold_alone(table, key, known, *from, at);
}

// Each version of the row stands for an event that changed it. Those recorded before `from` are in
// step: the last of them is where to begin.
Result<std::optional<RowVersion>> View::Source::fold_alone(TableId table, std::string_view key,
                                                           Position known, Timestamp from,
                                                           Timestamp at) const {
  RowOverlay rows;
  rows.take_only([&](TableId other, std::string_view other_key) {
    return other == table && other_key == key;
  });
  std::vector<Record> events;
  for (Position before = known; before.value > 0;) {
    BOOST_OUTCOME_TRY(version, views_->row(table, key, before));
    if (!version) break;
    auto cursor = query_events({log_, *views_, known}, {},
                               {.from = version->position, .to = version->position});
    if (!cursor.next()) {
      BOOST_OUTCOME_TRY(cursor.status());
      return Error{ErrorKind::corrupt, "DAMAGED_VIEWS",
                   "a row goes back to an event that is not there; remove the views",
                   version->position};
    }
    before = Position{version->position.value - 1};
    if (cursor.record().recorded_at() < from) {
      rows.put(table, std::string(key), std::move(*version));
      break;
    }
    if (cursor.record().occurred_at() <= at) events.push_back(cursor.record());
  }
  std::ranges::sort(events, {}, [](const Record& event) {
    return std::pair(event.occurred_at(), event.position());
  });
  for (const auto& event : events) {
    BOOST_OUTCOME_TRY(projector_.project(event, rows));
    BOOST_OUTCOME_TRY(rows.status());
  }
  const auto* row = rows.find(table, key);
  return row != nullptr ? std::optional(*row) : std::nullopt;
}

Result<void> View::Source::scan_true_rows(TableId table, std::string_view prefix, Position known,
                                          Position recorded_by, Timestamp at,
                                          const RowReader::Visitor& visit) const {
  std::map<std::string, Timestamp, std::less<>> out_of_step;
  BOOST_OUTCOME_TRY(views_->scan(kOutOfStepTable, out_of_step_key(table, prefix), known,
                                 [&](std::string_view key, const RowVersion& noted) {
                                   const auto from = out_of_step_from(noted);
                                   if (from && *from <= at)
                                     out_of_step.emplace(key.substr(1), *from);
                                 }));
  auto next = out_of_step.begin();
  Result<void> folded = boost::outcome_v2::success();
  const auto visit_next = [&]() -> Result<void> {
    BOOST_OUTCOME_TRY(row, fold_alone(table, next->first, known, next->second, at));
    if (row) visit(next->first, *row);
    ++next;
    return boost::outcome_v2::success();
  };
  BOOST_OUTCOME_TRY(
      views_->scan(table, prefix, recorded_by, [&](std::string_view key, const RowVersion& row) {
        while (folded && next != out_of_step.end() && next->first < key) {
          folded = visit_next();
        }
        if (!folded) return;
        if (next != out_of_step.end() && next->first == key) {
          folded = visit_next();
        } else {
          visit(key, row);
        }
      }));
  while (folded && next != out_of_step.end()) folded = visit_next();
  return folded;
}

}  // namespace actbook

#include "actbook/replay.h"

#include <map>
#include <set>

namespace actbook {
namespace {

std::string table_name(TableId table) { return row::EnumNameRow(static_cast<row::Row>(table)); }

// Folds the log into fresh rows and holds every version it makes against the one served.
class Comparison {
 public:
  Comparison(const EventStore& store, const Projector& projector, answer::ReplayReportT& report)
      : store_(store), projector_(projector), report_(report) {}

  Result<void> fold(const Record& record) {
    BOOST_OUTCOME_TRY(projector_.project(record, rows_));
    BOOST_OUTCOME_TRY(rows_.status());
    BOOST_OUTCOME_TRY(served, store_.after_event(record.position()));
    for (const auto& put : rows_.take_puts()) compare_row(put, served);
    BOOST_OUTCOME_TRY(served.status());
    for (const auto* tag : *record->tags()) {
      BOOST_OUTCOME_TRY(compare_tag(tag->str(), record));
    }
    ++report_.events;
    return boost::outcome_v2::success();
  }

  // The fold made every version it met; now what is served beyond that is looked for.
  Result<void> look_for_more(Position until) {
    std::uint64_t served = 0;
    BOOST_OUTCOME_TRY(store_.visit_row_versions(
        until, [&](TableId table, std::string_view key, const RowVersion& version) {
          ++served;
          const auto folded = made_.find({table, std::string(key)});
          if (folded == made_.end() || !folded->second.contains(version.position.value)) {
            differ(version.position, table_name(table), std::string(key),
                   "is served but does not follow from the log");
          }
        }));
    BOOST_OUTCOME_TRY(postings, store_.count_postings(until));
    if (postings != report_.tags_compared) {
      differ(until, "tags", "",
             "the index holds " + std::to_string(postings) + " postings, the events have " +
                 std::to_string(report_.tags_compared) + " tags");
    }
    return boost::outcome_v2::success();
  }

  Result<void> compare_commands(Position until) {
    const auto visit = [&](Position at, std::string_view command_id, bool found) {
      ++report_.commands;
      if (!found) {
        differ(at, "commands", std::string(command_id), "is not found under its command id");
      }
    };
    BOOST_OUTCOME_TRY(known, store_.visit_commands(until, visit));
    if (known != report_.commands && report_.agrees) {
      differ(until, "commands", "",
             "the index holds " + std::to_string(known) + " command ids, the log has " +
                 std::to_string(report_.commands) + " commands");
    }
    return boost::outcome_v2::success();
  }

 private:
  void compare_row(const RowOverlay::Put& put, const View& view) {
    ++report_.rows_compared;
    made_[{put.table, put.key}].insert(put.version.position.value);
    const auto served = view.get(put.table, put.key);
    if (!served || served->position != put.version.position) {
      differ(put.version.position, table_name(put.table), put.key,
             "follows from the log but is not served");
    } else if (served->bytes != put.version.bytes) {
      differ(put.version.position, table_name(put.table), put.key,
             "is served with other contents than follow from the log");
    }
  }

  Result<void> compare_tag(const std::string& tag, const Record& record) {
    ++report_.tags_compared;
    BOOST_OUTCOME_TRY(found, store_.has_posting(tag, record.position()));
    if (!found) differ(record.position(), "tags", tag, "is on the event but not in the index");
    return boost::outcome_v2::success();
  }

  // Only the first in the order of positions is told; what follows is often its consequence.
  void differ(Position position, std::string table, std::string entity, std::string what) {
    if (report_.first_difference && report_.first_difference->position <= position.value) return;
    report_.agrees = false;
    report_.first_difference = std::make_unique<answer::DifferenceT>();
    report_.first_difference->position = position.value;
    report_.first_difference->table = std::move(table);
    report_.first_difference->entity = std::move(entity);
    report_.first_difference->what = std::move(what);
  }

  const EventStore& store_;
  const Projector& projector_;
  answer::ReplayReportT& report_;
  RowOverlay rows_;
  std::map<std::pair<TableId, std::string>, std::set<std::uint64_t>> made_;
};

}  // namespace

Result<answer::ReplayReportT> replay(const EventStore& store, const Projector& projector,
                                     std::optional<Position> until,
                                     const ReplayProgress& progress) {
  BOOST_OUTCOME_TRY(view, store.as_of(until.value_or(store.head())));
  const Position end = view.position();
  answer::ReplayReportT report;
  report.from = 1;
  report.until = end.value;
  report.at = view.at().microseconds;
  report.agrees = true;
  Comparison comparison(store, projector, report);
  auto cursor = store.read({.from = Position{1}, .to = end});
  while (cursor.next()) {
    BOOST_OUTCOME_TRY(comparison.fold(cursor.record()));
    if (progress) progress(cursor.record().position(), end);
  }
  BOOST_OUTCOME_TRY(cursor.status());
  BOOST_OUTCOME_TRY(comparison.look_for_more(end));
  BOOST_OUTCOME_TRY(comparison.compare_commands(end));
  return report;
}

}  // namespace actbook

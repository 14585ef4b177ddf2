#include "actbook/compare.h"

#include <algorithm>
#include <map>
#include <set>

#include "actbook/reflect.h"
#include "actbook/schema/rows_bfbs_generated.h"
#include "actbook/tables.h"
#include "actbook/trail.h"
#include "check_entity.h"

namespace actbook {
namespace {

const Schema& row_schema() {
  static const Schema schema{
      ByteView(row::AnyRowBinarySchema::data(), row::AnyRowBinarySchema::size())};
  return schema;
}

using Key = std::pair<TableId, std::string>;

/// A row as a member of the union of rows.
Result<row::RowUnion> as_union(TableId table, const RowVersion& version) {
  const auto type = static_cast<row::Row>(table);
  const void* stored = flatbuffers::GetRoot<flatbuffers::Table>(version.bytes.data());
  flatbuffers::Verifier verifier(version.bytes.data(), version.bytes.size());
  if (!row::VerifyRow(verifier, stored, type)) {
    return Error{ErrorKind::corrupt, "MALFORMED_ROW",
                 std::string("a row of ") + row::EnumNameRow(type) + " is not well-formed",
                 version.position};
  }
  row::RowUnion found;
  found.type = type;
  found.value = row::RowUnion::UnPack(stored, type, nullptr);
  return found;
}

/// Whether a row says that what it is about is over.
bool is_over(TableId table, const RowVersion& version) {
  const auto* object = row_schema().table(std::string("actbook.row.") +
                                          row::EnumNameRow(static_cast<row::Row>(table)));
  if (object == nullptr) return false;
  const auto& stored = *flatbuffers::GetRoot<flatbuffers::Table>(version.bytes.data());
  if (const auto* live = field_named(*object, "live")) {
    return flatbuffers::GetFieldI<std::uint8_t>(stored, *live) == 0;
  }
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"ended", "deleted", "closed", "released"},
      [&](std::string_view name) {
        const auto* field = field_named(*object, name);
        return field != nullptr && flatbuffers::GetFieldT(stored, *field) != nullptr;
      });
}

/// When what a row is about is over by itself: a support session, an invite, a support request.
std::optional<Timestamp> runs_out_at(TableId table, const RowVersion& version) {
  const auto at = [](std::int64_t microseconds) { return Timestamp{microseconds}; };
  if (table == table_of<row::MembershipRowT>) {
    const auto* row = flatbuffers::GetRoot<row::MembershipRow>(version.bytes.data());
    if (row->live() && row->expires_at()) return at(*row->expires_at());
  } else if (table == table_of<row::InviteRowT>) {
    const auto* row = flatbuffers::GetRoot<row::InviteRow>(version.bytes.data());
    if (row->state() == schema::InviteState::pending) return at(row->expires_at());
  } else if (table == table_of<row::SupportRequestRowT>) {
    const auto* row = flatbuffers::GetRoot<row::SupportRequestRow>(version.bytes.data());
    if (row->state() == schema::SupportRequestState::pending) return at(row->expires_at());
  }
  return std::nullopt;
}

/// Whether what a row is about lasts at that instant.
bool lasts(TableId table, const std::optional<RowVersion>& version, Timestamp at) {
  if (!version || is_over(table, *version)) return false;
  const auto until = runs_out_at(table, *version);
  return !until || *until > at;
}

/// Whether what a row is about is another one when it lasts again, such as a membership. An invite
/// that is sent again, or accepted, after it ran out is the same invite.
bool begins_anew(TableId table) {
  return table != table_of<row::InviteRowT> && table != table_of<row::SupportRequestRowT>;
}

/// What became of a row that changed, or of what it is about.
const char* what_became(TableId table, const std::optional<RowVersion>& before, bool lasted,
                        bool lasting, bool ran_out) {
  if (lasted) return lasting ? "changed" : "ended";
  if (!before) return lasting ? "began" : "began and ended";
  if (!begins_anew(table)) return "changed";
  if (lasting) return "began";
  return ran_out ? "began and ended" : "changed";
}

/// None, if both views say the same. The positions are those of what said when, where the row is
/// the same and what it is about ran out; else they are left empty.
Result<std::unique_ptr<answer::RowChangeT>> change_of(const Key& key, const View& from,
                                                      const View& to) {
  const auto before = from.get(key.first, key.second);
  const auto after = to.get(key.first, key.second);
  if (!before && !after) return nullptr;
  const bool same = before && after && before->bytes == after->bytes;
  const bool lasted = lasts(key.first, before, from.at());
  const bool lasting = lasts(key.first, after, to.at());
  if (same && lasted == lasting) return nullptr;
  auto change = std::make_unique<answer::RowChangeT>();
  change->table = row::EnumNameRow(static_cast<row::Row>(key.first));
  change->key = key.second;
  const auto runs_out = after ? runs_out_at(key.first, *after) : std::nullopt;
  const bool ran_out = runs_out && !lasting;
  change->what = what_became(key.first, before, lasted, lasting, ran_out);
  if (ran_out) change->ran_out_at = runs_out->microseconds;
  if (same) change->positions = {after->position.value};
  if (before) {
    BOOST_OUTCOME_TRY(row, as_union(key.first, *before));
    change->before = std::move(row);
  }
  if (after) {
    BOOST_OUTCOME_TRY(row, as_union(key.first, *after));
    change->after = std::move(row);
  }
  return change;
}

/// The rows that an event changes. What it makes of them does not matter here.
Result<std::vector<Key>> rows_of(const Projector& projector, const Record& event,
                                 const RowReader& rows) {
  RowOverlay overlay(rows);
  BOOST_OUTCOME_TRY(projector.project(event, overlay));
  BOOST_OUTCOME_TRY(overlay.status());
  auto keys = overlay.put_at(event.position());
  std::erase_if(keys, [](const Key& key) {
    // What only tells where to look says nothing to people.
    return key.first == kOutOfStepTable || key.first == table_of<row::ReferenceRowT>;
  });
  std::ranges::sort(keys);
  return keys;
}

/// The acts between two views.
class Acts {
 public:
  /// `are_all_added`: whether each is handed to add() before that_touched() is asked.
  Acts(const EventStore& store, const View& from, const View& to, bool are_all_added)
      : store_(store), from_(from), to_(to), are_all_added_(are_all_added) {}

  /// Whether an event is one of them.
  Result<bool> add(const Record& event) {
    if (is_system_event(event.type()) || !to_.knows(event.position(), event.occurred_at()) ||
        from_.knows(event.position(), event.occurred_at())) {
      return false;
    }
    BOOST_OUTCOME_TRY(line, trail_line(event));
    lines_.emplace(event.position().value, std::move(line));
    return true;
  }

  /// The positions of those that touched a row, after `since`: an act makes a version of each row
  /// that it touches.
  Result<std::vector<std::uint64_t>> that_touched(const Key& key, Position since) {
    std::vector<std::uint64_t> positions;
    BOOST_OUTCOME_TRY(version, store_.row_at(key.first, key.second, to_.position()));
    while (version && version->position > since) {
      const Position at = version->position;
      if (!are_all_added_ && !lines_.contains(at.value)) {
        BOOST_OUTCOME_TRY(event, store_.event(at));
        BOOST_OUTCOME_TRY(add(event));
      }
      if (lines_.contains(at.value)) positions.push_back(at.value);
      BOOST_OUTCOME_TRY(before, store_.row_at(key.first, key.second, at.previous()));
      version = std::move(before);
    }
    std::ranges::reverse(positions);
    return positions;
  }

  /// In the order of positions.
  std::vector<std::unique_ptr<answer::TrailLineT>> take_lines() {
    std::vector<std::unique_ptr<answer::TrailLineT>> lines;
    for (auto& line : lines_) lines.push_back(std::move(line.second));
    return lines;
  }

 private:
  const EventStore& store_;
  const View& from_;
  const View& to_;
  bool are_all_added_;
  std::map<std::uint64_t, std::unique_ptr<answer::TrailLineT>> lines_;
};

/// The rows that may say that something ran out, of whatever touched an entity.
Result<std::set<Key>> what_may_run_out(const EventStore& store, const Projector& projector,
                                       const View& to, const Entity& entity) {
  auto cursor = store.query(Query{{{{"MembershipGranted", "SupportExtended", "InviteIssued",
                                     "InviteResent", "SupportRequested"},
                                    {entity.tag()}}}},
                            {.to = to.position()});
  std::set<Key> keys;
  while (cursor.next()) {
    const Record& record = cursor.record();
    if (!to.knows(record.position(), record.occurred_at())) continue;
    BOOST_OUTCOME_TRY(touched, rows_of(projector, record, to));
    keys.insert(touched.begin(), touched.end());
  }
  BOOST_OUTCOME_TRY(cursor.status());
  return keys;
}

/// All rows that say that something ran out between two views.
std::set<Key> all_that_ran_out(const View& from, const View& to) {
  std::set<Key> keys;
  for (const TableId table : {table_of<row::MembershipRowT>, table_of<row::InviteRowT>,
                              table_of<row::SupportRequestRowT>}) {
    to.scan(table, "", [&](std::string_view key, const RowVersion& version) {
      const auto at = runs_out_at(table, version);
      if (at && *at > from.at() && *at <= to.at()) keys.emplace(table, key);
    });
  }
  return keys;
}

Error not_comparable(std::string why) {
  return Error{ErrorKind::misuse, "NOT_COMPARABLE", std::move(why), {}};
}

}  // namespace

Result<answer::ComparisonT> compare_views(const EventStore& store, const Projector& projector,
                                          const View& from, const View& to,
                                          const std::optional<Entity>& entity) {
  if (from.axis() != to.axis()) {
    return not_comparable("from and to must both be what was known, or both what was true");
  }
  if (from.position() > to.position() || from.at() > to.at()) {
    return not_comparable("from, " + to_iso8601(from.at()) + ", is after to, " +
                          to_iso8601(to.at()) + "; give the earlier one first");
  }
  answer::ComparisonT comparison;
  if (entity) comparison.entity = entity->tag();
  comparison.from_as_of = from.position().value;
  comparison.from_at = from.at().microseconds;
  comparison.as_of = to.position().value;
  comparison.at = to.at().microseconds;
  if (const auto at = to.true_at()) comparison.true_at = at->microseconds;
  if (entity) {
    BOOST_OUTCOME_TRY(check_entity(store, to, *entity));
  }
  Acts acts(store, from, to, !entity);
  std::set<Key> touched;
  QueryItem item;
  if (entity) item.tags = {entity->tag()};
  // On the first axis nothing before `from` differs; on the second, anything may have come late.
  const Position since = from.axis() == Axis::recorded ? from.position() : Position{};
  auto cursor = store.query(Query{{std::move(item)}}, {.from = since.next(), .to = to.position()});
  while (cursor.next()) {
    BOOST_OUTCOME_TRY(is_new, acts.add(cursor.record()));
    if (!is_new) continue;
    BOOST_OUTCOME_TRY(keys, rows_of(projector, cursor.record(), to));
    touched.insert(keys.begin(), keys.end());
  }
  BOOST_OUTCOME_TRY(cursor.status());
  for (const auto& key : touched) {
    BOOST_OUTCOME_TRY(change, change_of(key, from, to));
    if (!change) continue;
    if (change->positions.empty()) {
      // Those of others, too, such as that of a seat, which says nothing of the workspace.
      BOOST_OUTCOME_TRY(positions, acts.that_touched(key, since));
      change->positions = std::move(positions);
    }
    comparison.changes.push_back(std::move(change));
  }
  BOOST_OUTCOME_TRY(may_run_out, entity ? what_may_run_out(store, projector, to, *entity)
                                        : all_that_ran_out(from, to));
  for (const auto& key : may_run_out) {
    if (touched.contains(key)) continue;
    BOOST_OUTCOME_TRY(change, change_of(key, from, to));
    // Else acts changed it that touched others.
    const bool ran_out = change && !change->positions.empty();
    if (ran_out) comparison.changes.push_back(std::move(change));
  }
  comparison.acts = acts.take_lines();
  BOOST_OUTCOME_TRY(from.status());
  BOOST_OUTCOME_TRY(to.status());
  return comparison;
}

Result<answer::StepsT> step_through(const EventStore& store, const Projector& projector,
                                    const View& view, const Search& search) {
  if (view.axis() != Axis::recorded) {
    return not_comparable("steps are in the order in which the ledger saw them; leave true-at out");
  }
  BOOST_OUTCOME_TRY(trail, find_events(store, view, search));
  answer::StepsT steps;
  steps.as_of = trail.as_of;
  steps.at = trail.at;
  steps.next = trail.next;
  for (auto& act : trail.lines) {
    const Position position{act->position};
    BOOST_OUTCOME_TRY(event, store.event(position));
    BOOST_OUTCOME_TRY(before, store.after_event(position.previous()));
    BOOST_OUTCOME_TRY(after, store.after_event(position));
    auto step = std::make_unique<answer::StepT>();
    BOOST_OUTCOME_TRY(keys, rows_of(projector, event, before));
    for (const auto& key : keys) {
      BOOST_OUTCOME_TRY(change, change_of(key, before, after));
      if (!change) continue;
      change->positions = {position.value};
      step->changes.push_back(std::move(change));
    }
    BOOST_OUTCOME_TRY(before.status());
    BOOST_OUTCOME_TRY(after.status());
    step->act = std::move(act);
    steps.lines.push_back(std::move(step));
  }
  return steps;
}

}  // namespace actbook

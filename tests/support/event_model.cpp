#include "support/event_model.h"

#include <algorithm>

#include "actbook/decide.h"
#include "actbook/schema/events_generated.h"
#include "support/store_fixture.h"

namespace actbook::testing {

const std::vector<std::pair<Bug, std::string>>& planted_bugs() {
  static const std::vector<std::pair<Bug, std::string>> bugs = {
      {Bug::forgets_ids_on_restart, "forgets command ids on a restart"},
      {Bug::forgets_refusals, "forgets the ids of refused commands"},
      {Bug::forgets_what_recorded_nothing, "forgets the ids of commands that recorded nothing"},
      {Bug::keeps_ids_of_failed_decisions, "keeps the ids of decisions that failed"},
      {Bug::takes_other_content_for_the_same, "takes other content under one id for the same"},
      {Bug::leaves_out_from, "leaves out the event at `from`"},
      {Bug::leaves_out_to, "leaves out the event at `to`"},
      {Bug::limits_before_turning_round, "applies the limit before it turns round"},
      {Bug::ignores_a_tag, "ignores the last tag of an item"},
      {Bug::ignores_types, "ignores the types of an item"},
      {Bug::wants_every_item, "wants every item of a query to match"},
      {Bug::condition_counts_its_own_position, "counts the event at `after` of a condition"},
      {Bug::condition_misses_what_is_in_flight, "judges a condition without what is in flight"},
      {Bug::condition_before_idempotency, "judges a condition before it looks up the id"},
      {Bug::time_goes_back, "lets the time go back with the clock"},
      {Bug::time_stands_where_nothing_was_recorded, "forgets the time of an empty command"},
      {Bug::splits_batches, "shows half a batch"},
      {Bug::as_of_time_leaves_out_its_instant, "leaves out what was recorded at that instant"},
      {Bug::views_show_the_newest, "shows the newest rows in every view"},
      {Bug::rebuilding_misses_the_last_event, "misses the last event when it rebuilds its rows"},
  };
  return bugs;
}

SeenEvent seen(const Record& record) {
  SeenEvent event;
  event.position = record.position().value;
  event.type = record.type();
  for (const auto* tag : *record->tags()) event.tags.push_back(tag->str());
  event.command_id = record->command_id()->str();
  event.batch_index = record->batch_index();
  event.batch_size = record->batch_size();
  event.recorded_at = record.recorded_at();
  event.occurred_at = record.occurred_at();
  event.payload.assign(record.payload().begin(), record.payload().end());
  return event;
}

std::string describe(const SeenEvent& event) {
  std::string text = std::to_string(event.position) + ' ' + event.type + ' ' + event.command_id +
                     '[' + std::to_string(event.batch_index) + '/' +
                     std::to_string(event.batch_size) + "] at " + to_iso8601(event.recorded_at) +
                     '/' + to_iso8601(event.occurred_at);
  for (const auto& tag : event.tags) text += ' ' + tag;
  return text + ", " + std::to_string(event.payload.size()) + " bytes";
}

EventDraft ModelDraft::draft() const {
  if (!name.empty()) return renamed(workspace, name, extra_tags);
  event::VisibilityChangedT event;
  event.workspace = workspace;
  event.to = schema::Visibility::private_;
  auto made = actbook::draft(event);
  made.extra_tags = extra_tags;
  return made;
}

std::optional<ModelAnswer> EventModel::first_answer(const ModelCommand& command) const {
  const auto found = ids_.find(command.id);
  if (found == ids_.end()) return std::nullopt;
  ModelAnswer answer;
  const auto& [workspace, name] = found->second;
  if (workspace != command.workspace) answer.field = "command.workspace";
  if (workspace == command.workspace && name != command.name) answer.field = "command.name";
  if (answer.field.empty() || bug_ == Bug::takes_other_content_for_the_same) {
    answer.repeated = true;
  } else {
    answer.error = "IDEMPOTENCY_CONFLICT";
  }
  return answer;
}

std::optional<ModelAnswer> EventModel::failed_condition(const ModelCommand& command) const {
  if (!command.condition) return std::nullopt;
  const auto& [query, after] = *command.condition;
  ModelAnswer answer;
  for (const auto& event : events_) {
    if (bug_ == Bug::condition_misses_what_is_in_flight && event.seen.position > burst_start_)
      break;
    const bool counts = bug_ == Bug::condition_counts_its_own_position
                            ? event.seen.position >= after.value
                            : event.seen.position > after.value;
    if (counts && matches(query, event.seen)) answer.matches.insert(event.seen.position);
  }
  if (answer.matches.empty()) return std::nullopt;
  answer.error = "APPEND_CONDITION_FAILED";
  return answer;
}

ModelAnswer EventModel::submit(const ModelCommand& command, Timestamp now) {
  if (bug_ == Bug::condition_before_idempotency) {
    if (auto failed = failed_condition(command)) return *failed;
  }
  if (auto first = first_answer(command)) return *first;
  if (auto failed = failed_condition(command)) return *failed;

  ModelAnswer answer;
  const bool held_before = clock_held_;
  hold_clock(now);
  answer.before = names(head());
  if (command.verdict == Verdict::failed) {
    // Nothing says that the clock has caught up.
    if (now >= head_recorded_at_) clock_held_ = held_before;
    if (bug_ == Bug::keeps_ids_of_failed_decisions) {
      ids_[command.id] = {command.workspace, command.name};
    }
    answer.error = "FAILED";
    return answer;
  }
  answer.recorded_at = bug_ == Bug::time_goes_back ? now : std::max(now, head_recorded_at_);
  answer.based_on = head();
  const bool nothing = command.events.empty();
  if (command.verdict == Verdict::refused) {
    answer.outcome = log::Outcome::refused;
  } else if (nothing) {
    answer.outcome = log::Outcome::unchanged;
  }
  append(command, answer.recorded_at);
  answer.after = names(head());
  if (!nothing) {
    answer.first_position = answer.based_on + 1;
    answer.last_position = head();
  }
  commands_.push_back(command.id);
  if (!(nothing && bug_ == Bug::time_stands_where_nothing_was_recorded)) {
    head_recorded_at_ = answer.recorded_at;
  }
  const bool forgotten = (nothing && bug_ == Bug::forgets_what_recorded_nothing) ||
                         (answer.outcome == log::Outcome::refused && bug_ == Bug::forgets_refusals);
  if (!forgotten) ids_[command.id] = {command.workspace, command.name};
  return answer;
}

// The store says once that its clock has stepped back.
void EventModel::hold_clock(Timestamp now) {
  if (now >= head_recorded_at_) {
    clock_held_ = false;
    return;
  }
  if (clock_held_) return;
  clock_held_ = true;
  log::ClockHeldT held;
  held.clock_said = now.microseconds;
  held.held_at = head_recorded_at_.microseconds;
  SeenEvent event;
  event.position = head() + 1;
  event.type = kClockHeld;
  event.tags = {"actor:actbook", "system:actbook", "type:$clock"};
  event.command_id = "actbook:clock:" + std::to_string(event.position);
  event.batch_size = 1;
  event.recorded_at = head_recorded_at_;
  event.occurred_at = head_recorded_at_;
  event.payload = pack(held);
  commands_.push_back(event.command_id);
  ids_[event.command_id] = {};
  events_.push_back({std::move(event), {}});
}

void EventModel::append(const ModelCommand& command, Timestamp recorded_at) {
  std::uint32_t index = 0;
  for (const auto& draft : command.events) {
    const auto made = draft.draft();
    std::set<std::string> tags(draft.extra_tags.begin(), draft.extra_tags.end());
    tags.insert({"type:" + made.type, "workspace:" + draft.workspace, "actor:adam", "person:adam"});
    SeenEvent event;
    event.position = head() + 1;
    event.type = made.type;
    event.tags.assign(tags.begin(), tags.end());
    event.command_id = command.id;
    event.batch_index = index++;
    event.batch_size = static_cast<std::uint32_t>(command.events.size());
    event.recorded_at = recorded_at;
    event.occurred_at = recorded_at;
    event.payload = made.payload;
    events_.push_back({std::move(event), draft});
  }
}

void EventModel::restart(bool without_views) {
  if (bug_ == Bug::forgets_ids_on_restart) ids_.clear();
  // It finds out again by the time of what it said.
  clock_held_ = false;
  for (const auto& event : events_) {
    if (event.seen.type == kClockHeld) clock_held_ = event.seen.recorded_at == head_recorded_at_;
  }
  if (without_views && bug_ == Bug::rebuilding_misses_the_last_event) not_folded_ = head();
}

bool EventModel::matches(const QueryItem& item, const SeenEvent& event) const {
  auto tags = item.tags;
  if (bug_ == Bug::ignores_a_tag && tags.size() > 1) tags.pop_back();
  const bool of_type = item.types.empty() || bug_ == Bug::ignores_types ||
                       std::ranges::find(item.types, event.type) != item.types.end();
  return of_type && std::ranges::all_of(tags, [&](const std::string& tag) {
           return std::ranges::find(event.tags, tag) != event.tags.end();
         });
}

bool EventModel::matches(const Query& query, const SeenEvent& event) const {
  const auto match = [&](const QueryItem& item) { return matches(item, event); };
  if (query.items.empty()) return true;
  return bug_ == Bug::wants_every_item ? std::ranges::all_of(query.items, match)
                                       : std::ranges::any_of(query.items, match);
}

// The one place that says which events a ReadRange takes, its limit apart.
bool EventModel::in_range(const ReadRange& range, const SeenEvent& event) const {
  if (bug_ == Bug::leaves_out_from && event.position == range.from.value) return false;
  if (bug_ == Bug::leaves_out_to && event.position == range.to.value) return false;
  return event.position >= range.from.value && event.position <= range.to.value &&
         event.recorded_at >= range.recorded_from && event.recorded_at < range.recorded_before;
}

std::vector<SeenEvent> EventModel::query(const Query& query, const ReadRange& range) const {
  std::vector<SeenEvent> found;
  for (const auto& event : events_) {
    if (in_range(range, event.seen) && matches(query, event.seen)) found.push_back(event.seen);
  }
  const auto limit = [&] { found.resize(std::min(found.size(), range.limit)); };
  if (bug_ == Bug::limits_before_turning_round) limit();
  if (range.direction == Direction::backwards) std::ranges::reverse(found);
  limit();
  return found;
}

const SeenEvent* EventModel::event(std::uint64_t position) const {
  if (position == 0 || position > head()) return nullptr;
  return &events_[position - 1].seen;
}

std::uint64_t EventModel::end_of_batch(std::uint64_t position) const {
  const auto* found = event(position);
  if (found == nullptr || bug_ == Bug::splits_batches) return position;
  return position + found->batch_size - 1 - found->batch_index;
}

std::uint64_t EventModel::position_at(Timestamp at) const {
  std::uint64_t last = 0;
  for (const auto& event : events_) {
    const bool counts = bug_ == Bug::as_of_time_leaves_out_its_instant
                            ? event.seen.recorded_at < at
                            : event.seen.recorded_at <= at;
    if (counts) last = event.seen.position;
  }
  return last;
}

Names EventModel::names(std::uint64_t position) const {
  Names names;
  for (const auto& event : events_) {
    if (event.seen.position > position && bug_ != Bug::views_show_the_newest) break;
    if (event.seen.position == not_folded_ || event.seen.type == kClockHeld) continue;
    auto& name = names[event.draft.workspace];
    if (!event.draft.name.empty()) name = event.draft.name;
  }
  return names;
}

std::uint64_t EventModel::count_tags() const {
  std::uint64_t count = 0;
  for (const auto& event : events_) count += event.seen.tags.size();
  return count;
}

}  // namespace actbook::testing

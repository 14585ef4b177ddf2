#include "support/model_run.h"

#include <algorithm>
#include <array>
#include <latch>

#include "support/differ.h"

namespace actbook::testing {
namespace {

constexpr std::size_t kRemembered = 12;

const std::vector<std::string> kTags = {"x:1", "x:2", "y:1", "rare:1"};
const std::vector<std::string> kTypes = {"WorkspaceRenamed", "VisibilityChanged", "TierChanged"};

std::string describe(const Query& query) {
  std::string text;
  for (const auto& item : query.items) {
    text += '(';
    for (const auto& type : item.types) text += type + "? ";
    for (const auto& tag : item.tags) text += tag + ' ';
    text += ')';
  }
  return text.empty() ? "everything" : text;
}

std::string describe(const ReadRange& range) {
  return " from " + std::to_string(range.from.value) + " to " + std::to_string(range.to.value) +
         " since " + std::to_string(range.recorded_from.microseconds) + " before " +
         std::to_string(range.recorded_before.microseconds) +
         (range.direction == Direction::forwards ? " forwards" : " backwards") + ", at most " +
         std::to_string(range.limit);
}

std::string describe(const ModelCommand& command) {
  std::string text = command.id + " (" + command.workspace + ' ' + command.name + ")";
  for (const auto& event : command.events) {
    text += ' ' + event.workspace + '=' + event.name;
    for (const auto& tag : event.extra_tags) text += '+' + tag;
  }
  if (command.verdict == Verdict::failed) text += ", decided to fail";
  if (command.verdict == Verdict::refused) text += ", decided to refuse";
  if (command.condition) {
    text += ", if nothing after " + std::to_string(command.condition->after.value) + " is " +
            describe(command.condition->fail_if_events_match);
  }
  return text;
}

}  // namespace

// Views that are mostly saved, now and then, and only when the store closes.
constexpr std::array<std::size_t, 3> kSliceSizes = {5'000, 50'000, 16'000'000};

ModelRun::ModelRun(std::uint64_t seed, Bug bug)
    : seed_(seed), random_(seed), fixture_(kSliceSizes[seed % kSliceSizes.size()]), model_(bug) {
  // What the fixture begins with.
  const ModelCommand first{"first", "w", "n", {{"w0", "zero", {}}}, Verdict::recorded, {}};
  (void)model_.submit(first, kStart);
  tried_.push_back(first);
  receipts_["first"] = fixture_.submit("first", {}).bytes();
}

std::string ModelRun::run(int steps) {
  for (int i = 1; i <= steps; ++i) {
    auto difference = step();
    if (difference.empty() && i == steps) difference = check_whole();
    if (!difference.empty()) return report(i, difference);
  }
  return {};
}

void ModelRun::note(std::string what) {
  if (done_.size() == kRemembered) done_.pop_front();
  done_.push_back(std::move(what));
}

std::string ModelRun::report(int step, const std::string& difference) const {
  std::string text =
      "seed " + std::to_string(seed_) + ", step " + std::to_string(step) + ": " + difference;
  text += "\nThe last steps were:";
  for (const auto& done : done_) text += "\n  " + done;
  return text;
}

// ---- what is asked ----

Query ModelRun::random_query() {
  Query query;
  for (auto items = pick(4); items > 0; --items) {
    QueryItem item;
    for (auto tags = pick(4); tags > 0; --tags) item.tags.push_back(any(kTags));
    if (one_in(3)) item.tags.push_back("workspace:" + any(kWorkspaces));
    if (one_in(8)) item.tags.emplace_back("person:adam");
    if (one_in(12)) item.tags.emplace_back("nobody:has");
    if (one_in(12)) item.tags.emplace_back("x:");  // starts like others, and is none
    for (auto types = one_in(2) ? pick(3) : 0; types > 0; --types) {
      item.types.push_back(any(kTypes));
    }
    query.items.push_back(item);
  }
  return query;
}

// Times go here too, when a range has them: inclusive and exclusive, at and around those of events.
ReadRange ModelRun::random_range() {
  ReadRange range;
  if (one_in(2)) range.from = Position{random_position()};
  if (one_in(2)) range.to = Position{random_position()};
  if (one_in(4)) range.recorded_from = random_time();
  if (one_in(4)) range.recorded_before = random_time();
  if (one_in(2)) range.direction = Direction::backwards;
  if (one_in(2)) range.limit = pick(store().head().value + 2);
  return range;
}

/// At, just before and just after an event, or anywhere.
Timestamp ModelRun::random_time() {
  const auto at = model_.event(1 + pick(model_.head()))->recorded_at.microseconds;
  switch (pick(5)) {
    case 0:
      return Timestamp{at - 1};
    case 1:
      return Timestamp{at + 1};
    case 2:
      return Timestamp{at - static_cast<std::int64_t>(pick(2'000'000'000))};
    default:
      return Timestamp{at};
  }
}

ModelDraft ModelRun::random_draft() {
  ModelDraft draft{any(kWorkspaces), {}, {}};
  if (!one_in(4)) draft.name = "name-" + std::to_string(count_++);
  for (const auto& tag : kTags) {
    if (one_in(tag == "rare:1" ? 20 : 2)) draft.extra_tags.push_back(tag);
  }
  if (one_in(10)) draft.extra_tags.emplace_back("x:1");  // once more: tags are distinct
  return draft;
}

ModelCommand ModelRun::random_command() {
  ModelCommand command;
  if (one_in(5)) {
    command = any(tried_);  // the id again, with the same content or another
    if (one_in(3)) (one_in(2) ? command.workspace : command.name) += "-other";
  } else {
    command.id = "c-" + std::to_string(count_++);
    command.workspace = any(kWorkspaces);
    command.name = "n";
  }
  command.events.clear();
  for (auto events = pick(5); events > 0; --events) command.events.push_back(random_draft());
  command.verdict = one_in(6) ? Verdict::failed : one_in(5) ? Verdict::refused : Verdict::recorded;
  command.condition.reset();
  if (one_in(2)) {
    // Most that are close to the head hold, most others do not.
    const auto back = pick(one_in(2) ? 6 : store().head().value + 1);
    const Position after{store().head().value - std::min(back, store().head().value) + pick(3)};
    command.condition = {random_query(), after};
  }
  tried_.push_back(command);
  return command;
}

// ---- steps ----

std::string ModelRun::step() {
  const std::vector<std::pair<std::uint64_t, std::string (ModelRun::*)()>> steps = {
      {30, &ModelRun::submit},
      {14, &ModelRun::submit_burst},
      {25, &ModelRun::query},
      {5, &ModelRun::query_while_writing},
      {4, &ModelRun::event},
      {5, &ModelRun::find_command},
      {7, &ModelRun::as_of_position},
      {7, &ModelRun::as_of_time},
      {3, &ModelRun::now},
      {24, &ModelRun::move_clock},
      {3, &ModelRun::check_kept_views},
      {4, &ModelRun::restart},
  };
  std::uint64_t total = 0;
  for (const auto& [weight, action] : steps) total += weight;
  auto chosen = pick(total);
  for (const auto& [weight, action] : steps) {
    if (chosen < weight) return (this->*action)();
    chosen -= weight;
  }
  return {};
}

std::string ModelRun::submit() {
  const auto command = random_command();
  note("submit " + describe(command));
  model_.begin_burst();
  const auto expected = model_.submit(command, fixture_.clock.now());
  Sight sight;
  const auto receipt = store().submit(submission_of(command), decide_as(command, sight));
  return first_of({compare(command, expected, receipt, sight), check_head()});
}

// Several at once by callback, which may or may not share a write. They are decided in their order.
std::string ModelRun::submit_burst() {
  std::vector<ModelCommand> commands;
  for (auto left = 2 + pick(5); left > 0; --left) commands.push_back(random_command());
  std::vector<std::optional<EventStore::Receipt>> receipts(commands.size());
  std::vector<Sight> sights(commands.size());
  std::latch answered(static_cast<std::ptrdiff_t>(commands.size()));
  for (std::size_t i = 0; i < commands.size(); ++i) {
    note((i == 0 ? "at once " : "    and ") + describe(commands[i]));
    store().submit_async(submission_of(commands[i]), decide_as(commands[i], sights[i]),
                         [&receipts, &answered, i](EventStore::Receipt receipt) {
                           receipts[i].emplace(std::move(receipt));
                           answered.count_down();
                         });
  }
  answered.wait();
  model_.begin_burst();
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const auto expected = model_.submit(commands[i], fixture_.clock.now());
    auto difference = compare(commands[i], expected, *receipts[i], sights[i]);
    if (!difference.empty()) return difference;
  }
  return check_head();
}

std::string ModelRun::query() {
  const auto query = one_in(5) ? Query{} : random_query();
  const auto range = random_range();
  note("query " + describe(query) + describe(range));
  const auto expected = model_.query(query, range);
  if (query.items.empty() && one_in(2)) return compare(expected, store().read(range));
  return compare(expected, store().query(query, range));
}

// What a cursor shows was settled when it was made.
std::string ModelRun::query_while_writing() {
  const auto query = random_query();
  const auto range = random_range();
  note("query, with a command in the middle, " + describe(query) + describe(range));
  const auto expected = model_.query(query, range);
  auto cursor = store().query(query, range);
  const auto before = pick(expected.size() + 1);
  for (std::uint64_t i = 0; i < before; ++i) {
    if (!cursor.next()) return differ("events found", expected.size(), i);
    const auto got = seen(cursor.record());
    if (got != expected[i]) return differ("event", describe(expected[i]), describe(got));
  }
  const auto difference = submit();
  return difference.empty() ? compare(expected, std::move(cursor), before) : difference;
}

std::string ModelRun::event() {
  const auto position = random_position();
  note("event " + std::to_string(position));
  const auto* expected = model_.event(position);
  const auto found = store().event(Position{position});
  if (!found) return differ("error", expected ? "" : "NO_SUCH_POSITION", found.error().code);
  return differ("event", expected ? describe(*expected) : "none", describe(seen(found.value())));
}

std::string ModelRun::find_command() {
  const auto command = one_in(4) ? ModelCommand{"unknown", "", "", {}, {}, {}} : any(tried_);
  note("find command " + command.id);
  const auto found = store().find_command(command.id);
  if (!found) return "find_command failed: " + found.error().message;
  if (model_.knows(command.id) != found.value().has_value()) {
    return "find_command " + command.id + ": the store " + (found.value() ? "knows" : "lacks") +
           " it, the model does not agree";
  }
  if (!found.value()) return {};
  if (found.value()->receipt.bytes() != receipts_[command.id]) return "another receipt was kept";
  const auto first = std::ranges::find_if(tried_, [&](const ModelCommand& tried) {
    return tried.id == command.id && found.value()->content == submission_of(tried).content;
  });
  return first == tried_.end() ? "the content kept was never submitted" : "";
}

std::string ModelRun::as_of_position() {
  const auto position = random_position();
  note("as of position " + std::to_string(position));
  const auto view = store().as_of(Position{position});
  const auto exact = store().after_event(Position{position});
  const bool beyond = position > model_.head();
  if (!view || !exact) {
    return first_of(
        {differ("error", beyond ? "BEYOND_HEAD" : "", view ? "" : view.error().code),
         differ("error", beyond ? "BEYOND_HEAD" : "", exact ? "" : exact.error().code)});
  }
  const auto* event = model_.event(position);
  const auto at = event != nullptr ? event->recorded_at : Timestamp{};
  return first_of({compare("as of", view.value(), model_.end_of_batch(position), at),
                   compare("after event", exact.value(), position, at)});
}

std::string ModelRun::as_of_time() {
  const auto at = random_time();
  note("as of " + to_iso8601(at));
  const auto view = store().as_of(at);
  if (!view) return "as_of failed: " + view.error().message;
  return compare("as of", view.value(), model_.position_at(at), at);
}

std::string ModelRun::now() {
  note("now");
  const auto view = store().now();
  const auto at = std::max(fixture_.clock.now(), model_.head_recorded_at());
  return compare("now", view, model_.head(), at);
}

std::string ModelRun::move_clock() {
  const auto before = fixture_.clock.now().microseconds;
  const auto by = static_cast<std::int64_t>(pick(one_in(4) ? 3 : 100'000'000));
  fixture_.clock.set(Timestamp{one_in(3) ? before - by : before + by});
  note("clock at " + to_iso8601(fixture_.clock.now()));
  return {};
}

std::string ModelRun::restart() {
  const bool without_views = one_in(2);
  note(without_views ? "restart, views removed" : "restart");
  kept_views_.clear();
  if (without_views) {
    fixture_.store.reset();
    std::filesystem::remove_all(fixture_.directory / "ledger" / "views");
  }
  fixture_.reopen();
  model_.restart(without_views);
  return check_whole();
}

}  // namespace actbook::testing

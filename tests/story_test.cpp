// A whole year of a ledger (examples/year.jsonl), by way of the facade: what becomes of each line,
// and that its answers are the same whenever and however they are worked out.
#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <set>

#include "actbook/json.h"
#include "actbook/ledger.h"
#include "support/must.h"
#include "support/temp_directory.h"

namespace actbook::testing {
namespace {

/// The JSON of answers, by what was asked.
using Answers = std::map<std::string, std::string>;

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream in(std::string(ACTBOOK_SOURCE_DIR) + "/" + file);
  REQUIRE_MESSAGE(in.good(), file, " cannot be read");
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// The year, told line by line into a ledger of its own.
class Story {
 public:
  Story() : lines_(lines_of("examples/year.jsonl")) {
    Ledger::CreateOptions options;
    options.clock = schema::ClockKind::simulated;
    ledger_.emplace(must(Ledger::create(ledger_directory(), options)));
  }

  [[nodiscard]] const Ledger& ledger() const { return *ledger_; }
  [[nodiscard]] bool is_over() const { return next_ == lines_.size(); }

  /// Records the next line; what became of it is "command_id outcome reason", with - for none.
  std::string tell() {
    const auto line = must(command_line_from_json(lines_[next_++]));
    REQUIRE(line.at.has_value());
    REQUIRE(ledger_->set_clock(*line.at).has_value());
    const auto receipt = must(ledger_->record(line.command));
    const auto* reason = receipt->reason();
    return receipt->command_id()->str() + " " + log::EnumNameOutcome(receipt->outcome()) + " " +
           (reason != nullptr ? reason->str() : "-");
  }

  void tell_until(Timestamp end) {
    while (!is_over() && must(command_line_from_json(lines_[next_])).at < end) (void)tell();
  }

  /// Closes the ledger, takes its derived data away, and opens it again.
  void rebuild_views() {
    ledger_.reset();
    const auto views = ledger_directory() / "views";
    REQUIRE(std::filesystem::remove_all(views) > 1);
    ledger_.emplace(must(Ledger::open(ledger_directory())));
    REQUIRE(std::filesystem::exists(views));
  }

 private:
  [[nodiscard]] std::filesystem::path ledger_directory() const { return directory_ / "ledger"; }

  TempDirectory directory_;
  std::vector<std::string> lines_;
  std::size_t next_ = 0;
  std::optional<Ledger> ledger_;
};

Timestamp time(const char* text) { return parse_iso8601(text).value(); }

/// Every entity that any event up to the head names, those of refused commands included.
std::vector<Entity> entities_of(const Ledger& ledger) {
  std::set<std::string> tags;
  auto cursor = ledger.read();
  while (cursor.next()) {
    for (const auto* tag : *cursor.record()->tags()) tags.insert(tag->str());
  }
  REQUIRE(cursor.status().has_value());
  std::vector<Entity> entities;
  for (const auto& tag : tags) {
    if (auto entity = Entity::parse(tag)) entities.push_back(std::move(entity).value());
  }
  return entities;
}

/// An answer, or the error in its place: what is not known must stay unknown.
template <class Answer>
std::string text_of(const Result<Answer>& answer) {
  return answer ? to_json(answer.value()) : answer.error().code + ": " + answer.error().message;
}

void ask_states(const Ledger& ledger, const View& view, const std::vector<Entity>& entities,
                Answers& answers) {
  const auto when = " at " + to_iso8601(view.at()) + ", " + std::to_string(view.position().value);
  for (const auto& entity : entities) {
    answers["show " + entity.tag() + when] = text_of(ledger.show(view, entity));
  }
  answers["acceptances" + when] = text_of(ledger.acceptances(view, {}));
}

void ask_trails(const Ledger& ledger, const View& view, const std::vector<Entity>& entities,
                Answers& answers) {
  for (const auto& entity : entities) {
    answers["trail " + entity.tag()] = text_of(ledger.trail(view, Search{.tags = {entity.tag()}}));
  }
}

/// Everything there is to ask: the state of each entity at several instants of the year, and its
/// trail.
Answers ask_everything(const Ledger& ledger) {
  const auto entities = entities_of(ledger);
  Answers answers;
  for (const auto* instant : {"2026-03-21T12:00:00Z", "2026-06-10T13:59:59.999999Z",
                              "2026-06-10T14:00:00Z", "2026-09-15", "2026-12-31T23:59:59Z"}) {
    ask_states(ledger, must(ledger.as_of(time(instant))), entities, answers);
  }
  ask_states(ledger, must(ledger.as_of(ledger.head())), entities, answers);
  ask_trails(ledger, must(ledger.as_of(ledger.head())), entities, answers);
  return answers;
}

/// The same questions with the same answers, byte for byte. Tells the first that differs.
void check_same(const Answers& before, const Answers& after) {
  REQUIRE(before.size() == after.size());
  for (const auto& entry : before) {
    const auto& question = entry.first;
    const auto& answer = entry.second;
    const auto found = after.find(question);
    REQUIRE_MESSAGE(found != after.end(), question, " was not asked again");
    REQUIRE_MESSAGE(found->second == answer, question);
  }
}

}  // namespace

TEST_CASE("story: each line of the year becomes what it must") {
  Story story;
  std::map<std::string, int> counts;
  for (const auto& expected : lines_of("tests/story_outcomes.txt")) {
    REQUIRE_FALSE(story.is_over());
    const auto outcome = story.tell();
    CHECK(outcome == expected);
    const auto start = outcome.find(' ') + 1;
    ++counts[outcome.substr(start, outcome.find(' ', start) - start)];
  }
  CHECK(story.is_over());
  CHECK(counts == std::map<std::string, int>{{"recorded", 514}, {"refused", 68}, {"unchanged", 9}});

  const auto replayed = must(story.ledger().replay());
  CHECK_MESSAGE(replayed.agrees, to_json(replayed, JsonLayout::indented));
  CHECK(replayed.events == story.ledger().head().value);
  const auto verified = must(story.ledger().verify());
  CHECK_MESSAGE(verified.sound, to_json(verified, JsonLayout::indented));
  CHECK(verified.records == story.ledger().head().value);
}

TEST_CASE("story: without the derived data every answer is the same, byte for byte") {
  Story story;
  while (!story.is_over()) (void)story.tell();
  const auto before = ask_everything(story.ledger());
  CHECK(before.size() > 1000);

  story.rebuild_views();
  check_same(before, ask_everything(story.ledger()));
  CHECK(must(story.ledger().replay()).agrees);
}

TEST_CASE("story: an answer as of then stays the same, whenever it is asked") {
  Story story;
  story.tell_until(time("2026-06-10T14:00:01Z"));
  const auto then = story.ledger().head();
  const auto entities = entities_of(story.ledger());
  const auto ask = [&] {
    Answers answers;
    const auto view = must(story.ledger().as_of(then));
    ask_states(story.ledger(), view, entities, answers);
    ask_trails(story.ledger(), view, entities, answers);
    ask_states(story.ledger(), must(story.ledger().as_of(time("2026-05-20T12:00:00Z"))), entities,
               answers);
    answers["replay"] = to_json(must(story.ledger().replay({.until = then})));
    return answers;
  };
  const auto early = ask();
  CHECK(early.size() > 500);

  // A view that was opened then goes on showing then.
  const auto open_view = must(story.ledger().as_of(then));
  Answers open_before;
  ask_states(story.ledger(), open_view, entities, open_before);

  while (!story.is_over()) (void)story.tell();
  CHECK(story.ledger().head() > then);
  check_same(early, ask());
  Answers open_after;
  ask_states(story.ledger(), open_view, entities, open_after);
  check_same(open_before, open_after);
}

}  // namespace actbook::testing

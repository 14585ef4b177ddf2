// The two axes of time: what the ledger knew, and what was true by what it knew. Held against a
// fold of everything that had occurred, in the order in which it occurred.
//
// Every run prints the seed it began with; ACTBOOK_TEST_SEED repeats one.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "actbook/json.h"
#include "actbook/ledger.h"
#include "actbook/projector.h"
#include "actbook/tables.h"
#include "support/must.h"
#include "support/random_program.h"
#include "support/row_image.h"
#include "support/temp_directory.h"

namespace actbook::testing {
namespace {

/// A ledger of a random history with facts that were recorded long after they happened.
class History {
 public:
  explicit History(unsigned seed, int commands) {
    Ledger::CreateOptions options;
    options.clock = schema::ClockKind::simulated;
    auto now = must(parse_iso8601("2026-01-01"));
    RandomProgram program(seed, {.facts = true, .plain_contacts = false});
    {
      auto ledger = must(Ledger::create(directory_ / "ledger", options, now));
      for (int i = 0; i < commands; ++i) {
        now = program.next_time(now);
        const auto command = program.next(ledger.now(), ledger.head(), now);
        const auto receipt = must(ledger.record(command, now));
        program.note(command, receipt->outcome());
        if (receipt->outcome() != log::Outcome::recorded) continue;
        for (auto at = receipt->first_position(); at <= receipt->last_position(); ++at) {
          program.note(must(ledger.event(Position{at})));
        }
      }
      // Whatever chance had: of two names the one told last had been the workspace's first.
      rename(ledger, "Later", now, now);
      rename(ledger, "Earlier", Timestamp{now.microseconds - 1}, now);
    }
    clock_.set(now);
    EventStore::Options store;
    store.clock = &clock_;
    store.projector = &partner_projector();
    store_ = must(EventStore::open_read_only(directory_ / "ledger", store));
    auto cursor = store_->read();
    while (cursor.next()) events_.push_back(cursor.record());
    REQUIRE(cursor.status());
  }

  [[nodiscard]] const EventStore& store() const { return *store_; }
  [[nodiscard]] const std::vector<Record>& events() const { return events_; }

  /// The instants at which something was recorded or happened.
  [[nodiscard]] std::set<Timestamp> instants() const {
    std::set<Timestamp> instants;
    for (const auto& event : events_) {
      instants.insert(event.recorded_at());
      instants.insert(event.occurred_at());
    }
    return instants;
  }

  /// The oracle: everything known by then that had occurred by then, in the order of the world.
  [[nodiscard]] RowImage expected(Position known, Timestamp at) const {
    std::vector<Record> events;
    for (const auto& event : events_) {
      if (event.position() <= known && event.occurred_at() <= at) events.push_back(event);
    }
    std::ranges::stable_sort(events, {}, [](const Record& event) { return event.occurred_at(); });
    RowOverlay rows;
    for (const auto& event : events) REQUIRE(partner_projector().project(event, rows));
    return image(rows);
  }

 private:
  static void rename(Ledger& ledger, const std::string& name, Timestamp occurred, Timestamp now) {
    const nlohmann::json command = {{"command_id", "rename-" + name},
                                    {"actor", {{"kind", "person"}, {"id", "ada"}}},
                                    {"mode", "observed"},
                                    {"occurred_at", to_iso8601(occurred)},
                                    {"command_type", "RenameWorkspace"},
                                    {"command", {{"workspace", "renamed"}, {"name", name}}}};
    const auto receipt = must(ledger.record(must(command_from_json(command.dump())), now));
    REQUIRE(receipt->outcome() == log::Outcome::recorded);
  }

  TempDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<EventStore> store_;
  std::vector<Record> events_;
};

}  // namespace

TEST_CASE("Axes: what was true is a fold in the order of the world, for every pair of instants") {
  constexpr int kCommands = 36;
  const unsigned seed = chosen_seed();
  const History history(seed, kCommands);
  std::size_t pairs = 0;
  std::size_t out_of_step = 0;
  for (const auto& event : history.events()) {
    if (event->batch_index() + 1 < event->batch_size()) continue;
    const auto known = must(history.store().as_of(event.position()));
    const auto plain = image(known);
    for (const auto at : history.instants()) {
      const auto view = must(history.store().true_at(known, at));
      const auto expected = history.expected(event.position(), at);
      const auto differing = difference(expected, image(view));
      REQUIRE_MESSAGE(differing.empty(), "seed ", seed, ": ", differing, " as known at ",
                      event.position().value, ", true at ", to_iso8601(at));
      ++pairs;
      if (at >= known.at() && expected != plain) ++out_of_step;
    }
  }
  CHECK(pairs > 100);
  CHECK_MESSAGE(out_of_step > 0, "no fact came late");
}

TEST_CASE("Axes: a single row is the same as in a list") {
  constexpr int kCommands = 120;
  const unsigned seed = chosen_seed();
  const History history(seed, kCommands);
  const auto now = history.store().now();
  for (const auto at : history.instants()) {
    const auto view = must(history.store().true_at(now, at));
    for (const auto& known : image(view)) {
      const auto& row = known.first;
      const auto& version = known.second;
      const auto found = view.get(static_cast<TableId>(row.first), row.second);
      REQUIRE_MESSAGE(found.has_value(), row.second);
      CHECK(found->position.value == version.first);
      CHECK_MESSAGE(found->bytes == version.second, "seed ", seed, ": ", row.second);
    }
  }
}

TEST_CASE("Axes: a row folded alone is the row") {
  // What View::true_at rests on: a row needs no other row.
  constexpr int kCommands = 150;
  const unsigned seed = chosen_seed();
  const History history(seed, kCommands);
  for (const auto& known : image(history.store().now())) {
    const auto& row = known.first;
    const auto& version = known.second;
    const auto table = static_cast<TableId>(row.first);
    RowOverlay alone;
    alone.take_only([&, &wanted = row](TableId other, std::string_view key) {
      return other == table && key == wanted.second;
    });
    for (const auto& event : history.events()) {
      REQUIRE(partner_projector().project(event, alone));
    }
    const auto* found = alone.find(table, row.second);
    REQUIRE_MESSAGE(found != nullptr, row.second);
    CHECK_MESSAGE(found->bytes == version.second, "seed ", seed, ": ", row.second);
  }
}

}  // namespace actbook::testing

// What has to hold whatever happens: random histories of both partner programs, and rules about
// them that know nothing of how commands are decided.
//
// Every run prints the seed it began with; ACTBOOK_TEST_SEED repeats one. A finding comes with the
// shortest history of its seed that shows it: how many commands, and the last of them.
#include <doctest/doctest.h>

#include <algorithm>

#include "actbook/json.h"
#include "actbook/ledger.h"
#include "actbook/projector.h"
#include "actbook/tables.h"
#include "support/invariants.h"
#include "support/must.h"
#include "support/prism.h"
#include "support/random_program.h"
#include "support/row_image.h"
#include "support/temp_directory.h"

namespace actbook::testing {
namespace {

using schema::MembershipSource;
using schema::WorkspaceRole;

// ---- histories in memory ----

constexpr unsigned kSeeds = 3;
constexpr int kCommands = 1500;
constexpr int kCheckedEvery = 10;
constexpr int kAccessCheckedEvery = 30;

/// What was found, and after how many commands.
struct Finding {
  std::string wrong;
  int commands = 0;
  std::string last;
};

using Counts = std::map<command::Command, RandomProgram::Count>;

bool has_gaps(const Counts& counts) {
  return std::ranges::any_of(command::EnumValuesCommand(), [&](command::Command kind) {
    const auto found = counts.find(kind);
    return kind != command::Command::NONE && (found == counts.end() || found->second.recorded == 0);
  });
}

/// A history of one seed; from `closely` on everything is checked after every command.
Finding run_in_memory(unsigned seed, int closely, Counts& counts) {
  RandomProgram program(seed, {});
  MemoryLedger ledger;
  AccessOracle oracle;
  for (const auto& event : ledger.events()) oracle.apply(event);
  for (int i = 1; i <= kCommands; ++i) {
    const auto at = program.next_time(ledger.now());
    const auto command = program.next(ledger.rows(), ledger.head(), at);
    const auto step = ledger.record(command, at);
    program.note(command, step.outcome);
    for (const auto& event : step.events) {
      program.note(event);
      oracle.apply(event);
    }
    const Book book{ledger.rows(), ledger.events(), oracle, program.everybody(), at};
    const bool close = i >= closely || i == kCommands || program.expires_at(at);
    auto wrong = refusal_wrong(step);
    if (wrong.empty()) wrong = intervals_wrong(book, step.rows);
    if (wrong.empty() && (close || i % kCheckedEvery == 0)) {
      wrong = first_wrong(book, close || i % kAccessCheckedEvery == 0);
    }
    if (wrong.empty()) continue;
    const auto json = record_to_json(ledger.events().back());
    return {wrong, i, command_type(command) + ", " + (json ? json.value() : std::string())};
  }
  for (const auto& count : program.counts()) {
    counts[count.first].given += count.second.given;
    counts[count.first].recorded += count.second.recorded;
  }
  return {};
}

// ---- histories on disk ----

struct Facts {
  int observed = 0;
  int late = 0;
  int broken = 0;
};

/// Folds the log and compares the rows after every batch with those that a view serves there.
Facts compare_prefixes(const Ledger& ledger) {
  RowOverlay folded;
  Facts facts;
  auto cursor = ledger.read();
  while (cursor.next()) {
    const auto& event = cursor.record();
    REQUIRE(partner_projector().project(event, folded));
    if (event->mode() == schema::Mode::observed) ++facts.observed;
    if (event.occurred_at() < event.recorded_at()) ++facts.late;
    if (event->rules_broken() != nullptr) ++facts.broken;
    if (event->batch_index() + 1 < event->batch_size()) continue;
    const auto view = must(ledger.as_of(event.position()));
    const auto differing = difference(image(folded), image(view));
    REQUIRE_MESSAGE(differing.empty(), differing, " as of ", event.position().value);
  }
  REQUIRE(cursor.status());
  return facts;
}

void check_whole(const Ledger& ledger) {
  const auto replayed = must(ledger.replay());
  CHECK(replayed.agrees);
  CHECK(replayed.events == ledger.head().value);
  const auto verified = must(ledger.verify());
  CHECK_MESSAGE(verified.sound, verified.what);
}

}  // namespace

TEST_CASE("Invariants: they hold in random histories, and every kind of command is in them") {
  const unsigned seed = chosen_seed();
  Counts counts;
  // A kind that had no chance yet gets some more.
  for (unsigned i = 0; i < kSeeds || (i < 3 * kSeeds && has_gaps(counts)); ++i) {
    auto found = run_in_memory(seed + i, kCommands, counts);
    if (found.wrong.empty()) continue;
    // The same once more, to learn which command it was.
    found = run_in_memory(seed + i, found.commands - kAccessCheckedEvery, counts);
    FAIL(found.wrong << "\n  seed " << seed + i << ", after " << found.commands
                     << " commands, the last: " << found.last);
  }
  for (const auto kind : command::EnumValuesCommand()) {
    if (kind == command::Command::NONE) continue;
    const auto count = counts[kind];
    const std::string name = command::EnumNameCommand(kind);
    CHECK_MESSAGE(count.recorded > 0, name, " was never recorded");
    CHECK_MESSAGE(count.recorded * 3 >= count.given, name, ": ", count.recorded, " recorded of ",
                  count.given);
  }
}

// Found by a random history: an owner came by what was left of their support session.
TEST_CASE("Invariants: whoever came as support before takes a handoff as anybody does") {
  for (const std::string accepted_at : {"2026-03-02", "2026-03-05"}) {
    World world = prism_with_panels();
    world.given("DataOwnerOrganisationRecorded",
                R"({"workspace": "panels", "organisation": "haarlem"})");
    world.given("SupportDoorOpened", R"({"workspace": "panels"})", person("adam"));
    (void)world.when(staff("hugo"), "JoinSupport", R"({"workspace": "panels"})");
    (void)world.when(person("adam"), "ProposeHandoff",
                     R"({"handoff": "h", "workspace": "panels", "target": "haarlem"})");
    world.at(accepted_at);
    (void)world.when(person("hugo"), "AcceptHandoff", R"({"handoff": "h"})");
    const auto row = find_or_empty<row::MembershipRowT>(world.rows(), "panels/hugo");
    CHECK(row.live);
    CHECK(row.role == WorkspaceRole::owner);
    CHECK(row.source == MembershipSource::direct);
    CHECK(!row.expires_at);
    CHECK(seats(world, "acc-panels") == "1 of 1");
  }
}

TEST_CASE("Invariants: what a view serves is what the log says, at every batch") {
  constexpr int kCommandsOnDisk = 250;
  TempDirectory directory;
  Ledger::CreateOptions options;
  options.clock = schema::ClockKind::simulated;
  auto now = must(parse_iso8601("2026-01-01"));
  std::optional<Ledger> ledger(must(Ledger::create(directory / "ledger", options, now)));
  RandomProgram program(chosen_seed(), {.facts = true, .plain_contacts = false});
  auto before = image(ledger->now());
  for (int i = 0; i < kCommandsOnDisk; ++i) {
    now = program.next_time(now);
    const auto command = program.next(ledger->now(), ledger->head(), now);
    const auto receipt = must(ledger->record(command, now));
    program.note(command, receipt->outcome());
    auto after = image(ledger->now());
    if (receipt->outcome() == log::Outcome::recorded) {
      for (auto at = receipt->first_position(); at <= receipt->last_position(); ++at) {
        program.note(must(ledger->event(Position{at})));
      }
    } else {
      auto rows = after;
      std::erase_if(rows, [&](const auto& entry) {
        return entry.first.first == static_cast<int>(table_of<row::ReferenceRowT>) &&
               !before.contains(entry.first);
      });
      const auto differing = difference(before, rows);
      REQUIRE_MESSAGE(differing.empty(), command_type(command), " changed ", differing);
    }
    before = std::move(after);
  }
  const auto facts = compare_prefixes(*ledger);
  CHECK(facts.observed > 0);
  CHECK(facts.late > 0);
  CHECK(facts.broken > 0);
  check_whole(*ledger);
  ledger.reset();
  ledger.emplace(must(Ledger::open(directory / "ledger")));
  CHECK(difference(before, image(ledger->now())).empty());
  check_whole(*ledger);
}

}  // namespace actbook::testing

#include <doctest/doctest.h>

#include "storage/log.h"
#include "support/fault_run.h"
#include "support/seed.h"

// Whatever fails, and whenever: what was acknowledged is there, and the rest whole or not at all.
// RocksDB works in the background, so the n-th operation is not the same one in every run; what is
// checked must hold for any order.
namespace actbook::testing {
namespace {

using Kind = Fault::Kind;

std::string name_of_kind(Kind kind) {
  switch (kind) {
    case Kind::fail_write:
      return "fail write";
    case Kind::tear_write:
      return "tear write";
    case Kind::no_space:
      return "no space";
    case Kind::fail_sync:
      return "fail sync";
    case Kind::fail_read:
      return "fail read";
    case Kind::crash:
      return "crash";
  }
  return "";
}

struct Sweep {
  Kind kind;
  bool lasting = false;
  std::optional<Survivors> power_loss = {};
  std::function<bool(const std::string&)> concerns = {};
  /// Close the store while its files still fail, rather than let it die.
  bool close_in_order = false;
};

// The workload with the fault at every n, until there is no n-th operation any more.
void run_for_every_n(const Sweep& sweep) {
  const unsigned seed = std::random_device()();
  std::uint64_t n = 0;
  for (bool triggered = true; triggered;) {
    ++n;
    INFO(name_of_kind(sweep.kind) << " at n = " << n << ", seed " << seed);
    std::mt19937 random(seed + static_cast<unsigned>(n));
    FaultRun run;
    run.disk.files->arm({sweep.kind, n, sweep.lasting, sweep.concerns, {}});
    if (run.create()) run.submit_all();
    if (sweep.close_in_order) run.store.reset();
    triggered = run.disk.files->triggered();
    run.crash();
    if (sweep.power_loss) run.lose_power(*sweep.power_loss, random);
    run.check_recovery();
    // Not where nothing undurable was left to begin with.
    if (!sweep.power_loss) run.check_durability(random);
  }
  CHECK(n > 10);
  MESSAGE(name_of_kind(sweep.kind) << " at n = 1 to " << n - 1 << ", seed " << seed);
}

}  // namespace

TEST_CASE("faults: what is tried meets a log that is joined and flushed") {
  FaultRun run;
  REQUIRE(run.create());
  run.submit_all();
  const auto commands = run.store->verify_log().commands;
  run.store.reset();
  const auto path = run.directory / "ledger" / "log";
  const auto log = storage::Log::open(path, {}, storage::Access::read, {});
  REQUIRE_MESSAGE(log, log.error().message);
  std::size_t blocks = 0;
  std::size_t joined = 0;
  storage::Log::Reader reader(*log.value());
  for (reader.seek_to_first(); reader.valid(); reader.next(), ++blocks) {
    if (reader.extent().last_command > reader.extent().first_command) ++joined;
  }
  CHECK(joined >= 3);
  CHECK(blocks < commands);
  std::size_t sorted_files = 0;
  for (const auto& file : std::filesystem::directory_iterator(path)) {
    if (file.path().extension() == ".sst") ++sorted_files;
  }
  CHECK(sorted_files >= 2);
}

TEST_CASE("faults: a failed write loses nothing that was acknowledged whichever it is") {
  run_for_every_n({.kind = Kind::fail_write});
}

TEST_CASE("faults: a torn write loses nothing that was acknowledged whichever it is") {
  run_for_every_n({.kind = Kind::tear_write});
}

TEST_CASE("faults: a failed sync loses nothing that was acknowledged whichever it is") {
  run_for_every_n({.kind = Kind::fail_sync});
}

TEST_CASE("faults: power lost after a failed sync whichever it is") {
  run_for_every_n({.kind = Kind::fail_sync, .power_loss = Survivors::nothing});
}

TEST_CASE("faults: a failed read loses nothing that was acknowledged whichever it is") {
  run_for_every_n({.kind = Kind::fail_read, .close_in_order = true});
}

TEST_CASE("faults: a full disk loses nothing that was acknowledged from whichever write on") {
  run_for_every_n({.kind = Kind::no_space, .lasting = true, .close_in_order = true});
}

TEST_CASE("faults: killed at any write or sync it loses nothing that was acknowledged") {
  run_for_every_n({.kind = Kind::crash});
}

TEST_CASE("faults: power lost at any write or sync with all that was not synced") {
  run_for_every_n({.kind = Kind::crash, .power_loss = Survivors::nothing});
}

TEST_CASE("faults: power lost at any write or sync and what was not synced is cut off somewhere") {
  run_for_every_n({.kind = Kind::crash, .power_loss = Survivors::prefix});
}

TEST_CASE("faults: power lost at any write or sync and of what was not synced some sectors stand") {
  run_for_every_n({.kind = Kind::crash, .power_loss = Survivors::sectors});
}

TEST_CASE("faults: a failed write of the views loses nothing of the log whichever it is") {
  run_for_every_n(
      {.kind = Kind::fail_write, .concerns = files_of("views"), .close_in_order = true});
}

TEST_CASE("faults: a failed sync of the views loses nothing of the log whichever it is") {
  run_for_every_n({.kind = Kind::fail_sync, .concerns = files_of("views"), .close_in_order = true});
}

TEST_CASE("faults: a new ledger is there after a power loss with its directories") {
  std::mt19937 random(1);
  FaultRun run;
  run.disk.files->set_new_directories_need_sync(true);
  REQUIRE(run.create());
  REQUIRE(run.told.submit(*run.store, {"c1", "w", {"one"}}));
  run.check_durability(random);
}

namespace {

// Submits events with a tag of a megabyte until one is not acknowledged; the last id is returned.
// Some eighty of them fill what RocksDB keeps in memory, which makes it write in the background.
int submit_large_until_failure(EventStore& store, std::optional<Error>& failure) {
  constexpr std::size_t kMegabyte = std::size_t{1} << 20;
  Random random(1);
  int i = 0;
  for (; i < 300 && !failure; ++i) {
    const auto tag = "large:" + random.text(kMegabyte);
    auto receipt = store.submit(submission(std::to_string(i)),
                                append_events({renamed("w", std::to_string(i), {tag})}));
    if (!receipt) failure = receipt.error();
  }
  return i - 1;
}

}  // namespace

TEST_CASE("faults: a failed write in the background loses nothing that was acknowledged") {
  for (const std::string database : {"log", "views"}) {
    CAPTURE(database);
    FaultRun run;
    run.log_memory = EventStore::Options().log_memory;
    REQUIRE(run.create());
    // Saving the views is tried again.
    const bool lasting = database == "views";
    run.disk.files->arm({Kind::fail_write, 1, lasting, files_of(database, ".sst"), {}});
    std::optional<Error> failure;
    const int last = submit_large_until_failure(*run.store, failure);
    CHECK(run.disk.files->triggered());
    REQUIRE(failure);
    CHECK(failure->kind == ErrorKind::unknown_outcome);
    CHECK(name_of(run.store->now(), "w") == std::to_string(last - 1));
    run.crash();
    REQUIRE(run.reopen());
    for (int i = 0; i < last; ++i) CHECK(run.store->find_command(std::to_string(i)).value());
    const auto again = run.store->submit(submission(std::to_string(last)), append_events({}));
    CHECK_MESSAGE(again, again.error().message);
    CHECK_FALSE(run.store->verify_log().damage);
    MESSAGE(database << ": " << last << " acknowledged, then " << failure->message
                     << "; after it the log had " << run.store->head().value);
  }
}

}  // namespace actbook::testing

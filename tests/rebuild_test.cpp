#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <latch>
#include <thread>

#include "actbook/replay.h"
#include "support/fault_run.h"
#include "support/forgetful.h"
#include "support/seed.h"
#include "support/store_fixture.h"

// Views that are made anew beside those in use.
namespace actbook::testing {
namespace {

namespace fs = std::filesystem;

const std::uint32_t kVersion = partner_projector().version();

/// The rows of a version of the projector say what these two rows say: the same name.
void rename_both(EventStore& store, int number) {
  const auto name = "name " + std::to_string(number);
  REQUIRE(store.submit(submission("both-" + std::to_string(number)),
                       append_events({renamed("left", name), renamed("right", name)})));
}

struct RebuildFixture : StoreFixture {
  explicit RebuildFixture(std::size_t save_at = EventStore::Options().slice_size)
      : StoreFixture(save_at) {
    for (int i = 0; i < 50; ++i) rename_both(*store, i);
  }

  [[nodiscard]] fs::path generation(int number) const {
    return directory / "ledger" / "views" / std::to_string(number);
  }
  EventStore::Options options_with(const Projector& projector) {
    auto with = options();
    with.projector = &projector;
    return with;
  }
  Result<std::unique_ptr<EventStore>> open_with(const Projector& projector) {
    store.reset();
    return EventStore::open(directory / "ledger", options_with(projector));
  }
};

bool agrees(const EventStore& store) {
  const auto report = replay(store, {.projector = &partner_projector()});
  REQUIRE_MESSAGE(report, report.error().message);
  return report.value().agrees;
}

}  // namespace

TEST_CASE("rebuild: what reads goes on in the old views and they go with the last who does") {
  RebuildFixture f;
  {
    auto cursor = f.store->query(Query{{QueryItem{{}, {"workspace:left"}}}});
    REQUIRE(cursor.next());
    {
      const auto before = f.store->now();
      REQUIRE(f.store->rebuild());
      CHECK(fs::exists(f.generation(2) / "IN_USE"));
      CHECK(fs::exists(f.generation(1)));
      CHECK(name_of(before, "left") == "name 49");
    }
    // The cursor reads from them yet.
    CHECK(fs::exists(f.generation(1)));
    std::size_t read = 1;
    while (cursor.next()) ++read;
    CHECK(cursor.status());
    CHECK(read == 50);
  }
  CHECK_FALSE(fs::exists(f.generation(1)));

  rename_both(*f.store, 50);
  CHECK(name_of(f.store->now(), "right") == "name 50");
  CHECK(agrees(*f.store));
  f.reopen();
  CHECK(name_of(f.store->now(), "right") == "name 50");
  REQUIRE(f.store->rebuild());
  CHECK(fs::exists(f.generation(3)));
  CHECK_FALSE(fs::exists(f.generation(2)));
}

TEST_CASE("rebuild: while commands are recorded none is lost and no reader sees a mixture") {
  RebuildFixture f(4096);
  std::atomic<bool> over = false;
  std::atomic<int> last = 49;
  std::thread writer([&] {
    for (int i = 50; !over; ++i) {
      rename_both(*f.store, i);
      last = i;
    }
  });
  std::thread reader([&] {
    while (!over) {
      const int known = last;
      const auto view = f.store->now();
      const auto left = name_of(view, "left");
      CHECK(left == name_of(view, "right"));
      CHECK(std::stoi(left.substr(5)) >= known);
      REQUIRE(view.status());
    }
  });
  for (int i = 0; i < 5; ++i) CHECK(f.store->rebuild());
  over = true;
  writer.join();
  reader.join();
  CHECK(name_of(f.store->now(), "left") == "name " + std::to_string(last));
  CHECK(agrees(*f.store));
  const auto head = f.store->head();
  f.reopen();
  CHECK(f.store->head() == head);
  CHECK(agrees(*f.store));
}

TEST_CASE("rebuild: views that a bug has spoilt are mended") {
  RebuildFixture f;
  const Forgetful forgetful("name 99");
  f.store = f.open_with(forgetful).value();
  rename_both(*f.store, 99);
  f.reopen();
  CHECK(name_of(f.store->now(), "left") == "name 49");
  CHECK_FALSE(agrees(*f.store));
  REQUIRE(f.store->rebuild());
  CHECK(name_of(f.store->now(), "left") == "name 99");
  CHECK(agrees(*f.store));
}

TEST_CASE("rebuild: stopped it goes on where it was and the old views stay") {
  RebuildFixture f(4096);
  Position reached;
  const auto stop_soon = [&](Position done, Position head) {
    reached = done;
    return done.value < head.value / 10;
  };
  for (int i = 50; i < 5000; ++i) rename_both(*f.store, i);
  CHECK(f.store->rebuild(stop_soon).error().code == "STOPPED");
  CHECK(name_of(f.store->now(), "left") == "name 4999");
  CHECK(fs::exists(f.generation(1) / "IN_USE"));
  CHECK_FALSE(fs::exists(f.generation(2) / "IN_USE"));
  Position first;
  REQUIRE(f.store->rebuild([&](Position done, Position) {
    if (first.value == 0) first = done;
    return true;
  }));
  CHECK(first.value > reached.value);
  CHECK(agrees(*f.store));
}

TEST_CASE("rebuild: for one who may not write it is an error as is a second at once") {
  RebuildFixture f(4096);
  for (int i = 50; i < 3000; ++i) rename_both(*f.store, i);
  const auto reader = EventStore::open_read_only(f.directory / "ledger", f.options()).value();
  CHECK(reader->rebuild().error().code == "READ_ONLY");
  std::string second;
  REQUIRE(f.store->rebuild([&](Position, Position) {
    if (second.empty()) second = f.store->rebuild().error().code;
    return true;
  }));
  CHECK(second == "REBUILDING");
}

TEST_CASE(
    "rebuild: views of another version are made anew on open and the old ones stay till then") {
  RebuildFixture f(4096);
  for (int i = 50; i < 500; ++i) rename_both(*f.store, i);
  const Forgetful newer("name 499", kVersion + 1, kVersion + 1);
  f.store.reset();
  auto stopping = f.options_with(newer);
  stopping.on_catch_up = [](Position done, Position head) { return done.value < head.value / 2; };
  CHECK(EventStore::open(f.directory / "ledger", stopping).error().code == "STOPPED");
  {
    // Who has the older version reads on.
    const auto reader = EventStore::open_read_only(f.directory / "ledger", f.options());
    REQUIRE_MESSAGE(reader, reader.error().message);
    CHECK(name_of(reader.value()->now(), "left") == "name 499");
    CHECK(EventStore::open_read_only(f.directory / "ledger", f.options_with(newer)).error().code ==
          "VIEWS_UNUSABLE");
  }
  Position first;
  auto going_on = f.options_with(newer);
  going_on.on_catch_up = [&](Position done, Position head) {
    if (first.value == 0) first = done;
    CHECK(first.value >= head.value / 2);
    return true;
  };
  f.store = EventStore::open(f.directory / "ledger", going_on).value();
  CHECK(first.value > 0);
  CHECK(name_of(f.store->now(), "left") == "name 498");
  CHECK_FALSE(fs::exists(f.generation(1)));
  f.reopen();
  CHECK(name_of(f.store->now(), "left") == "name 499");
}

TEST_CASE(
    "rebuild: views of a version whose rows can be read are served while newer ones are made") {
  RebuildFixture f(4096);
  for (int i = 50; i < 500; ++i) rename_both(*f.store, i);
  const Forgetful newer("name 499", kVersion + 1, kVersion);
  f.store.reset();
  std::latch go_on(1);
  auto waiting = f.options_with(newer);
  waiting.on_catch_up = [&](Position, Position) {
    go_on.wait();
    return true;
  };
  f.store = EventStore::open(f.directory / "ledger", waiting).value();
  const auto head = f.store->head();
  const auto before = f.store->now();
  CHECK(name_of(before, "left") == "name 499");
  CHECK(f.store->rebuild().error().code == "REBUILDING");
  const auto refused = f.store->submit(submission("refused"), append_events({renamed("left", "x")}),
                                       WhenFull::refuse);
  CHECK(refused.error().code == "REBUILDING");
  CHECK(f.store->head() == head);

  auto waited = std::async(std::launch::async, [&] {
    return f.store->submit(submission("waits"), append_events({renamed("right", "new")}));
  });
  go_on.count_down();
  CHECK(waited.get());
  CHECK(f.store->head() == head.next());
  CHECK(name_of(f.store->now(), "left") == "name 498");
  CHECK(name_of(f.store->now(), "right") == "new");
  CHECK(name_of(before, "left") == "name 499");
}

TEST_CASE("rebuild: older views are served as far as they reach and closing does not wait") {
  RebuildFixture f(4096);
  const auto known = f.store->head();
  f.store.reset();
  // What is recorded now is lost to the views, as by a crash.
  fs::copy(f.directory / "ledger" / "views", f.directory / "old", fs::copy_options::recursive);
  f.reopen();
  for (int i = 50; i < 3000; ++i) rename_both(*f.store, i);
  const auto head = f.store->head();
  f.store.reset();
  fs::remove_all(f.directory / "ledger" / "views");
  fs::rename(f.directory / "old", f.directory / "ledger" / "views");
  const Forgetful newer("none", kVersion + 1, kVersion);
  auto stopping = f.options_with(newer);
  std::latch served(1);
  stopping.on_catch_up = [&](Position, Position) {
    served.wait();
    return false;
  };
  f.store = EventStore::open(f.directory / "ledger", stopping).value();
  CHECK(f.store->head() == known);
  CHECK(f.store->head_recorded_at() == kStart);
  CHECK(name_of(f.store->now(), "left") == "name 49");
  served.count_down();
  const auto refused =
      f.store->submit(submission("late"), append_events({renamed("left", "late")}));
  CHECK(refused.error().code == "REBUILDING");
  CHECK(refused.error().message.find("open the ledger again") != std::string::npos);
  f.store = f.open_with(newer).value();
  CHECK(f.store->submit(submission("late"), append_events({renamed("left", "late")})));
  CHECK(f.store->head() == head.next());
}

namespace {

void rebuild_with_fault(Fault::Kind kind, std::optional<Survivors> power_loss) {
  const auto seed = chosen_seed();
  std::uint64_t n = 0;
  for (bool triggered = true; triggered;) {
    ++n;
    INFO("fault of kind " << static_cast<int>(kind) << " at n = " << n);
    std::mt19937 random(seed + static_cast<unsigned>(n));
    FaultRun run;
    run.slice_size = 4096;
    REQUIRE(run.create());
    run.submit_all();
    run.disk.files->arm({kind, n, /*lasting=*/kind == Fault::Kind::no_space, {}, {}});
    const auto rebuilt = run.store->rebuild();
    triggered = run.disk.files->triggered();
    if (!triggered) CHECK_MESSAGE(rebuilt, rebuilt.error().message);
    run.crash();
    if (power_loss) run.lose_power(*power_loss, random);
    run.check_recovery();
  }
  CHECK(n > 3);
}

}  // namespace

TEST_CASE("rebuild: a failed write or sync loses nothing whichever it is") {
  rebuild_with_fault(Fault::Kind::fail_write, {});
  rebuild_with_fault(Fault::Kind::fail_sync, {});
  rebuild_with_fault(Fault::Kind::no_space, {});
}

TEST_CASE("rebuild: killed or without power at any write or sync it loses nothing") {
  rebuild_with_fault(Fault::Kind::crash, {});
  rebuild_with_fault(Fault::Kind::crash, Survivors::nothing);
}

}  // namespace actbook::testing

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <thread>

#include "support/fault_run.h"

// What callers hear when the log cannot be written: the failing group, those decided on top of it,
// and everybody after.
namespace actbook::testing {
namespace {

using Kind = Fault::Kind;
using Receipt = EventStore::Receipt;

constexpr Kind kLogFaults[] = {Kind::fail_write, Kind::tear_write, Kind::no_space, Kind::fail_sync};

/// A run with one event, whose log then fails as it is told to.
struct PoisonRun : FaultRun {
  PoisonRun() {
    REQUIRE(create());
    REQUIRE(told.submit(*store, {"first", "w", {"one"}}));
  }
  void arm(Kind kind, std::uint64_t n = 1, std::function<void()> meanwhile = {}) const {
    disk.files->arm({kind, n, false, files_of("log", ".log"), std::move(meanwhile)});
  }
  void submit_async(const Submission& asked, Decide decide,
                    std::promise<Receipt>& told_here) const {
    store->submit_async(asked, std::move(decide),
                        [&](Receipt receipt) { told_here.set_value(std::move(receipt)); });
  }
  void check_recovery_after_crash() {
    crash();
    check_recovery();
  }
};

void check_code(const Receipt& receipt, ErrorKind kind, const std::string& code) {
  REQUIRE(!receipt);
  INFO(receipt.error().message);
  CHECK(receipt.error().kind == kind);
  CHECK(receipt.error().code == code);
}

void check_poisoned(const Receipt& receipt) {
  check_code(receipt, ErrorKind::unavailable, "POISONED");
}

void check_unknown(const Receipt& receipt) {
  check_code(receipt, ErrorKind::unknown_outcome, "UNKNOWN_OUTCOME");
}

// What a poisoned store still answers: what it held before.
void check_reads(const EventStore& store) {
  CHECK(store.head() == Position{1});
  CHECK(positions(store.read()) == std::vector<std::uint64_t>{1});
  CHECK(positions(store.query({{{{}, {"workspace:w"}}}})) == std::vector<std::uint64_t>{1});
  CHECK(name_of(store.now(), "w") == "one");
  CHECK(store.find_command("first").value());
  CHECK_FALSE(store.find_command("second").value());
  CHECK_FALSE(store.verify_log().damage);
}

}  // namespace

TEST_CASE(
    "poison: after a failed write or sync of the log nothing more is written and reads go on") {
  for (const auto kind : kLogFaults) {
    CAPTURE(static_cast<int>(kind));
    PoisonRun run;
    run.arm(kind);
    check_unknown(run.told.submit(*run.store, {"second", "w", {"two", "three"}}));
    REQUIRE(run.disk.files->triggered());
    const auto written = run.disk.files->writes();
    check_poisoned(run.told.submit(*run.store, {"third", "w", {"four"}}));
    check_poisoned(run.store->submit(submission("second"), append_events({})));
    CHECK(run.disk.files->writes() == written);
    check_reads(*run.store);
    run.store.reset();  // in order, though it is poisoned
    run.check_recovery_after_crash();
  }
}

TEST_CASE("poison: a full disk is called that and all is well once there is space") {
  PoisonRun run;
  run.disk.files->arm({Kind::no_space, 1, true, {}, {}});
  const auto failed = run.told.submit(*run.store, {"second", "w", {"two"}});
  check_unknown(failed);
  CHECK(failed.error().message.find("No space left on device") != std::string::npos);
  CHECK(failed.error().message.find("free some space") != std::string::npos);
  check_reads(*run.store);
  run.store.reset();
  const auto still_full = EventStore::open(run.directory / "ledger", run.options());
  REQUIRE(!still_full);
  CHECK(still_full.error().kind == ErrorKind::unavailable);
  CHECK(still_full.error().code == "DISK_FULL");
  const auto elsewhere = EventStore::create(run.directory / "other", run.options());
  REQUIRE(!elsewhere);
  CHECK(elsewhere.error().code == "DISK_FULL");
  run.disk.files->lift();
  CHECK(EventStore::create(run.directory / "other", run.options()));
  run.check_recovery_after_crash();
}

TEST_CASE("poison: what was decided on a group that fails does not get written either") {
  for (const auto kind : kLogFaults) {
    CAPTURE(static_cast<int>(kind));
    PoisonRun run;
    std::promise<void> writing;
    std::promise<void> go_on;
    run.arm(kind, 1, [&] {
      writing.set_value();
      go_on.get_future().wait();
    });
    const Order order{"second", "w", {"two"}};
    auto leader =
        std::async(std::launch::async, [&] { return run.told.submit(*run.store, order); });
    writing.get_future().wait();
    // All of them in this order, by the store's own thread, while the write hangs.
    std::promise<Receipt> same;
    run.submit_async(submission("second"), append_events({}), same);
    std::promise<Receipt> conflicting;
    auto conditional = submission("third");
    conditional.condition = {Query{}, Position{1}};
    run.submit_async(conditional, append_events({}), conflicting);
    std::promise<void> decided;
    std::promise<Receipt> on_top;
    run.submit_async(
        submission("fourth"),
        [&](Batch& batch) {
          decided.set_value();
          return append_events({renamed("w", "four")})(batch);
        },
        on_top);
    decided.get_future().wait();
    go_on.set_value();
    check_unknown(leader.get());
    check_unknown(same.get_future().get());
    check_poisoned(conflicting.get_future().get());
    check_poisoned(on_top.get_future().get());
    check_reads(*run.store);
    run.check_recovery_after_crash();
    CHECK_FALSE(run.store->find_command("third").value());
    CHECK_FALSE(run.store->find_command("fourth").value());
  }
}

TEST_CASE("poison: who waits for a place in the queue hears of it") {
  PoisonRun run;
  auto options = run.options();
  options.max_waiting = 1;
  run.store.reset();
  run.store = EventStore::open(run.directory / "ledger", options).value();
  std::promise<void> deciding;
  std::promise<void> decide;
  std::promise<void> writing;
  std::promise<void> write;
  run.arm(Kind::fail_sync, 1, [&] {
    writing.set_value();
    write.get_future().wait();
  });
  auto leader = std::async(std::launch::async, [&] {
    return run.told.submit(*run.store, {"second", "w", {"two"}});
  });
  writing.get_future().wait();
  std::promise<Receipt> next;
  run.submit_async(
      submission("third"),
      [&](Batch& batch) {
        deciding.set_value();
        decide.get_future().wait();
        return append_events({renamed("w", "three")})(batch);
      },
      next);
  deciding.get_future().wait();  // So nobody takes from the queue.
  std::promise<Receipt> queued;
  run.submit_async(submission("queued"), append_events({}), queued);
  const auto refused = run.store->submit(submission("x"), append_events({}), WhenFull::refuse);
  check_code(refused, ErrorKind::unavailable, "OVERLOADED");
  std::vector<std::future<Receipt>> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(std::async(std::launch::async, [&run, i] {
      return run.told.submit(*run.store, {"waiting" + std::to_string(i), "w", {"four"}});
    }));
  }
  write.set_value();
  check_unknown(leader.get());
  // The queue is as full as it was, and nobody takes from it yet.
  for (auto& one : waiting) check_poisoned(one.get());
  decide.set_value();
  check_poisoned(next.get_future().get());
  check_poisoned(queued.get_future().get());
  run.check_recovery_after_crash();
}

namespace {

constexpr int kThreads = 4;
constexpr int kEach = 20;

// Threads that submit in both ways until their store fails them, each command twice.
void submit_from_threads(FaultRun& run, std::atomic<int>& answered) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&run, &answered, thread] {
      for (int i = 0; i < kEach; ++i) {
        const auto id = std::to_string(thread / 2) + "-" + std::to_string(i);
        const Order order{id, "w" + std::to_string(thread / 2), {id, "and"}};
        if (thread % 2 == 0) {
          (void)run.told.submit(*run.store, order);
          ++answered;
          continue;
        }
        run.store->submit_async(
            submission(id, order.workspace),
            append_events({renamed(order.workspace, id), renamed(order.workspace, "and")}),
            [&run, &answered, order](const Receipt& receipt) {
              run.told.note(order, receipt);
              ++answered;
            });
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("poison: of many callers everyone is answered and what they heard is true") {
  const unsigned seed = std::random_device()();
  constexpr Kind kKinds[] = {Kind::fail_write, Kind::tear_write, Kind::fail_sync, Kind::crash};
  for (std::uint64_t n = 1; n <= 16; ++n) {
    INFO("n = " << n << ", seed " << seed);
    std::mt19937 random(seed + static_cast<unsigned>(n));
    PoisonRun run;
    run.arm(kKinds[random() % 4], n);
    std::atomic<int> answered = 0;
    submit_from_threads(run, answered);
    const bool lose_power = random() % 2 == 0;
    if (random() % 2 == 0) run.store.reset();
    run.crash();
    CHECK(answered == kThreads * kEach);
    if (lose_power) run.lose_power(Survivors::nothing, random);
    run.check_recovery();
    run.check_durability(random);
  }
  MESSAGE("seed " << seed);
}

}  // namespace actbook::testing

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "actbook/replay.h"
#include "actbook/tables.h"
#include "support/store_fixture.h"

// Many callers at once: one order, nothing lost, nothing twice. Run under the thread sanitizer too.
namespace actbook::testing {
namespace {

using Receipt = EventStore::Receipt;

constexpr int kThreads = 8;
constexpr int kEach = 25;

void in_threads(const std::function<void(int thread)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (auto& thread : threads) thread.join();
}

// Every position is there once, the log is sound, and the rows follow from it.
void check_sound(const StoreFixture& f) {
  const auto check = f.store->verify_log();
  CHECK_MESSAGE(!check.damage, check.damage->message);
  CHECK(check.records == f.store->head().value);
  const auto replayed = replay(*f.store, {.projector = &partner_projector()}).value();
  CHECK(replayed.agrees);
  CHECK(replayed.commands == check.commands);
}

int count_of(const RowReader& rows, const std::string& workspace) {
  const auto name = find_or_empty<row::WorkspaceRowT>(rows, workspace).name;
  return name.empty() ? 0 : std::stoi(name);
}

/// Adds one to the number that a workspace is called.
Result<Decided> count_up(Batch& batch, const std::string& workspace) {
  BOOST_OUTCOME_TRY(
      batch.append(renamed(workspace, std::to_string(count_of(batch.rows(), workspace) + 1))));
  return Decided{};
}

/// A decision that waits, so that others queue up behind it.
class Gate {
 public:
  [[nodiscard]] Decide decide(std::vector<EventDraft> events) {
    return [this, append = append_events(std::move(events))](Batch& batch) {
      reached_.set_value();
      open_.get_future().wait();
      return append(batch);
    };
  }
  void wait_until_reached() { reached_.get_future().wait(); }
  void open() { open_.set_value(); }

 private:
  std::promise<void> reached_;
  std::promise<void> open_;
};

}  // namespace

TEST_CASE("sequencer: commands of many threads get one order without a hole, and nothing is lost") {
  StoreFixture f;
  std::atomic<int> failed = 0;
  in_threads([&](int thread) {
    for (int i = 0; i < kEach; ++i) {
      const auto id = std::to_string(thread) + "-" + std::to_string(i);
      const auto receipt = f.store->submit(
          submission(id),
          append_events({renamed("w" + std::to_string(thread), id), renamed("x", id)}));
      if (!receipt || receipt.value()->last_position() != receipt.value()->first_position() + 1) {
        ++failed;
      }
    }
  });
  CHECK(failed == 0);
  CHECK(f.store->head() == Position{1 + 2 * kThreads * kEach});
  check_sound(f);
  f.reopen();
  check_sound(f);
  for (int thread = 0; thread < kThreads; ++thread) {
    CHECK(name_of(f.store->now(), "w" + std::to_string(thread)) ==
          std::to_string(thread) + "-" + std::to_string(kEach - 1));
  }
}

TEST_CASE("sequencer: every command is decided on all before it, those of its own group included") {
  StoreFixture f;
  in_threads([&](int thread) {
    for (int i = 0; i < kEach; ++i) {
      (void)f.store->submit(submission(std::to_string(thread) + "-" + std::to_string(i)),
                            [](Batch& batch) { return count_up(batch, "counter"); });
    }
  });
  CHECK(count_of(f.store->now(), "counter") == kThreads * kEach);
  check_sound(f);
}

TEST_CASE("sequencer: the same command many times at once takes effect once, for one receipt") {
  StoreFixture f;
  std::mutex mutex;
  std::set<Bytes> receipts;
  in_threads([&](int) {
    for (int i = 0; i < kEach; ++i) {
      const auto receipt = f.store->submit(submission("same-" + std::to_string(i)),
                                           append_events({renamed("w", "n")}));
      const std::lock_guard guard(mutex);
      receipts.insert(receipt.value().bytes());
    }
  });
  CHECK(receipts.size() == kEach);
  CHECK(f.store->head() == Position{1 + kEach});
  check_sound(f);
}

TEST_CASE(
    "sequencer: of two commands with one id at once, one is recorded and the other conflicts") {
  StoreFixture f;
  Gate gate;
  auto first = std::async(std::launch::async, [&] {
    return f.store->submit(submission("id", "w", "one"), gate.decide({renamed("w", "one")}));
  });
  gate.wait_until_reached();
  std::promise<Receipt> other;
  f.store->submit_async(submission("id", "w", "two"), append_events({renamed("w", "two")}),
                        [&](Receipt receipt) { other.set_value(std::move(receipt)); });
  gate.open();
  CHECK(first.get().value()->first_position() == 2);
  const auto conflict = other.get_future().get();
  REQUIRE(!conflict);
  CHECK(conflict.error().code == "IDEMPOTENCY_CONFLICT");
  CHECK(conflict.error().message.find("command.name differs") != std::string::npos);
  CHECK(name_of(f.store->now(), "w") == "one");
}

TEST_CASE("sequencer: a decision that fails leaves nothing behind, and its id free") {
  StoreFixture f;
  const auto failed = f.store->submit(submission("c"), [](Batch& batch) -> Result<Decided> {
    BOOST_OUTCOME_TRY(batch.append(renamed("w", "half")));
    return Error{ErrorKind::invalid, "NO", "no", {}};
  });
  CHECK(failed.error().code == "NO");
  CHECK(f.store->head() == Position{1});
  CHECK(name_of(f.store->now(), "w").empty());
  CHECK(f.submit("c", {renamed("w", "whole")})->first_position() == 2);
}

// ---- append condition: the MUSTs of the specification at dcb.events ----

TEST_CASE("append condition: MUST fail if an event matches the query after the given position") {
  StoreFixture f;
  f.submit("c2", {renamed("a", "1")});
  auto conditional = submission("c3");
  conditional.condition = {Query{{{{}, {"workspace:a"}}}}, Position{1}};
  const auto failed = f.store->submit(conditional, append_events({renamed("a", "2")}));
  REQUIRE(!failed);
  CHECK(failed.error().kind == ErrorKind::conflict);
  CHECK(failed.error().code == "APPEND_CONDITION_FAILED");
  CHECK(failed.error().position == Position{2});
  CHECK(f.store->head() == Position{2});
}

TEST_CASE("append condition: holds where nothing matches, or only up to the position") {
  StoreFixture f;
  f.submit("c2", {renamed("a", "1")});
  const std::vector<std::pair<AppendCondition, bool>> conditions = {
      {{Query{{{{}, {"workspace:a"}}}}, Position{2}}, true},
      {{Query{{{{}, {"workspace:b"}}}}, Position{0}}, true},
      {{Query{{{{"PersonRegistered"}, {}}}}, Position{0}}, true},
      {{Query{{{{"WorkspaceRenamed"}, {"workspace:a"}}}}, Position{0}}, false},
      // Types of an item are alternatives, its tags are not; items are alternatives.
      {{Query{{{{"PersonRegistered", "WorkspaceRenamed"}, {}}}}, Position{1}}, false},
      {{Query{{{{}, {"workspace:a", "workspace:b"}}}}, Position{0}}, true},
      {{Query{{{{}, {"workspace:b"}}, {{}, {"workspace:a"}}}}, Position{0}}, false},
      // Without items any event matches.
      {{Query{}, Position{0}}, false},
      {{Query{}, Position{2}}, true},
      {{Query{}, Position{~std::uint64_t{0}}}, true},
  };
  for (const auto& entry : conditions) {
    CAPTURE(&entry - conditions.data());
    auto conditional = submission("c" + std::to_string(&entry - conditions.data()) + "-x");
    conditional.condition = entry.first;
    const auto outcome = f.store->submit(conditional, append_events({}));
    CHECK(outcome.has_value() == entry.second);
  }
}

TEST_CASE("append condition: judged against what is on its way to the disk as well") {
  StoreFixture f;
  std::atomic<int> conflicts = 0;
  in_threads([&](int thread) {
    for (int i = 0; i < kEach; ++i) {
      for (int attempt = 0;; ++attempt) {
        const auto view = f.store->now();
        auto next = submission(std::to_string(thread) + "-" + std::to_string(i) + "-" +
                               std::to_string(attempt));
        next.condition = {Query{{{{}, {"workspace:counter"}}}}, view.position()};
        const auto count = std::to_string(count_of(view, "counter") + 1);
        if (f.store->submit(next, append_events({renamed("counter", count)}))) break;
        ++conflicts;
      }
    }
  });
  CHECK(count_of(f.store->now(), "counter") == kThreads * kEach);
  MESSAGE("decided again: " << conflicts.load());
  check_sound(f);
}

// ---- waiting ----

TEST_CASE("sequencer: with the queue full a caller waits, or is refused, as it asks") {
  StoreFixture f;
  f.store.reset();
  auto options = f.options();
  options.max_waiting = 1;
  f.store = EventStore::open(f.directory / "ledger", options).value();
  Gate gate;
  auto leader = std::async(std::launch::async, [&] {
    return f.store->submit(submission("leader"), gate.decide({renamed("w", "1")}));
  });
  gate.wait_until_reached();
  std::promise<Receipt> queued;
  f.store->submit_async(submission("queued"), append_events({renamed("w", "2")}),
                        [&](Receipt receipt) { queued.set_value(std::move(receipt)); });
  const auto refused = f.store->submit(submission("refused"), append_events({}), WhenFull::refuse);
  REQUIRE(!refused);
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(refused.error().code == "OVERLOADED");
  auto waiting = std::async(std::launch::async, [&] {
    return f.store->submit(submission("waiting"), append_events({renamed("w", "3")}));
  });
  gate.open();
  CHECK(leader.get().value()->first_position() == 2);
  CHECK(queued.get_future().get().value()->first_position() == 3);
  CHECK(waiting.get().value()->first_position() == 4);
  // Refused means nothing happened: the id is free.
  CHECK(f.submit("refused", {renamed("w", "4")})->first_position() == 5);
}

TEST_CASE("sequencer: who tries again at once after a conflict does not hold up the write") {
  StoreFixture f;
  f.submit("c2", {renamed("w", "0")});
  Gate gate;
  auto leader = std::async(std::launch::async, [&] {
    return f.store->submit(submission("leader"), gate.decide({renamed("w", "1")}));
  });
  gate.wait_until_reached();
  // Knows the head only, so it conflicts until the leader's event is durable.
  std::promise<void> recorded;
  int attempts = 0;
  std::function<void()> attempt = [&] {
    auto next = submission("attempt-" + std::to_string(attempts++));
    next.condition = {Query{{{{}, {"workspace:w"}}}}, f.store->head()};
    f.store->submit_async(
        next, append_events({renamed("w", "2")}),
        [&](Receipt receipt) {
          if (receipt) {
            recorded.set_value();
          } else {
            attempt();
          }
        },
        WhenFull::refuse);
  };
  attempt();
  gate.open();
  CHECK(leader.get().value()->first_position() == 3);
  recorded.get_future().get();
  CHECK(attempts == 2);  // What it was refused for was durable when it heard of it.
  CHECK(name_of(f.store->now(), "w") == "2");
}

TEST_CASE("sequencer: a callback may ask the store, also while it closes") {
  StoreFixture f;
  Gate gate;
  std::uint64_t head = 0;
  f.store->submit_async(submission("c1"), gate.decide({renamed("w", "1")}),
                        [&head, store = f.store.get()](Receipt) { head = store->head().value; });
  gate.wait_until_reached();
  auto closing = std::async(std::launch::async, [&] { f.store.reset(); });
  gate.open();
  closing.get();
  CHECK(head == 2);
}

TEST_CASE("sequencer: what a callback captured may ask the store as it goes") {
  StoreFixture f;
  struct Asks {
    EventStore& store;
    std::promise<std::uint64_t>& head;
    ~Asks() { head.set_value(store.head().value); }
  };
  std::promise<std::uint64_t> head;
  std::shared_ptr<Asks> asks(new Asks{*f.store, head});
  f.store->submit_async(submission("c1"), append_events({renamed("w", "1")}),
                        [asks = std::move(asks)](Receipt) {});
  CHECK(head.get_future().get() == 2);
}

TEST_CASE("sequencer: times of receipts never go back, though the clock does") {
  StoreFixture f;
  f.clock.set(after(100));
  CHECK(f.submit("c1", {renamed("w", "1")})->recorded_at() == after(100).microseconds);
  f.clock.set(after(50));
  CHECK(f.submit("c2", {renamed("w", "2")})->recorded_at() == after(100).microseconds);
  CHECK(f.submit("c3", {})->recorded_at() == after(100).microseconds);
  f.clock.set(after(101));
  CHECK(f.submit("c4", {renamed("w", "3")})->recorded_at() == after(101).microseconds);
}

TEST_CASE(
    "sequencer: submissions by callback are all answered, before the store closes at the latest") {
  StoreFixture f;
  std::atomic<int> recorded = 0;
  for (int i = 0; i < 500; ++i) {
    f.store->submit_async(submission("c" + std::to_string(i)),
                          append_events({renamed("w", std::to_string(i))}), [&](Receipt receipt) {
                            if (receipt && receipt.value()->first_position() > 1) ++recorded;
                          });
  }
  f.store.reset();
  CHECK(recorded == 500);
  f.reopen();
  CHECK(f.store->head() == Position{501});
  CHECK(name_of(f.store->now(), "w") == "499");
  check_sound(f);
}

}  // namespace actbook::testing

#include "actbook/subscription.h"

#include <doctest/doctest.h>

#include <random>
#include <thread>

#include "support/store_fixture.h"

namespace actbook::testing {

namespace {

const Query kTagged{{{{}, {"k:a"}}}};

std::optional<std::uint64_t> event_of(const Subscription::Next& next) {
  if (const auto* record = std::get_if<Record>(&next)) return record->position().value;
  return std::nullopt;
}

// The positions it hands out before it says that it has caught up, and where.
struct Caught {
  std::vector<std::uint64_t> positions;
  std::uint64_t head = 0;
};
Caught catch_up(Subscription& subscription) {
  Caught caught;
  for (;;) {
    const auto next = subscription.next().value();
    if (const auto position = event_of(next)) {
      caught.positions.push_back(*position);
    } else {
      REQUIRE(std::holds_alternative<Subscription::CaughtUp>(next));
      caught.head = std::get<Subscription::CaughtUp>(next).head.value;
      return caught;
    }
  }
}

}  // namespace

TEST_CASE("subscription: what is there first then told that it caught up and then what comes") {
  StoreFixture f;
  f.submit("a", {renamed("w", "n", {"k:a"}), renamed("w", "n"), renamed("w", "n", {"k:a"})});
  f.submit("b", {renamed("w", "n")});
  auto subscription = f.store->subscribe(kTagged);
  auto caught = catch_up(subscription);
  CHECK(caught.positions == std::vector<std::uint64_t>{2, 4});
  CHECK(caught.head == 5);
  CHECK(subscription.checkpoint() == Position{5});

  f.submit("c", {renamed("w", "n", {"k:a"})});
  caught = catch_up(subscription);
  CHECK(caught.positions == std::vector<std::uint64_t>{6});
  CHECK(caught.head == 6);

  auto everything = f.store->subscribe({}, Position{4});
  CHECK(catch_up(everything).positions == std::vector<std::uint64_t>{5, 6});
}

TEST_CASE("subscription: a live one hands out every event once though many write and it is slow") {
  StoreFixture f;
  constexpr int kWriters = 4;
  constexpr int kEach = 100;
  auto subscription = f.store->subscribe({});
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&f, writer] {
      for (int i = 0; i < kEach; ++i) {
        (void)f.submit(std::to_string(writer) + "-" + std::to_string(i), {renamed("w", "n")});
      }
    });
  }
  std::vector<std::uint64_t> seen;
  while (seen.size() < 1 + kWriters * kEach) {
    if (const auto position = event_of(subscription.next().value())) seen.push_back(*position);
  }
  for (auto& writer : writers) writer.join();
  for (std::size_t i = 0; i < seen.size(); ++i) REQUIRE(seen[i] == i + 1);
  CHECK(catch_up(subscription).positions.empty());
}

TEST_CASE("subscription: writers do not wait for one that reads nothing") {
  StoreFixture f;
  auto idle = f.store->subscribe({});
  for (int i = 0; i < 200; ++i) f.submit("c" + std::to_string(i), {renamed("w", "n")});
  CHECK(catch_up(idle).positions.size() == 201);
}

TEST_CASE("subscription: stopped at any place and resumed there nothing is lost or repeated") {
  const unsigned seed = std::random_device{}();
  INFO("seed ", seed);
  std::mt19937 random(seed);
  StoreFixture f;
  std::vector<std::uint64_t> expected;
  for (int i = 0; i < 60; ++i) {
    const bool tagged = random() % 2 == 0;
    f.submit("c" + std::to_string(i),
             {tagged ? renamed("w", "n", {"k:a"}) : renamed("w", "n"), renamed("w", "m")});
    if (tagged) expected.push_back(f.store->head().value - 1);
  }
  std::vector<std::uint64_t> seen;
  Position checkpoint;
  while (checkpoint < f.store->head()) {
    {
      auto subscription = f.store->subscribe(kTagged, checkpoint);
      for (auto left = random() % 4; left > 0; --left) {
        const auto next = subscription.next().value();
        if (const auto position = event_of(next)) seen.push_back(*position);
        if (std::holds_alternative<Subscription::CaughtUp>(next)) break;
      }
      checkpoint = subscription.checkpoint();
    }
    if (random() % 5 == 0) f.reopen();
  }
  CHECK(seen == expected);
}

TEST_CASE("subscription: stop ends a wait from another thread and holds") {
  StoreFixture f;
  auto subscription = f.store->subscribe({});
  (void)catch_up(subscription);
  std::thread waiting(
      [&] { CHECK(std::holds_alternative<Subscription::Stopped>(subscription.next().value())); });
  subscription.stop();
  waiting.join();
  f.submit("a", {renamed("w", "n")});
  CHECK(std::holds_alternative<Subscription::Stopped>(subscription.next().value()));
  auto resumed = f.store->subscribe({}, subscription.checkpoint());
  CHECK(catch_up(resumed).positions == std::vector<std::uint64_t>{2});
}

TEST_CASE("subscription: beyond the head it waits for the events that come after") {
  StoreFixture f;
  auto ahead = f.store->subscribe({}, Position{5});
  CHECK(std::get<Subscription::CaughtUp>(ahead.next().value()).head == Position{5});
  for (int i = 0; i < 6; ++i) f.submit("c" + std::to_string(i), {renamed("w", "n")});
  CHECK(catch_up(ahead).positions == std::vector<std::uint64_t>{6, 7});
}

}  // namespace actbook::testing

// The specification of Dynamic Consistency Boundaries (https://dcb.events/specification), each of
// its MUSTs in its words. "Sequence Position" is Position here, "append" a submission that brings
// its own events, "failIfEventsMatch" and "after" are AppendCondition.
#include <doctest/doctest.h>

#include <set>

#include "actbook/decide.h"
#include "actbook/schema/events_generated.h"
#include "support/store_fixture.h"

namespace actbook::testing {
namespace {

// In memory, and saved.
const std::vector<std::size_t> kSliceSizes = {1, EventStore::Options().slice_size};

EventDraft hidden(const std::string& workspace) {
  event::VisibilityChangedT event;
  event.workspace = workspace;
  event.to = schema::Visibility::private_;
  return draft(event);
}

// Positions 2 to 5: a renamed, b renamed, a hidden, and b renamed with one more tag.
void fill(const StoreFixture& f) {
  f.submit("c-a", {renamed("a", "1")});
  f.submit("c-b", {renamed("b", "1")});
  f.submit("c-c", {hidden("a")});
  f.submit("c-d", {renamed("b", "2", {"course:c1"})});
}

std::vector<std::uint64_t> found(const StoreFixture& f, std::vector<QueryItem> items) {
  return positions(f.store->query({std::move(items)}));
}

EventStore::Receipt append_if(const StoreFixture& f, const std::string& id, Query query,
                              Position after, std::vector<EventDraft> events) {
  auto conditional = submission(id);
  conditional.condition = {std::move(query), after};
  return f.store->submit(conditional, append_events(std::move(events)));
}

using Positions = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("dcb: MUST provide a way to filter Events based on their Event Type and/or Tag") {
  for (const auto slice_size : kSliceSizes) {
    CAPTURE(slice_size);
    StoreFixture f(slice_size);
    fill(f);
    CHECK(found(f, {{{"VisibilityChanged"}, {}}}) == Positions{4});
    CHECK(found(f, {{{}, {"workspace:a"}}}) == Positions{2, 4});
    CHECK(found(f, {{{"WorkspaceRenamed"}, {"workspace:a"}}}) == Positions{2});
  }
}

TEST_CASE("dcb: SHOULD provide a way to read Events from a given starting Sequence Position") {
  StoreFixture f;
  fill(f);
  CHECK(positions(f.store->query({{{{}, {"workspace:b"}}}}, {.from = Position{4}})) ==
        Positions{5});
}

TEST_CASE("dcb: a Query MUST contain a set of Query Items or represent a query that matches all") {
  StoreFixture f;
  fill(f);
  CHECK(found(f, {}) == Positions{1, 2, 3, 4, 5});
}

TEST_CASE("dcb: all Query Items are effectively combined with an OR") {
  for (const auto slice_size : kSliceSizes) {
    CAPTURE(slice_size);
    StoreFixture f(slice_size);
    fill(f);
    CHECK(found(f, {{{"VisibilityChanged"}, {}}, {{}, {"course:c1"}}}) == Positions{4, 5});
    // An event that matches several of them is there once.
    CHECK(found(f, {{{}, {"workspace:b"}}, {{}, {"course:c1"}}}) == Positions{3, 5});
  }
}

TEST_CASE("dcb: the Event Type MUST match one of the provided Types of the Query Item") {
  StoreFixture f;
  fill(f);
  CHECK(found(f, {{{"VisibilityChanged", "WorkspaceRenamed"}, {"workspace:a"}}}) ==
        Positions{2, 4});
  CHECK(found(f, {{{"TierChanged"}, {"workspace:a"}}}).empty());
  // A type is compared whole.
  CHECK(found(f, {{{"Workspace"}, {}}}).empty());
}

TEST_CASE("dcb: the Tags MUST contain all of the Tags specified by the Query Item") {
  for (const auto slice_size : kSliceSizes) {
    CAPTURE(slice_size);
    StoreFixture f(slice_size);
    fill(f);
    CHECK(found(f, {{{}, {"workspace:b", "course:c1"}}}) == Positions{5});
    CHECK(found(f, {{{}, {"workspace:a", "course:c1"}}}).empty());
  }
}

TEST_CASE("dcb: MUST provide a way to atomically persist one or more Events") {
  StoreFixture f;
  f.submit("c-a", {renamed("a", "1"), renamed("b", "1"), renamed("c", "1")});
  CHECK(f.store->head() == Position{4});
  // All or none: the last of these is of a type that nobody knows.
  auto unknown = renamed("a", "2");
  unknown.type = "NeverHeardOf";
  CHECK_FALSE(f.store->submit(submission("c-b"), append_events({renamed("a", "2"), unknown})));
  CHECK(f.store->head() == Position{4});
  f.reopen();
  CHECK(f.store->head() == Position{4});
  CHECK(found(f, {{{}, {"workspace:a"}}}) == Positions{2});
}

TEST_CASE("dcb: the Sequence Position MUST be unique and MUST be monotonic increasing") {
  StoreFixture f;
  std::uint64_t last = f.store->head().value;
  for (int i = 0; i < 20; ++i) {
    if (i % 5 == 4) f.reopen();
    const auto receipt = f.submit("c-" + std::to_string(i), {renamed("a", "1"), renamed("b", "1")});
    CHECK(receipt->first_position() > last);
    CHECK(receipt->last_position() > receipt->first_position());
    last = receipt->last_position();
  }
  const auto all = positions(f.store->read());
  CHECK(std::set(all.begin(), all.end()).size() == all.size());
}

TEST_CASE("dcb: MUST fail if at least one Event matches the Append Condition, if specified") {
  for (const auto slice_size : kSliceSizes) {
    CAPTURE(slice_size);
    StoreFixture f(slice_size);
    fill(f);
    const auto failed = append_if(f, "c-e", {{{{}, {"workspace:a"}}}}, Position{3},
                                  {renamed("a", "3"), renamed("b", "3")});
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == "APPEND_CONDITION_FAILED");
    CHECK(failed.error().position == Position{4});
    CHECK(f.store->head() == Position{5});
    // Not specified: the same goes through.
    CHECK(f.submit("c-e", {renamed("a", "3"), renamed("b", "3")})->first_position() == 6);
  }
}

TEST_CASE("dcb: MUST ignore the Events before the specified position while checking") {
  for (const auto slice_size : kSliceSizes) {
    CAPTURE(slice_size);
    StoreFixture f(slice_size);
    fill(f);
    CHECK(append_if(f, "c-e", {{{{}, {"workspace:a"}}}}, Position{4}, {renamed("a", "3")}));
    // It can be higher than the position of the last event that matches.
    CHECK(append_if(f, "c-f", {{{{}, {"course:c1"}}}}, Position{6}, {renamed("b", "3")}));
  }
}

TEST_CASE("dcb: when after is omitted, no Events will be ignored") {
  for (const auto slice_size : kSliceSizes) {
    CAPTURE(slice_size);
    StoreFixture f(slice_size);
    fill(f);
    CHECK_FALSE(append_if(f, "c-e", {{{{}, {"workspace:a"}}}}, {}, {renamed("a", "3")}));
    CHECK(append_if(f, "c-f", {{{{}, {"workspace:new"}}}}, {}, {renamed("new", "1")}));
  }
}

}  // namespace actbook::testing

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "actbook/schema/events_generated.h"
#include "support/store_fixture.h"

namespace actbook::testing {

namespace {

// Each submission fills a slice of this size, so nearly everything is asked of saved files; with
// the usual size, everything is asked of memory.
constexpr std::size_t kSaveAtOnce = 1;

struct Listed {
  std::uint64_t position;
  std::int64_t recorded_at;
  std::int64_t occurred_at;
  std::string type;
  std::string actor;

  friend bool operator==(const Listed&, const Listed&) = default;
};

std::vector<Listed> listed(EntryCursor cursor) {
  std::vector<Listed> entries;
  while (cursor.next()) {
    const auto& entry = cursor.entry();
    entries.push_back({entry.position.value, entry.recorded_at.microseconds,
                       entry.occurred_at.microseconds, std::string(entry.type),
                       std::string(entry.actor)});
  }
  REQUIRE(cursor.status());
  return entries;
}

// What list() must give, by looking at every event.
std::vector<Listed> looked_through(const EventStore& store, const Query& query,
                                   const ReadRange& range) {
  std::vector<Listed> entries;
  auto all = store.read({.direction = range.direction});
  while (all.next() && entries.size() < range.limit) {
    const auto& record = all.record();
    const auto has = [&](const std::string& tag) {
      return std::ranges::any_of(*record->tags(), [&](const auto* t) { return t->str() == tag; });
    };
    const bool matches =
        query.items.empty() || std::ranges::any_of(query.items, [&](const QueryItem& item) {
          return std::ranges::all_of(item.tags, has) &&
                 (item.types.empty() || std::ranges::any_of(item.types, [&](const auto& type) {
                    return record.type() == type;
                  }));
        });
    const bool in_range = record.position() >= range.from && record.position() <= range.to &&
                          record.recorded_at() >= range.recorded_from &&
                          record.recorded_at() < range.recorded_before;
    if (!matches || !in_range) continue;
    entries.push_back({record.position().value, record.recorded_at().microseconds,
                       record.occurred_at().microseconds, std::string(record.type()),
                       record->actor()->id()->str()});
  }
  return entries;
}

EventDraft deleted(const std::string& workspace, std::vector<std::string> tags) {
  event::WorkspaceDeletedT event;
  event.workspace = workspace;
  return {"WorkspaceDeleted", pack(event), std::move(tags)};
}

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(engine_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  std::mt19937 engine_;
};

// Tags of very different frequency: a of nearly all events, b of a third, c of one in forty.
void fill(StoreFixture& f, Random& random, int commands) {
  for (int i = 0; i < commands; ++i) {
    if (random.one_in(3)) f.clock.set(after(static_cast<std::int64_t>(i)));
    std::vector<EventDraft> drafts;
    for (std::size_t left = 1 + random.below(4); left > 0; --left) {
      std::vector<std::string> tags;
      if (!random.one_in(10)) tags.emplace_back("k:a");
      if (random.one_in(3)) tags.emplace_back("k:b");
      if (random.one_in(40)) tags.emplace_back("k:c");
      const auto workspace = "w" + std::to_string(random.below(5));
      drafts.push_back(random.one_in(50) ? deleted(workspace, tags)
                                         : renamed(workspace, "n", std::move(tags)));
    }
    f.submit("fill-" + std::to_string(i), std::move(drafts));
  }
}

Query random_query(Random& random) {
  const std::vector<std::string> tags = {"k:a", "k:b", "k:c", "workspace:w1", "k:none"};
  const std::vector<std::string> types = {"WorkspaceRenamed", "WorkspaceDeleted", "Unheard"};
  Query query;
  for (std::size_t items = random.below(3); items > 0; --items) {
    QueryItem item;
    for (std::size_t left = random.below(3); left > 0; --left) {
      item.tags.push_back(tags[random.below(tags.size())]);
    }
    for (std::size_t left = random.below(3); left > 0; --left) {
      item.types.push_back(types[random.below(types.size())]);
    }
    query.items.push_back(std::move(item));
  }
  return query;
}

ReadRange random_range(Random& random, std::uint64_t head) {
  ReadRange range;
  if (random.one_in(2)) range.from = Position{random.below(head + 2)};
  if (random.one_in(2)) range.to = Position{random.below(head + 2)};
  if (random.one_in(2)) range.recorded_from = after(static_cast<std::int64_t>(random.below(100)));
  if (random.one_in(2)) range.recorded_before = after(static_cast<std::int64_t>(random.below(100)));
  if (random.one_in(2)) range.direction = Direction::backwards;
  if (random.one_in(3)) range.limit = random.below(20);
  return range;
}

}  // namespace

TEST_CASE("index: lists and queries give what looking through every event gives") {
  const unsigned seed = std::random_device{}();
  INFO("seed ", seed);
  for (const std::size_t slice_size : {kSaveAtOnce, std::size_t{20'000}, std::size_t{1} << 24}) {
    CAPTURE(slice_size);
    Random random(seed);
    StoreFixture f(slice_size);
    fill(f, random, 100);
    for (int i = 0; i < 300; ++i) {
      const auto query = random_query(random);
      const auto range = random_range(random, f.store->head().value);
      const auto expected = looked_through(*f.store, query, range);
      CHECK(listed(f.store->list(query, range)) == expected);
      std::vector<std::uint64_t> where;
      for (const auto& entry : expected) where.push_back(entry.position);
      CHECK(positions(f.store->query(query, range)) == where);
    }
  }
}

TEST_CASE("index: asked again and again while it is saved, it always knows everything") {
  StoreFixture f(kSaveAtOnce);
  const Query query{{{{}, {"k:a"}}}};
  for (std::size_t i = 1; i <= 300; ++i) {
    f.submit("c" + std::to_string(i), {renamed("w", "n", {"k:a"})});
    REQUIRE(listed(f.store->list(query, {})).size() == i);
  }
}

TEST_CASE("index: page by page a list is whole and repeats nothing while events come") {
  StoreFixture f(kSaveAtOnce);
  for (int i = 0; i < 20; ++i) f.submit("c" + std::to_string(i), {renamed("w", "n", {"k:a"})});
  const Query query{{{{}, {"k:a"}}}};
  std::vector<std::uint64_t> seen;
  ReadRange page{.direction = Direction::backwards, .limit = 3};
  for (int more = 0;; ++more) {
    const auto entries = listed(f.store->list(query, page));
    if (entries.empty()) break;
    for (const auto& entry : entries) seen.push_back(entry.position);
    page.to = Position{seen.back()}.previous();
    f.submit("more" + std::to_string(more), {renamed("w", "n", {"k:a"})});
  }
  std::vector<std::uint64_t> expected;
  for (std::uint64_t position = 21; position >= 2; --position) expected.push_back(position);
  CHECK(seen == expected);
}

TEST_CASE("index: rows and commands are the same in memory and saved and derived anew") {
  const unsigned seed = std::random_device{}();
  INFO("seed ", seed);
  const auto answers = [](const StoreFixture& f) {
    std::string all;
    for (std::uint64_t position = 0; position <= f.store->head().value; position += 7) {
      const auto view = f.store->after_event(Position{position}).value();
      for (const auto* workspace : {"w0", "w1", "w2", "w3", "w4"}) {
        all += name_of(view, workspace) + "/";
      }
      view.scan(TableId{0}, "", [&](std::string_view key, const RowVersion& row) {
        all += std::string(key) + "@" + std::to_string(row.position.value) + " ";
      });
    }
    for (int i = 0; i < 60; i += 11) {
      const auto found = f.store->find_command("fill-" + std::to_string(i)).value();
      REQUIRE(found);
      all += std::to_string(found->receipt->first_position()) + " ";
    }
    all += to_string(f.store->tree_head(f.store->head()).value());
    return all;
  };
  std::string expected;
  for (const std::size_t slice_size : {kSaveAtOnce, std::size_t{20'000}, std::size_t{1} << 24}) {
    CAPTURE(slice_size);
    Random random(seed);
    StoreFixture f(slice_size);
    fill(f, random, 60);
    if (expected.empty()) expected = answers(f);
    CHECK(answers(f) == expected);
    f.reopen();
    CHECK(answers(f) == expected);
    f.store.reset();
    std::filesystem::remove_all(f.directory / "ledger" / "views");
    f.reopen();
    CHECK(answers(f) == expected);
  }
}

TEST_CASE("index: every size of the log has the root that hashing its events gives") {
  for (const std::size_t slice_size : {kSaveAtOnce, std::size_t{1} << 24}) {
    CAPTURE(slice_size);
    StoreFixture f(slice_size);
    for (int i = 0; i < 30; ++i) {
      std::vector<EventDraft> drafts(20, renamed("w", "n" + std::to_string(i)));
      f.submit("c" + std::to_string(i), std::move(drafts));
      if (i == 10) f.reopen();
    }
    TreeHasher tree;
    CHECK(f.store->tree_head({}).value() == tree.head());
    auto all = f.store->read();
    while (all.next()) {
      tree.add(leaf_hash(all.record().bytes()));
      CHECK(f.store->tree_head(all.record().position()).value() == tree.head());
    }
    CHECK(tree.size() == 601);
    CHECK(f.store->tree_head(Position{602}).error().code == "BEYOND_HEAD");
  }
}

TEST_CASE("index: a full row of 256 subtrees makes one of the next level") {
  StoreFixture f(std::size_t{4} << 20);
  for (int i = 0; i < 34; ++i) {
    f.submit("c" + std::to_string(i), std::vector<EventDraft>(2000, renamed("w", "n")));
  }
  TreeHasher tree;
  auto all = f.store->read({.to = Position{66'000}});
  while (all.next()) tree.add(leaf_hash(all.record().bytes()));
  CHECK(f.store->tree_head(Position{66'000}).value() == tree.head());
}

TEST_CASE("verify: a head kept from earlier shows a cut off tail and another history") {
  StoreFixture f;
  f.submit("a", {renamed("w", "one")});
  const auto kept = f.store->tree_head(Position{2}).value();
  f.submit("b", {renamed("w", "two")});
  const auto later = f.store->tree_head(Position{3}).value();

  CHECK_FALSE(f.store->verify_log(kept).damage);
  CHECK_FALSE(f.store->verify_log(later).damage);
  CHECK_FALSE(f.store->verify_log(TreeHead{0, TreeHasher().root()}).damage);
  CHECK(f.store->verify_log().tree == later);

  StoreFixture shorter;
  shorter.submit("a", {renamed("w", "one")});
  const auto cut_off = shorter.store->verify_log(later);
  REQUIRE(cut_off.damage);
  CHECK(cut_off.damage->position == Position{3});
  CHECK(cut_off.damage->message.find("it had 3 events") != std::string::npos);

  StoreFixture other;
  other.submit("a", {renamed("w", "another")});
  const auto rewritten = other.store->verify_log(kept);
  REQUIRE(rewritten.damage);
  CHECK(rewritten.damage->code == "OTHER_HISTORY");
}

}  // namespace actbook::testing

#include "log_check.h"

#include <doctest/doctest.h>
#include <rocksdb/db.h>

#include <array>
#include <optional>
#include <tuple>

#include "support/store_fixture.h"

namespace actbook::testing {
namespace {

constexpr std::array<std::uint64_t, 5> kStretches = {1, 2, 7, 20, kCheckedStretch};

/// A log of blocks with none, one or several events.
struct Checked {
  Checked() {
    for (int i = 0; i < 40; ++i) {
      std::vector<EventDraft> drafts;
      for (int j = 0; j < i % 4; ++j) drafts.push_back(renamed("w", std::to_string(i)));
      (void)f.submit("c" + std::to_string(i), std::move(drafts));
    }
    end = {f.store->head(), 42};
    head = f.store->tree_head(end.position).value();
    f.store.reset();
  }

  [[nodiscard]] LogCheck check(std::uint64_t stretch) const {
    const auto log = storage::Log::open(path(), {}, storage::Access::read, {});
    REQUIRE_MESSAGE(log, log.error().message);
    return check_log(*log.value(), end, head, {}, stretch);
  }
  [[nodiscard]] std::filesystem::path path() const { return f.directory / "ledger" / "log"; }

  /// Flips a bit in the middle of the n-th block; false if there are not so many. A second time
  /// mends it.
  [[nodiscard]] bool flip_block(int n) const {
    return rewrite_block(n, [](std::string& /*key*/, std::string& value) {
      value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 1);
    });
  }
  /// Files the n-th block as if it began with another command.
  [[nodiscard]] bool misfile_block(int n) const {
    return rewrite_block(n, [](std::string& key, std::string& /*value*/) {
      key.back() = static_cast<char>(key.back() ^ 1);
    });
  }
  template <class Change>
  [[nodiscard]] bool rewrite_block(int n, const Change& change) const {
    rocksdb::DB* opened = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> families;
    REQUIRE(rocksdb::DB::Open({}, path().string(),
                              {{rocksdb::kDefaultColumnFamilyName, {}}, {"blocks", {}}}, &families,
                              &opened)
                .ok());
    const std::unique_ptr<rocksdb::DB> database(opened);
    bool found = false;
    {
      const std::unique_ptr<rocksdb::Iterator> blocks(database->NewIterator({}, families[1]));
      blocks->SeekToFirst();
      for (; blocks->Valid() && n > 0; --n) blocks->Next();
      if (blocks->Valid()) {
        std::string key = blocks->key().ToString();
        std::string value = blocks->value().ToString();
        change(key, value);
        if (blocks->key() != key) {
          REQUIRE(database->SingleDelete({}, families[1], blocks->key()).ok());
        }
        REQUIRE(database->Put({}, families[1], key, value).ok());
        found = true;
      }
    }
    // The files of a log do not overlap.
    rocksdb::CompactRangeOptions all;
    all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    REQUIRE(database->CompactRange(all, families[1], nullptr, nullptr).ok());
    for (auto* family : families) (void)database->DestroyColumnFamilyHandle(family);
    return found;
  }

  StoreFixture f;
  LogEnd end;
  TreeHead head;
};

/// What a check says, to be compared.
auto said(const LogCheck& check) {
  return std::tuple(check.records, check.commands, check.bytes, check.last_recorded_at,
                    check.damage ? check.damage->code : "",
                    check.damage ? check.damage->message : "",
                    check.damage ? check.damage->position : std::nullopt, check.damage_until);
}

}  // namespace

TEST_CASE("log check: the same is found however the log is divided among the cores") {
  const Checked log;
  for (const auto stretch : kStretches) {
    const auto check = log.check(stretch);
    CHECK_FALSE(check.damage);
    CHECK(check.records == log.end.position.value);
    CHECK(check.commands == 41);
    CHECK(check.tree.root == log.head.root);
  }
}

TEST_CASE("log check: damage is told the same however the log is divided among the cores") {
  const Checked log;
  int blocks = 0;
  for (; log.flip_block(blocks); ++blocks) {
    const auto whole = log.check(kCheckedStretch);
    CHECK(whole.damage);
    for (const auto stretch : kStretches) {
      const bool same = said(log.check(stretch)) == said(whole);
      CHECK_MESSAGE(same, "block ", blocks, " in stretches of ", stretch);
    }
    REQUIRE(log.flip_block(blocks));
  }
  CHECK(blocks == 41);
  CHECK_FALSE(log.check(7).damage);
}

TEST_CASE("log check: a block that is not what its key says is found") {
  const Checked log;
  REQUIRE(log.misfile_block(20));
  for (const auto stretch : kStretches) {
    const auto check = log.check(stretch);
    REQUIRE(check.damage);
    CHECK(check.damage->code == "DAMAGED_LOG");
    CHECK(check.commands == 20);
  }
}

TEST_CASE(
    "log check: a log that ends before it should is damaged, and what is beyond its end not") {
  Checked log;
  const auto end = log.end;
  log.end = {end.position.next(), end.next_command + 1};
  for (const auto stretch : kStretches) {
    const auto check = log.check(stretch);
    REQUIRE(check.damage);
    CHECK(check.damage->position == end.position.next());
  }
  // As a reader sees it who asked just before the last command was committed.
  log.end = {Position{end.position.value - 3}, end.next_command - 1};
  for (const auto stretch : kStretches) {
    const auto check = log.check(stretch);
    CHECK(check.records == log.end.position.value);
    CHECK(check.commands == 40);
  }
}

}  // namespace actbook::testing

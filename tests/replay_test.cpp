#include "actbook/replay.h"

#include <doctest/doctest.h>
#include <rocksdb/db.h>

#include "actbook/schema/events_generated.h"
#include "support/store_fixture.h"

// That replay agrees with a sound ledger is tested wherever one is made (story_test.cpp). Here it
// must not.
namespace actbook::testing {
namespace {

/// The projector with a bug: it forgets what some events say.
class Forgetful final : public Projector {
 public:
  explicit Forgetful(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] std::uint32_t version() const override { return partner_projector().version(); }
  [[nodiscard]] std::string_view event_namespace() const override {
    return partner_projector().event_namespace();
  }
  [[nodiscard]] const Schema& events() const override { return partner_projector().events(); }
  [[nodiscard]] Result<void> project_event(const Record& record, RowOverlay& rows) const override {
    const auto* event = flatbuffers::GetRoot<event::WorkspaceRenamed>(record.payload().data());
    if (event->to()->str() == name_) return boost::outcome_v2::success();
    return partner_projector().project(record, rows);
  }

 private:
  std::string name_;
};

/// Ten commands that rename three workspaces in turn, and one that does nothing.
struct RenamedFixture : StoreFixture {
  RenamedFixture() {
    for (int i = 0; i < 10; ++i) {
      submit("c" + std::to_string(i),
             {renamed("w" + std::to_string(i % 3), "name " + std::to_string(i))});
    }
    submit("nothing", {});
  }

  answer::ReplayReportT replayed() const { return replay(*store, partner_projector()).value(); }

  /// Closes the store, removes the keys of its views that hold `text`, and opens it again.
  void lose_and_reopen(char space, const std::string& text) {
    store.reset();
    rocksdb::DB* opened = nullptr;
    REQUIRE(rocksdb::DB::Open({}, (directory / "ledger" / "views").string(), &opened).ok());
    std::unique_ptr<rocksdb::DB> views(opened);
    std::size_t lost = 0;
    std::unique_ptr<rocksdb::Iterator> all(views->NewIterator({}));
    for (all->SeekToFirst(); all->Valid(); all->Next()) {
      const auto key = all->key().ToString();
      if (key[0] != space || key.find(text) == std::string::npos) continue;
      REQUIRE(views->Delete({}, key).ok());
      ++lost;
    }
    REQUIRE(lost > 0);
    REQUIRE(views->Flush({}).ok());
    all.reset();
    views.reset();
    reopen();
  }
};

}  // namespace

TEST_CASE("replay: a sound ledger agrees, every event, row, tag and command") {
  const RenamedFixture fixture;
  const auto report = fixture.replayed();
  CHECK(report.agrees);
  CHECK(report.events == 11);
  CHECK(report.commands == 12);
  CHECK(report.rows_compared == 11);
  CHECK(report.tags_compared >= 22);
}

TEST_CASE("replay: a bug in a projector is led to the first event and row it shows in") {
  const RenamedFixture fixture;
  const auto report = replay(*fixture.store, Forgetful("name 4")).value();
  CHECK(!report.agrees);
  REQUIRE(report.first_difference);
  CHECK(report.first_difference->position == 6);  // The fixture's own event is the first.
  CHECK(report.first_difference->table == "WorkspaceRow");
  CHECK(report.first_difference->entity == "w1");
}

TEST_CASE("replay: a row that is gone is missed") {
  RenamedFixture fixture;
  fixture.lose_and_reopen('r', "w2");
  const auto report = fixture.replayed();
  CHECK(!report.agrees);
  REQUIRE(report.first_difference);
  CHECK(report.first_difference->position == 4);
  CHECK(report.first_difference->entity == "w2");
}

TEST_CASE("replay: a tag that is gone from the index is missed") {
  RenamedFixture fixture;
  fixture.lose_and_reopen('t', "workspace:w2");
  const auto report = fixture.replayed();
  CHECK(!report.agrees);
  REQUIRE(report.first_difference);
  CHECK(report.first_difference->position == 4);
  CHECK(report.first_difference->table == "tags");
  CHECK(report.first_difference->entity == "workspace:w2");
}

TEST_CASE(
    "replay: a command id that is gone from the index is missed, also of one without events") {
  for (const std::string id : {"c3", "nothing"}) {
    RenamedFixture fixture;
    fixture.lose_and_reopen('c', id);
    const auto report = fixture.replayed();
    CHECK(!report.agrees);
    REQUIRE(report.first_difference);
    CHECK(report.first_difference->table == "commands");
    CHECK(report.first_difference->entity == id);
  }
}

}  // namespace actbook::testing

#include "actbook/replay.h"

#include <doctest/doctest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <fstream>

#include "support/forgetful.h"
#include "support/store_fixture.h"

// That replay agrees with a sound ledger is tested wherever one is made (story_test.cpp). Here it
// must not.
namespace actbook::testing {
namespace {

/// Ten commands that rename three workspaces in turn, and one that does nothing.
struct RenamedFixture : StoreFixture {
  explicit RenamedFixture(std::size_t save_at = EventStore::Options().slice_size)
      : StoreFixture(save_at) {
    for (int i = 0; i < 10; ++i) {
      submit("c" + std::to_string(i),
             {renamed("w" + std::to_string(i % 3), "name " + std::to_string(i))});
    }
    submit("nothing", {});
  }

  answer::ReplayReportT replayed() const {
    return replay(*store, {.projector = &partner_projector()}).value();
  }

  /// Events for many rows and, of each row, many.
  void rename_many(std::size_t count) const {
    std::vector<EventDraft> drafts;
    for (std::size_t i = 0; i < count; ++i) {
      drafts.push_back(renamed("w" + std::to_string(i % 17), "again " + std::to_string(i)));
    }
    submit("many", std::move(drafts));
  }

  /// Closes the store, removes the keys of its views that hold `text`, and opens it again.
  void lose_and_reopen(char space, const std::string& text) {
    store.reset();
    rocksdb::DB* opened = nullptr;
    REQUIRE(rocksdb::DB::Open({}, (directory / "ledger" / "views" / "1").string(), &opened).ok());
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
  const Forgetful forgetful("name 4");
  const auto report = replay(*fixture.store, {.projector = &forgetful}).value();
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

TEST_CASE("replay: on however many threads the state is the same") {
  const RenamedFixture fixture;
  fixture.rename_many(2000);
  std::string state;
  for (const unsigned threads : {1U, 2U, 5U}) {
    const auto report =
        replay(*fixture.store, {.projector = &partner_projector(), .threads = threads}).value();
    CHECK(report.agrees);
    CHECK(report.certificate->rows == 17);
    if (threads == 1) state = report.certificate->state_sha256;
    CHECK(report.certificate->state_sha256 == state);
  }
}

TEST_CASE("replay: stopped it goes on from there and says what it would have said") {
  RenamedFixture fixture(4096);
  for (int i = 0; i < 2000; ++i) {
    fixture.submit("more-" + std::to_string(i), {renamed("w1", std::to_string(i))});
  }
  const auto whole = fixture.replayed();
  ReplayOptions options{.projector = &partner_projector(), .scratch = fixture.directory / "fresh"};
  Position reached;
  options.progress = [&](Position done, Position end) {
    CHECK(end.value == whole.until);
    reached = done;
    return false;
  };
  const auto stopped = replay(*fixture.store, options);
  REQUIRE(stopped.has_error());
  CHECK(stopped.error().code == "STOPPED");
  CHECK(reached.value > 0);
  CHECK(reached.value < whole.until);
  std::vector<std::uint64_t> later;
  options.progress = [&](Position done, Position) {
    later.push_back(done.value);
    return true;
  };
  const auto resumed = replay(*fixture.store, options).value();
  REQUIRE(!later.empty());
  CHECK(later.front() > reached.value);
  CHECK(resumed.agrees);
  CHECK(compare_certificates(*whole.certificate, *resumed.certificate).empty());
}

TEST_CASE("replay: a certificate that says something else is told by what it says") {
  const RenamedFixture fixture;
  const auto report = fixture.replayed();
  const auto& fresh = *report.certificate;
  CHECK(compare_certificates(fresh, fresh).empty());
  using Certificate = answer::CertificateT;
  const auto told = [&](void (*alter)(Certificate&)) {
    Certificate given = fresh;
    alter(given);
    const auto difference = compare_certificates(given, fresh);
    return difference.substr(0, difference.find(':'));
  };
  CHECK(told([](Certificate& c) { c.ledger = "other"; }) == "the ledger");
  CHECK(told([](Certificate& c) { c.from = 2; }) == "the first position");
  CHECK(told([](Certificate& c) { ++c.until; }) == "the last position");
  CHECK(told([](Certificate& c) { ++c.at; }) == "the time of the last event");
  CHECK(told([](Certificate& c) { c.tree_before = "1"; }) ==
        "the tree head before the first event");
  CHECK(told([](Certificate& c) { c.tree_after = "1"; }) ==
        "the events of the log, by their tree head");
  CHECK(told([](Certificate& c) { c.schemas_sha256 = "1"; }) == "the schemas");
  CHECK(told([](Certificate& c) { ++c.projector_version; }) ==
        "the version that makes rows of events");
  CHECK(told([](Certificate& c) { ++c.rows; }) == "the number of rows");
  CHECK(told([](Certificate& c) { c.state_sha256 = "1"; }) == "the state");
  CHECK(told([](Certificate& c) { c.stretches.at(5) = "1"; }) ==
        "the rows on the way to the state");
}

TEST_CASE("replay: where it parts from a certificate, the first event and row are named") {
  const RenamedFixture fixture;
  const auto honest = fixture.replayed();
  CHECK(honest.certificate->stretch_events == 1);
  CHECK(honest.certificate->stretches.size() == 11);
  const Forgetful forgetful("name 4");
  const auto compared = [&](const Projector& projector, const answer::CertificateT& given) {
    return replay(*fixture.store, {.projector = &projector, .compare_with = &given}).value();
  };
  CHECK(!compared(partner_projector(), *honest.certificate).parts_at);

  SUBCASE("what the certificate's fold forgot") {
    const auto forgot = replay(*fixture.store, {.projector = &forgetful}).value();
    const auto report = compared(partner_projector(), *forgot.certificate);
    CHECK(report.agrees);
    REQUIRE(report.parts_at);
    CHECK(report.parts_at->position == 6);
    CHECK(report.parts_at->table == "WorkspaceRow");
    CHECK(report.parts_at->entity == "w1");
    CHECK(report.parts_at->what.starts_with("position 6 is the first event of which"));
  }
  SUBCASE("what this fold forgets") {
    const auto report = compared(forgetful, *honest.certificate);
    REQUIRE(report.parts_at);
    CHECK(report.parts_at->position == 6);
    CHECK(report.parts_at->table == "WorkspaceRow");
    CHECK(report.parts_at->what.ends_with("WorkspaceRow; here it makes none in them"));
  }
  SUBCASE("of a certificate that ends elsewhere") {
    const auto shorter =
        replay(*fixture.store, {.projector = &forgetful, .until = Position{8}}).value();
    const auto report = compared(partner_projector(), *shorter.certificate);
    REQUIRE(report.parts_at);
    CHECK(report.parts_at->position == 6);
  }
  SUBCASE("of a certificate that has nothing to compare by") {
    auto bare = *honest.certificate;
    bare.state_sha256 = "1";
    bare.stretches.clear();
    CHECK(!compared(partner_projector(), bare).parts_at);
  }
}

TEST_CASE("replay: of a long log a stretch of events is named in which it parts") {
  const RenamedFixture fixture;
  fixture.rename_many(2500);
  const Forgetful forgetful("again 1200");
  const auto forgot = replay(*fixture.store, {.projector = &forgetful}).value();
  CHECK(forgot.certificate->stretch_events == 3);
  CHECK(forgot.certificate->stretches.size() == 837);
  const auto report = replay(*fixture.store, {.projector = &partner_projector(),
                                              .compare_with = forgot.certificate.get()})
                          .value();
  REQUIRE(report.parts_at);
  // The event itself is at position 12 + 1200.
  CHECK(report.parts_at->position == 1210);
  CHECK(report.parts_at->table == "WorkspaceRow");
  CHECK(report.parts_at->what.starts_with("the first event is among positions 1210 to 1212 of"));
}

TEST_CASE("replay: a scratch folder with something else in it is left alone") {
  const RenamedFixture fixture;
  const auto folder = fixture.directory / "mine";
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "letter") << "dear";
  const auto report =
      replay(*fixture.store, {.projector = &partner_projector(), .scratch = folder});
  REQUIRE(report.has_error());
  CHECK(report.error().code == "NOT_EMPTY");
  CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 1);
}

}  // namespace actbook::testing

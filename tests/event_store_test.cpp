#include "actbook/event_store.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "actbook/tables.h"
#include "support/store_fixture.h"

namespace fs = std::filesystem;

namespace actbook::testing {
namespace {

using Positions = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("store: positions follow one another and a batch stands whole") {
  StoreFixture f;
  const auto receipt = f.submit("c2", {renamed("a", "1"), renamed("b", "2")});
  CHECK(receipt->first_position() == 2);
  CHECK(receipt->last_position() == 3);
  CHECK(receipt->based_on() == 1);
  CHECK(receipt->outcome() == log::Outcome::recorded);
  CHECK(positions(f.store->read()) == Positions{1, 2, 3});
  const auto record = f.store->event(Position{3}).value();
  CHECK(record->batch_index() == 1);
  CHECK(record->batch_size() == 2);
  CHECK(f.store->head() == Position{3});
  CHECK(f.store->event(Position{4}).error().code == "NO_SUCH_POSITION");
}

TEST_CASE("store: a retry gets the first receipt byte for byte, also after a restart") {
  StoreFixture f;
  const auto first = f.submit("c2", {renamed("a", "1")});
  const Decide must_not_run = [](Batch&) -> Result<Decided> {
    FAIL("decided again");
    return Decided{};
  };
  f.clock.set(after(100));
  CHECK(f.store->submit(submission("c2"), must_not_run).value().bytes() == first.bytes());
  f.reopen();
  CHECK(f.store->submit(submission("c2"), must_not_run).value().bytes() == first.bytes());
  CHECK(f.store->head() == Position{2});
}

TEST_CASE("store: a command that changes nothing is remembered too") {
  StoreFixture f;
  const auto first = f.submit("empty", {});
  CHECK(first->outcome() == log::Outcome::unchanged);
  CHECK(first->first_position() == 0);
  const auto next = f.submit("c3", {renamed("a", "1")});
  CHECK(next->first_position() == 2);
  f.submit("empty2", {});
  f.store.reset();
  fs::remove_all(f.directory / "ledger" / "views");
  f.store = EventStore::open(f.directory / "ledger", f.options()).value();
  CHECK(f.submit("empty", {renamed("a", "never")}).bytes() == first.bytes());
  CHECK(f.submit("empty2", {renamed("a", "never")})->outcome() == log::Outcome::unchanged);
  CHECK(f.submit("c3", {}).bytes() == next.bytes());
  CHECK(f.store->head() == Position{2});
  CHECK_FALSE(f.store->verify_log().damage);
}

TEST_CASE("store: a command id used for something else is a conflict that names the field") {
  StoreFixture f;
  f.submit("c2", {renamed("a", "1")});
  const auto conflict = f.store->submit(submission("c2", "w", "other"), append_events({}));
  REQUIRE_FALSE(conflict);
  CHECK(conflict.error().kind == ErrorKind::conflict);
  CHECK(conflict.error().code == "IDEMPOTENCY_CONFLICT");
  CHECK(conflict.error().message.find("command.name") != std::string::npos);
  CHECK(f.store->head() == Position{2});
}

TEST_CASE("store: a decision that fails leaves no trace") {
  StoreFixture f;
  const auto failed = f.store->submit(submission("c2"), [](Batch& batch) -> Result<Decided> {
    BOOST_OUTCOME_TRY(batch.append(renamed("a", "1")));
    return Error{ErrorKind::invalid, "NO", "no", {}};
  });
  CHECK(failed.error().code == "NO");
  CHECK(f.store->head() == Position{1});
  CHECK(name_of(f.store->now(), "a").empty());
  CHECK(f.submit("c2", {renamed("a", "2")})->first_position() == 2);
}

TEST_CASE("store: time never goes back, when the clock does, it holds") {
  StoreFixture f;
  f.clock.set(after(60));
  f.submit("c2", {renamed("a", "1")});
  f.clock.set(after(10));
  CHECK(f.submit("c3", {renamed("a", "2")})->recorded_at() == after(60).microseconds);
  f.reopen();
  CHECK(f.submit("c4", {renamed("a", "3")})->recorded_at() == after(60).microseconds);
  CHECK(f.store->now().at() == after(60));
}

TEST_CASE("store: an event says once that the clock has stepped back, also over a restart") {
  StoreFixture f;
  f.clock.set(after(60));
  f.submit("c2", {renamed("a", "1")});
  f.clock.set(after(10));
  CHECK(f.submit("c3", {renamed("a", "2")})->first_position() == 4);
  CHECK(f.submit("c4", {renamed("a", "3")})->first_position() == 5);
  f.reopen();
  CHECK(f.submit("c5", {renamed("a", "4")})->first_position() == 6);

  const auto held = f.store->event(Position{3}).value();
  CHECK(held.type() == "$clock");
  CHECK(held.recorded_at() == after(60));
  CHECK(held->batch_size() == 1);
  REQUIRE(is_flat<log::ClockHeld>(held.payload()));
  const auto& said = *flatbuffers::GetRoot<log::ClockHeld>(held.payload().data());
  CHECK(said.clock_said() == after(10).microseconds);
  CHECK(said.held_at() == after(60).microseconds);

  // It has caught up, so the next time is told again.
  f.clock.set(after(70));
  CHECK(f.submit("c6", {renamed("a", "5")})->first_position() == 7);
  f.clock.set(after(65));
  CHECK(f.submit("c7", {renamed("a", "6")})->first_position() == 9);
  const Query clock{{{{std::string(kClockHeld)}, {}}}};
  CHECK(positions(f.store->query(clock)) == std::vector<std::uint64_t>{3, 8});
  CHECK_FALSE(f.store->verify_log().damage);
}

TEST_CASE("store: a view shows the state as of a position or an instant, and never changes") {
  StoreFixture f;
  f.clock.set(after(10));
  f.submit("c2", {renamed("a", "old")});
  f.clock.set(after(20));
  f.submit("c3", {renamed("a", "new")});
  const auto then = f.store->as_of(Position{2}).value();
  CHECK(name_of(then, "a") == "old");
  CHECK(then.at() == after(10));
  CHECK(f.store->as_of(after(9)).value().position() == Position{1});
  CHECK(name_of(f.store->as_of(after(19)).value(), "a") == "old");
  CHECK(name_of(f.store->as_of(after(20)).value(), "a") == "new");
  CHECK(f.store->as_of(Timestamp{0}).value().position() == Position{0});
  CHECK(f.store->as_of(Position{9}).error().code == "BEYOND_HEAD");
  f.submit("c4", {renamed("a", "newest")});
  CHECK(name_of(then, "a") == "old");
}

TEST_CASE("store: a scan of rows shows each row's newest version as of the view, in order") {
  StoreFixture f;
  f.submit("c2", {renamed("p.1", "x"), renamed("p.2", "x"), renamed("q", "x")});
  f.submit("c3", {renamed("p.1", "y"), renamed("p.3", "y")});
  const auto names = [&](Position at) {
    std::string all;
    each<row::WorkspaceRowT>(f.store->after_event(at).value(), "p.",
                             [&](std::string_view rest, const row::WorkspaceRowT& row) {
                               all += std::string(rest) + "=" + row.name + " ";
                             });
    return all;
  };
  CHECK(names(Position{2}) == "1=x ");
  CHECK(names(Position{4}) == "1=x 2=x ");
  CHECK(names(Position{6}) == "1=y 2=x 3=y ");
}

TEST_CASE("store: queries find what a scan of all events finds") {
  StoreFixture f;
  const unsigned seed = std::random_device()();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](int below) {
    return static_cast<int>(random() % static_cast<unsigned>(below));
  };
  const std::vector<std::string> tags = {"x:1", "x:2", "y:1", "y:2", "rare:1"};
  for (int i = 0; i < 120; ++i) {
    std::vector<EventDraft> drafts;
    for (int n = pick(4); n >= 0; --n) {
      std::vector<std::string> some;
      for (const auto& tag : tags) {
        if (pick(tag == "rare:1" ? 40 : 2) == 0) some.push_back(tag);
      }
      drafts.push_back(renamed("w" + std::to_string(pick(5)), "n", some));
    }
    f.submit("c" + std::to_string(i), drafts);
  }
  const auto matches = [](const Record& record, const QueryItem& item) {
    const auto has = [&](const std::string& tag) {
      return std::ranges::any_of(*record->tags(), [&](const auto* t) { return t->str() == tag; });
    };
    return std::ranges::all_of(item.tags, has) &&
           (item.types.empty() || std::ranges::find(item.types, record.type()) != item.types.end());
  };
  for (int i = 0; i < 60; ++i) {
    Query query;
    for (int n = pick(3); n > 0; --n) {
      QueryItem item;
      for (const auto& tag : tags) {
        if (pick(3) == 0) item.tags.push_back(tag);
      }
      if (pick(2) == 0) item.types = {"WorkspaceRenamed", "TierChanged"};
      query.items.push_back(item);
    }
    ReadRange range;
    range.from = Position{static_cast<std::uint64_t>(pick(100))};
    range.to = Position{static_cast<std::uint64_t>(100 + pick(300))};
    range.limit = static_cast<std::size_t>(pick(50));
    range.direction = pick(2) == 0 ? Direction::forwards : Direction::backwards;

    Positions expected;
    auto all = f.store->read();
    while (all.next()) {
      const auto& record = all.record();
      const bool in_range = record.position() >= range.from && record.position() <= range.to;
      const bool hit =
          query.items.empty() ||
          std::ranges::any_of(query.items, [&](const auto& item) { return matches(record, item); });
      if (in_range && hit) expected.push_back(record.position().value);
    }
    if (range.direction == Direction::backwards) std::ranges::reverse(expected);
    if (expected.size() > range.limit) expected.resize(range.limit);
    CHECK(positions(f.store->query(query, range)) == expected);
  }
}

TEST_CASE("store: the views can be deleted and come back the same") {
  StoreFixture f;
  f.submit("c2", {renamed("a", "1"), renamed("b", "1")});
  f.submit("c3", {renamed("a", "2")});
  const auto dump = [&] {
    std::string all;
    REQUIRE(f.store->visit_row_versions(
        f.store->head(), [&](TableId table, std::string_view key, const RowVersion& version) {
          all += std::to_string(static_cast<int>(table)) + std::string(key) + "@" +
                 std::to_string(version.position.value) +
                 std::string(version.bytes.begin(), version.bytes.end()) + "\n";
        }));
    return all + std::to_string(f.store->digest_postings(f.store->head()).value().count);
  };
  const auto before = dump();
  f.store.reset();
  fs::remove_all(f.directory / "ledger" / "views");
  f.store = EventStore::open(f.directory / "ledger", f.options()).value();
  CHECK(dump() == before);
}

TEST_CASE(
    "store: as of a position within a batch is after the batch, events can be walked singly") {
  StoreFixture f;
  f.submit("c2", {renamed("a", "1"), renamed("a", "2"), renamed("a", "3")});
  f.submit("c3", {renamed("a", "4")});
  for (std::uint64_t position = 2; position <= 4; ++position) {
    const auto view = f.store->as_of(Position{position}).value();
    CHECK(view.position() == Position{4});
    CHECK(name_of(view, "a") == "3");
    CHECK(name_of(f.store->after_event(Position{position}).value(), "a") ==
          std::to_string(position - 1));
  }
}

TEST_CASE("store: a batch may have more than 65,535 events") {
  StoreFixture f;
  constexpr std::uint64_t kMany = 65'537;
  f.submit("many", std::vector<EventDraft>(kMany, renamed("a", "n")));
  CHECK(f.store->head() == Position{1 + kMany});
  CHECK(f.store->event(f.store->head()).value()->batch_index() == kMany - 1);
  CHECK(f.store->event(Position{2}).value()->batch_size() == kMany);
  CHECK_FALSE(f.store->verify_log().damage);
}

TEST_CASE("store: a log that lost its end is corrupt, until somebody removes the views") {
  StoreFixture f;
  f.store.reset();
  const auto ledger = f.directory / "ledger";
  fs::copy(ledger / "log", f.directory / "older", fs::copy_options::recursive);
  f.reopen();
  f.submit("c2", {renamed("a", "lost")});
  f.store.reset();
  fs::remove_all(ledger / "log");
  fs::rename(f.directory / "older", ledger / "log");
  for (int i = 0; i < 2; ++i) {  // Asking does not wipe the evidence.
    const auto opened = EventStore::open(ledger, f.options());
    REQUIRE(!opened);
    CHECK(opened.error().kind == ErrorKind::corrupt);
    CHECK(opened.error().code == "LOG_CUT_OFF");
    CHECK(opened.error().position == Position{2});
  }
  fs::remove_all(ledger / "views");
  f.reopen();
  CHECK(f.store->head() == Position{1});
  CHECK(f.submit("c2", {renamed("a", "new")})->first_position() == 2);
  CHECK(name_of(f.store->now(), "a") == "new");
}

TEST_CASE("store: the end of the log cut off by a byte is noticed") {
  StoreFixture f;
  f.submit("c2", {renamed("a", "1")});
  f.store.reset();
  fs::path newest;
  for (const auto& file : fs::directory_iterator(f.directory / "ledger" / "log")) {
    if (file.path().extension() == ".log" && file.file_size() > 0) newest = file.path();
  }
  REQUIRE(!newest.empty());
  fs::resize_file(newest, fs::file_size(newest) - 1);
  const auto opened = EventStore::open(f.directory / "ledger", f.options());
  REQUIRE(!opened);
  CHECK(opened.error().code == "LOG_CUT_OFF");
}

namespace {

// The same rows, said to be of another version, and counting how often it is asked.
class OtherProjector final : public Projector {
 public:
  [[nodiscard]] std::uint32_t version() const override { return 1'000'000; }
  [[nodiscard]] std::string_view event_namespace() const override {
    return partner_projector().event_namespace();
  }
  [[nodiscard]] const Schema& events() const override { return partner_projector().events(); }
  [[nodiscard]] Result<void> project_event(const Record& event, RowOverlay& rows) const override {
    ++projected;
    return partner_projector().project(event, rows);
  }
  mutable int projected = 0;
};

}  // namespace

TEST_CASE("store: rows of another projector version are made anew, those of the same are kept") {
  StoreFixture f;
  f.submit("c2", {renamed("a", "1")});
  f.store.reset();
  OtherProjector other;
  f.store = EventStore::open(f.directory / "ledger", {&f.clock, &other, {}}).value();
  CHECK(other.projected == 2);
  CHECK(name_of(f.store->now(), "a") == "1");
  f.store.reset();
  f.store = EventStore::open(f.directory / "ledger", {&f.clock, &other, {}}).value();
  CHECK(other.projected == 2);
}

TEST_CASE("store: the ids of the engine's own commands are nobody else's") {
  StoreFixture f;
  const auto refused = f.store->submit(submission("actbook:clock:2"), append_events({}));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::invalid);
  CHECK(refused.error().code == "RESERVED_ID");
  CHECK_FALSE(f.store->find_command("actbook:clock:2").value());
}

TEST_CASE("store: contents without a schema are compared, too") {
  StoreFixture f;
  auto plain = submission("plain");
  plain.content_schema = nullptr;
  const auto first = f.store->submit(plain, append_events({}));
  REQUIRE(first);
  CHECK(f.store->submit(plain, append_events({})).value().bytes() == first.value().bytes());
  plain.content.push_back(1);
  const auto conflict = f.store->submit(plain, append_events({}));
  REQUIRE_FALSE(conflict);
  CHECK(conflict.error().code == "IDEMPOTENCY_CONFLICT");
  CHECK(conflict.error().message.find("content differs") != std::string::npos);
}

TEST_CASE("store: one holder at a time, and the second learns who it is") {
  StoreFixture f;
  const auto second = EventStore::open(f.directory / "ledger", f.options());
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == ErrorKind::unavailable);
  CHECK(second.error().code == "LEDGER_IN_USE");
  CHECK(second.error().message.find("process " + std::to_string(getpid())) != std::string::npos);
}

TEST_CASE("store: what is no ledger is told apart from what is one") {
  StoreFixture f;
  CHECK(EventStore::open(f.directory / "nothing", f.options()).error().code == "NOT_A_LEDGER");
  CHECK_FALSE(fs::exists(f.directory / "nothing"));
  f.store.reset();
  CHECK(EventStore::create(f.directory / "ledger", f.options()).error().code == "LEDGER_EXISTS");
  CHECK(EventStore::create(f.directory.path(), f.options()).error().code == "NOT_EMPTY");
  // Any RocksDB database has a LOCK; it is not ours for that.
  CHECK(EventStore::create(f.directory / "ledger" / "log", f.options()).error().code ==
        "NOT_EMPTY");
  // A creation that did not get to its first event can be taken up again.
  { CHECK(EventStore::create(f.directory / "unfinished", f.options())); }
  CHECK(EventStore::open(f.directory / "unfinished", f.options()).error().code == "NOT_A_LEDGER");
  CHECK(EventStore::create(f.directory / "unfinished", f.options()));
}

TEST_CASE("store: a flipped byte in a file of the log is never read as if nothing were wrong") {
  StoreFixture f;
  for (int i = 0; i < 50; ++i) {
    f.submit("c" + std::to_string(i), {renamed("a", "name " + std::to_string(i))});
  }
  CHECK(f.store->verify_log().records == 51);
  f.store.reset();
  std::size_t flipped = 0;
  std::size_t noticed = 0;
  for (const auto& file : fs::directory_iterator(f.directory / "ledger" / "log")) {
    const auto extension = file.path().extension();
    if (extension != ".log" && extension != ".sst") continue;
    const auto size = fs::file_size(file.path());
    for (std::uintmax_t at = 0; at < size; at += std::max<std::uintmax_t>(1, size / 40)) {
      fs::remove_all(f.directory / "copy");
      fs::copy(f.directory / "ledger", f.directory / "copy", fs::copy_options::recursive);
      const auto path = f.directory / "copy" / "log" / file.path().filename();
      std::FILE* stream = std::fopen(path.c_str(), "r+b");
      std::fseek(stream, static_cast<long>(at), SEEK_SET);
      const int byte = std::fgetc(stream);
      std::fseek(stream, static_cast<long>(at), SEEK_SET);
      std::fputc(byte ^ 0x10, stream);
      std::fclose(stream);
      ++flipped;
      auto opened = EventStore::open(f.directory / "copy", f.options());
      // Either the ledger does not open, or the check says so, or nothing that was recorded is
      // touched.
      if (!opened || opened.value()->verify_log().damage) {
        ++noticed;
      } else {
        CHECK(opened.value()->head() == Position{51});
      }
    }
  }
  CHECK(flipped > 30);
  CHECK(noticed > flipped / 2);
}

TEST_CASE("store: content that is no table of its schema is compared as bytes") {
  const StoreFixture f;
  const std::vector<Bytes> contents = {Bytes{}, Bytes{1, 2, 3}, Bytes{1, 2, 4}, Bytes(100, 0xff),
                                       submission("c").content};
  for (std::size_t i = 0; i < contents.size(); ++i) {
    auto command = submission("c" + std::to_string(i));
    command.content = contents[i];
    const auto first = f.store->submit(command, append_events({}));
    REQUIRE(first);
    for (const Bytes& other : contents) {
      command.content = other;
      const auto again = f.store->submit(command, append_events({}));
      REQUIRE(again.has_value() == (other == contents[i]));
      if (again) CHECK(again.value().bytes() == first.value().bytes());
      if (!again) CHECK(again.error().code == "IDEMPOTENCY_CONFLICT");
    }
  }
}

}  // namespace actbook::testing

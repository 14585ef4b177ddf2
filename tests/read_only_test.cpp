#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "actbook/replay.h"
#include "storage/torn_write.h"
#include "support/seed.h"
#include "support/store_fixture.h"

// A store that is opened for reading only, beside the one that writes.

namespace fs = std::filesystem;

namespace actbook::testing {
namespace {

// So small that some hundred events are saved many times over.
constexpr std::size_t kSmallSlice = 4096;

std::string workspace(int number) { return "w" + std::to_string(number % 10); }

void write(const StoreFixture& f, int first, int count, std::size_t name_size = 8) {
  Random random(static_cast<unsigned>(first));
  for (int i = first; i < first + count; ++i) {
    f.submit("c" + std::to_string(i),
             {renamed(workspace(i), std::to_string(i) + random.text(name_size))});
  }
}

std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::map<std::string, std::string> image_of(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    files[entry.path().string()] = entry.is_regular_file() ? bytes_of(entry.path()) : "";
  }
  return files;
}

/// What a store answers to every kind of question, as text.
std::string answers(const EventStore& store) {
  std::string all = std::to_string(store.head().value) + "\n";
  auto events = store.read();
  while (events.next()) {
    const auto bytes = events.record().bytes();
    all.append(bytes.begin(), bytes.end());
  }
  REQUIRE(events.status());
  for (int i = 0; i < 10; ++i) {
    auto entries = store.list(Query{{QueryItem{{}, {"workspace:" + workspace(i)}}}});
    while (entries.next()) all += " " + std::to_string(entries.entry().position.value);
    REQUIRE(entries.status());
    all += " " + name_of(store.now(), workspace(i)) + "\n";
  }
  REQUIRE(store.visit_row_versions(
      store.head(), [&](TableId table, std::string_view key, const RowVersion& version) {
        all += std::to_string(static_cast<int>(table)) + std::string(key) + "@" +
               std::to_string(version.position.value) + "\n";
      }));
  all += std::to_string(store.digest_postings(store.head()).value().count) + " postings, ";
  const auto tree = store.tree_head(store.head()).value();
  all.append(tree.root.begin(), tree.root.end());
  const auto tags = store.indexed_tags(store.head()).value();
  for (const auto& tag : tags) all += tag;
  return all;
}

void check_replay(const EventStore& store) {
  const auto report = replay(store, {.projector = &partner_projector()});
  REQUIRE(report);
  CHECK(report.value().agrees);
}

std::unique_ptr<EventStore> read_only(StoreFixture& f) {
  auto opened = EventStore::open_read_only(f.directory / "ledger", f.options());
  REQUIRE_MESSAGE(opened, opened.error().message);
  return std::move(opened).value();
}

}  // namespace

TEST_CASE("read-only: beside the writer, the same answers, from what is saved and what is not") {
  StoreFixture f(kSmallSlice);
  write(f, 0, 300);
  const auto reader = read_only(f);
  CHECK(answers(*reader) == answers(*f.store));
  check_replay(*reader);
  CHECK_FALSE(reader->verify_log().damage);
  CHECK(reader->find_command("c299").value());
  CHECK_FALSE(reader->find_command("c300").value());
}

TEST_CASE("read-only: what is recorded later is not seen, and what was seen stays") {
  StoreFixture f(std::size_t{1} << 20);
  write(f, 0, 100);
  const auto reader = read_only(f);
  const auto before = answers(*reader);
  // So much that the writer replaces the files that the reader has open.
  const auto files = image_of(f.directory / "ledger" / "log");
  write(f, 100, 400, 100'000);
  for (const auto& [file, bytes] : files) {
    if (file.ends_with(".log")) REQUIRE_FALSE(fs::exists(file));
  }
  CHECK(answers(*reader) == before);
  CHECK_FALSE(reader->verify_log().damage);
  CHECK(read_only(f)->head() == f.store->head());
}

TEST_CASE("read-only: opened at any moment, everything acknowledged until then is there") {
  StoreFixture f(std::size_t{1} << 20);
  std::atomic<std::uint64_t> acknowledged = 1;
  const std::jthread writer([&](const std::stop_token& stop) {
    for (int i = 0; !stop.stop_requested(); ++i) {
      write(f, i, 1, 2000);
      acknowledged = f.store->head().value;
    }
  });
  for (int i = 0; i < 30; ++i) {
    const auto least = acknowledged.load();
    const auto reader = read_only(f);
    CHECK(reader->head().value >= least);
    if (i % 10 == 0) check_replay(*reader);
  }
}

TEST_CASE("read-only: nothing is written, and no file is changed") {
  StoreFixture f(kSmallSlice);
  write(f, 0, 100);
  f.store.reset();
  const auto before = image_of(f.directory / "ledger");
  const auto reader = read_only(f);
  (void)answers(*reader);
  const auto refused = reader->submit(submission("new"), append_events({renamed("w", "n")}));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::misuse);
  CHECK(refused.error().code == "READ_ONLY");
  std::string code;
  reader->submit_async(submission("new"), append_events({renamed("w", "n")}),
                       [&](EventStore::Receipt receipt) { code = receipt.error().code; });
  CHECK(code == "READ_ONLY");
  CHECK(image_of(f.directory / "ledger") == before);
  // Nor is whoever wants to write kept from it.
  CHECK(EventStore::open(f.directory / "ledger", f.options()));
}

TEST_CASE("read-only: a write that is on its way, or was cut short, is left alone") {
  StoreFixture f;
  write(f, 0, 50);
  const auto crashed = f.directory / "crashed";
  fs::copy(f.directory / "ledger", crashed, fs::copy_options::recursive);
  fs::path log;
  for (const auto& entry : fs::directory_iterator(crashed / "log")) {
    if (entry.path().extension() == ".log") log = entry.path();
  }
  auto bytes = bytes_of(log);
  const auto end = storage::examine_tail(bytes, storage::LogContents::writes).whole_until;
  REQUIRE(end > 0);
  bytes.replace(end, 100, std::string(100, '\x5a'));
  std::ofstream(log, std::ios::binary | std::ios::trunc) << bytes;

  const auto reader = EventStore::open_read_only(crashed, f.options());
  REQUIRE_MESSAGE(reader, reader.error().message);
  CHECK(answers(*reader.value()) == answers(*f.store));
  CHECK(bytes_of(log) == bytes);
}

TEST_CASE("read-only: views that would have to be made again are an error that says how") {
  StoreFixture f(kSmallSlice);
  f.store.reset();
  fs::copy(f.directory / "ledger" / "views", f.directory / "old views",
           fs::copy_options::recursive);
  f.reopen();
  write(f, 0, 200);
  f.store.reset();
  const auto code = [&] {
    return EventStore::open_read_only(f.directory / "ledger", f.options()).error().code;
  };
  fs::remove_all(f.directory / "ledger" / "views");
  CHECK(code() == "VIEWS_UNUSABLE");
  fs::rename(f.directory / "old views", f.directory / "ledger" / "views");
  CHECK(code() == "VIEWS_BEHIND");
  f.reopen();
  CHECK(answers(*read_only(f)) == answers(*f.store));
}

TEST_CASE("read-only: where there is no ledger, that is said") {
  StoreFixture f;
  CHECK(EventStore::open_read_only(f.directory / "nothing", f.options()).error().code ==
        "NOT_A_LEDGER");
  CHECK_FALSE(fs::exists(f.directory / "nothing"));
}

}  // namespace actbook::testing

#include <doctest/doctest.h>
#include <rocksdb/db.h>

#include <atomic>
#include <set>
#include <thread>

#include "log_check.h"
#include "storage/log.h"
#include "storage/torn_write.h"
#include "storage/views.h"
#include "support/directory_image.h"
#include "support/fault_run.h"
#include "support/seed.h"

// The log joins small blocks. Nobody may tell by an answer.

namespace actbook::testing {
namespace {

using storage::Access;
using storage::Log;

struct Found {
  Position first;
  std::uint64_t events = 0;
  std::uint64_t commands = 0;
  std::size_t size = 0;
};

std::vector<Found> blocks_of(const std::filesystem::path& ledger) {
  const auto log = Log::open(ledger / "log", {}, Access::read, {});
  REQUIRE_MESSAGE(log, log.error().message);
  std::vector<Found> extents;
  Log::Reader reader(*log.value());
  for (reader.seek_to_first(); reader.valid(); reader.next()) {
    const auto block = reader.block().value();
    extents.push_back({block.first_position(), block.record_count(), block.command_count(),
                       reader.stored().size()});
  }
  REQUIRE(reader.status());
  return extents;
}

std::size_t sorted_files(const std::filesystem::path& log) {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(log)) {
    if (file.path().extension() == ".sst") ++count;
  }
  return count;
}

std::string command_id(int number) { return "c" + std::to_string(number); }

/// Commands of a kilobyte and more that cannot be compressed, with one event, two, or none.
void write(const StoreFixture& f, int first, int count) {
  Random random(static_cast<unsigned>(first));
  for (int i = first; i < first + count; ++i) {
    std::vector<EventDraft> drafts;
    const int events = i % 7 == 3 ? 0 : 1 + i % 2;
    for (int j = 0; j < events; ++j) {
      drafts.push_back(renamed("w" + std::to_string(i % 5), random.text(1000)));
    }
    f.submit(command_id(i), std::move(drafts));
  }
}

/// All events and receipts.
std::vector<Bytes> contents(const EventStore& store, int commands) {
  std::vector<Bytes> all;
  for (auto events = store.read(); events.next();) {
    const auto bytes = events.record().bytes();
    all.emplace_back(bytes.begin(), bytes.end());
  }
  for (int i = 0; i < commands; ++i) {
    const auto found = store.find_command(command_id(i)).value();
    REQUIRE(found);
    all.push_back(found->receipt.bytes());
    all.push_back(found->content);
  }
  return all;
}

}  // namespace

TEST_CASE("joined blocks: of many small ones few are left and nothing in them has changed") {
  constexpr int kCommands = 1000;
  StoreFixture f;
  write(f, 0, kCommands);
  const auto before = contents(*f.store, kCommands);
  const auto head = f.store->tree_head(f.store->head()).value();
  f.reopen();
  CHECK(contents(*f.store, kCommands) == before);
  CHECK(f.store->tree_head(f.store->head()).value().root == head.root);
  const auto check = f.store->verify_log(head);
  CHECK_FALSE(check.damage);
  CHECK(check.commands == kCommands + 1);
  f.store.reset();

  const auto extents = blocks_of(f.directory / "ledger");
  CHECK(extents.size() < kCommands / 20);
  Position next{1};
  for (std::size_t i = 0; i < extents.size(); ++i) {
    CHECK(extents[i].first == next);
    next.value += extents[i].events;
    // What came after the last join stays as it is.
    if (i < extents.size() / 2) CHECK(extents[i].size >= Log::Sizes().joined_block / 2);
  }
  CHECK(next.value == head.size + 1);
}

TEST_CASE("joined blocks: a large block between small ones stays apart") {
  StoreFixture f;
  Random random(1);
  write(f, 0, 10);
  f.submit("large", {renamed("w", random.text(2 * Log::Sizes().small_block))});
  write(f, 10, 10);
  const auto before = contents(*f.store, 20);
  const auto head = f.store->head();
  f.reopen();
  CHECK(contents(*f.store, 20) == before);
  CHECK_FALSE(f.store->verify_log().damage);
  CHECK(f.store->head() == head);
  f.store.reset();
  const auto extents = blocks_of(f.directory / "ledger");
  REQUIRE(extents.size() > 2);
  CHECK(extents[0].commands == 11);  // with the first of the fixture
  CHECK(extents[1].commands == 1);
}

TEST_CASE("joined blocks: after a kill the parts are there") {
  FaultRun run;
  REQUIRE(run.create());
  Random random(1);
  for (int i = 0; i < 300; ++i) {
    (void)run.told.submit(*run.store, {"j" + std::to_string(i), "w", {random.text(1000)}});
  }
  run.crash();
  run.check_recovery();
}

TEST_CASE("joined blocks: views that reach into one catch up with the rest of it") {
  FaultRun run;
  run.slice_size = std::size_t{64} << 10;
  run.log_memory = EventStore::Options().log_memory;
  REQUIRE(run.create());
  Random random(1);
  for (int i = 0; i < 281; ++i) {
    (void)run.told.submit(*run.store, {"j" + std::to_string(i), "w", {random.text(1000)}});
  }
  // The last of the views cannot be saved any more.
  run.disk.files->arm({Fault::Kind::fail_write, 1, /*lasting=*/true, files_of("views"), {}});
  run.store.reset();
  CHECK(run.disk.files->triggered());
  run.crash();

  const auto ledger = run.directory / "ledger";
  storage::Reach reach;
  {
    const auto views = storage::Views::open(
        ledger / "views" / "1", {}, {std::size_t{1} << 20, std::size_t{1} << 20}, Access::read);
    REQUIRE_MESSAGE(views, views.error().message);
    reach = views.value()->reach();
  }
  const auto extents = blocks_of(ledger);
  CHECK(std::ranges::any_of(extents, [&](const Found& block) {
    return block.first <= reach.position &&
           reach.position.value + 1 < block.first.value + block.events;
  }));
  REQUIRE(run.reopen());
  run.told.check(*run.store);
}

TEST_CASE("joined blocks: what was flushed with them survives a power loss") {
  FaultRun run;
  run.log_memory = EventStore::Options().log_memory;
  REQUIRE(run.create());
  Random random(1);
  // Some 24 MB: a sorted file is written in the background.
  for (int i = 0; i < 3000; ++i) {
    (void)run.told.submit(*run.store, {"j" + std::to_string(i), "w", {random.text(8000)}});
  }
  CHECK(sorted_files(run.directory / "ledger" / "log") >= 2);
  run.crash();
  std::mt19937 survivors(1);
  run.lose_power(Survivors::nothing, survivors);
  REQUIRE(run.reopen());
  run.told.check(*run.store);
}

namespace {

/// A block as the log has it.
struct Stored {
  storage::Extent extent;
  Bytes bytes;
};

/// As they were written: a copy made of an open ledger has what the write-ahead log has.
std::vector<Stored> unjoined(const StoreFixture& f, int commands) {
  write(f, 0, commands);
  DirectoryImage(f.directory / "ledger").write(f.directory / "copy");
  const auto copy = Log::open(f.directory / "copy" / "log", {}, Access::read, {});
  REQUIRE_MESSAGE(copy, copy.error().message);
  std::vector<Stored> blocks;
  Log::Reader reader(*copy.value());
  for (reader.seek_to_first(); reader.valid(); reader.next()) {
    const auto stored = reader.stored();
    blocks.push_back({reader.extent(), Bytes(stored.begin(), stored.end())});
  }
  REQUIRE(blocks.size() == static_cast<std::size_t>(commands) + 1);
  return blocks;
}

void append(Log& log, const Stored& block) {
  const std::size_t size = block.bytes.size();
  auto* copy = flatbuffers::DefaultAllocator().allocate(size);
  std::ranges::copy(block.bytes, copy);
  REQUIRE(log.append(block.extent, Block::Encoded(nullptr, false, copy, size, copy, size)));
}

std::size_t count_blocks(const Log& log) {
  std::size_t count = 0;
  Log::Reader reader(log);
  for (reader.seek_to_first(); reader.valid(); reader.next()) ++count;
  return count;
}

}  // namespace

TEST_CASE("joined blocks: verification goes by the blocks that stood when it began") {
  constexpr int kBefore = 40;  // too few to be joined
  constexpr int kAfter = 200;
  StoreFixture f;
  const auto blocks = unjoined(f, kBefore + kAfter);
  const auto log = Log::open(f.directory / "again", {}, Access::write, {}).value();
  std::size_t appended = 0;
  const auto append_until = [&](std::size_t count) {
    for (; appended < count; ++appended) append(*log, blocks[appended]);
  };
  append_until(kBefore);
  REQUIRE(count_blocks(*log) == kBefore);
  const auto& end = blocks[kBefore - 1].extent;
  const auto check = check_log(
      *log, {end.last_position, end.last_command + 1}, {},
      [&](Position) {
        append_until(blocks.size());
        while (count_blocks(*log) > kAfter) std::this_thread::yield();
      },
      /*stretch_size=*/2);
  CHECK_MESSAGE(!check.damage, check.damage->message);
  CHECK(check.records == end.last_position.value);
  CHECK(check.commands == kBefore);
}

TEST_CASE("joined blocks: a log whose sorted files overlap opens and is whole") {
  constexpr std::size_t kJoined = 10;
  StoreFixture f;
  auto blocks = unjoined(f, 30);
  const auto directory = f.directory / "again";
  for (int session = 0; session < 2; ++session) {
    // The second one finds them in the write-ahead log and makes a sorted file of them.
    const auto log = Log::open(directory, {}, Access::write, {}).value();
    if (session > 0) break;
    for (const auto& block : blocks) append(*log, block);
  }
  // What RocksDB may do after a disk was full: the parts are in one file, what joins them in
  // another.
  const auto overlap = [&](bool whole) {
    rocksdb::DB* opened = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> families;
    rocksdb::ColumnFamilyOptions as_they_are;
    as_they_are.num_levels = 2;
    as_they_are.disable_auto_compactions = true;
    REQUIRE(rocksdb::DB::Open({}, directory.string(),
                              {{rocksdb::kDefaultColumnFamilyName, {}}, {"blocks", as_they_are}},
                              &families, &opened)
                .ok());
    const std::unique_ptr<rocksdb::DB> database(opened);
    std::vector<std::string> keys;
    std::vector<Block> parts;
    {
      const std::unique_ptr<rocksdb::Iterator> at(database->NewIterator({}, families[1]));
      for (at->SeekToFirst(); at->Valid() && parts.size() < kJoined; at->Next()) {
        keys.push_back(at->key().ToString());
        parts.push_back(Block::decode(at->value().ToStringView()).value());
      }
    }
    const auto joined = Block::join(parts).value();
    for (const auto& key : keys) {
      REQUIRE(database->SingleDelete({}, families[1], key).ok());
    }
    const std::string key = keys.back().substr(0, 16) + keys.front().substr(16);
    if (whole) {
      REQUIRE(database
                  ->Put({}, families[1], key,
                        {reinterpret_cast<const char*>(joined.data()), joined.size()})
                  .ok());
    }
    REQUIRE(database->Flush({}, families[1]).ok());
    for (auto* family : families) (void)database->DestroyColumnFamilyHandle(family);
  };
  const DirectoryImage before(directory);
  overlap(/*whole=*/true);
  REQUIRE(sorted_files(directory) > 1);
  {
    const auto log = Log::open(directory, {}, Access::read, {});
    REQUIRE_MESSAGE(log, log.error().message);
    CHECK(count_blocks(*log.value()) == blocks.size() - kJoined + 1);
  }
  before.write(directory);
  overlap(/*whole=*/false);
  const auto damaged = Log::open(directory, {}, Access::read, {});
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().code == "EVENTS_MISSING");
}

TEST_CASE("joined blocks: a manifest that lost its last edits costs no block") {
  StoreFixture f;
  const auto blocks = unjoined(f, 30);
  const auto directory = f.directory / "again";
  for (std::size_t done = 0; done < blocks.size();) {
    // Each session makes a sorted file of what the one before wrote.
    const auto log = Log::open(directory, {}, Access::write, {}).value();
    for (int i = 0; i < 10 && done < blocks.size(); ++i, ++done) append(*log, blocks[done]);
  }
  REQUIRE(Log::open(directory, {}, Access::write, {}));
  const DirectoryImage intact(directory);
  const auto manifest = std::ranges::find_if(intact.files, [](const auto& file) {
                          return file.first.starts_with("MANIFEST-");
                        })->first;
  const auto& edits = intact.files.at(manifest);
  std::set<std::uint64_t> ends;
  for (std::size_t size = 0; size < edits.size(); ++size) {
    ends.insert(
        storage::examine_tail(std::string_view(edits).substr(0, size), storage::LogContents::edits)
            .whole_until);
  }
  REQUIRE(ends.size() > 3);
  std::size_t refused = 0;
  for (const auto end : ends) {
    CAPTURE(end);
    auto cut = intact;
    cut.files.at(manifest).resize(end);
    cut.write(directory);
    const auto log = Log::open(directory, {}, Access::write, {});
    if (log) {
      CHECK(count_blocks(*log.value()) == blocks.size());
      continue;
    }
    ++refused;
    for (const auto& file : intact.files) {
      if (!file.first.ends_with(".sst")) continue;
      CHECK_MESSAGE(std::filesystem::exists(directory / file.first), file.first);
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("joined blocks: the files of many short sessions are merged") {
  constexpr int kSessions = 40;
  StoreFixture f;
  for (int i = 0; i < kSessions; ++i) {
    f.reopen();
    write(f, i, 1);
  }
  const auto before = contents(*f.store, kSessions);
  f.reopen();
  CHECK(contents(*f.store, kSessions) == before);
  CHECK_FALSE(f.store->verify_log().damage);
  f.store.reset();
  CHECK(sorted_files(f.directory / "ledger" / "log") < 12);
}

TEST_CASE("joined blocks: readers beside the writer see each event once") {
  StoreFixture f;
  f.log_memory = std::size_t{256} << 10;
  f.reopen();
  std::atomic<bool> done = false;
  std::thread writer([&] {
    write(f, 0, 1500);
    done = true;
  });
  std::size_t rounds = 0;
  for (bool last = false; !last; ++rounds) {
    last = done;
    const auto head = f.store->head();
    std::uint64_t seen = 0;
    auto events = f.store->read({.to = head});
    while (events.next()) REQUIRE(events.record().position().value == ++seen);
    REQUIRE(events.status());
    REQUIRE(seen == head.value);
    const auto check = f.store->verify_log();
    REQUIRE_MESSAGE(!check.damage, check.damage->message);
    REQUIRE(check.records >= head.value);
  }
  writer.join();
  CHECK(rounds > 1);
  CHECK(sorted_files(f.directory / "ledger" / "log") > 2);
}

}  // namespace actbook::testing

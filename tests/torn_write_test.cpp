#include "storage/torn_write.h"

#include <doctest/doctest.h>
#include <rocksdb/db.h>

#include <fstream>
#include <random>

#include "support/temp_directory.h"

namespace actbook::testing {
using storage::LogContents;
using storage::LogTail;

namespace {

LogTail examine_tail(std::string_view log) {
  const auto tail = storage::examine_tail(log, LogContents::writes);
  // Looking at every place for any record comes to the same.
  const auto thorough = storage::examine_tail(log, LogContents::edits);
  CHECK(tail.whole_until == thorough.whole_until);
  CHECK(tail.damaged == thorough.damaged);
  CHECK(tail.more_follows == thorough.more_follows);
  return tail;
}

// A write-ahead log as RocksDB writes it, with the lengths of its records: of one part, and of
// several blocks.
struct Written {
  std::string log;
  std::vector<std::size_t> ends;
};
Written written_by_rocksdb() {
  const TempDirectory directory;
  rocksdb::Options options;
  options.create_if_missing = true;
  options.use_fsync = false;
  rocksdb::DB* opened = nullptr;
  REQUIRE(rocksdb::DB::Open(options, directory / "db", &opened).ok());
  std::unique_ptr<rocksdb::DB> database(opened);
  rocksdb::VectorLogPtr files;
  Written written;
  for (const unsigned size : {10U, 100U, 33'000U, 7U, 100'000U, 32'700U, 50U}) {
    REQUIRE(database->Put({}, "k", std::string(size, 'x')).ok());
    REQUIRE(database->FlushWAL(true).ok());
    REQUIRE(database->GetSortedWalFiles(files).ok());
    REQUIRE(files.size() == 1);
    written.ends.push_back(files.front()->SizeFileBytes());
  }
  std::ifstream file(directory / ("db" + files.front()->PathName()), std::ios::binary);
  written.log.assign(std::istreambuf_iterator<char>(file), {});
  REQUIRE(written.log.size() == written.ends.back());
  return written;
}

}  // namespace

TEST_CASE("torn write: a whole log is whole with and without zeros behind it") {
  auto [log, ends] = written_by_rocksdb();
  for (const unsigned zeros : {0U, 1U, 100U, 70'000U}) {
    const auto tail = examine_tail(log + std::string(zeros, '\0'));
    CHECK(tail.whole_until == ends.back());
    CHECK_FALSE(tail.damaged);
  }
  CHECK_FALSE(examine_tail("").damaged);
}

TEST_CASE("torn write: a last record of which a part is missing is told from damage before it") {
  const auto [log, ends] = written_by_rocksdb();
  const std::size_t zeros = 70'000;
  for (std::size_t last = 1; last < ends.size(); ++last) {
    CAPTURE(last);
    const auto begin = ends[last - 1];
    const auto end = ends[last];
    for (const std::size_t missing : {begin, begin + 5, begin + 9, (begin + end) / 2, end - 1}) {
      CAPTURE(missing);
      // The rest of it is missing, one byte of it is, and a sector's worth is.
      for (const std::size_t length : {end - missing, std::size_t{1}, std::size_t{512}}) {
        auto torn = log.substr(0, end) + std::string(zeros, '\0');
        torn.replace(missing, std::min(length, end - missing),
                     std::string(std::min(length, end - missing), '\0'));
        if (torn.substr(0, end) == log.substr(0, end)) continue;
        const auto tail = examine_tail(torn);
        CHECK(tail.whole_until <= begin + 6);
        CHECK(tail.whole_until >= begin);
        CHECK_FALSE(tail.more_follows);
      }
    }
  }
}

TEST_CASE("torn write: damage that a whole record follows is no torn write") {
  const auto [log, ends] = written_by_rocksdb();
  std::mt19937 random(1);
  for (std::size_t damaged = 0; damaged + 1 < ends.size(); ++damaged) {
    CAPTURE(damaged);
    const auto begin = damaged == 0 ? 0 : ends[damaged - 1];
    for (int i = 0; i < 10; ++i) {
      auto bytes = log;
      const auto at = begin + random() % (ends[damaged] - begin);
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
      const auto tail = examine_tail(bytes);
      CHECK(tail.whole_until == begin);
      CHECK(tail.damaged);
      CHECK(tail.more_follows);
    }
  }
}

}  // namespace actbook::testing

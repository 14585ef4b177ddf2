#include "storage/log.h"

#include <rocksdb/db.h>
#include <rocksdb/snapshot.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <mutex>

#include "storage/log_files.h"
#include "storage/rocksdb_support.h"
#include "storage/whole_writes.h"
#include "storage/zero_ahead.h"

namespace actbook::storage {
namespace {

constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kFormat = "1";

// A block is filed under where it ends, so that whoever looks for an event comes to its block at
// once, and to no other; and where it begins stands behind that.
std::string key_of(const Extent& block) {
  std::string key;
  append_number(key, block.last_position.value);
  append_number(key, block.last_command);
  append_number(key, block.first_position.value);
  append_number(key, block.first_command);
  return key;
}
Extent extent_of(std::string_view key) {
  return {Position{read_number(key, 16)}, read_number(key, 24), Position{read_number(key, 0)},
          read_number(key, 8)};
}

constexpr std::size_t kKeySize = 32;

// Before all blocks that end there, or after it.
std::string key_before(Position last_position, std::uint64_t last_command) {
  std::string key;
  append_number(key, last_position.value);
  append_number(key, last_command);
  return key;
}

// A process may have 1024 files open unless told otherwise.
constexpr int kMostOpenFiles = 400;

rocksdb::DBOptions database_options(rocksdb::Env& env, Access access,
                                    const std::filesystem::path& directory) {
  rocksdb::DBOptions options;
  options.env = &env;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  // The default mode silently drops synced writes behind a damaged spot. This one refuses to open
  // over one; what a crash leaves, an unfinished write at the very end, is told apart on open (see
  // torn_write.h).
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // An iterator that ends must not remove files. (Where none may be, RocksDB aborts over it.)
  options.avoid_unnecessary_blocking_io = access == Access::write;
  options.max_background_jobs = 2;
  options.keep_log_file_num = 2;
  options.max_open_files = kMostOpenFiles;
  // Whoever reads opens all files at once, if they are not too many: those that the writer replaces
  // can then be read to the end.
  if (access == Access::read && database_files(env, directory).size() <= kMostOpenFiles) {
    options.max_open_files = -1;
  }
  options.info_log_level = rocksdb::WARN_LEVEL;
  return options;
}

// Sorted files that are smaller are merged, when so many stand at the end.
constexpr std::size_t kSmallFile = std::size_t{8} << 20;
constexpr std::size_t kMostSmallFiles = 8;

rocksdb::ColumnFamilyOptions block_options(const Log::Sizes& sizes) {
  rocksdb::ColumnFamilyOptions options;
  // Blocks are compressed already.
  options.compression = rocksdb::kNoCompression;
  // The log flushes by itself, earlier, where no small blocks wait to be joined: so a sorted file
  // has no block that the next one takes back, and no two overlap.
  options.write_buffer_size = 4 * std::max(sizes.flush, Log::Sizes().flush);
  options.max_write_buffer_number = 2;
  // Sorted files are handed to the next level at once, which costs nothing as they do not overlap;
  // there, whoever looks for a position opens only the file that has it.
  options.level0_file_num_compaction_trigger = 1;
  options.num_levels = 2;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = std::size_t{16} << 10;
  table.checksum = rocksdb::kXXH3;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

Error lacks(Position from, Position up_to) {
  return {ErrorKind::corrupt, "EVENTS_MISSING",
          "the log lacks what stood at position " + std::to_string(from.value) + " up to " +
              std::to_string(up_to.value) + "; restore the ledger from a copy",
          from};
}

Error not_filed_as_block(Position position) {
  return {ErrorKind::corrupt, "DAMAGED_LOG",
          "the log has a block that is not filed as one; restore the ledger from a copy", position};
}

// Whether blocks that begin where `next` does continue what ends where `before` does.
Result<void> check_follows(const Extent& before, const Extent& next) {
  const auto position = before.last_position.next();
  if (next.first_position == position && next.first_command == before.last_command + 1) {
    return boost::outcome_v2::success();
  }
  return lacks(position, next.first_position);
}

}  // namespace

class Log::Impl {
 public:
  Impl(rocksdb::Env& base, Access how, const Sizes& wanted)
      : access(how),
        sizes(wanted),
        env(access == Access::write ? zero_ahead(base) : whole_writes(base)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (joiner) joiner->join();
    if (!database) return;  // opening failed
    if (access == Access::write) merge_small_files();
    for (auto* family : families) (void)database->DestroyColumnFamilyHandle(family);
    (void)database->Close();
  }

  Result<void> open(const std::filesystem::path& directory) {
    const std::vector<rocksdb::ColumnFamilyDescriptor> descriptors = {
        {rocksdb::kDefaultColumnFamilyName, {}}, {"blocks", block_options(sizes)}};
    const auto options = database_options(*env, access, directory);
    rocksdb::DB* opened = nullptr;
    const auto status =
        access == Access::read
            ? rocksdb::DB::OpenForReadOnly(options, directory.string(), descriptors, &families,
                                           &opened)
            : rocksdb::DB::Open(options, directory.string(), descriptors, &families, &opened);
    database.reset(opened);
    if (access == Access::write) joiner = std::make_unique<boost::asio::thread_pool>(1);
    if (!status.ok()) return to_error(status, "opening the log in " + directory.string());
    return boost::outcome_v2::success();
  }
  Result<Extent> check_whole() const;
  Result<void> check_unknown_files(const std::filesystem::path& directory) const;
  Result<Extent> check_keys(const std::string& from, Extent before) const;
  [[nodiscard]] std::optional<Position> find_damage() const;
  [[nodiscard]] std::vector<rocksdb::LiveFileMetaData> sorted_files() const;

  [[nodiscard]] rocksdb::ColumnFamilyHandle* meta() const { return families[0]; }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* blocks() const { return families[1]; }

  // False, if it says none: a crash ended its making.
  Result<bool> check_format() const {
    std::string format;
    const auto status = database->Get({}, meta(), rocksdb::Slice(kFormatKey), &format);
    if (status.IsNotFound()) return false;
    if (!status.ok()) return to_error(status, "reading the log's format");
    if (format != kFormat) {
      return Error{ErrorKind::unsupported,
                   "NEWER_FORMAT",
                   "the log has format " + format + ", this version of actbook reads format " +
                       std::string(kFormat) + "; use the version that wrote it",
                   {}};
    }
    return true;
  }
  Result<void> write_format() const {
    rocksdb::WriteOptions synced;
    synced.sync = true;
    const auto written =
        database->Put(synced, meta(), rocksdb::Slice(kFormatKey), rocksdb::Slice(kFormat));
    if (!written.ok()) return to_error(written, "making the log");
    // Or the WAL could not be removed until something else is written there.
    const auto flushed = database->Flush({}, meta());
    if (!flushed.ok()) return to_error(flushed, "making the log");
    return boost::outcome_v2::success();
  }

  struct Small {
    std::string key;
    Block block;
  };
  void begin_joining();
  void join_rest();
  void join(const std::vector<Small>& parts);
  void flush();
  void merge_small_files() const;

  const Access access;
  const Sizes sizes;
  std::unique_ptr<rocksdb::Env> env;  // outlives the database
  std::unique_ptr<rocksdb::DB> database;
  std::vector<rocksdb::ColumnFamilyHandle*> families;

  // Only for whoever appends.
  Extent end;                  // the last block's: no command, where there is none
  std::vector<Small> small;    // the last blocks, if they are small and not joined yet
  std::size_t small_size = 0;  // in bytes

  std::atomic<std::size_t> unflushed = 0;  // what is in memory, in bytes: parts and what was joined
  std::atomic<bool> joining = false;
  mutable std::mutex damage_mutex;
  mutable std::optional<Position> damage;  // the first that was found
  std::unique_ptr<boost::asio::thread_pool> joiner;
};

// The files of blocks, in their order: no two overlap.
std::vector<rocksdb::LiveFileMetaData> Log::Impl::sorted_files() const {
  std::vector<rocksdb::LiveFileMetaData> sorted;
  database->GetLiveFilesMetaData(&sorted);
  std::erase_if(sorted,
                [&](const auto& file) { return file.column_family_name != blocks()->GetName(); });
  std::ranges::sort(sorted, std::less<>(), &rocksdb::LiveFileMetaData::smallestkey);
  return sorted;
}

// Whether the sorted files, and the blocks that are not in one yet, go on where the ones before
// end: one that got lost shows there. What is in a file is for verification; no block is read.
// Returns where the last one ends.
Result<Extent> Log::Impl::check_whole() const {
  Extent before;  // none
  std::string behind_files;
  for (const auto& file : sorted_files()) {
    if (file.smallestkey.size() != kKeySize || file.largestkey.size() != kKeySize) {
      return not_filed_as_block(before.last_position.next());
    }
    const auto next = extent_of(file.smallestkey);
    // Two may overlap where RocksDB wrote one by itself, as it does when the disk is well again;
    // until they are merged, only the blocks themselves can tell.
    if (next.first_command <= before.last_command) return check_keys("", {});
    BOOST_OUTCOME_TRY(check_follows(before, next));
    before = extent_of(file.largestkey);
    // Behind the last key, so that the block there is not read.
    behind_files = file.largestkey + '\0';
  }
  return check_keys(behind_files, before);
}

// The same, block by block.
Result<Extent> Log::Impl::check_keys(const std::string& from, Extent before) const {
  rocksdb::ReadOptions once;
  once.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> iterator(database->NewIterator(once, blocks()));
  for (iterator->Seek(from); iterator->Valid(); iterator->Next()) {
    const auto key = iterator->key().ToStringView();
    if (key.size() != kKeySize) return not_filed_as_block(before.last_position.next());
    BOOST_OUTCOME_TRY(check_follows(before, extent_of(key)));
    before = extent_of(key);
  }
  if (!iterator->status().ok()) return to_error(iterator->status(), "opening the log");
  return before;
}

// Whether a sorted file that the manifest does not know goes further than all that it knows, and
// the write-ahead logs. A crash leaves files that nobody knows, but what they hold stands elsewhere
// then; RocksDB deletes them.
Result<void> Log::Impl::check_unknown_files(const std::filesystem::path& directory) const {
  const auto known = sorted_files();
  for (const auto& name : database_files(*env, directory)) {
    if (!name.ends_with(".sst") ||
        std::ranges::find(known, "/" + name, &rocksdb::LiveFileMetaData::name) != known.end()) {
      continue;
    }
    rocksdb::Options options;
    options.env = env.get();
    rocksdb::SstFileReader reader(options);
    if (!reader.Open((directory / name).string()).ok()) continue;  // it was never finished
    const std::unique_ptr<rocksdb::Iterator> iterator(reader.NewIterator({}));
    iterator->SeekToLast();
    if (!iterator->Valid() || iterator->key().size() != kKeySize) continue;
    const auto last = extent_of(iterator->key().ToStringView());
    if (last.last_command > end.last_command) {
      return lacks(end.last_position.next(), last.last_position);
    }
  }
  return boost::outcome_v2::success();
}

// A file's first block that cannot be read begins where the one before ends.
std::optional<Position> Log::Impl::find_damage() const {
  for (const auto& file : sorted_files()) {
    rocksdb::Options options;
    options.env = env.get();
    rocksdb::SstFileReader reader(options);
    Position next = extent_of(file.smallestkey).first_position;
    if (!reader.Open(file.db_path + file.name).ok()) return next;
    const std::unique_ptr<rocksdb::Iterator> iterator(reader.NewIterator({}));
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
      auto block = Block::decode(iterator->value().ToStringView());
      if (!block) return next;
      next = Position{block.value().first_position().value + block.value().record_count()};
    }
    if (!iterator->status().ok()) return next;
  }
  return std::nullopt;
}

Error Log::locate(const rocksdb::Status& status, std::string_view doing) const {
  Error error = to_error(status, doing);
  if (error.kind != ErrorKind::corrupt) return error;
  // That reads the log from its beginning, so once must do.
  const std::lock_guard lock(impl_->damage_mutex);
  if (!impl_->damage) impl_->damage = impl_->find_damage();
  error.position = impl_->damage;
  return error;
}

bool Log::exists(const std::filesystem::path& directory, const StorageEnvironment& environment) {
  return has_log_files(*environment.env, directory);
}

Result<std::unique_ptr<Log>> Log::open(const std::filesystem::path& directory,
                                       const StorageEnvironment& environment, Access access,
                                       const Sizes& sizes) {
  BOOST_OUTCOME_TRY(any, check_log_files(*environment.env, directory, access));
  std::unique_ptr<Impl> impl;
  if (any || access == Access::read) {
    impl = std::make_unique<Impl>(*environment.env, Access::read, sizes);
    BOOST_OUTCOME_TRY(impl->open(directory));
    BOOST_OUTCOME_TRY(made, impl->check_format());
    if (!made && access == Access::read) {
      return Error{ErrorKind::misuse,
                   "NOT_A_LEDGER",
                   "the log in " + directory.string() + " was never finished; make the ledger anew",
                   {}};
    }
    BOOST_OUTCOME_TRY(end, impl->check_whole());
    impl->end = end;
  }
  if (any && access == Access::write) {
    BOOST_OUTCOME_TRY(impl->check_unknown_files(directory));
    BOOST_OUTCOME_TRY(cut_off_unfinished_edit(*environment.env, directory));
  }
  if (access == Access::write) {
    const Extent end = impl ? impl->end : Extent();
    impl = std::make_unique<Impl>(*environment.env, Access::write, sizes);
    impl->end = end;
    BOOST_OUTCOME_TRY(impl->open(directory));
    BOOST_OUTCOME_TRY(made, impl->check_format());
    if (!made) {
      BOOST_OUTCOME_TRY(impl->write_format());
    }
  }
  return std::unique_ptr<Log>(new Log(std::move(impl)));
}

Log::Log(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Log::~Log() = default;

Result<void> Log::append(const Extent& extent, const Block::Encoded& block) {
  const std::string key = key_of(extent);
  const std::string_view stored(reinterpret_cast<const char*>(block.data()), block.size());
  const bool small = stored.size() < impl_->sizes.small_block;
  // Before: a block that fills the memory by itself has it written to a sorted file by RocksDB.
  if (!small) impl_->join_rest();
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto status = impl_->database->Put(synced, impl_->blocks(), key, stored);
  if (!status.ok()) return to_error(status, "writing the log");
  impl_->end = extent;
  impl_->unflushed += stored.size();
  if (small) {
    BOOST_OUTCOME_TRY(decoded, Block::decode(stored));
    impl_->small.push_back({key, std::move(decoded)});
    impl_->small_size += stored.size();
    if (impl_->small_size >= impl_->sizes.joined_block && !impl_->joining) impl_->begin_joining();
  }
  if (impl_->unflushed >= impl_->sizes.flush) impl_->flush();
  return boost::outcome_v2::success();
}

void Log::Impl::begin_joining() {
  joining = true;
  small_size = 0;
  boost::asio::post(*joiner, [this, parts = std::exchange(small, {})] {
    join(parts);
    joining = false;
    joining.notify_all();
  });
}

// Until no small block waits to be joined.
void Log::Impl::join_rest() {
  joining.wait(true);
  join(std::exchange(small, {}));
  small_size = 0;
}

// Puts one block in the place of several, in memory only: until that is flushed, the write-ahead
// log has the parts, and a crash brings them back.
void Log::Impl::join(const std::vector<Small>& parts) {
  if (parts.size() < 2) return;
  std::vector<Block> small_blocks;
  for (const auto& part : parts) small_blocks.push_back(part.block);
  const auto joined = Block::join(small_blocks);
  if (!joined) return spdlog::warn("joining blocks: {}", joined.error().message);
  const auto& stored = joined.value();
  auto extent = extent_of(parts.back().key);
  extent.first_position = extent_of(parts.front().key).first_position;
  extent.first_command = extent_of(parts.front().key).first_command;
  rocksdb::WriteBatch batch;
  for (const auto& part : parts) (void)batch.SingleDelete(blocks(), part.key);
  (void)batch.Put(blocks(), key_of(extent),
                  {reinterpret_cast<const char*>(stored.data()), stored.size()});
  rocksdb::WriteOptions in_memory;
  in_memory.disableWAL = true;
  const auto status = database->Write(in_memory, &batch);
  if (!status.ok()) spdlog::warn("joining blocks: {}", status.ToString());
  unflushed += stored.size();
}

void Log::Impl::flush() {
  join_rest();  // or a sorted file would take back what stands in another
  unflushed = 0;
  rocksdb::FlushOptions background;
  background.wait = false;
  background.allow_write_stall = true;
  // What is written is durable whether this succeeds or not; RocksDB keeps the error for the next
  // write.
  const auto status = database->Flush(background, blocks());
  if (!status.ok()) spdlog::warn("the log's write-ahead log grows: {}", status.ToString());
}

// Whoever opens a ledger for every command leaves a sorted file each time; without this they would
// become more and more.
void Log::Impl::merge_small_files() const {
  std::vector<std::string> small_files;
  const auto sorted = sorted_files();
  for (auto file = sorted.rbegin(); file != sorted.rend() && file->size < kSmallFile; ++file) {
    small_files.push_back(file->name);
  }
  if (small_files.size() < kMostSmallFiles) return;
  rocksdb::CompactionOptions options;
  options.compression = rocksdb::kNoCompression;
  constexpr int kLevel = 1;
  const auto status = database->CompactFiles(options, blocks(), small_files, kLevel);
  if (!status.ok()) spdlog::warn("merging files of the log: {}", status.ToString());
}

Result<std::optional<Block>> Log::last() const {
  if (impl_->end.last_command == 0) return std::optional<Block>();
  // Going to the end would read the last block of every sorted file that may overlap.
  Reader reader(*this);
  reader.seek(impl_->end.last_position.next(), impl_->end.last_command);
  BOOST_OUTCOME_TRY(reader.status());
  if (!reader.valid()) return lacks(impl_->end.last_position, impl_->end.last_position);
  BOOST_OUTCOME_TRY(block, reader.block());
  return std::optional<Block>(std::move(block));
}

Result<void> Log::verify_files() const {
  // RocksDB may have put one in the place of others meanwhile.
  const bool keeps = impl_->access == Access::write && impl_->database->DisableFileDeletions().ok();
  auto checked = [&]() -> Result<void> {
    std::vector<rocksdb::LiveFileMetaData> files;
    impl_->database->GetLiveFilesMetaData(&files);
    for (const auto& file : files) {
      rocksdb::Options options;
      options.env = impl_->env.get();
      rocksdb::SstFileReader reader(options);
      auto status = reader.Open(file.db_path + file.name);
      // Its writer may have replaced it, and whoever has it open can still read it.
      if (impl_->access == Access::read && status.IsPathNotFound()) continue;
      if (status.ok()) status = reader.VerifyChecksum();
      if (!status.ok()) return locate(status, "checking the files of the log");
    }
    return boost::outcome_v2::success();
  }();
  if (keeps) (void)impl_->database->EnableFileDeletions(/*force=*/false);
  return checked;
}

class Log::Snapshot::Impl {
 public:
  explicit Impl(const Log& of) : log(of), taken(of.impl_->database.get()) {}

  const Log& log;
  rocksdb::ManagedSnapshot taken;
};

Log::Snapshot::Snapshot(const Log& log) : impl_(std::make_unique<Impl>(log)) {}
Log::Snapshot::~Snapshot() = default;

class Log::Reader::Impl {
 public:
  explicit Impl(const Log& read, const rocksdb::Snapshot* snapshot = nullptr) : log(read) {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.snapshot = snapshot;
    iterator.reset(log.impl_->database->NewIterator(options, log.impl_->blocks()));
  }

  const Log& log;
  std::unique_ptr<rocksdb::Iterator> iterator;
};

Log::Reader::Reader(const Log& log) : impl_(std::make_unique<Impl>(log)) {}
Log::Reader::Reader(const Snapshot& snapshot)
    : impl_(std::make_unique<Impl>(snapshot.impl_->log, snapshot.impl_->taken.snapshot())) {}
Log::Reader::~Reader() = default;

void Log::Reader::seek_to_first() { impl_->iterator->SeekToFirst(); }
void Log::Reader::next() { impl_->iterator->Next(); }
void Log::Reader::seek_at_or_after(Position position) {
  // Blocks without events may begin at the position and end before it.
  const Position before{position.value - std::min<std::uint64_t>(position.value, 1)};
  impl_->iterator->Seek(key_before(before, 0));
  while (valid() && extent().first_position < position) next();
}
void Log::Reader::seek(Position position) { impl_->iterator->Seek(key_before(position, 0)); }
void Log::Reader::seek(Position position, std::uint64_t command) {
  impl_->iterator->Seek(key_before(position.previous(), command));
}
bool Log::Reader::valid() const { return impl_->iterator->Valid(); }

Result<void> Log::Reader::status() const {
  const auto status = impl_->iterator->status();
  if (!status.ok()) return impl_->log.locate(status, "reading the log");
  return boost::outcome_v2::success();
}

Extent Log::Reader::extent() const { return extent_of(impl_->iterator->key().ToStringView()); }

Result<Block> Log::Reader::block() const {
  const auto filed = extent();
  BOOST_OUTCOME_TRY(block, Block::decode(stored(), filed.first_position));
  const Extent held{block.first_position(), block.first_command(),
                    Position{block.first_position().value + block.record_count() - 1},
                    block.first_command() + block.command_count() - 1};
  if (held != filed) return not_filed_as_block(filed.first_position);
  return block;
}

std::string_view Log::Reader::stored() const { return impl_->iterator->value().ToStringView(); }

}  // namespace actbook::storage

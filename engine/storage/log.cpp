#include "storage/log.h"

#include <rocksdb/db.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table.h>

#include <algorithm>

#include "storage/log_files.h"
#include "storage/rocksdb_support.h"
#include "storage/whole_writes.h"
#include "storage/zero_ahead.h"

namespace actbook::storage {
namespace {

constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kFormat = "1";

std::string block_key(Position first_position, std::uint64_t first_command) {
  std::string key;
  append_number(key, first_position.value);
  append_number(key, first_command);
  return key;
}

rocksdb::DBOptions database_options(rocksdb::Env& env, Access access) {
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
  // A process may have 1024 files open unless told otherwise, and a log has one for some 20,000
  // events.
  options.max_open_files = 400;
  options.info_log_level = rocksdb::WARN_LEVEL;
  return options;
}

rocksdb::ColumnFamilyOptions block_options() {
  rocksdb::ColumnFamilyOptions options;
  options.compression = rocksdb::kLZ4Compression;
  // Bounds the memory, and what is read again when the ledger was not closed.
  options.write_buffer_size = std::size_t{16} << 20;
  options.max_write_buffer_number = 2;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = std::size_t{16} << 10;
  table.checksum = rocksdb::kXXH3;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

}  // namespace

class Log::Impl {
 public:
  Impl(rocksdb::Env& base, Access how)
      : access(how), env(access == Access::write ? zero_ahead(base) : whole_writes(base)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (!database) return;  // opening failed
    for (auto* family : families) (void)database->DestroyColumnFamilyHandle(family);
    (void)database->Close();
  }

  Result<void> open(const std::filesystem::path& directory) {
    const std::vector<rocksdb::ColumnFamilyDescriptor> descriptors = {
        {rocksdb::kDefaultColumnFamilyName, {}}, {"blocks", block_options()}};
    const auto options = database_options(*env, access);
    rocksdb::DB* opened = nullptr;
    const auto status =
        access == Access::read
            ? rocksdb::DB::OpenForReadOnly(options, directory.string(), descriptors, &families,
                                           &opened)
            : rocksdb::DB::Open(options, directory.string(), descriptors, &families, &opened);
    database.reset(opened);
    if (!status.ok()) return to_error(status, "opening the log in " + directory.string());
    return boost::outcome_v2::success();
  }
  Result<void> check_whole() const;
  [[nodiscard]] std::optional<Position> find_damage() const;
  [[nodiscard]] std::vector<rocksdb::LiveFileMetaData> sorted_files() const;

  [[nodiscard]] rocksdb::ColumnFamilyHandle* meta() const { return families[0]; }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* blocks() const { return families[1]; }

  Result<void> check_format() const {
    std::string format;
    const auto status = database->Get({}, meta(), rocksdb::Slice(kFormatKey), &format);
    if (status.IsNotFound() && access == Access::write) {
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
    if (!status.ok()) return to_error(status, "reading the log's format");
    if (format != kFormat) {
      return Error{ErrorKind::unsupported,
                   "NEWER_FORMAT",
                   "the log has format " + format + ", this version of actbook reads format " +
                       std::string(kFormat) + "; use the version that wrote it",
                   {}};
    }
    return boost::outcome_v2::success();
  }

  const Access access;
  std::unique_ptr<rocksdb::Env> env;  // outlives the database
  std::unique_ptr<rocksdb::DB> database;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
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

// Whether the blocks that are not in sorted files yet, and those at the borders of the files, go on
// where the ones before end: a file that got lost shows there. What is in a file is for
// verification.
Result<void> Log::Impl::check_whole() const {
  const std::unique_ptr<rocksdb::Iterator> iterator(database->NewIterator({}, blocks()));
  std::optional<Position> next = Position{1};
  const auto follows = [&](std::string_view key) -> Result<void> {
    const Position begin{read_number(key, 0)};
    if (!next || begin == *next) return boost::outcome_v2::success();
    return Error{ErrorKind::corrupt, "EVENTS_MISSING",
                 "the log lacks what stood at position " + std::to_string(next->value) + " up to " +
                     std::to_string(begin.value) + "; restore the ledger from a copy",
                 next};
  };
  // Where a block cannot be read, the next may be anywhere; verification says so.
  const auto pass = [&] {
    next.reset();
    if (!iterator->Valid()) return;
    if (auto block = Block::decode(iterator->value().ToStringView())) {
      next = block.value().first_position();
      next->value += block.value().record_count();
    }
  };
  std::string last;
  for (const auto& file : sorted_files()) {
    BOOST_OUTCOME_TRY(follows(file.smallestkey));
    last = file.largestkey;
    iterator->Seek(last);
    pass();
  }
  for (iterator->Seek(last); iterator->Valid(); iterator->Next()) {
    const auto key = iterator->key().ToStringView();
    if (key == last) continue;
    BOOST_OUTCOME_TRY(follows(key));
    pass();
  }
  return boost::outcome_v2::success();
}

// A file's first block that cannot be read begins where the one before ends.
std::optional<Position> Log::Impl::find_damage() const {
  for (const auto& file : sorted_files()) {
    rocksdb::Options options;
    options.env = env.get();
    rocksdb::SstFileReader reader(options);
    Position next{read_number(file.smallestkey, 0)};
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
  if (error.kind == ErrorKind::corrupt) error.position = impl_->find_damage();
  return error;
}

bool Log::exists(const std::filesystem::path& directory, const StorageEnvironment& environment) {
  return has_log_files(*environment.env, directory);
}

Result<std::unique_ptr<Log>> Log::open(const std::filesystem::path& directory,
                                       const StorageEnvironment& environment, Access access) {
  BOOST_OUTCOME_TRY(any, check_log_files(*environment.env, directory, access));
  std::unique_ptr<Impl> impl;
  if (any || access == Access::read) {
    impl = std::make_unique<Impl>(*environment.env, Access::read);
    BOOST_OUTCOME_TRY(impl->open(directory));
    BOOST_OUTCOME_TRY(impl->check_whole());
  }
  if (access == Access::write) {
    impl = std::make_unique<Impl>(*environment.env, Access::write);
    BOOST_OUTCOME_TRY(impl->open(directory));
  }
  BOOST_OUTCOME_TRY(impl->check_format());
  return std::unique_ptr<Log>(new Log(std::move(impl)));
}

Log::Log(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Log::~Log() = default;

Result<void> Log::append(Position first_position, std::uint64_t first_command,
                         const Block::Encoded& block) {
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto status = impl_->database->Put(
      synced, impl_->blocks(), block_key(first_position, first_command),
      rocksdb::Slice(reinterpret_cast<const char*>(block.data()), block.size()));
  if (!status.ok()) return to_error(status, "writing the log");
  return boost::outcome_v2::success();
}

Result<std::optional<Block>> Log::last() const {
  const std::unique_ptr<rocksdb::Iterator> iterator(
      impl_->database->NewIterator({}, impl_->blocks()));
  iterator->SeekToLast();
  if (!iterator->status().ok()) return locate(iterator->status(), "reading the log");
  if (!iterator->Valid()) return std::optional<Block>();
  BOOST_OUTCOME_TRY(block, Block::decode(iterator->value().ToStringView()));
  return std::optional<Block>(std::move(block));
}

Result<void> Log::verify_files() const {
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
}

class Log::Reader::Impl {
 public:
  explicit Impl(const Log& read) : log(read) {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    iterator.reset(log.impl_->database->NewIterator(options, log.impl_->blocks()));
  }

  const Log& log;
  std::unique_ptr<rocksdb::Iterator> iterator;
};

Log::Reader::Reader(const Log& log) : impl_(std::make_unique<Impl>(log)) {}
Log::Reader::~Reader() = default;

void Log::Reader::seek_to_first() { impl_->iterator->SeekToFirst(); }
void Log::Reader::next() { impl_->iterator->Next(); }
void Log::Reader::seek_at_or_after(Position position) {
  impl_->iterator->Seek(block_key(position, 0));
}
void Log::Reader::seek(Position position) {
  impl_->iterator->SeekForPrev(block_key(position, ~std::uint64_t{0}));
}
void Log::Reader::seek(Position position, std::uint64_t command) {
  impl_->iterator->SeekForPrev(block_key(position, command));
}
bool Log::Reader::valid() const { return impl_->iterator->Valid(); }

Result<void> Log::Reader::status() const {
  const auto status = impl_->iterator->status();
  if (!status.ok()) return impl_->log.locate(status, "reading the log");
  return boost::outcome_v2::success();
}

Position Log::Reader::first_position() const {
  return Position{read_number(impl_->iterator->key().ToStringView(), 0)};
}

Result<Block> Log::Reader::block() const { return Block::decode(stored(), first_position()); }

std::string_view Log::Reader::stored() const { return impl_->iterator->value().ToStringView(); }

}  // namespace actbook::storage

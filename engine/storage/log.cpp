#include "storage/log.h"

#include <rocksdb/db.h>
#include <rocksdb/table.h>

#include "storage/rocksdb_support.h"

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

rocksdb::DBOptions database_options(const StorageEnvironment& environment) {
  rocksdb::DBOptions options;
  options.env = environment.env;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  // The default mode silently drops synced writes behind a damaged spot. This one forgives only
  // what a crash leaves, an unfinished write at the very end, and refuses to open over anything
  // else.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.max_background_jobs = 2;
  options.keep_log_file_num = 2;
  options.info_log_level = rocksdb::WARN_LEVEL;
  return options;
}

rocksdb::ColumnFamilyOptions block_options() {
  rocksdb::ColumnFamilyOptions options;
  options.compression = rocksdb::kLZ4Compression;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = std::size_t{16} << 10;
  table.checksum = rocksdb::kXXH3;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

}  // namespace

class Log::Impl {
 public:
  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (!database) return;  // opening failed
    for (auto* family : families) (void)database->DestroyColumnFamilyHandle(family);
    (void)database->Close();
  }

  [[nodiscard]] rocksdb::ColumnFamilyHandle* meta() const { return families[0]; }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* blocks() const { return families[1]; }

  Result<void> check_format() const {
    std::string format;
    const auto status = database->Get({}, meta(), rocksdb::Slice(kFormatKey), &format);
    if (status.IsNotFound()) {
      rocksdb::WriteOptions synced;
      synced.sync = true;
      const auto written =
          database->Put(synced, meta(), rocksdb::Slice(kFormatKey), rocksdb::Slice(kFormat));
      if (!written.ok()) return to_error(written, "making the log");
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

  std::unique_ptr<rocksdb::DB> database;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
};

bool Log::exists(const std::filesystem::path& directory) {
  std::error_code ignored;
  return std::filesystem::exists(directory / "CURRENT", ignored);
}

Result<std::unique_ptr<Log>> Log::open(const std::filesystem::path& directory,
                                       const StorageEnvironment& environment) {
  auto impl = std::make_unique<Impl>();
  const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName, {}}, {"blocks", block_options()}};
  rocksdb::DB* database = nullptr;
  const auto status = rocksdb::DB::Open(database_options(environment), directory.string(), families,
                                        &impl->families, &database);
  impl->database.reset(database);
  if (!status.ok()) return to_error(status, "opening the log in " + directory.string());
  BOOST_OUTCOME_TRY(impl->check_format());
  return std::unique_ptr<Log>(new Log(std::move(impl)));
}

Log::Log(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Log::~Log() = default;

Result<void> Log::append(Position first_position, std::uint64_t first_command, const Bytes& block) {
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
  if (!iterator->status().ok()) return to_error(iterator->status(), "reading the log");
  if (!iterator->Valid()) return std::optional<Block>();
  BOOST_OUTCOME_TRY(block, Block::decode(iterator->value().ToStringView()));
  return std::optional<Block>(std::move(block));
}

Result<void> Log::verify_files() const {
  const auto status = impl_->database->VerifyChecksum();
  if (!status.ok()) return to_error(status, "checking the files of the log");
  return boost::outcome_v2::success();
}

class Log::Reader::Impl {
 public:
  explicit Impl(const Log& log) {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    iterator.reset(log.impl_->database->NewIterator(options, log.impl_->blocks()));
  }

  std::unique_ptr<rocksdb::Iterator> iterator;
};

Log::Reader::Reader(const Log& log) : impl_(std::make_unique<Impl>(log)) {}
Log::Reader::~Reader() = default;

void Log::Reader::seek_to_first() { impl_->iterator->SeekToFirst(); }
void Log::Reader::next() { impl_->iterator->Next(); }
void Log::Reader::seek(Position position) {
  impl_->iterator->SeekForPrev(block_key(position, ~std::uint64_t{0}));
}
void Log::Reader::seek(Position position, std::uint64_t command) {
  impl_->iterator->SeekForPrev(block_key(position, command));
}
bool Log::Reader::valid() const { return impl_->iterator->Valid(); }

Result<void> Log::Reader::status() const {
  const auto status = impl_->iterator->status();
  if (!status.ok()) return to_error(status, "reading the log");
  return boost::outcome_v2::success();
}

Position Log::Reader::first_position() const {
  return Position{read_number(impl_->iterator->key().ToStringView(), 0)};
}

Result<Block> Log::Reader::block() const {
  return Block::decode(impl_->iterator->value().ToStringView());
}

std::size_t Log::Reader::stored_size() const { return impl_->iterator->value().size(); }

}  // namespace actbook::storage

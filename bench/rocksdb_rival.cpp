#include "rocksdb_rival.h"

#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include "actbook/schema/record_generated.h"
#include "system.h"

namespace actbook::bench {
namespace {

void expect(const rocksdb::Status& status) {
  if (!status.ok()) throw Failure("RocksDB: " + status.ToString());
}

rocksdb::Options options_with(std::size_t block_size) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kLZ4Compression;
  options.max_background_jobs = 2;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = block_size;
  table.checksum = rocksdb::kXXH3;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

std::unique_ptr<rocksdb::DB> open_in(const std::filesystem::path& directory,
                                     std::size_t block_size) {
  std::filesystem::create_directories(directory);
  rocksdb::DB* database = nullptr;
  expect(rocksdb::DB::Open(options_with(block_size), directory.string(), &database));
  return std::unique_ptr<rocksdb::DB>(database);
}

// Big endian, so that keys sort as numbers do.
std::string key_of(std::uint64_t number) {
  std::string key(8, '\0');
  for (std::size_t i = 0; i < key.size(); ++i) {
    key[i] = static_cast<char>((number >> (56 - 8 * i)) & 0xff);
  }
  return key;
}

constexpr std::size_t kBlockSize = std::size_t{16} << 10;

}  // namespace

class RocksdbRival::Caller final : public Session {
 public:
  explicit Caller(RocksdbRival& rival) : rival_(rival) { synced_.sync = true; }

  void append(const Submission& submission) override {
    batch_.Clear();
    auto number = rival_.next_.fetch_add(submission.events.size());
    for (const auto& event : submission.events) {
      bytes_.clear();
      append_plain(submission, event, bytes_);
      expect(batch_.Put(key_of(number++), bytes_));
    }
    expect(rival_.database_->Write(synced_, &batch_));
  }

 private:
  RocksdbRival& rival_;
  rocksdb::WriteOptions synced_;
  rocksdb::WriteBatch batch_;
  std::string bytes_;
};

RocksdbRival::~RocksdbRival() = default;

void RocksdbRival::create(const std::filesystem::path& directory) {
  directory_ = directory;
  next_ = 1;
  database_ = open_in(directory, kBlockSize);
}

std::unique_ptr<Session> RocksdbRival::connect() { return std::make_unique<Caller>(*this); }
void RocksdbRival::close() { database_.reset(); }
void RocksdbRival::reopen() { database_ = open_in(directory_, kBlockSize); }
std::uint64_t RocksdbRival::disk_bytes() const { return disk_bytes_below(directory_); }

RecordStore::RecordStore(const std::filesystem::path& directory, std::size_t block_size)
    : database_(open_in(directory, block_size)) {}
RecordStore::~RecordStore() = default;

void RecordStore::put(std::uint64_t position, ByteView record) {
  rocksdb::WriteOptions unlogged;
  unlogged.disableWAL = true;
  expect(
      database_->Put(unlogged, key_of(position),
                     rocksdb::Slice(reinterpret_cast<const char*>(record.data()), record.size())));
}

void RecordStore::settle() {
  expect(database_->Flush({}));
  expect(database_->CompactRange({}, nullptr, nullptr));
}

ScanSum RecordStore::scan() const {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = std::size_t{2} << 20;
  const std::unique_ptr<rocksdb::Iterator> iterator(database_->NewIterator(options));
  ScanSum sum;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    const auto* record = flatbuffers::GetRoot<log::Record>(iterator->value().data());
    ++sum.events;
    sum.positions += record->position();
    sum.payload_bytes += record->payload()->size();
  }
  expect(iterator->status());
  return sum;
}

}  // namespace actbook::bench

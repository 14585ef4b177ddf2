#pragma once

#include <rocksdb/db.h>

#include <atomic>

#include "rival.h"

namespace actbook::bench {

/// RocksDB by itself: the same bytes, one key per event, one synced write per submission; callers
/// share syncs by RocksDB's own group commit. No index, no check.
class RocksdbRival final : public Rival {
 public:
  ~RocksdbRival() override;
  void create(const std::filesystem::path& directory) override;
  [[nodiscard]] std::unique_ptr<Session> connect() override;
  void close() override;
  void reopen() override;
  [[nodiscard]] std::uint64_t disk_bytes() const override;

 private:
  class Caller;
  std::filesystem::path directory_;
  std::unique_ptr<rocksdb::DB> database_;
  std::atomic<std::uint64_t> next_{1};
};

/// One key per event with the bytes of actbook's own records: what a plain layout reads.
class RecordStore {
 public:
  RecordStore(const std::filesystem::path& directory, std::size_t block_size);
  ~RecordStore();
  RecordStore(const RecordStore&) = delete;
  RecordStore& operator=(const RecordStore&) = delete;

  void put(std::uint64_t position, ByteView record);
  /// Writes out what is in memory and compacts it all, as it will be for old events.
  void settle();
  [[nodiscard]] ScanSum scan() const;

 private:
  std::unique_ptr<rocksdb::DB> database_;
};

}  // namespace actbook::bench

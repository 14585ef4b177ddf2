#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <mutex>
#include <vector>

#include "storage/environment.h"

namespace actbook::storage {

/// Iterators to be used again: making one costs more than many a question it answers. Each sees
/// what is there when it is taken, and asks the filters: seeks stay within a tag or a row. Any
/// thread may take and give back.
class IteratorPool {
 public:
  IteratorPool(rocksdb::DB& database, Access access) : database_(database), access_(access) {}

  struct GiveBack {
    IteratorPool* pool = nullptr;
    std::uint64_t clearings = 0;  // how many there had been when it was taken
    void operator()(rocksdb::Iterator* iterator) const { pool->give_back(iterator, clearings); }
  };
  using Taken = std::unique_ptr<rocksdb::Iterator, GiveBack>;
  [[nodiscard]] Taken take();
  /// Lets go of those that there are, and so of files that are there for them only; of those that
  /// somebody has, when they are given back.
  void clear();

 private:
  static constexpr std::size_t kMost = 8;
  void give_back(rocksdb::Iterator* iterator, std::uint64_t clearings);

  rocksdb::DB& database_;
  const Access access_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<rocksdb::Iterator>> free_;
  std::uint64_t clearings_ = 0;
};

}  // namespace actbook::storage

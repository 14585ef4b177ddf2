#include "storage/iterator_pool.h"

namespace actbook::storage {

IteratorPool::Taken IteratorPool::take() {
  std::unique_ptr<rocksdb::Iterator> iterator;
  std::uint64_t clearings = 0;
  {
    const std::lock_guard lock(mutex_);
    clearings = clearings_;
    if (!free_.empty()) {
      iterator = std::move(free_.back());
      free_.pop_back();
    }
  }
  // In a database that is open for reading only nothing changes, and nothing can be refreshed.
  if (iterator && access_ == Access::write && !iterator->Refresh().ok()) iterator.reset();
  if (!iterator) iterator.reset(database_.NewIterator({}));
  return Taken(iterator.release(), GiveBack{this, clearings});
}

void IteratorPool::give_back(rocksdb::Iterator* iterator, std::uint64_t clearings) {
  std::unique_ptr<rocksdb::Iterator> mine(iterator);
  if (!mine->status().ok()) return;
  const std::lock_guard lock(mutex_);
  if (free_.size() < kMost && clearings == clearings_) free_.push_back(std::move(mine));
}

void IteratorPool::clear() {
  std::vector<std::unique_ptr<rocksdb::Iterator>> dropped;
  const std::lock_guard lock(mutex_);
  ++clearings_;
  dropped.swap(free_);
}

}  // namespace actbook::storage

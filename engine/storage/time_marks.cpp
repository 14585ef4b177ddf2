#include "storage/time_marks.h"

#include <algorithm>

#include "storage/rocksdb_support.h"
#include "storage/view_keys.h"

namespace actbook::storage {

Result<Views::Boundary> TimeMarks::boundary(const Iterate& iterate, Timestamp at, Position reach) {
  const std::lock_guard lock(mutex_);
  if (looked_to_ < reach) {
    const Mark newest = marks_.empty() ? Mark() : marks_.back();
    const auto iterator = iterate();
    iterator->Seek(time_key(newest.first, newest.second.next()));
    for (; iterator->Valid() && iterator->key()[0] == kTime; iterator->Next()) {
      const auto key = iterator->key().ToStringView();
      marks_.push_back({{static_cast<std::int64_t>(read_number(key, 1))},
                        Position{read_number(key, 1 + kPositionSize)}});
    }
    if (!iterator->status().ok()) return to_error(iterator->status(), "reading the times");
    looked_to_ = reach;
  }
  const auto next = std::ranges::lower_bound(marks_, at, std::less<>(), &Mark::first);
  return Views::Boundary{
      next == marks_.begin() ? Position{0} : std::prev(next)->second,
      std::min(next == marks_.end() ? reach.next() : next->second, reach.next())};
}

}  // namespace actbook::storage

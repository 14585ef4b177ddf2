#pragma once

#include <rocksdb/iterator.h>

#include <mutex>
#include <utility>
#include <vector>

#include "storage/views.h"

namespace actbook::storage {

/// When events were recorded, one in kTimeMarks of those that are saved: 16 bytes each, read when
/// they are first asked for. Any thread may ask.
class TimeMarks {
 public:
  /// `iterate` gives an iterator over all keys; `reach`: how far what is saved reaches. Errors:
  /// unavailable.
  using Iterate = std::function<std::unique_ptr<rocksdb::Iterator>()>;
  [[nodiscard]] Result<Views::Boundary> boundary(const Iterate& iterate, Timestamp at,
                                                 Position reach);

 private:
  using Mark = std::pair<Timestamp, Position>;
  std::mutex mutex_;
  std::vector<Mark> marks_;
  Position looked_to_;  // all marks up to here are there
};

}  // namespace actbook::storage

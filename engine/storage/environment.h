#pragma once

#include <rocksdb/env.h>

namespace actbook {

/// Where a store's databases keep their files.
struct StorageEnvironment {
  /// Outlives the store.
  rocksdb::Env* env = rocksdb::Env::Default();
};

}  // namespace actbook

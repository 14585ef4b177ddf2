#pragma once

#include <rocksdb/env.h>

#include <filesystem>

#include "actbook/error.h"

namespace actbook {

/// Where a store's databases keep their files.
struct StorageEnvironment {
  /// Outlives the store.
  rocksdb::Env* env = rocksdb::Env::Default();
};

namespace storage {

/// How a database is opened. Many may read while one writes; who reads changes no file, and sees
/// what was there when it opened.
enum class Access { read, write };

/// Makes the names in a directory durable. Errors: unavailable.
[[nodiscard]] Result<void> sync_directory(const StorageEnvironment& environment,
                                          const std::filesystem::path& directory);

/// Makes a directory where there is none, within one that is there. Errors: unavailable.
[[nodiscard]] Result<void> make_directory(const StorageEnvironment& environment,
                                          const std::filesystem::path& directory);

}  // namespace storage
}  // namespace actbook

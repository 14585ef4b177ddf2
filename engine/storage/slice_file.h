#pragma once

#include <rocksdb/options.h>

#include <filesystem>

#include "actbook/error.h"
#include "storage/slice.h"

namespace actbook::storage {

/// Writes a slice as a sorted file that the views can take in, with how far it reaches. Errors:
/// unavailable.
[[nodiscard]] Result<void> write_slice_file(const Slice& slice, const rocksdb::Options& options,
                                            const std::filesystem::path& file);

}  // namespace actbook::storage

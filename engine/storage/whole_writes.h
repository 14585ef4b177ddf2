#pragma once

#include <rocksdb/env.h>

#include <memory>

namespace actbook::storage {

/// An environment in which write-ahead logs (*.log) and manifests end after their last whole write,
/// so that a log can be read while a write to it is on its way, or was when a crash came. Borrows
/// `base`.
[[nodiscard]] std::unique_ptr<rocksdb::Env> whole_writes(rocksdb::Env& base);

}  // namespace actbook::storage

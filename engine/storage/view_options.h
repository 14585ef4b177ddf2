#pragma once

#include <rocksdb/options.h>

#include "storage/environment.h"

namespace actbook::storage {

/// How the database of the views is kept; `cache_size` in bytes.
[[nodiscard]] rocksdb::Options view_options(rocksdb::Env& env, std::size_t cache_size,
                                            Access access);

}  // namespace actbook::storage

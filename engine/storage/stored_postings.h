#pragma once

#include <rocksdb/db.h>

#include "postings.h"

namespace actbook::storage {

/// The events of a tag that the saved views hold.
[[nodiscard]] PostingsPtr stored_postings(rocksdb::DB& database, std::string_view tag,
                                          Direction direction);

}  // namespace actbook::storage

#pragma once

#include "postings.h"
#include "storage/iterator_pool.h"

namespace actbook::storage {

/// The events of a tag that the saved views hold.
[[nodiscard]] PostingsPtr stored_postings(IteratorPool::Taken iterator, std::string_view tag,
                                          Direction direction);

}  // namespace actbook::storage

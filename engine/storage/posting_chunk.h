#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/error.h"
#include "actbook/query.h"

namespace actbook::storage {

/// Neighbours in the list of a tag, packed into one stored value: each distinct text once, numbers
/// as differences.
class PostingChunk {
 public:
  /// At most this many stand in a chunk.
  static constexpr std::size_t kMost = 256;

  /// `entries` ascend and are at least one.
  [[nodiscard]] static std::string encode(std::span<const IndexEntry> entries);
  /// Errors: corrupt.
  [[nodiscard]] Result<void> decode(Position first, std::string_view stored);

  /// Valid until the next decode().
  [[nodiscard]] std::span<const IndexEntry> entries() const { return entries_; }

 private:
  std::string stored_;  // the texts are its
  std::vector<IndexEntry> entries_;
};

}  // namespace actbook::storage

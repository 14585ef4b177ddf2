#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/flat.h"
#include "actbook/sha256.h"

namespace actbook {

/// The Merkle tree of RFC 6962 (section 2.1), as certificate transparency logs have it: a leaf is
/// an event's stored bytes, in the order of positions. Leaves and nodes are hashed apart (0x00 and
/// 0x01 in front), so that no node can pass for an event. Cost: 0.3 microseconds a hash.
[[nodiscard]] Hash leaf_hash(ByteView record);
[[nodiscard]] Hash node_hash(const Hash& left, const Hash& right);

/// The root over the first `size` events: two ledgers with the same head hold the same events.
struct TreeHead {
  std::uint64_t size = 0;
  Hash root = {};

  friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

/// SIZE:ROOT, the root as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string to_string(const TreeHead& head);
/// Errors: invalid.
[[nodiscard]] Result<TreeHead> parse_tree_head(std::string_view text);

/// A tree that grows to the right, of which only the roots of its complete subtrees are kept: a
/// few dozen hashes whatever its size.
class TreeHasher {
 public:
  /// Appends a complete subtree of 2^level leaves; the leaves so far must be a multiple of that.
  void add(const Hash& subtree, unsigned level = 0);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// The roots of complete subtrees that make it up, one for each bit that is set in the size, the
  /// largest first: added in this order, they make the same tree.
  [[nodiscard]] const std::vector<Hash>& subtrees() const { return subtrees_; }
  /// That of RFC 6962 over the leaves so far.
  [[nodiscard]] Hash root() const;
  [[nodiscard]] TreeHead head() const { return {size_, root()}; }

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> subtrees_;
};

}  // namespace actbook

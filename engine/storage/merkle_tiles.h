#pragma once

#include <functional>
#include <map>
#include <vector>

#include "actbook/merkle.h"
#include "storage/addition.h"

namespace actbook::storage {

/// Grows the Merkle tree by leaves. Kept are the hashes of complete subtrees of 256 leaves, of
/// 65,536 and so on (those that somebody may have to hash up to), and the last tile of 256 as far
/// as it goes.
class MerkleTiles {
 public:
  /// The least subtree whose hash is kept, in leaves.
  static constexpr std::uint8_t kLevel = 8;
  static constexpr std::uint64_t kWidth = std::uint64_t{1} << kLevel;

  /// Goes on with a last tile of `size` leaves, whose complete subtrees are given one behind the
  /// other, the largest first, as encode() in view_keys.h writes them. False if there are not as
  /// many.
  [[nodiscard]] bool resume(std::uint64_t size, std::string_view subtrees);

  /// The subtrees that records complete. `find` gives the hashes of those that were complete
  /// before. Errors: corrupt, if it has none; its own.
  using Hashes = std::map<Subtree, Hash>;
  using Find = std::function<Result<std::optional<Hash>>(Subtree)>;
  [[nodiscard]] Result<Hashes> grow(const std::vector<Record>& records, const Find& find);

  [[nodiscard]] const TreeHasher& tile() const { return tile_; }

 private:
  TreeHasher tile_;
};

}  // namespace actbook::storage

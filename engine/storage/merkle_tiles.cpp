#include "storage/merkle_tiles.h"

#include <algorithm>
#include <utility>

namespace actbook::storage {

bool MerkleTiles::resume(std::uint64_t size, std::string_view subtrees) {
  for (unsigned level = kLevel; level-- > 0;) {
    if (((size >> level) & 1) == 0) continue;
    Hash subtree;
    if (subtrees.size() < subtree.size()) return false;
    std::ranges::copy(subtrees.substr(0, subtree.size()), subtree.begin());
    subtrees.remove_prefix(subtree.size());
    tile_.add(subtree, level);
  }
  return subtrees.empty();
}

Result<MerkleTiles::Hashes> MerkleTiles::grow(const std::vector<Record>& records,
                                              const Find& find) {
  Hashes complete;
  for (const auto& record : records) {
    tile_.add(leaf_hash(record.bytes()));
    if (tile_.size() < kWidth) continue;
    Subtree subtree{kLevel, record.position().value / kWidth - 1};
    complete[subtree] = std::exchange(tile_, {}).root();
    // A full row of subtrees makes one of the next level.
    while (subtree.index % kWidth == kWidth - 1) {
      TreeHasher row;
      const auto first = subtree.index / kWidth * kWidth;
      for (auto index = first; index <= subtree.index; ++index) {
        const Subtree part{subtree.level, index};
        const auto fresh = complete.find(part);
        if (fresh != complete.end()) {
          row.add(fresh->second);
          continue;
        }
        BOOST_OUTCOME_TRY(stored, find(part));
        if (!stored) {
          return Error{ErrorKind::corrupt, "DAMAGED_VIEWS",
                       "a hash of the Merkle tree is missing; remove the views", record.position()};
        }
        row.add(*stored);
      }
      subtree = {static_cast<std::uint8_t>(subtree.level + kLevel), first / kWidth};
      complete[subtree] = row.root();
    }
  }
  return complete;
}

}  // namespace actbook::storage

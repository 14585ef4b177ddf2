#include "inclusion_proof.h"

#include <bit>
#include <boost/outcome/try.hpp>
#include <string>
#include <utility>

namespace actbook::cli {
namespace {

/// Where a tree of more than one leaf parts into two: the largest power of two below its size.
std::uint64_t left_size(std::uint64_t size) { return std::bit_floor(size - 1); }

/// Reads the leaves of a ledger once, in order, and takes down on the way what paths need.
class Prover {
 public:
  Prover(EventCursor cursor, std::span<const std::uint64_t> positions, std::uint64_t size,
         const Ledger::Progress& progress)
      : cursor_(std::move(cursor)),
        positions_(positions),
        size_(size),
        progress_(progress),
        paths_(positions.size()) {}

  /// The root over the next `size` leaves, of which the positions from `first` until `last` (as
  /// places in the list) are to be proved.
  Result<Hash> root(std::uint64_t begin, std::uint64_t size, std::size_t first, std::size_t last) {
    if (first == last) return unmarked(size);
    if (size == 1) return next_leaf();
    const auto left = left_size(size);
    auto middle = first;
    while (middle != last && positions_[middle] - 1 < begin + left) ++middle;
    BOOST_OUTCOME_TRY(left_root, root(begin, left, first, middle));
    BOOST_OUTCOME_TRY(right_root, root(begin + left, size - left, middle, last));
    for (auto i = first; i < last; ++i) paths_[i].push_back(i < middle ? right_root : left_root);
    return node_hash(left_root, right_root);
  }

  [[nodiscard]] std::vector<AuditPath> finish() && { return std::move(paths_); }

 private:
  Result<Hash> unmarked(std::uint64_t size) {
    TreeHasher tree;
    while (tree.size() < size) {
      BOOST_OUTCOME_TRY(leaf, next_leaf());
      tree.add(leaf);
    }
    return tree.root();
  }

  Result<Hash> next_leaf() {
    if (!cursor_.next()) {
      BOOST_OUTCOME_TRY(cursor_.status());
      return Error{
          ErrorKind::corrupt,
          "LOG_TOO_SHORT",
          "the log ends before position " + std::to_string(size_) + "; actbook verify tells more",
          {}};
    }
    if (progress_) progress_(cursor_.record().position(), Position{size_});
    return leaf_hash(cursor_.record().bytes());
  }

  EventCursor cursor_;
  std::span<const std::uint64_t> positions_;
  std::uint64_t size_;
  const Ledger::Progress& progress_;
  std::vector<AuditPath> paths_;
};

}  // namespace

Result<InclusionProofs> prove_inclusion(const Ledger& ledger, std::uint64_t size,
                                        std::span<const std::uint64_t> positions,
                                        const Ledger::Progress& progress) {
  InclusionProofs proofs;
  BOOST_OUTCOME_TRY(head, ledger.tree_head(Position{size}));
  proofs.head = head;
  if (positions.empty()) return proofs;
  ReadRange range;
  range.to = Position{size};
  Prover prover(ledger.read(range), positions, size, progress);
  BOOST_OUTCOME_TRY(root, prover.root(0, size, 0, positions.size()));
  if (root != head.root) {
    return Error{ErrorKind::corrupt,
                 "TREE_DIFFERS",
                 "the records up to position " + std::to_string(size) +
                     " do not make the head that the ledger has; actbook verify tells more",
                 {}};
  }
  proofs.paths = std::move(prover).finish();
  return proofs;
}

std::optional<Hash> root_by(const Hash& leaf, std::uint64_t position, std::uint64_t size,
                            std::span<const Hash> path) {
  if (position == 0 || position > size) return {};
  if (size == 1) return path.empty() ? std::optional(leaf) : std::nullopt;
  if (path.empty()) return {};
  const auto& beside = path.back();
  const auto below = path.first(path.size() - 1);
  const auto left = left_size(size);
  if (position <= left) {
    const auto root = root_by(leaf, position, left, below);
    return root ? std::optional(node_hash(*root, beside)) : std::nullopt;
  }
  const auto root = root_by(leaf, position - left, size - left, below);
  return root ? std::optional(node_hash(beside, *root)) : std::nullopt;
}

}  // namespace actbook::cli

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "actbook/ledger.h"

namespace actbook::cli {

/// The audit path of a leaf in a Merkle tree (RFC 6962, 2.1.1): the hashes beside its way to the
/// root, from the leaf on.
using AuditPath = std::vector<Hash>;

struct InclusionProofs {
  TreeHead head;
  /// One for each position, in their order.
  std::vector<AuditPath> paths;
};

/// Proofs that records are in the tree over the first `size` events. `positions` are sorted,
/// distinct and not beyond it. Errors: those of reading; corrupt, if what was read does not make
/// the ledger's own head. Cost: reads the log up to there; memory for the paths only.
[[nodiscard]] Result<InclusionProofs> prove_inclusion(const Ledger& ledger, std::uint64_t size,
                                                      std::span<const std::uint64_t> positions,
                                                      const Ledger::Progress& progress);

/// The root to which the leaf of a position leads in a tree of this size by its path; none, if the
/// path has not the length for it.
[[nodiscard]] std::optional<Hash> root_by(const Hash& leaf, std::uint64_t position,
                                          std::uint64_t size, std::span<const Hash> path);

}  // namespace actbook::cli

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "actbook/error.h"
#include "storage/environment.h"

namespace actbook::storage {

/// Views are made anew beside those that are in use. Each making of them has a folder of its own
/// within the ledger's views/, named by a number: views/1, views/2 ...
using Generation = std::uint32_t;

/// The generations that are there. In use is the highest that holds the file IN_USE: where two do,
/// a crash came before the older one could be removed. One without it is not whole yet.
struct Generations {
  std::optional<Generation> in_use;
  /// In their order.
  std::vector<Generation> all;

  /// The number of the next to be made; an unfinished one is gone on with.
  [[nodiscard]] Generation next() const;
};

/// Errors: unavailable, if the folder cannot be read; none where there is no such folder.
[[nodiscard]] Result<Generations> list_generations(const StorageEnvironment& environment,
                                                   const std::filesystem::path& views);

[[nodiscard]] std::filesystem::path folder_of(const std::filesystem::path& views,
                                              Generation generation);

/// The generation is in use from the next open on; durable once this returns. Errors: unavailable.
[[nodiscard]] Result<void> put_in_use(const StorageEnvironment& environment,
                                      const std::filesystem::path& views, Generation generation);

}  // namespace actbook::storage

#pragma once

#include <filesystem>

#include "actbook/error.h"

namespace actbook {

/// Holds a directory for this process, by an advisory lock on its file LOCK, which names the
/// holder. The kernel lets go of it when the process ends, however it ends.
class DirectoryLock {
 public:
  /// Errors: unavailable with LEDGER_IN_USE, naming the holder; unavailable, if the file cannot be
  /// made.
  [[nodiscard]] static Result<DirectoryLock> acquire(const std::filesystem::path& directory);
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&& other) noexcept;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_ = -1;
};

}  // namespace actbook

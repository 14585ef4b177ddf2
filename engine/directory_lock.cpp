#include "directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace actbook {
namespace {

// The command line of this process, for whoever finds the ledger in use.
std::string own_name() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  for (char& character : text) {
    if (character == '\0' || character == '\n') character = ' ';
  }
  constexpr std::size_t kLongest = 200;
  if (text.size() > kLongest) text.resize(kLongest);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::string holder(int descriptor) {
  std::array<char, 512> text{};
  const auto length = pread(descriptor, text.data(), text.size(), 0);
  if (length <= 0) return "another process";
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

Result<DirectoryLock> DirectoryLock::acquire(const std::filesystem::path& directory) {
  const auto path = directory / "LOCK";
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    const bool forbidden = errno == EACCES || errno == EPERM || errno == EROFS;
    return Error{forbidden ? ErrorKind::misuse : ErrorKind::unavailable,
                 "CANNOT_LOCK",
                 path.string() + " cannot be opened for writing: " + std::strerror(errno),
                 {}};
  }
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    Error error{ErrorKind::unavailable,
                "LEDGER_IN_USE",
                directory.string() + " is in use by " + holder(descriptor) +
                    "; wait for it to end, or ask it",
                {}};
    close(descriptor);
    return error;
  }
  const std::string self = "process " + std::to_string(getpid()) + " (" + own_name() + ")";
  if (ftruncate(descriptor, 0) != 0 ||
      pwrite(descriptor, self.data(), self.size(), 0) != static_cast<ssize_t>(self.size())) {
    // Only the name for others is missing (a full disk, perhaps); the lock itself is held.
    (void)ftruncate(descriptor, 0);
  }
  return DirectoryLock(descriptor);
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace actbook

#pragma once

#include <sched.h>
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "rival.h"

namespace actbook::bench {

/// Seconds of a clock that only goes forwards.
[[nodiscard]] double seconds_now();

/// An open file descriptor.
class File {
 public:
  /// Throws Failure.
  File(const std::filesystem::path& path, int flags);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// A file of zeros that is there in full, so that overwriting it moves no metadata.
void write_zeros(const std::filesystem::path& path, std::uint64_t size);

/// How often per second the disk takes an overwrite of 512 bytes of a zero-filled file with
/// fdatasync. Disks throttle now and then, so each round has its own.
class SyncProbe {
 public:
  explicit SyncProbe(const std::filesystem::path& directory);
  [[nodiscard]] double rate(double seconds);

 private:
  File file_;
  std::uint64_t at_ = 0;
};

/// A whole file, read only.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  [[nodiscard]] ByteView bytes() const { return {data_, size_}; }

 private:
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Bytes that the files below a directory take on the disk.
[[nodiscard]] std::uint64_t disk_bytes_below(const std::filesystem::path& directory);

/// Writes back and forgets what the machine holds of files. Throws Failure where this is not
/// permitted.
void drop_caches();

/// The most memory this process has had resident so far, in bytes.
[[nodiscard]] std::uint64_t peak_memory();

/// Keeps the calling thread, and threads it starts, on one core.
class OneCore {
 public:
  OneCore();
  ~OneCore();
  OneCore(const OneCore&) = delete;
  OneCore& operator=(const OneCore&) = delete;

 private:
  cpu_set_t before_{};
};

/// This program once more, as a process of its own, which writes lines.
class Child {
 public:
  explicit Child(const std::vector<std::string>& arguments);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The next line it wrote. Throws Failure when there is none.
  [[nodiscard]] std::string line();
  void kill();
  /// Throws Failure unless it ended well.
  void wait();

 private:
  pid_t process_ = 0;
  int output_ = -1;
  std::string pending_;
};

}  // namespace actbook::bench

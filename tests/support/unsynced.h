#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace actbook::testing {

/// What a power loss leaves of what was not synced.
enum class Survivors {
  nothing,  ///< All of it is gone.
  prefix,   ///< Of each file the first writes stand, the last of them perhaps torn.
  sectors,  ///< Of each file some sectors are new and some old, in no order.
};

/// A file whatever its name, and the writes to it that a power loss could still undo. One thread at
/// a time.
class UnsyncedFile {
 public:
  /// Opens `path`, making it where there is none; null where that fails.
  [[nodiscard]] static std::shared_ptr<UnsyncedFile> open(const std::string& path);
  ~UnsyncedFile();
  UnsyncedFile(const UnsyncedFile&) = delete;
  UnsyncedFile& operator=(const UnsyncedFile&) = delete;

  [[nodiscard]] std::uint64_t size() const;
  void write(std::uint64_t offset, std::string_view bytes);
  void truncate(std::uint64_t size);
  /// Everything written so far is durable, unless an earlier sync failed: the kernel then calls
  /// pages clean that never reached the disk, and a later sync says nothing about them.
  void sync();
  void fail_sync() { sync_failed_ = true; }
  [[nodiscard]] bool is_durable() const { return writes_.empty(); }

  void lose(Survivors survivors, std::mt19937& random);
  void copy_to(const std::string& path) const;

 private:
  struct Write {
    std::uint64_t offset;
    std::uint64_t length;
    std::string old_bytes;  // that it overwrote or cut off
    std::uint64_t old_size;
  };
  explicit UnsyncedFile(int descriptor) : descriptor_(descriptor) {}

  [[nodiscard]] std::string read(std::uint64_t offset, std::uint64_t length) const;
  void put(std::uint64_t offset, std::string_view bytes) const;
  void resize(std::uint64_t size) const;
  void undo_last();
  void keep_prefix(std::mt19937& random);
  void keep_sectors(std::mt19937& random);

  int descriptor_;
  std::vector<Write> writes_;
  bool sync_failed_ = false;
};

/// The files that were written to and the names that were changed since their directories were last
/// synced. One thread at a time. What the machine itself refuses throws.
class UnsyncedTree {
 public:
  /// The file at `path`, made if it is not there; null where that fails.
  [[nodiscard]] std::shared_ptr<UnsyncedFile> open(const std::string& path);
  /// Forgets the file at `path` if it is durable.
  void closed(const std::string& path);

  // To be called before the name changes on disk, but made() after.
  void removing(const std::string& path);
  void renaming(const std::string& from, const std::string& to);
  void made(const std::string& path);
  void made_directory(const std::string& path);
  void linked(const std::string& from, const std::string& to);

  void sync_directory(const std::string& directory);
  void lose(Survivors survivors, std::mt19937& random);

 private:
  struct Change {
    enum class Kind { made, made_directory, removed, renamed };
    Kind kind;
    std::string path;
    std::string from = {};
    std::shared_ptr<UnsyncedFile> old = {};  // that had the name before
  };
  static void undo(const Change& change);

  std::map<std::string, std::shared_ptr<UnsyncedFile>> files_;
  std::vector<Change> changes_;
};

}  // namespace actbook::testing

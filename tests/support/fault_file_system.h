#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "storage/environment.h"
#include "support/unsynced.h"

namespace actbook::testing {

/// Something that goes wrong with the n-th operation it concerns, counted from when it is armed.
struct Fault {
  enum class Kind {
    fail_write,  ///< Nothing of the write reaches the file.
    tear_write,  ///< Half of it does.
    no_space,    ///< A write for which there is no space.
    fail_sync,   ///< Of a file or a directory.
    fail_read,   ///< Of a file opened for random access.
    crash,       ///< At a write, which is done yet, or at a sync, which is not: as after kill -9.
  };
  Kind kind = Kind::fail_write;
  std::uint64_t n = 1;
  /// From the n-th on, all of them.
  bool lasting = false;
  /// Only operations on these files; all if empty.
  std::function<bool(const std::string& path)> concerns = {};
  /// Called at the n-th before it fails, on its thread; may wait.
  std::function<void()> meanwhile = {};
};

/// A file system whose writes and syncs can be made to fail, and which knows what a power loss
/// would leave. The files are those of the machine; syncing is only noted, so it costs nothing.
///
/// A write is an Append, PositionedAppend, Truncate or Allocate; a sync is a Sync or Fsync of a
/// file or a directory; RangeSync makes nothing durable. Handles that were opened before a crash
/// stay dead after it. May be used from any thread.
class FaultFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  FaultFileSystem();
  ~FaultFileSystem() override;

  void arm(Fault fault);
  /// Whether the fault that was armed last came about.
  [[nodiscard]] bool triggered() const;
  /// From now on every operation fails, as if the process had died.
  void crash();
  /// A crash after which only what was synced is sure to be there.
  void lose_power(Survivors survivors, std::mt19937& random);
  /// No faults, and after a crash the file system works again.
  void lift();

  /// Whether a directory made in another is lost with the power until that one is synced, as POSIX
  /// has it. At first it is not: common file systems keep it once a file in it is synced.
  void set_new_directories_need_sync(bool needed);

  /// How many there were so far.
  [[nodiscard]] std::uint64_t writes() const;
  [[nodiscard]] std::uint64_t syncs() const;

  [[nodiscard]] const char* Name() const override { return "FaultFileSystem"; }

  using Status = rocksdb::IOStatus;
  using Options = rocksdb::IOOptions;
  using FileOptions = rocksdb::FileOptions;
  using Debug = rocksdb::IODebugContext;
  using WritableFile = std::unique_ptr<rocksdb::FSWritableFile>;

  Status NewSequentialFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSSequentialFile>* file, Debug* debug) override;
  Status NewRandomAccessFile(const std::string& path, const FileOptions& options,
                             std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                             Debug* debug) override;
  Status NewWritableFile(const std::string& path, const FileOptions& options, WritableFile* file,
                         Debug* debug) override;
  Status ReopenWritableFile(const std::string& path, const FileOptions& options, WritableFile* file,
                            Debug* debug) override;
  Status ReuseWritableFile(const std::string& path, const std::string& old_path,
                           const FileOptions& options, WritableFile* file, Debug* debug) override;
  Status NewRandomRWFile(const std::string& path, const FileOptions& options,
                         std::unique_ptr<rocksdb::FSRandomRWFile>* file, Debug* debug) override;
  Status NewDirectory(const std::string& path, const Options& options,
                      std::unique_ptr<rocksdb::FSDirectory>* directory, Debug* debug) override;
  Status FileExists(const std::string& path, const Options& options, Debug* debug) override;
  Status GetChildren(const std::string& path, const Options& options,
                     std::vector<std::string>* children, Debug* debug) override;
  Status GetFileSize(const std::string& path, const Options& options, std::uint64_t* size,
                     Debug* debug) override;
  Status DeleteFile(const std::string& path, const Options& options, Debug* debug) override;
  Status RenameFile(const std::string& from, const std::string& to, const Options& options,
                    Debug* debug) override;
  Status LinkFile(const std::string& from, const std::string& to, const Options& options,
                  Debug* debug) override;
  Status Truncate(const std::string& path, std::size_t size, const Options& options,
                  Debug* debug) override;
  Status CreateDir(const std::string& path, const Options& options, Debug* debug) override;
  Status CreateDirIfMissing(const std::string& path, const Options& options, Debug* debug) override;
  Status LockFile(const std::string& path, const Options& options, rocksdb::FileLock** lock,
                  Debug* debug) override;
  Status NewLogger(const std::string& path, const Options& options,
                   std::shared_ptr<rocksdb::Logger>* logger, Debug* debug) override;

  /// What goes on beneath, shared with the open files.
  class State;

 private:
  Status open_writable(const std::string& path, std::optional<std::uint64_t> at, bool truncate,
                       WritableFile* file);

  std::shared_ptr<State> state_;
};

/// A fault file system as a store takes it. RocksDB, which waits a second after a failed flush,
/// waits less here.
struct FaultEnvironment {
  FaultEnvironment();

  std::shared_ptr<FaultFileSystem> files;
  std::unique_ptr<rocksdb::Env> env;
  StorageEnvironment storage;
};

}  // namespace actbook::testing

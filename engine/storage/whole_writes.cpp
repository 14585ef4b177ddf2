#include "storage/whole_writes.h"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "storage/torn_write.h"

namespace actbook::storage {
namespace {

using rocksdb::FileOptions;
using rocksdb::FSSequentialFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

bool is_manifest(const std::string& name) {
  return std::filesystem::path(name).filename().string().starts_with("MANIFEST-");
}

class LimitedFile final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  LimitedFile(std::unique_ptr<FSSequentialFile> file, std::uint64_t size)
      : FSSequentialFileOwnerWrapper(std::move(file)), left_(size) {}

  IOStatus Read(std::size_t size, const IOOptions& options, rocksdb::Slice* result, char* scratch,
                IODebugContext* debug) override {
    const auto wanted = std::min<std::uint64_t>(size, left_);
    auto status = target()->Read(wanted, options, result, scratch, debug);
    if (status.ok()) left_ -= result->size();
    return status;
  }
  IOStatus Skip(std::uint64_t size) override {
    const auto wanted = std::min(size, left_);
    left_ -= wanted;
    return target()->Skip(wanted);
  }

 private:
  std::uint64_t left_;
};

class WholeWritesFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit WholeWritesFileSystem(const std::shared_ptr<rocksdb::FileSystem>& base)
      : FileSystemWrapper(base) {}

  [[nodiscard]] const char* Name() const override { return "actbook.WholeWrites"; }

  IOStatus NewSequentialFile(const std::string& name, const FileOptions& options,
                             std::unique_ptr<FSSequentialFile>* result,
                             IODebugContext* debug) override {
    auto status = target()->NewSequentialFile(name, options, result, debug);
    const bool manifest = is_manifest(name);
    if (!status.ok() || (!manifest && !name.ends_with(".log"))) return status;
    std::string log;
    status = rocksdb::ReadFileToString(target(), name, &log);
    if (!status.ok()) return status;
    const auto tail = examine_tail(log, manifest ? LogContents::edits : LogContents::writes);
    // Of damage in the middle, RocksDB shall tell. What is written from now on is not read, lest it
    // be half there.
    if (!tail.more_follows) {
      *result = std::make_unique<LimitedFile>(std::move(*result), tail.whole_until);
    }
    return status;
  }
};

class WholeWritesEnv final : public rocksdb::EnvWrapper {
 public:
  explicit WholeWritesEnv(rocksdb::Env& base) : EnvWrapper(&base) {
    file_system_ = std::make_shared<WholeWritesFileSystem>(base.GetFileSystem());
    system_clock_ = base.GetSystemClock();
  }
};

}  // namespace

std::unique_ptr<rocksdb::Env> whole_writes(rocksdb::Env& base) {
  return std::make_unique<WholeWritesEnv>(base);
}

}  // namespace actbook::storage

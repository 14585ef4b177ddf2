#include "storage/whole_reads.h"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <filesystem>

namespace actbook::storage {
namespace {

using rocksdb::FileOptions;
using rocksdb::FSRandomAccessFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

class FileInMemory final : public FSRandomAccessFile {
 public:
  explicit FileInMemory(std::string bytes) : bytes_(std::move(bytes)) {}

  IOStatus Read(std::uint64_t offset, std::size_t size, const IOOptions& /*options*/,
                rocksdb::Slice* result, char* scratch, IODebugContext* /*debug*/) const override {
    const auto begin = std::min<std::size_t>(offset, bytes_.size());
    // Reading ahead, RocksDB looks into `scratch`, wherever the result is.
    *result = {scratch, bytes_.copy(scratch, size, begin)};
    return IOStatus::OK();
  }

 private:
  const std::string bytes_;
};

class WholeReadsFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  WholeReadsFileSystem(const std::shared_ptr<rocksdb::FileSystem>& base, std::string name)
      : FileSystemWrapper(base), name_(std::move(name)) {}

  [[nodiscard]] const char* Name() const override { return "actbook.WholeReads"; }

  IOStatus NewRandomAccessFile(const std::string& file, const FileOptions& options,
                               std::unique_ptr<FSRandomAccessFile>* result,
                               IODebugContext* debug) override {
    if (std::filesystem::path(file).filename() != name_) {
      return target()->NewRandomAccessFile(file, options, result, debug);
    }
    std::string bytes;
    auto status = rocksdb::ReadFileToString(target(), file, &bytes);
    if (status.ok()) *result = std::make_unique<FileInMemory>(std::move(bytes));
    return status;
  }

 private:
  const std::string name_;
};

class WholeReadsEnv final : public rocksdb::EnvWrapper {
 public:
  WholeReadsEnv(rocksdb::Env& base, std::string name) : EnvWrapper(&base) {
    file_system_ = std::make_shared<WholeReadsFileSystem>(base.GetFileSystem(), std::move(name));
    system_clock_ = base.GetSystemClock();
  }
};

}  // namespace

std::unique_ptr<rocksdb::Env> whole_reads(rocksdb::Env& base, std::string name) {
  return std::make_unique<WholeReadsEnv>(base, std::move(name));
}

}  // namespace actbook::storage

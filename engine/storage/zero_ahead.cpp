#include "storage/zero_ahead.h"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <string>

namespace actbook::storage {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

constexpr std::uint64_t kAhead = std::uint64_t{1} << 20;
// The sync of a larger write costs so much that the file's size is no matter.
constexpr std::size_t kSmallWrite = std::size_t{64} << 10;

class ZeroAheadFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  explicit ZeroAheadFile(std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* debug) override {
    const auto end = size_ + data.size();
    if (end > zeros_end_ && data.size() <= kSmallWrite) {
      auto status = write_zeros(end, options, debug);
      if (!status.ok()) return status;
    }
    auto status = target()->PositionedAppend(data, size_, options, debug);
    if (status.ok()) size_ = end;
    return status;
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& /*checksum*/,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    auto status = target()->Truncate(size, options, debug);
    if (status.ok()) size_ = zeros_end_ = size;
    return status;
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    if (zeros_end_ > size_) {
      auto status = target()->Truncate(size_, options, debug);
      if (!status.ok()) return status;
    }
    return target()->Close(options, debug);
  }
  std::uint64_t GetFileSize(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return size_;
  }
  // The zeros are there to be overwritten, so no other space is wanted.
  void PrepareWrite(std::size_t /*offset*/, std::size_t /*size*/, const IOOptions& /*options*/,
                    IODebugContext* /*debug*/) override {}
  IOStatus Allocate(std::uint64_t /*offset*/, std::uint64_t /*size*/, const IOOptions& /*options*/,
                    IODebugContext* /*debug*/) override {
    return IOStatus::OK();
  }

 private:
  IOStatus write_zeros(std::uint64_t needed, const IOOptions& options, IODebugContext* debug) {
    static const std::string zeros(kAhead, '\0');
    const auto begin = std::max(zeros_end_, size_);
    auto status = target()->PositionedAppend(zeros, begin, options, debug);
    // Or the next sync would write them all.
    if (status.ok()) status = target()->Sync(options, debug);
    if (status.ok()) zeros_end_ = std::max(begin + kAhead, needed);
    return status;
  }

  std::uint64_t size_ = 0;
  std::uint64_t zeros_end_ = 0;
};

class ZeroAheadFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit ZeroAheadFileSystem(const std::shared_ptr<rocksdb::FileSystem>& base)
      : FileSystemWrapper(base) {}

  [[nodiscard]] const char* Name() const override { return "actbook.ZeroAhead"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* debug) override {
    auto status = target()->NewWritableFile(name, options, result, debug);
    if (status.ok() && name.ends_with(".log")) {
      *result = std::make_unique<ZeroAheadFile>(std::move(*result));
    }
    return status;
  }
};

class ZeroAheadEnv final : public rocksdb::EnvWrapper {
 public:
  explicit ZeroAheadEnv(rocksdb::Env& base) : EnvWrapper(&base) {
    file_system_ = std::make_shared<ZeroAheadFileSystem>(base.GetFileSystem());
    system_clock_ = base.GetSystemClock();
  }
};

}  // namespace

std::unique_ptr<rocksdb::Env> zero_ahead(rocksdb::Env& base) {
  return std::make_unique<ZeroAheadEnv>(base);
}

}  // namespace actbook::storage

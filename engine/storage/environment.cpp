#include "storage/environment.h"

#include <rocksdb/file_system.h>

#include "storage/rocksdb_support.h"

namespace actbook::storage {

Result<void> sync_directory(const StorageEnvironment& environment,
                            const std::filesystem::path& directory) {
  std::unique_ptr<rocksdb::FSDirectory> opened;
  const auto files = environment.env->GetFileSystem();
  rocksdb::Status status = files->NewDirectory(directory.string(), {}, &opened, nullptr);
  if (status.ok()) status = opened->Fsync({}, nullptr);
  if (!status.ok()) return to_error(status, "syncing " + directory.string());
  return boost::outcome_v2::success();
}

Result<void> make_directory(const StorageEnvironment& environment,
                            const std::filesystem::path& directory) {
  const auto status = environment.env->CreateDirIfMissing(directory.string());
  if (!status.ok()) return to_error(status, "making " + directory.string());
  return boost::outcome_v2::success();
}

}  // namespace actbook::storage

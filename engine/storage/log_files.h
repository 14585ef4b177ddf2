#pragma once

#include <rocksdb/env.h>

#include <filesystem>
#include <string>
#include <vector>

#include "actbook/error.h"
#include "storage/environment.h"

namespace actbook::storage {

/// Whether a directory holds anything of a log's, be it damaged.
[[nodiscard]] bool has_log_files(rocksdb::Env& env, const std::filesystem::path& directory);

/// What a log's files hold before RocksDB opens them: RocksDB takes some damage for the end of a
/// file, and deletes what it then does not know. For writing, cuts off what a crash left of an
/// unfinished write at the end of the newest write-ahead log. Returns whether there is anything to
/// lose. Errors: corrupt; unavailable. Cost: reads the write-ahead logs and the manifest.
[[nodiscard]] Result<bool> check_log_files(rocksdb::Env& env,
                                           const std::filesystem::path& directory, Access access);

/// Cuts off what a crash left of an unfinished edit at the end of the manifest, which RocksDB may
/// take for damage. For when it is known that nothing is lost without it. Errors: corrupt;
/// unavailable.
[[nodiscard]] Result<void> cut_off_unfinished_edit(rocksdb::Env& env,
                                                   const std::filesystem::path& directory);

/// Whether each sorted file ends as RocksDB wrote it: of another format version it would abort.
/// Errors: corrupt; unavailable.
[[nodiscard]] Result<void> check_sorted_files(rocksdb::Env& env,
                                              const std::filesystem::path& directory);

/// The names of the files that a database is made of. Where they are the same before and after it
/// was opened for reading, nobody replaced one of them meanwhile.
[[nodiscard]] std::vector<std::string> database_files(rocksdb::Env& env,
                                                      const std::filesystem::path& directory);

}  // namespace actbook::storage

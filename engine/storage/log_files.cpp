#include "storage/log_files.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <vector>

#include "storage/rocksdb_support.h"
#include "storage/torn_write.h"

namespace actbook::storage {
namespace {

namespace fs = std::filesystem;

// The end of a block-based table: the format version that we have RocksDB write, and its magic
// number (see rocksdb/table/format.h), little endian.
constexpr std::string_view kTableEnd("\x05\0\0\0\xf7\xcf\xf4\x85\xb7\x41\xe2\x88", 12);

Error damaged(std::string what) {
  return Error{ErrorKind::corrupt,
               "DAMAGED_STORAGE",
               std::move(what) + "; restore the ledger from a copy",
               {}};
}

// The files in a directory whose names begin and end so, in the order of their names, which have
// numbers with leading zeros.
std::vector<std::string> files(rocksdb::Env& env, const fs::path& directory, std::string_view begin,
                               std::string_view end) {
  std::vector<std::string> names;
  if (!env.GetChildren(directory.string(), &names).ok()) return {};
  std::erase_if(names, [&](const std::string& name) {
    return !name.starts_with(begin) || !name.ends_with(end);
  });
  std::ranges::sort(names);
  return names;
}

Result<std::string> read(rocksdb::Env& env, const fs::path& file) {
  std::string bytes;
  const auto status = rocksdb::ReadFileToString(&env, file.string(), &bytes);
  if (!status.ok()) return to_error(status, "reading " + file.string());
  return bytes;
}

// There is no truncation by name, and a copy that takes its place is there whole or not at all.
Result<void> cut_off(rocksdb::Env& env, const fs::path& file, std::uint64_t size) {
  BOOST_OUTCOME_TRY(bytes, read(env, file));
  bytes.resize(size);
  const auto copy = (file.parent_path() / "whole.tmp").string();
  auto status = rocksdb::WriteStringToFile(&env, bytes, copy, /*should_sync=*/true);
  if (status.ok()) status = env.RenameFile(copy, file.string());
  if (!status.ok()) return to_error(status, "cutting off an unfinished write");
  return boost::outcome_v2::success();
}

struct Manifest {
  fs::path file;
  LogTail tail;
};
Result<Manifest> read_manifest(rocksdb::Env& env, const fs::path& directory) {
  BOOST_OUTCOME_TRY(name, read(env, directory / "CURRENT"));
  const auto manifests = files(env, directory, "MANIFEST-", "");
  if (!name.ends_with('\n') ||
      std::ranges::find(manifests, name.substr(0, name.size() - 1)) == manifests.end()) {
    return damaged((directory / "CURRENT").string() + " names no manifest that is there");
  }
  name.pop_back();
  BOOST_OUTCOME_TRY(manifest, read(env, directory / name));
  return Manifest{directory / name, examine_tail(manifest, LogContents::edits)};
}

// A write that a crash cut short is the last of all. Returns whether there is a whole one.
Result<bool> check_write_ahead_logs(rocksdb::Env& env, const fs::path& directory, Access access) {
  std::string torn;
  LogTail torn_tail;
  bool any = false;
  for (const auto& name : files(env, directory, "", ".log")) {
    const auto file = (directory / name).string();
    BOOST_OUTCOME_TRY(log, read(env, file));
    const auto tail = examine_tail(log, LogContents::writes);
    if (!torn.empty() && (tail.whole_until > 0 || tail.damaged)) {
      return damaged(torn.append(" is damaged, and ").append(name).append(" follows it"));
    }
    if (tail.more_follows) {
      return damaged(file + " is damaged at byte " + std::to_string(tail.whole_until) +
                     ", and whole writes follow");
    }
    if (tail.damaged) {
      torn = file;
      torn_tail = tail;
    }
    any = any || tail.whole_until > 0;
  }
  if (!torn.empty() && access == Access::write) {
    spdlog::warn("an unfinished write at the end of {} is cut off; it was not acknowledged", torn);
    BOOST_OUTCOME_TRY(cut_off(env, torn, torn_tail.whole_until));
  }
  return any;
}

}  // namespace

bool has_log_files(rocksdb::Env& env, const fs::path& directory) {
  return env.FileExists((directory / "CURRENT").string()).ok() ||
         !files(env, directory, "", ".sst").empty() || !files(env, directory, "", ".log").empty();
}

Result<bool> check_log_files(rocksdb::Env& env, const fs::path& directory, Access access) {
  BOOST_OUTCOME_TRY(written, check_write_ahead_logs(env, directory, access));
  const bool any = written || !files(env, directory, "", ".sst").empty();
  if (env.FileExists((directory / "CURRENT").string()).ok()) {
    BOOST_OUTCOME_TRY(manifest, read_manifest(env, directory));
    if (manifest.tail.more_follows) {
      return damaged(manifest.file.string() + " is damaged, and more follows the damage");
    }
  } else if (any) {
    return damaged(directory.string() + " has lost its file CURRENT");
  }
  BOOST_OUTCOME_TRY(check_sorted_files(env, directory));
  return any;
}

Result<void> cut_off_unfinished_edit(rocksdb::Env& env, const fs::path& directory) {
  BOOST_OUTCOME_TRY(manifest, read_manifest(env, directory));
  if (!manifest.tail.damaged) return boost::outcome_v2::success();
  spdlog::warn("an unfinished edit at the end of {} is cut off", manifest.file.string());
  return cut_off(env, manifest.file, manifest.tail.whole_until);
}

Result<void> check_sorted_files(rocksdb::Env& env, const fs::path& directory) {
  for (const auto& name : files(env, directory, "", ".sst")) {
    if (name[0] < '0' || name[0] > '9') continue;  // it is only being prepared
    const auto file = (directory / name).string();
    std::uint64_t size = 0;
    std::unique_ptr<rocksdb::RandomAccessFile> opened;
    auto status = env.GetFileSize(file, &size);
    if (status.ok()) status = env.NewRandomAccessFile(file, &opened, {});
    // A crash may have left one that was not finished; RocksDB does not look at it.
    if (!status.ok() || size < kTableEnd.size()) continue;
    std::string buffer(kTableEnd.size(), '\0');
    rocksdb::Slice end;
    status = opened->Read(size - kTableEnd.size(), kTableEnd.size(), &end, buffer.data());
    if (!status.ok()) return to_error(status, "reading " + file);
    const auto bytes = end.ToStringView();
    if (bytes.size() < kTableEnd.size()) continue;
    // Only what is a table by its magic number, but of another version.
    if (bytes.substr(4) == kTableEnd.substr(4) && bytes != kTableEnd) {
      return damaged(file + " does not end as it was written");
    }
  }
  return boost::outcome_v2::success();
}

std::vector<std::string> database_files(rocksdb::Env& env, const fs::path& directory) {
  auto names = files(env, directory, "", "");
  // Of those a database makes, which are numbered; not what is only prepared for it.
  std::erase_if(names, [](const std::string& name) {
    return !name.starts_with("MANIFEST-") && (name[0] < '0' || name[0] > '9');
  });
  return names;
}

}  // namespace actbook::storage

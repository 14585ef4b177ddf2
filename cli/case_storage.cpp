#include "case_storage.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/outcome/try.hpp>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "case_archive.h"

namespace actbook::cli {
namespace {

namespace fs = std::filesystem;

fs::path unfinished(const fs::path& path) { return path.string() + ".unfinished"; }

Error failed(const fs::path& path, const std::string& why) {
  return {ErrorKind::unavailable,
          "CASE_NOT_WRITTEN",
          "writing " + path.string() + " failed: " + why + "; nothing of the case was kept",
          {}};
}

Error failed(const fs::path& path, int error) {
  return failed(path, std::generic_category().message(error));
}

/// Closes itself. -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Result<void> write_file(const fs::path& path, std::string_view content, Readers readers) {
  const mode_t mode = readers == Readers::owner ? 0600 : 0644;
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (file.get() < 0) return failed(path, errno);
  while (!content.empty()) {
    const auto written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed(path, errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0) return failed(path, errno);
  return boost::outcome_v2::success();
}

Result<void> sync_directory(const fs::path& path) {
  const Descriptor directory(
      ::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) return failed(path, errno);
  return boost::outcome_v2::success();
}

Result<void> write_folder(const fs::path& path, const CaseFiles& files, Readers readers) {
  std::set<fs::path> folders = {path};
  for (const auto& [name, content] : files) folders.insert((path / name).parent_path());
  const mode_t mode = readers == Readers::owner ? 0700 : 0755;
  for (const auto& folder : folders) {
    if (::mkdir(folder.c_str(), mode) != 0) return failed(folder, errno);
  }
  for (const auto& [name, content] : files) {
    BOOST_OUTCOME_TRY(write_file(path / name, content, readers));
  }
  for (const auto& folder : folders) {
    BOOST_OUTCOME_TRY(sync_directory(folder));
  }
  return boost::outcome_v2::success();
}

Result<void> write_archive(const fs::path& path, const CaseFiles& files, Readers readers) {
  auto archive = to_zip(files);
  if (!archive) return failed(path, archive.error().message);
  return write_file(path, archive.value(), readers);
}

bool is_archive(const fs::path& path) { return path.extension() == ".zip"; }

/// There were that many bytes in a case that nobody could read any more.
constexpr std::uintmax_t kMostBytes = std::uintmax_t{4} << 30;

Error too_large(const fs::path& path) {
  return {ErrorKind::invalid,
          "CASE_TOO_LARGE",
          path.string() + " has more than 4 GiB, which is no case file",
          {}};
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    return Error{ErrorKind::unavailable, "CASE_NOT_READ", path.string() + " cannot be read", {}};
  }
  return content;
}

Result<CaseFiles> read_folder(const fs::path& path) {
  CaseFiles files;
  std::uintmax_t bytes = 0;
  std::error_code error;
  fs::recursive_directory_iterator entries(path, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    const auto name = entries->path().lexically_relative(path).generic_string();
    const auto status = entries->symlink_status(error);
    if (error) break;
    if (fs::is_directory(status)) {
      if (fs::is_empty(entries->path(), error)) files.emplace(name + "/", "");  // nobody wrote it
      continue;
    }
    if (!fs::is_regular_file(status)) {
      return Error{ErrorKind::corrupt, "NOT_A_FILE", name + " is no plain file", {}};
    }
    bytes += entries->file_size(error);
    if (bytes > kMostBytes) return too_large(path);
    BOOST_OUTCOME_TRY(content, read_file(entries->path()));
    files.emplace(name, std::move(content));
  }
  if (error) {
    return Error{ErrorKind::unavailable,
                 "CASE_NOT_READ",
                 path.string() + " cannot be read: " + error.message(),
                 {}};
  }
  return files;
}

}  // namespace

Result<void> check_free(const fs::path& path) {
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  const bool empty_folder =
      !is_archive(path) && fs::is_directory(status) && fs::is_empty(path, error);
  if (fs::exists(status) && !empty_folder) {
    return Error{ErrorKind::misuse,
                 "CASE_EXISTS",
                 path.string() + " is there already; name a folder or a .zip that is not",
                 {}};
  }
  if (fs::exists(fs::symlink_status(unfinished(path), error))) {
    return Error{ErrorKind::misuse,
                 "CASE_UNFINISHED",
                 unfinished(path).string() +
                     " is there, left by a writing that was interrupted; remove it, or give "
                     "the case another name",
                 {}};
  }
  return boost::outcome_v2::success();
}

Result<void> write_case(const fs::path& path, const CaseFiles& files, Readers readers) {
  BOOST_OUTCOME_TRY(check_free(path));
  const auto draft = unfinished(path);
  auto written =
      is_archive(path) ? write_archive(draft, files, readers) : write_folder(draft, files, readers);
  std::error_code error;
  if (written) fs::rename(draft, path, error);
  if (written && error) written = failed(path, error.message());
  if (!written) {
    fs::remove_all(draft, error);
    return written;
  }
  return sync_directory(fs::absolute(path).parent_path());
}

Result<CaseFiles> read_case(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (fs::is_directory(status)) return read_folder(path);
  if (!fs::is_regular_file(status)) {
    return Error{ErrorKind::misuse,
                 "NO_CASE",
                 path.string() + " is no case file: there is no such folder or archive",
                 {}};
  }
  if (fs::file_size(path, error) > kMostBytes) return too_large(path);
  BOOST_OUTCOME_TRY(archive, read_file(path));
  return from_zip(archive, kMostBytes);
}

}  // namespace actbook::cli

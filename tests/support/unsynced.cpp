#include "support/unsynced.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <system_error>

namespace fs = std::filesystem;

namespace actbook::testing {
namespace {

constexpr std::uint64_t kSector = 512;

void require(bool holds, const std::string& doing) {
  if (!holds) throw std::system_error(errno, std::generic_category(), doing);
}

std::uint64_t pick(std::mt19937& random, std::uint64_t most) {
  return std::uniform_int_distribution<std::uint64_t>(0, most)(random);
}

std::string parent(const std::string& path) { return fs::path(path).parent_path().string(); }

}  // namespace

std::shared_ptr<UnsyncedFile> UnsyncedFile::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return nullptr;
  return std::shared_ptr<UnsyncedFile>(new UnsyncedFile(descriptor));
}

UnsyncedFile::~UnsyncedFile() { ::close(descriptor_); }

std::uint64_t UnsyncedFile::size() const {
  struct stat found = {};
  require(::fstat(descriptor_, &found) == 0, "fstat");
  return static_cast<std::uint64_t>(found.st_size);
}

std::string UnsyncedFile::read(std::uint64_t offset, std::uint64_t length) const {
  std::string bytes(length, '\0');
  std::size_t got = 0;
  while (got < length) {
    const auto n =
        ::pread(descriptor_, bytes.data() + got, length - got, static_cast<off_t>(offset + got));
    require(n >= 0, "pread");
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  bytes.resize(got);
  return bytes;
}

void UnsyncedFile::put(std::uint64_t offset, std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto n = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    require(n > 0, "pwrite");
    offset += static_cast<std::uint64_t>(n);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void UnsyncedFile::resize(std::uint64_t size) const {
  require(::ftruncate(descriptor_, static_cast<off_t>(size)) == 0, "ftruncate");
}

void UnsyncedFile::write(std::uint64_t offset, std::string_view bytes) {
  writes_.push_back({offset, bytes.size(), read(offset, bytes.size()), size()});
  put(offset, bytes);
}

void UnsyncedFile::truncate(std::uint64_t size) {
  const auto before = this->size();
  writes_.push_back({size, 0, before > size ? read(size, before - size) : std::string(), before});
  resize(size);
}

void UnsyncedFile::sync() {
  if (!sync_failed_) writes_.clear();
}

void UnsyncedFile::undo_last() {
  const auto& last = writes_.back();
  put(last.offset, last.old_bytes);
  resize(last.old_size);
  writes_.pop_back();
}

void UnsyncedFile::lose(Survivors survivors, std::mt19937& random) {
  if (survivors == Survivors::prefix) keep_prefix(random);
  if (survivors == Survivors::sectors) keep_sectors(random);
  while (!writes_.empty()) undo_last();
}

void UnsyncedFile::keep_prefix(std::mt19937& random) {
  const auto whole = pick(random, writes_.size());
  if (whole == writes_.size()) {
    writes_.clear();
    return;
  }
  while (writes_.size() > whole + 1) undo_last();
  const auto torn = writes_.back();
  const auto end = torn.offset + torn.length;
  // The torn write ends where a sector does.
  const auto cut = (torn.offset + pick(random, torn.length)) / kSector * kSector;
  const auto kept = cut > torn.offset ? read(torn.offset, std::min(cut, end) - torn.offset) : "";
  undo_last();
  put(torn.offset, kept);
  writes_.clear();
}

void UnsyncedFile::keep_sectors(std::mt19937& random) {
  if (writes_.empty()) return;
  const auto now = read(0, size());
  while (!writes_.empty()) undo_last();
  const auto before = read(0, size());
  // How long the file is, is written apart from its sectors; those that did not make it are zero.
  const auto shortest = std::min(now.size(), before.size());
  const auto longest = std::max(now.size(), before.size());
  const std::uint64_t sizes[] = {before.size(), now.size(),
                                 shortest + pick(random, longest - shortest)};
  const auto kept_size = sizes[pick(random, 2)];
  resize(kept_size);
  for (std::uint64_t at = 0; at < std::min(kept_size, now.size()); at += kSector) {
    const auto sector = std::string_view(now).substr(at, std::min(kSector, kept_size - at));
    if (at < before.size() && std::string_view(before).substr(at, sector.size()) == sector) {
      continue;
    }
    if (pick(random, 1) == 1) put(at, sector);
  }
}

void UnsyncedFile::copy_to(const std::string& path) const {
  // Where the directory itself is gone, somebody removed it past this file system.
  if (!fs::exists(parent(path))) return;
  fs::remove(path);
  const auto copy = open(path);
  require(copy != nullptr, "open " + path);
  copy->put(0, read(0, size()));
}

std::shared_ptr<UnsyncedFile> UnsyncedTree::open(const std::string& path) {
  auto& file = files_[path];
  const bool is_new = !fs::exists(path);
  if (is_new) file = nullptr;  // somebody removed it past this file system
  if (file == nullptr) {
    file = UnsyncedFile::open(path);
    if (file == nullptr) {
      files_.erase(path);
      return nullptr;
    }
    if (is_new) made(path);
  }
  return file;
}

void UnsyncedTree::closed(const std::string& path) {
  const auto found = files_.find(path);
  if (found != files_.end() && found->second->is_durable()) files_.erase(found);
}

void UnsyncedTree::made(const std::string& path) { changes_.push_back({Change::Kind::made, path}); }

void UnsyncedTree::made_directory(const std::string& path) {
  changes_.push_back({Change::Kind::made_directory, path});
}

void UnsyncedTree::linked(const std::string& from, const std::string& to) {
  const auto file = open(from);
  if (file != nullptr) files_[to] = file;
  made(to);
}

void UnsyncedTree::removing(const std::string& path) {
  if (!fs::exists(path)) return;
  changes_.push_back({Change::Kind::removed, path, {}, open(path)});
  files_.erase(path);
}

void UnsyncedTree::renaming(const std::string& from, const std::string& to) {
  if (!fs::exists(from)) return;
  changes_.push_back({Change::Kind::renamed, to, from, fs::exists(to) ? open(to) : nullptr});
  files_.erase(to);
  const auto found = files_.find(from);
  if (found == files_.end()) return;
  files_[to] = found->second;
  files_.erase(from);
}

void UnsyncedTree::sync_directory(const std::string& directory) {
  std::erase_if(changes_, [&](const Change& change) { return parent(change.path) == directory; });
}

void UnsyncedTree::lose(Survivors survivors, std::mt19937& random) {
  // In the order of names, so that a seed always means the same.
  std::vector<std::shared_ptr<UnsyncedFile>> files;
  for (const auto& [path, file] : files_) files.push_back(file);
  for (const auto& change : changes_) files.push_back(change.old);
  std::set<const UnsyncedFile*> lost = {nullptr};
  for (const auto& file : files) {
    if (lost.insert(file.get()).second) file->lose(survivors, random);
  }
  // Names are kept in a journal, so in order.
  const auto kept = survivors == Survivors::nothing ? 0 : pick(random, changes_.size());
  while (changes_.size() > kept) {
    undo(changes_.back());
    changes_.pop_back();
  }
  files_.clear();
  changes_.clear();
}

void UnsyncedTree::undo(const Change& change) {
  switch (change.kind) {
    case Change::Kind::made:
      fs::remove(change.path);
      break;
    case Change::Kind::made_directory:
      fs::remove_all(change.path);
      break;
    case Change::Kind::removed:
      change.old->copy_to(change.path);
      break;
    case Change::Kind::renamed:
      if (fs::exists(change.path)) fs::rename(change.path, change.from);
      if (change.old != nullptr) change.old->copy_to(change.path);
      break;
  }
}

}  // namespace actbook::testing

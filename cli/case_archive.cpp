#include "case_archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

namespace actbook::cli {
namespace {

using Writer = std::unique_ptr<archive, decltype(&archive_write_free)>;
using Reader = std::unique_ptr<archive, decltype(&archive_read_free)>;
using Entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

std::string reason(archive* handle) {
  const char* text = archive_error_string(handle);
  return text == nullptr ? "the archive is not whole" : text;
}

Error not_made(archive* handle) {
  return {ErrorKind::unavailable, "ARCHIVE_NOT_MADE", reason(handle), {}};
}

la_ssize_t append(archive* /*handle*/, void* text, const void* bytes, std::size_t size) {
  static_cast<std::string*>(text)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

bool add(archive* handle, const std::string& name, const std::string& content) {
  constexpr unsigned kEverybodyReads = 0644;
  const Entry entry(archive_entry_new(), archive_entry_free);
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), kEverybodyReads);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
  return archive_write_header(handle, entry.get()) == ARCHIVE_OK &&
         archive_write_data(handle, content.data(), content.size()) ==
             static_cast<la_ssize_t>(content.size()) &&
         archive_write_finish_entry(handle) == ARCHIVE_OK;
}

Error damaged(const std::string& what) {
  return {ErrorKind::corrupt, "ARCHIVE_DAMAGED", "the archive is damaged: " + what, {}};
}

Result<std::string> content_of(archive* handle, const std::string& name, std::uintmax_t most) {
  constexpr std::size_t kPart = 65'536;
  std::array<char, kPart> part{};
  std::string content;
  for (;;) {
    const auto size = archive_read_data(handle, part.data(), part.size());
    if (size < 0) return damaged(name + ": " + reason(handle));
    if (size == 0) return content;
    content.append(part.data(), static_cast<std::size_t>(size));
    if (content.size() > most) {
      return Error{
          ErrorKind::invalid, "CASE_TOO_LARGE", name + " is larger than a case file can be", {}};
    }
  }
}

/// Of a ZIP archive's numbers the lowest byte comes first. What is cut off counts as 0.
std::size_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::size_t value = 0;
  for (auto i = std::min(at + size, bytes.size()); i > at; --i) {
    value = value << 8U | static_cast<unsigned char>(bytes[i - 1]);
  }
  return value;
}

std::string_view from(std::string_view bytes, std::size_t at) {
  return bytes.substr(std::min(at, bytes.size()));
}

/// Whether the entries that the directory lists stand one behind another, from the first byte up to
/// the directory. Behind the content of one there may be its sizes, if it says so.
bool are_all_listed(std::string_view zip, std::size_t directory, std::size_t directory_end) {
  constexpr std::size_t kMostSizes = 24;
  constexpr std::size_t kSizesFollow = 8;
  std::size_t end = 0;
  std::size_t room = 0;
  const auto follows = [&](std::size_t place) { return place >= end && place - end <= room; };
  auto at = directory;
  while (at < directory_end) {
    const auto listed = from(zip, at);
    const auto place = number(listed, 42, 4);
    const auto entry = from(zip, place);
    if (!listed.starts_with("PK\1\2") || !entry.starts_with("PK\3\4") || !follows(place)) {
      return false;
    }
    end = place + 30 + number(entry, 26, 2) + number(entry, 28, 2) + number(listed, 20, 4);
    room = (number(entry, 6, 2) & kSizesFollow) == 0 ? 0 : kMostSizes;
    at += 46 + number(listed, 28, 2) + number(listed, 30, 2) + number(listed, 32, 2);
  }
  return at == directory_end && follows(directory);
}

/// libarchive goes by the directory at the end and passes over what that does not list, before,
/// between and behind; other programs read from the front and would find it.
bool has_nothing_else(std::string_view zip) {
  constexpr std::size_t kEndBytes = 22;   // without a comment
  constexpr std::size_t kManyBytes = 76;  // in front of it, where there are more than 65535 files
  if (zip.size() < kEndBytes) return false;
  const auto end = from(zip, zip.size() - kEndBytes);
  if (!end.starts_with("PK\5\6") || number(end, 20, 2) != 0) return false;
  const auto directory = number(end, 16, 4);
  const auto directory_end = directory + number(end, 12, 4);
  const auto behind = from(zip, directory_end);
  const bool is_last = directory_end + kEndBytes == zip.size() ||
                       (directory_end + kManyBytes + kEndBytes == zip.size() &&
                        behind.starts_with("PK\6\6") && from(behind, 56).starts_with("PK\6\7"));
  return is_last && are_all_listed(zip, directory, directory_end);
}

}  // namespace

Result<std::string> to_zip(const CaseFiles& files) {
  std::string zip;
  const Writer writer(archive_write_new(), archive_write_free);
  bool good = archive_write_set_format_zip(writer.get()) == ARCHIVE_OK &&
              archive_write_set_bytes_in_last_block(writer.get(), 1) == ARCHIVE_OK &&
              archive_write_open(writer.get(), &zip, nullptr, append, nullptr) == ARCHIVE_OK;
  for (const auto& [name, content] : files) good = good && add(writer.get(), name, content);
  if (!good || archive_write_close(writer.get()) != ARCHIVE_OK) return not_made(writer.get());
  return zip;
}

Result<CaseFiles> from_zip(const std::string& archive, std::uintmax_t most_bytes) {
  if (!has_nothing_else(archive)) {
    return damaged(
        "its files do not follow one another from its first byte to its last, so something was cut "
        "off or added; get it again as it was written");
  }
  const Reader reader(archive_read_new(), archive_read_free);
  if (archive_read_support_format_zip_seekable(reader.get()) != ARCHIVE_OK ||
      archive_read_open_memory(reader.get(), archive.data(), archive.size()) != ARCHIVE_OK) {
    return damaged(reason(reader.get()));
  }
  CaseFiles files;
  std::set<std::string> folders;
  auto left = most_bytes;
  archive_entry* entry = nullptr;
  int state = ARCHIVE_OK;
  while ((state = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    const char* path = archive_entry_pathname(entry);
    const std::string name = path == nullptr ? std::string() : path;
    if (archive_entry_filetype(entry) == AE_IFDIR) {
      if (archive_entry_size(entry) > 0) return damaged(name + " is a folder, and has content");
      folders.insert(name.ends_with('/') ? name : name + "/");
      continue;
    }
    if (archive_entry_filetype(entry) != AE_IFREG) return damaged(name + " is no plain file");
    auto content = content_of(reader.get(), name, left);
    if (!content) return content.error();
    left -= content.value().size();
    if (!files.emplace(name, std::move(content).value()).second) {
      return damaged(name + " stands in it twice");
    }
  }
  if (state != ARCHIVE_EOF) return damaged(reason(reader.get()));
  for (const auto& folder : folders) {
    const auto first = files.lower_bound(folder);
    const bool is_empty = first == files.end() || !first->first.starts_with(folder);
    if (is_empty) files.emplace(folder, "");  // nobody wrote it
  }
  return files;
}

}  // namespace actbook::cli

#include "case_archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <memory>
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
  const Reader reader(archive_read_new(), archive_read_free);
  if (archive_read_support_format_zip_seekable(reader.get()) != ARCHIVE_OK ||
      archive_read_open_memory(reader.get(), archive.data(), archive.size()) != ARCHIVE_OK) {
    return damaged(reason(reader.get()));
  }
  CaseFiles files;
  auto left = most_bytes;
  archive_entry* entry = nullptr;
  int state = ARCHIVE_OK;
  while ((state = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    const char* path = archive_entry_pathname(entry);
    const std::string name = path == nullptr ? std::string() : path;
    if (archive_entry_filetype(entry) == AE_IFDIR) continue;
    if (archive_entry_filetype(entry) != AE_IFREG) return damaged(name + " is no plain file");
    auto content = content_of(reader.get(), name, left);
    if (!content) return content.error();
    left -= content.value().size();
    if (!files.emplace(name, std::move(content).value()).second) {
      return damaged(name + " stands in it twice");
    }
  }
  if (state != ARCHIVE_EOF) return damaged(reason(reader.get()));
  return files;
}

}  // namespace actbook::cli

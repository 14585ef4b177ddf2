#include "line_reader.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace actbook::cli {
namespace {

Error cannot_read(ErrorKind kind, const std::string& name, int reason) {
  return {kind,
          "CANNOT_READ",
          name + " cannot be read: " + std::generic_category().message(reason),
          {}};
}

}  // namespace

void LineReader::Close::operator()(std::FILE* file) const {
  // Nothing was written, so nothing can be lost.
  if (file != stdin) (void)std::fclose(file);
}

Result<LineReader> LineReader::open(const std::string& file) {
  if (file == "-") return LineReader(File(stdin), "standard input");
  auto* opened = std::fopen(file.c_str(), "re");
  if (opened == nullptr) return cannot_read(ErrorKind::misuse, file, errno);
  return LineReader(File(opened), file);
}

// getline of the C library, because it answers as soon as a pipe has a line, and tells why it
// failed.
Result<bool> LineReader::next(std::string& line) {
  char* buffer = nullptr;
  std::size_t capacity = 0;
  errno = 0;
  const auto length = getline(&buffer, &capacity, file_.get());
  const int reason = errno;
  if (length >= 0) line.assign(buffer, static_cast<std::size_t>(length));
  std::free(buffer);  // NOLINT(cppcoreguidelines-no-malloc): getline gives it so
  if (length < 0) {
    if (std::feof(file_.get()) != 0 && std::ferror(file_.get()) == 0) return false;
    return cannot_read(ErrorKind::unavailable, name_, reason);
  }
  if (line.ends_with('\n')) line.pop_back();
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

}  // namespace actbook::cli

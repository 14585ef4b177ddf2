#include "output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <string>

namespace actbook::cli {
namespace {

std::size_t line_width(std::FILE* file) {
  std::size_t columns = 0;
  if (const char* text = std::getenv("COLUMNS")) {
    const std::string_view digits = text;
    std::from_chars(digits.data(), digits.data() + digits.size(), columns);
  }
  winsize size{};
  if (columns == 0 && isatty(fileno(file)) == 1 && ioctl(fileno(file), TIOCGWINSZ, &size) == 0) {
    columns = size.ws_col;
  }
  return columns == 0 ? std::numeric_limits<std::size_t>::max() : columns;
}

}  // namespace

Output::Output(std::FILE* file) : file_(file), width_(line_width(file)) {}

void Output::write(std::string_view text) {
  if (!usable()) return;
  if (text_ != nullptr) {
    text_->append(text);
    return;
  }
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) remember_failure();
}

void Output::line(std::string_view text) {
  write(text);
  write("\n");
}

void Output::flush() {
  if (!usable() || file_ == nullptr) return;
  errno = 0;
  if (std::fflush(file_) != 0) remember_failure();
}

void Output::close() {
  flush();
  if (file_ == nullptr) return;
  errno = 0;
  // Some file systems tell only now that the disk is full.
  if (std::fclose(file_) != 0 && usable()) remember_failure();
}

void Output::remember_failure() { error_ = errno == 0 ? EIO : errno; }

void complain(std::string_view sentence) {
  const std::string text = "actbook: " + std::string(sentence) + "\n";
  // Where standard error cannot be written, the exit code still tells.
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace actbook::cli

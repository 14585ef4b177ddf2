#pragma once

#include <cstdio>
#include <string_view>

namespace actbook::cli {

/// How answers are laid out.
enum class Format { table, json, jsonl, csv };

/// Standard output. Remembers the first failure, after which nothing more is written: an answer
/// with a hole in the middle would be worse than one that ends early.
class Output {
 public:
  explicit Output(std::FILE* file);

  void write(std::string_view text);
  /// The text and a line end.
  void line(std::string_view text);
  void flush();
  /// Flushes and closes; call last.
  void close();

  /// How many cells a line has: those of the terminal, or what COLUMNS says. Without end where
  /// lines go elsewhere, so that a row stays a line for grep.
  [[nodiscard]] std::size_t width() const { return width_; }

  [[nodiscard]] bool usable() const { return error_ == 0; }
  /// The errno of the first failure, or 0.
  [[nodiscard]] int error() const { return error_; }

 private:
  void remember_failure();

  std::FILE* file_;
  std::size_t width_;
  int error_ = 0;
};

/// A sentence on standard error.
void complain(std::string_view sentence);

}  // namespace actbook::cli

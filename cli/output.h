#pragma once

#include <cstddef>
#include <cstdio>
#include <limits>
#include <string>
#include <string_view>

namespace actbook::cli {

/// How answers are laid out.
enum class Format { table, json, jsonl, csv };

/// Where answers go: standard output, or a text in memory. Remembers the first failure, after which
/// nothing more is written: an answer with a hole in the middle would be worse than one that ends
/// early.
class Output {
 public:
  explicit Output(std::FILE* file);
  /// Into `text`, behind what it has. Borrowed.
  explicit Output(std::string& text) : text_(&text) {}

  void write(std::string_view text);
  /// The text and a line end.
  void line(std::string_view text);
  void flush();
  /// Flushes and closes; call last.
  void close();

  /// How many cells a line has: those of the terminal, or what COLUMNS says. Without end where
  /// lines go elsewhere, so that a row stays a line for grep. kListWidth asks for lists.
  [[nodiscard]] std::size_t width() const { return width_; }
  void set_width(std::size_t width) { width_ = width; }

  [[nodiscard]] bool usable() const { return error_ == 0; }
  /// The errno of the first failure, or 0.
  [[nodiscard]] int error() const { return error_; }

 private:
  void remember_failure();

  /// One of the two.
  std::FILE* file_ = nullptr;
  std::string* text_ = nullptr;
  std::size_t width_ = std::numeric_limits<std::size_t>::max();
  int error_ = 0;
};

/// A sentence on standard error.
void complain(std::string_view sentence);

}  // namespace actbook::cli

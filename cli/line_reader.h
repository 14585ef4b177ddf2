#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "actbook/ledger.h"

namespace actbook::cli {

/// The lines of a file, or of standard input as they come.
class LineReader {
 public:
  /// `file` is a path, or - for standard input. Errors: misuse, if it cannot be opened.
  [[nodiscard]] static Result<LineReader> open(const std::string& file);

  /// Reads the next line, without its line end; false after the last. Errors: unavailable.
  [[nodiscard]] Result<bool> next(std::string& line);

  /// What was opened, for messages.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const;
  };
  using File = std::unique_ptr<std::FILE, Close>;

  LineReader(File file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}

  File file_;
  std::string name_;
};

}  // namespace actbook::cli

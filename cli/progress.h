#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "actbook/ledger.h"

namespace actbook::cli {

/// One line on standard error that says how far long work has come, and is gone when the work is.
/// Says nothing where standard error is not a terminal.
class Progress {
 public:
  /// `work` is what goes on, such as "replaying".
  explicit Progress(std::string_view work);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// At most ten times a second; the rest is dropped.
  void show(std::string_view how_far);
  /// Removes the line until the next one is shown, to make room for a message.
  void clear();

  /// For those who report positions. Must not outlive this object.
  [[nodiscard]] Ledger::Progress positions();
  /// For work that can be gone on with: false after Ctrl-C, which from here on stops only that.
  [[nodiscard]] std::function<bool(Position done, Position end)> until_stopped();

 private:
  std::string work_;
  bool is_terminal_;
  bool is_shown_ = false;
  std::chrono::steady_clock::time_point last_;
  std::optional<void (*)(int)> before_;  // what Ctrl-C did before
};

}  // namespace actbook::cli

#include "progress.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace actbook::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

constexpr auto kInterval = std::chrono::milliseconds{100};

void put(std::string_view text) {
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
  (void)std::fflush(stderr);
}

}  // namespace

// The first interval passes in silence: most work is done by then.
Progress::Progress(std::string_view work)
    : work_(work),
      is_terminal_(isatty(STDERR_FILENO) == 1),
      last_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  clear();
  if (before_) (void)std::signal(SIGINT, *before_);
}

void Progress::show(std::string_view how_far) {
  if (!is_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < kInterval) return;
  last_ = now;
  is_shown_ = true;
  put("\r" + work_ + ": " + std::string(how_far) + "\x1b[K");
}

void Progress::clear() {
  if (is_shown_) put("\r\x1b[K");
  is_shown_ = false;
}

Ledger::Progress Progress::positions() {
  return [this](Position done, Position end) {
    show("position " + std::to_string(done.value) + " of " + std::to_string(end.value));
  };
}

std::function<bool(Position done, Position end)> Progress::until_stopped() {
  if (!before_) before_ = std::signal(SIGINT, [](int) { interrupted = 1; });
  return [show_positions = positions()](Position done, Position end) {
    show_positions(done, end);
    return interrupted == 0;
  };
}

}  // namespace actbook::cli

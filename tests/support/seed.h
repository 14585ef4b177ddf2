#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <string>

namespace actbook::testing {

/// A seed for what a test leaves to chance: new in every run, or what
/// ACTBOOK_TEST_SEED says, to repeat one. It is printed.
inline unsigned chosen_seed() {
  const char* given = std::getenv("ACTBOOK_TEST_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                                         : std::random_device()();
  MESSAGE("ACTBOOK_TEST_SEED=" << seed);
  return seed;
}

/// Random numbers that are the same on every machine, which std's distributions
/// are not.
class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  /// From 0 to `below` - 1.
  std::uint64_t below(std::uint64_t below) { return engine_() % below; }
  /// Letters that no compression shortens by much.
  std::string text(std::size_t size) {
    std::string text(size, ' ');
    for (auto& letter : text) letter = static_cast<char>(' ' + below(95));
    return text;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace actbook::testing

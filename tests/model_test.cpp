// Random commands and queries against a store and a model of it, restarts included.
//
// Every run prints the seed it began with. To run one again, or many:
//   ACTBOOK_MODEL_SEED=17 ACTBOOK_MODEL_ROUNDS=500 engine_tests --test-case='model*'
#include <doctest/doctest.h>

#include <charconv>
#include <cstdlib>
#include <random>

#include "support/model_run.h"

namespace actbook::testing {
namespace {

constexpr int kSteps = 200;
constexpr std::uint64_t kRounds = 4;
// In how many rounds at most a planted bug has to show; most do in the first.
constexpr std::uint64_t kRoundsForBugs = 6;

std::optional<std::uint64_t> number_from_environment(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  std::uint64_t number = 0;
  const std::string_view view(text);
  const auto read = std::from_chars(view.data(), view.data() + view.size(), number);
  REQUIRE_MESSAGE((read.ec == std::errc() && read.ptr == view.data() + view.size()),
                  std::string(name), " must be a number");
  return number;
}

std::uint64_t first_seed() {
  static const std::uint64_t seed =
      number_from_environment("ACTBOOK_MODEL_SEED").value_or(std::random_device()());
  return seed;
}

std::uint64_t rounds() { return number_from_environment("ACTBOOK_MODEL_ROUNDS").value_or(kRounds); }

}  // namespace

TEST_CASE("model: the store does what the model does, restarts included") {
  MESSAGE("seeds from " << first_seed());
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    const auto difference = ModelRun(first_seed() + round, Bug::none).run(kSteps);
    REQUIRE_MESSAGE(difference.empty(), difference);
  }
}

// A comparison that cannot fail proves nothing. Each of these must be noticed in as many steps.
TEST_CASE("model: a planted bug is noticed, whichever it is") {
  MESSAGE("seeds from " << first_seed());
  for (const auto& planted : planted_bugs()) {
    bool noticed = false;
    for (std::uint64_t round = 0; round < kRoundsForBugs && !noticed; ++round) {
      noticed = !ModelRun(first_seed() + round, planted.first).run(kSteps).empty();
    }
    CHECK_MESSAGE(noticed, "a model that ", planted.second, " got by");
  }
}

}  // namespace actbook::testing

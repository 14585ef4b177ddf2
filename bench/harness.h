#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "system.h"

namespace actbook::bench {

/// What one turn of one contestant gave.
struct Reading {
  double value = 0;
  /// Further figures of the same turn, such as a p99.
  std::vector<std::pair<std::string, double>> extras = {};
};

/// One way in which a contestant takes part, such as a number of connections.
struct Variant {
  std::string name;
  std::function<Reading(unsigned round)> measure;
};

/// The best variant of each round counts. A contestant that cannot take part says why.
struct Contestant {
  std::string name;
  std::vector<Variant> variants = {};
  std::string skipped = {};
};

enum class Better { higher, lower };

/// What the ratio to a rival (or, without a rival, our own figure) should reach.
struct Goal {
  std::string rival;
  double at_least = 0;
  double aim = 0;
};

/// One line of work that all contestants do in turns, round after round. The first is actbook.
struct Measurement {
  std::string name;
  std::string unit;
  Better better = Better::higher;
  /// Ratios are how many times better we are; or else, plainly, ours divided by theirs.
  bool plain_ratio = false;
  std::vector<Contestant> contestants = {};
  std::vector<Goal> goals = {};
  /// Rounds other than those asked for on the command line.
  std::optional<unsigned> rounds = {};
};

/// The same without line breaks, for a cell of the table.
[[nodiscard]] std::string one_line(std::string text);

struct Spread {
  double median = 0;
  double least = 0;
  double most = 0;
};
[[nodiscard]] Spread spread_of(std::vector<double> values);

/// Runs measurements and keeps what they gave.
class Harness {
 public:
  Harness(unsigned rounds, SyncProbe& probe) : rounds_(rounds), probe_(probe) {}

  /// A B C, A B C ...; a contestant that fails is out from then on, and said to be.
  void run(Measurement measurement);

  [[nodiscard]] std::string table() const;
  [[nodiscard]] nlohmann::ordered_json json() const;
  /// False if actbook itself failed somewhere.
  [[nodiscard]] bool sound() const { return sound_; }

 private:
  /// One contestant's rounds; as many as it survived.
  struct Series {
    std::vector<Reading> best;
    std::vector<std::string> variant;
    /// All variants, by name, in the order of the rounds.
    std::vector<std::vector<std::pair<std::string, Reading>>> all;
  };
  struct Outcome {
    Measurement measurement;
    std::vector<double> sync_rates;
    std::vector<Series> series;
  };

  void take_turn(Outcome& outcome, std::size_t contestant, unsigned round);
  [[nodiscard]] static std::vector<double> ratios(const Outcome& outcome, std::size_t rival);
  static void add_rows(const Outcome& outcome, std::vector<std::vector<std::string>>& rows);

  unsigned rounds_;
  SyncProbe& probe_;
  bool sound_ = true;
  std::vector<Outcome> outcomes_;
};

}  // namespace actbook::bench

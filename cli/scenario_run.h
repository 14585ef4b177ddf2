#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "expectation.h"

namespace actbook::cli {

/// A step or question that was not as expected.
struct Finding {
  std::string file;
  int line = 0;
  /// What was done or asked, in words.
  std::string what;
  /// What the scenario says about it; may be empty.
  std::string about;
  /// What came of it, in words.
  std::string outcome;
  std::vector<Difference> differences;
};

/// What became of a scenario.
struct ScenarioReport {
  std::string file;
  std::string title;
  /// Commands given, and questions asked.
  std::size_t steps = 0;
  std::size_t questions = 0;
  std::vector<Finding> findings;
  /// What is wrong with the file itself; nothing after that place was run.
  std::optional<Error> malformed;

  [[nodiscard]] bool is_as_expected() const { return findings.empty() && !malformed; }
};

/// Runs a scenario in a new ledger, made in `directory` with a simulated clock. Then replays and
/// verifies the ledger, and gives every command once more, which must get the same receipts and
/// change nothing. Errors: unavailable and the like, that are not the scenario's.
[[nodiscard]] Result<ScenarioReport> run_scenario(const std::string& file,
                                                  const std::string& directory);

}  // namespace actbook::cli

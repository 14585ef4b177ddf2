#pragma once

#include <string>
#include <vector>

#include "docs/reference.h"

namespace actbook::testing {

/// What became of a command, as far as its doc comment in schemas/commands/ speaks of it.
struct Outcome {
  /// Why it was refused; empty if it was not.
  std::string refused_for;
  /// Observed mode: the rules broken, in the order in which its events name them.
  std::vector<std::string> rules_broken;
  /// What its receipt says besides; mostly empty.
  std::string result;
};

/// The first thing of the outcome that the doc comment does not say, or says in another order, as a
/// sentence; empty if there is none.
[[nodiscard]] std::string undocumented(const reference::Command& command, const Outcome& outcome);

/// Fails the test if anything of the outcome is undocumented. Notes the command and the reason it
/// was refused for, or the rules that it broke, in the file that ACTBOOK_REFUSALS_MET names, if the
/// environment has that: from it tests/refusals_test.sh knows which refusals no test meets.
void check_documented(const std::string& command_type, const Outcome& outcome);

}  // namespace actbook::testing

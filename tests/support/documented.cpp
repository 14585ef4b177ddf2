#include "support/documented.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace actbook::testing {
namespace {

bool contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::ranges::find(texts, text) != texts.end();
}

// As write_reference --refusals has them.
void note_refusals(const std::string& command_type, const Outcome& outcome) {
  const char* const path = std::getenv("ACTBOOK_REFUSALS_MET");
  if (path == nullptr) return;
  std::ofstream file(path, std::ios::app);
  if (!outcome.refused_for.empty()) {
    file << command_type << ' ' << outcome.refused_for << " command\n";
  }
  for (const auto& rule : outcome.rules_broken)
    file << command_type << ' ' << rule << " observed\n";
  CHECK_MESSAGE(file.good(), "ACTBOOK_REFUSALS_MET: ", path, " cannot be written");
}

}  // namespace

std::string undocumented(const reference::Command& command, const Outcome& outcome) {
  const auto& documented = command.refusals;
  auto expected = documented.begin();  // every later rule stands at or after it
  for (const auto& rule : outcome.rules_broken) {
    const auto found = std::ranges::find(documented, rule);
    if (found == documented.end()) {
      return command.name + ", observed, broke " + rule +
             ", which is not among what it is refused "
             "for (Refused for:)";
    }
    if (found < expected) {
      return command.name + ", observed, broke " + *(expected - 1) + " before " + rule +
             ", which its doc comment has the other way round (Refused for:)";
    }
    expected = found + 1;
  }
  if (!outcome.refused_for.empty() && !contains(documented, outcome.refused_for)) {
    return command.name + " was refused for " + outcome.refused_for +
           ", which its doc comment does not say (Refused for:)";
  }
  if (contains(command.observed_only, outcome.refused_for)) {
    return command.name + " was refused for " + outcome.refused_for +
           ", which its doc comment says only an observed fact can break";
  }
  if (!outcome.result.empty() && !contains(command.results, outcome.result)) {
    return command.name + " has the result " + outcome.result +
           ", which its doc comment does not say (Results:)";
  }
  return {};
}

void check_documented(const std::string& command_type, const Outcome& outcome) {
  const auto* command = reference::reference().command(command_type);
  REQUIRE_MESSAGE(command != nullptr, command_type, " is no command");
  const auto complaint = undocumented(*command, outcome);
  CHECK_MESSAGE(complaint.empty(), complaint);
  note_refusals(command_type, outcome);
}

}  // namespace actbook::testing

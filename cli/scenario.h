#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actbook/ledger.h"
#include "yaml.h"

namespace actbook::cli {

/// A command that a scenario gives, as its file has it.
struct GivenCommand {
  /// `do`
  std::string type;
  Value by;
  /// A map, or nothing.
  Value with;
  /// The members of the envelope that stand under their own names: reason, mode ...
  std::vector<Value::Member> envelope;
  std::string command_id;
  /// What of the receipt is expected, always a map with `outcome`; that of an error is `error`.
  Value expect;

  [[nodiscard]] bool expects_error() const { return expect.find("outcome")->text == "error"; }
};

/// A question that a scenario asks, as its file has it. At least one of expect and same_as is
/// there.
struct GivenQuestion {
  Value ask;
  Value with;
  bool reveal = false;
  std::optional<Value> as_of;
  std::optional<Value> true_at;
  std::optional<Value> expect;
  /// The point of history at which the answer is expected to be the same.
  std::optional<Value> same_as;
};

struct Step {
  std::string file;
  Place place;
  /// A sentence about it; may be empty.
  std::string about;
  /// The clock goes on to there. Never earlier than that of a step before it.
  std::optional<Timestamp> at;
  std::variant<GivenCommand, GivenQuestion> given;
};

/// A scenario with the steps of its setups before its own.
struct Scenario {
  std::string file;
  std::string title;
  std::vector<Step> steps;
};

/// Reads a scenario and the files it sets up from, each file once. What commands and questions take
/// is not checked here, as they may have values that only a run knows. Errors: those of
/// malformed().
[[nodiscard]] Result<Scenario> read_scenario(const std::string& file);

}  // namespace actbook::cli

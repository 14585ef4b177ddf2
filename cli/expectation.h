#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "remembered.h"
#include "shape.h"
#include "yaml.h"

namespace actbook::cli {

/// One way in which an answer is not as expected.
struct Difference {
  /// Of what is expected, in its file; 0 where there is none.
  int line = 0;
  /// Where in the answer: account.tier, members[0].role; empty for the whole.
  std::string path;
  std::string expected;
  std::string actual;
};

/// Compares an answer with what is expected of it (docs/SCENARIOS.md, "What is expected"). A $name
/// that nothing is remembered for takes the value it meets. `shape` is that of the answer, or of
/// the elements where it is a list.
[[nodiscard]] std::vector<Difference> differences(const Value& expected,
                                                  const nlohmann::ordered_json& actual,
                                                  const Shape& shape, Remembered& remembered);

/// An actor as people write it: {kind: staff, id: sam} is "staff sam", a person is the id alone.
[[nodiscard]] std::string actor_line(const nlohmann::ordered_json& actor);

/// A value of an answer on one line: {role: owner, since: 2026-03-01T09:00:00Z by adam}
[[nodiscard]] std::string to_line(const nlohmann::ordered_json& value);

}  // namespace actbook::cli

#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli_process.h"
#include "support/temp_directory.h"

namespace actbook::testing {

using Strings = std::vector<std::string>;

/// A worked example of domain.md section 6, recorded by the command `actbook` into a ledger of its
/// own, which can then be asked. Every answer is the command's JSON.
class WorkedExample {
 public:
  /// Records a file of tests/examples and holds each receipt against the member `expect` of its
  /// line. Then lets the ledger be replayed and verified, and records the file once more: every
  /// line must get the receipt it had, and the head must stay where it is.
  explicit WorkedExample(const std::string& file);

  /// `actbook show ENTITY --as-of INSTANT`: the state itself.
  [[nodiscard]] nlohmann::ordered_json show(const std::string& entity,
                                            const std::string& as_of) const;
  /// Whether the ledger knew the entity then.
  [[nodiscard]] bool knows(const std::string& entity, const std::string& as_of) const;
  /// `actbook audit trail ENTITY --as-of INSTANT`: its lines.
  [[nodiscard]] nlohmann::ordered_json trail(const std::string& entity,
                                             const std::string& as_of) const;
  /// `actbook audit acceptances --workspace ID --as-of INSTANT`: its lines.
  [[nodiscard]] nlohmann::ordered_json acceptances(const std::string& workspace,
                                                   const std::string& as_of) const;
  /// `actbook event POSITION`
  [[nodiscard]] nlohmann::ordered_json event(std::uint64_t position) const;

 private:
  [[nodiscard]] Ran run(const Strings& arguments, const std::string& input = {}) const;
  /// What the command answers; it must succeed.
  [[nodiscard]] nlohmann::ordered_json ask(Strings arguments) const;
  [[nodiscard]] Strings record(const std::string& commands) const;
  [[nodiscard]] std::uint64_t head() const;

  TempDirectory directory_;
};

/// Who may enter a workspace, as "adam: owner, direct membership as owner", in the order of ids.
[[nodiscard]] Strings access_of(const nlohmann::ordered_json& workspace);

/// The acceptances that are in force, as "dpa 3".
[[nodiscard]] Strings in_force(const nlohmann::ordered_json& acceptances);

/// The values that one member has along a list.
[[nodiscard]] Strings each(const nlohmann::ordered_json& lines, const std::string& member);

/// An act as "2026-03-01T09:00:00Z by person adam".
[[nodiscard]] std::string act(const nlohmann::ordered_json& act);

/// The element of a list whose member has this value; fails the test if there is not exactly one.
[[nodiscard]] nlohmann::ordered_json only(const nlohmann::ordered_json& lines,
                                          const std::string& member, const std::string& value);

/// A state without the position and the instant it was asked for.
[[nodiscard]] nlohmann::ordered_json timeless(nlohmann::ordered_json state);

}  // namespace actbook::testing

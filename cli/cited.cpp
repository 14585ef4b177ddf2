#include "cited.h"

#include <algorithm>
#include <array>

#include "html.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

// 0 stands for none.
void add_position(const ordered_json& value, std::set<std::uint64_t>& positions) {
  if (!value.is_number_unsigned()) return;
  if (const auto position = value.get<std::uint64_t>(); position != 0) positions.insert(position);
}

void collect(const ordered_json& value, std::set<std::uint64_t>& positions) {
  if (value.is_array()) {
    for (const auto& element : value) collect(element, positions);
  }
  if (!value.is_object()) return;
  for (const auto& [name, member] : value.items()) {
    if (!holds_positions(name) || member.is_object()) {
      collect(member, positions);
    } else if (member.is_array()) {
      for (const auto& element : member) add_position(element, positions);
    } else {
      add_position(member, positions);
    }
  }
}

}  // namespace

bool holds_positions(std::string_view member) {
  // Behind the first two are fields of rows that say it in their comments only.
  constexpr std::array<std::string_view, 8> kNames = {"position",    "positions",   "acceptance",
                                                      "accruals",    "left_client", "first",
                                                      "ended_early", "closed_early"};
  return std::ranges::find(kNames, member) != kNames.end() || member.ends_with("_position") ||
         member.ends_with("_positions");
}

std::set<std::uint64_t> cited_positions(const ordered_json& answer) {
  std::set<std::uint64_t> positions;
  collect(answer, positions);
  return positions;
}

std::optional<AnswerMoment> moment_of(const ordered_json& answer) {
  const auto& said = answer.contains("state") ? answer["state"] : answer;
  if (!said.contains("as_of") || !said.contains("at")) return {};
  const auto at = time_in(said["at"]);
  if (!at || !said["as_of"].is_number_unsigned()) return {};
  return AnswerMoment{said["as_of"].get<std::uint64_t>(), *at,
                      said.contains("true_at") ? time_in(said["true_at"]) : std::nullopt};
}

}  // namespace actbook::cli

#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>

#include "actbook/ledger.h"

namespace actbook::cli {

/// Whether a member of an answer by this name holds positions of records: what it rests on. Cursors
/// and the position that an answer is as of do not count.
[[nodiscard]] bool holds_positions(std::string_view member);

/// The positions of all records that an answer names.
[[nodiscard]] std::set<std::uint64_t> cited_positions(const nlohmann::ordered_json& answer);

/// What an answer is as of.
struct AnswerMoment {
  /// How much of the ledger it knows.
  std::uint64_t position = 0;
  Timestamp at;
  /// Of the second axis: at.
  std::optional<Timestamp> true_at;
};
/// None, if it does not say.
[[nodiscard]] std::optional<AnswerMoment> moment_of(const nlohmann::ordered_json& answer);

}  // namespace actbook::cli

#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "actbook/ledger.h"

namespace actbook::cli {

/// Something that lasted: from an act until another, or on.
struct ChartSpan {
  std::string label;
  Timestamp from;
  std::optional<Timestamp> until;
};

/// Something that happened, with its record.
struct ChartAct {
  std::uint64_t position = 0;
  Timestamp at;
  std::string label;
};

/// What a timeline shows: what lasted and what happened, up to an instant.
struct Chart {
  std::vector<ChartSpan> spans;
  std::vector<ChartAct> acts;
  Timestamp end;
};

/// What lasted, by an answer: each object that has an act for its beginning (from, granted, signed
/// ...) with the one for its end, where it has one. On the second axis (`occurred`) by when it
/// happened, else by when it was recorded.
[[nodiscard]] std::vector<ChartSpan> spans_of(const nlohmann::ordered_json& answer, bool occurred,
                                              Timestamp end);

}  // namespace actbook::cli

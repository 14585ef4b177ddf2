#pragma once

#include <string>
#include <vector>

#include "actbook/search.h"
#include "actbook/time.h"

namespace actbook::testing {

inline void add_range(std::vector<std::string>& terms, const std::string& key,
                      const TimeRange& range) {
  constexpr std::int64_t kDay = 86'400'000'000;
  if (!range.from && !range.before) return;
  const auto from = range.from ? to_iso8601(*range.from) : "";
  const auto before = range.before ? to_iso8601(*range.before) : "";
  const bool is_day = range.from && range.before && range.from->microseconds % kDay == 0 &&
                      *range.before == plus_days(*range.from, 1);
  terms.push_back(key + ":" +
                  (is_day ? from.substr(0, from.find('T')) : "[" + from + "," + before + ")"));
}

inline void add_flag(std::vector<std::string>& terms, const std::string& key,
                     std::optional<bool> flag) {
  if (flag) terms.push_back(key + (*flag ? ":yes" : ":no"));
}

/// The terms of a text that parse_search reads as this search.
inline std::vector<std::string> terms_of(const Search& search) {
  std::vector<std::string> terms = search.tags;
  std::string types;
  for (const auto& type : search.types) types.append(types.empty() ? "type:" : ",").append(type);
  if (!types.empty()) terms.push_back(types);
  add_range(terms, "recorded", search.recorded);
  add_range(terms, "occurred", search.occurred);
  add_flag(terms, "refused", search.refused);
  add_flag(terms, "broken", search.broken);
  if (search.mode) terms.push_back(std::string("mode:") + schema::EnumNameMode(*search.mode));
  return terms;
}

inline std::string joined(const std::vector<std::string>& terms) {
  std::string text;
  for (const auto& term : terms) text.append(text.empty() ? "" : " ").append(term);
  return text;
}

}  // namespace actbook::testing

#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace actbook::testing {

/// RFC 4180, read strictly: rows of fields.
inline std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1);
  std::string field;
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      field += text[++i];
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && (c == ',' || c == '\r')) {
      rows.back().push_back(std::exchange(field, {}));
    } else if (!is_quoted && c == '\n') {
      rows.emplace_back();
    } else {
      field += c;
    }
  }
  CHECK(!is_quoted);
  CHECK(rows.back().empty());
  rows.pop_back();
  return rows;
}

}  // namespace actbook::testing

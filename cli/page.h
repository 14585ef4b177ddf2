#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "table.h"

namespace actbook::cli {

using Facts = std::vector<std::pair<std::string, std::string>>;

/// Sections for people, one below the other.
class Page {
 public:
  explicit Page(std::size_t width) : width_(width) {}

  /// A heading, and what is known; facts that are absent are left out.
  void section(const std::string& heading, const Facts& facts);
  /// A heading with the number of rows, and the rows.
  void section(const std::string& heading, const Table& table);
  /// An answer as its schema has it: plain values as facts, then each list of objects as a table.
  /// Amounts of cents are shown as money.
  void document(const std::string& heading, const nlohmann::ordered_json& document);

  [[nodiscard]] std::string finish() && { return std::move(text_); }

 private:
  void start(const std::string& heading);

  std::size_t width_;
  std::string text_;
};

/// What people call a member of an answer by its path: "row.paid_cents" is "Paid".
[[nodiscard]] std::string heading_words(std::string path);

/// "3060.00"
[[nodiscard]] std::string money_words(std::int64_t cents);

}  // namespace actbook::cli

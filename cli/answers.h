#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actbook/json.h"
#include "csv_writer.h"
#include "output.h"

namespace actbook::cli {

// Answers for programs. What `table` looks like is for each subcommand to say.

/// An answer that is a list: whole as json, or an element a line as jsonl and csv.
template <class Answer, class Line>
void write_list(Output& out, Format format, const Answer& answer,
                const std::vector<std::unique_ptr<Line>>& lines) {
  if (format == Format::json) return out.line(to_json(answer, JsonLayout::indented));
  if (format == Format::jsonl) {
    for (const auto& line : lines) out.line(to_json(*line));
    return;
  }
  const auto columns = csv_columns(Line::TableType::GetFullyQualifiedName());
  CsvWriter csv(out, columns);
  for (const auto& line : lines) csv.row(csv_cells(columns, to_json(*line)));
}

/// Beside a page in a format that has no room for it: where the next one begins.
inline void tell_of_more(const std::optional<std::uint64_t>& next) {
  if (next) complain("there are more: --after " + std::to_string(*next));
}

/// An answer that is one thing.
template <class Answer>
void write_one(Output& out, Format format, const Answer& answer) {
  if (format != Format::csv) {
    return out.line(
        to_json(answer, format == Format::json ? JsonLayout::indented : JsonLayout::line));
  }
  const auto columns = csv_columns(Answer::TableType::GetFullyQualifiedName());
  CsvWriter(out, columns).row(csv_cells(columns, to_json(answer)));
}

}  // namespace actbook::cli

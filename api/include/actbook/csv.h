#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace actbook {

// CSV as RFC 4180 has it, of tables of answers.fbs and record.fbs.

/// One row: every field quoted, and the end of the line, CR LF.
[[nodiscard]] std::string csv_row(const std::vector<std::string>& cells);

/// The columns of a table, by its qualified name: one for each member, nested ones by their path
/// (data_owner.organisation_name). They come from the schema, so they are the same whatever is
/// absent.
[[nodiscard]] std::vector<std::string> csv_columns(std::string_view table_name);

/// A row for these columns from the JSON of such a table.
[[nodiscard]] std::vector<std::string> csv_cells(const std::vector<std::string>& columns,
                                                 std::string_view json);

/// A value of nlohmann's JSON as the text of a cell: a list of plain ones with spaces between them,
/// which ids, codes and positions do not have; an object as JSON.
template <class Json>
[[nodiscard]] std::string value_text(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return value.template get<std::string>();
  if (!value.is_array()) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string text;
  for (const auto& element : value)
    text.append(text.empty() ? "" : " ").append(value_text(element));
  return text;
}

}  // namespace actbook

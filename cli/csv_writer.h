#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actbook/json.h"
#include "output.h"

namespace actbook::cli {

/// CSV as RFC 4180 has it: every field quoted, lines end with CR LF.
class CsvWriter {
 public:
  /// Writes the header.
  CsvWriter(Output& out, const std::vector<std::string>& columns) : out_(out) { row(columns); }

  void row(const std::vector<std::string>& cells);

 private:
  Output& out_;
};

/// The columns of a table of answers.fbs or record.fbs, by its qualified name: one for each member,
/// nested ones by their path (data_owner.organisation_name). They come from the schema, so they are
/// the same whatever is absent.
[[nodiscard]] std::vector<std::string> csv_columns(std::string_view table_name);

/// A row for these columns from the JSON of such a table.
[[nodiscard]] std::vector<std::string> csv_cells(const std::vector<std::string>& columns,
                                                 std::string_view json);

}  // namespace actbook::cli

#pragma once

#include <string>
#include <vector>

#include "html_answer.h"

namespace actbook::cli {

/// A list of objects of an answer: acts as a trail, rows that changed by their fields, steps one by
/// one; anything else as a table whose columns are its members. Columns that say nothing are left
/// out. Where there are more than fit on a page, what is the same in every line is said once, and
/// what is long, or then still too much, stands below each line.
[[nodiscard]] std::string list_table(const Twin& list);

/// A table of cells that are HTML already.
struct HtmlRow {
  std::vector<std::string> cells;
  /// Links can lead to it.
  std::string id = {};
  /// Goes over all columns.
  std::string below = {};
};
[[nodiscard]] std::string html_table(const std::vector<std::string>& headings,
                                     const std::vector<HtmlRow>& rows);

}  // namespace actbook::cli

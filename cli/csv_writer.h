#pragma once

#include <string>
#include <vector>

#include "actbook/csv.h"
#include "output.h"

namespace actbook::cli {

/// Rows of CSV, one after the other.
class CsvWriter {
 public:
  /// Writes the header.
  CsvWriter(Output& out, const std::vector<std::string>& columns) : out_(out) { row(columns); }

  void row(const std::vector<std::string>& cells) { out_.write(csv_row(cells)); }

 private:
  Output& out_;
};

}  // namespace actbook::cli

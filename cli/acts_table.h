#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actbook/ledger.h"
#include "table.h"

namespace actbook::cli {

/// Whether a table names the workspace of each line; where all are of one, the page says it
/// already.
enum class WorkspaceColumn { shown, omitted };

[[nodiscard]] Table acceptances_table(
    const std::vector<std::unique_ptr<answer::AcceptanceLineT>>& lines, WorkspaceColumn workspace);

/// What is remarkable about an act: that it was refused, told of late, observed or against the
/// rules, and the reason that was given.
[[nodiscard]] std::string remarks_of(const answer::TrailLineT& line);

[[nodiscard]] Table trail_table(const std::vector<std::unique_ptr<answer::TrailLineT>>& lines);

/// An act for programs, with the columns that a trail has as CSV.
[[nodiscard]] const std::vector<std::string>& act_columns();
[[nodiscard]] std::vector<std::string> act_cells(const answer::TrailLineT& line);

}  // namespace actbook::cli

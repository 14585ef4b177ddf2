#pragma once

#include <memory>
#include <vector>

#include "actbook/ledger.h"
#include "table.h"

namespace actbook::cli {

/// Whether a table names the workspace of each line; where all are of one, the page says it
/// already.
enum class WorkspaceColumn { shown, omitted };

[[nodiscard]] Table acceptances_table(
    const std::vector<std::unique_ptr<answer::AcceptanceLineT>>& lines, WorkspaceColumn workspace);

[[nodiscard]] Table trail_table(const std::vector<std::unique_ptr<answer::TrailLineT>>& lines);

}  // namespace actbook::cli

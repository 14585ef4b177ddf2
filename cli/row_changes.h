#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/ledger.h"
#include "table.h"

namespace actbook::cli {

/// What kind of row a table has: "WorkspaceRow" as "workspace", "OrganisationMemberRow" as
/// "organisation member".
[[nodiscard]] std::string kind_words(std::string_view table);

/// Rows that changed, for people: a line for each value that is another than before.
[[nodiscard]] Table table_of(const std::vector<std::unique_ptr<answer::RowChangeT>>& changes);

/// The same for programs: table, key, what, position, field, before, after.
[[nodiscard]] std::vector<std::string> row_change_columns();
[[nodiscard]] std::vector<std::vector<std::string>> row_change_cells(
    const std::vector<std::unique_ptr<answer::RowChangeT>>& changes);

}  // namespace actbook::cli

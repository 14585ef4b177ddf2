#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/tables.h"

// What belongs to whom, at rows as they stand. Nothing reads the log.
namespace actbook {

/// The projects of a workspace, an organisation or a personal account (`kind` is the name), sorted;
/// deleted ones are nobody's. Cost: a row read for each that ever was.
[[nodiscard]] std::vector<std::string> live_projects(const RowReader& rows, std::string_view kind,
                                                     std::string_view id);

/// The recordings of a project, sorted. Cost: a row read for each that ever was in it.
[[nodiscard]] std::vector<std::string> recordings_in(const RowReader& rows,
                                                     std::string_view project);

/// The plan that an organisation or a personal account (`kind` is the name) has bought. That of a
/// personal account goes to the organisation it is converted to.
[[nodiscard]] std::optional<row::SubscriptionRowT> subscription_of(const RowReader& rows,
                                                                   std::string_view kind,
                                                                   std::string_view id);

}  // namespace actbook

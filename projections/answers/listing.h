#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actbook/audit.h"
#include "actbook/search.h"
#include "actbook/tables.h"

namespace actbook {

/// Errors: those of check_search(); invalid with NOT_ASKED_BY, if lines made of events of these
/// types cannot be asked for by the tags (see AuditKeys) or the types of a search, or it wants
/// refusals.
[[nodiscard]] Result<void> check_asked(const AuditKeys& keys,
                                       const std::vector<std::string_view>& types,
                                       const Search& search);

/// Whether an event is of the times, the types and the kind that a search asks for, whatever its
/// tags.
[[nodiscard]] bool matches(const Search& search, const Record& record);

[[nodiscard]] bool has_tag(const Record& record, std::string_view tag);

/// Errors: invalid with NOT_FOUND, for the first tag of a search that the view does not know. For
/// lists that have no line.
[[nodiscard]] Result<void> check_all_known(const EventStore& store, const View& view,
                                           const Search& search);

}  // namespace actbook

#pragma once

#include <string>

#include "actbook/json.h"
#include "actbook/ledger.h"

namespace actbook {

/// See Ledger::export_person. Of personal texts, those about the person are what `reveal` says, and
/// somebody else's what `hide` does.
[[nodiscard]] Result<std::string> export_person(const Ledger& ledger, const EventStore& store,
                                                const View& view, const std::string& person,
                                                JsonLayout layout, const ReadPersonal& reveal,
                                                const ReadPersonal& hide);

}  // namespace actbook

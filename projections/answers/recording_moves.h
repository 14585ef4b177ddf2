#pragma once

#include "actbook/schema/answers_generated.h"
#include "actbook/search.h"

namespace actbook {

/// Where one recording went, by what was true: on the second axis its own events, and those of the
/// projects it was in, may have been recorded in another order than they happened, and then say of
/// it what the ledger believed. So it is asked of the rows where it was after each. Null, unless
/// the view is of that axis and the search names one recording. Errors: those of audit_moves().
/// Cost: a few reads for each event of the projects that it was ever in.
[[nodiscard]] Result<std::unique_ptr<answer::MovesT>> recording_moves(const EventStore& store,
                                                                      const View& view,
                                                                      const Search& search);

}  // namespace actbook

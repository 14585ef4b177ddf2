#pragma once

#include <functional>
#include <optional>

#include "actbook/event_store.h"
#include "actbook/schema/answers_generated.h"

namespace actbook {

using ReplayProgress = std::function<void(Position done, Position end)>;

/// Folds the log afresh from its first event to `until` (the head by default; to the end of
/// its batch) and compares each row
/// version, each tag posting and each command id with the one served, both ways: nothing missing,
/// nothing more, nothing different. Fires no side effects. A difference is reported with the first
/// position where it shows. Memory: the newest version of every row. Errors: corrupt or
/// unavailable, if the log cannot be read; invalid, if `until` lies beyond the head.
[[nodiscard]] Result<answer::ReplayReportT> replay(const EventStore& store,
                                                   const Projector& projector,
                                                   std::optional<Position> until = {},
                                                   const ReplayProgress& progress = {});

/// Checks the whole log (see EventStore::verify_log) and the Merkle tree kept of it, and says in an
/// answer what it found.
[[nodiscard]] answer::VerifyReportT verify(const EventStore& store,
                                           const std::optional<TreeHead>& expected = {},
                                           const ReplayProgress& progress = {});

}  // namespace actbook

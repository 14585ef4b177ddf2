#pragma once

#include "actbook/batch.h"

namespace actbook {

/// Folds the events of events.fbs into the rows of rows.fbs. One for the whole process; free to
/// share.
[[nodiscard]] const Projector& partner_projector();

}  // namespace actbook

#pragma once

#include "actbook/schema.h"

namespace actbook {

/// Describes answers, rows and the tables of the log.
[[nodiscard]] const Schema& answer_schema();

}  // namespace actbook

#pragma once

#include <string>

#include "docs/reference.h"

namespace actbook::reference {

/// The page docs/REFERENCE.md: the envelope, every command, every event, the tables and words that
/// they share, and every reason.
[[nodiscard]] std::string markdown(const Reference& reference);

}  // namespace actbook::reference

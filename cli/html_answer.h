#pragma once

#include <string>

#include "twin.h"

namespace actbook::cli {

/// An answer as sections of HTML: what it says of one thing as facts, then each of its lists as a
/// table, or a block for each element where it has many fields. Positions are links to the records
/// of the page.
[[nodiscard]] std::string answer_html(const Twin& answer);

}  // namespace actbook::cli

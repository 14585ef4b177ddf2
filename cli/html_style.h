#pragma once

#include <string>

namespace actbook::cli {

/// The style of a case file's page, for screens and for A4 paper. `foot` stands at the foot of each
/// sheet; letters, digits and plain punctuation only.
[[nodiscard]] std::string html_style(const std::string& foot);

}  // namespace actbook::cli

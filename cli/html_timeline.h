#pragma once

#include <string>

#include "chart.h"

namespace actbook::cli {

/// A timeline as figures of inline SVG: acts as dots over an axis of time, one upon the other where
/// they are close; then what lasted as bars, in parts that fit on a page. Each figure says in words
/// what it shows, for those who cannot see it.
[[nodiscard]] std::string timeline_html(const Chart& chart);

}  // namespace actbook::cli

#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "instant.h"

namespace actbook::cli {

/// What the questions of an audit have in common: what they are about, as of when, and which page.
struct SearchOptions {
  std::vector<std::string> terms;
  Moment moment;
  std::optional<Position> after;
  std::optional<std::size_t> limit;
};

/// The positional arguments SEARCH..., --as-of, --true-at, --after and --limit.
void add_search(CLI::App& app, SearchOptions& into);

/// Errors: those of parse_search, beginning with SEARCH.
[[nodiscard]] Result<Search> read_search(const SearchOptions& options);

}  // namespace actbook::cli

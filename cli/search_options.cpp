#include "search_options.h"

#include <cstdint>
#include <limits>

namespace actbook::cli {

void add_search(CLI::App& app, SearchOptions& into) {
  app.add_option("SEARCH", into.terms,
                 "What it is about: terms such as workspace:ws-1, actor:adam,\n"
                 "type:agreement.*, 'recorded:[2026-03-01,2026-04-01)', 'occurred:...',\n"
                 "refused:yes; all must hold. docs/SEARCH.md has them all")
      ->option_text("TERM...");
  add_moment(app, into.moment);
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  add_number(
      app, "--after", 0, kMost,
      [&into](std::uint64_t position) { into.after = Position{position}; },
      "The next page: what comes after this position")
      ->option_text("POSITION");
  add_number(
      app, "--limit", 1, kMost, [&into](std::uint64_t limit) { into.limit = limit; },
      "A page: so many acts")
      ->option_text("N");
}

Result<Search> read_search(const SearchOptions& options) {
  std::string text;
  for (const auto& term : options.terms) text.append(text.empty() ? "" : " ").append(term);
  auto search = parse_search(text);
  if (!search) {
    auto error = std::move(search).error();
    error.message = "SEARCH: " + error.message;
    return error;
  }
  if (options.after) search.value().after = *options.after;
  if (options.limit) search.value().limit = *options.limit;
  return search;
}

}  // namespace actbook::cli

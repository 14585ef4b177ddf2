#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "actbook/ledger.h"

namespace actbook::cli {

/// A text as it may stand anywhere in HTML, in attributes too. Control characters, and those that
/// would reorder the text around them, are replaced by U+FFFD: a name must not change what a page
/// seems to say.
[[nodiscard]] std::string escape_html(std::string_view text);

/// The same for the text of an element: long words may go over several lines, so that a table stays
/// on its page.
[[nodiscard]] std::string breakable_html(std::string_view text, std::size_t long_word = 28);

/// "2026-03-01 09:00:00 UTC", marked up as a time.
[[nodiscard]] std::string time_html(Timestamp at);
/// The same for a member of a JSON document, which may be absent.
[[nodiscard]] std::string time_html(const nlohmann::ordered_json& iso8601);

/// A position, as a link to where the page has its record.
[[nodiscard]] std::string position_html(std::uint64_t position);

/// The instant of a text that is ISO 8601 in UTC to the second at least, as documents have it.
[[nodiscard]] std::optional<Timestamp> time_in(const nlohmann::ordered_json& value);

}  // namespace actbook::cli

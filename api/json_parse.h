#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "actbook/error.h"

namespace actbook {

/// The error for one member of a document: the code INVALID_FIELD, and a message that begins with
/// its path.
[[nodiscard]] Error invalid_field(const std::string& path, const std::string& what);

/// A name from a document, fit for a message: short, and without characters that could harm a
/// terminal.
[[nodiscard]] std::string printable(std::string_view name);

/// Reads one JSON text (RFC 8259, no extensions) of at most 32 levels.
/// Errors: invalid, with MALFORMED_JSON, or INVALID_FIELD for a name that an object has twice.
[[nodiscard]] Result<nlohmann::json> parse_json(std::string_view text);

}  // namespace actbook

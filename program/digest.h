#pragma once

#include <string>
#include <string_view>

namespace actbook {

/// The first 32 hexadecimal digits (128 bits) of the text's SHA-256.
[[nodiscard]] std::string short_digest(std::string_view text);

}  // namespace actbook

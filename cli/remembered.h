#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "yaml.h"

namespace actbook::cli {

/// What a scenario has remembered as $name.
using Remembered = std::map<std::string, nlohmann::ordered_json>;

/// The name that a value such as $granted stands for; none, if it is anything else. What is quoted
/// is text.
[[nodiscard]] std::optional<std::string> remembered_name(const Value& value);

/// The value, or what is remembered where it is a $name. Errors: those of malformed(), if nothing
/// is, or it is no plain value.
[[nodiscard]] Result<Value> resolved(const std::string& file, const Value& value,
                                     const Remembered& remembered);

/// A text with what is remembered for each $name within it. Errors: the same.
[[nodiscard]] Result<std::string> filled_in(const std::string& file, const Value& text,
                                            const Remembered& remembered);

}  // namespace actbook::cli

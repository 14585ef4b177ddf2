#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "actbook/ledger.h"

namespace actbook::cli {

/// The id where the kind is known: haarlem-panels, or workspace:haarlem-panels. Errors: invalid, if
/// the text is of another kind.
[[nodiscard]] Result<std::string> read_id(EntityKind kind, std::string_view text);

/// The positional argument `name`, which read_id() reads.
CLI::Option* add_id(CLI::App& app, const std::string& name, EntityKind kind, std::string& into,
                    const std::string& description);

}  // namespace actbook::cli

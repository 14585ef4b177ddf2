#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "actbook/ledger.h"

namespace actbook::cli {

/// A point of a ledger's history: after an event, or at a time.
using Instant = std::variant<Position, Timestamp>;

/// Reads an ISO 8601 time of which T, the seconds and the offset may be left out, as people do:
/// 2026-03-01 09:00 is 2026-03-01T09:00:00Z. Errors: those of parse_iso8601.
[[nodiscard]] Result<Timestamp> read_time(std::string_view text);

/// An option that takes TIME|POSITION: a bare number is a position, anything else an ISO 8601 time.
CLI::Option* add_instant(CLI::App& app, const std::string& name, std::optional<Instant>& into,
                         const std::string& description);

/// An option that takes an ISO 8601 time.
CLI::Option* add_time(CLI::App& app, const std::string& name, std::optional<Timestamp>& into,
                      const std::string& description);

/// The positional argument POSITION.
CLI::Option* add_position(CLI::App& app, Position& into);

/// The positional argument ENTITY, kind:id.
CLI::Option* add_entity(CLI::App& app, std::optional<Entity>& into);

/// The flag --reveal: personal data in clear.
CLI::Option* add_reveal(CLI::App& app, Personal& into);

/// The state at an instant, or now. Errors: those of Ledger::as_of, beginning with the option's
/// name.
[[nodiscard]] Result<View> view_at(const Ledger& ledger, const std::string& option,
                                   const std::optional<Instant>& instant);

/// The last position before an instant; 0 if none is given. Errors: those of Ledger::as_of.
[[nodiscard]] Result<Position> position_before(const Ledger& ledger, const std::string& option,
                                               const std::optional<Instant>& instant);

/// "as of position 512, 2026-06-10T14:00:00Z"
[[nodiscard]] std::string as_of_words(std::uint64_t position, std::int64_t at);

}  // namespace actbook::cli

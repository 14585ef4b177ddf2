#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "actbook/ledger.h"

namespace actbook::cli {

/// After an event, at a time since: what ran out by itself by then has, and what was recorded later
/// does not count.
struct PositionAt {
  Position position;
  Timestamp at;
};

/// A point of a ledger's history: after an event, at a time, or both.
using Instant = std::variant<Position, Timestamp, PositionAt>;

/// Reads an ISO 8601 time of which T, the seconds and the offset may be left out, as people do:
/// 2026-03-01 09:00 is 2026-03-01T09:00:00Z. Errors: those of parse_iso8601.
[[nodiscard]] Result<Timestamp> read_time(std::string_view text);

/// An option that takes TIME|POSITION: a bare number is a position, POSITION@TIME both, anything
/// else an ISO 8601 time.
CLI::Option* add_instant(CLI::App& app, const std::string& name, std::optional<Instant>& into,
                         const std::string& description);

/// An option that takes an ISO 8601 time.
CLI::Option* add_time(CLI::App& app, const std::string& name, std::optional<Timestamp>& into,
                      const std::string& description);

/// An option that takes a whole number from `least` to `most`.
CLI::Option* add_number(CLI::App& app, const std::string& name, std::uint64_t least,
                        std::uint64_t most, std::function<void(std::uint64_t)> take,
                        const std::string& description);

/// The positional argument POSITION.
CLI::Option* add_position(CLI::App& app, Position& into);

/// The positional argument ENTITY, kind:id.
CLI::Option* add_entity(CLI::App& app, std::optional<Entity>& into);

/// The flag --reveal: personal data in clear.
CLI::Option* add_reveal(CLI::App& app, Personal& into);

/// The two axes on which a question can be asked.
struct Moment {
  /// What the ledger knew then; now, if empty.
  std::optional<Instant> as_of = {};
  /// What was true then, by what the ledger knew; if empty, the first axis alone.
  std::optional<Timestamp> true_at = {};
};

/// The options --as-of TIME|POSITION, under other names, too, if they are given, and --true-at
/// TIME.
void add_moment(CLI::App& app, Moment& into, const std::string& as_of = "--as-of");

/// The state at an instant, or now. Errors: those of Ledger::as_of, beginning with the option's
/// name.
[[nodiscard]] Result<View> view_at(const Ledger& ledger, const std::string& option,
                                   const std::optional<Instant>& instant);
/// The state at a moment. Errors: those of Ledger::as_of and true_at, beginning with the option's
/// name.
[[nodiscard]] Result<View> view_at(const Ledger& ledger, const Moment& moment);

/// The last position before an instant; 0 if none is given. Errors: those of Ledger::as_of.
[[nodiscard]] Result<Position> position_before(const Ledger& ledger, const std::string& option,
                                               const std::optional<Instant>& instant);

/// "as of position 512, 2026-06-10T14:00:00Z"; on the second axis "true at 2026-06-10T14:00:00Z, as
/// known at position 512".
[[nodiscard]] std::string as_of_words(std::uint64_t position, std::int64_t at,
                                      bool second_axis = false);
template <class Answer>
[[nodiscard]] std::string as_of_words(const Answer& answer) {
  return as_of_words(answer.as_of, answer.at, answer.true_at.has_value());
}

}  // namespace actbook::cli

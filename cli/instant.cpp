#include "instant.h"

#include <fmt/format.h>

#include <boost/outcome/try.hpp>
#include <charconv>

namespace actbook::cli {
namespace {

// CLI11 puts the name before what is thrown.
template <class Value>
Value value_or_throw(const std::string& name, Result<Value> result) {
  if (!result) throw CLI::ValidationError(name, result.error().message);
  return std::move(result).value();
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

Result<Position> parse_position(const std::string& text) {
  if (!is_number(text)) {
    return Error{
        ErrorKind::invalid, "INVALID_POSITION", "a position is a whole number, 1 or more", {}};
  }
  Position position;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), position.value);
  if (read.ec != std::errc()) {
    return Error{ErrorKind::invalid, "INVALID_POSITION", text + " is too large for a position", {}};
  }
  return position;
}

Result<Instant> parse_instant(const std::string& text) {
  if (const auto sign = text.find('@'); sign != std::string::npos) {
    BOOST_OUTCOME_TRY(position, parse_position(text.substr(0, sign)));
    BOOST_OUTCOME_TRY(at, parse_iso8601(text.substr(sign + 1)));
    return Instant(PositionAt{position, at});
  }
  if (is_number(text)) {
    const auto position = parse_position(text);
    return position ? Result<Instant>(position.value()) : position.error();
  }
  auto time = parse_iso8601(text);
  if (time) return Instant(time.value());
  auto error = std::move(time).error();
  error.message += ", or give a position, a whole number";
  return error;
}

template <class Value>
Result<Value> naming(const std::string& option, Result<Value> result) {
  if (result) return result;
  auto error = std::move(result).error();
  error.message = option + ": " + error.message;
  return error;
}

}  // namespace

Result<Timestamp> read_time(std::string_view text) {
  constexpr std::size_t kDateBytes = 10;
  std::string iso(text);
  if (iso.size() > kDateBytes) {
    if (iso[kDateBytes] == ' ') iso[kDateBytes] = 'T';
    if (const auto gap = iso.find(' '); gap != std::string::npos) iso.erase(gap, 1);
    if (iso.find_first_of("Z+-", kDateBytes) == std::string::npos) iso += 'Z';
  }
  return parse_iso8601(iso);
}

CLI::Option* add_instant(CLI::App& app, const std::string& name, std::optional<Instant>& into,
                         const std::string& description) {
  return app
      .add_option_function<std::string>(
          name,
          [first = name.substr(0, name.find(',')), &into](const std::string& text) {
            into = value_or_throw(first, parse_instant(text));
          },
          description)
      ->option_text("TIME|POSITION");
}

CLI::Option* add_time(CLI::App& app, const std::string& name, std::optional<Timestamp>& into,
                      const std::string& description) {
  return app
      .add_option_function<std::string>(
          name,
          [name, &into](const std::string& text) {
            into = value_or_throw(name, parse_iso8601(text));
          },
          description)
      ->option_text("TIME");
}

// CLI11 takes a number that is too large for some other.
CLI::Option* add_number(CLI::App& app, const std::string& name, std::uint64_t least,
                        std::uint64_t most, std::function<void(std::uint64_t)> take,
                        const std::string& description) {
  return app.add_option_function<std::string>(
      name,
      [=](const std::string& text) {
        std::uint64_t number = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        if (!is_number(text) || read.ec != std::errc() || number < least || number > most) {
          throw CLI::ValidationError(
              name, fmt::format("{} is not a whole number from {} to {}", text, least, most));
        }
        take(number);
      },
      description);
}

CLI::Option* add_position(CLI::App& app, Position& into) {
  return app
      .add_option_function<std::string>(
          "POSITION",
          [&into](const std::string& text) {
            into = value_or_throw("POSITION", parse_position(text));
          },
          "Which: 1 is the first")
      ->required()
      ->option_text("(required)");
}

CLI::Option* add_entity(CLI::App& app, std::optional<Entity>& into) {
  return app
      .add_option_function<std::string>(
          "ENTITY",
          [&into](const std::string& text) {
            into = value_or_throw("ENTITY", Entity::parse(text));
          },
          "Whom or what: kind:id, such as workspace:ws-1. The kinds\n"
          "are organisation, workspace, person, account, agreement,\n"
          "invite, handoff, contact, project, recording, mandate,\n"
          "mandate_request, plan, charge, payment, deal, transfer,\n"
          "support_request, personal_account and hold")
      ->required()
      ->option_text("(required)");
}

CLI::Option* add_reveal(CLI::App& app, Personal& into) {
  return app.add_flag_callback(
      "--reveal", [&into] { into = Personal::revealed; },
      "Personal data in clear; without it, it says sealed");
}

void add_moment(CLI::App& app, Moment& into, const std::string& as_of) {
  add_instant(app, as_of, into.as_of, "What the ledger knew then, instead of now");
  add_time(app, "--true-at", into.true_at,
           "What was true then, by what the ledger knew; a fact\n"
           "recorded late counts from when it happened");
}

Result<View> view_at(const Ledger& ledger, const std::string& option,
                     const std::optional<Instant>& instant) {
  if (!instant) return ledger.now();
  if (const auto* both = std::get_if<PositionAt>(&*instant)) {
    return naming(option, ledger.as_of(both->position, both->at));
  }
  if (const auto* position = std::get_if<Position>(&*instant)) {
    return naming(option, ledger.as_of(*position));
  }
  return naming(option, ledger.as_of(std::get<Timestamp>(*instant)));
}

Result<View> view_at(const Ledger& ledger, const Moment& moment) {
  auto known = view_at(ledger, "--as-of", moment.as_of);
  if (!known || !moment.true_at) return known;
  return naming("--true-at", ledger.true_at(known.value(), *moment.true_at));
}

Result<Position> position_before(const Ledger& ledger, const std::string& option,
                                 const std::optional<Instant>& instant) {
  if (!instant) return Position{};
  const auto* both = std::get_if<PositionAt>(&*instant);
  const auto* position = both != nullptr ? &both->position : std::get_if<Position>(&*instant);
  if (position != nullptr) {
    if (position->value == 0) return Position{};
    // A batch is one act: from a position within it on, all of it counts.
    auto event = naming(option, ledger.event(*position));
    if (!event) return std::move(event).error();
    return Position{position->value - event.value()->batch_index() - 1};
  }
  const auto time = std::get<Timestamp>(*instant);
  auto view = naming(option, ledger.as_of(Timestamp{time.microseconds - 1}));
  if (!view) return std::move(view).error();
  return view.value().position();
}

std::string as_of_words(std::uint64_t position, std::int64_t at, bool second_axis) {
  if (second_axis) {
    return "true at " + to_iso8601(Timestamp{at}) + ", as known at position " +
           std::to_string(position);
  }
  return "as of position " + std::to_string(position) + ", " + to_iso8601(Timestamp{at});
}

}  // namespace actbook::cli

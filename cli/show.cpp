#include <algorithm>
#include <boost/outcome/try.hpp>
#include <memory>

#include "acts_table.h"
#include "answers.h"
#include "changes.h"
#include "instant.h"
#include "state_page.h"
#include "subcommands.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kFooter =
    R"(How somebody or something stands, or stood as of a time or a position. Nothing in a
ledger is ever overwritten, so any day can be asked about. With --since, also what
changed from then on, that instant included: the acts in between, and each value before and after.

Examples:
  actbook show workspace:haarlem-panels
  actbook show person:adam --as-of 2026-05-20T12:00:00Z
  actbook show workspace:haarlem-panels --since 2026-04-01 --as-of 2026-10-01)";

struct Options {
  std::optional<Entity> entity;
  Moment moment;
  std::optional<Instant> since;
  Personal personal = Personal::sealed;
};

/// What is different from an earlier state.
struct History {  // NOLINT(bugprone-exception-escape): clang 14 suspects ordered_json's moves
  StateStamp since;
  /// Null, if the entity was not known then.
  ordered_json before;
  answer::TrailT trail;
};

/// The state without the marks that differ whenever it is asked for.
ordered_json plain_state(const answer::EntityStateT& answer) {
  auto state = ordered_json::parse(to_json(answer))["state"];
  state.erase("as_of");
  state.erase("at");
  state.erase("true_at");
  return state;
}

Result<History> history_of(const Ledger& ledger, const Options& options, const View& view) {
  BOOST_OUTCOME_TRY(before_it, position_before(ledger, "--since", options.since));
  BOOST_OUTCOME_TRY(since, ledger.as_of(before_it));
  const auto* time = std::get_if<Timestamp>(&*options.since);
  const Timestamp at = time != nullptr ? *time : since.at();
  const auto* position = std::get_if<Position>(&*options.since);
  if ((position != nullptr && *position > view.position()) || at > view.at()) {
    return Error{ErrorKind::misuse,
                 "SINCE_AFTER_AS_OF",
                 "--since lies after --as-of, that is position " +
                     std::to_string(view.position().value) + ", " + to_iso8601(view.at()) +
                     "; give an earlier one",
                 {}};
  }
  History history;
  history.since = {since.position().value, at.microseconds};
  auto before = ledger.show(since, *options.entity, options.personal);
  if (before) {
    history.before = plain_state(before.value());
  } else if (before.error().code != "NOT_FOUND") {
    return std::move(before).error();
  }
  Search search;
  search.tags = {options.entity->tag()};
  search.after = since.position();
  BOOST_OUTCOME_TRY(trail, ledger.trail(view, search));
  history.trail = std::move(trail);
  return history;
}

// row is where a state keeps its own plain facts; that name says nothing to people.
std::string readable(std::string path) {
  constexpr std::string_view kRow = "row.";
  if (path.starts_with(kRow)) path.erase(0, kRow.size());
  std::ranges::replace(path, '.', ' ');
  return words(path);
}

void print_history(Output& out, const History& history, const ordered_json& after) {
  const auto since = "since position " + std::to_string(history.since.as_of) + ", " +
                     to_iso8601(Timestamp{history.since.at});
  const auto acts = trail_table(history.trail.lines);
  out.line("\nWhat happened " + since + ": " + count_words(acts.size(), "act", "acts"));
  out.write(acts.text("  ", out.width()));
  if (history.before.is_null()) {
    return out.line("\nWhat changed " + since + ": everything; it was not known then");
  }
  const auto changes = compare(history.before, after, Reader::person);
  out.line("\nWhat changed " + since + ": " + count_words(changes.size(), "change", "changes"));
  Table table({{"WHAT"}, {"BEFORE"}, {""}, {"AFTER"}});
  const auto shown = [](const std::string& text) { return text.empty() ? "-" : text; };
  for (const auto& change : changes) {
    table.add(
        {readable(change.path), shown(change.before), std::string(kArrow), shown(change.after)});
  }
  out.write(table.text("  ", out.width()));
}

void print(Output& out, const answer::EntityStateT& answer, const std::optional<History>& history) {
  out.write(state_page(answer, out.width()));
  if (history) print_history(out, *history, plain_state(answer));
  const auto stamp = stamp_of(answer);
  out.line("\n" + as_of_words(stamp.as_of, stamp.at, stamp.second_axis));
}

ordered_json with_history(const answer::EntityStateT& answer, const History& history) {
  auto document = ordered_json::parse(to_json(answer));
  document["since"] = {{"as_of", history.since.as_of},
                       {"at", to_iso8601(Timestamp{history.since.at})}};
  document["acts"] = ordered_json::array();
  for (const auto& line : history.trail.lines) {
    document["acts"].push_back(ordered_json::parse(to_json(*line)));
  }
  document["changes"] = ordered_json::array();
  const auto side = [](const std::string& text) {
    return text.empty() ? ordered_json() : ordered_json(text);
  };
  for (const auto& change : compare(history.before, plain_state(answer), Reader::program)) {
    document["changes"].push_back(
        {{"field", change.path}, {"before", side(change.before)}, {"after", side(change.after)}});
  }
  return document;
}

void write_csv(Output& out, const answer::EntityStateT& answer,
               const std::optional<History>& history) {
  if (history) {
    CsvWriter csv(out, {"field", "before", "after"});
    for (const auto& change : compare(history->before, plain_state(answer), Reader::program)) {
      csv.row({change.path, change.before, change.after});
    }
    return;
  }
  CsvWriter csv(out, {"field", "value"});
  for (const auto& leaf : flatten(ordered_json::parse(to_json(answer))["state"], Reader::program)) {
    csv.row({leaf.path, leaf.text});
  }
}

Result<ExitCode> run(const Options& options, const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, options.moment));
  BOOST_OUTCOME_TRY(answer, ledger.show(view, *options.entity, options.personal));
  std::optional<History> history;
  if (options.since) {
    BOOST_OUTCOME_TRY(found, history_of(ledger, options, view));
    history = std::move(found);
  }
  if (session.format == Format::table) {
    print(session.out, answer, history);
  } else if (session.format == Format::csv) {
    write_csv(session.out, answer, history);
  } else if (history) {
    const int indent = session.format == Format::json ? 2 : -1;
    session.out.line(with_history(answer, *history).dump(indent));
  } else {
    write_one(session.out, session.format, answer);
  }
  return ExitCode::ok;
}

}  // namespace

void add_show(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("show", "How somebody or something stands, now or then");
  command->footer(kFooter);
  add_entity(*command, options->entity);
  add_moment(*command, options->moment);
  add_instant(*command, "--since", options->since, "Also what changed from then on");
  add_reveal(*command, options->personal);
  command->callback([&chosen, options] {
    chosen = [options](Session& session) { return run(*options, session); };
  });
}

}  // namespace actbook::cli

#include <algorithm>
#include <boost/outcome/try.hpp>
#include <memory>
#include <utility>

#include "acts_table.h"
#include "answers.h"
#include "ids.h"
#include "instant.h"
#include "late_facts.h"
#include "row_changes.h"
#include "search_options.h"
#include "subcommands.h"
#include "table.h"
#include "words.h"

namespace actbook::cli {
namespace {

std::string truth(bool is_so) { return is_so ? "true" : "false"; }

/// Rows of several kinds as one table: a row has nothing in the columns that only others have.
class KindsCsv {
 public:
  using Texts = std::vector<std::string>;

  /// The columns of each kind; the first of all says which kind a row is of.
  KindsCsv(Output& out, const std::vector<Texts>& kinds)
      : columns_(all_of(kinds)), csv_(out, columns_) {}

  void row(const std::string& kind, const Texts& columns, const Texts& cells) {
    Texts all = {kind};
    for (std::size_t i = 1; i < columns_.size(); ++i) {
      const auto own =
          static_cast<std::size_t>(std::ranges::find(columns, columns_[i]) - columns.begin());
      all.push_back(own < columns.size() ? cells[own] : std::string());
    }
    csv_.row(all);
  }
  void acts(const std::vector<std::unique_ptr<answer::TrailLineT>>& lines) {
    for (const auto& line : lines) act(*line);
  }
  void act(const answer::TrailLineT& line) { row("act", act_columns(), act_cells(line)); }
  void changes(const std::vector<std::unique_ptr<answer::RowChangeT>>& lines) {
    for (const auto& cells : row_change_cells(lines)) row("change", row_change_columns(), cells);
  }

 private:
  static Texts all_of(const std::vector<Texts>& kinds) {
    Texts all = {"kind"};
    for (const auto& columns : kinds) {
      for (const auto& column : columns) {
        if (std::ranges::find(all, column) == all.end()) all.push_back(column);
      }
    }
    return all;
  }

  Texts columns_;
  CsvWriter csv_;
};

// ---- explain ----

struct Explain {
  std::string person;
  std::optional<Entity> entity;
  Moment moment;
};

void print(Output& out, const answer::ExplanationT& answer) {
  out.line(answer.verdict);
  out.line("\nStep by step");
  Table rungs({{"RUNG"}, {"HELD"}, {"WHY"}, {"RESTS ON POSITIONS"}});
  for (const auto& rung : answer.rungs) {
    rungs.add(
        {rung->rung, rung->holds ? "yes" : "no", rung->sentence, position_words(rung->positions)});
  }
  out.write(rungs.text("  ", out.width()));
  out.line("\nWhat happened");
  out.write(trail_table(answer.chain).text("  ", out.width()));
  out.line("\n" + as_of_words(answer));
}

// The verdict, the rungs and the acts behind them are rows of one table.
void write_csv(Output& out, const answer::ExplanationT& answer) {
  const std::vector<std::string> columns = {"rung", "holds", "sentence", "positions"};
  KindsCsv csv(out, {columns, act_columns()});
  csv.row("verdict", columns, {"", truth(answer.can_read), answer.verdict, ""});
  for (const auto& rung : answer.rungs) {
    csv.row("rung", columns,
            {rung->rung, truth(rung->holds), rung->sentence, position_words(rung->positions)});
  }
  csv.acts(answer.chain);
}

Result<ExitCode> run_explain(const Explain& options, const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, options.moment));
  const auto ask = [&](const View& at) {
    return ledger.explain_access(at, options.person, *options.entity);
  };
  BOOST_OUTCOME_TRY(answer, ask(view));
  if (session.format == Format::table) {
    print(session.out, answer);
  } else if (session.format == Format::csv) {
    write_csv(session.out, answer);
  } else {
    write_one(session.out, session.format, answer);
  }
  tell_of_late_facts(session, ledger, view, answer, ask);
  return ExitCode::ok;
}

// ---- compare ----

struct Compare {
  std::optional<Instant> from;
  std::optional<Instant> to;
  bool second_axis = false;
  /// On the second axis: what the ledger knew then.
  std::optional<Instant> as_of;
  std::optional<Entity> entity;
  Personal personal = Personal::sealed;
};

/// `known` is only of use on the second axis.
Result<View> side(const Ledger& ledger, const Compare& options, const View& known, const char* name,
                  const std::optional<Instant>& instant) {
  if (!options.second_axis) return view_at(ledger, name, instant);
  if (!instant) return ledger.true_at(known, known.at());
  if (const auto* at = std::get_if<Timestamp>(&*instant)) return ledger.true_at(known, *at);
  return Error{ErrorKind::misuse,
               "NOT_A_TIME",
               std::string(name) + ": what was true is asked for a time, not for a position",
               {}};
}

Result<ExitCode> run_compare(const Compare& options, const Session& session) {
  if (options.as_of && !options.second_axis) {
    return Error{
        ErrorKind::misuse,
        "NOT_ASKED_FOR",
        "--as-of: says what the ledger knew, which is asked with --true; without it, --from "
        "and --to say that",
        {}};
  }
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(known, view_at(ledger, "--as-of", options.as_of));
  BOOST_OUTCOME_TRY(from, side(ledger, options, known, "--from", options.from));
  BOOST_OUTCOME_TRY(to, side(ledger, options, known, "--to", options.to));
  BOOST_OUTCOME_TRY(answer, ledger.compare(from, to, options.entity, options.personal));
  if (session.format == Format::csv) {
    KindsCsv csv(session.out, {row_change_columns(), act_columns()});
    csv.acts(answer.acts);
    csv.changes(answer.changes);
    return ExitCode::ok;
  }
  if (session.format != Format::table) {
    write_one(session.out, session.format, answer);
    return ExitCode::ok;
  }
  session.out.line("What happened: " + count_words(answer.acts.size(), "act", "acts"));
  session.out.write(trail_table(answer.acts).text("  ", session.out.width()));
  session.out.line("\nWhat changed: " + count_words(answer.changes.size(), "row", "rows"));
  session.out.write(table_of(answer.changes).text("  ", session.out.width()));
  session.out.line("\n" + as_of_words(answer.from_as_of, answer.from_at, options.second_axis) +
                   ", against " + as_of_words(answer));
  return ExitCode::ok;
}

// ---- timeline ----

struct Timeline {
  std::optional<Entity> entity;
  SearchOptions page;
};

void print(Output& out, const answer::TimelineT& answer) {
  out.line("What lasted: " + count_words(answer.spans.size(), "interval", "intervals"));
  Table spans({{"WHAT"}, {"WHOSE"}, {""}, {"FROM"}, {"UNTIL"}});
  for (const auto& span : answer.spans) {
    spans.add({words(span->what), span->subject, words(span->detail), act_words(span->from),
               act_words(span->until)});
  }
  out.write(spans.text("  ", out.width()));
  out.line("\nWhat happened: " + count_words(answer.acts.size(), "act", "acts"));
  out.write(trail_table(answer.acts).text("  ", out.width()));
  out.line("\n" + as_of_words(answer) +
           (answer.next ? "; there are more acts: --after " + std::to_string(*answer.next)
                        : std::string()));
}

// Intervals and acts are rows of one table; an act begins and ends at once.
void write_csv(Output& out, const answer::TimelineT& answer) {
  CsvWriter csv(out,
                {"kind", "what", "whose", "detail", "from", "from_recorded_at", "from_position",
                 "from_by", "until", "until_recorded_at", "until_position", "until_by"});
  const auto act = [](const auto& of) -> std::vector<std::string> {
    if (!of) return {"", "", "", ""};
    return {time_words(of->occurred_at), time_words(of->recorded_at), std::to_string(of->position),
            actor_words(of->actor)};
  };
  for (const auto& span : answer.spans) {
    std::vector<std::string> row = {"interval", span->what, span->subject, span->detail};
    for (const auto* end : {&span->from, &span->until}) {
      for (auto& cell : act(*end)) row.push_back(std::move(cell));
    }
    csv.row(row);
  }
  for (const auto& line : answer.acts) {
    std::vector<std::string> row = {"act", line->type, "", line->summary};
    for (int end = 0; end < 2; ++end) {
      for (auto& cell : act(line)) row.push_back(std::move(cell));
    }
    csv.row(row);
  }
}

Result<ExitCode> run_timeline(const Timeline& options, const Session& session) {
  BOOST_OUTCOME_TRY(page, read_search(options.page));
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, options.page.moment));
  const auto ask = [&](const View& at) { return ledger.timeline(at, *options.entity, page); };
  BOOST_OUTCOME_TRY(answer, ask(view));
  if (session.format == Format::csv) {
    write_csv(session.out, answer);
    tell_of_more(answer.next);
  } else if (session.format != Format::table) {
    write_one(session.out, session.format, answer);
  } else {
    print(session.out, answer);
  }
  tell_of_late_facts(session, ledger, view, answer, ask);
  return ExitCode::ok;
}

// ---- step ----

struct Step {
  SearchOptions search;
  Personal personal = Personal::sealed;
};

void print_step(Output& out, const answer::StepT& step) {
  const auto& act = *step.act;
  out.line("position " + std::to_string(act.position) + ", " + time_words(act.recorded_at) + ": " +
           actor_words(act.actor) + " " + act.summary);
  if (const auto remarks = remarks_of(act); !remarks.empty()) out.line("  Remarks: " + remarks);
  if (step.changes.empty()) return out.line("  It changed no row.");
  out.write(table_of(step.changes).text("  ", out.width()));
}

Result<ExitCode> run_step(const Step& options, const Session& session) {
  BOOST_OUTCOME_TRY(search, read_search(options.search));
  if (!options.search.limit) search.limit = 1;
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, options.search.moment));
  BOOST_OUTCOME_TRY(answer, ledger.steps(view, search, options.personal));
  if (session.format == Format::csv) {
    KindsCsv csv(session.out, {row_change_columns(), act_columns()});
    for (const auto& step : answer.lines) {
      csv.act(*step->act);
      csv.changes(step->changes);
    }
    tell_of_more(answer.next);
    return ExitCode::ok;
  }
  if (session.format != Format::table) {
    write_list(session.out, session.format, answer, answer.lines);
    if (session.format != Format::json) tell_of_more(answer.next);
    return ExitCode::ok;
  }
  for (const auto& step : answer.lines) {
    print_step(session.out, *step);
    session.out.line("");
  }
  session.out.line(answer.next ? "next: --after " + std::to_string(*answer.next)
                               : "that is the last one " + as_of_words(answer.as_of, answer.at));
  return ExitCode::ok;
}

// ---- what-if ----

struct WhatIf {
  Supposition supposition;
  std::optional<Entity> scope;
  Moment moment;
};

/// SCOPE/ROLE:PERMISSION
SupposedPermission read_permission(const std::string& option, const std::string& text, bool given) {
  const auto slash = text.find('/');
  const auto colon = text.find(':', slash == std::string::npos ? 0 : slash);
  const std::string scope = text.substr(0, slash);
  if (slash == std::string::npos || colon == std::string::npos ||
      (scope != "workspace" && scope != "organisation")) {
    throw CLI::ValidationError(option, "\"" + text +
                                           "\" is not SCOPE/ROLE:PERMISSION, such as "
                                           "workspace/observer:conversation.read");
  }
  SupposedPermission supposed;
  supposed.scope =
      scope == "workspace" ? schema::RoleScope::workspace : schema::RoleScope::organisation;
  supposed.role = text.substr(slash + 1, colon - slash - 1);
  supposed.permission = text.substr(colon + 1);
  supposed.given = given;
  return supposed;
}

// Accesses at the end and reads on the way are rows of one table.
void write_csv(Output& out, const answer::WhatIfT& answer) {
  CsvWriter csv(
      out, {"kind", "read_at", "read_position", "person", "entity", "role", "basis", "can_read",
            "positions", "other_role", "other_basis", "other_can_read", "other_positions"});
  for (const auto& line : answer.accesses) {
    csv.row({"access", "", "", line->person, line->entity, line->role, line->basis,
             truth(line->can_read), position_words(line->positions), line->other_role,
             line->other_basis, truth(line->other_can_read),
             position_words(line->other_positions)});
  }
  for (const auto& line : answer.reads) {
    csv.row({"read", time_words(line->read->occurred_at), std::to_string(line->read->position),
             line->person, line->entity, "", line->basis, truth(line->can_read),
             position_words(line->positions), "", line->other_basis, truth(line->other_can_read),
             position_words(line->other_positions)});
  }
}

void print(Output& out, const answer::WhatIfT& answer) {
  for (const auto& supposed : answer.supposed) out.line("Supposed: " + supposed);
  const auto can = [](const std::string& role, bool reads) {
    // In a project, reading may be all of the role.
    return (role.empty() ? std::string("nothing") : words(role)) +
           (reads && role != "reads" ? ", reads" : "");
  };
  out.line("\nAccess that would have been another: " + std::to_string(answer.accesses.size()) +
           " of " + std::to_string(answer.accesses_compared));
  Table accesses({{"PERSON"},
                  {"WHERE"},
                  {"WAS"},
                  {"WHY"},
                  {"RESTS ON POSITIONS"},
                  {""},
                  {"WOULD HAVE BEEN"},
                  {"WHY"},
                  {"RESTS ON POSITIONS"}});
  for (const auto& line : answer.accesses) {
    accesses.add({line->person, line->entity, can(line->role, line->can_read), line->basis,
                  position_words(line->positions), "→", can(line->other_role, line->other_can_read),
                  line->other_basis, position_words(line->other_positions)});
  }
  out.write(accesses.text("  ", out.width()));
  out.line("\nReads that would have had another right: " + std::to_string(answer.reads.size()) +
           " of " + std::to_string(answer.reads_compared));
  Table reads({{"READ"},
               {"PERSON"},
               {"WHERE"},
               {"COULD READ"},
               {"RESTS ON POSITIONS"},
               {""},
               {"COULD HAVE READ"},
               {"RESTS ON POSITIONS"}});
  for (const auto& line : answer.reads) {
    reads.add({act_words(line->read), line->person, line->entity, line->can_read ? "yes" : "no",
               position_words(line->positions), "→", line->other_can_read ? "yes" : "no",
               position_words(line->other_positions)});
  }
  out.write(reads.text("  ", out.width()));
  out.line("\n" + as_of_words(answer) + "; nothing was changed");
}

Result<ExitCode> run_what_if(const WhatIf& options, const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, options.moment));
  BOOST_OUTCOME_TRY(answer, ledger.what_if(view, options.supposition, options.scope));
  if (session.format == Format::csv) {
    write_csv(session.out, answer);
  } else if (session.format != Format::table) {
    write_one(session.out, session.format, answer);
  } else {
    print(session.out, answer);
  }
  return ExitCode::ok;
}

template <class Options>
void run_with(CLI::App& command, Action& chosen, std::shared_ptr<Options> options,
              Result<ExitCode> (*run)(const Options&, const Session&)) {
  command.callback([&chosen, options, run] {
    chosen = [options, run](Session& session) { return run(*options, session); };
  });
}

}  // namespace

void add_explain(CLI::App& app, Action& chosen) {
  auto* group = app.add_subcommand("explain", "Why something was so");
  group->require_subcommand(1);
  auto options = std::make_shared<Explain>();
  auto* command =
      group->add_subcommand("access", "Why a person could, or could not, read or enter");
  command->footer(
      R"(Each rung of the ladder by which access is decided, whether it held and why, and the
chain of events behind it.

Examples:
  actbook explain access adam workspace:haarlem-panels --as-of 2026-06-10
  actbook explain access dora project:cargo-site --true-at 2026-06-10)");
  add_id(*command, "PERSON", EntityKind::person, options->person, "The person's id");
  add_entity(*command, options->entity);
  add_moment(*command, options->moment, "--as-of,--at");
  run_with(*command, chosen, options, run_explain);
}

void add_compare(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Compare>();
  auto* command = app.add_subcommand("compare", "What changed between two instants, and by what");
  command->footer(
      R"(What began, changed or ended between two instants, each value before and after, and the
acts between: of everything, or of what touched one entity.

Examples:
  actbook compare --from 2026-04-01 --to 2026-05-01 workspace:haarlem-panels
  actbook compare --from 2026-04-01 --true workspace:haarlem-panels
  actbook compare --from 2026-04-01 --to 2026-05-01 --true --as-of 2026-05-02)");
  add_entity(*command, options->entity)->required(false)->option_text("KIND:ID");
  add_instant(*command, "--from", options->from, "The earlier instant")->required();
  add_instant(*command, "--to", options->to, "The later instant, instead of now");
  command->add_flag("--true", options->second_axis,
                    "What was true at both, by what is known now, instead of\n"
                    "what was known at each");
  add_instant(*command, "--as-of", options->as_of,
              "With --true: by what the ledger knew then, instead of now");
  add_reveal(*command, options->personal);
  run_with(*command, chosen, options, run_compare);
}

void add_timeline(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Timeline>();
  auto* command = app.add_subcommand("timeline", "What lasted and what happened, of one entity");
  command->footer(
      R"(Roles, seats, ownership, agreements, handoffs, mandates, partner status and deals as
intervals, and the acts that touched the entity. Terms after it choose among the acts.

Example:
  actbook timeline workspace:haarlem-panels
  actbook timeline person:adam 'recorded:[2026-03-01,2026-06-01)')");
  add_entity(*command, options->entity);
  add_search(*command, options->page);
  run_with(*command, chosen, options, run_timeline);
}

void add_step(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Step>();
  auto* command = app.add_subcommand("step", "Walk act by act: each row before and after");
  command->footer(
      R"(One act at a time, unless --limit says how many: what it said, and every row it changed,
before and after. The last line says how to go on.

Examples:
  actbook step workspace:haarlem-panels
  actbook step workspace:haarlem-panels --after 41 --limit 3)");
  add_search(*command, options->search);
  // Steps are in the order in which the ledger saw them.
  command->remove_option(command->get_option("--true-at"));
  add_reveal(*command, options->personal);
  run_with(*command, chosen, options, run_step);
}

void add_what_if(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<WhatIf>();
  auto* command =
      app.add_subcommand("what-if", "Which access other roles or rules would have given");
  command->footer(
      R"(Supposes that roles or rules were others, and tells whose access would have differed at
the instant, and which recorded reads would have had another right. Changes nothing.

Examples:
  actbook what-if --without workspace/observer:conversation.read organisation:prism
  actbook what-if --no-rule mandates-let-in project:cargo-site)");
  add_entity(*command, options->scope)->required(false)->option_text("KIND:ID");
  add_moment(*command, options->moment);
  for (const bool given : {true, false}) {
    const std::string name = given ? "--with" : "--without";
    command
        ->add_option_function<std::vector<std::string>>(
            name,
            [options, name, given](const std::vector<std::string>& texts) {
              for (const auto& text : texts) {
                options->supposition.permissions.push_back(read_permission(name, text, given));
              }
            },
            given ? "A role has this permission" : "A role has not this permission")
        ->option_text("SCOPE/ROLE:PERMISSION")
        ->expected(1)
        ->allow_extra_args(false)
        ->trigger_on_parse();
  }
  const std::vector<std::pair<std::string, bool AccessRules::*>> rules = {
      {"blocks-hold", &AccessRules::blocks_hold},
      {"owners-enter", &AccessRules::owners_enter},
      {"admins-enter-open", &AccessRules::admins_enter_open},
      {"mandates-let-in", &AccessRules::mandates_let_in},
      {"collaborators-enter", &AccessRules::collaborators_enter}};
  std::string all_rules;
  for (const auto& rule : rules) all_rules.append(all_rules.empty() ? "" : ", ").append(rule.first);
  command
      ->add_option_function<std::string>(
          "--no-rule",
          [options, rules, all_rules](const std::string& name) {
            for (const auto& [rule, member] : rules) {
              if (rule != name) continue;
              options->supposition.rules.*member = false;
              return;
            }
            throw CLI::ValidationError("--no-rule",
                                       "\"" + name + "\" is no rule; the rules are " + all_rules);
          },
          "A rule does not hold: blocks-hold, owners-enter,\n"
          "admins-enter-open, mandates-let-in or collaborators-enter")
      ->option_text("RULE")
      ->trigger_on_parse();
  run_with(*command, chosen, options, run_what_if);
}

}  // namespace actbook::cli

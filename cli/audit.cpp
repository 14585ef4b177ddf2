#include <algorithm>
#include <boost/outcome/try.hpp>
#include <cstdint>
#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

#include "answers.h"
#include "audit_tables.h"
#include "ids.h"
#include "instant.h"
#include "late_facts.h"
#include "search_options.h"
#include "subcommands.h"
#include "table.h"
#include "words.h"

namespace actbook::cli {
namespace {

// ---- questions with a search ----

/// What is said of a question with a search, beside what holds for all of them.
struct ListHelp {
  const char* name;
  const char* about;
  /// Whole sentences, and an example of the search.
  const char* footer;
  /// What is counted in the last line.
  const char* one;
  const char* many;
};

/// What the question can be asked by, as a sentence of its help; empty, if by anything.
std::string keys_sentence(std::string_view question) {
  std::string sentence;
  for (const auto& keys : kAuditKeys) {
    if (keys.question != question) continue;
    sentence = "It can be asked by";
    std::istringstream kinds{std::string(keys.kinds)};
    for (std::string kind; kinds >> kind;) sentence.append(" ").append(kind).append(":,");
    sentence += "\nactor:, correlation:, and by times.\n\n";
  }
  return sentence;
}

template <class Answer>
void write_answer(const Session& session, const Answer& answer, const ListHelp& help) {
  if (session.format != Format::table) {
    write_list(session.out, session.format, answer, answer.lines);
    if constexpr (requires { answer.next; }) {
      if (session.format != Format::json) tell_of_more(answer.next);
    }
    return;
  }
  session.out.write(table_of(answer).text("", session.out.width()));
  auto last = as_of_words(answer) + ": " + count_words(answer.lines.size(), help.one, help.many);
  if constexpr (requires { answer.next; }) {
    if (answer.next) last += "; there are more: --after " + std::to_string(*answer.next);
  }
  session.out.line(last);
}

/// Adds a question whose answer is a list: `ask` is (ledger, view, search) -> Result<Answer>.
template <class Ask>
CLI::App& add_list(CLI::App& audit, Action& chosen, const ListHelp& help, Ask ask) {
  auto options = std::make_shared<SearchOptions>();
  auto* command = audit.add_subcommand(help.name, help.about);
  const std::string footer = help.footer;
  const auto examples = std::min(footer.find("Example"), footer.size());
  command->footer(footer.substr(0, examples) + keys_sentence(help.name) + footer.substr(examples));
  add_search(*command, *options);
  command->callback([&chosen, options, help, ask] {
    chosen = [options, help, ask](Session& session) -> Result<ExitCode> {
      BOOST_OUTCOME_TRY(search, read_search(*options));
      BOOST_OUTCOME_TRY(ledger, open_to_read(session));
      BOOST_OUTCOME_TRY(view, view_at(ledger, options->moment));
      BOOST_OUTCOME_TRY(answer, ask(ledger, view, search));
      write_answer(session, answer, help);
      tell_of_late_facts(session, ledger, view, answer,
                         [&](const View& other) { return ask(ledger, other, search); });
      return ExitCode::ok;
    };
  });
  return *command;
}

/// The same for a function of Ledger.
template <class Answer>
void add_list(CLI::App& audit, Action& chosen, const ListHelp& help,
              Result<Answer> (Ledger::*ask)(const View&, const Search&) const) {
  add_list(audit, chosen, help,
           [ask](const Ledger& ledger, const View& view, const Search& search) {
             return (ledger.*ask)(view, search);
           });
}

void add_acceptances(CLI::App& audit, Action& chosen) {
  auto version = std::make_shared<std::optional<std::uint32_t>>();
  auto& command = add_list(
      audit, chosen,
      {"acceptances", "Who accepted which agreement (Q1)",
       R"(Who accepted which version of which agreement, when, for which workspace and whose
data, and whether that acceptance still stands: in force, replaced by a later one, or
lapsed. organisation: finds those of its workspaces, those accepted on its behalf, and
those for its data.

Examples:
  actbook audit acceptances organisation:prism agreement:dpa
  actbook audit acceptances workspace:haarlem-panels --as-of 2026-05-20
  actbook audit acceptances 'recorded:[2026-01-01,2027-01-01)' --format csv)",
       "acceptance", "acceptances"},
      [version](const Ledger& ledger, const View& view, const Search& search) {
        return ledger.acceptances(view, search, *version);
      });
  add_number(
      command, "--version", 1, std::numeric_limits<std::uint32_t>::max(),
      [version](std::uint64_t number) { *version = static_cast<std::uint32_t>(number); },
      "Only of this version of the agreement")
      ->option_text("N");
}

void add_partner_status(CLI::App& audit, Action& chosen) {
  add_list(
      audit, chosen,
      {"partner-status", "Who was a partner, when, why, under which contract (Q2)",
       R"(Every grant of partner status: in which program, under which contract, by whom and why;
and by whom and why it was taken away again.

Example:
  actbook audit partner-status organisation:prism)",
       "grant", "grants"},
      &Ledger::partner_status);
}

void add_people(CLI::App& audit, Action& chosen) {
  add_list(audit, chosen,
           {"reads", "Who did read, staff included (Q4)",
            R"(Every read that was recorded, what the ledger knew to give the right to it, and the
positions of the events that rests on.

Example:
  actbook audit reads workspace:haarlem-panels 'occurred:[2026-06-01,2026-07-01)')",
            "read", "reads"},
           &Ledger::reads);
  add_list(audit, chosen,
           {"creations", "Whether workspaces were created by partners (Q5)",
            R"(When workspaces were created, and whether the organisation was a partner just then.

Example:
  actbook audit creations workspace:haarlem-panels)",
            "workspace", "workspaces"},
           &Ledger::creations);
  add_list(
      audit, chosen,
      {"roles", "Which roles were held, who gave and took them (Q6)",
       R"(Every role in workspaces and organisations: who gave it, by what right, and who took it
away, or what ended it.

Example:
  actbook audit roles person:adam --as-of 2026-05-20)",
       "role", "roles"},
      &Ledger::roles);
  add_list(audit, chosen,
           {"seats", "When people started to cost a seat (Q7)",
            R"(From when until when people took a paid seat, on which account, and the charge that
came of it.

Example:
  actbook audit seats person:adam)",
            "seat", "seats"},
           &Ledger::seats);
}

void add_belongings(CLI::App& audit, Action& chosen) {
  add_list(audit, chosen,
           {"handoffs", "Handoffs and what became of them (Q9)",
            R"(Who proposed to hand which workspace to whom, when, and who accepted, declined or
cancelled that; a handoff proposed again is a line of its own.

Example:
  actbook audit handoffs workspace:haarlem-panels)",
            "handoff", "handoffs"},
           &Ledger::handoffs);
  add_list(
      audit, chosen,
      {"moves", "Whether recordings left a client's boundary (Q10)",
       R"(Every time a recording or a project went elsewhere, or its workspace was put to another
use, and whether it left the boundary of a client by that.

Example:
  actbook audit moves recording:rec-2)",
       "move", "moves"},
      &Ledger::moves);
}

void add_money(CLI::App& audit, Action& chosen) {
  add_list(
      audit, chosen,
      {"deals", "Referral deals, terms and what is left of caps (Q11)",
       R"(Referral deals, their terms in force, what accrued and was paid out by them, and what is
left of their caps.

Example:
  actbook audit deals organisation:prism --as-of 2026-12-31)",
       "deal", "deals"},
      &Ledger::deals);
  add_list(audit, chosen,
           {"kickbacks", "How kickbacks were worked out (Q11)",
            R"(How each kickback was worked out: of which payment or refund, by which version of the
terms, from which amount, and what the cap left of it.

Example:
  actbook audit kickbacks payment:pay-utrecht-2)",
            "kickback", "kickbacks"},
           &Ledger::kickbacks);
  add_list(
      audit, chosen,
      {"discounts", "Which discount was applied to which charge (Q12)",
       R"(The lines of charges that can have a discount, plans and seats: which one they had, and
from which source.

Example:
  actbook audit discounts charge:ch-utrecht-2)",
       "line", "lines"},
      &Ledger::discounts);
}

void add_agencies(CLI::App& audit, Action& chosen) {
  add_list(audit, chosen,
           {"mandates", "Which agency acted for which client (Q13)",
            R"(Which agency had the mandate of which client, from when until when, who asked for it,
who approved it, and which side ended it.

Example:
  actbook audit mandates organisation:cargo)",
            "mandate", "mandates"},
           &Ledger::mandates);
  add_list(
      audit, chosen,
      {"entries", "Through which organisation projects were entered (Q14)",
       R"(Who entered which project, through which organisation and in which role, and every basis
on which they could have.

Example:
  actbook audit entries project:cargo-site)",
       "entry", "entries"},
      &Ledger::entries);
}

void add_refusals(CLI::App& audit, Action& chosen) {
  add_list(audit, chosen,
           {"refusals", "What was refused, to whom, why (Q16)",
            R"(What was refused, to whom and why, oldest first.

Examples:
  actbook audit refusals
  actbook audit refusals 'person:adam recorded:[2026-03-01,)')",
            "refusal", "refusals"},
           [](const Ledger& ledger, const View& view, Search search) -> Result<answer::TrailT> {
             if (search.refused == false) {
               return Error{ErrorKind::misuse,
                            "NOT_ASKED_FOR",
                            "refused:no: these are the refusals and nothing else; leave it out, or "
                            "ask actbook audit trail with it",
                            {}};
             }
             search.refused = true;
             return ledger.trail(view, search);
           });
}

void add_trail(CLI::App& audit, Action& chosen) {
  add_list(audit, chosen,
           {"trail", "Everything that happened, or touched somebody or something",
            R"(Everything that a search finds, oldest first, what was refused included.

Examples:
  actbook audit trail workspace:haarlem-panels
  actbook audit trail 'person:adam recorded:[2026-03-01,2026-06-01)'
  actbook audit trail 'type:agreement.*,workspace.created actor:adam refused:no')",
            "act", "acts"},
           &Ledger::trail);
}

// ---- questions about one thing ----

struct About {
  std::string person;
  std::string id;
  std::optional<Entity> entity;
  Moment moment;
};

template <class Answer>
void add_about(CLI::App& audit, Action& chosen, const ListHelp& help, const char* what,
               EntityKind kind,
               Result<Answer> (Ledger::*ask)(const View&, const std::string&) const) {
  auto options = std::make_shared<About>();
  auto* command = audit.add_subcommand(help.name, help.about);
  command->footer(help.footer);
  add_id(*command, what, kind, options->id, "Its id");
  add_moment(*command, options->moment);
  command->callback([&chosen, options, help, ask] {
    chosen = [options, help, ask](Session& session) -> Result<ExitCode> {
      BOOST_OUTCOME_TRY(ledger, open_to_read(session));
      BOOST_OUTCOME_TRY(view, view_at(ledger, options->moment));
      BOOST_OUTCOME_TRY(answer, (ledger.*ask)(view, options->id));
      write_answer(session, answer, help);
      tell_of_late_facts(session, ledger, view, answer,
                         [&](const View& other) { return (ledger.*ask)(other, options->id); });
      return ExitCode::ok;
    };
  });
}

// Q3: who could do what.

void write_readers(const Session& session, const About& asked, const answer::ReadersT& answer) {
  if (session.format != Format::table) {
    if (asked.entity->kind == EntityKind::project)
      return write_list(session.out, session.format, answer, answer.project_readers);
    return write_list(session.out, session.format, answer, answer.workspace_readers);
  }
  Table table({{"PERSON"}, {"ROLE"}, {"MAY READ"}, {"WHY"}, {"RESTS ON POSITIONS"}});
  for (const auto& line : answer.workspace_readers) {
    table.add({line->person, words(schema::EnumNameWorkspaceRole(line->role)),
               line->can_read ? "yes" : "no", line->basis, position_words(line->positions)});
  }
  for (const auto& line : answer.project_readers) {
    table.add({line->person, line->role ? words(schema::EnumNameWorkspaceRole(*line->role)) : "",
               "yes", line->basis, position_words(line->positions)});
  }
  session.out.write(table.text("", session.out.width()));
  session.out.line(answer.staff_capability);
  const auto found = asked.person.empty()
                         ? count_words(table.size(), "person", "people") + " for "
                         : asked.person + (table.size() == 0 ? " has no" : " has") + " access to ";
  session.out.line(as_of_words(answer) + ": " + found + answer.entity);
}

void write_access_of(const Session& session, const answer::PersonAccessT& answer) {
  if (session.format == Format::csv) {
    CsvWriter csv(session.out, {"entity", "role", "can_read", "basis", "positions"});
    for (const auto& line : answer.workspaces) {
      csv.row({"workspace:" + line->workspace, schema::EnumNameWorkspaceRole(line->role),
               line->can_read ? "true" : "false", line->basis, position_words(line->positions)});
    }
    for (const auto& line : answer.projects) {
      csv.row({"project:" + line->project,
               line->role ? schema::EnumNameWorkspaceRole(*line->role) : "", "true", line->basis,
               position_words(line->positions)});
    }
    return;
  }
  if (session.format != Format::table) return write_one(session.out, session.format, answer);
  Table table({{"WHERE"}, {"ROLE"}, {"MAY READ"}, {"WHY"}, {"RESTS ON POSITIONS"}});
  for (const auto& line : answer.workspaces) {
    table.add({"workspace:" + line->workspace, words(schema::EnumNameWorkspaceRole(line->role)),
               line->can_read ? "yes" : "no", line->basis, position_words(line->positions)});
  }
  for (const auto& line : answer.projects) {
    table.add({"project:" + line->project,
               line->role ? words(schema::EnumNameWorkspaceRole(*line->role)) : "", "yes",
               line->basis, position_words(line->positions)});
  }
  session.out.write(table.text("", session.out.width()));
  session.out.line(answer.staff_capability);
  session.out.line(as_of_words(answer) + ": " + count_words(table.size(), "place", "places") +
                   " for " + answer.person);
}

Result<ExitCode> run_access(const About& options, const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, options.moment));
  if (!options.entity) {
    const auto ask = [&](const View& at) { return ledger.access_of(at, options.person); };
    BOOST_OUTCOME_TRY(answer, ask(view));
    write_access_of(session, answer);
    tell_of_late_facts(session, ledger, view, answer, ask);
    return ExitCode::ok;
  }
  const auto ask = [&](const View& at) {
    return options.person.empty() ? ledger.readers(at, *options.entity)
                                  : ledger.access(at, *options.entity, options.person);
  };
  BOOST_OUTCOME_TRY(answer, ask(view));
  write_readers(session, options, answer);
  tell_of_late_facts(session, ledger, view, answer, ask);
  return ExitCode::ok;
}

void add_access(CLI::App& audit, Action& chosen) {
  auto options = std::make_shared<About>();
  auto* readers = audit.add_subcommand("readers", "Who could read a workspace, and why (Q3)");
  readers->footer(
      R"(Everybody who could read a workspace, or enter a project: as what, on what basis, and
the positions of the events it rests on.

Examples:
  actbook audit readers workspace:haarlem-panels --as-of 2026-05-20
  actbook audit readers project:cargo-site)");
  add_entity(*readers, options->entity);
  add_moment(*readers, options->moment);
  auto* access = audit.add_subcommand("access", "What one person could do, and why (Q3)");
  access->footer(
      R"(What one person could do in a workspace, or whether they could enter a project; without
one, everywhere: as what, on what basis, and the positions of the events it rests on.
`actbook explain access` has the whole chain.

Examples:
  actbook audit access adam workspace:haarlem-panels --as-of 2026-06-10
  actbook audit access adam --true-at 2026-06-10)");
  add_id(*access, "PERSON", EntityKind::person, options->person, "The person's id");
  add_entity(*access, options->entity)->required(false)->option_text("KIND:ID");
  add_moment(*access, options->moment);
  for (auto* command : {readers, access}) {
    command->callback([&chosen, options] {
      chosen = [options](Session& session) { return run_access(*options, session); };
    });
  }
}

}  // namespace

// In the order of the questions (docs/REFERENCE.md has their answers).
void add_audit(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("audit", "Ask who did what, and on what it rests");
  command->require_subcommand(1);
  command->footer(
      R"(Q17, what was known as opposed to what was true: --as-of and --true-at, with any of them.
Q18, whether the trail is complete and unaltered: actbook verify, and actbook replay.

Example:
  actbook audit acceptances organisation:prism)");
  add_acceptances(*command, chosen);
  add_partner_status(*command, chosen);
  add_access(*command, chosen);
  add_people(*command, chosen);
  add_about(
      *command, chosen,
      {"ownership", "Who owned, paid for and administered a workspace (Q8)",
       R"(Who owned and paid for a workspace, whose data it held and who administered it, each from
when until when.

Example:
  actbook audit ownership haarlem-panels --true-at 2026-06-10)",
       "interval", "intervals"},
      "WORKSPACE", EntityKind::workspace, &Ledger::tenures);
  add_belongings(*command, chosen);
  add_money(*command, chosen);
  add_agencies(*command, chosen);
  add_about(
      *command, chosen,
      {"special-plans", "Which special plans could be bought (Q15)",
       R"(Which special plans an organisation could buy, and which agency enabled them, by which
mandate.

Example:
  actbook audit special-plans cargo --as-of 2027-02-10)",
       "plan", "plans"},
      "ORGANISATION", EntityKind::organisation, &Ledger::special_plans);
  add_refusals(*command, chosen);
  add_trail(*command, chosen);
}

}  // namespace actbook::cli

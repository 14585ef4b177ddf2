#include <boost/outcome/try.hpp>
#include <memory>

#include "acts_table.h"
#include "answers.h"
#include "instant.h"
#include "subcommands.h"
#include "table.h"
#include "words.h"

namespace actbook::cli {
namespace {

constexpr const char* kAcceptancesFooter =
    R"(Who accepted which version of which agreement, when, for which workspace and whose
data, and whether that acceptance still stands: in force, replaced by a later one, or
lapsed. What is not restricted is listed. --as-of tells it as it was known then.

Examples:
  actbook audit acceptances --organisation prism --agreement dpa
  actbook audit acceptances --workspace haarlem-panels --as-of 2026-05-20
  actbook audit acceptances --from 2026-01-01 --to 2027-01-01 --format csv)";

constexpr const char* kTrailFooter =
    R"(Everything that touched one person, workspace, organisation and so on, oldest first,
what was refused included.

Examples:
  actbook audit trail workspace:haarlem-panels
  actbook audit trail person:adam --from 2026-03-01 --as-of 2026-05-31T23:59:59Z)";

struct Acceptances {
  AcceptanceFilter filter;
  std::optional<Instant> as_of;
};

Result<ExitCode> run_acceptances(const Acceptances& options, const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, "--as-of", options.as_of));
  BOOST_OUTCOME_TRY(answer, ledger.acceptances(view, options.filter));
  if (session.format != Format::table) {
    write_list(session.out, session.format, answer, answer.lines);
    return ExitCode::ok;
  }
  session.out.write(
      acceptances_table(answer.lines, WorkspaceColumn::shown).text("", session.out.width()));
  session.out.line(as_of_words(answer.as_of, answer.at) + ": " +
                   count_words(answer.lines.size(), "acceptance", "acceptances"));
  return ExitCode::ok;
}

struct Trail {
  std::optional<Entity> entity;
  std::optional<Instant> from;
  std::optional<Instant> as_of;
};

Result<ExitCode> run_trail(const Trail& options, const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, "--as-of", options.as_of));
  BOOST_OUTCOME_TRY(since, position_before(ledger, "--from", options.from));
  if (options.from && since >= view.position()) {
    return Error{ErrorKind::misuse,
                 "EMPTY_RANGE",
                 "--from lies after --as-of, that is position " +
                     std::to_string(view.position().value) + "; give an earlier one",
                 {}};
  }
  BOOST_OUTCOME_TRY(answer, ledger.trail(view, *options.entity, since));
  if (session.format != Format::table) {
    write_list(session.out, session.format, answer, answer.lines);
    return ExitCode::ok;
  }
  session.out.write(trail_table(answer.lines).text("", session.out.width()));
  session.out.line(as_of_words(answer.as_of, answer.at) + ": " +
                   count_words(answer.lines.size(), "act", "acts") + " on " + answer.entity);
  return ExitCode::ok;
}

constexpr const char* kReadersFooter =
    R"(Everybody who could read a workspace, or enter a project, then or now: as what, on what
basis, and the positions of the events it rests on.

Examples:
  actbook audit readers workspace:haarlem-panels --as-of 2026-05-20
  actbook audit readers project:cargo-site)";

constexpr const char* kAccessFooter =
    R"(What one person could do in a workspace, or whether they could enter a project, then or
now: as what, on what basis, and the positions of the events it rests on.

Example:
  actbook audit access adam workspace:haarlem-panels --as-of 2026-06-10)";

struct Readers {
  /// Everybody, if empty.
  std::string person;
  std::optional<Entity> entity;
  std::optional<Instant> as_of;
};

Result<ExitCode> run_readers(const Readers& options, const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, "--as-of", options.as_of));
  BOOST_OUTCOME_TRY(answer, options.person.empty()
                                ? ledger.readers(view, *options.entity)
                                : ledger.access(view, *options.entity, options.person));
  const bool project = options.entity->kind == EntityKind::project;
  if (session.format != Format::table) {
    if (project) {
      write_list(session.out, session.format, answer, answer.project_readers);
    } else {
      write_list(session.out, session.format, answer, answer.workspace_readers);
    }
    return ExitCode::ok;
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
  session.out.line(as_of_words(answer.as_of, answer.at) + ": " +
                   count_words(table.size(), "person", "people") + " for " + answer.entity);
  return ExitCode::ok;
}

void add_readers(CLI::App& audit, Action& chosen) {
  auto options = std::make_shared<Readers>();
  auto* command = audit.add_subcommand("readers", "Who could read a workspace, and why");
  command->footer(kReadersFooter);
  add_entity(*command, options->entity);
  add_instant(*command, "--as-of", options->as_of, "As it stood then, instead of now");
  command->callback([&chosen, options] {
    chosen = [options](Session& session) { return run_readers(*options, session); };
  });
}

constexpr const char* kRefusalsFooter =
    R"(What was refused, to whom and why, oldest first: everything, or what named one person,
workspace, organisation and so on.

Examples:
  actbook audit refusals
  actbook audit refusals person:adam --from 2026-03-01)";

Result<ExitCode> run_refusals(const Trail& options, const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, "--as-of", options.as_of));
  BOOST_OUTCOME_TRY(since, position_before(ledger, "--from", options.from));
  BOOST_OUTCOME_TRY(answer, ledger.refusals(view, options.entity, since));
  if (session.format != Format::table) {
    write_list(session.out, session.format, answer, answer.lines);
    return ExitCode::ok;
  }
  session.out.write(trail_table(answer.lines).text("", session.out.width()));
  session.out.line(as_of_words(answer.as_of, answer.at) + ": " +
                   count_words(answer.lines.size(), "refusal", "refusals"));
  return ExitCode::ok;
}

void add_refusals(CLI::App& audit, Action& chosen) {
  auto options = std::make_shared<Trail>();
  auto* command = audit.add_subcommand("refusals", "What was refused, to whom, why");
  command->footer(kRefusalsFooter);
  add_entity(*command, options->entity)->required(false)->option_text("KIND:ID");
  add_instant(*command, "--from", options->from, "From there on, instead of from the beginning");
  add_instant(*command, "--as-of", options->as_of, "Up to there, instead of until now");
  command->callback([&chosen, options] {
    chosen = [options](Session& session) { return run_refusals(*options, session); };
  });
}

void add_access(CLI::App& audit, Action& chosen) {
  auto options = std::make_shared<Readers>();
  auto* command = audit.add_subcommand("access", "What one person could do there, and why");
  command->footer(kAccessFooter);
  command->add_option("PERSON", options->person, "The person's id")
      ->required()
      ->option_text("(required)");
  add_entity(*command, options->entity);
  add_instant(*command, "--as-of", options->as_of, "As it stood then, instead of now");
  command->callback([&chosen, options] {
    chosen = [options](Session& session) { return run_readers(*options, session); };
  });
}

void add_acceptances(CLI::App& audit, Action& chosen) {
  auto options = std::make_shared<Acceptances>();
  auto& filter = options->filter;
  auto* command = audit.add_subcommand("acceptances", "Who accepted which agreement");
  command->footer(kAcceptancesFooter);
  command
      ->add_option("--organisation", filter.organisation,
                   "That owned the workspace, or that the accepting person acted for")
      ->option_text("ID");
  command->add_option("--workspace", filter.workspace, "For which workspace")->option_text("ID");
  command->add_option("--person", filter.person, "Who accepted")->option_text("ID");
  command->add_option("--agreement", filter.agreement, "Of which agreement")->option_text("ID");
  command
      ->add_option_function<std::uint32_t>(
          "--version", [options](std::uint32_t version) { options->filter.version = version; },
          "Of which version of it")
      ->option_text("N");
  add_time(*command, "--from", filter.from, "Recorded at or after");
  add_time(*command, "--to", filter.to, "Recorded before");
  add_instant(*command, "--as-of", options->as_of, "As known then, instead of now");
  command->callback([&chosen, options] {
    chosen = [options](Session& session) { return run_acceptances(*options, session); };
  });
}

void add_trail(CLI::App& audit, Action& chosen) {
  auto options = std::make_shared<Trail>();
  auto* command = audit.add_subcommand("trail", "Everything that touched somebody or something");
  command->footer(kTrailFooter);
  add_entity(*command, options->entity);
  add_instant(*command, "--from", options->from, "From there on, instead of from the beginning");
  add_instant(*command, "--as-of", options->as_of, "Up to there, instead of until now");
  command->callback([&chosen, options] {
    chosen = [options](Session& session) { return run_trail(*options, session); };
  });
}

}  // namespace

void add_audit(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("audit", "Ask who did what, and on what it rests");
  command->require_subcommand(1);
  command->footer("Example:\n  actbook audit acceptances --organisation prism");
  add_acceptances(*command, chosen);
  add_trail(*command, chosen);
  add_readers(*command, chosen);
  add_access(*command, chosen);
  add_refusals(*command, chosen);
}

}  // namespace actbook::cli

#include <boost/outcome/try.hpp>
#include <memory>

#include "answers.h"
#include "instant.h"
#include "progress.h"
#include "subcommands.h"
#include "table.h"
#include "words.h"

namespace actbook::cli {
namespace {

constexpr const char* kFooter =
    R"(The answers that actbook gives are worked out from the ledger's events as those are
recorded. This works everything out afresh, from the first event on, and compares each
detail with what is served. They must agree; if not, the exit code is 8 and the first
difference is named.

Examples:
  actbook replay
  actbook replay --until 2026-07-01   (a bare date is its first instant, in UTC))";

void print(Output& out, const answer::ReplayReportT& report) {
  const auto* difference = report.first_difference.get();
  if (report.agrees) {
    out.line("The ledger agrees with itself: worked out afresh, every answer is as it is served.");
  } else {
    out.line("THE LEDGER DOES NOT AGREE WITH ITSELF: worked out afresh, something differs.");
  }
  Table facts({{""}, {""}});
  if (difference != nullptr) {
    facts.add({"First difference", "position " + std::to_string(difference->position)});
    facts.add({"In", difference->table + " " + difference->entity});
    facts.add({"What", difference->what});
  }
  facts.add({"Events", std::to_string(report.events) + ", positions " +
                           std::to_string(report.from) + " to " + std::to_string(report.until)});
  facts.add({"Commands", std::to_string(report.commands)});
  facts.add({"States compared", std::to_string(report.rows_compared)});
  facts.add({"Index entries compared", std::to_string(report.tags_compared)});
  out.write(facts.text("  ", out.width()));
  out.line(as_of_words(report.until, report.at));
}

Result<ExitCode> run(const std::optional<Instant>& until, const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, "--until", until));
  Progress progress("replaying");
  BOOST_OUTCOME_TRY(report, ledger.replay(view.position(), progress.positions()));
  progress.clear();
  if (session.format == Format::table) {
    print(session.out, report);
  } else {
    write_one(session.out, session.format, report);
  }
  return report.agrees ? ExitCode::ok : ExitCode::corrupt;
}

}  // namespace

void add_replay(CLI::App& app, Action& chosen) {
  auto until = std::make_shared<std::optional<Instant>>();
  auto* command =
      app.add_subcommand("replay", "Work everything out afresh and compare it with what is served");
  command->footer(kFooter);
  add_instant(*command, "--until", *until, "Up to there, instead of to the end");
  command->callback(
      [&chosen, until] { chosen = [until](Session& session) { return run(*until, session); }; });
}

}  // namespace actbook::cli

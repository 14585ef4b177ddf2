#include <boost/outcome/try.hpp>

#include "answers.h"
#include "instant.h"
#include "progress.h"
#include "subcommands.h"
#include "table.h"

namespace actbook::cli {
namespace {

constexpr const char* kFooter =
    R"(Reads every stored byte of the log and checks that it is as it was written: no record
damaged, none missing, times that never go back. If not, the exit code is 8 and the
first damaged position is named. Damage so near the end that the log cannot even be
opened is found by whatever opens it, also with exit code 8, and names no position.
Checksums find accidents, not somebody who recomputes them.

Example:
  actbook verify)";

void print(Output& out, const answer::VerifyReportT& report) {
  if (report.sound) {
    out.line("The ledger " + report.ledger + " is sound: every record is as it was written.");
  } else {
    out.line("THE LEDGER " + report.ledger + " IS DAMAGED.");
  }
  Table facts({{""}, {""}});
  if (!report.sound) {
    facts.add({"First damage", report.first_bad_position
                                   ? "position " + std::to_string(*report.first_bad_position)
                                   : "not at any one position"});
    facts.add({"What", report.what});
  }
  facts.add({"Records read", std::to_string(report.records)});
  facts.add({"Commands read", std::to_string(report.commands)});
  facts.add({"Bytes read", std::to_string(report.bytes)});
  out.write(facts.text("  ", out.width()));
  out.line(as_of_words(report.head, report.head_recorded_at));
}

Result<ExitCode> run(const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_ledger(session));
  Progress progress("verifying");
  BOOST_OUTCOME_TRY(report, ledger.verify(progress.positions()));
  progress.clear();
  if (session.format == Format::table) {
    print(session.out, report);
  } else {
    write_one(session.out, session.format, report);
  }
  return report.sound ? ExitCode::ok : ExitCode::corrupt;
}

}  // namespace

void add_verify(CLI::App& app, Action& chosen) {
  auto* command =
      app.add_subcommand("verify", "Check that every stored record is as it was written");
  command->footer(kFooter);
  command->callback([&chosen] { chosen = run; });
}

}  // namespace actbook::cli

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
Checksums find accidents. A tail cut off, or a log rewritten by somebody who recomputes
them, shows only against a head kept elsewhere: write down the SIZE:ROOT that verify
prints, and give it back later with --expect-head.

Example:
  actbook verify --expect-head 1192:9f2c...)";

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
    if (report.last_bad_position && report.first_bad_position) {
      facts.add({"Up to", "position " + std::to_string(*report.last_bad_position)});
    }
    facts.add({"What", report.what});
    for (const auto& tag : report.affects) facts.add({"Affects", tag});
  }
  facts.add({"Records read", std::to_string(report.records)});
  facts.add({"Commands read", std::to_string(report.commands)});
  facts.add({"Bytes read", std::to_string(report.bytes)});
  if (report.sound) facts.add({"Head", report.tree_head});
  out.write(facts.text("  ", out.width()));
  out.line(as_of_words(report.head, report.head_recorded_at));
}

Result<ExitCode> run(const Session& session, const std::string& expected_head) {
  std::optional<TreeHead> expected;
  if (!expected_head.empty()) {
    BOOST_OUTCOME_TRY(head, parse_tree_head(expected_head));
    expected = head;
  }
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  Progress progress("verifying");
  BOOST_OUTCOME_TRY(report, ledger.verify(expected, progress.positions()));
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
  auto expected = std::make_shared<std::string>();
  command
      ->add_option("--expect-head", *expected,
                   "A head that verify printed earlier: the log must begin with its events")
      ->type_name("SIZE:ROOT");
  command->callback([&chosen, expected] {
    chosen = [expected](const Session& session) { return run(session, *expected); };
  });
}

}  // namespace actbook::cli

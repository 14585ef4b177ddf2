#include <boost/outcome/try.hpp>

#include "progress.h"
#include "subcommands.h"

namespace actbook::cli {
namespace {

constexpr const char* kFooter =
    R"(Makes all that is derived from the ledger's events anew, beside what is there, and puts it
in its place at once: for when replay found a difference, or a disk is doubted. Others who
read the ledger meanwhile go on in what was there. Stopped with Ctrl-C or cut short, the
same again goes on from there. The events themselves are only read. It takes twice the
space of the folder views while it lasts.

Example:
  actbook rebuild)";

Result<ExitCode> run(const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_record(session));
  Progress progress("rebuilding");
  BOOST_OUTCOME_TRY(ledger.rebuild(progress.until_stopped()));
  progress.clear();
  session.out.line("Everything derived was made anew from the events up to position " +
                   std::to_string(ledger.head().value) + ".");
  return ExitCode::ok;
}

}  // namespace

void add_rebuild(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("rebuild", "Make what is derived from the events anew");
  command->footer(kFooter);
  command->callback([&chosen] { chosen = run; });
}

}  // namespace actbook::cli

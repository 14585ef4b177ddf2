#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "csv_writer.h"
#include "instant.h"
#include "subcommands.h"

namespace actbook::cli {
namespace {

struct Options {
  std::string directory;
  Ledger::CreateOptions create;
  bool simulated = false;
  std::optional<Timestamp> start;
};

constexpr const char* kFooter =
    R"(Makes an empty ledger in a directory that does not exist yet or is empty. Its
first events say what it is called, what its clock is, and what each role may do.

The clock of a ledger is the machine's, and every event gets its time. With
--simulated-clock the time comes from the input instead (see record --help): for
demonstrations, tests and rehearsals. The ledger's first event says so for good.

Personal data is sealed with keys of a vault, which a master key opens. It is
made here, in a file that only you may read: master.key in the ledger's
directory, or the one that --master-key-file names, which is better, as a
copy of the ledger is then unreadable by itself.

Examples:
  actbook init /var/lib/actbook --id production
  actbook init /tmp/rehearsal --simulated-clock --at 2026-01-01T00:00:00Z)";

Result<std::string> directory_of(const Options& options, const Session& session) {
  if (options.directory.empty() && session.ledger.empty()) return no_ledger_named();
  if (options.directory.empty()) return session.ledger;
  if (!session.ledger.empty() && session.ledger != options.directory) {
    return Error{ErrorKind::misuse,
                 "TWO_LEDGERS_NAMED",
                 "two ledgers are named, " + options.directory + " and " + session.ledger +
                     " (by --ledger or ACTBOOK_LEDGER); name one",
                 {}};
  }
  return options.directory;
}

void print(const Ledger& ledger, const std::string& directory, const std::string& key_file,
           const Session& session) {
  const auto head = ledger.head().value;
  const std::string clock = schema::EnumNameClockKind(ledger.clock());
  const auto at = to_iso8601(ledger.now().at());
  if (session.format == Format::table) {
    session.out.write(fmt::format(
        "Made the ledger {} in {}.\nIts clock is {}; it is {}.\n"
        "Its first {} events are recorded: what it is, and what each role may do.\n"
        "The key to its personal data is in {}.\n"
        "Keep a copy elsewhere: without it names and addresses are lost.\n",
        ledger.id(), directory,
        clock == "simulated" ? "simulated: the time comes from the input" : "the machine's", at,
        head, key_file.empty() ? "ACTBOOK_MASTER_KEY" : key_file));
  } else if (session.format == Format::csv) {
    CsvWriter csv(session.out, {"ledger", "directory", "clock", "head", "at", "master_key_file"});
    csv.row({ledger.id(), directory, clock, std::to_string(head), at, key_file});
  } else {
    const nlohmann::ordered_json answer = {{"ledger", ledger.id()},
                                           {"directory", directory},
                                           {"clock", clock},
                                           {"head", head},
                                           {"at", at},
                                           {"master_key_file", key_file}};
    session.out.line(answer.dump(session.format == Format::json ? 2 : -1, ' ', false,
                                 nlohmann::ordered_json::error_handler_t::replace));
  }
}

Result<ExitCode> run(const Options& options, const Session& session) {
  BOOST_OUTCOME_TRY(directory, directory_of(options, session));
  auto create = options.create;
  if (options.simulated) create.clock = schema::ClockKind::simulated;
  BOOST_OUTCOME_TRY(key, master_key_as_text(session));
  if (key) create.master_key = &*key;
  create.master_key_file = session.master_key_file;
  BOOST_OUTCOME_TRY(ledger, Ledger::create(directory, create, options.start.value_or(Timestamp{})));
  const auto key_file = !session.master_key_file.empty() ? session.master_key_file
                        : key                            ? std::string()
                                                         : directory + "/master.key";
  print(ledger, directory, key_file, session);
  return ExitCode::ok;
}

}  // namespace

void add_init(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("init", "Make a ledger");
  command->footer(kFooter);
  command->add_option("DIR", options->directory, "Where; the same as --ledger DIR")
      ->option_text(" ");
  command->add_option("--id", options->create.id, "The ledger's name")->option_text("ID=actbook");
  auto* simulated = command->add_flag("--simulated-clock", options->simulated,
                                      "The time comes from the input, not from the machine");
  add_time(*command, "--at", options->start,
           "Where a simulated clock starts; 1970-01-01 if not said")
      ->needs(simulated);
  command->callback([&chosen, options] {
    chosen = [options](Session& session) { return run(*options, session); };
  });
}

}  // namespace actbook::cli

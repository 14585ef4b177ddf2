#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/outcome/try.hpp>
#include <memory>

#include "actbook/json.h"
#include "line_reader.h"
#include "progress.h"
#include "record_report.h"
#include "subcommands.h"

namespace actbook::cli {
namespace {

constexpr const char* kFooter =
    R"(Each line is one command as JSON; each is decided, recorded and answered before the
next is read. An answer is one of: recorded, unchanged (it was so already), refused
(with the rule that refused it; refusals are recorded too). FILE may be - for standard
input. Blank lines are skipped.

The same command id with the same content always gets its first answer, and nothing is
recorded twice. So a file can be run again, whatever happened the first time.

A line that is wrong in itself (not JSON, an unknown member, a command id that was used
for something else) is named, and nothing of it is recorded. Reading stops there, because
later lines may build on that one: they would be refused for want of it, and a refusal is
remembered for good under its command id. Mend the line and run the file again. With
--keep-going, reading goes on all the same.

With --observed every line is taken as a fact that happened in a live product: nothing is
refused, the rules that a fact broke are marked on it, and the state follows the fact. A
line may say by "occurred_at" when it happened. So an existing product's history is loaded,
in the order in which it happened (docs/OBSERVED.md).

In a ledger with a simulated clock a line may say by "at" when it arrives (ISO 8601); the
clock stays where it is for lines that do not, and never goes back.

Examples:
  actbook record commands.jsonl
  actbook record commands.jsonl --quiet
  actbook record --observed history.jsonl
  generate-commands | actbook record - --format jsonl
A line looks like this (on one line):
  {"at":"2026-02-01T09:00:00Z","command_id":"c-98","actor":{"kind":"staff","id":"sam"},
   "command_type":"GrantPartnerStatus",
   "command":{"organisation":"prism","contract_reference":"P-7"}})";

struct Options {
  std::string file;
  bool stop_on_refusal = false;
  bool keep_going = false;
  bool quiet = false;
  bool observed = false;
};

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == line.npos; }

/// Errors that are those of one line and of nothing else.
bool is_of_the_line(ErrorKind kind) {
  return kind == ErrorKind::invalid || kind == ErrorKind::conflict || kind == ErrorKind::misuse;
}

/// Takes one file of commands through.
class Recording {
 public:
  Recording(Ledger& ledger, const Options& options, Session& session)
      : ledger_(ledger),
        options_(options),
        out_(session.out),
        report_(make_record_report(session.out, session.format, options.quiet)),
        // Rows on a terminal show by themselves how far it has come.
        shows_progress_(options.quiet || isatty(STDOUT_FILENO) == 0) {}

  ExitCode run(LineReader& reader) {
    std::string text;
    for (;;) {
      const auto more = reader.next(text);
      ++line_;
      if (!more) {
        stop_reading(more.error());
        break;
      }
      if (!more.value()) break;
      if (!is_blank(text) && !take(text)) break;
    }
    progress_.clear();
    tally_.head = ledger_.head();
    report_->end(tally_);
    out_.flush();
    if (!closing_words_.empty()) complain(closing_words_);
    return exit_;
  }

 private:
  /// False if that was the last line to take.
  bool take(const std::string& text) {
    ++tally_.lines;
    const auto receipt = record(text);
    const bool goes_on = receipt ? answer(receipt.value()) : fail(receipt.error());
    out_.flush();
    if (shows_progress_) progress_.show(fmt::format("line {}", line_));
    return goes_on && out_.usable();
  }

  Result<Flat<log::Receipt>> record(const std::string& text) {
    BOOST_OUTCOME_TRY(line, parse(text));
    if (options_.observed) line.command.mode = schema::Mode::observed;
    return ledger_.record(line.command, line.at);
  }

  static Result<CommandLine> parse(const std::string& text) {
    auto line = command_line_from_json(text);
    if (line) return line;
    auto error = std::move(line).error();
    // Each line is parsed by itself, so for the parser every one is the first.
    constexpr std::string_view kFirst = "line 1, ";
    if (error.message.starts_with(kFirst)) error.message.erase(0, kFirst.size());
    return error;
  }

  bool answer(const Flat<log::Receipt>& receipt) {
    report_->receipt(line_, receipt);
    switch (receipt->outcome()) {
      case log::Outcome::recorded:
        ++tally_.recorded;
        return true;
      case log::Outcome::unchanged:
        ++tally_.unchanged;
        return true;
      case log::Outcome::refused:
        ++tally_.refused;
        break;
    }
    if (!options_.stop_on_refusal) return true;
    if (exit_ == ExitCode::ok) exit_ = ExitCode::refused;
    closing_words_ = fmt::format("stopped at line {}, which was refused", line_);
    return false;
  }

  bool fail(const Error& error) {
    ++tally_.failed;
    if (exit_ == ExitCode::ok || exit_ == ExitCode::refused) exit_ = exit_code(error.kind);
    progress_.clear();
    report_->error(line_, error);
    if (options_.keep_going && is_of_the_line(error.kind)) return true;
    closing_words_ = closing_words(error.kind);
    return false;
  }

  void stop_reading(const Error& error) {
    if (exit_ == ExitCode::ok) exit_ = exit_code(error.kind);
    progress_.clear();
    complain(error.message);
    closing_words_ = closing_words(error.kind);
  }

  [[nodiscard]] std::string closing_words(ErrorKind kind) const {
    const auto before = tally_.recorded + tally_.unchanged + tally_.refused;
    if (kind == ErrorKind::unknown_outcome) {
      return fmt::format(
          "stopped at line {}: whether it was recorded is not known. Run the same again to learn "
          "it: what was recorded is not recorded twice",
          line_);
    }
    if (!is_of_the_line(kind)) {
      return fmt::format("stopped at line {}; answered before it: {}", line_, before);
    }
    return fmt::format(
        "stopped at line {}: nothing of it was recorded; answered before it: {}. Mend it and run "
        "the same again: what was answered gets the same answers, and it goes on from here",
        line_, before);
  }

  Ledger& ledger_;
  const Options& options_;
  Output& out_;
  std::unique_ptr<RecordReport> report_;
  bool shows_progress_;
  Progress progress_{"recording"};
  std::uint64_t line_ = 0;
  Tally tally_;
  ExitCode exit_ = ExitCode::ok;
  std::string closing_words_;
};

Result<ExitCode> run(const Options& options, Session& session) {
  BOOST_OUTCOME_TRY(reader, LineReader::open(options.file));
  BOOST_OUTCOME_TRY(ledger, open_to_record(session));
  return Recording(ledger, options, session).run(reader);
}

}  // namespace

void add_record(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("record", "Record commands, one a line");
  command->footer(kFooter);
  command->add_option("FILE", options->file, "JSON Lines, or - for standard input")
      ->required()
      ->option_text("(required)");
  command->add_flag("--stop-on-refusal", options->stop_on_refusal,
                    "Stop at the first refusal, with exit code 4");
  command->add_flag("--keep-going", options->keep_going, "Go on after a line that is wrong");
  command->add_flag("--observed", options->observed,
                    "Every line is a fact that happened elsewhere: none is refused");
  command->add_flag("--quiet", options->quiet, "Print the summary only");
  command->callback([&chosen, options] {
    chosen = [options](Session& session) { return run(*options, session); };
  });
}

}  // namespace actbook::cli

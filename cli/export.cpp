#include <array>
#include <boost/outcome/try.hpp>
#include <memory>
#include <string>
#include <utility>

#include "instant.h"
#include "search_options.h"
#include "subcommands.h"

namespace actbook::cli {
namespace {

constexpr const char* kFooter =
    R"(Events for other systems, a line each, on standard output; docs/EXPORTS.md says what each
format is for. --format has no say here.

  jsonl        the record, as `actbook event` shows it
  csv          for spreadsheets: a column for each member of the record
  cloudevents  CloudEvents 1.0, for event buses and webhooks
  ocsf         OCSF 1.9.0, for SIEMs

Each event says its position: --after it, the next export goes on.

Examples:
  actbook export csv workspace:haarlem-panels > haarlem.csv
  actbook export ocsf --after 512 --limit 1000
  actbook export cloudevents 'recorded:[2026-03-01,2026-04-01)')";

constexpr std::array<std::pair<const char*, ExportFormat>, 4> kFormats = {
    {{"jsonl", ExportFormat::jsonl},
     {"csv", ExportFormat::csv},
     {"cloudevents", ExportFormat::cloudevents},
     {"ocsf", ExportFormat::ocsf}}};

struct Options {
  ExportFormat format = ExportFormat::jsonl;
  SearchOptions search;
  Personal personal = Personal::sealed;
};

ExportFormat read_format(const std::string& text) {
  for (const auto& [name, format] : kFormats) {
    if (text == name) return format;
  }
  throw CLI::ValidationError("FORMAT", "\"" + text + "\" is none of jsonl|csv|cloudevents|ocsf");
}

Result<ExitCode> run(const Options& options, const Session& session) {
  BOOST_OUTCOME_TRY(search, read_search(options.search));
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, options.search.moment));
  const auto write = [&](std::string_view line) {
    session.out.write(line);
    return session.out.usable();
  };
  BOOST_OUTCOME_TRY(ledger.export_events(view, search, options.format, options.personal, write));
  return ExitCode::ok;
}

}  // namespace

void add_export(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("export", "Events for other systems, a line each");
  command->footer(kFooter);
  command
      ->add_option_function<std::string>(
          "FORMAT", [options](const std::string& text) { options->format = read_format(text); },
          "How the lines are made")
      ->required()
      ->option_text("jsonl|csv|cloudevents|ocsf (required)");
  add_search(*command, options->search);
  add_reveal(*command, options->personal);
  command->callback([&chosen, options] {
    chosen = [options](Session& session) { return run(*options, session); };
  });
}

}  // namespace actbook::cli

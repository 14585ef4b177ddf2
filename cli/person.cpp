#include <boost/outcome/try.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "csv_writer.h"
#include "flatten.h"
#include "ids.h"
#include "instant.h"
#include "subcommands.h"

namespace actbook::cli {
namespace {

constexpr const char* kFooter =
    R"(Everything that is held about a person, for a subject access request (GDPR, article
15): how they stand, which contacts are theirs, every event that names them or that
they acted in, and the commands it came of. Their personal data is revealed, other
people's is not. It is JSON in every format but csv. Needs the master key.

Example:
  actbook person export adam > adam.json)";

struct Options {
  std::string person;
  std::optional<Instant> as_of;
};

Result<ExitCode> run(const Options& options, const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, "--as-of", options.as_of));
  const bool is_line = session.format == Format::jsonl || session.format == Format::csv;
  BOOST_OUTCOME_TRY(json, ledger.export_person(view, options.person,
                                               is_line ? JsonLayout::line : JsonLayout::indented));
  if (session.format != Format::csv) {
    session.out.line(json);
    return ExitCode::ok;
  }
  CsvWriter csv(session.out, {"field", "value"});
  for (const auto& leaf : flatten(nlohmann::ordered_json::parse(json), Reader::program)) {
    csv.row({leaf.path, leaf.text});
  }
  return ExitCode::ok;
}

}  // namespace

void add_person(CLI::App& app, Action& chosen) {
  auto* group = app.add_subcommand("person", "What is held about a person");
  group->require_subcommand(1);
  auto options = std::make_shared<Options>();
  auto* command = group->add_subcommand("export", "All of it, as JSON");
  command->footer(kFooter);
  add_id(*command, "PERSON", EntityKind::person, options->person, "The person's id");
  add_instant(*command, "--as-of", options->as_of, "As it stood then, instead of now");
  command->callback([&chosen, options] {
    chosen = [options](Session& session) { return run(*options, session); };
  });
}

}  // namespace actbook::cli

#include <boost/outcome/try.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "actbook/json.h"
#include "csv_writer.h"
#include "flatten.h"
#include "instant.h"
#include "subcommands.h"

namespace actbook::cli {
namespace {

constexpr const char* kFooter =
    R"(Every answer says on which positions it rests; this shows the record at one of them
as it was written: when, by whom, with whose authority, and what.

Example:
  actbook event 41)";

Result<ExitCode> run(Position position, Personal personal, const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(record, ledger.event(position));
  const bool is_line = session.format == Format::jsonl || session.format == Format::csv;
  BOOST_OUTCOME_TRY(
      json, ledger.event_json(record, is_line ? JsonLayout::line : JsonLayout::indented, personal));
  if (session.format == Format::csv) {
    CsvWriter csv(session.out, {"field", "value"});
    for (const auto& leaf : flatten(nlohmann::ordered_json::parse(json), Reader::program)) {
      csv.row({leaf.path, leaf.text});
    }
  } else {
    session.out.line(json);
  }
  return ExitCode::ok;
}

}  // namespace

void add_event(CLI::App& app, Action& chosen) {
  auto position = std::make_shared<Position>();
  auto personal = std::make_shared<Personal>();
  auto* command = app.add_subcommand("event", "Show one record of the ledger, as JSON");
  command->footer(kFooter);
  add_position(*command, *position);
  add_reveal(*command, *personal);
  command->callback([&chosen, position, personal] {
    chosen = [=](Session& session) { return run(*position, *personal, session); };
  });
}

}  // namespace actbook::cli

// Each kind of event for other systems (export.h), by its golden sample; and that docs/EXPORTS.md
// says what becomes of it. What a ledger exports is export_test.cpp's matter.
#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "actbook/export.h"
#include "actbook/json.h"
#include "actbook/schema/events_generated.h"
#include "actbook/search.h"
#include "support/exported.h"
#include "support/golden.h"
#include "support/parse_csv.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

struct Sample {
  std::string file;
  std::string type;
  Record record;
};

std::vector<Sample> samples() {
  const GoldenFiles golden;
  std::vector<Sample> all;
  for (const auto& [file, sample] : golden.json()) {
    if (kNoEvents.contains(file)) continue;
    const auto type = event_of(file);
    all.push_back({file, type, record_of(type, build_sample(sample).value()).value()});
  }
  return all;
}

std::string exported(const Record& record, ExportFormat format) {
  return export_event(record, "golden", format).value();
}

/// "3004 1 LedgerCreated" and the like.
using Activities = std::set<std::string>;

/// What docs/EXPORTS.md says, in rows such as
/// | Entity Management 3004 | Create 1 | `LedgerCreated`, `ContactRegistered` |
Activities documented() {
  static const std::regex row(R"(^\| [A-Za-z ]+ (\d+) \| [A-Za-z ]+ (\d+) \| (.*) \|$)");
  static const std::regex name("`([A-Za-z]+)`");
  Activities all;
  std::ifstream page(ACTBOOK_SOURCE_DIR "/docs/EXPORTS.md");
  for (std::string line; std::getline(page, line);) {
    std::smatch cells;
    if (!std::regex_match(line, cells, row)) continue;
    const auto events = cells.str(3);
    for (std::sregex_iterator it(events.begin(), events.end(), name), end; it != end; ++it) {
      all.insert(cells.str(1) + " " + cells.str(2) + " " + it->str(1));
    }
  }
  return all;
}

TEST_CASE("export: every kind of event goes out in every format") {
  std::set<std::string> seen;
  for (const auto& sample : samples()) {
    CAPTURE(sample.file);
    seen.insert(sample.type);
    const auto plain = record_to_json(sample.record).value();
    const auto document = json::parse(plain);
    CHECK(exported(sample.record, ExportFormat::jsonl) == plain + "\n");

    const auto rows =
        parse_csv(export_header(ExportFormat::csv) + exported(sample.record, ExportFormat::csv));
    REQUIRE(rows.size() == 2);
    REQUIRE(rows[1].size() == rows[0].size());
    std::map<std::string, std::string> cells;
    for (std::size_t i = 0; i < rows[0].size(); ++i) cells[rows[0][i]] = rows[1][i];
    CHECK(cells.at("type") == sample.type);
    CHECK(cells.at("actor.kind") == "system");
    CHECK(json::parse(cells.at("payload")) == document.at("payload"));

    const auto cloud = json::parse(exported(sample.record, ExportFormat::cloudevents));
    check_cloud_event(cloud);
    CHECK(cloud.at("data") == document.at("payload"));
    CHECK(cloud.at("type") == "actbook." + dotted_name(sample.type) + ".v1");

    const auto ocsf = json::parse(exported(sample.record, ExportFormat::ocsf));
    check_ocsf(ocsf);
    CHECK(ocsf.at("unmapped").at("payload") == document.at("payload"));
    CHECK(ocsf.at("metadata").at("event_code") == sample.type);
    // A refusal has no activity of its own; every other event has.
    CHECK_MESSAGE((ocsf.at("activity_id") == 99) == (sample.type == "CommandRefused"), sample.type,
                  " is missing in kActivities in api/ocsf.cpp");
  }
  CHECK(seen.size() == std::size(event::EnumValuesEvent()) - 1);
}

TEST_CASE("export: docs/EXPORTS.md has the activity of every event in OCSF") {
  Activities made;
  for (const auto& sample : samples()) {
    const auto ocsf = json::parse(exported(sample.record, ExportFormat::ocsf));
    made.insert(ocsf.at("class_uid").dump() + " " + ocsf.at("activity_id").dump() + " " +
                sample.type);
  }
  const auto written = documented();
  for (const auto& activity : made) {
    CHECK_MESSAGE(written.contains(activity), activity, " is missing in docs/EXPORTS.md");
  }
  for (const auto& activity : written) {
    CHECK_MESSAGE(made.contains(activity), activity, " stands in docs/EXPORTS.md, and is not so");
  }
}

TEST_CASE("export: what an event is about") {
  const auto subject = [](const std::string& type, const json& payload) {
    const auto sample = json{{"event_type", type}, {"event", payload}}.dump();
    const auto record = record_of(type, build_sample(sample).value()).value();
    return json::parse(exported(record, ExportFormat::cloudevents)).value("subject", "");
  };
  CHECK(subject("WorkspaceRenamed", {{"workspace", "w-1"}, {"to", "New"}}) == "workspace:w-1");
  CHECK(
      subject("MandateRequested", {{"request", "r-1"}, {"agency", "agnes"}, {"client", "cargo"}}) ==
      "mandate_request:r-1");
  CHECK(subject("PersonErased", {{"contacts", {"c-1", "c-2"}}}) == "contact:c-1");
  CHECK(subject("CommandRefused", {{"command_type", "RenameWorkspace"},
                                   {"reason", "FORBIDDEN"},
                                   {"subjects", {"workspace:w-1"}}}) == "workspace:w-1");
  CHECK(subject("CommandRefused",
                {{"command_type", "X"}, {"reason", "FORBIDDEN"}, {"subjects", json::array()}}) ==
        "");
  json read = {{"person", "adam"}, {"what", "transcript"}, {"basis", "member"}};
  CHECK(subject("AccessRecorded", read) == "person:adam");
  read["workspace"] = "w-1";
  CHECK(subject("AccessRecorded", read) == "workspace:w-1");
  read["project"] = "p-1";
  CHECK(subject("AccessRecorded", read) == "project:p-1");
  read["recording"] = "r-1";
  CHECK(subject("AccessRecorded", read) == "recording:r-1");
  CHECK(subject("LedgerCreated", {{"ledger", "golden"}, {"clock", "system"}}) == "");
}

}  // namespace
}  // namespace actbook::testing

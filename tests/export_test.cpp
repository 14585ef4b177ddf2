// Events of a ledger for other systems (export.h); each kind of event by itself is
// export_events_test.cpp's matter.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "actbook/export.h"
#include "support/exported.h"
#include "support/ocsf_rules.h"
#include "support/parse_csv.h"
#include "support/told_ledger.h"

namespace actbook::testing {
namespace {

constexpr ExportFormat kFormats[] = {ExportFormat::jsonl, ExportFormat::csv,
                                     ExportFormat::cloudevents, ExportFormat::ocsf};

using Lines = std::vector<std::string>;

struct Exported {
  Lines lines;
  std::uint64_t count = 0;
};

Exported export_all(const Ledger& ledger, const View& view, ExportFormat format,
                    const Search& search = {}, Personal personal = Personal::sealed) {
  Exported exported;
  exported.count = must(ledger.export_events(view, search, format, personal, [&](auto line) {
    exported.lines.emplace_back(line);
    return true;
  }));
  return exported;
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const auto& line : lines) text += line;
  return text;
}

/// A whole year of both programs.
class Year {
 public:
  Year() {
    Ledger::CreateOptions options;
    options.id = "year";
    options.clock = schema::ClockKind::simulated;
    ledger_.emplace(must(Ledger::create(path(), options, time_of("2026-01-01"))));
    std::ifstream commands(ACTBOOK_SOURCE_DIR "/examples/year.jsonl");
    for (std::string line; std::getline(commands, line);) {
      const auto command = must(command_line_from_json(line));
      must(ledger_->record(command.command, command.at));
    }
    REQUIRE(ledger_->head().value > 1000);
  }

  [[nodiscard]] const Ledger& ledger() const { return *ledger_; }
  [[nodiscard]] std::filesystem::path path() const { return directory_ / "ledger"; }
  [[nodiscard]] std::vector<json> documents(ExportFormat format, const Search& search = {}) const {
    std::vector<json> all;
    for (const auto& line : export_all(*ledger_, ledger_->now(), format, search).lines) {
      all.push_back(json::parse(line));
    }
    return all;
  }

 private:
  TempDirectory directory_;
  std::optional<Ledger> ledger_;
};

/// What a CloudEvent says in attributes that only some events have.
void check_envelope(const json& cloud, const json& record) {
  for (const auto& [attribute, member] :
       {std::pair{"correlationid", "correlation_id"}, std::pair{"causationid", "causation_id"},
        std::pair{"actingorganisation", "acting_organisation"}, std::pair{"basis", "basis"},
        std::pair{"reason", "reason"}}) {
    CHECK(cloud.value(attribute, "") == record.value(member, ""));
  }
  std::string broken;
  for (const auto& code : record.at("rules_broken")) {
    broken.append(broken.empty() ? "" : " ").append(code.get<std::string>());
  }
  CHECK(cloud.value("rulesbroken", "") == broken);
}

TEST_CASE("export: a year in every format has each event once and in order") {
  const Year year;
  const auto& ledger = year.ledger();
  const auto trail = must(ledger.trail(ledger.now(), {}));
  for (const auto format : kFormats) {
    const auto all = export_all(ledger, ledger.now(), format);
    CHECK(all.count == trail.lines.size());
    CHECK(all.lines.size() == all.count + (format == ExportFormat::csv ? 1 : 0));
    for (const auto& line : all.lines) REQUIRE(std::ranges::count(line, '\n') == 1);
  }
  const auto records = year.documents(ExportFormat::jsonl);
  const auto clouds = year.documents(ExportFormat::cloudevents);
  const auto ocsf = year.documents(ExportFormat::ocsf);
  const auto rows = parse_csv(joined(export_all(ledger, ledger.now(), ExportFormat::csv).lines));
  std::set<std::string> ids;
  for (std::size_t i = 0; i < trail.lines.size(); ++i) {
    const auto position = trail.lines[i]->position;
    CAPTURE(position);
    CHECK(records[i].at("position") == position);
    CHECK(rows[i + 1][0] == std::to_string(position));
    check_cloud_event(clouds[i]);
    CHECK(clouds[i].at("source") == "urn:actbook:year");
    CHECK(clouds[i].at("id") == "year/" + std::to_string(position));
    CHECK(clouds[i].at("position") == std::to_string(position));
    check_envelope(clouds[i], records[i]);
    check_ocsf(ocsf[i]);
    CHECK(ocsf[i].at("metadata").at("uid") == clouds[i].at("id"));
    CHECK(ocsf[i].at("unmapped").at("position") == position);
    ids.insert(clouds[i].at("id").get<std::string>());
  }
  CHECK(ids.size() == trail.lines.size());
}

TEST_CASE("export: in OCSF a refusal has failed and a fact that broke rules stands out") {
  const Year year;
  Search search;
  search.refused = true;
  const auto refusals = year.documents(ExportFormat::ocsf, search);
  REQUIRE(refusals.size() > 10);
  for (const auto& event : refusals) {
    const auto& payload = event.at("unmapped").at("payload");
    CHECK(event.at("activity_name") == payload.at("command_type"));
    CHECK(event.at("status_id") == 2);
    CHECK(event.at("status_code") == payload.at("reason"));
    CHECK(event.at("status_detail") == payload.at("reason"));
    CHECK(event.at("severity_id") == 2);
  }

  ToldLedger told;
  told.at("2026-03-01");
  told.organisation("prism", "olga");
  told.create("person:olga", "prism", "w-1");
  told.tell("person:eve", "RenameWorkspace", {{"workspace", "w-1"}, {"name", "Mine"}},
            fact("2026-03-01"));
  search = with_tags({"actor:eve"});
  const auto lines = export_all(told.ledger(), told.now(), ExportFormat::ocsf, search).lines;
  REQUIRE(lines.size() == 1);
  const auto event = json::parse(lines[0]);
  CHECK(event.at("severity_id") == 3);
  CHECK(event.at("status_id") == 1);
  CHECK(event.at("status_detail") == event.at("unmapped").at("rules_broken").at(0));
  CHECK_FALSE(event.contains("status_code"));
}

TEST_CASE("export: a CloudEvent says for whom and by what right and why and against what") {
  ToldLedger told;
  told.at("2026-03-01");
  told.organisation("prism", "olga");
  told.create("person:olga", "prism", "w-1", {{"acting_organisation", "prism"}});
  told.tell("person:eve", "InviteToWorkspace",
            {{"invite", "i"}, {"workspace", "w-1"}, {"person", "max"}, {"role", "member"}},
            fact("2026-03-01"));
  const auto only = [&](const std::string& type, const std::string& tag) {
    auto search = with_tags({tag});
    search.types = {type};
    const auto lines =
        export_all(told.ledger(), told.now(), ExportFormat::cloudevents, search).lines;
    REQUIRE(lines.size() == 1);
    auto event = json::parse(lines[0]);
    check_cloud_event(event);
    return event;
  };
  const auto created = only("WorkspaceCreated", "workspace:w-1");
  CHECK(created.at("actingorganisation") == "prism");
  CHECK(created.at("basis") == "owner of organisation prism");
  CHECK(created.at("reason") == "asked");
  CHECK_FALSE(created.contains("rulesbroken"));
  const auto granted = only("MembershipGranted", "person:max");
  CHECK(granted.at("rulesbroken") == "FORBIDDEN ROLE_ABOVE_OWN");
  CHECK_FALSE(granted.contains("actingorganisation"));
}

TEST_CASE("export: in OCSF who gets a role is the user and what it is for the resource") {
  ToldLedger told;
  told.at("2026-03-01T09:00:00.25Z");
  told.organisation("prism", "olga");
  told.tell("person:olga", "AddOrganisationMember",
            {{"organisation", "prism"}, {"person", "bea"}, {"role", "member"}},
            {{"acting_organisation", "prism"}, {"correlation_id", "c-17"}});
  const auto lines = export_all(told.ledger(), told.now(), ExportFormat::ocsf,
                                with_tags({"person:bea", "correlation:c-17"}))
                         .lines;
  REQUIRE(lines.size() == 1);
  auto event = json::parse(lines[0]);
  check_ocsf(event);
  CHECK(event.at("type_uid") == 300716);
  CHECK(event.at("time") == 1772355600250);
  CHECK(event.at("user") == json{{"uid", "bea"}});
  CHECK(event.at("iam_roles") == json::parse(R"([{"uid":"organisation/member","name":"member"}])"));
  CHECK(event.at("resources") == json::parse(R"([{"uid":"prism","type":"organisation"}])"));
  CHECK(event.at("actor").at("user") ==
        json::parse(R"({"uid":"olga","type_id":1,"type":"User","org":{"uid":"prism"}})"));
  CHECK(event.at("metadata").at("correlation_uid") == "c-17");
  CHECK(event.at("metadata").at("original_time") == "2026-03-01T09:00:00.25Z");

  const auto lacks = [&](const std::string& complaint) {
    return std::ranges::count(ocsf_complaints(event), complaint) == 0;
  };
  CHECK(ocsf_complaints(event).empty());
  event["user"].erase("uid");
  CHECK_FALSE(lacks("user.: has none of those of which it needs one"));
  event["users"] = json::array();
  CHECK_FALSE(lacks("users: is not defined here"));
  event["severity"] = "Low";
  CHECK_FALSE(lacks("severity_id: is not what severity says"));
  event["activity_id"] = 21;
  CHECK_FALSE(lacks("activity_id: is not of its enum"));
  CHECK_FALSE(lacks("type_uid: is not class_uid × 100 + activity_id"));
  event["time"] = "2026-03-01T09:00:00Z";
  CHECK_FALSE(lacks("time: is no time"));
  event.erase("metadata");
  event["metadata"] = json::object();
  CHECK_FALSE(lacks("metadata.product: is required"));
}

TEST_CASE("export: in OCSF who read is the actor of a read whoever told of it") {
  ToldLedger told;
  told.at("2026-03-01");
  told.organisation("prism", "olga");
  told.create("person:olga", "prism", "w-1");
  const auto read = [&](const std::string& teller, const std::string& reader, bool staff) {
    const auto position = told.tell(
        teller, "RecordAccess",
        {{"person", reader}, {"workspace", "w-1"}, {"what", "conversation 4"}, {"staff", staff}},
        fact("2026-03-01"));
    Search search;
    search.after = Position{position - 1};
    search.limit = 1;
    const auto lines = export_all(told.ledger(), told.now(), ExportFormat::ocsf, search).lines;
    REQUIRE(lines.size() == 1);
    auto event = json::parse(lines[0]);
    check_ocsf(event);
    CHECK(event.at("metadata").at("event_code") == "AccessRecorded");
    return event;
  };
  const json person = {{"uid", "olga"}, {"type_id", 1}, {"type", "User"}};
  const json staff = {{"uid", "sue"}, {"type_id", 99}, {"type", "staff"}};
  const auto actor = [](const std::string& kind, const std::string& id) {
    return json{{"kind", kind}, {"id", id}};
  };
  const auto imported = read("import:crm", "olga", false);
  CHECK(imported.at("actor").at("user") == person);
  CHECK(imported.at("unmapped").at("actor") == actor("import", "crm"));
  const auto monitored = read("system:monitor", "sue", true);
  CHECK(monitored.at("actor").at("user") == staff);
  CHECK(monitored.at("unmapped").at("actor") == actor("system", "monitor"));
  const auto own = read("person:olga", "olga", false);
  CHECK(own.at("actor").at("user") == person);
  CHECK(own.at("unmapped").at("actor") == actor("person", "olga"));

  // Whoever does something else is its actor, and stands nowhere twice.
  const auto lines = export_all(told.ledger(), told.now(), ExportFormat::ocsf,
                                with_tags({"actor:sam", "organisation:prism"}))
                         .lines;
  REQUIRE(!lines.empty());
  const auto event = json::parse(lines[0]);
  CHECK(event.at("actor").at("user") == json{{"uid", "sam"}, {"type_id", 99}, {"type", "staff"}});
  CHECK_FALSE(event.at("unmapped").contains("actor"));
}

TEST_CASE("export: personal data is sealed unless it is asked for and erased for good") {
  ToldLedger told;
  told.at("2026-03-01");
  told.tell("staff:sam", "RegisterPerson",
            {{"person", "olga"}, {"email", "olga@prism.example"}, {"display_name", "Olga Öst"}});
  const auto text = [&](ExportFormat format, Personal personal) {
    return joined(export_all(told.ledger(), told.now(), format, {}, personal).lines);
  };
  const auto says = [](const std::string& all, const std::string& part) {
    return all.find(part) != std::string::npos;
  };
  for (const auto format : kFormats) {
    CHECK_FALSE(says(text(format, Personal::sealed), "Olga Öst"));
    CHECK_FALSE(says(text(format, Personal::sealed), "olga@prism.example"));
    CHECK_FALSE(says(text(format, Personal::sealed), "sealed:"));
    CHECK(says(text(format, Personal::revealed), "Olga Öst"));
    CHECK(says(text(format, Personal::revealed), "olga@prism.example"));
  }
  told.tell("staff:sam", "ErasePerson", {{"person", "olga"}});
  for (const auto format : kFormats) {
    for (const auto personal : {Personal::sealed, Personal::revealed}) {
      CHECK_FALSE(says(text(format, personal), "Olga Öst"));
      CHECK_FALSE(says(text(format, personal), "olga@prism.example"));
    }
    CHECK(says(text(format, Personal::revealed), "erased"));
  }
}

TEST_CASE("export: without the key nothing is revealed and nothing goes out") {
  const Year year;
  const auto locked = must(Ledger::open_read_only(
      year.path(), {.progress = {}, .master_key = nullptr, .master_key_file = "/nowhere"}));
  bool heard = false;
  const auto refused = locked.export_events(locked.now(), {}, ExportFormat::csv, Personal::revealed,
                                            [&](std::string_view) { return heard = true; });
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "VAULT_LOCKED");
  CHECK_FALSE(heard);
  CHECK(export_all(locked, locked.now(), ExportFormat::csv).count > 1000);
}

TEST_CASE("export: as of a position and page by page") {
  const Year year;
  const auto& ledger = year.ledger();
  const auto whole = export_all(ledger, ledger.now(), ExportFormat::jsonl).lines;
  const auto early = export_all(ledger, must(ledger.as_of(Position{100})), ExportFormat::jsonl);
  CHECK(early.count >= 100);
  CHECK(early.count < 110);
  CHECK(std::equal(early.lines.begin(), early.lines.end(), whole.begin()));

  for (const auto format : kFormats) {
    Lines paged;
    Search page;
    page.limit = 250;
    for (Exported part; (part = export_all(ledger, ledger.now(), format, page)).count > 0;) {
      CHECK(part.count <= page.limit);
      const auto header = part.lines.size() - part.count;
      paged.insert(paged.end(), part.lines.begin() + (paged.empty() ? 0 : static_cast<int>(header)),
                   part.lines.end());
      page.after = Position{page.after.value + part.count};
    }
    CHECK(paged == export_all(ledger, ledger.now(), format).lines);
  }
}

TEST_CASE("export: on the second axis what had happened by then") {
  ToldLedger told;
  told.at("2026-03-01");
  told.organisation("prism", "olga");
  told.create("person:olga", "prism", "w-1");
  told.at("2026-03-05");
  told.tell("person:olga", "RenameWorkspace", {{"workspace", "w-1"}, {"name", "Panels"}},
            fact("2026-03-02"));
  told.tell("person:olga", "RenameWorkspace", {{"workspace", "w-1"}, {"name", "Later"}});
  Search renamed;
  renamed.types = {"WorkspaceRenamed"};
  const auto count = [&](const View& view) {
    return export_all(told.ledger(), view, ExportFormat::ocsf, renamed).count;
  };
  CHECK(count(told.now()) == 2);
  CHECK(count(told.known("2026-03-03")) == 0);
  CHECK(count(told.true_at("2026-03-03")) == 1);
}

TEST_CASE("export: a sink that takes no more ends it") {
  const Year year;
  const auto& ledger = year.ledger();
  for (const auto format : kFormats) {
    const std::size_t header = format == ExportFormat::csv ? 1 : 0;
    for (const std::size_t room : {0U, 1U, 3U}) {
      std::size_t given = 0;
      const auto taken =
          must(ledger.export_events(ledger.now(), {}, format, Personal::sealed,
                                    [&](std::string_view) { return ++given <= room; }));
      CHECK(given == room + 1);
      CHECK(taken == room - std::min(room, header));
    }
  }
}

TEST_CASE("export: of nothing only the header and of the unknown an error") {
  const Year year;
  const auto& ledger = year.ledger();
  Search search;
  search.after = ledger.head();
  CHECK(export_all(ledger, ledger.now(), ExportFormat::csv, search).lines ==
        Lines{export_header(ExportFormat::csv)});
  CHECK(export_all(ledger, ledger.now(), ExportFormat::ocsf, search).lines.empty());
  bool heard = false;
  const auto unknown =
      ledger.export_events(ledger.now(), with_tags({"workspace:none"}), ExportFormat::csv,
                           Personal::sealed, [&](std::string_view) { return heard = true; });
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().code == "NOT_FOUND");
  CHECK_FALSE(heard);
}

}  // namespace
}  // namespace actbook::testing

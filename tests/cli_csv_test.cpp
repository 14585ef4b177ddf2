// Answers as CSV that are more than one list, and pages of those that are; and what of the same
// answers stands in tables and case files.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <regex>

#include "cli_case_fixture.h"
#include "support/parse_csv.h"

namespace actbook::testing {
namespace {

/// Beside the fixture's: a project in a workspace, one of an organisation, and a read.
constexpr const char* kMore[] = {
    R"({"at":"2026-03-05T09:00:00Z","command_id":"m-1","actor":{"kind":"person","id":"olga"},"command_type":"CreateProject","command":{"project":"p-1","workspace":"w-1","name":"Site"}})",
    R"({"at":"2026-03-05T10:00:00Z","command_id":"m-2","actor":{"kind":"person","id":"olga"},"command_type":"CreateProject","command":{"project":"p-2","organisation":"prism","name":"Shop"}})",
    R"({"at":"2026-03-06T09:00:00Z","command_id":"m-3","mode":"observed","actor":{"kind":"person","id":"olga"},"command_type":"RecordAccess","command":{"person":"olga","workspace":"w-1","what":"conversation 4"}})",
};

constexpr const char* kAnotherRead =
    R"({"at":"2026-03-07T09:00:00Z","command_id":"m-4","mode":"observed","actor":{"kind":"person","id":"olga"},"command_type":"RecordAccess","command":{"person":"olga","workspace":"w-1","what":"conversation 5"}})"
    "\n";

/// Told of late, and against the rules.
constexpr const char* kLate =
    R"({"at":"2026-03-07T10:00:00Z","command_id":"l-1","mode":"observed","occurred_at":"2026-03-05T12:00:00Z","actor":{"kind":"person","id":"eve"},"reason":"old API","command_type":"RenameWorkspace","command":{"workspace":"w-1","name":"Mine"}})"
    "\n";

using Row = std::map<std::string, std::string>;

/// Rows of CSV, by the names of their columns.
struct Rows {
  explicit Rows(const std::string& text) {
    const auto cells = parse_csv(text);
    REQUIRE(!cells.empty());
    columns = cells[0];
    for (std::size_t i = 1; i < cells.size(); ++i) {
      REQUIRE(cells[i].size() == columns.size());
      Row row;
      for (std::size_t c = 0; c < columns.size(); ++c) row[columns[c]] = cells[i][c];
      rows.push_back(std::move(row));
    }
  }

  [[nodiscard]] std::vector<Row> of_kind(const std::string& kind) const {
    std::vector<Row> found;
    std::ranges::copy_if(rows, std::back_inserter(found),
                         [&](const Row& row) { return row.at("kind") == kind; });
    return found;
  }

  std::vector<std::string> columns;
  std::vector<Row> rows;
};

std::string positions_of(const json& line, const char* member = "positions") {
  std::string text;
  for (const auto& position : line.value(member, json::array())) {
    text.append(text.empty() ? "" : ", ").append(position.dump());
  }
  return text;
}

class Csv {
 public:
  Csv() {
    cli_.fill();
    std::string more;
    for (const auto* command : kMore) more.append(command).append("\n");
    record(more);
  }

  [[nodiscard]] const Cli& cli() const { return cli_; }
  [[nodiscard]] json whole(const Arguments& question) const { return answer(cli_, question); }
  void record(const std::string& lines) const {
    const auto ran = cli_.record(lines);
    REQUIRE_MESSAGE(ran.code == 0, ran.out, ran.err);
  }
  /// As a table, with one blank between columns.
  [[nodiscard]] std::string table(const Arguments& question) const {
    const auto ran = cli_.run(question);
    REQUIRE_MESSAGE(ran.code == 0, ran.err);
    return std::regex_replace(ran.out, std::regex(" +"), " ");
  }
  [[nodiscard]] Rows rows(Arguments question) const {
    question.insert(question.end(), {"--format", "csv"});
    const auto ran = cli_.run(question);
    REQUIRE_MESSAGE(ran.code == 0, ran.err);
    return Rows(ran.out);
  }

 private:
  Cli cli_;
};

void check_end(const Row& row, const json& act, const std::string& end) {
  const bool is_there = !act.is_null();
  CHECK(row.at(end) == (is_there ? act["occurred_at"].get<std::string>() : ""));
  CHECK(row.at(end + "_recorded_at") == (is_there ? act["recorded_at"].get<std::string>() : ""));
  CHECK(row.at(end + "_position") == (is_there ? act["position"].dump() : ""));
  CHECK(row.at(end + "_by") == (is_there ? act["actor"]["id"].get<std::string>() : ""));
}

/// Rows of acts have the columns of a trail, with what the answer says in them.
void check_acts(const std::vector<Row>& rows, const json& acts) {
  REQUIRE(rows.size() == acts.size());
  CHECK(!rows.empty());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const auto* member : {"recorded_at", "occurred_at", "type", "summary", "mode", "basis",
                               "reason", "command_id"}) {
      CHECK(rows[i].at(member) == acts[i].value(member, ""));
    }
    CHECK(rows[i].at("position") == acts[i]["position"].dump());
    CHECK(rows[i].at("actor.id") == acts[i]["actor"]["id"]);
  }
}

/// The columns of a kind of row, and behind them those of a trail that it does not have.
std::vector<std::string> with_trail(std::vector<std::string> columns, const Csv& csv) {
  for (const auto& column : csv.rows({"audit", "trail", "--limit", "1"}).columns) {
    if (std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
  }
  return columns;
}

TEST_CASE("cli csv: a timeline has its intervals and its acts as rows of one table") {
  const Csv csv;
  csv.record(kLate);
  const Arguments question = {"timeline", "workspace:w-1"};
  const auto whole = csv.whole(question);
  const auto rows = csv.rows(question);
  CHECK(rows.columns == std::vector<std::string>{"kind", "what", "whose", "detail", "from",
                                                 "from_recorded_at", "from_position", "from_by",
                                                 "until", "until_recorded_at", "until_position",
                                                 "until_by"});
  const auto intervals = rows.of_kind("interval");
  const auto& spans = whole["spans"];
  REQUIRE(intervals.size() == spans.size());
  CHECK(!intervals.empty());
  for (std::size_t i = 0; i < spans.size(); ++i) {
    CHECK(intervals[i].at("what") == spans[i]["what"]);
    CHECK(intervals[i].at("whose") == spans[i]["subject"]);
    check_end(intervals[i], spans[i].value("from", json()), "from");
    check_end(intervals[i], spans[i].value("until", json()), "until");
  }
  const auto acts = rows.of_kind("act");
  REQUIRE(acts.size() == whole["acts"].size());
  CHECK(acts.size() > 3);
  for (std::size_t i = 0; i < acts.size(); ++i) {
    const auto& act = whole["acts"][i];
    CHECK(acts[i].at("what") == act["type"]);
    CHECK(acts[i].at("detail") == act["summary"]);
    check_end(acts[i], act, "from");
    check_end(acts[i], act, "until");
  }
  CHECK(rows.rows.size() == intervals.size() + acts.size());
  CHECK(acts.back().at("from") == "2026-03-05T12:00:00Z");
  CHECK(acts.back().at("from_recorded_at") == "2026-03-07T10:00:00Z");
}

TEST_CASE("cli csv: an explanation has rows for the verdict and each rung and each act") {
  const Csv csv;
  const Arguments question = {"explain", "access", "olga", "workspace:w-1"};
  const auto whole = csv.whole(question);
  const auto rows = csv.rows(question);
  CHECK(rows.columns == with_trail({"kind", "rung", "holds", "sentence", "positions"}, csv));
  const auto verdicts = rows.of_kind("verdict");
  REQUIRE(verdicts.size() == 1);
  CHECK(verdicts[0].at("sentence") == whole["verdict"]);
  CHECK(verdicts[0].at("holds") == whole["can_read"].dump());
  CHECK(verdicts[0].at("position").empty());
  const auto rungs = rows.of_kind("rung");
  REQUIRE(rungs.size() == whole["rungs"].size());
  CHECK(rungs.size() > 1);
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    const auto& rung = whole["rungs"][i];
    CHECK(rungs[i].at("rung") == rung["rung"]);
    CHECK(rungs[i].at("holds") == rung["holds"].dump());
    CHECK(rungs[i].at("sentence") == rung["sentence"]);
    CHECK(rungs[i].at("positions") == positions_of(rung));
    CHECK(rungs[i].at("summary").empty());
  }
  check_acts(rows.of_kind("act"), whole["chain"]);
  CHECK(rows.rows.size() == 1 + rungs.size() + whole["chain"].size());
}

TEST_CASE("cli csv: a comparison and steps have rows for acts and for what they changed") {
  const Csv csv;
  csv.record(kLate);
  const auto columns =
      with_trail({"kind", "table", "key", "what", "position", "field", "before", "after"}, csv);
  const Arguments compare = {"compare", "--from", "2026-03-03T12:00:00Z", "workspace:w-1"};
  const auto comparison = csv.whole(compare);
  const auto compared = csv.rows(compare);
  CHECK(compared.columns == columns);
  check_acts(compared.of_kind("act"), comparison["acts"]);
  const auto changes = compared.of_kind("change");
  CHECK(changes.size() >= comparison["changes"].size());
  CHECK(compared.rows.size() == changes.size() + comparison["acts"].size());
  CHECK(changes[0].at("table") == comparison["changes"][0]["table"]);
  CHECK(changes[0].at("summary").empty());

  const Arguments step = {"step", "workspace:w-1", "--limit", "100"};
  const auto steps = csv.rows(step);
  CHECK(steps.columns == columns);
  json acts = json::array();
  const auto whole = csv.whole(step);
  for (const auto& line : whole["lines"]) acts.push_back(line["act"]);
  check_acts(steps.of_kind("act"), acts);
  // Each act stands before what it changed.
  std::string position;
  for (const auto& row : steps.rows) {
    if (row.at("kind") == "act") position = row.at("position");
    CHECK(row.at("position") == position);
  }
}

TEST_CASE("cli csv: somebody's access has a row for each place") {
  const Csv csv;
  const Arguments question = {"audit", "access", "olga"};
  const auto whole = csv.whole(question);
  const auto rows = csv.rows(question);
  CHECK(rows.columns ==
        std::vector<std::string>{"entity", "role", "can_read", "basis", "positions"});
  REQUIRE(whole["workspaces"].size() == 1);
  REQUIRE(whole["projects"].size() == 1);
  REQUIRE(rows.rows.size() == 2);
  const auto check = [](const Row& row, const json& line, const std::string& entity) {
    CHECK(row.at("entity") == entity);
    CHECK(row.at("role") == line.value("role", ""));
    CHECK(row.at("can_read") == "true");
    CHECK(row.at("basis") == line["basis"]);
    CHECK(row.at("positions") == positions_of(line));
    CHECK(!row.at("positions").empty());
  };
  check(rows.rows[0], whole["workspaces"][0], "workspace:w-1");
  check(rows.rows[1], whole["projects"][0], "project:p-2");

  REQUIRE(csv.cli().record(std::string(kNextCommand) + "\n").code == 0);
  CHECK(csv.rows({"audit", "access", "bea"}).rows.empty());
}

TEST_CASE("cli csv: a supposition has accesses and reads as rows of one table") {
  const Csv csv;
  const Arguments question = {"what-if", "--without", "workspace/owner:conversation.read",
                              "workspace:w-1"};
  const auto whole = csv.whole(question);
  const auto rows = csv.rows(question);
  CHECK(rows.columns == std::vector<std::string>{"kind", "read_at", "read_position", "person",
                                                 "entity", "role", "basis", "can_read", "positions",
                                                 "other_role", "other_basis", "other_can_read",
                                                 "other_positions"});
  const auto check = [&](const std::string& kind, const json& lines, std::size_t count) {
    const auto found = rows.of_kind(kind);
    REQUIRE(lines.size() == count);
    REQUIRE(found.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
      for (const auto* member :
           {"person", "entity", "role", "basis", "other_role", "other_basis"}) {
        CHECK(found[i].at(member) == lines[i].value(member, ""));
      }
      CHECK(!found[i].at("positions").empty());
      for (const auto* member : {"positions", "other_positions"}) {
        CHECK(found[i].at(member) == positions_of(lines[i], member));
      }
      CHECK(found[i].at("can_read") == "true");
      CHECK(found[i].at("other_can_read") == "false");
    }
  };
  check("access", whole["accesses"], 2);
  check("read", whole["reads"], 1);
  CHECK(rows.rows.size() == 3);
  const auto access = rows.of_kind("access")[0];
  CHECK(access.at("entity") == "workspace:w-1");
  CHECK(access.at("role") == "owner");
  CHECK(access.at("read_at").empty());
  CHECK(access.at("read_position").empty());
  const auto read = rows.of_kind("read")[0];
  CHECK(read.at("read_at") == "2026-03-06T09:00:00Z");
  CHECK(read.at("read_position") == whole["reads"][0]["read"]["position"].dump());
  CHECK(read.at("person") == "olga");
  CHECK(contains(csv.table(question), " WHY RESTS ON POSITIONS WOULD HAVE BEEN WHY RESTS ON "));
}

TEST_CASE("cli: a step says what is remarkable about its act") {
  const Csv csv;
  csv.record(kLate);
  const auto steps = csv.table({"step", "workspace:w-1", "--limit", "100"});
  CHECK(contains(steps, "\n Remarks: observed; happened 2026-03-05T12:00:00Z; against the rules "));
  CHECK(contains(steps, "FORBIDDEN; \"old API\"\n"));
  // That of a refused command is the rule.
  CHECK(contains(csv.table({"step", "refused:yes", "--limit", "1"}), "\n Remarks: "));
}

TEST_CASE("cli: tables of roles and acceptances say which rules were broken") {
  const Csv csv;
  CHECK(!contains(csv.table({"audit", "roles"}), "AGAINST THE RULES"));
  CHECK(!contains(csv.table({"audit", "acceptances"}), "AGAINST THE RULES"));
  csv.record(
      R"({"at":"2026-03-08T09:00:00Z","command_id":"b-1","mode":"observed","actor":{"kind":"person","id":"eve"},"command_type":"InviteToWorkspace","command":{"invite":"i-1","workspace":"w-1","person":"max","role":"member"}})"
      "\n"
      R"({"at":"2026-03-08T10:00:00Z","command_id":"b-2","mode":"observed","actor":{"kind":"person","id":"eve"},"command_type":"AcceptAgreement","command":{"workspace":"w-1","acceptance":{"agreement":"dpa","version":1,"text_shown":true,"channel":"paper"}}})"
      "\n");
  const auto roles = csv.table({"audit", "roles", "person:max"});
  CHECK(contains(roles, " AGAINST THE RULES\n"));
  CHECK(contains(roles, " FORBIDDEN"));
  const auto acceptances = csv.table({"audit", "acceptances"});
  CHECK(contains(acceptances, " AGAINST THE RULES\n"));
  CHECK(contains(acceptances, " in force FORBIDDEN\n"));
  CHECK(contains(csv.table({"show", "workspace:w-1"}), " in force FORBIDDEN\n"));
  CHECK(csv.whole({"audit", "acceptances"})["lines"][0]["rules_broken"] == json::array());
}

TEST_CASE("cli: tables of money say the window of a deal and what a refund gave back") {
  const Csv csv;
  const auto account =
      csv.whole({"show", "workspace:w-1"})["state"]["row"]["account"].get<std::string>();
  const auto command = [](int number, const char* actor, const char* type, const json& what) {
    const json line = {{"at", "2026-03-08T09:00:00Z"},
                       {"command_id", "d-" + std::to_string(number)},
                       {"actor", {{"kind", actor}, {"id", "sam"}}},
                       {"command_type", type},
                       {"command", what}};
    return line.dump() + "\n";
  };
  const json terms = {{"kickback_percent", 20},
                      {"discount_percent", 15},
                      {"starts_at", "2026-03-01"},
                      {"expires_at", "2027-03-01"},
                      {"cap_cents", 50'000}};
  csv.record(
      command(1, "staff", "SignReferralDeal",
              {{"deal", "d"}, {"workspace", "w-1"}, {"organisation", "prism"}, {"terms", terms}}) +
      command(2, "system", "RecordCharge",
              {{"charge", "ch"}, {"account", account}, {"plan_cents", 360'000}}) +
      command(3, "system", "RecordPayment", {{"payment", "pay"}, {"charge", "ch"}}) +
      command(4, "system", "RecordRefund",
              {{"refund", "back"}, {"payment", "pay"}, {"amount_cents", 102'000}}));
  const auto deals = csv.table({"audit", "deals"});
  CHECK(contains(deals, " TERMS WINDOW KICKBACK "));
  CHECK(contains(deals, " from 2026-03-01T00:00:00Z until 2027-03-01T00:00:00Z 20 % "));
  const auto kickbacks = csv.table({"audit", "kickbacks"});
  CHECK(contains(kickbacks, " PERCENT GIVEN BACK OF WORKED OUT "));
  CHECK(contains(kickbacks, " 3060.00 20 % 612.00 500.00 500.00 0.00 "));
  CHECK(contains(kickbacks, " 3060.00 20 % 1020.00 3060.00 -166.67 -166.67 333.33 166.67 "));
}

TEST_CASE("case: what access would have rested on is among the records") {
  const Cases cases;
  std::string more;
  const auto add = [&](const std::string& who, const std::string& type, const json& what) {
    const json line = {{"at", "2026-03-08T09:00:00Z"},
                       {"command_id", "w-" + type},
                       {"actor", {{"kind", "person"}, {"id", who}}},
                       {"command_type", type},
                       {"command", what}};
    more += line.dump() + "\n";
  };
  add("olga", "AddOrganisationMember",
      {{"organisation", "prism"}, {"person", "bea"}, {"role", "admin"}});
  add("bea", "SelfJoin", {{"workspace", "w-1"}});
  add("olga", "RemoveMember", {{"workspace", "w-1"}, {"person", "bea"}});
  REQUIRE(cases.cli().record(more).code == 0);
  const auto path = cases.write("c", {"what-if", "--no-rule", "blocks-hold", "workspace:w-1"});
  const auto files = files_in(path);
  const auto answer = json::parse(files.at("answer.json"));
  REQUIRE(answer["accesses"].size() == 1);
  const auto& bea = answer["accesses"][0];
  // She is out by her removal, and would be in by her role, the owner and the visibility.
  CHECK(bea["positions"].size() == 1);
  CHECK(bea["other_positions"].size() == 2);
  for (const auto* member : {"positions", "other_positions"}) {
    for (const auto& position : bea[member]) {
      CHECK(files.contains(record_name(position.get<std::uint64_t>(), ".record")));
    }
  }
  CHECK(finding(path)["sound"] == true);
}

TEST_CASE("cli csv: where a format has no room for it the next page is told beside it") {
  const Csv csv;
  struct Page {
    Arguments question;
    /// Whether an object of jsonl is the whole answer.
    bool is_one;
  };
  const std::vector<Page> pages = {{{"audit", "trail", "workspace:w-1"}, false},
                                   {{"audit", "reads"}, false},
                                   {{"timeline", "workspace:w-1"}, true},
                                   {{"step", "workspace:w-1"}, false}};
  REQUIRE(csv.cli().record(kAnotherRead).code == 0);
  const auto asked = [&](Arguments question, const char* limit, const char* format) {
    question.insert(question.end(), {"--limit", limit, "--format", format});
    auto ran = csv.cli().run(question);
    REQUIRE_MESSAGE(ran.code == 0, ran.err);
    return ran;
  };
  for (const auto& page : pages) {
    CAPTURE(page.question);
    const auto whole = json::parse(asked(page.question, "1", "json").out);
    REQUIRE(whole.contains("next"));
    const auto said = "actbook: there are more: --after " + whole["next"].dump() + "\n";
    CHECK(asked(page.question, "1", "csv").err == said);
    CHECK(asked(page.question, "1", "jsonl").err == (page.is_one ? "" : said));
    CHECK(asked(page.question, "1", "json").err.empty());
    CHECK(asked(page.question, "1", "table").err.empty());
    // The last page has no next one.
    for (const auto* format : {"csv", "jsonl"}) {
      CHECK(asked(page.question, "1000", format).err.empty());
    }
  }
}

}  // namespace
}  // namespace actbook::testing

// Answers as CSV that are more than one list, and pages of those that are.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "cli_fixture.h"
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

std::string positions_of(const json& line) {
  std::string text;
  for (const auto& position : line.value("positions", json::array())) {
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
    const auto ran = cli_.record(more);
    REQUIRE_MESSAGE(ran.code == 0, ran.out, ran.err);
  }

  [[nodiscard]] const Cli& cli() const { return cli_; }
  [[nodiscard]] json whole(const Arguments& question) const { return answer(cli_, question); }
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
  CHECK(row.at(end + "_position") == (is_there ? act["position"].dump() : ""));
  CHECK(row.at(end + "_by") == (is_there ? act["actor"]["id"].get<std::string>() : ""));
}

TEST_CASE("cli csv: a timeline has its intervals and its acts as rows of one table") {
  const Csv csv;
  const Arguments question = {"timeline", "workspace:w-1"};
  const auto whole = csv.whole(question);
  const auto rows = csv.rows(question);
  CHECK(rows.columns == std::vector<std::string>{"kind", "what", "whose", "detail", "from",
                                                 "from_position", "from_by", "until",
                                                 "until_position", "until_by"});
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
}

TEST_CASE("cli csv: an explanation has a row for each rung") {
  const Csv csv;
  const Arguments question = {"explain", "access", "olga", "workspace:w-1"};
  const auto rungs = csv.whole(question)["rungs"];
  const auto rows = csv.rows(question);
  CHECK(rows.columns == std::vector<std::string>{"rung", "holds", "sentence", "positions"});
  REQUIRE(rows.rows.size() == rungs.size());
  CHECK(rungs.size() > 1);
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    CHECK(rows.rows[i].at("rung") == rungs[i]["rung"]);
    CHECK(rows.rows[i].at("holds") == rungs[i]["holds"].dump());
    CHECK(rows.rows[i].at("sentence") == rungs[i]["sentence"]);
    CHECK(rows.rows[i].at("positions") == positions_of(rungs[i]));
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
  CHECK(rows.columns == std::vector<std::string>{"kind", "read_at", "person", "entity", "role",
                                                 "basis", "can_read", "other_role", "other_basis",
                                                 "other_can_read"});
  const auto check = [&](const std::string& kind, const json& lines, std::size_t count) {
    const auto found = rows.of_kind(kind);
    REQUIRE(lines.size() == count);
    REQUIRE(found.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
      for (const auto* member :
           {"person", "entity", "role", "basis", "other_role", "other_basis"}) {
        CHECK(found[i].at(member) == lines[i].value(member, ""));
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
  const auto read = rows.of_kind("read")[0];
  CHECK(read.at("read_at") == whole["reads"][0]["read"]["position"].dump());
  CHECK(read.at("person") == "olga");
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

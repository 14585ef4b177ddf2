#include <doctest/doctest.h>

#include <algorithm>

#include "cli_fixture.h"
#include "support/parse_csv.h"

namespace actbook::testing {
namespace {

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

TEST_CASE("cli: init makes a ledger and says what it made") {
  const Cli cli;
  const auto made = cli.run(
      {"init", "--id", "rehearsal", "--simulated-clock", "--at", "2026-01-01", "--format", "json"});
  CHECK(made.code == 0);
  const auto said = json::parse(made.out);
  CHECK(said["ledger"] == "rehearsal");
  CHECK(said["clock"] == "simulated");
  CHECK(said["at"] == "2026-01-01T00:00:00Z");
  CHECK(said["head"] == cli.head());

  const auto again = cli.run({"init"});
  CHECK(again.code == 2);
  CHECK(contains(again.err, cli.ledger()));
  CHECK(again.out.empty());
}

TEST_CASE("cli: init takes the directory as its argument too, but not two of them") {
  const TempDirectory directory;
  CHECK(Cli::bare({"init", (directory / "a").string()}).code == 0);
  CHECK(Cli::bare({"verify", "--ledger", (directory / "a").string()}).code == 0);
  CHECK(Cli::bare({"init", (directory / "b").string(), "--ledger", (directory / "c").string()})
            .code == 2);
  CHECK(Cli::bare({"init", (directory / "b").string(), "--at", "2026-01-01"}).code == 2);
  const auto bad = Cli::bare({"init", (directory / "b").string(), "--id", "no spaces"});
  CHECK(bad.code == 3);
  CHECK(contains(bad.err, "id"));
}

TEST_CASE("cli: the ledger may be named before or after the subcommand, or by ACTBOOK_LEDGER") {
  const Cli cli;
  cli.init();
  CHECK(Cli::bare({"--ledger", cli.ledger(), "verify"}).code == 0);
  CHECK(Cli::bare({"verify", "--ledger", cli.ledger()}).code == 0);
  CHECK(Cli::bare({"verify"}, {{}, {"ACTBOOK_LEDGER=" + cli.ledger()}, {}}).code == 0);
  const auto nameless = Cli::bare({"verify"});
  CHECK(nameless.code == 2);
  CHECK(contains(nameless.err, "--ledger"));
  const auto unknown = Cli::bare({"verify", "--ledger", cli.ledger() + "-not"});
  CHECK(unknown.code == 2);
  CHECK(contains(unknown.err, cli.ledger() + "-not"));
}

TEST_CASE("cli: an answer that cannot be written is no success") {
  const Cli cli;
  cli.fill();
  const Arguments questions[] = {
      {"verify"}, {"--help"}, {"show", "workspace:w-1"}, {"record", cli.file(all_commands())}};
  for (const auto& question : questions) {
    const auto ran = cli.run(question, {{}, {}, "/dev/full"});
    CHECK(ran.code == 1);
    CHECK(contains(ran.err, "could not be written"));
  }
}

TEST_CASE("cli: every answer is JSON, lines of JSON, and CSV of one width") {
  const Cli cli;
  cli.fill();
  const Arguments questions[] = {{"record", cli.file(all_commands())},
                                 {"audit", "acceptances"},
                                 {"audit", "acceptances", "recorded:[2026-12-01,)"},
                                 {"audit", "trail", "workspace:w-1"},
                                 {"audit", "trail", "organisation:prism"},
                                 {"show", "workspace:w-1"},
                                 {"show", "workspace:w-1", "--since", "2026-03-02"},
                                 {"show", "workspace:w-1", "--since", "0"},
                                 {"show", "organisation:prism"},
                                 {"show", "person:olga"},
                                 {"show", "agreement:dpa"},
                                 {"event", "15"},
                                 {"replay"},
                                 {"verify"}};
  for (auto question : questions) {
    CAPTURE(question[1 % question.size()]);
    question.insert(question.end(), {"--format", "json"});
    const auto whole = cli.run(question);
    REQUIRE_MESSAGE(whole.code == 0, whole.err);
    CHECK(json::accept(whole.out));
    question.back() = "jsonl";
    for (const auto& line : lines_of(cli.run(question).out)) CHECK(json::accept(line));
    question.back() = "csv";
    const auto rows = parse_csv(cli.run(question).out);
    REQUIRE(!rows.empty());
    for (const auto& row : rows) CHECK(row.size() == rows[0].size());
    question.back() = "table";
    CHECK(!cli.run(question).out.empty());
  }
}

TEST_CASE("cli: CSV carries commas, quotes and every letter, under the schema's names") {
  const Cli cli;
  cli.fill();
  const auto rows = parse_csv(cli.run({"audit", "acceptances", "--format", "csv"}).out);
  REQUIRE(rows.size() == 2);
  const auto column = [&](const std::string& name) {
    const auto found = std::find(rows[0].begin(), rows[0].end(), name);
    REQUIRE(found != rows[0].end());
    return rows[1].at(static_cast<std::size_t>(found - rows[0].begin()));
  };
  CHECK(column("data_owner.organisation_name") == "Zürich, \"Nord\"");
  CHECK(column("person") == "olga");
  CHECK(column("version") == "1");
  CHECK(column("ended.actor.id").empty());
}

TEST_CASE("cli: acceptances are found by every filter") {
  const Cli cli;
  cli.fill();
  const std::vector<std::pair<Arguments, std::size_t>> filters = {
      {{"organisation:prism"}, 1},
      {{"workspace:w-1", "agreement:dpa"}, 1},
      {{"person:olga"}, 1},
      {{"actor:olga"}, 1},
      {{"--version", "1"}, 1},
      {{"--version", "2"}, 0},
      {{"recorded:[2026-03-01,)"}, 1},
      {{"recorded:[2026-03-02,)"}, 0},
      {{"recorded:[,2026-03-02)"}, 1},
      {{"recorded:[,2026-03-01T09:00:00Z)"}, 0},
      {{"occurred:2026-03-01"}, 1},
      {{"occurred:2026-03-02"}, 0},
      {{"--as-of", "2026-03-02"}, 1},
      {{"--as-of", "2026-02-28"}, 0},
      {{"--as-of", "3"}, 0},
  };
  for (const auto& entry : filters) {
    const auto& filter = entry.first;
    const auto expected = entry.second;
    CAPTURE(filter.back());
    Arguments question = {"audit", "acceptances"};
    question.insert(question.end(), filter.begin(), filter.end());
    const auto found = answer(cli, question);
    CHECK(found["lines"].size() == expected);
  }
  // A mistyped id is no empty answer.
  for (const Arguments& unknown :
       {Arguments{"organisation:other"}, Arguments{"workspace:w-2"}, Arguments{"person:clara"},
        Arguments{"agreement:nda"}, Arguments{"actor:nobody"}}) {
    Arguments question = {"audit", "acceptances"};
    question.insert(question.end(), unknown.begin(), unknown.end());
    const auto ran = cli.run(question);
    CHECK(ran.code == 3);
    CHECK(contains(ran.err, unknown[0]));
  }
  CHECK(cli.run({"audit", "trail", "workspace:w-2"}).code == 3);
  const auto reversed = cli.run({"audit", "acceptances", "recorded:[2026-03-02,2026-03-01)"});
  CHECK(reversed.code == 3);
  CHECK(contains(reversed.err, "column 22: a range ends after it begins"));
  const auto table = cli.run({"audit", "acceptances"});
  CHECK(contains(table.out, "dpa version 1"));
  CHECK(contains(table.out, "in force"));
  CHECK(contains(table.out, "as of position " + std::to_string(cli.head()) +
                                ", 2026-03-04T09:00:00Z: 1 acceptance\n"));
}

TEST_CASE("cli: what has not come yet is no answer, but with a simulated clock") {
  const Cli cli;
  cli.fill();
  CHECK(cli.run({"show", "workspace:w-1", "--as-of", "2999-01-01"}).code == 0);
  const TempDirectory directory;
  const auto ledger = (directory / "real").string();
  CHECK(Cli::bare({"init", "--ledger", ledger}).code == 0);
  const auto ran = Cli::bare({"audit", "acceptances", "--as-of", "2999-01-01", "--ledger", ledger});
  CHECK(ran.code == 3);
  CHECK(contains(ran.err, "--as-of: 2999-01-01T00:00:00Z has not come yet"));
}

TEST_CASE("cli: a trail goes on behind a position and ends at one and has refusals") {
  const Cli cli;
  cli.fill();
  const auto trail = [&](Arguments more) {
    more.insert(more.begin(), {"audit", "trail", "organisation:prism"});
    const auto found = answer(cli, more);
    return found.contains("lines") ? found["lines"] : json::array();
  };
  const auto all = trail({});
  REQUIRE(all.size() > 3);
  const auto refused = std::find_if(
      all.begin(), all.end(), [](const json& line) { return line["type"] == "CommandRefused"; });
  REQUIRE(refused != all.end());
  const auto position = std::to_string((*refused)["position"].get<std::uint64_t>());
  const auto before = std::to_string((*refused)["position"].get<std::uint64_t>() - 1);
  CHECK(trail({"--after", before})[0] == *refused);
  CHECK(trail({"--as-of", position}).back() == *refused);
  CHECK(trail({"--after", before, "--as-of", position}).size() == 1);
  CHECK(trail({"--after", before, "--limit", "1"}).size() == 1);
  CHECK(trail({"recorded:[2026-03-02T09:00:00Z,)"})[0] == *refused);
  CHECK(trail({"recorded:[2026-03-02T09:00:00.000001Z,)"}).size() <
        trail({"--after", before}).size());
  CHECK(trail({"--after", "0"}) == all);
  const auto table = cli.run({"audit", "trail", "organisation:prism"});
  CHECK(contains(table.out, "only staff may do this"));
  CHECK(contains(table.out, ": " + std::to_string(all.size()) + " acts\n"));
}

TEST_CASE("cli: an entity is shown as it stood at a time or a position") {
  const Cli cli;
  cli.fill();
  const auto name = [&](const Arguments& more) {
    Arguments question = {"show", "workspace:w-1"};
    question.insert(question.end(), more.begin(), more.end());
    return answer(cli, question)["state"]["row"]["name"];
  };
  CHECK(name({}) == "Panels 2026");
  CHECK(name({"--as-of", "2026-03-04T09:00:00Z"}) == "Panels 2026");
  CHECK(name({"--as-of", "2026-03-04T08:59:59.999999Z"}) == "Panels");
  CHECK(name({"--as-of", std::to_string(cli.head() - 1)}) == "Panels");
  const auto before = cli.run({"show", "workspace:w-1", "--as-of", "2026-02-28"});
  CHECK(before.code == 3);
  CHECK(contains(before.err, "workspace:w-1"));
  const auto beyond = cli.run({"show", "workspace:w-1", "--as-of", "99999"});
  CHECK(beyond.code == 3);
  CHECK(contains(beyond.err, "--as-of: "));

  // After a position, at a time since.
  const auto head = std::to_string(cli.head());
  const auto before_head = std::to_string(cli.head() - 1);
  CHECK(name({"--as-of", before_head + "@2026-03-04T09:00:00Z"}) == "Panels");
  CHECK(name({"--as-of", head + "@2026-03-06"}) == "Panels 2026");
  CHECK(contains(cli.run({"show", "workspace:w-1", "--as-of", before_head + "@2026-03-06"}).out,
                 "as of position " + before_head + ", 2026-03-06T00:00:00Z"));
  const auto too_early = cli.run({"show", "workspace:w-1", "--as-of", head + "@2026-03-03"});
  CHECK(too_early.code == 3);
  CHECK(contains(too_early.err, "--as-of: position " + head + " was recorded at "));
  CHECK(contains(too_early.err, "give a later time"));
  for (const auto* text : {"@2026-03-06", "5@", "5@soon", "five@2026-03-06"}) {
    const auto misread = cli.run({"show", "workspace:w-1", "--as-of", text});
    CHECK_MESSAGE(misread.code == 2, text);
    CHECK(contains(misread.err, "--as-of: "));
  }

  const auto page = cli.run({"show", "workspace:w-1"}).out;
  for (const auto* part : {"Workspace w-1 \"Panels 2026\"", "an external client", "Zürich",
                           "Who has access: 1", "olga", "by olga, position", "Invites: 1",
                           "Handoffs: none", "Acceptances: 1", "as of position"}) {
    CHECK_MESSAGE(contains(page, part), part);
  }
}

TEST_CASE("cli: what changed between two instants") {
  const Cli cli;
  cli.fill();
  const auto changed = answer(cli, {"show", "workspace:w-1", "--since", "2026-03-02"});
  CHECK(changed["acts"].size() == 1);
  REQUIRE(changed["changes"].size() == 1);
  CHECK(changed["changes"][0] ==
        json{{"field", "row.name"}, {"before", "Panels"}, {"after", "Panels 2026"}});
  const auto page = cli.run({"show", "workspace:w-1", "--since", "2026-03-02"}).out;
  CHECK(contains(page, "renamed workspace w-1"));
  CHECK(contains(page, "Panels  →  Panels 2026"));
  // From that instant on: what happened at it counts.
  const auto changes_since = [&](const std::string& instant) {
    return answer(cli,
                  {"show", "workspace:w-1", "--since", instant, "--as-of", "2026-03-05"})["changes"]
        .size();
  };
  CHECK(changes_since("2026-03-04T09:00:00Z") == 1);
  CHECK(changes_since("2026-03-04T09:00:00.000001Z") == 0);
  CHECK(contains(cli.run({"show", "workspace:w-1", "--since", "1"}).out, "not known then"));
  const auto head = cli.head();
  CHECK(cli.run({"show", "workspace:w-1", "--since", std::to_string(head), "--as-of",
                 std::to_string(head - 1)})
            .code == 2);
}

TEST_CASE("cli: an event shows what was recorded at a position") {
  const Cli cli;
  cli.fill();
  const auto event = answer(cli, {"event", std::to_string(cli.head())});
  CHECK(event["type"] == "WorkspaceRenamed");
  CHECK(event["payload"]["to"] == "Panels 2026");
  CHECK(lines_of(cli.run({"event", "1", "--format", "jsonl"}).out).size() == 1);
  CHECK(cli.run({"event", "99999"}).code == 3);
  CHECK(cli.run({"event", "first"}).code == 2);
}

TEST_CASE("cli: replay and verify give a verdict that anybody can read") {
  const Cli cli;
  cli.fill();
  const auto replayed = cli.run({"replay"});
  CHECK(replayed.code == 0);
  CHECK(contains(replayed.out, "agrees with itself"));
  CHECK(answer(cli, {"replay", "--until", "2026-03-01T09:00:00Z"})["agrees"] == true);
  CHECK(answer(cli, {"replay", "--until", "20"})["until"] == 20);
  CHECK(cli.run({"replay", "--until", "99999"}).code == 3);
  const auto verified = cli.run({"verify"});
  CHECK(verified.code == 0);
  CHECK(contains(verified.out, "is sound"));
}

TEST_CASE("cli: verify tells the head and knows a log that no longer begins with an earlier one") {
  const Cli cli;
  cli.fill();
  const std::string head = answer(cli, {"verify"})["tree_head"];
  CHECK(cli.run({"verify", "--expect-head", head}).code == 0);

  const auto size = std::stoull(head);
  const auto root = head.substr(head.find(':'));
  const auto longer = cli.run({"verify", "--expect-head", std::to_string(size + 1) + root});
  CHECK(longer.code == 8);
  CHECK(contains(longer.out, "position " + std::to_string(size + 1)));
  const auto other = cli.run({"verify", "--expect-head", std::to_string(size - 1) + root});
  CHECK(other.code == 8);
  CHECK(contains(other.out, "not those that the expected head was taken of"));
  const auto malformed = cli.run({"verify", "--expect-head", "12"});
  CHECK(malformed.code == 3);
  CHECK(contains(malformed.err, "SIZE:ROOT"));
}

TEST_CASE("cli: tables keep within the columns of a terminal") {
  const Cli cli;
  cli.fill();
  constexpr std::size_t kColumns = 110;
  for (const auto* entity : {"organisation:prism", "agreement:dpa"}) {
    for (const Arguments& question :
         {Arguments{"show", entity}, Arguments{"audit", "trail", entity}}) {
      const auto ran = cli.run(question, {{}, {"COLUMNS=" + std::to_string(kColumns)}, {}});
      CHECK(ran.code == 0);
      for (const auto& line : lines_of(ran.out)) {
        CHECK_MESSAGE(characters(line) <= kColumns, line);
        CHECK(!line.ends_with(' '));
      }
    }
  }
}

TEST_CASE("cli: every subcommand helps, with an example") {
  const Arguments subcommands[] = {{},
                                   {"init"},
                                   {"record"},
                                   {"audit"},
                                   {"audit", "acceptances"},
                                   {"audit", "trail"},
                                   {"show"},
                                   {"event"},
                                   {"replay"},
                                   {"verify"},
                                   {"check"}};
  for (auto arguments : subcommands) {
    arguments.emplace_back("--help");
    const auto ran = Cli::bare(arguments);
    CHECK(ran.code == 0);
    CHECK(ran.err.empty());
    CHECK(contains(ran.out, "Example"));
    CHECK(contains(ran.out, "  actbook "));
    for (const auto& line : lines_of(ran.out)) CHECK_MESSAGE(line.size() <= 100, line);
  }
  CHECK(contains(Cli::bare({"--help"}).out, "Exit codes"));
  CHECK(contains(Cli::bare({"--version"}).out, "actbook "));
}

TEST_CASE("cli: a wrong command line says what is wrong with it, and does nothing") {
  const std::vector<std::pair<Arguments, std::string>> wrong = {
      {{}, "subcommand"},
      {{"recrod"}, "recrod"},
      {{"audit"}, "subcommand"},
      {{"verify", "now"}, "now"},
      {{"verify", "--colour"}, "--colour"},
      {{"verify", "--format", "xml"}, "--format"},
      {{"verify", "--log-level", "loud"}, "--log-level"},
      {{"record"}, "FILE"},
      {{"show"}, "ENTITY"},
      {{"show", "w-1"}, "workspace"},
      {{"show", "castle:w-1"}, "castle"},
      {{"show", "workspace:w-1", "--as-of", "yesterday"}, "--as-of"},
      {{"show", "workspace:w-1", "--since", "2026-13-01"}, "--since"},
      {{"audit", "acceptances", "--true-at", "12"}, "--true-at"},
      {{"audit", "acceptances", "--version", "one"}, "--version"},
      {{"audit", "trail", "person:p", "--after", "99999999999999999999999"}, "--after"},
      {{"replay", "--until", "soon"}, "--until"},
      // Steps go in the order of recording, which is one axis only.
      {{"step", "--true-at", "2026-01-01"}, "--true-at"},
      {{"event", "-1"}, "POSITION"},
  };
  const Cli cli;
  cli.init();
  for (const auto& [arguments, named] : wrong) {
    const auto ran = cli.run(arguments);
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    CHECK_MESSAGE(contains(ran.err, named), ran.err);
  }
}

}  // namespace
}  // namespace actbook::testing

// `actbook check`: what the driver of scenarios says of right, wrong and malformed ones. The worked
// examples in tests/scenarios are run by it, one ctest each.
#include "cli_check_fixture.h"

namespace actbook::testing {
namespace {

/// A step, and the one difference it must have.
struct Wrong {
  std::string step;
  std::string path;
  std::string expected;
  /// How it begins.
  std::string actual;
};

/// Runs all steps in one scenario: each must be found wrong by itself.
void check_each(const std::vector<Wrong>& wrong) {
  const Check check;
  std::string steps;
  for (const auto& one : wrong) steps += one.step;
  const auto said = check.report(check.steps(steps), 10);
  CHECK(said["result"] == "differs");
  REQUIRE_MESSAGE(said["findings"].size() == wrong.size(), said.dump(2));
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    const auto& differences = said["findings"][i]["differences"];
    CAPTURE(wrong[i].step);
    CAPTURE(differences.dump(2));
    REQUIRE(differences.size() == 1);
    CHECK(differences[0]["path"] == wrong[i].path);
    CHECK(differences[0]["expected"] == wrong[i].expected);
    CHECK(differences[0]["actual"].get<std::string>().starts_with(wrong[i].actual));
  }
}

std::string do_step(const std::string& by, const std::string& type, const std::string& with,
                    const std::string& expect) {
  return "  - {by: " + by + ", do: " + type + ", with: {" + with + "}, expect: " + expect + "}\n";
}

std::string rename(const std::string& name, const std::string& expect) {
  return do_step("olga", "RenameWorkspace", "workspace: panels, name: " + name, expect);
}

std::string ask(const std::string& question, const std::string& expect) {
  return "  - {ask: \"" + question + "\", expect: " + expect + "}\n";
}

std::string ask_panels(const std::string& expect) { return ask("show workspace:panels", expect); }

}  // namespace

TEST_CASE("check: outcomes that are as expected") {
  const Check check;
  check.holds(
      rename("A", "recorded") + rename("A", "unchanged") +
      do_step("milo", "RenameWorkspace", "workspace: panels, name: B", "refused FORBIDDEN") +
      do_step("milo", "RenameWorkspace", "workspace: panels, name: B",
              "{reason: FORBIDDEN, events: [CommandRefused], created: []}") +
      do_step("olga", "RenameWorkspace", "workspace: panels, name: 2026",
              "{events: [WorkspaceRenamed], first_position: $renamed, rules_broken: []}") +
      ask("event $renamed", "{type: WorkspaceRenamed, payload: {to: 2026}}") +
      do_step("olga", "RenameWorkspace", "workspace: \"no id\", name: B", "error INVALID_FIELD"));
}

TEST_CASE("check: outcomes that are not as expected") {
  check_each({
      {rename("A", "unchanged"), "outcome", "unchanged", "recorded"},
      {rename("A", "recorded"), "outcome", "recorded", "unchanged"},
      {do_step("milo", "RenameWorkspace", "workspace: panels, name: B", "recorded"), "outcome",
       "recorded", "refused"},
      {do_step("milo", "RenameWorkspace", "workspace: panels, name: B", "refused NOT_PARTNER"),
       "reason", "NOT_PARTNER", "FORBIDDEN"},
      {rename("C", "{events: [WorkspaceCreated]}"), "events[0]", "WorkspaceCreated",
       "WorkspaceRenamed"},
      {rename("D", "{events: []}"), "events", "0 elements: []", "1 element: [WorkspaceRenamed]"},
      {rename("E", "{rules_broken: [FORBIDDEN]}"), "rules_broken", "1 element: [FORBIDDEN]",
       "0 elements: []"},
      {rename("F", "{created: [workspace:x]}"), "created", "1 element: [workspace:x]",
       "0 elements: []"},
      {do_step("olga", "InviteToWorkspace",
               "invite: i-1, workspace: panels, email: nora@city.example, role: observer",
               "{result: added}"),
       "result", "added", "invited"},
      {do_step("olga", "InviteToWorkspace",
               "invite: i-2, workspace: panels, email: nina@city.example, role: observer",
               "{created: [invite:i-3]}"),
       "created[0]", "invite:i-3", "invite:i-2"},
      {"  - {by: olga, do: RenameWorkspace, command_id: setup.1, with: {workspace: panels, "
       "name: Z}, expect: error INVALID_FIELD}\n",
       "error", "INVALID_FIELD", "IDEMPOTENCY_CONFLICT"},
  });
}

TEST_CASE("check: observed facts say which rules they broke") {
  const Check check;
  check.holds(
      "  - by: milo\n    do: RenameWorkspace\n    mode: observed\n"
      "    occurred_at: 2026-02-28 10:00\n    with: {workspace: panels, name: B}\n"
      "    expect: {rules_broken: [FORBIDDEN], first_position: $renamed}\n" +
      ask("event $renamed", "{occurred_at: \"2026-02-28T12:00+02:00\", mode: observed}"));
}

TEST_CASE("check: a retry is two steps with one command id, named or derived") {
  const Check check;
  const std::string step =
      "  - {by: olga, do: RenameWorkspace, command_id: again, with: {workspace: panels, name: B}, "
      "expect: {first_position: $first, recorded_at: 2026-03-01 09:00}}\n";
  check.holds(
      step + ask("show workspace:panels", "{row: {name: B}}") + step +
      "  - {by: olga, do: RenameWorkspace, command_id: again, with: {workspace: panels, "
      "name: C}, expect: error IDEMPOTENCY_CONFLICT}\n" +
      "  - {by: olga, do: RegisterOrganisation, command_id: setup.1, with: {organisation: "
      "prism, name: PRISM, owner: olga}, expect: recorded}\n" +
      "  - {by: olga, do: RenameWorkspace, command_id: scenario.7, with: {workspace: panels,"
      " name: X}, expect: {first_position: $x}}\n" +
      // This is the seventh step, so its id is scenario.7, and it is the same command once more.
      "  - {by: olga, do: RenameWorkspace, with: {workspace: panels, name: X}, expect: "
      "{first_position: $x}}\n");
}

TEST_CASE("check: answers that are as expected") {
  const Check check;
  check.holds(
      ask_panels("{row: {name: Panels, logo_reference: ~}, account: {seats: 1, tier: free}}") +
      // Times in any notation, acts and actors in words or as maps.
      ask_panels("{invites: [{expires_at: 2026-03-31 11:00+02:00}]}") +
      ask_panels("{invites: [{expires_at: 2026-03-31T09:00:00.000000Z}]}") +
      ask_panels("{row: {created: 2026-03-01 09:00 by olga}}") +
      ask_panels("{row: {created: 2026-03-01 09:00}}") +
      ask_panels("{row: {created: {actor: person olga, position: $created}}}") +
      ask_panels("{row: {created: {actor: {kind: person, id: olga}, position: $created}}}") +
      ask("show organisation:prism", "{row: {granted: 2026-02-01 09:00 by staff sam}}") +
      // Lists as lists and described; an empty one is nothing.
      ask_panels("{handoffs: [], access: [{person: olga, can_read: true}]}") +
      ask_panels("{handoffs: ~}") + ask("trail workspace:panels", "{count: 6}") +
      ask("trail workspace:panels",
          "{includes: [{type: WorkspaceCreated}, {type: InviteIssued}], lacks: [{type: "
          "WorkspaceRenamed}]}") +
      ask("trail workspace:panels",
          "{where: {type: InviteIssued, position: $issued}, is: [{actor: olga}]}") +
      ask("event $issued", "{type: InviteIssued, payload: {invite: inv-clara}}") +
      ask("acceptances", "[{agreement: dpa, version: 1, position: $accepted}]") +
      // What is remembered stays the same, and is put in.
      ask_panels("{acceptances: [{position: $accepted}], invites: [{contact: $clara}]}") +
      ask("show contact:$clara", "{row: {email: sealed}}") +
      "  - {ask: \"show contact:$clara\", reveal: true, expect: {row: {email: "
      "clara@city.example}}}\n" +
      "  - {ask: acceptances, with: {workspace: panels, to: 2026-03-01 09:00}, expect: []}\n" +
      "  - {ask: acceptances, with: {version: 1, from: 2026-03-01 09:00}, expect: {count: 1}}\n" +
      "  - {ask: \"trail workspace:panels\", with: {from: $issued}, expect: {count: 6}}\n" +
      // Then, later, and the errors.
      "  - {ask: \"show workspace:panels\", as_of: 2026-02-28, expect: NOT_FOUND}\n" +
      "  - {ask: \"show workspace:panels\", as_of: $created, expect: {workspace: panels}}\n" +
      "  - {ask: \"show invite:inv-clara\", as_of: 2026-12-31, expect: {line: {state: "
      "expired}}}\n" +
      "  - {ask: \"show workspace:panels\", as_of: 2026-03-02, same_as: 2026-03-01 09:00}\n" +
      "  - {at: 2026-04-01, ask: \"show invite:inv-clara\", expect: {line: {state: expired}}}\n" +
      ask("show workspace:nowhere", "error NOT_FOUND"));
}

TEST_CASE("check: answers that are not as expected") {
  check_each({
      {ask_panels("{row: {name: Parks}}"), "row.name", "Parks", "Panels"},
      {ask_panels("{account: {seats: 2}}"), "account.seats", "2", "1"},
      {ask_panels("{row: {name: ~}}"), "row.name", "nothing", "Panels"},
      {ask_panels("{row: {logo_reference: x}}"), "row.logo_reference", "x", "nothing"},
      {ask_panels("{row: [a]}"), "row", "[a]", "{name: Panels"},
      {ask_panels("{row: {name: {a: b}}}"), "row.name", "{a: b}", "Panels"},
      // A name that nothing has is wrong, also where nothing is expected of it.
      {ask_panels("{row: {nmae: ~}}"), "row.nmae", "~", "there is no such member; there are name"},
      {ask("event 1", "{payload: {lodger: ~}}"), "payload.lodger", "~",
       "there is no such member; there are ledger"},
      {ask_panels("{access: {lacks: [{preson: olga}]}}"), "access.preson", "olga",
       "there is no such member; there are person"},
      {ask_panels("{access: {where: {preson: olga}, count: 0}}"), "access.preson", "olga",
       "there is no such member; there are person"},
      {ask_panels("{invites: [{expires_at: 2026-03-31 09:00:00.000001}]}"), "invites[0].expires_at",
       "2026-03-31 09:00:00.000001", "2026-03-31T09:00:00Z"},
      {ask_panels("{row: {created: 2026-03-01 09:00 by bea}}"), "row.created",
       "2026-03-01 09:00 by bea", "2026-03-01T09:00:00Z by olga"},
      {ask_panels("{row: {created: 2026-03-01 09:01 by olga}}"), "row.created",
       "2026-03-01 09:01 by olga", "2026-03-01T09:00:00Z by olga"},
      {ask_panels("{access: []}"), "access", "0 elements: []", "1 element: [{person: olga"},
      {ask_panels("{access: [{person: olga}, {person: bea}]}"), "access",
       "2 elements: [{person: olga}, {person: bea}]", "1 element: [{person: olga}]"},
      {ask_panels("{access: [{person: bea}]}"), "access[0].person", "bea", "olga"},
      {ask_panels("{access: {count: 2}}"), "access count", "2", "1"},
      {ask("trail workspace:panels",
           "{includes: [{type: InviteIssued}, {type: WorkspaceCreated}]}"),
       "", "includes {type: WorkspaceCreated} after element 5", "[{type: WorkspaceCreated}, "},
      {ask("trail workspace:panels", "{lacks: [{type: InviteIssued}]}"), "",
       "lacks {type: InviteIssued}", "element 5 is {position: "},
      {ask("trail workspace:panels", "{where: {type: InviteIssued}, is: []}"),
       "where {type: InviteIssued}", "0 elements: []", "1 element: [{position: "},
      {ask("trail workspace:panels", "{where: {type: InviteIssued}, cuont: 1}"), "",
       "{where: {type: InviteIssued}, cuont: 1}", "a list, which is expected as a list, or by"},
      {ask("trail workspace:panels", "{}"), "", "{}", "a list"},
      {ask("show workspace:nowhere", "{row: ~}"), "", "{row: ~}", "error NOT_FOUND"},
      {ask_panels("NOT_FOUND"), "", "error NOT_FOUND", "{workspace: panels"},
      {"  - {ask: \"show workspace:panels\", as_of: 99, expect: NOT_FOUND}\n", "", "NOT_FOUND",
       "error "},
      {"  - {ask: \"show invite:inv-clara\", as_of: 2026-03-31 09:00, same_as: 2026-03-31}\n",
       "line.state", "pending", "expired"},
      {"  - {ask: \"show workspace:panels\", same_as: 2026-01-31}\n", "", "error NOT_FOUND",
       "{workspace: panels"},
      {ask_panels("{account: {seats: $a, tier: $a}}"), "account.tier", "1 ($a)", "free"},
      {ask_panels("{row: {logo_sha256: $logo}}"), "row.logo_sha256",
       "something, to be remembered as $logo", "nothing"},
  });
}

TEST_CASE("check: what is wrong in a file is named with its place and what to do about it") {
  const Check check;
  const std::vector<std::pair<std::string, std::string>> files = {
      {"steps:\n  - do: x\n - do: y\n", "3:2: is not YAML"},
      {"", "1:1: is empty"},
      {"just text", "1:1: a scenario is a map"},
      {"scenario: x\nstep: []\n", "2:1: step: is not known here; write steps"},
      {"scenario: x\nsteps: []\n", "2:8: steps: must be a list of at least one step"},
      {"steps:\n  - by: adam\n    with: {a: 1}\n", "2:5: has neither `do`"},
      {"steps:\n  - {by: adam, do: SelfJoin, ask: x}\n", "2:5: has both `do` and `ask`"},
      {"steps:\n  - {by: adam, do: SelfJion}\n",
       "2:20: do: there is no command SelfJion; write "
       "SelfJoin"},
      {"steps:\n  - {do: SelfJoin, with: {workspace: w}}\n", "2:5: by: is missing"},
      {"steps:\n  - {by: staff, do: SelfJoin}\n", "2:10: by: says what acts, but not who"},
      {"steps:\n  - {by: robot r, do: SelfJoin}\n", "2:10: by: robot is no kind of actor"},
      {"steps:\n  - {by: adam, do: SelfJoin, with: {workspac: w}}\n",
       "2:47: with.workspac: is not known here; known are workspace"},
      {"steps:\n  - {by: adam, do: SelfJoin, with: {}}\n", "2:36: with.workspace: is missing"},
      {"steps:\n  - {by: adam, do: SelfJoin, with: {workspace: a b}}\n",
       "2:48: with.workspace: must be an id"},
      {"steps:\n  - {by: adam, do: SelfJoin, with: {workspace: 1.5}}\n",
       "2:48: 1.5 is a number that nothing here has"},
      {"steps:\n  - {by: adam, do: SelfJoin, with: [workspace]}\n", "2:36: with: must be a map"},
      {"steps:\n  - {by: adam, do: SelfJoin, expect: recorde}\n", "2:38: expect: must be recorded"},
      {"steps:\n  - {by: adam, do: SelfJoin, expect: {outcom: recorded}}\n",
       "2:39: outcom: is not known here; write outcome"},
      {"steps:\n  - {by: adam, do: SelfJoin, as_of: 3}\n", "2:30: as_of: goes with a question"},
      {"steps:\n  - {by: adam, do: SelfJoin, reasn: x}\n",
       "2:30: reasn: is not known here; write reason"},
      {"steps:\n  - {by: adam, do: SelfJoin, occurred_at: soon}\n",
       "2:43: occurred_at: not a time"},
      {"steps:\n  - {at: 2026-02-30, ask: \"show person:a\", expect: x}\n",
       "2:10: at: not a time: the calendar has no such day"},
      {"steps:\n  - {at: 2026-02-02, ask: \"show person:a\", expect: NOT_FOUND}\n"
       "  - {at: 2026-02-01, ask: \"show person:a\", expect: NOT_FOUND}\n",
       "3:10: at: the clock never goes back"},
      {"steps:\n  - {ask: \"show person:a\", expect: x, ask: y}\n",
       "2:39: ask: stands here twice, first at line 2"},
      {"steps:\n  - {ask: \"show person:a\"}\n", "2:5: expect: is missing"},
      {"steps:\n  - {ask: who, expect: x}\n", "2:11: ask: there is no such question; there are: "},
      {"steps:\n  - {ask: show, expect: x}\n", "2:11: ask: is written `show ENTITY`"},
      {"steps:\n  - {ask: \"show robot:a\", expect: x}\n",
       "2:11: ask: robot is no kind of entity; the kinds are"},
      {"steps:\n  - {ask: \"show person:$a\", expect: x}\n", "2:11: nothing is remembered as $a"},
      {"steps:\n  - {ask: acceptances, with: {who: a}, expect: []}\n",
       "2:31: with.who: is not known to this question; known are organisation"},
      {"steps:\n  - {ask: acceptances, with: {from: soon}, expect: []}\n",
       "2:37: with.from: not a time"},
      {"steps:\n  - {ask: \"show person:a\", as_of: soon, expect: []}\n",
       "2:35: as_of: not a time"},
      {"steps:\n  - {ask: roles, true_at: 7, expect: []}\n", "2:27: true_at: not a time"},
      {"steps:\n  - {ask: roles, true_at: [], expect: []}\n", "2:27: true_at: must be a time"},
      {"steps:\n  - {ask: roles, with: {search: \"a:b\"}, expect: []}\n",
       "2:33: with.search: column 1: there is no key a"},
      {"steps:\n  - {ask: roles, with: {limit: few}, expect: []}\n",
       "2:32: with.limit: must be a whole number"},
      {"steps:\n  - {ask: \"ownership person:a\", expect: []}\n",
       "2:11: ask: an id is asked for, alone or as workspace:id, not person:a"},
      {"steps:\n  - {ask: \"trail person:a\", reveal: true, expect: []}\n",
       "2:5: reveal: answers to `trail` have no personal data"},
      {"setup: nowhere.yaml\nsteps:\n  - {ask: \"show person:a\", expect: x}\n",
       "1:8: setup: there is no file "},
      {"a: \xff\n", " is not UTF-8"},
  };
  Arguments arguments = {"check", "--format", "jsonl"};
  for (const auto& [text, error] : files) {
    arguments.push_back(check.write(std::to_string(arguments.size()) + ".yaml", text));
  }
  const auto ran = Cli::bare(arguments);
  CHECK(ran.code == 3);
  const auto lines = lines_of(ran.out);
  REQUIRE(lines.size() == files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto said = json::parse(lines[i]);
    CHECK(said["result"] == "malformed");
    const auto message = said["error"]["message"].get<std::string>();
    const auto file = said["file"].get<std::string>();
    CHECK_MESSAGE(message.starts_with(file + ":" + files[i].second), message, "\n", files[i].first);
  }
}

TEST_CASE("check: setups run once, whoever names them, and never in a circle") {
  const Check check;
  check.write("more.yaml", "setup: setup.yaml\nsteps:\n" + rename("More", "recorded"));
  const auto diamond = check.write("diamond.yaml", "setup: [setup.yaml, more.yaml]\nsteps:\n" +
                                                       ask_panels("{row: {name: More}}"));
  const auto said = check.report(diamond, 0);
  CHECK(said["steps"] == 5);
  CHECK(said["questions"] == 1);

  const auto chicken = check.write("chicken.yaml", "setup: egg.yaml\nsteps:\n" + ask_panels("x"));
  const auto egg = check.write("egg.yaml", "setup: chicken.yaml\nsteps:\n" + ask_panels("x"));
  const auto circle = check.report(chicken, 3)["error"]["message"].get<std::string>();
  CHECK(circle ==
        egg + ":1:8: setup: goes in a circle: " + chicken + " needs " + egg + " needs " + chicken);

  // A difference within a setup is one of the scenario, and says where it stands.
  check.write("more.yaml", "setup: setup.yaml\nsteps:\n" + rename("More", "unchanged"));
  const auto finding = check.report(diamond, 10)["findings"].at(0);
  CHECK(finding["file"] == (check.directory() / "more.yaml").string());
  CHECK(finding["line"] == 3);
}

TEST_CASE("check: several files, for people, and the worst of them makes the exit code") {
  const Check check;
  const auto good = check.steps(rename("A", "recorded"), "good.yaml");
  const auto bad = check.steps(
      "  - about: it is not\n    by: olga\n    do: RenameWorkspace\n    with: {workspace: panels, "
      "name: A}\n    expect: unchanged\n",
      "bad.yaml");
  const auto ran = Cli::bare({"check", good, bad});
  CHECK(ran.code == 10);
  CHECK(lines_of(without_positions(ran.out)) ==
        std::vector<std::string>{
            "ok   " + good + ": 5 steps, 0 questions",
            bad + ":3: RenameWorkspace by olga, at 2026-03-01T09:00:00Z, command bad.1",
            "  it is not",
            "  → recorded (position N)",
            "  LINE  WHERE    EXPECTED   ACTUAL",
            "     7  outcome  unchanged  recorded",
            "FAIL " + bad + ": 5 steps, 0 questions; 1 not as expected",
            "2 files: 1 as expected, 1 not",
        });
  CHECK(Cli::bare({"check", good, good}).code == 0);
  const auto none = (check.directory() / "none.yaml").string();
  const auto missing = Cli::bare({"check", none, bad, good});
  CHECK(missing.code == 3);
  CHECK(contains(missing.out, none + ": cannot be read: "));
  CHECK(contains(missing.out, "3 files: 1 as expected, 2 not"));
  CHECK(Cli::bare({"check"}).code == 2);
  const auto csv = Cli::bare({"check", good, bad, "--format", "csv"});
  CHECK(csv.code == 10);
  CHECK(lines_of(csv.out).size() == 2);
}

TEST_CASE("check: ledgers are gone afterwards, unless they are to be kept") {
  const Check check;
  const auto file = check.steps(rename("Kept", "recorded"), "one.yaml");
  fs::create_directory(check.directory() / "tmp");
  const RunOptions here = {.environment = {"TMPDIR=" + (check.directory() / "tmp").string()}};
  CHECK(Cli::bare({"check", file}, here).code == 0);
  CHECK(fs::is_empty(check.directory() / "tmp"));

  const auto kept = (check.directory() / "kept").string();
  const auto ran = Cli::bare({"check", file, "--keep", kept}, here);
  CHECK(ran.code == 0);
  CHECK(contains(ran.out, "its ledger is " + kept + "/one"));
  const auto shown = Cli::bare({"show", "workspace:panels", "--ledger", kept + "/one"});
  CHECK(contains(shown.out, "Kept"));
  CHECK(fs::is_empty(check.directory() / "tmp"));

  const auto again = Cli::bare({"check", file, "--keep", kept}, here);
  CHECK(again.code == 2);
  CHECK(contains(again.err, kept + "/one is there already"));
}

}  // namespace actbook::testing

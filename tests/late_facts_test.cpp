// What facts that were recorded late do to the answers of an audit on the second axis
// (docs/DECISIONS.md, 85 and 92 to 94).
#include "support/told_ledger.h"

namespace actbook::testing {
namespace {

/// PRISM (owner olga, admin adam) has the external workspace panels, with the project p, and the
/// internal one office, since 03-01. HAARLEM (owner hana) is offered panels on 03-04.
struct Late : ToldLedger {
  Late() {
    found_partner();
    add("olga", "prism", "adam", "admin");
    tell("staff:sam", "SetTier", {{"account", "acc-prism"}, {"tier", "innovator"}});
    create_external("person:adam", "prism", "panels");
    create("person:adam", "prism", "office");
    tell("person:adam", "CreateProject",
         {{"project", "p"}, {"workspace", "panels"}, {"name", "p"}});
    tell("person:adam", "CreateProject",
         {{"project", "q"}, {"workspace", "office"}, {"name", "q"}});
  }
  void invite(const std::string& person, const std::string& role) {
    tell("person:adam", "InviteToWorkspace",
         {{"invite", "i-" + person}, {"workspace", "panels"}, {"person", person}, {"role", role}});
  }
  std::uint64_t accept(const std::string& workspace, const std::string& agreement,
                       const std::string& occurred_at) {
    return tell(
        "person:adam", "AcceptAgreement",
        {{"workspace", workspace},
         {"acceptance",
          {{"agreement", agreement}, {"version", 1}, {"text_shown", true}, {"channel", "web"}}}},
        fact(occurred_at));
  }
  [[nodiscard]] json acceptances(const View& view, const std::string& workspace) const {
    return json::parse(
        to_json(must(ledger().acceptances(view, with_tags({"workspace:" + workspace})))));
  }
  [[nodiscard]] json readers(const View& view) const {
    const auto found = must(ledger().readers(view, must(Entity::parse("workspace:panels"))));
    json people = json::array();
    for (const auto& line : found.workspace_readers) {
      if (line->can_read) people.push_back(line->person);
    }
    return people;
  }
};

TEST_CASE("late facts: a handoff told late leaves nobody in whom it put out") {
  Late f;
  f.at("2026-03-04");
  f.tell("person:adam", "ProposeHandoff",
         {{"handoff", "h"}, {"workspace", "panels"}, {"target", "haarlem"}});
  f.at("2026-03-10");
  f.invite("milo", "member");
  f.at("2026-03-20");
  f.tell("person:hana", "AcceptHandoff", {{"handoff", "h"}}, fact("2026-03-05"));
  f.at("2026-03-25");
  f.create("person:olga", "prism", "later");
  CHECK(f.readers(f.now()) == json{"hana"});
  CHECK(f.readers(f.true_at("2026-03-25")) == json{"hana"});
  CHECK(f.readers(f.true_at("2026-03-12")) == json{"hana"});
  CHECK(f.readers(f.true_at("2026-03-04T12:00Z")) == json{"adam", "olga"});
  // The ledger took him for a member until it was told.
  CHECK(f.readers(f.known("2026-03-12")) == json{"adam", "milo", "olga"});
  const auto roles = [&](const View& view) {
    return f.ask(&Ledger::roles, view, with_tags({"workspace:panels", "person:milo"}))["lines"];
  };
  REQUIRE(roles(f.now()).size() == 1);
  CHECK(roles(f.now())[0]["until"]["recorded_at"] == "2026-03-20T00:00:00Z");
  CHECK(roles(f.true_at("2026-03-25")).empty());
  const auto seats = f.ask(&Ledger::seats, f.true_at("2026-03-25"), with_tags({"person:milo"}));
  CHECK(seats["lines"].empty());
}

TEST_CASE("late facts: whoever was removed and let in again stays in") {
  Late f;
  f.at("2026-03-02");
  f.invite("milo", "member");
  f.at("2026-03-10");
  f.tell("person:adam", "RemoveMember", {{"workspace", "panels"}, {"person", "milo"}});
  f.at("2026-03-11");
  f.tell("person:adam", "InviteToWorkspace",
         {{"invite", "again"}, {"workspace", "panels"}, {"person", "milo"}, {"role", "member"}});
  f.at("2026-03-20");
  CHECK(f.readers(f.true_at("2026-03-10T12:00Z")) == json{"adam", "olga"});
  CHECK(f.readers(f.true_at("2026-03-20")) == json{"adam", "milo", "olga"});
  // An end that is told late and was between the two ends the first alone.
  f.tell("person:adam", "RemoveMember", {{"workspace", "panels"}, {"person", "milo"}},
         fact("2026-03-05"));
  CHECK(f.readers(f.true_at("2026-03-04")) == json{"adam", "milo", "olga"});
  CHECK(f.readers(f.true_at("2026-03-06")) == json{"adam", "olga"});
}

TEST_CASE("late facts: an end told late voids all that was recorded before it and began after") {
  Late f;
  const auto invite = [&](const std::string& id, const std::string& role, const json& envelope) {
    f.tell("person:adam", "InviteToWorkspace",
           {{"invite", id}, {"workspace", "panels"}, {"person", "milo"}, {"role", role}}, envelope);
  };
  const json who = {{"workspace", "panels"}, {"person", "milo"}};
  f.at("2026-03-10");
  invite("first", "member", json::object());
  f.at("2026-03-12");
  f.tell("person:adam", "RemoveMember", who);
  f.at("2026-03-15");
  invite("again", "owner", json::object());
  f.at("2026-03-20");
  f.tell("person:adam", "RemoveMember", who, fact("2026-03-05"));
  f.at("2026-03-25");
  f.create("person:olga", "prism", "later");
  const auto roles = [&] {
    const auto answer = f.ask(&Ledger::roles, f.true_at("2026-03-25"),
                              with_tags({"workspace:panels", "person:milo"}));
    return each(answer, "role");
  };
  CHECK(f.readers(f.now()) == json{"adam", "olga"});
  CHECK(f.readers(f.true_at("2026-03-25")) == json{"adam", "olga"});
  CHECK(roles() == json::array());
  // What was recorded after that end stands, and what was void stays it.
  invite("late", "admin", fact("2026-03-07"));
  CHECK(f.readers(f.true_at("2026-03-11")) == json{"adam", "milo", "olga"});
  CHECK(f.readers(f.true_at("2026-03-13")) == json{"adam", "olga"});
  CHECK(f.readers(f.true_at("2026-03-25")) == json{"adam", "olga"});
  CHECK(roles() == json{"admin"});
}

TEST_CASE("late facts: a session whose extension is told when it was over") {
  Late f;
  f.at("2026-03-10T10:00Z");
  f.tell("person:adam", "OpenSupportDoor", {{"workspace", "panels"}});
  f.tell("staff:sue", "JoinSupport", {{"workspace", "panels"}});
  f.at("2026-03-12");
  f.tell("staff:sue", "JoinSupport", {{"workspace", "panels"}}, fact("2026-03-10T20:00Z"));
  f.create("person:olga", "prism", "later");
  const auto sessions = [&](const View& view) {
    const auto answer =
        f.ask(&Ledger::roles, view, with_tags({"workspace:panels", "person:sue"}))["lines"];
    json found = json::array();
    for (const auto& line : answer) {
      found.push_back({line["from"]["occurred_at"], line["until"]["occurred_at"]});
      CHECK(line["role"] == "admin");
      CHECK(line["source"] == "staff_support");
      CHECK(line["cause"] == "expired");
    }
    return found;
  };
  const json joined = {"2026-03-10T10:00:00Z", "2026-03-11T10:00:00Z"};
  const json extended = {"2026-03-10T20:00:00Z", "2026-03-11T20:00:00Z"};
  const json whole = {"2026-03-10T10:00:00Z", "2026-03-11T20:00:00Z"};
  CHECK(sessions(f.known("2026-03-11T15:00Z")) == json::array({joined}));
  CHECK(sessions(f.now()) == json::array({joined, extended}));
  CHECK(sessions(f.true_at("2026-03-12")) == json::array({whole}));
}

TEST_CASE("late facts: a recording goes where the project it was in went") {
  Late f;
  f.tell("person:adam", "AddRecording", {{"recording", "early"}, {"project", "p"}});
  f.at("2026-03-06");
  const auto moved = f.tell("person:adam", "MoveProject",
                            {{"project", "p"}, {"workspace", "office"}}, fact("2026-03-06"));
  f.at("2026-03-08");
  f.tell("person:adam", "AddRecording", {{"recording", "late"}, {"project", "p"}},
         fact("2026-03-03"));
  f.tell("person:adam", "AddRecording", {{"recording", "after"}, {"project", "p"}},
         fact("2026-03-07"));
  f.at("2026-03-09");
  f.create("person:olga", "prism", "later");
  const auto moves = [&](const View& view, const std::string& recording) {
    return f.ask(&Ledger::moves, view, with_tags({"recording:" + recording}));
  };
  const auto world = f.true_at("2026-03-09");
  for (const std::string recording : {"early", "late"}) {
    CAPTURE(recording);
    const auto answer = moves(world, recording);
    CHECK(each(answer, "/moved/position") == json{moved});
    CHECK(each(answer, "left_client") == json{true});
    CHECK(each(answer, "from_workspace") == json{"panels"});
    CHECK(each(answer, "to_workspace") == json{"office"});
    CHECK(moves(f.true_at("2026-03-05"), recording)["lines"].empty());
  }
  CHECK(moves(world, "after")["lines"].empty());
  CHECK(moves(f.now(), "early")["lines"].size() == 1);
  CHECK(moves(f.now(), "late")["lines"].empty());  // the ledger had it in office all along
}

TEST_CASE("late facts: of a move the places are those where it was then") {
  Late f;
  f.tell("person:adam", "AddRecording", {{"recording", "r"}, {"project", "p"}});
  f.at("2026-03-06");
  f.tell("person:adam", "MoveProject", {{"project", "p"}, {"workspace", "office"}},
         fact("2026-03-06"));
  f.at("2026-03-07");
  const auto moved = f.tell("person:adam", "MoveRecordings",
                            {{"recordings", {"r"}}, {"project", "q"}}, fact("2026-03-05"));
  f.at("2026-03-09");
  f.create("person:olga", "prism", "later");
  const auto answer = f.ask(&Ledger::moves, f.true_at("2026-03-09"), with_tags({"recording:r"}));
  CHECK(each(answer, "/moved/position") == json{moved});
  CHECK(each(answer, "recording") == json{"r"});
  CHECK(each(answer, "from_workspace") == json{"panels"});
  CHECK(each(answer, "to_workspace") == json{"office"});
  CHECK(each(answer, "from_project") == json{"p"});
  CHECK(each(answer, "to_project") == json{"q"});
  CHECK(each(answer, "left_client") == json{true});
  const auto by = [&](const std::string& actor) {
    return f
        .ask(&Ledger::moves, f.true_at("2026-03-09"), with_tags({"recording:r", actor}))["lines"]
        .size();
  };
  CHECK(by("actor:adam") == 1);
  CHECK(by("actor:olga") == 0);
}

TEST_CASE("late facts: a read is judged by what was true when it happened") {
  Late f;
  f.at("2026-03-02");
  f.invite("milo", "member");
  f.at("2026-03-10");
  f.tell("person:adam", "RemoveMember", {{"workspace", "panels"}, {"person", "milo"}});
  f.at("2026-03-12");
  f.tell("import:app", "RecordAccess",
         {{"person", "milo"}, {"workspace", "panels"}, {"what", "notes"}}, fact("2026-03-05"));
  f.tell("import:app", "RecordAccess",
         {{"person", "milo"}, {"workspace", "panels"}, {"what", "notes"}}, fact("2026-03-11"));
  f.tell("import:app", "RecordAccess", {{"person", "milo"}, {"project", "p"}, {"what", "notes"}},
         fact("2026-03-06"));
  const auto of_milo = with_tags({"person:milo"});
  CHECK(each(f.ask(&Ledger::reads, of_milo), "basis") == json{"none", "none", "none"});
  const auto reads = f.ask(&Ledger::reads, f.true_at("2026-03-12"), of_milo);
  CHECK(each(reads, "basis") ==
        json{"direct membership as member", "none", "direct membership as member"});
  CHECK(reads["lines"][0]["positions"].size() == 1);
  CHECK(reads["lines"][1].value("positions", json::array()).empty());
}

TEST_CASE("late facts: a read is against the rules or not by what was true when it happened") {
  Late f;
  f.at("2026-03-02");
  for (const auto* person : {"milo", "nia"}) f.invite(person, "member");
  f.at("2026-03-10");
  f.tell("person:adam", "RemoveMember", {{"workspace", "panels"}, {"person", "milo"}});
  f.at("2026-03-12");
  for (const auto& [person, read] :
       {std::pair("milo", "2026-03-05"), std::pair("milo", "2026-03-11"),
        std::pair("nia", "2026-03-05"), std::pair("nia", "2026-03-11")}) {
    f.tell("import:app", "RecordAccess",
           {{"person", person}, {"workspace", "panels"}, {"what", "notes"}}, fact(read));
  }
  f.at("2026-03-20");
  f.tell("person:adam", "RemoveMember", {{"workspace", "panels"}, {"person", "nia"}},
         fact("2026-03-08"));
  const json right = json::array();
  const json none = {"READ_WITHOUT_BASIS"};
  const auto world = f.true_at("2026-03-20");
  CHECK(each(f.ask(&Ledger::reads), "rules_broken") == json{none, none, right, right});
  CHECK(each(f.ask(&Ledger::reads, world), "rules_broken") == json{right, none, right, none});
  // And so they are found by it, page by page.
  Search broken;
  broken.broken = true;
  CHECK(each(f.ask(&Ledger::reads, broken), "person") == json{"milo", "milo"});
  CHECK(each(f.ask(&Ledger::reads, world, broken), "person") == json{"milo", "nia"});
  broken.limit = 1;
  const auto first = f.ask(&Ledger::reads, world, broken);
  CHECK(each(first, "person") == json{"milo"});
  broken.after = Position{first["next"].get<std::uint64_t>()};
  CHECK(each(f.ask(&Ledger::reads, world, broken), "person") == json{"nia"});
  Search sound;
  sound.broken = false;
  CHECK(each(f.ask(&Ledger::reads, world, sound), "person") == json{"milo", "nia"});
}

TEST_CASE("late facts: an acceptance told late lapses when the workspace became internal") {
  Late f;
  f.tell("staff:sam", "PublishAgreementVersion",
         {{"agreement", "aup"},
          {"version", 1},
          {"title", "Use"},
          {"language", "en"},
          {"text_sha256", std::string(64, '2')}});
  f.at("2026-03-10");
  const auto internal = f.panels("person:adam", "ChangeDataOwnership", {{"usage", "internal"}});
  const auto lapsed = internal + 1;
  CHECK(f.acts({internal, lapsed}) == "WorkspaceReclassified AgreementLapsed");
  f.at("2026-03-20");
  f.accept("panels", "aup", "2026-03-06");
  const auto states = [&](const View& view) {
    return each(f.acceptances(view, "panels"), "state");
  };
  const auto ends = [&](const View& view) {
    return each(f.acceptances(view, "panels"), "/ended/position");
  };
  // The ledger knew of one when it became internal, and learned of the other only later.
  CHECK(states(f.now()) == json{"lapsed", "in_force"});
  CHECK(states(f.true_at("2026-03-20")) == json{"lapsed", "lapsed"});
  CHECK(ends(f.true_at("2026-03-20")) == json{lapsed, internal});
  CHECK(states(f.true_at("2026-03-07")) == json{"in_force", "in_force"});
  const auto again = f.accept("panels", "dpa", "2026-03-05");
  CHECK(states(f.now()) == json{"lapsed", "in_force", "in_force"});
  CHECK(states(f.true_at("2026-03-20")) == json{"replaced", "lapsed", "lapsed"});
  CHECK(ends(f.true_at("2026-03-20")) == json{again, internal, internal});
  // What was accepted since then is another matter.
  f.accept("panels", "dpa", "2026-03-15");
  CHECK(states(f.true_at("2026-03-20")) == json{"replaced", "lapsed", "lapsed", "in_force"});
}

TEST_CASE("late facts: an acceptance lapses though none was known when the workspace changed") {
  Late f;
  const json owner = {{"organisation_name", "Haarlem"}, {"person", "clara"}};
  f.tell(
      "person:adam", "CreateWorkspace",
      {{"workspace", "bare"}, {"organisation", "prism"}, {"name", "Bare"}, {"data_owner", owner}},
      fact("2026-03-01"));
  f.at("2026-03-10");
  const auto internal =
      f.tell("person:adam", "ChangeDataOwnership", {{"workspace", "bare"}, {"usage", "internal"}});
  f.at("2026-03-12");
  json again = ToldLedger::held_for_clara("bare");
  again.update({{"usage", "external_client"}, {"account", "acc-again"}});
  f.tell("person:adam", "ChangeDataOwnership", again, fact("2026-03-12"));
  f.at("2026-03-20");
  f.accept("bare", "dpa", "2026-03-05");
  const auto world = f.acceptances(f.true_at("2026-03-20"), "bare");
  CHECK(each(world, "/occurred_at") == json{"2026-03-12T00:00:00Z", "2026-03-05T00:00:00Z"});
  CHECK(each(world, "state") == json{"in_force", "lapsed"});
  CHECK(each(world, "/ended/position") == json{nullptr, internal});
  CHECK(each(f.acceptances(f.now(), "bare"), "state") == json{"replaced", "in_force"});
}

TEST_CASE("late facts: what begins after its end was told stands if it goes by an id") {
  Late f;
  f.organisation("agnes", "ava");
  f.organisation("cargo", "cal");
  f.tell("staff:sam", "EnrollAgency", {{"organisation", "agnes"}, {"deadline", "2026-06-30"}});
  f.at("2026-03-05");
  f.tell("person:ava", "RequestMandate",
         {{"request", "r"}, {"agency", "agnes"}, {"client", "cargo"}});
  f.tell("person:cal", "ApproveMandateRequest", {{"request", "r"}, {"mandate", "m"}});
  f.at("2026-03-20");
  f.tell("person:cal", "CancelMandate", {{"mandate", "m"}}, fact("2026-03-04"));
  f.at("2026-03-25");
  f.create("person:olga", "prism", "later");
  const auto ended = [&](const View& view) {
    return each(f.ask(&Ledger::mandates, view), "/ended/occurred_at");
  };
  CHECK(ended(f.now()) == json{"2026-03-04T00:00:00Z"});
  CHECK(ended(f.true_at("2026-03-25")) == json{nullptr});
  // As the rows have it, which let AGNES in.
  f.tell("person:cal", "CreateProject",
         {{"project", "port"}, {"organisation", "cargo"}, {"name", "Port"}});
  const auto ava = json::parse(to_json(must(
      f.ledger().access(f.true_at("2026-03-25"), must(Entity::parse("project:port")), "ava"))));
  REQUIRE(ava["project_readers"].size() == 1);
  CHECK(ava["project_readers"][0]["bases"][0]["mandate"] == "m");
}

}  // namespace
}  // namespace actbook::testing

// Questions of an audit about data: for whose an agreement was accepted (Q1), who read it (Q4),
// where it went (Q10), and who entered projects (Q14).
#include <algorithm>

#include "support/told_ledger.h"

namespace actbook::testing {
namespace {

/// PRISM (owner olga, admin adam) has the external workspace panels, with the project p (recordings
/// r-1 and r-2), and the internal ones office, with q (r-3 and r-4) and q2, and lab.
struct Data : ToldLedger {
  Data() {
    found_partner();
    add("olga", "prism", "adam", "admin");
    tell("staff:sam", "SetTier", {{"account", "acc-prism"}, {"tier", "innovator"}});
    create_external("person:adam", "prism", "panels");
    create("person:adam", "prism", "office");
    create("person:adam", "prism", "lab");
    for (const auto& [project, workspace] :
         {std::pair("p", "panels"), std::pair("q", "office"), std::pair("q2", "office")}) {
      tell("person:adam", "CreateProject",
           {{"project", project}, {"workspace", workspace}, {"name", project}});
    }
    for (const auto& [recording, project] : {std::pair("r-1", "p"), std::pair("r-2", "p"),
                                             std::pair("r-3", "q"), std::pair("r-4", "q")}) {
      tell("person:adam", "AddRecording", {{"recording", recording}, {"project", project}});
    }
  }
};

/// 03-03 adam reads r-1, sam of the staff panels, eve (nobody) r-3. Told on 03-10: adam read q on
/// 03-02.
struct Reads : Data {
  Reads() {
    at("2026-03-03");
    read("adam", {{"project", "p"}, {"recording", "r-1"}});
    read("sam", {{"workspace", "panels"}, {"staff", true}});
    read("eve", {{"project", "q"}, {"recording", "r-3"}});
    at("2026-03-10");
    read("adam", {{"project", "q"}}, "2026-03-02");
  }
  void read(const std::string& person, json what, const std::string& occurred_at = "2026-03-03") {
    what.update({{"person", person}, {"what", "a transcript"}});
    tell("import:app", "RecordAccess", what, fact(occurred_at));
  }
};

/// 03-05 q goes to lab. 03-06 r-3 goes to q2. 03-07 r-1 went to q2, as a fact. 03-08 panels becomes
/// internal and 03-09 a client's again. Told on 03-10: on 03-04, p went to lab.
struct Moves : Data {
  Moves() {
    at("2026-03-05");
    tell("person:adam", "MoveProject", {{"project", "q"}, {"workspace", "lab"}});
    at("2026-03-06");
    move({"r-3"}, "q2");
    at("2026-03-07");
    move({"r-1"}, "q2", fact("2026-03-07"));
    at("2026-03-08");
    tell("person:adam", "ChangeDataOwnership", {{"workspace", "panels"}, {"usage", "internal"}});
    at("2026-03-09");
    tell("staff:sam", "SetTier", {{"account", "acc-prism"}, {"tier", "free"}});
    json again = held_for_clara("panels");
    again.update({{"usage", "external_client"}, {"account", "acc-again"}});
    tell("person:adam", "ChangeDataOwnership", again);
    at("2026-03-10");
    tell("person:adam", "MoveProject", {{"project", "p"}, {"workspace", "lab"}},
         fact("2026-03-04"));
  }
  void move(const json& recordings, const std::string& project,
            const json& envelope = json::object()) {
    tell("person:adam", "MoveRecordings", {{"recordings", recordings}, {"project", project}},
         envelope);
  }
};

/// AGNES (owner ava, developer dev, viewer vic) has the project own; CARGO (owner cal) has port and
/// gave AGNES the mandate m-1. 03-03 dev, ava, and cal enter port and ava enters own. 03-04 vic
/// did, as a fact. Told on 03-10: dev did on 03-02.
struct Entries : ToldLedger {
  Entries() {
    at("2026-03-01");
    organisation("agnes", "ava");
    organisation("cargo", "cal");
    tell("staff:sam", "EnrollAgency", {{"organisation", "agnes"}, {"deadline", "2026-06-30"}});
    for (const auto& [person, role] : {std::pair("dev", "developer"), std::pair("vic", "viewer")}) {
      tell("person:ava", "AddOrganisationMember",
           {{"organisation", "agnes"}, {"person", person}, {"role", role}});
    }
    for (const auto& [owner, organisation, project] :
         {std::tuple("person:ava", "agnes", "own"), std::tuple("person:cal", "cargo", "port")}) {
      tell(owner, "CreateProject",
           {{"project", project}, {"organisation", organisation}, {"name", project}});
    }
    tell("person:ava", "RequestMandate",
         {{"request", "r-1"}, {"agency", "agnes"}, {"client", "cargo"}});
    tell("person:cal", "ApproveMandateRequest", {{"request", "r-1"}, {"mandate", "m-1"}});
    at("2026-03-03");
    for (const auto* person : {"person:dev", "person:ava", "person:cal"}) {
      tell(person, "EnterProject", {{"project", "port"}});
    }
    tell("person:ava", "EnterProject", {{"project", "own"}});
    at("2026-03-04");
    tell("person:vic", "EnterProject", {{"project", "port"}}, fact("2026-03-04"));
    at("2026-03-10");
    tell("person:dev", "EnterProject", {{"project", "port"}}, fact("2026-03-02"));
  }
};

// ---- Q1 ----

/// PRISM (owner olga) has the external workspace panels. 03-02 clara's organisation is said to be
/// HAARLEM. 03-03 dirk owns the data instead; 03-04 his organisation is said to be UTRECHT.
struct Owners : ToldLedger {
  std::uint64_t for_clara = 0, for_dirk = 0;

  Owners() {
    found_partner();
    organisation("utrecht", "uma");
    organisation("third", "tia");
    json what = held_for_clara("panels");
    what.update({{"organisation", "prism"}, {"name", "Panels"}});
    what["data_owner"].erase("organisation");
    tell("person:olga", "CreateWorkspace", what);
    at("2026-03-02");
    panels("person:olga", "RecordDataOwnerOrganisation", {{"organisation", "haarlem"}});
    at("2026-03-03");
    json other = held_for_clara("panels");
    other["usage"] = "external_client";
    other["data_owner"] = {{"organisation_name", "Utrecht"}, {"person", "dirk"}};
    panels("person:olga", "ChangeDataOwnership", other);
    at("2026-03-04");
    panels("person:olga", "RecordDataOwnerOrganisation", {{"organisation", "utrecht"}});
    const auto both = accepted({"workspace:panels"});
    REQUIRE(both.size() == 2);
    for_clara = both[0];
    for_dirk = both[1];
  }
  [[nodiscard]] json accepted(const View& view, std::vector<std::string> tags) const {
    const auto answer = must(ledger().acceptances(view, with_tags(std::move(tags))));
    return each(json::parse(to_json(answer)), "position");
  }
  [[nodiscard]] json accepted(std::vector<std::string> tags) const {
    return accepted(now(), std::move(tags));
  }
};

TEST_CASE("audit: acceptances for the data of an organisation that was told only after them") {
  Owners f;
  CHECK(f.accepted(f.known("2026-03-01"), {"organisation:haarlem"}) == json::array());
  CHECK(f.accepted(f.known("2026-03-02"), {"organisation:haarlem"}) == json{f.for_clara});
  // Neither is for what is the other's.
  CHECK(f.accepted({"organisation:haarlem"}) == json{f.for_clara});
  CHECK(f.accepted({"organisation:utrecht"}) == json{f.for_dirk});
  CHECK(f.accepted({"organisation:prism"}) == json{f.for_clara, f.for_dirk});
  CHECK(f.accepted({"organisation:prism", "organisation:utrecht"}) == json{f.for_dirk});
  CHECK(f.accepted({"organisation:haarlem", "organisation:utrecht"}) == json::array());
  CHECK(f.accepted({"organisation:third"}) == json::array());
  // They are, whoever owns the workspace since, and whatever it is used for.
  f.panels("person:olga", "ProposeHandoff", {{"handoff", "h"}, {"target", "third"}},
           fact("2026-03-04"));
  f.tell("person:tia", "AcceptHandoff", {{"handoff", "h"}}, fact("2026-03-04"));
  CHECK(f.accepted({"organisation:third"}) == json{f.for_clara, f.for_dirk});
  CHECK(f.accepted({"organisation:third", "organisation:haarlem"}) == json{f.for_clara});
  CHECK(f.accepted({"organisation:prism", "organisation:haarlem"}) == json{f.for_clara});
  f.panels("person:tia", "ChangeDataOwnership", {{"usage", "internal"}});
  CHECK(f.accepted({"organisation:haarlem"}) == json{f.for_clara});
  CHECK(f.accepted({"organisation:utrecht", "actor:olga"}) == json{f.for_dirk});
}

// ---- Q4 ----

TEST_CASE("audit: who did read and on what basis") {
  const Reads f;
  const auto answer = f.ask(&Ledger::reads);
  CHECK(each(answer, "person") == json{"adam", "sam", "eve", "adam"});
  CHECK(each(answer, "staff") == json{false, true, false, false});
  CHECK(each(answer, "workspace") == json{"panels", "panels", "office", "office"});
  CHECK(each(answer, "project") == json{"p", nullptr, "q", "q"});
  CHECK(each(answer, "recording") == json{"r-1", nullptr, "r-3", nullptr});
  const auto& adam = answer["lines"][0];
  CHECK(adam["read"]["actor"] == json{{"kind", "import"}, {"id", "app"}});
  CHECK(adam["read"]["occurred_at"] == "2026-03-03T00:00:00Z");
  CHECK(adam["what"] == "a transcript");
  CHECK(adam["basis"].get<std::string>().find("direct") != std::string::npos);
  CHECK(!adam["positions"].empty());
  CHECK(adam["rules_broken"] == json::array());
  CHECK(each(answer, "basis")[1] == "staff_override");
  CHECK(each(answer, "basis")[2] == "none");
  for (const int line : {1, 2}) {
    CAPTURE(line);
    CHECK(each(answer, "rules_broken")[static_cast<std::size_t>(line)] ==
          json{"READ_WITHOUT_BASIS"});
    CHECK(each(answer, "positions")[static_cast<std::size_t>(line)] == json::array());
  }
}

TEST_CASE("audit: reads are searched and paged") {
  const Reads f;
  const auto readers = [&](const Search& search) {
    return each(f.ask(&Ledger::reads, search), "person");
  };
  CHECK(readers(with_tags({"workspace:panels"})) == json{"adam", "sam"});
  CHECK(f.failure(&Ledger::reads, f.now(), with_tags({"project:q"})) == "NOT_ASKED_BY");
  CHECK(readers(with_tags({"recording:r-3"})) == json{"eve"});
  CHECK(readers(with_tags({"person:adam"})) == json{"adam", "adam"});
  CHECK(readers(with_tags({"person:clara"})) == json::array());  // whose data it is
  CHECK(readers(with_tags({"person:adam", "workspace:office"})) == json{"adam"});
  Search broken = with_tags({"actor:app"});
  broken.broken = true;
  CHECK(readers(broken) == json{"sam", "eve"});
  Search occurred;
  occurred.occurred.before = time_of("2026-03-03");
  CHECK(readers(occurred) == json{"adam"});
  occurred.recorded.before = time_of("2026-03-10");
  CHECK(readers(occurred) == json::array());
  CHECK(f.paged(&Ledger::reads, {}, 3)["lines"] == f.ask(&Ledger::reads)["lines"]);
  CHECK(readers(with_tags({"recording:r-2"})) == json::array());  // known, and never read
  CHECK(f.failure(&Ledger::reads, f.now(), with_tags({"recording:r-5"})) == "NOT_FOUND");
}

TEST_CASE("audit: reads of a project are asked by it if it was never in a workspace") {
  Entries f;
  f.at("2026-03-11");
  for (const auto* person : {"dev", "eve"}) {
    f.tell("import:app", "RecordAccess",
           {{"person", person}, {"project", "port"}, {"what", "a file"}}, fact("2026-03-11"));
  }
  const auto readers = [&](const std::string& tag) {
    return each(f.ask(&Ledger::reads, with_tags({tag})), "person");
  };
  CHECK(readers("project:port") == json{"dev", "eve"});
  CHECK(readers("project:own") == json::array());
  CHECK(f.failure(&Ledger::reads, f.now(), with_tags({"project:no"})) == "NOT_FOUND");
  // Others may be told of a workspace alone, also of one that it has left.
  const Moves moved;
  const auto answer = moved.ledger().reads(moved.now(), with_tags({"project:q"}));
  REQUIRE(!answer);
  CHECK(answer.error().code == "NOT_ASKED_BY");
  CHECK(answer.error().message.ends_with("ask by workspace:lab or workspace:office"));
}

TEST_CASE("audit: what staff read is asked by the person") {
  const Reads f;
  const auto answer = f.ledger().reads(f.now(), with_tags({"staff:sam"}));
  REQUIRE(!answer);
  CHECK(answer.error().code == "NOT_ASKED_BY");
  CHECK(answer.error().message.find("ask by person:sam") != std::string::npos);
  CHECK(each(f.ask(&Ledger::reads, with_tags({"person:sam"})), "staff") == json{true});
}

TEST_CASE("audit: reads as of what was recorded and of what was true") {
  const Reads f;
  const auto of_office = with_tags({"workspace:office"});
  const auto readers = [&](const View& view) {
    return each(f.ask(&Ledger::reads, view, of_office), "person");
  };
  CHECK(readers(f.known("2026-03-09")) == json{"eve"});
  CHECK(readers(f.now()) == json{"eve", "adam"});
  CHECK(readers(f.true_at("2026-03-02")) == json{"adam"});
  CHECK(readers(f.true_at("2026-03-01")) == json::array());
}

// ---- Q10 ----

TEST_CASE("audit: where recordings and projects went") {
  const Moves f;
  const auto answer = f.ask(&Ledger::moves);
  CHECK(each(answer, "type") == json{"ProjectMoved", "RecordingMoved", "RecordingMoved",
                                     "WorkspaceReclassified", "WorkspaceReclassified",
                                     "ProjectMoved"});
  CHECK(each(answer, "recording") == json{nullptr, "r-3", "r-1", nullptr, nullptr, nullptr});
  CHECK(each(answer, "from_project") == json{"q", "q", "p", nullptr, nullptr, "p"});
  CHECK(each(answer, "to_project") == json{"q", "q2", "q2", nullptr, nullptr, "p"});
  CHECK(each(answer, "from_workspace") ==
        json{"office", "lab", "panels", "panels", "panels", "panels"});
  CHECK(each(answer, "to_workspace") == json{"lab", "office", "office", "panels", "panels", "lab"});
  // What becomes a client's enters its boundary.
  CHECK(each(answer, "left_client") == json{false, false, true, true, false, true});
  CHECK(each(answer, "rules_broken")[1] == json::array());
  CHECK(each(answer, "rules_broken")[2] == json{"CROSS_BILLING_CONTEXT"});
  const auto& late = answer["lines"][5];
  CHECK(late["moved"]["actor"]["id"] == "adam");
  CHECK(late["moved"]["occurred_at"] == "2026-03-04T00:00:00Z");
  CHECK(late["moved"]["recorded_at"] == "2026-03-10T00:00:00Z");
}

TEST_CASE("audit: a recording moves with its project and its workspace") {
  const Moves f;
  const auto moves = [&](const std::string& recording) {
    return f.ask(&Ledger::moves, with_tags({"recording:" + recording}));
  };
  CHECK(each(moves("r-1"), "type") == json{"RecordingMoved"});
  CHECK(each(moves("r-2"), "type") == json{"WorkspaceReclassified", "ProjectMoved"});
  CHECK(each(moves("r-3"), "type") == json{"ProjectMoved", "RecordingMoved"});
  CHECK(each(moves("r-4"), "type") == json{"ProjectMoved"});
  // And says the same as the recording itself.
  for (const auto* recording : {"r-1", "r-2", "r-3", "r-4"}) {
    CAPTURE(recording);
    const auto left = each(moves(recording), "left_client");
    const auto state = json::parse(
        to_json(must(f.ledger().show(f.now(), {EntityKind::recording, recording}))))["state"];
    CHECK(state["ever_left_client"] == (std::count(left.begin(), left.end(), json(true)) > 0));
  }
}

TEST_CASE("audit: moves are searched and paged") {
  const Moves f;
  const auto moved = [&](const Search& search) {
    return each(f.ask(&Ledger::moves, search), "/moved/recorded_at");
  };
  const json on_10 = "2026-03-10T00:00:00Z";
  CHECK(moved(with_tags({"workspace:lab"})).size() == 3);
  CHECK(moved(with_tags({"workspace:lab", "project:p"})) == json::array({on_10}));
  Search observed = with_tags({"actor:adam"});
  observed.mode = schema::Mode::observed;
  CHECK(moved(observed).size() == 2);
  observed.recorded.from = time_of("2026-03-08");
  CHECK(moved(observed) == json::array({on_10}));
  Search occurred;
  occurred.occurred = {time_of("2026-03-04"), time_of("2026-03-05")};
  CHECK(moved(occurred) == json::array({on_10}));
  Search projects;
  projects.types = {"ProjectMoved"};
  CHECK(moved(projects).size() == 2);
  const auto pages = f.paged(&Ledger::moves, {}, 4);
  CHECK(pages["lines"] == f.ask(&Ledger::moves)["lines"]);
  CHECK(pages["pages"] == 2);
  CHECK(f.failure(&Ledger::moves, f.now(), with_tags({"recording:r-9"})) == "NOT_FOUND");
  for (const auto& view : {f.now(), f.true_at("2026-03-10")}) {
    CHECK(f.failure(&Ledger::moves, view, with_tags({"recording:r-1", "organisation:prism"})) ==
          "NOT_ASKED_BY");
  }
}

TEST_CASE("audit: moves as of what was recorded and of what was true") {
  const Moves f;
  const auto left = [&](const View& view) {
    const auto answer = f.ask(&Ledger::moves, view, with_tags({"recording:r-2"}));
    return each(answer, "/moved/occurred_at");
  };
  CHECK(left(f.known("2026-03-07")) == json::array());  // it had never left, as far as was known
  CHECK(left(f.known("2026-03-08")) == json::array({"2026-03-08T00:00:00Z"}));
  CHECK(left(f.true_at("2026-03-03")) == json::array());
  CHECK(left(f.true_at("2026-03-07")) == json::array({"2026-03-04T00:00:00Z"}));
}

// ---- Q14 ----

TEST_CASE("audit: through which organisation people entered projects") {
  const Entries f;
  const auto answer = f.ask(&Ledger::entries);
  CHECK(each(answer, "person") == json{"dev", "ava", "cal", "ava", "vic", "dev"});
  CHECK(each(answer, "project") == json{"port", "port", "port", "own", "port", "port"});
  CHECK(each(answer, "organisation") == json{"agnes", "agnes", "cargo", "agnes", nullptr, "agnes"});
  CHECK(each(answer, "mandate") == json{"m-1", "m-1", nullptr, nullptr, nullptr, "m-1"});
  CHECK(each(answer, "role") == json{"developer", "owner", "owner", "owner", nullptr, "developer"});
  const auto& dev = answer["lines"][0];
  CHECK(dev["entered"]["actor"]["id"] == "dev");
  REQUIRE(dev["bases"].size() == 1);
  CHECK(dev["bases"][0]["kind"] == "mandate");
  CHECK(dev["bases"][0]["mandate"] == "m-1");
  CHECK(!dev["bases"][0]["positions"].empty());
  CHECK(dev["rules_broken"] == json::array());
  const auto& vic = answer["lines"][4];
  CHECK(vic["bases"] == json::array());
  CHECK(vic["rules_broken"] == json{"ROLE_CANNOT_ENTER"});
}

TEST_CASE("audit: entries are searched and paged") {
  const Entries f;
  const auto people = [&](const Search& search) {
    return each(f.ask(&Ledger::entries, search), "person");
  };
  CHECK(people(with_tags({"organisation:cargo"})) == json{"cal"});
  CHECK(people(with_tags({"mandate:m-1"})) == json{"dev", "ava", "dev"});
  CHECK(people(with_tags({"actor:ava", "project:own"})) == json{"ava"});
  Search observed = with_tags({"project:port"});
  observed.mode = schema::Mode::observed;
  CHECK(people(observed) == json{"vic", "dev"});
  observed.occurred.from = time_of("2026-03-04");
  CHECK(people(observed) == json{"vic"});
  Search recorded;
  recorded.recorded.from = time_of("2026-03-05");
  CHECK(people(recorded) == json{"dev"});
  const auto pages = f.paged(&Ledger::entries, {}, 5);
  CHECK(pages["lines"] == f.ask(&Ledger::entries)["lines"]);
  CHECK(pages["pages"] == 2);
  CHECK(people(with_tags({"mandate:m-1", "person:vic"})) == json::array());
  CHECK(f.failure(&Ledger::entries, f.now(), with_tags({"project:no"})) == "NOT_FOUND");
}

TEST_CASE("audit: entries as of what was recorded and of what was true") {
  const Entries f;
  const auto people = [&](const View& view) {
    return each(f.ask(&Ledger::entries, view), "person");
  };
  CHECK(people(f.known("2026-03-03")) == json{"dev", "ava", "cal", "ava"});
  CHECK(people(f.true_at("2026-03-02")) == json{"dev"});
  CHECK(people(f.true_at("2026-03-01")) == json::array());
  CHECK(people(f.true_at("2026-03-03")) == json{"dev", "ava", "cal", "ava", "dev"});
}

}  // namespace
}  // namespace actbook::testing

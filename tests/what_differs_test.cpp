// What no act tells of when things are compared, and reading by a role that may enter or may not.
#include "actbook/what_if.h"

#include <algorithm>
#include <map>

#include "support/told_ledger.h"

namespace actbook::testing {
namespace {

/// PRISM (owner olga, admin adam) has the external workspace panels with the project p; ed is an
/// observer there.
struct Panels : ToldLedger {
  Panels() {
    found_partner();
    add("olga", "prism", "adam", "admin");
    create_external("person:adam", "prism", "panels");
    tell("person:adam", "CreateProject",
         {{"project", "p"}, {"workspace", "panels"}, {"name", "p"}});
    tell("person:adam", "InviteToWorkspace",
         {{"invite", "i-ed"}, {"workspace", "panels"}, {"person", "ed"}, {"role", "observer"}});
  }
  [[nodiscard]] json compare(const std::string& from, const std::string& to,
                             const std::string& entity) const {
    return json::parse(
        to_json(must(ledger().compare(known(from), known(to), must(Entity::parse(entity))))));
  }
  [[nodiscard]] json access(const std::string& entity, const std::string& person) const {
    return json::parse(to_json(must(ledger().access(now(), must(Entity::parse(entity)), person))));
  }
  void read(const std::string& person, json what) {
    what.update({{"person", person}, {"what", "notes"}});
    tell("import:app", "RecordAccess", what, {{"mode", "observed"}});
  }
};

TEST_CASE("compare: a support session and an invite that ran out between have ended") {
  Panels f;
  f.at("2026-03-02T10:00Z");
  f.tell("person:adam", "OpenSupportDoor", {{"workspace", "panels"}});
  const auto joined = f.tell("staff:sue", "JoinSupport", {{"workspace", "panels"}});
  const auto invited = f.tell("person:adam", "InviteToWorkspace",
                              {{"invite", "i-mail"},
                               {"workspace", "panels"},
                               {"email", "m@x.example"},
                               {"role", "member"}});
  f.at("2026-06-01");
  f.create("person:olga", "prism", "later");
  const auto ran_out = [&](const std::string& from, const std::string& to,
                           const std::string& entity) {
    json all = json::array();
    for (const auto& change : f.compare(from, to, entity).value("changes", json::array())) {
      if (!change.contains("ran_out_at")) continue;
      CHECK(change["what"] == "ended");
      all.push_back({change["table"], change["positions"]});
    }
    return all;
  };
  const std::string panels = "workspace:panels";
  CHECK(ran_out("2026-03-02T11:00Z", "2026-03-02T12:00Z", panels).empty());
  const json session = {"MembershipRow", {joined}};
  CHECK(ran_out("2026-03-02T11:00Z", "2026-03-05", panels) == json::array({session}));
  CHECK(ran_out("2026-03-02T11:00Z", "2026-03-05", "person:sue") == json::array({session}));
  CHECK(ran_out("2026-03-05", "2026-03-06", panels).empty());
  const auto later = ran_out("2026-03-05", "2026-05-30", panels);
  REQUIRE(later.size() == 2);  // and the data owner's
  for (const auto& change : later) CHECK(change[0] == "InviteRow");
  const auto by_position = [&](const json& change) { return change[1][0] >= invited; };
  CHECK(std::ranges::count_if(later, by_position) == 1);
}

TEST_CASE("compare: what began and ran out between did both wherever one asks") {
  Panels f;
  f.at("2026-03-02T10:00Z");
  f.tell("person:adam", "OpenSupportDoor", {{"workspace", "panels"}});
  const auto joined = f.tell("staff:sue", "JoinSupport", {{"workspace", "panels"}});
  f.at("2026-06-01");
  f.create("person:olga", "prism", "later");
  const auto sessions = [&](const json& comparison) {
    json all = json::array();
    for (const auto& change : comparison.at("changes")) {
      if (change["key"] != "panels/sue") continue;
      all.push_back({change["what"], change["positions"], change.value("ran_out_at", "")});
    }
    return all;
  };
  const auto everything = [&](const std::string& from, const std::string& to) {
    return json::parse(to_json(must(f.ledger().compare(f.known(from), f.known(to)))));
  };
  const json ran_out = {"began and ended", {joined}, "2026-03-03T10:00:00Z"};
  CHECK(sessions(f.compare("2026-03-01", "2026-03-05", "person:sue")) == json::array({ran_out}));
  CHECK(sessions(everything("2026-03-01", "2026-03-05")) == json::array({ran_out}));
  const json ended = {"ended", {joined}, "2026-03-03T10:00:00Z"};
  CHECK(sessions(everything("2026-03-02T12:00Z", "2026-03-05")) == json::array({ended}));
  const json began = {"began", {joined}, ""};
  CHECK(sessions(everything("2026-03-01", "2026-03-02T12:00Z")) == json::array({began}));
}

TEST_CASE("compare: what ran out lasts no more whenever that was told") {
  Panels f;
  f.at("2026-03-02T10:00Z");
  f.tell("person:adam", "OpenSupportDoor", {{"workspace", "panels"}});
  const auto first = f.tell("staff:sue", "JoinSupport", {{"workspace", "panels"}});
  f.at("2026-03-20T10:00Z");
  const auto told =
      f.tell("staff:sam", "JoinSupport", {{"workspace", "panels"}}, fact("2026-03-10"));
  f.at("2026-03-21T10:00Z");
  const auto again = f.tell("staff:sue", "JoinSupport", {{"workspace", "panels"}});
  f.at("2026-06-01");
  f.create("person:olga", "prism", "later");
  const auto became = [&](const std::string& person, const std::string& from,
                          const std::string& to) {
    json all = json::array();
    const auto comparison = f.compare(from, to, "workspace:panels");
    for (const auto& change : comparison.at("changes")) {
      if (change["key"] != "panels/" + person) continue;
      all.push_back({change["what"], change["positions"], change.value("ran_out_at", "")});
    }
    return all;
  };
  CHECK(became("sue", "2026-03-02", "2026-03-04") ==
        json::array({{"began and ended", {first}, "2026-03-03T10:00:00Z"}}));
  CHECK(became("sue", "2026-03-05", "2026-03-21T12:00Z") == json::array({{"began", {again}, ""}}));
  CHECK(became("sue", "2026-03-05", "2026-03-25") ==
        json::array({{"began and ended", {again}, "2026-03-22T10:00:00Z"}}));
  CHECK(became("sue", "2026-03-02T12:00Z", "2026-03-21T12:00Z") ==
        json::array({{"changed", {again}, ""}}));
  CHECK(became("sam", "2026-03-15", "2026-03-25") ==
        json::array({{"began and ended", {told}, "2026-03-11T00:00:00Z"}}));
  CHECK(became("sam", "2026-03-21", "2026-03-25").empty());
}

TEST_CASE("compare: an invite or a request that ran out is the same one afterwards") {
  Panels f;
  f.at("2026-03-02");
  for (const auto* invite : {"sent", "taken"}) {
    const std::string id = invite;
    f.tell("person:adam", "InviteToWorkspace",
           {{"invite", id},
            {"workspace", "panels"},
            {"email", id + "@x.example"},
            {"role", "member"}});
  }
  f.tell("staff:sue", "RequestSupport", {{"request", "sr"}, {"workspace", "panels"}});
  f.at("2026-03-20");
  f.tell("person:adam", "ResendInvite", {{"invite", "sent"}});
  f.tell("person:tom", "AcceptInvite",
         {{"invite", "taken"}, {"person", "tom"}, {"email", "taken@x.example"}},
         fact("2026-03-20"));
  f.tell("person:adam", "ApproveSupport", {{"request", "sr"}}, fact("2026-03-20"));
  f.at("2026-06-01");
  f.create("person:olga", "prism", "later");
  const auto became = [&](const std::string& from, const std::string& to) {
    std::map<std::string, json> all;
    const auto comparison = f.compare(from, to, "workspace:panels");
    for (const auto& change : comparison.at("changes")) {
      if (change["table"] != "InviteRow" && change["table"] != "SupportRequestRow") continue;
      all[change["key"].get<std::string>()] = {change["what"], change.value("ran_out_at", "")};
    }
    return all;
  };
  auto early = became("2026-03-01", "2026-03-05");
  CHECK(early["sent"] == json{"began", ""});
  CHECK(early["sr"] == json{"began", ""});
  auto ran_out = became("2026-03-05", "2026-03-15");
  for (const auto* key : {"sent", "taken", "sr"}) {
    CHECK(ran_out[key] == json{"ended", "2026-03-09T00:00:00Z"});
  }
  auto after_all = became("2026-03-15", "2026-03-21");
  for (const auto* key : {"sent", "taken", "sr"}) {
    CHECK(after_all[key] == json{"changed", ""});
  }
  CHECK(became("2026-03-15", "2026-05-30")["sent"] == json{"changed", "2026-03-27T00:00:00Z"});
  CHECK(became("2026-03-01", "2026-03-21")["taken"] == json{"began", ""});
}

TEST_CASE("access: a project of a workspace is entered and read by permissions of their own") {
  Panels f;
  const auto readers = [&](const std::string& entity) {
    const auto answer = f.access(entity, "ed");
    return answer.value("project_readers", json::array()).size() +
           answer.value("workspace_readers", json::array()).size();
  };
  CHECK(readers("project:p") == 1);
  f.read("ed", {{"project", "p"}});
  f.tell("staff:sam", "DefineRole",
         {{"scope", "workspace"}, {"role", "observer"}, {"permissions", {"project.read"}}});
  CHECK(readers("project:p") == 0);
  f.read("ed", {{"project", "p"}});
  const auto explained = json::parse(
      to_json(must(f.ledger().explain_access(f.now(), "ed", must(Entity::parse("project:p"))))));
  CHECK(explained["can_read"] == false);
  CHECK(explained["verdict"].get<std::string>().starts_with("ed could enter, but not read, "));
  f.tell("staff:sam", "DefineRole",
         {{"scope", "workspace"}, {"role", "observer"}, {"permissions", {"conversation.read"}}});
  CHECK(readers("project:p") == 1);
  CHECK(each(f.ask(&Ledger::reads, with_tags({"person:ed"})), "basis") ==
        json{"direct membership as observer", "none"});
}

TEST_CASE("what-if: an organisation's reads are those in its workspaces and projects") {
  Panels f;
  f.read("ed", {{"project", "p"}});
  f.read("ed", {{"workspace", "panels"}});
  f.create("person:hana", "haarlem", "own");
  f.read("hana", {{"workspace", "own"}});
  Supposition supposition;
  supposition.permissions = {
      {schema::RoleScope::workspace, "observer", "conversation.read", false}};
  const auto what_if = [&](const std::string& organisation) {
    return json::parse(to_json(must(
        f.ledger().what_if(f.now(), supposition, Entity{EntityKind::organisation, organisation}))));
  };
  const auto prism = what_if("prism");
  CHECK(prism["reads_compared"] == 2);
  CHECK(prism["reads"].size() == 2);
  const auto haarlem = what_if("haarlem");
  CHECK(haarlem["reads_compared"] == 1);
  CHECK(haarlem.value("reads", json::array()).empty());
}

TEST_CASE("what-if: an organisation's places are what it owns and what it has a mandate for") {
  Panels f;
  f.organisation("agnes", "ava");
  f.organisation("cargo", "cal");
  f.tell("staff:sam", "EnrollAgency", {{"organisation", "agnes"}, {"deadline", "2026-06-30"}});
  f.tell("person:ava", "RequestMandate",
         {{"request", "r"}, {"agency", "agnes"}, {"client", "cargo"}});
  f.tell("person:cal", "ApproveMandateRequest", {{"request", "r"}, {"mandate", "m"}});
  f.tell("person:cal", "CreateProject",
         {{"project", "port"}, {"organisation", "cargo"}, {"name", "Port"}});
  f.tell("person:adam", "ProposeHandoff",
         {{"handoff", "h"}, {"workspace", "panels"}, {"target", "haarlem"}});
  Supposition no_mandates;
  no_mandates.rules.mandates_let_in = false;
  Supposition no_reading;
  no_reading.permissions = {{schema::RoleScope::workspace, "observer", "conversation.read", false}};
  const auto differ = [&](const std::string& organisation, const Supposition& supposition) {
    const auto answer = json::parse(to_json(must(
        f.ledger().what_if(f.now(), supposition, Entity{EntityKind::organisation, organisation}))));
    json all = json::array();
    for (const auto& line : answer.value("accesses", json::array())) {
      all.push_back(line["person"].get<std::string>() + " " + line["entity"].get<std::string>());
    }
    return all;
  };
  CHECK(differ("agnes", no_mandates) == json{"ava project:port"});
  CHECK(differ("cargo", no_mandates) == json{"ava project:port"});
  const json of_ed = {"ed workspace:panels", "ed project:p"};
  CHECK(differ("prism", no_reading) == of_ed);
  CHECK(differ("haarlem", no_reading) == json::array());
  f.tell("person:hana", "AcceptHandoff", {{"handoff", "h"}});
  CHECK(differ("prism", no_reading) == json::array());
  CHECK(differ("haarlem", no_reading) == of_ed);
}

TEST_CASE("what-if: reads in a workspace that was deleted are an organisation's still") {
  Panels f;
  f.create("person:adam", "prism", "office");
  f.read("adam", {{"workspace", "office"}});
  f.tell("person:adam", "DeleteWorkspace", {{"workspace", "office"}});
  Supposition supposition;
  supposition.permissions = {{schema::RoleScope::workspace, "owner", "conversation.read", false}};
  const auto answer =
      must(f.ledger().what_if(f.now(), supposition, Entity{EntityKind::organisation, "prism"}));
  CHECK(answer.reads_compared == 1);
  CHECK(answer.reads.size() == 1);
}

TEST_CASE("what-if: a person's reads are those by the person") {
  Panels f;
  f.read("ed", {{"workspace", "panels"}});  // it holds the data of clara
  CHECK(each(f.ask(&Ledger::reads, with_tags({"person:ed"})), "person") == json{"ed"});
  CHECK(f.ask(&Ledger::reads, with_tags({"person:clara"}))["lines"] == json::array());
  Supposition supposition;
  supposition.permissions = {
      {schema::RoleScope::workspace, "observer", "conversation.read", false}};
  const auto compared = [&](const std::string& person) {
    return must(f.ledger().what_if(f.now(), supposition, Entity{EntityKind::person, person}))
        .reads_compared;
  };
  CHECK(compared("ed") == 1);
  CHECK(compared("clara") == 0);
}

TEST_CASE("what-if: what was true judges reads by what was true when they happened") {
  Panels f;
  f.at("2026-03-05");
  f.read("ed", {{"workspace", "panels"}});
  f.at("2026-03-06");
  f.tell("person:adam", "RemoveMember", {{"workspace", "panels"}, {"person", "ed"}},
         fact("2026-03-03"));
  Supposition supposition;
  supposition.permissions = {
      {schema::RoleScope::workspace, "observer", "conversation.read", false}};
  const auto reads = [&](const View& view) {
    return must(f.ledger().what_if(view, supposition, Entity{EntityKind::workspace, "panels"}))
        .reads.size();
  };
  CHECK(reads(f.now()) == 1);
  CHECK(reads(f.true_at("2026-03-06")) == 0);  // there he had no right to lose
}

}  // namespace
}  // namespace actbook::testing

// What those who run a program see (overviews.h), by way of the facade: the agency's dashboard, the
// partner's overview and the readers, as they are now and as they were.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "actbook/json.h"
#include "actbook/ledger.h"
#include "support/must.h"
#include "support/temp_directory.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

template <class Answer>
json shown(const Result<Answer>& answer) {
  REQUIRE_MESSAGE(answer.has_value(), answer.error().message);
  return json::parse(to_json(answer.value()));
}

/// The members of that name, of each line.
json each(const json& lines, const std::string& name) {
  json all = json::array();
  for (const auto& line : lines) all.push_back(line.at(name));
  return all;
}

/// Both programs in one ledger of its own, told day by day.
class Fixture {
 public:
  Fixture() {
    Ledger::CreateOptions options;
    options.clock = schema::ClockKind::simulated;
    ledger_.emplace(must(Ledger::create(directory_ / "ledger", options, Timestamp{1})));
  }

  [[nodiscard]] const Ledger& ledger() const { return *ledger_; }

  /// From here on it is this time.
  void at(const std::string& time) { now_ = must(parse_iso8601(time)); }
  void tell(const std::string& who, const std::string& type, const json& what) {
    const auto colon = who.find(':');
    const auto command = must(command_from_json(json{
        {"command_id", "c-" + std::to_string(++commands_)},
        {"actor", {{"kind", who.substr(0, colon)}, {"id", who.substr(colon + 1)}}},
        {"reason", "asked"},
        {"command_type", type},
        {"command", what}}.dump()));
    const auto receipt = must(ledger_->record(command, now_));
    REQUIRE_MESSAGE(receipt->outcome() == log::Outcome::recorded, type);
  }
  void organisation(const std::string& id, const std::string& name, const std::string& owner) {
    tell("staff:sam", "RegisterOrganisation",
         {{"organisation", id}, {"name", name}, {"owner", owner}, {"account", "acc-" + id}});
  }

  [[nodiscard]] View view(const std::string& time) const {
    return must(ledger_->as_of(must(parse_iso8601(time))));
  }
  [[nodiscard]] json dashboard(const std::string& organisation, const View& view) const {
    return shown(ledger_->dashboard(view, organisation));
  }
  [[nodiscard]] json dashboard(const std::string& organisation) const {
    return dashboard(organisation, ledger_->now());
  }
  [[nodiscard]] json overview(const std::string& organisation, const View& view) const {
    return shown(ledger_->overview(view, organisation));
  }
  [[nodiscard]] json readers(const std::string& entity, const View& view) const {
    return shown(ledger_->readers(view, must(Entity::parse(entity))));
  }
  [[nodiscard]] json readers(const std::string& entity) const {
    return readers(entity, ledger_->now());
  }

 private:
  TempDirectory directory_;
  std::optional<Ledger> ledger_;
  Timestamp now_;
  int commands_ = 0;
};

/// 03-01 AGNES is enrolled, owns the project "own", asks CARGO for a mandate. 03-02 CARGO (projects
/// "port" and "gone") says yes: m-1. 03-03 a discount of 15 percent, and special plans are enabled.
/// 03-04 CARGO buys "pro". 03-05 "gone" is deleted and AGNES founds NEWCO: m-new. 03-06 CARGO
/// cancels, 03-07 AGNES asks again.
struct Agency : Fixture {
  Agency() {
    at("2026-03-01");
    organisation("agnes", "AGNES", "ava");
    organisation("cargo", "CARGO", "cal");
    tell("staff:sam", "EnrollAgency",
         {{"organisation", "agnes"}, {"deadline", "2026-06-30"}, {"contract_reference", "A-1"}});
    tell("person:ava", "AddOrganisationMember",
         {{"organisation", "agnes"}, {"person", "dev"}, {"role", "developer"}});
    tell("person:ava", "AddOrganisationMember",
         {{"organisation", "agnes"}, {"person", "vic"}, {"role", "viewer"}});
    tell("person:ava", "CreateProject",
         {{"project", "own"}, {"organisation", "agnes"}, {"name", "Own"}});
    for (const auto* project : {"gone", "port"}) {
      tell("person:cal", "CreateProject",
           {{"project", project}, {"organisation", "cargo"}, {"name", project}});
    }
    tell("person:ava", "RequestMandate",
         {{"request", "r-1"}, {"agency", "agnes"}, {"client", "cargo"}});
    at("2026-03-02");
    tell("person:cal", "ApproveMandateRequest", {{"request", "r-1"}, {"mandate", "m-1"}});
    at("2026-03-03");
    tell("staff:sam", "SetPartnerDiscount", {{"organisation", "cargo"}, {"percent", 15}});
    for (const auto* plan : {"pro", "perk", "gift"}) {
      tell("staff:sam", "DefinePlan",
           {{"plan", plan},
            {"name", plan},
            {"special", plan != std::string("pro")},
            {"monthly_cents", 10'000},
            {"yearly_cents", 100'000}});
    }
    tell("person:ava", "EnableSpecialPlans", {{"mandate", "m-1"}, {"plans", {"perk", "gift"}}});
    at("2026-03-04");
    tell("person:cal", "BuyPlan",
         {{"organisation", "cargo"}, {"plan", "pro"}, {"interval", "monthly"}});
    at("2026-03-05");
    tell("person:cal", "DeleteProject", {{"project", "gone"}});
    tell("person:ava", "CreateClientOrganisation",
         {{"agency", "agnes"}, {"organisation", "newco"}, {"name", "NEWCO"}, {"mandate", "m-new"}});
    at("2026-03-06");
    tell("person:cal", "CancelMandate", {{"mandate", "m-1"}});
    at("2026-03-07");
    tell("person:ava", "RequestMandate",
         {{"request", "r-2"}, {"agency", "agnes"}, {"client", "cargo"}});
  }
};

/// 03-01 PRISM is a partner and makes the external workspace "panels" for HAARLEM, with a project,
/// and the internal one "office". 03-02 it signs deal "d" with a cap of 500.00, from 03-10 to
/// 09-01, whose terms change on 05-01. 03-03 a handoff is proposed. 03-04 office is deleted. 06-10
/// HAARLEM accepts. 07-01 the deal ends.
struct Partner : Fixture {
  Partner() {
    at("2026-03-01");
    organisation("prism", "PRISM", "olga");
    organisation("haarlem", "HAARLEM", "hana");
    tell("staff:sam", "GrantPartnerStatus",
         {{"organisation", "prism"}, {"contract_reference", "P-7"}});
    tell("staff:sam", "PublishAgreementVersion",
         {{"agreement", "dpa"},
          {"version", 3},
          {"title", "T"},
          {"language", "en"},
          {"text_sha256", std::string(64, '3')}});
    tell("person:olga", "AddOrganisationMember",
         {{"organisation", "prism"}, {"person", "adam"}, {"role", "admin"}});
    tell("person:adam", "CreateWorkspace",
         {{"workspace", "panels"},
          {"organisation", "prism"},
          {"name", "Panels"},
          {"account", "acc-panels"},
          {"data_owner",
           {{"organisation_name", "Haarlem"}, {"person", "clara"}, {"organisation", "haarlem"}}},
          {"acceptance",
           {{"agreement", "dpa"}, {"version", 3}, {"text_shown", true}, {"channel", "web"}}}});
    tell("person:adam", "CreateProject",
         {{"project", "p"}, {"workspace", "panels"}, {"name", "P"}});
    tell("person:adam", "CreateWorkspace",
         {{"workspace", "office"}, {"organisation", "prism"}, {"name", "Office"}});
    const json terms = {{"kickback_percent", 20},
                        {"discount_percent", 15},
                        {"cap_cents", 50'000},
                        {"starts_at", "2026-03-10"},
                        {"expires_at", "2026-09-01"}};
    at("2026-03-02");
    tell("staff:sam", "SignReferralDeal",
         {{"deal", "d"}, {"workspace", "panels"}, {"organisation", "prism"}, {"terms", terms}});
    auto later = terms;
    later["kickback_percent"] = 30;
    later["cap_cents"] = 80'000;
    later["starts_at"] = "2026-05-01";
    tell("staff:sam", "ChangeReferralTerms",
         {{"deal", "d"}, {"terms", later}, {"effective_at", "2026-05-01"}});
    at("2026-03-03");
    tell("person:adam", "ProposeHandoff",
         {{"handoff", "h"}, {"workspace", "panels"}, {"target", "haarlem"}, {"message", "Yours."}});
    at("2026-03-04");
    tell("person:adam", "DeleteWorkspace", {{"workspace", "office"}});
    at("2026-06-10");
    tell("person:hana", "AcceptHandoff", {{"handoff", "h"}});
    at("2026-07-01");
    tell("staff:sam", "EndReferralDeal", {{"deal", "d"}});
  }
};

// ---- the agency's dashboard ----

TEST_CASE("Dashboard: an agency sees its enrollment and its projects and its clients") {
  const Agency f;
  const auto view = f.view("2026-03-05");
  const auto dashboard = f.dashboard("agnes", view);
  CHECK(dashboard["organisation"] == "agnes");
  CHECK(dashboard["name"] == "AGNES");
  CHECK(dashboard["partner"] == true);
  CHECK(dashboard["as_of"] == view.position().value);
  CHECK(dashboard["at"] == "2026-03-05T00:00:00Z");
  CHECK(dashboard["enrollment"]["live"] == true);
  CHECK(dashboard["enrollment"]["contract_reference"] == "A-1");
  CHECK(dashboard["enrollment"]["deadline"] == "2026-06-30T00:00:00Z");
  CHECK(dashboard["projects"] == json{"own"});
  CHECK(each(dashboard["mandates"], "mandate") == json{"m-1", "m-new"});
  CHECK(each(dashboard["requests"], "request") == json{"r-1"});
  CHECK(dashboard["requests"][0]["row"]["state"] == "approved");
  REQUIRE(each(dashboard["clients"], "organisation") == json{"cargo", "newco"});

  const auto& cargo = dashboard["clients"][0];
  CHECK(cargo["name"] == "CARGO");
  CHECK(cargo["mandate"] == "m-1");
  CHECK(cargo["since"]["recorded_at"] == "2026-03-02T00:00:00Z");
  CHECK(cargo["since"]["actor"]["id"] == "cal");
  CHECK(cargo["projects"] == json{"port"});
  CHECK(cargo["discount_percent"] == 15);
  CHECK(cargo["subscription"]["plan"] == "pro");
  CHECK(cargo["subscription"]["net_cents"] == 8'500);
  CHECK(each(cargo["enabled_plans"], "plan") == json{"perk", "gift"});
  CHECK(cargo["enabled_plans"][0]["enabled"]["actor"]["id"] == "ava");
  const auto& newco = dashboard["clients"][1];
  CHECK(newco["mandate"] == "m-new");
  CHECK(newco["projects"] == json::array());
  CHECK(newco["enabled_plans"] == json::array());
  CHECK(!newco.contains("subscription"));
}

TEST_CASE("Dashboard: as of earlier instants up to the microsecond") {
  const Agency f;
  const auto clients = [&](const std::string& time) {
    return each(f.dashboard("agnes", f.view(time))["clients"], "organisation");
  };
  CHECK(clients("2026-03-01T23:59:59.999999Z") == json::array());
  CHECK(clients("2026-03-02T00:00:00Z") == json{"cargo"});
  CHECK(clients("2026-03-04T12:00:00Z") == json{"cargo"});
  CHECK(clients("2026-03-05T23:59:59.999999Z") == json{"cargo", "newco"});
  CHECK(clients("2026-03-06T00:00:00Z") == json{"newco"});
  const auto client = [&](const std::string& time) {
    return f.dashboard("agnes", f.view(time))["clients"][0];
  };
  CHECK(client("2026-03-02")["discount_percent"] == 0);
  CHECK(client("2026-03-02")["enabled_plans"] == json::array());
  CHECK(client("2026-03-02")["projects"] == json{"gone", "port"});
  CHECK(!client("2026-03-03").contains("subscription"));
  CHECK(each(client("2026-03-03")["enabled_plans"], "plan") == json{"perk", "gift"});
}

TEST_CASE(
    "Dashboard: past mandates and answered requests stay, and only the agency's side counts") {
  const Agency f;
  const auto now = f.dashboard("agnes");
  CHECK(now["as_of"] == f.ledger().head().value);
  CHECK(each(now["clients"], "organisation") == json{"newco"});
  REQUIRE(each(now["mandates"], "mandate") == json{"m-1", "m-new"});
  CHECK(now["mandates"][0]["row"]["live"] == false);
  CHECK(now["mandates"][0]["row"]["ended_by"] == "client");
  CHECK(now["mandates"][0]["row"]["ended"]["recorded_at"] == "2026-03-06T00:00:00Z");
  REQUIRE(each(now["requests"], "request") == json{"r-1", "r-2"});
  CHECK(now["requests"][1]["row"]["state"] == "pending");
  const auto client = f.dashboard("cargo", f.view("2026-03-05"));
  CHECK(client["partner"] == false);
  CHECK(!client.contains("enrollment"));
  CHECK(client["projects"] == json{"port"});
  for (const auto* lines : {"clients", "mandates", "requests"}) {
    CHECK(client[lines] == json::array());
  }
}

TEST_CASE("Dashboard: an enabled plan that cannot be bought any more is not listed") {
  Agency f;
  f.tell("person:cal", "ApproveMandateRequest", {{"request", "r-2"}, {"mandate", "m-2"}});
  f.tell("person:ava", "EnableSpecialPlans", {{"mandate", "m-2"}, {"plans", {"perk", "gift"}}});
  const auto enabled = [&] {
    return each(f.dashboard("agnes")["clients"][0]["enabled_plans"], "plan");
  };
  CHECK(enabled() == json{"perk", "gift"});
  json plan = {{"plan", "perk"},  {"name", "perk"},          {"special", true},
               {"active", false}, {"monthly_cents", 10'000}, {"yearly_cents", 100'000}};
  f.tell("staff:sam", "DefinePlan", plan);
  CHECK(enabled() == json{"gift"});
  plan["plan"] = "gift";  // public from now on
  plan["special"] = false;
  plan["active"] = true;
  f.tell("staff:sam", "DefinePlan", plan);
  CHECK(enabled() == json::array());
}

// ---- the partner's overview ----

TEST_CASE("Overview: a partner sees its workspaces and handoffs and deals") {
  const Partner f;
  const auto overview = f.overview("prism", f.view("2026-03-10"));
  CHECK(overview["name"] == "PRISM");
  CHECK(overview["partner"] == true);
  CHECK(overview["contract_reference"] == "P-7");
  CHECK(overview["at"] == "2026-03-10T00:00:00Z");
  REQUIRE(each(overview["workspaces"], "workspace") == json{"panels"});  // office is deleted
  const auto& panels = overview["workspaces"][0];
  CHECK(panels["usage"] == "external_client");
  CHECK(panels["data_owner"]["organisation_name"] == "Haarlem");
  CHECK(panels["data_owner"]["person"] == "clara");
  CHECK(panels["acceptances"][0]["version"] == 3);
  CHECK(panels["acceptances"][0]["person"] == "adam");
  CHECK(panels["account"] == "acc-panels");
  CHECK(panels["tier"] == "free");
  CHECK(panels["seats"] == 1);
  CHECK(panels["paid_seats"] == 1);
  CHECK(panels["projects"] == 1);
  CHECK(panels["pending_handoff"] == "h");
  CHECK(panels["support_door_open"] == false);
  REQUIRE(each(overview["handoffs"], "handoff") == json{"h"});
  CHECK(overview["handoffs"][0]["state"] == "proposed");
  CHECK(overview["handoffs"][0]["message"] == "sealed");
  REQUIRE(each(overview["deals"], "deal") == json{"d"});
  CHECK(overview["deals"][0]["workspace"] == "panels");
  const auto revealed =
      shown(f.ledger().overview(f.view("2026-03-10"), "prism", Personal::revealed));
  CHECK(revealed["handoffs"][0]["message"] == "Yours.");
}

TEST_CASE("Overview: as of earlier instants") {
  const Partner f;
  const auto workspaces = [&](const std::string& organisation, const std::string& time) {
    return each(f.overview(organisation, f.view(time))["workspaces"], "workspace");
  };
  CHECK(workspaces("prism", "2026-03-03") == json{"office", "panels"});
  CHECK(workspaces("prism", "2026-06-09T23:59:59.999999Z") == json{"panels"});
  CHECK(workspaces("haarlem", "2026-06-09T23:59:59.999999Z") == json::array());
  // Handed off, it is HAARLEM's; that PRISM proposed it stays PRISM's.
  CHECK(workspaces("prism", "2026-06-10") == json::array());
  CHECK(workspaces("haarlem", "2026-06-10") == json{"panels"});
  const auto handoffs = [&](const std::string& organisation, const std::string& time) {
    return each(f.overview(organisation, f.view(time))["handoffs"], "state");
  };
  CHECK(handoffs("prism", "2026-03-02") == json::array());
  CHECK(handoffs("prism", "2026-06-10") == json{"accepted"});
  CHECK(handoffs("haarlem", "2026-06-10") == json::array());
}

TEST_CASE("Overview: of a deal the terms in force and whether it is active at the instant") {
  const Partner f;
  const auto deal = [&](const std::string& time) {
    const auto line = f.overview("prism", f.view(time))["deals"][0];
    return line["terms"]["kickback_percent"].dump() + " " + line["cap_left_cents"].dump() + " " +
           line["active"].dump();
  };
  CHECK(deal("2026-03-09T23:59:59.999999Z") == "20 50000 false");
  CHECK(deal("2026-03-10") == "20 50000 true");
  CHECK(deal("2026-04-30T23:59:59.999999Z") == "20 50000 true");
  CHECK(deal("2026-05-01") == "30 80000 true");
  CHECK(deal("2026-06-30T23:59:59.999999Z") == "30 80000 true");
  CHECK(deal("2026-07-01") == "30 80000 false");
}

TEST_CASE("Overview: a deal ends with its window by itself") {
  Fixture f;
  f.at("2026-03-01");
  f.organisation("prism", "PRISM", "olga");
  f.tell("staff:sam", "GrantPartnerStatus",
         {{"organisation", "prism"}, {"contract_reference", "P-7"}});
  f.tell("person:olga", "CreateWorkspace",
         {{"workspace", "w"}, {"organisation", "prism"}, {"name", "W"}});
  f.tell("staff:sam", "SignReferralDeal",
         {{"deal", "d"},
          {"workspace", "w"},
          {"organisation", "prism"},
          {"terms",
           {{"kickback_percent", 0},
            {"discount_percent", 0},
            {"starts_at", "2026-03-01"},
            {"expires_at", "2026-04-01"}}}});
  f.at("2026-05-01");
  f.organisation("other", "OTHER", "otto");
  const auto line = [&](const std::string& time) {
    return f.overview("prism", f.view(time))["deals"][0];
  };
  CHECK(line("2026-03-31T23:59:59.999999Z")["active"] == true);
  CHECK(line("2026-04-01")["active"] == false);
  CHECK(!line("2026-03-31").contains("cap_left_cents"));  // without limit
}

// ---- readers ----

TEST_CASE("Readers: of a workspace those who can read and staff are none") {
  const Partner f;
  const auto people = [&](const std::string& time) {
    return each(f.readers("workspace:panels", f.view(time))["workspace_readers"], "person");
  };
  CHECK(people("2026-03-10") == json{"adam", "olga"});
  CHECK(people("2026-06-09T23:59:59.999999Z") == json{"adam", "olga"});
  CHECK(people("2026-06-10") == json{"hana"});
  const auto answer = f.readers("workspace:panels", f.view("2026-03-10"));
  CHECK(answer["entity"] == "workspace:panels");
  CHECK(answer["at"] == "2026-03-10T00:00:00Z");
  CHECK(answer["project_readers"] == json::array());
  CHECK(answer["staff_capability"].get<std::string>().find("staff_override") != std::string::npos);
  for (const auto& line : answer["workspace_readers"]) {
    CHECK(line["can_read"] == true);
    CHECK(!line["positions"].empty());
  }
  CHECK(answer["workspace_readers"][1]["basis"] == "owner of organisation prism");
  CHECK(f.readers("workspace:office")["workspace_readers"] == json::array());
  const auto in_project = f.readers("project:p", f.view("2026-03-10"))["project_readers"];
  CHECK(each(in_project, "person") == json{"adam", "olga"});
  CHECK(each(in_project, "role") == json{"owner", "admin"});
}

TEST_CASE("Readers: of a project of the agency program everybody who may enter on every basis") {
  Agency f;
  f.tell("person:cal", "AddCollaborator", {{"project", "port"}, {"person", "ava"}});
  f.tell("person:ava", "AddOrganisationMember",
         {{"organisation", "newco"}, {"person", "nia"}, {"role", "viewer"}});
  const auto people = [&](const std::string& project, const std::string& time) {
    return each(f.readers("project:" + project, f.view(time))["project_readers"], "person");
  };
  CHECK(people("port", "2026-03-01T23:59:59.999999Z") == json{"cal"});
  CHECK(people("port", "2026-03-02") == json{"ava", "cal", "dev"});
  CHECK(people("port", "2026-03-06") == json{"cal"});
  CHECK(people("gone", "2026-03-04") == json{"ava", "cal", "dev"});
  CHECK(people("gone", "2026-03-05") == json::array());
  f.tell("person:cal", "ApproveMandateRequest", {{"request", "r-2"}, {"mandate", "m-2"}});
  const auto now = f.readers("project:port")["project_readers"];
  REQUIRE(each(now, "person") == json{"ava", "cal", "dev"});
  CHECK(each(now[0]["bases"], "kind") == json{"mandate", "collaborator"});
  CHECK(now[0]["basis"] == "owner of organisation agnes, by mandate m-2; a collaborator seat");
  CHECK(now[0]["bases"][0]["mandate"] == "m-2");
  CHECK(now[1]["basis"] == "owner of organisation cargo");
  CHECK(now[2]["basis"] == "developer of organisation agnes, by mandate m-2");
  CHECK(each(f.readers("project:own")["project_readers"], "person") == json{"ava", "dev", "vic"});
  // Whoever may read everything of the organisation, and enters nothing.
  const auto viewer = f.readers("project:own")["project_readers"][2];
  CHECK(viewer["basis"] == "viewer of organisation agnes, who reads everything");
  CHECK(viewer["bases"].empty());
}

// ---- what is not known ----

TEST_CASE("Overviews: whom a view does not know is not found") {
  const Agency f;
  const auto now = f.ledger().now();
  const auto early = f.view("2026-03-01");
  const auto code = [](const auto& answer) {
    REQUIRE(!answer);
    CHECK(answer.error().kind == ErrorKind::invalid);
    return answer.error().code + " " + answer.error().message.substr(0, 20);
  };
  CHECK(code(f.ledger().dashboard(now, "nowhere")) == "NOT_FOUND organisation:nowhere");
  CHECK(code(f.ledger().overview(now, "nowhere")) == "NOT_FOUND organisation:nowhere");
  CHECK(code(f.ledger().dashboard(early, "newco")).starts_with("NOT_FOUND organisation:newco"));
  CHECK(code(f.ledger().overview(early, "newco")).starts_with("NOT_FOUND organisation:newco"));
  CHECK(f.ledger().overview(now, "newco").has_value());
  for (const auto* entity : {"workspace:nowhere", "project:nowhere"}) {
    CHECK(code(f.ledger().readers(now, must(Entity::parse(entity)))).starts_with("NOT_FOUND"));
  }
  const auto before = must(f.ledger().as_of(Position{1}));
  CHECK(code(f.ledger().readers(before, must(Entity::parse("project:port"))))
            .starts_with("NOT_FOUND project:port"));
}

TEST_CASE("Readers: asked for anything but a workspace or a project it is invalid") {
  const Agency f;
  for (const auto* entity : {"organisation:agnes", "person:ava", "organisation:nowhere"}) {
    const auto answer = f.ledger().readers(f.ledger().now(), must(Entity::parse(entity)));
    REQUIRE(!answer);
    CHECK(answer.error().kind == ErrorKind::invalid);
    CHECK(answer.error().code == "INVALID_ENTITY");
    CHECK(answer.error().message.find(entity) != std::string::npos);
  }
}

}  // namespace
}  // namespace actbook::testing

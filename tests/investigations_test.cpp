// What changed between two instants, what lasted, act by act, and what other rules would have
// meant.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "support/told_ledger.h"

namespace actbook::testing {
namespace {

/// PRISM (owner olga, admin adam) is a partner; adam made the external workspace panels for HAARLEM
/// (owner hana) on 03-01, and let ed in as external on 03-02. On 03-10 olga hands it off to
/// HAARLEM.
struct Panels : ToldLedger {
  Panels() {
    found_partner();
    add("olga", "prism", "adam", "admin");
    create_external("person:adam", "prism", "panels");
    at("2026-03-02");
    panels("person:adam", "InviteToWorkspace",
           {{"invite", "i-ed"}, {"person", "ed"}, {"role", "external"}});
  }
  void hand_off() {
    at("2026-03-10");
    panels("person:olga", "ProposeHandoff", {{"handoff", "h"}, {"target", "haarlem"}});
    accepted = tell("person:hana", "AcceptHandoff", {{"handoff", "h"}});
    at("2026-03-11");
  }

  [[nodiscard]] json compare(const View& from, const View& to,
                             const std::optional<Entity>& entity = {}) const {
    return json::parse(to_json(must(ledger().compare(from, to, entity))));
  }
  [[nodiscard]] json step(const Search& search) const {
    return json::parse(to_json(must(ledger().steps(now(), search))));
  }
  [[nodiscard]] json timeline(const View& view, const std::string& entity,
                              const Search& page = {}) const {
    return json::parse(to_json(must(ledger().timeline(view, must(Entity::parse(entity)), page))));
  }
  [[nodiscard]] json timeline(const std::string& entity) const { return timeline(now(), entity); }
  /// The spans of one kind, as "SUBJECT DETAIL FROM UNTIL".
  [[nodiscard]] static json spans(const json& timeline, const std::string& what) {
    json all = json::array();
    for (const auto& span : timeline.value("spans", json::array())) {
      if (span["what"] != what) continue;
      auto text = span["subject"].get<std::string>();
      if (!span.value("detail", "").empty()) text += " " + span["detail"].get<std::string>();
      text += " " + short_time(span["from"]["occurred_at"]);
      if (span.contains("until")) text += " " + short_time(span["until"]["occurred_at"]);
      all.push_back(text);
    }
    return all;
  }
  std::uint64_t accepted = 0;

 private:
  static std::string short_time(const json& time) {
    const auto text = time.get<std::string>();
    return text.substr(5, text.substr(11) == "00:00:00Z" ? 5 : 11);
  }
};

const Entity kPanels{EntityKind::workspace, "panels"};

/// The change of a row; null, if it has none.
json change(const json& changes, const std::string& table, const std::string& key) {
  for (const auto& line : changes) {
    if (line["table"] == table && line["key"] == key) return line;
  }
  return {};
}
json positions_of(const json& acts) {
  json all = json::array();
  for (const auto& act : acts) all.push_back(act["position"]);
  return all;
}

// ---- compare ----

TEST_CASE("compare: rows began and changed and ended by the acts between") {
  Panels f;
  f.hand_off();
  const auto from = f.known("2026-03-09");
  const auto answer = f.compare(from, f.now(), kPanels);
  CHECK(answer["entity"] == "workspace:panels");
  CHECK(answer["from_as_of"] == from.position().value);
  CHECK(answer["as_of"] == f.ledger().head().value);
  const auto& changes = answer["changes"];
  const auto workspace = change(changes, "WorkspaceRow", "panels");
  CHECK(workspace["what"] == "changed");
  CHECK(workspace["before"]["organisation"] == "prism");
  CHECK(workspace["after"]["organisation"] == "haarlem");
  CHECK(f.acts(workspace["positions"]) == "HandoffProposed HandoffAccepted");
  const auto adam = change(changes, "MembershipRow", "panels/adam");
  CHECK(adam["what"] == "ended");
  CHECK(adam["before"]["live"] == true);
  CHECK(adam["after"]["cause"] == "handed_off");
  CHECK(f.acts(adam["positions"]) == "MembershipEnded");
  const auto hana = change(changes, "MembershipRow", "panels/hana");
  CHECK(hana["what"] == "began");
  CHECK(!hana.contains("before"));
  CHECK(hana["after"]["role"] == "owner");
  CHECK(change(changes, "HandoffRow", "h")["what"] == "began");
  CHECK(change(changes, "ReferenceRow", "workspace/panels/person/hana").is_null());
}

TEST_CASE("compare: a change names every act that made it and all of these are listed") {
  Panels f;
  f.hand_off();
  const auto answer = f.compare(f.known("2026-03-09"), f.now(), kPanels);
  // Events of seats name the account, not the workspace.
  const auto account = change(answer["changes"], "AccountRow", "acc-panels");
  CHECK(account["before"]["seats"] == 2);
  CHECK(account["after"]["seats"] == 2);
  CHECK(f.acts(account["positions"]) == "HandoffAccepted SeatClosed SeatOpened");
  const auto acts = positions_of(answer["acts"]);
  CHECK(f.acts(acts) ==
        "HandoffProposed HandoffAccepted MembershipEnded MembershipGranted SeatClosed SeatOpened");
  for (const auto& line : answer["changes"]) {
    for (const auto& position : line["positions"]) {
      CHECK(std::ranges::find(acts, position) != acts.end());
    }
  }
}

TEST_CASE("compare: without an entity everything between is compared") {
  Panels f;
  f.hand_off();
  f.organisation("borg", "bo");
  const auto answer = f.compare(f.known("2026-03-09"), f.now());
  CHECK(!answer.contains("entity"));
  CHECK(change(answer["changes"], "SeatRow", "acc-panels/adam")["what"] == "ended");
  CHECK(change(answer["changes"], "OrganisationRow", "borg")["what"] == "began");
  const auto account = change(answer["changes"], "AccountRow", "acc-panels");
  CHECK(f.acts(account["positions"]) == "HandoffAccepted SeatClosed SeatOpened");
  CHECK(answer["acts"].size() == f.ledger().head().value - f.known("2026-03-09").position().value);
  // Of an entity that nothing between touched, nothing changed.
  const auto other = f.compare(f.known("2026-03-09"), f.now(), Entity{EntityKind::person, "ed"});
  CHECK(other.value("changes", json::array()).empty());
  CHECK(other.value("acts", json::array()).empty());
}

TEST_CASE("compare: what went and came back has not changed") {
  Panels f;
  f.at("2026-03-05");
  f.panels("person:adam", "RenameWorkspace", {{"name", "Panels"}});
  f.at("2026-03-06");
  f.panels("person:adam", "RenameWorkspace", {{"name", "panels"}});
  const auto whole = f.compare(f.known("2026-03-04"), f.now(), kPanels);
  CHECK(whole.value("changes", json::array()).empty());
  CHECK(whole["acts"].size() == 2);
  const auto half = f.compare(f.known("2026-03-04"), f.known("2026-03-05"), kPanels);
  CHECK(half["changes"].size() == 1);
  CHECK(half["changes"][0]["after"]["name"] == "Panels");
}

TEST_CASE("compare: what was true differs by what had happened then") {
  Panels f;
  f.at("2026-03-20");
  const auto removed =
      f.panels("person:adam", "RemoveMember", {{"person", "ed"}}, fact("2026-03-08"));
  f.tell("staff:sam", "SetTier", {{"account", "acc-panels"}, {"tier", "innovator"}});
  // The ledger knew nothing of it between.
  const auto known = f.compare(f.known("2026-03-07"), f.known("2026-03-09"), kPanels);
  CHECK(known.value("acts", json::array()).empty());
  const auto truly = f.compare(f.true_at("2026-03-07"), f.true_at("2026-03-09"), kPanels);
  CHECK(truly["true_at"] == "2026-03-09T00:00:00Z");
  const auto ed = change(truly["changes"], "MembershipRow", "panels/ed");
  CHECK(ed["what"] == "ended");
  CHECK(ed["positions"] == json{removed});
  // With the seat that it closed, and without what was true later.
  CHECK(f.acts(positions_of(truly["acts"])) == "MembershipEnded");
  const auto all = f.compare(f.true_at("2026-03-07"), f.true_at("2026-03-09"));
  CHECK(f.acts(positions_of(all["acts"])) == "MembershipEnded SeatClosed");
  const auto seats = change(all["changes"], "AccountRow", "acc-panels");
  CHECK(f.acts(seats["positions"]) == "SeatClosed");
  CHECK(seats["before"]["seats"] == 2);
  CHECK(seats["after"]["seats"] == 1);
}

TEST_CASE("compare: only from the earlier to the later on one axis of what is known") {
  Panels f;
  f.hand_off();
  const auto code = [&](const View& from, const View& to, const std::optional<Entity>& entity) {
    const auto answer = f.ledger().compare(from, to, entity);
    return answer ? std::string() : answer.error().code;
  };
  const auto before = f.known("2026-03-05");
  CHECK(code(before, f.now(), kPanels).empty());
  CHECK(code(f.now(), before, kPanels) == "NOT_COMPARABLE");
  CHECK(code(f.true_at("2026-03-09"), f.true_at("2026-03-05"), kPanels) == "NOT_COMPARABLE");
  CHECK(code(f.true_at("2026-03-05"), f.now(), kPanels) == "NOT_COMPARABLE");
  CHECK(code(before, f.now(), Entity{EntityKind::workspace, "pannels"}) == "NOT_FOUND");
  CHECK(code(before, before, kPanels).empty());
}

// ---- step ----

TEST_CASE("step: each act has the rows it changed before and after itself") {
  Panels f;
  f.hand_off();
  auto search = with_tags({"workspace:panels"});
  search.after = Position{f.accepted - 1};
  search.limit = 2;
  const auto steps = f.step(search);
  REQUIRE(steps["lines"].size() == 2);
  const auto& accepted = steps["lines"][0];
  CHECK(accepted["act"]["position"] == f.accepted);
  const auto workspace = change(accepted["changes"], "WorkspaceRow", "panels");
  CHECK(workspace["what"] == "changed");
  CHECK(workspace["before"]["pending_handoff"] == "h");
  CHECK(workspace["after"]["organisation"] == "haarlem");
  CHECK(workspace["positions"] == json{f.accepted});
  // Adam's place ends by an act of its own, of the same batch.
  CHECK(change(accepted["changes"], "MembershipRow", "panels/adam").is_null());
  const auto& ended = steps["lines"][1];
  const auto adam = change(ended["changes"], "MembershipRow", "panels/adam");
  CHECK(adam["what"] == "ended");
  CHECK(adam["before"]["live"] == true);
  CHECK(ended["changes"].size() == 1);
}

TEST_CASE("step: pages go on where the last one ended and lose nothing") {
  Panels f;
  f.hand_off();
  f.panels("import:app", "RecordAccess", {{"person", "hana"}, {"what", "audio"}},
           fact("2026-03-10"));
  auto search = with_tags({"workspace:panels"});
  const auto whole = f.step(search);
  CHECK(!whole.contains("next"));
  // A read changes no row.
  CHECK(whole["lines"].back().value("changes", json::array()).empty());
  json lines = json::array();
  search.limit = 3;
  for (bool more = true; more;) {
    const auto page = f.step(search);
    CHECK(page["lines"].size() <= 3);
    for (const auto& line : page["lines"]) lines.push_back(line);
    more = page.contains("next");
    if (more) search.after = Position{page["next"].get<std::uint64_t>()};
  }
  CHECK(lines == whole["lines"]);
}

TEST_CASE("step: only in the order in which the ledger saw it and of what is known") {
  Panels f;
  const auto answer = f.ledger().steps(f.true_at("2026-03-05"), with_tags({"workspace:panels"}));
  REQUIRE(!answer);
  CHECK(answer.error().code == "NOT_COMPARABLE");
  const auto unknown = f.ledger().steps(f.now(), with_tags({"workspace:pannels"}));
  REQUIRE(!unknown);
  CHECK(unknown.error().code == "NOT_FOUND");
}

// ---- timeline ----

TEST_CASE("timeline: of a workspace all that lasted there") {
  Panels f;
  f.hand_off();
  const auto answer = f.timeline("workspace:panels");
  CHECK(answer["entity"] == "workspace:panels");
  CHECK(Panels::spans(answer, "owner") == json{"prism 03-01 03-10", "haarlem 03-10"});
  CHECK(Panels::spans(answer, "account") == json{"acc-panels 03-01"});
  CHECK(Panels::spans(answer, "administrator") ==
        json{"olga 03-01 03-10", "adam 03-01 03-10", "hana 03-10"});
  CHECK(Panels::spans(answer, "role") ==
        json{"adam owner 03-01 03-10", "ed external 03-02", "hana owner 03-10"});
  CHECK(Panels::spans(answer, "agreement") == json{"workspace:panels dpa version 1 03-01"});
  CHECK(Panels::spans(answer, "handoff") == json{"workspace:panels to haarlem 03-10 03-10"});
  CHECK(Panels::spans(f.timeline(f.known("2026-03-05"), "workspace:panels"), "owner") ==
        json{"prism 03-01"});
}

TEST_CASE("timeline: of people and accounts and organisations what was theirs") {
  Panels f;
  f.hand_off();
  const auto adam = f.timeline("person:adam");
  CHECK(Panels::spans(adam, "role") ==
        json{"organisation:prism admin 03-01", "workspace:panels owner 03-01 03-10"});
  CHECK(Panels::spans(adam, "seat") == json{"account:acc-panels 03-01 03-10"});
  // What he did to others is among the acts, not among what was his.
  CHECK(f.acts(positions_of(adam["acts"])).find("SeatOpened MembershipGranted SeatOpened") !=
        std::string::npos);
  const auto account = f.timeline("account:acc-panels");
  CHECK(Panels::spans(account, "seat") == json{"adam 03-01 03-10", "ed 03-02", "hana 03-10"});
  CHECK(Panels::spans(f.timeline("organisation:prism"), "partner") ==
        json{"organisation:prism workspace 03-01"});
  CHECK(Panels::spans(f.timeline("handoff:h"), "handoff") ==
        json{"workspace:panels to haarlem 03-10 03-10"});
}

TEST_CASE("timeline: a support session is over when it has run out") {
  Panels f;
  f.at("2026-03-05T10:00Z");
  f.panels("person:adam", "OpenSupportDoor");
  f.panels("staff:sue", "JoinSupport");
  f.at("2026-03-05T18:00Z");
  const auto extended = f.panels("staff:sue", "JoinSupport");
  f.hand_off();
  const auto sue = f.timeline("person:sue");
  const json ran_out = {"workspace:panels admin 03-05T10:00 03-06T18:00"};
  CHECK(Panels::spans(sue, "role") == ran_out);
  // By the act that said until when.
  CHECK(sue["spans"][0]["until"]["position"] == extended);
  CHECK(sue["spans"][0]["until"]["recorded_at"] == "2026-03-06T18:00:00Z");
  CHECK(sue["spans"][0]["until"]["actor"]["id"] == "sue");
  const auto role_in_panels = Panels::spans(f.timeline("workspace:panels"), "role");
  CHECK(role_in_panels[2] == "sue admin 03-05T10:00 03-06T18:00");
  // Not before the instant itself; and without the extension it was over a day after it began.
  const json lasts = {"workspace:panels admin 03-05T10:00"};
  CHECK(Panels::spans(f.timeline(f.known("2026-03-06T17:59:59Z"), "person:sue"), "role") == lasts);
  CHECK(Panels::spans(f.timeline(f.known("2026-03-06T18:00:00Z"), "person:sue"), "role") ==
        ran_out);
}

TEST_CASE("timeline: a page is of the acts and who is unknown has none") {
  Panels f;
  f.hand_off();
  Search page;
  page.recorded.from = time_of("2026-03-10");
  page.limit = 1;
  const auto answer = f.timeline(f.now(), "workspace:panels", page);
  CHECK(f.acts(positions_of(answer["acts"])) == "HandoffProposed");
  CHECK(answer.contains("next"));
  CHECK(Panels::spans(answer, "owner").size() == 2);
  const auto unknown = f.ledger().timeline(f.now(), {EntityKind::workspace, "pannels"});
  REQUIRE(!unknown);
  CHECK(unknown.error().code == "NOT_FOUND");
}

// ---- what if ----

Supposition without(schema::RoleScope scope, const std::string& role,
                    const std::string& permission) {
  return {{{scope, role, permission, false}}, {}};
}
Supposition with(schema::RoleScope scope, const std::string& role, const std::string& permission) {
  return {{{scope, role, permission, true}}, {}};
}

struct Supposed : Panels {
  [[nodiscard]] json what_if(const Supposition& supposition,
                             const std::optional<Entity>& scope = {}) const {
    return json::parse(to_json(must(ledger().what_if(now(), supposition, scope))));
  }
  [[nodiscard]] Error refused(const Supposition& supposition,
                              const std::optional<Entity>& scope = {}) const {
    const auto answer = ledger().what_if(now(), supposition, scope);
    REQUIRE(!answer);
    return answer.error();
  }
};

TEST_CASE("what-if: a role without a permission takes what rested on it") {
  Supposed f;
  f.panels("import:app", "RecordAccess", {{"person", "ed"}, {"what", "audio"}}, fact("2026-03-02"));
  f.panels("import:app", "RecordAccess", {{"person", "adam"}, {"what", "audio"}},
           fact("2026-03-02"));
  const auto supposition = without(schema::RoleScope::workspace, "external", "conversation.read");
  const auto answer = f.what_if(supposition, kPanels);
  CHECK(answer["supposed"] == json{"workspace role external has not conversation.read"});
  CHECK(answer["accesses_compared"] == 3);  // adam, ed, olga
  REQUIRE(answer["accesses"].size() == 1);
  const auto& ed = answer["accesses"][0];
  CHECK(ed["person"] == "ed");
  CHECK(ed["entity"] == "workspace:panels");
  CHECK(ed["role"] == "external");
  CHECK(ed["can_read"] == true);
  CHECK(ed["other_role"] == "external");
  CHECK(ed["other_can_read"] == false);
  CHECK(f.acts(ed["positions"]) == "MembershipGranted");
  CHECK(ed["other_positions"] == ed["positions"]);
  CHECK(answer["reads_compared"] == 2);
  REQUIRE(answer["reads"].size() == 1);
  CHECK(answer["reads"][0]["person"] == "ed");
  CHECK(answer["reads"][0]["can_read"] == true);
  CHECK(answer["reads"][0]["other_can_read"] == false);
  CHECK(answer["reads"][0]["positions"] == ed["positions"]);
  CHECK(answer["reads"][0]["other_positions"] == ed["positions"]);
  // It was asked, not done.
  CHECK(f.what_if(supposition, kPanels) == answer);
}

TEST_CASE("what-if: a role with a permission and a person as the scope") {
  Supposed f;
  f.panels("person:adam", "ChangeWorkspaceRole", {{"person", "ed"}, {"role", "observer"}});
  f.panels("import:app", "RecordAccess", {{"person", "ed"}, {"what", "audio"}}, fact("2026-03-02"));
  f.tell("staff:sam", "DefineRole",
         {{"scope", "workspace"}, {"role", "observer"}, {"permissions", {"project.read"}}});
  const auto given = with(schema::RoleScope::workspace, "observer", "conversation.read");
  const auto answer = f.what_if(given, Entity{EntityKind::person, "ed"});
  CHECK(answer["accesses_compared"] == 1);
  REQUIRE(answer["accesses"].size() == 1);
  CHECK(answer["accesses"][0]["can_read"] == false);
  CHECK(answer["accesses"][0]["other_can_read"] == true);
  CHECK(f.what_if(given, Entity{EntityKind::person, "olga"})["accesses_compared"] == 1);
  // What the role had once may be taken: reads are judged by the definition of their time.
  const auto taken =
      f.what_if(without(schema::RoleScope::workspace, "observer", "conversation.read"));
  CHECK(taken["accesses"].empty());
  CHECK(taken["reads"].size() == 1);
}

TEST_CASE("what-if: without a rule those whom it let in are out") {
  Supposed f;
  Supposition supposition;
  supposition.rules.owners_enter = false;
  const auto answer = f.what_if(supposition, Entity{EntityKind::organisation, "prism"});
  REQUIRE(answer["accesses"].size() == 1);
  CHECK(answer["accesses"][0]["person"] == "olga");
  CHECK(answer["accesses"][0]["role"] == "admin");
  CHECK(answer["accesses"][0]["basis"] == "owner of organisation prism");
  CHECK(f.acts(answer["accesses"][0]["positions"]) == "OrganisationMemberAdded WorkspaceCreated");
  CHECK(!answer["accesses"][0].contains("other_role"));
  CHECK(answer["accesses"][0].value("other_positions", json::array()).empty());
}

TEST_CASE("what-if: without blocks whoever was removed is in by what the organisation gives") {
  Supposed f;
  f.add("olga", "prism", "bea", "admin");
  f.panels("person:bea", "SelfJoin");
  f.panels("person:adam", "RemoveMember", {{"person", "bea"}});
  f.panels("import:app", "RecordAccess", {{"person", "bea"}, {"what", "audio"}},
           fact("2026-03-02"));
  Supposition supposition;
  supposition.rules.blocks_hold = false;
  const auto answer = f.what_if(supposition, kPanels);
  REQUIRE(answer["accesses"].size() == 1);
  REQUIRE(answer["reads"].size() == 1);
  for (const auto& bea : {answer["accesses"][0], answer["reads"][0]}) {
    CHECK(bea["person"] == "bea");
    CHECK(bea["basis"] == "removed from the workspace");
    CHECK(f.acts(bea["positions"]) == "MembershipEnded");
    CHECK(bea["other_can_read"] == true);
    CHECK(f.acts(bea["other_positions"]) == "WorkspaceCreated OrganisationMemberAdded");
  }
}

TEST_CASE("what-if: names that nothing has are refused with those there are") {
  using schema::RoleScope;
  Supposed f;
  const auto role = f.refused(without(RoleScope::organisation, "amdin", "org.view"));
  CHECK(role.code == "ROLE_UNKNOWN");
  CHECK(role.message.find("organisation/admin, organisation/billing") != std::string::npos);
  CHECK(role.message.find("workspace/observer") != std::string::npos);
  const auto taken = f.refused(without(RoleScope::organisation, "viewer", "nonsense"));
  CHECK(taken.code == "PERMISSION_UNKNOWN");
  CHECK(taken.message ==
        "organisation/viewer has no permission \"nonsense\"; it has org.read_everything, org.view, "
        "org.view_invoices");
  // It is one of another role's.
  CHECK(f.refused(without(RoleScope::organisation, "viewer", "project.enter_all")).code ==
        "PERMISSION_UNKNOWN");
  CHECK(
      f.what_if(with(RoleScope::organisation, "viewer", "project.enter_all")).contains("supposed"));
  const auto given = f.refused(with(RoleScope::organisation, "viewer", "conversation.read"));
  CHECK(given.code == "PERMISSION_UNKNOWN");
  CHECK(given.message.find("mandate.manage, org.create_workspace") != std::string::npos);
}

TEST_CASE("what-if: something has to be supposed of what is known") {
  Supposed f;
  CHECK(f.refused({}).code == "NOTHING_SUPPOSED");
  Supposition supposition;
  supposition.rules.blocks_hold = false;
  CHECK(f.refused(supposition, Entity{EntityKind::workspace, "pannels"}).code == "NOT_FOUND");
  CHECK(f.refused(supposition, Entity{EntityKind::handoff, "h"}).code == "INVALID_ENTITY");
}

}  // namespace
}  // namespace actbook::testing

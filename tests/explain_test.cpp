// Why a person could, or could not, read or enter (domain.md 3.3): every rung, and what it rests
// on.
#include <cstdint>
#include <string>

#include "support/told_ledger.h"

namespace actbook::testing {
namespace {

struct Explained : ToldLedger {
  [[nodiscard]] json explain(const View& view, const std::string& person,
                             const std::string& entity) const {
    return json::parse(
        to_json(must(ledger().explain_access(view, person, must(Entity::parse(entity))))));
  }
  [[nodiscard]] std::string chain(const json& explanation) const {
    json positions = json::array();
    for (const auto& line : explanation["chain"]) positions.push_back(line["position"]);
    return acts(positions);
  }
  /// A rung as "yes: SENTENCE (EVENTS)"; empty, if it is not there.
  [[nodiscard]] std::string rung(const json& explanation, const std::string& name) const {
    for (const auto& line : explanation["rungs"]) {
      if (line["rung"] != name) continue;
      std::string text = line.value("holds", false) ? "yes: " : "no: ";
      text += line["sentence"].get<std::string>();
      return text + " (" + acts(line.value("positions", json::array())) + ")";
    }
    return {};
  }
  [[nodiscard]] static std::string names(const json& explanation) {
    std::string all;
    for (const auto& line : explanation["rungs"]) {
      all.append(all.empty() ? "" : " | ").append(line["rung"].get<std::string>());
    }
    return all;
  }
};

/// PRISM (owner olga, admins adam and bea, member milo) is a partner; adam made the external
/// workspace panels for HAARLEM (owner hana) on 03-01.
struct Panels : Explained {
  Panels() {
    found_partner();
    add("olga", "prism", "adam", "admin");
    add("olga", "prism", "bea", "admin");
    add("olga", "prism", "milo", "member");
    create_external("person:adam", "prism", "panels");
    at("2026-03-02");
  }
  std::uint64_t invite(const std::string& person, const std::string& role) {
    return panels("person:adam", "InviteToWorkspace",
                  {{"invite", "i-" + person}, {"person", person}, {"role", role}});
  }
  [[nodiscard]] json why(const View& view, const std::string& person) const {
    return explain(view, person, "workspace:panels");
  }
  [[nodiscard]] json why(const std::string& person) const { return why(now(), person); }
};

TEST_CASE("explain: a membership lets in by the act that gave it and that which gave the role") {
  Panels f;
  const auto adam = f.why("adam");
  CHECK(adam["verdict"] ==
        "adam could read workspace panels, in which they were owner: direct membership as owner");
  CHECK(adam["can_read"] == true);
  CHECK(adam["entity"] == "workspace:panels");
  CHECK(adam["as_of"] == f.ledger().head().value);
  CHECK(Panels::names(adam) == "membership | permission");
  CHECK(f.rung(adam, "membership") ==
        "yes: adam was owner by a direct membership that began on 2026-03-01T00:00:00Z by adam "
        "(MembershipGranted)");
  CHECK(f.rung(adam, "permission") ==
        "yes: the role owner has conversation.read, as the role was defined then (RoleDefined)");
  CHECK(f.chain(adam) == "RoleDefined OrganisationMemberAdded WorkspaceCreated MembershipGranted");

  f.invite("ed", "observer");
  f.panels("person:adam", "ChangeWorkspaceRole", {{"person", "ed"}, {"role", "external"}});
  CHECK(f.rung(f.why("ed"), "membership") ==
        "yes: ed was external by a direct membership that began on 2026-03-02T00:00:00Z by adam "
        "(MembershipGranted MembershipRoleChanged)");
}

TEST_CASE("explain: whoever came by an invite has it in the chain") {
  Panels f;
  f.panels("person:adam", "InviteToWorkspace",
           {{"invite", "i"}, {"email", "nora@example.org"}, {"role", "observer"}});
  f.at("2026-03-03");
  f.tell("person:nora", "AcceptInvite",
         {{"invite", "i"}, {"person", "nora"}, {"email", "nora@example.org"}});
  const auto nora = f.why("nora");
  CHECK(nora["can_read"] == true);
  CHECK(f.chain(nora) ==
        "RoleDefined WorkspaceCreated InviteIssued InviteAccepted MembershipGranted");
}

TEST_CASE("explain: a role lets read by its definition at the time") {
  Panels f;
  f.invite("ed", "observer");
  const auto before = f.now();
  f.at("2026-03-05");
  const auto defined =
      f.tell("staff:sam", "DefineRole",
             {{"scope", "workspace"}, {"role", "observer"}, {"permissions", {"project.read"}}});
  const auto ed = f.why("ed");
  CHECK(ed["can_read"] == false);
  CHECK(f.rung(ed, "permission") ==
        "no: the role observer has not conversation.read, as the role was defined then "
        "(RoleDefined)");
  CHECK(ed["rungs"][1]["positions"] == json{defined});
  CHECK(f.why(before, "ed")["can_read"] == true);
}

TEST_CASE("explain: a membership that ended names both acts and the next rung is asked") {
  Panels f;
  f.invite("ed", "external");
  f.at("2026-03-05");
  f.panels("person:adam", "RemoveMember", {{"person", "ed"}});
  const auto ed = f.why("ed");
  CHECK(ed["verdict"] == "ed could not read workspace panels: no rung of the ladder held");
  CHECK(Panels::names(ed) == "membership | organisation role");
  CHECK(f.rung(ed, "membership") ==
        "no: the membership of ed had ended on 2026-03-05T00:00:00Z by adam (removed) "
        "(MembershipGranted MembershipEnded)");
  CHECK(f.rung(ed, "organisation role") ==
        "no: ed had no role in organisation prism, which owned it (WorkspaceCreated)");
}

TEST_CASE("explain: what an organisation role gives depends on the visibility") {
  Panels f;
  CHECK(f.rung(f.why("olga"), "organisation role") ==
        "yes: olga was owner of organisation prism, whose owners enter each of its workspaces as "
        "admin (OrganisationMemberAdded WorkspaceCreated)");
  CHECK(f.rung(f.why("olga"), "membership") ==
        "no: olga had never been a member of the workspace ()");
  CHECK(f.rung(f.why("milo"), "organisation role") ==
        "no: milo was member of organisation prism, a role that enters no workspace by itself "
        "(OrganisationMemberAdded WorkspaceCreated)");
  CHECK(f.rung(f.why("bea"), "organisation role") ==
        "yes: bea was admin of organisation prism, to which the workspace was open: its admins "
        "enter as admin (OrganisationMemberAdded WorkspaceCreated)");
  f.tell("staff:sam", "SetTier", {{"account", "acc-panels"}, {"tier", "innovator"}});
  f.panels("person:adam", "ChangeVisibility", {{"visibility", "private"}});
  const auto bea = f.why("bea");
  CHECK(bea["can_read"] == false);
  CHECK(f.rung(bea, "organisation role") ==
        "no: bea was admin of organisation prism, but the workspace was private, so its admins did "
        "not enter (OrganisationMemberAdded WorkspaceCreated VisibilityChanged)");
  CHECK(f.chain(bea).find("VisibilityChanged") != std::string::npos);
  // Of an owner it does not matter, and nothing rests on it.
  CHECK(f.acts(f.why("olga")["rungs"][1]["positions"]) ==
        "OrganisationMemberAdded WorkspaceCreated");
  CHECK(f.why("olga")["can_read"] == true);
}

TEST_CASE("explain: an organisation role that ended says when and by whom") {
  Panels f;
  f.at("2026-03-05");
  f.tell("person:olga", "RemoveOrganisationMember", {{"organisation", "prism"}, {"person", "bea"}});
  CHECK(f.rung(f.why("bea"), "organisation role") ==
        "no: the role of bea in organisation prism, which owned it, had ended on "
        "2026-03-05T00:00:00Z by olga (WorkspaceCreated OrganisationMemberRemoved)");
}

TEST_CASE("explain: a block holds while the organisation owns the workspace") {
  Panels f;
  f.panels("person:bea", "SelfJoin");
  f.at("2026-03-05");
  f.panels("person:adam", "RemoveMember", {{"person", "bea"}});
  const auto bea = f.why("bea");
  CHECK(bea["can_read"] == false);
  CHECK(Panels::names(bea) == "membership | block");
  CHECK(f.rung(bea, "block") ==
        "yes: bea was removed while in organisation prism, so its roles let nobody of that name in "
        "until a new grant (WorkspaceCreated MembershipEnded)");
  f.panels("person:olga", "ProposeHandoff", {{"handoff", "h"}, {"target", "haarlem"}});
  f.tell("person:hana", "AcceptHandoff", {{"handoff", "h"}});
  const auto then = f.why("bea");
  CHECK(Panels::names(then) == "membership | block | organisation role");
  CHECK(f.rung(then, "block") ==
        "no: a block by organisation prism means nothing while another owns the workspace "
        "(MembershipEnded HandoffAccepted)");
  CHECK(f.rung(then, "organisation role") ==
        "no: bea had no role in organisation haarlem, which owned it (HandoffAccepted)");
}

TEST_CASE("explain: a workspace that was deleted lets nobody in") {
  Panels f;
  f.at("2026-03-05");
  f.panels("person:adam", "DeleteWorkspace");
  const auto olga = f.why("olga");
  CHECK(olga["can_read"] == false);
  CHECK(Panels::names(olga) == "the workspace");
  CHECK(f.rung(olga, "the workspace") ==
        "no: it was deleted on 2026-03-05T00:00:00Z by adam (WorkspaceDeleted)");
}

TEST_CASE("explain: a support session names the act that said until when") {
  Panels f;
  f.at("2026-03-05T10:00Z");
  f.panels("person:adam", "OpenSupportDoor");
  f.panels("staff:sue", "JoinSupport");
  f.at("2026-03-05T18:00Z");
  const auto extended = f.panels("staff:sue", "JoinSupport");
  const auto during = f.why("sue");
  CHECK(f.chain(during).find("SupportDoorOpened MembershipGranted") != std::string::npos);
  CHECK(during["can_read"] == true);
  CHECK(f.rung(during, "membership") ==
        "yes: sue was admin by a staff support membership that began on 2026-03-05T10:00:00Z by "
        "sue (MembershipGranted SupportExtended)");
  f.at("2026-03-06T18:00Z");
  f.add("olga", "prism", "nia", "member");
  const auto after = f.why("sue");
  CHECK(after["can_read"] == false);
  CHECK(f.rung(after, "membership") ==
        "no: the support session of sue had run out on 2026-03-06T18:00:00Z (MembershipGranted "
        "SupportExtended)");
  CHECK(after["rungs"][0]["positions"].back() == extended);
}

TEST_CASE("explain: who was let in on request has the request and its approval in the chain") {
  Panels f;
  f.panels("staff:sue", "RequestSupport", {{"request", "sr"}});
  f.tell("person:adam", "ApproveSupport", {{"request", "sr"}});
  const auto sue = f.why("sue");
  CHECK(sue["can_read"] == true);
  CHECK(f.chain(sue).find("SupportRequested SupportApproved MembershipGranted") !=
        std::string::npos);
}

TEST_CASE("explain: that staff could technically read is said apart from the ladder") {
  Panels f;
  const std::string note =
      "Our staff could technically read at any time; what they read outside a support session is "
      "recorded with the basis staff_override.";
  // Known as staff by what he did; and the note is that of a list of readers.
  f.tell("staff:sam", "RegisterPerson", {{"person", "sam"}});
  const auto sam = f.why("sam");
  CHECK(sam["can_read"] == false);
  CHECK(Panels::names(sam) == "membership | organisation role | staff");
  CHECK(f.rung(sam, "staff") ==
        "no: sam was known as staff. " + note + " (OrganisationRegistered)");
  CHECK(f.chain(sam) == "WorkspaceCreated");
  const auto readers =
      must(f.ledger().readers(f.now(), {EntityKind::workspace, "panels"})).staff_capability;
  CHECK(readers == note);
  // Known as staff by what another product said alone.
  f.at("2026-03-05");
  f.panels("import:app", "RecordAccess", {{"person", "tess"}, {"what", "audio"}, {"staff", true}},
           fact("2026-03-04"));
  CHECK(f.rung(f.why("tess"), "staff") ==
        "no: tess was known as staff. " + note + " (AccessRecorded)");
  // Not of staff, though their read was recorded, too.
  f.panels("import:app", "RecordAccess", {{"person", "adam"}, {"what", "audio"}},
           fact("2026-03-04"));
  CHECK(f.rung(f.why("adam"), "staff").empty());
}

TEST_CASE("explain: what was true is another thing than what was known") {
  Panels f;
  f.invite("ed", "external");
  f.at("2026-03-20");
  f.panels("person:adam", "RemoveMember", {{"person", "ed"}}, fact("2026-03-10"));
  CHECK(f.why(f.known("2026-03-15"), "ed")["can_read"] == true);
  const auto truly = f.why(f.true_at("2026-03-15"), "ed");
  CHECK(truly["can_read"] == false);
  CHECK(truly["true_at"] == "2026-03-15T00:00:00Z");
  CHECK(f.rung(truly, "membership") ==
        "no: the membership of ed had ended on 2026-03-10T00:00:00Z by adam (removed) "
        "(MembershipGranted MembershipEnded)");
}

TEST_CASE("explain: only who and what is known and only where there is something to enter") {
  Panels f;
  const auto code = [&](const std::string& person, const std::string& entity) {
    const auto answer = f.ledger().explain_access(f.now(), person, must(Entity::parse(entity)));
    return answer ? std::string() : answer.error().code;
  };
  CHECK(code("adam", "workspace:panels").empty());
  CHECK(code("adm", "workspace:panels") == "NOT_FOUND");
  CHECK(code("adam", "workspace:pannels") == "NOT_FOUND");
  CHECK(code("adam", "project:panels") == "NOT_FOUND");
  CHECK(code("adam", "organisation:prism") == "INVALID_ENTITY");
}

// ---- projects ----

/// CARGO (owner cal, viewer val) has the project site; the agency AGNES (owner ava, developer dev,
/// viewer vic) holds its mandate m since 03-02, as does BORG (owner bo) m-2.
struct Site : Explained {
  Site() {
    at("2026-03-01");
    for (const auto* who : {"agnes ava", "borg bo", "cargo cal"}) {
      const std::string text = who;
      organisation(text.substr(0, text.find(' ')), text.substr(text.find(' ') + 1));
    }
    for (const auto* agency : {"agnes", "borg"}) {
      tell("staff:sam", "EnrollAgency", {{"organisation", agency}, {"deadline", "2026-06-30"}});
    }
    add("ava", "agnes", "dev", "developer");
    add("ava", "agnes", "vic", "viewer");
    add("cal", "cargo", "val", "viewer");
    tell("person:cal", "CreateProject",
         {{"project", "site"}, {"organisation", "cargo"}, {"name", "Site"}});
    at("2026-03-02");
    give_mandate("person:ava", "agnes", "m");
    give_mandate("person:bo", "borg", "m-2");
    at("2026-03-03");
  }
  void give_mandate(const std::string& who, const std::string& agency, const std::string& mandate) {
    tell(who, "RequestMandate",
         {{"request", "r-" + mandate}, {"agency", agency}, {"client", "cargo"}});
    tell("person:cal", "ApproveMandateRequest",
         {{"request", "r-" + mandate}, {"mandate", mandate}});
  }
  [[nodiscard]] json why(const std::string& person) const {
    return explain(now(), person, "project:site");
  }
};

TEST_CASE("explain: a mandate lets in by itself and the role in the agency") {
  Site f;
  const auto dev = f.why("dev");
  CHECK(dev["verdict"] ==
        "dev could enter project site: developer of organisation agnes, by mandate m");
  CHECK(Site::names(dev) == "organisation | mandate | mandate | collaborator");
  CHECK(f.rung(dev, "mandate") ==
        "yes: dev was developer of agency agnes, which had mandate m; the role enters every "
        "project (RoleDefined OrganisationMemberAdded MandateGranted)");
  CHECK(dev["rungs"][2]["sentence"] == "dev had no role in agency borg, which had mandate m-2");
  CHECK(f.acts(dev["rungs"][2]["positions"]) == "MandateGranted");
  CHECK(f.rung(dev, "organisation") ==
        "no: dev had no role in organisation cargo, which owned it (ProjectCreated)");
  // What an audit of access says rests on the mandate, too.
  const auto access = json::parse(to_json(must(f.ledger().access_of(f.now(), "dev"))));
  CHECK(f.acts(access["projects"][0]["positions"]) == "MandateGranted OrganisationMemberAdded");
  CHECK(f.rung(f.why("vic"), "mandate") ==
        "no: vic was viewer of agency agnes, which had mandate m; the role enters no project by "
        "itself (RoleDefined OrganisationMemberAdded MandateGranted)");
}

TEST_CASE("explain: a mandate that ended is said to whom it had let in") {
  Site f;
  f.at("2026-03-10");
  f.tell("person:cal", "CancelMandate", {{"mandate", "m"}});
  const auto dev = f.why("dev");
  CHECK(dev["verdict"] == "dev could not enter project site: nothing gave the right");
  CHECK(f.rung(dev, "mandate") ==
        "no: mandate m of agency agnes had ended on 2026-03-10T00:00:00Z by cal; dev was developer "
        "there (OrganisationMemberAdded MandateGranted MandateCancelled)");
  // Who never was one of the agency's hears of the mandates there are.
  CHECK(Site::names(f.why("val")) == "organisation | mandate | collaborator");
  f.at("2026-03-12");
  f.tell("person:ava", "RemoveOrganisationMember", {{"organisation", "agnes"}, {"person", "dev"}});
  CHECK(f.rung(f.why("dev"), "mandate") ==
        "no: mandate m of agency agnes had ended on 2026-03-10T00:00:00Z by cal; the role of dev "
        "there had ended, too, on 2026-03-12T00:00:00Z by ava (OrganisationMemberAdded "
        "MandateGranted MandateCancelled OrganisationMemberRemoved)");
}

TEST_CASE("explain: the owning organisation lets its people in or only read") {
  Site f;
  const auto cal = f.why("cal");
  CHECK(f.rung(cal, "organisation") ==
        "yes: cal was owner of organisation cargo, which owned it; the role enters every project "
        "(RoleDefined OrganisationMemberAdded ProjectCreated)");
  const auto val = f.why("val");
  CHECK(val["can_read"] == true);
  CHECK(val["verdict"] ==
        "val could read, but not enter, project site: viewer of organisation cargo, who reads "
        "everything");
  CHECK(f.rung(val, "organisation") ==
        "yes: val was viewer of organisation cargo, which owned it; the role reads everything, but "
        "enters no project (RoleDefined OrganisationMemberAdded ProjectCreated)");
}

TEST_CASE("explain: a seat inside a project lets in until it ends") {
  Site f;
  f.tell("person:cal", "AddCollaborator", {{"project", "site"}, {"person", "kim"}});
  CHECK(f.rung(f.why("kim"), "collaborator") ==
        "yes: kim had a seat inside the project since it was given on 2026-03-03T00:00:00Z by cal "
        "(CollaboratorAdded)");
  CHECK(f.why("kim")["can_read"] == true);
  f.at("2026-03-04");
  f.tell("person:cal", "RemoveCollaborator", {{"project", "site"}, {"person", "kim"}});
  const auto kim = f.why("kim");
  CHECK(kim["can_read"] == false);
  CHECK(f.rung(kim, "collaborator") ==
        "no: the seat of kim had ended on 2026-03-04T00:00:00Z by cal (CollaboratorAdded "
        "CollaboratorRemoved)");
}

TEST_CASE("explain: a personal account lets in whose it is and a deleted project nobody") {
  Site f;
  f.tell("person:solo", "RegisterPersonalAccount",
         {{"personal_account", "login"}, {"person", "solo"}});
  f.tell("person:solo", "CreateProject",
         {{"project", "blog"}, {"personal_account", "login"}, {"name", "Blog"}});
  const auto solo = f.explain(f.now(), "solo", "project:blog");
  CHECK(solo["can_read"] == true);
  CHECK(Site::names(solo) == "collaborator | personal account");
  CHECK(f.rung(solo, "personal account") ==
        "yes: it belonged to the personal account of solo (ProjectCreated)");
  CHECK(f.rung(f.explain(f.now(), "cal", "project:blog"), "personal account") ==
        "no: it belonged to the personal account of solo (ProjectCreated)");
  f.tell("person:solo", "DeleteProject", {{"project", "blog"}});
  const auto deleted = f.explain(f.now(), "solo", "project:blog");
  CHECK(deleted["can_read"] == false);
  CHECK(Site::names(deleted) == "the project");
}

TEST_CASE("explain: a project of a workspace is entered by the workspace") {
  Panels f;
  f.tell("person:adam", "CreateProject",
         {{"project", "pilot"}, {"workspace", "panels"}, {"name", "Pilot"}});
  const auto adam = f.explain(f.now(), "adam", "project:pilot");
  CHECK(adam["can_read"] == true);
  CHECK(Panels::names(adam) == "the project | membership | permission");
  CHECK(f.rung(adam, "the project") == "yes: it belonged to workspace panels (ProjectCreated)");
  CHECK(f.rung(adam, "permission") ==
        "yes: the role owner has project.read, as the role was defined then (RoleDefined)");
  CHECK(Panels::names(f.explain(f.now(), "milo", "project:pilot")) ==
        "the project | membership | organisation role");
}

}  // namespace
}  // namespace actbook::testing

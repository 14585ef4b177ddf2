#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/acceptances.h"
#include "actbook/tables.h"
#include "support/prism.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

/// Commands that break no rule in prism(); tests change what they are about.
json external() {
  return {{"workspace", "w"},
          {"organisation", "prism"},
          {"name", "Haarlem panels"},
          {"data_owner",
           {{"organisation_name", "City of Haarlem"}, {"email", "Clara@Haarlem.example"}}},
          {"acceptance", json::parse(acceptance(3))},
          {"account", "acc-w"},
          {"invite", "inv-w"}};
}

json internal() { return {{"workspace", "w"}, {"organisation", "prism"}, {"name", "Desk"}}; }

std::string create(const World& world, const Actor& actor, const json& command) {
  return refused(world, actor, "CreateWorkspace", command.dump());
}

row::WorkspaceRowT workspace(const World& world, const std::string& id) {
  return find_or_empty<row::WorkspaceRowT>(world.rows(), id);
}

json logo(const std::string& workspace, const std::string& reference) {
  return {{"workspace", workspace}, {"logo_reference", reference}, {"logo_sha256", sha('a')}};
}

std::string visibility(const std::string& workspace, const std::string& visibility) {
  return json{{"workspace", workspace}, {"visibility", visibility}}.dump();
}

std::string only(const std::string& workspace) { return json{{"workspace", workspace}}.dump(); }

// ---- creating ----

TEST_CASE("CreateWorkspace: an external-client one with all that belongs to it, in one batch") {
  World world = prism();
  const auto then = world.when(person("adam"), "CreateWorkspace", external().dump());
  CHECK(joined(then.types) ==
        "WorkspaceCreated BillingAccountOpened ContactRegistered AgreementAccepted DataOwnerNamed "
        "MembershipGranted InviteIssued SeatOpened");
  CHECK(joined(then.created) == "workspace:w account:acc-w invite:inv-w");
  CHECK(field(then.event("WorkspaceCreated"), "usage") == "external_client");
  CHECK(field(then.event("WorkspaceCreated"), "visibility") == "open_to_organisation");
  CHECK(field(then.event("WorkspaceCreated"), "account") == "acc-w");
  CHECK(field(then.event("BillingAccountOpened"), "scope") == "workspace");
  CHECK(field(then.event("BillingAccountOpened"), "tier") == "free");
  CHECK(field(then.event("BillingAccountOpened"), "status") == "none");
  CHECK(field(then.event("AgreementAccepted"), "text_sha256") == sha('3'));
  CHECK(field(then.event("AgreementAccepted"), "person") == "adam");
  CHECK(field(then.event("AgreementAccepted"), "data_owner/contact") == clara_contact());
  CHECK(field(then.event("DataOwnerNamed"), "data_owner/organisation_name") == "City of Haarlem");
  CHECK(field(then.event("MembershipGranted"), "role") == "owner");
  CHECK(field(then.event("MembershipGranted"), "source") == "direct");
  CHECK(field(then.event("InviteIssued"), "contact") == clara_contact());
  CHECK(field(then.event("InviteIssued"), "role") == "observer");
  CHECK(field(then.event("InviteIssued"), "purpose") == "data_owner");
  CHECK(field(then.event("InviteIssued"), "expires_at") == "2026-03-31T09:00:00Z");
  CHECK(seats(world, "acc-w") == "1 of 1");
  CHECK(role_in(world, "w", "adam") == "owner");
}

TEST_CASE("CreateWorkspace: the data owner's address stands in the contact's event alone") {
  World world = prism();
  const auto then = world.when(person("adam"), "CreateWorkspace", external().dump());
  for (std::size_t i = 0; i < then.types.size(); ++i) {
    const bool address = then.events[i].find("sealed:") != std::string::npos;
    CHECK_MESSAGE(address == (then.types[i] == "ContactRegistered"), then.types[i]);
  }
}

TEST_CASE("CreateWorkspace: a contact and a person known already are used, not made again") {
  World world = prism();
  world.when(staff("sam"), "RegisterPerson",
             R"({"person": "clara", "email": "clara@haarlem.example"})");
  const auto then = world.when(person("adam"), "CreateWorkspace", external().dump());
  CHECK(then.count("ContactRegistered") == 0);
  CHECK(field(then.event("DataOwnerNamed"), "data_owner/contact") == clara_contact());
  CHECK(field(then.event("DataOwnerNamed"), "data_owner/person") == "clara");
  CHECK(field(then.event("InviteIssued"), "person") == "clara");
}

TEST_CASE("CreateWorkspace: ids that are left out follow from the command's id alone") {
  const auto created = [](const char* envelope) {
    auto command = external();
    command.erase("account");
    command.erase("invite");
    return prism().when(person("adam"), "CreateWorkspace", command.dump(), envelope).created;
  };
  CHECK(created(R"({"command_id": "c"})").size() == 3);
  CHECK(created(R"({"command_id": "c"})") == created(R"({"command_id": "c"})"));
  CHECK(created(R"({"command_id": "c"})") != created(R"({"command_id": "d"})"));
}

TEST_CASE("CreateWorkspace: an internal one joins the pooled account") {
  World world = prism();
  const auto then = world.when(person("bea"), "CreateWorkspace", internal().dump());
  CHECK(joined(then.types) == "WorkspaceCreated MembershipGranted SeatOpened");
  CHECK(joined(then.created) == "workspace:w");
  CHECK(field(then.events[0], "usage") == "internal");
  CHECK(field(then.events[0], "account") == "acc-prism");
  CHECK(field(then.events[1], "role") == "owner");
  CHECK(seats(world, "acc-prism") == "1 of 1");
}

TEST_CASE("CreateWorkspace: by an owner or admin of the organisation") {
  const World world = prism();
  for (const std::string who : {"olga", "adam", "bea"}) {
    CHECK_MESSAGE(create(world, person(who), external()) == "", who);
    CHECK_MESSAGE(create(world, person(who), internal()) == "", who);
  }
  for (const auto& actor :
       {person("bill"), person("milo"), person("hana"), staff("sam"), system_actor("sync")}) {
    CHECK_MESSAGE(create(world, actor, external()) == "NOT_ORG_ADMIN", actor.id);
    CHECK_MESSAGE(create(world, actor, internal()) == "NOT_ORG_ADMIN", actor.id);
  }
}

TEST_CASE("CreateWorkspace: the order of refusals of an external one") {
  World world = prism_with_panels();
  world.when(staff("sam"), "RegisterPerson", R"({"person": "hugo", "email": "h@haarlem.example"})");
  auto command = external();
  command["workspace"] = "panels";
  command["account"] = "acc-panels";
  command["invite"] = "inv-clara";
  command["visibility"] = "private";
  command["data_owner"] = {{"organisation_name", " "}, {"email", "h@haarlem.example"}};
  command["acceptance"]["text_shown"] = false;
  command["acceptance"]["version"] = 2;
  command["organisation"] = "nowhere";
  const Actor hana = person("hana");
  CHECK(create(world, hana, command) == "ORG_NOT_FOUND");
  command["organisation"] = "haarlem";
  CHECK(create(world, person("adam"), command) == "WORKSPACE_EXISTS");
  command["workspace"] = "w";
  CHECK(create(world, person("adam"), command) == "NOT_ORG_ADMIN");
  CHECK(create(world, hana, command) == "NOT_PARTNER");
  world.given("PartnerStatusGranted", R"({"organisation": "haarlem", "contract_reference": "H"})");
  CHECK(create(world, hana, command) == "OWNING_ORG_NAME_REQUIRED");
  command["data_owner"].erase("organisation_name");
  CHECK(create(world, hana, command) == "OWNING_ORG_NAME_REQUIRED");
  command["data_owner"]["organisation_name"] = "City";
  CHECK(create(world, hana, command) == "AGREEMENT_NOT_ACCEPTED");
  command["acceptance"]["text_shown"] = true;
  CHECK(create(world, hana, command) == "AGREEMENT_UNKNOWN");
  world.given("AgreementPublished", json{{"agreement", "dpa"},
                                         {"version", 4},
                                         {"title", "P"},
                                         {"language", "en"},
                                         {"text_sha256", sha('4')}}
                                        .dump());
  command["acceptance"]["version"] = 3;
  CHECK(create(world, hana, command) == "AGREEMENT_SUPERSEDED");
  command["acceptance"]["version"] = 4;
  CHECK(create(world, hana, command) == "DATA_OWNER_IS_ORG_MEMBER");
  command["data_owner"]["email"] = "clara@haarlem.example";
  CHECK(create(world, hana, command) == "VISIBILITY_NEEDS_INNOVATOR");
  command.erase("visibility");
  CHECK(create(world, hana, command) == "ACCOUNT_EXISTS");
  command["account"] = "acc-w";
  CHECK(create(world, hana, command) == "INVITE_EXISTS");
  command["invite"] = "inv-w";
  CHECK(create(world, hana, command) == "");
}

TEST_CASE("CreateWorkspace: the order of refusals of an internal one") {
  World world = prism();
  given_office(world);
  given_status(world, "acc-prism", "canceled");
  auto command = internal();
  command["visibility"] = "invite_only";
  CHECK(create(world, person("milo"), command) == "NOT_ORG_ADMIN");
  CHECK(create(world, person("olga"), command) == "ORG_BILLING_BLOCKED");
  given_status(world, "acc-prism", "past_due");  // does not block
  CHECK(create(world, person("olga"), command) == "FREE_TIER_WORKSPACE_LIMIT");
  world.given("WorkspaceDeleted", R"({"workspace": "office", "organisation": "prism"})");
  CHECK(create(world, person("olga"), command) == "VISIBILITY_NEEDS_INNOVATOR");
  given_tier(world, "acc-prism", "innovator");
  CHECK(create(world, person("olga"), command) == "");
}

TEST_CASE("CreateWorkspace: a paid pooled account has room, external ones do not count") {
  World world = prism_with_panels();
  CHECK(create(world, person("olga"), internal()) == "");
  given_office(world);
  CHECK(create(world, person("olga"), internal()) == "FREE_TIER_WORKSPACE_LIMIT");
  CHECK(create(world, person("olga"), external()) == "");
  given_tier(world, "acc-prism", "innovator");
  CHECK(create(world, person("olga"), internal()) == "");
  given_status(world, "acc-prism", "canceled");
  CHECK(create(world, person("olga"), internal()) == "ORG_BILLING_BLOCKED");
  CHECK(create(world, person("olga"), external()) == "");
}

TEST_CASE("CreateWorkspace: the data owner is no member of the organisation") {
  World world = prism();
  world.when(staff("sam"), "RegisterPerson",
             R"({"person": "milo", "email": "milo@prism.example"})");
  auto command = external();
  for (const auto& owner : {json{{"email", "milo@prism.example"}}, json{{"person", "milo"}},
                            json{{"email", " MILO@prism.example"}}}) {
    command["data_owner"] = owner;
    command["data_owner"]["organisation_name"] = "City";
    CHECK(create(world, person("adam"), command) == "DATA_OWNER_IS_ORG_MEMBER");
  }
  world.when(person("milo"), "RemoveOrganisationMember",
             R"({"organisation": "prism", "person": "milo"})");
  CHECK(create(world, person("adam"), command) == "");
}

TEST_CASE("CreateWorkspace: at the instant partner status ends there is none") {
  World world = prism();
  world.at("2026-03-31T23:59:59.999999Z");
  CHECK(create(world, person("adam"), external()) == "");
  world.at("2026-04-01").given("PartnerStatusRevoked", R"({"organisation": "prism"})");
  CHECK(create(world, person("adam"), external()) == "NOT_PARTNER");
  CHECK(create(world, person("adam"), internal()) == "");
}

TEST_CASE("CreateWorkspace: a refusal leaves nothing behind but the refusal") {
  World world = prism();
  auto command = external();
  command["visibility"] = "private";
  const auto then = world.when(person("adam"), "CreateWorkspace", command.dump());
  CHECK(joined(then.types) == "CommandRefused");
  CHECK(then.created.empty());
  CHECK(!find<row::WorkspaceRowT>(world.rows(), "w"));
  CHECK(!find<row::AccountRowT>(world.rows(), "acc-w"));
  CHECK(!find<row::InviteRowT>(world.rows(), "inv-w"));
  CHECK(!find<row::ContactRowT>(world.rows(), clara_contact()));
  CHECK(json::parse(field(then.events[0], "subjects")) ==
        json{"account:acc-w", "agreement:dpa", "contact:" + clara_contact(), "invite:inv-w",
             "organisation:prism", "workspace:w"});
  CHECK(create(world, person("adam"), external()) == "");
}

TEST_CASE("CreateWorkspace: observed in an organisation never seen, with every rule it broke") {
  World world;
  auto command = external();
  command["visibility"] = "private";
  command["acceptance"]["text_shown"] = false;
  const auto then = world.when(staff("sam"), "CreateWorkspace", command.dump(), kObserved);
  CHECK(joined(then.rules_broken) ==
        "ORG_NOT_FOUND NOT_ORG_ADMIN NOT_PARTNER AGREEMENT_NOT_ACCEPTED ACTOR_NOT_A_PERSON "
        "AGREEMENT_UNKNOWN VISIBILITY_NEEDS_INNOVATOR");
  CHECK(then.count("WorkspaceCreated") == 1);
  CHECK(then.count("InviteIssued") == 1);
  CHECK(then.count("MembershipGranted") == 0);  // a member of staff owns no workspace
  CHECK(workspace(world, "w").visibility == schema::Visibility::private_);

  World bare;
  const auto inside = bare.when(person("ed"), "CreateWorkspace", internal().dump(), kObserved);
  CHECK(joined(inside.types) == "WorkspaceCreated MembershipGranted");
  CHECK(joined(inside.rules_broken) == "ORG_NOT_FOUND NOT_ORG_ADMIN");
  CHECK(role_in(bare, "w", "ed") == "owner");
}

TEST_CASE("CreateWorkspace: observed in organisations never seen, none counts for another") {
  World world;
  world.when(person("ed"), "CreateWorkspace", internal().dump(), kObserved);
  const auto other =
      world.when(person("ed"), "CreateWorkspace",
                 R"({"workspace": "x", "organisation": "delft", "name": "X"})", kObserved);
  CHECK(joined(other.rules_broken) == "ORG_NOT_FOUND NOT_ORG_ADMIN");
}

TEST_CASE("CreateWorkspace: observed without an acceptance, none is made up") {
  World world = prism();
  auto command = external();
  command.erase("acceptance");
  const auto then = world.when(person("adam"), "CreateWorkspace", command.dump(), kObserved);
  CHECK(joined(then.rules_broken) == "AGREEMENT_NOT_ACCEPTED");
  CHECK(then.count("AgreementAccepted") == 0);
  CHECK(acceptances_of(world.rows(), "w").empty());
}

TEST_CASE("CreateWorkspace: observed of one that was deleted, it is there again") {
  World world = prism_with_panels();
  world.when(person("adam"), "DeleteWorkspace", only("panels"));
  auto command = external();
  command["workspace"] = "panels";
  const auto then = world.when(person("adam"), "CreateWorkspace", command.dump(), kObserved);
  CHECK(joined(then.rules_broken) == "WORKSPACE_EXISTS");
  CHECK(role_in(world, "panels", "adam") == "owner");
}

// ---- name and visibility ----

TEST_CASE("Settings of a workspace: by its owner or admin, by effective access") {
  World world = prism_with_panels();
  given_clara_observes(world);
  given_member(world, "panels", "ed", "external");
  const std::string rename = R"({"workspace": "panels", "name": "N"})";
  for (const auto& actor : {person("clara"), person("ed"), person("milo"), person("bill"),
                            person("hana"), staff("sam"), staff("adam")}) {
    CHECK_MESSAGE(refused(world, actor, "RenameWorkspace", rename) == "FORBIDDEN", actor.id);
    CHECK(refused(world, actor, "ChangeVisibility", visibility("panels", "private")) ==
          "FORBIDDEN");
    CHECK(refused(world, actor, "DeleteWorkspace", only("panels")) == "FORBIDDEN");
  }
  for (const std::string who : {"adam", "olga", "bea"}) {
    CHECK_MESSAGE(refused(world, person(who), "RenameWorkspace", rename) == "", who);
    CHECK(refused(world, person(who), "DeleteWorkspace", only("panels")) == "");
  }
}

TEST_CASE("RenameWorkspace: from and to are kept, the same name records nothing") {
  World world = prism_with_panels();
  const std::string rename = R"({"workspace": "panels", "name": "Panels"})";
  const auto then = world.when(person("adam"), "RenameWorkspace", rename);
  CHECK(joined(then.types) == "WorkspaceRenamed");
  CHECK(field(then.events[0], "from") == "Haarlem panels");
  CHECK(field(then.events[0], "to") == "Panels");
  CHECK(world.when(person("adam"), "RenameWorkspace", rename).outcome == log::Outcome::unchanged);
  const auto unseen =
      world.when(person("ed"), "RenameWorkspace", R"({"workspace": "x", "name": "X"})", kObserved);
  CHECK(joined(unseen.types) == "WorkspaceRenamed");
  CHECK(joined(unseen.rules_broken) == "FORBIDDEN");
  CHECK(workspace(world, "x").name == "X");
}

TEST_CASE("ChangeVisibility: leaving open_to_organisation takes innovator, for owners too") {
  World world = prism_with_panels();
  for (const auto* to : {"invite_only", "private"}) {
    for (const std::string who : {"olga", "adam"}) {
      CHECK(refused(world, person(who), "ChangeVisibility", visibility("panels", to)) ==
            "VISIBILITY_NEEDS_INNOVATOR");
    }
  }
  const auto same =
      world.when(person("adam"), "ChangeVisibility", visibility("panels", "open_to_organisation"));
  CHECK(same.outcome == log::Outcome::unchanged);
  given_tier(world, "acc-panels", "innovator");
  const auto then = world.when(person("adam"), "ChangeVisibility", visibility("panels", "private"));
  CHECK(joined(then.types) == "VisibilityChanged");
  CHECK(field(then.events[0], "from") == "open_to_organisation");
  CHECK(field(then.events[0], "to") == "private");
  // Back to open needs no tier.
  given_tier(world, "acc-panels", "free");
  CHECK(refused(world, person("adam"), "ChangeVisibility",
                visibility("panels", "open_to_organisation")) == "");
}

TEST_CASE("ChangeVisibility: observed below the tier and of a workspace never seen") {
  World world;
  const auto then =
      world.when(person("ed"), "ChangeVisibility", visibility("x", "invite_only"), kObserved);
  CHECK(joined(then.types) == "VisibilityChanged");
  CHECK(joined(then.rules_broken) == "FORBIDDEN VISIBILITY_NEEDS_INNOVATOR");
  CHECK(workspace(world, "x").visibility == schema::Visibility::invite_only);
}

// ---- deleting ----

TEST_CASE("DeleteWorkspace: memberships and seats end, the scoped account closes") {
  World world = prism_with_panels();
  given_clara_observes(world);
  const auto then = world.when(person("adam"), "DeleteWorkspace", only("panels"));
  CHECK(joined(then.types) ==
        "MembershipEnded MembershipEnded WorkspaceDeleted SeatClosed BillingAccountClosed");
  CHECK(field(then.events[0], "cause") == "workspace_deleted");
  CHECK(field(then.event("BillingAccountClosed"), "account") == "acc-panels");
  CHECK(field(then.event("BillingAccountClosed"), "cause") == "workspace_deleted");
  CHECK(seats(world, "acc-panels") == "0 of 1");
  for (const std::string who : {"adam", "olga", "bea", "clara"}) {
    CHECK_MESSAGE(role_in(world, "panels", who) == "none", who);
  }
  CHECK(refused(world, person("adam"), "DeleteWorkspace", only("panels")) == "FORBIDDEN");
  CHECK(create(world, person("adam"),
               {{"workspace", "panels"}, {"organisation", "prism"}, {"name", "Again"}}) ==
        "WORKSPACE_EXISTS");
}

TEST_CASE("DeleteWorkspace: the pooled account of an internal one stays open") {
  World world = prism();
  given_office(world);
  const auto then = world.when(person("olga"), "DeleteWorkspace", only("office"));
  CHECK(joined(then.types) == "MembershipEnded WorkspaceDeleted SeatClosed");
  CHECK(seats(world, "acc-prism") == "0 of 1");
}

TEST_CASE("DeleteWorkspace: a pending handoff ends with it") {
  World world = prism_with_panels();
  world.given("HandoffProposed", R"({"handoff": "h-1", "workspace": "panels",
      "from_organisation": "prism", "target": "haarlem"})");
  const auto then = world.when(person("adam"), "DeleteWorkspace", only("panels"));
  CHECK(then.count("HandoffCancelled") == 1);
  CHECK(refused(world, person("hugo"), "AcceptHandoff", R"({"handoff": "h-1"})") ==
        "NO_PENDING_HANDOFF");
}

TEST_CASE("DeleteWorkspace: observed of one never seen, by nobody entitled") {
  World world;
  const auto then = world.when(person("ed"), "DeleteWorkspace", only("x"), kObserved);
  CHECK(joined(then.types) == "WorkspaceDeleted");
  CHECK(joined(then.rules_broken) == "FORBIDDEN");
  CHECK(workspace(world, "x").deleted != nullptr);
}

// ---- branding ----

TEST_CASE("SetBranding: an external-client workspace of a changemaker") {
  World world = prism_with_panels();
  given_tier(world, "acc-panels", "changemaker");
  const auto then = world.when(person("adam"), "SetBranding", logo("panels", "logo-1").dump());
  CHECK(joined(then.types) == "BrandingSet");
  CHECK(field(then.events[0], "logo_reference") == "logo-1");
  CHECK(field(then.events[0], "logo_sha256") == sha('a'));
  const auto again = world.when(person("adam"), "SetBranding", logo("panels", "logo-1").dump());
  CHECK(again.outcome == log::Outcome::unchanged);
  CHECK(refused(world, person("adam"), "SetBranding", logo("panels", "logo-2").dump()) == "");
}

TEST_CASE("SetBranding: refusals, in order") {
  World world = prism_with_panels();
  given_office(world);
  const auto set = [&](const char* who, const char* workspace) {
    return refused(world, person(who), "SetBranding", logo(workspace, "logo-1").dump());
  };
  CHECK(set("milo", "office") == "FORBIDDEN");
  CHECK(set("milo", "panels") == "FORBIDDEN");
  CHECK(set("olga", "office") == "EXTERNAL_CLIENT_ONLY");
  CHECK(set("olga", "panels") == "TIER_TOO_LOW");
  given_tier(world, "acc-panels", "innovator");
  CHECK(set("olga", "panels") == "TIER_TOO_LOW");
  given_tier(world, "acc-prism", "guardian");
  CHECK(set("olga", "office") == "EXTERNAL_CLIENT_ONLY");
}

TEST_CASE("RemoveBranding: whatever the tier, where there is none it records nothing") {
  World world = prism_with_panels();
  given_office(world);
  const auto none = world.when(person("adam"), "RemoveBranding", only("panels"));
  CHECK(none.outcome == log::Outcome::unchanged);
  world.given("BrandingSet", logo("panels", "logo-1").dump());
  CHECK(refused(world, person("milo"), "RemoveBranding", only("office")) == "FORBIDDEN");
  CHECK(refused(world, person("olga"), "RemoveBranding", only("office")) == "EXTERNAL_CLIENT_ONLY");
  const auto then = world.when(person("adam"), "RemoveBranding", only("panels"));
  CHECK(joined(then.types) == "BrandingRemoved");
  CHECK(field(then.events[0], "cause") == "asked");
  CHECK(workspace(world, "panels").logo_reference.empty());
}

TEST_CASE("Branding: observed against every rule") {
  World world;
  const auto set = world.when(person("ed"), "SetBranding", logo("x", "logo-1").dump(), kObserved);
  CHECK(joined(set.types) == "BrandingSet");
  CHECK(joined(set.rules_broken) == "FORBIDDEN EXTERNAL_CLIENT_ONLY TIER_TOO_LOW");
  CHECK(workspace(world, "x").logo_reference == "logo-1");
  const auto gone = world.when(person("ed"), "RemoveBranding", only("x"), kObserved);
  CHECK(joined(gone.types) == "BrandingRemoved");
  CHECK(joined(gone.rules_broken) == "FORBIDDEN EXTERNAL_CLIENT_ONLY");
  CHECK(workspace(world, "x").logo_reference.empty());
}

}  // namespace
}  // namespace actbook::testing

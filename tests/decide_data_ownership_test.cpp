#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/keys.h"
#include "actbook/tables.h"
#include "support/prism.h"

// ChangeDataOwnership of domain.md 4.2: to external, staying external, to internal.
namespace actbook::testing {
namespace {

using nlohmann::json;

const std::string kInternal = R"({"workspace": "panels", "usage": "internal"})";

/// The workspace belongs to Dora of Delft from here on. Breaks no rule; tests change what it says.
json to_dora(const std::string& workspace) {
  return {{"workspace", workspace},
          {"usage", "external_client"},
          {"data_owner", {{"organisation_name", "City of Delft"}, {"email", "dora@delft.example"}}},
          {"acceptance", json::parse(acceptance(3))},
          {"account", "acc-new"},
          {"invite", "inv-dora"}};
}

/// panels keeps clara, with another name of her organisation.
json renamed_owner() {
  return {{"workspace", "panels"},
          {"usage", "external_client"},
          {"data_owner", {{"organisation_name", "Haarlem"}, {"email", "clara@haarlem.example"}}}};
}

std::string change(const World& world, const Actor& actor, const json& command) {
  return refused(world, actor, "ChangeDataOwnership", command.dump());
}

Then changed(World& world, const json& command) {
  return world.when(person("adam"), "ChangeDataOwnership", command.dump());
}

/// PRISM with the internal workspace office, which olga owns.
World prism_with_office() {
  World world = prism();
  given_office(world);
  return world;
}

row::WorkspaceRowT workspace(const World& world, const std::string& id) {
  return find_or_empty<row::WorkspaceRowT>(world.rows(), id);
}

void publish_version_4(World& world) {
  world.given("AgreementPublished", json{{"agreement", "dpa"},
                                         {"version", 4},
                                         {"title", "Processing agreement"},
                                         {"language", "en"},
                                         {"text_sha256", sha('4')}}
                                        .dump());
}

// ---- from internal to external ----

TEST_CASE("ChangeDataOwnership to external: its own account, an acceptance, an owner, an invite") {
  World world = prism_with_office();
  const auto then = world.when(person("adam"), "ChangeDataOwnership", to_dora("office").dump());
  CHECK(joined(then.types) ==
        "WorkspaceReclassified BillingAccountOpened ContactRegistered AgreementAccepted "
        "DataOwnerNamed InviteIssued SeatClosed SeatOpened");
  CHECK(joined(then.created) == "account:acc-new invite:inv-dora");
  CHECK(field(then.events[0], "from") == "internal");
  CHECK(field(then.events[0], "to") == "external_client");
  CHECK(field(then.events[0], "from_account") == "acc-prism");
  CHECK(field(then.events[0], "to_account") == "acc-new");
  CHECK(field(then.events[1], "scope") == "workspace");
  CHECK(field(then.event("AgreementAccepted"), "data_owner/organisation_name") == "City of Delft");
  CHECK(field(then.event("InviteIssued"), "expires_at") == "2026-03-31T09:00:00Z");
  CHECK(field(then.event("InviteIssued"), "purpose") == "data_owner");
  CHECK(field(then.event("SeatClosed"), "account") == "acc-prism");
  CHECK(field(then.event("SeatOpened"), "account") == "acc-new");
  CHECK(workspace(world, "office").account == "acc-new");
  CHECK(role_in(world, "office", "olga") == "owner");
}

TEST_CASE("ChangeDataOwnership to external: the order of refusals") {
  World world = prism_with_office();
  const Actor adam = person("adam");
  world.when(staff("sam"), "RegisterPerson",
             R"({"person": "milo", "email": "milo@prism.example"})");
  world.given("PartnerStatusRevoked", R"({"organisation": "prism"})");
  given_tier(world, "acc-prism", "innovator");
  auto command = to_dora("office");
  command["account"] = "acc-prism";
  command["data_owner"] = {{"organisation_name", ""}, {"email", "milo@prism.example"}};
  command["acceptance"]["text_shown"] = false;
  command["acceptance"]["version"] = 2;
  CHECK(change(world, person("milo"), command) == "FORBIDDEN");
  CHECK(change(world, adam, command) == "DATA_OWNER_FIELDS_REQUIRED");
  command["data_owner"]["organisation_name"] = "City";
  CHECK(change(world, adam, command) == "NOT_PARTNER");
  world.given("PartnerStatusGranted", R"({"organisation": "prism", "contract_reference": "P"})");
  CHECK(change(world, adam, command) == "AGREEMENT_NOT_ACCEPTED");
  command["acceptance"]["text_shown"] = true;
  CHECK(change(world, adam, command) == "AGREEMENT_UNKNOWN");
  publish_version_4(world);
  command["acceptance"]["version"] = 3;
  CHECK(change(world, adam, command) == "AGREEMENT_SUPERSEDED");
  command["acceptance"]["version"] = 4;
  CHECK(change(world, adam, command) == "DATA_OWNER_IS_ORG_MEMBER");
  command["data_owner"]["email"] = "dora@delft.example";
  CHECK(change(world, adam, command) == "PAID_ACCOUNT_BLOCKS_RESCOPE");
  given_tier(world, "acc-prism", "free");
  CHECK(change(world, adam, command) == "ACCOUNT_EXISTS");
  command["account"] = "acc-new";
  CHECK(change(world, adam, command) == "");
}

TEST_CASE("ChangeDataOwnership to external: the owner's name and address are both needed") {
  const World world = prism_with_office();
  for (const auto& owner :
       {json(), json{{"organisation_name", "City"}}, json{{"email", "dora@delft.example"}},
        json{{"organisation_name", "  "}, {"email", "dora@delft.example"}}}) {
    auto command = to_dora("office");
    command["data_owner"] = owner;
    CHECK_MESSAGE(change(world, person("adam"), command) == "DATA_OWNER_FIELDS_REQUIRED",
                  owner.dump());
  }
  auto command = to_dora("office");
  command["data_owner"] = {{"organisation_name", "City"}, {"person", "dora"}};
  CHECK(change(world, person("adam"), command) == "");
}

TEST_CASE("A paid account keeps a workspace's kind: a paid tier, or an active status") {
  World office = prism_with_office();
  World panels = prism_with_panels();
  const auto both = [&](const char* tier, const char* status) {
    World o = office;
    World p = panels;
    given_tier(o, "acc-prism", tier);
    given_status(o, "acc-prism", status);
    given_tier(p, "acc-panels", tier);
    given_status(p, "acc-panels", status);
    return change(o, person("adam"), to_dora("office")) + "|" +
           change(p, person("adam"), json::parse(kInternal));
  };
  const std::string paid = "PAID_ACCOUNT_BLOCKS_RESCOPE";
  CHECK(both("innovator", "none") == paid + "|" + paid);
  CHECK(both("free", "active") == paid + "|" + paid);
  CHECK(both("guardian", "active") == paid + "|" + paid);
  CHECK(both("free", "none") == "|");
  CHECK(both("free", "past_due") == "|");
  CHECK(both("free", "canceled") == "|");
}

// ---- staying external ----

TEST_CASE("ChangeDataOwnership: a corrected name of the organisation needs no acceptance") {
  World world = prism_with_panels();
  world.given("PartnerStatusRevoked", R"({"organisation": "prism"})");
  given_tier(world, "acc-panels", "guardian");
  const auto then = changed(world, renamed_owner());
  CHECK(joined(then.types) == "DataOwnerCorrected");
  CHECK(field(then.events[0], "from_organisation_name") == "City of Haarlem");
  CHECK(field(then.events[0], "to_organisation_name") == "Haarlem");
  CHECK(changed(world, renamed_owner()).outcome == log::Outcome::unchanged);
  CHECK(acceptance_state(world, acceptance_in_force(world)) == schema::AcceptanceState::in_force);
}

TEST_CASE("ChangeDataOwnership: the same person by another address is no new data owner") {
  World world = prism_with_panels();
  given_clara_observes(world);
  auto command = renamed_owner();
  command["data_owner"]["email"] = " CLARA@Haarlem.example";
  CHECK(joined(changed(world, command).types) == "DataOwnerCorrected");
  command["data_owner"] = {{"organisation_name", "Again"}, {"person", "clara"}};
  CHECK(joined(changed(world, command).types) == "DataOwnerCorrected");
  world.when(staff("sam"), "RegisterPerson", R"({"person": "clara", "email": "c@other.example"})");
  command["data_owner"] = {{"organisation_name", "Other"}, {"email", "c@other.example"}};
  CHECK(joined(changed(world, command).types) == "DataOwnerCorrected");
}

TEST_CASE("ChangeDataOwnership: another owner, while the first one's invite is pending") {
  World world = prism_with_panels();
  const auto first = acceptance_in_force(world);
  const auto then = changed(world, to_dora("panels"));
  CHECK(joined(then.types) ==
        "ContactRegistered AgreementAccepted DataOwnerReplaced InviteRevoked InviteIssued");
  CHECK(field(then.event("DataOwnerReplaced"), "from/contact") == clara_contact());
  CHECK(field(then.event("DataOwnerReplaced"), "to/contact") == contact_id("dora@delft.example"));
  CHECK(field(then.event("InviteRevoked"), "invite") == "inv-clara");
  CHECK(field(then.event("InviteRevoked"), "cause") == "data_owner_replaced");
  CHECK(field(then.event("InviteIssued"), "contact") == contact_id("dora@delft.example"));
  CHECK(joined(then.created) == "invite:inv-dora");
  CHECK(acceptance_state(world, first) == schema::AcceptanceState::replaced);
  CHECK(workspace(world, "panels").account == "acc-panels");
}

TEST_CASE("ChangeDataOwnership: the former owner no longer observes, other observers do") {
  World world = prism_with_panels();
  given_clara_observes(world);
  given_member(world, "panels", "nora", "observer");
  const auto then = changed(world, to_dora("panels"));
  CHECK(joined(then.types) ==
        "ContactRegistered AgreementAccepted DataOwnerReplaced MembershipEnded InviteIssued");
  CHECK(field(then.event("MembershipEnded"), "person") == "clara");
  CHECK(field(then.event("MembershipEnded"), "cause") == "data_owner_replaced");
  CHECK(field(then.event("MembershipEnded"), "blocked_by").empty());
  CHECK(role_in(world, "panels", "clara") == "none");
  CHECK(role_in(world, "panels", "nora") == "observer");
  // The old link does not let her back in.
  CHECK(refused(world, person("clara"), "AcceptInvite",
                R"({"invite": "inv-clara", "person": "clara"})") == "INVITE_ALREADY_ACCEPTED");
}

TEST_CASE("ChangeDataOwnership: an owner who is in already is not invited again") {
  World world = prism_with_panels();
  given_member(world, "panels", "ed", "external");
  auto command = to_dora("panels");
  command["data_owner"] = {{"organisation_name", "Ed Ltd"}, {"person", "ed"}};
  const auto then = changed(world, command);
  CHECK(joined(then.types) == "AgreementAccepted DataOwnerReplaced InviteRevoked");
  CHECK(role_in(world, "panels", "ed") == "external");
}

TEST_CASE("ChangeDataOwnership: another owner while external, the order of refusals") {
  World world = prism_with_panels();
  world.when(staff("sam"), "RegisterPerson",
             R"({"person": "milo", "email": "milo@prism.example"})");
  world.given("PartnerStatusRevoked", R"({"organisation": "prism"})");  // does not matter any more
  given_status(world, "acc-panels", "active");                          // nor does this
  const Actor adam = person("adam");
  auto command = to_dora("panels");
  command["data_owner"] = {{"email", "milo@prism.example"}};
  command["invite"] = "inv-clara";
  command.erase("acceptance");
  CHECK(change(world, person("clara"), command) == "FORBIDDEN");
  CHECK(change(world, adam, command) == "DATA_OWNER_FIELDS_REQUIRED");
  command["data_owner"]["organisation_name"] = "City";
  CHECK(change(world, adam, command) == "AGREEMENT_NOT_ACCEPTED");
  command["acceptance"] = json::parse(acceptance(4));
  CHECK(change(world, adam, command) == "AGREEMENT_UNKNOWN");
  command["acceptance"]["version"] = 3;
  CHECK(change(world, adam, command) == "DATA_OWNER_IS_ORG_MEMBER");
  command["data_owner"]["email"] = "dora@delft.example";
  CHECK(change(world, adam, command) == "INVITE_EXISTS");
  command["invite"] = "inv-dora";
  CHECK(change(world, adam, command) == "");
}

TEST_CASE("ChangeDataOwnership: another owner ends a handoff that was proposed to the first") {
  World world = prism_with_panels();
  world.given("HandoffProposed", R"({"handoff": "h-1", "workspace": "panels",
      "from_organisation": "prism", "target": "haarlem"})");
  CHECK(changed(world, to_dora("panels")).count("HandoffCancelled") == 1);
  CHECK(workspace(world, "panels").pending_handoff.empty());
}

// ---- to internal ----

TEST_CASE("ChangeDataOwnership to internal: everything of the client's ends, the rest moves") {
  World world = prism_with_panels();
  given_clara_observes(world);
  given_member(world, "panels", "ed", "external");
  world.given("SeatOpened",
              R"({"account": "acc-panels", "person": "ed", "seats": 2, "paid_seats": 2})");
  world.given("InviteIssued",
              R"({"invite": "inv-nora", "workspace": "panels", "contact": "contact-n",
      "role": "observer", "expires_at": "2026-03-08T09:00:00Z"})");
  world.given("InviteIssued",
              R"({"invite": "inv-max", "workspace": "panels", "contact": "contact-m",
      "role": "member", "expires_at": "2026-03-08T09:00:00Z"})");
  const auto acceptance = acceptance_in_force(world);
  const auto then = changed(world, json::parse(kInternal));
  CHECK(joined(then.types) ==
        "WorkspaceReclassified AgreementLapsed MembershipEnded InviteRevoked SeatClosed SeatClosed "
        "BillingAccountClosed SeatOpened SeatOpened");
  CHECK(field(then.events[0], "to") == "internal");
  CHECK(field(then.events[0], "to_account") == "acc-prism");
  CHECK(field(then.event("AgreementLapsed"), "acceptance") == std::to_string(acceptance));
  CHECK(field(then.event("AgreementLapsed"), "version") == "3");
  CHECK(field(then.event("MembershipEnded"), "person") == "clara");
  CHECK(field(then.event("MembershipEnded"), "cause") == "became_internal");
  CHECK(field(then.event("InviteRevoked"), "invite") == "inv-nora");
  CHECK(field(then.event("InviteRevoked"), "cause") == "became_internal");
  CHECK(field(then.event("BillingAccountClosed"), "cause") == "became_internal");
  CHECK(acceptance_state(world, acceptance) == schema::AcceptanceState::lapsed);
  CHECK(workspace(world, "panels").account == "acc-prism");
  CHECK(workspace(world, "panels").data_owner == nullptr);
  CHECK(seats(world, "acc-panels") == "0 of 2");
  CHECK(seats(world, "acc-prism") == "2 of 2");
  CHECK(role_in(world, "panels", "ed") == "external");
  CHECK(changed(world, json::parse(kInternal)).outcome == log::Outcome::unchanged);
}

TEST_CASE("ChangeDataOwnership to internal: the data owner's own pending invite is revoked too") {
  World world = prism_with_panels();
  const auto then = changed(world, json::parse(kInternal));
  CHECK(field(then.event("InviteRevoked"), "invite") == "inv-clara");
}

TEST_CASE("ChangeDataOwnership to internal: authority first, then the account") {
  World world = prism_with_panels();
  given_status(world, "acc-panels", "active");
  CHECK(change(world, person("milo"), json::parse(kInternal)) == "FORBIDDEN");
  CHECK(change(world, staff("sam"), json::parse(kInternal)) == "FORBIDDEN");
  CHECK(change(world, person("olga"), json::parse(kInternal)) == "PAID_ACCOUNT_BLOCKS_RESCOPE");
  given_status(world, "acc-panels", "none");
  CHECK(change(world, person("olga"), json::parse(kInternal)) == "");
}

TEST_CASE(
    "ChangeDataOwnership: back to external takes the newest version and opens a new account") {
  World world = prism_with_panels();
  publish_version_4(world);
  changed(world, json::parse(kInternal));
  CHECK(acceptance_in_force(world) == 0);
  auto back = to_dora("panels");
  CHECK(change(world, person("adam"), back) == "AGREEMENT_SUPERSEDED");
  back["acceptance"] = json::parse(acceptance(4));
  back["account"] = "acc-panels";
  CHECK(change(world, person("adam"), back) == "ACCOUNT_EXISTS");
  back["account"] = "acc-new";
  CHECK(joined(changed(world, back).created) == "account:acc-new invite:inv-dora");
  CHECK(workspace(world, "panels").account == "acc-new");
}

// ---- observed ----

TEST_CASE("ChangeDataOwnership: observed to internal though paid, by nobody entitled") {
  World world = prism_with_panels();
  given_tier(world, "acc-panels", "guardian");
  const auto then = world.when(person("ed"), "ChangeDataOwnership", kInternal, kObserved);
  CHECK(joined(then.rules_broken) == "FORBIDDEN PAID_ACCOUNT_BLOCKS_RESCOPE");
  CHECK(workspace(world, "panels").usage == schema::Usage::internal);
}

TEST_CASE("ChangeDataOwnership: observed to external, against every rule") {
  World world = prism_with_office();
  world.given("PartnerStatusRevoked", R"({"organisation": "prism"})");
  given_status(world, "acc-prism", "active");
  auto command = to_dora("office");
  command["data_owner"] = {{"person", "milo"}};
  command["acceptance"]["text_shown"] = false;
  command["acceptance"]["version"] = 2;
  const auto then = world.when(staff("sam"), "ChangeDataOwnership", command.dump(), kObserved);
  CHECK(joined(then.rules_broken) ==
        "FORBIDDEN DATA_OWNER_FIELDS_REQUIRED NOT_PARTNER AGREEMENT_NOT_ACCEPTED "
        "ACTOR_NOT_A_PERSON AGREEMENT_UNKNOWN AGREEMENT_SUPERSEDED DATA_OWNER_IS_ORG_MEMBER "
        "PAID_ACCOUNT_BLOCKS_RESCOPE");
  CHECK(workspace(world, "office").usage == schema::Usage::external_client);
  CHECK(workspace(world, "office").data_owner->person == "milo");
}

TEST_CASE("ChangeDataOwnership: observed to external without a data owner, it is external") {
  World world = prism_with_office();
  const auto then = world.when(person("adam"), "ChangeDataOwnership",
                               R"({"workspace": "office", "usage": "external_client"})", kObserved);
  CHECK(joined(then.rules_broken) == "DATA_OWNER_FIELDS_REQUIRED AGREEMENT_NOT_ACCEPTED");
  CHECK(then.count("WorkspaceReclassified") == 1);
  CHECK(then.count("InviteIssued") == 0);
  CHECK(workspace(world, "office").usage == schema::Usage::external_client);
}

TEST_CASE("ChangeDataOwnership: observed with a name alone, nobody is invited") {
  World world = prism_with_panels();
  given_office(world);
  for (const std::string id : {"office", "panels"}) {
    auto command = to_dora(id);
    command["data_owner"] = {{"organisation_name", "City of Delft"}};
    const auto then = world.when(person("olga"), "ChangeDataOwnership", command.dump(), kObserved);
    CHECK(joined(then.rules_broken) == "DATA_OWNER_FIELDS_REQUIRED");
    CHECK_MESSAGE(then.count("InviteIssued") == 0, id);
    CHECK(workspace(world, id).data_owner->organisation_name == "City of Delft");
    CHECK(workspace(world, id).data_owner->contact == "");
  }
}

TEST_CASE("ChangeDataOwnership: observed of a workspace never seen") {
  World world;
  const auto then =
      world.when(person("ed"), "ChangeDataOwnership", to_dora("panels").dump(), kObserved);
  CHECK(then.count("WorkspaceReclassified") == 1);
  CHECK(joined(then.rules_broken) == "FORBIDDEN NOT_PARTNER AGREEMENT_UNKNOWN");
  CHECK(workspace(world, "panels").usage == schema::Usage::external_client);
}

}  // namespace
}  // namespace actbook::testing

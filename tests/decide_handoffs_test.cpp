#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/acceptances.h"
#include "actbook/tables.h"
#include "support/prism.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

/// panels, with HAARLEM recorded as the data owner's organisation.
World panels_of_haarlem() {
  World world = prism_with_panels();
  world.given("DataOwnerOrganisationRecorded",
              R"({"workspace": "panels", "organisation": "haarlem"})");
  return world;
}

void given_proposal(World& world, const std::string& handoff) {
  world.given("HandoffProposed",
              json{{"handoff", handoff},
                   {"workspace", "panels"},
                   {"from_organisation", "prism"},
                   {"target", "haarlem"}}
                  .dump(),
              person("adam"));
}

/// The same, with handoff h-1 pending.
World proposed() {
  World world = panels_of_haarlem();
  given_proposal(world, "h-1");
  return world;
}

std::string record(const World& world, const Actor& actor, const std::string& workspace,
                   const std::string& organisation) {
  return refused(world, actor, "RecordDataOwnerOrganisation",
                 json{{"workspace", workspace}, {"organisation", organisation}}.dump());
}

std::string proposal(const std::string& handoff, const std::string& workspace,
                     const std::string& target) {
  return json{{"handoff", handoff}, {"workspace", workspace}, {"target", target}}.dump();
}

std::string propose(const World& world, const Actor& actor, const std::string& target,
                    const std::string& workspace = "panels") {
  return refused(world, actor, "ProposeHandoff", proposal("h-new", workspace, target));
}

std::string handoff(const std::string& id) { return json{{"handoff", id}}.dump(); }

row::WorkspaceRowT panels(const World& world) {
  return find_or_empty<row::WorkspaceRowT>(world.rows(), "panels");
}

schema::HandoffState state_of(const World& world, const std::string& id) {
  return find_or_empty<row::HandoffRowT>(world.rows(), id).state;
}

// ---- the data owner's organisation ----

TEST_CASE("RecordDataOwnerOrganisation: by staff or an owner or admin of the workspace") {
  World world = prism_with_panels();
  for (const auto& actor : {staff("sam"), person("adam"), person("olga"), person("bea")}) {
    CHECK_MESSAGE(record(world, actor, "panels", "haarlem") == "", actor.id);
  }
  for (const auto& actor : {person("milo"), person("hana"), person("ed"), system_actor("sync")}) {
    CHECK_MESSAGE(record(world, actor, "panels", "haarlem") == "FORBIDDEN", actor.id);
  }
  const auto then = world.when(staff("sam"), "RecordDataOwnerOrganisation",
                               R"({"workspace": "panels", "organisation": "haarlem"})");
  CHECK(joined(then.types) == "DataOwnerOrganisationRecorded");
  CHECK(panels(world).data_owner->organisation == "haarlem");
  CHECK(panels(world).data_owner->contact == clara_contact());
  const auto again = world.when(staff("sam"), "RecordDataOwnerOrganisation",
                                R"({"workspace": "panels", "organisation": "haarlem"})");
  CHECK(again.outcome == log::Outcome::unchanged);
}

TEST_CASE("RecordDataOwnerOrganisation: refusals, in order") {
  World world = prism_with_panels();
  given_office(world);
  CHECK(record(world, person("ed"), "panels", "nowhere") == "FORBIDDEN");
  CHECK(record(world, person("olga"), "panels", "nowhere") == "ORG_NOT_FOUND");
  CHECK(record(world, person("olga"), "office", "nowhere") == "ORG_NOT_FOUND");
  CHECK(record(world, person("olga"), "office", "haarlem") == "EXTERNAL_CLIENT_ONLY");
}

TEST_CASE("RecordDataOwnerOrganisation: observed of a workspace and organisation never seen") {
  World world;
  const auto then = world.when(person("ed"), "RecordDataOwnerOrganisation",
                               R"({"workspace": "panels", "organisation": "haarlem"})", kObserved);
  CHECK(joined(then.types) == "DataOwnerOrganisationRecorded");
  CHECK(joined(then.rules_broken) == "FORBIDDEN ORG_NOT_FOUND EXTERNAL_CLIENT_ONLY");
  CHECK(panels(world).data_owner->organisation == "haarlem");
}

TEST_CASE("RecordDataOwnerOrganisation: another organisation ends a proposal made to the first") {
  World world = proposed();
  world.given("OrganisationRegistered", R"({"organisation": "utrecht", "name": "UTRECHT"})");
  const auto then = world.when(staff("sam"), "RecordDataOwnerOrganisation",
                               R"({"workspace": "panels", "organisation": "utrecht"})");
  CHECK(joined(then.types) == "HandoffCancelled DataOwnerOrganisationRecorded");
  CHECK(refused(world, person("hugo"), "AcceptHandoff", handoff("h-1")) == "NO_PENDING_HANDOFF");
}

// ---- proposing ----

TEST_CASE("ProposeHandoff: by an owner or admin of the organisation that pays") {
  World world = panels_of_haarlem();
  for (const auto& actor : {person("bill"), person("milo"), person("hana"), staff("sam")}) {
    CHECK_MESSAGE(propose(world, actor, "haarlem") == "NOT_BILLING_ORG_ADMIN", actor.id);
  }
  for (const std::string who : {"olga", "adam", "bea"}) {
    CHECK_MESSAGE(propose(world, person(who), "haarlem") == "", who);
  }
  auto command = json::parse(proposal("h-1", "panels", "haarlem"));
  command["message"] = "Yours now.";
  const auto then = world.when(person("bea"), "ProposeHandoff", command.dump());
  CHECK(joined(then.types) == "HandoffProposed");
  CHECK(joined(then.created) == "handoff:h-1");
  CHECK(field(then.events[0], "from_organisation") == "prism");
  CHECK(field(then.events[0], "target") == "haarlem");
  CHECK(field(then.events[0], "message") == "Yours now.");
  CHECK(panels(world).pending_handoff == "h-1");
  CHECK(panels(world).organisation == "prism");
}

TEST_CASE("ProposeHandoff: a role in the workspace is not enough") {
  World world = panels_of_haarlem();
  given_member(world, "panels", "milo", "owner");
  CHECK(propose(world, person("milo"), "haarlem") == "NOT_BILLING_ORG_ADMIN");
}

TEST_CASE("ProposeHandoff: the order of refusals") {
  World world = panels_of_haarlem();
  given_office(world);
  CHECK(propose(world, person("milo"), "prism", "office") == "NOT_BILLING_ORG_ADMIN");
  CHECK(propose(world, person("adam"), "haarlem", "nowhere") == "NOT_BILLING_ORG_ADMIN");
  CHECK(propose(world, person("adam"), "prism", "office") == "POOLED_ACCOUNT");
  CHECK(propose(world, person("adam"), "nowhere", "office") == "POOLED_ACCOUNT");
  given_proposal(world, "h-1");
  CHECK(propose(world, person("adam"), "prism") == "TARGET_IS_BILLING_ORG");
  CHECK(propose(world, person("adam"), "nowhere") == "TARGET_ORG_NOT_FOUND");
  world.given("OrganisationRegistered", R"({"organisation": "utrecht", "name": "UTRECHT"})");
  CHECK(propose(world, person("adam"), "utrecht") == "TARGET_NOT_DATA_OWNER_ORG");
  CHECK(propose(world, person("adam"), "haarlem") == "HANDOFF_ALREADY_PENDING");
  CHECK(refused(world, person("adam"), "ProposeHandoff", proposal("h-1", "panels", "haarlem")) ==
        "HANDOFF_ALREADY_PENDING");
}

TEST_CASE("ProposeHandoff: the payer is the payer even where it is recorded as the data owner's") {
  World world = prism_with_panels();
  world.given("DataOwnerOrganisationRecorded",
              R"({"workspace": "panels", "organisation": "prism"})");
  CHECK(propose(world, person("adam"), "prism") == "TARGET_IS_BILLING_ORG");
}

TEST_CASE("ProposeHandoff: without a data owner's organisation there is no target") {
  const World world = prism_with_panels();
  CHECK(propose(world, person("adam"), "haarlem") == "TARGET_NOT_DATA_OWNER_ORG");
}

TEST_CASE("ProposeHandoff: a settled proposal leaves room for a new one, with a new id") {
  World world = proposed();
  world.when(person("bea"), "CancelHandoff", handoff("h-1"));
  CHECK(refused(world, person("olga"), "ProposeHandoff", proposal("h-1", "panels", "haarlem")) ==
        "HANDOFF_EXISTS");
  CHECK(propose(world, person("olga"), "haarlem") == "");
}

TEST_CASE("ProposeHandoff: observed, of things never seen and against every rule") {
  World world;
  const auto then =
      world.when(person("ed"), "ProposeHandoff", proposal("h-1", "panels", "haarlem"), kObserved);
  CHECK(joined(then.types) == "HandoffProposed");
  CHECK(joined(then.rules_broken) ==
        "NOT_BILLING_ORG_ADMIN POOLED_ACCOUNT TARGET_ORG_NOT_FOUND TARGET_NOT_DATA_OWNER_ORG");
  World pending = proposed();
  const auto twice =
      pending.when(person("adam"), "ProposeHandoff", proposal("h-1", "panels", "prism"), kObserved);
  CHECK(joined(twice.rules_broken) ==
        "TARGET_IS_BILLING_ORG TARGET_NOT_DATA_OWNER_ORG HANDOFF_ALREADY_PENDING HANDOFF_EXISTS");
}

// ---- accepting ----

TEST_CASE("AcceptHandoff: owner and payer change, and the partner's people are out") {
  World world = proposed();
  given_clara_observes(world);
  given_organisation_member(world, "prism", "zoe", "member");
  given_member(world, "panels", "zoe", "member");
  world.given("SeatOpened",
              R"({"account": "acc-panels", "person": "zoe", "seats": 2, "paid_seats": 2})");
  const auto then = world.when(person("hugo"), "AcceptHandoff", handoff("h-1"));
  CHECK(then.types.front() == "HandoffAccepted");
  CHECK(then.count("MembershipEnded") == 2);
  CHECK(field(then.event("MembershipEnded"), "cause") == "handed_off");
  CHECK(field(then.event("MembershipEnded"), "blocked_by").empty());
  CHECK(field(then.event("MembershipGranted"), "person") == "hugo");
  CHECK(field(then.event("MembershipGranted"), "role") == "owner");
  CHECK(field(then.event("MembershipGranted"), "handoff") == "h-1");
  CHECK(panels(world).organisation == "haarlem");
  CHECK(panels(world).billing_organisation == "haarlem");
  CHECK(panels(world).pending_handoff == "");
  for (const std::string who : {"adam", "olga", "bea", "zoe"}) {
    CHECK_MESSAGE(role_in(world, "panels", who) == "none", who);
  }
  CHECK(role_in(world, "panels", "hugo") == "owner");
  CHECK(role_in(world, "panels", "hana") == "admin");
  CHECK(role_in(world, "panels", "clara") == "observer");
  CHECK(state_of(world, "h-1") == schema::HandoffState::accepted);
}

TEST_CASE("AcceptHandoff: who is of the new owner's organisation too is let out, not locked out") {
  World world = proposed();
  given_member(world, "panels", "hana", "member");
  (void)world.when(person("hugo"), "AcceptHandoff", handoff("h-1"));
  CHECK(role_in(world, "panels", "hana") == "admin");
}

TEST_CASE("AcceptHandoff: account, tier, paid seats, branding and acceptance stay as they are") {
  World world = proposed();
  given_tier(world, "acc-panels", "changemaker");
  given_status(world, "acc-panels", "active");
  world.given("BrandingSet",
              json{{"workspace", "panels"}, {"logo_reference", "logo-1"}, {"logo_sha256", sha('a')}}
                  .dump());
  const auto in_force = [&] {
    const auto acceptances = acceptances_of(world.rows(), "panels");
    REQUIRE(acceptances.size() == 1);
    CHECK(acceptances[0].state == schema::AcceptanceState::in_force);
    return acceptances[0].row.accepted->position;
  };
  const auto acceptance = in_force();
  world.when(person("hugo"), "AcceptHandoff", handoff("h-1"));
  const auto account = find<row::AccountRowT>(world.rows(), "acc-panels").value();
  CHECK(panels(world).account == "acc-panels");
  CHECK(account.tier == schema::Tier::changemaker);
  CHECK(account.status == schema::AccountStatus::active);
  CHECK(account.organisation == "haarlem");
  CHECK(seats(world, "acc-panels") == "1 of 1");
  CHECK(panels(world).logo_reference == "logo-1");
  CHECK(in_force() == acceptance);
  CHECK(panels(world).usage == schema::Usage::external_client);
}

TEST_CASE("AcceptHandoff: seats are exchanged, none is added, whatever people are called") {
  World world = proposed();
  given_organisation_member(world, "haarlem", "aaron", "admin");  // sorts before adam
  world.when(person("aaron"), "AcceptHandoff", handoff("h-1"));
  CHECK(seats(world, "acc-panels") == "1 of 1");
}

TEST_CASE("AcceptHandoff: an observer who accepts becomes the owner and takes a seat") {
  World world = proposed();
  given_member(world, "panels", "hana", "observer");
  const auto then = world.when(person("hana"), "AcceptHandoff", handoff("h-1"));
  CHECK(joined(then.types) ==
        "HandoffAccepted MembershipEnded MembershipRoleChanged SeatClosed SeatOpened");
  CHECK(field(then.event("MembershipRoleChanged"), "to") == "owner");
  CHECK(role_in(world, "panels", "hana") == "owner");
}

TEST_CASE("AcceptHandoff: nobody of the partner gets back in by an old invite") {
  World world = proposed();
  world.given("InviteIssued",
              R"({"invite": "inv-old", "workspace": "panels", "contact": "contact-x",
      "role": "member", "expires_at": "2026-03-08T09:00:00Z"})");
  const auto then = world.when(person("hugo"), "AcceptHandoff", handoff("h-1"));
  CHECK(then.count("InviteRevoked") == 1);
  CHECK(field(then.event("InviteRevoked"), "invite") == "inv-old");
  CHECK(field(then.event("InviteRevoked"), "cause") == "handed_off");
  // Who sent it has no more say in the data owner's invite, which waits on.
  for (const auto* command : {"ResendInvite", "RevokeInvite"}) {
    CHECK(refused(world, person("adam"), command, R"({"invite": "inv-clara"})") ==
          "NOT_INVITER_OR_ORG_ADMIN");
  }
  CHECK(
      refused(world, person("clara"), "AcceptInvite",
              R"({"invite": "inv-clara", "person": "clara", "email": "clara@haarlem.example"})") ==
      "");
}

TEST_CASE("AcceptHandoff and DeclineHandoff: refusals, in order") {
  World world = proposed();
  for (const auto* command : {"AcceptHandoff", "DeclineHandoff"}) {
    for (const auto& actor : {person("adam"), person("olga"), staff("sam"), person("ed")}) {
      CHECK_MESSAGE(refused(world, actor, command, handoff("h-1")) == "NOT_TARGET_ORG_ADMIN",
                    actor.id);
    }
    CHECK(refused(world, person("hana"), command, handoff("h-1")) == "");
    CHECK(refused(world, person("hana"), command, handoff("h-9")) == "NO_PENDING_HANDOFF");
    CHECK(refused(world, person("adam"), command, handoff("h-9")) == "NO_PENDING_HANDOFF");
  }
}

TEST_CASE("Handoffs: accepted, declined and cancelled are final") {
  const auto outcome_of = [](const char* first) {
    World world = proposed();
    world.when(person(first == std::string("CancelHandoff") ? "adam" : "hana"), first,
               handoff("h-1"));
    std::string reasons;
    for (const auto* second : {"AcceptHandoff", "DeclineHandoff", "CancelHandoff"}) {
      for (const std::string who : {"hana", "olga"}) {
        reasons += refused(world, person(who), second, handoff("h-1")) + " ";
      }
    }
    return reasons;
  };
  std::string all;
  for (int i = 0; i < 6; ++i) all += "NO_PENDING_HANDOFF ";
  CHECK(outcome_of("AcceptHandoff") == all);
  CHECK(outcome_of("DeclineHandoff") == all);
  CHECK(outcome_of("CancelHandoff") == all);
}

TEST_CASE("AcceptHandoff: observed of a handoff never seen, and of one that was cancelled") {
  World world;
  const auto unseen = world.when(person("hugo"), "AcceptHandoff", handoff("h-1"), kObserved);
  CHECK(joined(unseen.types) == "HandoffAccepted");
  CHECK(joined(unseen.rules_broken) == "NO_PENDING_HANDOFF NOT_TARGET_ORG_ADMIN");
  CHECK(state_of(world, "h-1") == schema::HandoffState::accepted);

  World cancelled = proposed();
  cancelled.when(person("adam"), "CancelHandoff", handoff("h-1"));
  const auto then = cancelled.when(person("hugo"), "AcceptHandoff", handoff("h-1"), kObserved);
  CHECK(joined(then.rules_broken) == "NO_PENDING_HANDOFF");
  CHECK(panels(cancelled).organisation == "haarlem");
  CHECK(role_in(cancelled, "panels", "adam") == "none");
}

// ---- declining and cancelling ----

TEST_CASE("DeclineHandoff: the reason is kept, and everything stays where it was") {
  World world = proposed();
  const auto then =
      world.when(person("hana"), "DeclineHandoff", handoff("h-1"), R"({"reason": "no budget"})");
  CHECK(joined(then.types) == "HandoffDeclined");
  CHECK(field(then.events[0], "workspace") == "panels");
  CHECK(field(then.events[0], "target") == "haarlem");
  CHECK(find_or_empty<row::HandoffRowT>(world.rows(), "h-1").reason == "no budget");
  CHECK(state_of(world, "h-1") == schema::HandoffState::declined);
  CHECK(panels(world).organisation == "prism");
  CHECK(panels(world).pending_handoff == "");
  CHECK(role_in(world, "panels", "adam") == "owner");
}

TEST_CASE("CancelHandoff: by an owner or admin of the payer, refusals, in order") {
  World world = proposed();
  for (const auto& actor : {person("milo"), person("bill"), person("hana"), staff("sam")}) {
    CHECK_MESSAGE(refused(world, actor, "CancelHandoff", handoff("h-1")) == "NOT_BILLING_ORG_ADMIN",
                  actor.id);
    CHECK(refused(world, actor, "CancelHandoff", handoff("h-9")) == "NO_PENDING_HANDOFF");
  }
  const auto then = world.when(person("bea"), "CancelHandoff", handoff("h-1"));
  CHECK(joined(then.types) == "HandoffCancelled");
  CHECK(field(then.events[0], "from_organisation") == "prism");
  CHECK(state_of(world, "h-1") == schema::HandoffState::cancelled);
  CHECK(panels(world).pending_handoff == "");
}

TEST_CASE("Declining and cancelling: observed of handoffs never seen") {
  World world;
  const auto declined = world.when(person("ed"), "DeclineHandoff", handoff("h-1"), kObserved);
  CHECK(joined(declined.types) == "HandoffDeclined");
  CHECK(joined(declined.rules_broken) == "NO_PENDING_HANDOFF NOT_TARGET_ORG_ADMIN");
  const auto cancelled = world.when(person("ed"), "CancelHandoff", handoff("h-2"), kObserved);
  CHECK(joined(cancelled.types) == "HandoffCancelled");
  CHECK(joined(cancelled.rules_broken) == "NO_PENDING_HANDOFF NOT_BILLING_ORG_ADMIN");
  CHECK(state_of(world, "h-1") == schema::HandoffState::declined);
  CHECK(state_of(world, "h-2") == schema::HandoffState::cancelled);
}

TEST_CASE("Handoffs: settling one, as observed, leaves another one pending") {
  World world = proposed();
  world.when(person("bea"), "CancelHandoff", handoff("h-1"));
  given_proposal(world, "h-2");
  for (const auto* command : {"DeclineHandoff", "CancelHandoff"}) {
    world.when(person("bea"), command, handoff("h-1"), kObserved);
    CHECK(panels(world).pending_handoff == "h-2");
    CHECK(propose(world, person("adam"), "haarlem") == "HANDOFF_ALREADY_PENDING");
  }
}

}  // namespace
}  // namespace actbook::testing

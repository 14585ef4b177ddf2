// What a review of both programs found: each case here was wrong once.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/acceptances.h"
#include "actbook/access.h"
#include "actbook/belongings.h"
#include "actbook/tables.h"
#include "support/agnes.h"
#include "support/prism.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

const std::string kPanels = R"({"workspace": "panels"})";

World with_recording() {
  World world = prism_with_panels();
  world.when(person("adam"), "CreateProject",
             R"({"project": "p", "workspace": "panels", "name": "P"})");
  world.when(person("adam"), "AddRecording", R"({"recording": "r", "project": "p"})");
  return world;
}

TEST_CASE("Review: an observed second payment earns no second kickback") {
  World world = prism_with_panels();
  world.when(staff("sam"), "SignReferralDeal", R"({"deal": "d", "workspace": "panels",
      "organisation": "prism", "terms": {"kickback_percent": 20, "discount_percent": 0,
      "starts_at": "2026-01-01"}})");
  world.when(staff("sam"), "RecordCharge",
             R"({"charge": "c", "account": "acc-panels", "plan_cents": 10000})");
  const std::string pay = R"({"payment": "p", "charge": "c"})";
  CHECK(world.when(staff("sam"), "RecordPayment", pay).count("KickbackAccrued") == 1);
  const auto again = world.when(staff("sam"), "RecordPayment", pay, kObserved);
  CHECK(joined(again.rules_broken) == "CHARGE_ALREADY_PAID PAYMENT_EXISTS");
  CHECK(again.count("KickbackAccrued") == 0);
  CHECK(find<row::DealRowT>(world.rows(), "d")->accrued_cents == 2000);
}

TEST_CASE("Review: an observed second creation keeps what is in the workspace") {
  World world = with_recording();
  world.when(person("adam"), "OpenSupportDoor", kPanels);
  world.when(person("adam"), "CreateWorkspace",
             R"({"workspace": "panels", "organisation": "prism", "name": "Again"})", kObserved);
  const auto after = *find<row::WorkspaceRowT>(world.rows(), "panels");
  CHECK(live_projects(world.rows(), "workspace", "panels").size() == 1);
  CHECK(after.support_door_open);
  CHECK(acceptances_of(world.rows(), "panels").size() == 1);
}

TEST_CASE("Review: an import makes nobody an owner and lets nobody in") {
  World world = prism_with_panels();
  const Actor import{"import", "crm"};
  const auto founded =
      world.when(import, "CreateClientOrganisation",
                 R"({"agency": "prism", "organisation": "newco", "name": "N"})", kObserved);
  CHECK(founded.count("OrganisationRegistered") == 1);
  CHECK(founded.count("OrganisationMemberAdded") == 0);
  CHECK(world.when(import, "JoinSupport", kPanels, kObserved).types.empty());
  CHECK(role_in(world, "panels", "crm") == "none");
  world.when(person("adam"), "CreateProject",
             R"({"project": "p", "workspace": "panels", "name": "P"})");
  CHECK(world.when(import, "EnterProject", R"({"project": "p"})", kObserved).types.empty());
}

TEST_CASE("Review: a client's data is out of its boundary once the workspace is internal") {
  World world = with_recording();
  CHECK(find<row::RecordingRowT>(world.rows(), "r")->left_client.empty());
  const auto then = world.when(person("adam"), "ChangeDataOwnership",
                               R"({"workspace": "panels", "usage": "internal"})");
  REQUIRE(then.count("WorkspaceReclassified") == 1);
  CHECK(find<row::RecordingRowT>(world.rows(), "r")->left_client.size() == 1);
}

TEST_CASE("Review: a block ends with the organisation that it was about") {
  World world = prism_with_panels();
  given_organisation_member(world, "prism", "hana", "member");
  given_member(world, "panels", "hana", "admin");
  world.when(person("adam"), "RemoveMember", R"({"workspace": "panels", "person": "hana"})");
  world.when(person("adam"), "RecordDataOwnerOrganisation",
             R"({"workspace": "panels", "organisation": "haarlem"})");
  world.when(person("adam"), "ProposeHandoff",
             R"({"handoff": "h", "workspace": "panels", "target": "haarlem"})");
  world.when(person("hugo"), "AcceptHandoff", R"({"handoff": "h"})");
  CHECK(role_in(world, "panels", "hana") == "admin");
}

TEST_CASE("Review: a support session is no membership where one is to begin") {
  World world = prism_with_panels();
  world.when(person("adam"), "OpenSupportDoor", kPanels);
  world.when(staff("sam"), "JoinSupport", kPanels);
  const auto invited =
      world.when(person("adam"), "InviteToWorkspace",
                 R"({"invite": "i", "workspace": "panels", "person": "sam", "role": "member"})");
  CHECK(invited.result == "added");
  CHECK(joined(invited.types) ==
        "OrganisationMemberAdded MembershipEnded MembershipGranted SeatOpened");
  CHECK(role_in(world, "panels", "sam") == "member");
}

TEST_CASE("Review: whoever is in a session keeps away from the door in every guise") {
  World world = prism_with_panels();
  world.when(person("adam"), "OpenSupportDoor", kPanels);
  world.when(staff("sam"), "JoinSupport", kPanels);
  CHECK(refused(world, staff("sam"), "CloseSupportDoor", kPanels) == "FORBIDDEN");
  CHECK(refused(world, person("sam"), "CloseSupportDoor", kPanels) == "FORBIDDEN");
  CHECK(refused(world, person("adam"), "CloseSupportDoor", kPanels) == "");
}

TEST_CASE("Review: a late report of joining does not shorten a session") {
  World world = prism_with_panels();
  world.when(person("adam"), "OpenSupportDoor", kPanels);
  world.at("2026-03-03");
  world.when(staff("sam"), "JoinSupport", kPanels);
  const auto late = world.when(staff("sam"), "JoinSupport", kPanels,
                               R"({"mode": "observed", "occurred_at": "2026-03-02T12:00:00Z"})");
  CHECK(late.types.empty());
}

TEST_CASE("Review: the organisation of the same data owner is recorded with a correction") {
  World world = prism_with_panels();
  const auto then = world.when(person("adam"), "ChangeDataOwnership", R"({"workspace": "panels",
      "usage": "external_client", "data_owner": {"organisation_name": "City of Haarlem",
      "email": "clara@haarlem.example", "organisation": "haarlem"}})");
  CHECK(joined(then.types) == "DataOwnerOrganisationRecorded");
}

TEST_CASE("Review: a read in a deleted project stays in the client's trail") {
  World world = with_recording();
  world.when(person("adam"), "DeleteProject", R"({"project": "p"})");
  const auto read = world.when(staff("sam"), "RecordAccess",
                               R"({"person": "sam", "project": "p", "what": "x"})", kObserved);
  const auto event = read.event("AccessRecorded");
  CHECK(field(event, "workspace") == "panels");
  CHECK(field(event, "data_owner/contact") == clara_contact());
  CHECK(field(event, "basis") == "staff_override");
}

TEST_CASE("Review: a legal hold reaches whoever came by mandate or support") {
  World world = prism_with_panels();
  world.when(staff("sue"), "RequestSupport", R"({"request": "s", "workspace": "panels"})");
  world.when(staff("sam"), "PlaceLegalHold", R"({"hold": "h", "workspace": "panels"})",
             R"({"reason": "a dispute"})");
  const auto erased =
      world.when(staff("sam"), "ErasePerson", R"({"person": "sue"})", R"({"reason": "asked"})");
  CHECK(erased.reason == "LEGAL_HOLD");
}

TEST_CASE("Review: a yearly plan bought in a month that was billed is charged in the next") {
  World world = prism();
  for (const auto* plan : {"m", "y"}) {
    world.when(staff("sam"), "DefinePlan",
               json{{"plan", plan}, {"name", plan}, {"monthly_cents", 100}, {"yearly_cents", 1000}}
                   .dump());
  }
  const auto buy = [&](const std::string& plan, const std::string& interval) {
    world.when(person("olga"), "BuyPlan",
               json{{"organisation", "prism"}, {"plan", plan}, {"interval", interval}}.dump());
  };
  const auto bill = [&](const std::string& month) {
    const auto then = world.when(
        staff("sam"), "BillMonth",
        json{{"charge", "b-" + month}, {"organisation", "prism"}, {"month", month}}.dump());
    return then.types.empty() ? std::string("nothing")
                              : field(then.event("ChargeRecorded"), "total_cents");
  };
  buy("m", "monthly");
  CHECK(bill("2026-03-01") == "100");
  buy("y", "yearly");
  CHECK(bill("2026-04-01") == "1000");
  CHECK(bill("2026-05-01") == "nothing");
  CHECK(bill("2027-03-01") == "1000");
  CHECK(bill("2027-04-01") == "nothing");
}

}  // namespace
}  // namespace actbook::testing

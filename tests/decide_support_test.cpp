#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/access.h"
#include "actbook/tables.h"
#include "support/prism.h"

// Support sessions, domain.md 4.6. The worlds begin on 03-01 at 09:00.
namespace actbook::testing {
namespace {

using nlohmann::json;
using schema::SupportRequestState;

const std::string kPanels = R"({"workspace": "panels"})";

World open_door() {
  World world = prism_with_panels();
  world.given("SupportDoorOpened", kPanels, person("adam"));
  return world;
}

/// sam is in panels, through a door that is open, until 03-02 09:00.
World in_session() {
  World world = open_door();
  world.when(staff("sam"), "JoinSupport", kPanels);
  return world;
}

std::string request(const std::string& id) { return json{{"request", id}}.dump(); }
std::string asking(const std::string& id, const std::string& workspace = "panels") {
  return json{{"request", id}, {"workspace", workspace}}.dump();
}

/// sam has asked, by request q-1, until 03-08 09:00.
World requested() {
  World world = prism_with_panels();
  world.when(staff("sam"), "RequestSupport", asking("q-1"));
  return world;
}

row::SupportRequestRowT request_row(const World& world, const std::string& id) {
  return find_or_empty<row::SupportRequestRowT>(world.rows(), id);
}

row::MembershipRowT membership(const World& world, const std::string& person) {
  return find_or_empty<row::MembershipRowT>(world.rows(), "panels/" + person);
}

bool door_open(const World& world) {
  return find_or_empty<row::WorkspaceRowT>(world.rows(), "panels").support_door_open;
}

/// Every role in the workspace, each tried by a person with nothing but that: those that may.
std::string roles_that_may(const World& world, const char* type, const std::string& command) {
  std::vector<std::string> roles;
  for (const auto role : schema::EnumValuesWorkspaceRole()) {
    World tried = world;
    given_member(tried, "panels", "x", schema::EnumNameWorkspaceRole(role));
    const auto reason = refused(tried, person("x"), type, command);
    CHECK((reason.empty() || reason == "FORBIDDEN"));
    if (reason.empty()) roles.emplace_back(schema::EnumNameWorkspaceRole(role));
  }
  return joined(roles);
}

// ---- the door ----

TEST_CASE("Support door: opened and closed by whoever manages the settings") {
  const World closed = prism_with_panels();
  const World open = open_door();
  for (const auto* type : {"OpenSupportDoor", "CloseSupportDoor"}) {
    const World& world = type == std::string("OpenSupportDoor") ? closed : open;
    CHECK(roles_that_may(world, type, kPanels) == "admin owner");
    CHECK(refused(world, person("olga"), type, kPanels) == "");
    CHECK(refused(world, person("adam"), type, R"({"workspace": "nowhere"})") == "FORBIDDEN");
    for (const auto& actor :
         {person("milo"), person("hana"), staff("sam"), staff("adam"), system_actor("sync")}) {
      CHECK_MESSAGE(refused(world, actor, type, kPanels) == "FORBIDDEN", actor.id);
    }
  }
}

TEST_CASE("Support door: opening and closing it and again") {
  World world = prism_with_panels();
  CHECK(world.when(person("adam"), "CloseSupportDoor", kPanels).outcome == log::Outcome::unchanged);
  const auto opened = world.when(person("adam"), "OpenSupportDoor", kPanels);
  CHECK(joined(opened.types) == "SupportDoorOpened");
  CHECK(field(opened.events[0], "workspace") == "panels");
  CHECK(door_open(world));
  CHECK(world.when(person("bea"), "OpenSupportDoor", kPanels).outcome == log::Outcome::unchanged);
  CHECK(refused(world, person("milo"), "OpenSupportDoor", kPanels) == "FORBIDDEN");
  const auto closed = world.when(person("bea"), "CloseSupportDoor", kPanels);
  CHECK(joined(closed.types) == "SupportDoorClosed");
  CHECK(field(closed.events[0], "cause") == "asked");
  CHECK(!door_open(world));
  CHECK(find_or_empty<row::WorkspaceRowT>(world.rows(), "panels").support_door->actor->id == "bea");
}

TEST_CASE("Support door: closing it does not end a session that runs but nobody extends it") {
  World world = in_session();
  world.when(person("adam"), "CloseSupportDoor", kPanels);
  CHECK(role_in(world, "panels", "sam") == "admin");
  CHECK(refused(world, staff("sam"), "JoinSupport", kPanels) == "SUPPORT_ACCESS_OFF");
  CHECK(refused(world, staff("sue"), "JoinSupport", kPanels) == "SUPPORT_ACCESS_OFF");
  world.at("2026-03-02T08:59:59.999999Z");
  CHECK(role_in(world, "panels", "sam") == "admin");
  world.at("2026-03-02T09:00:00Z");
  CHECK(role_in(world, "panels", "sam") == "none");
}

TEST_CASE("Support door: observed of a workspace never seen") {
  World world;
  const auto opened = world.when(person("ed"), "OpenSupportDoor", kPanels, kObserved);
  CHECK(joined(opened.types) == "SupportDoorOpened");
  CHECK(joined(opened.rules_broken) == "FORBIDDEN");
  CHECK(door_open(world));
  CHECK(role_in(world, "panels", "ed") == "none");
  const auto closed = world.when(person("ed"), "CloseSupportDoor", kPanels, kObserved);
  CHECK(joined(closed.types) == "SupportDoorClosed");
  CHECK(joined(closed.rules_broken) == "FORBIDDEN");
  CHECK(!door_open(world));
}

// ---- joining ----

TEST_CASE("JoinSupport: an admin for 24 hours without a seat") {
  World world = open_door();
  const auto then = world.when(staff("sam"), "JoinSupport", kPanels);
  CHECK(joined(then.types) == "MembershipGranted");
  CHECK(field(then.events[0], "person") == "sam");
  CHECK(field(then.events[0], "role") == "admin");
  CHECK(field(then.events[0], "source") == "staff_support");
  CHECK(field(then.events[0], "expires_at") == "2026-03-02T09:00:00Z");
  CHECK(field(then.events[0], "support_request") == "");
  CHECK(field(then.events[0], "data_owner/contact") == clara_contact());
  const auto access = effective_access(world.rows(), world.now(), "panels", "sam");
  CHECK(access.role == schema::WorkspaceRole::admin);
  CHECK(access.basis == "staff-support membership as admin");
  CHECK(seats(world, "acc-panels") == "1 of 1");
  CHECK(organisation_role_of(world, "prism", "sam") == "none");
}

TEST_CASE("JoinSupport: refusals in order") {
  World closed = prism_with_panels();
  CHECK(refused(closed, person("adam"), "JoinSupport", kPanels) == "STAFF_ONLY");
  CHECK(refused(closed, system_actor("sync"), "JoinSupport", kPanels) == "STAFF_ONLY");
  CHECK(refused(closed, staff("sam"), "JoinSupport", kPanels) == "SUPPORT_ACCESS_OFF");
  CHECK(refused(closed, staff("sam"), "JoinSupport", R"({"workspace": "nowhere"})") ==
        "SUPPORT_ACCESS_OFF");
  given_member(closed, "panels", "sam", "member");
  CHECK(refused(closed, staff("sam"), "JoinSupport", kPanels) == "SUPPORT_ACCESS_OFF");
  World open = open_door();
  given_member(open, "panels", "sam", "member");
  CHECK(refused(open, person("ed"), "JoinSupport", kPanels) == "STAFF_ONLY");
  CHECK(refused(open, staff("sam"), "JoinSupport", kPanels) == "ALREADY_MEMBER");
  CHECK(refused(open, staff("sue"), "JoinSupport", kPanels) == "");
}

TEST_CASE("JoinSupport: again while it runs extends it and at the same instant changes nothing") {
  World world = in_session();
  CHECK(world.when(staff("sam"), "JoinSupport", kPanels).outcome == log::Outcome::unchanged);
  world.at("2026-03-02T08:59:59.999999Z");
  const auto then = world.when(staff("sam"), "JoinSupport", kPanels);
  CHECK(joined(then.types) == "SupportExtended");
  CHECK(field(then.events[0], "workspace") == "panels");
  CHECK(field(then.events[0], "person") == "sam");
  CHECK(field(then.events[0], "from_expires_at") == "2026-03-02T09:00:00Z");
  CHECK(field(then.events[0], "expires_at") == "2026-03-03T08:59:59.999999Z");
  world.at("2026-03-03T08:59:59.999998Z");
  CHECK(role_in(world, "panels", "sam") == "admin");
  world.at("2026-03-03T08:59:59.999999Z");
  CHECK(role_in(world, "panels", "sam") == "none");
  // At the instant it is over, a new one begins.
  CHECK(joined(world.when(staff("sam"), "JoinSupport", kPanels).types) == "MembershipGranted");
}

TEST_CASE("JoinSupport: observed against every rule the session stands") {
  World world;
  const auto unseen = world.when(person("ed"), "JoinSupport", kPanels, kObserved);
  CHECK(joined(unseen.types) == "MembershipGranted");
  CHECK(joined(unseen.rules_broken) == "STAFF_ONLY SUPPORT_ACCESS_OFF");
  CHECK(role_in(world, "panels", "ed") == "none");  // in a workspace that nobody knows

  World known = prism_with_panels();
  given_member(known, "panels", "milo", "member");
  known.given("SeatOpened",
              R"({"account": "acc-panels", "person": "milo", "seats": 2, "paid_seats": 2})");
  const auto then = known.when(person("milo"), "JoinSupport", kPanels, kObserved);
  CHECK(joined(then.rules_broken) == "STAFF_ONLY SUPPORT_ACCESS_OFF ALREADY_MEMBER");
  CHECK(role_in(known, "panels", "milo") == "admin");
  CHECK(seats(known, "acc-panels") == "1 of 2");  // a session takes none
  known.at("2026-03-02T09:00:00Z");
  CHECK(role_in(known, "panels", "milo") == "none");
}

TEST_CASE("JoinSupport: observed late it ran from when it was") {
  World world = open_door();
  world.at("2026-03-01T20:00:00Z");
  const auto then = world.when(staff("sam"), "JoinSupport", kPanels,
                               R"({"mode": "observed", "occurred_at": "2026-03-01T10:00:00Z"})");
  CHECK(field(then.events[0], "expires_at") == "2026-03-02T10:00:00Z");
}

// ---- what a session gives ----

TEST_CASE("Support session: staff may act as an admin of that workspace and of no other") {
  World world = in_session();
  given_office(world);
  const auto rename = [](const char* workspace) {
    return json{{"workspace", workspace}, {"name", "N"}}.dump();
  };
  CHECK(refused(world, staff("sam"), "RenameWorkspace", rename("panels")) == "");
  CHECK(refused(world, staff("sam"), "CreateProject",
                R"({"project": "p", "workspace": "panels", "name": "P"})") == "");
  CHECK(refused(world, staff("sam"), "ChangeWorkspaceRole",
                R"({"workspace": "panels", "person": "adam", "role": "member"})") != "FORBIDDEN");
  CHECK(refused(world, staff("sam"), "RenameWorkspace", rename("office")) == "FORBIDDEN");
  CHECK(refused(world, staff("sue"), "RenameWorkspace", rename("panels")) == "FORBIDDEN");
  CHECK(refused(world, system_actor("sam"), "RenameWorkspace", rename("panels")) == "FORBIDDEN");
  world.at("2026-03-02T08:59:59.999999Z");
  CHECK(refused(world, staff("sam"), "RenameWorkspace", rename("panels")) == "");
  world.at("2026-03-02T09:00:00Z");
  CHECK(refused(world, staff("sam"), "RenameWorkspace", rename("panels")) == "FORBIDDEN");
}

TEST_CASE("Support session: as staff nobody acts by a membership of another kind") {
  World world = prism_with_panels();
  given_member(world, "panels", "sam", "admin");
  const std::string rename = R"({"workspace": "panels", "name": "N"})";
  CHECK(refused(world, staff("sam"), "RenameWorkspace", rename) == "FORBIDDEN");
  CHECK(refused(world, staff("olga"), "RenameWorkspace", rename) == "FORBIDDEN");
  CHECK(refused(world, person("sam"), "RenameWorkspace", rename) == "");
}

TEST_CASE("Support session: a block survives it however it ends") {
  for (const bool leaves : {true, false}) {
    World world = open_door();
    given_member(world, "panels", "bea", "member");
    world.when(person("adam"), "RemoveMember", R"({"workspace": "panels", "person": "bea"})");
    REQUIRE(role_in(world, "panels", "bea") == "none");
    world.when(staff("bea"), "JoinSupport", kPanels);
    CHECK(role_in(world, "panels", "bea") == "admin");
    world.at("2026-03-02T08:00:00Z");
    if (leaves) {
      const auto left = world.when(staff("bea"), "LeaveSupport", kPanels);
      CHECK(field(left.events[0], "blocked_by").empty());
    }
    world.at("2026-03-02T09:00:00Z");
    CHECK(role_in(world, "panels", "bea") == "none");
    CHECK(membership(world, "bea").blocked_by == "prism");
    world.when(person("bea"), "SelfJoin", kPanels);
    CHECK(role_in(world, "panels", "bea") == "admin");
  }
  World unblocked = open_door();
  unblocked.when(staff("bea"), "JoinSupport", kPanels);
  const auto left = unblocked.when(staff("bea"), "LeaveSupport", kPanels);
  CHECK(field(left.events[0], "blocked_by").empty());
  CHECK(role_in(unblocked, "panels", "bea") == "admin");  // by the organisation again
}

TEST_CASE("Support session: a handoff ends it and closes the door") {
  World world = in_session();
  world.given("DataOwnerOrganisationRecorded",
              R"({"workspace": "panels", "organisation": "haarlem"})");
  world.given("HandoffProposed", R"({"handoff": "h-1", "workspace": "panels",
      "from_organisation": "prism", "target": "haarlem"})");
  const auto then = world.when(person("hugo"), "AcceptHandoff", R"({"handoff": "h-1"})");
  CHECK(then.count("MembershipEnded") == 2);
  CHECK(field(then.event("MembershipEnded", 1), "person") == "sam");
  CHECK(field(then.event("MembershipEnded", 1), "cause") == "handed_off");
  CHECK(field(then.event("SupportDoorClosed"), "cause") == "handed_off");
  CHECK(role_in(world, "panels", "sam") == "none");
  CHECK(!door_open(world));
  CHECK(refused(world, staff("sam"), "JoinSupport", kPanels) == "SUPPORT_ACCESS_OFF");
  CHECK(refused(world, staff("sam"), "RenameWorkspace",
                R"({"workspace": "panels", "name": "N"})") == "FORBIDDEN");
}

// ---- asking ----

TEST_CASE("RequestSupport: staff ask through a closed door for 7 days") {
  World world = prism_with_panels();
  const auto then = world.when(staff("sam"), "RequestSupport", asking("q-1"));
  CHECK(joined(then.types) == "SupportRequested");
  CHECK(joined(then.created) == "support_request:q-1");
  CHECK(field(then.events[0], "request") == "q-1");
  CHECK(field(then.events[0], "workspace") == "panels");
  CHECK(field(then.events[0], "person") == "sam");
  CHECK(field(then.events[0], "expires_at") == "2026-03-08T09:00:00Z");
  CHECK(request_row(world, "q-1").state == SupportRequestState::pending);
  CHECK(request_row(world, "q-1").person == "sam");
  CHECK(find_or_empty<row::WorkspaceRowT>(world.rows(), "panels").support_request == "q-1");
  CHECK(role_in(world, "panels", "sam") == "none");
}

TEST_CASE("RequestSupport: refusals in order") {
  World world = requested();
  const auto ask = [&](const Actor& actor, const std::string& command) {
    return refused(world, actor, "RequestSupport", command);
  };
  CHECK(ask(person("adam"), asking("q-1", "nowhere")) == "STAFF_ONLY");
  CHECK(ask(system_actor("sync"), asking("q-2")) == "STAFF_ONLY");
  CHECK(ask(staff("sam"), asking("q-1", "nowhere")) == "WORKSPACE_NOT_FOUND");
  CHECK(ask(staff("sam"), asking("q-1")) == "REQUEST_PENDING");
  CHECK(ask(staff("sue"), asking("q-2")) == "REQUEST_PENDING");
  world.when(person("adam"), "OpenSupportDoor", kPanels);
  CHECK(ask(staff("sue"), asking("q-2")) == "SUPPORT_ALREADY_ON");
  world.when(staff("sam"), "JoinSupport", kPanels);
  world.when(person("adam"), "CloseSupportDoor", kPanels);
  CHECK(ask(staff("sam"), asking("q-2")) == "SUPPORT_ALREADY_ON");  // a session runs
  CHECK(ask(staff("sue"), asking("q-2")) == "REQUEST_PENDING");
  world.when(person("adam"), "DenySupport", request("q-1"));
  CHECK(ask(staff("sue"), asking("q-1")) == "REQUEST_EXISTS");
  CHECK(ask(staff("sue"), asking("q-2")) == "");
  CHECK(ask(staff("sam"), asking("q-2")) == "SUPPORT_ALREADY_ON");
  world.at("2026-03-02T09:00:00Z");
  CHECK(ask(staff("sam"), asking("q-2")) == "");
}

TEST_CASE("RequestSupport: it waits for 7 days and at that instant it has expired") {
  World world = requested();
  world.at("2026-03-08T08:59:59.999999Z");
  CHECK(refused(world, staff("sam"), "RequestSupport", asking("q-2")) == "REQUEST_PENDING");
  CHECK(refused(world, person("adam"), "ApproveSupport", request("q-1")) == "");
  CHECK(refused(world, person("adam"), "DenySupport", request("q-1")) == "");
  world.at("2026-03-08T09:00:00Z");
  CHECK(refused(world, person("adam"), "ApproveSupport", request("q-1")) == "NOT_PENDING");
  CHECK(refused(world, person("adam"), "DenySupport", request("q-1")) == "NOT_PENDING");
  CHECK(refused(world, staff("sam"), "RequestSupport", asking("q-1")) == "REQUEST_EXISTS");
  CHECK(refused(world, staff("sam"), "RequestSupport", asking("q-2")) == "");
}

TEST_CASE("RequestSupport: observed of a workspace never seen and against the rules") {
  World world;
  const auto unseen = world.when(person("ed"), "RequestSupport", asking("q-1"), kObserved);
  CHECK(joined(unseen.types) == "SupportRequested");
  CHECK(joined(unseen.rules_broken) == "STAFF_ONLY WORKSPACE_NOT_FOUND");
  World known = requested();
  known.when(person("adam"), "OpenSupportDoor", kPanels);
  const auto then = known.when(staff("sue"), "RequestSupport", asking("q-1"), kObserved);
  CHECK(joined(then.rules_broken) == "SUPPORT_ALREADY_ON REQUEST_PENDING REQUEST_EXISTS");
  CHECK(request_row(known, "q-1").person == "sue");
}

// ---- answering ----

TEST_CASE(
    "ApproveSupport: 24 hours for who asked and the door stays closed and nothing extends it") {
  World world = requested();
  CHECK(roles_that_may(world, "ApproveSupport", request("q-1")) == "admin owner");
  world.at("2026-03-01T11:00:00Z");
  const auto then = world.when(person("bea"), "ApproveSupport", request("q-1"));
  CHECK(joined(then.types) == "SupportApproved MembershipGranted");
  CHECK(field(then.events[0], "request") == "q-1");
  CHECK(field(then.events[0], "workspace") == "panels");
  CHECK(field(then.events[0], "person") == "sam");
  CHECK(field(then.events[1], "person") == "sam");
  CHECK(field(then.events[1], "role") == "admin");
  CHECK(field(then.events[1], "source") == "staff_support");
  CHECK(field(then.events[1], "support_request") == "q-1");
  CHECK(field(then.events[1], "expires_at") == "2026-03-02T11:00:00Z");
  CHECK(field(then.events[1], "data_owner/contact") == clara_contact());
  CHECK(request_row(world, "q-1").state == SupportRequestState::approved);
  CHECK(request_row(world, "q-1").decided->actor->id == "bea");
  CHECK(seats(world, "acc-panels") == "1 of 1");
  CHECK(!door_open(world));
  CHECK(refused(world, staff("sam"), "JoinSupport", kPanels) == "SUPPORT_ACCESS_OFF");
  world.at("2026-03-02T10:59:59.999999Z");
  CHECK(role_in(world, "panels", "sam") == "admin");
  world.at("2026-03-02T11:00:00Z");
  CHECK(role_in(world, "panels", "sam") == "none");
}

TEST_CASE("ApproveSupport and DenySupport: refusals in order") {
  World world = requested();
  for (const auto* type : {"ApproveSupport", "DenySupport"}) {
    for (const auto& actor : {person("milo"), staff("sam"), staff("sue"), system_actor("sync")}) {
      CHECK_MESSAGE(refused(world, actor, type, request("q-1")) == "FORBIDDEN", actor.id);
    }
    CHECK(refused(world, person("adam"), type, request("q-9")) == "FORBIDDEN");
    for (const auto* first : {"ApproveSupport", "DenySupport"}) {
      World answered = world;
      answered.when(person("adam"), first, request("q-1"));
      CHECK(refused(answered, person("adam"), type, request("q-1")) == "NOT_PENDING");
      CHECK(refused(answered, person("milo"), type, request("q-1")) == "FORBIDDEN");
    }
  }
  given_member(world, "panels", "sam", "member");
  CHECK(refused(world, person("milo"), "ApproveSupport", request("q-1")) == "FORBIDDEN");
  CHECK(refused(world, person("adam"), "ApproveSupport", request("q-1")) == "ALREADY_MEMBER");
  CHECK(refused(world, person("adam"), "DenySupport", request("q-1")) == "");
  world.at("2026-03-08T09:00:00Z");
  CHECK(refused(world, person("adam"), "ApproveSupport", request("q-1")) == "NOT_PENDING");
}

TEST_CASE("ApproveSupport: a session that runs meanwhile is renewed by it") {
  World world = requested();
  world.when(person("adam"), "OpenSupportDoor", kPanels);
  world.when(staff("sam"), "JoinSupport", kPanels);
  world.at("2026-03-01T12:00:00Z");
  const auto then = world.when(person("adam"), "ApproveSupport", request("q-1"));
  CHECK(joined(then.types) == "SupportApproved MembershipEnded MembershipGranted");
  CHECK(field(then.events[1], "cause") == "support_renewed");
  CHECK(membership(world, "sam").support_request == "q-1");
  world.at("2026-03-02T11:59:59.999999Z");
  CHECK(role_in(world, "panels", "sam") == "admin");
  // With the door open it is extended like any other.
  CHECK(joined(world.when(staff("sam"), "JoinSupport", kPanels).types) == "SupportExtended");
}

TEST_CASE("DenySupport: nobody is let in") {
  World world = requested();
  CHECK(roles_that_may(world, "DenySupport", request("q-1")) == "admin owner");
  const auto then = world.when(person("adam"), "DenySupport", request("q-1"));
  CHECK(joined(then.types) == "SupportDenied");
  CHECK(field(then.events[0], "request") == "q-1");
  CHECK(field(then.events[0], "workspace") == "panels");
  CHECK(field(then.events[0], "person") == "sam");
  CHECK(request_row(world, "q-1").state == SupportRequestState::denied);
  CHECK(role_in(world, "panels", "sam") == "none");
}

TEST_CASE("ApproveSupport and DenySupport: observed of requests never seen and of settled ones") {
  World world;
  const auto approved = world.when(person("ed"), "ApproveSupport", request("q-1"), kObserved);
  CHECK(joined(approved.types) == "SupportApproved");
  CHECK(joined(approved.rules_broken) == "FORBIDDEN NOT_PENDING");
  CHECK(request_row(world, "q-1").state == SupportRequestState::approved);
  const auto denied = world.when(person("ed"), "DenySupport", request("q-2"), kObserved);
  CHECK(joined(denied.types) == "SupportDenied");
  CHECK(joined(denied.rules_broken) == "FORBIDDEN NOT_PENDING");
  CHECK(request_row(world, "q-2").state == SupportRequestState::denied);

  World settled = requested();
  settled.when(person("adam"), "DenySupport", request("q-1"));
  given_member(settled, "panels", "sam", "observer");
  const auto then = settled.when(person("ed"), "ApproveSupport", request("q-1"), kObserved);
  CHECK(joined(then.rules_broken) == "FORBIDDEN NOT_PENDING ALREADY_MEMBER");
  CHECK(role_in(settled, "panels", "sam") == "admin");
}

// ---- leaving ----

TEST_CASE("LeaveSupport: the session ends now") {
  World world = in_session();
  CHECK(refused(world, person("sam"), "LeaveSupport", kPanels) == "STAFF_ONLY");
  CHECK(refused(world, person("ed"), "LeaveSupport", kPanels) == "STAFF_ONLY");
  CHECK(refused(world, staff("sue"), "LeaveSupport", kPanels) == "MEMBERSHIP_NOT_FOUND");
  World over = world;
  over.at("2026-03-02T09:00:00Z");
  CHECK(refused(over, staff("sam"), "LeaveSupport", kPanels) == "MEMBERSHIP_NOT_FOUND");
  const auto then = world.when(staff("sam"), "LeaveSupport", kPanels);
  CHECK(joined(then.types) == "MembershipEnded");
  CHECK(field(then.events[0], "person") == "sam");
  CHECK(field(then.events[0], "role") == "admin");
  CHECK(field(then.events[0], "cause") == "left");
  CHECK(role_in(world, "panels", "sam") == "none");
  CHECK(refused(world, staff("sam"), "LeaveSupport", kPanels) == "MEMBERSHIP_NOT_FOUND");
  CHECK(refused(world, staff("sam"), "JoinSupport", kPanels) == "");
  // A membership of another kind is not left by it.
  given_member(world, "panels", "sue", "member");
  CHECK(refused(world, staff("sue"), "LeaveSupport", kPanels) == "MEMBERSHIP_NOT_FOUND");
}

TEST_CASE("LeaveSupport: observed where there was no session") {
  World world;
  const auto then = world.when(person("ed"), "LeaveSupport", kPanels, kObserved);
  CHECK(joined(then.types) == "MembershipEnded");
  CHECK(joined(then.rules_broken) == "STAFF_ONLY MEMBERSHIP_NOT_FOUND");
  CHECK(role_in(world, "panels", "ed") == "none");
}

// ---- example 9 of domain.md ----

TEST_CASE("Support: a request and then an open door as in example 9") {
  World world = prism_with_panels();
  world.at("2026-05-01T10:00:00Z");
  CHECK(world.when(staff("sam"), "JoinSupport", kPanels).reason == "SUPPORT_ACCESS_OFF");
  world.when(staff("sam"), "RequestSupport", asking("q-1"));
  world.at("2026-05-01T11:00:00Z").when(person("adam"), "ApproveSupport", request("q-1"));
  CHECK(world.when(staff("sam"), "JoinSupport", kPanels).reason == "SUPPORT_ACCESS_OFF");
  world.at("2026-05-02T10:59:59.999999Z");
  CHECK(role_in(world, "panels", "sam") == "admin");
  world.at("2026-05-02T11:00:00Z");
  CHECK(role_in(world, "panels", "sam") == "none");
  world.at("2026-05-03T09:00:00Z").when(person("adam"), "OpenSupportDoor", kPanels);
  world.at("2026-05-03T12:00:00Z").when(staff("sue"), "JoinSupport", kPanels);
  world.at("2026-05-03T13:00:00Z").when(person("adam"), "CloseSupportDoor", kPanels);
  world.at("2026-05-04T11:59:59.999999Z");
  CHECK(role_in(world, "panels", "sue") == "admin");
  world.at("2026-05-04T12:00:00Z");
  CHECK(role_in(world, "panels", "sue") == "none");
}

}  // namespace
}  // namespace actbook::testing

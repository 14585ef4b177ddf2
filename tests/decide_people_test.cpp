#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "support/prism.h"

// Members of workspaces and their seats, domain.md 4.3; invites have a file of their own.
namespace actbook::testing {
namespace {

using nlohmann::json;

/// panels with everybody in it: clara observes, ed is external, milo a member, bill billing; a seat
/// for each but clara.
World full_panels() {
  World world = prism_with_panels();
  given_clara_observes(world);
  given_member(world, "panels", "ed", "external");
  given_member(world, "panels", "milo", "member");
  given_member(world, "panels", "bill", "billing");
  int seats = 1;
  for (const auto* who : {"ed", "milo", "bill"}) {
    ++seats;
    world.given(
        "SeatOpened",
        json{{"account", "acc-panels"}, {"person", who}, {"seats", seats}, {"paid_seats", seats}}
            .dump());
  }
  return world;
}

std::string role(const std::string& person, const std::string& role,
                 const std::string& workspace = "panels") {
  return json{{"workspace", workspace}, {"person", person}, {"role", role}}.dump();
}

std::string member(const std::string& person, const std::string& workspace = "panels") {
  return json{{"workspace", workspace}, {"person", person}}.dump();
}

std::string change(const World& world, const Actor& actor, const std::string& who,
                   const std::string& to, const std::string& workspace = "panels") {
  return refused(world, actor, "ChangeWorkspaceRole", role(who, to, workspace));
}

std::string remove(const World& world, const Actor& actor, const std::string& who,
                   const std::string& workspace = "panels") {
  return refused(world, actor, "RemoveMember", member(who, workspace));
}

std::string join(const World& world, const Actor& actor, const std::string& workspace = "panels") {
  return refused(world, actor, "SelfJoin", json{{"workspace", workspace}}.dump());
}

const std::string kPanels = R"({"workspace": "panels"})";

// ---- roles ----

TEST_CASE("ChangeWorkspaceRole: from and to are kept, the same role records nothing") {
  World world = full_panels();
  const auto then = world.when(person("adam"), "ChangeWorkspaceRole", role("milo", "admin"));
  CHECK(joined(then.types) == "MembershipRoleChanged");
  CHECK(field(then.events[0], "from") == "member");
  CHECK(field(then.events[0], "to") == "admin");
  CHECK(seats(world, "acc-panels") == "4 of 4");
  CHECK(role_in(world, "panels", "milo") == "admin");
  const auto again = world.when(person("adam"), "ChangeWorkspaceRole", role("milo", "admin"));
  CHECK(again.outcome == log::Outcome::unchanged);
}

TEST_CASE(
    "ChangeWorkspaceRole: observer to external is one step and opens a seat, back closes it") {
  World world = full_panels();
  const auto up = world.when(person("adam"), "ChangeWorkspaceRole", role("clara", "external"));
  CHECK(joined(up.types) == "MembershipRoleChanged SeatOpened");
  CHECK(field(up.events[0], "from") == "observer");
  CHECK(field(up.events[1], "person") == "clara");
  CHECK(field(up.events[1], "seats") == "5");
  const auto down = world.when(person("adam"), "ChangeWorkspaceRole", role("clara", "observer"));
  CHECK(joined(down.types) == "MembershipRoleChanged SeatClosed");
  CHECK(field(down.events[1], "seats") == "4");
  CHECK(field(down.events[1], "paid_seats") == "5");
}

TEST_CASE("Members of a workspace: managed by its owners and admins") {
  World world = full_panels();
  for (const auto& actor : {person("clara"), person("ed"), person("milo"), person("bill"),
                            person("hana"), staff("sam"), staff("adam")}) {
    CHECK_MESSAGE(change(world, actor, "bill", "member") == "FORBIDDEN", actor.id);
    CHECK_MESSAGE(remove(world, actor, "adam") == "FORBIDDEN", actor.id);
  }
  for (const std::string who : {"adam", "olga", "bea"}) {
    CHECK_MESSAGE(change(world, person(who), "bill", "member") == "", who);
    CHECK_MESSAGE(remove(world, person(who), "bill") == "", who);
  }
}

TEST_CASE("ChangeWorkspaceRole: nobody grants above their own rank") {
  World world = full_panels();
  given_member(world, "panels", "max", "admin");
  CHECK(change(world, person("max"), "milo", "owner") == "ROLE_ABOVE_OWN");
  CHECK(change(world, person("bea"), "milo", "owner") == "ROLE_ABOVE_OWN");
  CHECK(change(world, person("olga"), "milo", "owner") == "ROLE_ABOVE_OWN");
  CHECK(change(world, person("max"), "max", "owner") == "ROLE_ABOVE_OWN");
  CHECK(change(world, person("max"), "milo", "admin") == "");
  CHECK(change(world, person("adam"), "milo", "owner") == "");
}

TEST_CASE("ChangeWorkspaceRole: outsiders stay outside, insiders inside") {
  World world = full_panels();
  for (const auto* inside : {"member", "billing", "admin", "owner"}) {
    CHECK(change(world, person("adam"), "ed", inside) == "OUTSIDER_INSIDER_CROSSING");
    CHECK(change(world, person("adam"), "clara", inside) == "OUTSIDER_INSIDER_CROSSING");
  }
  for (const auto* outside : {"observer", "external"}) {
    CHECK(change(world, person("adam"), "milo", outside) == "OUTSIDER_INSIDER_CROSSING");
  }
  CHECK(change(world, person("adam"), "ed", "observer") == "");
  CHECK(change(world, person("adam"), "milo", "billing") == "");
}

TEST_CASE("ChangeWorkspaceRole: no observers in an internal workspace") {
  World world = prism();
  given_office(world);
  given_member(world, "office", "ed", "external");
  CHECK(change(world, person("olga"), "ed", "observer", "office") ==
        "OBSERVER_ONLY_IN_EXTERNAL_WORKSPACE");
}

TEST_CASE("ChangeWorkspaceRole: while the plan is not paid, nobody moves to a paid role") {
  World world = full_panels();
  for (const auto* status : {"past_due", "canceled"}) {
    given_status(world, "acc-panels", status);
    CHECK(change(world, person("adam"), "clara", "external") == "REACTIVATE_PLAN_FIRST");
    CHECK(change(world, person("adam"), "ed", "observer") == "");
  }
  given_status(world, "acc-panels", "active");
  CHECK(change(world, person("adam"), "clara", "external") == "");
}

TEST_CASE("ChangeWorkspaceRole: a workspace keeps its last owner") {
  World world = full_panels();
  CHECK(change(world, person("adam"), "adam", "admin") == "LAST_OWNER");
  CHECK(change(world, person("olga"), "adam", "member") == "LAST_OWNER");
  world.when(person("adam"), "ChangeWorkspaceRole", role("milo", "owner"));
  CHECK(change(world, person("adam"), "adam", "admin") == "");
}

TEST_CASE("ChangeWorkspaceRole: the order of refusals") {
  World world = full_panels();
  given_status(world, "acc-panels", "past_due");
  CHECK(change(world, person("milo"), "nobody", "owner") == "FORBIDDEN");
  CHECK(change(world, person("bea"), "nobody", "owner") == "ROLE_ABOVE_OWN");
  CHECK(change(world, person("bea"), "ed", "owner") == "ROLE_ABOVE_OWN");
  CHECK(change(world, person("adam"), "nobody", "member") == "MEMBERSHIP_NOT_FOUND");
  CHECK(change(world, person("adam"), "ed", "member") == "OUTSIDER_INSIDER_CROSSING");
  CHECK(change(world, person("adam"), "adam", "observer") == "OUTSIDER_INSIDER_CROSSING");
  CHECK(change(world, person("adam"), "adam", "admin") == "REACTIVATE_PLAN_FIRST");

  World inside = prism();
  given_office(inside);
  given_member(inside, "office", "ed", "external");
  given_member(inside, "office", "milo", "member");
  CHECK(change(inside, person("olga"), "milo", "observer", "office") ==
        "OUTSIDER_INSIDER_CROSSING");
  CHECK(change(inside, person("olga"), "nobody", "observer", "office") == "MEMBERSHIP_NOT_FOUND");
  CHECK(change(inside, person("bea"), "ed", "observer", "nowhere") == "FORBIDDEN");
}

TEST_CASE("ChangeWorkspaceRole: observed against the rules, the role is what the product says") {
  World world = full_panels();
  given_status(world, "acc-panels", "past_due");
  const auto then =
      world.when(person("ed"), "ChangeWorkspaceRole", role("adam", "external"), kObserved);
  CHECK(joined(then.rules_broken) ==
        "FORBIDDEN OUTSIDER_INSIDER_CROSSING REACTIVATE_PLAN_FIRST LAST_OWNER");
  CHECK(role_in(world, "panels", "adam") == "external");
}

TEST_CASE("ChangeWorkspaceRole: observed of somebody never seen, they have the role from here on") {
  World world = prism_with_panels();
  const auto then =
      world.when(staff("sam"), "ChangeWorkspaceRole", role("ed", "external"), kObserved);
  CHECK(joined(then.rules_broken) == "FORBIDDEN ROLE_ABOVE_OWN MEMBERSHIP_NOT_FOUND");
  CHECK(role_in(world, "panels", "ed") == "external");
  CHECK(seats(world, "acc-panels") == "2 of 2");
  const auto insider =
      world.when(staff("sam"), "ChangeWorkspaceRole", role("milo", "member"), kObserved);
  CHECK(joined(insider.rules_broken) == "FORBIDDEN ROLE_ABOVE_OWN MEMBERSHIP_NOT_FOUND");
  CHECK(role_in(world, "panels", "milo") == "member");
}

// ---- leaving ----

TEST_CASE("RemoveMember: removed by somebody, or leaving, the seat closes") {
  World world = full_panels();
  const auto removed = world.when(person("adam"), "RemoveMember", member("ed"));
  CHECK(joined(removed.types) == "MembershipEnded SeatClosed");
  CHECK(field(removed.events[0], "role") == "external");
  CHECK(field(removed.events[0], "cause") == "removed");
  CHECK(field(removed.events[0], "blocked_by").empty());
  CHECK(field(removed.events[1], "seats") == "3");
  CHECK(field(removed.events[1], "paid_seats") == "4");
  const auto left = world.when(person("clara"), "RemoveMember", member("clara"));
  CHECK(joined(left.types) == "MembershipEnded");
  CHECK(field(left.events[0], "cause") == "left");
  CHECK(role_in(world, "panels", "clara") == "none");
}

TEST_CASE("RemoveMember: a block for whoever holds an organisation role") {
  World world = full_panels();
  given_member(world, "panels", "bea", "admin");
  given_member(world, "panels", "olga", "admin");
  for (const std::string who : {"bea", "olga", "milo"}) {
    const auto then = world.when(person("adam"), "RemoveMember", member(who));
    CHECK_MESSAGE(field(then.events[0], "blocked_by") == "prism", who);
    CHECK_MESSAGE(role_in(world, "panels", who) == "none", who);
  }
  CHECK(change(world, person("olga"), "ed", "observer") == "FORBIDDEN");
  // A self-join lifts the block, and so does a new direct grant.
  world.when(person("olga"), "SelfJoin", kPanels);
  CHECK(role_in(world, "panels", "olga") == "admin");
  world.when(person("adam"), "InviteToWorkspace",
             R"({"invite": "i", "workspace": "panels", "person": "bea", "role": "member"})");
  CHECK(role_in(world, "panels", "bea") == "member");
}

TEST_CASE("RemoveMember: refusals, in order") {
  World world = full_panels();
  CHECK(remove(world, person("milo"), "nobody") == "FORBIDDEN");
  CHECK(remove(world, person("milo"), "adam") == "FORBIDDEN");
  CHECK(remove(world, person("adam"), "nobody") == "MEMBERSHIP_NOT_FOUND");
  CHECK(remove(world, person("hana"), "hana") == "MEMBERSHIP_NOT_FOUND");
  CHECK(remove(world, person("adam"), "adam") == "LAST_OWNER");
  CHECK(remove(world, person("olga"), "adam") == "LAST_OWNER");
  // Somebody whose access comes from the organisation alone has no membership to end.
  CHECK(remove(world, person("adam"), "olga") == "MEMBERSHIP_NOT_FOUND");
  world.when(person("adam"), "ChangeWorkspaceRole", role("milo", "owner"));
  CHECK(remove(world, person("adam"), "adam") == "");
  world.when(person("adam"), "RemoveMember", member("milo"));
  CHECK(remove(world, person("adam"), "milo") == "MEMBERSHIP_NOT_FOUND");
  CHECK(remove(world, person("adam"), "adam") == "LAST_OWNER");
}

TEST_CASE("RemoveMember: observed of a last owner, and of somebody never seen") {
  World world = full_panels();
  const auto then = world.when(person("ed"), "RemoveMember", member("adam"), kObserved);
  CHECK(joined(then.types) == "MembershipEnded SeatClosed");
  CHECK(joined(then.rules_broken) == "FORBIDDEN LAST_OWNER");
  CHECK(role_in(world, "panels", "adam") == "none");
  const auto unseen = world.when(person("ed"), "RemoveMember", member("nobody"), kObserved);
  CHECK(joined(unseen.types) == "MembershipEnded");
  CHECK(joined(unseen.rules_broken) == "FORBIDDEN MEMBERSHIP_NOT_FOUND");
  const auto nowhere = World().when(person("ed"), "RemoveMember", member("x", "y"), kObserved);
  CHECK(joined(nowhere.types) == "MembershipEnded");
}

// ---- joining ----

TEST_CASE("SelfJoin: an owner or admin of the organisation, at any visibility, as admin") {
  for (const auto* visibility : {"open_to_organisation", "invite_only", "private"}) {
    World world = prism_with_panels();
    world.given("VisibilityChanged", json{{"workspace", "panels"}, {"to", visibility}}.dump());
    CHECK(join(world, person("olga")) == "");
    const auto then = world.when(person("bea"), "SelfJoin", kPanels);
    CHECK(joined(then.types) == "MembershipGranted SeatOpened");
    CHECK(field(then.events[0], "person") == "bea");
    CHECK(field(then.events[0], "role") == "admin");
    CHECK(field(then.events[0], "source") == "self_join");
    CHECK(seats(world, "acc-panels") == "2 of 2");
  }
}

TEST_CASE("SelfJoin: refusals, in order") {
  World world = full_panels();
  for (const auto& actor : {person("milo"), person("bill"), person("ed"), person("hana"),
                            staff("sam"), staff("olga")}) {
    CHECK_MESSAGE(join(world, actor) == "FORBIDDEN", actor.id);
  }
  CHECK(join(world, person("adam")) == "ALREADY_MEMBER");
  CHECK(join(world, person("olga"), "nowhere") == "FORBIDDEN");
  world.when(person("bea"), "SelfJoin", kPanels);
  CHECK(join(world, person("bea")) == "ALREADY_MEMBER");
}

TEST_CASE("SelfJoin: observed against the rules, and of a workspace never seen") {
  World world = full_panels();
  const auto then = world.when(person("milo"), "SelfJoin", kPanels, kObserved);
  CHECK(joined(then.types) == "MembershipGranted");
  CHECK(joined(then.rules_broken) == "FORBIDDEN ALREADY_MEMBER");
  CHECK(role_in(world, "panels", "milo") == "admin");
  World bare;
  const auto unseen = bare.when(person("ed"), "SelfJoin", kPanels, kObserved);
  CHECK(joined(unseen.types) == "MembershipGranted");
  CHECK(joined(unseen.rules_broken) == "FORBIDDEN");
}

// ---- seats ----

TEST_CASE("Seats: one for a person, however many workspaces of the account they are in") {
  World world = prism();
  given_office(world);
  given_tier(world, "acc-prism", "innovator");
  world.when(person("olga"), "CreateWorkspace",
             R"({"workspace": "desk", "organisation": "prism", "name": "Desk"})");
  CHECK(seats(world, "acc-prism") == "1 of 1");
  const auto invite = [&](const char* id, const char* workspace) {
    return world.when(
        person("olga"), "InviteToWorkspace",
        json{{"invite", id}, {"workspace", workspace}, {"person", "milo"}, {"role", "member"}}
            .dump());
  };
  CHECK(invite("i-1", "office").count("SeatOpened") == 1);
  CHECK(invite("i-2", "desk").count("SeatOpened") == 0);
  CHECK(seats(world, "acc-prism") == "2 of 2");
  CHECK(world.when(person("olga"), "RemoveMember", member("milo", "office")).count("SeatClosed") ==
        0);
  CHECK(world.when(person("olga"), "RemoveMember", member("milo", "desk")).count("SeatClosed") ==
        1);
  CHECK(seats(world, "acc-prism") == "1 of 2");
}

TEST_CASE("Seats: paid seats are a high-water mark") {
  World world = full_panels();
  world.when(person("adam"), "RemoveMember", member("ed"));
  world.when(person("adam"), "RemoveMember", member("milo"));
  CHECK(seats(world, "acc-panels") == "2 of 4");
  const auto back =
      world.when(person("adam"), "InviteToWorkspace",
                 R"({"invite": "i", "workspace": "panels", "person": "ed", "role": "external"})");
  CHECK(field(back.event("SeatOpened"), "seats") == "3");
  CHECK(field(back.event("SeatOpened"), "paid_seats") == "4");
}

TEST_CASE("Seats: a support session takes none, and is no membership whose role could change") {
  World world = prism_with_panels();
  world.when(person("adam"), "OpenSupportDoor", R"({"workspace": "panels"})");
  world.when(staff("sue"), "JoinSupport", R"({"workspace": "panels"})");
  CHECK(role_in(world, "panels", "sue") == "admin");
  CHECK(seats(world, "acc-panels") == "1 of 1");
  CHECK(refused(world, person("adam"), "ChangeWorkspaceRole", role("sue", "billing")) ==
        "MEMBERSHIP_NOT_FOUND");
}

TEST_CASE("Seats: access by an organisation role alone takes none, nor does observing") {
  World world = prism_with_panels();
  given_clara_observes(world);
  CHECK(role_in(world, "panels", "olga") == "admin");
  CHECK(role_in(world, "panels", "clara") == "observer");
  CHECK(seats(world, "acc-panels") == "1 of 1");
}

}  // namespace
}  // namespace actbook::testing

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/tables.h"
#include "support/prism.h"

// The invites of domain.md 4.3.
namespace actbook::testing {
namespace {

using nlohmann::json;

/// `who` is an e-mail address or a person.
std::string invitation(const std::string& who, const std::string& role,
                       const std::string& workspace = "panels", const std::string& id = "inv-1") {
  const char* kind = who.find('@') == std::string::npos ? "person" : "email";
  return json{{"invite", id}, {"workspace", workspace}, {kind, who}, {"role", role}}.dump();
}

std::string invite(const World& world, const Actor& actor, const std::string& who,
                   const std::string& role, const std::string& workspace = "panels") {
  return refused(world, actor, "InviteToWorkspace", invitation(who, role, workspace));
}

Then invited(World& world, const std::string& who, const std::string& role,
             const std::string& id = "inv-1") {
  return world.when(person("adam"), "InviteToWorkspace", invitation(who, role, "panels", id));
}

std::string only(const std::string& invite) { return json{{"invite", invite}}.dump(); }

std::string acceptance_by(const std::string& person, const std::string& email = "",
                          const std::string& invite = "inv-clara") {
  json command = {{"invite", invite}, {"person", person}};
  if (!email.empty()) command["email"] = email;
  return command.dump();
}

std::string accept(const World& world, const std::string& who, const std::string& email = "",
                   const std::string& invite = "inv-clara") {
  return refused(world, person(who), "AcceptInvite", acceptance_by(who, email, invite));
}

const std::string kClara = "clara@haarlem.example";

void given_invite(World& world, const std::string& id, const std::string& who,
                  const std::string& role) {
  const char* kind = who.starts_with("contact") ? "contact" : "person";
  world.given("InviteIssued",
              json{{"invite", id},
                   {"workspace", "panels"},
                   {kind, who},
                   {"role", role},
                   {"expires_at", "2026-03-08T09:00:00Z"}}
                  .dump(),
              person("adam"));
}

row::InviteRowT invite_row(const World& world, const std::string& id) {
  return find_or_empty<row::InviteRowT>(world.rows(), id);
}

// ---- inviting: outcomes ----

TEST_CASE("InviteToWorkspace: an unknown address gets an invite of seven days") {
  World world = prism_with_panels();
  const auto then = invited(world, "Nora@Client.example", "observer");
  CHECK(then.result == "invited");
  CHECK(joined(then.types) == "ContactRegistered InviteIssued");
  CHECK(joined(then.created) == "invite:inv-1");
  CHECK(field(then.events[1], "contact") == contact_id("nora@client.example"));
  CHECK(field(then.events[1], "role") == "observer");
  CHECK(field(then.events[1], "purpose") == "ordinary");
  CHECK(field(then.events[1], "expires_at") == "2026-03-08T09:00:00Z");
  CHECK(then.events[1].find('@') == std::string::npos);
}

TEST_CASE(
    "InviteToWorkspace: while an invite is live it stands, when it expired there is a new one") {
  World world = prism_with_panels();
  invited(world, "nora@client.example", "observer");
  world.at("2026-03-08T08:59:59.999999Z");
  const auto again = invited(world, " NORA@client.example", "external", "inv-2");
  CHECK(again.result == "already_invited");
  CHECK(again.types.empty());
  CHECK(invite_row(world, "inv-1").role == schema::WorkspaceRole::observer);
  world.at("2026-03-08T09:00:00Z");
  CHECK(invited(world, "nora@client.example", "external", "inv-2").result == "invited");
}

TEST_CASE("InviteToWorkspace: a known person is in at once") {
  World world = prism_with_panels();
  const auto then = invited(world, "ed", "external");
  CHECK(then.result == "added");
  CHECK(joined(then.types) == "MembershipGranted SeatOpened");
  CHECK(field(then.events[0], "source") == "direct");
  CHECK(seats(world, "acc-panels") == "2 of 2");
  world.when(staff("sam"), "RegisterPerson", R"({"person": "nora", "email": "n@client.example"})");
  const auto by_address = invited(world, "N@client.example", "observer", "inv-2");
  CHECK(by_address.result == "added");
  CHECK(joined(by_address.types) == "MembershipGranted");
  CHECK(role_in(world, "panels", "nora") == "observer");
}

TEST_CASE("InviteToWorkspace: an insider becomes a member of the organisation, who is none yet") {
  World world = prism_with_panels();
  const auto then = invited(world, "max", "member");
  CHECK(joined(then.types) == "OrganisationMemberAdded MembershipGranted SeatOpened");
  CHECK(organisation_role_of(world, "prism", "max") == "member");
  CHECK(joined(invited(world, "bill", "member").types) == "MembershipGranted SeatOpened");
  CHECK(organisation_role_of(world, "prism", "bill") == "billing");
}

TEST_CASE("InviteToWorkspace: who is in already stays what they are") {
  World world = prism_with_panels();
  given_clara_observes(world);
  for (const auto& who : {std::string("clara"), kClara}) {
    const auto then = invited(world, who, "external");
    CHECK(then.result == "already_member");
    CHECK(then.outcome == log::Outcome::unchanged);
    CHECK(then.types.empty());
    CHECK(role_in(world, "panels", "clara") == "observer");
  }
}

TEST_CASE("InviteToWorkspace: a person added directly needs their pending invite no more") {
  World world = prism_with_panels();
  invited(world, "nora@client.example", "observer");
  world.when(staff("sam"), "RegisterPerson",
             R"({"person": "nora", "email": "nora@client.example"})");
  const auto then = invited(world, "nora", "external", "inv-2");
  CHECK(joined(then.types) == "InviteRevoked MembershipGranted SeatOpened");
  CHECK(field(then.events[0], "invite") == "inv-1");
  CHECK(field(then.events[0], "cause") == "added_directly");
}

// ---- inviting: refusals ----

TEST_CASE("InviteToWorkspace: by an owner or admin of the workspace") {
  World world = prism_with_panels();
  given_clara_observes(world);
  given_member(world, "panels", "ed", "external");
  given_member(world, "panels", "milo", "member");
  given_member(world, "panels", "bill", "billing");
  for (const auto& actor : {person("clara"), person("ed"), person("milo"), person("bill"),
                            person("hana"), staff("sam"), system_actor("sync")}) {
    CHECK_MESSAGE(invite(world, actor, "nora", "observer") == "FORBIDDEN", actor.id);
  }
  for (const std::string who : {"adam", "olga", "bea"}) {
    CHECK_MESSAGE(invite(world, person(who), "nora", "observer") == "", who);
  }
}

TEST_CASE("InviteToWorkspace: observers are for external-client workspaces") {
  World world = prism_with_panels();
  given_office(world);
  CHECK(invite(world, person("olga"), "nora", "observer", "office") ==
        "OBSERVER_ONLY_IN_EXTERNAL_WORKSPACE");
  CHECK(invite(world, person("olga"), "nora", "external", "office") == "");
}

TEST_CASE("InviteToWorkspace: while the plan is not paid, only observers") {
  World world = prism_with_panels();
  for (const auto* status : {"past_due", "canceled"}) {
    given_status(world, "acc-panels", status);
    CHECK(invite(world, person("adam"), "ed", "external") == "REACTIVATE_PLAN_FIRST");
    CHECK(invite(world, person("adam"), "milo", "member") == "REACTIVATE_PLAN_FIRST");
    CHECK(invite(world, person("adam"), "nora", "observer") == "");
  }
  given_status(world, "acc-panels", "active");
  CHECK(invite(world, person("adam"), "ed", "external") == "");
}

TEST_CASE("InviteToWorkspace: nobody invites above their own rank") {
  World world = prism_with_panels();
  CHECK(invite(world, person("adam"), "milo", "owner") == "");
  // By effective access bea and olga are admins, olga too.
  for (const std::string who : {"bea", "olga"}) {
    CHECK(invite(world, person(who), "milo", "owner") == "ROLE_ABOVE_OWN");
    CHECK(invite(world, person(who), "milo", "admin") == "");
  }
}

TEST_CASE("InviteToWorkspace: nobody invites themselves, by whichever name") {
  World world = prism_with_panels();
  world.when(staff("sam"), "RegisterPerson",
             R"({"person": "adam", "email": "adam@prism.example"})");
  CHECK(invite(world, person("adam"), "adam", "admin") == "SELF_INVITE");
  CHECK(invite(world, person("adam"), "Adam@Prism.example ", "admin") == "SELF_INVITE");
  CHECK(invite(world, person("bea"), "adam@prism.example", "admin") == "");
}

TEST_CASE("InviteToWorkspace: no outsider role for an insider of the organisation") {
  World world = prism_with_panels();
  given_office(world);
  given_member(world, "office", "max", "member");
  for (const auto* role : {"observer", "external"}) {
    CHECK(invite(world, person("adam"), "milo", role) == "ALREADY_INSIDER");
    CHECK(invite(world, person("adam"), "max", role) == "ALREADY_INSIDER");
    CHECK(invite(world, person("adam"), "bea", role) == "ORG_PRIVILEGED");
    CHECK(invite(world, person("adam"), "bill", role) == "ORG_PRIVILEGED");
    // An owner of the organisation and insider of the office: both hold, the first wins.
    CHECK(invite(world, person("adam"), "olga", role) == "ALREADY_INSIDER");
    CHECK(invite(world, person("adam"), "hana", role) == "");
  }
}

TEST_CASE("InviteToWorkspace: no insider role for an outsider of the organisation") {
  World world = prism_with_panels();
  given_office(world);
  given_member(world, "panels", "ed", "external");
  CHECK(invite(world, person("olga"), "ed", "member", "office") == "OUTSIDER_INSIDER_CROSSING");
  CHECK(invite(world, person("olga"), "ed", "external", "office") == "");
}

TEST_CASE("InviteToWorkspace: the order of refusals") {
  World world = prism_with_panels();
  given_office(world);
  given_status(world, "acc-prism", "canceled");
  given_status(world, "acc-panels", "canceled");
  CHECK(invite(world, person("milo"), "nora", "observer", "office") == "FORBIDDEN");
  CHECK(invite(world, person("olga"), "olga", "observer", "office") ==
        "OBSERVER_ONLY_IN_EXTERNAL_WORKSPACE");
  CHECK(invite(world, person("bea"), "bea", "owner") == "REACTIVATE_PLAN_FIRST");
  given_status(world, "acc-panels", "none");
  CHECK(invite(world, person("bea"), "bea", "owner") == "ROLE_ABOVE_OWN");
  CHECK(invite(world, person("adam"), "adam", "external") == "SELF_INVITE");
  CHECK(refused(world, person("adam"), "InviteToWorkspace",
                invitation("adam", "admin", "panels", "inv-clara")) == "SELF_INVITE");
  CHECK(refused(world, person("adam"), "InviteToWorkspace",
                invitation("bea", "external", "panels", "inv-clara")) == "ORG_PRIVILEGED");
  const json unknown = {{"invite", "inv-clara"},
                        {"workspace", "panels"},
                        {"email", "new@else.example"},
                        {"role", "external"}};
  CHECK(refused(world, person("adam"), "InviteToWorkspace", unknown.dump()) == "INVITE_EXISTS");
  // Where no invite would be issued, its id does not matter.
  CHECK(refused(world, person("adam"), "InviteToWorkspace",
                invitation("ed", "external", "panels", "inv-clara")) == "");
}

TEST_CASE("InviteToWorkspace: a refusal keeps no address") {
  World world = prism_with_panels();
  const auto then = world.when(person("milo"), "InviteToWorkspace",
                               invitation("nora@client.example", "observer"));
  CHECK(then.reason == "FORBIDDEN");
  CHECK(then.events[0].find("nora") == std::string::npos);
  CHECK(json::parse(field(then.events[0], "subjects")) ==
        json{"contact:" + contact_id("nora@client.example"), "invite:inv-1", "workspace:panels"});
  CHECK(!find<row::ContactRowT>(world.rows(), contact_id("nora@client.example")));
}

TEST_CASE("InviteToWorkspace: observed against the rules, and to a workspace never seen") {
  World world = prism_with_panels();
  given_status(world, "acc-panels", "past_due");
  const auto then =
      world.when(person("milo"), "InviteToWorkspace", invitation("bea", "external"), kObserved);
  CHECK(joined(then.rules_broken) ==
        "FORBIDDEN REACTIVATE_PLAN_FIRST ROLE_ABOVE_OWN ORG_PRIVILEGED");
  CHECK(role_in(world, "panels", "bea") == "external");

  World bare;
  const auto unseen = bare.when(person("ed"), "InviteToWorkspace",
                                invitation("x@y.example", "observer"), kObserved);
  CHECK(joined(unseen.types) == "ContactRegistered InviteIssued");
  CHECK(joined(unseen.rules_broken) ==
        "FORBIDDEN OBSERVER_ONLY_IN_EXTERNAL_WORKSPACE ROLE_ABOVE_OWN");
  const auto member = bare.when(person("ed"), "InviteToWorkspace",
                                invitation("nora", "member", "panels", "i"), kObserved);
  CHECK(joined(member.types) == "MembershipGranted");
}

// ---- resending and revoking ----

TEST_CASE("ResendInvite: expiry becomes the later of the present one and seven days from now") {
  World world = prism_with_panels();
  world.at("2026-03-02T10:00:00Z");
  const auto early = world.when(person("adam"), "ResendInvite", only("inv-clara"));
  CHECK(joined(early.types) == "InviteResent");
  CHECK(field(early.events[0], "from_expires_at") == "2026-03-31T09:00:00Z");
  CHECK(field(early.events[0], "expires_at") == "2026-03-31T09:00:00Z");
  world.at("2026-04-02T10:00:00Z");
  CHECK(accept(world, "clara", kClara) == "INVITE_EXPIRED");
  const auto late = world.when(person("bea"), "ResendInvite", only("inv-clara"));
  CHECK(field(late.events[0], "expires_at") == "2026-04-09T10:00:00Z");
  CHECK(accept(world, "clara", kClara) == "");
  world.at("2026-04-09T10:00:00Z");
  CHECK(accept(world, "clara", kClara) == "INVITE_EXPIRED");
}

TEST_CASE("Resending and revoking: the inviter, or an owner or admin of the organisation") {
  World world = prism_with_panels();
  given_member(world, "panels", "milo", "admin");
  for (const auto* command : {"ResendInvite", "RevokeInvite"}) {
    for (const auto& actor : {person("milo"), person("bill"), person("clara"), person("hana"),
                              staff("sam"), staff("adam")}) {
      CHECK_MESSAGE(refused(world, actor, command, only("inv-clara")) == "NOT_INVITER_OR_ORG_ADMIN",
                    actor.id);
    }
    for (const std::string who : {"adam", "olga", "bea"}) {
      CHECK_MESSAGE(refused(world, person(who), command, only("inv-clara")) == "", who);
    }
  }
}

TEST_CASE("Resending and revoking: what is settled stays settled") {
  World world = prism_with_panels();
  given_invite(world, "inv-no", "nora", "observer");
  world.given("InviteDeclined", R"({"invite": "inv-no", "workspace": "panels"})");
  given_invite(world, "inv-out", "nora", "observer");
  world.given("InviteRevoked", R"({"invite": "inv-out", "workspace": "panels", "cause": "asked"})");
  given_clara_observes(world);
  for (const std::string who : {"adam", "ed"}) {
    const Actor actor = person(who);
    for (const auto* command : {"ResendInvite", "RevokeInvite"}) {
      CHECK(refused(world, actor, command, only("inv-none")) == "INVITE_NOT_FOUND");
      CHECK(refused(world, actor, command, only("inv-no")) == "INVITE_NOT_FOUND");
      CHECK(refused(world, actor, command, only("inv-clara")) == "INVITE_ALREADY_ACCEPTED");
    }
    CHECK(refused(world, actor, "ResendInvite", only("inv-out")) == "INVITE_NOT_FOUND");
  }
}

TEST_CASE("RevokeInvite: ends the invite, a second time records nothing") {
  World world = prism_with_panels();
  const auto then = world.when(person("bea"), "RevokeInvite", only("inv-clara"));
  CHECK(joined(then.types) == "InviteRevoked");
  CHECK(field(then.events[0], "cause") == "asked");
  CHECK(accept(world, "clara", kClara) == "INVITE_NOT_FOUND");
  const auto again = world.when(person("adam"), "RevokeInvite", only("inv-clara"));
  CHECK(again.outcome == log::Outcome::unchanged);
  CHECK(refused(world, person("ed"), "RevokeInvite", only("inv-clara")) ==
        "NOT_INVITER_OR_ORG_ADMIN");
}

// ---- declining ----

TEST_CASE("DeclineInvite: the recipient only, a second time records nothing") {
  World world = prism_with_panels();
  const std::string with_address = R"({"invite": "inv-clara", "email": "Clara@haarlem.example"})";
  CHECK(refused(world, person("ed"), "DeclineInvite", only("inv-clara")) == "WRONG_RECIPIENT");
  CHECK(refused(world, person("adam"), "DeclineInvite", only("inv-clara")) == "WRONG_RECIPIENT");
  CHECK(refused(world, staff("sam"), "DeclineInvite", with_address) == "WRONG_RECIPIENT");
  CHECK(refused(world, person("ed"), "DeclineInvite", only("inv-none")) == "INVITE_NOT_FOUND");
  World accepted = world;
  given_clara_observes(accepted);
  CHECK(refused(accepted, person("clara"), "DeclineInvite", only("inv-clara")) ==
        "INVITE_ALREADY_ACCEPTED");
  const auto then = world.when(person("clara"), "DeclineInvite", with_address);
  CHECK(joined(then.types) == "InviteDeclined");
  CHECK(field(then.events[0], "person") == "clara");
  CHECK(accept(world, "clara", kClara) == "INVITE_NOT_FOUND");
  CHECK(world.when(person("clara"), "DeclineInvite", with_address).outcome ==
        log::Outcome::unchanged);
}

// ---- accepting ----

TEST_CASE("AcceptInvite: an observer comes in without a seat, and the contact is a person now") {
  World world = prism_with_panels();
  const auto then = world.when(person("clara"), "AcceptInvite", acceptance_by("clara", kClara));
  CHECK(joined(then.types) == "InviteAccepted MembershipGranted");
  CHECK(field(then.events[0], "contact") == clara_contact());
  CHECK(field(then.events[1], "role") == "observer");
  CHECK(field(then.events[1], "invite") == "inv-clara");
  CHECK(then.events[0].find('@') == std::string::npos);
  CHECK(seats(world, "acc-panels") == "1 of 1");
  CHECK(organisation_role_of(world, "prism", "clara") == "none");
  CHECK(find_or_empty<row::ContactRowT>(world.rows(), clara_contact()).person == "clara");
}

TEST_CASE("AcceptInvite: an insider role brings a membership of the organisation where missing") {
  World world = prism_with_panels();
  given_invite(world, "inv-max", "max", "member");
  const auto then = world.when(person("max"), "AcceptInvite", acceptance_by("max", "", "inv-max"));
  CHECK(joined(then.types) ==
        "InviteAccepted OrganisationMemberAdded MembershipGranted SeatOpened");
  CHECK(field(then.event("OrganisationMemberAdded"), "role") == "member");
  CHECK(field(then.event("OrganisationMemberAdded"), "invite") == "inv-max");
  given_invite(world, "inv-bill", "bill", "billing");
  CHECK(joined(world.when(person("bill"), "AcceptInvite", acceptance_by("bill", "", "inv-bill"))
                   .types) == "InviteAccepted MembershipGranted SeatOpened");
}

TEST_CASE("AcceptInvite: only by whom it was sent to") {
  World world = prism_with_panels();
  CHECK(accept(world, "ed") == "WRONG_RECIPIENT");
  CHECK(accept(world, "ed", "ed@else.example") == "WRONG_RECIPIENT");
  CHECK(accept(world, "clara") == "WRONG_RECIPIENT");  // nothing ties her to the address yet
  CHECK(accept(world, "clara", " Clara@HAARLEM.example ") == "");
  CHECK(refused(world, person("ed"), "AcceptInvite", acceptance_by("clara", kClara)) ==
        "WRONG_RECIPIENT");
  for (const auto& actor : {staff("sam"), system_actor("import-7")}) {
    CHECK(refused(world, actor, "AcceptInvite", acceptance_by("clara", kClara)) ==
          "WRONG_RECIPIENT");
  }
  // Once the address is clara's, it lets nobody else in.
  world.when(staff("sam"), "RegisterPerson",
             R"({"person": "clara", "email": "clara@haarlem.example"})");
  CHECK(accept(world, "ed", kClara) == "WRONG_RECIPIENT");
  CHECK(accept(world, "clara") == "");
}

TEST_CASE("AcceptInvite: at the instant it expires it has expired") {
  World world = prism_with_panels();
  world.at("2026-03-31T08:59:59.999999Z");
  CHECK(accept(world, "clara", kClara) == "");
  world.at("2026-03-31T09:00:00Z");
  CHECK(accept(world, "clara", kClara) == "INVITE_EXPIRED");
}

TEST_CASE("AcceptInvite: the order of refusals") {
  World world = prism_with_panels();
  given_invite(world, "inv-bea", "bea", "external");
  world.at("2026-03-31T09:00:00Z");
  CHECK(accept(world, "ed", "", "inv-none") == "INVITE_NOT_FOUND");
  CHECK(accept(world, "ed") == "WRONG_RECIPIENT");
  World accepted = world;
  given_clara_observes(accepted);
  CHECK(accept(accepted, "ed") == "WRONG_RECIPIENT");
  CHECK(accept(accepted, "clara") == "INVITE_ALREADY_ACCEPTED");
  World gone = world;
  gone.given("WorkspaceDeleted", R"({"workspace": "panels", "organisation": "prism"})");
  CHECK(accept(gone, "clara", kClara) == "INVITE_EXPIRED");
  gone.at("2026-03-31T08:00:00Z");
  CHECK(accept(gone, "clara", kClara) == "WORKSPACE_GONE");
  CHECK(accept(world, "bea", "", "inv-bea") == "INVITE_EXPIRED");
  world.at("2026-03-08T08:00:00Z");
  CHECK(accept(world, "bea", "", "inv-bea") == "ORG_PRIVILEGED");
  given_member(world, "panels", "bea", "member");
  CHECK(accept(world, "bea", "", "inv-bea") == "ALREADY_INSIDER");
}

TEST_CASE("AcceptInvite: nobody is insider and outsider in one organisation") {
  World world = prism_with_panels();
  given_invite(world, "inv-milo", "milo", "observer");
  CHECK(accept(world, "milo", "", "inv-milo") == "ALREADY_INSIDER");
  given_office(world);
  given_member(world, "office", "ed", "external");
  given_invite(world, "inv-ed", "ed", "member");
  CHECK(accept(world, "ed", "", "inv-ed") == "OUTSIDER_INSIDER_CROSSING");
}

TEST_CASE("AcceptInvite: an old link never re-opens access") {
  World world = prism_with_panels();
  // Two invites can be live at once: one expired, was followed by another, and was sent again.
  invited(world, "nora@client.example", "observer", "inv-1");
  world.at("2026-03-08T09:00:00Z");
  invited(world, "nora@client.example", "observer", "inv-2");
  world.when(person("bea"), "ResendInvite", only("inv-1"));
  world.when(person("nora"), "AcceptInvite", acceptance_by("nora", "nora@client.example", "inv-2"));
  CHECK(role_in(world, "panels", "nora") == "observer");
  world.when(person("adam"), "RemoveMember", R"({"workspace": "panels", "person": "nora"})");
  CHECK(accept(world, "nora", "", "inv-2") == "INVITE_ALREADY_ACCEPTED");
  world.when(person("nora"), "AcceptInvite", acceptance_by("nora", "", "inv-1"));
  CHECK(role_in(world, "panels", "nora") == "none");
  world.when(person("bea"), "ResendInvite", only("inv-1"));
  CHECK(accept(world, "nora", "", "inv-1") == "");
}

TEST_CASE("AcceptInvite: a person removed from the organisation does not return by an old link") {
  World world = prism_with_panels();
  invited(world, "milo@prism.example", "member");  // nobody knows yet that this is milo
  world.when(person("olga"), "RemoveOrganisationMember",
             R"({"organisation": "prism", "person": "milo"})");
  world.when(person("milo"), "AcceptInvite", acceptance_by("milo", "milo@prism.example", "inv-1"));
  CHECK(role_in(world, "panels", "milo") == "none");
  CHECK(organisation_role_of(world, "prism", "milo") == "none");
}

// ---- observed ----

TEST_CASE("Invites: observed answers to invites never seen are kept") {
  World world;
  for (const auto* command : {"ResendInvite", "RevokeInvite", "DeclineInvite"}) {
    const auto then = world.when(person("ed"), command, only(command), kObserved);
    CHECK(then.types.size() == 1);
    CHECK(then.rules_broken.front() == "INVITE_NOT_FOUND");
  }
  const auto then =
      world.when(person("ed"), "AcceptInvite", acceptance_by("ed", "", "inv-x"), kObserved);
  CHECK(joined(then.types) == "InviteAccepted");
  CHECK(then.rules_broken.front() == "INVITE_NOT_FOUND");
  // What nobody knows to have an end has not expired.
  CHECK(joined(then.rules_broken).find("INVITE_EXPIRED") == std::string::npos);
  CHECK(invite_row(world, "inv-x").state == schema::InviteState::accepted);
}

TEST_CASE("Invites: observed acceptances are judged by when they happened") {
  World world = prism_with_panels();
  world.at("2026-04-02");
  World early = world;
  const auto in_time = early.when(person("clara"), "AcceptInvite", acceptance_by("clara", kClara),
                                  R"({"mode": "observed", "occurred_at": "2026-03-31T08:00:00Z"})");
  CHECK(joined(in_time.types) == "InviteAccepted MembershipGranted");
  CHECK(in_time.rules_broken.empty());
  const auto late =
      world.when(person("clara"), "AcceptInvite", acceptance_by("clara", kClara), kObserved);
  CHECK(joined(late.rules_broken) == "INVITE_EXPIRED");
  CHECK(role_in(world, "panels", "clara") == "observer");
}

TEST_CASE("Invites: observed, a revoked one was accepted by somebody else: state follows") {
  World world = prism_with_panels();
  world.when(person("adam"), "RevokeInvite", only("inv-clara"));
  const auto then = world.when(person("milo"), "AcceptInvite", acceptance_by("milo"), kObserved);
  CHECK(joined(then.rules_broken) == "INVITE_NOT_FOUND WRONG_RECIPIENT ALREADY_INSIDER");
  CHECK(role_in(world, "panels", "milo") == "observer");
}

}  // namespace
}  // namespace actbook::testing

#include <doctest/doctest.h>

#include "actbook/tables.h"
#include "support/prism.h"

namespace actbook::testing {
namespace {

const std::string kClara =
    R"({"person": "clara", "email": "clara@haarlem.example", "display_name": "Clara"})";
const std::string kNewco = R"({"organisation": "newco", "name": "NEWCO", "owner": "nia"})";
const std::string kGrant = R"({"organisation": "prism", "contract_reference": "P-7"})";
const std::string kRevoke = R"({"organisation": "prism"})";

std::string member(const std::string& organisation, const std::string& person,
                   const std::string& role) {
  return R"({"organisation": ")" + organisation + R"(", "person": ")" + person + R"(", "role": ")" +
         role + R"("})";
}

std::string leaver(const std::string& organisation, const std::string& person) {
  return R"({"organisation": ")" + organisation + R"(", "person": ")" + person + R"("})";
}

std::string add(const World& world, const Actor& actor, const std::string& organisation,
                const std::string& person, const std::string& role) {
  return refused(world, actor, "AddOrganisationMember", member(organisation, person, role));
}

std::string change(const World& world, const Actor& actor, const std::string& organisation,
                   const std::string& person, const std::string& role) {
  return refused(world, actor, "ChangeOrganisationRole", member(organisation, person, role));
}

std::string remove(const World& world, const Actor& actor, const std::string& organisation,
                   const std::string& person) {
  return refused(world, actor, "RemoveOrganisationMember", leaver(organisation, person));
}

bool is_partner(const World& world, const std::string& organisation) {
  return find_or_empty<row::OrganisationRowT>(world.rows(), organisation).partner;
}

// ---- people ----

TEST_CASE("RegisterPerson: the e-mail address stands in the contact's event alone") {
  World world;
  const auto then = world.when(staff("sam"), "RegisterPerson", kClara);
  CHECK(joined(then.types) == "ContactRegistered PersonRegistered");
  CHECK(joined(then.created) == "person:clara");
  CHECK(field(then.events[0], "contact") == clara_contact());
  CHECK(field(then.events[0], "email") == "clara@haarlem.example");
  CHECK(field(then.events[1], "contact") == clara_contact());
  CHECK(field(then.events[1], "display_name") == "Clara");
  CHECK(then.events[1].find('@') == std::string::npos);
  CHECK(clara_contact().find("clara") == std::string::npos);
}

TEST_CASE("RegisterPerson: staff, system, an import, or the person concerned") {
  const World world;
  for (const auto& actor :
       {staff("sam"), system_actor("sync"), Actor{"import", "2025"}, person("clara")}) {
    CHECK_MESSAGE(refused(world, actor, "RegisterPerson", kClara) == "", actor.kind);
  }
  CHECK(refused(world, person("ed"), "RegisterPerson", kClara) == "FORBIDDEN");
  // A person and a member of staff may well share an id; they are not the same.
  CHECK(refused(world, person("sam"), "RegisterPerson", kClara) == "FORBIDDEN");
}

TEST_CASE("RegisterPerson: addresses compare trimmed and lower-cased, the same records nothing") {
  World world;
  world.when(staff("sam"), "RegisterPerson", kClara);
  for (const auto* email : {"clara@haarlem.example", " Clara@HAARLEM.example  "}) {
    const auto again = world.when(staff("sam"), "RegisterPerson",
                                  std::string(R"({"person": "clara", "email": ")") + email + "\"}");
    CHECK(again.outcome == log::Outcome::unchanged);
    CHECK(joined(again.types) == "");
  }
  CHECK(world.when(staff("sam"), "RegisterPerson", R"({"person": "clara"})").types.empty());
}

TEST_CASE("RegisterPerson: what is left out stays, what is given replaces") {
  World world;
  world.when(staff("sam"), "RegisterPerson", kClara);
  const auto renamed =
      world.when(person("clara"), "RegisterPerson", R"({"person": "clara", "display_name": "C."})");
  CHECK(joined(renamed.types) == "PersonRegistered");
  CHECK(field(renamed.events[0], "contact") == clara_contact());
  CHECK(field(renamed.events[0], "display_name") == "C.");
  const auto moved = world.when(person("clara"), "RegisterPerson",
                                R"({"person": "clara", "email": "c@x.example"})");
  CHECK(joined(moved.types) == "ContactRegistered PersonRegistered");
  CHECK(field(moved.events[1], "contact") == contact_id("c@x.example"));
  CHECK(field(moved.events[1], "display_name") == "C.");
}

TEST_CASE("RegisterPerson: observed by somebody else it is kept, and the rule is named") {
  World world;
  const auto then = world.when(person("ed"), "RegisterPerson", kClara, kObserved);
  CHECK(joined(then.types) == "ContactRegistered PersonRegistered");
  CHECK(joined(then.rules_broken) == "FORBIDDEN");
}

// ---- organisations ----

TEST_CASE("RegisterOrganisation: the organisation, its first owner and its pooled account") {
  World world;
  const auto then = world.when(person("nia"), "RegisterOrganisation", kNewco);
  CHECK(joined(then.types) ==
        "OrganisationRegistered OrganisationMemberAdded BillingAccountOpened");
  CHECK(field(then.events[0], "name") == "NEWCO");
  CHECK(field(then.events[1], "person") == "nia");
  CHECK(field(then.events[1], "role") == "owner");
  CHECK(field(then.events[2], "scope") == "organisation");
  CHECK(field(then.events[2], "tier") == "free");
  CHECK(field(then.events[2], "status") == "none");
  const std::string account = field(then.events[2], "account");
  CHECK(joined(then.created) == "organisation:newco account:" + account);
  CHECK(find_or_empty<row::OrganisationRowT>(world.rows(), "newco").account == account);
}

TEST_CASE("RegisterOrganisation: the caller may say the account's id") {
  World world;
  const auto then =
      world.when(staff("sam"), "RegisterOrganisation",
                 R"({"organisation": "o", "name": "O", "owner": "p", "account": "a"})");
  CHECK(joined(then.created) == "organisation:o account:a");
}

TEST_CASE("RegisterOrganisation: refusals, in order") {
  const World world = prism();
  const auto attempt = [&](const Actor& actor, const std::string& id, const std::string& account) {
    return refused(world, actor, "RegisterOrganisation",
                   R"({"organisation": ")" + id +
                       R"(", "name": "O", "owner": "nia", "account": ")" + account + "\"}");
  };
  CHECK(attempt(person("adam"), "prism", "new") == "FORBIDDEN");
  CHECK(attempt(person("adam"), "newco", "acc-prism") == "FORBIDDEN");
  CHECK(attempt(person("nia"), "prism", "acc-prism") == "ORG_EXISTS");
  CHECK(attempt(person("nia"), "newco", "acc-prism") == "ACCOUNT_EXISTS");
  CHECK(attempt(person("nia"), "newco", "new") == "");
}

TEST_CASE("RegisterOrganisation: observed against every rule, it is kept with all of them") {
  World world = prism();
  const auto then = world.when(
      person("adam"), "RegisterOrganisation",
      R"({"organisation": "prism", "name": "P", "owner": "nia", "account": "acc-prism"})",
      kObserved);
  CHECK(joined(then.rules_broken) == "FORBIDDEN ORG_EXISTS ACCOUNT_EXISTS");
  CHECK(organisation_role_of(world, "prism", "nia") == "owner");
}

// ---- members ----

TEST_CASE("AddOrganisationMember: an owner or admin adds a member") {
  for (const std::string who : {"olga", "adam"}) {
    World world = prism();
    const auto then =
        world.when(person(who), "AddOrganisationMember", member("prism", "ed", "billing"));
    CHECK(joined(then.types) == "OrganisationMemberAdded");
    CHECK(field(then.events[0], "role") == "billing");
    CHECK(organisation_role_of(world, "prism", "ed") == "billing");
  }
}

TEST_CASE("Members of an organisation: managed by owners and admins alone") {
  const World world = prism();
  for (const auto& actor : {person("bill"), person("milo"), person("hana"), person("ed"),
                            staff("sam"), staff("olga"), system_actor("sync")}) {
    CHECK_MESSAGE(add(world, actor, "prism", "ed2", "member") == "FORBIDDEN", actor.id);
    CHECK_MESSAGE(change(world, actor, "prism", "milo", "admin") == "FORBIDDEN", actor.id);
    CHECK_MESSAGE(remove(world, actor, "prism", "bea") == "FORBIDDEN", actor.id);
  }
  CHECK(add(world, person("olga"), "nowhere", "ed", "member") == "FORBIDDEN");
}

TEST_CASE("Anything about an owner takes an owner") {
  const World world = prism();
  CHECK(add(world, person("adam"), "prism", "ed", "owner") == "OWNER_ONLY");
  CHECK(add(world, person("olga"), "prism", "ed", "owner") == "");
  CHECK(change(world, person("adam"), "prism", "milo", "owner") == "OWNER_ONLY");
  CHECK(change(world, person("adam"), "prism", "olga", "member") == "OWNER_ONLY");
  CHECK(change(world, person("olga"), "prism", "milo", "owner") == "");
  CHECK(remove(world, person("adam"), "prism", "olga") == "OWNER_ONLY");
}

TEST_CASE("developer and projects_manager exist only while the organisation is a partner") {
  World world = prism();
  for (const auto* role : {"developer", "projects_manager"}) {
    CHECK(add(world, person("olga"), "prism", "dev", role) == "");
    CHECK(change(world, person("olga"), "prism", "milo", role) == "");
    CHECK(add(world, person("hana"), "haarlem", "dev", role) == "ROLE_NOT_AVAILABLE");
    CHECK(change(world, person("hana"), "haarlem", "hugo", role) == "ROLE_NOT_AVAILABLE");
  }
  CHECK(add(world, person("hana"), "haarlem", "vic", "viewer") == "");
  // Who held the role while the organisation was a partner keeps it, and may lay it down.
  given_organisation_member(world, "prism", "dev", "developer");
  world.given("PartnerStatusRevoked", kRevoke);
  CHECK(add(world, person("olga"), "prism", "dev2", "developer") == "ROLE_NOT_AVAILABLE");
  CHECK(change(world, person("olga"), "prism", "dev", "projects_manager") == "ROLE_NOT_AVAILABLE");
  CHECK(change(world, person("olga"), "prism", "dev", "developer") == "");
  CHECK(change(world, person("olga"), "prism", "dev", "member") == "");
}

TEST_CASE("AddOrganisationMember: nobody twice, and no outsider of a workspace of its own") {
  World world = prism_with_panels();
  given_clara_observes(world);
  given_member(world, "panels", "ed", "external");
  CHECK(add(world, person("olga"), "prism", "milo", "member") == "ALREADY_MEMBER");
  CHECK(add(world, person("olga"), "prism", "clara", "member") == "OUTSIDER_INSIDER_CROSSING");
  CHECK(add(world, person("olga"), "prism", "ed", "admin") == "OUTSIDER_INSIDER_CROSSING");
  CHECK(add(world, person("hana"), "haarlem", "clara", "member") == "");
  // Once outside no longer, they may come in.
  world.given("MembershipEnded", R"({"workspace": "panels", "person": "ed", "cause": "removed"})");
  CHECK(add(world, person("olga"), "prism", "ed", "admin") == "");
}

TEST_CASE("AddOrganisationMember: the order of refusals") {
  World world = prism_with_panels();
  given_member(world, "panels", "hugo", "external");
  given_member(world, "panels", "milo", "external");  // as only an observed fact could be
  CHECK(add(world, person("milo"), "prism", "ed", "owner") == "FORBIDDEN");
  CHECK(add(world, person("adam"), "prism", "milo", "owner") == "OWNER_ONLY");
  CHECK(add(world, person("hana"), "haarlem", "hugo", "developer") == "ROLE_NOT_AVAILABLE");
  CHECK(add(world, person("olga"), "prism", "milo", "member") == "ALREADY_MEMBER");
  world.given("PartnerStatusRevoked", kRevoke);
  const auto then = world.when(staff("sam"), "AddOrganisationMember",
                               member("prism", "milo", "developer"), kObserved);
  CHECK(joined(then.rules_broken) ==
        "FORBIDDEN ROLE_NOT_AVAILABLE ALREADY_MEMBER OUTSIDER_INSIDER_CROSSING");
  CHECK(organisation_role_of(world, "prism", "milo") == "developer");
}

TEST_CASE("ChangeOrganisationRole: from and to are kept, the same role records nothing") {
  World world = prism();
  const auto then =
      world.when(person("adam"), "ChangeOrganisationRole", member("prism", "milo", "billing"));
  CHECK(joined(then.types) == "OrganisationRoleChanged");
  CHECK(field(then.events[0], "from") == "member");
  CHECK(field(then.events[0], "to") == "billing");
  const auto again =
      world.when(person("adam"), "ChangeOrganisationRole", member("prism", "milo", "billing"));
  CHECK(again.outcome == log::Outcome::unchanged);
  CHECK(organisation_role_of(world, "prism", "milo") == "billing");
}

TEST_CASE("ChangeOrganisationRole: the order of refusals") {
  const World world = prism();
  CHECK(change(world, person("milo"), "prism", "olga", "member") == "FORBIDDEN");
  CHECK(change(world, person("hugo"), "haarlem", "hana", "developer") == "OWNER_ONLY");
  CHECK(change(world, person("hugo"), "haarlem", "ed", "owner") == "OWNER_ONLY");
  CHECK(change(world, person("hana"), "haarlem", "ed", "developer") == "ROLE_NOT_AVAILABLE");
  CHECK(change(world, person("hana"), "haarlem", "hana", "developer") == "ROLE_NOT_AVAILABLE");
  CHECK(change(world, person("hana"), "haarlem", "ed", "member") == "MEMBERSHIP_NOT_FOUND");
}

TEST_CASE("An organisation always has an owner") {
  World world = prism();
  CHECK(change(world, person("olga"), "prism", "olga", "admin") == "LAST_OWNER");
  CHECK(change(world, person("olga"), "prism", "olga", "owner") == "");
  CHECK(remove(world, person("olga"), "prism", "olga") == "LAST_OWNER");
  given_organisation_member(world, "prism", "otto", "owner");
  CHECK(change(world, person("olga"), "prism", "olga", "admin") == "");
  CHECK(remove(world, person("olga"), "prism", "olga") == "");
  CHECK(remove(world, person("olga"), "prism", "otto") == "");
  // An owner who left does not count.
  world.when(person("otto"), "RemoveOrganisationMember", leaver("prism", "otto"));
  CHECK(remove(world, person("olga"), "prism", "olga") == "LAST_OWNER");
}

TEST_CASE("RemoveOrganisationMember: takes somebody who may, or the person leaving") {
  World world = prism();
  CHECK(remove(world, person("milo"), "prism", "milo") == "");
  CHECK(remove(world, staff("milo"), "prism", "milo") == "FORBIDDEN");
  CHECK(remove(world, person("ed"), "prism", "ed") == "MEMBERSHIP_NOT_FOUND");
  CHECK(remove(world, person("adam"), "prism", "ed") == "MEMBERSHIP_NOT_FOUND");
  CHECK(remove(world, person("milo"), "prism", "olga") == "FORBIDDEN");
  CHECK(remove(world, person("hugo"), "haarlem", "hana") == "OWNER_ONLY");
  const auto then = world.when(person("adam"), "RemoveOrganisationMember", leaver("prism", "milo"));
  CHECK(joined(then.types) == "OrganisationMemberRemoved");
  CHECK(field(then.events[0], "role") == "member");
  CHECK(remove(world, person("milo"), "prism", "milo") == "MEMBERSHIP_NOT_FOUND");
}

TEST_CASE("RemoveOrganisationMember: insider memberships and seats end with it, and no others") {
  World world = prism_with_panels();
  given_office(world);
  given_organisation_member(world, "haarlem", "adam", "member");
  given_member(world, "office", "adam", "member");
  world.given("SeatOpened",
              R"({"account": "acc-prism", "person": "adam", "seats": 2, "paid_seats": 2})");
  world.given("WorkspaceCreated", R"({"workspace": "theirs", "organisation": "haarlem",
      "name": "Theirs", "account": "acc-haarlem"})");
  given_member(world, "theirs", "adam", "member");
  const auto then = world.when(person("olga"), "RemoveOrganisationMember", leaver("prism", "adam"));
  CHECK(joined(then.types) ==
        "OrganisationMemberRemoved MembershipEnded SeatClosed MembershipEnded SeatClosed");
  CHECK(field(then.event("MembershipEnded"), "cause") == "organisation_membership_ended");
  CHECK(field(then.event("MembershipEnded"), "blocked_by").empty());
  CHECK(role_in(world, "panels", "adam") == "none");
  CHECK(role_in(world, "office", "adam") == "none");
  CHECK(role_in(world, "theirs", "adam") == "member");
  CHECK(organisation_role_of(world, "haarlem", "adam") == "member");
  CHECK(seats(world, "acc-panels") == "0 of 1");
  CHECK(seats(world, "acc-prism") == "1 of 2");
}

TEST_CASE("Observed role changes and removals, of people who were never seen here") {
  World world = prism();
  const auto removed =
      world.when(staff("sam"), "RemoveOrganisationMember", leaver("prism", "ed"), kObserved);
  CHECK(joined(removed.types) == "OrganisationMemberRemoved");
  CHECK(joined(removed.rules_broken) == "FORBIDDEN MEMBERSHIP_NOT_FOUND");
  CHECK(organisation_role_of(world, "prism", "ed") == "none");

  const auto stepped_down = world.when(staff("sam"), "ChangeOrganisationRole",
                                       member("prism", "olga", "viewer"), kObserved);
  CHECK(joined(stepped_down.rules_broken) == "FORBIDDEN OWNER_ONLY LAST_OWNER");
  CHECK(organisation_role_of(world, "prism", "olga") == "viewer");

  // The product says that ed is an admin from now on. Then he is.
  const auto changed =
      world.when(staff("sam"), "ChangeOrganisationRole", member("prism", "ed", "admin"), kObserved);
  CHECK(joined(changed.rules_broken) == "FORBIDDEN MEMBERSHIP_NOT_FOUND");
  CHECK(organisation_role_of(world, "prism", "ed") == "admin");
}

// ---- partner status ----

TEST_CASE("GrantPartnerStatus: by staff, the same contract again records nothing") {
  World world = prism();
  CHECK(refused(world, person("olga"), "GrantPartnerStatus", kGrant) == "STAFF_ONLY");
  CHECK(refused(world, system_actor("sync"), "GrantPartnerStatus", kGrant) == "STAFF_ONLY");
  CHECK(world.when(staff("sam"), "GrantPartnerStatus", kGrant).outcome == log::Outcome::unchanged);
  const auto other = world.when(staff("sam"), "GrantPartnerStatus",
                                R"({"organisation": "prism", "contract_reference": "P-8"})");
  CHECK(joined(other.types) == "PartnerStatusGranted");
  const auto first = world.when(staff("sam"), "GrantPartnerStatus",
                                R"({"organisation": "haarlem", "contract_reference": "H-1"})");
  CHECK(joined(first.types) == "PartnerStatusGranted");
  CHECK(field(first.events[0], "contract_reference") == "H-1");
  CHECK(is_partner(world, "haarlem"));
}

TEST_CASE("Partner status: staff first, then the organisation") {
  const World world = prism();
  const std::string grant = R"({"organisation": "nowhere", "contract_reference": "X"})";
  const std::string revoke = R"({"organisation": "nowhere"})";
  CHECK(refused(world, person("olga"), "GrantPartnerStatus", grant) == "STAFF_ONLY");
  CHECK(refused(world, person("olga"), "RevokePartnerStatus", revoke) == "STAFF_ONLY");
  CHECK(refused(world, staff("sam"), "GrantPartnerStatus", grant) == "ORG_NOT_FOUND");
  CHECK(refused(world, staff("sam"), "RevokePartnerStatus", revoke) == "ORG_NOT_FOUND");
  CHECK(refused(world, person("olga"), "RevokePartnerStatus", kRevoke) == "STAFF_ONLY");
}

TEST_CASE("RevokePartnerStatus: nothing else changes, and kept partner roles are told") {
  World world = prism_with_panels();
  given_organisation_member(world, "prism", "dev", "developer");
  given_organisation_member(world, "prism", "pam", "projects_manager");
  const auto then = world.when(staff("sam"), "RevokePartnerStatus", kRevoke);
  CHECK(joined(then.types) == "PartnerStatusRevoked");
  CHECK(field(then.events[0], "contract_reference") == "P-7");
  CHECK(field(then.events[0], "kept_partner_roles") == R"(["dev","pam"])");
  CHECK(!is_partner(world, "prism"));
  CHECK(organisation_role_of(world, "prism", "dev") == "developer");
  CHECK(role_in(world, "panels", "adam") == "owner");
  CHECK(seats(world, "acc-panels") == "1 of 1");
  CHECK(world.when(staff("sam"), "RevokePartnerStatus", kRevoke).outcome ==
        log::Outcome::unchanged);
}

TEST_CASE("RevokePartnerStatus: a workspace that is external already works on in every respect") {
  World world = prism_with_panels();
  world.when(staff("sam"), "RevokePartnerStatus", kRevoke);
  const Actor adam = person("adam");
  CHECK(refused(world, adam, "InviteToWorkspace",
                R"({"invite": "i", "workspace": "panels", "person": "nora",
                    "role": "observer"})") == "");
  CHECK(refused(world, adam, "RenameWorkspace", R"({"workspace": "panels", "name": "N"})") == "");
  CHECK(refused(world, adam, "ChangeDataOwnership",
                R"({"workspace": "panels", "usage": "external_client", "data_owner":
                    {"organisation_name": "Haarlem", "email": "clara@haarlem.example"}})") == "");
}

TEST_CASE("Partner status: observed of an organisation never seen, by nobody entitled") {
  World world;
  const auto granted = world.when(person("ed"), "GrantPartnerStatus", kGrant, kObserved);
  CHECK(joined(granted.types) == "PartnerStatusGranted");
  CHECK(joined(granted.rules_broken) == "STAFF_ONLY ORG_NOT_FOUND");
  CHECK(is_partner(world, "prism"));
  const auto revoked = world.when(person("ed"), "RevokePartnerStatus", kRevoke, kObserved);
  CHECK(joined(revoked.types) == "PartnerStatusRevoked");
  CHECK(joined(revoked.rules_broken) == "STAFF_ONLY ORG_NOT_FOUND");
  CHECK(!is_partner(world, "prism"));
}

}  // namespace

TEST_CASE("RegisterPerson: nobody takes over an address that is another person's") {
  World world;
  const auto clara = R"({"person": "clara", "email": "clara@haarlem.example"})";
  CHECK(world.when(person("clara"), "RegisterPerson", clara).reason.empty());
  const auto claim = R"({"person": "ed", "email": " Clara@Haarlem.example "})";
  CHECK(world.when(person("ed"), "RegisterPerson", claim).reason == "FORBIDDEN");
  CHECK(world.when(staff("sam"), "RegisterPerson", claim).count("PersonRegistered") == 1);
}

}  // namespace actbook::testing

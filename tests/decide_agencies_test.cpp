#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/tables.h"
#include "support/agnes.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

const std::string kCargo = R"({"organisation": "cargo"})";
const std::string kAgnes = R"({"organisation": "agnes"})";
const std::string kNewco = R"({"agency": "agnes", "organisation": "newco", "name": "NEWCO"})";

std::string enrollment(const std::string& organisation, const std::string& deadline,
                       const std::string& contract) {
  return json{
      {"organisation", organisation}, {"deadline", deadline}, {"contract_reference", contract}}
      .dump();
}

std::string extension(const std::string& organisation, const std::string& deadline) {
  return json{{"organisation", organisation}, {"deadline", deadline}}.dump();
}

std::string requirement(const std::string& organisation, const std::string& what) {
  return json{{"organisation", organisation}, {"requirement", what}}.dump();
}

std::string conversion(const std::string& account, const std::string& organisation) {
  return json{{"personal_account", account}, {"organisation", organisation}, {"name", "SOLOCO"}}
      .dump();
}

/// In which programs an organisation is a partner.
std::string programs(const World& world, const std::string& organisation) {
  const auto row = organisation_row(world, organisation);
  CHECK(row.partner == (row.workspace_partner || row.agency_partner));
  return std::string(row.workspace_partner ? "workspace " : "") +
         (row.agency_partner ? "agency" : "");
}

/// AGNES in the workspace program, too.
World agnes_in_both_programs() {
  World world = agnes();
  (void)world.when(staff("sam"), "GrantPartnerStatus",
                   R"({"organisation": "agnes", "contract_reference": "A-1"})");
  return world;
}

// ---- enrollment ----

TEST_CASE("EnrollAgency: it is partner status of the agency program with a deadline") {
  World world = agnes();
  CHECK(refused(world, person("cal"), "AddOrganisationMember",
                R"({"organisation": "cargo", "person": "d", "role": "developer"})") ==
        "ROLE_NOT_AVAILABLE");
  const auto then =
      world.when(staff("sam"), "EnrollAgency", enrollment("cargo", "2026-06-30", "C-1"));
  CHECK(joined(then.types) == "PartnerStatusGranted");
  CHECK(then.created.empty());
  CHECK(field(then.events[0], "organisation") == "cargo");
  CHECK(field(then.events[0], "program") == "agency");
  CHECK(field(then.events[0], "contract_reference") == "C-1");
  CHECK(field(then.events[0], "deadline") == "2026-06-30T00:00:00Z");
  CHECK(programs(world, "cargo") == "agency");
  CHECK(organisation_row(world, "cargo").contract_reference == "");  // it is the enrollment's
  const auto row = enrollment_row(world, "cargo");
  CHECK(row.live);
  CHECK(row.contract_reference == "C-1");
  CHECK(row.deadline == parse_iso8601("2026-06-30").value().microseconds);
  CHECK(row.requirements.empty());
  REQUIRE(row.enrolled);
  CHECK(row.enrolled->actor->id == "sam");
  CHECK(refused(world, person("cal"), "AddOrganisationMember",
                R"({"organisation": "cargo", "person": "d", "role": "developer"})") == "");
}

TEST_CASE("EnrollAgency: the same again records nothing and anything else does") {
  World world = agnes();
  const auto again =
      world.when(staff("sue"), "EnrollAgency", enrollment("agnes", "2026-06-30", "A-1"));
  CHECK(again.outcome == log::Outcome::unchanged);
  (void)world.when(system_actor("sync"), "MeetRequirement",
                   requirement("agnes", "published_profile"));
  for (const auto& other :
       {enrollment("agnes", "2026-07-31", "A-1"), enrollment("agnes", "2026-07-31", "A-2")}) {
    CHECK(joined(world.when(staff("sam"), "EnrollAgency", other).types) == "PartnerStatusGranted");
  }
  const auto row = enrollment_row(world, "agnes");
  CHECK(row.deadline == parse_iso8601("2026-07-31").value().microseconds);
  CHECK(row.contract_reference == "A-2");
  // It goes on, so what was met stays met.
  REQUIRE(row.requirements.size() == 1);
  CHECK(row.requirements[0]->met);
}

TEST_CASE("Enrollment: by staff alone who are named before the organisation") {
  const World world = agnes();
  for (const auto& actor : {person("ava"), person("cal"), person("sam"), system_actor("sync"),
                            Actor{"import", "2025"}}) {
    for (const std::string organisation : {"agnes", "nowhere"}) {
      CHECK_MESSAGE(refused(world, actor, "EnrollAgency",
                            enrollment(organisation, "2026-07-31", "A-2")) == "STAFF_ONLY",
                    actor.kind);
      CHECK_MESSAGE(refused(world, actor, "EndEnrollment",
                            json{{"organisation", organisation}}.dump()) == "STAFF_ONLY",
                    actor.kind);
    }
  }
  CHECK(refused(world, staff("sam"), "EnrollAgency", enrollment("nowhere", "2026-07-31", "A-2")) ==
        "ORG_NOT_FOUND");
  CHECK(refused(world, staff("sam"), "EndEnrollment", R"({"organisation": "nowhere"})") ==
        "ORG_NOT_FOUND");
}

TEST_CASE("EndEnrollment: status ends and who keeps a partner's role is told") {
  World world = agnes();
  const auto then =
      world.when(staff("sam"), "EndEnrollment", kAgnes, R"({"reason": "no profile"})");
  CHECK(joined(then.types) == "PartnerStatusRevoked");
  CHECK(field(then.events[0], "program") == "agency");
  CHECK(field(then.events[0], "contract_reference") == "A-1");
  CHECK(field(then.events[0], "kept_partner_roles") == R"(["dev","pam"])");
  CHECK(programs(world, "agnes") == "");
  const auto row = enrollment_row(world, "agnes");
  CHECK(!row.live);
  CHECK(row.ended);
  CHECK(organisation_role_of(world, "agnes", "dev") == "developer");
  CHECK(refused(world, person("ava"), "ChangeOrganisationRole",
                R"({"organisation": "agnes", "person": "vic", "role": "developer"})") ==
        "ROLE_NOT_AVAILABLE");
  CHECK(world.when(staff("sam"), "EndEnrollment", kAgnes).outcome == log::Outcome::unchanged);
  CHECK(world.when(staff("sam"), "EndEnrollment", kCargo).outcome == log::Outcome::unchanged);
}

TEST_CASE(
    "EndEnrollment: a live mandate and entry by it outlast it while new ones are out of reach") {
  World world = agnes_with_mandate();
  given_project(world, "port", "organisation", "cargo");
  (void)world.when(staff("sam"), "EndEnrollment", kAgnes);
  CHECK(mandate_row(world, "m-1").live);
  CHECK(entry_of(world, "port", "dev") == "developer of organisation agnes, by mandate m-1");
  CHECK(refused(world, person("ava"), "CreateClientOrganisation", kNewco) == "NOT_PARTNER");
}

TEST_CASE("EnrollAgency: after an end everything has to be met anew") {
  World world = agnes();
  (void)world.when(system_actor("sync"), "MeetRequirement",
                   requirement("agnes", "paid_activation"));
  (void)world.when(staff("sam"), "EndEnrollment", kAgnes);
  const auto again =
      world.when(staff("sam"), "EnrollAgency", enrollment("agnes", "2026-06-30", "A-1"));
  CHECK(joined(again.types) == "PartnerStatusGranted");
  CHECK(programs(world, "agnes") == "agency");
  CHECK(enrollment_row(world, "agnes").live);
  CHECK(!enrollment_row(world, "agnes").ended);
  CHECK(enrollment_row(world, "agnes").requirements.empty());
}

TEST_CASE("Enrollment: observed of an organisation never seen and by nobody entitled") {
  World world;
  const auto begun =
      world.when(person("ed"), "EnrollAgency", enrollment("agnes", "2026-06-30", "A-1"), kObserved);
  CHECK(joined(begun.types) == "PartnerStatusGranted");
  CHECK(joined(begun.rules_broken) == "STAFF_ONLY ORG_NOT_FOUND");
  CHECK(programs(world, "agnes") == "agency");
  const auto ended = world.when(person("ed"), "EndEnrollment", kAgnes, kObserved);
  CHECK(joined(ended.types) == "PartnerStatusRevoked");
  CHECK(joined(ended.rules_broken) == "STAFF_ONLY ORG_NOT_FOUND");
  CHECK(programs(world, "agnes") == "");
  // Of one whose beginning was never seen the end is a fact as well.
  const auto unseen = world.when(staff("sam"), "EndEnrollment", kCargo, kObserved);
  CHECK(joined(unseen.types) == "PartnerStatusRevoked");
  CHECK(field(unseen.events[0], "program") == "agency");
  CHECK(joined(unseen.rules_broken) == "ORG_NOT_FOUND");
}

// ---- two programs side by side ----

TEST_CASE("Partner programs: an organisation in both is a partner while it is in one") {
  World world = agnes_in_both_programs();
  CHECK(programs(world, "agnes") == "workspace agency");
  const auto then = world.when(staff("sam"), "EndEnrollment", kAgnes);
  CHECK(joined(then.types) == "PartnerStatusRevoked");
  CHECK(field(then.events[0], "program") == "agency");
  CHECK(field(then.events[0], "kept_partner_roles") == "[]");  // they are not left over
  CHECK(programs(world, "agnes") == "workspace ");
  CHECK(!enrollment_row(world, "agnes").live);
  CHECK(refused(world, person("ava"), "AddOrganisationMember",
                R"({"organisation": "agnes", "person": "d", "role": "developer"})") == "");
  CHECK(refused(world, person("ava"), "CreateClientOrganisation", kNewco) == "");
  const auto last = world.when(staff("sam"), "RevokePartnerStatus", kAgnes);
  CHECK(joined(last.types) == "PartnerStatusRevoked");
  CHECK(field(last.events[0], "program") == "workspace");
  CHECK(field(last.events[0], "kept_partner_roles") == R"(["dev","pam"])");
  CHECK(programs(world, "agnes") == "");
}

TEST_CASE("Partner programs: each begins by itself") {
  World world = agnes();
  const auto granted = world.when(staff("sam"), "GrantPartnerStatus",
                                  R"({"organisation": "agnes", "contract_reference": "A-1"})");
  CHECK(joined(granted.types) == "PartnerStatusGranted");
  CHECK(field(granted.events[0], "program") == "workspace");
  CHECK(field(granted.events[0], "deadline") == "");
  CHECK(enrollment_row(world, "agnes").deadline ==
        parse_iso8601("2026-06-30").value().microseconds);
}

TEST_CASE("RevokePartnerStatus: it ends both programs and the enrollment") {
  World world = agnes_in_both_programs();
  const auto then = world.when(staff("sam"), "RevokePartnerStatus", kAgnes);
  CHECK(joined(then.types) == "PartnerStatusRevoked PartnerStatusRevoked");
  CHECK(field(then.events[0], "program") == "workspace");
  CHECK(field(then.events[0], "kept_partner_roles") == "[]");
  CHECK(field(then.events[1], "program") == "agency");
  CHECK(field(then.events[1], "kept_partner_roles") == R"(["dev","pam"])");
  CHECK(programs(world, "agnes") == "");
  CHECK(!enrollment_row(world, "agnes").live);
  CHECK(world.when(staff("sam"), "RevokePartnerStatus", kAgnes).outcome == log::Outcome::unchanged);
  const auto alone = agnes().when(staff("sam"), "RevokePartnerStatus", kAgnes);
  CHECK(field(alone.event("PartnerStatusRevoked"), "program") == "agency");
}

// ---- requirements ----

TEST_CASE("Requirements: met and lost each by itself") {
  World world = agnes();
  const Actor system = system_actor("sync");
  CHECK(world.when(system, "LoseRequirement", requirement("agnes", "paid_activation")).outcome ==
        log::Outcome::unchanged);  // what was never met
  for (const auto* what : {"paid_activation", "published_profile", "published_showcase_project"}) {
    const auto met = world.when(system, "MeetRequirement", requirement("agnes", what));
    CHECK(joined(met.types) == "RequirementMet");
    CHECK(field(met.events[0], "organisation") == "agnes");
    CHECK(field(met.events[0], "requirement") == what);
    CHECK(world.when(system, "MeetRequirement", requirement("agnes", what)).outcome ==
          log::Outcome::unchanged);
  }
  const auto lost =
      world.when(system, "LoseRequirement", requirement("agnes", "published_profile"));
  CHECK(joined(lost.types) == "RequirementLost");
  CHECK(field(lost.events[0], "requirement") == "published_profile");
  CHECK(world.when(system, "LoseRequirement", requirement("agnes", "published_profile")).outcome ==
        log::Outcome::unchanged);
  const auto row = enrollment_row(world, "agnes");
  REQUIRE(row.requirements.size() == 3);
  CHECK(row.requirements[0]->met);
  CHECK(!row.requirements[1]->met);
  CHECK(row.requirements[2]->met);
  CHECK(programs(world, "agnes") == "agency");  // what follows from it is for staff to say
  const auto back =
      world.when(system, "MeetRequirement", requirement("agnes", "published_profile"));
  CHECK(joined(back.types) == "RequirementMet");
}

TEST_CASE("Requirements: for the system to see and only of who is enrolled") {
  World world = agnes();
  for (const auto* command : {"MeetRequirement", "LoseRequirement"}) {
    for (const auto& actor : {person("ava"), staff("sam"), Actor{"import", "2025"}}) {
      for (const std::string organisation : {"agnes", "cargo", "nowhere"}) {
        CHECK_MESSAGE(refused(world, actor, command,
                              requirement(organisation, "published_profile")) == "SYSTEM_ONLY",
                      actor.kind);
      }
    }
    for (const std::string organisation : {"cargo", "nowhere"}) {
      CHECK(refused(world, system_actor("sync"), command,
                    requirement(organisation, "published_profile")) == "NOT_ENROLLED");
    }
  }
  (void)world.when(staff("sam"), "EndEnrollment", kAgnes);
  CHECK(refused(world, system_actor("sync"), "MeetRequirement",
                requirement("agnes", "published_profile")) == "NOT_ENROLLED");
}

TEST_CASE("Requirements: observed by somebody else of an agency never seen") {
  for (const std::string command : {"MeetRequirement", "LoseRequirement"}) {
    World world;
    const auto then =
        world.when(staff("sam"), command, requirement("agnes", "published_profile"), kObserved);
    CHECK(joined(then.types) ==
          (command == "MeetRequirement" ? "RequirementMet" : "RequirementLost"));
    CHECK(joined(then.rules_broken) == "SYSTEM_ONLY NOT_ENROLLED");
    const auto row = enrollment_row(world, "agnes");
    REQUIRE(row.requirements.size() == 1);
    CHECK(row.requirements[0]->met == (command == "MeetRequirement"));
    CHECK(!row.live);
  }
}

// ---- extension ----

TEST_CASE("ExtendEnrollment: a later deadline by staff or an owner of the agency") {
  for (const auto& actor : {staff("sam"), person("ava")}) {
    World world = agnes();
    const auto then = world.when(actor, "ExtendEnrollment", extension("agnes", "2026-09-30"));
    CHECK(joined(then.types) == "EnrollmentExtended");
    CHECK(field(then.events[0], "organisation") == "agnes");
    CHECK(field(then.events[0], "from_deadline") == "2026-06-30T00:00:00Z");
    CHECK(field(then.events[0], "deadline") == "2026-09-30T00:00:00Z");
    CHECK(enrollment_row(world, "agnes").deadline ==
          parse_iso8601("2026-09-30").value().microseconds);
    CHECK(enrollment_row(world, "agnes").extended);
    CHECK(world.when(actor, "ExtendEnrollment", extension("agnes", "2026-09-30")).outcome ==
          log::Outcome::unchanged);
  }
}

TEST_CASE(
    "ExtendEnrollment: seven days before the deadline is in time and a microsecond later not") {
  World world = agnes();
  const auto attempt = [&](const std::string& at, const std::string& deadline) {
    world.at(at);
    return refused(world, person("ava"), "ExtendEnrollment", extension("agnes", deadline));
  };
  CHECK(attempt("2026-06-22T23:59:59.999999Z", "2026-07-31") == "");
  CHECK(attempt("2026-06-23T00:00:00Z", "2026-07-31") == "");
  CHECK(attempt("2026-06-23T00:00:00.000001Z", "2026-07-31") == "EXTENSION_TOO_LATE");
  CHECK(attempt("2026-06-30T00:00:00Z", "2026-07-31") == "EXTENSION_TOO_LATE");
  CHECK(attempt("2026-07-15", "2026-07-31") == "EXTENSION_TOO_LATE");
  // The deadline that stands counts: once extended, there is time again.
  world.at("2026-06-23T00:00:00Z");
  (void)world.when(person("ava"), "ExtendEnrollment", extension("agnes", "2026-07-31"));
  CHECK(attempt("2026-07-24T00:00:00Z", "2026-08-31") == "");
  CHECK(attempt("2026-07-24T00:00:00.000001Z", "2026-08-31") == "EXTENSION_TOO_LATE");
}

TEST_CASE("ExtendEnrollment: refusals in order") {
  World world = agnes();
  const auto attempt = [&](const Actor& actor, const std::string& organisation,
                           const std::string& deadline) {
    return refused(world, actor, "ExtendEnrollment", extension(organisation, deadline));
  };
  for (const auto& actor :
       {person("pam"), person("dev"), person("vic"), person("cal"), system_actor("sync")}) {
    CHECK_MESSAGE(attempt(actor, "agnes", "2026-09-30") == "NOT_ALLOWED", actor.id);
    CHECK_MESSAGE(attempt(actor, "nowhere", "2026-09-30") == "NOT_ALLOWED", actor.id);
  }
  CHECK(attempt(person("cal"), "cargo", "2026-09-30") == "NOT_ENROLLED");
  CHECK(attempt(staff("sam"), "cargo", "2026-09-30") == "NOT_ENROLLED");
  CHECK(attempt(staff("sam"), "nowhere", "2026-09-30") == "NOT_ENROLLED");
  CHECK(attempt(staff("sam"), "agnes", "2026-06-29T23:59:59.999999Z") == "DEADLINE_NOT_LATER");
  world.at("2026-06-29");
  CHECK(attempt(staff("sam"), "agnes", "2026-06-29") == "EXTENSION_TOO_LATE");
  CHECK(attempt(person("dev"), "agnes", "2026-06-29") == "NOT_ALLOWED");
  (void)world.when(staff("sam"), "EndEnrollment", kAgnes);
  CHECK(attempt(staff("sam"), "agnes", "2026-09-30") == "NOT_ENROLLED");
}

TEST_CASE("ExtendEnrollment: observed too late and of an agency never seen") {
  World world = agnes();
  world.at("2026-07-15");
  const auto late =
      world.when(person("ava"), "ExtendEnrollment", extension("agnes", "2026-06-01"), kObserved);
  CHECK(joined(late.types) == "EnrollmentExtended");
  CHECK(joined(late.rules_broken) == "EXTENSION_TOO_LATE DEADLINE_NOT_LATER");
  CHECK(enrollment_row(world, "agnes").deadline ==
        parse_iso8601("2026-06-01").value().microseconds);
  // Judged by when it was true in the world.
  World observed = agnes();
  observed.at("2026-07-15");
  const auto in_time =
      observed.when(person("ava"), "ExtendEnrollment", extension("agnes", "2026-07-31"),
                    R"({"mode": "observed", "occurred_at": "2026-06-23T00:00:00Z"})");
  CHECK(joined(in_time.rules_broken) == "");
  World unseen;
  const auto then =
      unseen.when(person("ed"), "ExtendEnrollment", extension("agnes", "2026-09-30"), kObserved);
  CHECK(joined(then.types) == "EnrollmentExtended");
  CHECK(joined(then.rules_broken) == "NOT_ALLOWED NOT_ENROLLED");
  CHECK(programs(unseen, "agnes") == "");
}

// ---- personal accounts ----

TEST_CASE("RegisterPersonalAccount: the account and its billing account") {
  World world = agnes();
  const auto then = world.when(staff("sam"), "RegisterPersonalAccount",
                               R"({"personal_account": "pa", "person": "pia", "account": "acc"})");
  CHECK(joined(then.types) == "PersonalAccountRegistered BillingAccountOpened");
  CHECK(joined(then.created) == "personal_account:pa account:acc");
  CHECK(field(then.events[0], "personal_account") == "pa");
  CHECK(field(then.events[0], "person") == "pia");
  CHECK(field(then.events[1], "scope") == "personal");
  CHECK(field(then.events[1], "personal_account") == "pa");
  CHECK(field(then.events[1], "organisation") == "");
  const auto row = find_or_empty<row::PersonalAccountRowT>(world.rows(), "pa");
  CHECK(row.person == "pia");
  CHECK(row.account == "acc");
  const auto derived = world.when(person("pia"), "RegisterPersonalAccount",
                                  R"({"personal_account": "pb", "person": "pia"})");
  const auto account = field(derived.events[1], "account");
  CHECK(account.starts_with("account-"));
  CHECK(joined(derived.created) == "personal_account:pb account:" + account);
}

TEST_CASE("RegisterPersonalAccount: refusals in order") {
  World world = agnes();
  const auto attempt = [&](const Actor& actor, const std::string& id, const std::string& account) {
    return refused(world, actor, "RegisterPersonalAccount",
                   json{{"personal_account", id}, {"person", "pia"}, {"account", account}}.dump());
  };
  for (const auto& actor :
       {staff("sam"), system_actor("sync"), Actor{"import", "2025"}, person("pia")}) {
    CHECK_MESSAGE(attempt(actor, "pa", "acc") == "", actor.kind);
    CHECK_MESSAGE(attempt(actor, "solo-1", "acc") == "ACCOUNT_EXISTS", actor.kind);
    CHECK_MESSAGE(attempt(actor, "pa", "acc-agnes") == "ACCOUNT_EXISTS", actor.kind);
  }
  CHECK(attempt(person("solo"), "pa", "acc") == "FORBIDDEN");
  CHECK(attempt(person("solo"), "solo-1", "acc-solo") == "FORBIDDEN");
  const auto then = world.when(
      person("ed"), "RegisterPersonalAccount",
      R"({"personal_account": "solo-1", "person": "pia", "account": "acc-solo"})", kObserved);
  CHECK(joined(then.types) == "PersonalAccountRegistered BillingAccountOpened");
  CHECK(joined(then.rules_broken) == "FORBIDDEN ACCOUNT_EXISTS");
  CHECK(find_or_empty<row::PersonalAccountRowT>(world.rows(), "solo-1").person == "pia");
}

TEST_CASE("ConvertAccountToOrganisation: projects and plan and billing move to the new owner") {
  World world = agnes();
  given_plan(world, "pro", false, 4'900, 49'000);
  for (const auto* project : {"blog", "shop", "gone"}) {
    given_project(world, project, "personal_account", "solo-1");
  }
  world.given("ProjectDeleted", R"({"project": "gone", "personal_account": "solo-1"})");
  (void)world.when(person("solo"), "BuyPlan",
                   R"({"personal_account": "solo-1", "plan": "pro", "interval": "yearly"})");
  const auto then =
      world.when(person("solo"), "ConvertAccountToOrganisation", conversion("solo-1", "soloco"));
  CHECK(joined(then.types) ==
        "OrganisationRegistered OrganisationMemberAdded PersonalAccountConverted");
  CHECK(joined(then.created) == "organisation:soloco");
  CHECK(field(then.events[0], "name") == "SOLOCO");
  CHECK(field(then.events[1], "person") == "solo");
  CHECK(field(then.events[1], "role") == "owner");
  CHECK(field(then.events[2], "personal_account") == "solo-1");
  CHECK(field(then.events[2], "organisation") == "soloco");
  CHECK(field(then.events[2], "person") == "solo");
  CHECK(field(then.events[2], "account") == "acc-solo");
  CHECK(field(then.events[2], "projects") == R"(["blog","shop"])");

  CHECK(organisation_row(world, "soloco").account == "acc-solo");
  const auto account = find_or_empty<row::AccountRowT>(world.rows(), "acc-solo");
  CHECK(account.scope == schema::AccountScope::organisation);
  CHECK(account.organisation == "soloco");
  CHECK(subscription_row(world, "organisation", "soloco").plan == "pro");
  CHECK(subscription_row(world, "organisation", "soloco").gross_cents == 49'000);
  CHECK(subscription_row(world, "personal_account", "solo-1").plan == "");
  CHECK(entry_of(world, "blog", "solo") == "owner of organisation soloco");
  CHECK(entry_of(world, "gone", "solo") == "none");
  CHECK(find_or_empty<row::PersonalAccountRowT>(world.rows(), "solo-1").organisation == "soloco");
}

TEST_CASE("ConvertAccountToOrganisation: afterwards there is no such account any more") {
  World world = agnes();
  (void)world.when(person("solo"), "ConvertAccountToOrganisation", conversion("solo-1", "soloco"));
  for (const std::string who : {"solo", "ed"}) {
    CHECK(refused(world, person(who), "ConvertAccountToOrganisation",
                  conversion("solo-1", "other")) == "ACCOUNT_NOT_FOUND");
  }
  CHECK(refused(world, person("solo"), "CreateProject",
                R"({"project": "p", "personal_account": "solo-1", "name": "P"})") == "NOT_ALLOWED");
  CHECK(refused(world, person("solo"), "CreateProject",
                R"({"project": "p", "organisation": "soloco", "name": "P"})") == "");
}

TEST_CASE("ConvertAccountToOrganisation: refusals in order and observed of what was never seen") {
  const World world = agnes();
  const auto attempt = [&](const Actor& actor, const std::string& id, const std::string& to) {
    return refused(world, actor, "ConvertAccountToOrganisation", conversion(id, to));
  };
  CHECK(attempt(person("ed"), "nowhere", "agnes") == "ACCOUNT_NOT_FOUND");
  CHECK(attempt(person("solo"), "agnes", "soloco") == "ACCOUNT_NOT_FOUND");
  for (const auto& actor : {person("ava"), staff("sam"), staff("solo"), system_actor("sync")}) {
    CHECK_MESSAGE(attempt(actor, "solo-1", "agnes") == "NOT_ALLOWED", actor.id);
  }
  CHECK(attempt(person("solo"), "solo-1", "agnes") == "ORG_EXISTS");
  World unseen;
  const auto then = unseen.when(person("solo"), "ConvertAccountToOrganisation",
                                conversion("solo-1", "soloco"), kObserved);
  CHECK(joined(then.types) ==
        "OrganisationRegistered OrganisationMemberAdded PersonalAccountConverted");
  CHECK(joined(then.rules_broken) == "ACCOUNT_NOT_FOUND NOT_ALLOWED");
  CHECK(organisation_role_of(unseen, "soloco", "solo") == "owner");
  // Of a known account the owner is its person, whoever reports it.
  World reported = agnes();
  const auto by_import = reported.when(Actor{"import", "2025"}, "ConvertAccountToOrganisation",
                                       conversion("solo-1", "agnes"), kObserved);
  CHECK(joined(by_import.rules_broken) == "NOT_ALLOWED ORG_EXISTS");
  CHECK(organisation_role_of(reported, "agnes", "solo") == "owner");
}

}  // namespace
}  // namespace actbook::testing

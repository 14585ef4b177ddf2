#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/tables.h"
#include "support/agnes.h"

namespace actbook::testing {
namespace {

using nlohmann::json;
using schema::MandateRequestState;

std::string request(const std::string& id) { return json{{"request", id}}.dump(); }

std::string mandate(const std::string& id) { return json{{"mandate", id}}.dump(); }

std::string asking(const std::string& agency, const std::string& client,
                   const std::string& id = "r-new") {
  return json{{"request", id}, {"agency", agency}, {"client", client}}.dump();
}

std::string asking_at_once(const std::string& client, const std::string& mandate = "m-new") {
  return json{{"request", "r-new"},
              {"agency", "agnes"},
              {"client", client},
              {"auto_approve", true},
              {"mandate", mandate}}
      .dump();
}

std::string approval(const std::string& id, const std::string& mandate) {
  return json{{"request", id}, {"mandate", mandate}}.dump();
}

std::string founding(const std::string& agency, const std::string& organisation,
                     const std::string& account = "acc-new", const std::string& mandate = "m-new") {
  return json{{"agency", agency},
              {"organisation", organisation},
              {"name", "NEWCO"},
              {"account", account},
              {"mandate", mandate}}
      .dump();
}

std::string ask(const World& world, const Actor& actor, const std::string& agency,
                const std::string& client) {
  return refused(world, actor, "RequestMandate", asking(agency, client));
}

row::MandateRequestRowT request_row(const World& world, const std::string& id) {
  return find_or_empty<row::MandateRequestRowT>(world.rows(), id);
}

/// AGNES asked CARGO with "r-1", which is pending; CARGO owns the project "port".
World asked() {
  World world = agnes();
  given_project(world, "port", "organisation", "cargo");
  given_mandate_request(world, "r-1");
  return world;
}

/// Ava owns CARGO, too.
World ava_in_both() {
  World world = agnes();
  given_organisation_member(world, "cargo", "ava", "owner");
  return world;
}

// ---- founding a client ----

TEST_CASE("CreateClientOrganisation: the actor owns it and the mandate is live at once") {
  World world = agnes();
  const auto then =
      world.when(person("ava"), "CreateClientOrganisation", founding("agnes", "newco"));
  CHECK(joined(then.types) ==
        "OrganisationRegistered OrganisationMemberAdded BillingAccountOpened MandateGranted");
  CHECK(joined(then.created) == "organisation:newco account:acc-new mandate:m-new");
  CHECK(field(then.events[0], "name") == "NEWCO");
  CHECK(field(then.events[1], "person") == "ava");
  CHECK(field(then.events[1], "role") == "owner");
  CHECK(field(then.events[2], "scope") == "organisation");
  CHECK(field(then.events[2], "organisation") == "newco");
  CHECK(field(then.events[3], "agency") == "agnes");
  CHECK(field(then.events[3], "client") == "newco");
  CHECK(field(then.events[3], "request") == "");
  CHECK(organisation_row(world, "newco").account == "acc-new");
  CHECK(mandate_row(world, "m-new").live);
  CHECK(!organisation_row(world, "newco").partner);
  CHECK(refused(world, person("ava"), "RequestMandate", asking("agnes", "newco")) ==
        "MANDATE_EXISTS");
}

TEST_CASE("CreateClientOrganisation: ids that are left out are derived") {
  World world = agnes();
  const auto then = world.when(person("ava"), "CreateClientOrganisation",
                               R"({"agency": "agnes", "organisation": "newco", "name": "N"})");
  const auto account = field(then.events[2], "account");
  const auto id = field(then.events[3], "mandate");
  CHECK(account.starts_with("account-"));
  CHECK(id.starts_with("mandate-"));
  CHECK(joined(then.created) == "organisation:newco account:" + account + " mandate:" + id);
}

TEST_CASE("CreateClientOrganisation: the founder may leave and then enters by mandate alone") {
  World world = agnes();
  (void)world.when(person("ava"), "CreateClientOrganisation", founding("agnes", "newco"));
  given_project(world, "site", "organisation", "newco");
  CHECK(entry_of(world, "site", "ava") ==
        "owner of organisation newco; owner of organisation agnes, by mandate m-new");
  const auto* leave = R"({"organisation": "newco", "person": "ava"})";
  CHECK(refused(world, person("ava"), "RemoveOrganisationMember", leave) == "LAST_OWNER");
  (void)world.when(person("ava"), "AddOrganisationMember",
                   R"({"organisation": "newco", "person": "nia", "role": "owner"})");
  (void)world.when(person("ava"), "RemoveOrganisationMember", leave);
  CHECK(entry_of(world, "site", "ava") == "owner of organisation agnes, by mandate m-new");
}

TEST_CASE("CreateClientOrganisation: refusals in order") {
  World world = agnes_with_mandate();
  const auto attempt = [&](const Actor& actor, const std::string& command) {
    return refused(world, actor, "CreateClientOrganisation", command);
  };
  CHECK(attempt(person("cal"), founding("cargo", "newco")) == "NOT_PARTNER");
  CHECK(attempt(person("dev"), founding("cargo", "agnes", "acc-cargo", "m-1")) == "NOT_PARTNER");
  CHECK(attempt(person("ava"), founding("nowhere", "newco")) == "NOT_PARTNER");
  for (const auto& actor : {person("pam"), person("dev"), person("vic"), person("cal"),
                            staff("sam"), staff("ava"), system_actor("sync")}) {
    CHECK_MESSAGE(attempt(actor, founding("agnes", "newco")) == "NOT_ALLOWED", actor.id);
    CHECK_MESSAGE(attempt(actor, founding("agnes", "cargo", "acc-cargo")) == "NOT_ALLOWED",
                  actor.id);
  }
  CHECK(attempt(person("ava"), founding("agnes", "cargo", "acc-cargo", "m-1")) == "ORG_EXISTS");
  CHECK(attempt(person("ava"), founding("agnes", "agnes")) == "ORG_EXISTS");
  CHECK(attempt(person("ava"), founding("agnes", "newco", "acc-cargo", "m-1")) == "ACCOUNT_EXISTS");
  CHECK(attempt(person("ava"), founding("agnes", "newco", "acc-new", "m-1")) == "MANDATE_EXISTS");
  // An id of a mandate is never used again, and any partner may found a client.
  (void)world.when(person("cal"), "CancelMandate", mandate("m-1"));
  CHECK(attempt(person("ava"), founding("agnes", "newco", "acc-new", "m-1")) == "MANDATE_EXISTS");
  World other = prism();
  CHECK(refused(other, person("olga"), "CreateClientOrganisation", founding("prism", "newco")) ==
        "");
}

TEST_CASE("CreateClientOrganisation: observed of an agency never seen and against every rule") {
  World world;
  const auto then =
      world.when(person("ava"), "CreateClientOrganisation", founding("agnes", "newco"), kObserved);
  CHECK(joined(then.types) ==
        "OrganisationRegistered OrganisationMemberAdded BillingAccountOpened MandateGranted");
  CHECK(joined(then.rules_broken) == "NOT_PARTNER NOT_ALLOWED");
  CHECK(mandate_row(world, "m-new").live);
  World known = agnes_with_mandate();
  const auto all = known.when(person("viv"), "CreateClientOrganisation",
                              founding("cargo", "agnes", "acc-cargo", "m-1"), kObserved);
  CHECK(joined(all.rules_broken) ==
        "NOT_PARTNER NOT_ALLOWED ORG_EXISTS ACCOUNT_EXISTS MANDATE_EXISTS");
  CHECK(organisation_role_of(known, "agnes", "viv") == "owner");
}

// ---- asking ----

TEST_CASE("RequestMandate: it waits for the client and nobody may enter meanwhile") {
  World world = agnes();
  given_project(world, "port", "organisation", "cargo");
  const auto then = world.when(person("ava"), "RequestMandate", asking("agnes", "cargo", "r-1"));
  CHECK(joined(then.types) == "MandateRequested");
  CHECK(joined(then.created) == "mandate_request:r-1");
  CHECK(field(then.events[0], "request") == "r-1");
  CHECK(field(then.events[0], "agency") == "agnes");
  CHECK(field(then.events[0], "client") == "cargo");
  CHECK(request_row(world, "r-1").state == MandateRequestState::pending);
  CHECK(request_row(world, "r-1").requested->actor->id == "ava");
  CHECK(entry_of(world, "port", "dev") == "none");
}

TEST_CASE("RequestMandate: refusals in order") {
  World world = asked();
  CHECK(ask(world, person("ava"), "nowhere", "solo-1") == "NOT_PARTNER");
  CHECK(ask(world, person("cal"), "cargo", "solo-1") == "NOT_PARTNER");
  CHECK(ask(world, person("cal"), "cargo", "cargo") == "NOT_PARTNER");
  for (const auto& actor : {person("pam"), person("dev"), person("vic"), person("cal"),
                            staff("sam"), system_actor("sync")}) {
    CHECK_MESSAGE(ask(world, actor, "agnes", "solo-1") == "NOT_ALLOWED", actor.id);
    CHECK_MESSAGE(ask(world, actor, "agnes", "cargo") == "NOT_ALLOWED", actor.id);
  }
  CHECK(ask(world, person("ava"), "agnes", "solo-1") == "CLIENT_IS_PERSONAL_ACCOUNT");
  CHECK(ask(world, person("ava"), "agnes", "nowhere") == "ORG_NOT_FOUND");
  CHECK(ask(world, person("ava"), "agnes", "agnes") == "SELF_MANDATE");
  CHECK(ask(world, person("ava"), "agnes", "cargo") == "DUPLICATE_REQUEST");
  given_mandate(world, "m-1");
  CHECK(ask(world, person("ava"), "agnes", "cargo") == "DUPLICATE_REQUEST");
  (void)world.when(person("ava"), "WithdrawMandateRequest", request("r-1"));
  CHECK(refused(world, person("ava"), "RequestMandate", asking("agnes", "cargo", "r-1")) ==
        "MANDATE_EXISTS");
  (void)world.when(person("ava"), "CancelMandate", mandate("m-1"));
  CHECK(refused(world, person("ava"), "RequestMandate", asking("agnes", "cargo", "r-1")) ==
        "REQUEST_EXISTS");
  CHECK(ask(world, person("ava"), "agnes", "cargo") == "");
}

TEST_CASE("RequestMandate: a personal account can be a client once it is an organisation") {
  World world = agnes();
  (void)world.when(person("solo"), "ConvertAccountToOrganisation",
                   R"({"personal_account": "solo-1", "organisation": "soloco", "name": "S"})");
  CHECK(ask(world, person("ava"), "agnes", "solo-1") == "ORG_NOT_FOUND");
  CHECK(ask(world, person("ava"), "agnes", "soloco") == "");
}

TEST_CASE("RequestMandate: what other agencies ask and have is no duplicate") {
  World world = asked();
  given_organisation_member(world, "cargo", "zoe", "owner");
  world.given("OrganisationRegistered", R"({"organisation": "berta", "name": "BERTA"})");
  world.given("PartnerStatusGranted", R"({"organisation": "berta", "program": "agency"})");
  given_organisation_member(world, "berta", "bo", "owner");
  CHECK(ask(world, person("bo"), "berta", "cargo") == "");
  (void)world.when(person("cal"), "ApproveMandateRequest", approval("r-1", "m-1"));
  CHECK(ask(world, person("bo"), "berta", "cargo") == "");
  // Nor is the other direction.
  world.given("PartnerStatusGranted", R"({"organisation": "cargo", "program": "agency"})");
  CHECK(ask(world, person("cal"), "cargo", "agnes") == "");
}

TEST_CASE("RequestMandate: observed of things never seen and against every rule") {
  World world;
  const auto then =
      world.when(person("ed"), "RequestMandate", asking("agnes", "cargo", "r-1"), kObserved);
  CHECK(joined(then.types) == "MandateRequested");
  CHECK(joined(then.rules_broken) == "NOT_PARTNER NOT_ALLOWED ORG_NOT_FOUND");
  CHECK(request_row(world, "r-1").state == MandateRequestState::pending);
  World known = asked();
  given_mandate(known, "m-1");
  const auto all = known.when(staff("sam"), "RequestMandate",
                              R"({"request": "r-1", "agency": "agnes", "client": "cargo",
                                  "auto_approve": true, "mandate": "m-1"})",
                              kObserved);
  CHECK(joined(all.types) == "MandateRequested MandateRequestApproved MandateGranted");
  CHECK(joined(all.rules_broken) ==
        "NOT_ALLOWED DUPLICATE_REQUEST MANDATE_EXISTS "
        "NOT_MEMBER_OF_TARGET NOT_CLIENT_OWNER REQUEST_EXISTS");
  const auto self =
      known.when(person("ava"), "RequestMandate", asking("agnes", "agnes"), kObserved);
  CHECK(joined(self.rules_broken) == "SELF_MANDATE");
  const auto account =
      known.when(person("ava"), "RequestMandate", asking("agnes", "solo-1", "r-s"), kObserved);
  CHECK(joined(account.rules_broken) == "CLIENT_IS_PERSONAL_ACCOUNT");
}

// ---- one person for both sides ----

TEST_CASE("RequestMandate: with auto_approve one person acts for both sides and events say so") {
  World world = ava_in_both();
  const auto then = world.when(person("ava"), "RequestMandate", asking_at_once("cargo"));
  CHECK(joined(then.types) == "MandateRequested MandateRequestApproved MandateGranted");
  CHECK(joined(then.created) == "mandate_request:r-new mandate:m-new");
  CHECK(field(then.events[1], "one_person_for_both_sides") == "true");
  CHECK(field(then.events[1], "agency") == "agnes");
  CHECK(field(then.events[1], "client") == "cargo");
  CHECK(field(then.events[2], "one_person_for_both_sides") == "true");
  CHECK(field(then.events[2], "request") == "r-new");
  CHECK(field(then.events[2], "agency") == "agnes");
  CHECK(field(then.events[2], "client") == "cargo");
  CHECK(request_row(world, "r-new").state == MandateRequestState::approved);
  CHECK(mandate_row(world, "m-new").live);
  CHECK(mandate_row(world, "m-new").one_person_for_both_sides);
  World derived = ava_in_both();
  auto without_id = json::parse(asking_at_once("cargo"));
  without_id.erase("mandate");
  const auto plain = derived.when(person("ava"), "RequestMandate", without_id.dump());
  CHECK(joined(plain.created) ==
        "mandate_request:r-new mandate:" + field(plain.events[2], "mandate"));
  CHECK(field(plain.events[2], "mandate").starts_with("mandate-"));
}

TEST_CASE("RequestMandate: with auto_approve the actor has to be an owner of the client") {
  World world = agnes();
  const auto attempt = [&](const std::string& command) {
    return refused(world, person("ava"), "RequestMandate", command);
  };
  given_mandate_request(world, "r-new", "agnes", "elsewhere");  // the id is taken
  CHECK(attempt(asking_at_once("cargo")) == "NOT_MEMBER_OF_TARGET");
  given_organisation_member(world, "cargo", "ava", "admin");
  CHECK(attempt(asking_at_once("cargo")) == "NOT_CLIENT_OWNER");
  given_mandate(world, "m-old", "agnes", "elsewhere");
  CHECK(attempt(asking_at_once("cargo", "m-old")) == "MANDATE_EXISTS");
  CHECK(attempt(asking_at_once("solo-1")) == "CLIENT_IS_PERSONAL_ACCOUNT");
  given_mandate_request(world, "r-1");
  CHECK(attempt(asking_at_once("cargo")) == "DUPLICATE_REQUEST");
  (void)world.when(person("cal"), "RejectMandateRequest", request("r-1"));
  (void)world.when(person("cal"), "ChangeOrganisationRole",
                   R"({"organisation": "cargo", "person": "ava", "role": "owner"})");
  CHECK(attempt(asking_at_once("cargo")) == "REQUEST_EXISTS");
  // Without it, none of this is asked of them.
  CHECK(ask(agnes(), person("ava"), "agnes", "cargo") == "");
}

// ---- withdrawing, approving, rejecting ----

TEST_CASE("ApproveMandateRequest: the mandate is live and roles that may enter do") {
  World world = asked();
  const auto then = world.when(person("cal"), "ApproveMandateRequest", approval("r-1", "m-1"));
  CHECK(joined(then.types) == "MandateRequestApproved MandateGranted");
  CHECK(joined(then.created) == "mandate:m-1");
  CHECK(field(then.events[0], "one_person_for_both_sides") == "false");
  CHECK(field(then.events[1], "mandate") == "m-1");
  CHECK(field(then.events[1], "agency") == "agnes");
  CHECK(field(then.events[1], "client") == "cargo");
  CHECK(field(then.events[1], "request") == "r-1");
  CHECK(request_row(world, "r-1").decided->actor->id == "cal");
  CHECK(entry_of(world, "port", "pam") == "projects manager of organisation agnes, by mandate m-1");
  CHECK(entry_of(world, "port", "vic") == "none");
  World derived = asked();
  const auto plain = derived.when(person("cal"), "ApproveMandateRequest", request("r-1"));
  CHECK(joined(plain.created) == "mandate:" + field(plain.events[1], "mandate"));
  CHECK(field(plain.events[1], "mandate").starts_with("mandate-"));
}

TEST_CASE("ApproveMandateRequest: who asked and owns the client as well acts for both sides") {
  World world = ava_in_both();
  given_mandate_request(world, "r-1");
  const auto by_cal = World(world).when(person("cal"), "ApproveMandateRequest", request("r-1"));
  CHECK(field(by_cal.events[1], "one_person_for_both_sides") == "false");
  const auto by_ava = world.when(person("ava"), "ApproveMandateRequest", request("r-1"));
  CHECK(field(by_ava.events[0], "one_person_for_both_sides") == "true");
  CHECK(field(by_ava.events[1], "one_person_for_both_sides") == "true");
}

TEST_CASE("ApproveMandateRequest: a mandate that came about meanwhile or an id that is taken") {
  World world = asked();
  given_mandate(world, "m-1");
  CHECK(refused(world, person("viv"), "ApproveMandateRequest", request("r-1")) ==
        "NOT_CLIENT_OWNER");
  CHECK(refused(world, person("cal"), "ApproveMandateRequest", request("r-1")) == "MANDATE_EXISTS");
  (void)world.when(person("cal"), "CancelMandate", mandate("m-1"));
  CHECK(refused(world, person("cal"), "ApproveMandateRequest", approval("r-1", "m-1")) ==
        "MANDATE_EXISTS");
  CHECK(refused(world, person("cal"), "ApproveMandateRequest", request("r-1")) == "");
}

TEST_CASE("Mandate requests: withdrawn by the agency and answered by the client") {
  const World world = asked();
  for (const auto& actor : {person("pam"), person("cal"), person("viv"), staff("sam")}) {
    CHECK_MESSAGE(refused(world, actor, "WithdrawMandateRequest", request("r-1")) == "NOT_ALLOWED",
                  actor.id);
    CHECK_MESSAGE(refused(world, actor, "WithdrawMandateRequest", request("r-9")) == "NOT_PENDING",
                  actor.id);
  }
  for (const auto* command : {"ApproveMandateRequest", "RejectMandateRequest"}) {
    for (const auto& actor : {person("ava"), person("viv"), staff("sam"), staff("cal")}) {
      CHECK_MESSAGE(refused(world, actor, command, request("r-1")) == "NOT_CLIENT_OWNER", actor.id);
      CHECK_MESSAGE(refused(world, actor, command, request("r-9")) == "NOT_PENDING", actor.id);
    }
  }
}

TEST_CASE("Mandate requests: after a rejection or a withdrawal a new one may be made") {
  for (const bool rejects : {true, false}) {
    World world = asked();
    const std::string command = rejects ? "RejectMandateRequest" : "WithdrawMandateRequest";
    const auto then = world.when(person(rejects ? "cal" : "ava"), command, request("r-1"),
                                 R"({"reason": "not now"})");
    CHECK(joined(then.types) == (rejects ? "MandateRequestRejected" : "MandateRequestWithdrawn"));
    CHECK(field(then.events[0], "agency") == "agnes");
    CHECK(field(then.events[0], "client") == "cargo");
    CHECK(request_row(world, "r-1").state ==
          (rejects ? MandateRequestState::rejected : MandateRequestState::withdrawn));
    for (const std::string who : {"ava", "cal"}) {
      for (const auto* late :
           {"WithdrawMandateRequest", "ApproveMandateRequest", "RejectMandateRequest"}) {
        CHECK(refused(world, person(who), late, request("r-1")) == "NOT_PENDING");
      }
    }
    CHECK(entry_of(world, "port", "dev") == "none");
    (void)world.when(person("ava"), "RequestMandate", asking("agnes", "cargo", "r-2"));
    CHECK(joined(world.when(person("cal"), "ApproveMandateRequest", request("r-2")).types) ==
          "MandateRequestApproved MandateGranted");
  }
}

TEST_CASE("Mandate requests: observed answers to one never seen and to one that was answered") {
  World world;
  const auto approved =
      world.when(person("ed"), "ApproveMandateRequest", approval("r-1", "m-1"), kObserved);
  CHECK(joined(approved.types) == "MandateRequestApproved");  // whose mandate, nobody knows
  CHECK(joined(approved.rules_broken) == "NOT_PENDING NOT_CLIENT_OWNER");
  CHECK(request_row(world, "r-1").state == MandateRequestState::approved);
  CHECK(!find<row::MandateRowT>(world.rows(), "m-1"));
  const auto rejected = world.when(person("ed"), "RejectMandateRequest", request("r-2"), kObserved);
  CHECK(joined(rejected.types) == "MandateRequestRejected");
  CHECK(joined(rejected.rules_broken) == "NOT_PENDING NOT_CLIENT_OWNER");
  const auto withdrawn =
      world.when(person("ed"), "WithdrawMandateRequest", request("r-3"), kObserved);
  CHECK(joined(withdrawn.types) == "MandateRequestWithdrawn");
  CHECK(joined(withdrawn.rules_broken) == "NOT_PENDING NOT_ALLOWED");
  World known = asked();
  (void)known.when(person("cal"), "RejectMandateRequest", request("r-1"));
  const auto after =
      known.when(staff("sam"), "ApproveMandateRequest", approval("r-1", "m-1"), kObserved);
  CHECK(joined(after.types) == "MandateRequestApproved MandateGranted");
  CHECK(joined(after.rules_broken) == "NOT_PENDING NOT_CLIENT_OWNER");
  CHECK(mandate_row(known, "m-1").live);
  const auto twice =
      known.when(person("cal"), "ApproveMandateRequest", approval("r-1", "m-1"), kObserved);
  CHECK(joined(twice.rules_broken) == "NOT_PENDING MANDATE_EXISTS");
}

// ---- cancelling ----

TEST_CASE("CancelMandate: by an owner of either side and entry through it ends at once") {
  for (const std::string who : {"ava", "cal"}) {
    World world = agnes_with_mandate();
    given_project(world, "port", "organisation", "cargo");
    CHECK(refused(world, person("dev"), "EnterProject", R"({"project": "port"})") == "");
    const auto then = world.when(person(who), "CancelMandate", mandate("m-1"));
    CHECK(joined(then.types) == "MandateCancelled");
    CHECK(field(then.events[0], "agency") == "agnes");
    CHECK(field(then.events[0], "client") == "cargo");
    CHECK(field(then.events[0], "by") == (who == "ava" ? "agency" : "client"));
    CHECK(!mandate_row(world, "m-1").live);
    CHECK(mandate_row(world, "m-1").ended->actor->id == who);
    CHECK(refused(world, person("dev"), "EnterProject", R"({"project": "port"})") == "NO_MANDATE");
    CHECK(refused(world, person(who), "CancelMandate", mandate("m-1")) == "NO_ACTIVE_MANDATE");
    CHECK(ask(world, person("ava"), "agnes", "cargo") == "");
  }
  World both = ava_in_both();
  given_mandate(both, "m-1");
  const auto then = both.when(person("ava"), "CancelMandate", mandate("m-1"));
  CHECK(field(then.events[0], "by") == "client");
}

TEST_CASE("CancelMandate: refusals in order and observed of one never seen or by nobody entitled") {
  const World world = agnes_with_mandate();
  for (const auto& actor : {person("pam"), person("viv"), person("solo"), staff("sam"),
                            staff("cal"), system_actor("sync")}) {
    CHECK_MESSAGE(refused(world, actor, "CancelMandate", mandate("m-1")) == "NOT_ALLOWED",
                  actor.id);
    CHECK_MESSAGE(refused(world, actor, "CancelMandate", mandate("m-9")) == "NO_ACTIVE_MANDATE",
                  actor.id);
  }
  World unseen;
  const auto then = unseen.when(person("cal"), "CancelMandate", mandate("m-1"), kObserved);
  CHECK(joined(then.types) == "MandateCancelled");
  CHECK(joined(then.rules_broken) == "NO_ACTIVE_MANDATE NOT_ALLOWED");
  CHECK(!mandate_row(unseen, "m-1").live);
  World known = agnes_with_mandate();
  const auto by_viv = known.when(person("viv"), "CancelMandate", mandate("m-1"), kObserved);
  CHECK(joined(by_viv.rules_broken) == "NOT_ALLOWED");
  CHECK(!mandate_row(known, "m-1").live);
}

}  // namespace
}  // namespace actbook::testing

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/access.h"
#include "actbook/tables.h"
#include "support/prism.h"

// Who enters projects of the agency program, and why; domain.md 3.3 and 5.
namespace actbook::testing {
namespace {

using nlohmann::json;
using schema::TransferState;

void given_project(World& world, const std::string& project, const std::string& kind,
                   const std::string& where) {
  world.given("ProjectCreated", json{{"project", project}, {kind, where}, {"name", "N"}}.dump());
}

/// Agency AGNES (owner ava, projects manager pam, developer dev, viewer vic) with the project p-a
/// and the mandate m-1 of CARGO (owner cal, viewer viv) with p-c; p-s of solo's personal account.
World agency() {
  World world;
  for (const auto* id : {"agnes", "cargo"}) {
    world.given("OrganisationRegistered", json{{"organisation", id}, {"name", id}}.dump());
  }
  world.given("PartnerStatusGranted", R"({"organisation": "agnes", "program": "agency"})");
  given_organisation_member(world, "agnes", "ava", "owner");
  given_organisation_member(world, "agnes", "pam", "projects_manager");
  given_organisation_member(world, "agnes", "dev", "developer");
  given_organisation_member(world, "agnes", "vic", "viewer");
  given_organisation_member(world, "cargo", "cal", "owner");
  given_organisation_member(world, "cargo", "viv", "viewer");
  world.given("MandateGranted", R"({"mandate": "m-1", "agency": "agnes", "client": "cargo"})");
  world.given("PersonalAccountRegistered", R"({"personal_account": "solo-1", "person": "solo"})");
  given_project(world, "p-a", "organisation", "agnes");
  given_project(world, "p-c", "organisation", "cargo");
  given_project(world, "p-s", "personal_account", "solo-1");
  return world;
}

std::string only(const std::string& project) { return json{{"project", project}}.dump(); }

std::string seat(const std::string& project, const std::string& person) {
  return json{{"project", project}, {"person", person}}.dump();
}

void given_seat(World& world, const std::string& project, const std::string& person) {
  world.given("CollaboratorAdded", seat(project, person));
}

std::string enter(const World& world, const std::string& who, const std::string& project) {
  return refused(world, person(who), "EnterProject", only(project));
}

/// Entering for an organisation.
Then enter_for(World world, const std::string& organisation, const std::string& who,
               const std::string& project) {
  return world.when(person(who), "EnterProject", only(project),
                    json{{"acting_organisation", organisation}}.dump());
}

std::string basis(const World& world, const std::string& project, const std::string& who) {
  return project_access(world.rows(), world.now(), project, who).basis;
}

std::string everybody(const World& world, const std::string& project) {
  std::string all;
  for (const auto& entry : everybody_in_project(world.rows(), world.now(), project)) {
    CHECK(entry.second.basis == basis(world, project, entry.first));
    all += (all.empty() ? "" : " ") + entry.first;
  }
  return all;
}

std::string projects(const World& world, const std::string& who) {
  std::string all;
  for (const auto& entry : projects_of(world.rows(), world.now(), who)) {
    all += (all.empty() ? "" : " ") + entry.first;
  }
  return all;
}

/// What the roles of AGNES get for a command, refusals by their reasons: "owner projects_manager".
std::string roles_that_may(const World& world, const char* type, const std::string& command,
                           const std::string& otherwise) {
  std::vector<std::string> roles;
  for (const auto role : schema::EnumValuesOrganisationRole()) {
    World tried = world;
    given_organisation_member(tried, "agnes", "x", schema::EnumNameOrganisationRole(role));
    const auto reason = refused(tried, person("x"), type, command);
    CHECK((reason.empty() || reason == otherwise));
    if (reason.empty()) roles.emplace_back(schema::EnumNameOrganisationRole(role));
  }
  return joined(roles);
}

// ---- entering ----

TEST_CASE("EnterProject: owners projects managers and developers of the owner or its agency") {
  World world = agency();
  for (const auto* project : {"p-a", "p-c"}) {
    CHECK(roles_that_may(world, "EnterProject", only(project), "ROLE_CANNOT_ENTER") ==
          "owner projects_manager developer");
    for (const std::string who : {"ava", "pam", "dev"}) CHECK(enter(world, who, project) == "");
  }
  CHECK(enter(world, "cal", "p-c") == "");
  const auto then = world.when(person("dev"), "EnterProject", only("p-c"));
  CHECK(joined(then.types) == "ProjectEntered");
  CHECK(then.created.empty());
  CHECK(field(then.events[0], "project") == "p-c");
  CHECK(field(then.events[0], "person") == "dev");
  CHECK(field(then.events[0], "organisation") == "agnes");
  CHECK(field(then.events[0], "mandate") == "m-1");
  CHECK(field(then.events[0], "role") == "developer");
  const auto bases = json::parse(field(then.events[0], "bases"));
  REQUIRE(bases.size() == 1);
  CHECK(bases[0]["kind"] == "mandate");
  CHECK(bases[0]["positions"].size() == 2);
  CHECK(!find<row::CollaboratorRowT>(world.rows(), "p-c/dev"));  // no seat
  const auto own = world.when(person("ava"), "EnterProject", only("p-a"));
  CHECK(field(own.events[0], "organisation") == "agnes");
}

TEST_CASE("EnterProject: refusals in order") {
  World world = agency();
  given_organisation_member(world, "agnes", "eve", "member");
  CHECK(enter(world, "vic", "p-c") == "ROLE_CANNOT_ENTER");
  CHECK(enter(world, "viv", "p-c") == "ROLE_CANNOT_ENTER");
  CHECK(enter(world, "eve", "p-a") == "ROLE_CANNOT_ENTER");
  CHECK(enter(world, "cal", "p-a") == "NO_MANDATE");  // a mandate leads one way
  CHECK(enter(world, "ed", "p-c") == "NO_MANDATE");
  CHECK(enter(world, "ava", "p-s") == "NO_MANDATE");
  CHECK(enter(world, "ava", "p-9") == "NO_MANDATE");
  for (const auto& actor : {staff("ava"), system_actor("ava"), Actor{"import", "ava"}}) {
    CHECK(refused(world, actor, "EnterProject", only("p-a")) == "NO_MANDATE");
  }
  world.given("ProjectDeleted", only("p-a"));
  CHECK(enter(world, "ava", "p-a") == "NO_MANDATE");
  // Without a mandate, a role that could not enter anyway is not what is named.
  world.when(person("cal"), "CancelMandate", R"({"mandate": "m-1"})");
  CHECK(enter(world, "vic", "p-c") == "NO_MANDATE");
  CHECK(enter(world, "viv", "p-c") == "ROLE_CANNOT_ENTER");
}

TEST_CASE("EnterProject: a seat and the account of one's own name no organisation") {
  World world = agency();
  given_seat(world, "p-c", "ed");
  const auto by_seat = world.when(person("ed"), "EnterProject", only("p-c"));
  CHECK(field(by_seat.events[0], "organisation") == "");
  CHECK(field(by_seat.events[0], "role") == "");
  CHECK(json::parse(field(by_seat.events[0], "bases"))[0]["kind"] == "collaborator");
  const auto own = world.when(person("solo"), "EnterProject", only("p-s"));
  CHECK(json::parse(field(own.events[0], "bases"))[0]["kind"] == "personal_account");
  // Somebody whose role cannot enter can by a seat.
  given_seat(world, "p-c", "viv");
  CHECK(enter(world, "viv", "p-c") == "");
}

TEST_CASE("EnterProject: the organisation acted for chooses the path and all bases are listed") {
  World world = agency();
  given_organisation_member(world, "cargo", "dev", "developer");
  given_seat(world, "p-c", "dev");
  const auto path = [&](const std::string& organisation) {
    const auto then = organisation.empty()
                          ? World(world).when(person("dev"), "EnterProject", only("p-c"))
                          : enter_for(world, organisation, "dev", "p-c");
    std::string kinds;
    for (const auto& each : json::parse(field(then.events[0], "bases"))) {
      kinds += each["kind"].get<std::string>() + " ";
    }
    CHECK(kinds == "organisation mandate collaborator ");
    return field(then.events[0], "organisation") + "/" + field(then.events[0], "mandate");
  };
  CHECK(path("") == "cargo/");
  CHECK(path("cargo") == "cargo/");
  CHECK(path("agnes") == "agnes/m-1");
  CHECK(path("elsewhere") == "/");  // by the seat
  world.given("CollaboratorRemoved", seat("p-c", "dev"));
  CHECK(enter_for(world, "elsewhere", "dev", "p-c").reason == "NO_MANDATE");
  world.given("OrganisationRoleChanged",
              R"({"organisation": "agnes", "person": "dev", "to": "viewer"})");
  CHECK(enter_for(world, "agnes", "dev", "p-c").reason == "ROLE_CANNOT_ENTER");
  CHECK(enter_for(world, "cargo", "dev", "p-c").reason == "");
}

TEST_CASE("EnterProject: observed against the rules and of a project never seen") {
  World world = agency();
  const auto viewer = world.when(person("vic"), "EnterProject", only("p-c"), kObserved);
  CHECK(joined(viewer.rules_broken) == "ROLE_CANNOT_ENTER");
  CHECK(field(viewer.events[0], "person") == "vic");
  const auto unseen = world.when(person("ed"), "EnterProject", only("p-9"), kObserved);
  CHECK(joined(unseen.rules_broken) == "NO_MANDATE");
  CHECK(basis(world, "p-9", "ed") == "");
}

// ---- what ends entry ----

TEST_CASE("Project access: leaving the owner ends that basis and keeps the mandate's") {
  World world = agency();
  world.when(person("cal"), "AddOrganisationMember",
             R"({"organisation": "cargo", "person": "ava", "role": "owner"})");
  CHECK(basis(world, "p-c", "ava") ==
        "owner of organisation cargo; owner of organisation agnes, by mandate m-1");
  world.when(person("ava"), "RemoveOrganisationMember",
             R"({"organisation": "cargo", "person": "ava"})");
  CHECK(basis(world, "p-c", "ava") == "owner of organisation agnes, by mandate m-1");
  CHECK(enter(world, "ava", "p-c") == "");
}

TEST_CASE("Project access: the end of a mandate ends entry through it alone") {
  World world = agency();
  given_seat(world, "p-c", "dev");
  CHECK(basis(world, "p-c", "dev") ==
        "developer of organisation agnes, by mandate m-1; a collaborator seat");
  world.when(person("ava"), "CancelMandate", R"({"mandate": "m-1"})");
  CHECK(basis(world, "p-c", "dev") == "a collaborator seat");
  CHECK(basis(world, "p-c", "ava") == "");
  CHECK(basis(world, "p-a", "dev") == "developer of organisation agnes");
  CHECK(everybody(world, "p-c") == "cal dev");
}

TEST_CASE(
    "Project access: leaving the agency ends entry everywhere and the end of its status none") {
  World world = agency();
  world.given("PartnerStatusRevoked", R"({"organisation": "agnes", "program": "agency"})");
  CHECK(enter(world, "dev", "p-c") == "");  // who has a partner's role keeps it
  CHECK(projects(world, "dev") == "p-a p-c");
  world.when(person("ava"), "RemoveOrganisationMember",
             R"({"organisation": "agnes", "person": "dev"})");
  CHECK(projects(world, "dev") == "");
  for (const auto* project : {"p-a", "p-c"}) CHECK(enter(world, "dev", project) == "NO_MANDATE");
}

TEST_CASE("Project access: everybody in a project and the projects of everybody") {
  World world = agency();
  given_seat(world, "p-s", "ed");
  given_seat(world, "p-c", "gone");
  world.given("CollaboratorRemoved", seat("p-c", "gone"));
  CHECK(everybody(world, "p-a") == "ava dev pam");
  CHECK(everybody(world, "p-c") == "ava cal dev pam");
  CHECK(everybody(world, "p-s") == "ed solo");
  CHECK(everybody(world, "p-9") == "");
  CHECK(projects(world, "ava") == "p-a p-c");
  CHECK(projects(world, "cal") == "p-c");
  for (const auto* who : {"ed", "solo"}) CHECK(projects(world, who) == "p-s");
  for (const std::string who : {"vic", "viv", "gone", "nobody", ""}) {
    CHECK_MESSAGE(projects(world, who) == "", who);
  }
  world.given("ProjectDeleted", only("p-c"));
  CHECK(everybody(world, "p-c") == "");
  CHECK(projects(world, "ava") == "p-a");
  world.given("PersonalAccountConverted", R"({"personal_account": "solo-1",
      "organisation": "soloco", "person": "solo", "projects": ["p-s"]})");
  CHECK(everybody(world, "p-s") == "ed");  // whoever has a role in SOLOCO, from here on
  CHECK(projects(world, "solo") == "");
}

// ---- collaborators ----

TEST_CASE("Collaborators: seated and unseated by whoever may edit the project") {
  World world = agency();
  CHECK(roles_that_may(world, "AddCollaborator", seat("p-a", "ed"), "NOT_ALLOWED") ==
        "owner projects_manager");
  CHECK(refused(world, person("solo"), "AddCollaborator", seat("p-s", "ed")) == "");
  const auto added = world.when(person("pam"), "AddCollaborator", seat("p-a", "ed"));
  CHECK(joined(added.types) == "CollaboratorAdded");
  CHECK(field(added.events[0], "project") == "p-a");
  CHECK(field(added.events[0], "person") == "ed");
  CHECK(basis(world, "p-a", "ed") == "a collaborator seat");
  CHECK(roles_that_may(world, "RemoveCollaborator", seat("p-a", "ed"), "NOT_ALLOWED") ==
        "owner projects_manager");
  CHECK(refused(world, person("ed"), "RemoveCollaborator", seat("p-a", "ed")) == "");
  const auto removed = world.when(person("ava"), "RemoveCollaborator", seat("p-a", "ed"));
  CHECK(joined(removed.types) == "CollaboratorRemoved");
  CHECK(find_or_empty<row::CollaboratorRowT>(world.rows(), "p-a/ed").ended->actor->id == "ava");
  CHECK(basis(world, "p-a", "ed") == "");
  CHECK(refused(world, person("pam"), "AddCollaborator", seat("p-a", "ed")) == "");
}

TEST_CASE("Collaborators: refusals in order") {
  World world = agency();
  given_seat(world, "p-a", "ed");
  const auto add = [&](const Actor& actor, const char* project, const char* who) {
    return refused(world, actor, "AddCollaborator", seat(project, who));
  };
  const auto remove = [&](const Actor& actor, const char* project, const char* who) {
    return refused(world, actor, "RemoveCollaborator", seat(project, who));
  };
  CHECK(add(person("dev"), "p-a", "ed") == "NOT_ALLOWED");
  CHECK(add(person("ava"), "p-a", "ed") == "ALREADY_MEMBER");
  CHECK(add(person("ava"), "p-c", "ed") == "NOT_ALLOWED");  // a mandate lets in, no more
  CHECK(add(person("ava"), "p-9", "ed") == "NOT_ALLOWED");
  CHECK(add(staff("ava"), "p-a", "zoe") == "NOT_ALLOWED");
  CHECK(remove(person("dev"), "p-a", "zoe") == "NOT_ALLOWED");
  CHECK(remove(staff("ed"), "p-a", "ed") == "NOT_ALLOWED");
  CHECK(remove(person("ava"), "p-a", "zoe") == "MEMBERSHIP_NOT_FOUND");
  CHECK(remove(person("zoe"), "p-a", "zoe") == "MEMBERSHIP_NOT_FOUND");
  // Who is in a workspace is said there.
  given_project(world, "p-w", "workspace", "w");
  given_member(world, "w", "ava", "owner");
  CHECK(add(person("ava"), "p-w", "ed") == "NOT_ALLOWED");
}

TEST_CASE("Collaborators: observed of projects never seen and against the rules") {
  World world = agency();
  const auto added = world.when(person("ed"), "AddCollaborator", seat("p-9", "ed"), kObserved);
  CHECK(joined(added.types) == "CollaboratorAdded");
  CHECK(joined(added.rules_broken) == "NOT_ALLOWED");
  CHECK(basis(world, "p-9", "ed") == "");
  const auto again = world.when(person("dev"), "AddCollaborator", seat("p-9", "ed"), kObserved);
  CHECK(joined(again.rules_broken) == "NOT_ALLOWED ALREADY_MEMBER");
  const auto gone = world.when(person("dev"), "RemoveCollaborator", seat("p-a", "ed"), kObserved);
  CHECK(joined(gone.rules_broken) == "NOT_ALLOWED MEMBERSHIP_NOT_FOUND");
}

// ---- transfers ----

std::string start(const std::string& transfer, const std::string& project = "p-a",
                  const std::string& target = "cargo") {
  return json{{"transfer", transfer}, {"project", project}, {"target", target}}.dump();
}

const std::string kTransfer = R"({"transfer": "t-1"})";

/// p-a is offered to CARGO by t-1.
World offered() {
  World world = agency();
  world.when(person("ava"), "TransferProject", start("t-1"));
  return world;
}

row::TransferRowT transfer(const World& world) {
  return find_or_empty<row::TransferRowT>(world.rows(), "t-1");
}

/// What an owner of either side gets for accepting, declining and cancelling t-1.
std::string tried_again(const World& world) {
  return refused(world, person("cal"), "AcceptProjectTransfer", kTransfer) + " " +
         refused(world, person("cal"), "DeclineProjectTransfer", kTransfer) + " " +
         refused(world, person("ava"), "CancelProjectTransfer", kTransfer);
}

TEST_CASE("TransferProject: by an owner or the account's person and refusals in order") {
  World world = agency();
  CHECK(roles_that_may(world, "TransferProject", start("t-1"), "NOT_ALLOWED") == "owner");
  CHECK(refused(world, person("solo"), "TransferProject", start("t-1", "p-s")) == "");
  const auto then = world.when(person("ava"), "TransferProject", start("t-1"));
  CHECK(joined(then.types) == "ProjectTransferStarted");
  CHECK(joined(then.created) == "transfer:t-1");
  CHECK(field(then.events[0], "project") == "p-a");
  CHECK(field(then.events[0], "organisation") == "agnes");
  CHECK(field(then.events[0], "target") == "cargo");
  CHECK(transfer(world).state == TransferState::pending);
  CHECK(basis(world, "p-a", "cal") == "");
  const auto tried = [&](const char* who, const std::string& command) {
    return refused(world, person(who), "TransferProject", command);
  };
  CHECK(tried("dev", start("t-1", "p-a", "nowhere")) == "NOT_ALLOWED");
  CHECK(tried("ava", start("t-1", "p-9")) == "NOT_ALLOWED");
  CHECK(tried("ava", start("t-1", "p-a", "nowhere")) == "TRANSFER_PENDING");
  CHECK(tried("cal", start("t-1", "p-c", "nowhere")) == "ORG_NOT_FOUND");
  CHECK(tried("cal", start("t-1", "p-c", "agnes")) == "TRANSFER_EXISTS");
  const auto home = world.when(person("cal"), "TransferProject", start("t-2", "p-c", "cargo"));
  CHECK(home.outcome == log::Outcome::unchanged);
  // A workspace is handed off as a whole.
  given_project(world, "p-w", "workspace", "w");
  CHECK(tried("ava", start("t-3", "p-w")) == "NOT_ALLOWED");
}

TEST_CASE("AcceptProjectTransfer: by an owner of the destination if its plan has room") {
  World world = offered();
  given_organisation_member(world, "cargo", "ada", "admin");
  world.given("PlanBought", R"({"organisation": "cargo", "plan": "small", "project_limit": 1})");
  const auto accept = [&](const char* who) {
    return refused(world, person(who), "AcceptProjectTransfer", kTransfer);
  };
  for (const auto* who : {"ava", "ada", "viv"}) CHECK(accept(who) == "NOT_ALLOWED");
  CHECK(refused(world, staff("cal"), "AcceptProjectTransfer", kTransfer) == "NOT_ALLOWED");
  CHECK(accept("cal") == "PLAN_LIMITS_EXCEEDED");
  World emptied = world;
  emptied.given("ProjectDeleted", only("p-c"));
  CHECK(refused(emptied, person("cal"), "AcceptProjectTransfer", kTransfer) == "");
  world.given("PlanBought", R"({"organisation": "cargo", "plan": "large", "project_limit": 2})");
  const auto then = world.when(person("cal"), "AcceptProjectTransfer", kTransfer);
  CHECK(joined(then.types) == "ProjectTransferAccepted");
  CHECK(field(then.events[0], "project") == "p-a");
  CHECK(field(then.events[0], "organisation") == "agnes");
  CHECK(field(then.events[0], "target") == "cargo");
  CHECK(transfer(world).state == TransferState::accepted);
  CHECK(basis(world, "p-a", "ava") == "owner of organisation agnes, by mandate m-1");
  CHECK(basis(world, "p-a", "cal") == "owner of organisation cargo");
  CHECK(tried_again(world) == "NOT_PENDING NOT_PENDING NOT_PENDING");
  CHECK(refused(world, person("cal"), "TransferProject", start("t-2", "p-a", "agnes")) == "");
}

TEST_CASE(
    "DeclineProjectTransfer and CancelProjectTransfer: each side may say no and refusals in "
    "order") {
  for (const std::string type : {"DeclineProjectTransfer", "CancelProjectTransfer"}) {
    World world = offered();
    const bool declines = type == "DeclineProjectTransfer";
    for (const auto* who : {declines ? "ava" : "cal", "dev", "viv"}) {
      CHECK(refused(world, person(who), type, kTransfer) == "NOT_ALLOWED");
      CHECK(refused(world, person(who), type, R"({"transfer": "t-9"})") == "NOT_PENDING");
    }
    const auto then = world.when(person(declines ? "cal" : "ava"), type, kTransfer);
    CHECK(joined(then.types) ==
          (declines ? "ProjectTransferDeclined" : "ProjectTransferCancelled"));
    CHECK(field(then.events[0], "project") == "p-a");
    CHECK(field(then.events[0], "target") == "cargo");
    CHECK(field(then.events[0], "cause") == (declines ? "" : "asked"));
    CHECK(transfer(world).state == (declines ? TransferState::declined : TransferState::cancelled));
    CHECK(everybody(world, "p-a") == "ava dev pam");
    CHECK(tried_again(world) == "NOT_PENDING NOT_PENDING NOT_PENDING");
    CHECK(refused(world, person("ava"), "TransferProject", start("t-1")) == "TRANSFER_EXISTS");
    CHECK(refused(world, person("ava"), "TransferProject", start("t-2")) == "");
  }
}

TEST_CASE("Transfers: observed of what was never seen and against the rules") {
  World unseen;
  CHECK(
      joined(unseen.when(person("ed"), "TransferProject", start("t-1"), kObserved).rules_broken) ==
      "NOT_ALLOWED ORG_NOT_FOUND");
  CHECK(transfer(unseen).target == "cargo");
  for (const std::string type : {"Accept", "Decline", "Cancel"}) {
    World world;
    const auto then = world.when(person("ed"), type + "ProjectTransfer", kTransfer, kObserved);
    CHECK(joined(then.rules_broken) == "NOT_PENDING NOT_ALLOWED");
    CHECK(then.types.size() == 1);
    CHECK(transfer(world).state != TransferState::pending);
  }
  World world = offered();
  World twice = world;
  CHECK(joined(twice.when(person("ed"), "TransferProject", start("t-1", "p-a", "x"), kObserved)
                   .rules_broken) == "NOT_ALLOWED TRANSFER_PENDING ORG_NOT_FOUND TRANSFER_EXISTS");
  world.given("PlanBought", R"({"organisation": "cargo", "plan": "small", "project_limit": 1})");
  world.when(person("ava"), "CancelProjectTransfer", kTransfer);
  const auto then = world.when(person("ed"), "AcceptProjectTransfer", kTransfer, kObserved);
  CHECK(joined(then.rules_broken) == "NOT_PENDING NOT_ALLOWED PLAN_LIMITS_EXCEEDED");
  CHECK(basis(world, "p-a", "cal") == "owner of organisation cargo");
}

// ---- roles ----

std::string role(const char* scope, const char* name, const std::vector<std::string>& permissions) {
  return json{{"scope", scope}, {"role", name}, {"permissions", permissions}}.dump();
}

TEST_CASE("DefineRole: by staff and what a role is besides its permissions stays") {
  World world = agency();
  const auto command = role("workspace", "observer", {"report.view", "chat.use", "chat.use"});
  for (const auto& actor : {person("ava"), system_actor("sync"), Actor{"import", "crm"}}) {
    CHECK(refused(world, actor, "DefineRole", command) == "STAFF_ONLY");
  }
  const auto then = world.when(staff("sam"), "DefineRole", command);
  CHECK(joined(then.types) == "RoleDefined");
  CHECK(field(then.events[0], "scope") == "workspace");
  CHECK(field(then.events[0], "role") == "observer");
  CHECK(field(then.events[0], "permissions") == R"(["chat.use","report.view"])");
  const auto row = role_definition(world.rows(), schema::WorkspaceRole::observer).value();
  CHECK(row.permissions == std::vector<std::string>{"chat.use", "report.view"});
  CHECK(!row.takes_paid_seat);
  CHECK(!row.allowed_in_internal_workspace);
  CHECK(row.outsider);
  world.when(staff("sam"), "DefineRole", role("organisation", "developer", {}));
  CHECK(role_definition(world.rows(), schema::OrganisationRole::developer)->partner_only);
  // The owner of a workspace is another role than that of an organisation.
  world.when(staff("sam"), "DefineRole", role("workspace", "owner", {}));
  CHECK(!role_definition(world.rows(), schema::OrganisationRole::owner)->permissions.empty());
}

TEST_CASE("DefineRole: the same permissions in any order change nothing") {
  World world;
  const auto viewer = role_definition(world.rows(), schema::OrganisationRole::viewer).value();
  const auto same =
      role("organisation", "viewer", {viewer.permissions.rbegin(), viewer.permissions.rend()});
  CHECK(world.when(staff("sam"), "DefineRole", same).outcome == log::Outcome::unchanged);
  CHECK(refused(world, person("ava"), "DefineRole", same) == "STAFF_ONLY");
}

TEST_CASE("DefineRole: what a role may do is what the ledger last said even by observed facts") {
  World world = agency();
  const std::vector<std::string> entry = {"project.enter_all"};
  world.when(staff("sam"), "DefineRole", role("organisation", "viewer", entry));
  CHECK(basis(world, "p-c", "vic") == "viewer of organisation agnes, by mandate m-1");
  world.when(staff("sam"), "DefineRole", role("organisation", "developer", {}));
  CHECK(enter(world, "dev", "p-c") == "ROLE_CANNOT_ENTER");
  const auto then =
      world.when(person("ed"), "DefineRole", role("organisation", "owner", entry), kObserved);
  CHECK(joined(then.rules_broken) == "STAFF_ONLY");
  CHECK(enter(world, "ava", "p-c") == "");
  CHECK(refused(world, person("ava"), "DeleteProject", only("p-a")) == "NOT_ALLOWED");
}

}  // namespace
}  // namespace actbook::testing

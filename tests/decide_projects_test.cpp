#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/access.h"
#include "actbook/belongings.h"
#include "actbook/tables.h"
#include "support/prism.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

void given_workspace(World& world, const std::string& workspace, const std::string& organisation,
                     const std::string& usage) {
  world.given("WorkspaceCreated", json{{"workspace", workspace},
                                       {"organisation", organisation},
                                       {"name", workspace},
                                       {"usage", usage},
                                       {"account", "acc-" + organisation}}
                                      .dump());
}

/// panels (external client) and office (internal) of PRISM, agency AGNES (owner ava), and the
/// personal account solo-1 of solo.
World places() {
  World world = prism_with_panels();
  given_office(world);
  world.given("OrganisationRegistered", R"({"organisation": "agnes", "name": "AGNES"})");
  given_organisation_member(world, "agnes", "ava", "owner");
  world.given("PersonalAccountRegistered", R"({"personal_account": "solo-1", "person": "solo"})");
  return world;
}

/// A project "Old" in a workspace, of an organisation, or of a personal_account.
void given_project(World& world, const std::string& project, const std::string& kind,
                   const std::string& where) {
  world.given("ProjectCreated", json{{"project", project}, {kind, where}, {"name", "Old"}}.dump());
}

void given_recording(World& world, const std::string& recording, const std::string& project) {
  world.given("RecordingAdded", json{{"recording", recording}, {"project", project}}.dump());
}

std::string creation(const std::string& project, const std::string& kind,
                     const std::string& where) {
  return json{{"project", project}, {kind, where}, {"name", "New"}}.dump();
}

std::string rename(const std::string& project, const std::string& name = "New") {
  return json{{"project", project}, {"name", name}}.dump();
}

std::string only(const std::string& project) { return json{{"project", project}}.dump(); }

std::string move(const std::string& project, const std::string& workspace) {
  return json{{"project", project}, {"workspace", workspace}}.dump();
}

row::ProjectRowT project(const World& world, const std::string& id) {
  return find_or_empty<row::ProjectRowT>(world.rows(), id);
}

/// How many projects a workspace has.
std::size_t projects_in(const World& world, const std::string& workspace) {
  return live_projects(world.rows(), "workspace", workspace).size();
}

/// The workspace roles that may: each is held by somebody with nothing but that membership. The
/// others are refused as FORBIDDEN.
std::string roles_that_may(World world, const std::string& workspace, const std::string& type,
                           const std::string& command) {
  std::vector<std::string> roles;
  for (const auto role : schema::EnumValuesWorkspaceRole()) {
    const std::string name = schema::EnumNameWorkspaceRole(role);
    given_member(world, workspace, "x-" + name, name);
    const auto reason = refused(world, person("x-" + name), type, command);
    if (reason.empty()) roles.push_back(name);
    if (!reason.empty()) CHECK_MESSAGE(reason == "FORBIDDEN", name);
  }
  return joined(roles);
}

/// The same of the roles in AGNES; the others are refused as NOT_ALLOWED.
std::string agency_roles_that_may(World world, const std::string& type,
                                  const std::string& command) {
  std::vector<std::string> roles;
  for (const auto role : schema::EnumValuesOrganisationRole()) {
    const std::string name = schema::EnumNameOrganisationRole(role);
    given_organisation_member(world, "agnes", "x-" + name, name);
    const auto reason = refused(world, person("x-" + name), type, command);
    if (reason.empty()) roles.push_back(name);
    if (!reason.empty()) CHECK_MESSAGE(reason == "NOT_ALLOWED", name);
  }
  return joined(roles);
}

// ---- creating ----

TEST_CASE("CreateProject: in a workspace by whoever has project.create there") {
  World world = places();
  const std::string command = creation("p-1", "workspace", "panels");
  CHECK(roles_that_may(world, "panels", "CreateProject", command) == "member admin owner");
  CHECK(refused(world, person("olga"), "CreateProject", command) == "");
  for (const auto& actor : {person("milo"), person("hana"), staff("sam"), system_actor("sync"),
                            staff("adam"), Actor{"import", "adam"}}) {
    CHECK_MESSAGE(refused(world, actor, "CreateProject", command) == "FORBIDDEN", actor.id);
  }
  const auto then = world.when(person("adam"), "CreateProject", command);
  CHECK(joined(then.types) == "ProjectCreated");
  CHECK(joined(then.created) == "project:p-1");
  CHECK(field(then.events[0], "project") == "p-1");
  CHECK(field(then.events[0], "workspace") == "panels");
  CHECK(field(then.events[0], "organisation") == "");
  CHECK(field(then.events[0], "personal_account") == "");
  CHECK(field(then.events[0], "name") == "New");
  CHECK(project(world, "p-1").name == "New");
  CHECK(project(world, "p-1").workspace == "panels");
  CHECK(project(world, "p-1").created->actor->id == "adam");
  CHECK(project(world, "p-1").owned_since->position == project(world, "p-1").created->position);
  CHECK(projects_in(world, "panels") == 1);
  CHECK(project_access(world.rows(), world.now(), "p-1", "bea").role ==
        schema::WorkspaceRole::admin);
}

TEST_CASE("CreateProject: of an organisation by its owners and projects managers") {
  World world = places();
  const std::string command = creation("p-1", "organisation", "agnes");
  CHECK(agency_roles_that_may(world, "CreateProject", command) == "owner projects_manager");
  for (const auto& actor : {person("olga"), person("solo"), staff("ava"), system_actor("ava")}) {
    CHECK_MESSAGE(refused(world, actor, "CreateProject", command) == "NOT_ALLOWED", actor.id);
  }
  const auto then = world.when(person("ava"), "CreateProject", command);
  CHECK(joined(then.types) == "ProjectCreated");
  CHECK(joined(then.created) == "project:p-1");
  CHECK(field(then.events[0], "organisation") == "agnes");
  CHECK(field(then.events[0], "workspace") == "");
  CHECK(project(world, "p-1").organisation == "agnes");
  CHECK(project_access(world.rows(), world.now(), "p-1", "ava").basis ==
        "owner of organisation agnes");
}

TEST_CASE("CreateProject: of a personal account by its person alone while it is one") {
  World world = places();
  const std::string command = creation("p-1", "personal_account", "solo-1");
  for (const auto& actor : {person("ava"), staff("solo"), system_actor("solo")}) {
    CHECK_MESSAGE(refused(world, actor, "CreateProject", command) == "NOT_ALLOWED", actor.id);
  }
  World converted = world;
  converted.given("PersonalAccountConverted",
                  R"({"personal_account": "solo-1", "organisation": "soloco", "person": "solo"})");
  CHECK(refused(converted, person("solo"), "CreateProject", command) == "NOT_ALLOWED");
  const auto then = world.when(person("solo"), "CreateProject", command);
  CHECK(joined(then.types) == "ProjectCreated");
  CHECK(field(then.events[0], "personal_account") == "solo-1");
  CHECK(project(world, "p-1").personal_account == "solo-1");
  CHECK(project_access(world.rows(), world.now(), "p-1", "solo").basis == "the account's person");
}

TEST_CASE("CreateProject: refusals in order") {
  World world = places();
  given_project(world, "p-1", "workspace", "panels");
  const auto create = [&](const char* who, const char* id, const char* kind, const char* where) {
    return refused(world, person(who), "CreateProject", creation(id, kind, where));
  };
  CHECK(create("milo", "p-1", "workspace", "panels") == "FORBIDDEN");
  CHECK(create("adam", "p-1", "workspace", "panels") == "PROJECT_EXISTS");
  CHECK(create("milo", "p-1", "organisation", "agnes") == "NOT_ALLOWED");
  CHECK(create("ava", "p-1", "organisation", "agnes") == "PROJECT_EXISTS");
  CHECK(create("ava", "p-1", "personal_account", "solo-1") == "NOT_ALLOWED");
  CHECK(create("solo", "p-1", "personal_account", "solo-1") == "PROJECT_EXISTS");
  CHECK(create("adam", "p-2", "workspace", "nowhere") == "FORBIDDEN");
  CHECK(create("ava", "p-2", "organisation", "nowhere") == "NOT_ALLOWED");
  CHECK(create("solo", "p-2", "personal_account", "nowhere") == "NOT_ALLOWED");
  // The id of one that is gone stays taken.
  world.when(person("adam"), "DeleteProject", only("p-1"));
  CHECK(create("adam", "p-1", "workspace", "panels") == "PROJECT_EXISTS");
}

TEST_CASE("CreateProject: it belongs to exactly one") {
  const auto invalid = [](const json& command) {
    const json envelope = {{"command_id", "c"},
                           {"actor", {{"kind", "person"}, {"id", "adam"}}},
                           {"command_type", "CreateProject"},
                           {"command", command}};
    const auto read = command_from_json(envelope.dump());
    REQUIRE(read);
    return !validate_command(read.value(), pack(read.value()));
  };
  CHECK(invalid({{"project", "p"}, {"name", "N"}}));
  CHECK(invalid({{"project", "p"}, {"name", "N"}, {"workspace", "w"}, {"organisation", "o"}}));
  CHECK(!invalid({{"project", "p"}, {"name", "N"}, {"workspace", "w"}}));
}

TEST_CASE("CreateProject: observed in places never seen and under an id that is taken") {
  World world;
  const auto unseen =
      world.when(person("ed"), "CreateProject", creation("p-1", "workspace", "panels"), kObserved);
  CHECK(joined(unseen.types) == "ProjectCreated");
  CHECK(joined(unseen.rules_broken) == "FORBIDDEN");
  CHECK(project(world, "p-1").workspace == "panels");
  const auto taken = world.when(person("ed"), "CreateProject",
                                creation("p-1", "organisation", "agnes"), kObserved);
  CHECK(joined(taken.rules_broken) == "NOT_ALLOWED PROJECT_EXISTS");
  CHECK(project(world, "p-1").workspace == "");
  CHECK(project(world, "p-1").organisation == "agnes");
  CHECK(projects_in(world, "panels") == 0);
}

TEST_CASE("CreateProject: one that was deleted is back when it is observed again") {
  World world = places();
  given_project(world, "p-1", "workspace", "panels");
  world.when(person("adam"), "DeleteProject", only("p-1"));
  const auto again = world.when(person("adam"), "CreateProject",
                                creation("p-1", "workspace", "panels"), kObserved);
  CHECK(joined(again.rules_broken) == "PROJECT_EXISTS");
  CHECK(project(world, "p-1").deleted == nullptr);
  CHECK(projects_in(world, "panels") == 1);
}

// ---- editing ----

TEST_CASE("EditProject: by whoever may and the event says from what to what") {
  World world = places();
  given_project(world, "p-w", "workspace", "panels");
  given_project(world, "p-o", "organisation", "agnes");
  given_project(world, "p-a", "personal_account", "solo-1");
  CHECK(roles_that_may(world, "panels", "EditProject", rename("p-w")) ==
        "external member admin owner");
  CHECK(agency_roles_that_may(world, "EditProject", rename("p-o")) == "owner projects_manager");
  CHECK(refused(world, staff("sam"), "EditProject", rename("p-w")) == "FORBIDDEN");
  CHECK(refused(world, staff("sam"), "EditProject", rename("p-o")) == "NOT_ALLOWED");
  CHECK(refused(world, person("ava"), "EditProject", rename("p-a")) == "NOT_ALLOWED");
  CHECK(refused(world, person("solo"), "EditProject", rename("p-a")) == "");
  const auto then = world.when(person("adam"), "EditProject", rename("p-w"));
  CHECK(joined(then.types) == "ProjectEdited");
  CHECK(field(then.events[0], "project") == "p-w");
  CHECK(field(then.events[0], "from") == "Old");
  CHECK(field(then.events[0], "to") == "New");
  CHECK(then.created.empty());
  CHECK(project(world, "p-w").name == "New");
  CHECK(project(world, "p-w").workspace == "panels");
}

TEST_CASE("EditProject: the name it has changes nothing but is still not for everybody") {
  World world = places();
  given_project(world, "p-1", "workspace", "panels");
  CHECK(refused(world, person("milo"), "EditProject", rename("p-1", "Old")) == "FORBIDDEN");
  const auto then = world.when(person("adam"), "EditProject", rename("p-1", "Old"));
  CHECK(then.outcome == log::Outcome::unchanged);
  CHECK(then.types.empty());
}

TEST_CASE("EditProject and DeleteProject: what is unknown or gone is nobody's") {
  World world = places();
  given_project(world, "p-1", "workspace", "panels");
  world.when(person("adam"), "DeleteProject", only("p-1"));
  for (const auto* id : {"p-1", "p-9"}) {
    CHECK(refused(world, person("adam"), "EditProject", rename(id)) == "NOT_ALLOWED");
    CHECK(refused(world, person("adam"), "DeleteProject", only(id)) == "NOT_ALLOWED");
  }
}

TEST_CASE("EditProject and DeleteProject: observed of projects never seen and against the rules") {
  World world = places();
  const auto edited = world.when(person("ed"), "EditProject", rename("p-8"), kObserved);
  CHECK(joined(edited.types) == "ProjectEdited");
  CHECK(joined(edited.rules_broken) == "NOT_ALLOWED");
  CHECK(field(edited.events[0], "from") == "");
  CHECK(project(world, "p-8").name == "New");
  const auto deleted = world.when(person("ed"), "DeleteProject", only("p-9"), kObserved);
  CHECK(joined(deleted.types) == "ProjectDeleted");
  CHECK(joined(deleted.rules_broken) == "NOT_ALLOWED");
  CHECK(project(world, "p-9").deleted != nullptr);

  given_project(world, "p-1", "workspace", "panels");
  CHECK(joined(world.when(person("ed"), "EditProject", rename("p-1"), kObserved).rules_broken) ==
        "FORBIDDEN");
  CHECK(joined(world.when(person("ed"), "DeleteProject", only("p-1"), kObserved).rules_broken) ==
        "FORBIDDEN");
  CHECK(project(world, "p-1").name == "New");
  CHECK(project(world, "p-1").deleted != nullptr);
}

// ---- deleting ----

TEST_CASE("DeleteProject: by whoever may and nobody enters it any more") {
  World world = places();
  given_project(world, "p-w", "workspace", "panels");
  given_project(world, "p-o", "organisation", "agnes");
  given_project(world, "p-a", "personal_account", "solo-1");
  CHECK(roles_that_may(world, "panels", "DeleteProject", only("p-w")) == "admin owner");
  CHECK(agency_roles_that_may(world, "DeleteProject", only("p-o")) == "owner projects_manager");
  CHECK(refused(world, person("solo"), "DeleteProject", only("p-a")) == "");
  CHECK(refused(world, person("ava"), "DeleteProject", only("p-a")) == "NOT_ALLOWED");
  const auto then = world.when(person("adam"), "DeleteProject", only("p-w"));
  CHECK(joined(then.types) == "ProjectDeleted");
  CHECK(field(then.events[0], "workspace") == "panels");
  CHECK(field(then.events[0], "organisation") == "");
  CHECK(project(world, "p-w").deleted->actor->id == "adam");
  CHECK(!project_access(world.rows(), world.now(), "p-w", "adam").may_enter());
  const auto of_agency = world.when(person("ava"), "DeleteProject", only("p-o"));
  CHECK(field(of_agency.events[0], "organisation") == "agnes");
  CHECK(!project_access(world.rows(), world.now(), "p-o", "ava").may_enter());
  const auto of_account = world.when(person("solo"), "DeleteProject", only("p-a"));
  CHECK(field(of_account.events[0], "personal_account") == "solo-1");
}

TEST_CASE("DeleteProject: a pending transfer is cancelled with it") {
  World world = places();
  given_project(world, "p-1", "organisation", "agnes");
  world.when(person("ava"), "TransferProject",
             R"({"transfer": "t-1", "project": "p-1", "target": "haarlem"})");
  const auto then = world.when(person("ava"), "DeleteProject", only("p-1"));
  CHECK(joined(then.types) == "ProjectTransferCancelled ProjectDeleted");
  CHECK(field(then.events[0], "transfer") == "t-1");
  CHECK(field(then.events[0], "project") == "p-1");
  CHECK(field(then.events[0], "target") == "haarlem");
  CHECK(field(then.events[0], "cause") == "project_deleted");
  CHECK(find_or_empty<row::TransferRowT>(world.rows(), "t-1").state ==
        schema::TransferState::cancelled);
  CHECK(project(world, "p-1").pending_transfer == "");
  CHECK(refused(world, person("hana"), "AcceptProjectTransfer", R"({"transfer": "t-1"})") ==
        "NOT_PENDING");
}

TEST_CASE("AcceptProjectTransfer: of a personal account that became an organisation meanwhile") {
  World world = places();
  given_project(world, "p-1", "personal_account", "solo-1");
  world.when(person("solo"), "TransferProject",
             R"({"transfer": "t-1", "project": "p-1", "target": "haarlem"})");
  world.given("PersonalAccountConverted", R"({"personal_account": "solo-1",
      "organisation": "soloco", "person": "solo", "projects": ["p-1"]})");
  const auto then = world.when(person("hana"), "AcceptProjectTransfer", R"({"transfer": "t-1"})");
  CHECK(field(then.events[0], "organisation") == "soloco");
  CHECK(field(then.events[0], "personal_account") == "");
  CHECK(project(world, "p-1").organisation == "haarlem");
}

TEST_CASE("DeleteWorkspace: not while it has projects of which a deleted one is none") {
  World world = places();
  const std::string panels = R"({"workspace": "panels"})";
  world.when(person("adam"), "CreateProject", creation("p-1", "workspace", "panels"));
  world.when(person("adam"), "CreateProject", creation("p-2", "workspace", "panels"));
  CHECK(refused(world, person("milo"), "DeleteWorkspace", panels) == "FORBIDDEN");
  CHECK(refused(world, person("adam"), "DeleteWorkspace", panels) == "WORKSPACE_HAS_PROJECTS");
  world.when(person("adam"), "DeleteProject", only("p-1"));
  CHECK(refused(world, person("adam"), "DeleteWorkspace", panels) == "WORKSPACE_HAS_PROJECTS");
  // A second time, as observed, counts for nothing.
  world.when(person("adam"), "DeleteProject", only("p-1"), kObserved);
  CHECK(projects_in(world, "panels") == 1);
  world.when(person("adam"), "DeleteProject", only("p-2"));
  CHECK(refused(world, person("adam"), "DeleteWorkspace", panels) == "");
}

// ---- moving ----

/// places(), with the internal workspace annex of PRISM and one of HAARLEM, hq, where olga is an
/// admin, too; p-1 with two recordings is in office, p-x with one in panels.
World to_move() {
  World world = places();
  given_workspace(world, "annex", "prism", "internal");
  given_workspace(world, "hq", "haarlem", "internal");
  given_member(world, "hq", "olga", "admin");
  given_project(world, "p-1", "workspace", "office");
  given_recording(world, "r-1", "p-1");
  given_recording(world, "r-2", "p-1");
  given_project(world, "p-x", "workspace", "panels");
  given_recording(world, "r-x", "p-x");
  return world;
}

TEST_CASE("MoveProject: with its recordings between internal workspaces of one organisation") {
  World world = to_move();
  given_recording(world, "r-3", "p-1");
  world.given("RecordingMoved",
              R"({"recording": "r-3", "from_project": "p-1", "to_project": "p-x"})");
  const auto then = world.when(person("bea"), "MoveProject", move("p-1", "annex"));
  CHECK(joined(then.types) == "ProjectMoved");
  CHECK(field(then.events[0], "project") == "p-1");
  CHECK(field(then.events[0], "from_workspace") == "office");
  CHECK(field(then.events[0], "to_workspace") == "annex");
  CHECK(field(then.events[0], "recordings") == R"(["r-1","r-2"])");
  CHECK(field(then.events[0], "left_client") == "false");
  CHECK(project(world, "p-1").workspace == "annex");
  CHECK(projects_in(world, "office") == 0);
  CHECK(projects_in(world, "annex") == 1);
  CHECK(find_or_empty<row::RecordingRowT>(world.rows(), "r-1").project == "p-1");
  CHECK(find_or_empty<row::RecordingRowT>(world.rows(), "r-1").left_client.empty());
  CHECK(refused(world, person("olga"), "DeleteWorkspace", R"({"workspace": "annex"})") ==
        "WORKSPACE_HAS_PROJECTS");
  CHECK(refused(world, person("olga"), "DeleteWorkspace", R"({"workspace": "office"})") == "");
}

TEST_CASE("MoveProject: project.move is needed on both sides") {
  const World world = to_move();
  for (const auto* weak : {"office", "annex"}) {
    // An owner of one side, who has each role of the other in turn, and none at first.
    World tried = world;
    given_member(tried, weak == std::string("office") ? "annex" : "office", "x", "owner");
    std::string may;
    for (const auto* role : {"", "observer", "external", "member", "billing", "admin", "owner"}) {
      if (role != std::string()) given_member(tried, weak, "x", role);
      const auto reason = refused(tried, person("x"), "MoveProject", move("p-1", "annex"));
      CHECK((reason.empty() || reason == "FORBIDDEN"));
      if (reason.empty()) may += role + std::string(" ");
    }
    CHECK(may == "admin owner ");
  }
  for (const auto& actor : {person("milo"), staff("sam"), system_actor("sync")}) {
    CHECK(refused(world, actor, "MoveProject", move("p-1", "annex")) == "FORBIDDEN");
  }
}

TEST_CASE("MoveProject: of staff it takes a support session on both sides") {
  World world = to_move();
  const std::string command = move("p-1", "annex");
  for (const auto* workspace : {R"({"workspace": "office"})", R"({"workspace": "annex"})"}) {
    CHECK(refused(world, staff("sam"), "MoveProject", command) == "FORBIDDEN");
    world.given("SupportDoorOpened", workspace);
    world.when(staff("sam"), "JoinSupport", workspace);
  }
  CHECK(refused(world, staff("sam"), "MoveProject", command) == "");
}

TEST_CASE("MoveProject: the boundary in both directions") {
  World world = to_move();
  given_workspace(world, "other", "prism", "external_client");
  const auto tried = [&](const char* who, const char* id, const char* to) {
    return refused(world, person(who), "MoveProject", move(id, to));
  };
  CHECK(tried("milo", "p-x", "office") == "FORBIDDEN");
  CHECK(tried("olga", "p-x", "office") == "CROSS_BILLING_CONTEXT");
  CHECK(tried("olga", "p-1", "panels") == "CROSS_BILLING_CONTEXT");
  CHECK(tried("olga", "p-x", "other") == "CROSS_BILLING_CONTEXT");
  CHECK(tried("olga", "p-1", "hq") == "CROSS_BILLING_CONTEXT");
  CHECK(tried("bea", "p-1", "hq") == "FORBIDDEN");
  CHECK(tried("olga", "p-1", "nowhere") == "FORBIDDEN");
  CHECK(tried("olga", "p-9", "office") == "FORBIDDEN");
  given_project(world, "p-o", "organisation", "prism");
  CHECK(tried("olga", "p-o", "office") == "FORBIDDEN");
}

TEST_CASE("MoveProject: to where it is changes nothing") {
  World world = to_move();
  for (const auto& command : {move("p-1", "office"), move("p-x", "panels")}) {
    CHECK(refused(world, person("milo"), "MoveProject", command) == "FORBIDDEN");
    CHECK(world.when(person("olga"), "MoveProject", command).outcome == log::Outcome::unchanged);
  }
}

TEST_CASE("MoveProject: only what leaves an external client has left it as observed") {
  World world = to_move();
  const auto left = world.when(person("olga"), "MoveProject", move("p-x", "office"), kObserved);
  CHECK(joined(left.types) == "ProjectMoved");
  CHECK(joined(left.rules_broken) == "CROSS_BILLING_CONTEXT");
  CHECK(field(left.events[0], "left_client") == "true");
  CHECK(field(left.events[0], "recordings") == R"(["r-x"])");
  CHECK(project(world, "p-x").workspace == "office");
  CHECK(find_or_empty<row::RecordingRowT>(world.rows(), "r-x").left_client.size() == 1);
  CHECK(role_in(world, "office", "adam") == "admin");
  CHECK(project_access(world.rows(), world.now(), "p-x", "clara").may_enter() == false);

  const auto entered = world.when(person("ed"), "MoveProject", move("p-1", "panels"), kObserved);
  CHECK(joined(entered.rules_broken) == "FORBIDDEN CROSS_BILLING_CONTEXT");
  CHECK(field(entered.events[0], "left_client") == "false");
  CHECK(find_or_empty<row::RecordingRowT>(world.rows(), "r-1").left_client.empty());
  CHECK(projects_in(world, "panels") == 1);
  CHECK(projects_in(world, "office") == 1);
  // Back again: twice over the boundary, once out of it.
  world.when(person("ed"), "MoveProject", move("p-1", "office"), kObserved);
  CHECK(find_or_empty<row::RecordingRowT>(world.rows(), "r-1").left_client.size() == 1);
}

TEST_CASE("MoveProject: observed of a project and a workspace never seen") {
  World world;
  const auto then = world.when(person("ed"), "MoveProject", move("p-1", "panels"), kObserved);
  CHECK(joined(then.types) == "ProjectMoved");
  CHECK(joined(then.rules_broken) == "FORBIDDEN CROSS_BILLING_CONTEXT");
  CHECK(field(then.events[0], "from_workspace") == "");
  CHECK(field(then.events[0], "left_client") == "false");
  CHECK(project(world, "p-1").workspace == "panels");
}

}  // namespace
}  // namespace actbook::testing

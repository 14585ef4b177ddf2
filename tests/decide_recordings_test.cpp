#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "actbook/access.h"
#include "actbook/json.h"
#include "actbook/projector.h"
#include "actbook/tables.h"
#include "support/prism.h"

// Recordings, reads, and who may read in projects of workspaces; domain.md 4.5 and 3.3.
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

void given_project(World& world, const std::string& project, const std::string& kind,
                   const std::string& where) {
  world.given("ProjectCreated", json{{"project", project}, {kind, where}, {"name", "N"}}.dump());
}

void given_recording(World& world, const std::string& recording, const std::string& project) {
  world.given("RecordingAdded", json{{"recording", recording}, {"project", project}}.dump());
}

/// The internal workspaces office (p-1 with r-1 and r-2) and annex (p-2) of PRISM and hq (p-h) of
/// HAARLEM, where olga is an admin; panels (p-x with r-x, and p-y), clara observes it; p-o of
/// AGNES, whose owner is ava.
World recorded() {
  World world = prism_with_panels();
  given_clara_observes(world);
  given_office(world);
  given_workspace(world, "annex", "prism", "internal");
  given_workspace(world, "hq", "haarlem", "internal");
  given_member(world, "hq", "olga", "admin");
  given_project(world, "p-1", "workspace", "office");
  given_recording(world, "r-1", "p-1");
  given_recording(world, "r-2", "p-1");
  given_project(world, "p-2", "workspace", "annex");
  given_project(world, "p-h", "workspace", "hq");
  given_project(world, "p-x", "workspace", "panels");
  given_recording(world, "r-x", "p-x");
  given_project(world, "p-y", "workspace", "panels");
  world.given("OrganisationRegistered", R"({"organisation": "agnes", "name": "AGNES"})");
  given_organisation_member(world, "agnes", "ava", "owner");
  given_project(world, "p-o", "organisation", "agnes");
  return world;
}

std::string recording(const std::string& id, const std::string& project) {
  return json{{"recording", id}, {"project", project}}.dump();
}

std::string move(const std::vector<std::string>& recordings, const std::string& project) {
  return json{{"recordings", recordings}, {"project", project}}.dump();
}

row::RecordingRowT recording_row(const World& world, const std::string& id) {
  return find_or_empty<row::RecordingRowT>(world.rows(), id);
}

// ---- adding ----

TEST_CASE("AddRecording: by whoever has project.update in the workspace and by the system") {
  const World world = recorded();
  std::string roles;
  for (const auto role : schema::EnumValuesWorkspaceRole()) {
    const std::string name = schema::EnumNameWorkspaceRole(role);
    World tried = world;
    given_member(tried, "panels", "x", name);
    const auto reason = refused(tried, person("x"), "AddRecording", recording("r-9", "p-x"));
    CHECK((reason.empty() || reason == "FORBIDDEN"));
    if (reason.empty()) roles += name + " ";
  }
  CHECK(roles == "external member admin owner ");
  CHECK(refused(world, system_actor("sync"), "AddRecording", recording("r-9", "p-x")) == "");
  for (const auto& actor : {person("milo"), staff("sam"), staff("adam"), Actor{"import", "adam"}}) {
    CHECK_MESSAGE(refused(world, actor, "AddRecording", recording("r-9", "p-x")) == "FORBIDDEN",
                  actor.id);
  }
}

TEST_CASE("AddRecording: the recording is in the project and its workspace") {
  World world = recorded();
  const auto then = world.when(person("adam"), "AddRecording", recording("r-9", "p-x"));
  CHECK(joined(then.types) == "RecordingAdded");
  CHECK(joined(then.created) == "recording:r-9");
  CHECK(field(then.events[0], "recording") == "r-9");
  CHECK(field(then.events[0], "project") == "p-x");
  CHECK(field(then.events[0], "workspace") == "panels");
  CHECK(recording_row(world, "r-9").project == "p-x");
  CHECK(recording_row(world, "r-9").added->actor->id == "adam");
  CHECK(recording_row(world, "r-9").left_client.empty());
}

TEST_CASE("AddRecording: refusals in order") {
  World world = recorded();
  CHECK(refused(world, person("milo"), "AddRecording", recording("r-x", "p-x")) == "FORBIDDEN");
  CHECK(refused(world, person("adam"), "AddRecording", recording("r-x", "p-x")) ==
        "RECORDING_EXISTS");
  CHECK(refused(world, person("adam"), "AddRecording", recording("r-1", "p-x")) ==
        "RECORDING_EXISTS");
  // Recordings are kept in projects of workspaces only; not even the system has others.
  for (const auto* project : {"p-o", "p-unknown"}) {
    for (const auto& actor : {person("ava"), system_actor("sync")}) {
      CHECK(refused(world, actor, "AddRecording", recording("r-9", project)) == "FORBIDDEN");
    }
  }
  world.when(person("adam"), "DeleteProject", R"({"project": "p-y"})");
  CHECK(refused(world, system_actor("sync"), "AddRecording", recording("r-9", "p-y")) ==
        "FORBIDDEN");
}

TEST_CASE("AddRecording: observed of a project never seen and of a recording that exists") {
  World world = recorded();
  const auto unseen =
      world.when(system_actor("sync"), "AddRecording", recording("r-9", "p-9"), kObserved);
  CHECK(joined(unseen.types) == "RecordingAdded");
  CHECK(joined(unseen.rules_broken) == "FORBIDDEN");
  CHECK(field(unseen.events[0], "workspace") == "");
  CHECK(recording_row(world, "r-9").project == "p-9");
  const auto again = world.when(person("ed"), "AddRecording", recording("r-1", "p-2"), kObserved);
  CHECK(joined(again.rules_broken) == "FORBIDDEN RECORDING_EXISTS");
  CHECK(recording_row(world, "r-1").project == "p-2");
}

// ---- moving ----

TEST_CASE("MoveRecordings: several at once between internal workspaces of one organisation") {
  World world = recorded();
  const auto then = world.when(person("bea"), "MoveRecordings", move({"r-1", "r-2"}, "p-2"));
  CHECK(joined(then.types) == "RecordingMoved RecordingMoved");
  CHECK(field(then.events[0], "recording") == "r-1");
  CHECK(field(then.events[0], "from_project") == "p-1");
  CHECK(field(then.events[0], "to_project") == "p-2");
  CHECK(field(then.events[0], "from_workspace") == "office");
  CHECK(field(then.events[0], "to_workspace") == "annex");
  CHECK(field(then.events[0], "left_client") == "false");
  CHECK(field(then.events[1], "recording") == "r-2");
  for (const auto* id : {"r-1", "r-2"}) {
    CHECK(recording_row(world, id).project == "p-2");
    CHECK(recording_row(world, id).moved->actor->id == "bea");
    CHECK(recording_row(world, id).left_client.empty());
  }
}

TEST_CASE("MoveRecordings: within one external workspace they do not leave the client") {
  World world = recorded();
  const auto then = world.when(person("adam"), "MoveRecordings", move({"r-x"}, "p-y"));
  CHECK(joined(then.types) == "RecordingMoved");
  CHECK(field(then.events[0], "left_client") == "false");
  CHECK(recording_row(world, "r-x").project == "p-y");
  CHECK(recording_row(world, "r-x").left_client.empty());
}

TEST_CASE("MoveRecordings: what is there already or named twice is moved once or not at all") {
  World world = recorded();
  given_recording(world, "r-3", "p-2");
  const auto then = world.when(person("bea"), "MoveRecordings", move({"r-3", "r-1", "r-1"}, "p-2"));
  CHECK(joined(then.types) == "RecordingMoved");
  CHECK(field(then.events[0], "recording") == "r-1");
  const auto again = world.when(person("bea"), "MoveRecordings", move({"r-1", "r-3"}, "p-2"));
  CHECK(again.outcome == log::Outcome::unchanged);
  CHECK(refused(world, person("milo"), "MoveRecordings", move({"r-1"}, "p-2")) == "FORBIDDEN");
}

TEST_CASE("MoveRecordings: all or none") {
  World world = recorded();
  for (const auto& recordings :
       {std::vector<std::string>{"r-1", "r-x", "r-2"}, std::vector<std::string>{"r-x", "r-1"}}) {
    const auto then = world.when(person("olga"), "MoveRecordings", move(recordings, "p-2"));
    CHECK(then.reason == "CROSS_BILLING_CONTEXT");
    CHECK(joined(then.types) == "CommandRefused");
  }
  const auto unknown = world.when(person("olga"), "MoveRecordings", move({"r-1", "r-9"}, "p-2"));
  CHECK(unknown.reason == "FORBIDDEN");
  CHECK(recording_row(world, "r-1").project == "p-1");
  CHECK(recording_row(world, "r-x").project == "p-x");
}

TEST_CASE("MoveRecordings: project.move is needed in every workspace concerned") {
  World world = recorded();
  for (const std::string role : {"observer", "external", "member", "billing", "admin", "owner"}) {
    const bool may = role == "admin" || role == "owner";
    for (const auto* weak : {"office", "annex"}) {
      World tried = world;
      given_member(tried, "office", "x", "owner");
      given_member(tried, "annex", "x", "owner");
      given_member(tried, weak, "x", role);
      CHECK_MESSAGE(refused(tried, person("x"), "MoveRecordings", move({"r-1"}, "p-2")) ==
                        (may ? "" : "FORBIDDEN"),
                    role);
    }
  }
  for (const auto& actor : {staff("sam"), system_actor("sync"), person("milo")}) {
    CHECK(refused(world, actor, "MoveRecordings", move({"r-1"}, "p-2")) == "FORBIDDEN");
  }
}

TEST_CASE("MoveRecordings: the boundary in both directions") {
  const World world = recorded();
  const auto tried = [&](const char* who, const char* id, const char* to) {
    return refused(world, person(who), "MoveRecordings", move({id}, to));
  };
  CHECK(tried("milo", "r-x", "p-1") == "FORBIDDEN");
  CHECK(tried("olga", "r-x", "p-1") == "CROSS_BILLING_CONTEXT");
  CHECK(tried("olga", "r-1", "p-x") == "CROSS_BILLING_CONTEXT");
  CHECK(tried("olga", "r-1", "p-h") == "CROSS_BILLING_CONTEXT");
  CHECK(tried("bea", "r-1", "p-h") == "FORBIDDEN");
  CHECK(tried("olga", "r-1", "p-o") == "FORBIDDEN");
  CHECK(tried("olga", "r-1", "p-9") == "FORBIDDEN");
}

TEST_CASE("MoveRecordings: only what leaves an external client has left it as observed") {
  World world = recorded();
  const auto then =
      world.when(person("olga"), "MoveRecordings", move({"r-x", "r-1"}, "p-2"), kObserved);
  CHECK(joined(then.types) == "RecordingMoved RecordingMoved");
  CHECK(joined(then.rules_broken) == "CROSS_BILLING_CONTEXT");
  CHECK(field(then.events[0], "left_client") == "true");
  CHECK(field(then.events[1], "left_client") == "false");
  CHECK(recording_row(world, "r-x").project == "p-2");
  CHECK(recording_row(world, "r-x").left_client.size() == 1);
  CHECK(recording_row(world, "r-1").left_client.empty());
  // Into the client's and out once more.
  const auto into = world.when(person("ed"), "MoveRecordings", move({"r-x"}, "p-x"), kObserved);
  CHECK(joined(into.rules_broken) == "FORBIDDEN CROSS_BILLING_CONTEXT");
  CHECK(field(into.events[0], "left_client") == "false");
  world.when(person("ed"), "MoveRecordings", move({"r-x"}, "p-h"), kObserved);
  CHECK(recording_row(world, "r-x").left_client.size() == 2);
}

TEST_CASE("MoveRecordings: data of a client leaves it even after its project is gone as observed") {
  World world = recorded();
  world.when(person("adam"), "DeleteProject", R"({"project": "p-x"})");
  const auto then = world.when(person("olga"), "MoveRecordings", move({"r-x"}, "p-1"), kObserved);
  CHECK(joined(then.rules_broken) == "FORBIDDEN CROSS_BILLING_CONTEXT");
  CHECK(field(then.events[0], "from_workspace") == "panels");
  CHECK(field(then.events[0], "left_client") == "true");
}

TEST_CASE("MoveRecordings: observed of recordings and a project never seen") {
  World world;
  const auto then =
      world.when(person("ed"), "MoveRecordings", move({"r-8", "r-9"}, "p-9"), kObserved);
  CHECK(joined(then.types) == "RecordingMoved RecordingMoved");
  CHECK(joined(then.rules_broken) == "FORBIDDEN CROSS_BILLING_CONTEXT");
  CHECK(field(then.events[0], "from_project") == "");
  CHECK(field(then.events[0], "left_client") == "false");
  CHECK(recording_row(world, "r-9").project == "p-9");
}

// ---- reads ----

Then read(World& world, const Actor& actor, json command) {
  command["what"] = "transcript";
  return world.when(actor, "RecordAccess", command.dump(), kObserved);
}

json in_panels(const std::string& who) { return {{"person", who}, {"workspace", "panels"}}; }
json in_project(const std::string& who, const std::string& project) {
  return {{"person", who}, {"project", project}};
}

/// The basis that the ledger finds for a read, and "!" if the read is flagged for it.
std::string basis(World world, const json& command, const Actor& actor = system_actor("app")) {
  const auto then = read(world, actor, command);
  REQUIRE(joined(then.types) == "AccessRecorded");
  const auto broken = joined(then.rules_broken);
  CHECK((broken.empty() || broken == "READ_WITHOUT_BASIS"));
  return field(then.events[0], "basis") + (broken.empty() ? "" : "!");
}

TEST_CASE("RecordAccess: the basis is what the ledger knows and what the product says is kept") {
  World world = recorded();
  auto command = in_project("clara", "p-x");
  command["recording"] = "r-x";
  command["basis"] = "invited";
  const auto then = read(world, person("clara"), command);
  CHECK(joined(then.types) == "AccessRecorded");
  CHECK(then.rules_broken.empty());
  CHECK(field(then.events[0], "person") == "clara");
  CHECK(field(then.events[0], "staff") == "false");
  CHECK(field(then.events[0], "workspace") == "panels");
  CHECK(field(then.events[0], "project") == "p-x");
  CHECK(field(then.events[0], "recording") == "r-x");
  CHECK(field(then.events[0], "what") == "transcript");
  CHECK(field(then.events[0], "basis") == "direct membership as observer");
  CHECK(field(then.events[0], "reported_basis") == "invited");
  const auto membership = find_or_empty<row::MembershipRowT>(world.rows(), "panels/clara");
  CHECK(field(then.events[0], "positions") == json{membership.since->position}.dump());
}

TEST_CASE("RecordAccess: every rung of the ladder is a basis and nothing else is") {
  World world = recorded();
  CHECK(basis(world, in_panels("adam")) == "direct membership as owner");
  CHECK(basis(world, in_panels("olga")) == "owner of organisation prism");
  CHECK(basis(world, in_panels("bea")) ==
        "admin of organisation prism, to which the workspace is open");
  CHECK(basis(world, in_panels("milo")) == "none!");
  CHECK(basis(world, in_panels("nobody")) == "none!");
  CHECK(basis(world, {{"person", "adam"}, {"workspace", "nowhere"}}) == "none!");
  given_member(world, "panels", "bill", "billing");  // which cannot read
  CHECK(basis(world, in_panels("bill")) == "none!");
  world.when(person("adam"), "RemoveMember", R"({"workspace": "panels", "person": "bill"})");
  CHECK(basis(world, in_panels("bill")) == "none!");
  given_member(world, "panels", "bea", "member");
  world.when(person("adam"), "RemoveMember", R"({"workspace": "panels", "person": "bea"})");
  const auto blocked = read(world, person("bea"), in_panels("bea"));
  CHECK(field(blocked.events[0], "basis") == "none");
  CHECK(joined(blocked.rules_broken) == "READ_WITHOUT_BASIS");
  CHECK((field(blocked.events[0], "positions").empty() ||
         field(blocked.events[0], "positions") == "[]"));
}

TEST_CASE("RecordAccess: a project of the agency program is read by what leads into it") {
  World world = recorded();
  const auto then = read(world, person("ava"), in_project("ava", "p-o"));
  CHECK(field(then.events[0], "basis") == "owner of organisation agnes");
  CHECK(field(then.events[0], "workspace") == "");
  CHECK(field(then.events[0], "data_owner") == "");
  CHECK(json::parse(field(then.events[0], "positions")).size() == 2);
  CHECK(basis(world, in_project("ed", "p-o")) == "none!");
  world.when(person("ava"), "AddCollaborator", R"({"project": "p-o", "person": "ed"})");
  CHECK(basis(world, in_project("ed", "p-o")) == "a collaborator seat");
  CHECK(basis(world, in_project("ed", "p-9")) == "none!");
}

TEST_CASE("RecordAccess: staff read by a session until it is over and else by no right of theirs") {
  World world = recorded();
  CHECK(basis(world, in_panels("sam"), staff("sam")) == "staff_override!");
  world.given("SupportDoorOpened", R"({"workspace": "panels"})");
  world.when(staff("sam"), "JoinSupport", R"({"workspace": "panels"})");
  const auto then = read(world, staff("sam"), in_panels("sam"));
  CHECK(field(then.events[0], "basis") == "staff-support membership as admin");
  CHECK(field(then.events[0], "staff") == "true");
  CHECK(then.rules_broken.empty());
  CHECK(basis(world, in_project("sam", "p-1"), staff("sam")) == "staff_override!");
  world.at("2026-03-02T08:59:59.999999Z");
  CHECK(basis(world, in_project("sam", "p-x"), staff("sam")) ==
        "staff-support membership as admin");
  world.at("2026-03-02T09:00:00Z");
  CHECK(basis(world, in_project("sam", "p-x"), staff("sam")) == "staff_override!");
}

TEST_CASE("RecordAccess: who is of the staff is said by the command or by who reports it") {
  World world = recorded();
  auto said = in_panels("sam");
  said["staff"] = true;
  CHECK(basis(world, said) == "staff_override!");
  CHECK(field(read(world, system_actor("app"), said).events[0], "staff") == "true");
  CHECK(basis(world, in_panels("sam")) == "none!");
  // Staff who report the read of somebody else do not make them staff.
  CHECK(basis(world, in_panels("ed"), staff("sam")) == "none!");
  CHECK(field(read(world, staff("sam"), in_panels("ed")).events[0], "staff") == "false");
}

TEST_CASE("RecordAccess: the basis is that of the instant of the read") {
  World world = recorded();
  world.given("MembershipGranted", R"({"workspace": "panels", "person": "sue", "role": "admin",
      "source": "staff_support", "expires_at": "2026-03-01T12:00:00Z"})");
  world.at("2026-03-01T15:00:00Z");
  auto command = in_panels("sue");
  command["what"] = "transcript";
  const auto earlier = world.when(staff("sue"), "RecordAccess", command.dump(),
                                  R"({"mode": "observed", "occurred_at": "2026-03-01T11:59:59Z"})");
  CHECK(field(earlier.events[0], "basis") == "staff-support membership as admin");
  CHECK(basis(world, in_panels("sue"), staff("sue")) == "staff_override!");
}

TEST_CASE("RecordAccess: only an observed fact of either a workspace or a project") {
  const auto invalid = [](json command, const char* mode) {
    command["person"] = "adam";
    command["what"] = "transcript";
    const json envelope = {{"command_id", "c"},
                           {"actor", {{"kind", "person"}, {"id", "adam"}}},
                           {"mode", mode},
                           {"command_type", "RecordAccess"},
                           {"command", command}};
    const auto given = command_from_json(envelope.dump());
    REQUIRE(given);
    const auto valid = validate_command(given.value(), pack(given.value()));
    return valid ? "" : valid.error().message.substr(0, valid.error().message.find(':'));
  };
  CHECK(invalid({{"workspace", "panels"}}, "observed") == "");
  CHECK(invalid({{"project", "p-x"}}, "observed") == "");
  CHECK(invalid({{"workspace", "panels"}}, "command") == "mode");
  CHECK(invalid(json::object(), "observed") == "command");
  CHECK(invalid({{"workspace", "panels"}, {"project", "p-x"}}, "observed") == "command");
}

TEST_CASE("Project access: in a workspace it is that to the workspace if the role reads projects") {
  World world = prism_with_panels();
  given_project(world, "p-x", "workspace", "panels");
  given_clara_observes(world);
  given_member(world, "panels", "bill", "billing");
  world.given("CollaboratorAdded", R"({"project": "p-x", "person": "ed"})");  // gives nothing here
  world.given("MembershipGranted", R"({"workspace": "panels", "person": "sam", "role": "admin",
      "source": "staff_support", "expires_at": "2026-03-02T09:00:00Z"})");
  const auto everybody = [&] {
    std::string all;
    for (const auto& entry : everybody_in_project(world.rows(), world.now(), "p-x")) {
      CHECK(entry.second.bases.empty());
      CHECK(schema::EnumNameWorkspaceRole(*entry.second.role) ==
            role_in(world, "panels", entry.first));
      all += entry.first + " ";
    }
    return all;
  };
  CHECK(everybody() == "adam bea clara olga sam ");
  world.at("2026-03-02T09:00:00Z");
  CHECK(everybody() == "adam bea clara olga ");
  CHECK(entry_paths(world.rows(), "p-x").empty());
  CHECK(projects_of(world.rows(), world.now(), "adam").empty());
  // It is entered through the workspace.
  CHECK(refused(world, person("adam"), "EnterProject", R"({"project": "p-x"})") == "NO_MANDATE");
}

// ---- the data owner's trail ----

std::vector<std::string> tags(const std::string& event) {
  const auto bytes = event_from_json(event).value();
  return partner_projector().events().tags("actbook.event.AnyEvent", bytes);
}

TEST_CASE("Data owner's trail: self-joins and support sessions and reads stand in it") {
  for (const bool known : {false, true}) {
    World world = prism_with_panels();
    if (known) given_clara_observes(world);
    given_project(world, "p-x", "workspace", "panels");
    world.given("SupportDoorOpened", R"({"workspace": "panels"})");
    const std::string panels = R"({"workspace": "panels"})";
    const auto requested = world.when(person("bea"), "SelfJoin", panels);
    const auto joined_in = world.when(staff("sam"), "JoinSupport", panels);
    const auto in_workspace = read(world, staff("sue"), in_panels("sue"));
    const auto in_its_project = read(world, person("bea"), in_project("bea", "p-x"));
    for (const auto& event :
         {requested.event("MembershipGranted"), joined_in.event("MembershipGranted"),
          in_workspace.events[0], in_its_project.events[0]}) {
      const auto all = tags(event);
      CHECK(std::ranges::count(all, "contact:" + clara_contact()) == 1);
      CHECK(std::ranges::count(all, "person:clara") == (known ? 1 : 0));
      CHECK(std::ranges::count(all, "workspace:panels") == 1);
      CHECK(field(event, "data_owner/organisation_name") == "City of Haarlem");
    }
  }
}

TEST_CASE("Data owner's trail: an internal workspace has nobody's") {
  World world = recorded();
  const auto then = read(world, person("olga"), {{"person", "olga"}, {"workspace", "office"}});
  CHECK(field(then.events[0], "data_owner") == "");
}

}  // namespace
}  // namespace actbook::testing

#include "actbook/access.h"

#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "support/prism.h"

namespace actbook::testing {
namespace {

using nlohmann::json;
using schema::OrganisationRole;
using schema::WorkspaceRole;

Access access(const World& world, const std::string& person) {
  return effective_access(world.rows(), world.now(), "panels", person);
}

void given_visibility(World& world, const std::string& visibility) {
  world.given("VisibilityChanged", json{{"workspace", "panels"}, {"to", visibility}}.dump());
}

void given_membership(World& world, const std::string& person, const std::string& role,
                      const std::string& source) {
  world.given(
      "MembershipGranted",
      json{{"workspace", "panels"}, {"person", person}, {"role", role}, {"source", source}}.dump());
}

void given_end(World& world, const std::string& person, bool blocked) {
  json ended{{"workspace", "panels"}, {"person", person}, {"cause", "removed"}};
  if (blocked) ended["blocked_by"] = "prism";
  world.given("MembershipEnded", ended.dump());
}

// ---- the ladder of domain.md 3.3 ----

TEST_CASE("Access, rung 1: a live membership gives its role, whatever its source") {
  const std::map<std::string, std::string> in_words = {
      {"direct", "direct"}, {"self_join", "self-join"}, {"staff_support", "staff-support"}};
  for (const auto& entry : in_words) {
    const auto& source = entry.first;
    for (const auto role : schema::EnumValuesWorkspaceRole()) {
      World world = prism_with_panels();
      given_membership(world, "x", schema::EnumNameWorkspaceRole(role), source);
      CHECK(access(world, "x").role == role);
      CHECK(access(world, "x").basis ==
            entry.second + " membership as " + schema::EnumNameWorkspaceRole(role));
      CHECK(access(world, "x").positions.size() == 1);
    }
  }
}

TEST_CASE(
    "Access, rung 1 before 3 and 4: a membership counts, even if the organisation gives more") {
  World world = prism_with_panels();
  given_membership(world, "olga", "billing", "direct");
  given_membership(world, "bea", "observer", "direct");
  CHECK(role_in(world, "panels", "olga") == "billing");
  CHECK(role_in(world, "panels", "bea") == "observer");
}

TEST_CASE("Access, rung 1: after a change of role it rests on the grant and on the change") {
  World world = prism_with_panels();
  world.given("MembershipRoleChanged",
              R"({"workspace": "panels", "person": "adam", "to": "member"})");
  CHECK(role_in(world, "panels", "adam") == "member");
  CHECK(access(world, "adam").positions.size() == 2);
}

TEST_CASE("Access, rung 2: a block stands before every organisation role") {
  for (const std::string who : {"olga", "bea", "milo"}) {
    World world = prism_with_panels();
    given_member(world, "panels", who, "member");
    given_end(world, who, true);
    CHECK_MESSAGE(role_in(world, "panels", who) == "none", who);
    CHECK_MESSAGE(!access(world, who).can_read, who);
    CHECK_MESSAGE(access(world, who).basis == "removed from the workspace", who);
    // A new direct grant or self-join lifts it.
    for (const auto* source : {"direct", "self_join"}) {
      World again = world;
      given_membership(again, who, "admin", source);
      CHECK_MESSAGE(role_in(again, "panels", who) == "admin", who);
    }
  }
}

TEST_CASE("Access: an ended membership without a block leaves what the organisation gives") {
  World world = prism_with_panels();
  for (const auto* who : {"olga", "bea", "ed"}) {
    given_member(world, "panels", who, "member");
    given_end(world, who, false);
  }
  CHECK(role_in(world, "panels", "olga") == "admin");
  CHECK(role_in(world, "panels", "bea") == "admin");
  CHECK(role_in(world, "panels", "ed") == "none");
}

TEST_CASE("Access, rungs 3 and 4: owners at any visibility, admins where it is open") {
  World world = prism_with_panels();
  CHECK(role_in(world, "panels", "olga") == "admin");
  CHECK(access(world, "olga").basis == "owner of organisation prism");
  CHECK(role_in(world, "panels", "bea") == "admin");
  CHECK(access(world, "bea").basis ==
        "admin of organisation prism, to which the workspace is open");
  for (const auto* visibility : {"invite_only", "private"}) {
    given_visibility(world, visibility);
    CHECK(role_in(world, "panels", "olga") == "admin");
    CHECK(role_in(world, "panels", "bea") == "none");
    CHECK(role_in(world, "panels", "adam") == "owner");  // by membership
  }
}

TEST_CASE("Access, rung 5: no other organisation role gives anything") {
  World world = prism_with_panels();
  for (const auto role : schema::EnumValuesOrganisationRole()) {
    const std::string name = schema::EnumNameOrganisationRole(role);
    given_organisation_member(world, "prism", "p-" + name, name);
    const bool derived = name == "owner" || name == "admin";
    CHECK_MESSAGE(role_in(world, "panels", "p-" + name) == (derived ? "admin" : "none"), name);
  }
  CHECK(role_in(world, "panels", "hana") == "none");  // owner, of another organisation
  CHECK(role_in(world, "panels", "nobody") == "none");
  CHECK(role_in(world, "panels", "") == "none");
}

TEST_CASE("Access: who left the organisation has nothing from it") {
  World world = prism_with_panels();
  world.given("OrganisationMemberRemoved", R"({"organisation": "prism", "person": "olga"})");
  CHECK(role_in(world, "panels", "olga") == "none");
}

TEST_CASE("Access: an unknown or deleted workspace gives nobody any") {
  World world = prism_with_panels();
  CHECK(role_in(world, "nowhere", "olga") == "none");
  world.given("WorkspaceDeleted", R"({"workspace": "panels", "organisation": "prism"})");
  CHECK(role_in(world, "panels", "olga") == "none");
  CHECK(role_in(world, "panels", "adam") == "none");
}

TEST_CASE("Access: to read takes conversation.read, which billing alone lacks") {
  World world = prism_with_panels();
  for (const auto role : schema::EnumValuesWorkspaceRole()) {
    const std::string name = schema::EnumNameWorkspaceRole(role);
    given_member(world, "panels", "p-" + name, name);
    CHECK_MESSAGE(access(world, "p-" + name).can_read == (name != "billing"), name);
  }
  CHECK(access(world, "olga").can_read);
  CHECK(!access(world, "milo").can_read);
}

TEST_CASE("Access: everybody with access, and nobody else") {
  World world = prism_with_panels();
  given_clara_observes(world);
  given_member(world, "panels", "ed", "external");
  given_end(world, "ed", false);
  given_member(world, "panels", "bea", "member");
  given_end(world, "bea", true);
  std::string all;
  for (const auto& [person, access] : everybody_with_access(world.rows(), world.now(), "panels")) {
    all += person + "=" + schema::EnumNameWorkspaceRole(*access.role) + " ";
  }
  CHECK(all == "adam=owner clara=observer olga=admin ");
  CHECK(everybody_with_access(world.rows(), world.now(), "nowhere").empty());
}

// ---- roles as data: the tables of domain.md 3.1 and 3.2, cell by cell ----

const std::string kOrganisationTable = R"(
permission                  owner admin billing member projects_manager developer viewer
org.view                    y     y     y       y      y                y         y
org.manage_members          y     y     -       -      -                -         -
org.manage_settings         y     y     -       -      -                -         -
org.manage_billing          y     y     y       -      -                -         -
org.view_invoices           y     y     y       -      -                -         y
org.create_workspace        y     y     -       -      -                -         -
org.self_join_workspace     y     y     -       -      -                -         -
org.handoff                 y     y     -       -      -                -         -
org.read_everything         y     y     -       -      y                y         y
project.enter_all           y     -     -       -      y                y         -
project.create_edit_delete  y     -     -       -      y                -         -
project.transfer            y     -     -       -      -                -         -
mandate.manage              y     -     -       -      -                -         -
org.manage_owners           y     -     -       -      -                -         -
)";

const std::string kWorkspaceTable = R"(
permission                owner admin member billing external observer
project.read              y     y     y      -       y        y
conversation.read         y     y     y      -       y        y
report.view               y     y     y      -       y        y
project.create            y     y     y      -       -        -
project.update            y     y     y      -       y        -
chat.use                  y     y     y      -       y        -
report.generate           y     y     y      -       y        -
project.delete            y     y     -      -       -        -
project.move              y     y     -      -       -        -
project.share             y     y     -      -       -        -
conversation.delete       y     y     y      -       -        -
report.publish            y     y     y      -       -        -
report.delete             y     y     -      -       -        -
member.invite             y     y     -      -       -        -
member.manage             y     y     -      -       -        -
settings.manage           y     y     -      -       -        -
workspace.view_usage      y     y     y      y       -        -
workspace.view_invoices   y     y     -      y       -        -
workspace.whitelabel      y     y     -      -       -        -
)";

/// role -> the permissions a table gives it.
std::map<std::string, std::set<std::string>> read_table(const std::string& text) {
  std::istringstream lines(text.substr(1));
  std::string line;
  std::string word;
  std::getline(lines, line);
  std::istringstream header(line);
  std::vector<std::string> roles;
  header >> word;
  while (header >> word) roles.push_back(word);
  std::map<std::string, std::set<std::string>> table;
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string permission;
    cells >> permission;
    for (const auto& role : roles) {
      cells >> word;
      if (word == "y") table[role].insert(permission);
    }
  }
  return table;
}

template <class Role>
void check_table(const std::string& text, const Role* roles, std::size_t count,
                 const char* (*name)(Role)) {
  const World world;
  const auto table = read_table(text);
  std::set<std::string> permissions;
  for (const auto& [role, granted] : table) permissions.insert(granted.begin(), granted.end());
  CHECK(table.size() == count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto definition = role_definition(world.rows(), roles[i]);
    const std::string role = name(roles[i]);
    REQUIRE_MESSAGE(definition.has_value(), role);
    for (const auto& permission : permissions) {
      CAPTURE(permission);
      CHECK_MESSAGE(permits(definition, permission) == table.at(role).contains(permission), role);
    }
    // And not one more, under whatever name.
    CHECK_MESSAGE(definition->permissions.size() == table.at(role).size(), role);
  }
}

TEST_CASE("Roles: the permissions of organisation roles are those of domain.md 3.1") {
  const auto& roles = schema::EnumValuesOrganisationRole();
  check_table(kOrganisationTable, roles, std::size(roles), schema::EnumNameOrganisationRole);
}

TEST_CASE("Roles: the permissions of workspace roles are those of domain.md 3.2") {
  const auto& roles = schema::EnumValuesWorkspaceRole();
  check_table(kWorkspaceTable, roles, std::size(roles), schema::EnumNameWorkspaceRole);
}

TEST_CASE("Roles: developer and projects_manager are the roles of partners") {
  const World world;
  for (const auto role : schema::EnumValuesOrganisationRole()) {
    const bool of_partners =
        role == OrganisationRole::developer || role == OrganisationRole::projects_manager;
    CHECK(role_definition(world.rows(), role)->partner_only == of_partners);
  }
}

TEST_CASE("Roles: observer and external are outsiders, observers pay nothing and stay external") {
  const World world;
  const auto is = [&](WorkspaceRole role) {
    const auto definition = role_definition(world.rows(), role).value();
    return std::string(definition.takes_paid_seat ? "seat " : "free ") +
           (definition.allowed_in_internal_workspace ? "anywhere " : "external-client ") +
           (definition.outsider ? "outsider" : "insider");
  };
  CHECK(is(WorkspaceRole::owner) == "seat anywhere insider");
  CHECK(is(WorkspaceRole::admin) == "seat anywhere insider");
  CHECK(is(WorkspaceRole::member) == "seat anywhere insider");
  CHECK(is(WorkspaceRole::billing) == "seat anywhere insider");
  CHECK(is(WorkspaceRole::external) == "seat anywhere outsider");
  CHECK(is(WorkspaceRole::observer) == "free external-client outsider");
}

TEST_CASE("Roles: their rank is observer < external < member < billing < admin < owner") {
  CHECK(WorkspaceRole::observer < WorkspaceRole::external);
  CHECK(WorkspaceRole::external < WorkspaceRole::member);
  CHECK(WorkspaceRole::member < WorkspaceRole::billing);
  CHECK(WorkspaceRole::billing < WorkspaceRole::admin);
  CHECK(WorkspaceRole::admin < WorkspaceRole::owner);
}

TEST_CASE("Roles: what a role may do is what the ledger last said it may") {
  World world = prism_with_panels();
  const std::string rename = R"({"workspace": "panels", "name": "N"})";
  given_member(world, "panels", "milo", "member");
  CHECK(refused(world, person("milo"), "RenameWorkspace", rename) == "FORBIDDEN");
  world.given("RoleDefined", R"({"scope": "workspace", "role": "member",
      "permissions": ["settings.manage"], "takes_paid_seat": true})");
  CHECK(refused(world, person("milo"), "RenameWorkspace", rename) == "");
  CHECK(!access(world, "milo").can_read);
  world.given("RoleDefined", R"({"scope": "organisation", "role": "owner", "permissions": []})");
  CHECK(refused(world, person("olga"), "CreateWorkspace",
                R"({"workspace": "w", "organisation": "prism", "name": "W"})") == "NOT_ORG_ADMIN");
}

}  // namespace
}  // namespace actbook::testing

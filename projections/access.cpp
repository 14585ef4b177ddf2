#include "actbook/access.h"

#include <algorithm>
#include <set>

namespace actbook {
namespace {

using schema::OrganisationRole;
using schema::Visibility;
using schema::WorkspaceRole;

Position at(const std::unique_ptr<schema::ActT>& act) { return Position{act ? act->position : 0}; }

// Each once, in order.
std::vector<Position> resting_on(std::vector<Position> positions) {
  std::ranges::sort(positions);
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  return positions;
}

// Rungs 3 and 4: what an organisation role gives in a workspace of the organisation.
Access derived_access(const row::WorkspaceRowT& workspace,
                      const std::optional<row::OrganisationMemberRowT>& member,
                      const AccessRules& rules) {
  if (!member || !member->live) return {};
  if (member->role == OrganisationRole::owner && rules.owners_enter) {
    return {WorkspaceRole::admin, "owner of organisation " + workspace.organisation, false,
            resting_on({at(member->role_since), at(workspace.owned)})};
  }
  if (member->role == OrganisationRole::admin && rules.admins_enter_open &&
      workspace.visibility == Visibility::open_to_organisation) {
    return {
        WorkspaceRole::admin,
        "admin of organisation " + workspace.organisation + ", to which the workspace is open",
        false,
        resting_on({at(member->role_since), at(workspace.owned), at(workspace.visibility_set)})};
  }
  return {};
}

}  // namespace

bool is_live(const row::MembershipRowT& membership, Timestamp at) {
  return membership.live && (!membership.expires_at || at.microseconds < *membership.expires_at);
}

Access effective_access(const RowReader& rows, Timestamp at_instant, std::string_view workspace,
                        std::string_view person, const AccessRules& rules) {
  const auto found = find<row::WorkspaceRowT>(rows, workspace);
  if (!found || found->deleted) return {};
  const auto membership = find<row::MembershipRowT>(rows, row_key({workspace, person}));
  Access access;
  if (membership && is_live(*membership, at_instant)) {
    std::string source = schema::EnumNameMembershipSource(membership->source);
    std::ranges::replace(source, '_', '-');
    access = {membership->role,
              source + " membership as " + schema::EnumNameWorkspaceRole(membership->role),
              false,
              {at(membership->since)}};
    if (at(membership->role_since) != at(membership->since)) {
      access.positions.push_back(at(membership->role_since));
    }
    if (membership->extended) access.positions.push_back(at(membership->extended));
  } else if (membership && rules.blocks_hold && !membership->blocked_by.empty() &&
             membership->blocked_by == found->organisation) {
    return {std::nullopt, "removed from the workspace", false, {at(membership->ended)}};
  } else {
    access = derived_access(
        *found, find<row::OrganisationMemberRowT>(rows, row_key({found->organisation, person})),
        rules);
  }
  if (access.role)
    access.can_read = permits(role_definition(rows, *access.role), "conversation.read");
  return access;
}

std::vector<std::pair<std::string, Access>> everybody_with_access(const RowReader& rows,
                                                                  Timestamp at_instant,
                                                                  std::string_view workspace,
                                                                  const AccessRules& rules) {
  std::set<std::string> people;
  each<row::MembershipRowT>(
      rows, row_key({workspace}) + "/",
      [&](std::string_view person, const row::MembershipRowT&) { people.emplace(person); });
  const auto found = find<row::WorkspaceRowT>(rows, workspace);
  if (found) {
    each<row::OrganisationMemberRowT>(
        rows, row_key({found->organisation}) + "/",
        [&](std::string_view person, const row::OrganisationMemberRowT&) {
          people.emplace(person);
        });
  }
  std::vector<std::pair<std::string, Access>> everybody;
  for (const auto& person : people) {
    auto access = effective_access(rows, at_instant, workspace, person, rules);
    if (access.role) everybody.emplace_back(person, std::move(access));
  }
  return everybody;
}

std::vector<std::pair<std::string, Access>> workspaces_of(const RowReader& rows,
                                                          Timestamp at_instant,
                                                          std::string_view person) {
  std::set<std::string> candidates;
  for (auto& workspace : references(rows, "person", person, "workspace")) {
    candidates.insert(std::move(workspace));
  }
  for (const auto& organisation : references(rows, "person", person, "organisation")) {
    if (!organisation_role(rows, organisation, person)) continue;
    for (auto& workspace : references(rows, "organisation", organisation, "workspace")) {
      candidates.insert(std::move(workspace));
    }
  }
  std::vector<std::pair<std::string, Access>> workspaces;
  for (const auto& workspace : candidates) {
    auto access = effective_access(rows, at_instant, workspace, person);
    if (access.role) workspaces.emplace_back(workspace, std::move(access));
  }
  return workspaces;
}

std::optional<OrganisationRole> organisation_role(const RowReader& rows,
                                                  std::string_view organisation,
                                                  std::string_view person) {
  const auto member = find<row::OrganisationMemberRowT>(rows, row_key({organisation, person}));
  if (!member || !member->live) return std::nullopt;
  return member->role;
}

std::optional<row::RoleRowT> role_definition(const RowReader& rows, OrganisationRole role) {
  return find<row::RoleRowT>(rows,
                             row_key({"organisation", schema::EnumNameOrganisationRole(role)}));
}

std::optional<row::RoleRowT> role_definition(const RowReader& rows, WorkspaceRole role) {
  return find<row::RoleRowT>(rows, row_key({"workspace", schema::EnumNameWorkspaceRole(role)}));
}

bool permits(const std::optional<row::RoleRowT>& definition, std::string_view permission) {
  return definition &&
         std::ranges::find(definition->permissions, permission) != definition->permissions.end();
}

}  // namespace actbook

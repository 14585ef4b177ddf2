#include <algorithm>
#include <set>

#include "actbook/access.h"

namespace actbook {
namespace {

using row::OrganisationMemberRowT;
using row::ProjectRowT;
using schema::EntryKind;

Position position_of(const std::unique_ptr<schema::ActT>& act) {
  return Position{act ? act->position : 0};
}

std::optional<ProjectRowT> live_project(const RowReader& rows, std::string_view project) {
  auto row = find<ProjectRowT>(rows, project);
  if (row && row->deleted) row.reset();
  return row;
}

std::string words(const schema::EntryBasisT& basis) {
  switch (basis.kind) {
    case EntryKind::collaborator:
      return "a collaborator seat";
    case EntryKind::personal_account:
      return "the account's person";
    case EntryKind::organisation:
    case EntryKind::mandate:
      break;
  }
  std::string role = schema::EnumNameOrganisationRole(*basis.role);
  std::ranges::replace(role, '_', ' ');
  const std::string text = role + " of organisation " + basis.organisation;
  return basis.kind == EntryKind::mandate ? text + ", by mandate " + basis.mandate : text;
}

void add(ProjectAccess& access, schema::EntryBasisT basis) {
  for (const auto position : basis.positions) access.positions.push_back(Position{position});
  access.basis += (access.basis.empty() ? "" : "; ") + words(basis);
  access.bases.push_back(std::move(basis));
}

// Rungs (a) and (b): a role that may enter, where a path begins.
std::optional<schema::EntryBasisT> basis_by(const RowReader& rows, const EntryPath& path,
                                            std::string_view person) {
  const auto member = find<OrganisationMemberRowT>(rows, row_key({path.organisation, person}));
  if (!member || !member->live) return std::nullopt;
  if (!permits(role_definition(rows, member->role), "project.enter_all")) return std::nullopt;
  schema::EntryBasisT basis;
  basis.kind = path.mandate.empty() ? EntryKind::organisation : EntryKind::mandate;
  basis.organisation = path.organisation;
  basis.mandate = path.mandate;
  basis.role = member->role;
  basis.positions = {path.since.value, position_of(member->role_since).value};
  return basis;
}

// Viewers and others who may read everything of their organisation, but enter nothing.
void add_reading(const RowReader& rows, const ProjectRowT& project, std::string_view person,
                 ProjectAccess& access) {
  const auto member = find<OrganisationMemberRowT>(rows, row_key({project.organisation, person}));
  if (!member || !member->live) return;
  const auto definition = role_definition(rows, member->role);
  if (permits(definition, "project.enter_all")) return;
  if (!permits(definition, "org.read_everything")) return;
  access.reads_by_role = true;
  std::string role = schema::EnumNameOrganisationRole(member->role);
  std::ranges::replace(role, '_', ' ');
  access.basis += (access.basis.empty() ? "" : "; ") + role + " of organisation " +
                  project.organisation + ", who reads everything";
  access.positions.push_back(position_of(project.owned_since));
  access.positions.push_back(position_of(member->role_since));
}

ProjectAccess access_by_workspace(const RowReader& rows, Timestamp at, std::string_view workspace,
                                  std::string_view person, const AccessRules& rules) {
  const auto found = effective_access(rows, at, workspace, person, rules);
  ProjectAccess access;
  const bool enters = found.role && permits(role_definition(rows, *found.role), "project.read");
  if (!enters && !found.can_read) return access;
  if (enters) access.role = found.role;
  access.reads_by_role = found.can_read;
  access.basis = found.basis;
  access.positions = found.positions;
  return access;
}

void add_members(const RowReader& rows, std::string_view organisation,
                 std::set<std::string>& people) {
  each<OrganisationMemberRowT>(rows, row_key({organisation}) + "/",
                               [&](std::string_view person, const OrganisationMemberRowT& row) {
                                 if (row.live) people.emplace(person);
                               });
}

void add_projects(const RowReader& rows, std::string_view kind, std::string_view id,
                  std::set<std::string>& projects) {
  for (auto& project : references(rows, kind, id, "project")) projects.insert(std::move(project));
}

}  // namespace

std::vector<std::pair<std::string, row::MandateRowT>> live_mandates_of(const RowReader& rows,
                                                                       std::string_view client) {
  std::vector<std::pair<std::string, row::MandateRowT>> mandates;
  for (const auto& mandate : references(rows, "organisation", client, "mandate_given")) {
    auto row = find<row::MandateRowT>(rows, mandate);
    if (row && row->live && row->client == client) mandates.emplace_back(mandate, std::move(*row));
  }
  return mandates;
}

std::vector<EntryPath> entry_paths(const RowReader& rows, std::string_view project) {
  const auto row = live_project(rows, project);
  if (!row || row->organisation.empty()) return {};
  std::vector<EntryPath> paths = {{row->organisation, "", position_of(row->owned_since)}};
  for (const auto& [mandate, granted] : live_mandates_of(rows, row->organisation)) {
    paths.push_back({granted.agency, mandate, position_of(granted.granted)});
  }
  return paths;
}

ProjectAccess project_access(const RowReader& rows, Timestamp at, std::string_view project,
                             std::string_view person, const AccessRules& rules) {
  const auto row = live_project(rows, project);
  if (!row || person.empty()) return {};
  if (!row->workspace.empty()) return access_by_workspace(rows, at, row->workspace, person, rules);
  ProjectAccess access;
  for (const auto& path : entry_paths(rows, project)) {
    if (!path.mandate.empty() && !rules.mandates_let_in) continue;
    if (auto basis = basis_by(rows, path, person)) add(access, std::move(*basis));
  }
  add_reading(rows, *row, person, access);
  const auto seat = find<row::CollaboratorRowT>(rows, row_key({project, person}));
  if (seat && seat->live && rules.collaborators_enter) {
    schema::EntryBasisT basis;
    basis.kind = EntryKind::collaborator;
    basis.positions = {position_of(seat->since).value};
    add(access, std::move(basis));
  }
  const auto account = find<row::PersonalAccountRowT>(rows, row->personal_account);
  if (account && account->person == person) {
    schema::EntryBasisT basis;
    basis.kind = EntryKind::personal_account;
    basis.positions = {position_of(row->owned_since).value};
    add(access, std::move(basis));
  }
  return access;
}

std::vector<std::pair<std::string, ProjectAccess>> everybody_in_project(const RowReader& rows,
                                                                        Timestamp at,
                                                                        std::string_view project,
                                                                        ProjectRight right,
                                                                        const AccessRules& rules) {
  const auto row = live_project(rows, project);
  if (!row) return {};
  std::set<std::string> people;
  if (!row->workspace.empty()) {
    for (auto& member : everybody_with_access(rows, at, row->workspace, rules)) {
      people.insert(std::move(member.first));
    }
  }
  for (const auto& path : entry_paths(rows, project)) add_members(rows, path.organisation, people);
  each<row::CollaboratorRowT>(
      rows, row_key({project}) + "/",
      [&](std::string_view person, const row::CollaboratorRowT&) { people.emplace(person); });
  if (!row->personal_account.empty()) {
    people.insert(find_or_empty<row::PersonalAccountRowT>(rows, row->personal_account).person);
  }
  std::vector<std::pair<std::string, ProjectAccess>> everybody;
  for (const auto& person : people) {
    auto access = project_access(rows, at, project, person, rules);
    if (access.has(right)) everybody.emplace_back(person, std::move(access));
  }
  return everybody;
}

std::vector<std::pair<std::string, ProjectAccess>> projects_of(const RowReader& rows, Timestamp at,
                                                               std::string_view person,
                                                               ProjectRight right) {
  std::set<std::string> candidates;
  add_projects(rows, "person", person, candidates);
  for (const auto& account : references(rows, "person", person, "personal_account")) {
    add_projects(rows, "personal_account", account, candidates);
  }
  for (const auto& organisation : references(rows, "person", person, "organisation")) {
    if (!organisation_role(rows, organisation, person)) continue;
    add_projects(rows, "organisation", organisation, candidates);
    for (const auto& mandate : references(rows, "organisation", organisation, "mandate_held")) {
      const auto row = find_or_empty<row::MandateRowT>(rows, mandate);
      if (row.live && row.agency == organisation) {
        add_projects(rows, "organisation", row.client, candidates);
      }
    }
  }
  std::vector<std::pair<std::string, ProjectAccess>> projects;
  for (const auto& project : candidates) {
    auto access = project_access(rows, at, project, person);
    if (access.has(right)) projects.emplace_back(project, std::move(access));
  }
  return projects;
}

}  // namespace actbook

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actbook/tables.h"
#include "actbook/time.h"

// Who may enter what, and why: domain.md 3.3. Every function here asks rows as they stand at some
// position (a View, or the rows of a decision) about an instant; `at` is there for what ends by
// itself (support sessions), and is View::at() where a view is asked. Nothing reads the log.
namespace actbook {

/// The rules by which access is decided: those of domain.md 3.3. An investigation may suppose
/// others.
struct AccessRules {
  /// Rung 2: whoever was removed is kept out, whatever their organisation role.
  bool blocks_hold = true;
  /// Rung 3: owners of the organisation enter each of its workspaces.
  bool owners_enter = true;
  /// Rung 4: admins of the organisation enter those that are open to it.
  bool admins_enter_open = true;
  /// A mandate lets the agency's people into the client's projects.
  bool mandates_let_in = true;
  /// A seat inside a project lets in.
  bool collaborators_enter = true;
};

/// What a person may do in a workspace, and why.
struct Access {
  /// None: no access.
  std::optional<schema::WorkspaceRole> role;
  /// The rule that gave or took it, in words.
  std::string basis;
  /// Whether the role has conversation.read.
  bool can_read = false;
  /// The events it rests on.
  std::vector<Position> positions;
};

/// The ladder of domain.md 3.3; the first rung that applies:
///  1. a live membership (direct, self_join, or a support session that has not run out): its role;
///  2. a block (set when somebody who holds an organisation role is removed): nothing;
///  3. an owner of the organisation: admin, at any visibility;
///  4. an admin of the organisation, if the workspace is open to it: admin;
///  5. nothing.
/// A deleted or unknown workspace gives nobody access. Cost: four row reads.
[[nodiscard]] Access effective_access(const RowReader& rows, Timestamp at,
                                      std::string_view workspace, std::string_view person,
                                      const AccessRules& rules = {});

/// Everybody who ever could be in a workspace, with the access they have: those with none are left
/// out. Sorted by person. Cost: that of the workspace's memberships and the organisation's members.
[[nodiscard]] std::vector<std::pair<std::string, Access>> everybody_with_access(
    const RowReader& rows, Timestamp at, std::string_view workspace, const AccessRules& rules = {});

/// The workspaces that a person has access to, sorted. Cost: that of the workspaces the person was
/// ever a member of, and those of the organisations they have a role in.
[[nodiscard]] std::vector<std::pair<std::string, Access>> workspaces_of(const RowReader& rows,
                                                                        Timestamp at,
                                                                        std::string_view person);

/// What is asked of a project: who may enter it, or who could read it.
enum class ProjectRight { enter, read };

/// Why a person may enter a project.
struct ProjectAccess {
  /// A project of a workspace is entered by access to that, if its role has project.read, and read,
  /// if it has conversation.read.
  std::optional<schema::WorkspaceRole> role;
  /// A project of the agency program: every basis that holds, in the order of domain.md 3.3:
  /// (a) a role in the organisation that owns it, (b) a role in an organisation that has a live
  /// mandate of the owner, each with project.enter_all, (c) a collaborator seat; and the person
  /// whose personal account owns it.
  std::vector<schema::EntryBasisT> bases;
  /// By a role in the workspace with conversation.read, or in the owning organisation with
  /// org.read_everything, which reads without entering.
  bool reads_by_role = false;
  /// All of it in words; empty, if the person may neither enter nor read.
  std::string basis;
  /// The events it rests on.
  std::vector<Position> positions;

  [[nodiscard]] bool may_enter() const { return role.has_value() || !bases.empty(); }
  [[nodiscard]] bool can_read() const { return !bases.empty() || reads_by_role; }
  [[nodiscard]] bool has(ProjectRight right) const {
    return right == ProjectRight::enter ? may_enter() : can_read();
  }
};

/// A deleted or unknown project is entered by nobody. Cost: a row read for each mandate that the
/// owner ever gave.
[[nodiscard]] ProjectAccess project_access(const RowReader& rows, Timestamp at,
                                           std::string_view project, std::string_view person,
                                           const AccessRules& rules = {});

/// Everybody with that right to a project, sorted. Cost: that of the members of the organisations
/// that lead into it.
[[nodiscard]] std::vector<std::pair<std::string, ProjectAccess>> everybody_in_project(
    const RowReader& rows, Timestamp at, std::string_view project,
    ProjectRight right = ProjectRight::enter, const AccessRules& rules = {});

/// The projects of the agency program that a person has that right to, sorted. Cost: that of the
/// projects of the person's organisations and their clients.
[[nodiscard]] std::vector<std::pair<std::string, ProjectAccess>> projects_of(
    const RowReader& rows, Timestamp at, std::string_view person,
    ProjectRight right = ProjectRight::enter);

/// An organisation through which its people may come into a project: the owner, or an agency with
/// the owner's live mandate.
struct EntryPath {
  std::string organisation;
  /// Empty for the owner.
  std::string mandate;
  /// What the path rests on: that the owner owns it, or the mandate.
  Position since;
};
/// The owner first. A project of a workspace has none. Cost: as project_access.
[[nodiscard]] std::vector<EntryPath> entry_paths(const RowReader& rows, std::string_view project);

/// Whether a membership lasts at an instant: not ended, and not a support session that has run out.
[[nodiscard]] bool is_live(const row::MembershipRowT& membership, Timestamp at);

/// The live role of a person in an organisation.
[[nodiscard]] std::optional<schema::OrganisationRole> organisation_role(
    const RowReader& rows, std::string_view organisation, std::string_view person);

/// The mandates that an organisation gave and that are live, by id.
[[nodiscard]] std::vector<std::pair<std::string, row::MandateRowT>> live_mandates_of(
    const RowReader& rows, std::string_view client);

/// What a role may do is data: the definition in force at these rows.
[[nodiscard]] std::optional<row::RoleRowT> role_definition(const RowReader& rows,
                                                           schema::OrganisationRole role);
[[nodiscard]] std::optional<row::RoleRowT> role_definition(const RowReader& rows,
                                                           schema::WorkspaceRole role);
[[nodiscard]] bool permits(const std::optional<row::RoleRowT>& definition,
                           std::string_view permission);

}  // namespace actbook

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/tables.h"

namespace actbook {

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
///  1. a live membership: its role;
///  2. a block (set when somebody who holds an organisation role is removed): nothing;
///  3. an owner of the organisation: admin, at any visibility;
///  4. an admin of the organisation, if the workspace is open to it: admin;
///  5. nothing.
/// A deleted or unknown workspace gives nobody access. Cost: four row reads.
[[nodiscard]] Access effective_access(const RowReader& rows, std::string_view workspace,
                                      std::string_view person);

/// Everybody who ever could be in a workspace, with the access they have: those with none are left
/// out. Sorted by person. Cost: that of the workspace's memberships and the organisation's members.
[[nodiscard]] std::vector<std::pair<std::string, Access>> everybody_with_access(
    const RowReader& rows, std::string_view workspace);

/// The live role of a person in an organisation.
[[nodiscard]] std::optional<schema::OrganisationRole> organisation_role(
    const RowReader& rows, std::string_view organisation, std::string_view person);

/// What a role may do is data: the definition in force at these rows.
[[nodiscard]] std::optional<row::RoleRowT> role_definition(const RowReader& rows,
                                                           schema::OrganisationRole role);
[[nodiscard]] std::optional<row::RoleRowT> role_definition(const RowReader& rows,
                                                           schema::WorkspaceRole role);
[[nodiscard]] bool permits(const std::optional<row::RoleRowT>& definition,
                           std::string_view permission);

}  // namespace actbook

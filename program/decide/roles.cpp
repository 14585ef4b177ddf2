#include <algorithm>

#include "decide/decide.h"
#include "rules.h"

namespace actbook {

// What a role is besides its permissions (whether it takes a seat, whether it is an outsider's) is
// not for a ledger to change: memberships rest on it.
void decide(const command::DefineRoleT& command, Decision& decision) {
  const auto key = row_key({schema::EnumNameRoleScope(*command.scope), command.role});
  const auto present = find_or_empty<row::RoleRowT>(decision.rows(), key);
  decision.require_staff();
  if (decision.refused()) return;

  auto permissions = command.permissions;
  auto before = present.permissions;
  std::ranges::sort(permissions);
  permissions.erase(std::unique(permissions.begin(), permissions.end()), permissions.end());
  std::ranges::sort(before);
  if (permissions == before) return;
  event::RoleDefinedT defined;
  defined.scope = *command.scope;
  defined.role = command.role;
  defined.permissions = std::move(permissions);
  defined.takes_paid_seat = present.takes_paid_seat;
  defined.allowed_in_internal_workspace = present.allowed_in_internal_workspace;
  defined.partner_only = present.partner_only;
  defined.outsider = present.outsider;
  decision.emit(defined);
}

}  // namespace actbook

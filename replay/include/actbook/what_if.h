#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actbook/access.h"
#include "actbook/entity.h"
#include "actbook/event_store.h"
#include "actbook/schema/answers_generated.h"

namespace actbook {

/// A permission that a role should have had, or should not have had.
struct SupposedPermission {
  schema::RoleScope scope = schema::RoleScope::workspace;
  std::string role;
  std::string permission;
  bool given = false;
};

/// What is supposed instead of what is.
struct Supposition {
  std::vector<SupposedPermission> permissions;
  AccessRules rules;
};

/// Which accesses would have differed, had roles or rules been others: everybody's access at the
/// view to the workspaces and projects of `scope` (a workspace, a project, an organisation or a
/// person; everything, if none), and every read that was recorded there up to the view, judged by
/// the rows as they stood just before it, or on the second axis by what was true when it happened.
/// An organisation's are those that it owns at the view, what is in them, and the projects of those
/// who gave it a mandate; a person's, all places, and the reads by that person. Changes nothing.
/// Errors: misuse with NOTHING_SUPPOSED; invalid with ROLE_UNKNOWN, or with PERMISSION_UNKNOWN, for
/// a permission to be taken that the role never had, or to be given that no role of its scope ever
/// had; both list what there is; invalid with INVALID_ENTITY or NOT_FOUND, for the scope; corrupt
/// or unavailable, if the store cannot be read. Cost: that of asking for everybody's access in all
/// of them, and a read for each recorded read.
[[nodiscard]] Result<answer::WhatIfT> what_if(const EventStore& store, const View& view,
                                              const Supposition& supposition,
                                              const std::optional<Entity>& scope = {});

}  // namespace actbook

#pragma once

#include <string>

#include "actbook/entity.h"
#include "actbook/event_store.h"
#include "actbook/schema/answers_generated.h"

// Answers that put several rows together, for those who run a program. Errors of each: invalid with
// NOT_FOUND, if the view does not know whom it is asked about; corrupt or unavailable, if rows
// cannot be read.
namespace actbook {

/// What an agency sees: its enrollment, its own projects, each client's projects, plan, enabled
/// special plans and discount, and the mandates and requests, live and past. Cost: that of the
/// mandates it ever had and the projects of its clients.
[[nodiscard]] Result<answer::AgencyDashboardT> agency_dashboard(const View& view,
                                                                const std::string& organisation);

/// What a partner of the workspace program sees: its workspaces with data owner, acceptance in
/// force, tier and seats; the handoffs it proposed; its referral deals with what is left of the
/// cap.
[[nodiscard]] Result<answer::PartnerOverviewT> partner_overview(const View& view,
                                                                const std::string& organisation);

/// Everybody who could read a workspace, or enter a project, and on what basis (Q3). Staff could
/// technically read outside a session; that is said apart and never makes a reader. `entity` is a
/// workspace or a project; anything else is invalid.
[[nodiscard]] Result<answer::ReadersT> find_readers(const View& view, const Entity& entity);

/// The same for one person, whether they could read or not: as what they could enter, and on what
/// basis. No line, if they could not. Errors also: NOT_FOUND, if nobody has that id.
[[nodiscard]] Result<answer::ReadersT> find_access(const View& view, const Entity& entity,
                                                   const std::string& person);

/// Everything one person could read or enter (Q3). Errors also: NOT_FOUND, if nobody has that id.
/// Cost: that of workspaces_of() and projects_of().
[[nodiscard]] Result<answer::PersonAccessT> find_access_of(const View& view,
                                                           const std::string& person);

}  // namespace actbook

#include "support/access_oracle.h"

#include <algorithm>
#include <limits>

#include "actbook/access.h"
#include "actbook/schema/events_generated.h"

namespace actbook::testing {
namespace {

using schema::OrganisationRole;
using schema::WorkspaceRole;

/// The event, if it is one of these.
template <class Event>
const Event* as(const Record& record) {
  const std::string_view name = Event::GetFullyQualifiedName();
  if (name.substr(name.rfind('.') + 1) != record.type()) return nullptr;
  return flatbuffers::GetRoot<Event>(record.payload().data());
}

std::string text(const flatbuffers::String* string) { return string ? string->str() : ""; }

bool is_insider(WorkspaceRole role) { return role >= WorkspaceRole::member; }

}  // namespace

void AccessOracle::apply(const Record& record) {
  apply_to_organisations(record);
  apply_to_workspaces(record);
  apply_to_memberships(record);
  apply_to_invites(record);
  apply_to_projects(record);
}

void AccessOracle::change_owners(const std::string& workspace, const std::string& cause,
                                 auto change) {
  const auto owners = [&] {
    return std::ranges::count_if(stays_, [&](const auto& stay) {
      return stay.first.first == workspace && stay.second.role == WorkspaceRole::owner;
    });
  };
  const auto before = owners();
  change();
  if (owners() == 0 && before > 0) workspaces_[workspace].last_owner_went = cause;
}

void AccessOracle::end_stays(const std::string& workspace, const std::string& cause, auto which) {
  change_owners(workspace, cause, [&] {
    std::erase_if(stays_, [&](const auto& stay) {
      return stay.first.first == workspace && which(stay.first.second, stay.second);
    });
  });
}

void AccessOracle::apply_to_organisations(const Record& record) {
  if (const auto* role = as<event::RoleDefined>(record)) {
    auto& permissions =
        permissions_[schema::EnumNameRoleScope(role->scope()) + ("/" + text(role->role()))];
    permissions.clear();
    for (const auto* permission : *role->permissions()) permissions.insert(permission->str());
  } else if (const auto* added = as<event::OrganisationMemberAdded>(record)) {
    roles_[{text(added->organisation()), text(added->person())}] = added->role();
  } else if (const auto* changed = as<event::OrganisationRoleChanged>(record)) {
    roles_[{text(changed->organisation()), text(changed->person())}] = changed->to();
  } else if (const auto* removed = as<event::OrganisationMemberRemoved>(record)) {
    const auto organisation = text(removed->organisation());
    const auto person = text(removed->person());
    roles_.erase({organisation, person});
    for (const auto& workspace : workspaces_) {
      if (workspace.second.organisation != organisation) continue;
      end_stays(workspace.first, "organisation_membership_ended",
                [&](const auto& who, const Stay& stay) {
                  return who == person && is_insider(stay.role) && !stay.session;
                });
    }
  } else if (const auto* granted = as<event::MandateGranted>(record)) {
    mandates_[text(granted->mandate())] = {text(granted->agency()), text(granted->client())};
  } else if (const auto* cancelled = as<event::MandateCancelled>(record)) {
    mandates_.erase(text(cancelled->mandate()));
  }
}

void AccessOracle::apply_to_workspaces(const Record& record) {
  const auto everybody = [](const auto&, const Stay&) { return true; };
  if (const auto* created = as<event::WorkspaceCreated>(record)) {
    workspaces_[text(created->workspace())] = {text(created->organisation()),
                                               created->visibility()};
  } else if (const auto* seen = as<event::VisibilityChanged>(record)) {
    workspaces_[text(seen->workspace())].visibility = seen->to();
  } else if (const auto* deleted = as<event::WorkspaceDeleted>(record)) {
    workspaces_[text(deleted->workspace())].live = false;
    end_stays(text(deleted->workspace()), "workspace_deleted", everybody);
  } else if (const auto* became = as<event::WorkspaceReclassified>(record)) {
    if (became->to() != schema::Usage::internal) return;
    end_stays(text(became->workspace()), "became_internal",
              [](const auto&, const Stay& stay) { return stay.role == WorkspaceRole::observer; });
  } else if (const auto* taken = as<event::HandoffAccepted>(record)) {
    auto& workspace = workspaces_[text(taken->workspace())];
    workspace.organisation = text(taken->target());
    workspace.handed_off_at = record.position().value;
    end_stays(text(taken->workspace()), "handed_off", [&](const auto& who, const Stay& stay) {
      return is_insider(stay.role) && who != text(taken->person());
    });
  }
}

void AccessOracle::apply_to_memberships(const Record& record) {
  if (const auto* granted = as<event::MembershipGranted>(record)) {
    const Pair key{text(granted->workspace()), text(granted->person())};
    const bool session = granted->source() == schema::MembershipSource::staff_support;
    stays_[key] = {granted->role(), session,
                   granted->expires_at().value_or(std::numeric_limits<std::int64_t>::max())};
    if (!session) blocked_.erase(key);
    const auto invite = text(granted->invite());
    if (!invite.empty() && !accepted_.contains({invite, key.second})) {
      complaint_ = key.second + " is in " + key.first + " by " + invite + ", never accepted";
    }
  } else if (const auto* changed = as<event::MembershipRoleChanged>(record)) {
    const Pair key{text(changed->workspace()), text(changed->person())};
    change_owners(key.first, "role_changed", [&] { stays_[key].role = changed->to(); });
  } else if (const auto* extended = as<event::SupportExtended>(record)) {
    stays_[{text(extended->workspace()), text(extended->person())}].until = extended->expires_at();
  } else if (const auto* ended = as<event::MembershipEnded>(record)) {
    const Pair key{text(ended->workspace()), text(ended->person())};
    const auto found = stays_.find(key);
    const bool session = found != stays_.end() && found->second.session;
    const auto cause = text(ended->cause());
    // Whoever is removed, or leaves, and is of the organisation, is blocked.
    const auto& organisation = workspaces_[key.first].organisation;
    if (!session) blocked_.erase(key);
    if (!session && cause != "handed_off" && roles_.contains({organisation, key.second})) {
      blocked_[key] = organisation;
    }
    end_stays(key.first, cause, [&](const auto& who, const Stay&) { return who == key.second; });
  }
}

void AccessOracle::apply_to_invites(const Record& record) {
  if (const auto* issued = as<event::InviteIssued>(record)) {
    invites_[text(issued->invite())] = issued->expires_at();
  } else if (const auto* resent = as<event::InviteResent>(record)) {
    invites_[text(resent->invite())] = resent->expires_at();
  } else if (const auto* revoked = as<event::InviteRevoked>(record)) {
    invites_.erase(text(revoked->invite()));
  } else if (const auto* declined = as<event::InviteDeclined>(record)) {
    invites_.erase(text(declined->invite()));
  } else if (const auto* accepted = as<event::InviteAccepted>(record)) {
    const auto invite = text(accepted->invite());
    const auto found = invites_.find(invite);
    if (found == invites_.end() || record.occurred_at().microseconds >= found->second) {
      complaint_ = invite + " was accepted, though it was over";
    }
    invites_.erase(invite);
    accepted_.insert({invite, text(accepted->person())});
  }
}

void AccessOracle::apply_to_projects(const Record& record) {
  if (const auto* created = as<event::ProjectCreated>(record)) {
    projects_[text(created->project())] = {text(created->workspace()),
                                           text(created->organisation()),
                                           text(created->personal_account())};
  } else if (const auto* deleted = as<event::ProjectDeleted>(record)) {
    projects_.erase(text(deleted->project()));
  } else if (const auto* moved = as<event::ProjectMoved>(record)) {
    projects_[text(moved->project())] = {text(moved->to_workspace()), "", ""};
  } else if (const auto* taken = as<event::ProjectTransferAccepted>(record)) {
    projects_[text(taken->project())] = {"", text(taken->target()), ""};
  } else if (const auto* login = as<event::PersonalAccountRegistered>(record)) {
    logins_[text(login->personal_account())] = text(login->person());
  } else if (const auto* converted = as<event::PersonalAccountConverted>(record)) {
    for (auto& project : projects_) {
      if (project.second.personal_account != text(converted->personal_account())) continue;
      project.second = {"", text(converted->organisation()), ""};
    }
  } else if (const auto* added = as<event::CollaboratorAdded>(record)) {
    guests_.insert({text(added->project()), text(added->person())});
  } else if (const auto* removed = as<event::CollaboratorRemoved>(record)) {
    guests_.erase({text(removed->project()), text(removed->person())});
  }
}

bool AccessOracle::permits(const std::string& scope_role, const std::string& permission) const {
  const auto found = permissions_.find(scope_role);
  return found != permissions_.end() && found->second.contains(permission);
}

std::string AccessOracle::role(const Pair& workspace_person, Timestamp at) const {
  const auto& key = workspace_person;
  const auto workspace = workspaces_.find(key.first);
  if (workspace == workspaces_.end() || !workspace->second.live) return "none";
  const auto stay = stays_.find(key);
  if (stay != stays_.end() && at.microseconds < stay->second.until) {
    return schema::EnumNameWorkspaceRole(stay->second.role);
  }
  const auto role = roles_.find({workspace->second.organisation, key.second});
  const auto block = blocked_.find(key);
  const bool blocked = block != blocked_.end() && block->second == workspace->second.organisation;
  if (role == roles_.end() || blocked) return "none";
  const bool open = workspace->second.visibility == schema::Visibility::open_to_organisation;
  const bool enters =
      role->second == OrganisationRole::owner || (role->second == OrganisationRole::admin && open);
  return enters ? "admin" : "none";
}

std::string AccessOracle::bases(const std::string& project, const std::string& person,
                                Timestamp at) const {
  const auto found = projects_.find(project);
  if (found == projects_.end()) return {};
  const Home& home = found->second;
  if (!home.workspace.empty()) {
    const auto role = this->role({home.workspace, person}, at);
    return permits("workspace/" + role, "project.read") ? role : "";
  }
  const auto enters_by = [&](const std::string& organisation) {
    const auto role = roles_.find({organisation, person});
    if (role == roles_.end()) return false;
    const std::string name = schema::EnumNameOrganisationRole(role->second);
    return permits("organisation/" + name, "project.enter_all");
  };
  std::string bases;
  if (!home.organisation.empty() && enters_by(home.organisation)) bases += "organisation ";
  for (const auto& mandate : mandates_) {
    if (!home.organisation.empty() && mandate.second.second == home.organisation &&
        enters_by(mandate.second.first)) {
      bases.append("mandate ").append(mandate.first).append(" ");
    }
  }
  if (guests_.contains({project, person})) bases += "collaborator ";
  const auto login = logins_.find(home.personal_account);
  if (login != logins_.end() && login->second == person) bases += "personal_account ";
  return bases;
}

std::string AccessOracle::differs(const RowReader& rows, Timestamp now,
                                  const std::set<std::string>& people) const {
  for (const auto& workspace : workspaces_) {
    for (const auto& person : people) {
      const auto access = effective_access(rows, now, workspace.first, person);
      const std::string given = access.role ? schema::EnumNameWorkspaceRole(*access.role) : "none";
      const auto expected = role({workspace.first, person}, now);
      if (given != expected ||
          access.can_read != permits("workspace/" + expected, "conversation.read")) {
        return std::string(person)
            .append(" is ")
            .append(given)
            .append(" in ")
            .append(workspace.first)
            .append(", not ")
            .append(expected);
      }
      if (!workspace.second.live) break;  // one is enough
    }
  }
  for (const auto& project : projects_) {
    for (const auto& person : people) {
      const auto access = project_access(rows, now, project.first, person);
      std::string given = access.role ? schema::EnumNameWorkspaceRole(*access.role) : "";
      for (const auto& basis : access.bases) {
        given.append(schema::EnumNameEntryKind(basis.kind)).append(" ");
        if (!basis.mandate.empty()) given.append(basis.mandate).append(" ");
      }
      const auto expected = bases(project.first, person, now);
      if (given == expected && access.may_enter() == !expected.empty()) continue;
      return std::string(person)
          .append(" enters ")
          .append(project.first)
          .append(" by: ")
          .append(given)
          .append("; not by: ")
          .append(expected);
    }
  }
  return {};
}

std::string AccessOracle::last_owner_went(const std::string& workspace) const {
  const auto found = workspaces_.find(workspace);
  return found == workspaces_.end() ? "" : found->second.last_owner_went;
}

std::uint64_t AccessOracle::handed_off_at(const std::string& workspace) const {
  const auto found = workspaces_.find(workspace);
  return found == workspaces_.end() ? 0 : found->second.handed_off_at;
}

}  // namespace actbook::testing

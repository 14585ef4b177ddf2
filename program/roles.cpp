#include <array>

#include "actbook/decide.h"
#include "actbook/schema/events_generated.h"

// The tables of domain.md 3.1 and 3.2, a row a permission. They are written into the ledger when it
// is made; from then on the ledger's own definitions count.
namespace actbook {
namespace {

template <std::size_t Roles>
struct PermissionRow {
  std::array<bool, Roles> granted;
  std::vector<std::string> permissions;
};

// NOLINTBEGIN(readability-identifier-naming): marks in the tables below, as the domain prints them
constexpr bool y = true;
constexpr bool o = false;
// NOLINTEND(readability-identifier-naming)

const std::array<std::string, 7> kOrganisationRoles = {
    "owner", "admin", "billing", "member", "projects_manager", "developer", "viewer"};

std::vector<PermissionRow<7>> organisation_permissions() {
  return {
      // owner admin billing member projects_manager developer viewer
      {{y, y, y, y, y, y, y}, {"org.view"}},
      {{y, y, o, o, o, o, o}, {"org.manage_members"}},
      {{y, y, o, o, o, o, o}, {"org.manage_settings"}},
      {{y, y, y, o, o, o, o}, {"org.manage_billing"}},
      {{y, y, y, o, o, o, y}, {"org.view_invoices"}},
      {{y, y, o, o, o, o, o}, {"org.create_workspace"}},
      {{y, y, o, o, o, o, o}, {"org.self_join_workspace"}},
      {{y, y, o, o, o, o, o}, {"org.handoff"}},
      {{y, y, o, o, y, y, y}, {"org.read_everything"}},
      {{y, o, o, o, y, y, o}, {"project.enter_all"}},
      {{y, o, o, o, y, o, o}, {"project.create_edit_delete"}},
      {{y, o, o, o, o, o, o}, {"project.transfer"}},
      {{y, o, o, o, o, o, o}, {"mandate.manage"}},
      {{y, o, o, o, o, o, o}, {"org.manage_owners"}},
  };
}

const std::array<std::string, 6> kWorkspaceRoles = {"owner",   "admin",    "member",
                                                    "billing", "external", "observer"};

std::vector<PermissionRow<6>> workspace_permissions() {
  return {
      // owner admin member billing external observer
      {{y, y, y, o, y, y}, {"project.read", "conversation.read", "report.view"}},
      {{y, y, y, o, o, o}, {"project.create"}},
      {{y, y, y, o, y, o}, {"project.update", "chat.use", "report.generate"}},
      {{y, y, o, o, o, o}, {"project.delete", "project.move", "project.share"}},
      {{y, y, y, o, o, o}, {"conversation.delete", "report.publish"}},
      {{y, y, o, o, o, o}, {"report.delete"}},
      {{y, y, o, o, o, o}, {"member.invite", "member.manage", "settings.manage"}},
      {{y, y, y, y, o, o}, {"workspace.view_usage"}},
      {{y, y, o, y, o, o}, {"workspace.view_invoices"}},
      {{y, y, o, o, o, o}, {"workspace.whitelabel"}},
  };
}

template <std::size_t Roles>
std::vector<std::string> granted(const std::vector<PermissionRow<Roles>>& table, std::size_t role) {
  std::vector<std::string> permissions;
  for (const auto& row : table) {
    if (!row.granted[role]) continue;
    permissions.insert(permissions.end(), row.permissions.begin(), row.permissions.end());
  }
  return permissions;
}

}  // namespace

std::vector<EventDraft> first_events(const std::string& ledger, schema::ClockKind clock) {
  std::vector<EventDraft> events;
  event::LedgerCreatedT created;
  created.ledger = ledger;
  created.clock = clock;
  events.push_back(draft(created));
  for (std::size_t i = 0; i < kOrganisationRoles.size(); ++i) {
    event::RoleDefinedT defined;
    defined.scope = schema::RoleScope::organisation;
    defined.role = kOrganisationRoles[i];
    defined.permissions = granted(organisation_permissions(), i);
    defined.partner_only = defined.role == "developer" || defined.role == "projects_manager";
    events.push_back(draft(defined));
  }
  for (std::size_t i = 0; i < kWorkspaceRoles.size(); ++i) {
    event::RoleDefinedT defined;
    defined.scope = schema::RoleScope::workspace;
    defined.role = kWorkspaceRoles[i];
    defined.permissions = granted(workspace_permissions(), i);
    defined.takes_paid_seat = defined.role != "observer";
    defined.allowed_in_internal_workspace = defined.role != "observer";
    defined.outsider = defined.role == "observer" || defined.role == "external";
    events.push_back(draft(defined));
  }
  return events;
}

}  // namespace actbook

#include <algorithm>

#include "actbook/acceptances.h"
#include "actbook/belongings.h"
#include "actbook/keys.h"
#include "decide/decide.h"
#include "rules.h"

namespace actbook {
namespace {

using schema::AccountStatus;
using schema::Tier;
using schema::Usage;
using schema::Visibility;
using schema::WorkspaceRole;

constexpr int kDataOwnerInviteDays = 30;

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

// How many workspaces share an account now.
std::size_t workspaces_on(const RowReader& rows, std::string_view account) {
  if (account.empty()) return 0;  // an observed fact about an organisation never seen here
  const auto ever = references(rows, "account", account, "workspace");
  return static_cast<std::size_t>(std::ranges::count_if(ever, [&](const auto& workspace) {
    return live_workspace(rows, workspace).account == account;
  }));
}

bool is_organisation_member(const RowReader& rows, std::string_view organisation,
                            const Party& party) {
  return !party.person.empty() && organisation_role(rows, organisation, party.person).has_value();
}

schema::DataOwnerT data_owner(const RowReader& rows, const command::DataOwnerInputT& input) {
  const Party owner = party(rows, input.email, input.person);
  schema::DataOwnerT named;
  named.organisation_name = input.organisation_name;
  named.contact = owner.contact;
  named.person = owner.person;
  named.organisation = input.organisation;
  return named;
}

Party party_of(const RowReader& rows, const std::unique_ptr<schema::DataOwnerT>& owner) {
  if (!owner) return {};
  return known_party(rows, owner->contact, owner->person);
}

void open_account(Decision& decision, const std::string& account, const std::string& organisation,
                  const std::string& workspace) {
  event::BillingAccountOpenedT opened;
  opened.account = account;
  opened.scope = schema::AccountScope::workspace;
  opened.organisation = organisation;
  opened.workspace = workspace;
  decision.emit(opened);
  decision.add_created("account", account);
}

void close_account(Decision& decision, const std::string& account, std::string_view cause) {
  event::BillingAccountClosedT closed;
  closed.account = account;
  closed.cause = cause;
  decision.emit(closed);
}

// The data owner gets to see the workspace as an observer, unless they do already.
void invite_data_owner(Decision& decision, const std::string& invite, const std::string& workspace,
                       const schema::DataOwnerT& owner) {
  if (owner.contact.empty() && owner.person.empty()) return;  // observed, and nobody to invite
  const auto membership =
      find_or_empty<row::MembershipRowT>(decision.rows(), row_key({workspace, owner.person}));
  if (membership.live && membership.source != schema::MembershipSource::staff_support) return;
  event::InviteIssuedT issued;
  issued.invite = invite;
  issued.workspace = workspace;
  issued.contact = owner.contact;
  issued.person = owner.person;
  issued.role = WorkspaceRole::observer;
  issued.expires_at = plus_days(decision.now(), kDataOwnerInviteDays).microseconds;
  issued.purpose = schema::InvitePurpose::data_owner;
  decision.emit(issued);
  decision.add_created("invite", invite);
}

void end_access_of_data_owner(Decision& decision, const std::string& workspace,
                              const Party& owner) {
  const RowReader& rows = decision.rows();
  const auto membership =
      find_or_empty<row::MembershipRowT>(rows, row_key({workspace, owner.person}));
  if (membership.live && membership.role == WorkspaceRole::observer) {
    end_membership(decision, workspace, owner.person, "data_owner_replaced");
  }
  for (const auto& [invite, row] : pending_invites(rows, workspace)) {
    if (row.purpose != schema::InvitePurpose::data_owner) continue;
    revoke_invite(decision, invite, workspace, "data_owner_replaced");
  }
}

}  // namespace

void decide(const command::CreateWorkspaceT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const bool external = command.data_owner != nullptr;
  const auto organisation = find_or_empty<row::OrganisationRowT>(rows, command.organisation);
  const auto pooled = find_or_empty<row::AccountRowT>(rows, organisation.account);
  const auto owner = external ? data_owner(rows, *command.data_owner) : schema::DataOwnerT();
  const std::string account =
      external ? decision.id_or_derived(command.account, "account") : organisation.account;
  const std::string invite = decision.id_or_derived(command.invite, "invite");

  decision.require(organisation_exists(rows, command.organisation), Reason::ORG_NOT_FOUND);
  decision.require(!find<row::WorkspaceRowT>(rows, command.workspace), Reason::WORKSPACE_EXISTS);
  decision.require(decision.organisation_permits(command.organisation, "org.create_workspace"),
                   Reason::NOT_ORG_ADMIN);
  if (external) {
    decision.require(organisation.partner, Reason::NOT_PARTNER);
    decision.require(!blank(owner.organisation_name), Reason::OWNING_ORG_NAME_REQUIRED);
    require_acceptance(decision, command.acceptance.get());
    decision.require(
        !is_organisation_member(rows, command.organisation, {owner.contact, owner.person}),
        Reason::DATA_OWNER_IS_ORG_MEMBER);
  } else {
    decision.require(pooled.status != AccountStatus::canceled, Reason::ORG_BILLING_BLOCKED);
    decision.require(pooled.tier != Tier::free || workspaces_on(rows, organisation.account) == 0,
                     Reason::FREE_TIER_WORKSPACE_LIMIT);
  }
  const Tier tier = external ? Tier::free : pooled.tier;
  decision.require(
      command.visibility == Visibility::open_to_organisation || tier >= Tier::innovator,
      Reason::VISIBILITY_NEEDS_INNOVATOR);
  if (external) {
    decision.require(!find<row::AccountRowT>(rows, account), Reason::ACCOUNT_EXISTS);
    decision.require(!find<row::InviteRowT>(rows, invite), Reason::INVITE_EXISTS);
  }
  if (decision.refused()) return;

  event::WorkspaceCreatedT created;
  created.workspace = command.workspace;
  created.organisation = command.organisation;
  created.name = command.name;
  created.usage = external ? Usage::external_client : Usage::internal;
  created.visibility = command.visibility;
  created.account = account;
  decision.emit(created);
  decision.add_created("workspace", command.workspace);
  if (external) {
    open_account(decision, account, command.organisation, command.workspace);
    introduce_contact(decision, command.data_owner->email);
    emit_acceptance(decision, command.workspace, command.organisation, owner,
                    command.acceptance.get());
    event::DataOwnerNamedT named;
    named.workspace = command.workspace;
    named.data_owner = std::make_unique<schema::DataOwnerT>(owner);
    decision.emit(named);
  }
  if (!decision.person().empty()) {
    event::MembershipGrantedT granted;
    granted.workspace = command.workspace;
    granted.person = decision.person();
    granted.role = WorkspaceRole::owner;
    granted.source = schema::MembershipSource::direct;
    decision.emit(granted);
  }
  if (external) invite_data_owner(decision, invite, command.workspace, owner);
  settle_seat(decision, account, decision.person());
}

namespace {

void become_internal(const command::ChangeDataOwnershipT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto workspace = live_workspace(rows, command.workspace);
  const auto account = find_or_empty<row::AccountRowT>(rows, workspace.account);
  const bool external = workspace.usage == Usage::external_client;
  decision.require(decision.workspace_permits(command.workspace, "settings.manage"),
                   Reason::FORBIDDEN);
  decision.require(
      !external || (account.tier == Tier::free && account.status != AccountStatus::active),
      Reason::PAID_ACCOUNT_BLOCKS_RESCOPE);
  if (decision.refused() || !external) return;

  const auto pooled = find_or_empty<row::OrganisationRowT>(rows, workspace.organisation).account;
  cancel_pending_handoff(decision, command.workspace);
  event::WorkspaceReclassifiedT reclassified;
  reclassified.workspace = command.workspace;
  reclassified.organisation = workspace.organisation;
  reclassified.from = Usage::external_client;
  reclassified.to = Usage::internal;
  reclassified.from_account = workspace.account;
  reclassified.to_account = pooled;
  for (const auto& project : live_projects(rows, "workspace", command.workspace)) {
    for (auto& recording : recordings_in(rows, project)) {
      reclassified.recordings.push_back(std::move(recording));
    }
  }
  decision.emit(reclassified);
  for (const auto& acceptance : acceptances_of(rows, command.workspace)) {
    if (acceptance.state != schema::AcceptanceState::in_force) continue;
    event::AgreementLapsedT lapsed;
    lapsed.agreement = acceptance.row.agreement;
    lapsed.version = acceptance.row.version;
    lapsed.workspace = command.workspace;
    lapsed.organisation = workspace.organisation;
    lapsed.acceptance = acceptance.row.accepted->position;
    decision.emit(lapsed);
  }
  for (const auto& [person, member] : live_members(rows, decision.now(), command.workspace)) {
    if (member.role == WorkspaceRole::observer) {
      end_membership(decision, command.workspace, person, "became_internal");
    }
  }
  for (const auto& [invite, row] : pending_invites(rows, command.workspace)) {
    if (row.role == WorkspaceRole::observer) {
      revoke_invite(decision, invite, command.workspace, "became_internal");
    }
  }
  settle_seats(decision, workspace.account, command.workspace);
  close_account(decision, workspace.account, "became_internal");
  settle_seats(decision, pooled, command.workspace);
}

void become_external(const command::ChangeDataOwnershipT& command, Decision& decision,
                     const row::WorkspaceRowT& workspace, const schema::DataOwnerT& owner) {
  const std::string account = decision.id_or_derived(command.account, "account");
  event::WorkspaceReclassifiedT reclassified;
  reclassified.workspace = command.workspace;
  reclassified.organisation = workspace.organisation;
  reclassified.from = Usage::internal;
  reclassified.to = Usage::external_client;
  reclassified.from_account = workspace.account;
  reclassified.to_account = account;
  decision.emit(reclassified);
  open_account(decision, account, workspace.organisation, command.workspace);
  if (command.data_owner) introduce_contact(decision, command.data_owner->email);
  emit_acceptance(decision, command.workspace, workspace.organisation, owner,
                  command.acceptance.get());
  if (command.data_owner) {  // an observed fact may come without one
    event::DataOwnerNamedT named;
    named.workspace = command.workspace;
    named.data_owner = std::make_unique<schema::DataOwnerT>(owner);
    decision.emit(named);
  }
  invite_data_owner(decision, decision.id_or_derived(command.invite, "invite"), command.workspace,
                    owner);
  settle_seats(decision, workspace.account, command.workspace);
  settle_seats(decision, account, command.workspace);
}

void replace_data_owner(const command::ChangeDataOwnershipT& command, Decision& decision,
                        const row::WorkspaceRowT& workspace, const schema::DataOwnerT& owner) {
  const Party former = party_of(decision.rows(), workspace.data_owner);
  cancel_pending_handoff(decision, command.workspace);  // it was made to the former owner
  introduce_contact(decision, command.data_owner->email);
  emit_acceptance(decision, command.workspace, workspace.organisation, owner,
                  command.acceptance.get());
  event::DataOwnerReplacedT replaced;
  replaced.workspace = command.workspace;
  replaced.from = workspace.data_owner ? std::make_unique<schema::DataOwnerT>(*workspace.data_owner)
                                       : std::make_unique<schema::DataOwnerT>();
  replaced.to = std::make_unique<schema::DataOwnerT>(owner);
  decision.emit(replaced);
  end_access_of_data_owner(decision, command.workspace, former);
  invite_data_owner(decision, decision.id_or_derived(command.invite, "invite"), command.workspace,
                    owner);
}

void correct_data_owner(const command::ChangeDataOwnershipT& command, Decision& decision,
                        const row::WorkspaceRowT& workspace, const schema::DataOwnerT& owner) {
  // The same owner needs no new acceptance, but one that is given is kept.
  emit_acceptance(decision, command.workspace, workspace.organisation, owner,
                  command.acceptance.get());
  const schema::DataOwnerT nobody;
  const auto& present = workspace.data_owner ? *workspace.data_owner : nobody;
  if (!owner.organisation.empty() && owner.organisation != present.organisation) {
    cancel_pending_handoff(decision, command.workspace);  // it was made to another organisation
    event::DataOwnerOrganisationRecordedT recorded;
    recorded.workspace = command.workspace;
    recorded.organisation = owner.organisation;
    decision.emit(recorded);
  }
  const std::string from = present.organisation_name;
  if (from == command.data_owner->organisation_name) return;
  event::DataOwnerCorrectedT corrected;
  corrected.workspace = command.workspace;
  corrected.from_organisation_name = from;
  corrected.to_organisation_name = command.data_owner->organisation_name;
  decision.emit(corrected);
}

}  // namespace

void decide(const command::ChangeDataOwnershipT& command, Decision& decision) {
  if (*command.usage == Usage::internal) {
    become_internal(command, decision);
    return;
  }
  const RowReader& rows = decision.rows();
  const auto workspace = live_workspace(rows, command.workspace);
  const bool was_internal = workspace.usage == Usage::internal;
  const auto owner =
      command.data_owner ? data_owner(rows, *command.data_owner) : schema::DataOwnerT();
  const Party next{owner.contact, owner.person};
  const bool other_owner = was_internal || !next.is(party_of(rows, workspace.data_owner));
  const auto account = find_or_empty<row::AccountRowT>(rows, workspace.account);

  decision.require(decision.workspace_permits(command.workspace, "settings.manage"),
                   Reason::FORBIDDEN);
  const bool complete = !blank(owner.organisation_name) && !(next.contact + next.person).empty();
  decision.require(complete, Reason::DATA_OWNER_FIELDS_REQUIRED);
  if (was_internal) {
    decision.require(is_partner(rows, workspace.organisation), Reason::NOT_PARTNER);
  }
  if (other_owner) {
    require_acceptance(decision, command.acceptance.get());
    decision.require(!is_organisation_member(rows, workspace.organisation, next),
                     Reason::DATA_OWNER_IS_ORG_MEMBER);
  }
  if (was_internal) {
    decision.require(account.tier == Tier::free && account.status != AccountStatus::active,
                     Reason::PAID_ACCOUNT_BLOCKS_RESCOPE);
    decision.require(command.account.empty() || !find<row::AccountRowT>(rows, command.account),
                     Reason::ACCOUNT_EXISTS);
  }
  decision.require(command.invite.empty() || !find<row::InviteRowT>(rows, command.invite),
                   Reason::INVITE_EXISTS);
  if (decision.refused()) return;

  if (was_internal) {
    become_external(command, decision, workspace, owner);
  } else if (!command.data_owner) {
    return;  // an observed fact that says nothing new
  } else if (other_owner) {
    replace_data_owner(command, decision, workspace, owner);
  } else {
    correct_data_owner(command, decision, workspace, owner);
  }
}

void decide(const command::RenameWorkspaceT& command, Decision& decision) {
  decision.require(decision.workspace_permits(command.workspace, "settings.manage"),
                   Reason::FORBIDDEN);
  if (decision.refused()) return;
  const auto workspace = live_workspace(decision.rows(), command.workspace);
  if (workspace.name == command.name) return;
  event::WorkspaceRenamedT renamed;
  renamed.workspace = command.workspace;
  renamed.from = workspace.name;
  renamed.to = command.name;
  decision.emit(renamed);
}

void decide(const command::ChangeVisibilityT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto workspace = live_workspace(rows, command.workspace);
  const auto account = find_or_empty<row::AccountRowT>(rows, workspace.account);
  const bool leaves_open = workspace.visibility == Visibility::open_to_organisation &&
                           *command.visibility != Visibility::open_to_organisation;
  decision.require(decision.workspace_permits(command.workspace, "settings.manage"),
                   Reason::FORBIDDEN);
  decision.require(!leaves_open || account.tier >= Tier::innovator,
                   Reason::VISIBILITY_NEEDS_INNOVATOR);
  if (decision.refused() || workspace.visibility == *command.visibility) return;

  event::VisibilityChangedT changed;
  changed.workspace = command.workspace;
  changed.from = workspace.visibility;
  changed.to = *command.visibility;
  decision.emit(changed);
}

// Pending invites stay: whoever follows one learns WORKSPACE_GONE.
void decide(const command::DeleteWorkspaceT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto workspace = live_workspace(rows, command.workspace);
  decision.require(decision.workspace_permits(command.workspace, "settings.manage"),
                   Reason::FORBIDDEN);
  decision.require(live_projects(rows, "workspace", command.workspace).empty(),
                   Reason::WORKSPACE_HAS_PROJECTS);
  if (decision.refused()) return;
  cancel_pending_handoff(decision, command.workspace);
  for (const auto& [person, member] : live_members(rows, decision.now(), command.workspace)) {
    end_membership(decision, command.workspace, person, "workspace_deleted");
  }
  event::WorkspaceDeletedT deleted;
  deleted.workspace = command.workspace;
  deleted.organisation = workspace.organisation;
  decision.emit(deleted);
  settle_seats(decision, workspace.account, command.workspace);
  const auto account = find_or_empty<row::AccountRowT>(rows, workspace.account);
  if (account.scope == schema::AccountScope::workspace && !workspace.account.empty()) {
    close_account(decision, workspace.account, "workspace_deleted");
  }
}

void decide(const command::SetBrandingT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto workspace = live_workspace(rows, command.workspace);
  const auto account = find_or_empty<row::AccountRowT>(rows, workspace.account);
  decision.require(decision.workspace_permits(command.workspace, "workspace.whitelabel"),
                   Reason::FORBIDDEN);
  decision.require(workspace.usage == Usage::external_client, Reason::EXTERNAL_CLIENT_ONLY);
  decision.require(account.tier >= Tier::changemaker, Reason::TIER_TOO_LOW);
  const bool same = workspace.logo_reference == command.logo_reference &&
                    workspace.logo_sha256 == command.logo_sha256;
  if (decision.refused() || same) return;

  event::BrandingSetT set;
  set.workspace = command.workspace;
  set.logo_reference = command.logo_reference;
  set.logo_sha256 = command.logo_sha256;
  decision.emit(set);
}

void decide(const command::RemoveBrandingT& command, Decision& decision) {
  const auto workspace = live_workspace(decision.rows(), command.workspace);
  decision.require(decision.workspace_permits(command.workspace, "workspace.whitelabel"),
                   Reason::FORBIDDEN);
  decision.require(workspace.usage == Usage::external_client, Reason::EXTERNAL_CLIENT_ONLY);
  if (decision.refused() || workspace.logo_reference.empty()) return;

  event::BrandingRemovedT removed;
  removed.workspace = command.workspace;
  removed.cause = "asked";
  decision.emit(removed);
}

}  // namespace actbook

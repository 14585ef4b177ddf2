#include <set>

#include "decide/decide.h"
#include "rules.h"

namespace actbook {
namespace {

using schema::HandoffState;
using schema::Usage;
using schema::WorkspaceRole;

bool is_pending(const std::optional<row::HandoffRowT>& handoff) {
  return handoff && handoff->state == HandoffState::proposed;
}

// Everybody with a role in the organisation that hands over loses their place, but for who takes
// over. So does support: it was the former owner who let it in.
void end_partner_access(Decision& decision, const row::HandoffRowT& handoff) {
  const RowReader& rows = decision.rows();
  for (const auto& [person, member] : live_members(rows, decision.now(), handoff.workspace)) {
    const bool session = member.source == schema::MembershipSource::staff_support;
    const bool stays = !session && (person == decision.person() || is_outsider(rows, member.role));
    // Nobody is thrown out here: whoever is of the new owner's organisation too has its ladder.
    if (!stays) end_membership(decision, handoff.workspace, person, "handed_off", Removal::leaves);
  }
}

void make_owner(Decision& decision, const std::string& workspace, const std::string& person,
                const std::string& handoff) {
  const auto membership =
      find_or_empty<row::MembershipRowT>(decision.rows(), row_key({workspace, person}));
  // A support session, which may have run out long ago, makes nobody a member.
  if (membership.live && membership.source != schema::MembershipSource::staff_support) {
    if (membership.role == WorkspaceRole::owner) return;
    event::MembershipRoleChangedT changed;
    changed.workspace = workspace;
    changed.person = person;
    changed.from = membership.role;
    changed.to = WorkspaceRole::owner;
    decision.emit(changed);
    return;
  }
  event::MembershipGrantedT granted;
  granted.workspace = workspace;
  granted.person = person;
  granted.role = WorkspaceRole::owner;
  granted.source = schema::MembershipSource::direct;
  granted.handoff = handoff;
  decision.emit(granted);
}

}  // namespace

void decide(const command::RecordDataOwnerOrganisationT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto workspace = live_workspace(rows, command.workspace);
  const bool staff = decision.actor_is_staff() && !workspace.organisation.empty();
  if (staff) decision.set_basis("staff");
  decision.require(staff || decision.workspace_permits(command.workspace, "settings.manage"),
                   Reason::FORBIDDEN);
  decision.require(organisation_exists(rows, command.organisation), Reason::ORG_NOT_FOUND);
  decision.require(workspace.usage == Usage::external_client, Reason::EXTERNAL_CLIENT_ONLY);
  const bool same =
      workspace.data_owner && workspace.data_owner->organisation == command.organisation;
  if (decision.refused() || same) return;

  cancel_pending_handoff(decision, command.workspace);  // it was made to another organisation
  event::DataOwnerOrganisationRecordedT recorded;
  recorded.workspace = command.workspace;
  recorded.organisation = command.organisation;
  decision.emit(recorded);
}

void decide(const command::ProposeHandoffT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto workspace = live_workspace(rows, command.workspace);
  const std::string owner_organisation =
      workspace.data_owner ? workspace.data_owner->organisation : std::string();
  decision.require(decision.organisation_permits(workspace.billing_organisation, "org.handoff"),
                   Reason::NOT_BILLING_ORG_ADMIN);
  decision.require(workspace.usage == Usage::external_client, Reason::POOLED_ACCOUNT);
  decision.require(command.target != workspace.billing_organisation, Reason::TARGET_IS_BILLING_ORG);
  decision.require(organisation_exists(rows, command.target), Reason::TARGET_ORG_NOT_FOUND);
  decision.require(command.target == owner_organisation, Reason::TARGET_NOT_DATA_OWNER_ORG);
  decision.require(workspace.pending_handoff.empty(), Reason::HANDOFF_ALREADY_PENDING);
  decision.require(!find<row::HandoffRowT>(rows, command.handoff), Reason::HANDOFF_EXISTS);
  if (decision.refused()) return;

  event::HandoffProposedT proposed;
  proposed.handoff = command.handoff;
  proposed.workspace = command.workspace;
  proposed.from_organisation = workspace.billing_organisation;
  proposed.target = command.target;
  proposed.message = command.message;
  decision.emit(proposed);
  decision.add_created("handoff", command.handoff);
}

void decide(const command::AcceptHandoffT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto handoff = find<row::HandoffRowT>(rows, command.handoff);
  const auto row = handoff.value_or(row::HandoffRowT());
  const auto workspace = live_workspace(rows, row.workspace);
  decision.require(is_pending(handoff), Reason::NO_PENDING_HANDOFF);
  decision.require(decision.organisation_permits(row.target, "org.handoff"),
                   Reason::NOT_TARGET_ORG_ADMIN);
  if (decision.refused()) return;

  event::HandoffAcceptedT accepted;
  accepted.handoff = command.handoff;
  accepted.workspace = row.workspace;
  accepted.from_organisation = row.from_organisation;
  accepted.target = row.target;
  accepted.person = decision.actor().id;
  accepted.account = workspace.account;
  decision.emit(accepted);
  if (row.workspace.empty()) return;  // an observed fact about a handoff that was never seen here
  end_partner_access(decision, row);
  if (workspace.support_door_open) {
    event::SupportDoorClosedT closed;
    closed.workspace = row.workspace;
    closed.cause = "handed_off";
    decision.emit(closed);
  }
  if (!decision.person().empty()) {
    make_owner(decision, row.workspace, decision.person(), command.handoff);
  }
  // An old link must not let the partner's people back in.
  for (const auto& [invite, pending] : pending_invites(rows, row.workspace)) {
    if (pending.purpose == schema::InvitePurpose::data_owner) continue;
    revoke_invite(decision, invite, row.workspace, "handed_off");
  }
  settle_seats(decision, workspace.account, row.workspace);
}

void decide(const command::DeclineHandoffT& command, Decision& decision) {
  const auto handoff = find<row::HandoffRowT>(decision.rows(), command.handoff);
  const auto row = handoff.value_or(row::HandoffRowT());
  decision.require(is_pending(handoff), Reason::NO_PENDING_HANDOFF);
  decision.require(decision.organisation_permits(row.target, "org.handoff"),
                   Reason::NOT_TARGET_ORG_ADMIN);
  if (decision.refused()) return;

  event::HandoffDeclinedT declined;
  declined.handoff = command.handoff;
  declined.workspace = row.workspace;
  declined.target = row.target;
  decision.emit(declined);
}

void decide(const command::CancelHandoffT& command, Decision& decision) {
  const auto handoff = find<row::HandoffRowT>(decision.rows(), command.handoff);
  const auto row = handoff.value_or(row::HandoffRowT());
  decision.require(is_pending(handoff), Reason::NO_PENDING_HANDOFF);
  const auto payer = live_workspace(decision.rows(), row.workspace).billing_organisation;
  decision.require(decision.organisation_permits(payer, "org.handoff"),
                   Reason::NOT_BILLING_ORG_ADMIN);
  if (decision.refused()) return;

  event::HandoffCancelledT cancelled;
  cancelled.handoff = command.handoff;
  cancelled.workspace = row.workspace;
  cancelled.from_organisation = row.from_organisation;
  decision.emit(cancelled);
}

}  // namespace actbook

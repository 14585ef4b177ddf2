#include <algorithm>

#include "actbook/seal.h"
#include "decide/decide.h"
#include "rules.h"

namespace actbook {
namespace {

using schema::AccountStatus;
using schema::InviteState;
using schema::MembershipSource;
using schema::Usage;
using schema::WorkspaceRole;

constexpr int kInviteDays = 7;

bool billing_blocked(const RowReader& rows, const row::WorkspaceRowT& workspace) {
  const auto status = find_or_empty<row::AccountRowT>(rows, workspace.account).status;
  return status == AccountStatus::past_due || status == AccountStatus::canceled;
}

// An invite that was never seen here has no expiry that anybody knows of.
bool is_expired(const row::InviteRowT& invite, Timestamp at) {
  return invite.expires_at != 0 && at.microseconds >= invite.expires_at;
}

// Whether the person left the workspace or its organisation after the invite was last sent.
bool left_since(const RowReader& rows, const row::InviteRowT& invite, std::string_view organisation,
                std::string_view person) {
  const auto position = [](const auto& act) { return act ? act->position : 0; };
  const auto sent = std::max(position(invite.issued), position(invite.resent));
  const auto membership =
      find_or_empty<row::MembershipRowT>(rows, row_key({invite.workspace, person}));
  const auto member =
      find_or_empty<row::OrganisationMemberRowT>(rows, row_key({organisation, person}));
  const bool was_member = membership.source != MembershipSource::staff_support;
  return (was_member && position(membership.ended) > sent) || position(member.ended) > sent;
}

row::MembershipRowT membership_of(const Decision& decision, std::string_view workspace,
                                  std::string_view person) {
  if (person.empty()) return {};
  return find_or_empty<row::MembershipRowT>(decision.rows(), row_key({workspace, person}));
}

bool in_support_session(const Decision& decision, const row::MembershipRowT& membership) {
  return membership.source == MembershipSource::staff_support &&
         is_live(membership, decision.now());
}

// A support session makes nobody a member.
bool is_live_member(const Decision& decision, std::string_view workspace, std::string_view person) {
  const auto membership = membership_of(decision, workspace, person);
  return is_live(membership, decision.now()) &&
         membership.source != MembershipSource::staff_support;
}

// Whoever becomes a member needs no session any more.
void end_support_session(Decision& decision, std::string_view workspace, std::string_view person) {
  if (!in_support_session(decision, membership_of(decision, workspace, person))) return;
  end_membership(decision, workspace, person, "became_member");
}

// A grant in full: an insider's organisation membership first, then the workspace membership and
// its seat.
void let_in(Decision& decision, const std::string& workspace, const std::string& person,
            WorkspaceRole role, std::string_view invite) {
  const auto row = live_workspace(decision.rows(), workspace);
  if (!is_outsider(decision.rows(), role)) {
    ensure_organisation_member(decision, row.organisation, person, invite);
  }
  end_support_session(decision, workspace, person);
  event::MembershipGrantedT granted;
  granted.workspace = workspace;
  granted.person = person;
  granted.role = role;
  granted.source = MembershipSource::direct;
  granted.invite = invite;
  decision.emit(granted);
  settle_seat(decision, row.account, person);
}

// Outsiders must not be insiders of the organisation, nor the other way round.
void require_one_side(Decision& decision, std::string_view organisation, std::string_view person,
                      WorkspaceRole role) {
  if (is_outsider(decision.rows(), role)) {
    require_no_insider(decision, organisation, person);
  } else {
    require_no_outsider(decision, organisation, person);
  }
}

// ResendInvite and RevokeInvite: the inviter, or an owner or admin of the organisation.
void require_inviter(Decision& decision, const row::InviteRowT& invite) {
  const RowReader& rows = decision.rows();
  const auto organisation = live_workspace(rows, invite.workspace).organisation;
  // Whoever has left since, or handed the workspace off, has no more say in it.
  const bool inviter = invite.issued && !decision.person().empty() &&
                       invite.issued->actor->kind == schema::ActorKind::person &&
                       invite.issued->actor->id == decision.person() &&
                       (decision.workspace_role(invite.workspace) ||
                        organisation_role(rows, organisation, decision.person()));
  if (inviter) decision.set_basis("the inviter");
  decision.require(inviter || decision.organisation_permits(organisation, "org.manage_members"),
                   Reason::NOT_INVITER_OR_ORG_ADMIN);
}

// Whether a person, who signed in with `email` if one is given, is the one that was invited.
bool is_recipient(const RowReader& rows, const row::InviteRowT& invite, const std::string& person,
                  const std::string& email) {
  const Party invited = known_party(rows, invite.contact, invite.person);
  if (person.empty()) return false;
  if (known_party(rows, "", person).is(invited)) return true;
  // The address counts only while it is nobody else's.
  const auto contact = contact_of(email);
  return !contact.empty() && contact == invited.contact &&
         (invited.person.empty() || invited.person == person);
}

}  // namespace

void decide(const command::InviteToWorkspaceT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const WorkspaceRole role = *command.role;
  const auto workspace = live_workspace(rows, command.workspace);
  const Party invited = party(rows, command.email, command.person);
  const auto own = decision.workspace_role(command.workspace);
  const Party self = known_party(rows, "", decision.person());
  const auto waiting = pending_invites(rows, command.workspace);
  const auto same = std::ranges::find_if(waiting, [&](const auto& other) {
    return !is_expired(other.second, decision.now()) &&
           known_party(rows, other.second.contact, other.second.person).is(invited);
  });
  const bool is_member = is_live_member(decision, command.workspace, invited.person);
  const bool would_issue = !is_member && invited.person.empty() && same == waiting.end();

  decision.require(decision.workspace_permits(command.workspace, "member.invite"),
                   Reason::FORBIDDEN);
  decision.require(role != WorkspaceRole::observer || workspace.usage == Usage::external_client,
                   Reason::OBSERVER_ONLY_IN_EXTERNAL_WORKSPACE);
  decision.require(role == WorkspaceRole::observer || !billing_blocked(rows, workspace),
                   Reason::REACTIVATE_PLAN_FIRST);
  decision.require(own.has_value() && role <= *own, Reason::ROLE_ABOVE_OWN);
  decision.require(self.person.empty() || !self.is(invited), Reason::SELF_INVITE);
  require_one_side(decision, workspace.organisation, invited.person, role);
  decision.require(!would_issue || !find<row::InviteRowT>(rows, command.invite),
                   Reason::INVITE_EXISTS);
  if (decision.refused()) return;

  if (is_member) {
    decision.set_result("already_member");
    return;
  }
  if (!invited.person.empty()) {
    if (same != waiting.end()) {
      revoke_invite(decision, same->first, command.workspace, "added_directly");
    }
    let_in(decision, command.workspace, invited.person, role, "");
    decision.set_result("added");
    return;
  }
  if (same != waiting.end()) {
    decision.set_result("already_invited");
    return;
  }
  introduce_contact(decision, command.email);
  event::InviteIssuedT issued;
  issued.invite = command.invite;
  issued.workspace = command.workspace;
  issued.contact = invited.contact;
  issued.role = role;
  issued.expires_at = plus_days(decision.now(), kInviteDays).microseconds;
  decision.emit(issued);
  decision.add_created("invite", command.invite);
  decision.set_result("invited");
}

void decide(const command::ResendInviteT& command, Decision& decision) {
  const auto invite = find<row::InviteRowT>(decision.rows(), command.invite);
  const auto row = invite.value_or(row::InviteRowT());
  decision.require(
      invite && row.state != InviteState::revoked && row.state != InviteState::declined,
      Reason::INVITE_NOT_FOUND);
  decision.require(row.state != InviteState::accepted, Reason::INVITE_ALREADY_ACCEPTED);
  require_inviter(decision, row);
  if (decision.refused()) return;

  // Resending is an act of its own, recorded even where the expiry stays.
  event::InviteResentT resent;
  resent.invite = command.invite;
  resent.workspace = row.workspace;
  resent.from_expires_at = row.expires_at;
  resent.expires_at = std::max(row.expires_at, plus_days(decision.now(), kInviteDays).microseconds);
  decision.emit(resent);
}

void decide(const command::RevokeInviteT& command, Decision& decision) {
  const auto invite = find<row::InviteRowT>(decision.rows(), command.invite);
  const auto row = invite.value_or(row::InviteRowT());
  decision.require(invite && row.state != InviteState::declined, Reason::INVITE_NOT_FOUND);
  decision.require(row.state != InviteState::accepted, Reason::INVITE_ALREADY_ACCEPTED);
  require_inviter(decision, row);
  if (decision.refused() || row.state == InviteState::revoked) return;
  revoke_invite(decision, command.invite, row.workspace, "asked");
}

void decide(const command::DeclineInviteT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto invite = find<row::InviteRowT>(rows, command.invite);
  const auto row = invite.value_or(row::InviteRowT());
  decision.require(invite && row.state != InviteState::revoked, Reason::INVITE_NOT_FOUND);
  decision.require(is_recipient(rows, row, decision.person(), command.email),
                   Reason::WRONG_RECIPIENT);
  decision.require(row.state != InviteState::accepted, Reason::INVITE_ALREADY_ACCEPTED);
  if (decision.refused() || row.state == InviteState::declined) return;

  decision.set_basis("the recipient");
  event::InviteDeclinedT declined;
  declined.invite = command.invite;
  declined.workspace = row.workspace;
  declined.person = decision.person();
  decision.emit(declined);
}

void decide(const command::AcceptInviteT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto invite = find<row::InviteRowT>(rows, command.invite);
  const auto row = invite.value_or(row::InviteRowT());
  const auto workspace = live_workspace(rows, row.workspace);
  const bool by_somebody_else = decision.person() != command.person;

  decision.require(
      invite && row.state != InviteState::revoked && row.state != InviteState::declined,
      Reason::INVITE_NOT_FOUND);
  decision.require(!by_somebody_else && is_recipient(rows, row, command.person, command.email),
                   Reason::WRONG_RECIPIENT);
  decision.require(row.state != InviteState::accepted, Reason::INVITE_ALREADY_ACCEPTED);
  // An old link never re-opens access: whoever left since takes a new one, or this one resent.
  decision.require(!is_expired(row, decision.now()) &&
                       !left_since(rows, row, workspace.organisation, command.person),
                   Reason::INVITE_EXPIRED);
  decision.require(row.workspace.empty() || !workspace.organisation.empty(),
                   Reason::WORKSPACE_GONE);
  require_one_side(decision, workspace.organisation, command.person, row.role);
  // Or an address would be theirs again.
  decision.require(!find_or_empty<row::PersonRowT>(rows, command.person).erased,
                   Reason::PERSON_ERASED);
  if (decision.refused()) return;

  decision.set_basis("the recipient");
  event::InviteAcceptedT accepted;
  accepted.invite = command.invite;
  accepted.workspace = row.workspace;
  accepted.contact = row.contact;
  accepted.person = command.person;
  decision.emit(accepted);
  if (row.workspace.empty()) return;  // an observed fact about an invite that was never seen here
  if (is_live_member(decision, row.workspace, command.person)) {
    decision.set_result("already_member");
    return;
  }
  let_in(decision, row.workspace, command.person, row.role, command.invite);
}

void decide(const command::ChangeWorkspaceRoleT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const WorkspaceRole to = *command.role;
  const auto workspace = live_workspace(rows, command.workspace);
  const auto membership =
      find_or_empty<row::MembershipRowT>(rows, row_key({command.workspace, command.person}));
  const WorkspaceRole from = membership.role;
  // A support session has the role it has.
  const bool live = membership.live && membership.source != MembershipSource::staff_support;
  const auto own = decision.workspace_role(command.workspace);
  const bool changes = !live || from != to;

  decision.require(decision.workspace_permits(command.workspace, "member.manage"),
                   Reason::FORBIDDEN);
  decision.require(own.has_value() && to <= *own, Reason::ROLE_ABOVE_OWN);
  decision.require(live, Reason::MEMBERSHIP_NOT_FOUND);
  decision.require(!live || is_outsider(rows, from) == is_outsider(rows, to),
                   Reason::OUTSIDER_INSIDER_CROSSING);
  decision.require(to != WorkspaceRole::observer || workspace.usage == Usage::external_client,
                   Reason::OBSERVER_ONLY_IN_EXTERNAL_WORKSPACE);
  decision.require(!changes || !takes_paid_seat(rows, to) || !billing_blocked(rows, workspace),
                   Reason::REACTIVATE_PLAN_FIRST);
  decision.require(to == WorkspaceRole::owner ||
                       !is_last_owner(rows, decision.now(), command.workspace, command.person),
                   Reason::LAST_OWNER);
  if (decision.refused() || !changes) return;

  if (!live) {  // an observed fact about somebody who was never seen here
    let_in(decision, command.workspace, command.person, to, "");
    return;
  }
  event::MembershipRoleChangedT changed;
  changed.workspace = command.workspace;
  changed.person = command.person;
  changed.from = from;
  changed.to = to;
  decision.emit(changed);
  settle_seat(decision, workspace.account, command.person);
}

void decide(const command::RemoveMemberT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const bool leaving = decision.person() == command.person;
  if (leaving) decision.set_basis("the person leaving");
  decision.require(leaving || decision.workspace_permits(command.workspace, "member.manage"),
                   Reason::FORBIDDEN);
  // Whoever manages members may end a support session, too.
  decision.require(
      is_live(membership_of(decision, command.workspace, command.person), decision.now()),
      Reason::MEMBERSHIP_NOT_FOUND);
  decision.require(!is_last_owner(rows, decision.now(), command.workspace, command.person),
                   Reason::LAST_OWNER);
  if (decision.refused()) return;

  end_membership(decision, command.workspace, command.person, leaving ? "left" : "removed");
  settle_seat(decision, live_workspace(rows, command.workspace).account, command.person);
}

void decide(const command::SelfJoinT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto workspace = live_workspace(rows, command.workspace);
  decision.require(decision.organisation_permits(workspace.organisation, "org.self_join_workspace"),
                   Reason::FORBIDDEN);
  decision.require(!is_live_member(decision, command.workspace, decision.person()),
                   Reason::ALREADY_MEMBER);
  if (decision.refused() || decision.person().empty()) return;

  end_support_session(decision, command.workspace, decision.person());
  event::MembershipGrantedT granted;
  granted.workspace = command.workspace;
  granted.person = decision.person();
  granted.role = WorkspaceRole::admin;
  granted.source = MembershipSource::self_join;
  granted.data_owner = data_owner_as_known(rows, workspace);
  decision.emit(granted);
  settle_seat(decision, workspace.account, decision.person());
}

}  // namespace actbook

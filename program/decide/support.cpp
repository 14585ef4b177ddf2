#include "decide/decide.h"
#include "rules.h"

namespace actbook {
namespace {

using schema::MembershipSource;
using schema::SupportRequestState;
using schema::WorkspaceRole;

constexpr int kSessionDays = 1;
constexpr int kRequestDays = 7;

row::MembershipRowT membership_of(const Decision& decision, const std::string& workspace,
                                  const std::string& person) {
  return find_or_empty<row::MembershipRowT>(decision.rows(), row_key({workspace, person}));
}

bool in_session(const Decision& decision, const row::MembershipRowT& membership) {
  return membership.source == MembershipSource::staff_support &&
         is_live(membership, decision.now());
}

// The door is the customer's: staff in a session are admins, but not at it.
void require_customer(Decision& decision, const std::string& workspace) {
  const bool supports =
      in_session(decision, membership_of(decision, workspace, decision.actor().id));
  decision.require(!decision.actor_is_staff() && !supports &&
                       decision.workspace_permits(workspace, "settings.manage"),
                   Reason::FORBIDDEN);
}

// A membership of another kind is not to be replaced by one that runs out.
bool is_member_otherwise(const Decision& decision, const row::MembershipRowT& membership) {
  return membership.source != MembershipSource::staff_support &&
         is_live(membership, decision.now());
}

bool waits_for_answer(const Decision& decision, const std::optional<row::SupportRequestRowT>& row) {
  return row && row->requested && row->state == SupportRequestState::pending &&
         decision.now().microseconds < row->expires_at;
}

// A session takes no seat: a membership that it replaces, as observed, gives back its own.
void let_staff_in(Decision& decision, const std::string& workspace, const std::string& person,
                  const std::string& request) {
  const auto row = live_workspace(decision.rows(), workspace);
  event::MembershipGrantedT granted;
  granted.workspace = workspace;
  granted.person = person;
  granted.role = WorkspaceRole::admin;
  granted.source = MembershipSource::staff_support;
  granted.expires_at = plus_days(decision.now(), kSessionDays).microseconds;
  granted.support_request = request;
  granted.data_owner = data_owner_as_known(decision.rows(), row);
  decision.emit(granted);
  settle_seat(decision, row.account, person);
}

}  // namespace

void decide(const command::OpenSupportDoorT& command, Decision& decision) {
  require_customer(decision, command.workspace);
  if (decision.refused()) return;
  if (live_workspace(decision.rows(), command.workspace).support_door_open) return;
  event::SupportDoorOpenedT opened;
  opened.workspace = command.workspace;
  decision.emit(opened);
}

void decide(const command::CloseSupportDoorT& command, Decision& decision) {
  require_customer(decision, command.workspace);
  if (decision.refused()) return;
  if (!live_workspace(decision.rows(), command.workspace).support_door_open) return;
  event::SupportDoorClosedT closed;
  closed.workspace = command.workspace;
  closed.cause = "asked";
  decision.emit(closed);
}

// A session that an approval gave is extended, too, if the door has been opened since.
void decide(const command::JoinSupportT& command, Decision& decision) {
  const auto workspace = live_workspace(decision.rows(), command.workspace);
  const std::string& staff = decision.actor().id;
  const auto membership = membership_of(decision, command.workspace, staff);
  decision.require_staff();
  decision.require(workspace.support_door_open, Reason::SUPPORT_ACCESS_OFF);
  decision.require(!is_member_otherwise(decision, membership), Reason::ALREADY_MEMBER);
  if (decision.refused()) return;

  // An observed fact that no human acted in lets nobody in.
  if (!decision.actor_is_staff() && decision.person().empty()) return;
  if (!in_session(decision, membership)) {
    let_staff_in(decision, command.workspace, staff, "");
    return;
  }
  const auto until = plus_days(decision.now(), kSessionDays).microseconds;
  if (membership.expires_at && *membership.expires_at >= until) return;
  event::SupportExtendedT extended;
  extended.workspace = command.workspace;
  extended.person = staff;
  extended.from_expires_at = membership.expires_at.value_or(0);
  extended.expires_at = until;
  decision.emit(extended);
}

void decide(const command::RequestSupportT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto workspace = live_workspace(rows, command.workspace);
  const std::string& staff = decision.actor().id;
  const auto pending = find<row::SupportRequestRowT>(rows, workspace.support_request);
  decision.require_staff();
  decision.require(!workspace.organisation.empty(), Reason::WORKSPACE_NOT_FOUND);
  decision.require(!workspace.support_door_open &&
                       !in_session(decision, membership_of(decision, command.workspace, staff)),
                   Reason::SUPPORT_ALREADY_ON);
  decision.require(!waits_for_answer(decision, pending), Reason::REQUEST_PENDING);
  decision.require(!find<row::SupportRequestRowT>(rows, command.request), Reason::REQUEST_EXISTS);
  if (decision.refused()) return;

  event::SupportRequestedT requested;
  requested.request = command.request;
  requested.workspace = command.workspace;
  requested.person = staff;
  requested.expires_at = plus_days(decision.now(), kRequestDays).microseconds;
  decision.emit(requested);
  decision.add_created("support_request", command.request);
}

void decide(const command::ApproveSupportT& command, Decision& decision) {
  const auto request = find<row::SupportRequestRowT>(decision.rows(), command.request);
  const auto row = request.value_or(row::SupportRequestRowT());
  const auto membership = membership_of(decision, row.workspace, row.person);
  require_customer(decision, row.workspace);
  decision.require(waits_for_answer(decision, request), Reason::NOT_PENDING);
  decision.require(!is_member_otherwise(decision, membership), Reason::ALREADY_MEMBER);
  if (decision.refused()) return;

  event::SupportApprovedT approved;
  approved.request = command.request;
  approved.workspace = row.workspace;
  approved.person = row.person;
  decision.emit(approved);
  if (row.person.empty()) return;  // an observed fact about a request that was never seen here
  if (in_session(decision, membership)) {
    end_membership(decision, row.workspace, row.person, "support_renewed");
  }
  let_staff_in(decision, row.workspace, row.person, command.request);
}

void decide(const command::DenySupportT& command, Decision& decision) {
  const auto request = find<row::SupportRequestRowT>(decision.rows(), command.request);
  const auto row = request.value_or(row::SupportRequestRowT());
  require_customer(decision, row.workspace);
  decision.require(waits_for_answer(decision, request), Reason::NOT_PENDING);
  if (decision.refused()) return;

  event::SupportDeniedT denied;
  denied.request = command.request;
  denied.workspace = row.workspace;
  denied.person = row.person;
  decision.emit(denied);
}

void decide(const command::LeaveSupportT& command, Decision& decision) {
  const std::string& staff = decision.actor().id;
  decision.require_staff();
  decision.require(in_session(decision, membership_of(decision, command.workspace, staff)),
                   Reason::MEMBERSHIP_NOT_FOUND);
  if (decision.refused()) return;
  end_membership(decision, command.workspace, staff, "left");
}

}  // namespace actbook

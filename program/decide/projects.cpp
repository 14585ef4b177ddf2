#include <algorithm>

#include "actbook/belongings.h"
#include "decide/decide.h"
#include "rules.h"

namespace actbook {
namespace {

using schema::TransferState;

// Where a project belongs, or shall belong.
struct Place {
  std::string workspace;
  std::string organisation;
  std::string personal_account;
};

Place place_of(const row::ProjectRowT& row) {
  return {row.workspace, row.organisation, row.personal_account};
}

bool is_account_person(Decision& decision, const std::string& personal_account) {
  const auto row = find<row::PersonalAccountRowT>(decision.rows(), personal_account);
  if (!row || row->converted || row->person.empty() || row->person != decision.person()) {
    return false;
  }
  decision.set_basis("the account's person");
  return true;
}

// Whoever works in a workspace needs `in_workspace` there; the agency program goes by the owner.
void require_right(Decision& decision, const Place& place, std::string_view in_workspace,
                   std::string_view in_organisation) {
  if (!place.workspace.empty()) {
    decision.require(decision.workspace_permits(place.workspace, in_workspace), Reason::FORBIDDEN);
    return;
  }
  const bool allowed = place.organisation.empty()
                           ? is_account_person(decision, place.personal_account)
                           : decision.organisation_permits(place.organisation, in_organisation);
  decision.require(allowed, Reason::NOT_ALLOWED);
}

// Data may go from one workspace to another only inside one organisation's own; within a workspace
// it stays where it was.
bool within_boundary(const RowReader& rows, const std::string& from, const std::string& to) {
  if (from == to && !from.empty()) return true;
  const auto source = live_workspace(rows, from);
  const auto destination = live_workspace(rows, to);
  const auto is_internal = [](const row::WorkspaceRowT& row) {
    return !row.organisation.empty() && row.usage == schema::Usage::internal;
  };
  return is_internal(source) && is_internal(destination) &&
         source.organisation == destination.organisation;
}

// Where data was last known to be: what is deleted here may still be moved, as observed, and
// whether that took it from a client is asked of it, too.
std::string last_workspace_of(const RowReader& rows, const std::string& project) {
  return find_or_empty<row::ProjectRowT>(rows, project).workspace;
}

bool leaves_client(const RowReader& rows, const std::string& from, const std::string& to) {
  const auto source = find_or_empty<row::WorkspaceRowT>(rows, from);
  return from != to && source.usage == schema::Usage::external_client;
}

void cancel_transfer(Decision& decision, const std::string& transfer, std::string_view cause) {
  const auto row = find_or_empty<row::TransferRowT>(decision.rows(), transfer);
  event::ProjectTransferCancelledT cancelled;
  cancelled.transfer = transfer;
  cancelled.project = row.project;
  cancelled.target = row.target;
  cancelled.cause = cause;
  decision.emit(cancelled);
}

// A buyer without a plan has no plan's limits.
bool has_room(const RowReader& rows, const std::string& organisation) {
  const auto plan = subscription_of(rows, "organisation", organisation);
  return !plan || !plan->project_limit ||
         live_projects(rows, "organisation", organisation).size() < *plan->project_limit;
}

bool is_pending(const std::optional<row::TransferRowT>& transfer) {
  return transfer && transfer->state == TransferState::pending && transfer->started;
}

}  // namespace

void decide(const command::CreateProjectT& command, Decision& decision) {
  require_right(decision, {command.workspace, command.organisation, command.personal_account},
                "project.create", "project.create_edit_delete");
  decision.require(!find<row::ProjectRowT>(decision.rows(), command.project),
                   Reason::PROJECT_EXISTS);
  if (decision.refused()) return;

  event::ProjectCreatedT created;
  created.project = command.project;
  created.workspace = command.workspace;
  created.organisation = command.organisation;
  created.personal_account = command.personal_account;
  created.name = command.name;
  decision.emit(created);
  decision.add_created("project", command.project);
}

void decide(const command::EditProjectT& command, Decision& decision) {
  const auto row = live_project(decision.rows(), command.project);
  require_right(decision, place_of(row), "project.update", "project.create_edit_delete");
  if (decision.refused() || row.name == command.name) return;

  event::ProjectEditedT edited;
  edited.project = command.project;
  edited.from = row.name;
  edited.to = command.name;
  decision.emit(edited);
}

// A transfer that is pending goes with the project.
void decide(const command::DeleteProjectT& command, Decision& decision) {
  const auto row = live_project(decision.rows(), command.project);
  require_right(decision, place_of(row), "project.delete", "project.create_edit_delete");
  if (decision.refused()) return;

  if (!row.pending_transfer.empty()) {
    cancel_transfer(decision, row.pending_transfer, "project_deleted");
  }
  event::ProjectDeletedT deleted;
  deleted.project = command.project;
  deleted.workspace = row.workspace;
  deleted.organisation = row.organisation;
  deleted.personal_account = row.personal_account;
  decision.emit(deleted);
}

void decide(const command::MoveProjectT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto row = live_project(rows, command.project);
  decision.require(decision.workspace_permits(row.workspace, "project.move") &&
                       decision.workspace_permits(command.workspace, "project.move"),
                   Reason::FORBIDDEN);
  decision.require(within_boundary(rows, row.workspace, command.workspace),
                   Reason::CROSS_BILLING_CONTEXT);
  if (decision.refused() || row.workspace == command.workspace) return;

  event::ProjectMovedT moved;
  moved.project = command.project;
  moved.from_workspace = last_workspace_of(rows, command.project);
  moved.to_workspace = command.workspace;
  moved.recordings = recordings_in(rows, command.project);
  moved.left_client = leaves_client(rows, moved.from_workspace, command.workspace);
  decision.emit(moved);
}

// Recordings come from people who work in the project, and from the devices that make them.
void decide(const command::AddRecordingT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto project = live_project(rows, command.project);
  const bool by_system = decision.actor_is(schema::ActorKind::system) && !project.workspace.empty();
  if (by_system) decision.set_basis("system");
  decision.require(by_system || decision.workspace_permits(project.workspace, "project.update"),
                   Reason::FORBIDDEN);
  decision.require(!find<row::RecordingRowT>(rows, command.recording), Reason::RECORDING_EXISTS);
  if (decision.refused()) return;

  event::RecordingAddedT added;
  added.recording = command.recording;
  added.project = command.project;
  added.workspace = project.workspace;
  decision.emit(added);
  decision.add_created("recording", command.recording);
}

void decide(const command::MoveRecordingsT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto destination = live_project(rows, command.project).workspace;
  const auto project_of = [&](const std::string& recording) {
    return find_or_empty<row::RecordingRowT>(rows, recording).project;
  };
  bool permitted = decision.workspace_permits(destination, "project.move");
  bool within = true;
  for (const auto& recording : command.recordings) {
    const auto source = live_project(rows, project_of(recording)).workspace;
    permitted = permitted && decision.workspace_permits(source, "project.move");
    within = within && within_boundary(rows, source, destination);
  }
  decision.require(permitted, Reason::FORBIDDEN);
  decision.require(within, Reason::CROSS_BILLING_CONTEXT);
  if (decision.refused()) return;

  for (const auto& recording : command.recordings) {
    event::RecordingMovedT moved;
    moved.recording = recording;
    moved.from_project = project_of(recording);
    moved.to_project = command.project;
    if (moved.from_project == moved.to_project) continue;
    moved.from_workspace = last_workspace_of(rows, moved.from_project);
    moved.to_workspace = destination;
    moved.left_client = leaves_client(rows, moved.from_workspace, destination);
    decision.emit(moved);
  }
}

// The basis is worked out from what the ledger knows when the read is recorded; a history is
// therefore loaded in the order in which it happened.
void decide(const command::RecordAccessT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const bool staff =
      command.staff || (decision.actor_is_staff() && decision.actor().id == command.person);
  const std::string workspace =
      command.project.empty() ? command.workspace : last_workspace_of(rows, command.project);
  event::AccessRecordedT access;
  if (command.project.empty()) {
    const auto found = effective_access(rows, decision.now(), workspace, command.person);
    if (found.can_read) access.basis = found.basis;
    for (const auto position : found.positions) access.positions.push_back(position.value);
  } else {
    const auto found = project_access(rows, decision.now(), command.project, command.person);
    if (found.can_read()) access.basis = found.basis;
    for (const auto position : found.positions) access.positions.push_back(position.value);
  }
  decision.require(!access.basis.empty(), Reason::READ_WITHOUT_BASIS);
  if (access.basis.empty()) {
    access.basis = staff ? "staff_override" : "none";
    access.positions.clear();
  }
  access.person = command.person;
  access.staff = staff;
  access.workspace = workspace;
  access.project = command.project;
  access.recording = command.recording;
  access.what = command.what;
  access.reported_basis = command.basis;
  access.data_owner = data_owner_as_known(rows, find_or_empty<row::WorkspaceRowT>(rows, workspace));
  decision.emit(access);
}

void decide(const command::AddCollaboratorT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  auto place = place_of(live_project(rows, command.project));
  place.workspace.clear();  // who is in a workspace is said there
  require_right(decision, place, "", "project.create_edit_delete");
  const auto key = row_key({command.project, command.person});
  decision.require(!find_or_empty<row::CollaboratorRowT>(rows, key).live, Reason::ALREADY_MEMBER);
  if (decision.refused()) return;

  event::CollaboratorAddedT added;
  added.project = command.project;
  added.person = command.person;
  decision.emit(added);
}

void decide(const command::RemoveCollaboratorT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  auto place = place_of(live_project(rows, command.project));
  place.workspace.clear();
  if (decision.person() == command.person) {
    decision.set_basis("the person leaving");
  } else {
    require_right(decision, place, "", "project.create_edit_delete");
  }
  const auto key = row_key({command.project, command.person});
  decision.require(find_or_empty<row::CollaboratorRowT>(rows, key).live,
                   Reason::MEMBERSHIP_NOT_FOUND);
  if (decision.refused()) return;

  event::CollaboratorRemovedT removed;
  removed.project = command.project;
  removed.person = command.person;
  decision.emit(removed);
}

// Where the actor says for whom they act, they enter through that organisation, or by what is their
// own: a seat, an account. Staff, systems and imports enter nothing themselves, so for them no
// basis holds.
void decide(const command::EnterProjectT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  auto access = project_access(rows, decision.now(), command.project, decision.person());
  const auto& through = decision.acting_organisation();
  const auto chosen = std::ranges::find_if(access.bases, [&](const schema::EntryBasisT& basis) {
    return through.empty() || basis.organisation.empty() || basis.organisation == through;
  });
  const bool may_enter = chosen != access.bases.end();
  const auto paths = entry_paths(rows, command.project);
  const bool has_role = std::ranges::any_of(paths, [&](const EntryPath& path) {
    return (through.empty() || through == path.organisation) &&
           organisation_role(rows, path.organisation, decision.person()).has_value();
  });
  decision.require(may_enter || has_role, Reason::NO_MANDATE);
  decision.require(may_enter || !has_role, Reason::ROLE_CANNOT_ENTER);
  // An observed fact that no person acted in says of nobody that they entered.
  if (decision.refused() || decision.person().empty()) return;

  event::ProjectEnteredT entered;
  entered.project = command.project;
  entered.person = decision.actor().id;
  if (may_enter) {
    decision.set_basis(access.basis);
    entered.organisation = chosen->organisation;
    entered.mandate = chosen->mandate;
    entered.role = chosen->role;
  }
  for (auto& basis : access.bases) {
    entered.bases.push_back(std::make_unique<schema::EntryBasisT>(std::move(basis)));
  }
  decision.emit(entered);
}

void decide(const command::TransferProjectT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto row = live_project(rows, command.project);
  auto place = place_of(row);
  place.workspace.clear();  // a workspace is handed off as a whole
  require_right(decision, place, "", "project.transfer");
  decision.require(row.pending_transfer.empty(), Reason::TRANSFER_PENDING);
  decision.require(organisation_exists(rows, command.target), Reason::ORG_NOT_FOUND);
  decision.require(!find<row::TransferRowT>(rows, command.transfer), Reason::TRANSFER_EXISTS);
  if (decision.refused()) return;
  if (!row.organisation.empty() && row.organisation == command.target) return;

  event::ProjectTransferStartedT started;
  started.transfer = command.transfer;
  started.project = command.project;
  started.organisation = row.organisation;
  started.personal_account = row.personal_account;
  started.target = command.target;
  decision.emit(started);
  decision.add_created("transfer", command.transfer);
}

void decide(const command::AcceptProjectTransferT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto transfer = find<row::TransferRowT>(rows, command.transfer);
  const auto row = transfer.value_or(row::TransferRowT());
  decision.require(is_pending(transfer), Reason::NOT_PENDING);
  decision.require(decision.owns(row.target), Reason::NOT_ALLOWED);
  decision.require(row.target.empty() || has_room(rows, row.target), Reason::PLAN_LIMITS_EXCEEDED);
  if (decision.refused()) return;

  // Whose it was until now: since the start, a personal account may have become an organisation.
  const auto owner = find_or_empty<row::ProjectRowT>(rows, row.project);
  event::ProjectTransferAcceptedT accepted;
  accepted.transfer = command.transfer;
  accepted.project = row.project;
  accepted.organisation = owner.organisation;
  accepted.personal_account = owner.personal_account;
  accepted.target = row.target;
  decision.emit(accepted);
}

void decide(const command::DeclineProjectTransferT& command, Decision& decision) {
  const auto transfer = find<row::TransferRowT>(decision.rows(), command.transfer);
  const auto row = transfer.value_or(row::TransferRowT());
  decision.require(is_pending(transfer), Reason::NOT_PENDING);
  decision.require(decision.owns(row.target), Reason::NOT_ALLOWED);
  if (decision.refused()) return;

  event::ProjectTransferDeclinedT declined;
  declined.transfer = command.transfer;
  declined.project = row.project;
  declined.target = row.target;
  decision.emit(declined);
}

void decide(const command::CancelProjectTransferT& command, Decision& decision) {
  const auto transfer = find<row::TransferRowT>(decision.rows(), command.transfer);
  const auto row = transfer.value_or(row::TransferRowT());
  decision.require(is_pending(transfer), Reason::NOT_PENDING);
  auto place = place_of(live_project(decision.rows(), row.project));
  place.workspace.clear();
  require_right(decision, place, "", "project.transfer");
  if (decision.refused()) return;
  cancel_transfer(decision, command.transfer, "asked");
}

}  // namespace actbook

#include "evolve/evolve.h"

namespace actbook {
namespace {

using row::ProjectRowT;
using row::RecordingRowT;
using row::TransferRowT;

template <class Event>
void decide_transfer(const Event& event, Fold& fold, schema::TransferState state) {
  const std::string transfer = event.transfer()->str();
  fold.update<TransferRowT>(transfer, [&](TransferRowT& row) {
    row.state = state;
    row.decided = fold.act();
  });
  if (event.project() == nullptr) return;
  fold.update<ProjectRowT>(event.project()->str(), [&](ProjectRowT& row) {
    if (row.pending_transfer == transfer) row.pending_transfer.clear();
  });
}

}  // namespace

void evolve(const event::ProjectCreated& event, Fold& fold) {
  const std::string project = event.project()->str();
  const std::string workspace = text(event.workspace());
  fold.update<ProjectRowT>(project, [&](ProjectRowT& row) {
    if (row.deleted) row = ProjectRowT();  // an observed fact may bring it back
    row.name = event.name()->str();
    row.workspace = workspace;
    row.organisation = text(event.organisation());
    row.personal_account = text(event.personal_account());
    row.created = fold.act();
    row.owned_since = fold.act();
  });
  if (!workspace.empty()) fold.refer("workspace", workspace, "project", project);
  if (event.organisation() != nullptr) {
    fold.refer("organisation", event.organisation()->string_view(), "project", project);
  }
  if (event.personal_account() != nullptr) {
    fold.refer("personal_account", event.personal_account()->string_view(), "project", project);
  }
}

void evolve(const event::ProjectEdited& event, Fold& fold) {
  fold.update<ProjectRowT>(event.project()->str(),
                           [&](ProjectRowT& row) { row.name = event.to()->str(); });
}

void evolve(const event::ProjectDeleted& event, Fold& fold) {
  const std::string project = event.project()->str();
  fold.update<ProjectRowT>(project, [&](ProjectRowT& row) { row.deleted = fold.act(); });
}

void evolve(const event::ProjectMoved& event, Fold& fold) {
  const std::string project = event.project()->str();
  const std::string workspace = event.to_workspace()->str();
  fold.update<ProjectRowT>(project, [&](ProjectRowT& row) {
    row.deleted.reset();  // what moves is there, as observed
    row.workspace = workspace;
    row.organisation.clear();
    row.personal_account.clear();
    row.owned_since = fold.act();
  });
  fold.refer("workspace", workspace, "project", project);
  if (event.recordings() == nullptr) return;
  for (const auto* recording : *event.recordings()) {
    if (event.left_client()) note_departure(fold, recording->str());
  }
}

void evolve(const event::RecordingAdded& event, Fold& fold) {
  const std::string recording = event.recording()->str();
  fold.update<RecordingRowT>(recording, [&](RecordingRowT& row) {
    row.project = event.project()->str();
    row.added = fold.act();
  });
  fold.refer("project", event.project()->string_view(), "recording", recording);
}

void evolve(const event::RecordingMoved& event, Fold& fold) {
  const std::string recording = event.recording()->str();
  fold.update<RecordingRowT>(recording, [&](RecordingRowT& row) {
    row.project = event.to_project()->str();
    row.moved = fold.act();
  });
  fold.refer("project", event.to_project()->string_view(), "recording", recording);
  if (event.left_client()) note_departure(fold, recording);
}

// A read changes nothing; it stands in the trails.
void evolve(const event::AccessRecorded& event, Fold& fold) {
  fold.refer("person", event.person()->string_view(), "act", "read");
}

void evolve(const event::CollaboratorAdded& event, Fold& fold) {
  const auto project = event.project()->string_view();
  const auto person = event.person()->string_view();
  fold.update<row::CollaboratorRowT>(row_key({project, person}), [&](row::CollaboratorRowT& row) {
    row.live = true;
    row.since = fold.act();
    row.ended.reset();
  });
  fold.refer("person", person, "project", project);
}

void evolve(const event::CollaboratorRemoved& event, Fold& fold) {
  const auto key = row_key({event.project()->string_view(), event.person()->string_view()});
  fold.update<row::CollaboratorRowT>(key, [&](row::CollaboratorRowT& row) {
    row.live = false;
    row.ended = fold.act();
  });
}

// Entering changes nothing; it stands in the trails.
void evolve(const event::ProjectEntered& event, Fold& fold) {
  fold.refer("person", event.person()->string_view(), "act", "entry");
}

void evolve(const event::ProjectTransferStarted& event, Fold& fold) {
  const std::string transfer = event.transfer()->str();
  fold.update<TransferRowT>(transfer, [&](TransferRowT& row) {
    row = TransferRowT();
    row.project = event.project()->str();
    row.organisation = text(event.organisation());
    row.personal_account = text(event.personal_account());
    row.target = event.target()->str();
    row.started = fold.act();
  });
  fold.update<ProjectRowT>(event.project()->str(),
                           [&](ProjectRowT& row) { row.pending_transfer = transfer; });
}

void evolve(const event::ProjectTransferAccepted& event, Fold& fold) {
  decide_transfer(event, fold, schema::TransferState::accepted);
  if (event.project() == nullptr || event.target() == nullptr) return;
  const std::string project = event.project()->str();
  fold.update<ProjectRowT>(project, [&](ProjectRowT& row) {
    row.deleted.reset();
    row.workspace.clear();
    row.organisation = event.target()->str();
    row.personal_account.clear();
    row.owned_since = fold.act();
  });
  fold.refer("organisation", event.target()->string_view(), "project", project);
}

void evolve(const event::ProjectTransferDeclined& event, Fold& fold) {
  decide_transfer(event, fold, schema::TransferState::declined);
}

void evolve(const event::ProjectTransferCancelled& event, Fold& fold) {
  decide_transfer(event, fold, schema::TransferState::cancelled);
}

}  // namespace actbook

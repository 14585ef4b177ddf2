#include "evolve/evolve.h"

namespace actbook {
namespace {

using row::WorkspaceRowT;

schema::DataOwnerT& owner_of(WorkspaceRowT& row) {
  if (!row.data_owner) row.data_owner = std::make_unique<schema::DataOwnerT>();
  return *row.data_owner;
}

// What a client's workspace holds is out of the client's boundary once it is the organisation's
// own.
void note_departures(Fold& fold, const std::string& workspace) {
  for (const auto& project : references(fold.rows(), "workspace", workspace, "project")) {
    const auto row = find_or_empty<row::ProjectRowT>(fold.rows(), project);
    if (row.deleted || row.workspace != workspace) continue;
    for (const auto& recording : references(fold.rows(), "project", project, "recording")) {
      if (find_or_empty<row::RecordingRowT>(fold.rows(), recording).project != project) continue;
      fold.update<row::RecordingRowT>(recording, [&](row::RecordingRowT& left) {
        left.left_client.push_back(fold.record().position().value);
      });
    }
  }
}

}  // namespace

void evolve(const event::WorkspaceCreated& event, Fold& fold) {
  const std::string workspace = event.workspace()->str();
  fold.update<WorkspaceRowT>(workspace, [&](WorkspaceRowT& row) {
    if (row.deleted) {  // an observed fact may bring it back, with what is in it
      const auto projects = row.projects;
      row = WorkspaceRowT();
      row.projects = projects;
    }
    row.name = event.name()->str();
    row.organisation = event.organisation()->str();
    row.billing_organisation = row.organisation;
    row.usage = event.usage();
    row.visibility = event.visibility();
    row.account = event.account()->str();
    row.created = fold.act();
  });
  fold.refer("organisation", event.organisation()->string_view(), "workspace", workspace);
  fold.refer("account", event.account()->string_view(), "workspace", workspace);
}

void evolve(const event::WorkspaceReclassified& event, Fold& fold) {
  const std::string workspace = event.workspace()->str();
  fold.update<WorkspaceRowT>(workspace, [&](WorkspaceRowT& row) {
    row.usage = event.to();
    row.account = text(event.to_account());
    if (event.to() == schema::Usage::internal) row.data_owner.reset();
  });
  fold.refer("account", text(event.to_account()), "workspace", workspace);
  if (event.to() == schema::Usage::internal) note_departures(fold, workspace);
}

void evolve(const event::WorkspaceRenamed& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(),
                             [&](WorkspaceRowT& row) { row.name = event.to()->str(); });
}

void evolve(const event::VisibilityChanged& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(),
                             [&](WorkspaceRowT& row) { row.visibility = event.to(); });
}

void evolve(const event::WorkspaceDeleted& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(),
                             [&](WorkspaceRowT& row) { row.deleted = fold.act(); });
}

void evolve(const event::DataOwnerNamed& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(), [&](WorkspaceRowT& row) {
    row.data_owner.reset(event.data_owner()->UnPack());
  });
}

void evolve(const event::DataOwnerReplaced& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(), [&](WorkspaceRowT& row) {
    row.data_owner.reset(event.to()->UnPack());
  });
}

void evolve(const event::DataOwnerCorrected& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(), [&](WorkspaceRowT& row) {
    owner_of(row).organisation_name = event.to_organisation_name()->str();
  });
}

void evolve(const event::DataOwnerOrganisationRecorded& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(), [&](WorkspaceRowT& row) {
    owner_of(row).organisation = event.organisation()->str();
  });
}

void evolve(const event::BrandingSet& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(), [&](WorkspaceRowT& row) {
    row.logo_reference = event.logo_reference()->str();
    row.logo_sha256 = event.logo_sha256()->str();
  });
}

void evolve(const event::BrandingRemoved& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(), [&](WorkspaceRowT& row) {
    row.logo_reference.clear();
    row.logo_sha256.clear();
  });
}

}  // namespace actbook

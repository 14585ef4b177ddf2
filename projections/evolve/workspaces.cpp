#include "actbook/keys.h"
#include "evolve/evolve.h"

namespace actbook {
namespace {

using row::WorkspaceRowT;

schema::DataOwnerT& owner_of(WorkspaceRowT& row) {
  if (!row.data_owner) row.data_owner = std::make_unique<schema::DataOwnerT>();
  return *row.data_owner;
}

// An organisation has data in a workspace. Acceptances from before that was known do not say so.
void note_data(Fold& fold, const flatbuffers::String* organisation, std::string_view workspace) {
  if (organisation == nullptr || organisation->size() == 0) return;
  fold.refer("organisation", organisation->string_view(), "data_in", workspace);
}

}  // namespace

void evolve(const event::WorkspaceCreated& event, Fold& fold) {
  const std::string workspace = event.workspace()->str();
  fold.update<WorkspaceRowT>(workspace, [&](WorkspaceRowT& row) {
    if (row.deleted) row = WorkspaceRowT();  // an observed fact may bring it back
    row.name = event.name()->str();
    row.organisation = event.organisation()->str();
    row.billing_organisation = row.organisation;
    row.usage = event.usage();
    row.visibility = event.visibility();
    row.account = event.account()->str();
    row.created = fold.act();
    row.owned = fold.act();
    row.visibility_set = fold.act();
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
  if (event.to() != schema::Usage::internal) return;
  // Whatever is in force by then lapses, also what was not known yet: so this row names none, and
  // those of AgreementLapsed each one.
  fold.update<row::AcceptanceLapseRowT>(
      acceptance_key(workspace, fold.record().position()),
      [&](row::AcceptanceLapseRowT& row) { row.lapsed = fold.act(); });
  // What a client's workspace holds is out of the client's boundary once it is the organisation's
  // own.
  if (event.recordings() == nullptr) return;
  for (const auto* recording : *event.recordings()) note_departure(fold, recording->str());
}

void evolve(const event::WorkspaceRenamed& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(),
                             [&](WorkspaceRowT& row) { row.name = event.to()->str(); });
}

void evolve(const event::VisibilityChanged& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(), [&](WorkspaceRowT& row) {
    row.visibility = event.to();
    row.visibility_set = fold.act();
  });
}

void evolve(const event::WorkspaceDeleted& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(),
                             [&](WorkspaceRowT& row) { row.deleted = fold.act(); });
}

void evolve(const event::DataOwnerNamed& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(), [&](WorkspaceRowT& row) {
    row.data_owner.reset(event.data_owner()->UnPack());
  });
  note_data(fold, event.data_owner()->organisation(), event.workspace()->string_view());
}

void evolve(const event::DataOwnerReplaced& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(), [&](WorkspaceRowT& row) {
    row.data_owner.reset(event.to()->UnPack());
  });
  note_data(fold, event.to()->organisation(), event.workspace()->string_view());
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
  note_data(fold, event.organisation(), event.workspace()->string_view());
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

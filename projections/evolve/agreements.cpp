#include "actbook/keys.h"
#include "evolve/evolve.h"

namespace actbook {

void evolve(const event::AgreementPublished& event, Fold& fold) {
  const auto agreement = event.agreement()->string_view();
  fold.update<row::AgreementRowT>(std::string(agreement), [&](row::AgreementRowT& row) {
    row.latest_version = std::max(row.latest_version, event.version());
  });
  fold.update<row::AgreementVersionRowT>(agreement_version_key(agreement, event.version()),
                                         [&](row::AgreementVersionRowT& row) {
                                           row.version = event.version();
                                           row.title = event.title()->str();
                                           row.language = event.language()->str();
                                           row.text_sha256 = event.text_sha256()->str();
                                           row.published = fold.act();
                                         });
}

void evolve(const event::AgreementAccepted& event, Fold& fold) {
  fold.note_actor();
  const std::string workspace = event.workspace()->str();
  fold.update<row::AcceptanceRowT>(acceptance_key(workspace, fold.record().position()),
                                   [&](row::AcceptanceRowT& row) {
                                     row.agreement = event.agreement()->str();
                                     row.version = event.version();
                                     row.text_sha256 = event.text_sha256()->str();
                                     row.workspace = workspace;
                                     row.organisation = event.organisation()->str();
                                     row.acting_organisation = text(event.acting_organisation());
                                     if (event.data_owner() != nullptr)
                                       row.data_owner.reset(event.data_owner()->UnPack());
                                     row.person = event.person()->str();
                                     row.channel = event.channel();
                                     row.ip_address = text(event.ip_address());
                                     row.user_agent = text(event.user_agent());
                                     row.accepted = fold.act();
                                     row.rules_broken = rules_broken(fold.record());
                                   });
}

void evolve(const event::AgreementLapsed& event, Fold& fold) {
  fold.update<row::AcceptanceLapseRowT>(
      acceptance_key(event.workspace()->str(), fold.record().position()),
      [&](row::AcceptanceLapseRowT& row) {
        row.lapsed = fold.act();
        row.acceptance = event.acceptance();
      });
}

}  // namespace actbook

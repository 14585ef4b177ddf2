#include "evolve/evolve.h"

namespace actbook {

void evolve(const event::PersonRegistered& event, Fold& fold) {
  const std::string person = event.person()->str();
  const std::string contact = text(event.contact());
  fold.update<row::PersonRowT>(person, [&](row::PersonRowT& row) {
    row.contact = contact;
    row.display_name = text(event.display_name());
    if (!row.registered) row.registered = fold.act();
  });
  if (contact.empty()) return;
  fold.update<row::ContactRowT>(contact, [&](row::ContactRowT& row) {
    row.person = person;
    row.identified = fold.act();
  });
  fold.refer("person", person, "contact", contact);
}

void evolve(const event::ContactRegistered& event, Fold& fold) {
  fold.update<row::ContactRowT>(event.contact()->str(),
                                [&](row::ContactRowT& row) { row.email = event.email()->str(); });
}

void evolve(const event::OrganisationRegistered& event, Fold& fold) {
  fold.update<row::OrganisationRowT>(event.organisation()->str(), [&](row::OrganisationRowT& row) {
    row.name = event.name()->str();
    row.registered = fold.act();
  });
}

void evolve(const event::OrganisationMemberAdded& event, Fold& fold) {
  const auto organisation = event.organisation()->string_view();
  const auto person = event.person()->string_view();
  fold.update<row::OrganisationMemberRowT>(row_key({organisation, person}),
                                           [&](row::OrganisationMemberRowT& row) {
                                             if (fold.ended_before(row.ended_early)) return;
                                             row.role = event.role();
                                             row.live = true;
                                             row.since = fold.act();
                                             row.role_since = fold.act();
                                             row.ended.reset();
                                           });
  fold.refer("person", person, "organisation", organisation);
}

void evolve(const event::OrganisationRoleChanged& event, Fold& fold) {
  const auto key = row_key({event.organisation()->string_view(), event.person()->string_view()});
  fold.update<row::OrganisationMemberRowT>(key, [&](row::OrganisationMemberRowT& row) {
    row.role = event.to();
    row.role_since = fold.act();
  });
}

void evolve(const event::OrganisationMemberRemoved& event, Fold& fold) {
  const auto key = row_key({event.organisation()->string_view(), event.person()->string_view()});
  fold.update<row::OrganisationMemberRowT>(key, [&](row::OrganisationMemberRowT& row) {
    if (!row.live) fold.end_early(row.ended_early);
    row.live = false;
    row.ended = fold.act();
  });
}

void evolve(const event::PartnerStatusGranted& event, Fold& fold) {
  const std::string organisation = event.organisation()->str();
  const std::string contract = text(event.contract_reference());
  const bool agency = event.program() == schema::PartnerProgram::agency;
  fold.update<row::OrganisationRowT>(organisation, [&](row::OrganisationRowT& row) {
    (agency ? row.agency_partner : row.workspace_partner) = true;
    row.partner = true;
    // That of an enrollment stands with the enrollment.
    if (!agency) row.contract_reference = contract;
    row.granted = fold.act();
  });
  if (!agency) return;
  fold.update<row::EnrollmentRowT>(organisation, [&](row::EnrollmentRowT& row) {
    // What was met in an earlier enrollment has to be met again.
    if (!row.live) row = row::EnrollmentRowT();
    row.live = true;
    row.contract_reference = contract;
    row.deadline = event.deadline().value_or(0);
    row.enrolled = fold.act();
  });
}

void evolve(const event::PartnerStatusRevoked& event, Fold& fold) {
  const std::string organisation = event.organisation()->str();
  const bool agency = event.program() == schema::PartnerProgram::agency;
  fold.update<row::OrganisationRowT>(organisation, [&](row::OrganisationRowT& row) {
    (agency ? row.agency_partner : row.workspace_partner) = false;
    row.partner = row.agency_partner || row.workspace_partner;
    row.revoked = fold.act();
  });
  if (!agency) return;
  fold.update<row::EnrollmentRowT>(organisation, [&](row::EnrollmentRowT& row) {
    row.live = false;
    row.ended = fold.act();
  });
}

}  // namespace actbook

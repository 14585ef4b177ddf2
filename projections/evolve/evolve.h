#pragma once

#include "actbook/schema/events_generated.h"
#include "evolve/fold.h"

// evolve(event, fold): how each event changes rows. Pure, and the only way in which state ever
// changes, live and in replay. A function per event, in the file that the event's schema is named
// after.
namespace actbook {

void evolve(const event::LedgerCreated& event, Fold& fold);
void evolve(const event::RoleDefined& event, Fold& fold);
void evolve(const event::CommandRefused& event, Fold& fold);

void evolve(const event::PersonRegistered& event, Fold& fold);
void evolve(const event::ContactRegistered& event, Fold& fold);
void evolve(const event::OrganisationRegistered& event, Fold& fold);
void evolve(const event::OrganisationMemberAdded& event, Fold& fold);
void evolve(const event::OrganisationRoleChanged& event, Fold& fold);
void evolve(const event::OrganisationMemberRemoved& event, Fold& fold);
void evolve(const event::PartnerStatusGranted& event, Fold& fold);
void evolve(const event::PartnerStatusRevoked& event, Fold& fold);

void evolve(const event::AgreementPublished& event, Fold& fold);
void evolve(const event::AgreementAccepted& event, Fold& fold);
void evolve(const event::AgreementLapsed& event, Fold& fold);

void evolve(const event::WorkspaceCreated& event, Fold& fold);
void evolve(const event::WorkspaceReclassified& event, Fold& fold);
void evolve(const event::WorkspaceRenamed& event, Fold& fold);
void evolve(const event::VisibilityChanged& event, Fold& fold);
void evolve(const event::WorkspaceDeleted& event, Fold& fold);
void evolve(const event::DataOwnerNamed& event, Fold& fold);
void evolve(const event::DataOwnerReplaced& event, Fold& fold);
void evolve(const event::DataOwnerCorrected& event, Fold& fold);
void evolve(const event::DataOwnerOrganisationRecorded& event, Fold& fold);
void evolve(const event::BrandingSet& event, Fold& fold);
void evolve(const event::BrandingRemoved& event, Fold& fold);

void evolve(const event::MembershipGranted& event, Fold& fold);
void evolve(const event::MembershipRoleChanged& event, Fold& fold);
void evolve(const event::MembershipEnded& event, Fold& fold);
void evolve(const event::InviteIssued& event, Fold& fold);
void evolve(const event::InviteResent& event, Fold& fold);
void evolve(const event::InviteRevoked& event, Fold& fold);
void evolve(const event::InviteDeclined& event, Fold& fold);
void evolve(const event::InviteAccepted& event, Fold& fold);

void evolve(const event::BillingAccountOpened& event, Fold& fold);
void evolve(const event::BillingAccountClosed& event, Fold& fold);
void evolve(const event::TierChanged& event, Fold& fold);
void evolve(const event::AccountStatusChanged& event, Fold& fold);
void evolve(const event::SeatOpened& event, Fold& fold);
void evolve(const event::SeatClosed& event, Fold& fold);

void evolve(const event::HandoffProposed& event, Fold& fold);
void evolve(const event::HandoffAccepted& event, Fold& fold);
void evolve(const event::HandoffDeclined& event, Fold& fold);
void evolve(const event::HandoffCancelled& event, Fold& fold);

void evolve(const event::PersonErased& event, Fold& fold);
void evolve(const event::LegalHoldPlaced& event, Fold& fold);
void evolve(const event::LegalHoldReleased& event, Fold& fold);

}  // namespace actbook

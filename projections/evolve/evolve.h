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
void evolve(const event::DiscountChanged& event, Fold& fold);
void evolve(const event::AccountRenewed& event, Fold& fold);

void evolve(const event::HandoffProposed& event, Fold& fold);
void evolve(const event::HandoffAccepted& event, Fold& fold);
void evolve(const event::HandoffDeclined& event, Fold& fold);
void evolve(const event::HandoffCancelled& event, Fold& fold);

void evolve(const event::PersonErased& event, Fold& fold);
void evolve(const event::LegalHoldPlaced& event, Fold& fold);
void evolve(const event::LegalHoldReleased& event, Fold& fold);

void evolve(const event::ProjectCreated& event, Fold& fold);
void evolve(const event::ProjectEdited& event, Fold& fold);
void evolve(const event::ProjectDeleted& event, Fold& fold);
void evolve(const event::ProjectMoved& event, Fold& fold);
void evolve(const event::RecordingAdded& event, Fold& fold);
void evolve(const event::RecordingMoved& event, Fold& fold);
void evolve(const event::AccessRecorded& event, Fold& fold);
void evolve(const event::CollaboratorAdded& event, Fold& fold);
void evolve(const event::CollaboratorRemoved& event, Fold& fold);
void evolve(const event::ProjectEntered& event, Fold& fold);
void evolve(const event::ProjectTransferStarted& event, Fold& fold);
void evolve(const event::ProjectTransferAccepted& event, Fold& fold);
void evolve(const event::ProjectTransferDeclined& event, Fold& fold);
void evolve(const event::ProjectTransferCancelled& event, Fold& fold);

void evolve(const event::SupportDoorOpened& event, Fold& fold);
void evolve(const event::SupportDoorClosed& event, Fold& fold);
void evolve(const event::SupportRequested& event, Fold& fold);
void evolve(const event::SupportApproved& event, Fold& fold);
void evolve(const event::SupportDenied& event, Fold& fold);
void evolve(const event::SupportExtended& event, Fold& fold);

void evolve(const event::ChargeRecorded& event, Fold& fold);
void evolve(const event::PaymentRecorded& event, Fold& fold);
void evolve(const event::RefundRecorded& event, Fold& fold);

void evolve(const event::ReferralDealSigned& event, Fold& fold);
void evolve(const event::ReferralTermsChanged& event, Fold& fold);
void evolve(const event::ReferralDealEnded& event, Fold& fold);
void evolve(const event::KickbackAccrued& event, Fold& fold);
void evolve(const event::KickbackPaid& event, Fold& fold);

void evolve(const event::RequirementMet& event, Fold& fold);
void evolve(const event::RequirementLost& event, Fold& fold);
void evolve(const event::EnrollmentExtended& event, Fold& fold);
void evolve(const event::PersonalAccountRegistered& event, Fold& fold);
void evolve(const event::PersonalAccountConverted& event, Fold& fold);

void evolve(const event::MandateRequested& event, Fold& fold);
void evolve(const event::MandateRequestWithdrawn& event, Fold& fold);
void evolve(const event::MandateRequestRejected& event, Fold& fold);
void evolve(const event::MandateRequestApproved& event, Fold& fold);
void evolve(const event::MandateGranted& event, Fold& fold);
void evolve(const event::MandateCancelled& event, Fold& fold);

void evolve(const event::PlanDefined& event, Fold& fold);
void evolve(const event::PartnerDiscountChanged& event, Fold& fold);
void evolve(const event::SpecialPlansEnabled& event, Fold& fold);
void evolve(const event::PlanBought& event, Fold& fold);

}  // namespace actbook

#pragma once

#include "actbook/schema/commands_generated.h"
#include "decision.h"

// decide(command, decision): the rules of each command in the order of domain.md sections 4 and 5,
// then the events that follow. A function per command, in the file that the command's schema is
// named after.
namespace actbook {

void decide(const command::RegisterPersonT& command, Decision& decision);
void decide(const command::RegisterOrganisationT& command, Decision& decision);
void decide(const command::AddOrganisationMemberT& command, Decision& decision);
void decide(const command::ChangeOrganisationRoleT& command, Decision& decision);
void decide(const command::RemoveOrganisationMemberT& command, Decision& decision);
void decide(const command::GrantPartnerStatusT& command, Decision& decision);
void decide(const command::RevokePartnerStatusT& command, Decision& decision);

void decide(const command::PublishAgreementVersionT& command, Decision& decision);
void decide(const command::AcceptAgreementT& command, Decision& decision);

void decide(const command::CreateWorkspaceT& command, Decision& decision);
void decide(const command::ChangeDataOwnershipT& command, Decision& decision);
void decide(const command::RenameWorkspaceT& command, Decision& decision);
void decide(const command::ChangeVisibilityT& command, Decision& decision);
void decide(const command::DeleteWorkspaceT& command, Decision& decision);
void decide(const command::SetBrandingT& command, Decision& decision);
void decide(const command::RemoveBrandingT& command, Decision& decision);

void decide(const command::InviteToWorkspaceT& command, Decision& decision);
void decide(const command::ResendInviteT& command, Decision& decision);
void decide(const command::RevokeInviteT& command, Decision& decision);
void decide(const command::DeclineInviteT& command, Decision& decision);
void decide(const command::AcceptInviteT& command, Decision& decision);
void decide(const command::ChangeWorkspaceRoleT& command, Decision& decision);
void decide(const command::RemoveMemberT& command, Decision& decision);
void decide(const command::SelfJoinT& command, Decision& decision);

void decide(const command::SetTierT& command, Decision& decision);
void decide(const command::SetAccountStatusT& command, Decision& decision);
void decide(const command::SetDiscountT& command, Decision& decision);
void decide(const command::RenewAccountT& command, Decision& decision);

void decide(const command::RecordDataOwnerOrganisationT& command, Decision& decision);
void decide(const command::ProposeHandoffT& command, Decision& decision);
void decide(const command::AcceptHandoffT& command, Decision& decision);
void decide(const command::DeclineHandoffT& command, Decision& decision);
void decide(const command::CancelHandoffT& command, Decision& decision);

void decide(const command::ErasePersonT& command, Decision& decision);
void decide(const command::PlaceLegalHoldT& command, Decision& decision);
void decide(const command::ReleaseLegalHoldT& command, Decision& decision);

void decide(const command::CreateProjectT& command, Decision& decision);
void decide(const command::EditProjectT& command, Decision& decision);
void decide(const command::DeleteProjectT& command, Decision& decision);
void decide(const command::MoveProjectT& command, Decision& decision);
void decide(const command::AddRecordingT& command, Decision& decision);
void decide(const command::MoveRecordingsT& command, Decision& decision);
void decide(const command::RecordAccessT& command, Decision& decision);
void decide(const command::AddCollaboratorT& command, Decision& decision);
void decide(const command::RemoveCollaboratorT& command, Decision& decision);
void decide(const command::EnterProjectT& command, Decision& decision);
void decide(const command::TransferProjectT& command, Decision& decision);
void decide(const command::AcceptProjectTransferT& command, Decision& decision);
void decide(const command::DeclineProjectTransferT& command, Decision& decision);
void decide(const command::CancelProjectTransferT& command, Decision& decision);

void decide(const command::OpenSupportDoorT& command, Decision& decision);
void decide(const command::CloseSupportDoorT& command, Decision& decision);
void decide(const command::JoinSupportT& command, Decision& decision);
void decide(const command::RequestSupportT& command, Decision& decision);
void decide(const command::ApproveSupportT& command, Decision& decision);
void decide(const command::DenySupportT& command, Decision& decision);
void decide(const command::LeaveSupportT& command, Decision& decision);

void decide(const command::RecordChargeT& command, Decision& decision);
void decide(const command::RecordPaymentT& command, Decision& decision);
void decide(const command::RecordRefundT& command, Decision& decision);

void decide(const command::SignReferralDealT& command, Decision& decision);
void decide(const command::ChangeReferralTermsT& command, Decision& decision);
void decide(const command::EndReferralDealT& command, Decision& decision);
void decide(const command::RecordKickbackPaidT& command, Decision& decision);

void decide(const command::EnrollAgencyT& command, Decision& decision);
void decide(const command::EndEnrollmentT& command, Decision& decision);
void decide(const command::MeetRequirementT& command, Decision& decision);
void decide(const command::LoseRequirementT& command, Decision& decision);
void decide(const command::ExtendEnrollmentT& command, Decision& decision);
void decide(const command::CreateClientOrganisationT& command, Decision& decision);
void decide(const command::RegisterPersonalAccountT& command, Decision& decision);
void decide(const command::ConvertAccountToOrganisationT& command, Decision& decision);

void decide(const command::RequestMandateT& command, Decision& decision);
void decide(const command::WithdrawMandateRequestT& command, Decision& decision);
void decide(const command::ApproveMandateRequestT& command, Decision& decision);
void decide(const command::RejectMandateRequestT& command, Decision& decision);
void decide(const command::CancelMandateT& command, Decision& decision);

void decide(const command::DefinePlanT& command, Decision& decision);
void decide(const command::SetPartnerDiscountT& command, Decision& decision);
void decide(const command::EnableSpecialPlansT& command, Decision& decision);
void decide(const command::BuyPlanT& command, Decision& decision);
void decide(const command::BillMonthT& command, Decision& decision);

void decide(const command::DefineRoleT& command, Decision& decision);

}  // namespace actbook

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

void decide(const command::RecordDataOwnerOrganisationT& command, Decision& decision);
void decide(const command::ProposeHandoffT& command, Decision& decision);
void decide(const command::AcceptHandoffT& command, Decision& decision);
void decide(const command::DeclineHandoffT& command, Decision& decision);
void decide(const command::CancelHandoffT& command, Decision& decision);

void decide(const command::ErasePersonT& command, Decision& decision);
void decide(const command::PlaceLegalHoldT& command, Decision& decision);
void decide(const command::ReleaseLegalHoldT& command, Decision& decision);

}  // namespace actbook

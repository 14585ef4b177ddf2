#include "actbook/schema/events_generated.h"
#include "actbook/schema/reasons_generated.h"
#include "actbook/time.h"
#include "actbook/trail.h"
#include "visit_event.h"

namespace actbook {
namespace {

using namespace event;  // NOLINT(google-build-using-namespace): a phrase for each of them follows

std::string s(const flatbuffers::String* string) {
  return string != nullptr ? string->str() : std::string();
}

// ", word id" where there is an id.
std::string also(std::string_view word, const flatbuffers::String* id) {
  return id != nullptr ? " " + std::string(word) + " " + id->str() : std::string();
}

std::string time(std::int64_t microseconds) { return to_iso8601(Timestamp{microseconds}); }

std::string words(std::string name) {
  for (char& character : name) {
    if (character == '_') character = ' ';
  }
  return name;
}

std::string role(schema::WorkspaceRole role) { return schema::EnumNameWorkspaceRole(role); }
std::string role(schema::OrganisationRole role) {
  return words(schema::EnumNameOrganisationRole(role));
}
std::string usage(schema::Usage usage) {
  return usage == schema::Usage::internal ? "internal" : "external-client";
}

std::string owner(const schema::DataOwner* owner) {
  if (owner == nullptr) return "nobody";
  std::string text = s(owner->organisation_name());
  if (owner->person() != nullptr) return text + " (" + owner->person()->str() + ")";
  if (owner->contact() != nullptr) return text + " (" + owner->contact()->str() + ")";
  return text;
}

std::string invited(const InviteIssued& event) {
  return event.person() != nullptr ? event.person()->str() : s(event.contact());
}

std::string version(const flatbuffers::String* agreement, std::uint32_t version) {
  return "agreement " + s(agreement) + " version " + std::to_string(version);
}

std::string seats(std::uint32_t now, std::uint32_t paid) {
  return std::to_string(now) + " in use, " + std::to_string(paid) + " paid";
}

std::string phrase(const LedgerCreated& e) {
  return "created the ledger " + s(e.ledger()) +
         (e.clock() == schema::ClockKind::simulated ? ", whose clock is simulated" : "");
}
std::string phrase(const RoleDefined& e) {
  return std::string("defined the ") + schema::EnumNameRoleScope(e.scope()) + " role " +
         words(s(e.role())) + " with " + std::to_string(e.permissions()->size()) + " permissions";
}
std::string phrase(const CommandRefused& e) {
  return "was refused " + s(e.command_type()) + ": " + schema::EnumNameReason(e.reason());
}
std::string phrase(const PersonRegistered& e) {
  return "registered person " + s(e.person()) + also("with", e.contact());
}
std::string phrase(const ContactRegistered& e) { return "made " + s(e.contact()) + " known"; }
std::string phrase(const OrganisationRegistered& e) {
  return "registered organisation " + s(e.organisation()) + " \"" + s(e.name()) + "\"";
}
std::string phrase(const OrganisationMemberAdded& e) {
  return "made " + s(e.person()) + " " + role(e.role()) + " of organisation " + s(e.organisation());
}
std::string phrase(const OrganisationRoleChanged& e) {
  return "changed " + s(e.person()) + " from " + role(e.from()) + " to " + role(e.to()) +
         " of organisation " + s(e.organisation());
}
std::string phrase(const OrganisationMemberRemoved& e) {
  return "ended the membership of " + s(e.person()) + " (" + role(e.role()) + ") in organisation " +
         s(e.organisation());
}
std::string phrase(const PartnerStatusGranted& e) {
  return "made organisation " + s(e.organisation()) + " a partner under contract " +
         s(e.contract_reference());
}
std::string phrase(const PartnerStatusRevoked& e) {
  return "ended the partner status of organisation " + s(e.organisation());
}
std::string phrase(const AgreementPublished& e) {
  return "published " + version(e.agreement(), e.version()) + " \"" + s(e.title()) + "\"";
}
std::string phrase(const AgreementAccepted& e) {
  return "accepted " + version(e.agreement(), e.version()) + " for workspace " + s(e.workspace()) +
         ", data owner " + owner(e.data_owner());
}
std::string phrase(const AgreementLapsed& e) {
  return "let the acceptance of " + version(e.agreement(), e.version()) + " (position " +
         std::to_string(e.acceptance()) + ") lapse for workspace " + s(e.workspace());
}
std::string phrase(const WorkspaceCreated& e) {
  return "created the " + usage(e.usage()) + " workspace " + s(e.workspace()) + " \"" +
         s(e.name()) + "\" of organisation " + s(e.organisation());
}
std::string phrase(const WorkspaceReclassified& e) {
  return "turned workspace " + s(e.workspace()) + " from " + usage(e.from()) + " to " +
         usage(e.to());
}
std::string phrase(const WorkspaceRenamed& e) {
  return "renamed workspace " + s(e.workspace()) + " from \"" + s(e.from()) + "\" to \"" +
         s(e.to()) + "\"";
}
std::string phrase(const VisibilityChanged& e) {
  return "changed workspace " + s(e.workspace()) + " from " +
         words(schema_name(schema::EnumNameVisibility(e.from()))) + " to " +
         words(schema_name(schema::EnumNameVisibility(e.to())));
}
std::string phrase(const WorkspaceDeleted& e) { return "deleted workspace " + s(e.workspace()); }
std::string phrase(const DataOwnerNamed& e) {
  return "named " + owner(e.data_owner()) + " as data owner of workspace " + s(e.workspace());
}
std::string phrase(const DataOwnerReplaced& e) {
  return "replaced the data owner of workspace " + s(e.workspace()) + ": " + owner(e.from()) +
         " by " + owner(e.to());
}
std::string phrase(const DataOwnerCorrected& e) {
  return "corrected the data owner's organisation name of workspace " + s(e.workspace()) +
         " from \"" + s(e.from_organisation_name()) + "\" to \"" + s(e.to_organisation_name()) +
         "\"";
}
std::string phrase(const DataOwnerOrganisationRecorded& e) {
  return "recorded organisation " + s(e.organisation()) + " as the data owner's of workspace " +
         s(e.workspace());
}
std::string phrase(const BrandingSet& e) {
  return "set the branding of workspace " + s(e.workspace()) + " to " + s(e.logo_reference());
}
std::string phrase(const BrandingRemoved& e) {
  return "removed the branding of workspace " + s(e.workspace()) + " (" + words(s(e.cause())) + ")";
}
std::string phrase(const MembershipGranted& e) {
  return "made " + s(e.person()) + " " + role(e.role()) + " of workspace " + s(e.workspace()) +
         also("by invite", e.invite()) + also("by handoff", e.handoff());
}
std::string phrase(const MembershipRoleChanged& e) {
  return "changed " + s(e.person()) + " from " + role(e.from()) + " to " + role(e.to()) +
         " of workspace " + s(e.workspace());
}
std::string phrase(const MembershipEnded& e) {
  return "ended the membership of " + s(e.person()) + " (" + role(e.role()) + ") in workspace " +
         s(e.workspace()) + " (" + words(s(e.cause())) + ")" + (e.blocked() ? " with a block" : "");
}
std::string phrase(const InviteIssued& e) {
  return "invited " + invited(e) + " as " + role(e.role()) + " to workspace " + s(e.workspace()) +
         " by invite " + s(e.invite()) + ", until " + time(e.expires_at());
}
std::string phrase(const InviteResent& e) {
  return "sent invite " + s(e.invite()) + " again, until " + time(e.expires_at());
}
std::string phrase(const InviteRevoked& e) {
  return "revoked invite " + s(e.invite()) + " (" + words(s(e.cause())) + ")";
}
std::string phrase(const InviteDeclined& e) { return "declined invite " + s(e.invite()); }
std::string phrase(const InviteAccepted& e) {
  return "accepted invite " + s(e.invite()) + also("to workspace", e.workspace()) + " as " +
         s(e.person());
}
std::string phrase(const BillingAccountOpened& e) {
  return std::string("opened the ") + schema::EnumNameAccountScope(e.scope()) + " account " +
         s(e.account()) + " of organisation " + s(e.organisation());
}
std::string phrase(const BillingAccountClosed& e) {
  return "closed account " + s(e.account()) + " (" + words(s(e.cause())) + ")";
}
std::string phrase(const TierChanged& e) {
  return "moved account " + s(e.account()) + " from tier " + schema::EnumNameTier(e.from()) +
         " to " + schema::EnumNameTier(e.to());
}
std::string phrase(const AccountStatusChanged& e) {
  return "changed account " + s(e.account()) + " from " +
         words(schema::EnumNameAccountStatus(e.from())) + " to " +
         words(schema::EnumNameAccountStatus(e.to()));
}
std::string phrase(const SeatOpened& e) {
  return "opened a seat for " + s(e.person()) + " on account " + s(e.account()) + " (" +
         seats(e.seats(), e.paid_seats()) + ")";
}
std::string phrase(const SeatClosed& e) {
  return "closed the seat of " + s(e.person()) + " on account " + s(e.account()) + " (" +
         seats(e.seats(), e.paid_seats()) + ")";
}
std::string phrase(const HandoffProposed& e) {
  return "proposed handoff " + s(e.handoff()) + " of workspace " + s(e.workspace()) + " from " +
         s(e.from_organisation()) + " to " + s(e.target());
}
std::string phrase(const HandoffAccepted& e) {
  return "accepted handoff " + s(e.handoff()) + also("of workspace", e.workspace()) + ": " +
         s(e.target()) + " owns and pays from now on";
}
std::string phrase(const HandoffDeclined& e) {
  return "declined handoff " + s(e.handoff()) + also("of workspace", e.workspace());
}
std::string phrase(const HandoffCancelled& e) {
  return "cancelled handoff " + s(e.handoff()) + also("of workspace", e.workspace());
}
std::string phrase(const PersonErased& e) {
  if (e.person() != nullptr) return "erased person " + s(e.person());
  std::string contacts;
  if (e.contacts() != nullptr) {
    for (const auto* contact : *e.contacts()) contacts += " " + contact->str();
  }
  return "erased" + contacts + ", which no person is known for";
}
std::string phrase(const LegalHoldPlaced& e) {
  return "placed legal hold " + s(e.hold()) + also("on person", e.person()) +
         also("on workspace", e.workspace()) + also("on organisation", e.organisation());
}
std::string phrase(const LegalHoldReleased& e) {
  return "released legal hold " + s(e.hold()) + also("on person", e.person()) +
         also("on workspace", e.workspace()) + also("on organisation", e.organisation());
}

}  // namespace

Result<std::string> summarise(const Record& record) {
  if (record.type() == kClockHeld) return "held the time: the clock had stepped back";
  return visit_event(record, [](const auto& event) { return phrase(event); });
}

}  // namespace actbook

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

std::string optional_role(flatbuffers::Optional<schema::OrganisationRole> given) {
  return given ? " as " + role(*given) : std::string();
}

// "3060.00 EUR"
std::string money(std::int64_t cents, const flatbuffers::String* currency) {
  const bool negative = cents < 0;
  const auto magnitude =
      negative ? 0 - static_cast<std::uint64_t>(cents) : static_cast<std::uint64_t>(cents);
  const auto fraction = std::to_string(magnitude % 100);
  return (negative ? "-" : "") + std::to_string(magnitude / 100) + "." +
         (fraction.size() < 2 ? "0" : "") + fraction +
         (currency != nullptr ? " " + currency->str() : "");
}

// Modulo 2^64: stored bytes may say anything.
std::int64_t negated(std::int64_t cents) {
  return static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(cents));
}

std::string percent(std::int32_t value) { return std::to_string(value) + " %"; }

std::string list(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* texts) {
  std::string all;
  if (texts == nullptr) return all;
  for (const auto* text : *texts) all += (all.empty() ? "" : ", ") + text->str();
  return all;
}

// Where a project belongs.
template <class Event>
std::string where(const Event& e) {
  return also("in workspace", e.workspace()) + also("of organisation", e.organisation()) +
         also("of personal account", e.personal_account());
}

std::string program(schema::PartnerProgram program) {
  return program == schema::PartnerProgram::agency ? " in the agency program" : "";
}

std::string terms(const schema::ReferralTerms& terms) {
  return "kickback " + percent(terms.kickback_percent()) + ", discount " +
         percent(terms.discount_percent()) +
         (terms.cap_cents() ? ", cap " + money(*terms.cap_cents(), terms.currency()) : ", no cap") +
         ", from " + time(terms.starts_at()) +
         (terms.expires_at() ? " until " + time(*terms.expires_at()) : "");
}

std::string discount(std::int32_t value, schema::DiscountSource source) {
  if (source == schema::DiscountSource::none) return "";
  return ", " + percent(value) + " off by the " + schema::EnumNameDiscountSource(source) +
         " discount";
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
  return "made organisation " + s(e.organisation()) + " a partner" + program(e.program()) +
         also("under contract", e.contract_reference()) +
         (e.deadline() ? ", with the deadline " + time(*e.deadline()) : "");
}
std::string phrase(const PartnerStatusRevoked& e) {
  return "ended the partner status of organisation " + s(e.organisation()) + program(e.program());
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
         also("by invite", e.invite()) + also("by handoff", e.handoff()) +
         also("by support request", e.support_request()) +
         (e.source() == schema::MembershipSource::self_join ? ", who joined by themselves" : "") +
         (e.expires_at() ? ", until " + time(*e.expires_at()) : "");
}
std::string phrase(const MembershipRoleChanged& e) {
  return "changed " + s(e.person()) + " from " + role(e.from()) + " to " + role(e.to()) +
         " of workspace " + s(e.workspace());
}
std::string phrase(const MembershipEnded& e) {
  return "ended the membership of " + s(e.person()) + " (" + role(e.role()) + ") in workspace " +
         s(e.workspace()) + " (" + words(s(e.cause())) + ")" +
         (e.blocked_by() != nullptr ? " with a block" : "");
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
         s(e.account()) + also("of organisation", e.organisation()) +
         also("of personal account", e.personal_account());
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
std::string phrase(const ProjectCreated& e) {
  return "created project " + s(e.project()) + " \"" + s(e.name()) + "\"" + where(e);
}
std::string phrase(const ProjectEdited& e) {
  return "renamed project " + s(e.project()) + " from \"" + s(e.from()) + "\" to \"" + s(e.to()) +
         "\"";
}
std::string phrase(const ProjectDeleted& e) {
  return "deleted project " + s(e.project()) + where(e);
}
std::string phrase(const ProjectMoved& e) {
  return "moved project " + s(e.project()) + also("from workspace", e.from_workspace()) +
         " to workspace " + s(e.to_workspace()) +
         (e.left_client() ? ", out of the client's boundary" : "");
}
std::string phrase(const RecordingAdded& e) {
  return "added recording " + s(e.recording()) + " to project " + s(e.project());
}
std::string phrase(const RecordingMoved& e) {
  return "moved recording " + s(e.recording()) + also("from project", e.from_project()) +
         " to project " + s(e.to_project()) +
         (e.left_client() ? ", out of the client's boundary" : "");
}
std::string phrase(const AccessRecorded& e) {
  return "noted that " + std::string(e.staff() ? "staff " : "") + s(e.person()) + " read " +
         s(e.what()) + also("in workspace", e.workspace()) + also("in project", e.project()) +
         " (basis: " + words(s(e.basis())) + ")";
}
std::string phrase(const CollaboratorAdded& e) {
  return "made " + s(e.person()) + " a collaborator in project " + s(e.project());
}
std::string phrase(const CollaboratorRemoved& e) {
  return "ended the seat of collaborator " + s(e.person()) + " in project " + s(e.project());
}
std::string phrase(const ProjectEntered& e) {
  return "entered project " + s(e.project()) + also("through organisation", e.organisation()) +
         optional_role(e.role()) + also("by mandate", e.mandate());
}
std::string phrase(const ProjectTransferStarted& e) {
  return "offered project " + s(e.project()) + " to organisation " + s(e.target()) +
         " by transfer " + s(e.transfer());
}
std::string phrase(const ProjectTransferAccepted& e) {
  return "accepted transfer " + s(e.transfer()) + also("of project", e.project()) +
         also("for organisation", e.target());
}
std::string phrase(const ProjectTransferDeclined& e) {
  return "declined transfer " + s(e.transfer()) + also("of project", e.project());
}
std::string phrase(const ProjectTransferCancelled& e) {
  return "cancelled transfer " + s(e.transfer()) + also("of project", e.project()) + " (" +
         words(s(e.cause())) + ")";
}
std::string phrase(const SupportDoorOpened& e) {
  return "opened the support door of workspace " + s(e.workspace());
}
std::string phrase(const SupportDoorClosed& e) {
  return "closed the support door of workspace " + s(e.workspace()) + " (" + words(s(e.cause())) +
         ")";
}
std::string phrase(const SupportRequested& e) {
  return "asked to support workspace " + s(e.workspace()) + " by request " + s(e.request()) +
         ", until " + time(e.expires_at());
}
std::string phrase(const SupportApproved& e) {
  return "approved support request " + s(e.request()) + also("of", e.person());
}
std::string phrase(const SupportDenied& e) {
  return "denied support request " + s(e.request()) + also("of", e.person());
}
std::string phrase(const SupportExtended& e) {
  return "extended the support session of " + s(e.person()) + " in workspace " + s(e.workspace()) +
         " until " + time(e.expires_at());
}
std::string phrase(const DiscountChanged& e) {
  return "changed the discount of account " + s(e.account()) + " from " + percent(e.from()) +
         " to " + percent(e.to());
}
std::string phrase(const AccountRenewed& e) {
  return std::string("began a ") + schema::EnumNameBillingInterval(e.interval()) +
         " period of account " + s(e.account()) + ", until " + time(e.period_ends_at()) +
         ", with " + std::to_string(e.paid_seats()) + " paid seats";
}
std::string phrase(const ChargeRecorded& e) {
  return "charged" + also("account", e.account()) + " " + money(e.total_cents(), e.currency()) +
         " by charge " + s(e.charge()) + also("for the seat of", e.person()) +
         also("for plan", e.plan()) + also("under deal", e.deal());
}
std::string phrase(const PaymentRecorded& e) {
  return "recorded payment " + s(e.payment()) + " of charge " + s(e.charge()) + ", " +
         money(e.amount_cents(), e.currency()) + " collected " + time(e.collected_at());
}
std::string phrase(const RefundRecorded& e) {
  return "recorded refund " + s(e.refund()) + " of " + money(e.amount_cents(), e.currency()) +
         " of payment " + s(e.payment());
}
std::string phrase(const ReferralDealSigned& e) {
  return "signed referral deal " + s(e.deal()) + " with organisation " + s(e.organisation()) +
         " on workspace " + s(e.workspace()) + ": " + terms(*e.terms());
}
std::string phrase(const ReferralTermsChanged& e) {
  return "changed the terms of referral deal " + s(e.deal()) + " to version " +
         std::to_string(e.terms()->version()) + ": " + terms(*e.terms());
}
std::string phrase(const ReferralDealEnded& e) { return "ended referral deal " + s(e.deal()); }
// By which terms a kickback accrued, and where that leaves the deal.
std::string standing(const KickbackAccrued& e) {
  return " by terms version " + std::to_string(e.terms_version()) + ", " +
         money(e.accrued_total_cents(), nullptr) + " altogether" +
         (e.cap_left_cents() ? ", " + money(*e.cap_left_cents(), nullptr) + " of the cap left"
                             : "");
}
// What all refunds so far gave back is what the event says; of the kickback of the payment, which a
// cap may have cut, that share is taken back.
std::string phrase_of_refund(const KickbackAccrued& e) {
  const auto given_back = e.payment_cents() == 0
                              ? std::string()
                              : ": " + money(e.refunded_cents(), nullptr) + " of the " +
                                    money(e.payment_cents(), nullptr) + " of payment " +
                                    s(e.payment()) + " given back so far";
  return "took back " + money(negated(e.accrued_cents()), e.currency()) +
         " of the kickback on deal " + s(e.deal()) + also("for refund", e.refund()) + given_back +
         ";" + standing(e);
}
std::string phrase(const KickbackAccrued& e) {
  if (e.cause() == schema::AccrualCause::refund) return phrase_of_refund(e);
  return "accrued kickback " + money(e.accrued_cents(), e.currency()) + " on deal " + s(e.deal()) +
         also("for payment", e.payment()) + ": " + percent(e.percent()) + " of " +
         money(e.base_cents(), nullptr) + standing(e);
}
std::string phrase(const KickbackPaid& e) {
  return "paid kickback " + money(e.amount_cents(), e.currency()) + " of deal " + s(e.deal()) +
         " by payout " + s(e.payout()) + ", " + money(e.owed_cents(), nullptr) + " still owed";
}
std::string phrase(const RequirementMet& e) {
  return "noted that organisation " + s(e.organisation()) + " meets " +
         words(schema::EnumNameRequirement(e.requirement()));
}
std::string phrase(const RequirementLost& e) {
  return "noted that organisation " + s(e.organisation()) + " meets " +
         words(schema::EnumNameRequirement(e.requirement())) + " no more";
}
std::string phrase(const EnrollmentExtended& e) {
  return "extended the enrollment of organisation " + s(e.organisation()) + " until " +
         time(e.deadline());
}
std::string phrase(const PersonalAccountRegistered& e) {
  return "registered personal account " + s(e.personal_account()) + " of " + s(e.person());
}
std::string phrase(const PersonalAccountConverted& e) {
  return "turned personal account " + s(e.personal_account()) + " into organisation " +
         s(e.organisation());
}
std::string phrase(const MandateRequested& e) {
  return "asked organisation " + s(e.client()) + " for a mandate of agency " + s(e.agency()) +
         " by request " + s(e.request());
}
std::string phrase(const MandateRequestWithdrawn& e) {
  return "withdrew mandate request " + s(e.request());
}
std::string phrase(const MandateRequestRejected& e) {
  return "rejected mandate request " + s(e.request());
}
std::string phrase(const MandateRequestApproved& e) {
  return "approved mandate request " + s(e.request()) +
         (e.one_person_for_both_sides() ? ", one person acting for both sides" : "");
}
std::string phrase(const MandateGranted& e) {
  return "gave agency " + s(e.agency()) + " mandate " + s(e.mandate()) + " of organisation " +
         s(e.client()) +
         (e.one_person_for_both_sides() ? ", one person acting for both sides" : "");
}
std::string phrase(const MandateCancelled& e) {
  return "cancelled mandate " + s(e.mandate()) +
         (e.by() ? std::string(" for the ") + schema::EnumNameMandateSide(*e.by()) : "");
}
std::string phrase(const PlanDefined& e) {
  return std::string("defined the ") + (e.special() ? "special" : "public") + " plan " +
         s(e.plan()) + " \"" + s(e.name()) + "\" at " + money(e.monthly_cents(), e.currency()) +
         " a month, " + money(e.yearly_cents(), e.currency()) + " a year" +
         (e.active() ? "" : ", inactive");
}
std::string phrase(const PartnerDiscountChanged& e) {
  return "changed the partner discount of organisation " + s(e.organisation()) + " from " +
         percent(e.from()) + " to " + percent(e.to());
}
std::string phrase(const SpecialPlansEnabled& e) {
  return "enabled the plans " + list(e.plans()) + " under mandate " + s(e.mandate());
}
std::string phrase(const PlanBought& e) {
  return "bought plan " + s(e.plan()) + ", " + schema::EnumNameBillingInterval(e.interval()) +
         ", for" + also("organisation", e.organisation()) +
         also("personal account", e.personal_account()) + " at " +
         money(e.net_cents(), e.currency()) + discount(e.discount_percent(), e.discount_source());
}

}  // namespace

Result<std::string> summarise(const Record& record) {
  if (record.type() == kClockHeld) return "held the time: the clock had stepped back";
  return visit_event(record, [](const auto& event) { return phrase(event); });
}

}  // namespace actbook

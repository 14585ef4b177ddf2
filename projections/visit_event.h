#pragma once

#include <boost/outcome/try.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "actbook/error.h"
#include "actbook/flat.h"
#include "actbook/record.h"
#include "actbook/schema/events_generated.h"

namespace actbook {

inline constexpr std::string_view kEventNamespace = "actbook.event.";

template <class Event>
[[nodiscard]] std::string_view event_name() {
  return std::string_view(Event::GetFullyQualifiedName()).substr(kEventNamespace.size());
}

template <class... Events>
struct EventTypes {
  [[nodiscard]] static std::vector<std::string_view> names() { return {event_name<Events>()...}; }
  /// Calls `visitor` with the record's bytes as the one of Events that its type names.
  template <class Visitor>
  static auto visit(const Record& record, const Visitor& visitor);
};

/// The union Event of the schema as C++ types, in no particular order; a test holds the one against
/// the other. What handles events handles these, or does not compile.
using AllEvents = EventTypes<
    event::LedgerCreated, event::RoleDefined, event::CommandRefused, event::PersonRegistered,
    event::ContactRegistered, event::OrganisationRegistered, event::OrganisationMemberAdded,
    event::OrganisationRoleChanged, event::OrganisationMemberRemoved, event::PartnerStatusGranted,
    event::PartnerStatusRevoked, event::AgreementPublished, event::AgreementAccepted,
    event::AgreementLapsed, event::WorkspaceCreated, event::WorkspaceReclassified,
    event::WorkspaceRenamed, event::VisibilityChanged, event::WorkspaceDeleted,
    event::DataOwnerNamed, event::DataOwnerReplaced, event::DataOwnerCorrected,
    event::DataOwnerOrganisationRecorded, event::BrandingSet, event::BrandingRemoved,
    event::MembershipGranted, event::MembershipRoleChanged, event::MembershipEnded,
    event::InviteIssued, event::InviteResent, event::InviteRevoked, event::InviteDeclined,
    event::InviteAccepted, event::BillingAccountOpened, event::BillingAccountClosed,
    event::TierChanged, event::AccountStatusChanged, event::SeatOpened, event::SeatClosed,
    event::HandoffProposed, event::HandoffAccepted, event::HandoffDeclined, event::HandoffCancelled,
    event::PersonErased, event::LegalHoldPlaced, event::LegalHoldReleased, event::ProjectCreated,
    event::ProjectEdited, event::ProjectDeleted, event::ProjectMoved, event::RecordingAdded,
    event::RecordingMoved, event::AccessRecorded, event::CollaboratorAdded,
    event::CollaboratorRemoved, event::ProjectEntered, event::ProjectTransferStarted,
    event::ProjectTransferAccepted, event::ProjectTransferDeclined, event::ProjectTransferCancelled,
    event::SupportDoorOpened, event::SupportDoorClosed, event::SupportRequested,
    event::SupportApproved, event::SupportDenied, event::SupportExtended, event::DiscountChanged,
    event::AccountRenewed, event::ChargeRecorded, event::PaymentRecorded, event::RefundRecorded,
    event::ReferralDealSigned, event::ReferralTermsChanged, event::ReferralDealEnded,
    event::KickbackAccrued, event::KickbackPaid, event::RequirementMet, event::RequirementLost,
    event::EnrollmentExtended, event::PersonalAccountRegistered, event::PersonalAccountConverted,
    event::MandateRequested, event::MandateRequestWithdrawn, event::MandateRequestRejected,
    event::MandateRequestApproved, event::MandateGranted, event::MandateCancelled,
    event::PlanDefined, event::PartnerDiscountChanged, event::SpecialPlansEnabled,
    event::PlanBought>;

template <class... Events>
template <class Visitor>
auto EventTypes<Events...>::visit(const Record& record, const Visitor& visitor) {
  using Value = std::common_type_t<std::invoke_result_t<Visitor, const Events&>...>;
  using Call = Result<Value> (*)(const Record&, const Visitor&);
  static const std::unordered_map<std::string_view, Call> calls = {
      {event_name<Events>(), [](const Record& read, const Visitor& call) -> Result<Value> {
         BOOST_OUTCOME_TRY(event, read.payload_as<Events>());
         if constexpr (std::is_void_v<Value>) {
           call(*event);
           return boost::outcome_v2::success();
         } else {
           return call(*event);
         }
       }}...};
  const auto found = calls.find(record.type());
  if (found == calls.end()) {
    return Result<Value>(Error{ErrorKind::unsupported, "UNKNOWN_EVENT",
                               "this version of actbook does not know the event " +
                                   std::string(record.type()) + "; use the version that wrote it",
                               record.position()});
  }
  return found->second(record, visitor);
}

/// Calls `visitor(const E&)` with the record's event as the table E that it is, and gives what the
/// visitor gives. Errors: unsupported, if this version has no such event; corrupt, if the stored
/// bytes are not one.
template <class Visitor>
auto visit_event(const Record& record, const Visitor& visitor) {
  return AllEvents::visit(record, visitor);
}

}  // namespace actbook

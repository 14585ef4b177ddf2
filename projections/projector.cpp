#include "actbook/projector.h"

#include <map>

#include "actbook/schema/events_bfbs_generated.h"
#include "evolve/evolve.h"

namespace actbook {
namespace {

constexpr std::string_view kNamespace = "actbook.event.";

using Handler = Result<void> (*)(const Record&, RowOverlay&);

template <class Event>
Result<void> fold_event(const Record& record, RowOverlay& rows) {
  if (!is_flat<Event>(record.payload())) {
    return Error{ErrorKind::corrupt, "MALFORMED_EVENT",
                 std::string("the event is not a well-formed ") + Event::GetFullyQualifiedName(),
                 record.position()};
  }
  Fold fold(record, rows);
  evolve(*flatbuffers::GetRoot<Event>(record.payload().data()), fold);
  return boost::outcome_v2::success();
}

template <class... Events>
std::map<std::string_view, Handler> handlers() {
  return {{std::string_view(Events::GetFullyQualifiedName()).substr(kNamespace.size()),
           &fold_event<Events>}...};
}

// A test holds this list against the union Event of the schema.
const std::map<std::string_view, Handler>& all_handlers() {
  using namespace event;
  static const auto all =
      handlers<LedgerCreated, RoleDefined, CommandRefused, PersonRegistered, ContactRegistered,
               OrganisationRegistered, OrganisationMemberAdded, OrganisationRoleChanged,
               OrganisationMemberRemoved, PartnerStatusGranted, PartnerStatusRevoked,
               AgreementPublished, AgreementAccepted, AgreementLapsed, WorkspaceCreated,
               WorkspaceReclassified, WorkspaceRenamed, VisibilityChanged, WorkspaceDeleted,
               DataOwnerNamed, DataOwnerReplaced, DataOwnerCorrected, DataOwnerOrganisationRecorded,
               BrandingSet, BrandingRemoved, MembershipGranted, MembershipRoleChanged,
               MembershipEnded, InviteIssued, InviteResent, InviteRevoked, InviteDeclined,
               InviteAccepted, BillingAccountOpened, BillingAccountClosed, TierChanged,
               AccountStatusChanged, SeatOpened, SeatClosed, HandoffProposed, HandoffAccepted,
               HandoffDeclined, HandoffCancelled>();
  return all;
}

class PartnerProjector final : public Projector {
 public:
  [[nodiscard]] std::uint32_t version() const override { return 1; }
  [[nodiscard]] std::string_view event_namespace() const override { return kNamespace; }
  [[nodiscard]] const Schema& events() const override { return events_; }

  [[nodiscard]] Result<void> project(const Record& record, RowOverlay& rows) const override {
    const auto handler = all_handlers().find(record.type());
    if (handler == all_handlers().end()) {
      return Error{ErrorKind::unsupported, "UNKNOWN_EVENT",
                   "this version of actbook does not know the event " + std::string(record.type()) +
                       "; use the version that wrote it",
                   record.position()};
    }
    return handler->second(record, rows);
  }

 private:
  Schema events_{
      ByteView(event::AnyEventBinarySchema::data(), event::AnyEventBinarySchema::size())};
};

}  // namespace

const Projector& partner_projector() {
  static const PartnerProjector projector;
  return projector;
}

}  // namespace actbook

#include <algorithm>

#include "decide/decide.h"
#include "rules.h"

namespace actbook {
namespace {

using row::MandateRequestRowT;
using schema::MandateRequestState;

bool is_pending(const std::optional<MandateRequestRowT>& request) {
  return request && request->requested && request->state == MandateRequestState::pending;
}

// One request at a time, of one agency to one client.
bool has_pending_request(const RowReader& rows, const std::string& agency,
                         const std::string& client) {
  const auto requests = references(rows, "organisation", client, "mandate_request");
  return std::ranges::any_of(requests, [&](const std::string& request) {
    const auto row = find<MandateRequestRowT>(rows, request);
    return is_pending(row) && row->agency == agency && row->client == client;
  });
}

bool has_mandate(const RowReader& rows, const std::string& agency, const std::string& client) {
  const auto mandates = live_mandates_of(rows, client);
  return std::ranges::any_of(mandates,
                             [&](const auto& mandate) { return mandate.second.agency == agency; });
}

void grant_mandate(Decision& decision, const std::string& request, const MandateRequestRowT& row,
                   const std::string& mandate, bool one_person) {
  event::MandateRequestApprovedT approved;
  approved.request = request;
  approved.agency = row.agency;
  approved.client = row.client;
  approved.one_person_for_both_sides = one_person;
  decision.emit(approved);
  event::MandateGrantedT granted;
  granted.mandate = mandate;
  granted.agency = row.agency;
  granted.client = row.client;
  granted.request = request;
  granted.one_person_for_both_sides = one_person;
  decision.emit(granted);
  decision.add_created("mandate", mandate);
}

}  // namespace

void decide(const command::RequestMandateT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const bool exists = organisation_exists(rows, command.client);
  const auto account = find<row::PersonalAccountRowT>(rows, command.client);
  const bool is_personal = !exists && account && !account->converted;
  const std::string mandate = decision.id_or_derived(command.mandate, "mandate");
  decision.require(is_partner(rows, command.agency), Reason::NOT_PARTNER);
  decision.require(decision.organisation_permits(command.agency, "mandate.manage"),
                   Reason::NOT_ALLOWED);
  decision.require(!is_personal, Reason::CLIENT_IS_PERSONAL_ACCOUNT);
  decision.require(exists || is_personal, Reason::ORG_NOT_FOUND);
  decision.require(command.agency != command.client, Reason::SELF_MANDATE);
  decision.require(!has_pending_request(rows, command.agency, command.client),
                   Reason::DUPLICATE_REQUEST);
  decision.require(!has_mandate(rows, command.agency, command.client) &&
                       !(command.auto_approve && find<row::MandateRowT>(rows, mandate)),
                   Reason::MANDATE_EXISTS);
  if (command.auto_approve) {
    decision.require(organisation_role(rows, command.client, decision.person()).has_value(),
                     Reason::NOT_MEMBER_OF_TARGET);
    decision.require(decision.organisation_permits(command.client, "mandate.manage"),
                     Reason::NOT_CLIENT_OWNER);
  }
  decision.require(!find<MandateRequestRowT>(rows, command.request), Reason::REQUEST_EXISTS);
  if (decision.refused()) return;

  event::MandateRequestedT requested;
  requested.request = command.request;
  requested.agency = command.agency;
  requested.client = command.client;
  decision.emit(requested);
  decision.add_created("mandate_request", command.request);
  if (!command.auto_approve) return;
  const auto row = find_or_empty<MandateRequestRowT>(rows, command.request);
  grant_mandate(decision, command.request, row, mandate, true);
}

void decide(const command::WithdrawMandateRequestT& command, Decision& decision) {
  const auto request = find<MandateRequestRowT>(decision.rows(), command.request);
  const auto row = request.value_or(MandateRequestRowT());
  decision.require(is_pending(request), Reason::NOT_PENDING);
  decision.require(decision.organisation_permits(row.agency, "mandate.manage"),
                   Reason::NOT_ALLOWED);
  if (decision.refused()) return;

  event::MandateRequestWithdrawnT withdrawn;
  withdrawn.request = command.request;
  withdrawn.agency = row.agency;
  withdrawn.client = row.client;
  decision.emit(withdrawn);
}

// A mandate may have come about meanwhile another way (the agency's owner owns the client, too).
void decide(const command::ApproveMandateRequestT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto request = find<MandateRequestRowT>(rows, command.request);
  const auto row = request.value_or(MandateRequestRowT());
  const std::string mandate = decision.id_or_derived(command.mandate, "mandate");
  decision.require(is_pending(request), Reason::NOT_PENDING);
  decision.require(decision.organisation_permits(row.client, "mandate.manage"),
                   Reason::NOT_CLIENT_OWNER);
  decision.require(
      !has_mandate(rows, row.agency, row.client) && !find<row::MandateRowT>(rows, mandate),
      Reason::MANDATE_EXISTS);
  if (decision.refused()) return;
  if (row.agency.empty()) {  // an observed fact about a request that was never seen here
    event::MandateRequestApprovedT approved;
    approved.request = command.request;
    decision.emit(approved);
    return;
  }
  const bool one_person = row.requested && row.requested->actor &&
                          row.requested->actor->kind == schema::ActorKind::person &&
                          row.requested->actor->id == decision.person();
  grant_mandate(decision, command.request, row, mandate, one_person);
}

void decide(const command::RejectMandateRequestT& command, Decision& decision) {
  const auto request = find<MandateRequestRowT>(decision.rows(), command.request);
  const auto row = request.value_or(MandateRequestRowT());
  decision.require(is_pending(request), Reason::NOT_PENDING);
  decision.require(decision.organisation_permits(row.client, "mandate.manage"),
                   Reason::NOT_CLIENT_OWNER);
  if (decision.refused()) return;

  event::MandateRequestRejectedT rejected;
  rejected.request = command.request;
  rejected.agency = row.agency;
  rejected.client = row.client;
  decision.emit(rejected);
}

void decide(const command::CancelMandateT& command, Decision& decision) {
  const auto mandate = find<row::MandateRowT>(decision.rows(), command.mandate);
  const auto row = mandate.value_or(row::MandateRowT());
  decision.require(mandate && mandate->live, Reason::NO_ACTIVE_MANDATE);
  // Who is an owner of both ends it for the client, whose data it is about.
  const bool for_client = decision.organisation_permits(row.client, "mandate.manage");
  const bool for_agency = decision.organisation_permits(row.agency, "mandate.manage");
  decision.require(for_client || for_agency, Reason::NOT_ALLOWED);
  if (decision.refused()) return;

  event::MandateCancelledT cancelled;
  cancelled.mandate = command.mandate;
  cancelled.agency = row.agency;
  cancelled.client = row.client;
  if (for_client) {
    cancelled.by = schema::MandateSide::client;
  } else if (for_agency) {
    cancelled.by = schema::MandateSide::agency;
  }
  decision.emit(cancelled);
}

}  // namespace actbook

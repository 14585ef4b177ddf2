#include "evolve/evolve.h"

namespace actbook {
namespace {

using row::MandateRequestRowT;
using row::MandateRowT;

void decide_request(Fold& fold, const std::string& request, schema::MandateRequestState state) {
  fold.update<MandateRequestRowT>(request, [&](MandateRequestRowT& row) {
    row.state = state;
    row.decided = fold.act();
  });
}

}  // namespace

void evolve(const event::MandateRequested& event, Fold& fold) {
  const std::string request = event.request()->str();
  fold.update<MandateRequestRowT>(request, [&](MandateRequestRowT& row) {
    row = MandateRequestRowT();
    row.agency = event.agency()->str();
    row.client = event.client()->str();
    row.requested = fold.act();
  });
  fold.refer("organisation", event.agency()->string_view(), "mandate_request", request);
  fold.refer("organisation", event.client()->string_view(), "mandate_request", request);
}

void evolve(const event::MandateRequestWithdrawn& event, Fold& fold) {
  decide_request(fold, event.request()->str(), schema::MandateRequestState::withdrawn);
}

void evolve(const event::MandateRequestRejected& event, Fold& fold) {
  decide_request(fold, event.request()->str(), schema::MandateRequestState::rejected);
}

void evolve(const event::MandateRequestApproved& event, Fold& fold) {
  decide_request(fold, event.request()->str(), schema::MandateRequestState::approved);
}

void evolve(const event::MandateGranted& event, Fold& fold) {
  const std::string mandate = event.mandate()->str();
  fold.update<MandateRowT>(mandate, [&](MandateRowT& row) {
    row = MandateRowT();
    row.agency = event.agency()->str();
    row.client = event.client()->str();
    row.live = true;
    row.request = text(event.request());
    row.one_person_for_both_sides = event.one_person_for_both_sides();
    row.granted = fold.act();
  });
  fold.refer("organisation", event.agency()->string_view(), "mandate_held", mandate);
  fold.refer("organisation", event.client()->string_view(), "mandate_given", mandate);
}

void evolve(const event::MandateCancelled& event, Fold& fold) {
  fold.update<MandateRowT>(event.mandate()->str(), [&](MandateRowT& row) {
    row.live = false;
    row.ended = fold.act();
    row.ended_by = event.by();
  });
}

}  // namespace actbook

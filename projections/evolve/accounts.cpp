#include "evolve/evolve.h"

namespace actbook {
namespace {

using row::AccountRowT;

template <class Event>
std::string seat_key(const Event& event) {
  return row_key({event.account()->string_view(), event.person()->string_view()});
}

}  // namespace

void evolve(const event::BillingAccountOpened& event, Fold& fold) {
  const std::string account = event.account()->str();
  fold.update<AccountRowT>(account, [&](AccountRowT& row) {
    row.scope = event.scope();
    row.organisation = text(event.organisation());
    row.workspace = text(event.workspace());
    row.personal_account = text(event.personal_account());
    row.tier = event.tier();
    row.status = event.status();
    row.opened = fold.act();
  });
  if (event.personal_account() != nullptr) {
    fold.update<row::PersonalAccountRowT>(
        event.personal_account()->str(),
        [&](row::PersonalAccountRowT& row) { row.account = account; });
  }
  if (event.scope() != schema::AccountScope::organisation || event.organisation() == nullptr) {
    return;
  }
  fold.update<row::OrganisationRowT>(event.organisation()->str(),
                                     [&](row::OrganisationRowT& row) { row.account = account; });
}

void evolve(const event::BillingAccountClosed& event, Fold& fold) {
  fold.update<AccountRowT>(event.account()->str(),
                           [&](AccountRowT& row) { row.closed = fold.act(); });
}

void evolve(const event::TierChanged& event, Fold& fold) {
  fold.update<AccountRowT>(event.account()->str(),
                           [&](AccountRowT& row) { row.tier = event.to(); });
}

void evolve(const event::AccountStatusChanged& event, Fold& fold) {
  fold.update<AccountRowT>(event.account()->str(),
                           [&](AccountRowT& row) { row.status = event.to(); });
}

void evolve(const event::SeatOpened& event, Fold& fold) {
  fold.update<row::SeatRowT>(seat_key(event), [&](row::SeatRowT& row) {
    if (fold.ended_before(row.closed_early)) return;
    row.live = true;
    row.opened = fold.act();
    row.closed.reset();
  });
  fold.update<AccountRowT>(event.account()->str(), [](AccountRowT& row) {
    ++row.seats;
    row.paid_seats = std::max(row.paid_seats, row.seats);
  });
}

void evolve(const event::SeatClosed& event, Fold& fold) {
  fold.update<row::SeatRowT>(seat_key(event), [&](row::SeatRowT& row) {
    if (!row.live) fold.end_early(row.closed_early);
    row.live = false;
    row.closed = fold.act();
  });
  fold.update<AccountRowT>(event.account()->str(), [](AccountRowT& row) {
    if (row.seats > 0) --row.seats;
  });
}

void evolve(const event::DiscountChanged& event, Fold& fold) {
  fold.update<AccountRowT>(event.account()->str(),
                           [&](AccountRowT& row) { row.discount_percent = event.to(); });
}

void evolve(const event::AccountRenewed& event, Fold& fold) {
  fold.update<AccountRowT>(event.account()->str(), [&](AccountRowT& row) {
    row.interval = event.interval();
    row.period_starts_at = event.period_starts_at();
    row.period_ends_at = event.period_ends_at();
    row.paid_seats = event.paid_seats();
  });
}

}  // namespace actbook

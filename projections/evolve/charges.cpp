#include "actbook/keys.h"
#include "evolve/evolve.h"

namespace actbook {

void evolve(const event::ChargeRecorded& event, Fold& fold) {
  const std::string charge = event.charge()->str();
  const std::string account = text(event.account());
  fold.update<row::ChargeRowT>(charge, [&](row::ChargeRowT& row) {
    row.account = account;
    row.workspace = text(event.workspace());
    row.cause = event.cause();
    row.lines.clear();
    if (event.lines() != nullptr) {
      for (const auto* line : *event.lines()) row.lines.emplace_back(line->UnPack());
    }
    row.base_cents = event.base_cents();
    row.net_cents = event.net_cents();
    row.tax_cents = event.tax_cents();
    row.total_cents = event.total_cents();
    row.currency = event.currency()->str();
    row.deal = text(event.deal());
    row.terms_version = event.terms_version();
    row.plan = text(event.plan());
    row.period_starts_at = event.period_starts_at();
    row.period_ends_at = event.period_ends_at();
    row.recorded = fold.act();
  });
  if (account.empty()) return;  // observed, of somebody never seen here
  fold.refer("account", account, "charge", charge);
  if (event.cause() == schema::ChargeCause::month && event.period_starts_at()) {
    fold.refer("account", account, "month", billed_month_key(*event.period_starts_at()));
    if (event.bought() == 0) return;
    fold.refer("account", account, "plan_year",
               plan_year_key(Position{event.bought()}, event.plan_year()));
  }
}

void evolve(const event::PaymentRecorded& event, Fold& fold) {
  const std::string payment = event.payment()->str();
  fold.update<row::PaymentRowT>(payment, [&](row::PaymentRowT& row) {
    row.charge = event.charge()->str();
    row.account = text(event.account());
    row.amount_cents = event.amount_cents();
    row.currency = text(event.currency());
    row.collected_at = event.collected_at();
    row.recorded = fold.act();
  });
  fold.update<row::ChargeRowT>(event.charge()->str(),
                               [&](row::ChargeRowT& row) { row.payment = payment; });
}

void evolve(const event::RefundRecorded& event, Fold& fold) {
  fold.update<row::RefundRowT>(event.refund()->str(), [&](row::RefundRowT& row) {
    row.payment = event.payment()->str();
    row.amount_cents = event.amount_cents();
    row.recorded = fold.act();
  });
  fold.update<row::PaymentRowT>(event.payment()->str(), [&](row::PaymentRowT& row) {
    row.refunded_cents = event.refunded_cents();
  });
}

}  // namespace actbook

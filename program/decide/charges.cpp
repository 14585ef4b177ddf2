#include <algorithm>

#include "charging.h"
#include "decide/decide.h"
#include "money.h"
#include "rules.h"

namespace actbook {
namespace {

constexpr const char* kDefaultCurrency = "EUR";

// What may still accrue. A cap that was agreed in spite of BAD_TERMS may be any number.
std::int64_t room_under(std::int64_t cap, std::int64_t accrued, Decision& decision) {
  return accrued < cap ? decision.value(subtract_cents(cap, accrued)) : 0;
}

void accrue(Decision& decision, const CoveringDeal& deal, const row::ChargeRowT& charge,
            const command::RecordPaymentT& command) {
  const auto raw = decision.value(percent_of(charge.base_cents, deal.terms.kickback_percent));
  event::KickbackAccruedT accrued;
  accrued.deal = deal.id;
  accrued.workspace = deal.row.workspace;
  accrued.organisation = deal.row.organisation;
  accrued.payment = command.payment;
  accrued.charge = command.charge;
  accrued.cause = schema::AccrualCause::payment;
  accrued.terms_version = deal.terms.version;
  accrued.base_cents = charge.base_cents;
  accrued.percent = deal.terms.kickback_percent;
  accrued.raw_cents = raw.cents;
  accrued.rounding = raw.rounding;
  accrued.accrued_cents = raw.cents;
  accrued.cap_cents = deal.terms.cap_cents;
  accrued.currency = charge.currency;
  if (deal.terms.cap_cents) {
    const auto left = room_under(*deal.terms.cap_cents, deal.row.accrued_cents, decision);
    accrued.accrued_cents = std::min(raw.cents, left);
    accrued.cap_left_cents = left - accrued.accrued_cents;
  }
  accrued.accrued_total_cents =
      decision.value(add_cents(deal.row.accrued_cents, accrued.accrued_cents));
  decision.emit(accrued);
}

// The share of the accrual that the refunds so far take back, less what they took already, so that
// nothing is left over when all is refunded, however the cents fall. Nor is more taken back than
// accrued, where an observed refund gave back more than was paid.
void reverse(Decision& decision, const command::RecordRefundT& command,
             const row::PaymentRowT& payment, std::int64_t refunded) {
  if (payment.deal.empty() || payment.accrued_cents == 0) return;
  const RowReader& rows = decision.rows();
  const auto deal = find_or_empty<row::DealRowT>(rows, payment.deal);
  const auto charge = find_or_empty<row::ChargeRowT>(rows, payment.charge);
  const auto terms = terms_of(rows, payment.deal, payment.terms_version);
  const auto share =
      decision.value(scale_cents(payment.accrued_cents, std::min(refunded, payment.amount_cents),
                                 std::max<std::int64_t>(1, payment.amount_cents)));
  event::KickbackAccruedT reversed;
  reversed.deal = payment.deal;
  reversed.workspace = deal.workspace;
  reversed.organisation = deal.organisation;
  reversed.payment = command.payment;
  reversed.refund = command.refund;
  reversed.charge = payment.charge;
  reversed.cause = schema::AccrualCause::refund;
  reversed.terms_version = payment.terms_version;
  reversed.base_cents = charge.base_cents;
  reversed.percent = terms.kickback_percent;
  reversed.raw_cents = decision.value(subtract_cents(payment.reversed_cents, share.cents));
  reversed.rounding = share.rounding;
  reversed.accrued_cents = reversed.raw_cents;
  reversed.accrued_total_cents =
      decision.value(add_cents(deal.accrued_cents, reversed.accrued_cents));
  reversed.cap_cents = terms.cap_cents;
  if (terms.cap_cents) {
    reversed.cap_left_cents = room_under(*terms.cap_cents, reversed.accrued_total_cents, decision);
  }
  reversed.currency = payment.currency;
  reversed.refunded_cents = refunded;
  reversed.payment_cents = payment.amount_cents;
  decision.emit(reversed);
}

}  // namespace

void decide(const command::RecordChargeT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto account = find<row::AccountRowT>(rows, command.account);
  const auto row = account.value_or(row::AccountRowT());
  const std::string currency = command.currency.empty() ? kDefaultCurrency : command.currency;
  const auto deal = covering_deal(rows, row.workspace, decision.now());
  decision.require_staff_or_system();
  // The last bill may come after an account has closed.
  decision.require(account.has_value(), Reason::ACCOUNT_NOT_FOUND);
  const auto present = find<row::ChargeRowT>(rows, command.charge);
  decision.require(!present || !present->recorded, Reason::CHARGE_EXISTS);
  // Only the plan-price part has to do with the deal.
  decision.require(command.plan_cents == 0 || !deal || deal->terms.currency == currency,
                   Reason::CURRENCY_MISMATCH);
  if (decision.refused()) return;

  ChargeBuilder builder(decision, command.charge, command.account, command.tax_percent);
  auto& charge = builder.charge();
  charge.currency = currency;
  charge.period_starts_at = command.period_starts_at;
  charge.period_ends_at = command.period_ends_at;
  if (command.plan_cents > 0) {
    builder.add_plan_price(schema::LineKind::plan, "", command.plan_cents,
                           discount_for(rows, row, decision.now()));
  }
  for (const auto& line : command.lines) builder.add(*line);
  builder.emit();
}

void decide(const command::RecordPaymentT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto charge = find<row::ChargeRowT>(rows, command.charge);
  const auto row = charge.value_or(row::ChargeRowT());
  const auto present = find<row::PaymentRowT>(rows, command.payment);
  const auto collected = command.collected_at ? Timestamp{*command.collected_at} : decision.now();
  decision.require_staff_or_system();
  decision.require(charge && charge->recorded, Reason::CHARGE_NOT_FOUND);
  decision.require(row.payment.empty(), Reason::CHARGE_ALREADY_PAID);
  decision.require(collected <= decision.now(), Reason::NOT_COLLECTED);
  decision.require(!present || !present->recorded, Reason::PAYMENT_EXISTS);
  if (decision.refused()) return;

  event::PaymentRecordedT payment;
  payment.payment = command.payment;
  payment.charge = command.charge;
  payment.account = row.account;
  payment.amount_cents = row.total_cents;
  payment.currency = row.currency;
  payment.collected_at = collected.microseconds;
  decision.emit(payment);
  decision.add_created("payment", command.payment);
  // What was paid already, as observed, earns nothing more.
  if (!row.payment.empty() || (present && present->recorded)) return;
  const auto deal = covering_deal(rows, row.workspace, collected);
  // Nothing of the plan price, nothing to share.
  if (!deal || row.base_cents == 0 || deal->terms.currency != row.currency) return;
  accrue(decision, *deal, row, command);
}

void decide(const command::RecordRefundT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto payment = find<row::PaymentRowT>(rows, command.payment);
  const auto row = payment.value_or(row::PaymentRowT());
  decision.require_staff_or_system();
  decision.require(payment && payment->recorded, Reason::PAYMENT_NOT_FOUND);
  const auto left = decision.value(subtract_cents(row.amount_cents, row.refunded_cents));
  decision.require(*command.amount_cents <= left, Reason::REFUND_EXCEEDS_PAYMENT);
  const bool known = find<row::RefundRowT>(rows, command.refund).has_value();
  decision.require(!known, Reason::REFUND_EXISTS);
  if (decision.refused()) return;

  event::RefundRecordedT refund;
  refund.refund = command.refund;
  refund.payment = command.payment;
  refund.charge = row.charge;
  refund.account = row.account;
  refund.amount_cents = *command.amount_cents;
  // The same refund, as observed, gives nothing back twice.
  refund.refunded_cents =
      known ? row.refunded_cents
            : decision.value(add_cents(row.refunded_cents, *command.amount_cents));
  refund.currency = row.currency;
  decision.emit(refund);
  decision.add_created("refund", command.refund);
  if (!known) reverse(decision, command, row, refund.refunded_cents);
}

}  // namespace actbook

#include "actbook/keys.h"
#include "evolve/evolve.h"

namespace actbook {
namespace {

using row::DealRowT;

// Modulo 2^64: stored bytes may say anything.
std::int64_t wrapping_sum(std::int64_t left, std::int64_t right) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(left) +
                                   static_cast<std::uint64_t>(right));
}

std::int64_t wrapping_difference(std::int64_t left, std::int64_t right) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(left) -
                                   static_cast<std::uint64_t>(right));
}

void keep_terms(Fold& fold, const std::string& deal, const schema::ReferralTerms& terms) {
  fold.update<DealRowT>(deal, [&](DealRowT& row) { row.terms.reset(terms.UnPack()); });
  fold.update<row::TermsRowT>(terms_key(deal, terms.version()), [&](row::TermsRowT& row) {
    row.terms.reset(terms.UnPack());
    row.agreed = fold.act();
  });
}

}  // namespace

void evolve(const event::ReferralDealSigned& event, Fold& fold) {
  const std::string deal = event.deal()->str();
  fold.update<DealRowT>(deal, [&](DealRowT& row) {
    // What was heard of it before, as observed, stays.
    row.ended.reset();
    row.workspace = event.workspace()->str();
    row.organisation = event.organisation()->str();
    row.signed_ = fold.act();
  });
  keep_terms(fold, deal, *event.terms());
  fold.update<row::WorkspaceRowT>(event.workspace()->str(),
                                  [&](row::WorkspaceRowT& row) { row.deal = deal; });
  fold.refer("workspace", event.workspace()->string_view(), "deal", deal);
  fold.refer("organisation", event.organisation()->string_view(), "deal", deal);
}

void evolve(const event::ReferralTermsChanged& event, Fold& fold) {
  keep_terms(fold, event.deal()->str(), *event.terms());
}

void evolve(const event::ReferralDealEnded& event, Fold& fold) {
  fold.update<DealRowT>(event.deal()->str(), [&](DealRowT& row) {
    if (!row.ended) row.ended = fold.act();
  });
}

void evolve(const event::KickbackAccrued& event, Fold& fold) {
  const std::string deal = event.deal()->str();
  const auto position = fold.record().position();
  fold.update<DealRowT>(deal, [&](DealRowT& row) {
    row.accrued_cents = wrapping_sum(row.accrued_cents, event.accrued_cents());
  });
  fold.update<row::AccrualRowT>(accrual_key(deal, position), [&](row::AccrualRowT& row) {
    row.payment = event.payment()->str();
    row.refund = text(event.refund());
    row.charge = text(event.charge());
    row.cause = event.cause();
    row.terms_version = event.terms_version();
    row.base_cents = event.base_cents();
    row.percent = event.percent();
    row.raw_cents = event.raw_cents();
    row.rounding = event.rounding();
    row.accrued_cents = event.accrued_cents();
    row.accrued_total_cents = event.accrued_total_cents();
    row.cap_left_cents = event.cap_left_cents();
    row.currency = text(event.currency());
    row.accrued = fold.act();
  });
  fold.update<row::PaymentRowT>(event.payment()->str(), [&](row::PaymentRowT& row) {
    if (event.cause() == schema::AccrualCause::refund) {
      row.reversed_cents = wrapping_difference(row.reversed_cents, event.accrued_cents());
      return;
    }
    row.deal = deal;
    row.terms_version = event.terms_version();
    row.accrued_cents = event.accrued_cents();
  });
}

void evolve(const event::KickbackPaid& event, Fold& fold) {
  fold.update<row::PayoutRowT>(event.payout()->str(), [&](row::PayoutRowT& row) {
    row.deal = event.deal()->str();
    row.amount_cents = event.amount_cents();
    row.currency = text(event.currency());
    row.paid_at = event.paid_at();
    row.recorded = fold.act();
  });
  fold.update<DealRowT>(event.deal()->str(), [&](DealRowT& row) {
    row.paid_cents = wrapping_sum(row.paid_cents, event.amount_cents());
  });
}

}  // namespace actbook

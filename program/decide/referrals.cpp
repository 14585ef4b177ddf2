#include <algorithm>

#include "charging.h"
#include "decide/decide.h"
#include "money.h"
#include "rules.h"

namespace actbook {
namespace {

constexpr const char* kDefaultCurrency = "EUR";

bool is_percent(std::int32_t percent) { return percent >= 0 && percent <= 100; }

bool are_sound(const command::ReferralTermsInputT& terms) {
  return is_percent(*terms.kickback_percent) && is_percent(*terms.discount_percent) &&
         (!terms.cap_cents || *terms.cap_cents >= 0) &&
         (!terms.expires_at || *terms.expires_at > *terms.starts_at);
}

std::unique_ptr<schema::ReferralTermsT> make_terms(const command::ReferralTermsInputT& input,
                                                   std::uint32_t version,
                                                   std::int64_t effective_at) {
  auto terms = std::make_unique<schema::ReferralTermsT>();
  terms->version = version;
  terms->kickback_percent = *input.kickback_percent;
  terms->discount_percent = *input.discount_percent;
  terms->cap_cents = input.cap_cents;
  terms->currency = input.currency.empty() ? kDefaultCurrency : input.currency;
  terms->effective_at = effective_at;
  terms->starts_at = *input.starts_at;
  terms->expires_at = input.expires_at;
  return terms;
}

// Whether nothing but the version and its instant tells them apart.
bool say_the_same(const schema::ReferralTermsT& left, const schema::ReferralTermsT& right) {
  return left.kickback_percent == right.kickback_percent &&
         left.discount_percent == right.discount_percent && left.cap_cents == right.cap_cents &&
         left.currency == right.currency && left.starts_at == right.starts_at &&
         left.expires_at == right.expires_at;
}

bool is_active(const std::optional<row::DealRowT>& deal) {
  return deal && deal->signed_ && !deal->ended;
}

// Neither ended nor run out, so that no instant has two deals. One that is yet to begin counts.
bool has_active_deal(const Decision& decision, const std::string& workspace,
                     const std::string& besides = {}) {
  const RowReader& rows = decision.rows();
  const auto deals = references(rows, "workspace", workspace, "deal");
  return std::ranges::any_of(deals, [&](const std::string& id) {
    const auto deal = find<row::DealRowT>(rows, id);
    return id != besides && is_active(deal) && deal->terms &&
           (!deal->terms->expires_at || decision.now().microseconds < *deal->terms->expires_at);
  });
}

}  // namespace

// Version 1 takes effect with the window, so that it holds for what was collected in it before it
// was signed, too.
void decide(const command::SignReferralDealT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto present = find<row::DealRowT>(rows, command.deal);
  decision.require_staff();
  decision.require(is_partner(rows, command.organisation), Reason::NOT_PARTNER);
  decision.require(!live_workspace(rows, command.workspace).organisation.empty(),
                   Reason::WORKSPACE_NOT_FOUND);
  decision.require(!has_active_deal(decision, command.workspace) && !(present && present->signed_),
                   Reason::DEAL_EXISTS);
  decision.require(are_sound(*command.terms), Reason::BAD_TERMS);
  if (decision.refused()) return;

  event::ReferralDealSignedT deal;
  deal.deal = command.deal;
  deal.workspace = command.workspace;
  deal.organisation = command.organisation;
  const auto version = present && present->terms ? present->terms->version + 1 : 1;
  deal.terms = make_terms(*command.terms, version, *command.terms->starts_at);
  decision.emit(deal);
  decision.add_created("deal", command.deal);
}

void decide(const command::ChangeReferralTermsT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto deal = find<row::DealRowT>(rows, command.deal);
  const auto row = deal.value_or(row::DealRowT());
  const schema::ReferralTermsT none;
  const auto& present = row.terms ? *row.terms : none;
  // Of a deal whose window is yet to begin, from then on.
  const auto effective =
      command.effective_at.value_or(std::max(decision.now().microseconds, present.effective_at));
  auto next = make_terms(*command.terms, present.version + 1, effective);
  const bool follows =
      !row.terms || (effective >= present.effective_at && next->currency == present.currency);
  const bool covers = !next->cap_cents || *next->cap_cents >= row.accrued_cents;
  decision.require_staff();
  decision.require(is_active(deal), Reason::DEAL_NOT_FOUND);
  decision.require(is_partner(rows, row.organisation), Reason::NOT_PARTNER);
  decision.require(!has_active_deal(decision, row.workspace, command.deal), Reason::DEAL_EXISTS);
  decision.require(are_sound(*command.terms) && follows && covers, Reason::BAD_TERMS);
  if (decision.refused()) return;
  if (row.terms && follows && say_the_same(*next, present)) return;

  event::ReferralTermsChangedT changed;
  changed.deal = command.deal;
  changed.workspace = row.workspace;
  changed.organisation = row.organisation;
  changed.terms = std::move(next);
  decision.emit(changed);
}

// Also where the organisation is no partner any more: a deal must be able to end.
void decide(const command::EndReferralDealT& command, Decision& decision) {
  const auto deal = find<row::DealRowT>(decision.rows(), command.deal);
  decision.require_staff();
  decision.require(is_active(deal), Reason::DEAL_NOT_FOUND);
  if (decision.refused()) return;

  event::ReferralDealEndedT ended;
  ended.deal = command.deal;
  ended.workspace = deal ? deal->workspace : std::string();
  ended.organisation = deal ? deal->organisation : std::string();
  decision.emit(ended);
}

// What a deal that ended still owes is paid, too.
void decide(const command::RecordKickbackPaidT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto deal = find<row::DealRowT>(rows, command.deal);
  const auto row = deal.value_or(row::DealRowT());
  decision.require_staff_or_system();
  decision.require(deal && deal->signed_, Reason::DEAL_NOT_FOUND);
  const auto owed = decision.value(subtract_cents(row.accrued_cents, row.paid_cents));
  decision.require(*command.amount_cents <= owed, Reason::EXCEEDS_ACCRUED);
  decision.require(!find<row::PayoutRowT>(rows, command.payout), Reason::PAYOUT_EXISTS);
  if (decision.refused()) return;

  event::KickbackPaidT paid;
  paid.payout = command.payout;
  paid.deal = command.deal;
  paid.workspace = row.workspace;
  paid.organisation = row.organisation;
  paid.amount_cents = *command.amount_cents;
  paid.paid_total_cents = decision.value(add_cents(row.paid_cents, *command.amount_cents));
  paid.owed_cents = decision.value(subtract_cents(row.accrued_cents, paid.paid_total_cents));
  paid.currency = row.terms ? row.terms->currency : kDefaultCurrency;
  paid.paid_at = command.paid_at.value_or(decision.now().microseconds);
  decision.emit(paid);
  decision.add_created("payout", command.payout);
}

}  // namespace actbook

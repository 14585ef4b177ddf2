#include "charging.h"

#include "actbook/keys.h"
#include "money.h"
#include "prices.h"

namespace actbook {
namespace {

using schema::DiscountSource;

constexpr std::int32_t kYearDays = 365;
constexpr std::int32_t kHundred = 100;
constexpr std::int64_t kDayMicroseconds = 24LL * 60 * 60 * 1'000'000;

bool in_window(const schema::ReferralTermsT& terms, Timestamp at) {
  return at.microseconds >= terms.starts_at &&
         (!terms.expires_at || at.microseconds < *terms.expires_at);
}

// A day begun is a day.
std::int32_t days_until(Timestamp from, Timestamp end) {
  const auto microseconds = end.microseconds - from.microseconds;
  return static_cast<std::int32_t>((microseconds + kDayMicroseconds - 1) / kDayMicroseconds);
}

bool in_paid_year(const row::AccountRowT& account, Timestamp at) {
  const bool runs = account.status == schema::AccountStatus::active ||
                    account.status == schema::AccountStatus::past_due;
  return runs && account.interval == schema::BillingInterval::yearly && account.period_starts_at &&
         account.period_ends_at && at.microseconds >= *account.period_starts_at &&
         at.microseconds < *account.period_ends_at;
}

}  // namespace

std::optional<schema::ReferralTermsT> terms_at(const RowReader& rows, std::string_view deal,
                                               Timestamp at) {
  std::optional<schema::ReferralTermsT> found;
  each<row::TermsRowT>(rows, row_key({deal}) + "/",
                       [&](std::string_view, const row::TermsRowT& row) {
                         if (row.terms && row.terms->effective_at <= at.microseconds) {
                           found = *row.terms;
                         }
                       });
  return found;
}

schema::ReferralTermsT terms_of(const RowReader& rows, std::string_view deal,
                                std::uint32_t version) {
  const auto row = find<row::TermsRowT>(rows, terms_key(deal, version));
  return row && row->terms ? *row->terms : schema::ReferralTermsT();
}

std::optional<CoveringDeal> covering_deal(const RowReader& rows, std::string_view workspace,
                                          Timestamp at) {
  std::optional<CoveringDeal> first;
  if (workspace.empty()) return first;
  for (const auto& deal : references(rows, "workspace", workspace, "deal")) {
    auto row = find<row::DealRowT>(rows, deal);
    if (!row || !row->signed_ || (row->ended && row->ended->occurred_at <= at.microseconds)) {
      continue;
    }
    if (first && first->row.signed_->position < row->signed_->position) continue;
    auto terms = terms_at(rows, deal, at);
    if (terms && in_window(*terms, at)) {
      first = CoveringDeal{deal, std::move(*row), std::move(*terms)};
    }
  }
  return first;
}

Discount discount_for(const RowReader& rows, const row::AccountRowT& account, Timestamp at) {
  Discount discount;
  if (account.discount_percent > 0) {
    discount.percent = account.discount_percent;
    discount.source = DiscountSource::account;
  }
  const auto deal = covering_deal(rows, account.workspace, at);
  if (!deal || deal->terms.discount_percent <= discount.percent) return discount;
  return {deal->terms.discount_percent, DiscountSource::deal, deal->id, deal->terms.version};
}

ChargeBuilder::ChargeBuilder(Decision& decision, std::string charge, std::string account,
                             std::int32_t tax_percent)
    : decision_(decision), tax_percent_(tax_percent) {
  const auto row = find_or_empty<row::AccountRowT>(decision.rows(), account);
  charge_.charge = std::move(charge);
  charge_.account = std::move(account);
  charge_.organisation = row.organisation;
  charge_.workspace = row.workspace;
  charge_.personal_account =
      row.scope == schema::AccountScope::personal ? row.personal_account : std::string();
}

void ChargeBuilder::add_plan_price(schema::LineKind kind, std::string description,
                                   std::int64_t gross_cents, const Discount& discount,
                                   std::int32_t days, std::int32_t of_days) {
  schema::ChargeLineT line;
  line.kind = kind;
  line.description = std::move(description);
  line.gross_cents = gross_cents;
  line.discount_percent = discount.percent;
  line.discount_source = discount.source;
  line.days = days;
  line.of_days = of_days;
  const bool whole = of_days == 0;
  const auto net = decision_.value(
      scale_cents(gross_cents, std::int64_t{kHundred - discount.percent} * (whole ? 1 : days),
                  std::int64_t{kHundred} * (whole ? 1 : of_days)));
  line.net_cents = net.cents;
  line.net_rounding = net.rounding;
  charge_.base_cents = decision_.value(add_cents(charge_.base_cents, net.cents));
  if (discount.source == DiscountSource::deal) {
    charge_.deal = discount.deal;
    charge_.terms_version = discount.terms_version;
  }
  add_line(std::move(line));
}

void ChargeBuilder::add(const command::OtherLineT& given) {
  schema::ChargeLineT line;
  line.kind = *given.kind;
  line.description = given.description;
  line.gross_cents = *given.amount_cents;
  line.net_cents = *given.amount_cents;
  add_line(std::move(line));
}

void ChargeBuilder::add_line(schema::ChargeLineT line) {
  const auto tax = decision_.value(percent_of(line.net_cents, tax_percent_));
  line.tax_percent = tax_percent_;
  line.tax_cents = tax.cents;
  line.tax_rounding = tax.rounding;
  line.total_cents = decision_.value(add_cents(line.net_cents, line.tax_cents));
  charge_.net_cents = decision_.value(add_cents(charge_.net_cents, line.net_cents));
  charge_.tax_cents = decision_.value(add_cents(charge_.tax_cents, line.tax_cents));
  charge_.total_cents = decision_.value(add_cents(charge_.total_cents, line.total_cents));
  charge_.lines.push_back(std::make_unique<schema::ChargeLineT>(std::move(line)));
}

void ChargeBuilder::emit() {
  decision_.emit(charge_);
  decision_.add_created("charge", charge_.charge);
}

void charge_for_seat(Decision& decision, const std::string& account, const std::string& person) {
  const auto row = find_or_empty<row::AccountRowT>(decision.rows(), account);
  const auto gross = seat_cents_per_year(row.tier);
  // Of a fact, what was charged for it is another fact.
  if (decision.observed() || !in_paid_year(row, decision.now()) || gross == 0) return;
  const Timestamp end{*row.period_ends_at};
  ChargeBuilder builder(decision, decision.derived_id("charge", account + "/" + person), account,
                        0);
  auto& charge = builder.charge();
  charge.cause = schema::ChargeCause::seat_added;
  charge.person = person;
  charge.currency = kSeatCurrency;
  charge.period_starts_at = decision.now().microseconds;
  charge.period_ends_at = end.microseconds;
  builder.add_plan_price(schema::LineKind::seat,
                         std::string("a seat, tier ") + schema::EnumNameTier(row.tier) + ", yearly",
                         gross, discount_for(decision.rows(), row, decision.now()),
                         days_until(decision.now(), end), kYearDays);
  builder.emit();
}

}  // namespace actbook

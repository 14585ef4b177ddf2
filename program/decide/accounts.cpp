#include "decide/decide.h"
#include "rules.h"

namespace actbook {
namespace {

using schema::Tier;

// A year of a plan has 365 days; a month goes to the same day of the next, or to its last.
Timestamp period_end(Timestamp start, schema::BillingInterval interval) {
  constexpr int kYearDays = 365;
  if (interval == schema::BillingInterval::yearly) return plus_days(start, kYearDays);
  return plus_month(start);
}

}  // namespace

void decide(const command::SetTierT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto account = find<row::AccountRowT>(rows, command.account);
  decision.require_staff_or_system();
  decision.require(account && !account->closed, Reason::ACCOUNT_NOT_FOUND);
  if (decision.refused()) return;

  const Tier from = account ? account->tier : Tier::free;
  if (from == *command.tier) return;
  event::TierChangedT changed;
  changed.account = command.account;
  changed.from = from;
  changed.to = *command.tier;
  decision.emit(changed);
  if (*command.tier >= Tier::changemaker) return;
  for (const auto& workspace : references(rows, "account", command.account, "workspace")) {
    const auto row = live_workspace(rows, workspace);
    if (row.account != command.account || row.logo_reference.empty()) continue;
    event::BrandingRemovedT removed;
    removed.workspace = workspace;
    removed.cause = "tier_drop";
    decision.emit(removed);
  }
}

void decide(const command::SetAccountStatusT& command, Decision& decision) {
  const auto account = find<row::AccountRowT>(decision.rows(), command.account);
  decision.require_staff_or_system();
  decision.require(account && !account->closed, Reason::ACCOUNT_NOT_FOUND);
  if (decision.refused()) return;

  event::AccountStatusChangedT changed;
  changed.account = command.account;
  changed.from = account ? account->status : schema::AccountStatus::none;
  changed.to = *command.status;
  if (changed.from != changed.to) decision.emit(changed);
}

void decide(const command::SetDiscountT& command, Decision& decision) {
  const auto account = find<row::AccountRowT>(decision.rows(), command.account);
  decision.require_staff_or_system();
  decision.require(account && !account->closed, Reason::ACCOUNT_NOT_FOUND);
  if (decision.refused()) return;

  event::DiscountChangedT changed;
  changed.account = command.account;
  changed.from = account ? account->discount_percent : 0;
  changed.to = *command.percent;
  if (changed.from != changed.to) decision.emit(changed);
}

// A renewal is an act of its own, recorded however often.
void decide(const command::RenewAccountT& command, Decision& decision) {
  const auto account = find<row::AccountRowT>(decision.rows(), command.account);
  decision.require_staff_or_system();
  decision.require(account && !account->closed, Reason::ACCOUNT_NOT_FOUND);
  if (decision.refused()) return;

  const auto row = account.value_or(row::AccountRowT());
  // The period that runs would be lost.
  if (command.starts_at && *command.starts_at > decision.now().microseconds) {
    decision.fail({ErrorKind::invalid,
                   "INVALID_FIELD",
                   "command.starts_at: lies in the future; renew when the period begins",
                   {}});
  }
  const auto start = command.starts_at ? Timestamp{*command.starts_at} : decision.now();
  event::AccountRenewedT renewed;
  renewed.account = command.account;
  renewed.interval = *command.interval;
  renewed.period_starts_at = start.microseconds;
  renewed.period_ends_at = period_end(start, *command.interval).microseconds;
  renewed.from_paid_seats = row.paid_seats;
  renewed.paid_seats = row.seats;
  decision.emit(renewed);
}

}  // namespace actbook

#include <algorithm>

#include "actbook/belongings.h"
#include "actbook/keys.h"
#include "charging.h"
#include "decide/decide.h"
#include "money.h"
#include "rules.h"

namespace actbook {
namespace {

using schema::BillingInterval;
using schema::DiscountSource;

constexpr const char* kDefaultCurrency = "EUR";

bool enables(const row::MandateRowT& mandate, const std::string& plan) {
  return std::ranges::any_of(mandate.plans,
                             [&](const auto& enabled) { return enabled->plan == plan; });
}

// The live mandate through which an organisation may buy a special plan; empty, if none does.
std::string enabling_mandate(const RowReader& rows, const std::string& organisation,
                             const std::string& plan) {
  for (const auto& [mandate, row] : live_mandates_of(rows, organisation)) {
    if (enables(row, plan)) return mandate;
  }
  return {};
}

row::SubscriptionRowT plan_of(const RowReader& rows, const std::string& organisation,
                              const std::string& personal_account) {
  const auto plan = organisation.empty()
                        ? subscription_of(rows, "personal_account", personal_account)
                        : subscription_of(rows, "organisation", organisation);
  return plan.value_or(row::SubscriptionRowT());
}

bool may_buy(Decision& decision, const command::BuyPlanT& command) {
  if (!command.organisation.empty()) return decision.owns(command.organisation);
  const auto account = find<row::PersonalAccountRowT>(decision.rows(), command.personal_account);
  if (!account || account->converted || account->person != decision.person()) return false;
  decision.set_basis("the account's person");
  return true;
}

bool same_price(const row::SubscriptionRowT& held, const event::PlanBoughtT& bought) {
  return held.plan == bought.plan && held.interval == bought.interval &&
         held.gross_cents == bought.gross_cents && held.currency == bought.currency &&
         held.discount_percent == bought.discount_percent && held.mandate == bought.mandate &&
         held.project_limit == bought.project_limit;
}

// A public plan has the partner discount of the instant while a mandate is live; a special one its
// own price.
void set_price(Decision& decision, const row::PlanRowT& plan, event::PlanBoughtT& bought) {
  const RowReader& rows = decision.rows();
  bought.gross_cents =
      bought.interval == BillingInterval::yearly ? plan.yearly_cents : plan.monthly_cents;
  if (plan.special) {
    bought.mandate = enabling_mandate(rows, bought.organisation, bought.plan);
  } else if (const auto mandates = live_mandates_of(rows, bought.organisation); !mandates.empty()) {
    const auto row = find_or_empty<row::OrganisationRowT>(rows, bought.organisation);
    if (row.partner_discount_percent > 0) {
      bought.discount_percent = row.partner_discount_percent;
      bought.discount_source = DiscountSource::partner;
      bought.mandate = mandates.front().first;
    }
  }
  constexpr std::int32_t kHundred = 100;
  const auto net =
      decision.value(percent_of(bought.gross_cents, kHundred - bought.discount_percent));
  bought.net_cents = net.cents;
  bought.rounding = net.rounding;
}

// The months since a plan was bought; none, if that was not by then.
std::optional<int> age_of(const row::SubscriptionRowT& subscription, Timestamp month) {
  if (!subscription.bought || subscription.plan.empty()) return std::nullopt;
  const int age = months_between(Timestamp{subscription.bought->occurred_at}, month);
  return age >= 0 ? std::optional(age) : std::nullopt;
}

// Which year since the plan was bought a month is of, from 0.
std::uint32_t plan_year(const row::SubscriptionRowT& subscription, Timestamp month) {
  constexpr int kYearMonths = 12;
  return static_cast<std::uint32_t>(age_of(subscription, month).value_or(0) / kYearMonths);
}

// A monthly plan is charged every month from the one it was bought in; a yearly one in the first
// month that is billed of each year since it was bought.
bool is_due(const RowReader& rows, const std::string& account,
            const row::SubscriptionRowT& subscription, Timestamp month) {
  if (!subscription.bought || subscription.plan.empty()) return false;
  if (months_between(Timestamp{subscription.bought->occurred_at}, month) < 0) return false;
  if (subscription.interval == BillingInterval::monthly) return true;
  const auto year =
      plan_year_key(Position{subscription.bought->position}, plan_year(subscription, month));
  return !find<row::ReferenceRowT>(rows, row_key({"account", account, "plan_year", year}));
}

// The currency that a month is charged in: that of the plan that was bought, due or not. Where none
// was, and of an observed plan that was never defined here, it is the one given, or else EUR.
std::string currency_of(const row::SubscriptionRowT& subscription, Timestamp month,
                        const std::string& given) {
  if (age_of(subscription, month) && !subscription.currency.empty()) return subscription.currency;
  return given.empty() ? kDefaultCurrency : given;
}

void require_buyer(Decision& decision, const command::BillMonthT& command,
                   const std::string& account) {
  if (!command.organisation.empty()) {
    decision.require(organisation_exists(decision.rows(), command.organisation),
                     Reason::ORG_NOT_FOUND);
  }
  // A personal account that was converted is none any more: its billing account went with it.
  const auto personal =
      find_or_empty<row::PersonalAccountRowT>(decision.rows(), command.personal_account);
  decision.require(find<row::AccountRowT>(decision.rows(), account) && !personal.converted,
                   Reason::ACCOUNT_NOT_FOUND);
}

}  // namespace

void decide(const command::DefinePlanT& command, Decision& decision) {
  const auto present = find<row::PlanRowT>(decision.rows(), command.plan);
  decision.require_staff();
  if (decision.refused()) return;

  event::PlanDefinedT defined;
  defined.plan = command.plan;
  defined.name = command.name;
  defined.special = command.special;
  defined.monthly_cents = *command.monthly_cents;
  defined.yearly_cents = *command.yearly_cents;
  defined.currency = command.currency.empty() ? kDefaultCurrency : command.currency;
  defined.active = command.active;
  defined.project_limit = command.project_limit;
  const bool same =
      present && present->name == defined.name && present->special == defined.special &&
      present->monthly_cents == defined.monthly_cents &&
      present->yearly_cents == defined.yearly_cents && present->currency == defined.currency &&
      present->active == defined.active && present->project_limit == defined.project_limit;
  if (same) return;
  decision.emit(defined);
  if (!present) decision.add_created("plan", command.plan);
}

void decide(const command::SetPartnerDiscountT& command, Decision& decision) {
  const auto row = find_or_empty<row::OrganisationRowT>(decision.rows(), command.organisation);
  decision.require_staff();
  decision.require(organisation_exists(decision.rows(), command.organisation),
                   Reason::ORG_NOT_FOUND);
  if (decision.refused() || row.partner_discount_percent == *command.percent) return;

  event::PartnerDiscountChangedT changed;
  changed.organisation = command.organisation;
  changed.from = row.partner_discount_percent;
  changed.to = *command.percent;
  decision.emit(changed);
}

void decide(const command::EnableSpecialPlansT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto mandate = find<row::MandateRowT>(rows, command.mandate);
  const auto row = mandate.value_or(row::MandateRowT());
  const bool enablable = std::ranges::all_of(command.plans, [&](const std::string& id) {
    const auto plan = find<row::PlanRowT>(rows, id);
    return plan && plan->special && plan->active;
  });
  decision.require(mandate && mandate->live, Reason::NO_ACTIVE_MANDATE);
  decision.require(decision.organisation_permits(row.agency, "mandate.manage"),
                   Reason::NOT_ALLOWED);
  decision.require(enablable, Reason::PLAN_NOT_ENABLABLE);
  if (decision.refused()) return;

  event::SpecialPlansEnabledT enabled;
  enabled.mandate = command.mandate;
  enabled.agency = row.agency;
  enabled.client = row.client;
  for (const auto& plan : command.plans) {
    const bool twice = std::ranges::find(enabled.plans, plan) != enabled.plans.end();
    if (!twice && !enables(row, plan)) enabled.plans.push_back(plan);
  }
  if (!enabled.plans.empty()) decision.emit(enabled);
}

void decide(const command::BuyPlanT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto plan = find<row::PlanRowT>(rows, command.plan);
  const auto row = plan.value_or(row::PlanRowT());
  decision.require(may_buy(decision, command), Reason::NOT_ALLOWED);
  decision.require(plan && plan->active, Reason::PLAN_INACTIVE);
  decision.require(
      !row.special || !enabling_mandate(rows, command.organisation, command.plan).empty(),
      Reason::PLAN_NOT_ENABLED);
  if (decision.refused()) return;

  const auto held = plan_of(rows, command.organisation, command.personal_account);
  event::PlanBoughtT bought;
  bought.organisation = command.organisation;
  bought.personal_account = command.personal_account;
  bought.account = billing_account_of(rows, command.organisation, command.personal_account);
  bought.plan = command.plan;
  bought.plan_name = row.name;
  bought.special = row.special;
  bought.interval = *command.interval;
  bought.currency = row.currency;
  bought.from_plan = held.plan;
  bought.defined_at = row.defined ? row.defined->position : 0;
  bought.project_limit = row.project_limit;
  set_price(decision, row, bought);
  if (!same_price(held, bought)) decision.emit(bought);
}

// A month with neither a plan that is due nor a line has nothing to charge.
void decide(const command::BillMonthT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto account = billing_account_of(rows, command.organisation, command.personal_account);
  const auto month = command.month ? Timestamp{*command.month} : month_start(decision.now());
  const auto subscription = plan_of(rows, command.organisation, command.personal_account);
  const bool due = is_due(rows, account, subscription, month);
  const auto currency = currency_of(subscription, month, command.currency);
  const auto present = find<row::ChargeRowT>(rows, command.charge);
  const auto billed = row_key({"account", account, "month", billed_month_key(month.microseconds)});
  decision.require_staff_or_system();
  require_buyer(decision, command, account);
  decision.require(!find<row::ReferenceRowT>(rows, billed), Reason::MONTH_ALREADY_BILLED);
  decision.require(!present || !present->recorded, Reason::CHARGE_EXISTS);
  decision.require(command.currency.empty() || command.currency == currency,
                   Reason::CURRENCY_MISMATCH);
  if (decision.refused() || (!due && command.lines.empty())) return;

  ChargeBuilder builder(decision, command.charge, account, command.tax_percent);
  auto& charge = builder.charge();
  charge.cause = schema::ChargeCause::month;
  charge.organisation = command.organisation;
  charge.personal_account = command.personal_account;
  charge.currency = currency;
  charge.period_starts_at = month.microseconds;
  charge.period_ends_at = plus_month(month).microseconds;
  if (due) {
    charge.plan = subscription.plan;
    charge.bought = subscription.bought->position;
    charge.plan_year = plan_year(subscription, month);
    Discount discount;
    discount.percent = subscription.discount_percent;
    discount.source = subscription.discount_source;
    builder.add_plan_price(schema::LineKind::plan, subscription.plan_name, subscription.gross_cents,
                           discount);
  }
  for (const auto& line : command.lines) builder.add(*line);
  builder.emit();
}

}  // namespace actbook

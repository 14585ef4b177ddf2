#include "evolve/evolve.h"

namespace actbook {

void evolve(const event::PlanDefined& event, Fold& fold) {
  fold.update<row::PlanRowT>(event.plan()->str(), [&](row::PlanRowT& row) {
    row.name = event.name()->str();
    row.special = event.special();
    row.monthly_cents = event.monthly_cents();
    row.yearly_cents = event.yearly_cents();
    row.currency = event.currency()->str();
    row.active = event.active();
    row.project_limit = event.project_limit();
    row.defined = fold.act();
  });
}

void evolve(const event::PartnerDiscountChanged& event, Fold& fold) {
  fold.update<row::OrganisationRowT>(event.organisation()->str(), [&](row::OrganisationRowT& row) {
    row.partner_discount_percent = event.to();
  });
}

void evolve(const event::SpecialPlansEnabled& event, Fold& fold) {
  fold.update<row::MandateRowT>(event.mandate()->str(), [&](row::MandateRowT& row) {
    for (const auto* plan : *event.plans()) {
      auto enabled = std::make_unique<row::EnabledPlanT>();
      enabled->plan = plan->str();
      enabled->enabled = fold.act();
      row.plans.push_back(std::move(enabled));
    }
  });
}

void evolve(const event::PlanBought& event, Fold& fold) {
  const auto key = event.organisation() != nullptr
                       ? row_key({"organisation", event.organisation()->string_view()})
                       : row_key({"personal_account", text(event.personal_account())});
  fold.update<row::SubscriptionRowT>(key, [&](row::SubscriptionRowT& row) {
    row.plan = event.plan()->str();
    row.plan_name = text(event.plan_name());
    row.special = event.special();
    row.interval = event.interval();
    row.gross_cents = event.gross_cents();
    row.discount_percent = event.discount_percent();
    row.discount_source = event.discount_source();
    row.net_cents = event.net_cents();
    row.rounding = event.rounding();
    row.currency = text(event.currency());
    row.mandate = text(event.mandate());
    row.project_limit = event.project_limit();
    row.bought = fold.act();
  });
}

}  // namespace actbook

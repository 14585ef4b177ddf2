#include "evolve/evolve.h"

namespace actbook {
namespace {

void set_requirement(Fold& fold, const std::string& organisation, schema::Requirement requirement,
                     bool met) {
  fold.update<row::EnrollmentRowT>(organisation, [&](row::EnrollmentRowT& row) {
    for (auto& known : row.requirements) {
      if (known->requirement != requirement) continue;
      known->met = met;
      known->since = fold.act();
      return;
    }
    auto state = std::make_unique<row::RequirementStateT>();
    state->requirement = requirement;
    state->met = met;
    state->since = fold.act();
    row.requirements.push_back(std::move(state));
  });
}

}  // namespace

void evolve(const event::RequirementMet& event, Fold& fold) {
  set_requirement(fold, event.organisation()->str(), event.requirement(), true);
}

void evolve(const event::RequirementLost& event, Fold& fold) {
  set_requirement(fold, event.organisation()->str(), event.requirement(), false);
}

void evolve(const event::EnrollmentExtended& event, Fold& fold) {
  fold.update<row::EnrollmentRowT>(event.organisation()->str(), [&](row::EnrollmentRowT& row) {
    row.deadline = event.deadline();
    row.extended = fold.act();
  });
}

void evolve(const event::PersonalAccountRegistered& event, Fold& fold) {
  fold.update<row::PersonalAccountRowT>(event.personal_account()->str(),
                                        [&](row::PersonalAccountRowT& row) {
                                          row.person = event.person()->str();
                                          row.registered = fold.act();
                                        });
  fold.refer("person", event.person()->string_view(), "personal_account",
             event.personal_account()->string_view());
}

void evolve(const event::PersonalAccountConverted& event, Fold& fold) {
  const std::string from = event.personal_account()->str();
  const std::string to = event.organisation()->str();
  const std::string account = text(event.account());
  fold.update<row::PersonalAccountRowT>(from, [&](row::PersonalAccountRowT& row) {
    row.organisation = to;
    row.converted = fold.act();
  });
  if (!account.empty()) {
    fold.update<row::AccountRowT>(account, [&](row::AccountRowT& row) {
      row.scope = schema::AccountScope::organisation;
      row.organisation = to;
    });
  }
  fold.update<row::OrganisationRowT>(to, [&](row::OrganisationRowT& row) {
    if (!account.empty()) row.account = account;
    row.converted_from = from;
  });
  if (event.projects() == nullptr) return;
  for (const auto* project : *event.projects()) {
    fold.update<row::ProjectRowT>(project->str(), [&](row::ProjectRowT& row) {
      row.personal_account.clear();
      row.organisation = to;
      row.owned_since = fold.act();
    });
    fold.refer("organisation", to, "project", project->string_view());
  }
}

}  // namespace actbook

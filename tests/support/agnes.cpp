#include "support/agnes.h"

#include <nlohmann/json.hpp>

#include "actbook/access.h"
#include "actbook/belongings.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

void given_organisation(World& world, const std::string& organisation, const std::string& name) {
  world.given("OrganisationRegistered",
              json{{"organisation", organisation}, {"name", name}}.dump());
  world.given("BillingAccountOpened", json{{"account", "acc-" + organisation},
                                           {"scope", "organisation"},
                                           {"organisation", organisation}}
                                          .dump());
}

}  // namespace

World agnes() {
  World world;
  world.at("2026-02-01");
  given_organisation(world, "agnes", "AGNES");
  world.given("PartnerStatusGranted", R"({"organisation": "agnes", "contract_reference": "A-1",
      "program": "agency", "deadline": "2026-06-30"})");
  given_organisation_member(world, "agnes", "ava", "owner");
  given_organisation_member(world, "agnes", "pam", "projects_manager");
  given_organisation_member(world, "agnes", "dev", "developer");
  given_organisation_member(world, "agnes", "vic", "viewer");
  given_organisation(world, "cargo", "CARGO");
  given_organisation_member(world, "cargo", "cal", "owner");
  given_organisation_member(world, "cargo", "viv", "viewer");
  world.given("PersonalAccountRegistered", R"({"personal_account": "solo-1", "person": "solo"})");
  world.given("BillingAccountOpened",
              R"({"account": "acc-solo", "scope": "personal", "personal_account": "solo-1"})");
  world.at("2026-03-01T09:00:00Z");
  return world;
}

World agnes_with_mandate() {
  World world = agnes();
  given_mandate_request(world, "r-1");
  world.given("MandateRequestApproved",
              R"({"request": "r-1", "agency": "agnes", "client": "cargo"})", person("cal"));
  given_mandate(world, "m-1");
  return world;
}

World agnes_with_plans() {
  World world = agnes_with_mandate();
  given_plan(world, "pro", false, 4'999, 49'999);
  given_plan(world, "max", false, 9'900, 99'000);
  given_plan(world, "perk", true, 2'500, 25'000);
  given_plan(world, "gift", true, 0, 0);
  world.given("PartnerDiscountChanged", R"({"organisation": "cargo", "from": 0, "to": 15})");
  return world;
}

void given_mandate_request(World& world, const std::string& request, const std::string& agency,
                           const std::string& client) {
  world.given("MandateRequested",
              json{{"request", request}, {"agency", agency}, {"client", client}}.dump(),
              person("ava"));
}

void given_mandate(World& world, const std::string& mandate, const std::string& agency,
                   const std::string& client) {
  world.given("MandateGranted",
              json{{"mandate", mandate}, {"agency", agency}, {"client", client}}.dump(),
              person("cal"));
}

void given_project(World& world, const std::string& project, const std::string& whose,
                   const std::string& id) {
  world.given("ProjectCreated",
              json{{"project", project}, {whose, id}, {"name", "Project " + project}}.dump());
}

void given_plan(World& world, const std::string& plan, bool special, std::int64_t monthly_cents,
                std::int64_t yearly_cents) {
  world.given("PlanDefined", json{{"plan", plan},
                                  {"name", "Plan " + plan},
                                  {"special", special},
                                  {"monthly_cents", monthly_cents},
                                  {"yearly_cents", yearly_cents},
                                  {"currency", "EUR"},
                                  {"active", true}}
                                 .dump());
}

std::string entry_of(const World& world, const std::string& project, const std::string& person) {
  const auto access = project_access(world.rows(), world.now(), project, person);
  return access.may_enter() ? access.basis : "none";
}

row::OrganisationRowT organisation_row(const World& world, const std::string& organisation) {
  return find_or_empty<row::OrganisationRowT>(world.rows(), organisation);
}

row::EnrollmentRowT enrollment_row(const World& world, const std::string& organisation) {
  return find_or_empty<row::EnrollmentRowT>(world.rows(), organisation);
}

row::MandateRowT mandate_row(const World& world, const std::string& mandate) {
  return find_or_empty<row::MandateRowT>(world.rows(), mandate);
}

row::SubscriptionRowT subscription_row(const World& world, const std::string& whose,
                                       const std::string& id) {
  return subscription_of(world.rows(), whose, id).value_or(row::SubscriptionRowT());
}

}  // namespace actbook::testing

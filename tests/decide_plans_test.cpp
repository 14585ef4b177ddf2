#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "actbook/tables.h"
#include "support/agnes.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

const Actor kBiller = system_actor("biller");

json plan(const std::string& id) {
  return {{"plan", id}, {"name", "Pro"}, {"monthly_cents", 4'999}, {"yearly_cents", 49'999}};
}

std::string discount(const std::string& organisation, int percent) {
  return json{{"organisation", organisation}, {"percent", percent}}.dump();
}

std::string enabling(const std::string& mandate, const std::vector<std::string>& plans) {
  return json{{"mandate", mandate}, {"plans", plans}}.dump();
}

std::string purchase(const std::string& organisation, const std::string& plan,
                     const std::string& interval = "monthly") {
  return json{{"organisation", organisation}, {"plan", plan}, {"interval", interval}}.dump();
}

std::string purchase_for_solo(const std::string& plan) {
  return json{{"personal_account", "solo-1"}, {"plan", plan}, {"interval", "monthly"}}.dump();
}

std::string buy(const World& world, const Actor& actor, const std::string& organisation,
                const std::string& plan) {
  return refused(world, actor, "BuyPlan", purchase(organisation, plan));
}

void cancel_mandate(World& world) {
  (void)world.when(person("cal"), "CancelMandate", R"({"mandate": "m-1"})");
}

// ---- plans ----

TEST_CASE("DefinePlan: what is left out has its default and the same again records nothing") {
  World world;
  const auto then = world.when(staff("sam"), "DefinePlan", plan("pro").dump());
  CHECK(joined(then.types) == "PlanDefined");
  CHECK(joined(then.created) == "plan:pro");
  CHECK(field(then.events[0], "name") == "Pro");
  CHECK(field(then.events[0], "special") == "false");
  CHECK(field(then.events[0], "monthly_cents") == "4999");
  CHECK(field(then.events[0], "yearly_cents") == "49999");
  CHECK(field(then.events[0], "currency") == "EUR");
  CHECK(field(then.events[0], "active") == "true");
  CHECK(!find<row::PlanRowT>(world.rows(), "pro")->project_limit);
  auto same = plan("pro");
  same["currency"] = "EUR";
  same["active"] = true;
  CHECK(world.when(staff("sue"), "DefinePlan", same.dump()).outcome == log::Outcome::unchanged);
}

TEST_CASE("DefinePlan: whatever is different is another version") {
  for (const auto& change :
       {json{{"name", "Pro 2"}}, json{{"special", true}}, json{{"monthly_cents", 5'000}},
        json{{"yearly_cents", 50'000}}, json{{"currency", "USD"}}, json{{"active", false}},
        json{{"project_limit", 0}}}) {
    World world;
    (void)world.when(staff("sam"), "DefinePlan", plan("pro").dump());
    auto changed = plan("pro");
    changed.update(change);
    const auto then = world.when(staff("sam"), "DefinePlan", changed.dump());
    CHECK_MESSAGE(joined(then.types) == "PlanDefined", change.dump());
    CHECK(then.created.empty());
    const auto event = json::parse(then.events[0])["event"];
    for (const auto& member : change.items()) CHECK(event[member.key()] == member.value());
  }
}

TEST_CASE("DefinePlan: by staff alone and observed by anybody") {
  World world = agnes();
  for (const auto& actor : {person("ava"), person("sam"), kBiller, Actor{"import", "2025"}}) {
    CHECK_MESSAGE(refused(world, actor, "DefinePlan", plan("pro").dump()) == "STAFF_ONLY",
                  actor.kind);
  }
  const auto then = world.when(kBiller, "DefinePlan", plan("pro").dump(), kObserved);
  CHECK(joined(then.rules_broken) == "STAFF_ONLY");
  CHECK(find<row::PlanRowT>(world.rows(), "pro")->active);
}

TEST_CASE("SetPartnerDiscount: from and to are kept and the same records nothing") {
  World world = agnes();
  const auto then = world.when(staff("sam"), "SetPartnerDiscount", discount("cargo", 15));
  CHECK(joined(then.types) == "PartnerDiscountChanged");
  CHECK(field(then.events[0], "from") == "0");
  CHECK(field(then.events[0], "to") == "15");
  CHECK(organisation_row(world, "cargo").partner_discount_percent == 15);
  for (const auto& same : {discount("cargo", 15), discount("agnes", 0)}) {
    CHECK(world.when(staff("sam"), "SetPartnerDiscount", same).outcome == log::Outcome::unchanged);
  }
  CHECK(joined(world.when(staff("sam"), "SetPartnerDiscount", discount("cargo", 0)).types) ==
        "PartnerDiscountChanged");
}

TEST_CASE("SetPartnerDiscount: refusals in order and observed of an organisation never seen") {
  World world = agnes();
  for (const auto& actor : {person("ava"), person("cal"), kBiller}) {
    CHECK(refused(world, actor, "SetPartnerDiscount", discount("cargo", 15)) == "STAFF_ONLY");
    CHECK(refused(world, actor, "SetPartnerDiscount", discount("nowhere", 15)) == "STAFF_ONLY");
  }
  CHECK(refused(world, staff("sam"), "SetPartnerDiscount", discount("nowhere", 15)) ==
        "ORG_NOT_FOUND");
  CHECK(refused(world, staff("sam"), "SetPartnerDiscount", discount("solo-1", 15)) ==
        "ORG_NOT_FOUND");
  const auto then =
      world.when(person("ed"), "SetPartnerDiscount", discount("nowhere", 15), kObserved);
  CHECK(joined(then.types) == "PartnerDiscountChanged");
  CHECK(joined(then.rules_broken) == "STAFF_ONLY ORG_NOT_FOUND");
  CHECK(organisation_row(world, "nowhere").partner_discount_percent == 15);
}

// ---- special plans ----

TEST_CASE("EnableSpecialPlans: the client may buy them and nothing is bought") {
  World world = agnes_with_plans();
  CHECK(buy(world, person("cal"), "cargo", "perk") == "PLAN_NOT_ENABLED");
  const auto then =
      world.when(person("ava"), "EnableSpecialPlans", enabling("m-1", {"perk", "gift", "perk"}));
  CHECK(joined(then.types) == "SpecialPlansEnabled");
  CHECK(field(then.events[0], "mandate") == "m-1");
  CHECK(field(then.events[0], "agency") == "agnes");
  CHECK(field(then.events[0], "client") == "cargo");
  CHECK(field(then.events[0], "plans") == R"(["perk","gift"])");
  REQUIRE(mandate_row(world, "m-1").plans.size() == 2);
  CHECK(mandate_row(world, "m-1").plans[0]->enabled->actor->id == "ava");
  CHECK(buy(world, person("cal"), "cargo", "perk") == "");
  CHECK(buy(world, person("ava"), "agnes", "perk") == "PLAN_NOT_ENABLED");
  CHECK(subscription_row(world, "organisation", "cargo").plan == "");
}

TEST_CASE("EnableSpecialPlans: what is enabled already is not enabled again") {
  World world = agnes_with_plans();
  (void)world.when(person("ava"), "EnableSpecialPlans", enabling("m-1", {"perk"}));
  CHECK(world.when(person("ava"), "EnableSpecialPlans", enabling("m-1", {"perk"})).outcome ==
        log::Outcome::unchanged);
  const auto more =
      world.when(person("ava"), "EnableSpecialPlans", enabling("m-1", {"perk", "gift"}));
  CHECK(field(more.events[0], "plans") == R"(["gift"])");
}

TEST_CASE("EnableSpecialPlans: refusals in order") {
  World world = agnes_with_plans();
  const auto attempt = [&](const Actor& actor, const std::string& mandate,
                           const std::vector<std::string>& plans) {
    return refused(world, actor, "EnableSpecialPlans", enabling(mandate, plans));
  };
  CHECK(attempt(person("dev"), "m-9", {"pro"}) == "NO_ACTIVE_MANDATE");
  for (const auto& actor : {person("pam"), person("dev"), person("cal"), staff("sam"), kBiller}) {
    CHECK_MESSAGE(attempt(actor, "m-1", {"perk"}) == "NOT_ALLOWED", actor.id);
    CHECK_MESSAGE(attempt(actor, "m-1", {"pro"}) == "NOT_ALLOWED", actor.id);
  }
  CHECK(attempt(person("ava"), "m-1", {"perk", "pro"}) == "PLAN_NOT_ENABLABLE");  // a public one
  CHECK(attempt(person("ava"), "m-1", {"perk", "nothing"}) == "PLAN_NOT_ENABLABLE");
  auto inactive = plan("perk");
  inactive["special"] = true;
  inactive["active"] = false;
  (void)world.when(staff("sam"), "DefinePlan", inactive.dump());
  CHECK(attempt(person("ava"), "m-1", {"perk"}) == "PLAN_NOT_ENABLABLE");
  cancel_mandate(world);
  CHECK(attempt(person("ava"), "m-1", {"gift"}) == "NO_ACTIVE_MANDATE");
}

TEST_CASE("EnableSpecialPlans: observed of a mandate never seen") {
  World world;
  const auto then =
      world.when(person("ava"), "EnableSpecialPlans", enabling("m-1", {"perk"}), kObserved);
  CHECK(joined(then.types) == "SpecialPlansEnabled");
  CHECK(joined(then.rules_broken) == "NO_ACTIVE_MANDATE NOT_ALLOWED PLAN_NOT_ENABLABLE");
  CHECK(!mandate_row(world, "m-1").live);
  CHECK(mandate_row(world, "m-1").plans.size() == 1);
}

// ---- buying ----

TEST_CASE("BuyPlan: a public plan while a mandate is live has the partner discount by itself") {
  World world = agnes_with_plans();
  const auto then = world.when(person("cal"), "BuyPlan", purchase("cargo", "pro"));
  CHECK(joined(then.types) == "PlanBought");
  CHECK(then.created.empty());
  const std::map<std::string, std::string> expected = {
      {"organisation", "cargo"},  {"personal_account", ""},
      {"account", "acc-cargo"},   {"plan", "pro"},
      {"plan_name", "Plan pro"},  {"special", "false"},
      {"interval", "monthly"},    {"gross_cents", "4999"},
      {"discount_percent", "15"}, {"discount_source", "partner"},
      {"net_cents", "4249"},      {"rounding", "down"},
      {"currency", "EUR"},        {"mandate", "m-1"},
      {"from_plan", ""}};
  for (const auto& member : expected) {
    CHECK_MESSAGE(field(then.events[0], member.first) == member.second,
                  member.first);  // 49.99 less 15 % is 42.4915
  }
  CHECK(field(then.events[0], "defined_at") ==
        std::to_string(find<row::PlanRowT>(world.rows(), "pro")->defined->position));
  const auto yearly = world.when(person("cal"), "BuyPlan", purchase("cargo", "pro", "yearly"));
  CHECK(field(yearly.events[0], "from_plan") == "pro");
  CHECK(field(yearly.events[0], "interval") == "yearly");
  CHECK(field(yearly.events[0], "gross_cents") == "49999");
  CHECK(field(yearly.events[0], "net_cents") == "42499");  // 424.9915
}

TEST_CASE("BuyPlan: half a cent goes up") {
  World world = agnes_with_plans();
  given_plan(world, "half", false, 1'010, 0);
  const auto then = world.when(person("cal"), "BuyPlan", purchase("cargo", "half"));
  CHECK(field(then.events[0], "net_cents") == "859");  // 8.585
  CHECK(field(then.events[0], "rounding") == "up");
}

TEST_CASE("BuyPlan: without a live mandate and for others there is no discount") {
  World world = agnes_with_plans();
  world.given("PartnerDiscountChanged", R"({"organisation": "agnes", "from": 0, "to": 15})");
  // That AGNES is the agency of a mandate does not make it a client.
  const auto agency = world.when(person("ava"), "BuyPlan", purchase("agnes", "pro"));
  const auto solo = world.when(person("solo"), "BuyPlan", purchase_for_solo("pro"));
  cancel_mandate(world);
  const auto late = world.when(person("cal"), "BuyPlan", purchase("cargo", "pro"));
  for (const auto& then : {agency, solo, late}) {
    CHECK(field(then.events[0], "discount_percent") == "0");
    CHECK(field(then.events[0], "discount_source") == "none");
    CHECK(field(then.events[0], "net_cents") == "4999");
    CHECK(field(then.events[0], "rounding") == "exact");
    CHECK(field(then.events[0], "mandate") == "");
  }
  CHECK(field(solo.events[0], "personal_account") == "solo-1");
  CHECK(field(solo.events[0], "account") == "acc-solo");
  CHECK(subscription_row(world, "personal_account", "solo-1").plan == "pro");
}

TEST_CASE("BuyPlan: a special plan has its own price through the mandate that enables it") {
  World world = agnes_with_plans();
  (void)world.when(person("ava"), "EnableSpecialPlans", enabling("m-1", {"perk"}));
  const auto then = world.when(person("cal"), "BuyPlan", purchase("cargo", "perk"));
  CHECK(field(then.events[0], "special") == "true");
  CHECK(field(then.events[0], "gross_cents") == "2500");
  CHECK(field(then.events[0], "discount_percent") == "0");
  CHECK(field(then.events[0], "net_cents") == "2500");
  CHECK(field(then.events[0], "mandate") == "m-1");
  // The mandate of one agency enables nothing through that of another.
  cancel_mandate(world);
  given_mandate(world, "m-2", "berta");
  CHECK(buy(world, person("cal"), "cargo", "perk") == "PLAN_NOT_ENABLED");
  const auto held = subscription_row(world, "organisation", "cargo");
  CHECK(held.plan == "perk");
  CHECK(held.net_cents == 2'500);
}

TEST_CASE("BuyPlan: what runs keeps its price and the same again is kept only at another price") {
  World world = agnes_with_plans();
  const auto price = [&] { return subscription_row(world, "organisation", "cargo").net_cents; };
  const auto again = [&] {
    return world.when(person("cal"), "BuyPlan", purchase("cargo", "pro")).outcome;
  };
  CHECK(again() == log::Outcome::recorded);
  CHECK(again() == log::Outcome::unchanged);
  auto dearer = plan("pro");
  dearer["name"] = "Plan pro";
  dearer["monthly_cents"] = 6'000;
  (void)world.when(staff("sam"), "DefinePlan", dearer.dump());
  cancel_mandate(world);
  CHECK(price() == 4'249);
  CHECK(again() == log::Outcome::recorded);
  CHECK(price() == 6'000);
  CHECK(again() == log::Outcome::unchanged);
  (void)world.when(person("cal"), "BuyPlan", purchase("cargo", "pro", "yearly"));
  CHECK(price() == 49'999);
  CHECK(again() == log::Outcome::recorded);
}

TEST_CASE("BuyPlan: refusals in order") {
  World world = agnes_with_plans();
  given_plan(world, "old", true, 1'000, 10'000);
  world.given("PlanDefined", R"({"plan": "old", "name": "Old", "special": true,
      "monthly_cents": 1000, "yearly_cents": 10000, "currency": "EUR", "active": false})");
  given_organisation_member(world, "cargo", "ada", "admin");
  for (const auto& actor : {person("viv"), person("ada"), person("ava"), person("dev"),
                            staff("sam"), staff("cal"), kBiller}) {
    CHECK_MESSAGE(buy(world, actor, "cargo", "pro") == "NOT_ALLOWED", actor.id);
    CHECK_MESSAGE(buy(world, actor, "cargo", "old") == "NOT_ALLOWED", actor.id);
    CHECK_MESSAGE(refused(world, actor, "BuyPlan", purchase_for_solo("pro")) == "NOT_ALLOWED",
                  actor.id);
  }
  CHECK(buy(world, person("dev"), "agnes", "pro") == "NOT_ALLOWED");
  CHECK(buy(world, person("cal"), "nowhere", "pro") == "NOT_ALLOWED");
  CHECK(buy(world, person("cal"), "cargo", "old") == "PLAN_INACTIVE");
  CHECK(buy(world, person("cal"), "cargo", "nothing") == "PLAN_INACTIVE");
  CHECK(buy(world, person("cal"), "cargo", "perk") == "PLAN_NOT_ENABLED");
  CHECK(refused(world, person("solo"), "BuyPlan", purchase_for_solo("perk")) == "PLAN_NOT_ENABLED");
  (void)world.when(person("solo"), "ConvertAccountToOrganisation",
                   R"({"personal_account": "solo-1", "organisation": "soloco", "name": "S"})");
  CHECK(refused(world, person("solo"), "BuyPlan", purchase_for_solo("pro")) == "NOT_ALLOWED");
  CHECK(buy(world, person("solo"), "soloco", "pro") == "");
}

TEST_CASE("BuyPlan: observed against every rule and of a plan never seen") {
  World world = agnes_with_plans();
  const auto special = world.when(person("viv"), "BuyPlan", purchase("cargo", "perk"), kObserved);
  CHECK(joined(special.types) == "PlanBought");
  CHECK(joined(special.rules_broken) == "NOT_ALLOWED PLAN_NOT_ENABLED");
  CHECK(field(special.events[0], "mandate") == "");
  CHECK(subscription_row(world, "organisation", "cargo").net_cents == 2'500);
  World unseen;
  const auto then = unseen.when(person("cal"), "BuyPlan", purchase("cargo", "pro"), kObserved);
  CHECK(joined(then.types) == "PlanBought");
  CHECK(joined(then.rules_broken) == "NOT_ALLOWED PLAN_INACTIVE");
  CHECK(subscription_row(unseen, "organisation", "cargo").plan == "pro");
}

TEST_CASE("BuyPlan: the limit of the plan that is bought counts when a project comes in") {
  World world = agnes_with_plans();
  given_project(world, "port", "organisation", "cargo");
  given_project(world, "ship", "organisation", "agnes");
  auto small = plan("small");
  small["project_limit"] = 1;
  (void)world.when(staff("sam"), "DefinePlan", small.dump());
  const auto bought = world.when(person("cal"), "BuyPlan", purchase("cargo", "small"));
  CHECK(field(bought.events[0], "project_limit") == "1");
  (void)world.when(person("ava"), "TransferProject",
                   R"({"transfer": "t-1", "project": "ship", "target": "cargo"})");
  const auto accept = [&] {
    return refused(world, person("cal"), "AcceptProjectTransfer", R"({"transfer": "t-1"})");
  };
  CHECK(accept() == "PLAN_LIMITS_EXCEEDED");
  // What was bought is kept, whatever the plan is now, until it is bought again.
  small["project_limit"] = 2;
  (void)world.when(staff("sam"), "DefinePlan", small.dump());
  CHECK(accept() == "PLAN_LIMITS_EXCEEDED");
  CHECK(joined(world.when(person("cal"), "BuyPlan", purchase("cargo", "small")).types) ==
        "PlanBought");
  CHECK(accept() == "");
}

}  // namespace
}  // namespace actbook::testing

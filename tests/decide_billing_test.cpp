#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "actbook/tables.h"
#include "support/agnes.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

const Actor kBiller = system_actor("biller");
const json kTraffic = {{"kind", "traffic"}, {"description", "CDN"}, {"amount_cents", 50}};

json plan(const std::string& id) {
  return {{"plan", id}, {"name", "Pro"}, {"monthly_cents", 4'999}, {"yearly_cents", 49'999}};
}

json purchase(const std::string& plan, const std::string& interval) {
  return {{"organisation", "cargo"}, {"plan", plan}, {"interval", interval}};
}

json purchase_for_solo() {
  return {{"personal_account", "solo-1"}, {"plan", "pro"}, {"interval", "monthly"}};
}

void cancel_mandate(World& world) {
  (void)world.when(person("cal"), "CancelMandate", R"({"mandate": "m-1"})");
}

json billing(const std::string& charge, const std::string& month = "") {
  json command = {{"charge", charge}, {"organisation", "cargo"}};
  if (!month.empty()) command["month"] = month;
  return command;
}

json billing_for_solo(const std::string& charge) {
  return {{"charge", charge}, {"personal_account", "solo-1"}};
}

json with_traffic(json command) {
  command["lines"] = {kTraffic};
  return command;
}

std::string bill(const World& world, const Actor& actor, const json& command) {
  return refused(world, actor, "BillMonth", command.dump());
}

/// CARGO bought "pro" in March.
World with_pro(const std::string& interval = "monthly") {
  World world = agnes_with_plans();
  (void)world.when(person("cal"), "BuyPlan", purchase("pro", interval).dump());
  return world;
}

TEST_CASE("BillMonth: the discount is off the plan alone and tax on each line comes after it") {
  World world = with_pro();
  auto command = billing("ch-1", "2026-04-01");
  command["tax_percent"] = 21;
  command["lines"] = {{{"kind", "api_calls"}, {"amount_cents", 1'010}}, kTraffic};
  const auto then = world.when(kBiller, "BillMonth", command.dump());
  CHECK(joined(then.types) == "ChargeRecorded");
  CHECK(joined(then.created) == "charge:ch-1");
  const auto amounts = [&](int line) {
    std::string all;
    for (const auto* name : {"kind", "description", "gross_cents", "discount_percent", "net_cents",
                             "tax_percent", "tax_cents", "tax_rounding", "total_cents"}) {
      all += field(then.events[0], "lines/" + std::to_string(line) + "/" + name) + " ";
    }
    return all;
  };
  CHECK(amounts(0) == "plan Plan pro 4999 15 4249 21 892 down 5141 ");  // tax 8.9229
  CHECK(amounts(1) == "api_calls  1010 0 1010 21 212 down 1222 ");      // 2.121
  CHECK(amounts(2) == "traffic CDN 50 0 50 21 11 up 61 ");              // 0.105
  CHECK(field(then.events[0], "lines/0/discount_source") == "partner");
  CHECK(field(then.events[0], "lines/0/net_rounding") == "down");
  CHECK(field(then.events[0], "lines/1/discount_source") == "none");
  CHECK(field(then.events[0], "lines/3") == "");
  const std::map<std::string, std::string> expected = {{"account", "acc-cargo"},
                                                       {"organisation", "cargo"},
                                                       {"personal_account", ""},
                                                       {"cause", "month"},
                                                       {"currency", "EUR"},
                                                       {"plan", "pro"},
                                                       {"base_cents", "4249"},
                                                       {"net_cents", "5309"},
                                                       {"tax_cents", "1115"},
                                                       {"total_cents", "6424"},
                                                       {"period_starts_at", "2026-04-01T00:00:00Z"},
                                                       {"period_ends_at", "2026-05-01T00:00:00Z"}};
  for (const auto& member : expected) {
    CHECK_MESSAGE(field(then.events[0], member.first) == member.second, member.first);
  }
  const auto row = find<row::ChargeRowT>(world.rows(), "ch-1").value();
  CHECK(row.total_cents == 6'424);
  CHECK(row.lines.size() == 3);
}

TEST_CASE("BillMonth: what was bought is charged at the price it was bought at") {
  World world = with_pro();
  cancel_mandate(world);
  auto dearer = plan("pro");
  dearer["active"] = false;
  (void)world.when(staff("sam"), "DefinePlan", dearer.dump());
  (void)world.when(staff("sam"), "SetPartnerDiscount",
                   R"({"organisation": "cargo", "percent": 0})");
  world.at("2026-04-17T12:00:00Z");
  const auto then = world.when(staff("sam"), "BillMonth", billing("ch-1").dump());
  CHECK(field(then.events[0], "period_starts_at") == "2026-04-01T00:00:00Z");  // the present one
  CHECK(field(then.events[0], "net_cents") == "4249");
  CHECK(field(then.events[0], "tax_cents") == "0");
}

TEST_CASE("BillMonth: a monthly plan is due from its first month on and a yearly one once a year") {
  for (const bool yearly : {false, true}) {
    World world = with_pro(yearly ? "yearly" : "monthly");
    std::string due;
    for (const std::string month :
         {"2026-02", "2026-03", "2026-04", "2026-12", "2027-02", "2027-03", "2027-04", "2028-03"}) {
      const auto then =
          world.when(kBiller, "BillMonth", billing("ch-" + month, month + "-01").dump());
      if (then.outcome == log::Outcome::unchanged) continue;
      due += month + " ";
      CHECK(field(then.events[0], "net_cents") == (yearly ? "42499" : "4249"));
    }
    CHECK(due == (yearly ? "2026-03 2027-03 2028-03 "
                         : "2026-03 2026-04 2026-12 2027-02 2027-03 2027-04 2028-03 "));
  }
}

TEST_CASE("BillMonth: a month once and one with nothing to charge is not billed") {
  World world = agnes_with_plans();
  CHECK(world.when(kBiller, "BillMonth", billing("ch-0", "2026-04-01").dump()).outcome ==
        log::Outcome::unchanged);
  const auto lines =
      world.when(kBiller, "BillMonth", with_traffic(billing("ch-1", "2026-04-01")).dump());
  CHECK(field(lines.events[0], "plan") == "");
  CHECK(field(lines.events[0], "base_cents") == "0");
  CHECK(field(lines.events[0], "total_cents") == "50");
  CHECK(bill(world, kBiller, billing("ch-2", "2026-04-01")) == "MONTH_ALREADY_BILLED");
  CHECK(bill(world, kBiller, billing("ch-2", "2026-05-01")) == "");
  CHECK(bill(world, kBiller, billing_for_solo("ch-2")) == "");
}

TEST_CASE("BillMonth: the currency is that of the plan that was bought") {
  World world = agnes_with_plans();
  auto usd = with_traffic(billing("ch-1", "2026-03-01"));
  usd["currency"] = "USD";
  auto then = World(world).when(kBiller, "BillMonth", usd.dump());
  CHECK(field(then.events[0], "currency") == "USD");
  auto american = plan("us");
  american["currency"] = "USD";
  (void)world.when(staff("sam"), "DefinePlan", american.dump());
  (void)world.when(person("cal"), "BuyPlan", purchase("us", "yearly").dump());
  // In a month in which it is not due, too; before it was bought there was none.
  for (const std::string month : {"2026-03-01", "2026-04-01"}) {
    auto command = with_traffic(billing("ch-1", month));
    then = World(world).when(kBiller, "BillMonth", command.dump());
    CHECK_MESSAGE(field(then.events[0], "currency") == "USD", month);
    command["currency"] = "EUR";
    CHECK_MESSAGE(bill(world, kBiller, command) == "CURRENCY_MISMATCH", month);
  }
  then = world.when(kBiller, "BillMonth", with_traffic(billing("ch-1", "2026-02-01")).dump());
  CHECK(field(then.events[0], "currency") == "EUR");
}

TEST_CASE("BillMonth: refusals in order") {
  World world = with_pro();
  world.given("OrganisationRegistered", R"({"organisation": "bare", "name": "BARE"})");
  auto elsewhere = billing("ch-2");
  elsewhere["organisation"] = "nowhere";
  auto bare = billing("ch-2");
  bare["organisation"] = "bare";
  auto unknown = billing_for_solo("ch-2");
  unknown["personal_account"] = "nowhere";
  for (const auto& actor : {person("cal"), person("ava"), Actor{"import", "2025"}}) {
    for (const auto& command : {billing("ch-2"), elsewhere, unknown}) {
      CHECK_MESSAGE(bill(world, actor, command) == "STAFF_ONLY", actor.kind);
    }
  }
  CHECK(bill(world, kBiller, elsewhere) == "ORG_NOT_FOUND");
  CHECK(bill(world, kBiller, bare) == "ACCOUNT_NOT_FOUND");
  CHECK(bill(world, kBiller, unknown) == "ACCOUNT_NOT_FOUND");
  (void)world.when(kBiller, "BillMonth", billing("ch-1").dump());
  auto dollars = billing("ch-1");
  dollars["currency"] = "USD";
  CHECK(bill(world, staff("sam"), dollars) == "MONTH_ALREADY_BILLED");
  dollars["month"] = "2026-04-01";
  CHECK(bill(world, staff("sam"), dollars) == "CHARGE_EXISTS");
  dollars["charge"] = "ch-2";
  CHECK(bill(world, staff("sam"), dollars) == "CURRENCY_MISMATCH");
}

TEST_CASE("BillMonth: a personal account until it is an organisation") {
  World world = agnes_with_plans();
  (void)world.when(person("solo"), "BuyPlan", purchase_for_solo().dump());
  const auto then = world.when(kBiller, "BillMonth", billing_for_solo("ch-1").dump());
  CHECK(field(then.events[0], "personal_account") == "solo-1");
  CHECK(field(then.events[0], "account") == "acc-solo");
  CHECK(field(then.events[0], "net_cents") == "4999");
  (void)world.when(person("solo"), "ConvertAccountToOrganisation",
                   R"({"personal_account": "solo-1", "organisation": "soloco", "name": "S"})");
  world.at("2026-04-17");
  CHECK(bill(world, kBiller, with_traffic(billing_for_solo("ch-2"))) == "ACCOUNT_NOT_FOUND");
  auto moved = billing("ch-2");
  moved["organisation"] = "soloco";
  const auto later = world.when(kBiller, "BillMonth", moved.dump());
  CHECK(field(later.events[0], "account") == "acc-solo");
  CHECK(field(later.events[0], "net_cents") == "4999");
  moved["month"] = "2026-03-01";
  CHECK(bill(world, kBiller, moved) == "MONTH_ALREADY_BILLED");
}

TEST_CASE("BillMonth: observed against every rule and of what was never seen") {
  World world = with_pro();
  (void)world.when(kBiller, "BillMonth", billing("ch-1").dump());
  auto again = billing("ch-1");
  again["currency"] = "USD";
  const auto twice = world.when(person("cal"), "BillMonth", again.dump(), kObserved);
  CHECK(joined(twice.rules_broken) ==
        "STAFF_ONLY MONTH_ALREADY_BILLED CHARGE_EXISTS CURRENCY_MISMATCH");
  World unseen;
  const auto then =
      unseen.when(person("ed"), "BillMonth", with_traffic(billing("ch-1")).dump(), kObserved);
  CHECK(joined(then.types) == "ChargeRecorded");
  CHECK(joined(then.rules_broken) == "STAFF_ONLY ORG_NOT_FOUND ACCOUNT_NOT_FOUND");
  CHECK(field(then.events[0], "organisation") == "cargo");
  CHECK(find<row::ChargeRowT>(unseen.rows(), "ch-1")->total_cents == 50);
  // A plan that was never defined here has neither a price nor a currency.
  World undefined = agnes();
  (void)undefined.when(person("cal"), "BuyPlan", purchase("pro", "monthly").dump(), kObserved);
  const auto free = undefined.when(kBiller, "BillMonth", billing("ch-1").dump());
  CHECK(field(free.events[0], "currency") == "EUR");
  CHECK(field(free.events[0], "total_cents") == "0");
}

TEST_CASE("BillMonth and BuyPlan: what is invalid and never decided") {
  const auto problem = [](const std::string& type, const json& command) {
    const auto given = command_from_json(json{
        {"command_id", "c"},
        {"actor", {{"kind", "staff"}, {"id", "sam"}}},
        {"command_type", type},
        {"command", command}}.dump());
    REQUIRE(given.has_value());
    const auto valid = validate_command(given.value(), pack(given.value()));
    return valid ? std::string() : valid.error().message;
  };
  CHECK(problem("BillMonth", billing("c", "2026-04-01T00:00:00Z")) == "");
  for (const auto* month :
       {"2026-04-02", "2026-04-01T00:00:00.000001Z", "2026-04-01T00:00+02:00"}) {
    CHECK(problem("BillMonth", billing("c", month)).starts_with("command.month: "));
  }
  auto seat = billing("c");
  seat["lines"] = {{{"kind", "plan"}, {"amount_cents", 1}}};
  CHECK(problem("BillMonth", seat).starts_with("command.lines[0].kind: "));
  auto both = purchase_for_solo();
  CHECK(problem("BuyPlan", both) == "");
  both["organisation"] = "cargo";
  CHECK(problem("BuyPlan", both).starts_with("command: give exactly one of "));
  CHECK(problem("BillMonth", json{{"charge", "c"}}).starts_with("command: give exactly one of "));
}

}  // namespace
}  // namespace actbook::testing

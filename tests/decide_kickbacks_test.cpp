#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "actbook/tables.h"
#include "support/prism.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

/// For the whole of 2026, without a cap.
json terms(int kickback_percent, int discount_percent) {
  return {{"kickback_percent", kickback_percent},
          {"discount_percent", discount_percent},
          {"starts_at", "2026-01-01T00:00:00Z"},
          {"expires_at", "2027-01-01T00:00:00Z"}};
}

json with(json object, const std::string& member, const json& value) {
  object[member] = value;
  return object;
}

std::string deal(const json& terms, const std::string& id = "deal-1") {
  return json{{"deal", id}, {"workspace", "panels"}, {"organisation", "prism"}, {"terms", terms}}
      .dump();
}

const std::string kTheDeal = R"({"deal": "deal-1"})";

Then must(World& world, const std::string& type, const std::string& command) {
  auto then = world.when(staff("sam"), type, command);
  REQUIRE_MESSAGE(then.reason == "", type);
  return then;
}

World signed_deal(const json& terms) {
  World world = prism_with_panels();
  must(world, "SignReferralDeal", deal(terms));
  return world;
}

std::string fields(const std::string& event, const std::vector<std::string>& names) {
  std::vector<std::string> values;
  for (const auto& name : names) values.push_back(field(event, name));
  return joined(values);
}

/// "raw accrued total" of what follows from a command, or "none".
std::string accrual(const Then& then) {
  if (then.count("KickbackAccrued") == 0) return "none";
  return fields(then.event("KickbackAccrued"),
                {"raw_cents", "accrued_cents", "accrued_total_cents"});
}

/// A plan price is charged and paid at once, or at `collected_at`. What accrues of it.
std::string pays(World& world, const std::string& id, std::int64_t plan_cents,
                 const std::string& collected_at = {}) {
  must(world, "RecordCharge",
       json{{"charge", "ch-" + id}, {"account", "acc-panels"}, {"plan_cents", plan_cents}}.dump());
  json payment = {{"payment", "pay-" + id}, {"charge", "ch-" + id}};
  if (!collected_at.empty()) payment["collected_at"] = collected_at;
  return accrual(must(world, "RecordPayment", payment.dump()));
}

/// What a refund of what pays() paid takes back.
std::string refunds(World& world, const std::string& id, const std::string& of,
                    std::int64_t cents) {
  return accrual(
      must(world, "RecordRefund",
           json{{"refund", id}, {"payment", "pay-" + of}, {"amount_cents", cents}}.dump()));
}

row::DealRowT deal_row(const World& world, const std::string& id = "deal-1") {
  return find_or_empty<row::DealRowT>(world.rows(), id);
}

std::vector<row::AccrualRowT> accruals_of(const World& world) {
  std::vector<row::AccrualRowT> accruals;
  each<row::AccrualRowT>(world.rows(), "deal-1/",
                         [&](auto, const auto& row) { accruals.push_back(row); });
  return accruals;
}

// ---- what accrues ----

TEST_CASE("Kickbacks: worked example 10") {
  World world = signed_deal(with(terms(20, 15), "cap_cents", 500'00));
  given_clara_observes(world);
  given_tier(world, "acc-panels", "changemaker");
  given_status(world, "acc-panels", "active");
  must(world, "RenewAccount", R"({"account": "acc-panels", "interval": "yearly"})");

  CHECK(pays(world, "1", 3'600'00) == "61200 50000 50000");
  CHECK(find_or_empty<row::ChargeRowT>(world.rows(), "ch-1").base_cents == 3'060'00);

  world.at("2026-10-06T09:00:00Z");  // 146 days are left
  const auto upgraded =
      world.when(person("adam"), "ChangeWorkspaceRole",
                 R"({"workspace": "panels", "person": "clara", "role": "external"})");
  const auto seat = upgraded.event("ChargeRecorded");
  CHECK(fields(seat, {"lines/0/gross_cents", "lines/0/discount_percent", "lines/0/days",
                      "lines/0/of_days", "base_cents", "deal"}) == "90000 15 146 365 30600 deal-1");
  const auto paid = must(world, "RecordPayment",
                         json{{"payment", "pay-2"}, {"charge", field(seat, "charge")}}.dump());
  CHECK(accrual(paid) == "6120 0 50000");
  CHECK(field(paid.event("KickbackAccrued"), "base_cents") == "30600");

  CHECK(refunds(world, "re-1", "1", 1'020'00) == "-16667 -16667 33333");
  CHECK(pays(world, "3", 360'00) == "6120 6120 39453");
  CHECK(accruals_of(world).back().base_cents == 306'00);
  CHECK(accruals_of(world).back().cap_left_cents == 105'47);
  CHECK(deal_row(world).accrued_cents == 394'53);

  must(world, "RecordCharge", R"({"charge": "ch-4", "account": "acc-panels",
      "lines": [{"kind": "training", "amount_cents": 100000}]})");
  const auto training = must(world, "RecordPayment", R"({"payment": "pay-4", "charge": "ch-4"})");
  CHECK(joined(training.types) == "PaymentRecorded");
  CHECK(accruals_of(world).size() == 4);
}

TEST_CASE("Kickbacks: the event says what it is worked out from and the rows follow") {
  World world = signed_deal(with(terms(7, 15), "cap_cents", 100'00));
  must(world, "RecordCharge", R"({"charge": "ch-1", "account": "acc-panels", "plan_cents": 10005,
      "tax_percent": 21, "lines": [{"kind": "overage", "amount_cents": 7700}]})");
  const auto then = must(world, "RecordPayment", R"({"payment": "pay-1", "charge": "ch-1"})");
  CHECK(joined(then.types) == "PaymentRecorded KickbackAccrued");
  CHECK(joined(then.created) == "payment:pay-1");
  const auto& event = then.events[1];
  CHECK(fields(event, {"deal", "workspace", "organisation", "payment", "charge", "cause",
                       "terms_version", "currency"}) ==
        "deal-1 panels prism pay-1 ch-1 payment 1 EUR");
  // 100.05 × 0.85 = 85.0425; 85.04 × 0.07 = 5.9528: neither tax nor overage is in it.
  CHECK(fields(event, {"base_cents", "percent", "raw_cents", "rounding", "accrued_cents",
                       "accrued_total_cents", "cap_cents", "cap_left_cents"}) ==
        "8504 7 595 down 595 595 10000 9405");
  CHECK(field(event, "refund") == "");
  const auto payment = find_or_empty<row::PaymentRowT>(world.rows(), "pay-1");
  CHECK(payment.deal == "deal-1");
  CHECK(payment.terms_version == 1);
  CHECK(payment.accrued_cents == 595);
  CHECK(deal_row(world).accrued_cents == 595);
  REQUIRE(accruals_of(world).size() == 1);
  CHECK(accruals_of(world)[0].base_cents == 8504);
  CHECK(accruals_of(world)[0].cap_left_cents == 9405);
}

TEST_CASE("Kickbacks: without a cap there is no end and half a cent goes up") {
  World world = signed_deal(terms(50, 0));
  must(world, "RecordCharge", R"({"charge": "ch-1", "account": "acc-panels", "plan_cents": 1})");
  const auto then = must(world, "RecordPayment", R"({"payment": "pay-1", "charge": "ch-1"})");
  const auto event = then.event("KickbackAccrued");
  CHECK(fields(event, {"raw_cents", "rounding", "accrued_cents"}) == "1 up 1");
  CHECK(field(event, "cap_cents") == "");
  CHECK(field(event, "cap_left_cents") == "");
  CHECK(pays(world, "2", 1'000'000'000'000'000) ==
        "500000000000000 500000000000000 500000000000001");
}

TEST_CASE("Kickbacks: of 0 percent nothing accrues and that is recorded") {
  World world = signed_deal(terms(0, 15));
  CHECK(pays(world, "1", 100'00) == "0 0 0");
  CHECK(refunds(world, "re-1", "1", 10'00) == "none");
}

TEST_CASE("Kickbacks: the account's discount makes the base smaller too") {
  World world = signed_deal(terms(20, 15));
  must(world, "SetDiscount", R"({"account": "acc-panels", "percent": 40})");
  CHECK(pays(world, "1", 100'00) == "1200 1200 1200");
  must(world, "SetDiscount", R"({"account": "acc-panels", "percent": 100})");
  CHECK(pays(world, "2", 100'00) == "none");  // nothing is left of the plan price
}

TEST_CASE("Kickbacks: a payment counts when it is collected within the window") {
  World world = signed_deal(with(with(terms(20, 0), "starts_at", "2026-02-01T12:00:00Z"),
                                 "expires_at", "2026-02-20T12:00:00Z"));
  CHECK(pays(world, "1", 100, "2026-02-01T11:59:59.999999Z") == "none");
  CHECK(pays(world, "2", 100, "2026-02-01T12:00:00Z") == "20 20 20");
  CHECK(pays(world, "3", 100, "2026-02-20T11:59:59.999999Z") == "20 20 40");
  CHECK(pays(world, "4", 100, "2026-02-20T12:00:00Z") == "none");
  CHECK(pays(world, "5", 100) == "none");
}

TEST_CASE("Kickbacks: a deal that ended takes part in what was collected before") {
  World world = signed_deal(terms(20, 0));
  must(world, "EndReferralDeal", kTheDeal);
  CHECK(pays(world, "1", 100) == "none");
  CHECK(pays(world, "2", 100, "2026-03-01T08:59:59.999999Z") == "20 20 20");
}

TEST_CASE("Kickbacks: an instant in two windows is the deal's that was signed first") {
  World world = signed_deal(terms(20, 0));
  must(world, "EndReferralDeal", kTheDeal);
  must(world, "SignReferralDeal", deal(terms(10, 0), "a-deal"));  // its window is the year, too
  CHECK(pays(world, "1", 100, "2026-02-01T00:00:00Z") == "20 20 20");
  CHECK(pays(world, "2", 100, "2026-03-01T09:00:00Z") == "10 10 10");
  CHECK(deal_row(world).accrued_cents == 20);
  CHECK(deal_row(world, "a-deal").accrued_cents == 10);
}

TEST_CASE("Kickbacks: only of the deal's own workspace and only in its currency") {
  World world = prism_with_panels();
  must(world, "RecordCharge", R"({"charge": "ch-usd", "account": "acc-panels", "plan_cents": 100,
      "currency": "USD"})");
  must(world, "RecordCharge", R"({"charge": "ch-pool", "account": "acc-prism",
      "plan_cents": 100})");
  must(world, "SignReferralDeal", deal(terms(20, 0)));
  for (const std::string charge : {"ch-usd", "ch-pool"}) {
    const auto then =
        must(world, "RecordPayment", json{{"payment", "pay-" + charge}, {"charge", charge}}.dump());
    CHECK(joined(then.types) == "PaymentRecorded");
  }
  CHECK(accruals_of(world).empty());
}

TEST_CASE("Kickbacks: the terms when the money was collected count and nothing is done again") {
  World world = signed_deal(with(terms(20, 0), "cap_cents", 100'00));
  CHECK(pays(world, "1", 100'00) == "2000 2000 2000");
  must(world, "ChangeReferralTerms",
       json{{"deal", "deal-1"},
            {"terms", with(terms(50, 0), "cap_cents", 30'00)},
            {"effective_at", "2026-02-01T00:00:00Z"}}
           .dump());
  CHECK(deal_row(world).accrued_cents == 20'00);
  // The cap of version 1 leaves room for 80.00, that of version 2 for 10.00.
  CHECK(pays(world, "2", 10'00, "2026-01-31T23:59:59.999999Z") == "200 200 2200");
  CHECK(pays(world, "3", 100'00, "2026-02-01T00:00:00Z") == "5000 800 3000");
  CHECK(pays(world, "4", 400'00, "2026-01-15T00:00:00Z") == "8000 7000 10000");
  CHECK(pays(world, "5", 100'00) == "5000 0 10000");
  const auto accruals = accruals_of(world);
  REQUIRE(accruals.size() == 5);
  CHECK(accruals[0].terms_version == 1);
  CHECK(accruals[2].terms_version == 2);
  CHECK(accruals[3].terms_version == 1);
  CHECK(accruals[4].cap_left_cents == 0);
  // A refund goes by the terms of its payment.
  CHECK(refunds(world, "re-1", "1", 100'00) == "-2000 -2000 8000");
  CHECK(accruals_of(world).back().terms_version == 1);
  CHECK(accruals_of(world).back().cap_left_cents == 20'00);
}

TEST_CASE("Kickbacks: a cap that is reached to the cent") {
  World world = signed_deal(with(terms(20, 0), "cap_cents", 30'00));
  CHECK(pays(world, "1", 100'00) == "2000 2000 2000");
  CHECK(pays(world, "2", 50'00) == "1000 1000 3000");
  CHECK(accruals_of(world).back().cap_left_cents == 0);
  CHECK(pays(world, "3", 1'00) == "20 0 3000");
  CHECK(refunds(world, "re-1", "3", 1'00) == "none");  // nothing accrued of it

  World none = signed_deal(with(terms(20, 0), "cap_cents", 0));
  CHECK(pays(none, "1", 100'00) == "2000 0 0");
}

TEST_CASE("Kickbacks: terms that were agreed against the rules are gone by as they stand") {
  World world = signed_deal(terms(20, 0));
  pays(world, "1", 100'00);
  const auto least = std::numeric_limits<std::int64_t>::min();
  world.when(staff("sam"), "ChangeReferralTerms",
             json{{"deal", "deal-1"}, {"terms", with(terms(120, 0), "cap_cents", least)}}.dump(),
             kObserved);
  CHECK(pays(world, "2", 100'00) == "12000 0 2000");
  CHECK(accruals_of(world).back().cap_left_cents == 0);
}

// ---- what refunds take back ----

TEST_CASE("Refunds: the event says which share of which accrual") {
  World world = signed_deal(with(terms(20, 15), "cap_cents", 500'00));
  pays(world, "1", 3'600'00);
  const auto then = must(world, "RecordRefund",
                         R"({"refund": "re-1", "payment": "pay-1", "amount_cents": 102000})");
  CHECK(joined(then.types) == "RefundRecorded KickbackAccrued");
  CHECK(joined(then.created) == "refund:re-1");
  const auto& event = then.events[1];
  CHECK(fields(event, {"deal", "workspace", "organisation", "payment", "refund", "charge", "cause",
                       "terms_version", "currency"}) ==
        "deal-1 panels prism pay-1 re-1 ch-1 refund 1 EUR");
  CHECK(fields(event, {"base_cents", "percent", "raw_cents", "rounding", "accrued_cents",
                       "accrued_total_cents", "cap_cents", "cap_left_cents", "refunded_cents",
                       "payment_cents"}) ==
        "306000 20 -16667 up -16667 33333 50000 16667 102000 306000");
  const auto payment = find_or_empty<row::PaymentRowT>(world.rows(), "pay-1");
  CHECK(payment.reversed_cents == 166'67);
  CHECK(payment.accrued_cents == 500'00);
}

TEST_CASE("Refunds: three thirds take back exactly what accrued") {
  World world = signed_deal(with(terms(20, 15), "cap_cents", 500'00));
  pays(world, "1", 3'600'00);
  CHECK(refunds(world, "re-1", "1", 1'020'00) == "-16667 -16667 33333");
  CHECK(refunds(world, "re-2", "1", 1'020'00) == "-16666 -16666 16667");
  CHECK(refunds(world, "re-3", "1", 1'020'00) == "-16667 -16667 0");
  CHECK(pays(world, "2", 3'600'00) == "61200 50000 50000");
}

TEST_CASE("Refunds: cent by cent nothing is left over and nothing too much is taken") {
  for (const std::int64_t price : {1, 2, 3, 7, 10, 19}) {
    World world = signed_deal(terms(37, 0));
    pays(world, "1", price);
    const auto accrued = deal_row(world).accrued_cents;
    auto total = accrued;
    for (std::int64_t cent = 1; cent <= price; ++cent) {
      refunds(world, "re-" + std::to_string(cent), "1", 1);
      const auto now = deal_row(world).accrued_cents;
      CHECK(now <= total);
      // Half up, of what is refunded so far.
      CHECK(accrued - now == (2 * accrued * cent + price) / (2 * price));
      total = now;
    }
    CHECK(total == 0);
  }
}

TEST_CASE("Refunds: the share is that of all that was paid with tax and other lines") {
  World world = signed_deal(terms(20, 0));
  must(world, "RecordCharge", R"({"charge": "ch-1", "account": "acc-panels", "plan_cents": 10000,
      "tax_percent": 25, "lines": [{"kind": "training", "amount_cents": 6000}]})");
  must(world, "RecordPayment", R"({"payment": "pay-1", "charge": "ch-1"})");
  CHECK(deal_row(world).accrued_cents == 20'00);
  CHECK(refunds(world, "re-1", "1", 100'00) == "-1000 -1000 1000");  // half of 200.00
}

TEST_CASE("Refunds: also after the deal ended or has other terms") {
  World world = signed_deal(terms(20, 0));
  pays(world, "1", 100'00);
  must(world, "ChangeReferralTerms", json{{"deal", "deal-1"}, {"terms", terms(50, 0)}}.dump());
  must(world, "EndReferralDeal", kTheDeal);
  world.at("2028-01-01");
  CHECK(refunds(world, "re-1", "1", 50'00) == "-1000 -1000 1000");
  CHECK(accruals_of(world).back().percent == 20);
}

TEST_CASE("Refunds: head-room that they free is used again and no more of it") {
  World world = signed_deal(with(terms(20, 0), "cap_cents", 30'00));
  CHECK(pays(world, "1", 200'00) == "4000 3000 3000");
  CHECK(refunds(world, "re-1", "1", 100'00) == "-1500 -1500 1500");
  CHECK(pays(world, "2", 50'00) == "1000 1000 2500");
  CHECK(pays(world, "3", 50'00) == "1000 500 3000");
  CHECK(pays(world, "4", 50'00) == "1000 0 3000");
}

TEST_CASE("Refunds: observed of more than was paid they take back what accrued and no more") {
  World world = signed_deal(with(terms(20, 0), "cap_cents", 30'00));
  pays(world, "1", 100'00);
  const auto observe = [&](const std::string& id, std::int64_t cents) {
    return world.when(staff("sam"), "RecordRefund",
                      json{{"refund", id}, {"payment", "pay-1"}, {"amount_cents", cents}}.dump(),
                      kObserved);
  };
  const auto then = observe("re-1", 250'00);
  CHECK(joined(then.rules_broken) == "REFUND_EXCEEDS_PAYMENT");
  CHECK(accrual(then) == "-2000 -2000 0");
  CHECK(fields(then.event("KickbackAccrued"), {"cap_left_cents", "refunded_cents"}) ==
        "3000 25000");
  CHECK(accrual(observe("re-2", 10'00)) == "0 0 0");
  CHECK(deal_row(world).accrued_cents == 0);
}

// ---- paying the partner ----

std::string payout(const std::string& id, std::int64_t cents, const std::string& of = "deal-1") {
  return json{{"payout", id}, {"deal", of}, {"amount_cents", cents}}.dump();
}

TEST_CASE("RecordKickbackPaid: what has accrued can be paid and not a cent more") {
  World world = signed_deal(terms(20, 0));
  CHECK(pays(world, "1", 100'00) == "2000 2000 2000");
  const auto first =
      world.when(system_actor("stripe"), "RecordKickbackPaid", payout("out-1", 12'00));
  CHECK(joined(first.types) == "KickbackPaid");
  CHECK(joined(first.created) == "payout:out-1");
  CHECK(fields(first.events[0], {"payout", "deal", "workspace", "organisation", "amount_cents",
                                 "paid_total_cents", "owed_cents", "currency", "paid_at"}) ==
        "out-1 deal-1 panels prism 1200 1200 800 EUR 2026-03-01T09:00:00Z");
  CHECK(refused(world, staff("sam"), "RecordKickbackPaid", payout("out-2", 8'01)) ==
        "EXCEEDS_ACCRUED");
  must(world, "EndReferralDeal", kTheDeal);  // what it owes is paid all the same
  const auto rest = must(world, "RecordKickbackPaid",
                         with(json::parse(payout("out-2", 8'00)), "paid_at", "2026-02-01").dump());
  CHECK(fields(rest.events[0], {"paid_total_cents", "owed_cents", "paid_at"}) ==
        "2000 0 2026-02-01T00:00:00Z");
  CHECK(deal_row(world).paid_cents == 20'00);
  CHECK(find_or_empty<row::PayoutRowT>(world.rows(), "out-2").amount_cents == 8'00);
}

TEST_CASE("RecordKickbackPaid: a refund after the payout is owed by the partner") {
  World world = signed_deal(terms(20, 0));
  pays(world, "1", 100'00);
  must(world, "RecordKickbackPaid", payout("out-1", 20'00));
  CHECK(refunds(world, "re-1", "1", 50'00) == "-1000 -1000 1000");
  CHECK(refused(world, staff("sam"), "RecordKickbackPaid", payout("out-2", 1)) ==
        "EXCEEDS_ACCRUED");
  CHECK(pays(world, "2", 60'00) == "1200 1200 2200");
  CHECK(field(must(world, "RecordKickbackPaid", payout("out-2", 2'00)).events[0], "owed_cents") ==
        "0");
}

TEST_CASE("RecordKickbackPaid: by staff or system alone and the order of refusals") {
  World world = signed_deal(terms(20, 0));
  pays(world, "1", 100'00);
  must(world, "RecordKickbackPaid", payout("out-1", 1));
  const auto attempt = [&](const Actor& actor, const std::string& command) {
    return refused(world, actor, "RecordKickbackPaid", command);
  };
  for (const auto& actor : {person("olga"), Actor{"import", "2025"}}) {
    CHECK(attempt(actor, payout("out-2", 1)) == "STAFF_ONLY");
    CHECK(attempt(actor, payout("out-1", 999'99, "nope")) == "STAFF_ONLY");
  }
  CHECK(attempt(staff("sam"), payout("out-1", 999'99, "nope")) == "DEAL_NOT_FOUND");
  CHECK(attempt(staff("sam"), payout("out-1", 999'99)) == "EXCEEDS_ACCRUED");
  CHECK(attempt(staff("sam"), payout("out-1", 1)) == "PAYOUT_EXISTS");
}

TEST_CASE("RecordKickbackPaid: observed of a deal never seen and of more than was owed") {
  World world;
  const auto then = world.when(person("ed"), "RecordKickbackPaid", payout("out-1", 5), kObserved);
  CHECK(joined(then.types) == "KickbackPaid");
  CHECK(joined(then.rules_broken) == "STAFF_ONLY DEAL_NOT_FOUND EXCEEDS_ACCRUED");
  CHECK(fields(then.events[0], {"paid_total_cents", "owed_cents"}) == "5 -5");
  const auto again = world.when(staff("sam"), "RecordKickbackPaid", payout("out-1", 5), kObserved);
  CHECK(joined(again.rules_broken) == "DEAL_NOT_FOUND EXCEEDS_ACCRUED PAYOUT_EXISTS");
  CHECK(deal_row(world).paid_cents == 10);
}

}  // namespace
}  // namespace actbook::testing

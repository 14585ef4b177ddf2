#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/tables.h"
#include "support/prism.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

const Actor kStripe = system_actor("stripe");

json year(int discount_percent) {
  return {{"version", 1},
          {"kickback_percent", 20},
          {"discount_percent", discount_percent},
          {"currency", "EUR"},
          {"effective_at", "2026-01-01T00:00:00Z"},
          {"starts_at", "2026-01-01T00:00:00Z"},
          {"expires_at", "2027-01-01T00:00:00Z"}};
}

void given_deal(World& world, const std::string& deal, const json& terms,
                const std::string& workspace = "panels") {
  world.given(
      "ReferralDealSigned",
      json{{"deal", deal}, {"workspace", workspace}, {"organisation", "prism"}, {"terms", terms}}
          .dump());
}

void given_discount(World& world, const std::string& account, int percent) {
  world.given("DiscountChanged", json{{"account", account}, {"to", percent}}.dump());
}

/// panels with a referral deal for the year: 20 % kickback and this discount.
World referred(int discount_percent) {
  World world = prism_with_panels();
  given_deal(world, "deal-1", year(discount_percent));
  return world;
}

json plan(const std::string& charge, std::int64_t cents) {
  return {{"charge", charge}, {"account", "acc-panels"}, {"plan_cents", cents}};
}

json line(const std::string& kind, std::int64_t cents) {
  return {{"kind", kind}, {"description", "what it is for"}, {"amount_cents", cents}};
}

std::string fields(const std::string& event, const std::vector<std::string>& names) {
  std::vector<std::string> values;
  for (const auto& name : names) values.push_back(field(event, name));
  return joined(values);
}

std::string sums(const std::string& event) {
  return fields(event, {"base_cents", "net_cents", "tax_cents", "total_cents"});
}

std::string observed_at(const std::string& time) {
  return json{{"mode", "observed"}, {"occurred_at", time}}.dump();
}

/// The discount that a plan price of 100.00 gets: percent, source, deal and terms version.
std::string discount(World world, const std::string& envelope = "{}",
                     const std::string& account = "acc-panels") {
  auto command = plan("probe", 100'00);
  command["account"] = account;
  const auto then = world.when(staff("sam"), "RecordCharge", command.dump(), envelope);
  const auto event = then.event("ChargeRecorded");
  CHECK(field(event, "base_cents") ==
        std::to_string(100 * (100 - std::stoi(field(event, "lines/0/discount_percent")))));
  return fields(event,
                {"lines/0/discount_percent", "lines/0/discount_source", "deal", "terms_version"});
}

row::ChargeRowT charge_row(const World& world, const std::string& charge) {
  return find_or_empty<row::ChargeRowT>(world.rows(), charge);
}

row::PaymentRowT payment_row(const World& world, const std::string& payment) {
  return find_or_empty<row::PaymentRowT>(world.rows(), payment);
}

// ---- charges ----

TEST_CASE("RecordCharge: every line with all that its amounts are made of") {
  World world = referred(15);
  auto command = plan("ch-1", 10'05);
  command["lines"] = {line("training", 25'00), line("api_calls", 3'33)};
  command["tax_percent"] = 21;
  command["period_starts_at"] = "2026-03-01T00:00:00Z";
  command["period_ends_at"] = "2026-04-01T00:00:00Z";
  const auto then = world.when(kStripe, "RecordCharge", command.dump());
  CHECK(joined(then.types) == "ChargeRecorded");
  CHECK(joined(then.created) == "charge:ch-1");
  const auto& event = then.events[0];
  CHECK(fields(event, {"charge", "account", "organisation", "workspace", "cause", "currency"}) ==
        "ch-1 acc-panels prism panels recorded EUR");
  CHECK(fields(event, {"period_starts_at", "period_ends_at", "deal", "terms_version"}) ==
        "2026-03-01T00:00:00Z 2026-04-01T00:00:00Z deal-1 1");
  CHECK(field(event, "personal_account") == "");
  CHECK(field(event, "plan") == "");
  // 10.05 × 0.85 = 8.5425; 8.54 × 0.21 = 1.7934; 3.33 × 0.21 = 0.6993.
  CHECK(json::parse(event)["event"]["lines"] == json::parse(R"([
      {"kind": "plan", "gross_cents": 1005, "discount_percent": 15,
       "discount_source": "deal", "days": 0, "of_days": 0, "net_cents": 854,
       "net_rounding": "down", "tax_percent": 21, "tax_cents": 179, "tax_rounding": "down",
       "total_cents": 1033},
      {"kind": "training", "description": "what it is for", "gross_cents": 2500,
       "discount_percent": 0, "discount_source": "none", "days": 0, "of_days": 0,
       "net_cents": 2500, "net_rounding": "exact", "tax_percent": 21, "tax_cents": 525,
       "tax_rounding": "exact", "total_cents": 3025},
      {"kind": "api_calls", "description": "what it is for", "gross_cents": 333,
       "discount_percent": 0, "discount_source": "none", "days": 0, "of_days": 0,
       "net_cents": 333, "net_rounding": "exact", "tax_percent": 21, "tax_cents": 70,
       "tax_rounding": "up", "total_cents": 403}])"));
  CHECK(sums(event) == "854 3687 774 4461");
  const auto row = charge_row(world, "ch-1");
  CHECK(row.account == "acc-panels");
  CHECK(row.workspace == "panels");
  CHECK(row.lines.size() == 3);
  CHECK(row.base_cents == 854);
  CHECK(row.net_cents == 3687);
  CHECK(row.tax_cents == 774);
  CHECK(row.total_cents == 4461);
  CHECK(row.deal == "deal-1");
  CHECK(row.payment == "");
  CHECK(references(world.rows(), "account", "acc-panels", "charge") ==
        std::vector<std::string>{"ch-1"});
}

TEST_CASE("RecordCharge: other lines are neither discounted nor a base") {
  World world = referred(15);
  given_discount(world, "acc-panels", 50);
  json command = {{"charge", "ch-1"}, {"account", "acc-panels"}, {"currency", "EUR"}};
  for (const auto* kind :
       {"extra_collaborators", "api_calls", "traffic", "overage", "training", "other"}) {
    command["lines"].push_back(line(kind, 1'00));
  }
  const auto then = world.when(staff("sam"), "RecordCharge", command.dump());
  CHECK(sums(then.events[0]) == "0 600 0 600");
  CHECK(field(then.events[0], "deal") == "");
  const auto charge = json::parse(then.events[0]);
  for (const auto& one : charge["event"]["lines"]) {
    CHECK(one["discount_percent"] == 0);
    CHECK(one["discount_source"] == "none");
  }
}

TEST_CASE("RecordCharge: half a cent goes up and less is dropped") {
  const auto net = [](int percent, std::int64_t gross) {
    World world = prism_with_panels();
    given_discount(world, "acc-panels", percent);
    const auto then = world.when(staff("sam"), "RecordCharge", plan("ch-1", gross).dump());
    return fields(then.events[0], {"lines/0/net_cents", "lines/0/net_rounding"});
  };
  CHECK(net(50, 1) == "1 up");      // 0.5
  CHECK(net(51, 1) == "0 down");    // 0.49
  CHECK(net(10, 15) == "14 up");    // 13.5
  CHECK(net(10, 14) == "13 up");    // 12.6
  CHECK(net(10, 16) == "14 down");  // 14.4
  CHECK(net(0, 7) == "7 exact");
  CHECK(net(100, 7) == "0 exact");
  CHECK(net(1, 1'000'000'000'000'000) == "990000000000000 exact");
}

TEST_CASE("RecordCharge: by staff or system alone and the order of refusals") {
  World world = referred(15);
  world.when(staff("sam"), "RecordCharge", plan("ch-1", 100).dump());
  const auto attempt = [&](const Actor& actor, const std::string& charge,
                           const std::string& account, const std::string& currency) {
    return refused(
        world, actor, "RecordCharge",
        json{{"charge", charge}, {"account", account}, {"plan_cents", 100}, {"currency", currency}}
            .dump());
  };
  for (const auto& actor : {person("olga"), person("bill"), Actor{"import", "2025"}}) {
    CHECK(attempt(actor, "ch-2", "acc-panels", "EUR") == "STAFF_ONLY");
    CHECK(attempt(actor, "ch-1", "nowhere", "USD") == "STAFF_ONLY");
  }
  CHECK(attempt(staff("sam"), "ch-1", "nowhere", "EUR") == "ACCOUNT_NOT_FOUND");
  CHECK(attempt(staff("sam"), "ch-1", "acc-panels", "USD") == "CHARGE_EXISTS");
  CHECK(attempt(staff("sam"), "ch-1", "acc-prism", "EUR") == "CHARGE_EXISTS");
  CHECK(attempt(kStripe, "ch-2", "acc-panels", "USD") == "CURRENCY_MISMATCH");
  CHECK(attempt(kStripe, "ch-2", "acc-panels", "EUR") == "");
  CHECK(attempt(kStripe, "ch-2", "acc-prism", "USD") == "");  // no deal covers that account
}

TEST_CASE("RecordCharge: outside a deal's window its currency does not matter") {
  World world = referred(15);
  world.at("2027-01-01T00:00:00Z");
  auto command = plan("ch-1", 100);
  command["currency"] = "USD";
  const auto then = world.when(staff("sam"), "RecordCharge", command.dump());
  CHECK(fields(then.events[0], {"currency", "base_cents"}) == "USD 100");
}

TEST_CASE("RecordCharge: a closed account can still be charged") {
  World world = prism_with_panels();
  world.given("BillingAccountClosed", R"({"account": "acc-panels", "cause": "became_internal"})");
  CHECK(refused(world, staff("sam"), "RecordCharge", plan("ch-1", 100).dump()) == "");
}

TEST_CASE("RecordCharge: of a personal account the event says whose it is") {
  World world;
  world.given("BillingAccountOpened",
              R"({"account": "acc-solo", "scope": "personal", "personal_account": "solo"})");
  auto command = plan("ch-1", 100);
  command["account"] = "acc-solo";
  const auto then = world.when(staff("sam"), "RecordCharge", command.dump());
  CHECK(field(then.events[0], "personal_account") == "solo");
  CHECK(field(then.events[0], "organisation") == "");
}

TEST_CASE("RecordCharge: observed against every rule and of an account never seen") {
  World world;
  const auto then =
      world.when(person("ed"), "RecordCharge", plan("ch-1", 3'600'00).dump(), kObserved);
  CHECK(joined(then.types) == "ChargeRecorded");
  CHECK(joined(then.rules_broken) == "STAFF_ONLY ACCOUNT_NOT_FOUND");
  CHECK(sums(then.events[0]) == "360000 360000 0 360000");
  CHECK(charge_row(world, "ch-1").total_cents == 3'600'00);

  World seen = referred(15);
  seen.when(staff("sam"), "RecordCharge", plan("ch-1", 100).dump());
  auto command = plan("ch-1", 200);
  command["currency"] = "USD";
  const auto again = seen.when(person("ed"), "RecordCharge", command.dump(), kObserved);
  CHECK(joined(again.rules_broken) == "STAFF_ONLY CHARGE_EXISTS CURRENCY_MISMATCH");
  CHECK(charge_row(seen, "ch-1").total_cents == 170);
  CHECK(charge_row(seen, "ch-1").currency == "USD");
}

TEST_CASE("RecordCharge: one that was only heard of when it was paid is recorded afterwards") {
  World world = prism_with_panels();
  world.when(staff("sam"), "RecordPayment", R"({"payment": "pay-1", "charge": "ch-1"})", kObserved);
  CHECK(refused(world, staff("sam"), "RecordPayment",
                R"({"payment": "pay-2", "charge": "ch-1"})") == "CHARGE_NOT_FOUND");
  const auto then = world.when(staff("sam"), "RecordCharge", plan("ch-1", 100).dump());
  CHECK(joined(then.types) == "ChargeRecorded");
  CHECK(charge_row(world, "ch-1").payment == "pay-1");
  CHECK(refused(world, staff("sam"), "RecordPayment",
                R"({"payment": "pay-2", "charge": "ch-1"})") == "CHARGE_ALREADY_PAID");
}

// ---- which discount ----

TEST_CASE("Discounts: the larger one wins and on a tie the account's") {
  const auto of = [](int account, int deal) {
    World world = referred(deal);
    if (account > 0) given_discount(world, "acc-panels", account);
    return discount(world);
  };
  CHECK(of(10, 15) == "15 deal deal-1 1");
  CHECK(of(20, 15) == "20 account  0");
  CHECK(of(15, 15) == "15 account  0");
  CHECK(of(14, 15) == "15 deal deal-1 1");
  CHECK(of(100, 99) == "100 account  0");
  CHECK(of(0, 100) == "100 deal deal-1 1");
  CHECK(of(0, 0) == "0 none  0");  // a deal may say 0 %
  CHECK(of(10, 0) == "10 account  0");
}

TEST_CASE("Discounts: a deal's window is tested at the charge's instant") {
  World world = prism_with_panels();
  auto terms = year(15);
  terms["starts_at"] = "2026-03-10T12:00:00Z";
  terms["effective_at"] = "2026-03-10T12:00:00Z";
  terms["expires_at"] = "2026-03-20T12:00:00Z";
  given_deal(world, "deal-1", terms);
  CHECK(discount(world.at("2026-03-10T11:59:59.999999Z")) == "0 none  0");
  CHECK(discount(world.at("2026-03-10T12:00:00Z")) == "15 deal deal-1 1");
  CHECK(discount(world.at("2026-03-20T11:59:59.999999Z")) == "15 deal deal-1 1");
  CHECK(discount(world.at("2026-03-20T12:00:00Z")) == "0 none  0");
  // What was observed was charged when it occurred.
  CHECK(discount(world, observed_at("2026-03-15T00:00:00Z")) == "15 deal deal-1 1");
  CHECK(discount(world, observed_at("2026-03-09T00:00:00Z")) == "0 none  0");
}

TEST_CASE("Discounts: an open window has no end") {
  World world = prism_with_panels();
  auto terms = year(15);
  terms.erase("expires_at");
  given_deal(world, "deal-1", terms);
  CHECK(discount(world.at("2199-01-01")) == "15 deal deal-1 1");
}

TEST_CASE("Discounts: a deal that ended gives none from that instant on") {
  World world = referred(15);
  world.at("2026-06-01T00:00:00Z");
  world.when(staff("sam"), "EndReferralDeal", R"({"deal": "deal-1"})");
  CHECK(discount(world) == "0 none  0");
  CHECK(discount(world, observed_at("2026-05-31T23:59:59.999999Z")) == "15 deal deal-1 1");
}

TEST_CASE("Discounts: the terms in force at the charge's instant count") {
  World world = referred(15);
  auto next = year(30);
  next["version"] = 2;
  next["effective_at"] = "2026-06-01T00:00:00Z";
  world.given("ReferralTermsChanged", json{{"deal", "deal-1"}, {"terms", next}}.dump());
  CHECK(discount(world.at("2026-05-31T23:59:59.999999Z")) == "15 deal deal-1 1");
  CHECK(discount(world.at("2026-06-01T00:00:00Z")) == "30 deal deal-1 2");
}

TEST_CASE("Discounts: a deal is about its own workspace's account") {
  World world = prism_with_panels();
  given_office(world);
  given_deal(world, "deal-1", year(15), "office");
  CHECK(discount(world) == "0 none  0");
  CHECK(discount(world, "{}", "acc-prism") == "0 none  0");  // pooled: of no one workspace
}

TEST_CASE("Discounts: an instant in two windows is the deal's that was signed first") {
  for (const auto& [first, second] : {std::pair{"a", "b"}, std::pair{"b", "a"}}) {
    World world = prism_with_panels();
    auto terms = year(15);
    terms["expires_at"] = "2026-03-01T00:00:00Z";
    given_deal(world, first, terms);
    given_deal(world, second, year(30));
    const std::string before = std::string("15 deal ") + first + " 1";
    const std::string after = std::string("30 deal ") + second + " 1";
    CHECK(discount(world, observed_at("2026-02-28T00:00:00Z")) == before);
    CHECK(discount(world, observed_at("2026-03-01T00:00:00Z")) == after);
  }
}

// ---- payments ----

TEST_CASE("RecordPayment: the whole of a charge at the instant the money arrived") {
  World world = prism_with_panels();
  auto command = plan("ch-1", 100'00);
  command["tax_percent"] = 21;
  world.when(staff("sam"), "RecordCharge", command.dump());
  const auto then =
      world.when(kStripe, "RecordPayment", R"({"payment": "pay-1", "charge": "ch-1"})");
  CHECK(joined(then.types) == "PaymentRecorded");
  CHECK(joined(then.created) == "payment:pay-1");
  CHECK(fields(then.events[0],
               {"payment", "charge", "account", "amount_cents", "currency", "collected_at"}) ==
        "pay-1 ch-1 acc-panels 12100 EUR 2026-03-01T09:00:00Z");
  CHECK(charge_row(world, "ch-1").payment == "pay-1");
  CHECK(payment_row(world, "pay-1").amount_cents == 121'00);
  CHECK(payment_row(world, "pay-1").charge == "ch-1");
  CHECK(payment_row(world, "pay-1").deal == "");

  world.when(staff("sam"), "RecordCharge", plan("ch-2", 1).dump());
  const auto earlier = world.when(kStripe, "RecordPayment", R"({"payment": "pay-2",
      "charge": "ch-2", "collected_at": "2026-02-01T00:00:00Z"})");
  CHECK(field(earlier.events[0], "collected_at") == "2026-02-01T00:00:00Z");
}

TEST_CASE("RecordPayment: by staff or system alone and the order of refusals") {
  World world = prism_with_panels();
  world.when(staff("sam"), "RecordCharge", plan("paid", 100).dump());
  world.when(staff("sam"), "RecordCharge", plan("open", 100).dump());
  world.when(staff("sam"), "RecordPayment", R"({"payment": "pay-1", "charge": "paid"})");
  const std::string now = "2026-03-01T09:00:00Z";
  const std::string later = "2026-03-01T09:00:00.000001Z";
  const auto attempt = [&](const Actor& actor, const std::string& payment,
                           const std::string& charge, const std::string& collected_at) {
    return refused(
        world, actor, "RecordPayment",
        json{{"payment", payment}, {"charge", charge}, {"collected_at", collected_at}}.dump());
  };
  for (const auto& actor : {person("olga"), Actor{"import", "2025"}}) {
    CHECK(attempt(actor, "pay-2", "open", now) == "STAFF_ONLY");
    CHECK(attempt(actor, "pay-1", "nowhere", later) == "STAFF_ONLY");
  }
  CHECK(attempt(staff("sam"), "pay-1", "nowhere", later) == "CHARGE_NOT_FOUND");
  CHECK(attempt(staff("sam"), "pay-1", "paid", later) == "CHARGE_ALREADY_PAID");
  CHECK(attempt(staff("sam"), "pay-2", "paid", now) == "CHARGE_ALREADY_PAID");
  CHECK(attempt(staff("sam"), "pay-1", "open", later) == "NOT_COLLECTED");
  CHECK(attempt(staff("sam"), "pay-1", "open", now) == "PAYMENT_EXISTS");
  CHECK(attempt(staff("sam"), "pay-2", "open", now) == "");
}

TEST_CASE("RecordPayment: observed of a charge never seen and against every rule") {
  World world;
  const auto then = world.when(person("ed"), "RecordPayment",
                               R"({"payment": "pay-1", "charge": "ch-1"})", kObserved);
  CHECK(joined(then.types) == "PaymentRecorded");
  CHECK(joined(then.rules_broken) == "STAFF_ONLY CHARGE_NOT_FOUND");
  CHECK(payment_row(world, "pay-1").charge == "ch-1");

  World paid = prism_with_panels();
  paid.when(staff("sam"), "RecordCharge", plan("ch-1", 100).dump());
  paid.when(staff("sam"), "RecordPayment", R"({"payment": "pay-1", "charge": "ch-1"})");
  const auto twice = paid.when(person("ed"), "RecordPayment", R"({"payment": "pay-1",
      "charge": "ch-1", "collected_at": "2026-03-02T00:00:00Z"})",
                               kObserved);
  CHECK(joined(twice.rules_broken) ==
        "STAFF_ONLY CHARGE_ALREADY_PAID NOT_COLLECTED PAYMENT_EXISTS");
  CHECK(field(twice.events[0], "collected_at") == "2026-03-02T00:00:00Z");
}

TEST_CASE("RecordPayment: one that was only heard of when it was refunded is recorded afterwards") {
  World world = prism_with_panels();
  world.when(staff("sam"), "RecordCharge", plan("ch-1", 100).dump());
  world.when(staff("sam"), "RecordRefund",
             R"({"refund": "re-1", "payment": "pay-1", "amount_cents": 40})", kObserved);
  const auto then =
      world.when(staff("sam"), "RecordPayment", R"({"payment": "pay-1", "charge": "ch-1"})");
  CHECK(joined(then.types) == "PaymentRecorded");
  CHECK(payment_row(world, "pay-1").amount_cents == 100);
  CHECK(payment_row(world, "pay-1").refunded_cents == 40);
}

// ---- refunds ----

std::string refund(const std::string& id, std::int64_t cents,
                   const std::string& payment = "pay-1") {
  return json{{"refund", id}, {"payment", payment}, {"amount_cents", cents}}.dump();
}

/// A charge of 100 cents, paid by pay-1.
World paid() {
  World world = prism_with_panels();
  world.when(staff("sam"), "RecordCharge", plan("ch-1", 100).dump());
  world.when(staff("sam"), "RecordPayment", R"({"payment": "pay-1", "charge": "ch-1"})");
  return world;
}

TEST_CASE("RecordRefund: refunds add up to the payment and not a cent more") {
  World world = paid();
  const auto first = world.when(kStripe, "RecordRefund", refund("re-1", 60));
  CHECK(joined(first.types) == "RefundRecorded");
  CHECK(joined(first.created) == "refund:re-1");
  CHECK(fields(first.events[0], {"refund", "payment", "charge", "account", "amount_cents",
                                 "refunded_cents", "currency"}) ==
        "re-1 pay-1 ch-1 acc-panels 60 60 EUR");
  CHECK(refused(world, staff("sam"), "RecordRefund", refund("re-2", 41)) ==
        "REFUND_EXCEEDS_PAYMENT");
  const auto rest = world.when(staff("sam"), "RecordRefund", refund("re-2", 40));
  CHECK(fields(rest.events[0], {"amount_cents", "refunded_cents"}) == "40 100");
  CHECK(payment_row(world, "pay-1").refunded_cents == 100);
  CHECK(find_or_empty<row::RefundRowT>(world.rows(), "re-2").payment == "pay-1");
  CHECK(find_or_empty<row::RefundRowT>(world.rows(), "re-2").amount_cents == 40);
  CHECK(refused(world, staff("sam"), "RecordRefund", refund("re-3", 1)) ==
        "REFUND_EXCEEDS_PAYMENT");
  // Money given back is still money that was collected.
  CHECK(charge_row(world, "ch-1").payment == "pay-1");
}

TEST_CASE("RecordRefund: by staff or system alone and the order of refusals") {
  World world = paid();
  world.when(staff("sam"), "RecordRefund", refund("re-1", 60));
  for (const auto& actor : {person("olga"), Actor{"import", "2025"}}) {
    CHECK(refused(world, actor, "RecordRefund", refund("re-2", 1)) == "STAFF_ONLY");
    CHECK(refused(world, actor, "RecordRefund", refund("re-1", 99, "nope")) == "STAFF_ONLY");
  }
  const auto attempt = [&](const std::string& command) {
    return refused(world, staff("sam"), "RecordRefund", command);
  };
  CHECK(attempt(refund("re-1", 99, "nope")) == "PAYMENT_NOT_FOUND");
  CHECK(attempt(refund("re-1", 41)) == "REFUND_EXCEEDS_PAYMENT");
  CHECK(attempt(refund("re-1", 40)) == "REFUND_EXISTS");
  CHECK(attempt(refund("re-2", 40)) == "");
}

TEST_CASE("RecordRefund: observed of a payment never seen and of more than was paid") {
  World world;
  const auto then = world.when(person("ed"), "RecordRefund", refund("re-1", 50), kObserved);
  CHECK(joined(then.types) == "RefundRecorded");
  CHECK(joined(then.rules_broken) == "STAFF_ONLY PAYMENT_NOT_FOUND REFUND_EXCEEDS_PAYMENT");
  CHECK(refused(world, staff("sam"), "RecordRefund", refund("re-2", 1)) == "PAYMENT_NOT_FOUND");

  World more = paid();
  more.when(staff("sam"), "RecordRefund", refund("re-1", 60));
  const auto again = more.when(staff("sam"), "RecordRefund", refund("re-1", 60), kObserved);
  CHECK(joined(again.rules_broken) == "REFUND_EXCEEDS_PAYMENT REFUND_EXISTS");
  // It is the same refund: nothing was given back twice.
  CHECK(field(again.events[0], "refunded_cents") == "60");
  CHECK(payment_row(more, "pay-1").refunded_cents == 60);
}

}  // namespace
}  // namespace actbook::testing

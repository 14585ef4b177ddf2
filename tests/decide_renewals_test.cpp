#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/projector.h"
#include "actbook/tables.h"
#include "support/prism.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

std::string fields(const std::string& event, const std::vector<std::string>& names) {
  std::vector<std::string> values;
  for (const auto& name : names) values.push_back(field(event, name));
  return joined(values);
}

std::string observed_at(const std::string& time) {
  return json{{"mode", "observed"}, {"occurred_at", time}}.dump();
}

row::AccountRowT account(const World& world, const std::string& id = "acc-panels") {
  return find_or_empty<row::AccountRowT>(world.rows(), id);
}

std::string percent(int percent, const std::string& account = "acc-panels") {
  return json{{"account", account}, {"percent", percent}}.dump();
}

std::string renewal(const std::string& interval, const std::string& starts_at = {},
                    const std::string& account = "acc-panels") {
  json command = {{"account", account}, {"interval", interval}};
  if (!starts_at.empty()) command["starts_at"] = starts_at;
  return command.dump();
}

Then renew(World& world, const std::string& interval, const std::string& starts_at = {}) {
  return world.when(staff("sam"), "RenewAccount", renewal(interval, starts_at));
}

/// panels: a changemaker's active account with one paid seat, adam's, at the start of a year that
/// ends 2027-03-01 09:00. clara and ed observe.
World paid_year() {
  World world = prism_with_panels();
  given_clara_observes(world);
  given_member(world, "panels", "ed", "observer");
  given_tier(world, "acc-panels", "changemaker");
  given_status(world, "acc-panels", "active");
  renew(world, "yearly");
  return world;
}

/// An observer becomes an external, who takes a seat.
Then upgrade(World& world, const std::string& who, const std::string& envelope = "{}") {
  return world.when(person("adam"), "ChangeWorkspaceRole",
                    json{{"workspace", "panels"}, {"person", who}, {"role", "external"}}.dump(),
                    envelope);
}

Then downgrade(World& world, const std::string& who) {
  return world.when(person("adam"), "ChangeWorkspaceRole",
                    json{{"workspace", "panels"}, {"person", who}, {"role", "observer"}}.dump());
}

/// Days and net of the charge for clara's seat, or "none".
std::string seat_charge(World world, const std::string& envelope = "{}") {
  const auto then = upgrade(world, "clara", envelope);
  REQUIRE(then.count("SeatOpened") == 1);
  if (then.count("ChargeRecorded") == 0) return "none";
  return fields(then.event("ChargeRecorded"), {"lines/0/days", "net_cents"});
}

// ---- discounts ----

TEST_CASE("SetDiscount: from and to are kept and the same percent records nothing") {
  World world = prism_with_panels();
  const auto then = world.when(system_actor("stripe"), "SetDiscount", percent(10));
  CHECK(joined(then.types) == "DiscountChanged");
  CHECK(then.created.empty());
  CHECK(fields(then.events[0], {"account", "from", "to"}) == "acc-panels 0 10");
  CHECK(account(world).discount_percent == 10);
  const auto again = world.when(staff("sam"), "SetDiscount", percent(10));
  CHECK(again.outcome == log::Outcome::unchanged);
  CHECK(again.types.empty());
  const auto none = world.when(staff("sam"), "SetDiscount", percent(0));
  CHECK(fields(none.events[0], {"from", "to"}) == "10 0");
  CHECK(world.when(staff("sam"), "SetDiscount", percent(0)).outcome == log::Outcome::unchanged);
  CHECK(fields(world.when(staff("sam"), "SetDiscount", percent(100)).events[0], {"to"}) == "100");
}

TEST_CASE("SetDiscount and RenewAccount: by staff or system alone and of accounts there are") {
  World world = prism_with_panels();
  for (const auto* command : {"SetDiscount", "RenewAccount"}) {
    const auto attempt = [&](const Actor& actor, const std::string& id) {
      return refused(
          world, actor, command,
          command == std::string("SetDiscount") ? percent(10, id) : renewal("yearly", "", id));
    };
    for (const auto& actor : {person("olga"), person("bill"), Actor{"import", "2025"}}) {
      CHECK(attempt(actor, "acc-panels") == "STAFF_ONLY");
      CHECK(attempt(actor, "acc-nowhere") == "STAFF_ONLY");
    }
    CHECK(attempt(staff("sam"), "acc-nowhere") == "ACCOUNT_NOT_FOUND");
    CHECK(attempt(staff("sam"), "acc-panels") == "");
    CHECK(attempt(system_actor("stripe"), "acc-panels") == "");
  }
  world.given("BillingAccountClosed", R"({"account": "acc-panels", "cause": "became_internal"})");
  CHECK(refused(world, staff("sam"), "SetDiscount", percent(10)) == "ACCOUNT_NOT_FOUND");
  CHECK(refused(world, staff("sam"), "RenewAccount", renewal("monthly")) == "ACCOUNT_NOT_FOUND");
}

TEST_CASE("SetDiscount and RenewAccount: observed of an account never seen by nobody entitled") {
  World world;
  world.at("2026-03-01");
  const auto discount = world.when(person("ed"), "SetDiscount", percent(10), kObserved);
  CHECK(joined(discount.types) == "DiscountChanged");
  CHECK(joined(discount.rules_broken) == "STAFF_ONLY ACCOUNT_NOT_FOUND");
  CHECK(account(world).discount_percent == 10);
  World other;
  other.at("2026-03-01");
  const auto renewed = other.when(person("ed"), "RenewAccount", renewal("monthly"), kObserved);
  CHECK(joined(renewed.types) == "AccountRenewed");
  CHECK(joined(renewed.rules_broken) == "STAFF_ONLY ACCOUNT_NOT_FOUND");
  CHECK(fields(renewed.events[0], {"from_paid_seats", "paid_seats", "period_ends_at"}) ==
        "0 0 2026-04-01T00:00:00Z");
  CHECK(account(other).interval == schema::BillingInterval::monthly);
}

// ---- renewals ----

TEST_CASE("RenewAccount: a year has 365 days and a month goes to its day or its last") {
  World world = prism_with_panels();
  const auto period = [&](const std::string& interval, const std::string& starts_at) {
    return fields(renew(world, interval, starts_at).events[0],
                  {"interval", "period_starts_at", "period_ends_at"});
  };
  CHECK(period("yearly", "") == "yearly 2026-03-01T09:00:00Z 2027-03-01T09:00:00Z");
  CHECK(period("yearly", "2024-01-01") == "yearly 2024-01-01T00:00:00Z 2024-12-31T00:00:00Z");
  CHECK(period("monthly", "") == "monthly 2026-03-01T09:00:00Z 2026-04-01T09:00:00Z");
  CHECK(period("monthly", "2026-01-31") == "monthly 2026-01-31T00:00:00Z 2026-02-28T00:00:00Z");
  CHECK(period("monthly", "2024-01-31") == "monthly 2024-01-31T00:00:00Z 2024-02-29T00:00:00Z");
  world.at("2026-12-16");
  CHECK(period("monthly", "2026-12-15T10:00:00Z") ==
        "monthly 2026-12-15T10:00:00Z 2027-01-15T10:00:00Z");
  CHECK(account(world).interval == schema::BillingInterval::monthly);
  CHECK(account(world).period_starts_at ==
        parse_iso8601("2026-12-15T10:00:00Z").value().microseconds);
  CHECK(account(world).period_ends_at ==
        parse_iso8601("2027-01-15T10:00:00Z").value().microseconds);
}

TEST_CASE("RenewAccount: the paid seats are those in use again") {
  World world = paid_year();
  upgrade(world, "clara");
  upgrade(world, "ed");
  downgrade(world, "clara");
  CHECK(seats(world, "acc-panels") == "2 of 3");
  const auto then = renew(world, "yearly");
  CHECK(joined(then.types) == "AccountRenewed");
  CHECK(then.created.empty());
  CHECK(fields(then.events[0], {"account", "from_paid_seats", "paid_seats"}) == "acc-panels 3 2");
  CHECK(seats(world, "acc-panels") == "2 of 2");
  CHECK(seat_charge(world) == "365 90000");
}

TEST_CASE("RenewAccount: is an act of its own however often") {
  World world = paid_year();
  const auto again = renew(world, "yearly");
  CHECK(again.outcome == log::Outcome::recorded);
  CHECK(joined(again.types) == "AccountRenewed");
}

// ---- a seat in a paid year ----

TEST_CASE("Seat charges: worked example 5") {
  World world = paid_year();
  world.when(staff("sam"), "SetDiscount", percent(10));
  world.at("2026-12-18T09:00:00Z");  // 73 days are left
  CHECK(seats(world, "acc-panels") == "1 of 1");
  const auto then = upgrade(world, "clara");
  CHECK(joined(then.types) == "MembershipRoleChanged SeatOpened ChargeRecorded");
  CHECK(fields(then.events[0], {"from", "to"}) == "observer external");
  CHECK(seats(world, "acc-panels") == "2 of 2");
  const auto& charge = then.events[2];
  CHECK(fields(charge, {"account", "organisation", "workspace", "cause", "person", "currency"}) ==
        "acc-panels prism panels seat_added clara EUR");
  CHECK(fields(charge, {"period_starts_at", "period_ends_at"}) ==
        "2026-12-18T09:00:00Z 2027-03-01T09:00:00Z");
  CHECK(fields(charge, {"lines/0/kind", "lines/0/gross_cents", "lines/0/discount_percent",
                        "lines/0/discount_source", "lines/0/days", "lines/0/of_days",
                        "lines/0/net_cents", "lines/0/net_rounding"}) ==
        "seat 90000 10 account 73 365 16200 exact");
  CHECK(field(charge, "lines/0/description") == "a seat, tier changemaker, yearly");
  CHECK(fields(charge, {"base_cents", "net_cents", "tax_cents", "total_cents"}) ==
        "16200 16200 0 16200");
  CHECK(joined(then.created) == "charge:" + field(charge, "charge"));

  const auto paid =
      world.when(staff("sam"), "RecordPayment",
                 json{{"payment", "pay-1"}, {"charge", field(charge, "charge")}}.dump());
  CHECK(field(paid.events[0], "amount_cents") == "16200");

  given_status(world, "acc-panels", "past_due");
  CHECK(refused(world, person("adam"), "ChangeWorkspaceRole",
                R"({"workspace": "panels", "person": "ed", "role": "external"})") ==
        "REACTIVATE_PLAN_FIRST");
  CHECK(refused(world, person("adam"), "InviteToWorkspace",
                R"({"invite": "i-1", "workspace": "panels", "email": "nora@haarlem.example",
                    "role": "observer"})") == "");
}

TEST_CASE("Seat charges: a day begun is a day") {
  World world = paid_year();
  CHECK(seat_charge(world) == "365 90000");
  CHECK(seat_charge(world.at("2026-03-01T09:00:00.000001Z")) == "365 90000");
  CHECK(seat_charge(world.at("2026-03-02T08:59:59.999999Z")) == "365 90000");
  CHECK(seat_charge(world.at("2026-03-02T09:00:00Z")) == "364 89753");     // 897.534…
  CHECK(seat_charge(world.at("2027-02-28T08:59:59.999999Z")) == "2 493");  // 4.931…
  CHECK(seat_charge(world.at("2027-02-28T09:00:00Z")) == "1 247");         // 2.465…
  CHECK(seat_charge(world.at("2027-03-01T08:59:59.999999Z")) == "1 247");
  CHECK(seat_charge(world.at("2027-03-01T09:00:00Z")) == "none");
}

TEST_CASE("Seat charges: of an observed fact there is none for the product has charged it itself") {
  World world = paid_year();
  world.at("2026-12-18T09:00:00Z");
  CHECK(seat_charge(world) == "73 18000");
  CHECK(seat_charge(world, observed_at("2026-12-18T09:00:00Z")) == "none");
}

TEST_CASE(
    "RenewAccount: a period that is yet to begin would end the one that runs and is an error") {
  World world = paid_year();
  const auto command = command_from_json(
                           R"({"command_id": "c-1", "actor": {"kind": "staff", "id": "sam"},
      "command_type": "RenewAccount", "command": {"account": "acc-panels", "interval": "yearly",
      "starts_at": "2026-03-01T09:00:00.000001Z"}})")
                           .value();
  Batch batch(world.rows(), Position{100}, world.now(), command_info(command), partner_projector());
  const auto decided = decide(command, batch);
  REQUIRE(!decided);
  CHECK(decided.error().kind == ErrorKind::invalid);
  CHECK(decided.error().message.starts_with("command.starts_at: "));
  CHECK(seat_charge(world) == "365 90000");
}

TEST_CASE("Seat charges: past due is still a year that runs") {
  World world = paid_year();
  given_status(world, "acc-panels", "past_due");
  given_organisation_member(world, "prism", "zoe", "admin");
  const auto joined_in = world.when(person("zoe"), "SelfJoin", R"({"workspace": "panels"})");
  CHECK(joined_in.count("ChargeRecorded") == 1);
}

TEST_CASE("Seat charges: only of an account that is paid by the year and has a price") {
  for (const auto* status : {"none", "canceled"}) {
    World world = paid_year();
    given_status(world, "acc-panels", status);
    CHECK_MESSAGE(seat_charge(world, kObserved) == "none", status);
  }
  World monthly = paid_year();
  renew(monthly, "monthly");
  CHECK(seat_charge(monthly) == "none");
  World never = prism_with_panels();
  given_clara_observes(never);
  given_tier(never, "acc-panels", "changemaker");
  given_status(never, "acc-panels", "active");
  CHECK(seat_charge(never) == "none");

  const auto of_tier = [](const std::string& tier) {
    World world = paid_year();
    given_tier(world, "acc-panels", tier);
    return seat_charge(world);
  };
  CHECK(of_tier("free") == "none");
  CHECK(of_tier("innovator") == "365 24000");
  CHECK(of_tier("guardian") == "365 180000");
}

TEST_CASE("Seat charges: only of a seat above those that are paid") {
  World world = paid_year();
  const auto first = upgrade(world, "clara");
  CHECK(first.count("ChargeRecorded") == 1);
  CHECK(joined(downgrade(world, "clara").types) == "MembershipRoleChanged SeatClosed");
  CHECK(joined(upgrade(world, "ed").types) == "MembershipRoleChanged SeatOpened");
  CHECK(seats(world, "acc-panels") == "2 of 2");
  const auto third = upgrade(world, "clara");
  CHECK(third.count("ChargeRecorded") == 1);
  CHECK(third.created != first.created);
  CHECK(seats(world, "acc-panels") == "3 of 3");
  // Another paid role is the same seat.
  const auto same =
      world.when(staff("sam"), "ChangeWorkspaceRole",
                 R"({"workspace": "panels", "person": "clara", "role": "admin"})", kObserved);
  CHECK(joined(same.types) == "MembershipRoleChanged");
}

TEST_CASE("Seat charges: of whoever takes a seat by whatever way") {
  World world = paid_year();
  const auto joining = world.when(person("bea"), "SelfJoin", R"({"workspace": "panels"})");
  CHECK(field(joining.event("ChargeRecorded"), "person") == "bea");
  const auto invited =
      world.when(person("adam"), "InviteToWorkspace",
                 R"({"invite": "i-1", "workspace": "panels", "person": "milo", "role": "member"})");
  CHECK(invited.result == "added");
  CHECK(field(invited.event("ChargeRecorded"), "person") == "milo");
  CHECK(invited.created.back() == "charge:" + field(invited.event("ChargeRecorded"), "charge"));
  CHECK(seats(world, "acc-panels") == "3 of 3");
}

TEST_CASE("Seat charges: a pooled account's are of no workspace") {
  World world = prism();
  given_office(world);
  given_tier(world, "acc-prism", "innovator");
  given_status(world, "acc-prism", "active");
  world.when(staff("sam"), "RenewAccount", renewal("yearly", "", "acc-prism"));
  world.given("ReferralDealSigned", R"({"deal": "deal-1", "workspace": "office",
      "organisation": "prism", "terms": {"version": 1, "discount_percent": 50,
      "currency": "EUR"}})");
  const auto then = world.when(person("bea"), "SelfJoin", R"({"workspace": "office"})");
  CHECK(fields(then.event("ChargeRecorded"),
               {"account", "organisation", "workspace", "lines/0/discount_source", "net_cents"}) ==
        "acc-prism prism  none 24000");
}

TEST_CASE("Seat charges: the larger discount wins and on a tie the account's") {
  const auto of = [](int account, int deal) {
    World world = paid_year();
    world.when(staff("sam"), "SetDiscount", percent(account));
    world.given("ReferralDealSigned", json{{"deal", "deal-1"},
                                           {"workspace", "panels"},
                                           {"organisation", "prism"},
                                           {"terms",
                                            {{"version", 1},
                                             {"discount_percent", deal},
                                             {"currency", "EUR"},
                                             {"starts_at", "2026-01-01T00:00:00Z"},
                                             {"expires_at", "2027-01-01T00:00:00Z"}}}}
                                          .dump());
    const auto discount = [](World at) {
      return fields(upgrade(at, "clara").event("ChargeRecorded"),
                    {"lines/0/discount_percent", "lines/0/discount_source", "deal"});
    };
    const auto inside = discount(world.at("2026-12-31T23:59:59.999999Z"));
    return inside + ", then " + discount(world.at("2027-01-01"));
  };
  CHECK(of(10, 15) == "15 deal deal-1, then 10 account ");
  CHECK(of(15, 15) == "15 account , then 15 account ");
  CHECK(of(20, 15) == "20 account , then 20 account ");
  CHECK(of(0, 0) == "0 none , then 0 none ");
}

}  // namespace
}  // namespace actbook::testing

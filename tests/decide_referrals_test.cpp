#include <doctest/doctest.h>

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

std::string deal(const json& terms, const std::string& id = "deal-1",
                 const std::string& workspace = "panels") {
  return json{{"deal", id}, {"workspace", workspace}, {"organisation", "prism"}, {"terms", terms}}
      .dump();
}

std::string change(const json& terms, const json& effective_at = nullptr) {
  json command = {{"deal", "deal-1"}, {"terms", terms}};
  if (effective_at.is_string()) command["effective_at"] = effective_at;
  return command.dump();
}

const std::string kEnd = R"({"deal": "deal-1"})";

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

/// A plan price is charged and paid at once. What accrues for it, as "raw accrued total", or
/// "none".
std::string pays(World& world, const std::string& id, std::int64_t plan_cents) {
  must(world, "RecordCharge",
       json{{"charge", "ch-" + id}, {"account", "acc-panels"}, {"plan_cents", plan_cents}}.dump());
  const auto then =
      must(world, "RecordPayment", json{{"payment", "pay-" + id}, {"charge", "ch-" + id}}.dump());
  if (then.count("KickbackAccrued") == 0) return "none";
  const auto event = then.event("KickbackAccrued");
  return field(event, "raw_cents") + " " + field(event, "accrued_cents") + " " +
         field(event, "accrued_total_cents");
}

std::string fields(const std::string& event, const std::vector<std::string>& names) {
  std::vector<std::string> values;
  for (const auto& name : names) values.push_back(field(event, name));
  return joined(values);
}

row::DealRowT deal_row(const World& world, const std::string& id = "deal-1") {
  return find_or_empty<row::DealRowT>(world.rows(), id);
}

// ---- signing ----

TEST_CASE("SignReferralDeal: the event has version 1 of the terms and effect from its window on") {
  World world = prism_with_panels();
  const auto then = must(world, "SignReferralDeal", deal(with(terms(20, 15), "cap_cents", 500'00)));
  CHECK(joined(then.types) == "ReferralDealSigned");
  CHECK(joined(then.created) == "deal:deal-1");
  CHECK(fields(then.events[0], {"deal", "workspace", "organisation"}) == "deal-1 panels prism");
  CHECK(fields(then.events[0], {"terms/version", "terms/kickback_percent", "terms/discount_percent",
                                "terms/cap_cents", "terms/currency", "terms/effective_at",
                                "terms/starts_at", "terms/expires_at"}) ==
        "1 20 15 50000 EUR 2026-01-01T00:00:00Z 2026-01-01T00:00:00Z 2027-01-01T00:00:00Z");
  CHECK(deal_row(world).terms->version == 1);
  CHECK(deal_row(world).signed_);
  CHECK_FALSE(deal_row(world).ended);
  CHECK(find_or_empty<row::TermsRowT>(world.rows(), "deal-1/0000000001").terms->cap_cents ==
        500'00);
}

TEST_CASE("SignReferralDeal: 0 percent is real and a cap and an end are not needed") {
  World world = prism_with_panels();
  auto open = terms(0, 0);
  open.erase("expires_at");
  open["currency"] = "USD";
  const auto then = must(world, "SignReferralDeal", deal(open));
  CHECK(fields(then.events[0], {"terms/kickback_percent", "terms/discount_percent",
                                "terms/currency"}) == "0 0 USD");
  CHECK(field(then.events[0], "terms/cap_cents") == "");
  CHECK(field(then.events[0], "terms/expires_at") == "");
}

TEST_CASE("SignReferralDeal: by staff alone and the order of refusals") {
  World world = prism_with_panels();
  const auto bad = terms(101, 0);
  const auto sign = [&](const Actor& actor, const std::string& organisation,
                        const std::string& workspace, const json& terms,
                        const std::string& id = "deal-1") {
    auto command = json::parse(deal(terms, id, workspace));
    command["organisation"] = organisation;
    return refused(world, actor, "SignReferralDeal", command.dump());
  };
  for (const auto& actor : {person("olga"), system_actor("stripe"), Actor{"import", "2025"}}) {
    CHECK(sign(actor, "prism", "panels", terms(20, 15)) == "STAFF_ONLY");
    CHECK(sign(actor, "haarlem", "nowhere", bad) == "STAFF_ONLY");
  }
  CHECK(sign(staff("sam"), "haarlem", "nowhere", bad) == "NOT_PARTNER");
  CHECK(sign(staff("sam"), "nobody", "panels", terms(20, 15)) == "NOT_PARTNER");
  CHECK(sign(staff("sam"), "prism", "nowhere", bad) == "WORKSPACE_NOT_FOUND");
  must(world, "SignReferralDeal", deal(terms(20, 15)));
  CHECK(sign(staff("sam"), "prism", "panels", bad, "deal-2") == "DEAL_EXISTS");
  CHECK(sign(staff("sam"), "prism", "panels", terms(20, 15)) == "DEAL_EXISTS");
  given_office(world);
  CHECK(sign(staff("sam"), "prism", "office", terms(20, 15)) == "DEAL_EXISTS");  // the id
  CHECK(sign(staff("sam"), "prism", "office", bad, "deal-2") == "BAD_TERMS");
  CHECK(sign(staff("sam"), "prism", "office", terms(20, 15), "deal-2") == "");
  world.given("WorkspaceDeleted", R"({"workspace": "office", "organisation": "prism"})");
  CHECK(sign(staff("sam"), "prism", "office", terms(20, 15), "deal-2") == "WORKSPACE_NOT_FOUND");
}

TEST_CASE("Referral terms: what is bad about them") {
  const World world = prism_with_panels();
  const World agreed = signed_deal(terms(20, 15));
  const auto both = [&](const json& terms) {
    auto sign = refused(world, staff("sam"), "SignReferralDeal", deal(terms));
    CHECK(refused(agreed, staff("sam"), "ChangeReferralTerms", change(terms)) == sign);
    return sign;
  };
  const auto good = terms(20, 15);
  CHECK(both(good) == "");
  for (const auto* percent : {"kickback_percent", "discount_percent"}) {
    CHECK(both(with(good, percent, 101)) == "BAD_TERMS");
    CHECK(both(with(good, percent, -1)) == "BAD_TERMS");
    CHECK(both(with(good, percent, 100)) == "");
    CHECK(both(with(good, percent, 0)) == "");
  }
  CHECK(both(with(good, "cap_cents", -1)) == "BAD_TERMS");
  CHECK(both(with(good, "cap_cents", 0)) == "");
  CHECK(both(with(good, "expires_at", "2026-01-01T00:00:00Z")) == "BAD_TERMS");
  CHECK(both(with(good, "expires_at", "2025-12-31T00:00:00Z")) == "BAD_TERMS");
  CHECK(both(with(good, "expires_at", "2026-01-01T00:00:00.000001Z")) == "");
}

TEST_CASE("SignReferralDeal: the next deal when the present one has run out or ended") {
  World world = signed_deal(with(terms(20, 15), "expires_at", "2026-04-01T00:00:00Z"));
  const auto next = [&] {
    return refused(world, staff("sam"), "SignReferralDeal", deal(terms(10, 5), "deal-2"));
  };
  CHECK(next() == "DEAL_EXISTS");
  world.at("2026-03-31T23:59:59.999999Z");
  CHECK(next() == "DEAL_EXISTS");
  world.at("2026-04-01T00:00:00Z");
  CHECK(next() == "");

  World ended = signed_deal(terms(20, 15));
  must(ended, "EndReferralDeal", kEnd);
  must(ended, "SignReferralDeal", deal(terms(10, 5), "deal-2"));
  CHECK(refused(ended, staff("sam"), "SignReferralDeal", deal(terms(10, 5))) == "DEAL_EXISTS");

  World later =
      signed_deal(with(with(terms(20, 15), "starts_at", "2027-01-01"), "expires_at", "2028-01-01"));
  CHECK(refused(later, staff("sam"), "SignReferralDeal", deal(terms(10, 5), "deal-2")) ==
        "DEAL_EXISTS");
}

TEST_CASE("SignReferralDeal: observed against every rule and of things never seen") {
  World world;
  const auto then = world.when(person("ed"), "SignReferralDeal", deal(terms(120, 15)), kObserved);
  CHECK(joined(then.types) == "ReferralDealSigned");
  CHECK(joined(then.rules_broken) == "STAFF_ONLY NOT_PARTNER WORKSPACE_NOT_FOUND BAD_TERMS");
  CHECK(deal_row(world).terms->kickback_percent == 120);

  World second = signed_deal(terms(20, 15));
  const auto other =
      second.when(staff("sam"), "SignReferralDeal", deal(terms(10, 5), "deal-2"), kObserved);
  CHECK(joined(other.rules_broken) == "DEAL_EXISTS");
  CHECK(pays(second, "1", 100'00) == "1700 1700 1700");  // the deal signed first
}

TEST_CASE("SignReferralDeal: a deal that was only heard of before can be signed") {
  World world = prism_with_panels();
  world.when(staff("sam"), "ChangeReferralTerms", change(terms(50, 50)), kObserved);
  CHECK(refused(world, staff("sam"), "EndReferralDeal", kEnd) == "DEAL_NOT_FOUND");
  must(world, "SignReferralDeal", deal(terms(20, 15)));
  CHECK(pays(world, "1", 100'00) == "1700 1700 1700");
}

// ---- other terms ----

TEST_CASE("ChangeReferralTerms: another version that holds from now or from an instant on") {
  World world = signed_deal(terms(20, 15));
  const auto now = must(world, "ChangeReferralTerms", change(terms(10, 15)));
  CHECK(joined(now.types) == "ReferralTermsChanged");
  CHECK(now.created.empty());
  CHECK(
      fields(now.events[0], {"deal", "workspace", "organisation", "terms/version",
                             "terms/kickback_percent", "terms/effective_at", "terms/starts_at"}) ==
      "deal-1 panels prism 2 10 2026-03-01T09:00:00Z 2026-01-01T00:00:00Z");
  const auto later =
      must(world, "ChangeReferralTerms", change(terms(30, 15), "2026-06-01T00:00:00Z"));
  CHECK(fields(later.events[0], {"terms/version", "terms/effective_at"}) ==
        "3 2026-06-01T00:00:00Z");
  CHECK(deal_row(world).terms->version == 3);
}

TEST_CASE("ChangeReferralTerms: the same terms record nothing new") {
  World world = signed_deal(with(terms(20, 15), "cap_cents", 500));
  const auto same = with(terms(20, 15), "cap_cents", 500);
  CHECK(must(world, "ChangeReferralTerms", change(same)).outcome == log::Outcome::unchanged);
  CHECK(must(world, "ChangeReferralTerms", change(with(same, "currency", "EUR"), "2026-09-01"))
            .outcome == log::Outcome::unchanged);
  CHECK(deal_row(world).terms->version == 1);
  CHECK(must(world, "ChangeReferralTerms", change(terms(20, 15))).types.size() == 1);
  CHECK(must(world, "ChangeReferralTerms", change(same)).types.size() == 1);
  CHECK(deal_row(world).terms->version == 3);
}

TEST_CASE("ChangeReferralTerms: by staff alone and the order of refusals") {
  World world = signed_deal(with(terms(20, 15), "expires_at", "2026-04-01T00:00:00Z"));
  CHECK(pays(world, "1", 100'00) == "1700 1700 1700");
  const auto attempt = [&](const json& terms, const json& effective_at = nullptr) {
    return refused(world, staff("sam"), "ChangeReferralTerms", change(terms, effective_at));
  };
  for (const auto& actor : {person("olga"), system_actor("stripe")}) {
    CHECK(refused(world, actor, "ChangeReferralTerms", change(terms(101, 0))) == "STAFF_ONLY");
    CHECK(refused(world, actor, "ChangeReferralTerms", change(terms(10, 0))) == "STAFF_ONLY");
  }
  CHECK(refused(world, staff("sam"), "ChangeReferralTerms",
                json{{"deal", "nope"}, {"terms", terms(101, 0)}}.dump()) == "DEAL_NOT_FOUND");
  CHECK(attempt(with(terms(10, 15), "cap_cents", 16'99)) == "BAD_TERMS");
  CHECK(attempt(with(terms(10, 15), "cap_cents", 17'00)) == "");
  CHECK(attempt(with(terms(10, 15), "currency", "USD")) == "BAD_TERMS");
  CHECK(attempt(terms(10, 15), "2025-12-31T23:59:59Z") == "BAD_TERMS");  // before version 1
  CHECK(attempt(terms(10, 15), "2026-01-01T00:00:00Z") == "");
  world.at("2026-04-01T00:00:00Z");
  CHECK(attempt(terms(10, 15)) == "");  // what has run out can be gone on with
  must(world, "SignReferralDeal", deal(terms(10, 5), "deal-2"));
  CHECK(attempt(terms(101, 15)) == "DEAL_EXISTS");
  world.when(staff("sam"), "RevokePartnerStatus", R"({"organisation": "prism"})");
  CHECK(attempt(terms(101, 15)) == "NOT_PARTNER");
  must(world, "EndReferralDeal", kEnd);
  CHECK(attempt(terms(101, 15)) == "DEAL_NOT_FOUND");
}

TEST_CASE("ChangeReferralTerms: observed against every rule and of a deal never seen") {
  World world;
  const auto then =
      world.when(person("ed"), "ChangeReferralTerms", change(terms(-1, 0)), kObserved);
  CHECK(joined(then.types) == "ReferralTermsChanged");
  CHECK(joined(then.rules_broken) == "STAFF_ONLY DEAL_NOT_FOUND NOT_PARTNER BAD_TERMS");
  CHECK(deal_row(world).terms->kickback_percent == -1);

  World two = signed_deal(terms(20, 15));
  two.when(staff("sam"), "SignReferralDeal", deal(terms(10, 5), "deal-2"), kObserved);
  const auto other = two.when(staff("sam"), "ChangeReferralTerms", change(terms(30, 0)), kObserved);
  CHECK(joined(other.rules_broken) == "DEAL_EXISTS");
  CHECK(pays(two, "1", 100'00) == "3000 3000 3000");
}

// ---- the end ----

TEST_CASE("EndReferralDeal: also of somebody who is no partner any more") {
  World world = signed_deal(terms(20, 15));
  world.when(staff("sam"), "RevokePartnerStatus", R"({"organisation": "prism"})");
  for (const auto& actor : {person("olga"), system_actor("stripe")}) {
    CHECK(refused(world, actor, "EndReferralDeal", kEnd) == "STAFF_ONLY");
    CHECK(refused(world, actor, "EndReferralDeal", R"({"deal": "nope"})") == "STAFF_ONLY");
  }
  CHECK(refused(world, staff("sam"), "EndReferralDeal", R"({"deal": "nope"})") == "DEAL_NOT_FOUND");
  const auto then = must(world, "EndReferralDeal", kEnd);
  CHECK(joined(then.types) == "ReferralDealEnded");
  CHECK(fields(then.events[0], {"deal", "workspace", "organisation"}) == "deal-1 panels prism");
  CHECK(deal_row(world).ended);
  CHECK(refused(world, staff("sam"), "EndReferralDeal", kEnd) == "DEAL_NOT_FOUND");
}

TEST_CASE("EndReferralDeal: observed of a deal never seen") {
  World world;
  const auto then = world.when(person("ed"), "EndReferralDeal", kEnd, kObserved);
  CHECK(joined(then.types) == "ReferralDealEnded");
  CHECK(joined(then.rules_broken) == "STAFF_ONLY DEAL_NOT_FOUND");
  CHECK(deal_row(world).ended);
}

}  // namespace
}  // namespace actbook::testing

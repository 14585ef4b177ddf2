// Questions of an audit about money: referral deals and kickbacks (Q11), discounts (Q12).
#include "support/told_ledger.h"

namespace actbook::testing {
namespace {

/// 03-02 deal d of PRISM on panels: 20 percent of at most 500.00, discount 15, from 03-10 on; from
/// 05-01 on 30 percent of at most 800.00, discount 25. 03-05 c-6 on second. 03-15 c-1, and c-2 for
/// training alone. 03-16 c-1 is paid, 03-20 a third of it given back. 03-25 panels has a discount
/// of 20 percent; 03-26 c-3. 04-10 100.00 are paid out. 05-05 c-5, 05-10 paid. 06-01 d ends.
///
/// Late: on 04-01, that deal e was signed on 03-20 for second; on 04-02, that c-6 was paid on
/// 03-10; on 05-20, that c-3 was paid on 04-20.
struct Deals : ToldLedger {
  std::uint64_t signed_d = 0, changed_d = 0, ended_d = 0, signed_e = 0;

  Deals() {
    found_partner();
    create_external("person:olga", "prism", "panels");
    create_external("person:olga", "prism", "second");
    at("2026-03-02");
    signed_d = sign("d", "panels", terms(20, 15, "2026-03-10", 50'000));
    changed_d = tell("staff:sue", "ChangeReferralTerms",
                     {{"deal", "d"},
                      {"terms", terms(30, 25, "2026-03-10", 80'000)},
                      {"effective_at", "2026-05-01"}});
    tell_march();
    at("2026-04-01");
    signed_e = sign("e", "second", terms(10, 0, "2026-03-01"), fact("2026-03-20"));
    at("2026-04-02");
    pay("pay-6", "c-6", fact("2026-03-10"));
    at("2026-04-10");
    tell("staff:sam", "RecordKickbackPaid",
         {{"payout", "out-1"}, {"deal", "d"}, {"amount_cents", 10'000}});
    at("2026-05-05");
    charge("c-5", "acc-panels", 10'000);
    at("2026-05-10");
    pay("pay-5", "c-5");
    at("2026-05-20");
    pay("pay-3", "c-3", fact("2026-04-20"));
    at("2026-06-01");
    ended_d = tell("staff:sue", "EndReferralDeal", {{"deal", "d"}});
  }

  void tell_march() {
    at("2026-03-05");
    charge("c-6", "acc-second", 20'000);
    at("2026-03-15");
    charge("c-1", "acc-panels", 360'000);
    charge("c-2", "acc-panels", 0, true);
    at("2026-03-16");
    pay("pay-1", "c-1");
    at("2026-03-20");
    tell("staff:sam", "RecordRefund",
         {{"refund", "back-1"}, {"payment", "pay-1"}, {"amount_cents", 102'000}});
    at("2026-03-25");
    tell("staff:sam", "SetDiscount", {{"account", "acc-panels"}, {"percent", 20}});
    at("2026-03-26");
    charge("c-3", "acc-panels", 100'000, true);
  }
  static json terms(int kickback, int discount, const std::string& starts,
                    std::optional<int> cap = {}) {
    json made = {
        {"kickback_percent", kickback}, {"discount_percent", discount}, {"starts_at", starts}};
    if (cap) made["cap_cents"] = *cap;
    return made;
  }
  std::uint64_t sign(const std::string& deal, const std::string& workspace, const json& terms,
                     const json& envelope = json::object()) {
    return tell(
        "staff:sam", "SignReferralDeal",
        {{"deal", deal}, {"workspace", workspace}, {"organisation", "prism"}, {"terms", terms}},
        envelope);
  }
  void charge(const std::string& charge, const std::string& account, int plan_cents,
              bool training = false) {
    json what = {{"charge", charge}, {"account", account}, {"plan_cents", plan_cents}};
    if (training) what["lines"] = json::array({{{"kind", "training"}, {"amount_cents", 5'000}}});
    tell("system:billing", "RecordCharge", what);
  }
  void pay(const std::string& payment, const std::string& charge,
           const json& envelope = json::object()) {
    tell("system:billing", "RecordPayment", {{"payment", payment}, {"charge", charge}}, envelope);
  }
};

// ---- Q11: deals ----

TEST_CASE("audit: referral deals with their terms and what is left of the cap") {
  const Deals f;
  const auto answer = f.ask(&Ledger::deals);
  CHECK(answer["as_of"] == f.ledger().head().value);
  REQUIRE(each(answer, "deal") == json{"d", "e"});
  const auto& d = answer["lines"][0];
  CHECK(d["workspace"] == "panels");
  CHECK(d["organisation"] == "prism");
  CHECK(d["terms"]["version"] == 2);
  CHECK(d["terms"]["kickback_percent"] == 30);
  CHECK(d["accrued_cents"] == 50'000);
  CHECK(d["paid_cents"] == 10'000);
  CHECK(d["cap_left_cents"] == 30'000);
  CHECK(d["signed"]["position"] == f.signed_d);
  CHECK(d["signed"]["actor"]["id"] == "sam");
  CHECK(d["ended"]["position"] == f.ended_d);
  CHECK(d["ended"]["actor"]["id"] == "sue");
  const auto& e = answer["lines"][1];
  CHECK(e["signed"]["occurred_at"] == "2026-03-20T00:00:00Z");
  CHECK(e["signed"]["recorded_at"] == "2026-04-01T00:00:00Z");
  CHECK(e["accrued_cents"] == 2'000);
  CHECK(!e.contains("cap_left_cents"));
  CHECK(!e.contains("ended"));
}

TEST_CASE("audit: a deal as of earlier has the terms and the sums of then") {
  const Deals f;
  const auto deal = [&](const View& view) {
    const auto line = f.ask(&Ledger::deals, view, with_tags({"deal:d"}))["lines"][0];
    return json{line["terms"]["version"], line["accrued_cents"], line["paid_cents"],
                line["cap_left_cents"], line.contains("ended")};
  };
  CHECK(deal(f.known("2026-03-02")) == json{1, 0, 0, 50'000, false});
  CHECK(deal(f.known("2026-03-16")) == json{1, 50'000, 0, 0, false});
  CHECK(deal(f.known("2026-04-30T23:59:59.999999Z")) == json{1, 33'333, 10'000, 16'667, false});
  CHECK(deal(f.known("2026-05-01")) == json{2, 33'333, 10'000, 46'667, false});
  CHECK(deal(f.known("2026-06-01")) == json{2, 50'000, 10'000, 30'000, true});
  // On 04-25 it was true that c-3 had been paid.
  CHECK(deal(f.known("2026-04-25")) == json{1, 33'333, 10'000, 16'667, false});
  CHECK(deal(f.true_at("2026-04-25")) == json{1, 47'750, 10'000, 2'250, false});
}

TEST_CASE("audit: deals are searched and paged") {
  const Deals f;
  const auto deals = [&](const View& view, const Search& search) {
    return each(f.ask(&Ledger::deals, view, search), "deal");
  };
  CHECK(deals(f.now(), with_tags({"workspace:second"})) == json{"e"});
  CHECK(deals(f.now(), with_tags({"organisation:prism", "actor:sam"})) == json{"d", "e"});
  CHECK(deals(f.now(), with_tags({"organisation:haarlem"})) == json::array());
  Search search;
  search.occurred.from = time_of("2026-03-20");
  CHECK(deals(f.now(), search) == json{"d", "e"});
  search = Search();
  search.recorded.before = time_of("2026-03-20");
  CHECK(deals(f.now(), search) == json{"d"});
  CHECK(deals(f.known("2026-03-31"), {}) == json{"d"});
  CHECK(deals(f.true_at("2026-03-19"), {}) == json{"d"});
  CHECK(deals(f.true_at("2026-03-20"), {}) == json{"d", "e"});
  const auto pages = f.paged(&Ledger::deals, {}, 1);
  CHECK(pages["lines"] == f.ask(&Ledger::deals)["lines"]);
  CHECK(pages["pages"] == 2);
  CHECK(f.failure(&Ledger::deals, f.now(), with_tags({"deal:x"})) == "NOT_FOUND");
  CHECK(f.failure(&Ledger::deals, f.known("2026-03-01"), with_tags({"deal:d"})) == "NOT_FOUND");
}

// ---- Q11: kickbacks ----

TEST_CASE("audit: how kickbacks were worked out") {
  const Deals f;
  const auto answer = f.ask(&Ledger::kickbacks);
  CHECK(each(answer, "payment") == json{"pay-1", "pay-1", "pay-6", "pay-5", "pay-3"});
  CHECK(each(answer, "cause") == json{"payment", "refund", "payment", "payment", "payment"});
  CHECK(each(answer, "charge") == json{"c-1", "c-1", "c-6", "c-5", "c-3"});
  CHECK(each(answer, "terms_version") == json{1, 1, 1, 2, 1});
  CHECK(each(answer, "base_cents") == json{306'000, 306'000, 20'000, 7'500, 80'000});
  CHECK(each(answer, "percent") == json{20, 20, 10, 30, 20});
  CHECK(each(answer, "raw_cents") == json{61'200, -16'667, 2'000, 2'250, 16'000});
  CHECK(each(answer, "accrued_cents") == json{50'000, -16'667, 2'000, 2'250, 14'417});
  CHECK(each(answer, "accrued_total_cents") == json{50'000, 33'333, 2'000, 35'583, 50'000});
  CHECK(each(answer, "cap_left_cents") == json{0, 16'667, nullptr, 44'417, 0});
  CHECK(each(answer, "terms_position") ==
        json{f.signed_d, f.signed_d, f.signed_e, f.changed_d, f.signed_d});
  CHECK(each(answer, "refunded_cents") == json{nullptr, 102'000, nullptr, nullptr, nullptr});
  CHECK(each(answer, "payment_cents") == json{nullptr, 306'000, nullptr, nullptr, nullptr});
  const auto& refund = answer["lines"][1];
  CHECK(refund["deal"] == "d");
  CHECK(refund["workspace"] == "panels");
  CHECK(refund["refund"] == "back-1");
  CHECK(refund["rounding"] == "up");
  CHECK(refund["currency"] == "EUR");
  CHECK(refund["accrued"]["recorded_at"] == "2026-03-20T00:00:00Z");
  CHECK(refund["accrued"]["actor"] == json{{"kind", "staff"}, {"id", "sam"}});
}

TEST_CASE("audit: each refund of a payment takes back a part of its kickback") {
  Deals f;
  f.tell("staff:sam", "RecordRefund",
         {{"refund", "back-2"}, {"payment", "pay-1"}, {"amount_cents", 50'000}});
  const auto answer = f.ask(&Ledger::kickbacks, with_tags({"payment:pay-1"}));
  CHECK(each(answer, "refund") == json{nullptr, "back-1", "back-2"});
  CHECK(each(answer, "accrued_cents") == json{50'000, -16'667, -8'170});
  CHECK(each(answer, "refunded_cents") == json{nullptr, 102'000, 50'000});
  CHECK(each(answer, "payment_cents") == json{nullptr, 306'000, 306'000});
  // What a refund takes back is no percentage of the base: the cap had cut the kickback.
  auto search = with_tags({"payment:pay-1"});
  search.types = {"KickbackAccrued"};
  const auto said = each(f.ask(&Ledger::trail, search), "summary");
  CHECK(said == json{"accrued kickback 500.00 EUR on deal d for payment pay-1: 20 % of 3060.00 by "
                     "terms version 1, 500.00 altogether, 0.00 of the cap left",
                     "took back 166.67 EUR of the kickback on deal d for refund back-1: 1020.00 of "
                     "the 3060.00 of payment pay-1 given back so far; by terms version 1, 333.33 "
                     "altogether, 166.67 of the cap left",
                     "took back 81.70 EUR of the kickback on deal d for refund back-2: 1520.00 of "
                     "the 3060.00 of payment pay-1 given back so far; by terms version 1, 418.30 "
                     "altogether, 81.70 of the cap left"});
}

TEST_CASE("audit: kickbacks are searched and paged") {
  const Deals f;
  const auto payments = [&](const Search& search) {
    return each(f.ask(&Ledger::kickbacks, search), "payment");
  };
  CHECK(payments(with_tags({"deal:d"})) == json{"pay-1", "pay-1", "pay-5", "pay-3"});
  CHECK(payments(with_tags({"charge:c-1"})) == json{"pay-1", "pay-1"});
  CHECK(payments(with_tags({"charge:c-1", "actor:sam"})) == json{"pay-1"});
  CHECK(payments(with_tags({"workspace:second"})) == json{"pay-6"});
  Search occurred;
  occurred.occurred = {time_of("2026-03-20"), time_of("2026-05-10")};
  CHECK(payments(occurred) == json{"pay-1", "pay-3"});
  occurred.recorded.before = time_of("2026-05-20");
  CHECK(payments(occurred) == json{"pay-1"});
  for (const int limit : {1, 2, 5}) {
    CAPTURE(limit);
    const auto pages = f.paged(&Ledger::kickbacks, {}, static_cast<std::size_t>(limit));
    CHECK(pages["lines"] == f.ask(&Ledger::kickbacks)["lines"]);
    CHECK(pages["pages"] == (5 + limit - 1) / limit);
  }
  CHECK(payments(with_tags({"charge:c-2"})) == json::array());  // known, and earned nothing
  CHECK(f.failure(&Ledger::kickbacks, f.now(), with_tags({"payment:x"})) == "NOT_FOUND");
}

TEST_CASE("audit: kickbacks as of what was recorded and of what was true") {
  const Deals f;
  const auto payments = [&](const View& view) {
    return each(f.ask(&Ledger::kickbacks, view), "payment");
  };
  CHECK(payments(f.known("2026-03-16")) == json{"pay-1"});
  CHECK(payments(f.known("2026-05-19")) == json{"pay-1", "pay-1", "pay-6", "pay-5"});
  CHECK(payments(f.true_at("2026-03-16")) == json{"pay-1", "pay-6"});
  CHECK(payments(f.true_at("2026-04-20")) == json{"pay-1", "pay-1", "pay-6", "pay-3"});
  // The terms it goes by were known when it was worked out, though not signed when it was true.
  const auto early = f.ask(&Ledger::kickbacks, f.true_at("2026-03-15"));
  CHECK(each(early, "payment") == json{"pay-6"});
  CHECK(each(early, "terms_position") == json{f.signed_e});
}

// ---- Q12 ----

TEST_CASE("audit: which discount was applied to which charge from which source") {
  const Deals f;
  const auto answer = f.ask(&Ledger::discounts);
  // c-2 has no line that could have one; c-3 has another that could not.
  CHECK(each(answer, "charge") == json{"c-6", "c-1", "c-3", "c-5"});
  CHECK(each(answer, "discount_percent") == json{0, 15, 20, 25});
  CHECK(each(answer, "discount_source") == json{"none", "deal", "account", "deal"});
  CHECK(each(answer, "deal") == json{nullptr, "d", nullptr, "d"});
  CHECK(each(answer, "terms_version") == json{0, 1, 0, 2});
  CHECK(each(answer, "gross_cents") == json{20'000, 360'000, 100'000, 10'000});
  CHECK(each(answer, "net_cents") == json{20'000, 306'000, 80'000, 7'500});
  CHECK(each(answer, "kind") == json{"plan", "plan", "plan", "plan"});
  const auto& first = answer["lines"][0];
  CHECK(first["account"] == "acc-second");
  CHECK(first["workspace"] == "second");
  CHECK(first["currency"] == "EUR");
  CHECK(first["charged"]["recorded_at"] == "2026-03-05T00:00:00Z");
  CHECK(first["charged"]["actor"] == json{{"kind", "system"}, {"id", "billing"}});
}

TEST_CASE("audit: seats and plans of agencies have discounts, too") {
  ToldLedger f;
  f.at("2026-03-01");
  f.organisation("prism", "olga");
  f.create("person:olga", "prism", "office");
  f.tell("staff:sam", "SetTier", {{"account", "acc-prism"}, {"tier", "changemaker"}});
  f.tell("staff:sam", "SetAccountStatus", {{"account", "acc-prism"}, {"status", "active"}});
  f.tell("staff:sam", "SetDiscount", {{"account", "acc-prism"}, {"percent", 10}});
  f.tell("staff:sam", "RenewAccount", {{"account", "acc-prism"}, {"interval", "yearly"}});
  f.tell("staff:sam", "RegisterPerson", {{"person", "milo"}, {"email", "milo@prism.example"}});
  f.tell("person:olga", "InviteToWorkspace",
         {{"invite", "inv-1"}, {"workspace", "office"}, {"person", "milo"}, {"role", "member"}});
  f.organisation("agnes", "ava");
  f.tell("staff:sam", "EnrollAgency", {{"organisation", "agnes"}, {"deadline", "2026-06-30"}});
  f.tell("person:ava", "CreateClientOrganisation",
         {{"agency", "agnes"}, {"organisation", "newco"}, {"name", "NEWCO"}});
  f.tell("staff:sam", "SetPartnerDiscount", {{"organisation", "newco"}, {"percent", 15}});
  f.tell("staff:sam", "DefinePlan",
         {{"plan", "pro"},
          {"name", "Professional"},
          {"special", false},
          {"monthly_cents", 10'000},
          {"yearly_cents", 100'000}});
  f.tell("person:ava", "BuyPlan",
         {{"organisation", "newco"}, {"plan", "pro"}, {"interval", "monthly"}});
  f.tell("system:billing", "BillMonth",
         {{"charge", "b-1"},
          {"organisation", "newco"},
          {"lines", json::array({{{"kind", "api_calls"}, {"amount_cents", 5'000}}})}});
  const auto answer = f.ask(&Ledger::discounts);
  CHECK(each(answer, "kind") == json{"seat", "plan"});
  CHECK(each(answer, "discount_source") == json{"account", "partner"});
  CHECK(each(answer, "discount_percent") == json{10, 15});
  CHECK(each(answer, "gross_cents") == json{90'000, 10'000});
  CHECK(each(answer, "net_cents") == json{81'000, 8'500});
  CHECK(each(answer, "description")[1] == "Professional");
}

TEST_CASE("audit: discounts are searched and paged") {
  const Deals f;
  const auto charges = [&](const View& view, const Search& search) {
    return each(f.ask(&Ledger::discounts, view, search), "charge");
  };
  CHECK(charges(f.now(), with_tags({"account:acc-panels"})) == json{"c-1", "c-3", "c-5"});
  CHECK(charges(f.now(), with_tags({"deal:d"})) == json{"c-1", "c-5"});
  CHECK(charges(f.now(), with_tags({"workspace:panels", "charge:c-3"})) == json{"c-3"});
  Search search = with_tags({"actor:billing"});
  search.recorded.from = time_of("2026-03-26");
  CHECK(charges(f.now(), search) == json{"c-3", "c-5"});
  search.occurred.before = time_of("2026-05-05");
  CHECK(charges(f.now(), search) == json{"c-3"});
  CHECK(charges(f.known("2026-03-15"), {}) == json{"c-6", "c-1"});
  // Of five charges one makes no line: it is not counted.
  for (const int limit : {1, 2, 3, 4}) {
    CAPTURE(limit);
    const auto pages = f.paged(&Ledger::discounts, {}, static_cast<std::size_t>(limit));
    CHECK(pages["lines"] == f.ask(&Ledger::discounts)["lines"]);
    CHECK(pages["pages"] == (4 + limit - 1) / limit);
  }
  CHECK(charges(f.now(), with_tags({"charge:c-2"})) == json::array());
  CHECK(f.failure(&Ledger::discounts, f.now(), with_tags({"charge:x"})) == "NOT_FOUND");
}

TEST_CASE("audit: a charge told of late as of what was recorded and of what was true") {
  Deals f;
  f.tell("system:billing", "RecordCharge",
         {{"charge", "c-7"}, {"account", "acc-panels"}, {"plan_cents", 1'000}}, fact("2026-03-12"));
  const auto charges = [&](const View& view) {
    return each(f.ask(&Ledger::discounts, view), "charge");
  };
  CHECK(charges(f.true_at("2026-03-12")) == json{"c-6", "c-7"});
  CHECK(charges(f.true_at("2026-03-11")) == json{"c-6"});
  CHECK(charges(f.known("2026-05-31")) == json{"c-6", "c-1", "c-3", "c-5"});
}

}  // namespace
}  // namespace actbook::testing

// Questions of an audit about the agency program: mandates (Q13) and the special plans that rest on
// them (Q15).
#include <string>

#include "support/told_ledger.h"

namespace actbook::testing {
namespace {

/// The partner AGNES (ava) asks CARGO (cal) on 03-01; 03-02 cal says yes: m-1. 03-03 ava enables
/// perk and gift for it, 03-04 AGNES founds NEWCO: m-new, 03-05 BORG (bo), another partner, asks
/// CARGO: m-2 at once, for which bo says yes, an owner there, too. 03-06 cal cancels m-1. It is
/// told on 04-01 that ava had cancelled m-new on 03-20.
struct Mandates : ToldLedger {
  Mandates() {
    at("2026-03-01");
    organisation("agnes", "ava");
    organisation("borg", "bo");
    organisation("cargo", "cal");
    for (const auto* agency : {"agnes", "borg"}) {
      tell("staff:sam", "EnrollAgency", {{"organisation", agency}, {"deadline", "2026-06-30"}});
    }
    tell("person:cal", "AddOrganisationMember",
         {{"organisation", "cargo"}, {"person", "bo"}, {"role", "owner"}});
    for (const auto* plan : {"perk", "gift", "rest"}) define(plan, true, true);
    tell("person:ava", "RequestMandate",
         {{"request", "r-1"}, {"agency", "agnes"}, {"client", "cargo"}});
    at("2026-03-02");
    tell("person:cal", "ApproveMandateRequest", {{"request", "r-1"}, {"mandate", "m-1"}});
    at("2026-03-03");
    enable("person:ava", "m-1", {"perk", "gift"});
    at("2026-03-04");
    tell("person:ava", "CreateClientOrganisation",
         {{"agency", "agnes"}, {"organisation", "newco"}, {"name", "NEWCO"}, {"mandate", "m-new"}});
    at("2026-03-05");
    tell("person:bo", "RequestMandate",
         {{"request", "r-2"},
          {"agency", "borg"},
          {"client", "cargo"},
          {"auto_approve", true},
          {"mandate", "m-2"}});
    at("2026-03-06");
    tell("person:cal", "CancelMandate", {{"mandate", "m-1"}});
    at("2026-04-01");
    tell("person:ava", "CancelMandate", {{"mandate", "m-new"}}, fact("2026-03-20"));
  }
  void define(const std::string& plan, bool special, bool active) {
    tell("staff:sam", "DefinePlan",
         {{"plan", plan},
          {"name", "The " + plan},
          {"special", special},
          {"active", active},
          {"monthly_cents", 10'000},
          {"yearly_cents", 100'000}});
  }
  void enable(const std::string& who, const std::string& mandate, const json& plans) {
    tell(who, "EnableSpecialPlans", {{"mandate", mandate}, {"plans", plans}});
  }
  [[nodiscard]] json plans(const View& view, const std::string& organisation) const {
    return json::parse(to_json(must(ledger().special_plans(view, organisation))));
  }
};

TEST_CASE("audit: which agency acted for whom and who approved it") {
  const Mandates f;
  const auto answer = f.ask(&Ledger::mandates);
  CHECK(each(answer, "mandate") == json{"m-1", "m-new", "m-2"});
  CHECK(each(answer, "agency") == json{"agnes", "agnes", "borg"});
  CHECK(each(answer, "client") == json{"cargo", "newco", "cargo"});
  CHECK(each(answer, "request") == json{"r-1", nullptr, "r-2"});
  CHECK(each(answer, "/requested/actor/id") == json{"ava", nullptr, "bo"});
  CHECK(each(answer, "/requested/recorded_at") ==
        json{"2026-03-01T00:00:00Z", nullptr, "2026-03-05T00:00:00Z"});
  CHECK(each(answer, "/approved/actor/id") == json{"cal", "ava", "bo"});
  CHECK(each(answer, "/approved/recorded_at") ==
        json{"2026-03-02T00:00:00Z", "2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z"});
  CHECK(each(answer, "one_person_for_both_sides")[0] == false);
  CHECK(each(answer, "one_person_for_both_sides")[2] == true);
  CHECK(each(answer, "/ended/actor/id") == json{"cal", "ava", nullptr});
  CHECK(each(answer, "ended_by") == json{"client", "client", nullptr});
}

TEST_CASE("audit: mandates are searched and paged") {
  const Mandates f;
  const auto found = [&](const Search& search) {
    return each(f.ask(&Ledger::mandates, search), "mandate");
  };
  CHECK(found(with_tags({"organisation:cargo"})) == json{"m-1", "m-2"});
  CHECK(found(with_tags({"organisation:cargo", "organisation:agnes"})) == json{"m-1"});
  CHECK(found(with_tags({"actor:ava"})) == json{"m-1", "m-new"});  // she asked for the first
  CHECK(f.failure(&Ledger::mandates, f.now(), with_tags({"person:ava"})) == "NOT_ASKED_BY");
  CHECK(found(with_tags({"mandate_request:r-2"})) == json{"m-2"});
  Search times;
  times.recorded = {time_of("2026-03-03"), time_of("2026-03-05")};
  CHECK(found(times) == json{"m-1", "m-new"});
  times.recorded = {};
  times.occurred = {time_of("2026-03-05"), {}};
  CHECK(found(times) == json{"m-1", "m-new", "m-2"});
  const auto whole = f.ask(&Ledger::mandates)["lines"];
  for (const std::size_t limit : {1U, 2U, 3U, 4U}) {
    CAPTURE(limit);
    const auto pages = f.paged(&Ledger::mandates, {}, limit);
    CHECK(pages["lines"] == whole);
    CHECK(pages["pages"] == (3 + limit - 1) / limit);
  }
  CHECK(f.failure(&Ledger::mandates, f.now(), with_tags({"organisation:crago"})) == "NOT_FOUND");
  CHECK(f.ask(&Ledger::mandates, f.known("2026-03-01"),
              with_tags({"organisation:cargo"}))["lines"] == json::array());
}

TEST_CASE("audit: mandates as of what was recorded and of what was true") {
  const Mandates f;
  const auto ended = [&](const View& view) {
    return each(f.ask(&Ledger::mandates, view), "/ended/occurred_at");
  };
  CHECK(ended(f.known("2026-03-05")) == json{nullptr, nullptr, nullptr});
  CHECK(ended(f.known("2026-03-31")) == json{"2026-03-06T00:00:00Z", nullptr, nullptr});
  CHECK(ended(f.true_at("2026-03-19")) == json{"2026-03-06T00:00:00Z", nullptr, nullptr});
  CHECK(ended(f.true_at("2026-03-20")) ==
        json{"2026-03-06T00:00:00Z", "2026-03-20T00:00:00Z", nullptr});
}

// r-3 is approved on 05-01 as m-1, which was another mandate before; no command may do that.
TEST_CASE("audit: a mandate that a fact grants anew is another line") {
  Mandates f;
  f.at("2026-05-01");
  f.tell("person:ava", "RequestMandate",
         {{"request", "r-3"}, {"agency", "agnes"}, {"client", "cargo"}});
  f.tell("person:cal", "ApproveMandateRequest", {{"request", "r-3"}, {"mandate", "m-1"}},
         fact("2026-05-01"));
  const auto answer = f.ask(&Ledger::mandates, with_tags({"mandate:m-1"}));
  CHECK(each(answer, "request") == json{"r-1", "r-3"});
  CHECK(each(answer, "/ended/recorded_at") == json{"2026-03-06T00:00:00Z", nullptr});
}

TEST_CASE("audit: which special plans could be bought and who enabled them") {
  Mandates f;
  const auto answer = f.plans(f.known("2026-03-03"), "cargo");
  CHECK(answer["at"] == "2026-03-03T00:00:00Z");
  CHECK(each(answer, "plan") == json{"gift", "perk"});
  CHECK(each(answer, "name") == json{"The gift", "The perk"});
  CHECK(each(answer, "client") == json{"cargo", "cargo"});
  CHECK(each(answer, "mandate") == json{"m-1", "m-1"});
  CHECK(each(answer, "agency") == json{"agnes", "agnes"});
  CHECK(each(answer, "/enabled/actor/id") == json{"ava", "ava"});
  CHECK(each(answer, "active") == json{true, true});
  // Before they were enabled, and once the mandate is over, there is none.
  CHECK(f.plans(f.known("2026-03-02"), "cargo")["lines"] == json::array());
  CHECK(f.plans(f.now(), "cargo")["lines"] == json::array());
  // By another mandate, in the order in which they were enabled; one is off the list, and one is
  // for everybody.
  f.at("2026-04-02");
  for (const auto* plan : {"rest", "perk", "gift"})
    f.enable("person:bo", "m-2", json::array({plan}));
  f.define("perk", true, false);
  f.define("gift", false, true);
  const auto later = f.plans(f.now(), "cargo");
  CHECK(each(later, "plan") == json{"rest", "perk"});
  CHECK(each(later, "active") == json{true, false});
  CHECK(each(later, "agency") == json{"borg", "borg"});
}

TEST_CASE("audit: special plans of somebody without any and of somebody unknown") {
  const Mandates f;
  CHECK(f.plans(f.now(), "agnes")["lines"] == json::array());
  const auto unknown = f.ledger().special_plans(f.now(), "crago");
  REQUIRE(!unknown);
  CHECK(unknown.error().code == "NOT_FOUND");
  CHECK(!f.ledger().special_plans(f.known("2026-03-03"), "newco"));
}

// It is told on 04-03 that the plan was enabled on 03-15.
TEST_CASE("audit: special plans as of what was recorded and of what was true") {
  Mandates f;
  f.at("2026-04-03");
  f.tell("person:bo", "EnableSpecialPlans", {{"mandate", "m-2"}, {"plans", {"rest"}}},
         fact("2026-03-15"));
  const auto plans = [&](const View& view) { return each(f.plans(view, "cargo"), "plan"); };
  CHECK(plans(f.known("2026-04-02")) == json::array());
  CHECK(plans(f.now()) == json{"rest"});
  CHECK(plans(f.true_at("2026-03-14")) == json::array());
  CHECK(plans(f.true_at("2026-03-15")) == json{"rest"});
}

}  // namespace
}  // namespace actbook::testing

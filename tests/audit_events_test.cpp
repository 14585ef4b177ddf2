// Questions of an audit that are lists of events: partner status (Q2) and workspaces as they were
// created (Q5). Those about data are in audit_data_test.cpp.
#include "actbook/audit.h"

#include <cstdint>
#include <limits>
#include <sstream>

#include "support/told_ledger.h"

namespace actbook::testing {
namespace {

/// 03-01 office, internal. 03-02 PRISM is granted P-7, 03-05 P-8, 03-10 enrolled under A-1. 03-20
/// the external workspace panels. 04-01 sue revokes both programs. 04-02 another external one, as
/// a fact. 04-05 P-9. AGNES is enrolled on 03-03 and makes studio on 03-04.
///
/// HAARLEM's history comes late: 05-01 it is granted H-1; 05-02 that it was revoked on 04-15; 05-03
/// that it was granted H-0 on 04-01; 05-04 workspaces of 04-10, 04-16 and 05-01 12:00.
struct Partners : ToldLedger {
  std::uint64_t p7 = 0, p8 = 0, p9 = 0, a1 = 0, a2 = 0, h0 = 0, h1 = 0, revoked = 0, late = 0;

  Partners() {
    at("2026-03-01");
    organisation("prism", "olga");
    organisation("agnes", "ava");
    organisation("haarlem", "hana");
    publish_agreement();
    create("person:olga", "prism", "office");
    at("2026-03-02");
    p7 = grant("prism", "P-7");
    at("2026-03-03");
    a2 = enroll("agnes", "A-2");
    at("2026-03-04");
    create("person:ava", "agnes", "studio");
    at("2026-03-05");
    p8 = grant("prism", "P-8");
    at("2026-03-10");
    a1 = enroll("prism", "A-1");
    at("2026-03-20");
    create_external("person:olga", "prism", "panels");
    at("2026-04-01");
    revoked =
        tell("staff:sue", "RevokePartnerStatus", {{"organisation", "prism"}}, {{"reason", "left"}});
    at("2026-04-02");
    create_external("person:olga", "prism", "after", fact("2026-04-02"));
    at("2026-04-05");
    p9 = grant("prism", "P-9");
    tell_late_history();
  }

  std::uint64_t grant(const std::string& organisation, const std::string& contract) {
    return tell("staff:sam", "GrantPartnerStatus",
                {{"organisation", organisation}, {"contract_reference", contract}},
                {{"reason", "signed"}});
  }
  std::uint64_t enroll(const std::string& organisation, const std::string& contract) {
    return tell("staff:sue", "EnrollAgency",
                {{"organisation", organisation},
                 {"deadline", "2026-12-31"},
                 {"contract_reference", contract}});
  }
  void tell_late_history() {
    at("2026-05-01");
    h1 = grant("haarlem", "H-1");
    at("2026-05-02");
    late =
        tell("staff:sue", "RevokePartnerStatus", {{"organisation", "haarlem"}}, fact("2026-04-15"));
    at("2026-05-03");
    h0 = tell("staff:sam", "GrantPartnerStatus",
              {{"organisation", "haarlem"}, {"contract_reference", "H-0"}}, fact("2026-04-01"));
    at("2026-05-04");
    for (const auto& [workspace, created] :
         {std::pair("while", "2026-04-10"), std::pair("between", "2026-04-16"),
          std::pair("again", "2026-05-01T12:00:00Z")}) {
      create("person:hana", "haarlem", workspace, fact(created));
    }
  }
};

// ---- Q2 ----

TEST_CASE("audit: when organisations were partners and who said so and why") {
  const Partners f;
  const auto answer = f.ask(&Ledger::partner_status, with_tags({"organisation:prism"}));
  CHECK(answer["as_of"] == f.ledger().head().value);
  CHECK(!answer.contains("true_at"));
  CHECK(!answer.contains("next"));
  CHECK(each(answer, "contract_reference") == json{"P-7", "P-8", "A-1", "P-9"});
  CHECK(each(answer, "program") == json{"workspace", "workspace", "agency", "workspace"});
  CHECK(each(answer, "/granted/position") == json{f.p7, f.p8, f.a1, f.p9});
  const auto& first = answer["lines"][0];
  CHECK(first["organisation"] == "prism");
  CHECK(first["granted"]["recorded_at"] == "2026-03-02T00:00:00Z");
  CHECK(first["granted"]["actor"] == json{{"kind", "staff"}, {"id", "sam"}});
  CHECK(first["granted_reason"] == "signed");
  CHECK(first["revoked"]["recorded_at"] == "2026-04-01T00:00:00Z");
  CHECK(first["revoked"]["actor"]["id"] == "sue");
  CHECK(first["revoked_reason"] == "left");
}

TEST_CASE("audit: a revocation ends each grant of its own program that stands") {
  Partners f;
  // One command ends both programs, by an event each; another grant before it ended nothing.
  const auto ended = [&](const std::string& organisation) {
    return each(f.ask(&Ledger::partner_status, with_tags({"organisation:" + organisation})),
                "/revoked/position");
  };
  CHECK(ended("prism") == json{f.revoked, f.revoked, f.revoked + 1, nullptr});
  f.grant("agnes", "P-10");
  const auto over = f.tell("staff:sam", "EndEnrollment", {{"organisation", "agnes"}});
  CHECK(ended("agnes") == json{over, nullptr});
  // An end of somebody else's, for which sam acted in PRISM's name.
  f.tell("staff:sam", "RevokePartnerStatus", {{"organisation", "agnes"}},
         {{"acting_organisation", "prism"}});
  CHECK(ended("prism")[3] == nullptr);
}

TEST_CASE("audit: an end that was not known yet is no end") {
  const Partners f;
  const auto ended = [&](const std::string& time) {
    return each(f.ask(&Ledger::partner_status, f.known(time), with_tags({"organisation:prism"})),
                "/revoked/position");
  };
  CHECK(ended("2026-03-02") == json{nullptr});
  CHECK(ended("2026-03-31T23:59:59.999999Z") == json{nullptr, nullptr, nullptr});
  CHECK(ended("2026-04-01") == json{f.revoked, f.revoked, f.revoked + 1});
}

TEST_CASE("audit: partner status as it was true and as it was recorded") {
  const Partners f;
  const auto haarlem = with_tags({"organisation:haarlem"});
  const auto asked = [&](const View& view) {
    const auto answer = f.ask(&Ledger::partner_status, view, haarlem);
    return json{each(answer, "contract_reference"), each(answer, "/revoked/position")};
  };
  // In the order in which it was recorded: H-1, an end, H-0.
  CHECK(asked(f.now()) == json{{"H-1", "H-0"}, {f.late, nullptr}});
  CHECK(asked(f.known("2026-05-01")) == json{{"H-1"}, {nullptr}});
  // In the order in which it was true: H-0, an end, H-1.
  CHECK(asked(f.true_at("2026-04-14")) == json{{"H-0"}, {nullptr}});
  CHECK(asked(f.true_at("2026-04-15")) == json{{"H-0"}, {f.late}});
  CHECK(asked(f.true_at("2026-05-01")) == json{{"H-1", "H-0"}, {nullptr, f.late}});
  const auto answer = f.ask(&Ledger::partner_status, f.true_at("2026-04-14"), haarlem);
  CHECK(answer["true_at"] == "2026-04-14T00:00:00Z");
  CHECK(answer["lines"][0]["granted"]["recorded_at"] == "2026-05-03T00:00:00Z");
  CHECK(answer["lines"][0]["granted"]["occurred_at"] == "2026-04-01T00:00:00Z");
}

TEST_CASE("audit: a search restricts by tags and actor and times and mode") {
  const Partners f;
  const auto contracts = [&](const Search& search) {
    return each(f.ask(&Ledger::partner_status, search), "contract_reference");
  };
  CHECK(contracts({}) == json{"P-7", "A-2", "P-8", "A-1", "P-9", "H-1", "H-0"});
  CHECK(contracts(with_tags({"actor:sue"})) == json{"P-7", "A-2", "P-8", "A-1", "H-1"});
  CHECK(contracts(with_tags({"actor:sue", "organisation:prism"})) == json{"P-7", "P-8", "A-1"});
  Search recorded;
  recorded.recorded = {time_of("2026-03-05"), time_of("2026-04-05")};
  CHECK(contracts(recorded) == json{"P-7", "A-2", "P-8", "A-1"});
  recorded.tags = {"actor:sam"};
  CHECK(contracts(recorded) == json{"P-7", "P-8"});
  Search occurred;
  occurred.occurred = {time_of("2026-03-10"), time_of("2026-04-05")};
  CHECK(contracts(occurred) == json{"P-7", "A-2", "P-8", "A-1", "H-0"});
  Search observed;
  observed.mode = schema::Mode::observed;
  CHECK(contracts(observed) == json{"H-1", "H-0"});  // the end of H-1 is a fact
  Search other;
  other.types = {"PartnerStatusRevoked"};
  CHECK(contracts(other) == json{"P-7", "P-8", "A-1", "H-1"});
}

TEST_CASE("audit: pages repeat nothing and leave nothing out") {
  const Partners f;
  const auto whole = f.ask(&Ledger::partner_status)["lines"];
  REQUIRE(whole.size() == 7);
  for (const int limit : {1, 2, 3, 6, 7, 8}) {
    CAPTURE(limit);
    const auto pages = f.paged(&Ledger::partner_status, {}, static_cast<std::size_t>(limit));
    CHECK(pages["lines"] == whole);
    CHECK(pages["pages"] == (7 + limit - 1) / limit);
  }
}

TEST_CASE("audit: nothing found is no error and somebody unknown is one") {
  Partners f;
  f.organisation("cargo", "cal");
  const auto nothing = f.ask(&Ledger::partner_status, with_tags({"organisation:cargo"}));
  CHECK(nothing["lines"] == json::array());
  const auto failure = [&](const View& view, const std::string& tag) {
    return f.failure(&Ledger::partner_status, view, with_tags({tag}));
  };
  CHECK(failure(f.now(), "organisation:cargo") == "");
  CHECK(failure(f.now(), "organisation:cagro") == "NOT_FOUND");
  CHECK(failure(f.known("2026-05-03"), "organisation:cargo") == "NOT_FOUND");
  CHECK(failure(f.now(), "person:nobody") == "NOT_ASKED_BY");
  CHECK(failure(f.now(), "actor:nobody") == "NOT_FOUND");
  Search empty;
  empty.recorded = {time_of("2026-04-01"), time_of("2026-04-01")};
  CHECK(f.failure(&Ledger::partner_status, f.now(), empty) == "EMPTY_RANGE");
}

TEST_CASE("audit: after the last position there is no page") {
  const Partners f;
  const auto head = f.ledger().head().value;
  for (const auto after : {head, head + 1, std::numeric_limits<std::uint64_t>::max()}) {
    CAPTURE(after);
    Search search;
    search.after = Position{after};
    Search by_acts = search;
    by_acts.tags = {"actor:sue"};
    for (const auto& view : {f.now(), f.true_at("2026-05-04")}) {
      for (const auto& answer :
           {f.ask(&Ledger::trail, view, search), f.ask(&Ledger::partner_status, view, search),
            f.ask(&Ledger::partner_status, view, by_acts), f.ask(&Ledger::creations, view, search),
            json::parse(to_json(must(f.ledger().acceptances(view, search))))}) {
        CHECK(answer["lines"] == json::array());
        CHECK(!answer.contains("next"));
      }
    }
  }
}

TEST_CASE("audit: what nothing is named is refused with what is near it") {
  const Partners f;
  const auto why = [&](auto question, const View& view, const Search& search) {
    const auto answer = (f.ledger().*question)(view, search);
    REQUIRE(!answer);
    return answer.error().code + ", " + answer.error().message;
  };
  const auto misspelt = [&](auto question, const View& view) {
    Search search;
    search.types = {"WorkspaceCreated", "WorkspaceCreatd"};
    CHECK(why(question, view, search) ==
          "UNKNOWN_NAME, type: there is no WorkspaceCreatd; near is WorkspaceCreated");
    search.types = {"xyzzy"};
    CHECK(why(question, view, search) ==
          "UNKNOWN_NAME, type: there is no xyzzy; docs/REFERENCE.md has all names");
    search = {};
    search.reasons = {"NOT_PARTNERS"};
    CHECK(why(question, view, search) ==
          "UNKNOWN_NAME, reason: there is no NOT_PARTNERS; near is NOT_PARTNER");
    search = {};
    search.commands = {"CreateWorkspaces"};
    CHECK(why(question, view, search).starts_with("UNKNOWN_NAME, command: there is no "));
  };
  for (const auto& view : {f.now(), f.true_at("2026-05-04")}) {
    misspelt(&Ledger::trail, view);
    misspelt(&Ledger::creations, view);
    misspelt(&Ledger::partner_status, view);
    misspelt(&Ledger::moves, view);
  }
  // Of refusals alone and of none of them there is nothing, which says nothing either.
  Search search;
  search.reasons = {"NOT_PARTNER"};
  search.refused = false;
  CHECK(why(&Ledger::trail, f.now(), search).starts_with("NOT_ASKED_FOR, refused:no "));
  search.refused = true;
  CHECK(f.failure(&Ledger::trail, f.now(), search).empty());
}

// ---- Q5 ----

TEST_CASE("audit: whether an organisation was a partner when a workspace was created") {
  const Partners f;
  const auto answer = f.ask(&Ledger::creations, with_tags({"organisation:prism"}));
  CHECK(each(answer, "workspace") == json{"office", "panels", "after"});
  CHECK(each(answer, "usage") == json{"internal", "external_client", "external_client"});
  CHECK(each(answer, "partner_then") == json{false, true, false});
  // Of both programs, the workspace program's grant is told; of two of its grants, the later.
  CHECK(each(answer, "/granted/position") == json{nullptr, f.p8, nullptr});
  CHECK(each(answer, "rules_broken") == json{json::array(), json::array(), json{"NOT_PARTNER"}});
  const auto& panels = answer["lines"][1];
  CHECK(panels["organisation"] == "prism");
  CHECK(panels["created"]["recorded_at"] == "2026-03-20T00:00:00Z");
  CHECK(panels["created"]["actor"]["id"] == "olga");
  CHECK(panels["granted"]["actor"]["id"] == "sam");
  // A partner in the agency program is one.
  const auto agnes = f.ask(&Ledger::creations, with_tags({"workspace:studio"}))["lines"][0];
  CHECK(agnes["partner_then"] == true);
  CHECK(agnes["granted"]["position"] == f.a2);
}

TEST_CASE("audit: a workspace told of late as of what was recorded and of what was true") {
  const Partners f;
  const auto haarlem = with_tags({"organisation:haarlem"});
  const auto granted = [&](const View& view) {
    const auto answer = f.ask(&Ledger::creations, view, haarlem);
    return json{each(answer, "workspace"), each(answer, "/granted/position")};
  };
  CHECK(granted(f.now()) == json{{"while", "between", "again"}, {f.h0, f.h0, f.h0}});
  CHECK(granted(f.true_at("2026-05-03")) ==
        json{{"while", "between", "again"}, {f.h0, nullptr, f.h1}});
  CHECK(granted(f.true_at("2026-04-16")) == json{{"while", "between"}, {f.h0, nullptr}});
  CHECK(granted(f.true_at("2026-04-15")) == json{{"while"}, {f.h0}});
  CHECK(granted(f.known("2026-05-03")) == json{json::array(), json::array()});
}

TEST_CASE("audit: creations are searched and paged") {
  const Partners f;
  const auto workspaces = [&](const Search& search) {
    return each(f.ask(&Ledger::creations, search), "workspace");
  };
  const auto whole = f.ask(&Ledger::creations)["lines"];
  REQUIRE(whole.size() == 7);
  CHECK(f.paged(&Ledger::creations, {}, 3)["lines"] == whole);
  CHECK(f.paged(&Ledger::creations, {}, 3)["pages"] == 3);
  CHECK(workspaces(with_tags({"actor:olga"})) == json{"office", "panels", "after"});
  CHECK(workspaces(with_tags({"actor:olga", "workspace:panels"})) == json{"panels"});
  Search broken;
  broken.broken = true;
  broken.tags = {"organisation:prism"};
  CHECK(workspaces(broken) == json{"after"});
  Search occurred;
  occurred.occurred.from = time_of("2026-04-16");
  CHECK(workspaces(occurred) == json{"between", "again"});
  Search recorded;
  recorded.recorded.before = time_of("2026-03-20");
  CHECK(workspaces(recorded) == json{"office", "studio"});
  CHECK(f.failure(&Ledger::creations, f.now(), with_tags({"workspace:no"})) == "NOT_FOUND");
}

TEST_CASE(
    "audit: a question by what its events do not name is refused and says by what it can be "
    "asked") {
  const Partners f;
  const auto failure = [&](auto question, const char* tag) {
    return f.failure(question, f.now(), with_tags({tag}));
  };
  CHECK(failure(&Ledger::seats, "organisation:prism") == "NOT_ASKED_BY");
  CHECK(failure(&Ledger::seats, "workspace:panels") == "NOT_ASKED_BY");
  CHECK(failure(&Ledger::reads, "organisation:prism") == "NOT_ASKED_BY");
  CHECK(failure(&Ledger::moves, "organisation:prism") == "NOT_ASKED_BY");
  CHECK(failure(&Ledger::deals, "account:acc") == "NOT_ASKED_BY");
  // By either of them, but not by both.
  const auto roles =
      f.ledger().roles(f.now(), with_tags({"workspace:panels", "organisation:prism"}));
  REQUIRE(!roles);
  CHECK(roles.error().code == "NOT_ASKED_BY");
  CHECK(roles.error().message.ends_with("ask by one of them"));
  const auto refused = check_keys(kSeatsKeys, with_tags({"actor:olga", "workspace:panels"}));
  CHECK(refused.error().message.find("ask by one of: account person") != std::string::npos);
  for (const auto& keys : kAuditKeys) {
    CHECK(check_keys(keys, with_tags({"actor:olga", "correlation:c"})));
    CHECK_FALSE(check_keys(keys, with_tags({"plan:p"})));
    std::istringstream kinds{std::string(keys.kinds)};
    for (std::string kind; kinds >> kind;) {
      CHECK_MESSAGE(Entity::parse(kind + ":x"), keys.question, " by ", kind);
      CHECK(check_keys(keys, with_tags({kind + ":x"})));
    }
  }
}

}  // namespace
}  // namespace actbook::testing

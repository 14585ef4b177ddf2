// Questions of an audit about what lasts: roles (Q6), paid seats (Q7), handoffs (Q9), mandates
// (Q13) and special plans (Q15).
#include <string>
#include <vector>

#include "support/told_ledger.h"

namespace actbook::testing {
namespace {

/// PRISM (owner olga, admin adam, member milo) has the external workspace panels since 03-01, made
/// by adam. 03-02 ed gets in as external, 03-03 as observer; 03-04 milo as member; 03-05 olga joins
/// by herself; 03-06 adam removes ed; 03-07 milo leaves; 03-08 milo has billing in PRISM, and on
/// 03-09 nothing.
struct Roles : ToldLedger {
  Roles() {
    found_partner();
    add("adam", "admin");
    add("milo", "member");
    create_external("person:adam", "prism", "panels");
    at("2026-03-02");
    invite("ed", "external");
    at("2026-03-03");
    change("ed", "observer");
    at("2026-03-04");
    invite("milo", "member");
    at("2026-03-05");
    tell("person:olga", "SelfJoin", {{"workspace", "panels"}});
    at("2026-03-06");
    remove("person:adam", "ed");
    at("2026-03-07");
    remove("person:milo", "milo");
    at("2026-03-08");
    tell("person:olga", "ChangeOrganisationRole",
         {{"organisation", "prism"}, {"person", "milo"}, {"role", "billing"}});
    at("2026-03-09");
    tell("person:olga", "RemoveOrganisationMember",
         {{"organisation", "prism"}, {"person", "milo"}});
  }

  void add(const std::string& person, const std::string& role) {
    tell("person:olga", "AddOrganisationMember",
         {{"organisation", "prism"}, {"person", person}, {"role", role}});
  }
  std::uint64_t invite(const std::string& person, const std::string& role,
                       const json& envelope = json::object()) {
    return tell("person:adam", "InviteToWorkspace",
                {{"invite", "i-" + std::to_string(++invites_)},
                 {"workspace", "panels"},
                 {"person", person},
                 {"role", role}},
                envelope);
  }
  void change(const std::string& person, const std::string& role,
              const json& envelope = json::object()) {
    tell("person:adam", "ChangeWorkspaceRole",
         {{"workspace", "panels"}, {"person", person}, {"role", role}}, envelope);
  }
  void remove(const std::string& who, const std::string& person,
              const json& envelope = json::object()) {
    tell(who, "RemoveMember", {{"workspace", "panels"}, {"person", person}}, envelope);
  }

  [[nodiscard]] json roles(const View& view, const std::vector<std::string>& tags) const {
    return ask(&Ledger::roles, view, with_tags(tags));
  }
  [[nodiscard]] json roles(const std::vector<std::string>& tags) const {
    return roles(now(), tags);
  }

 private:
  int invites_ = 0;
};

/// The days of the recorded instants of a member of each line, null where there is none.
json days(const json& answer, const std::string& member,
          const std::string& instant = "recorded_at") {
  json all = json::array();
  std::string path = "/";
  path.append(member).append("/").append(instant);
  for (const auto& time : each(answer, path)) {
    all.push_back(time.is_null() ? json() : json(time.get<std::string>().substr(5, 5)));
  }
  return all;
}

// ---- Q6 ----

TEST_CASE("audit: which role somebody held and who gave and took it") {
  const Roles f;
  const auto answer = f.roles({"person:ed"});
  CHECK(answer["as_of"] == f.ledger().head().value);
  CHECK(!answer.contains("next"));
  CHECK(each(answer, "entity") == json{"workspace:panels", "workspace:panels"});
  CHECK(each(answer, "role") == json{"external", "observer"});
  CHECK(each(answer, "source") == json{"direct", "direct"});
  CHECK(days(answer, "from") == json{"03-02", "03-03"});
  CHECK(days(answer, "until") == json{"03-03", "03-06"});
  CHECK(each(answer, "cause") == json{"role_changed", "removed"});
  CHECK(each(answer, "/from/actor/id") == json{"adam", "adam"});
  CHECK(each(answer, "/until/actor/id") == json{"adam", "adam"});
  CHECK(answer["lines"][0]["until"] == answer["lines"][1]["from"]);
  CHECK(answer["lines"][0]["basis"] == "direct membership as owner");
}

TEST_CASE("audit: roles in an organisation and in its workspaces") {
  const Roles f;
  const auto milo = f.roles({"person:milo"});
  CHECK(each(milo, "entity") ==
        json{"organisation:prism", "workspace:panels", "organisation:prism"});
  CHECK(each(milo, "role") == json{"member", "member", "billing"});
  CHECK(each(milo, "source") == json{nullptr, "direct", nullptr});
  CHECK(days(milo, "from") == json{"03-01", "03-04", "03-08"});
  CHECK(days(milo, "until") == json{"03-08", "03-07", "03-09"});
  CHECK(each(milo, "cause") == json{"role_changed", "left", "removed"});
  // One is asked for by the tag of the person, not of whoever did it to them, nor of the data owner
  // whom a self-join names.
  CHECK(each(f.roles({"person:adam"}), "role") == json{"admin", "owner"});
  CHECK(each(f.roles({"person:olga"}), "source") == json{nullptr, "self_join"});
  CHECK(each(f.roles({"person:clara"}), "role") == json::array());
  CHECK(each(f.roles({"actor:olga", "workspace:panels"}), "person") == json{"olga"});
}

TEST_CASE("audit: whoever leaves an organisation alone did leave") {
  Roles f;
  f.add("gus", "member");
  f.tell("person:gus", "RemoveOrganisationMember", {{"organisation", "prism"}, {"person", "gus"}});
  CHECK(each(f.roles({"person:gus"}), "cause") == json{"left"});
}

TEST_CASE("audit: an organisation is asked for its roles, not for what was done in its name") {
  Roles f;
  f.invite("dora", "member", {{"acting_organisation", "haarlem"}});
  CHECK(each(f.roles({"organisation:haarlem"}), "person") == json{"hana"});
  CHECK(each(f.roles({"organisation:prism"}), "person") ==
        json{"olga", "adam", "milo", "milo", "dora"});
  CHECK(each(f.roles({"organisation:prism"}), "role") ==
        json{"owner", "admin", "member", "billing", "member"});
}

TEST_CASE("audit: a second membership is another line and nobody else's") {
  Roles f;
  f.at("2026-03-10");
  f.invite("ed", "observer");
  const auto ed = f.roles({"person:ed"});
  CHECK(days(ed, "from") == json{"03-02", "03-03", "03-10"});
  CHECK(days(ed, "until") == json{"03-03", "03-06", nullptr});
  CHECK(each(ed, "cause") == json{"role_changed", "removed", nullptr});
}

TEST_CASE("audit: roles are searched by tags and actor and times and mode") {
  const Roles f;
  const auto people = [&](const Search& search) {
    return each(f.ask(&Ledger::roles, search), "person");
  };
  const json everybody = {"olga", "hana", "adam", "milo", "adam",
                          "ed",   "ed",   "milo", "olga", "milo"};
  CHECK(people({}) == everybody);
  CHECK(people(with_tags({"workspace:panels"})) == json{"adam", "ed", "ed", "milo", "olga"});
  CHECK(people(with_tags({"workspace:panels", "actor:adam"})) == json{"adam", "ed", "ed", "milo"});
  Search recorded;
  recorded.recorded = {time_of("2026-03-03"), time_of("2026-03-05")};
  CHECK(people(recorded) == json{"olga", "hana", "adam", "milo", "adam", "ed", "ed", "milo"});
  Search occurred;
  occurred.occurred = {time_of("2026-03-05"), {}};
  CHECK(people(occurred) ==
        json{"olga", "hana", "adam", "milo", "adam", "ed", "milo", "olga", "milo"});
  Search observed;
  observed.mode = schema::Mode::observed;
  CHECK(people(observed) == json::array());
  Search changed;
  changed.types = {"MembershipRoleChanged", "MembershipEnded"};
  CHECK(people(changed) == json{"ed", "ed", "milo"});
  for (const std::size_t limit : {1U, 2U, 3U, 9U, 10U, 11U}) {
    CAPTURE(limit);
    const auto pages = f.paged(&Ledger::roles, {}, limit);
    CHECK(pages["lines"] == f.ask(&Ledger::roles)["lines"]);
    CHECK(pages["pages"] == (10 + limit - 1) / limit);
  }
}

TEST_CASE("audit: the end of a role is known from when it was recorded") {
  const Roles f;
  const auto ends = [&](const std::string& time) {
    const auto answer = f.roles(f.known(time), {"person:ed"});
    return json{each(answer, "role"), days(answer, "until")};
  };
  CHECK(ends("2026-03-02") == json{{"external"}, {nullptr}});
  CHECK(ends("2026-03-02T23:59:59.999999Z") == json{{"external"}, {nullptr}});
  CHECK(ends("2026-03-03") == json{{"external", "observer"}, {"03-03", nullptr}});
  CHECK(ends("2026-03-06") == json{{"external", "observer"}, {"03-03", "03-06"}});
}

// 03-20 dora is a member. 04-01 it is told that she was removed on 03-25, and 04-02 that she had
// been an admin since 03-22.
TEST_CASE("audit: roles told of late as of what was recorded and of what was true") {
  Roles f;
  f.at("2026-03-20");
  f.invite("dora", "member");
  f.at("2026-04-01");
  f.remove("person:adam", "dora", fact("2026-03-25"));
  f.at("2026-04-02");
  f.change("dora", "admin", fact("2026-03-22"));
  const auto held = [&](const View& view, const std::string& instant) {
    const auto answer = f.roles(view, {"person:dora", "workspace:panels"});
    return json{each(answer, "role"), days(answer, "from", instant), days(answer, "until", instant),
                each(answer, "cause")};
  };
  CHECK(held(f.now(), "recorded_at") ==
        json{{"member", "admin"}, {"03-20", "04-02"}, {"04-01", nullptr}, {"removed", nullptr}});
  CHECK(held(f.known("2026-03-31"), "recorded_at") ==
        json{{"member"}, {"03-20"}, {nullptr}, {nullptr}});
  CHECK(held(f.true_at("2026-04-02"), "occurred_at") == json{{"member", "admin"},
                                                             {"03-20", "03-22"},
                                                             {"03-22", "03-25"},
                                                             {"role_changed", "removed"}});
  CHECK(
      held(f.true_at("2026-03-24"), "occurred_at") ==
      json{{"member", "admin"}, {"03-20", "03-22"}, {"03-22", nullptr}, {"role_changed", nullptr}});
  CHECK(held(f.true_at("2026-03-21"), "occurred_at") ==
        json{{"member"}, {"03-20"}, {nullptr}, {nullptr}});
}

TEST_CASE("audit: a support session ends by itself or by an event that came before") {
  Roles f;
  f.at("2026-04-01T10:00Z");
  f.tell("person:adam", "OpenSupportDoor", {{"workspace", "panels"}});
  f.tell("staff:sue", "JoinSupport", {{"workspace", "panels"}});
  f.at("2026-04-01T18:00Z");
  f.tell("staff:sue", "JoinSupport", {{"workspace", "panels"}});
  const auto sue = [&](const View& view) { return f.roles(view, {"person:sue"})["lines"]; };
  CHECK(sue(f.known("2026-04-01T12:00Z"))[0]["expires_at"] == "2026-04-02T10:00:00Z");
  CHECK(sue(f.now())[0]["expires_at"] == "2026-04-02T18:00:00Z");
  CHECK(sue(f.now())[0]["source"] == "staff_support");
  // It has run out by then.
  f.at("2026-04-03");
  f.tell("staff:sue", "JoinSupport", {{"workspace", "panels"}});
  f.at("2026-04-03T06:00Z");
  f.tell("staff:sue", "LeaveSupport", {{"workspace", "panels"}});
  const auto lines = sue(f.now());
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["until"]["recorded_at"] == "2026-04-02T18:00:00Z");
  CHECK(lines[0]["cause"] == "expired");
  CHECK(lines[0]["expires_at"] == "2026-04-02T18:00:00Z");
  CHECK(lines[1]["until"]["recorded_at"] == "2026-04-03T06:00:00Z");
  CHECK(lines[1]["cause"] == "left");
  CHECK(lines[1]["expires_at"] == "2026-04-04T00:00:00Z");
}

TEST_CASE("audit: a role that was given against the rules says which") {
  Roles f;
  f.at("2026-03-10");
  f.tell("person:eve", "InviteToWorkspace",
         {{"invite", "i-eve"}, {"workspace", "panels"}, {"person", "max"}, {"role", "member"}},
         fact("2026-03-10"));
  f.at("2026-03-11");
  f.change("max", "admin");
  const auto max = f.roles({"person:max"});
  // The invite made max a member of the organisation, too.
  CHECK(each(max, "role") == json{"member", "member", "admin"});
  const json broken = {"FORBIDDEN", "ROLE_ABOVE_OWN"};
  CHECK(each(max, "rules_broken") == json{broken, broken, json::array()});
  CHECK(each(f.roles({"person:adam"}), "rules_broken") == json{json::array(), json::array()});
}

TEST_CASE("audit: no role found is no error and somebody unknown is one") {
  const Roles f;
  CHECK(f.roles({"person:clara"})["lines"] == json::array());
  CHECK(f.failure(&Ledger::roles, f.now(), with_tags({"person:claar"})) == "NOT_FOUND");
  CHECK(f.failure(&Ledger::roles, f.known("2026-03-01"), with_tags({"person:ed"})) == "NOT_FOUND");
  CHECK(f.failure(&Ledger::roles, f.known("2026-03-02"), with_tags({"person:ed"})) == "");
}

// ---- Q7 ----

/// PRISM's internal workspace office since 03-01, on a changemaker's account that is paid yearly
/// from 03-02 on. 03-03 milo takes a seat, and 03-04 adam; 03-05 milo gives his back; 03-06 dora
/// takes one that was paid for. 03-07 milo is back. 04-01 it is told that adam left on 03-10.
struct Seats : ToldLedger {
  Seats() {
    at("2026-03-01");
    organisation("prism", "olga");
    create("person:olga", "prism", "office");
    at("2026-03-02");
    tell("staff:sam", "SetTier", {{"account", "acc-prism"}, {"tier", "changemaker"}});
    tell("staff:sam", "SetAccountStatus", {{"account", "acc-prism"}, {"status", "active"}});
    tell("staff:sam", "RenewAccount", {{"account", "acc-prism"}, {"interval", "yearly"}});
    at("2026-03-03");
    invite("person:olga", "milo", "admin");
    at("2026-03-04");
    invite("person:milo", "adam", "member");
    at("2026-03-05");
    remove("person:olga", "milo");
    at("2026-03-06");
    invite("person:olga", "dora", "member");
    at("2026-03-07");
    invite("person:olga", "milo", "member");
    at("2026-04-01");
    remove("person:adam", "adam", fact("2026-03-10"));
  }
  void invite(const std::string& who, const std::string& person, const std::string& role) {
    tell(who, "InviteToWorkspace",
         {{"invite", "i-" + person + role},
          {"workspace", "office"},
          {"person", person},
          {"role", role}});
  }
  void remove(const std::string& who, const std::string& person,
              const json& envelope = json::object()) {
    tell(who, "RemoveMember", {{"workspace", "office"}, {"person", person}}, envelope);
  }
  [[nodiscard]] json seats(const View& view, const std::string& tag) const {
    return ask(&Ledger::seats, view, with_tags({tag}));
  }
};

TEST_CASE("audit: who took a paid seat and what it was charged by") {
  const Seats f;
  const auto answer = f.seats(f.now(), "account:acc-prism");
  CHECK(each(answer, "person") == json{"olga", "milo", "adam", "dora", "milo"});
  CHECK(days(answer, "from") == json{"03-01", "03-03", "03-04", "03-06", "03-07"});
  CHECK(days(answer, "until") == json{nullptr, "03-05", "04-01", nullptr, nullptr});
  CHECK(each(answer, "/from/actor/id") == json{"olga", "olga", "milo", "olga", "olga"});
  // Before the period, and where it was paid for, none is charged.
  const auto charges = each(f.ask(&Ledger::discounts), "charge");
  REQUIRE(charges.size() == 3);
  CHECK(each(answer, "charge") == json{nullptr, charges[0], charges[1], nullptr, charges[2]});
}

TEST_CASE("audit: seats are searched and paged") {
  const Seats f;
  const auto people = [&](const Search& search) {
    return each(f.ask(&Ledger::seats, search), "person");
  };
  // Not that which milo gave to adam.
  CHECK(people(with_tags({"person:milo"})) == json{"milo", "milo"});
  CHECK(people(with_tags({"actor:milo"})) == json{"adam"});
  Search times;
  times.recorded = {time_of("2026-03-04"), time_of("2026-03-07")};
  CHECK(people(times) == json{"olga", "milo", "adam", "dora"});
  times.recorded = {};
  times.occurred = {{}, time_of("2026-03-03")};
  CHECK(people(times) == json{"olga"});
  const auto whole = f.ask(&Ledger::seats)["lines"];
  for (const std::size_t limit : {1U, 2U, 4U, 5U, 6U}) {
    CAPTURE(limit);
    const auto pages = f.paged(&Ledger::seats, {}, limit);
    CHECK(pages["lines"] == whole);
    CHECK(pages["pages"] == (5 + limit - 1) / limit);
  }
  CHECK(f.failure(&Ledger::seats, f.now(), with_tags({"account:acc"})) == "NOT_FOUND");
  CHECK(f.failure(&Ledger::seats, f.now(), with_tags({"workspace:office"})) == "NOT_ASKED_BY");
}

TEST_CASE("audit: seats as of what was recorded and of what was true") {
  const Seats f;
  const auto until = [&](const View& view) { return days(f.seats(view, "person:adam"), "until"); };
  CHECK(until(f.known("2026-03-31")) == json{nullptr});
  CHECK(until(f.now()) == json{"04-01"});
  CHECK(until(f.true_at("2026-03-09")) == json{nullptr});
  CHECK(days(f.seats(f.true_at("2026-03-10"), "person:adam"), "until", "occurred_at") ==
        json{"03-10"});
}

// ---- Q9 ----

/// PRISM proposes panels to HAARLEM: h-1 on 06-01 by adam, cancelled on 06-03 by bea; h-2 on 06-05
/// by olga, declined on 06-06 by hana; h-3 on 06-07, accepted on 06-10 by hugo.
struct Handoffs : ToldLedger {
  Handoffs() {
    found_partner();
    for (const auto* admin : {"adam", "bea"}) {
      tell("person:olga", "AddOrganisationMember",
           {{"organisation", "prism"}, {"person", admin}, {"role", "admin"}});
    }
    tell("person:hana", "AddOrganisationMember",
         {{"organisation", "haarlem"}, {"person", "hugo"}, {"role", "admin"}});
    create_external("person:adam", "prism", "panels");
    at("2026-06-01");
    propose("person:adam", "h-1");
    at("2026-06-03");
    tell("person:bea", "CancelHandoff", {{"handoff", "h-1"}}, {{"reason", "too early"}});
    at("2026-06-05");
    propose("person:olga", "h-2");
    at("2026-06-06");
    tell("person:hana", "DeclineHandoff", {{"handoff", "h-2"}}, {{"reason", "not yet"}});
    at("2026-06-07");
    propose("person:olga", "h-3");
    at("2026-06-10");
    tell("person:hugo", "AcceptHandoff", {{"handoff", "h-3"}}, {{"reason", "at last"}});
  }
  std::uint64_t propose(const std::string& who, const std::string& handoff,
                        const json& envelope = json::object()) {
    return tell(who, "ProposeHandoff",
                {{"handoff", handoff}, {"workspace", "panels"}, {"target", "haarlem"}}, envelope);
  }
};

TEST_CASE("audit: what became of handoffs and how many there were") {
  const Handoffs f;
  const auto answer = f.ask(&Ledger::handoffs, with_tags({"workspace:panels"}));
  CHECK(each(answer, "handoff") == json{"h-1", "h-2", "h-3"});
  CHECK(each(answer, "state") == json{"cancelled", "declined", "accepted"});
  CHECK(days(answer, "proposed") == json{"06-01", "06-05", "06-07"});
  CHECK(days(answer, "decided") == json{"06-03", "06-06", "06-10"});
  CHECK(each(answer, "/proposed/actor/id") == json{"adam", "olga", "olga"});
  CHECK(each(answer, "/decided/actor/id") == json{"bea", "hana", "hugo"});
  CHECK(each(answer, "reason") == json{"too early", "not yet", "at last"});
  CHECK(each(answer, "from_organisation") == json{"prism", "prism", "prism"});
  CHECK(each(answer, "target") == json{"haarlem", "haarlem", "haarlem"});
  CHECK(each(answer, "workspace") == json{"panels", "panels", "panels"});
  // As the state of each says.
  for (const auto& line : answer["lines"]) {
    const auto state = must(f.ledger().show(
        f.now(), must(Entity::parse("handoff:" + line["handoff"].get<std::string>()))));
    CHECK(json::parse(to_json(state))["state"]["line"] == line);
  }
}

TEST_CASE("audit: handoffs are searched and paged and asked about as of earlier") {
  const Handoffs f;
  const auto found = [&](const Search& search) {
    return each(f.ask(&Ledger::handoffs, search), "handoff");
  };
  CHECK(found(with_tags({"actor:olga"})) == json{"h-2", "h-3"});
  CHECK(found(with_tags({"handoff:h-1"})) == json{"h-1"});
  Search times;
  times.recorded = {time_of("2026-06-02"), time_of("2026-06-07")};
  CHECK(found(times) == json{"h-1", "h-2"});
  const auto whole = f.ask(&Ledger::handoffs)["lines"];
  for (const std::size_t limit : {1U, 2U, 3U}) {
    CHECK(f.paged(&Ledger::handoffs, {}, limit)["lines"] == whole);
  }
  const auto states = [&](const std::string& time) {
    return each(f.ask(&Ledger::handoffs, f.known(time)), "state");
  };
  CHECK(states("2026-06-02") == json{"proposed"});
  CHECK(states("2026-06-03") == json{"cancelled"});
  CHECK(states("2026-06-07") == json{"cancelled", "declined", "proposed"});
  CHECK(f.ask(&Ledger::handoffs, f.known("2026-05-01"))["lines"] == json::array());
  CHECK(f.failure(&Ledger::handoffs, f.now(), with_tags({"handoff:h-9"})) == "NOT_FOUND");
}

// h-1 again, which no command may do: proposed on 06-15, cancelled on 06-20. It is told on 06-25
// that this was on 06-12 and 06-14.
TEST_CASE("audit: a handoff proposed twice by facts and told of late") {
  Handoffs f;
  f.at("2026-06-25");
  f.propose("person:olga", "h-1", fact("2026-06-12"));
  f.at("2026-06-26");
  f.tell("person:olga", "CancelHandoff", {{"handoff", "h-1"}}, fact("2026-06-14"));
  f.at("2026-06-27");
  f.propose("person:olga", "h-4", fact("2026-06-27"));
  const auto states = [&](const View& view) {
    const auto answer = f.ask(&Ledger::handoffs, view, with_tags({"handoff:h-1"}));
    return json{each(answer, "state"), days(answer, "proposed", "occurred_at"),
                days(answer, "decided", "occurred_at")};
  };
  CHECK(states(f.now()) ==
        json{{"cancelled", "cancelled"}, {"06-01", "06-12"}, {"06-03", "06-14"}});
  CHECK(states(f.known("2026-06-25")) ==
        json{{"cancelled", "proposed"}, {"06-01", "06-12"}, {"06-03", nullptr}});
  CHECK(states(f.true_at("2026-06-11")) == json{{"cancelled"}, {"06-01"}, {"06-03"}});
  CHECK(states(f.true_at("2026-06-13")) ==
        json{{"cancelled", "proposed"}, {"06-01", "06-12"}, {"06-03", nullptr}});
}

}  // namespace
}  // namespace actbook::testing

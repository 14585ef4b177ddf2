// Lists of what lasts are asked by when it lasted and by any of its acts; what a list cannot be
// asked by is told, and so is what nobody knows.
#include "support/told_ledger.h"

namespace actbook::testing {
namespace {

/// PRISM (owner olga, admin adam) is a partner from 03-01 to 03-10, when sue ends it. On 03-03 adam
/// proposes to hand panels over to HAARLEM (owner hana), who declines on 03-06.
struct Lasted : ToldLedger {
  Lasted() {
    granted = found_partner();
    add("olga", "prism", "adam", "admin");
    created = create_external("person:adam", "prism", "panels");
    at("2026-03-03");
    tell("person:adam", "ProposeHandoff",
         {{"handoff", "h"}, {"workspace", "panels"}, {"target", "haarlem"}});
    at("2026-03-06");
    tell("person:hana", "DeclineHandoff", {{"handoff", "h"}}, {{"correlation_id", "c-hana"}});
    at("2026-03-10");
    tell("staff:sue", "RevokePartnerStatus", {{"organisation", "prism"}});
    at("2026-03-20");
  }
  template <class Answer>
  std::size_t count(Question<Answer> question, const Search& search) const {
    return ask(question, search).at("lines").size();
  }
  [[nodiscard]] json acceptances(const Search& search) const {
    return json::parse(to_json(must(ledger().acceptances(now(), search))));
  }
  std::uint64_t granted = 0;
  std::uint64_t created = 0;
};

Search within(const std::string& from, const std::string& before) {
  Search search;
  search.recorded = {time_of(from), time_of(before)};
  return search;
}

TEST_CASE("lasting: a range finds what lasted at some time in it") {
  const Lasted f;
  CHECK(f.count(&Ledger::partner_status, within("2026-02-01", "2026-03-01")) == 0);
  CHECK(f.count(&Ledger::partner_status, within("2026-03-01", "2026-03-02")) == 1);
  CHECK(f.count(&Ledger::partner_status, within("2026-03-05", "2026-03-06")) == 1);
  CHECK(f.count(&Ledger::partner_status, within("2026-03-10", "2026-03-11")) == 1);
  CHECK(f.count(&Ledger::partner_status, within("2026-03-10T00:00:00.000001Z", "2026-03-11")) == 0);
  CHECK(f.count(&Ledger::handoffs, within("2026-03-06", "2026-03-07")) == 1);
  CHECK(f.count(&Ledger::handoffs, within("2026-03-07", "2026-03-08")) == 0);
  Search occurred;
  occurred.occurred = {time_of("2026-03-04"), time_of("2026-03-05")};
  CHECK(f.count(&Ledger::handoffs, occurred) == 1);
  occurred.occurred = {time_of("2026-03-07"), {}};
  CHECK(f.count(&Ledger::handoffs, occurred) == 0);
}

TEST_CASE("lasting: any of its acts is enough of whoever and whatever type and correlation") {
  const Lasted f;
  for (const auto* tag : {"actor:adam", "actor:hana", "correlation:c-hana"}) {
    CAPTURE(tag);
    CHECK(f.count(&Ledger::handoffs, with_tags({tag})) == 1);
    CHECK(f.count(&Ledger::handoffs, with_tags({tag, "workspace:panels"})) == 1);
    CHECK(f.count(&Ledger::handoffs, with_tags({tag, "organisation:prism"})) == 1);
  }
  CHECK(f.count(&Ledger::handoffs, with_tags({"actor:olga"})) == 0);
  CHECK(f.count(&Ledger::partner_status, with_tags({"actor:sue"})) == 1);
  CHECK(f.count(&Ledger::partner_status, with_tags({"actor:sue", "organisation:haarlem"})) == 0);
  Search declined = with_tags({"actor:hana"});
  declined.types = {"HandoffDeclined"};
  CHECK(f.count(&Ledger::handoffs, declined) == 1);
  declined.types = {"HandoffAccepted"};
  CHECK(f.count(&Ledger::handoffs, declined) == 0);
  Search later = with_tags({"actor:hana"});
  later.recorded = {time_of("2026-03-07"), {}};
  CHECK(f.count(&Ledger::handoffs, later) == 0);
}

TEST_CASE("lasting: of an entity any of its acts is enough as well") {
  Lasted f;
  f.tell("person:olga", "AddOrganisationMember",
         {{"organisation", "haarlem"}, {"person", "milo"}, {"role", "member"}}, fact("2026-03-05"));
  const auto found = [&](auto question, const std::string& tag, const auto& narrow) {
    Search search = with_tags({tag});
    narrow(search);
    return f.count(question, search);
  };
  const auto of_type = [](const char* type) {
    return [type](Search& search) { search.types = {type}; };
  };
  const auto observed = [](Search& search) { search.mode = schema::Mode::observed; };
  CHECK(found(&Ledger::handoffs, "workspace:panels", of_type("HandoffDeclined")) == 1);
  CHECK(found(&Ledger::handoffs, "workspace:panels", of_type("HandoffCancelled")) == 0);
  CHECK(found(&Ledger::handoffs, "organisation:prism", of_type("HandoffProposed")) == 1);
  CHECK(found(&Ledger::handoffs, "workspace:panels", observed) == 0);
  CHECK(found(&Ledger::roles, "organisation:haarlem", observed) == 1);
  CHECK(found(&Ledger::roles, "organisation:prism", observed) == 0);
  CHECK(found(&Ledger::partner_status, "organisation:prism", of_type("PartnerStatusRevoked")) == 1);
  CHECK(found(&Ledger::partner_status, "organisation:haarlem", of_type("PartnerStatusRevoked")) ==
        0);
}

TEST_CASE("lasting: what said when a session is over is one of its acts") {
  Lasted f;
  f.at("2026-03-20T10:00Z");
  f.tell("person:adam", "OpenSupportDoor", {{"workspace", "panels"}});
  f.tell("staff:sue", "JoinSupport", {{"workspace", "panels"}});
  f.at("2026-03-20T20:00Z");
  f.tell("staff:sue", "JoinSupport", {{"workspace", "panels"}}, {{"correlation_id", "c-more"}});
  f.at("2026-03-25");
  f.create("person:olga", "prism", "later");
  CHECK(f.count(&Ledger::roles, with_tags({"correlation:c-more"})) == 1);
  CHECK(f.count(&Ledger::roles, with_tags({"correlation:c-more", "workspace:panels"})) == 1);
}

TEST_CASE("lasting: roles are asked of a workspace or of an organisation") {
  Lasted f;
  const auto invite = [&](const std::string& person, const json& envelope) {
    f.tell("person:adam", "InviteToWorkspace",
           {{"invite", "i-" + person},
            {"workspace", "panels"},
            {"person", person},
            {"role", "member"}},
           envelope);
  };
  invite("milo", {{"acting_organisation", "prism"}});
  invite("nia", json::object());
  const auto people = [&](std::vector<std::string> tags) {
    return each(f.ask(&Ledger::roles, with_tags(std::move(tags))), "person");
  };
  const auto both =
      f.ledger().roles(f.now(), with_tags({"workspace:panels", "organisation:prism"}));
  REQUIRE(both.has_error());
  CHECK(both.error().code == "NOT_ASKED_BY");
  CHECK(people({"workspace:panels"}) == json{"adam", "milo", "nia"});
  // Of the organisation itself, of which each is by now.
  CHECK(each(f.ask(&Ledger::roles, with_tags({"organisation:prism"})), "entity") ==
        json(4, "organisation:prism"));
}

TEST_CASE("lasting: asked by acts it is paged as it is otherwise") {
  Lasted f;
  for (int i = 0; i < 5; ++i) {
    f.tell("person:olga", "AddOrganisationMember",
           {{"organisation", "prism"}, {"person", "m-" + std::to_string(i)}, {"role", "member"}});
  }
  for (const int i : {3, 0, 4}) {
    f.tell("person:adam", "RemoveOrganisationMember",
           {{"organisation", "prism"}, {"person", "m-" + std::to_string(i)}});
  }
  const auto all = f.ask(&Ledger::roles, with_tags({"actor:adam", "organisation:prism"}));
  CHECK(each(all, "person") == json{"m-0", "m-3", "m-4"});
  for (const std::size_t limit : {1U, 2U, 3U, 4U}) {
    CAPTURE(limit);
    const auto pages =
        f.paged(&Ledger::roles, with_tags({"actor:adam", "organisation:prism"}), limit);
    CHECK(pages["lines"] == all["lines"]);
    CHECK(pages["pages"] == (3 + limit - 1) / limit);
  }
}

TEST_CASE("lasting: a support session that ran out ended when it did by what said when") {
  Lasted f;
  f.at("2026-03-20T10:00Z");
  f.tell("person:adam", "OpenSupportDoor", {{"workspace", "panels"}});
  const auto joined = f.tell("staff:sue", "JoinSupport", {{"workspace", "panels"}});
  const auto role = [&](const View& view) {
    return f.ask(&Ledger::roles, view, with_tags({"person:sue"})).at("lines").at(0);
  };
  CHECK(!role(f.known("2026-03-20T11:00Z")).contains("until"));
  f.at("2026-03-25");
  f.create("person:olga", "prism", "later");
  const auto line = role(f.now());
  CHECK(line["cause"] == "expired");
  CHECK(line["until"]["position"] == joined);
  CHECK(line["until"]["occurred_at"] == line["expires_at"]);
}

TEST_CASE("lists: what they cannot be asked by is told and so is what nobody knows") {
  const Lasted f;
  const auto failure = [&](auto question, const Search& search) {
    return f.failure(question, f.now(), search);
  };
  Search created;
  created.types = {"WorkspaceCreated"};
  CHECK(failure(&Ledger::handoffs, created) == "NOT_ASKED_BY");
  CHECK(failure(&Ledger::reads, created) == "NOT_ASKED_BY");
  CHECK(failure(&Ledger::creations, created).empty());
  Search refused;
  refused.refused = true;
  CHECK(failure(&Ledger::handoffs, refused) == "NOT_ASKED_BY");
  refused = {};
  refused.reasons = {"FORBIDDEN"};
  CHECK(failure(&Ledger::reads, refused) == "NOT_ASKED_BY");
  for (const auto* tag : {"actor:hanna", "staff:su", "correlation:c-none", "workspace:panel"}) {
    CAPTURE(tag);
    CHECK(failure(&Ledger::trail, with_tags({tag})) == "NOT_FOUND");
  }
  CHECK(failure(&Ledger::trail, with_tags({"staff:sue"})).empty());
  CHECK(failure(&Ledger::handoffs, with_tags({"actor:clara"})).empty());  // known, and did nothing
}

TEST_CASE("trail: refusals are found by their reason and by the command") {
  Lasted f;
  CHECK(f.refuse("person:hana", "RenameWorkspace", {{"workspace", "panels"}, {"name", "mine"}}) ==
        "FORBIDDEN");
  CHECK(f.refuse("person:milo", "DeleteWorkspace", {{"workspace", "panels"}}) == "FORBIDDEN");
  CHECK(f.refuse("person:olga", "RevokePartnerStatus", {{"organisation", "prism"}}) ==
        "STAFF_ONLY");
  const auto found = [&](std::vector<std::string> reasons, std::vector<std::string> commands) {
    Search search;
    search.reasons = std::move(reasons);
    search.commands = std::move(commands);
    return each(f.ask(&Ledger::trail, search), "/actor/id");
  };
  CHECK(found({"FORBIDDEN"}, {}) == json{"hana", "milo"});
  CHECK(found({"STAFF_ONLY"}, {}) == json{"olga"});
  CHECK(found({"STAFF_ONLY", "FORBIDDEN"}, {}) == json{"hana", "milo", "olga"});
  CHECK(found({}, {"DeleteWorkspace"}) == json{"milo"});
  CHECK(found({"FORBIDDEN"}, {"DeleteWorkspace", "RevokePartnerStatus"}) == json{"milo"});
  CHECK(found({"NOT_PARTNER"}, {}).empty());
}

// ---- Q1 ----

/// What became of each acceptance, as "AGREEMENT VERSION: STATE".
std::vector<std::string> states(const json& answer) {
  std::vector<std::string> all;
  for (const auto& line : answer.at("lines")) {
    all.push_back(line.at("agreement").get<std::string>() + ": " +
                  line.at("state").get<std::string>());
  }
  return all;
}

TEST_CASE("acceptances: one of another agreement replaces none and all lapse together") {
  Lasted f;
  f.tell("staff:sam", "GrantPartnerStatus",
         {{"organisation", "prism"}, {"contract_reference", "P-8"}});
  f.tell("staff:sam", "PublishAgreementVersion",
         {{"agreement", "aup"},
          {"version", 1},
          {"title", "Use"},
          {"language", "en"},
          {"text_sha256", std::string(64, '2')}});
  f.tell("person:adam", "AcceptAgreement",
         {{"workspace", "panels"},
          {"acceptance",
           {{"agreement", "aup"}, {"version", 1}, {"text_shown", true}, {"channel", "web"}}}});
  const auto of_panels = with_tags({"workspace:panels"});
  using States = std::vector<std::string>;
  CHECK(states(f.acceptances(of_panels)) == States{"dpa: in_force", "aup: in_force"});
  f.at("2026-03-21");
  f.tell("person:adam", "ChangeDataOwnership", {{"workspace", "panels"}, {"usage", "internal"}});
  CHECK(states(f.acceptances(of_panels)) == States{"dpa: lapsed", "aup: lapsed"});
}

TEST_CASE("acceptances: an organisation's are also those of the workspaces it owns by now") {
  Lasted f;
  f.tell("staff:sam", "GrantPartnerStatus",
         {{"organisation", "haarlem"}, {"contract_reference", "H-1"}});
  for (const auto* workspace : {"own-1", "own-2"}) {
    f.create_external("person:hana", "haarlem", workspace);
  }
  f.tell("person:adam", "ProposeHandoff",
         {{"handoff", "h-2"}, {"workspace", "panels"}, {"target", "haarlem"}});
  const auto of_haarlem = [&](Search search = {}) {
    search.tags.emplace_back("organisation:haarlem");
    return search;
  };
  const auto before = each(f.acceptances(of_haarlem()), "workspace");
  f.tell("person:hana", "AcceptHandoff", {{"handoff", "h-2"}});
  const auto after = f.acceptances(of_haarlem());
  CHECK(each(after, "workspace") == json{"panels", "own-1", "own-2"});
  CHECK(before.size() >= 2);
  for (const std::size_t limit : {1U, 2U, 3U}) {
    CAPTURE(limit);
    json lines = json::array();
    Search page = of_haarlem();
    page.limit = limit;
    for (bool more = true; more;) {
      const auto part = f.acceptances(page);
      CHECK(part["lines"].size() <= limit);
      lines.insert(lines.end(), part["lines"].begin(), part["lines"].end());
      more = part.contains("next");
      if (more) page.after = Position{part["next"].get<std::uint64_t>()};
    }
    CHECK(lines == after["lines"]);
  }
  Search by_adam = of_haarlem();
  by_adam.tags.emplace_back("actor:adam");
  CHECK(each(f.acceptances(by_adam), "workspace") == json{"panels"});
}

TEST_CASE("acceptances: of two organisations those of a workspace that one of them owns by now") {
  Lasted f;
  f.organisation("third", "tia");
  f.tell("person:adam", "ProposeHandoff",
         {{"handoff", "h-2"}, {"workspace", "panels"}, {"target", "third"}}, fact("2026-03-11"));
  f.tell("person:tia", "AcceptHandoff", {{"handoff", "h-2"}}, fact("2026-03-12"));
  const auto found = [&](std::vector<std::string> tags) {
    return f.acceptances(with_tags(std::move(tags)))["lines"].size();
  };
  CHECK(found({"organisation:third"}) == 1);
  CHECK(found({"organisation:haarlem"}) == 1);  // whose data it holds
  CHECK(found({"organisation:third", "organisation:haarlem"}) == 1);
  CHECK(found({"organisation:third", "organisation:third"}) == 1);
}

// ---- Q3 ----

TEST_CASE("readers: by an organisation role they rest on ownership and visibility too") {
  Lasted f;
  const auto positions = [&](const std::string& person) {
    const auto readers = json::parse(
        to_json(must(f.ledger().readers(f.now(), must(Entity::parse("workspace:panels"))))));
    for (const auto& line : readers.at("workspace_readers")) {
      if (line.at("person") == person) return line.at("positions");
    }
    return json();
  };
  const auto olga = positions("olga");
  REQUIRE(olga.size() == 2);
  CHECK(olga[1] == f.created);
  f.tell("person:olga", "AddOrganisationMember",
         {{"organisation", "prism"}, {"person", "bea"}, {"role", "admin"}});
  f.tell("staff:sam", "SetTier", {{"account", "acc-panels"}, {"tier", "innovator"}});
  f.tell("person:adam", "ChangeVisibility",
         {{"workspace", "panels"}, {"visibility", "invite_only"}});
  CHECK(positions("bea").is_null());
  const auto opened = f.tell("person:adam", "ChangeVisibility",
                             {{"workspace", "panels"}, {"visibility", "open_to_organisation"}});
  const auto bea = positions("bea");
  REQUIRE(bea.size() == 3);
  CHECK(bea[0] == f.created);
  CHECK(bea[2] == opened);
}

}  // namespace
}  // namespace actbook::testing

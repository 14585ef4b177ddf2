// Who owned, paid for and administered a workspace, and whose data it held (Q8).
#include <string>
#include <vector>

#include "actbook/tables.h"
#include "support/told_ledger.h"

namespace actbook::testing {
namespace {

/// The external workspace panels of PRISM (owner olga, admins adam and bea, member milo) since
/// 03-01, made by adam; HAARLEM (owner hana, admin hugo) is recorded as the data owner's.
struct Panels : ToldLedger {
  Panels() {
    found_partner();
    add("olga", "prism", "adam", "admin");
    add("olga", "prism", "bea", "admin");
    add("olga", "prism", "milo", "member");
    add("hana", "haarlem", "hugo", "admin");
    create_external("person:adam", "prism", "panels");
  }
  void hand_off() {
    panels("person:olga", "ProposeHandoff", {{"handoff", "h"}, {"target", "haarlem"}});
    tell("person:hugo", "AcceptHandoff", {{"handoff", "h"}});
  }

  [[nodiscard]] json tenures(const View& view) const {
    return json::parse(to_json(must(ledger().tenures(view, "panels"))));
  }
  /// The lines of one kind, as "WHO FROM UNTIL".
  [[nodiscard]] json held(const View& view, const std::string& what,
                          const std::string& instant = "recorded_at") const {
    json all = json::array();
    const auto answer = tenures(view);
    for (const auto& line : answer["lines"]) {
      if (line["what"] != what) continue;
      auto text = line["who"].get<std::string>() + " " + short_time(line["from"][instant]);
      if (line.contains("until")) text += " " + short_time(line["until"][instant]);
      all.push_back(text);
    }
    return all;
  }
  [[nodiscard]] json held(const std::string& what) const { return held(now(), what); }

 private:
  static std::string short_time(const json& time) {
    const auto text = time.get<std::string>();
    return text.substr(5, text.substr(11) == "00:00:00Z" ? 5 : 11);
  }
};

TEST_CASE("audit: who owned and paid for a workspace over time") {
  Panels f;
  f.at("2026-06-10");
  f.hand_off();
  const auto answer = f.tenures(f.now());
  CHECK(answer["workspace"] == "panels");
  CHECK(answer["as_of"] == f.ledger().head().value);
  const json organisations = {"prism 03-01 06-10", "haarlem 06-10"};
  CHECK(f.held("owner") == organisations);
  CHECK(f.held("payer") == organisations);
  CHECK(f.held("account") == json{"acc-panels 03-01"});
  CHECK(f.held("data_owner") == json{"clara 03-01"});
  CHECK(f.held("data_owner_organisation") == json{"haarlem 03-01"});
  // Olga by PRISM alone, adam by his place, too; hana by HAARLEM, hugo by both.
  CHECK(f.held("administrator") == json{"bea 03-01 06-10", "olga 03-01 06-10", "adam 03-01 06-10",
                                        "hana 06-10", "hugo 06-10"});
  const std::vector<std::string> order = {
      "owner",        "owner", "payer", "payer", "account", "data_owner", "data_owner_organisation",
      "administrator"};
  for (std::size_t i = 0; i < order.size(); ++i) CHECK(answer["lines"][i]["what"] == order[i]);
  CHECK(answer["lines"][0]["until"]["actor"]["id"] == "hugo");
  CHECK(answer["lines"][0]["workspace"] == "panels");
  // The act is that of the event that did it.
  for (const auto& line : answer["lines"]) {
    const auto type_at = [&](const char* end) {
      const Position position{line[end]["position"].get<std::uint64_t>()};
      return std::string(must(f.ledger().event(position)).type());
    };
    if (line["who"] == "prism") CHECK(type_at("until") == "HandoffAccepted");
    if (line["who"] == "hugo") CHECK(type_at("from") == "MembershipGranted");
    if (line["who"] == "hana") CHECK(type_at("from") == "HandoffAccepted");
    if (line["who"] == "adam") CHECK(type_at("until") == "MembershipEnded");
    if (line["who"] == "olga") CHECK(type_at("from") == "WorkspaceCreated");
    if (line["what"] == "data_owner") CHECK(type_at("from") == "DataOwnerNamed");
    if (line["what"] == "account") CHECK(type_at("from") == "WorkspaceCreated");
  }
}

TEST_CASE("audit: a tenure goes on until its end is known") {
  Panels f;
  f.at("2026-06-10");
  f.hand_off();
  const auto before = f.known("2026-06-09T23:59:59.999999Z");
  CHECK(f.held(before, "owner") == json{"prism 03-01"});
  CHECK(f.held(before, "administrator") == json{"bea 03-01", "olga 03-01", "adam 03-01"});
  CHECK(f.held(f.known("2026-06-10"), "owner") == f.held("owner"));
}

TEST_CASE("audit: administrators by an organisation come and go with role and visibility") {
  Panels f;
  f.tell("staff:sam", "SetTier", {{"account", "acc-panels"}, {"tier", "innovator"}});
  f.at("2026-03-02");
  f.tell("person:olga", "ChangeOrganisationRole",
         {{"organisation", "prism"}, {"person", "milo"}, {"role", "admin"}});
  f.at("2026-03-03");
  f.panels("person:adam", "ChangeVisibility", {{"visibility", "private"}});
  f.at("2026-03-04");
  f.add("olga", "prism", "gus", "owner");
  f.at("2026-03-05");
  f.panels("person:adam", "ChangeVisibility", {{"visibility", "open_to_organisation"}});
  f.at("2026-03-06");
  f.tell("person:olga", "RemoveOrganisationMember",
         {{"organisation", "prism"}, {"person", "milo"}});
  CHECK(f.held("administrator") == json{"bea 03-01 03-03", "olga 03-01", "adam 03-01",
                                        "milo 03-02 03-03", "gus 03-04", "bea 03-05",
                                        "milo 03-05 03-06"});
}

TEST_CASE("audit: whoever was removed is blocked until they are let in again") {
  Panels f;
  f.at("2026-03-02");
  f.panels("person:bea", "SelfJoin");
  f.at("2026-03-03");
  f.panels("person:adam", "RemoveMember", {{"person", "bea"}});
  f.at("2026-03-04");
  f.panels("person:bea", "SelfJoin");
  // Bea is one by PRISM before she joins: that goes on.
  CHECK(f.held("administrator") ==
        json{"bea 03-01 03-03", "olga 03-01", "adam 03-01", "bea 03-04"});
}

TEST_CASE("audit: a support session administers until it runs out") {
  Panels f;
  f.at("2026-04-01");
  f.panels("person:adam", "OpenSupportDoor");
  f.at("2026-04-01T10:00Z");
  f.panels("staff:sue", "JoinSupport");
  f.at("2026-04-01T20:00Z");
  const auto extended = f.panels("staff:sue", "JoinSupport");
  const auto sue = [&](const View& view) {
    auto all = f.held(view, "administrator");
    std::erase_if(all.get_ref<json::array_t&>(),
                  [](const json& line) { return !line.get<std::string>().starts_with("sue"); });
    return all;
  };
  CHECK(sue(f.known("2026-04-02T19:59:59.999999Z")) == json{"sue 04-01T10:00"});
  const auto over = f.known("2026-04-02T20:00:00Z");
  CHECK(sue(over) == json{"sue 04-01T10:00 04-02T20:00"});
  CHECK(sue(f.true_at("2026-04-02T20:00:00Z")) == sue(over));
  // The act is that which said when.
  CHECK(f.tenures(over)["lines"].back()["until"]["position"] == extended);
}

TEST_CASE("audit: whose data a workspace held and on which account") {
  Panels f;
  f.at("2026-03-02");
  f.panels("person:adam", "ChangeDataOwnership", {{"usage", "internal"}});
  f.at("2026-03-03");
  auto back = ToldLedger::held_for_clara("panels");
  back["usage"] = "external_client";
  back["account"] = "acc-2";
  back["data_owner"] = {{"organisation_name", "Haarlem"}, {"person", "clara"}};
  f.panels("person:adam", "ChangeDataOwnership", back);
  f.at("2026-03-04");
  f.panels("person:adam", "RecordDataOwnerOrganisation", {{"organisation", "haarlem"}});
  f.at("2026-03-05");
  f.panels("person:adam", "DeleteWorkspace");
  CHECK(f.held("account") ==
        json{"acc-panels 03-01 03-02", "acc-prism 03-02 03-03", "acc-2 03-03 03-05"});
  CHECK(f.held("data_owner") == json{"clara 03-01 03-02", "clara 03-03 03-05"});
  // Which is said of the data owner, and makes nobody another one.
  CHECK(f.held("data_owner_organisation") == json{"haarlem 03-01 03-02", "haarlem 03-04 03-05"});
  CHECK(f.held("owner") == json{"prism 03-01 03-05"});
  for (const auto& line : f.held("administrator"))
    CHECK(line.get<std::string>().ends_with(" 03-05"));
}

TEST_CASE("audit: a data owner of whom only a contact or a name is known") {
  Panels f;
  f.at("2026-03-02");
  f.create("person:adam", "prism", "second");
  const auto data_owner = [&](const std::string& workspace) {
    for (const auto& line : must(f.ledger().tenures(f.now(), workspace)).lines) {
      if (line->what == "data_owner") return line->who;
    }
    return std::string("nobody");
  };
  CHECK(data_owner("second") == "nobody");
  f.tell("person:adam", "CreateWorkspace",
         {{"workspace", "mailed"},
          {"organisation", "prism"},
          {"name", "Mailed"},
          {"data_owner", {{"organisation_name", "City"}, {"email", "c@city.example"}}}},
         fact("2026-03-02"));
  const auto row = find<row::WorkspaceRowT>(f.now(), "mailed");
  REQUIRE(row);
  CHECK(!row->data_owner->contact.empty());
  CHECK(data_owner("mailed") == row->data_owner->contact);
  // A name that is said to have been another before anything else was true.
  f.panels("person:adam", "ChangeDataOwnership",
           {{"usage", "external_client"},
            {"data_owner", {{"organisation_name", "Harlem"}, {"person", "clara"}}}},
           fact("2026-02-15"));
  CHECK(f.held(f.true_at("2026-03-02"), "data_owner", "occurred_at") ==
        json{"Harlem 02-15 03-01", "clara 03-01"});
}

// 04-01 it is told that bea had left PRISM on 03-10, 04-02 that adam had been removed on 03-05, and
// 04-03 that he had joined again on 03-20.
TEST_CASE("audit: tenures told of late as of what was recorded and of what was true") {
  Panels f;
  f.at("2026-04-01");
  f.tell("person:bea", "RemoveOrganisationMember", {{"organisation", "prism"}, {"person", "bea"}},
         fact("2026-03-10"));
  f.at("2026-04-02");
  f.panels("person:olga", "RemoveMember", {{"person", "adam"}}, fact("2026-03-05"));
  f.at("2026-04-03");
  f.panels("person:adam", "SelfJoin", json::object(), fact("2026-03-20"));
  CHECK(f.held("administrator") ==
        json{"bea 03-01 04-01", "olga 03-01", "adam 03-01 04-02", "adam 04-03"});
  CHECK(f.held(f.true_at("2026-04-03"), "administrator", "occurred_at") ==
        json{"bea 03-01 03-10", "olga 03-01", "adam 03-01 03-05", "adam 03-20"});
  CHECK(f.held(f.true_at("2026-03-09"), "administrator", "occurred_at") ==
        json{"bea 03-01", "olga 03-01", "adam 03-01 03-05"});
  CHECK(f.tenures(f.true_at("2026-03-09"))["true_at"] == "2026-03-09T00:00:00Z");
}

TEST_CASE("audit: tenures of a workspace of which nothing is known") {
  Panels f;
  const auto unknown = f.ledger().tenures(f.now(), "panel");
  REQUIRE(!unknown);
  CHECK(unknown.error().code == "NOT_FOUND");
  CHECK(!f.ledger().tenures(must(f.ledger().as_of(Position{1})), "panels"));
  // A fact about one whose creation was never seen.
  f.tell("person:olga", "RenameWorkspace", {{"workspace", "old"}, {"name", "Old"}},
         fact("2026-02-01"));
  CHECK(must(f.ledger().tenures(f.now(), "old")).lines.empty());
  f.tell("person:olga", "InviteToWorkspace",
         {{"invite", "i"}, {"workspace", "old"}, {"person", "adam"}, {"role", "owner"}},
         fact("2026-02-02"));
  const auto lines = must(f.ledger().tenures(f.now(), "old")).lines;
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]->who == "adam");
}

TEST_CASE("audit: a workspace whose creation was never seen is administered since it is known") {
  Panels f;
  const auto told = [&](const std::string& type, json what, const std::string& occurred_at) {
    what["workspace"] = "old";
    return f.tell("person:olga", type, what, fact(occurred_at));
  };
  // By an acceptance alone nobody knows a workspace, nor by a member.
  told("AcceptAgreement",
       {{"acceptance",
         {{"agreement", "dpa"}, {"version", 1}, {"text_shown", true}, {"channel", "web"}}}},
       "2026-02-01");
  const auto granted = told("InviteToWorkspace",
                            {{"invite", "i"}, {"person", "adam"}, {"role", "owner"}}, "2026-02-02");
  const auto from = [&](const View& view) {
    json positions = json::array();
    for (const auto& line : must(f.ledger().tenures(view, "old")).lines) {
      CHECK(line->who == "adam");
      positions.push_back(line->from->position);
    }
    return positions;
  };
  const auto now = f.now();
  CHECK(from(now) == json::array());
  const auto named = told("RenameWorkspace", {{"name", "Old"}}, "2026-02-03");
  for (int i = 0; i < 20; ++i) told("RenameWorkspace", {{"name", std::to_string(i)}}, "2026-02-04");
  CHECK(from(f.now()) == json::array({named}));
  CHECK(from(f.true_at("2026-03-01")) == json::array({named}));
  CHECK(from(now) == json::array());
  // A name that it had before anybody was in it.
  told("RenameWorkspace", {{"name", "Oldest"}}, "2026-02-01T12:00:00Z");
  CHECK(from(f.now()) == json::array({named}));
  CHECK(from(f.true_at("2026-03-01")) == json::array({granted}));
  CHECK(from(f.true_at("2026-02-01")) == json::array());
}

TEST_CASE("audit: names of a workspace make no difference to who holds what in it") {
  Panels f;
  f.at("2026-06-10");
  f.hand_off();
  const auto before = f.tenures(f.now())["lines"];
  for (int i = 0; i < 20; ++i) {
    f.panels("person:hugo", "RenameWorkspace", {{"name", "Panels " + std::to_string(i)}});
    f.panels("person:adam", "RenameWorkspace", {{"name", "Told " + std::to_string(i)}},
             fact("2026-05-0" + std::to_string(1 + i % 9)));
  }
  CHECK(f.tenures(f.now())["lines"] == before);
  CHECK(f.tenures(f.true_at("2026-06-10"))["lines"] == before);
}

}  // namespace
}  // namespace actbook::testing

#include "actbook/search.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "actbook/schema/events_generated.h"
#include "actbook/time.h"
#include "support/search_terms.h"
#include "support/seed.h"

namespace actbook::test {
namespace {

using testing::Random;

Timestamp at(std::string_view text) { return parse_iso8601(text).value(); }

void check_same(const Search& found, const Search& expected, const std::string& text) {
  CAPTURE(text);
  CHECK(found.types == expected.types);
  CHECK(found.tags == expected.tags);
  CHECK(found.recorded.from == expected.recorded.from);
  CHECK(found.recorded.before == expected.recorded.before);
  CHECK(found.occurred.from == expected.occurred.from);
  CHECK(found.occurred.before == expected.occurred.before);
  CHECK(found.refused == expected.refused);
  CHECK(found.reasons == expected.reasons);
  CHECK(found.commands == expected.commands);
  CHECK(found.mode == expected.mode);
  CHECK(found.broken == expected.broken);
  CHECK(found.after == Position{});
  CHECK(found.limit == Search{}.limit);
}

void check_reads(const std::string& text, const Search& expected) {
  const auto found = parse_search(text);
  REQUIRE_MESSAGE(found.has_value(), text << ": " << found.error().message);
  check_same(found.value(), expected, text);
}

Search of_types(std::vector<std::string> types) { return {.types = std::move(types)}; }
Search of_tags(std::vector<std::string> tags) { return {.tags = std::move(tags)}; }
Search recorded(std::optional<Timestamp> from, std::optional<Timestamp> before) {
  return {.recorded = {from, before}};
}

/// Why the text is no search; empty if it is one.
std::string refusal(const std::string& text) {
  const auto search = parse_search(text);
  if (search) return {};
  CHECK(search.error().kind == ErrorKind::invalid);
  CHECK(search.error().code == "BAD_SEARCH");
  return search.error().message;
}

struct Bad {
  std::string text;
  std::string message;
};

void check_refused(const std::vector<Bad>& all) {
  for (const auto& bad : all) {
    CAPTURE(bad.text);
    CHECK(refusal(bad.text) == bad.message);
  }
}

constexpr const char* kTypes =
    "type takes names of events, with commas and no spaces between them, such as "
    "AgreementAccepted,invite.*";
constexpr const char* kTimes =
    "recorded takes a day, such as 2026-03-01, or a range, such as [2026-03-01,2026-04-01)";
constexpr const char* kId = " takes one id, of 1 to 64 characters of A-Z a-z 0-9 - _ . :";
constexpr const char* kEnd =
    "the value has come to its end; only a space and another term can follow";

TEST_CASE("search: no text restricts nothing") {
  for (const auto* text : {"", " ", "    "}) check_reads(text, {});
  CHECK(parse_search({}).has_value());
}

TEST_CASE("search: events are named as in the schema or with dots in any case") {
  const auto accepted = of_types({"AgreementAccepted"});
  for (const auto* text :
       {"type:AgreementAccepted", "type:agreement.accepted", "type:agreementaccepted",
        "type:AGREEMENT.ACCEPTED", "type:\"AgreementAccepted\"", "type:agreement.a*",
        "type:*ement*cepted", "type:**agreement.accepted*",
        "type:AgreementAccepted,agreement.accepted"}) {
    check_reads(text, accepted);
  }
  check_reads("type:organisation.member.added", of_types({"OrganisationMemberAdded"}));
}

TEST_CASE("search: a star stands for any run of characters") {
  check_reads("type:agreement.*",
              of_types({"AgreementPublished", "AgreementAccepted", "AgreementLapsed"}));
  check_reads("type:*.revoked", of_types({"PartnerStatusRevoked", "InviteRevoked"}));
  check_reads("type:Workspace*", of_types({"WorkspaceCreated", "WorkspaceReclassified",
                                           "WorkspaceRenamed", "WorkspaceDeleted"}));
  check_reads("type:organisation.*.*ed",
              of_types({"OrganisationMemberAdded", "OrganisationRoleChanged",
                        "OrganisationMemberRemoved"}));
  const auto all = parse_search("type:*");
  REQUIRE(all.has_value());
  // All but NONE.
  CHECK(all.value().types.size() == std::size(event::EnumValuesEvent()) - 1);
  // What overlaps is not found twice in one name.
  for (const auto* text : {"type:agreement.accepted*accepted", "type:*accepted*accepted",
                           "type:*accepted*accepted*"}) {
    CHECK_FALSE(refusal(text).empty());
  }
}

TEST_CASE("search: any of several events in the order of the schema") {
  check_reads(
      "type:WorkspaceCreated,agreement.*",
      of_types({"AgreementPublished", "AgreementAccepted", "AgreementLapsed", "WorkspaceCreated"}));
}

TEST_CASE("search: every event has a name with dots") {
  for (const auto type : event::EnumValuesEvent()) {
    if (type == event::Event::NONE) continue;
    const std::string name = event::EnumNameEvent(type);
    std::string dotted;
    for (const char c : name) {
      if (c >= 'A' && c <= 'Z' && !dotted.empty()) dotted += '.';
      dotted += c;
    }
    check_reads("type:" + dotted, of_types({name}));
  }
}

TEST_CASE("search: tags of all kinds") {
  check_reads("actor:adam", of_tags({"actor:adam"}));
  check_reads("correlation:import-2024_a.b:c", of_tags({"correlation:import-2024_a.b:c"}));
  for (const std::string kind : {"organisation",
                                 "workspace",
                                 "person",
                                 "account",
                                 "agreement",
                                 "invite",
                                 "handoff",
                                 "contact",
                                 "project",
                                 "recording",
                                 "mandate",
                                 "mandate_request",
                                 "plan",
                                 "charge",
                                 "payment",
                                 "deal",
                                 "transfer",
                                 "support_request",
                                 "personal_account",
                                 "hold",
                                 "staff",
                                 "system",
                                 "import"}) {
    check_reads(kind + ":x-1", of_tags({kind + ":x-1"}));
  }
  check_reads("workspace:\"ws-1\"", of_tags({"workspace:ws-1"}));
  // All of them, and each once.
  check_reads("workspace:ws-2 person:kim workspace:ws-1  workspace:ws-2 ",
              of_tags({"person:kim", "workspace:ws-1", "workspace:ws-2"}));
}

TEST_CASE("search: ranges of time are half-open") {
  const auto march = at("2026-03-01");
  const auto april = at("2026-04-01");
  check_reads("recorded:[2026-03-01,2026-04-01)", recorded(march, april));
  check_reads("recorded:[2026-03-01,)", recorded(march, {}));
  check_reads("recorded:[,2026-04-01)", recorded({}, april));
  check_reads("recorded:[ 2026-03-01 , 2026-04-01 )", recorded(march, april));
  check_reads("recorded:[\"2026-03-01\",\"2026-04-01\")", recorded(march, april));
  check_reads("recorded:[2026-03-01T02:00+02:00,2026-03-01T00:00:00.000001Z)",
              recorded(march, Timestamp{march.microseconds + 1}));
  check_reads("occurred:[2026-03-01,2026-04-01)", {.occurred = {march, april}});
}

TEST_CASE("search: a date alone is the whole day in UTC") {
  check_reads("recorded:2026-02-28", recorded(at("2026-02-28"), at("2026-03-01")));
  check_reads("occurred:\"2024-02-29\"",
              {.occurred = {at("2024-02-29T00:00Z"), at("2024-03-01T00:00Z")}});
}

TEST_CASE("search: refusals and broken rules and the mode") {
  check_reads("refused:yes", {.refused = true});
  check_reads("refused:no", {.refused = false});
  check_reads("reason:NOT_PARTNER", {.reasons = {"NOT_PARTNER"}});
  check_reads(
      "command:ProposeHandoff,CreateWorkspace reason:FORBIDDEN,NOT_PARTNER",
      {.reasons = {"FORBIDDEN", "NOT_PARTNER"}, .commands = {"ProposeHandoff", "CreateWorkspace"}});
  check_reads("broken:yes", {.broken = true});
  check_reads("broken:no", {.broken = false});
  check_reads("mode:observed", {.mode = schema::Mode::observed});
  check_reads("mode:command", {.mode = schema::Mode::command});
}

TEST_CASE("search: all terms together") {
  check_reads(
      "type:invite.issued actor:adam workspace:ws-1 recorded:2026-03-01 "
      "occurred:[,2026-03-01) refused:no broken:yes mode:observed",
      {.types = {"InviteIssued"},
       .tags = {"actor:adam", "workspace:ws-1"},
       .recorded = {at("2026-03-01"), at("2026-03-02")},
       .occurred = {{}, at("2026-03-01")},
       .refused = false,
       .mode = schema::Mode::observed,
       .broken = true});
}

TEST_CASE("search: an unknown key is told with those near it") {
  check_refused({
      {"wrkspace:ws-1", "column 1: there is no key wrkspace; near is workspace"},
      {"actor:adam  org:acme", "column 13: there is no key org; near is organisation"},
      {"Type:x", "column 1: there is no key Type; near is type"},
      {"request:x",
       "column 1: there is no key request; near are mandate_request, "
       "support_request"},
      {"adam",
       "column 1: there is no key adam; the keys are type, recorded, occurred, refused, "
       "reason, command, broken, mode, actor, correlation, organisation, workspace, person, "
       "account, "
       "agreement, invite, handoff, contact, project, recording, mandate, "
       "mandate_request, plan, charge, payment, deal, transfer, support_request, "
       "personal_account, hold, staff, system, import"},
  });
}

TEST_CASE("search: an unknown event is told with those near it") {
  check_refused({
      {"type:agreement.acepted",
       "column 6: no event is named agreement.acepted; near is AgreementAccepted"},
      {"type:agreement.granted",
       "column 6: no event is named agreement.granted; near are AgreementLapsed, "
       "AgreementAccepted"},
      {"type:Agrement*",
       "column 6: no event is named Agrement*; near are AgreementPublished, AgreementAccepted, "
       "AgreementLapsed"},
      {"type:acepted",
       "column 6: no event is named acepted; near are AgreementAccepted, InviteAccepted, "
       "HandoffAccepted"},
      {"type:WorkspaceCreated,seat.open",
       "column 23: no event is named seat.open; near is SeatOpened"},
      {"type:xyzzy", std::string("column 6: no event is named xyzzy; ") + kTypes},
      {"type:NONE", std::string("column 6: no event is named NONE; ") + kTypes},
      {"type:agreement." + std::string(60, 'a'),
       "column 6: no event is named agreement." + std::string(60, 'a') + "; " + kTypes},
  });
}

TEST_CASE("search: what a key does not take is told with what it takes") {
  const auto id = [](const std::string& column, const std::string& key) {
    return "column " + column + ": " + key + kId;
  };
  check_refused({
      {"actor:", id("7", "actor")},
      {"actor: adam", id("7", "actor")},
      {"actor:\"\"", id("7", "actor")},
      {"actor:\"adam west\"", id("7", "actor")},
      {"workspace:" + std::string(65, 'w'), id("11", "workspace")},
      {"workspace:a,b", id("12", "workspace")},
      {"workspace:\"a\",b", id("14", "workspace")},
      {"workspace:[a,b)", id("11", "workspace")},
      {"staff:a/b", id("7", "staff")},
      {"type:", std::string("column 6: ") + kTypes},
      {"type:[a,b)", std::string("column 6: ") + kTypes},
      {"type:agreement.*, invite.*", std::string("column 18: ") + kTypes},
      {"type:,invite.*", std::string("column 6: ") + kTypes},
      {"refused:", "column 9: refused takes yes or no"},
      {"refused:Yes", "column 9: refused takes yes or no"},
      {"broken:yes,no", "column 11: broken takes yes or no"},
      {"mode:observe", "column 6: mode takes observed or command"},
      {"recorded:", std::string("column 10: ") + kTimes},
      {"recorded:yesterday", std::string("column 10: ") + kTimes},
      {"recorded:2026-02-30", std::string("column 10: ") + kTimes},
      {"recorded:2026-03-01T09:00Z", std::string("column 10: ") + kTimes},
      {"recorded:2026-03-01,2026-04-01", std::string("column 20: ") + kTimes},
  });
}

TEST_CASE("search: what is no range is told with the remedy") {
  const std::string begins =
      "a range is half-open: it begins with [ and the first instant that is in it";
  const std::string ends =
      "a range is half-open: it ends with the first instant that is no longer in it, and ); "
      "March is [2026-03-01,2026-04-01)";
  const std::string comma =
      "a comma has to stand between the beginning and the end of the range, as in "
      "[2026-03-01,2026-04-01)";
  const std::string close = "the range has to end here with ), as in [2026-03-01,2026-04-01)";
  const std::string empty = "a range ends after it begins; this one has no instant in it";
  check_refused({
      {"recorded:(2026-03-01,2026-04-01)", "column 10: " + begins},
      {"recorded:(2026-03-01,2026-04-01]", "column 10: " + begins},
      {"recorded:[2026-03-01,2026-03-31]", "column 32: " + ends},
      {"recorded:[2026-03-01)", "column 21: " + comma},
      {"recorded:[2026-03-01 2026-04-01)", "column 22: " + comma},
      {"recorded:[", "column 11: " + comma},
      {"recorded:[2026-03-01,2026-04-01", "column 32: " + close},
      {"recorded:[2026-03-01,2026-04-01 actor:adam", "column 33: " + close},
      {"recorded:[2026-03-01,2026-04-01,2026-05-01)", "column 32: " + close},
      {"recorded:[2026-04-01,2026-03-01)", "column 22: " + empty},
      {"recorded:[2026-04-01,2026-04-01)", "column 22: " + empty},
      {"recorded:[,)", "column 11: a range has a beginning, as [2026-03-01,), or an end, or both"},
      {"occurred:[2026-03-01, 2026-04-31)",
       "column 23: not a time: the calendar has no such day; write it like 2026-03-01T09:00:00Z"},
      {"occurred:[2026-03-01T09:00,)",
       "column 11: not a time: a time of day needs Z or an offset such as +02:00 at its end; "
       "write it like 2026-03-01T09:00:00Z"},
  });
}

TEST_CASE("search: an unknown reason or command is told with those near it") {
  check_refused({
      {"reason:NOT_PARTNERS", "column 8: there is no reason NOT_PARTNERS; near is NOT_PARTNER"},
      {"reason:",
       "column 8: there is no reason ; reason takes reasons of refusals, with commas "
       "and no spaces between them, such as NOT_PARTNER,FORBIDDEN"},
      {"command:FORBIDDEN",
       "column 9: there is no command FORBIDDEN; command takes names of commands, with commas and "
       "no spaces between them, such as CreateWorkspace,ProposeHandoff"},
      {"reason:FORBIDDEN reason:NOT_PARTNER",
       "column 18: reason stands here a second time; join the reasons with commas"},
  });
}

TEST_CASE("search: what can stand only once is told at the second") {
  const auto twice = [](const std::string& column, const std::string& key) {
    return "column " + column + ": " + key + " stands here a second time; write it once";
  };
  check_refused({
      {"type:invite.* actor:adam type:invite.*",
       "column 26: type stands here a second time; join the names with commas, as "
       "type:invite.*,handoff.*"},
      {"recorded:2026-03-01 recorded:2026-03-01", twice("21", "recorded")},
      {"occurred:2026-03-01 occurred:[,", twice("21", "occurred")},
      {"refused:yes refused:no", twice("13", "refused")},
      {"broken:yes broken:yes", twice("12", "broken")},
      {"mode:command mode:observed", twice("14", "mode")},
  });
}

TEST_CASE("search: what is no term is told where it goes wrong") {
  const std::string key = "a term begins with its key, as in workspace:ws-1";
  const std::string colon = "a colon and a value follow the key, as in workspace:ws-1";
  const std::string quote =
      "a double quote has to end the value; before that, \\ stands only in \\\" and \\\\";
  check_refused({
      {"\"adam\"", "column 1: " + key},
      {"actor:adam :x", "column 12: " + key},
      {"type:agreement.* ,invite.*", "column 18: " + key},
      {"\tactor:adam", "column 1: " + key},
      {"actor", "column 6: " + colon},
      {"actor adam", "column 6: " + colon},
      {"actor,adam", "column 6: " + colon},
      {"actor:\"adam", "column 12: " + quote},
      {"actor:\"adam workspace:ws-1", "column 27: " + quote},
      {"actor:\"ad\\am\"", "column 10: " + quote},
      {"actor:\"adam\\\"", "column 14: " + quote},
      {"actor:\"adam\t\"", "column 12: " + quote},
      {"actor:\"adam\"west", std::string("column 13: ") + kEnd},
      {"actor:adam\"west\"", std::string("column 11: ") + kEnd},
      {"actor:adam\nmode:command", std::string("column 11: ") + kEnd},
      {"actor:adam)", std::string("column 11: ") + kEnd},
      {"recorded:[2026-03-01,)x", std::string("column 23: ") + kEnd},
  });
}

TEST_CASE("search: quotes hold quotes and backslashes") {
  // No id and no event has any, so they are seen in what is refused only.
  CHECK(refusal(R"(type:"a\"b\\c, d")").starts_with(R"(column 6: no event is named a"b\c, d;)"));
}

TEST_CASE("search: columns count characters") {
  check_refused({
      {"actor:müller", std::string("column 7: actor") + kId},
      {"actor:\"müller\"x", std::string("column 15: ") + kEnd},
      {"type:\"ü€😀\",invite.*", std::string("column 6: no event is named ü€😀; ") + kTypes},
      {"type:invite.*,ü.😀 )", std::string("column 15: no event is named ü.😀; ") + kTypes},
      // Not UTF-8.
      {"actor:\xFF", std::string("column 7: ") + kEnd},
      {"actor:ad\xC3", std::string("column 9: ") + kEnd},
  });
}

/// What stands in backticks.
std::vector<std::string> code_in(const std::string& text) {
  std::vector<std::string> code;
  for (std::size_t from = 0, to = 0; (from = text.find('`', to)) != std::string::npos; ++to) {
    to = text.find('`', ++from);
    REQUIRE_MESSAGE(to != std::string::npos, text);
    code.push_back(text.substr(from, to - from));
  }
  return code;
}

TEST_CASE("search: the page reads and fails as it says") {
  std::ifstream in(std::string(ACTBOOK_SOURCE_DIR) + "/docs/SEARCH.md");
  std::string page;
  int read = 0;
  int refused = 0;
  for (std::string line; std::getline(in, line); page += line + '\n') {
    if (!line.starts_with("| `")) continue;
    const auto bar = line.find(" | ");
    const auto says = line.substr(bar + 3, line.size() - bar - 5);
    for (const auto& text : code_in(line.substr(0, bar))) {
      CAPTURE(text);
      const bool fails = says.starts_with("column ");
      ++(fails ? refused : read);
      CHECK(refusal(text) == (fails ? says : ""));
    }
  }
  CHECK(read >= 15);
  CHECK(refused >= 5);
  // Every key is on it.
  std::istringstream words(refusal("?:x"));
  int keys = 0;
  for (std::string word; words >> word;) {
    std::erase(word, ',');
    if (refusal(word + ":").find(" takes ") == std::string::npos) continue;
    ++keys;
    CHECK_MESSAGE(page.find('`' + word + ':') != std::string::npos, word);
  }
  CHECK(keys >= 30);
}

std::string id(Random& random) {
  constexpr std::string_view kCharacters = "aZ09-_.:";
  std::string id;
  for (auto left = 1 + random.below(64); left > 0; --left) {
    id += kCharacters[random.below(kCharacters.size())];
  }
  return id;
}

/// Within four days, so that days, and ranges that meet, are not rare.
TimeRange range(Random& random) {
  constexpr std::int64_t kHour = 3'600'000'000;
  const auto hours = [&](std::uint64_t most) {
    return static_cast<std::int64_t>(random.below(most + 1)) * kHour;
  };
  TimeRange range;
  const auto form = random.below(4);
  const auto from = Timestamp{at("2026-02-27").microseconds + hours(2) * 24};
  if (form != 1) range.from = from;
  if (form != 2) range.before = Timestamp{from.microseconds + kHour + hours(48)};
  if (form == 3) range.before = plus_days(from, 1);
  return range;
}

std::optional<bool> flag(Random& random) {
  const auto drawn = random.below(3);
  return drawn == 2 ? std::nullopt : std::optional(drawn == 1);
}

Search any_search(Random& random) {
  Search search;
  for (const auto type : event::EnumValuesEvent()) {
    if (type == event::Event::NONE || random.below(30) != 0) continue;
    search.types.emplace_back(event::EnumNameEvent(type));
  }
  for (const std::string key : {"actor", "import", "mandate_request", "workspace"}) {
    for (auto left = random.below(3); left > 0; --left) {
      search.tags.push_back(key + ":" + id(random));
    }
  }
  // A term said twice says no more than once.
  std::ranges::sort(search.tags);
  search.tags.erase(std::unique(search.tags.begin(), search.tags.end()), search.tags.end());
  if (random.below(2) == 0) search.recorded = range(random);
  if (random.below(2) == 0) search.occurred = range(random);
  search.refused = flag(random);
  search.broken = flag(random);
  if (const auto observed = flag(random)) {
    search.mode = *observed ? schema::Mode::observed : schema::Mode::command;
  }
  return search;
}

TEST_CASE("search: terms in any order give the same search") {
  Random random(testing::chosen_seed());
  for (int i = 0; i < 300; ++i) {
    const auto search = any_search(random);
    auto terms = testing::terms_of(search);
    for (auto left = terms.size(); left > 1; --left) {
      std::swap(terms[left - 1], terms[random.below(left)]);
    }
    check_reads(testing::joined(terms), search);
  }
}

}  // namespace
}  // namespace actbook::test

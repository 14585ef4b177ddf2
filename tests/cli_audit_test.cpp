// The questions of an audit and of investigations, as the command answers them in every format, of
// the year of a partner program that examples/ tells.
#include <doctest/doctest.h>

#include <regex>

#include "cli_fixture.h"

namespace actbook::testing {
namespace {

/// Made once, as it takes seconds; whoever uses it only asks.
const Cli& year() {
  static const Cli cli;
  static const bool is_made = [] {
    cli.init();
    for (const auto* file : {"year.jsonl", "spring-2027.jsonl"}) {
      const auto path = std::string(ACTBOOK_SOURCE_DIR) + "/examples/" + file;
      const auto ran = cli.run({"record", path, "--quiet"});
      REQUIRE_MESSAGE(ran.code == 0, ran.err);
    }
    return true;
  }();
  REQUIRE(is_made);
  return cli;
}

Arguments operator+(Arguments left, const Arguments& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

std::string said(const Arguments& arguments) {
  const auto ran = year().run(arguments);
  REQUIRE_MESSAGE(ran.code == 0, ran.err);
  return ran.out;
}

std::string complaint(const Arguments& arguments, int code) {
  const auto ran = year().run(arguments);
  CHECK_MESSAGE(ran.code == code, ran.out, ran.err);
  return ran.err;
}

std::string joined(const Arguments& arguments) {
  std::string text;
  for (const auto& argument : arguments) text.append(argument).append(" ");
  return text;
}

struct Question {
  Arguments asked;
  /// A column of its table, and something in it.
  const char* column;
  const char* cell;
  /// Where its answer has its lines.
  const char* lines = "lines";
  /// Its first columns as csv.
  const char* csv = "";
};

/// Those with a search. None of them has more than some hundred lines.
const std::vector<Question>& searches() {
  static const std::vector<Question> all = {
      {{"acceptances"}, "TEXT SHA-256", "dpa version 3", "lines", R"("position","recorded_at")"},
      {{"partner-status"}, "CONTRACT", "P-7", "lines", R"("organisation","program")"},
      {{"reads"}, "BY WHAT RIGHT", "staff", "lines", R"("read.position")"},
      {{"creations"}, "PARTNER THEN", "external client", "lines", R"("workspace","organisation")"},
      {{"roles", "person:adam"}, "BY WHAT RIGHT", "owner", "lines", R"("person","entity","role")"},
      {{"seats"}, "ACCOUNT", "acct-haarlem-panels", "lines", R"("account","person")"},
      {{"handoffs"}, "DECIDED", "ho-haarlem-3", "lines", R"("handoff","from_organisation")"},
      {{"moves"}, "LEFT THE CLIENT", "recording moved", "lines", R"("moved.position")"},
      {{"deals"}, "CAP LEFT", "deal-utrecht", "lines", R"("deal","workspace","organisation")"},
      {{"kickbacks"}, "WORKED OUT", "pay-utrecht-2", "lines", R"("accrued.position")"},
      {{"discounts"}, "SOURCE", "plan: Studio", "lines", R"("charged.position")"},
      {{"mandates"}, "ENDED BY", "man-cargo", "lines", R"("mandate","agency","client")"},
      {{"entries"},
       "EVERY BASIS",
       "developer of organisation agnes, by mandate man-cargo",
       "lines",
       R"("entered.position")"},
      {{"refusals"},
       "REMARKS",
       "adam",
       "lines",
       R"("position","recorded_at","occurred_at","type")"},
      {{"trail", "workspace:haarlem-panels"},
       "RECORDED AT",
       "Haarlem panels",
       "lines",
       R"("position","recorded_at","occurred_at","type")"},
  };
  return all;
}

/// Those about one thing.
const std::vector<Question>& others() {
  static const std::vector<Question> all = {
      {{"ownership", "haarlem-panels"}, "WHO", "data owner", "lines", R"("workspace","what")"},
      {{"special-plans", "cargo", "--as-of", "2027-02-10"},
       "BY AGENCY",
       "agency-scale",
       "lines",
       R"("client","plan","name")"},
      {{"readers", "workspace:haarlem-panels"},
       "MAY READ",
       "hugo",
       "workspace_readers",
       R"("person","role","basis")"},
      {{"access", "cal", "project:cargo-site"},
       "WHY",
       "owner of organisation cargo",
       "project_readers",
       R"("project","person","role","basis")"},
  };
  return all;
}

/// How many lines the last line of a table says there are.
std::size_t count_in(const std::string& table) {
  auto lines = lines_of(table);
  if (lines.back().starts_with("Note: ")) lines.pop_back();  // of late facts
  const auto& last = lines.back();
  const auto colon = last.rfind(": ");
  REQUIRE_MESSAGE(colon != std::string::npos, last);
  return std::stoul(last.substr(colon + 2));
}

void check_formats(const Question& question) {
  const auto asked = Arguments{"audit"} + question.asked;
  const auto lines = json::parse(said(asked + Arguments{"--format", "json"}))[question.lines];
  REQUIRE(!lines.empty());

  const auto table = said(asked);
  CHECK(contains(lines_of(table)[0], question.column));
  CHECK_MESSAGE(contains(table, question.cell), table);
  if (std::string(question.lines) == "lines") CHECK(count_in(table) == lines.size());

  const auto list = lines_of(said(asked + Arguments{"--format", "list"}));
  const auto fields = std::ranges::count_if(list, [&](const std::string& line) {
    return line.starts_with(std::string(question.column) + " ");
  });
  CHECK(fields > 0);
  CHECK(std::ranges::count(list, "") == static_cast<std::ptrdiff_t>(lines.size()) - 1);

  const auto jsonl = lines_of(said(asked + Arguments{"--format", "jsonl"}));
  REQUIRE(jsonl.size() == lines.size());
  CHECK(json::parse(jsonl.front()) == lines.front());
  CHECK(json::parse(jsonl.back()) == lines.back());

  const auto csv = lines_of(said(asked + Arguments{"--format", "csv"}));
  CHECK(csv.size() == lines.size() + 1);
  CHECK_MESSAGE(csv[0].starts_with(question.csv), csv[0]);
}

TEST_CASE("cli audit: every question is answered alike in every format") {
  for (const auto* questions : {&searches(), &others()}) {
    for (const auto& question : *questions) {
      INFO(joined(question.asked));
      check_formats(question);
    }
  }
}

TEST_CASE("cli audit: every question can be asked as of an earlier position") {
  for (const auto& question : searches()) {
    INFO(joined(question.asked));
    // The ledger begins with what it is, and roles; none of it is in an answer but the trail.
    const auto asked = Arguments{"audit", question.asked[0], "--as-of", "14"};
    const auto early = json::parse(said(asked + Arguments{"--format", "json"}));
    CHECK(early["as_of"] == 14);
    CHECK(early["lines"].size() == (question.asked[0] == "trail" ? 14 : 0));
    CHECK(contains(said(asked), "as of position 14, 2026-01-01T00:00:00Z: "));
  }
  for (const auto& asked : {Arguments{"ownership", "haarlem-panels"},
                            {"special-plans", "cargo"},
                            {"readers", "workspace:haarlem-panels"},
                            {"access", "adam"}}) {
    INFO(joined(asked));
    const auto error = complaint(Arguments{"audit"} + asked + Arguments{"--as-of", "14"}, 3);
    CHECK(contains(error, "is not known as of position 14"));
  }
}

TEST_CASE("cli audit: every question can be asked for what was true") {
  for (const auto* questions : {&searches(), &others()}) {
    for (const auto& question : *questions) {
      INFO(joined(question.asked));
      const auto asked = Arguments{"audit"} + question.asked + Arguments{"--true-at", "2027-02-01"};
      CHECK(json::parse(said(asked + Arguments{"--format", "json"}))["true_at"] ==
            "2027-02-01T00:00:00Z");
      CHECK(contains(said(asked), "true at 2027-02-01T00:00:00Z, as known at position "));
    }
  }
  // It was moved before midnight, and that was recorded in the morning.
  const Arguments asked = {"audit", "moves", "recording:rec-2", "--format", "jsonl"};
  CHECK(lines_of(said(asked + Arguments{"--as-of", "2027-02-11"})).empty());
  CHECK(lines_of(said(asked + Arguments{"--true-at", "2027-02-11"})).size() == 1);
  CHECK(lines_of(said(asked + Arguments{"--as-of", "2027-02-11", "--true-at", "2027-02-11"}))
            .empty());
}

TEST_CASE("cli audit: pages together are the whole answer") {
  for (const auto& question : searches()) {
    INFO(joined(question.asked));
    const auto asked = Arguments{"audit"} + question.asked;
    const auto whole = json::parse(said(asked + Arguments{"--format", "json"}))["lines"];
    const auto limit = std::to_string(whole.size() < 8 ? 1 : whole.size() / 3);
    auto page = asked + Arguments{"--limit", limit};
    auto lines = json::array();
    while (true) {
      const auto answer = json::parse(said(page + Arguments{"--format", "json"}));
      for (const auto& line : answer["lines"]) lines.push_back(line);
      if (!answer.contains("next")) break;
      const auto next = std::to_string(answer["next"].get<std::uint64_t>());
      CHECK(contains(said(page), "; there are more: --after " + next));
      page = asked + Arguments{"--limit", limit, "--after", next};
    }
    CHECK(lines == whole);
  }
}

TEST_CASE("cli audit: after the last position there is no page") {
  for (const auto& question : searches()) {
    INFO(joined(question.asked));
    const auto last = Arguments{"audit"} + question.asked +
                      Arguments{"--after", "18446744073709551615", "--format", "json"};
    const auto answer = json::parse(said(last));
    CHECK(answer["lines"].empty());
    CHECK(!answer.contains("next"));
  }
}

TEST_CASE("cli audit: a search that can find nothing is an error") {
  const auto both = complaint({"audit", "trail", "refused:no", "reason:FORBIDDEN"}, 2);
  CHECK(contains(both, "refused:no leaves no refusals"));
  const auto none = complaint({"audit", "refusals", "refused:no"}, 2);
  CHECK(contains(none, "refused:no: "));
  CHECK(contains(none, "actbook audit trail"));
  CHECK(contains(complaint({"audit", "refusals", "reason:FORBIDEN"}, 3), "near is FORBIDDEN"));
  CHECK(contains(complaint({"audit", "reads", "staff:sam"}, 3), "ask by person:sam"));
  CHECK(contains(complaint({"audit", "reads", "project:reading-rooms"}, 3),
                 "ask by workspace:utrecht-libraries"));
  CHECK(contains(complaint({"audit", "roles", "workspace:haarlem-panels", "organisation:prism"}, 3),
                 "ask by one of them"));
}

/// An id that nothing has, of a kind by which a question can be asked.
std::string unknown_to(const std::string& question) {
  if (question == "partner-status") return "organisation:nowhere";
  if (question == "mandates") return "mandate:nowhere";
  const bool is_of_people = question == "seats" || question == "entries";
  return is_of_people ? "person:nowhere" : "workspace:nowhere";
}

TEST_CASE("cli audit: ids that nothing has and wrong searches are errors") {
  for (const auto& question : searches()) {
    INFO(joined(question.asked));
    const Arguments asked = {"audit", question.asked[0]};
    const auto unknown = unknown_to(question.asked[0]);
    CHECK(contains(complaint(asked + Arguments{unknown}, 3),
                   unknown + " is not known as of position"));
    CHECK(contains(complaint(asked + Arguments{"robot:r2"}, 3),
                   "SEARCH: column 1: there is no key robot"));
    CHECK(contains(complaint(asked + Arguments{"--limit", "0"}, 2),
                   "--limit: 0 is not a whole number from 1 to "));
  }
  CHECK(
      contains(complaint({"audit", "ownership", "nowhere"}, 3), "workspace:nowhere is not known"));
  CHECK(contains(complaint({"audit", "special-plans", "nobody"}, 3),
                 "organisation:nobody is not known"));
  CHECK(contains(complaint({"audit", "readers", "workspace:nowhere"}, 3),
                 "workspace:nowhere is not known"));
  CHECK(contains(complaint({"audit", "access", "nobody"}, 3), "person:nobody is not known"));
  CHECK(contains(complaint({"audit", "access", "adam", "plan:studio"}, 3),
                 "a workspace or a project"));
}

TEST_CASE("cli audit: an id may have its kind before it where only one kind will do") {
  const std::vector<std::pair<Arguments, std::string>> cases = {
      {{"audit", "ownership", "haarlem-panels"}, "workspace:"},
      {{"audit", "special-plans", "cargo"}, "organisation:"},
      {{"overview", "prism"}, "organisation:"},
      {{"dashboard", "agnes"}, "organisation:"},
      {{"audit", "access", "adam"}, "person:"},
      {{"audit", "access", "adam", "workspace:haarlem-panels"}, "person:"},
      {{"explain", "access", "adam", "workspace:haarlem-panels"}, "person:"},
      {{"person", "export", "adam"}, "person:"},
  };
  for (const auto& one : cases) {
    const auto& plain = one.first;
    const auto& kind = one.second;
    INFO(joined(plain));
    const std::size_t id = plain[0] == "overview" || plain[0] == "dashboard" ? 1 : 2;
    auto with_kind = plain;
    with_kind[id] = kind + plain[id];
    CHECK(said(with_kind) == said(plain));
    with_kind[id] = "recording:" + plain[id];
    CHECK(contains(complaint(with_kind, 2), "alone or as " + kind + "id, not recording:"));
  }
}

TEST_CASE("cli audit: answers are said in words") {
  CHECK(contains(said({"audit", "access", "anouk", "workspace:utrecht-libraries"}),
                 "anouk has no access to workspace:utrecht-libraries"));
  CHECK(contains(said({"audit", "access", "hugo", "workspace:haarlem-panels"}),
                 "hugo has access to workspace:haarlem-panels"));
  CHECK(contains(said({"audit", "access", "hugo"}), " for hugo"));
  CHECK(contains(said({"audit", "moves"}), "workspace reclassified"));
  const auto charge = said({"audit", "discounts", "charge:ch-utrecht-2"});
  CHECK(contains(lines_of(charge)[0], "WHAT"));
  CHECK(contains(charge, "  plan  "));
  CHECK(contains(said({"audit", "acceptances", "workspace:delft-bicycle"}), " (contact-"));
  CHECK(contains(said({"overview", "prism"}), "Partner   in the workspace program"));
  CHECK(contains(said({"overview", "agnes"}), "Partner  in the agency program"));
  CHECK(contains(said({"dashboard", "cargo"}), "Partner  no"));
  CHECK(contains(said({"show", "organisation:prism"}), "in the workspace program"));
}

TEST_CASE("cli show: what there is not is left out and what there is reads well") {
  const auto project = said({"show", "project:cargo-site", "--as-of", "2027-02-01"});
  CHECK(contains(project, "RESTS ON POSITIONS"));
  CHECK(contains(project, "projects manager of organisation agnes, by mandate man-cargo  1234, "));
  CHECK(!contains(project, "BASES"));
  const auto charge = said({"show", "charge:ch-utrecht-2"});
  CHECK(!contains(charge, "Terms version"));
  CHECK(!contains(charge, "DAYS"));
  CHECK(contains(said({"show", "charge:ch-utrecht-1"}), "Terms version  1"));
  CHECK(contains(said({"show", "recording:rec-2"}), "Left client       at position 1259"));
  CHECK(contains(complaint({"show", "refund:ref-utrecht-1"}, 2), "ask for its payment"));
  CHECK(contains(complaint({"show", "payout:po-utrecht-1"}, 2), "ask for its deal"));
  CHECK(contains(complaint({"replay", "--compare-with", "/no/such.json"}, 2), "cannot be read"));
}

TEST_CASE("cli investigations: every one of them answers in every format") {
  struct Investigation {
    Arguments asked;
    const char* text;
    const char* member;
  };
  const std::vector<Investigation> all = {
      {{"explain", "access", "clara", "workspace:haarlem-panels"}, "RUNG", "rungs"},
      {{"compare", "--from", "2026-06-10", "--to", "2026-06-11", "workspace:haarlem-panels"},
       "What changed: ",
       "changes"},
      {{"timeline", "workspace:haarlem-panels"}, "What lasted: ", "spans"},
      {{"step", "workspace:haarlem-panels", "--after", "274"}, "next: --after 275", "lines"},
      {{"what-if", "--without", "workspace/observer:conversation.read", "workspace:haarlem-panels"},
       "Access that would have been another: ",
       "accesses"},
  };
  for (const auto& one : all) {
    const auto& asked = one.asked;
    INFO(joined(asked));
    CHECK_MESSAGE(contains(said(asked), one.text), said(asked));
    CHECK(contains(said(asked + Arguments{"--format", "list"}), "\n\n"));
    const auto answer = json::parse(said(asked + Arguments{"--format", "json"}));
    CHECK(!answer[one.member].empty());
    // Steps are a list; of the others, each is one answer.
    const auto jsonl = lines_of(said(asked + Arguments{"--format", "jsonl"}));
    REQUIRE(jsonl.size() == 1);
    CHECK(json::parse(jsonl[0]) == (asked[0] == "step" ? answer["lines"][0] : answer));
    const auto rows = lines_of(said(asked + Arguments{"--format", "csv"}));
    CHECK(rows.size() > 1);
    CHECK_MESSAGE(rows[0].starts_with("\"kind\","), rows[0]);
  }
}

TEST_CASE("cli investigations: they can be asked on both axes and say what they do not know") {
  const Arguments explain = {"explain", "access", "clara", "workspace:haarlem-panels"};
  CHECK(contains(said(explain + Arguments{"--as-of", "2026-06-10"}), "as of position "));
  CHECK(said(explain + Arguments{"--at", "2026-06-10"}) ==
        said(explain + Arguments{"--as-of", "2026-06-10"}));
  CHECK(contains(said(explain + Arguments{"--true-at", "2026-06-10"}), "true at 2026-06-10"));
  CHECK(contains(said({"timeline", "person:adam", "--true-at", "2026-06-10"}), "true at 2026-06"));
  CHECK(contains(said({"compare", "--from", "2026-06-10", "--true", "workspace:haarlem-panels"}),
                 "true at 2026-06-10"));
  CHECK(
      contains(said({"timeline", "person:adam", "--limit", "1"}), "there are more acts: --after "));
  // Names of the schema are words.
  const auto created = std::regex_replace(
      said({"step", "workspace:haarlem-panels", "--limit", "3"}), std::regex(" +"), " ");
  CHECK(contains(created, "usage - → external client"));
  CHECK(contains(complaint({"explain", "access", "nobody", "workspace:haarlem-panels"}, 3),
                 "person:nobody is not known"));
  CHECK(contains(complaint({"timeline", "workspace:nowhere"}, 3), "workspace:nowhere"));
  CHECK(contains(complaint({"step", "--limit", "0"}, 2), "0 is not a whole number from 1 to "));
  CHECK(contains(complaint({"compare", "--from", "5", "--true"}, 2), "not for a position"));
  CHECK(contains(complaint({"compare", "--from", "5", "--as-of", "9"}, 2), "--as-of: "));
  // By what was known on a day before a fact was told late, it was not true either.
  const Arguments by_then = {"compare", "--from", "2026-06-10", "--true"};
  CHECK(said(by_then + Arguments{"--as-of", "2026-06-11"}) != said(by_then));
  CHECK(contains(complaint({"what-if", "--without", "observer"}, 2), "SCOPE/ROLE:PERMISSION"));
}

TEST_CASE("cli audit: the help has the questions in their order and each has an example") {
  const auto help = Cli::bare({"audit", "--help"}).out;
  std::size_t at = 0;
  for (int question = 1; question <= 18; ++question) {
    const auto digits = std::to_string(question);
    const auto number = question < 17 ? "(Q" + digits + ")" : "Q" + digits + ", ";
    const auto found = help.find(number, at);
    CHECK_MESSAGE(found != std::string::npos, number);
    if (found != std::string::npos) at = found;
  }
  for (const auto* questions : {&searches(), &others()}) {
    for (const auto& question : *questions) {
      const auto name = question.asked[0];
      const auto own = Cli::bare({"audit", name, "--help"}).out;
      CHECK_MESSAGE(contains(own, "\n  actbook audit " + name), own);
      // A sentence before the examples.
      CHECK_MESSAGE(contains(own, ".\n\nExample"), own);
    }
  }
  for (const auto* group : {"explain", "person", "vault"}) {
    CHECK(!contains(Cli::bare({group, "--help"}).out, "Exit codes"));
  }
  CHECK(contains(Cli::bare({"--help"}).out, "Exit codes"));
}

}  // namespace
}  // namespace actbook::testing

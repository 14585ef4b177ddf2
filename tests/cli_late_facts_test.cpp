// The note under an answer which would be another by when things happened (cli/late_facts.h).
#include <doctest/doctest.h>

#include "cli_fixture.h"

namespace actbook::testing {
namespace {

/// Told in March: PRISM was no partner any more by February, before it created its workspace.
constexpr const char* kLateRevocation =
    R"({"at":"2026-03-05T09:00:00Z","command_id":"l-1","mode":"observed","occurred_at":"2026-02-15T09:00:00Z","actor":{"kind":"staff","id":"sam"},"reason":"told late","command_type":"RevokePartnerStatus","command":{"organisation":"prism"}})";

/// Bea was made an admin; that she had been made an owner the day before was told afterwards.
constexpr const char* kLateRole[] = {
    R"({"at":"2026-03-05T09:00:00Z","command_id":"r-1","actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson","command":{"person":"bea"}})",
    R"({"at":"2026-03-05T10:00:00Z","command_id":"r-2","actor":{"kind":"person","id":"olga"},"command_type":"AddOrganisationMember","command":{"organisation":"prism","person":"bea","role":"member"}})",
    R"({"at":"2026-03-05T11:00:00Z","command_id":"r-3","actor":{"kind":"person","id":"olga"},"command_type":"InviteToWorkspace","command":{"invite":"i-1","workspace":"w-1","person":"bea","role":"member"}})",
    R"({"at":"2026-03-07T09:00:00Z","command_id":"r-4","actor":{"kind":"person","id":"olga"},"command_type":"ChangeWorkspaceRole","command":{"workspace":"w-1","person":"bea","role":"admin"}})",
    R"({"at":"2026-03-08T09:00:00Z","command_id":"r-5","mode":"observed","occurred_at":"2026-03-06T09:00:00Z","actor":{"kind":"person","id":"olga"},"command_type":"ChangeWorkspaceRole","command":{"workspace":"w-1","person":"bea","role":"owner"}})",
};

constexpr const char* kNote = "some of it was recorded at another time than it happened";

class LateFacts {
 public:
  LateFacts() { cli_.fill(); }

  void tell(const std::string& lines) const {
    const auto ran = cli_.record(lines, {"--format", "jsonl"});
    REQUIRE_MESSAGE(ran.code == 0, ran.out, ran.err);
    for (const auto& line : lines_of(ran.out)) {
      REQUIRE_MESSAGE(json::parse(line)["outcome"] == "recorded", line);
    }
  }
  void tell_role() const {
    std::string lines;
    for (const auto* line : kLateRole) lines.append(line).append("\n");
    tell(lines);
  }

  [[nodiscard]] Ran ask(Arguments question, const Arguments& more = {}) const {
    question.insert(question.end(), more.begin(), more.end());
    auto ran = cli_.run(question);
    REQUIRE_MESSAGE(ran.code == 0, ran.err);
    return ran;
  }

  /// Whether either output has the note.
  [[nodiscard]] bool notes(const Arguments& question, const Arguments& more = {}) const {
    const auto ran = ask(question, more);
    return contains(ran.out + ran.err, kNote);
  }

 private:
  Cli cli_;
};

const Arguments kCreations = {"audit", "creations"};

TEST_CASE("cli late facts: the last line of a table says that another answer was true") {
  const LateFacts ledger;
  ledger.tell(std::string(kLateRevocation) + "\n");
  const auto ran = ledger.ask(kCreations);
  CHECK(ran.err.empty());
  const auto lines = lines_of(ran.out);
  const auto known = json::parse(ledger.ask(kCreations, {"--format", "json"}).out)["as_of"].dump();
  CHECK(lines.back() == std::string("Note: ") + kNote +
                            ", and what was true is another answer: --as-of " + known +
                            " --true-at 2026-03-05T09:00:00Z");
  // That is how the other one is asked for, which is another and needs no note.
  const auto then = ledger.ask(kCreations, {"--as-of", known, "--true-at", "2026-03-05T09:00:00Z"});
  CHECK_FALSE(contains(then.out + then.err, kNote));
  const auto partner_then = [&](const Arguments& more) {
    auto words = more;
    words.insert(words.end(), {"--format", "json"});
    return json::parse(ledger.ask(kCreations, words).out)["lines"][0]["partner_then"];
  };
  CHECK(partner_then({}) == true);
  CHECK(partner_then({"--true-at", "2026-03-05T09:00:00Z"}) == false);
}

TEST_CASE("cli late facts: beside an answer for programs the note is on standard error") {
  const LateFacts ledger;
  const auto before = ledger.ask(kCreations, {"--format", "csv"});
  ledger.tell(std::string(kLateRevocation) + "\n");
  for (const auto* format : {"json", "jsonl", "csv"}) {
    const auto ran = ledger.ask(kCreations, {"--format", format});
    CHECK_FALSE(contains(ran.out, kNote));
    REQUIRE(lines_of(ran.err).size() == 1);
    CHECK(contains(ran.err, std::string(kNote) + ", and what was true"));
    CHECK(contains(ran.err, "--true-at 2026-03-05T09:00:00Z"));
    if (std::string(format) == "csv") CHECK(ran.out == before.out);
    if (std::string(format) == "json") CHECK(json::accept(ran.out));
    CHECK_FALSE(ledger.notes(kCreations, {"--format", format, "--true-at", "2026-03-05T12:00Z"}));
  }
}

TEST_CASE("cli late facts: an answer from before it was told has no note") {
  const LateFacts ledger;
  ledger.tell(std::string(kLateRevocation) + "\n");
  CHECK_FALSE(ledger.notes(kCreations, {"--as-of", "2026-03-05T08:59:59Z"}));
  CHECK(ledger.notes(kCreations, {"--as-of", "2026-03-05T09:00:00Z"}));
  // Nor has one that it does not change.
  CHECK_FALSE(ledger.notes({"audit", "acceptances"}));
  CHECK_FALSE(ledger.notes({"audit", "creations", "recorded:[2026-03-05,)"}));
}

TEST_CASE("cli late facts: as of a time the note asks by what was known then") {
  const LateFacts ledger;
  ledger.tell(std::string(kLateRevocation) + "\n");
  const auto known = json::parse(ledger.ask(kCreations, {"--format", "json"}).out)["as_of"];
  ledger.tell_role();
  const auto note = lines_of(ledger.ask(kCreations, {"--as-of", known.dump()}).out).back();
  CHECK_MESSAGE(
      note.ends_with("another answer: --as-of " + known.dump() + " --true-at 2026-03-05T09:00:00Z"),
      note);
}

TEST_CASE("cli late facts: where nothing came late no answer has a note") {
  const LateFacts ledger;
  const std::vector<Arguments> questions = {{"audit", "acceptances"},
                                            {"audit", "partner-status"},
                                            {"audit", "reads"},
                                            {"audit", "creations"},
                                            {"audit", "roles", "person:olga"},
                                            {"audit", "seats"},
                                            {"audit", "handoffs"},
                                            {"audit", "moves"},
                                            {"audit", "deals"},
                                            {"audit", "mandates"},
                                            {"audit", "entries"},
                                            {"audit", "refusals"},
                                            {"audit", "trail"},
                                            {"audit", "trail", "workspace:w-1", "--limit", "2"},
                                            {"audit", "ownership", "w-1"},
                                            {"audit", "readers", "workspace:w-1"},
                                            {"audit", "access", "olga"},
                                            {"audit", "access", "olga", "workspace:w-1"},
                                            {"explain", "access", "olga", "workspace:w-1"},
                                            {"timeline", "workspace:w-1"},
                                            {"timeline", "person:olga"},
                                            {"timeline", "organisation:prism"}};
  for (const auto& question : questions) {
    CAPTURE(question);
    CHECK_FALSE(ledger.notes(question));
    CHECK_FALSE(ledger.notes(question, {"--format", "json"}));
    CHECK_FALSE(ledger.notes(question, {"--as-of", "2026-03-02"}));
  }
}

TEST_CASE("cli late facts: whoever asks about access is told of them in each way") {
  const LateFacts ledger;
  ledger.tell_role();
  const std::vector<Arguments> questions = {{"audit", "access", "bea"},
                                            {"audit", "access", "bea", "workspace:w-1"},
                                            {"audit", "readers", "workspace:w-1"},
                                            {"audit", "roles", "person:bea"},
                                            {"explain", "access", "bea", "workspace:w-1"},
                                            {"timeline", "workspace:w-1"},
                                            {"timeline", "person:bea"}};
  for (const auto& question : questions) {
    CAPTURE(question);
    const auto table = ledger.ask(question);
    CHECK(table.err.empty());
    CHECK(lines_of(table.out).back().starts_with(std::string("Note: ") + kNote));
    const auto document = ledger.ask(question, {"--format", "json"});
    CHECK(json::accept(document.out));
    CHECK(contains(document.err, kNote));
    CHECK_FALSE(ledger.notes(question, {"--true-at", "2026-03-08T12:00:00Z"}));
  }
}

}  // namespace
}  // namespace actbook::testing

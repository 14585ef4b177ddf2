// actbook record --observed: a product's history, as docs/OBSERVED.md has it.
#include <doctest/doctest.h>

#include "cli_fixture.h"

namespace actbook::testing {
namespace {

/// The example of docs/OBSERVED.md.
const std::string kOldWorkspace =
    R"({"command_id":"h-17","actor":{"kind":"person","id":"kim"},)"
    R"("occurred_at":"2024-05-03T10:00:00Z","command_type":"CreateWorkspace","command":)"
    R"({"workspace":"ws-9","organisation":"acme","name":"Old panels","data_owner":)"
    R"({"organisation_name":"City","email":"c@city.example"}}})"
    "\n";

const std::string kOldRead =
    R"({"command_id":"h-18","actor":{"kind":"import","id":"crm"},)"
    R"("occurred_at":"2024-05-04T10:00:00Z","command_type":"RecordAccess","command":)"
    R"({"person":"max","workspace":"ws-9","what":"conversation 4","staff":true}})"
    "\n";

TEST_CASE("cli: observed facts are never refused and say which rules they broke") {
  const Cli cli;
  cli.init();
  const auto ran = cli.record(kOldWorkspace + kOldRead, {"--observed", "--format", "jsonl"});
  REQUIRE_MESSAGE(ran.code == 0, ran.err);
  for (const auto& line : lines_of(ran.out)) {
    CHECK(json::parse(line)["outcome"] == "recorded");
  }
  const auto trail = answer(cli, {"audit", "trail", "workspace:ws-9"})["lines"];
  CHECK(trail[0]["type"] == "WorkspaceCreated");
  CHECK(trail[0]["mode"] == "observed");
  CHECK(trail[0]["rules_broken"] ==
        json::array({"ORG_NOT_FOUND", "NOT_ORG_ADMIN", "NOT_PARTNER", "AGREEMENT_NOT_ACCEPTED"}));
  CHECK(trail.back()["type"] == "AccessRecorded");
  CHECK(trail.back()["rules_broken"] == json::array({"READ_WITHOUT_BASIS"}));
  CHECK(contains(trail.back()["summary"], "staff override"));
}

TEST_CASE("cli: a history lands on both time axes and the state follows it") {
  const Cli cli;
  cli.init();
  REQUIRE(cli.record(kOldWorkspace, {"--observed"}).code == 0);
  const auto state = answer(cli, {"show", "workspace:ws-9"})["state"];
  CHECK(state["row"]["created"]["occurred_at"] == "2024-05-03T10:00:00Z");
  CHECK(state["row"]["created"]["recorded_at"] == "2026-01-01T00:00:00Z");
  CHECK(state["members"][0]["person"] == "kim");
  // The data owner's invite was issued then, for 30 days.
  CHECK(state["invites"][0]["expires_at"] == "2024-06-02T10:00:00Z");
  CHECK(state["invites"][0]["state"] == "expired");
}

TEST_CASE("cli: a history can be loaded again and the same lines are refused as commands") {
  const Cli cli;
  cli.init();
  const auto first = cli.record(kOldWorkspace, {"--observed", "--format", "jsonl"});
  const auto head = cli.head();
  const auto second = cli.record(kOldWorkspace, {"--observed", "--format", "jsonl"});
  CHECK(first.out == second.out);
  CHECK(cli.head() == head);
  const auto as_command = cli.record(kOldWorkspace);
  CHECK(as_command.code == 3);
  CHECK(contains(as_command.err + as_command.out, "occurred_at"));
}

TEST_CASE("cli: what is no fact or no command is said in either mode") {
  const Cli cli;
  cli.init();
  const auto erase = cli.record(
      R"({"command_id":"e-1","actor":{"kind":"staff","id":"sam"},"reason":"asked","command_type":"ErasePerson","command":{"person":"kim"}})",
      {"--observed"});
  CHECK(erase.code == 3);
  CHECK(contains(erase.err + erase.out, "mode: must be command"));
  const auto read = cli.record(
      R"({"command_id":"r-1","actor":{"kind":"staff","id":"sam"},"command_type":"RecordAccess","command":{"person":"kim","workspace":"ws-9","what":"x"}})");
  CHECK(read.code == 3);
  CHECK(contains(read.err + read.out, "mode: must be observed"));
}

}  // namespace
}  // namespace actbook::testing

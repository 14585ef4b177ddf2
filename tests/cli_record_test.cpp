#include <doctest/doctest.h>

#include "cli_fixture.h"

namespace actbook::testing {
namespace {

TEST_CASE("cli: what is recorded is answered line by line and summed up") {
  const Cli cli;
  cli.init();
  const auto ran = cli.record("\n" + all_commands() + "  \n");
  CHECK(ran.code == 0);
  CHECK(ran.err.empty());
  const auto lines = lines_of(ran.out);
  REQUIRE(lines.size() == 10);
  CHECK(contains(lines[0], "COMMAND ID"));
  CHECK(contains(lines[1], "c-1"));
  CHECK(contains(lines[1], " 2 "));
  CHECK(contains(lines[6], "refused"));
  CHECK(contains(lines[6], "STAFF_ONLY: only staff may do this"));
  CHECK(contains(lines[7], "unchanged"));
  CHECK(contains(lines[9], "8 lines: 6 recorded, 1 unchanged, 1 refused; head is position " +
                               std::to_string(cli.head())));
}

TEST_CASE("cli: the same file twice gives the same answers and adds nothing") {
  const Cli cli;
  cli.init();
  for (const std::string format : {"table", "json", "jsonl", "csv"}) {
    const auto first = cli.record(all_commands(), {"--format", format});
    const auto head = cli.head();
    const auto second = cli.record(all_commands(), {"--format", format});
    CHECK(first.code == 0);
    CHECK(second.code == 0);
    CHECK(first.out == second.out);
    CHECK(cli.head() == head);
  }
}

TEST_CASE("cli: an earlier `at` does not take the clock back") {
  const Cli cli;
  cli.fill();
  const auto ran = cli.record(
      R"({"at":"2020-01-01","command_id":"d-1","actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson","command":{"person":"p-1"}})"
      "\n"
      R"({"command_id":"d-2","actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson","command":{"person":"p-2"}})",
      {"--format", "jsonl"});
  CHECK(ran.code == 0);
  for (const auto& line : lines_of(ran.out)) {
    CHECK(json::parse(line)["recorded_at"] == "2026-03-04T09:00:00Z");
  }
}

TEST_CASE("cli: a malformed line is named by number and field, and nothing of it is recorded") {
  const std::vector<std::pair<std::string, std::string>> malformed = {
      {R"({"command_id":"m-1")", "column "},
      {R"([])", "the document"},
      {R"({"command_id":"m 1","actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson","command":{"person":"p"}})",
       "command_id"},
      {R"({"command_id":"m-1","command_type":"RegisterPerson","command":{"person":"p"}})", "actor"},
      {R"({"command_id":"m-1","actor":{"kind":"boss","id":"sue"},"command_type":"RegisterPerson","command":{"person":"p"}})",
       "actor.kind"},
      {R"({"command_id":"m-1","actor":{"kind":"staff","id":"sue"},"command_type":"Obey","command":{"person":"p"}})",
       "command_type"},
      {R"({"command_id":"m-1","actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson","command":{"person":"p","age":7}})",
       "command.age"},
      {R"({"command_id":"m-1","actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson","command":{"person":7}})",
       "command.person"},
      {R"({"command_id":"m-1","actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson","command":{"person":"p","email":"nowhere"}})",
       "command.email"},
      {R"({"command_id":"m-1","command_id":"m-2","actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson","command":{"person":"p"}})",
       "command_id"},
      {R"({"at":"noon","command_id":"m-1","actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson","command":{"person":"p"}})",
       "at"},
      {R"({"at":7,"command_id":"m-1","actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson","command":{"person":"p"}})",
       "at"},
      {R"({"command_id":"m-1","actor":{"kind":"staff","id":"sue"},"command_type":"PublishAgreementVersion","command":{"agreement":"a","version":-1,"title":"t","language":"en","text_sha256":"00"}})",
       "command.version"},
      {R"({"command_id":"m-1","actor":{"kind":"staff","id":"sue"},"command_type":"PublishAgreementVersion","command":{"agreement":"a","version":1,"title":"t","language":"en","text_sha256":"00"}})",
       "command.text_sha256"},
      {R"({"command_id":"actbook:1","actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson","command":{"person":"p"}})",
       "command_id"},
      {R"({"command_id":"m-1","actor":{"kind":"person","id":"olga"},"command_type":"CreateWorkspace","command":{"workspace":"w","organisation":"prism","name":"W","acceptance":{"agreement":"dpa","version":1,"text_shown":true,"channel":"web"}}})",
       "command.data_owner"},
  };
  const Cli cli;
  cli.fill();
  const auto head = cli.head();
  for (const auto& entry : malformed) {
    const std::string line = entry.first;
    const std::string field = entry.second;
    CAPTURE(line);
    const auto ran = cli.record(kCommands[0] + std::string("\n\n") + line + "\n" + kNextCommand);
    CHECK(ran.code == 3);
    CHECK(contains(ran.err, "actbook: line 3: " + field));
    CHECK(
        contains(ran.err, "stopped at line 3: nothing of it was recorded; answered before it: 1"));
    CHECK(lines_of(ran.out).size() == 3);
    CHECK(contains(ran.out, "2 lines: 1 recorded, 0 unchanged, 0 refused, 1 in error"));
    CHECK(cli.head() == head);
  }
}

TEST_CASE("cli: --keep-going goes on after a malformed line, and the exit code still tells") {
  const Cli cli;
  cli.fill();
  const auto head = cli.head();
  const auto ran =
      cli.record(std::string("{}\n") + kNextCommand, {"--keep-going", "--format", "jsonl"});
  CHECK(ran.code == 3);
  const auto lines = lines_of(ran.out);
  REQUIRE(lines.size() == 2);
  const auto error = json::parse(lines[0])["error"];
  CHECK(error["line"] == 1);
  CHECK(error["kind"] == "invalid");
  CHECK(error["code"] == "INVALID_FIELD");
  CHECK(contains(error["message"], "command_id"));
  CHECK(json::parse(lines[1])["outcome"] == "recorded");
  CHECK(cli.head() > head);
}

TEST_CASE("cli: a command id used for something else is a conflict that names the field") {
  const Cli cli;
  cli.fill();
  const auto head = cli.head();
  const auto ran = cli.record(
      R"({"command_id":"c-8","actor":{"kind":"person","id":"olga"},"command_type":"RenameWorkspace","command":{"workspace":"w-1","name":"Other"}})"
      "\n" +
      std::string(kNextCommand));
  CHECK(ran.code == 5);
  CHECK(contains(ran.err, "line 1: "));
  CHECK(contains(ran.err, "command.name"));
  CHECK(cli.head() == head);
}

TEST_CASE("cli: --stop-on-refusal stops there, and says so") {
  const Cli cli;
  cli.init();
  const auto ran = cli.record(all_commands(), {"--stop-on-refusal", "--format", "jsonl"});
  CHECK(ran.code == 4);
  CHECK(lines_of(ran.out).size() == 6);
  CHECK(contains(ran.err, "line 6"));
}

TEST_CASE("cli: `at` is for simulated clocks only") {
  const Cli cli;
  cli.init({});
  const auto head = cli.head();
  const auto ran = cli.record(kNextCommand);
  CHECK(ran.code == 2);
  CHECK(contains(ran.err, "line 1: at: "));
  CHECK(contains(ran.err, "--simulated-clock"));
  CHECK(cli.head() == head);
  auto command = json::parse(kNextCommand);
  command.erase("at");
  CHECK(cli.record(command.dump()).code == 0);
}

TEST_CASE("cli: --quiet prints the summary alone") {
  const Cli cli;
  cli.init();
  const auto table = cli.record(all_commands(), {"--quiet"});
  CHECK(lines_of(table.out).size() == 1);
  const auto summary = json::parse(cli.record(all_commands(), {"--quiet", "--format", "json"}).out);
  CHECK(summary["lines"] == 8);
  CHECK(summary["recorded"] == 6);
  CHECK(summary["failed"] == 0);
  CHECK(summary["head"] == cli.head());
}

TEST_CASE("cli: a line that is not decided does not move the clock") {
  const Cli cli;
  cli.fill();
  const std::string person =
      R"("actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson")";
  const auto ran = cli.record(
      // Malformed, a conflict, and a retry, each from the far future.
      R"({"at":"2099-01-01","command_id":"d-0",)" + person +
          R"(,"command":{"person":"a b"}})"
          "\n"
          R"({"at":"2099-01-01","command_id":"c-2",)" +
          person +
          R"(,"command":{"person":"other"}})"
          "\n" +
          std::string(kCommands[0]) + "\n" + R"({"command_id":"d-1",)" + person +
          R"(,"command":{"person":"p-1"}})",
      {"--format", "jsonl", "--keep-going"});
  CHECK(json::parse(lines_of(ran.out).back())["recorded_at"] == "2026-03-04T09:00:00Z");
}

TEST_CASE("cli: a file that cannot be read is an error before anything is recorded") {
  const Cli cli;
  cli.init();
  CHECK(cli.run({"record", cli.ledger() + "/nothing"}).code == 2);
  CHECK(cli.run({"record", cli.ledger()}).code == 6);
  CHECK(cli.record("", {"--format", "json"}).out == "[]\n");
}

TEST_CASE("cli: standard input is answered line by line, others read meanwhile, but none records") {
  const Cli cli;
  cli.init();
  Process holder(ACTBOOK_BINARY, {"record", "-", "--format", "jsonl", "--ledger", cli.ledger()});
  for (const auto* command : {kCommands[0], kCommands[1]}) {
    holder.send(command);
    const auto receipt = json::parse(holder.receive());
    CHECK(receipt["command_id"] == json::parse(command)["command_id"]);
  }
  const auto verified = cli.run({"verify", "--format", "json"});
  CHECK(verified.code == 0);
  CHECK(json::parse(verified.out)["commands"] == 3);  // init's is one
  CHECK(cli.run({"replay"}).code == 0);
  const auto second = cli.record(kCommands[2]);
  CHECK(second.code == 6);
  CHECK(contains(second.err, std::to_string(holder.pid())));
  CHECK(contains(second.err, "record"));
  CHECK(holder.finish().code == 0);
  CHECK(cli.record(kCommands[2]).code == 0);
}

TEST_CASE("cli: long work says on a terminal how far it is, and leaves the line clean") {
  const Cli cli;
  cli.init();
  const PseudoTerminal terminal;
  Process recording(ACTBOOK_BINARY, {"record", "-", "--format", "jsonl", "--ledger", cli.ledger()},
                    terminal.path());
  std::string seen;
  for (int i = 0; seen.empty() && i < 1'000'000; ++i) {
    recording.send(R"({"command_id":"p-)" + std::to_string(i) +
                   R"(","actor":{"kind":"staff","id":"sue"},"command_type":"RegisterPerson",)" +
                   R"("command":{"person":"p-)" + std::to_string(i) + R"("}})");
    CHECK(json::parse(recording.receive())["outcome"] == "recorded");
    seen += terminal.read_now();
  }
  CHECK(seen.starts_with("\rrecording: "));
  CHECK(recording.finish().code == 0);
  seen += terminal.read_now();
  CHECK(seen.ends_with("\r\x1b[K"));
}

TEST_CASE("cli: when nobody reads the answers any more, recording ends quietly and in order") {
  const Cli cli;
  cli.init();
  Process recording(ACTBOOK_BINARY, {"record", "-", "--format", "jsonl", "--ledger", cli.ledger()});
  recording.send(kCommands[0]);
  CHECK(json::parse(recording.receive())["outcome"] == "recorded");
  recording.close_output();
  recording.send(kCommands[1]);
  const auto ended = recording.finish();
  CHECK(ended.code == 141);
  CHECK(ended.err.empty());
  CHECK(cli.run({"replay"}).code == 0);
  const auto again = cli.record(all_commands());
  CHECK(again.code == 0);
  CHECK(contains(again.out, "8 lines: 6 recorded, 1 unchanged, 1 refused"));
}

}  // namespace
}  // namespace actbook::testing

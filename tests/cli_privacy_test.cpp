// Personal data by way of the command: the master key, --reveal, erasing, exporting.
#include <doctest/doctest.h>

#include <filesystem>

#include "cli_fixture.h"

namespace actbook::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kErase =
    R"({"at":"2026-04-01T09:00:00Z","command_id":"e-1","actor":{"kind":"staff","id":"sam"},"reason":"asked","command_type":"ErasePerson","command":{"person":"olga"}})";

json shown(const Cli& cli, Arguments more = {}, const RunOptions& options = {}) {
  more.insert(more.begin(), {"show", "person:olga", "--format", "json"});
  const auto ran = cli.run(more, options);
  REQUIRE_MESSAGE(ran.code == 0, ran.err);
  return json::parse(ran.out)["state"]["row"];
}

TEST_CASE("cli: personal data is sealed unless it is asked for, and erased for good") {
  const Cli cli;
  cli.fill();
  CHECK(shown(cli)["display_name"] == "sealed");
  CHECK(shown(cli, {"--reveal"})["display_name"] == "Ölgá 智");
  const auto table = cli.run({"show", "person:olga", "--reveal"});
  CHECK(contains(table.out, "Ölgá 智"));
  const auto event = [&](Arguments more) {
    const auto trail =
        json::parse(cli.run({"audit", "trail", "person:olga", "--format", "json"}).out);
    for (const auto& line : trail["lines"]) {
      if (line["type"] != "PersonRegistered") continue;
      more.insert(more.begin(), {"event", std::to_string(line["position"].get<int>())});
      return json::parse(cli.run(more).out)["payload"]["display_name"].get<std::string>();
    }
    return std::string();
  };
  CHECK(event({}) == "sealed");
  CHECK(event({"--reveal"}) == "Ölgá 智");
  REQUIRE(cli.record(kErase).code == 0);
  CHECK(shown(cli, {"--reveal"})["display_name"] == "erased");
  CHECK(shown(cli, {"--reveal", "--as-of", "2026-02-01"})["display_name"] == "erased");
  CHECK(event({"--reveal"}) == "erased");
  CHECK(cli.run({"replay"}).code == 0);
}

TEST_CASE("cli: the master key is where it was said to be, and only its owner reads it") {
  const TempDirectory elsewhere;
  const auto key = (elsewhere / "key").string();
  const Cli cli;
  cli.init({"--master-key-file", key, "--simulated-clock", "--at", "2026-01-01"});
  CHECK(!fs::exists(fs::path(cli.ledger()) / "master.key"));
  CHECK((fs::status(key).permissions() & fs::perms::all) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  const auto text = read_file(key);

  const auto locked = cli.record(all_commands());
  CHECK(locked.code == 6);
  CHECK(contains(locked.err, "personal data can be neither sealed nor revealed"));
  CHECK(contains(locked.err, "master.key"));
  REQUIRE(cli.record(all_commands(), {"--master-key-file", key}).code == 0);

  CHECK(shown(cli)["display_name"] == "sealed");
  CHECK(shown(cli, {"--master-key-file", "/nowhere"})["display_name"] == "sealed");
  const auto hidden = cli.run({"show", "person:olga", "--reveal"});
  CHECK(hidden.code == 6);
  CHECK(hidden.out.empty());
  for (const std::string& variable :
       {"ACTBOOK_MASTER_KEY_FILE=" + key, "ACTBOOK_MASTER_KEY=" + text}) {
    RunOptions options;
    options.environment = {variable};
    CHECK(shown(cli, {"--reveal"}, options)["display_name"] == "Ölgá 智");
  }
  RunOptions broken;
  broken.environment = {"ACTBOOK_MASTER_KEY=1234"};
  CHECK(cli.run({"show", "person:olga"}, broken).code == 3);
}

TEST_CASE("cli: init says where the key is, and takes one that is there") {
  const TempDirectory elsewhere;
  const auto key = (elsewhere / "key").string();
  const Cli first;
  first.init({"--master-key-file", key});
  const auto text = read_file(key);
  const Cli second;
  const auto made = second.run({"init", "--master-key-file", key, "--format", "json"});
  REQUIRE(made.code == 0);
  CHECK(json::parse(made.out)["master_key_file"] == key);
  CHECK(read_file(key) == text);
  const Cli third;
  CHECK(contains(third.run({"init"}).out, third.ledger() + "/master.key"));
}

TEST_CASE("cli: the vault is opened with another key from then on") {
  const TempDirectory elsewhere;
  const auto key = (elsewhere / "key").string();
  const Cli cli;
  cli.fill();
  const auto changed = cli.run({"vault", "change-key", "--new-master-key-file", key});
  CHECK_MESSAGE(changed.code == 0, changed.err);
  CHECK(cli.run({"show", "person:olga", "--reveal"}).code == 6);
  CHECK(shown(cli, {"--reveal", "--master-key-file", key})["display_name"] == "Ölgá 智");
  // Without the one it has, it cannot be given another.
  CHECK(cli.run({"vault", "change-key", "--new-master-key-file", key + "2"}).code == 6);
  CHECK(!fs::exists(key + "2"));
}

TEST_CASE("cli: all that is held about a person is exported") {
  const Cli cli;
  cli.fill();
  const auto ran = cli.run({"person", "export", "olga"});
  REQUIRE_MESSAGE(ran.code == 0, ran.err);
  const auto all = json::parse(ran.out);
  CHECK(all["person"] == "olga");
  CHECK(all["state"]["row"]["display_name"] == "Ölgá 智");
  CHECK(all["contacts"][0]["row"]["email"] == "olga@prism.example");
  CHECK(!contains(ran.out, "clara@zurich.example"));
  CHECK(all["events"].size() >= 7);
  CHECK(lines_of(cli.run({"person", "export", "olga", "--format", "jsonl"}).out).size() == 1);
  CHECK(contains(cli.run({"person", "export", "olga", "--format", "csv"}).out, "Ölgá 智"));
  CHECK(cli.run({"person", "export", "nobody"}).code == 3);
  const auto before = cli.run({"person", "export", "olga", "--as-of", "2026-01-06T08:30:00Z"});
  CHECK(json::parse(before.out)["events"].size() < all["events"].size());
}

}  // namespace
}  // namespace actbook::testing

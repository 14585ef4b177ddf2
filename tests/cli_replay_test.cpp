// actbook replay: held against a certificate, and in a folder that was named.
#include <doctest/doctest.h>

#include <filesystem>
#include <iterator>

#include "cli_fixture.h"

namespace actbook::testing {
namespace {

using nlohmann::ordered_json;

/// A ledger and the certificate of its replay, which somebody may alter.
class Certified {
 public:
  Certified() {
    cli_.fill();
    const auto ran = cli_.run({"replay", "--certificate", file()});
    REQUIRE_MESSAGE(ran.code == 0, ran.err);
    certificate_ = ordered_json::parse(read_file(file()));
  }

  [[nodiscard]] const Cli& cli() const { return cli_; }
  [[nodiscard]] const ordered_json& certificate() const { return certificate_; }

  /// Replays, held against the certificate with one member altered.
  [[nodiscard]] Ran against(const std::string& member, const ordered_json& value,
                            const Arguments& more = {}) const {
    auto altered = certificate_;
    REQUIRE_MESSAGE(altered.contains(member), member);
    REQUIRE_MESSAGE(altered[member] != value, member);
    altered[member] = value;
    put(altered);
    return against_file(more);
  }
  void put(const ordered_json& certificate) const { write_file(file(), certificate.dump()); }
  [[nodiscard]] Ran against_file(const Arguments& more = {}) const {
    Arguments words = {"replay", "--compare-with", file()};
    words.insert(words.end(), more.begin(), more.end());
    return cli_.run(words);
  }

 private:
  [[nodiscard]] std::string file() const { return (directory_ / "certificate.json").string(); }

  Cli cli_;
  TempDirectory directory_;
  ordered_json certificate_;
};

TEST_CASE("cli replay: what the certificate says is said with the version that made it") {
  const Certified certified;
  const auto until = std::to_string(certified.certificate()["until"].get<std::uint64_t>());
  const std::string version = certified.certificate()["program_version"];
  const auto verdict = "It is what the certificate says, which actbook " + version + " made.";
  const auto ran = certified.against_file();
  CHECK_MESSAGE(ran.code == 0, ran.err);
  CHECK(lines_of(ran.out).back() == verdict);

  // It goes up to where the certificate went, whatever came since.
  REQUIRE(certified.cli().record(std::string(kNextCommand) + "\n").code == 0);
  const auto later = certified.against_file();
  CHECK(later.code == 0);
  CHECK(lines_of(later.out).back() == verdict);
  CHECK(contains(later.out, "positions 1 to " + until + "\n"));

  // Another version may fold the same.
  const auto other = certified.against("program_version", "17.4.2");
  CHECK(other.code == 0);
  CHECK(lines_of(other.out).back() ==
        "It is what the certificate says, which actbook 17.4.2 made.");
}

TEST_CASE("cli replay: what the certificate says otherwise is named") {
  const Certified certified;
  const auto& honest = certified.certificate();
  const auto until = honest["until"].get<std::uint64_t>();
  const std::string other_hash(64, 'a');
  struct Lie {
    const char* member;
    ordered_json value;
    const char* words;
  };
  const std::vector<Lie> lies = {
      {"ledger", "rehearsal", "the ledger: "},
      {"from", 2, "the first position: "},
      {"until", until - 1, "the last position: "},
      {"at", "2026-03-04T09:00:01Z", "the time of the last event: "},
      {"tree_before", "0:" + other_hash, "the tree head before the first event: "},
      {"tree_after", std::to_string(until) + ":" + other_hash,
       "the events of the log, by their tree head: "},
      {"schemas_sha256", other_hash, "the schemas: "},
      {"projector_version", honest["projector_version"].get<std::uint64_t>() + 1,
       "the version that makes rows of events: "},
      {"rows", honest["rows"].get<std::uint64_t>() + 1, "the number of rows: "},
      {"state_sha256", other_hash, "the state: "}};
  const auto text = [](const ordered_json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
  };
  for (const auto& lie : lies) {
    // Without --until a replay goes to where the certificate went.
    const Arguments whole = {"--until", std::to_string(until)};
    const auto said = lie.words + ("the certificate says " + text(lie.value)) + ", the replay " +
                      text(honest[lie.member]);
    const auto ran = certified.against(lie.member, lie.value, whole);
    CHECK(ran.code == 8);
    CHECK(lines_of(ran.out).back() == "IT IS NOT WHAT THE CERTIFICATE SAYS: " + said);
    auto as_json = whole;
    as_json.insert(as_json.end(), {"--format", "json"});
    const auto document = certified.against(lie.member, lie.value, as_json);
    CHECK(document.code == 8);
    CHECK(json::parse(document.out)["agrees"] == true);
    CHECK_MESSAGE(contains(document.err, "it is not what the certificate says: " + said),
                  document.err);
  }
}

TEST_CASE("cli replay: the first event of which other rows were made is named") {
  const Certified certified;
  auto stretches = certified.certificate()["stretches"];
  REQUIRE(stretches.size() == certified.certificate()["until"].get<std::size_t>());
  stretches[3] = std::string(16, '0');
  stretches[5] = std::string(16, '0');
  const auto ran = certified.against("stretches", stretches);
  CHECK(ran.code == 8);
  CHECK(contains(ran.out, "Parts at"));
  CHECK(contains(ran.out, "position 4 is the first event of which this replay makes other rows"));
  const auto document = certified.against("stretches", stretches, {"--format", "json"});
  CHECK(json::parse(document.out)["parts_at"]["position"] == 4);
}

TEST_CASE("cli replay: a certificate that was shortened is not that of an earlier replay") {
  const Certified certified;
  const auto until = certified.certificate()["until"].get<std::uint64_t>();
  const auto ran = certified.against("until", until - 1);
  CHECK(ran.code == 8);
  CHECK(contains(ran.out, "positions 1 to " + std::to_string(until - 1) + "\n"));
  CHECK(contains(lines_of(ran.out).back(),
                 "IT IS NOT WHAT THE CERTIFICATE SAYS: the time of the last event"));
}

TEST_CASE("cli replay: a ledger that was cut is not what its certificate says") {
  const Certified certified;
  const auto until = certified.certificate()["until"].get<std::uint64_t>();
  const auto ran = certified.against("until", until + 40);
  CHECK(ran.code == 8);
  CHECK(lines_of(ran.out).back() ==
        "IT IS NOT WHAT THE CERTIFICATE SAYS: the last position: the "
        "certificate says " +
            std::to_string(until + 40) + ", the replay " + std::to_string(until));
}

TEST_CASE("cli replay: what is no certificate is said to be none") {
  const Certified certified;
  for (const auto* member : {"ledger", "tree_after", "state_sha256", "schemas_sha256"}) {
    auto less = certified.certificate();
    less.erase(member);
    certified.put(less);
    const auto ran = certified.against_file();
    CHECK(ran.code == 3);
    CHECK_MESSAGE(contains(ran.err, "--compare-with"), ran.err);
    CHECK_MESSAGE(contains(ran.err, member), ran.err);
  }
  auto less = certified.certificate();
  less.erase("until");
  certified.put(less);
  const auto endless = certified.against_file();
  CHECK(endless.code == 3);
  CHECK_MESSAGE(contains(endless.err, "until"), endless.err);
  certified.put(ordered_json::object());
  CHECK(certified.against_file().code == 3);
}

TEST_CASE("cli replay: a certificate has its place before the work begins and needs some events") {
  const Cli cli;
  cli.fill();
  const TempDirectory directory;
  const auto nowhere = cli.run({"replay", "--certificate", (directory / "no/c.json").string()});
  CHECK(nowhere.code == 2);
  CHECK(nowhere.out.empty());
  CHECK_MESSAGE(contains(nowhere.err, "--certificate: there is no folder"), nowhere.err);
  const auto folder = cli.run({"replay", "--certificate", directory.path().string()});
  CHECK(folder.code == 2);
  CHECK(folder.out.empty());
  const auto before = cli.run({"replay", "--until", "2001-01-01"});
  CHECK(before.code == 2);
  CHECK_MESSAGE(contains(before.err, "--until"), before.err);
}

TEST_CASE("cli replay: a folder to work in is left as it is if something else is in it") {
  const Cli cli;
  cli.fill();
  const TempDirectory directory;
  const auto scratch = (directory / "scratch").string();
  for (int i = 0; i < 2; ++i) {
    const auto ran = cli.run({"replay", "--scratch", scratch});
    CHECK_MESSAGE(ran.code == 0, ran.err);
  }
  CHECK(!std::filesystem::is_empty(scratch));

  const auto foreign = directory / "foreign";
  std::filesystem::create_directory(foreign);
  write_file(foreign / "letter.txt", "kept");
  const auto refused = cli.run({"replay", "--scratch", foreign.string()});
  CHECK(refused.code == 2);
  CHECK(refused.out.empty());
  CHECK_MESSAGE(contains(refused.err, foreign.string() + " holds something else"), refused.err);
  CHECK(contains(refused.err, "give an empty folder"));
  CHECK(read_file(foreign / "letter.txt") == "kept");
  CHECK(std::distance(std::filesystem::directory_iterator(foreign), {}) == 1);
}

}  // namespace
}  // namespace actbook::testing

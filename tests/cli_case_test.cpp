// actbook case write: what stands in a case file, and how it is written.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <random>
#include <set>

#include "actbook/merkle.h"
#include "cli_case_fixture.h"

namespace fs = std::filesystem;

namespace actbook::testing {
namespace {

const Arguments kAcceptances = {"audit", "acceptances", "organisation:prism"};

mode_t mode_of(const fs::path& path) {
  struct stat status = {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

std::set<std::string> names_of(const Files& files) {
  std::set<std::string> names;
  for (const auto& [name, content] : files) names.insert(name);
  return names;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

Hash hash_of(const std::string& hex) { return parse_tree_head("0:" + hex).value().root; }

/// The root by a leaf and its path, as RFC 9162 (section 2.1.3.2) puts it for RFC 6962's trees:
/// from the leaf upwards, which is not how actbook does it.
Hash root_by(const json& record, std::uint64_t size) {
  auto root = hash_of(record["leaf_sha256"]);
  std::uint64_t at = record["position"].get<std::uint64_t>() - 1;
  auto last = size - 1;
  for (const auto& text : record["audit_path"]) {
    REQUIRE(last != 0);
    const auto beside = hash_of(text);
    if (at % 2 == 1 || at == last) {
      root = node_hash(beside, root);
      while (at % 2 == 0 && at != 0) {
        at /= 2;
        last /= 2;
      }
    } else {
      root = node_hash(root, beside);
    }
    at /= 2;
    last /= 2;
  }
  CHECK(last == 0);
  return root;
}

TEST_CASE("case: it has the question and the answer in every form") {
  const Cases cases;
  const auto files = files_in(cases.write("c", kAcceptances, {"--title", "T-1", "--note", "N-1"}));
  const auto position = json::parse(files.at("answer.json"))["lines"][0]["position"];
  const std::set<std::string> names = {"answer.csv",
                                       "answer.html",
                                       "answer.json",
                                       "answer.txt",
                                       "manifest.json",
                                       "certificate.json",
                                       "question.txt",
                                       record_name(position, ".json"),
                                       record_name(position, ".record")};
  CHECK(names_of(files) == names);

  REQUIRE(cases.cli().record(std::string(kNextCommand) + "\n").code == 0);
  CHECK(files.at("answer.json") == cases.ask_again(files, "json"));
  CHECK(files.at("answer.csv") == cases.ask_again(files, "csv"));
  CHECK(files.at("answer.txt") == cases.ask_again(files, "table"));

  const auto& question = files.at("question.txt");
  const auto& page = files.at("answer.html");
  for (const char* text : {"T-1", "N-1", "Who accepted which agreement: organisation:prism",
                           "actbook audit acceptances organisation:prism"}) {
    CHECK_MESSAGE(contains(question, text), text);
    CHECK_MESSAGE(contains(page, text), text);
  }
  CHECK(contains(question, "sealed"));
  CHECK(contains(page, "1 acceptance"));
  CHECK(contains(page, "<svg"));
}

TEST_CASE(
    "case: each record that the answer names is there, and proved to be in the ledger's tree") {
  const Cases cases;
  const auto files = files_in(cases.write("c", {"audit", "trail"}));
  const auto manifest = json::parse(files.at("manifest.json"));
  const auto ledger = answer(cases.cli(), {"verify"});
  CHECK(manifest["tree_head"] == ledger["tree_head"]);
  REQUIRE(manifest["records"].size() == ledger["head"]);
  const auto size = ledger["head"].get<std::uint64_t>();
  for (const auto& record : manifest["records"]) {
    const auto position = record["position"].get<std::uint64_t>();
    const auto& bytes = files.at(record_name(position, ".record"));
    CHECK(record["leaf_sha256"] == sha256_of(std::string(1, '\0') + bytes));
    CHECK(root_by(record, size) ==
          parse_tree_head(std::string(manifest["tree_head"])).value().root);
    const auto shown = cases.cli().run({"event", std::to_string(position), "--format", "json"});
    REQUIRE(shown.code == 0);
    CHECK(json::parse(files.at(record_name(position, ".json"))) == json::parse(shown.out));
    CHECK(contains(files.at("answer.html"), "id=\"r" + std::to_string(position) + "\""));
  }
}

TEST_CASE(
    "case: its title and its note are one line each, and it says where it had nothing to reveal") {
  const Cases cases;
  for (const auto* option : {"--title", "--note"}) {
    for (const auto* text : {"two\nlines", "a\x1b[31m", "a\u009b31m", "two\u2028lines"}) {
      const auto ran = cases.try_write("c", kAcceptances, {option, text});
      CHECK(ran.code == 2);
      CHECK_MESSAGE(contains(ran.err, std::string(option) + ": must be one line"), ran.err);
    }
  }
  const auto ran = cases.try_write("c", {"audit", "creations"}, {"--reveal", "--note", "Ümläut"});
  CHECK(contains(ran.out, "to be revealed on request; there is none"));
}

TEST_CASE("case: the manifest lists each other file with its size and its SHA-256") {
  const Cases cases;
  auto files = files_in(cases.write("c", kAcceptances));
  const auto manifest = json::parse(files.at("manifest.json"));
  files.erase("manifest.json");
  REQUIRE(manifest["files"].size() == files.size());
  for (const auto& file : manifest["files"]) {
    const auto& content = files.at(file["name"]);
    CHECK(file["bytes"] == content.size());
    CHECK(file["sha256"] == sha256_of(content));
  }
}

TEST_CASE("case: its certificate is that of a replay") {
  const Cases cases;
  const auto files = files_in(cases.write("c", {"show", "workspace:w-1"}));
  const auto certificate = json::parse(files.at("certificate.json"));
  CHECK(certificate["until"] == cases.cli().head());
  const auto kept = cases.path("c") / "certificate.json";
  const auto ran = cases.cli().run({"replay", "--compare-with", kept.string()});
  CHECK_MESSAGE(ran.code == 0, ran.err);
}

TEST_CASE("case: the same question as of the same instant makes the same bytes") {
  const Cases cases;
  const Arguments question = {"timeline", "workspace:w-1", "--as-of", "2026-03-04T12:00:00Z"};
  const auto first = files_in(cases.write("first", question));
  const auto archive = read_file(cases.write("first.zip", question));
  REQUIRE(cases.cli().record(std::string(kNextCommand) + "\n").code == 0);
  const RunOptions elsewhere{{}, {"TZ=Asia/Tokyo", "COLUMNS=40", "LC_ALL=C"}, {}};
  CHECK(files_in(cases.write("second", question, {}, elsewhere)) == first);
  CHECK(read_file(cases.write("second.zip", question, {}, elsewhere)) == archive);
  CHECK(finding(cases.path("second.zip"))["manifest_sha256"] ==
        sha256_of(first.at("manifest.json")));
}

TEST_CASE("case: asked again it is the same, whatever was recorded since at the same instant") {
  const Cases cases;
  for (const Arguments& question :
       {Arguments{"audit", "trail", "type:PersonRegistered"}, Arguments{"compare", "--from", "1"},
        Arguments{"compare", "--from", "2026-03-01", "--true"}}) {
    const auto name = std::to_string(std::hash<std::string>()(question.back()));
    const auto files = files_in(cases.write(name, question));
    // The clock of the fixture stands still, so this is of the same instant.
    const auto person = "late-" + name;
    const auto at = json::parse(files.at("answer.json"))["at"].get<std::string>();
    const json command = {{"at", at},
                          {"command_id", person},
                          {"actor", {{"kind", "staff"}, {"id", "sue"}}},
                          {"command_type", "RegisterPerson"},
                          {"command", {{"person", person}}}};
    REQUIRE(cases.cli().record(command.dump() + "\n").code == 0);
    CHECK(contains(answer(cases.cli(), {"audit", "trail"}).dump(), person));
    CHECK(cases.ask_again(files, "json") == files.at("answer.json"));
  }
}

TEST_CASE("case: any question that asks can be one") {
  const Cases cases;
  const std::vector<Arguments> questions = {
      {"audit", "roles", "person:olga", "--true-at", "2026-03-02"},
      {"audit", "refusals"},
      {"audit", "trail", "--limit", "2"},
      {"audit", "trail", "--as-of", "2025-01-01"},
      {"explain", "access", "olga", "workspace:w-1"},
      {"compare", "--from", "2026-02-15", "workspace:w-1"},
      {"timeline", "organisation:prism"},
      {"step", "workspace:w-1", "--limit", "1"},
      {"what-if", "--without", "workspace/owner:conversation.read", "workspace:w-1"},
      {"show", "organisation:prism", "--since", "2026-01-15"},
      {"overview", "prism"},
  };
  int number = 0;
  for (const auto& question : questions) {
    const auto path = cases.write(std::to_string(++number) + ".zip", question);
    CAPTURE(question);
    const auto found = finding(path);
    CHECK(found["sound"] == true);
  }
}

TEST_CASE("case: a page of a longer list says so") {
  const Cases cases;
  const auto step = files_in(cases.write("s", {"step", "workspace:w-1", "--limit", "1"}));
  CHECK(contains(step.at("answer.html"), "there are more than these"));
  const auto trail = files_in(cases.write("t", {"audit", "trail", "--limit", "1"}));
  CHECK(contains(trail.at("answer.html"), "there are more: --after 1"));
}

TEST_CASE("case: what is true at an instant is said apart from what is known") {
  const Cases cases;
  const Arguments question = {"audit", "roles", "person:olga", "--true-at", "2026-03-02"};
  const auto page = files_in(cases.write("c", question)).at("answer.html");
  CHECK(contains(page, "what had happened by then counts"));
  CHECK(contains(page, "By when things happened"));
  const auto known = files_in(cases.write("k", kAcceptances)).at("answer.html");
  CHECK(contains(known, "By when things were recorded"));
}

TEST_CASE("case: what came late is noted where the answer is summed up") {
  const Cases cases;
  const Arguments question = {"audit", "creations"};
  const auto before = files_in(cases.write("before", question));
  CHECK_FALSE(contains(before.at("question.txt"), "Late facts"));
  const auto told = cases.cli().record(
      R"({"at":"2026-03-05T09:00:00Z","command_id":"l-1","mode":"observed",)"
      R"("occurred_at":"2026-02-15T09:00:00Z","actor":{"kind":"staff","id":"sam"},)"
      R"("command_type":"RevokePartnerStatus","command":{"organisation":"prism"}})"
      "\n");
  REQUIRE(told.code == 0);
  const auto after = files_in(cases.write("after", question));
  const std::string note = "some of it was recorded at another time than it happened";
  CHECK_MESSAGE(contains(after.at("question.txt"), "Late facts      " + note),
                after.at("question.txt"));
  CHECK(contains(after.at("answer.html"), "Note: " + note));
  const auto again =
      files_in(cases.write("then", {"audit", "creations", "--true-at", "2026-03-05T09:00:00Z"}));
  CHECK_FALSE(contains(again.at("answer.html"), note));
}

TEST_CASE("case: no name can add to the page") {
  const Cases cases;
  REQUIRE(
      cases.cli()
          .record(
              R"({"at":"2026-03-05T09:00:00Z","command_id":"c-9","actor":{"kind":"person","id":"olga"},"command_type":"RenameWorkspace","command":{"workspace":"w-1","name":"<img src=x onerror=alert(1)>"}})"
              "\n")
          .code == 0);
  const auto page = files_in(cases.write("c", {"timeline", "workspace:w-1"},
                                         {"--title", "<script>alert(2)</script>", "--note",
                                          "\"><style>body{display:none}</style>"}))
                        .at("answer.html");
  CHECK(contains(page, "&lt;img src=x onerror=alert(1)&gt;"));
  CHECK(contains(page, "&lt;script&gt;"));
  CHECK(count(page, "<img") == 0);
  CHECK(count(page, "<script") == 0);
  CHECK(count(page, "<style") == 1);
  CHECK(contains(page, "default-src 'none'"));
}

TEST_CASE("case: personal data is sealed unless it is to be revealed") {
  const Cases cases;
  const auto sealed = cases.write("c", {"audit", "trail"});
  for (const auto& file : files_in(sealed)) {
    CHECK_MESSAGE(!contains(file.second, kAddress), file.first);
    CHECK_MESSAGE(!contains(file.second, kName), file.first);
  }
  CHECK(contains(read_file(sealed / record_name(16, ".json")), "\"sealed\""));
  for (const auto& file : files_in(cases.write("p", {"show", "person:olga"}))) {
    CHECK_MESSAGE(!contains(file.second, kName), file.first);
  }
  CHECK(finding(sealed)["revealed"] == false);
  CHECK(contains(verify(sealed).out, "sealed"));
  CHECK((mode_of(sealed) & 0400U) != 0);
}

TEST_CASE("case: what is revealed is marked and for its owner only") {
  const Cases cases;
  const auto folder = cases.write("c", {"show", "person:olga"}, {"--reveal"});
  const auto files = files_in(folder);
  CHECK(contains(files.at("answer.html"),
                 "<mark>" + std::string(kName) + " <small>(revealed on request)</small></mark>"));
  CHECK(count(files.at("answer.html"), kName) == 1);
  CHECK(contains(files.at("question.txt"), "revealed on request"));
  CHECK(files.at("answer.txt").starts_with("Personal data: REVEALED on request.\n"));

  const auto manifest = json::parse(files.at("manifest.json"));
  CHECK(manifest["revealed"] == true);
  std::set<std::string> texts;
  for (const auto& text : manifest["revealed_texts"]) {
    const auto document = json::parse(files.at(text["file"]));
    texts.insert(document.at(json::json_pointer(std::string(text["place"]))));
  }
  CHECK(texts == std::set<std::string>{kName});
  CHECK(finding(folder)["sound"] == true);
  CHECK(contains(verify(folder).out, "REVEALED on request"));

  CHECK(mode_of(folder) == 0700);
  CHECK(mode_of(folder / "records") == 0700);
  for (const auto& [name, content] : files) CHECK(mode_of(folder / name) == 0600);
  CHECK(mode_of(cases.write("c.zip", {"show", "person:olga", "--reveal"})) == 0600);
  CHECK(contains(
      read_file(cases.write("t", {"audit", "trail"}, {"--reveal"}) / record_name(16, ".json")),
      kAddress));
}

TEST_CASE("case: nothing is revealed of somebody who was erased") {
  const Cases cases;
  REQUIRE(
      cases.cli()
          .record(
              R"({"at":"2026-03-05T09:00:00Z","command_id":"c-9","actor":{"kind":"staff","id":"sue"},"reason":"asked by letter","command_type":"ErasePerson","command":{"person":"olga"}})"
              "\n")
          .code == 0);
  const auto folder = cases.write("c", {"audit", "trail"}, {"--reveal"});
  const auto files = files_in(folder);
  for (const auto& file : files) CHECK_MESSAGE(!contains(file.second, kName), file.first);
  CHECK(contains(files.at(record_name(16, ".json")), "\"erased\""));
  const auto manifest = json::parse(files.at("manifest.json"));
  for (const auto& text : manifest["revealed_texts"]) {
    CHECK(text["file"] != record_name(16, ".json"));
  }
  CHECK(finding(folder)["sound"] == true);
}

// Letters that no archive makes much smaller.
std::string noise(std::size_t size) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same every time
  std::string text(size, ' ');
  for (auto& letter : text) letter = static_cast<char>('A' + random() % 26);
  return text;
}

// A shell that lets no file grow beyond 64 blocks of 512 bytes; the note makes them larger.
Ran write_with_little_room(const Cases& cases, const std::string& name, const std::string& before) {
  const auto note = noise(60'000);
  return run("/bin/sh",
             {"-c",
              before + "ulimit -c 0; ulimit -f 64; exec \"$0\" --ledger \"$1\" case write "
                       "\"$2\" --note \"$3\" -- show workspace:w-1",
              ACTBOOK_BINARY, cases.cli().ledger(), cases.path(name).string(), note});
}

TEST_CASE("case: what was killed half way has not the name of a case") {
  const Cases cases;
  for (const char* name : {"c", "c.zip"}) {
    CHECK(write_with_little_room(cases, name, "").code == -SIGXFSZ);
    CHECK_FALSE(fs::exists(cases.path(name)));
    const auto left = cases.path(std::string(name) + ".unfinished");
    REQUIRE(fs::exists(left));
    const auto again = cases.try_write(name, kAcceptances);
    CHECK(again.code == 2);
    CHECK(contains(again.err, ".unfinished"));
    fs::remove_all(left);
    cases.write(name, kAcceptances);
    CHECK(finding(cases.path(name))["sound"] == true);
  }
}

TEST_CASE("case: what cannot be written leaves nothing") {
  const Cases cases;
  for (const char* name : {"c", "c.zip"}) {
    const auto ran = write_with_little_room(cases, name, "trap '' XFSZ; ");
    CHECK(ran.code == 6);
    CHECK(contains(ran.err, "nothing of the case was kept"));
    CHECK(fs::is_empty(cases.path(".")));
  }
  CHECK(cases.try_write("no/such/folder", kAcceptances).code == 6);
}

TEST_CASE("case: what is there already stays as it is") {
  const Cases cases;
  fs::create_directory(cases.path("c"));
  cases.write("c", kAcceptances);  // an empty folder may be taken
  const auto before = files_in(cases.path("c"));
  for (const char* name : {"c", "file", "c.zip", "link"}) {
    if (std::string(name) == "link") {
      fs::create_symlink("nowhere", cases.path(name));
    } else if (std::string(name) != "c") {
      write_file(cases.path(name), "kept");
    }
    const auto ran = cases.try_write(name, kAcceptances);
    CHECK_MESSAGE(ran.code == 2, name);
    CHECK(contains(ran.err, "is there already"));
  }
  CHECK(files_in(cases.path("c")) == before);
  CHECK(read_file(cases.path("file")) == "kept");
  CHECK(read_file(cases.path("c.zip")) == "kept");
}

TEST_CASE("case: what is no question is refused with the reason and writes nothing") {
  const Cases cases;
  const std::vector<std::pair<Arguments, std::string>> wrong = {
      {{"record", "in.jsonl"}, "after -- stands a subcommand that asks"},
      {{"audit"}, "subcommand is required"},
      {{"audit", "nosuch"}, "audit nosuch: "},
      {{"audit", "acceptances", "--no-such"}, "--no-such"},
      {{"case", "write", "x"}, "after -- stands a subcommand that asks"},
      {{"show", "--help"}, "asks for help"},
      {{"show"}, "required"},
  };
  for (const auto& [question, reason] : wrong) {
    const auto ran = cases.try_write("c", question);
    CHECK(ran.code == 2);
    CHECK_MESSAGE(contains(ran.err, reason), ran.err);
  }
  CHECK(cases.try_write("c", {"show", "workspace:no-such"}).code == 3);
  CHECK(cases.try_write("c", {"show", "workspace:w-1", "--as-of", "soon"}).code != 0);
  CHECK(fs::is_empty(cases.path(".")));
}

TEST_CASE("case: writing says by what the case can be told") {
  const Cases cases;
  const auto ran = cases.try_write("c", kAcceptances, {"--format", "json"});
  REQUIRE(ran.code == 0);
  const auto said = json::parse(ran.out);
  const auto files = files_in(cases.path("c"));
  CHECK(said["files"] == files.size());
  CHECK(said["records"] == 1);
  CHECK(said["manifest_sha256"] == sha256_of(files.at("manifest.json")));
  CHECK(said["tree_head"] == answer(cases.cli(), {"verify"})["tree_head"]);
  const auto plain = cases.try_write("d", kAcceptances);
  CHECK(contains(plain.out, std::string(said["manifest_sha256"])));
}

}  // namespace
}  // namespace actbook::testing

// actbook case verify: what it finds in a case file that is not as it was written.
#include <doctest/doctest.h>

#include <algorithm>

#include "cli_case_fixture.h"

namespace fs = std::filesystem;

namespace actbook::testing {
namespace {

const Arguments kQuestion = {"timeline", "workspace:w-1"};

/// The positions whose records a case has.
std::vector<std::uint64_t> positions_of(const ordered_json& manifest) {
  std::vector<std::uint64_t> positions;
  for (const auto& record : manifest["records"]) positions.push_back(record["position"]);
  return positions;
}

/// What is wrong, and in which file, by what a check says.
void check_names(const json& found, const std::string& file, const std::string& what) {
  CHECK(found["sound"] == false);
  CHECK(found.value("file", "") == file);
  CHECK_MESSAGE(contains(found.value("what", ""), what), found.dump());
}

void sort_by(const char* member, ordered_json& array) {
  std::vector<ordered_json> elements(array.begin(), array.end());
  std::ranges::sort(elements, [&](const ordered_json& left, const ordered_json& right) {
    return left[member] < right[member];
  });
  array = elements;
}

/// Puts a record of another case of the same ledger into a case, in each of its lists.
void add_record(Forged& forged, const fs::path& other, const ordered_json& record) {
  auto& manifest = forged.manifest();
  for (const auto* ending : {".record", ".json"}) {
    const auto name = record_name(record["position"], ending);
    const auto content = read_file(other / name);
    forged.put(name, content);
    manifest["files"].push_back(
        {{"name", name}, {"bytes", content.size()}, {"sha256", sha256_of(content)}});
  }
  manifest["records"].push_back(record);
  sort_by("name", manifest["files"]);
  sort_by("position", manifest["records"]);
}

/// A number as a ZIP archive has it.
std::string little_endian(std::size_t value, std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

/// An archive with an empty file more, which its directory lists or does not.
std::string with_file(const std::string& zip, const std::string& name, bool is_listed) {
  auto end = zip.substr(zip.size() - 22);
  const auto number = [&](std::size_t at) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      value |= std::size_t{static_cast<std::uint8_t>(end[at + i])} << (8 * i);
    }
    return value;
  };
  const auto size = number(12);
  const auto at = number(16);
  const auto nothing = [](std::size_t bytes) { return std::string(bytes, '\0'); };
  // Of an empty file all is 0, but for the version that can read it and the name.
  const auto start = little_endian(20, 2) + nothing(20) + little_endian(name.size(), 2);
  const auto entry = "PK\3\4" + start + nothing(2) + name;
  std::string line;
  if (is_listed) {
    line = "PK\1\2" + nothing(2) + start + nothing(12) + little_endian(at, 4) + name;
    const std::size_t count = static_cast<std::uint8_t>(end[8]) + 1U;
    end.replace(8, 4, little_endian(count, 2) + little_endian(count, 2));
  }
  end.replace(12, 8, little_endian(size + line.size(), 4) + little_endian(at + entry.size(), 4));
  return zip.substr(0, at) + entry + zip.substr(at, size) + line + end;
}

TEST_CASE("case verify: a sound case is sound wherever it is") {
  const Cases cases;
  const auto folder = cases.write("c", kQuestion);
  const auto files = files_in(folder);
  const TempDirectory elsewhere;
  fs::copy(folder, elsewhere / "copy", fs::copy_options::recursive);
  fs::remove_all(cases.cli().ledger());
  const auto found = finding(elsewhere / "copy");
  CHECK(found["sound"] == true);
  CHECK(found["files"] == files.size() - 1);
  CHECK(found["records"].get<std::size_t>() > 2);
  CHECK(found["cited"] == found["records"]);
  CHECK(found["manifest_sha256"] == sha256_of(files.at("manifest.json")));
  CHECK(contains(verify(elsewhere / "copy").out, "is sound"));
}

TEST_CASE("case verify: what nests too deep is not read") {
  const Cases cases;
  const auto folder = cases.write("c", kQuestion);
  constexpr std::size_t kDeep = 1'000'000;
  const auto deep = std::string(kDeep, '[') + std::string(kDeep, ']');
  const auto record = record_name(positions_of(Forged(folder).manifest()).front(), ".json");
  for (const std::string name : {"answer.json", "certificate.json", record.c_str()}) {
    const auto honest = read_file(folder / name);
    Forged forged(folder);
    forged.put_and_list(name, deep);
    const auto found = forged.check();
    CHECK(found["sound"] == false);
    CHECK(found["file"] == name);
    forged.put_and_list(name, honest);
    CHECK(forged.check()["sound"] == true);
  }
  write_file(folder / "manifest.json", deep);
  check_names(finding(folder), "manifest.json", "");
}

TEST_CASE("case verify: one changed byte is found and its file named") {
  const Cases cases;
  const auto folder = cases.write("c", {"show", "person:olga", "--as-of", "2026-03-04"});
  for (const auto& [name, content] : files_in(folder)) {
    for (const auto at : {std::size_t{0}, content.size() / 2, content.size() - 1}) {
      auto changed = content;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      write_file(folder / name, changed);
      const auto found = finding(folder);
      CHECK(found["sound"] == false);
      // A manifest that says another hash blames the file.
      if (name != "manifest.json") CHECK(found["file"] == name);
    }
    write_file(folder / name, content + "\n");
    check_names(finding(folder), name, "");
    write_file(folder / name, content);
  }
  CHECK(finding(folder)["sound"] == true);
}

TEST_CASE("case verify: a missing file is named") {
  const Cases cases;
  const auto folder = cases.write("c", {"show", "person:olga", "--as-of", "2026-03-04"});
  for (const auto& [name, content] : files_in(folder)) {
    fs::remove(folder / name);
    check_names(finding(folder), name, "it is missing");
    write_file(folder / name, content);
  }
}

TEST_CASE("case verify: a file too many is named") {
  const Cases cases;
  const auto folder = cases.write("c", kQuestion);
  for (const auto& name : {std::string("more.txt"), record_name(1, ".record")}) {
    write_file(folder / name, "more");
    check_names(finding(folder), name, "the manifest does not list it");
    fs::remove(folder / name);
  }
  fs::create_symlink("answer.html", folder / "other.html");
  const auto ran = verify(folder);
  CHECK(ran.code == 8);
  CHECK(contains(ran.err, "other.html is no plain file"));
}

TEST_CASE("case verify: a record in another's place is found though the manifest lists it") {
  const Cases cases;
  const auto folder = cases.write("c", kQuestion);
  Forged forged(folder);
  const auto positions = positions_of(forged.manifest());
  const auto name = record_name(positions[0], ".record");
  forged.put_and_list(name, read_file(folder / record_name(positions[1], ".record")));
  check_names(forged.check(), name, "it is the record of position " + std::to_string(positions[1]));
}

TEST_CASE("case verify: records with their proofs swapped are found") {
  const Cases cases;
  const auto folder = cases.write("c", kQuestion);
  Forged forged(folder);
  const auto positions = positions_of(forged.manifest());
  const auto name = record_name(positions[0], ".record");
  const auto records = forged.manifest()["records"];

  forged.manifest()["records"][0]["leaf_sha256"] = records[1]["leaf_sha256"];
  check_names(forged.check(), name, "its leaf hash is not the one");

  forged.manifest()["records"] = records;
  forged.manifest()["records"][0]["audit_path"][0] = sha256_of("another");
  check_names(forged.check(), name, "is not in the tree");

  forged.manifest()["records"] = records;
  forged.manifest()["records"][0]["audit_path"].erase(0);
  check_names(forged.check(), name, "is not in the tree");
}

TEST_CASE("case verify: JSON that does not say what the record says is found") {
  const Cases cases;
  const auto folder = cases.write("c", {"show", "person:olga"});
  Forged forged(folder);
  const auto name = record_name(positions_of(forged.manifest())[0], ".json");
  const auto honest = read_file(folder / name);
  const auto replaced = [&](const std::string& text, const std::string& by) {
    auto changed = honest;
    const auto at = changed.find(text);
    REQUIRE(at != std::string::npos);
    return changed.replace(at, text.size(), by);
  };
  for (const auto& lie :
       {replaced("\"olga\"", "\"olaf\""), replaced("\"sealed\"", "\"Olaf\""),
        replaced("{", "{\"more\": 1,"), replaced("{", "{\"position\": 7,"), replaced("\n", "\n "),
        honest + "\n", std::string("{}"), std::string("no JSON")}) {
    forged.put_and_list(name, lie);
    check_names(forged.check(), name, "");
  }
  forged.put_and_list(name, honest);
  CHECK(forged.check()["sound"] == true);
}

TEST_CASE("case verify: a record that is taken out of the manifest is missed by the answer") {
  const Cases cases;
  Forged forged(cases.write("c", kQuestion));
  const auto position = positions_of(forged.manifest())[0];
  forged.remove_and_unlist(record_name(position, ".record"));
  forged.remove_and_unlist(record_name(position, ".json"));
  forged.manifest()["records"].erase(0);
  check_names(forged.check(), "answer.json",
              "it rests on position " + std::to_string(position) + ", and that record is missing");
}

TEST_CASE("case verify: another head is found by the certificate and by one kept elsewhere") {
  const Cases cases;
  const auto folder = cases.write("c", kQuestion);
  const std::string head = answer(cases.cli(), {"verify"})["tree_head"];
  CHECK(finding(folder, {"--expect-head", head})["sound"] == true);
  const auto other = head.substr(0, head.find(':') + 1) + sha256_of("another");
  check_names(finding(folder, {"--expect-head", other}), "manifest.json", "not the expected");
  CHECK(verify(folder, {"--expect-head", "17"}).code == 3);

  Forged forged(folder);
  forged.manifest()["tree_head"] = other;
  check_names(forged.check(), "certificate.json", "not for the tree's head");
  auto certificate = json::parse(read_file(folder / "certificate.json"));
  certificate["tree_after"] = other;
  forged.put_and_list("certificate.json", certificate.dump());
  const auto first = record_name(positions_of(forged.manifest())[0], ".record");
  check_names(forged.check(), first, "is not in the tree");
}

TEST_CASE("case verify: a certificate for another position is found") {
  const Cases cases;
  const auto folder = cases.write("c", kQuestion);
  Forged forged(folder);
  const auto honest = ordered_json::parse(read_file(folder / "certificate.json"));
  const std::uint64_t until = honest["until"];
  for (const ordered_json& other : {ordered_json(until - 1), ordered_json(until + 1),
                                    ordered_json(std::to_string(until)), ordered_json()}) {
    auto certificate = honest;
    certificate["until"] = other;
    forged.put_and_list("certificate.json", certificate.dump());
    check_names(forged.check(), "certificate.json", "not for the tree's head");
  }
  auto certificate = honest;
  certificate.erase("until");
  forged.put_and_list("certificate.json", certificate.dump());
  check_names(forged.check(), "certificate.json", "not for the tree's head");
  certificate["until"] = until;
  certificate["tree_after"] = 17;
  forged.put_and_list("certificate.json", certificate.dump());
  check_names(forged.check(), "certificate.json", "not for the tree's head");
  forged.put_and_list("certificate.json", honest.dump());
  CHECK(forged.check()["sound"] == true);
}

TEST_CASE("case verify: another manifest than the one that was noted is found") {
  const Cases cases;
  const auto folder = cases.write("c", kQuestion);
  const auto noted = sha256_of(read_file(folder / "manifest.json"));
  const std::string advice = "Compare the manifest's SHA-256";
  CHECK(finding(folder, {"--expect-manifest", noted})["sound"] == true);
  CHECK_FALSE(contains(verify(folder, {"--expect-manifest", noted}).out, advice));
  CHECK(contains(verify(folder).out, advice));
  check_names(finding(folder, {"--expect-manifest", sha256_of("another")}), "manifest.json",
              "its SHA-256 is " + noted + ", and not the expected one");
  for (const auto& none :
       {noted.substr(1), noted + "0", "X" + noted.substr(1), std::string("17")}) {
    const auto ran = verify(folder, {"--expect-manifest", none});
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    CHECK_MESSAGE(contains(ran.err, "a SHA-256 has 64 digits of 0-9 a-f"), ran.err);
  }

  // Somebody who makes all hashes fit, but for what was noted elsewhere.
  Forged forged(folder);
  forged.put_and_list("answer.txt", "nothing happened\n");
  CHECK(forged.check()["sound"] == true);
  check_names(finding(folder, {"--expect-manifest", noted}), "manifest.json", "not the expected");
}

TEST_CASE("case verify: no case is without its question and its answers") {
  const Cases cases;
  const auto folder = cases.write("c", kQuestion);
  const Forged honest(folder);
  for (const auto* name :
       {"question.txt", "answer.html", "answer.json", "answer.csv", "answer.txt"}) {
    Forged forged = honest;
    const auto content = read_file(folder / name);
    forged.remove_and_unlist(name);
    check_names(forged.check(), name, "it is missing");
    honest.put(name, content);
  }
  CHECK(honest.check()["sound"] == true);
}

TEST_CASE("case verify: a record that the answer does not name is found though it is a true one") {
  const Cases cases;
  const auto folder = cases.write("c", {"show", "person:olga"});
  const auto other = cases.write("other", kQuestion);
  const auto records = ordered_json::parse(read_file(other / "manifest.json"))["records"];
  const auto own = positions_of(ordered_json::parse(read_file(folder / "manifest.json")));
  for (const auto& record : records) {
    const std::uint64_t position = record["position"];
    if (std::ranges::find(own, position) != own.end()) continue;
    Forged forged(folder);
    add_record(forged, other, record);
    return check_names(forged.check(), record_name(position, ".record"),
                       "the answer does not name it");
  }
  FAIL("both cases have the same records");
}

TEST_CASE("case verify: an empty folder is nothing that was written") {
  const Cases cases;
  const auto folder = cases.write("c", kQuestion);
  for (const auto* name : {"more", "records/more"}) {
    fs::create_directory(folder / name);
    check_names(finding(folder), std::string(name) + "/", "the manifest does not list it");
    fs::remove(folder / name);
  }
  CHECK(finding(folder)["sound"] == true);
}

TEST_CASE("case verify: what is revealed has to be listed") {
  const Cases cases;
  const auto folder = cases.write("c", {"show", "person:olga"}, {"--reveal"});
  const Forged honest(folder);
  {
    Forged forged(folder);
    const auto name = record_name(positions_of(forged.manifest())[0], ".json");
    forged.manifest()["revealed_texts"] = json::array();
    check_names(forged.check(), name, "it does not say what the record's bytes say");
  }
  {
    Forged forged = honest;
    forged.manifest()["revealed"] = false;
    check_names(forged.check(), "manifest.json", "says that none was to be");
  }
  {
    Forged forged = honest;
    forged.manifest()["revealed_texts"][0]["place"] = "/no/such";
    check_names(forged.check(), std::string(forged.manifest()["revealed_texts"][0]["file"]), "");
  }
  {
    Forged forged = honest;
    const auto name = record_name(positions_of(forged.manifest())[0], ".json");
    const auto content = read_file(folder / name);
    auto longer = content;
    longer.replace(longer.find(kName), std::string_view(kName).size(), std::string(100'000, 'x'));
    forged.put_and_list(name, longer);
    check_names(forged.check(), name, "it does not say what the record's bytes say");
    forged.put(name, content);
  }
  CHECK(honest.check()["sound"] == true);
}

TEST_CASE("case verify: a manifest says it in one way only") {
  const Cases cases;
  const auto folder = cases.write("c", kQuestion);
  const auto honest = ordered_json::parse(read_file(folder / "manifest.json"));
  auto more = honest;
  more["remark"] = "sound";
  std::vector<std::string> others = {
      honest.dump(2) + "\n", honest.dump(1), more.dump(1) + "\n", "{}", "[]", ""};
  for (const auto* list : {"files", "records"}) {
    auto twice = honest;
    twice[list].insert(twice[list].begin(), twice[list][0]);
    others.push_back(twice.dump(1) + "\n");
    auto swapped = honest;
    std::swap(swapped[list][0], swapped[list][1]);
    others.push_back(swapped.dump(1) + "\n");
  }
  for (const auto& text : others) {
    write_file(folder / "manifest.json", text);
    check_names(finding(folder), "manifest.json", "not the text of a manifest");
  }
  auto newer = honest;
  newer["format_version"] = 2;
  write_file(folder / "manifest.json", newer.dump(1) + "\n");
  CHECK(verify(folder).code == 9);
}

TEST_CASE("case verify: a damaged archive is no sound case") {
  const Cases cases;
  const auto path = cases.write("c.zip", {"show", "person:olga"});
  const auto whole = read_file(path);
  CHECK(finding(path)["sound"] == true);
  for (const auto size : {whole.size() - 1, whole.size() / 2, std::size_t{10}, std::size_t{0}}) {
    write_file(path, whole.substr(0, size));
    CHECK(verify(path).code == 8);
  }
  for (const auto& around : {whole + "more", "more" + whole, whole + std::string(22, '\0'),
                             whole + whole, with_file(whole, "more.txt", false),
                             whole.substr(0, whole.size() - 2) + std::string("\1\0", 2) + "!"}) {
    write_file(path, around);
    const auto ran = verify(path);
    CHECK(ran.code == 8);
    CHECK_MESSAGE(contains(ran.err, "something was cut off or added"), ran.err);
  }
  // Within what the files have: their compressed bytes follow their names.
  for (const char* name : {"answer.csv", "answer.html", "manifest.json"}) {
    auto changed = whole;
    const auto at = changed.find(name) + std::string_view(name).size() + 60;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    write_file(path, changed);
    const auto ran = verify(path);
    CHECK(ran.code == 8);
    CHECK_MESSAGE(contains(ran.out + ran.err, name), ran.err);
  }
}

TEST_CASE("case verify: a file too many is found in an archive, too") {
  const Cases cases;
  const auto path = cases.write("c.zip", {"show", "person:olga"});
  const auto whole = read_file(path);
  for (const auto* name : {"more.txt", "more/"}) {
    write_file(path, with_file(whole, name, true));
    check_names(finding(path), name, "the manifest does not list it");
  }
  write_file(path, with_file(whole, "answer.txt", true));
  const auto twice = verify(path);
  CHECK(twice.code == 8);
  CHECK_MESSAGE(contains(twice.err, "answer.txt stands in it twice"), twice.err);
  // As programs make them that pack a folder.
  write_file(path, with_file(whole, "records/", true));
  CHECK(finding(path)["sound"] == true);
}

TEST_CASE("case verify: what is no case is told apart from a damaged one") {
  const Cases cases;
  CHECK(verify(cases.path("no-such")).code == 2);
  fs::create_directory(cases.path("empty"));
  check_names(finding(cases.path("empty")), "manifest.json", "it is missing");
  write_file(cases.path("text"), "no archive");
  CHECK(verify(cases.path("text")).code == 8);
}

}  // namespace
}  // namespace actbook::testing

#include "support/worked_example.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

namespace actbook::testing {
namespace {

using nlohmann::ordered_json;

Strings lines_of(const std::string& text) {
  Strings lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Strings read_lines(const std::string& file) {
  std::ifstream in(std::string(ACTBOOK_SOURCE_DIR) + "/tests/examples/" + file);
  REQUIRE_MESSAGE(in.good(), "tests/examples/", file, " cannot be read");
  std::stringstream text;
  text << in.rdbuf();
  return lines_of(text.str());
}

/// What a receipt says besides what was expected of it: nothing, or where it differs.
std::string difference(const ordered_json& expected, const ordered_json& receipt) {
  for (const auto& [member, value] : expected.items()) {
    if (!receipt.contains(member) || receipt[member] != value) return member;
  }
  const bool is_refused = receipt["outcome"] == "refused";
  return is_refused && !expected.contains("reason") ? "reason" : "";
}

}  // namespace

WorkedExample::WorkedExample(const std::string& file) {
  (void)ask({"init", "--simulated-clock"});
  std::string commands;
  std::vector<ordered_json> expected;
  for (const auto& text : read_lines(file)) {
    auto line = ordered_json::parse(text);
    REQUIRE_MESSAGE(line.contains("expect"), text);
    expected.push_back(line["expect"]);
    line.erase("expect");
    commands += line.dump() + '\n';
  }

  const auto receipts = record(commands);
  REQUIRE(receipts.size() == expected.size());
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    const auto receipt = ordered_json::parse(receipts[i]);
    CHECK_MESSAGE(difference(expected[i], receipt).empty(), file, ", line ", i + 1, ": expected ",
                  expected[i].dump(), ", got ", receipts[i]);
  }

  const auto replayed = ask({"replay"});
  CHECK_MESSAGE(replayed["agrees"] == true, replayed.dump(2));
  const auto verified = ask({"verify"});
  CHECK_MESSAGE(verified["sound"] == true, verified.dump(2));

  const auto before = head();
  CHECK(record(commands) == receipts);
  CHECK(head() == before);
}

ordered_json WorkedExample::show(const std::string& entity, const std::string& as_of) const {
  return ask({"show", entity, "--as-of", as_of})["state"];
}

bool WorkedExample::knows(const std::string& entity, const std::string& as_of) const {
  constexpr int kInvalid = 3;
  const auto asked = run({"show", entity, "--as-of", as_of});
  CHECK_MESSAGE((asked.code == 0 || asked.code == kInvalid), asked.err);
  return asked.code == 0;
}

ordered_json WorkedExample::trail(const std::string& entity, const std::string& as_of) const {
  return ask({"audit", "trail", entity, "--as-of", as_of})["lines"];
}

ordered_json WorkedExample::acceptances(const std::string& workspace,
                                        const std::string& as_of) const {
  return ask({"audit", "acceptances", "--workspace", workspace, "--as-of", as_of})["lines"];
}

ordered_json WorkedExample::event(std::uint64_t position) const {
  return ask({"event", std::to_string(position)});
}

Ran WorkedExample::run(const Strings& arguments, const std::string& input) const {
  Strings all = {"--ledger", directory_ / "ledger"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return testing::run(ACTBOOK_BINARY, all, {.input = input});
}

ordered_json WorkedExample::ask(Strings arguments) const {
  arguments.insert(arguments.end(), {"--format", "json"});
  const auto asked = run(arguments);
  REQUIRE_MESSAGE(asked.code == 0, "actbook ", arguments.front(), ": ", asked.err);
  return ordered_json::parse(asked.out);
}

Strings WorkedExample::record(const std::string& commands) const {
  const auto recorded = run({"record", "-", "--format", "jsonl"}, commands);
  REQUIRE_MESSAGE(recorded.code == 0, recorded.err);
  return lines_of(recorded.out);
}

std::uint64_t WorkedExample::head() const { return ask({"verify"})["head"].get<std::uint64_t>(); }

Strings access_of(const ordered_json& workspace) {
  Strings access;
  if (!workspace.contains("access")) return access;
  for (const auto& line : workspace["access"]) {
    access.push_back(line["person"].get<std::string>() + ": " + line["role"].get<std::string>() +
                     ", " + line["basis"].get<std::string>());
  }
  return access;
}

Strings in_force(const ordered_json& acceptances) {
  Strings versions;
  for (const auto& line : acceptances) {
    if (line["state"] != "in_force") continue;
    versions.push_back(line["agreement"].get<std::string>() + " " + line["version"].dump());
  }
  return versions;
}

Strings each(const ordered_json& lines, const std::string& member) {
  Strings values;
  for (const auto& line : lines) {
    const auto& value = line.at(member);
    values.push_back(value.is_string() ? value.get<std::string>() : value.dump());
  }
  return values;
}

std::string act(const ordered_json& act) {
  return act.at("recorded_at").get<std::string>() + " by " +
         act.at("actor").at("kind").get<std::string>() + " " +
         act.at("actor").at("id").get<std::string>();
}

ordered_json only(const ordered_json& lines, const std::string& member, const std::string& value) {
  std::vector<ordered_json> found;
  for (const auto& line : lines) {
    if (line.contains(member) && line[member] == value) found.push_back(line);
  }
  REQUIRE_MESSAGE(found.size() == 1, found.size(), " lines whose ", member, " is ", value);
  return found.front();
}

ordered_json timeless(ordered_json state) {
  state.erase("as_of");
  state.erase("at");
  return state;
}

}  // namespace actbook::testing

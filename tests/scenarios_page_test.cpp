// docs/SCENARIOS.md says what is so: it is all that many who write scenarios ever read.
#include "actbook/schema.h"
#include "actbook/schema/answers_bfbs_generated.h"
#include "actbook/schema/answers_generated.h"
#include "cli_check_fixture.h"

namespace actbook::testing {
namespace {

std::string scenarios_page() {
  return read_file(std::string(ACTBOOK_SOURCE_DIR) + "/docs/SCENARIOS.md");
}

/// The nth block of code in a language, from 0.
std::string code_block(const std::string& page, const std::string& language, int n) {
  const auto fence = "```" + language + "\n";
  auto begin = page.find(fence);
  for (; n > 0; --n) begin = page.find(fence, begin + 1);
  REQUIRE(begin != std::string::npos);
  begin += fence.size();
  return page.substr(begin, page.find("```", begin) - begin);
}

}  // namespace

TEST_CASE("check: the example in docs/SCENARIOS.md comes out as it says there") {
  const Check check;
  const auto page = scenarios_page();
  auto scenario = code_block(page, "yaml", 0);
  for (int n = 0; n < 2; ++n) {
    const auto file = check.write("partner.yaml", scenario);
    auto out = Cli::bare({"check", file}).out;
    for (auto at = out.find(file); at != std::string::npos; at = out.find(file)) {
      out.replace(at, file.size(), "partner.yaml");
    }
    CHECK(without_positions("$ actbook check partner.yaml\n" + out) ==
          without_positions(code_block(page, "console", n)));
    const std::string mistake = "role: admin";
    if (n == 0) scenario.replace(scenario.find(mistake), mistake.size(), "role: owner");
  }
}

TEST_CASE("check: docs/SCENARIOS.md has every question that can be asked") {
  const Check check;
  const auto page = scenarios_page();
  const auto said = check.report(check.steps("  - {ask: nothing, expect: []}\n"), 3);
  const std::string begin = "there are: ";
  std::string usages = said["error"]["message"];
  usages.erase(0, usages.find(begin) + begin.size());
  REQUIRE(contains(usages, "special-plans ORGANISATION"));
  while (!usages.empty()) {
    const auto usage = usages.substr(0, usages.find(", "));
    usages.erase(0, usage.size() + 2);
    CHECK_MESSAGE(contains(page, "`" + usage + "`"), usage);
  }
}

TEST_CASE("check: every question of an audit can be asked on both axes and by pages") {
  const Check check;
  std::string asked;
  for (const auto* question : {"partner-status", "reads", "creations", "roles", "seats", "handoffs",
                               "moves", "deals", "kickbacks", "discounts", "mandates", "entries"}) {
    const auto ask = std::string("  - {ask: ") + question;
    asked.append(ask).append(", as_of: 2026-01-11, expect: []}\n");
    asked.append(ask).append(", as_of: 2026-03-02, true_at: 2026-01-11, expect: []}\n");
    asked.append(ask).append(", with: {after: 1000000, limit: 1}, expect: []}\n");
  }
  check.holds(asked +
              R"(  - {ask: partner-status, expect: [{program: workspace, contract_reference: "7"}]}
  - {ask: creations, with: {search: "organisation:prism"}, expect: [{partner_then: true}]}
  - {ask: roles, with: {search: "person:olga", limit: 1}, expect: [{entity: "organisation:prism"}]}
  - {ask: "special-plans organisation:prism", expect: []}
  - {ask: "ownership panels", expect: {where: {what: owner}, is: [{who: prism}]}}
  - {ask: "ownership workspace:panels", as_of: 2026-02-01, expect: NOT_FOUND}
  - ask: explain olga workspace:panels
    expect: {can_read: true, rungs: {includes: [{holds: true}]}}
)");
}

TEST_CASE(
    "check: docs/SCENARIOS.md names every kind of entity and the first members of its state") {
  using Binary = answer::EntityStateBinarySchema;
  const auto page = scenarios_page();
  const Schema schema(ByteView(Binary::data(), Binary::size()));
  for (const auto state : answer::EnumValuesEntity()) {
    if (state == answer::Entity::NONE) continue;
    const std::string name = answer::EnumNameEntity(state);
    CHECK_MESSAGE(contains(page, "`" + name), name);
    const auto* table = schema.table("actbook.answer." + name);
    REQUIRE_MESSAGE(table != nullptr, name);
    for (const auto* field : fields_in_order(*table)) {
      const auto member = field->name()->str();
      if (field->id() == 0) CHECK_MESSAGE(contains(page, "show " + member + ":"), name);
      // What every state has is said once.
      if (field->id() <= 2 || member == "true_at") continue;
      CHECK_MESSAGE(contains(page, "`" + member + "`"), name, " has ", member);
    }
  }
}

}  // namespace actbook::testing

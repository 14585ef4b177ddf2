// The questions about access, refusals, partners and agencies, as the command prints them.
#include <doctest/doctest.h>

#include "cli_fixture.h"

namespace actbook::testing {
namespace {

TEST_CASE("cli: readers and access say who may what and why") {
  const Cli cli;
  cli.fill();
  const auto table = cli.run({"audit", "readers", "workspace:w-1"});
  REQUIRE_MESSAGE(table.code == 0, table.err);
  CHECK(contains(table.out, "olga"));
  CHECK(contains(table.out, "direct membership as owner"));
  CHECK(contains(table.out, "Our staff could technically read"));
  CHECK(contains(table.out, "1 person for workspace:w-1"));
  const auto before =
      answer(cli, {"audit", "readers", "workspace:w-1", "--as-of", "2026-03-01T09:00:00Z"});
  CHECK(before["workspace_readers"].size() == 1);
  CHECK(before["workspace_readers"][0]["positions"].size() == 1);
  const auto csv = cli.run({"audit", "readers", "workspace:w-1", "--format", "csv"});
  CHECK(contains(lines_of(csv.out)[0], "\"person\",\"role\",\"basis\",\"can_read\",\"positions\""));

  const auto access = answer(cli, {"audit", "access", "olga", "workspace:w-1"});
  CHECK(access["workspace_readers"][0]["role"] == "owner");
  CHECK(cli.run({"audit", "access", "nobody", "workspace:w-1"}).code == 3);
  REQUIRE(cli.record(kNextCommand).code == 0);
  CHECK(answer(cli, {"audit", "access", "bea", "workspace:w-1"})["workspace_readers"].empty());
  CHECK(cli.run({"audit", "readers", "workspace:nowhere"}).code == 3);
  const auto wrong = cli.run({"audit", "readers", "person:olga"});
  CHECK(wrong.code == 3);
  CHECK(contains(wrong.err, "a workspace or a project"));
}

TEST_CASE("cli: refusals are listed altogether or about somebody") {
  const Cli cli;
  cli.fill();
  const auto all = answer(cli, {"audit", "refusals"})["lines"];
  REQUIRE(all.size() == 1);
  CHECK(all[0]["refused"] == "STAFF_ONLY");
  CHECK(all[0]["actor"]["id"] == "olga");
  CHECK(answer(cli, {"audit", "refusals", "organisation:prism"})["lines"].size() == 1);
  CHECK(answer(cli, {"audit", "refusals", "workspace:w-1"})["lines"].empty());
  CHECK(answer(cli, {"audit", "refusals", "--as-of", "2026-03-01T10:00:00Z"})["lines"].empty());
  CHECK(answer(cli, {"audit", "refusals", "recorded:[2026-03-03,)"})["lines"].empty());
  CHECK(cli.run({"audit", "refusals", "person:nobody"}).code == 3);
  CHECK(contains(cli.run({"audit", "refusals"}).out, "1 refusal"));
}

TEST_CASE("cli: overview and dashboard show a partner and an agency") {
  const Cli cli;
  cli.fill();
  REQUIRE(
      cli.record(
             R"({"command_id":"g-1","actor":{"kind":"staff","id":"sam"},"command_type":"EnrollAgency","command":{"organisation":"prism","deadline":"2026-09-01"}})"
             "\n"
             R"({"command_id":"g-2","actor":{"kind":"person","id":"olga"},"command_type":"CreateClientOrganisation","command":{"agency":"prism","organisation":"newco","name":"NEWCO","mandate":"m-1"}})"
             "\n")
          .code == 0);
  const auto overview = cli.run({"overview", "prism"});
  REQUIRE_MESSAGE(overview.code == 0, overview.err);
  CHECK(contains(overview.out, "Partner prism \"PRISM\""));
  CHECK(contains(overview.out, "dpa 1 by olga"));
  const auto dashboard = cli.run({"dashboard", "prism"});
  REQUIRE_MESSAGE(dashboard.code == 0, dashboard.err);
  CHECK(contains(dashboard.out, "Clients: 1"));
  CHECK(contains(dashboard.out, "NEWCO"));
  CHECK(answer(cli, {"dashboard", "prism"})["clients"][0]["mandate"] == "m-1");
  CHECK(answer(cli, {"dashboard", "prism", "--as-of", "2026-03-02"})["clients"].empty());
  CHECK(contains(cli.run({"overview", "prism", "--format", "csv"}).out, "\"workspaces.w-1.tier\""));
  CHECK(cli.run({"overview", "nobody"}).code == 3);
  CHECK(cli.run({"dashboard", "nobody"}).code == 3);
}

TEST_CASE("cli: entities without a page of their own are shown as their schema has them") {
  const Cli cli;
  cli.fill();
  REQUIRE(
      cli.record(
             R"({"command_id":"p-1","actor":{"kind":"staff","id":"sam"},"command_type":"DefinePlan","command":{"plan":"pro","name":"Pro","monthly_cents":4905,"yearly_cents":49000}})"
             "\n"
             R"({"command_id":"p-2","actor":{"kind":"person","id":"olga"},"command_type":"CreateProject","command":{"project":"x","workspace":"w-1","name":"X"}})"
             "\n")
          .code == 0);
  const auto plan = cli.run({"show", "plan:pro"});
  REQUIRE_MESSAGE(plan.code == 0, plan.err);
  CHECK(contains(plan.out, "Plan pro"));
  CHECK(contains(plan.out, "49.05"));
  const auto project = cli.run({"show", "project:x"});
  CHECK(contains(project.out, "Project x"));
  CHECK(contains(project.out, "direct membership as owner"));
  CHECK(contains(cli.run({"show", "workspace:w-1"}).out, "Projects: 1"));
}

}  // namespace
}  // namespace actbook::testing

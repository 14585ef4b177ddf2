#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/tables.h"
#include "support/prism.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

std::string tier(const std::string& account, const std::string& tier) {
  return json{{"account", account}, {"tier", tier}}.dump();
}

std::string status(const std::string& account, const std::string& status) {
  return json{{"account", account}, {"status", status}}.dump();
}

row::AccountRowT account(const World& world, const std::string& id) {
  return find_or_empty<row::AccountRowT>(world.rows(), id);
}

/// panels has a logo; its account is a changemaker.
World branded_panels() {
  World world = prism_with_panels();
  given_tier(world, "acc-panels", "changemaker");
  world.given("BrandingSet",
              json{{"workspace", "panels"}, {"logo_reference", "logo-1"}, {"logo_sha256", sha('a')}}
                  .dump());
  return world;
}

TEST_CASE("SetTier: from and to are kept, the same tier records nothing") {
  World world = prism_with_panels();
  const auto then = world.when(staff("sam"), "SetTier", tier("acc-panels", "guardian"));
  CHECK(joined(then.types) == "TierChanged");
  CHECK(field(then.events[0], "from") == "free");
  CHECK(field(then.events[0], "to") == "guardian");
  CHECK(account(world, "acc-panels").tier == schema::Tier::guardian);
  const auto again = world.when(staff("sam"), "SetTier", tier("acc-panels", "guardian"));
  CHECK(again.outcome == log::Outcome::unchanged);
  CHECK(again.types.empty());
}

TEST_CASE("SetAccountStatus: from and to are kept, the same status records nothing") {
  World world = prism_with_panels();
  const auto then =
      world.when(system_actor("stripe"), "SetAccountStatus", status("acc-panels", "past_due"));
  CHECK(joined(then.types) == "AccountStatusChanged");
  CHECK(field(then.events[0], "from") == "none");
  CHECK(field(then.events[0], "to") == "past_due");
  CHECK(account(world, "acc-panels").status == schema::AccountStatus::past_due);
  const auto again = world.when(staff("sam"), "SetAccountStatus", status("acc-panels", "past_due"));
  CHECK(again.outcome == log::Outcome::unchanged);
}

TEST_CASE("Tiers and statuses of a closed account are settled") {
  World world = prism_with_panels();
  world.given("BillingAccountClosed", R"({"account": "acc-panels", "cause": "became_internal"})");
  CHECK(refused(world, staff("sam"), "SetTier", tier("acc-panels", "guardian")) ==
        "ACCOUNT_NOT_FOUND");
  CHECK(refused(world, staff("sam"), "SetAccountStatus", status("acc-panels", "active")) ==
        "ACCOUNT_NOT_FOUND");
}

TEST_CASE("Tiers and statuses are set by staff or system alone, and of accounts there are") {
  const World world = prism_with_panels();
  for (const auto* command : {"SetTier", "SetAccountStatus"}) {
    const auto attempt = [&](const Actor& actor, const std::string& id) {
      return refused(
          world, actor, command,
          command == std::string("SetTier") ? tier(id, "innovator") : status(id, "active"));
    };
    CHECK(attempt(staff("sam"), "acc-panels") == "");
    CHECK(attempt(system_actor("stripe"), "acc-panels") == "");
    CHECK(attempt(person("olga"), "acc-panels") == "STAFF_ONLY");
    CHECK(attempt(Actor{"import", "2025"}, "acc-panels") == "STAFF_ONLY");
    CHECK(attempt(person("olga"), "acc-nowhere") == "STAFF_ONLY");
    CHECK(attempt(staff("sam"), "acc-nowhere") == "ACCOUNT_NOT_FOUND");
  }
}

TEST_CASE("SetTier: a drop below changemaker removes the branding, and says so") {
  for (const auto* to : {"innovator", "free"}) {
    World world = branded_panels();
    const auto then = world.when(staff("sam"), "SetTier", tier("acc-panels", to));
    CHECK(joined(then.types) == "TierChanged BrandingRemoved");
    CHECK(field(then.events[1], "workspace") == "panels");
    CHECK(field(then.events[1], "cause") == "tier_drop");
    CHECK(find<row::WorkspaceRowT>(world.rows(), "panels").value().logo_reference.empty());
  }
  World world = branded_panels();
  CHECK(joined(world.when(staff("sam"), "SetTier", tier("acc-panels", "guardian")).types) ==
        "TierChanged");
  CHECK(joined(world.when(staff("sam"), "SetTier", tier("acc-panels", "changemaker")).types) ==
        "TierChanged");
}

TEST_CASE("SetTier: a drop touches nobody else's branding, and none that is gone") {
  World world = branded_panels();
  CHECK(joined(world.when(staff("sam"), "SetTier", tier("acc-prism", "innovator")).types) ==
        "TierChanged");
  world.given("WorkspaceDeleted", R"({"workspace": "panels", "organisation": "prism"})");
  CHECK(joined(world.when(staff("sam"), "SetTier", tier("acc-panels", "free")).types) ==
        "TierChanged");
}

TEST_CASE("Accounts: observed of one never seen, by nobody entitled") {
  World world;
  const auto then = world.when(person("ed"), "SetTier", tier("acc-x", "innovator"), kObserved);
  CHECK(joined(then.types) == "TierChanged");
  CHECK(joined(then.rules_broken) == "STAFF_ONLY ACCOUNT_NOT_FOUND");
  CHECK(account(world, "acc-x").tier == schema::Tier::innovator);
  World other;
  const auto canceled =
      other.when(person("ed"), "SetAccountStatus", status("acc-x", "canceled"), kObserved);
  CHECK(joined(canceled.types) == "AccountStatusChanged");
  CHECK(joined(canceled.rules_broken) == "STAFF_ONLY ACCOUNT_NOT_FOUND");
  CHECK(account(other, "acc-x").status == schema::AccountStatus::canceled);
}

TEST_CASE("SetTier: observed, the branding goes as well, and both events name the rule") {
  World world = branded_panels();
  const auto then = world.when(person("ed"), "SetTier", tier("acc-panels", "free"), kObserved);
  CHECK(joined(then.types) == "TierChanged BrandingRemoved");
  CHECK(joined(then.rules_broken) == "STAFF_ONLY");
}

}  // namespace
}  // namespace actbook::testing

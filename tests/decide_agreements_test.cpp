#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/keys.h"
#include "actbook/tables.h"
#include "support/prism.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

std::string version(int number, char hash = '4') {
  return json{{"agreement", "dpa"},
              {"version", number},
              {"title", "Processing agreement"},
              {"language", "en"},
              {"text_sha256", sha(hash)}}
      .dump();
}

std::string publish(const World& world, const Actor& actor, int number) {
  return refused(world, actor, "PublishAgreementVersion", version(number));
}

/// AcceptAgreement for panels with version 3; tests change what they are about.
json acceptance_of_panels() {
  return {{"workspace", "panels"}, {"acceptance", json::parse(acceptance(3))}};
}

std::string accept(const World& world, const Actor& actor, const json& command) {
  return refused(world, actor, "AcceptAgreement", command.dump());
}

// ---- versions ----

TEST_CASE("PublishAgreementVersion: binds the text by its hash") {
  World world = prism();
  const auto then = world.when(staff("sam"), "PublishAgreementVersion", version(4));
  CHECK(joined(then.types) == "AgreementPublished");
  CHECK(field(then.events[0], "agreement") == "dpa");
  CHECK(field(then.events[0], "version") == "4");
  CHECK(field(then.events[0], "title") == "Processing agreement");
  CHECK(field(then.events[0], "language") == "en");
  CHECK(field(then.events[0], "text_sha256") == sha('4'));
}

TEST_CASE("PublishAgreementVersion: by staff, and newer than any before") {
  const World world = prism();
  CHECK(publish(world, person("olga"), 4) == "STAFF_ONLY");
  CHECK(publish(world, system_actor("sync"), 4) == "STAFF_ONLY");
  CHECK(publish(world, person("olga"), 3) == "STAFF_ONLY");
  CHECK(publish(world, staff("sam"), 3) == "VERSION_NOT_NEWER");
  CHECK(publish(world, staff("sam"), 2) == "VERSION_NOT_NEWER");
  CHECK(publish(world, staff("sam"), 9) == "");
  CHECK(publish(World(), staff("sam"), 1) == "");
}

TEST_CASE(
    "PublishAgreementVersion: observed late and by nobody entitled, the newest stays newest") {
  World world = prism();
  const auto then = world.when(person("ed"), "PublishAgreementVersion", version(2), kObserved);
  CHECK(joined(then.types) == "AgreementPublished");
  CHECK(joined(then.rules_broken) == "STAFF_ONLY VERSION_NOT_NEWER");
  CHECK(publish(world, staff("sam"), 3) == "VERSION_NOT_NEWER");
}

// ---- acceptances ----

TEST_CASE("AcceptAgreement: the acceptance binds everything it was about") {
  World world = prism_with_panels();
  auto command = acceptance_of_panels();
  command["acceptance"]["channel"] = "paper";
  command["acceptance"]["ip_address"] = "192.0.2.7";
  command["acceptance"]["user_agent"] = "Firefox";
  const auto then = world.when(person("adam"), "AcceptAgreement", command.dump());
  CHECK(joined(then.types) == "AgreementAccepted");
  const auto& accepted = then.events[0];
  CHECK(field(accepted, "agreement") == "dpa");
  CHECK(field(accepted, "version") == "3");
  CHECK(field(accepted, "text_sha256") == sha('3'));
  CHECK(field(accepted, "workspace") == "panels");
  CHECK(field(accepted, "organisation") == "prism");
  CHECK(field(accepted, "data_owner/contact") == clara_contact());
  CHECK(field(accepted, "data_owner/organisation_name") == "City of Haarlem");
  CHECK(field(accepted, "person") == "adam");
  CHECK(field(accepted, "acting_organisation") == "prism");
  CHECK(field(accepted, "channel") == "paper");
  CHECK(field(accepted, "text_shown") == "true");
  CHECK(field(accepted, "ip_address") == "192.0.2.7");
  CHECK(field(accepted, "user_agent") == "Firefox");
}

TEST_CASE("AcceptAgreement: names the organisation acted for, where the command does") {
  World world = prism_with_panels();
  const auto then = world.when(person("adam"), "AcceptAgreement", acceptance_of_panels().dump(),
                               R"({"acting_organisation": "haarlem"})");
  CHECK(field(then.events[0], "acting_organisation") == "haarlem");
}

TEST_CASE("AcceptAgreement: a later acceptance replaces an earlier one, which stays on record") {
  World world = prism_with_panels();
  const auto first = acceptance_in_force(world);
  world.when(person("adam"), "AcceptAgreement", acceptance_of_panels().dump());
  const auto second = acceptance_in_force(world);
  CHECK(second != first);
  CHECK(acceptance_state(world, first) == schema::AcceptanceState::replaced);
  CHECK(acceptance_state(world, second) == schema::AcceptanceState::in_force);
}

TEST_CASE("AcceptAgreement: refused unless the newest text was shown to a person") {
  World world = prism_with_panels();
  auto command = acceptance_of_panels();
  CHECK(accept(world, staff("sam"), command) == "ACTOR_NOT_A_PERSON");
  CHECK(accept(world, Actor{"import", "2025"}, command) == "ACTOR_NOT_A_PERSON");
  CHECK(accept(world, person("adam"), command) == "");
  command["acceptance"]["agreement"] = "nda";
  CHECK(accept(world, person("adam"), command) == "AGREEMENT_UNKNOWN");
  command = acceptance_of_panels();
  command["acceptance"]["version"] = 4;
  CHECK(accept(world, person("adam"), command) == "AGREEMENT_UNKNOWN");
  world.when(staff("sam"), "PublishAgreementVersion", version(4));
  CHECK(accept(world, person("adam"), command) == "");
  CHECK(accept(world, person("adam"), acceptance_of_panels()) == "AGREEMENT_SUPERSEDED");
  for (const auto& shown : {json(false), json()}) {
    command["acceptance"]["text_shown"] = shown;
    CHECK(accept(world, person("adam"), command) == "AGREEMENT_NOT_ACCEPTED");
  }
  command.erase("acceptance");
  CHECK(accept(world, person("adam"), command) == "AGREEMENT_NOT_ACCEPTED");
}

TEST_CASE("AcceptAgreement: takes authority over an external-client workspace") {
  World world = prism_with_panels();
  given_office(world);
  given_clara_observes(world);
  for (const std::string who : {"milo", "clara", "ed", "bill"}) {
    CHECK_MESSAGE(accept(world, person(who), acceptance_of_panels()) == "FORBIDDEN", who);
  }
  for (const std::string who : {"adam", "olga", "bea"}) {
    CHECK_MESSAGE(accept(world, person(who), acceptance_of_panels()) == "", who);
  }
  auto command = acceptance_of_panels();
  command["workspace"] = "office";
  CHECK(accept(world, person("olga"), command) == "EXTERNAL_CLIENT_ONLY");
}

TEST_CASE("AcceptAgreement: the order of refusals") {
  World world = prism_with_panels();
  given_office(world);
  auto command = acceptance_of_panels();
  command["workspace"] = "office";
  command["acceptance"]["version"] = 2;
  command["acceptance"]["text_shown"] = false;
  CHECK(accept(world, staff("sam"), command) == "AGREEMENT_NOT_ACCEPTED");
  command["acceptance"]["text_shown"] = true;
  CHECK(accept(world, staff("sam"), command) == "ACTOR_NOT_A_PERSON");
  // Version 2 was never published, and is older than the newest as well.
  CHECK(accept(world, person("milo"), command) == "AGREEMENT_UNKNOWN");
  world.when(staff("sam"), "PublishAgreementVersion", version(4));
  command["acceptance"]["version"] = 3;
  CHECK(accept(world, person("milo"), command) == "AGREEMENT_SUPERSEDED");
  command["acceptance"]["version"] = 4;
  CHECK(accept(world, person("milo"), command) == "FORBIDDEN");
  CHECK(accept(world, person("olga"), command) == "EXTERNAL_CLIENT_ONLY");
}

TEST_CASE("AcceptAgreement: a refusal keeps no address of the person's device") {
  World world = prism_with_panels();
  auto command = acceptance_of_panels();
  command["acceptance"]["ip_address"] = "192.0.2.7";
  command["acceptance"]["user_agent"] = "Firefox";
  const auto then = world.when(person("milo"), "AcceptAgreement", command.dump());
  CHECK(then.reason == "FORBIDDEN");
  CHECK(then.events[0].find("192.0.2.7") == std::string::npos);
  CHECK(then.events[0].find("Firefox") == std::string::npos);
}

TEST_CASE("AcceptAgreement: observed, the acceptance counts, with every rule it broke") {
  World world = prism_with_panels();
  auto command = acceptance_of_panels();
  command["acceptance"]["version"] = 2;
  command["acceptance"]["text_shown"] = false;
  const auto then = world.when(staff("sam"), "AcceptAgreement", command.dump(), kObserved);
  CHECK(joined(then.types) == "AgreementAccepted");
  CHECK(joined(then.rules_broken) ==
        "AGREEMENT_NOT_ACCEPTED ACTOR_NOT_A_PERSON AGREEMENT_UNKNOWN AGREEMENT_SUPERSEDED "
        "FORBIDDEN");
  CHECK(field(then.events[0], "text_shown") == "false");
  CHECK(field(then.events[0], "version") == "2");
  CHECK(acceptance_state(world, acceptance_in_force(world)) == schema::AcceptanceState::in_force);
}

TEST_CASE("AcceptAgreement: observed for a workspace never seen") {
  World world = prism();
  auto command = acceptance_of_panels();
  const auto then = world.when(person("ed"), "AcceptAgreement", command.dump(), kObserved);
  CHECK(joined(then.types) == "AgreementAccepted");
  CHECK(joined(then.rules_broken) == "FORBIDDEN EXTERNAL_CLIENT_ONLY");
  CHECK(acceptance_in_force(world) != 0);
}

}  // namespace
}  // namespace actbook::testing

#include "support/prism.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/acceptances.h"
#include "actbook/access.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

void given_organisation(World& world, const std::string& organisation, const std::string& name) {
  world.given("OrganisationRegistered",
              json{{"organisation", organisation}, {"name", name}}.dump());
  world.given("BillingAccountOpened", json{{"account", "acc-" + organisation},
                                           {"scope", "organisation"},
                                           {"organisation", organisation}}
                                          .dump());
}

void given_workspace(World& world, const std::string& workspace, const std::string& usage,
                     const std::string& account, const std::string& owner) {
  world.given("WorkspaceCreated",
              json{{"workspace", workspace},
                   {"organisation", "prism"},
                   {"name", workspace == "panels" ? "Haarlem panels" : "The office"},
                   {"usage", usage},
                   {"account", account}}
                  .dump(),
              person(owner));
}

void given_seat(World& world, const std::string& account, const std::string& who) {
  world.given("SeatOpened",
              json{{"account", account}, {"person", who}, {"seats", 1}, {"paid_seats", 1}}.dump());
}

}  // namespace

World prism() {
  World world;
  world.at("2026-02-01");
  given_organisation(world, "prism", "PRISM");
  given_organisation_member(world, "prism", "olga", "owner");
  given_organisation_member(world, "prism", "adam", "admin");
  given_organisation_member(world, "prism", "bea", "admin");
  given_organisation_member(world, "prism", "bill", "billing");
  given_organisation_member(world, "prism", "milo", "member");
  given_organisation(world, "haarlem", "HAARLEM");
  given_organisation_member(world, "haarlem", "hana", "owner");
  given_organisation_member(world, "haarlem", "hugo", "admin");
  world.given("PartnerStatusGranted", R"({"organisation": "prism", "contract_reference": "P-7"})");
  world.at("2026-02-10");
  world.given("AgreementPublished", json{{"agreement", "dpa"},
                                         {"version", 3},
                                         {"title", "Processing agreement"},
                                         {"language", "en"},
                                         {"text_sha256", sha('3')}}
                                        .dump());
  world.at("2026-03-01T09:00:00Z");
  return world;
}

World prism_with_panels() {
  World world = prism();
  const Actor adam = person("adam");
  const json owner = {{"organisation_name", "City of Haarlem"}, {"contact", clara_contact()}};
  given_workspace(world, "panels", "external_client", "acc-panels", "adam");
  world.given("BillingAccountOpened", R"({"account": "acc-panels", "scope": "workspace",
      "organisation": "prism", "workspace": "panels"})");
  world.given("ContactRegistered",
              json{{"contact", clara_contact()}, {"email", "clara@haarlem.example"}}.dump());
  world.given("AgreementAccepted",
              json{{"agreement", "dpa"},
                   {"version", 3},
                   {"text_sha256", sha('3')},
                   {"workspace", "panels"},
                   {"organisation", "prism"},
                   {"data_owner", owner},
                   {"person", "adam"},
                   {"text_shown", true}}
                  .dump(),
              adam);
  world.given("DataOwnerNamed", json{{"workspace", "panels"}, {"data_owner", owner}}.dump(), adam);
  given_member(world, "panels", "adam", "owner");
  world.given("InviteIssued",
              json{{"invite", "inv-clara"},
                   {"workspace", "panels"},
                   {"contact", clara_contact()},
                   {"role", "observer"},
                   {"expires_at", "2026-03-31T09:00:00Z"},
                   {"purpose", "data_owner"}}
                  .dump(),
              adam);
  given_seat(world, "acc-panels", "adam");
  return world;
}

void given_office(World& world) {
  given_workspace(world, "office", "internal", "acc-prism", "olga");
  given_member(world, "office", "olga", "owner");
  given_seat(world, "acc-prism", "olga");
}

void given_member(World& world, const std::string& workspace, const std::string& person,
                  const std::string& role) {
  world.given("MembershipGranted",
              json{{"workspace", workspace}, {"person", person}, {"role", role}}.dump());
}

void given_organisation_member(World& world, const std::string& organisation,
                               const std::string& person, const std::string& role) {
  world.given("OrganisationMemberAdded",
              json{{"organisation", organisation}, {"person", person}, {"role", role}}.dump());
}

void given_clara_observes(World& world) {
  world.given("InviteAccepted",
              json{{"invite", "inv-clara"},
                   {"workspace", "panels"},
                   {"contact", clara_contact()},
                   {"person", "clara"}}
                  .dump(),
              person("clara"));
  given_member(world, "panels", "clara", "observer");
}

void given_tier(World& world, const std::string& account, const std::string& tier) {
  world.given("TierChanged", json{{"account", account}, {"to", tier}}.dump());
}

void given_status(World& world, const std::string& account, const std::string& status) {
  world.given("AccountStatusChanged", json{{"account", account}, {"to", status}}.dump());
}

std::string clara_contact() { return contact_id("clara@haarlem.example"); }

std::string acceptance(int version) {
  return json{{"agreement", "dpa"}, {"version", version}, {"text_shown", true}, {"channel", "web"}}
      .dump();
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : " ") + name;
  return all;
}

std::string field(const std::string& event, const std::string& name) {
  const auto all = json::parse(event);
  const json::json_pointer path("/event/" + name);
  if (!all.contains(path)) return {};
  return all[path].is_string() ? PlainSealer::plain(all[path].get<std::string>())
                               : all[path].dump();
}

std::string refused(World world, const Actor& actor, const std::string& command_type,
                    const std::string& command_json) {
  const auto then = world.when(actor, command_type, command_json);
  if (then.outcome != log::Outcome::refused) return {};
  REQUIRE(joined(then.types) == "CommandRefused");
  CHECK(field(then.events[0], "reason") == then.reason);
  CHECK(field(then.events[0], "command_type") == command_type);
  CHECK(then.events[0].find('@') == std::string::npos);
  return then.reason;
}

std::string role_in(const World& world, const std::string& workspace, const std::string& person) {
  const auto access = effective_access(world.rows(), world.now(), workspace, person);
  return access.role ? schema::EnumNameWorkspaceRole(*access.role) : "none";
}

std::string organisation_role_of(const World& world, const std::string& organisation,
                                 const std::string& person) {
  const auto role = organisation_role(world.rows(), organisation, person);
  return role ? schema::EnumNameOrganisationRole(*role) : "none";
}

schema::AcceptanceState acceptance_state(const World& world, std::uint64_t acceptance) {
  for (const auto& known : acceptances_of(world.rows(), "panels")) {
    if (known.row.accepted->position == acceptance) return known.state;
  }
  FAIL("there is no such acceptance");
  return {};
}

std::uint64_t acceptance_in_force(const World& world) {
  std::uint64_t position = 0;
  for (const auto& known : acceptances_of(world.rows(), "panels")) {
    if (known.state == schema::AcceptanceState::in_force) position = known.row.accepted->position;
  }
  return position;
}

std::string seats(const World& world, const std::string& account) {
  const auto row = find_or_empty<row::AccountRowT>(world.rows(), account);
  return std::to_string(row.seats) + " of " + std::to_string(row.paid_seats);
}

}  // namespace actbook::testing

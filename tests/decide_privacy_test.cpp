#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "actbook/seal.h"
#include "actbook/tables.h"
#include "support/prism.h"

namespace actbook::testing {
namespace {

using nlohmann::json;

constexpr const char* kWhy = R"({"reason": "asked by letter"})";

/// The reason an erasure is refused with, tried on a copy of the world.
std::string refused_erasure(World world, const json& who, const Actor& actor = staff("sam")) {
  return world.when(actor, "ErasePerson", who.dump(), kWhy).reason;
}

Then erase(World& world, const json& who) {
  return world.when(staff("sam"), "ErasePerson", who.dump(), kWhy);
}

Then hold(World& world, const json& on, const std::string& id = "hold-1") {
  auto command = on;
  command["hold"] = id;
  return world.when(staff("sam"), "PlaceLegalHold", command.dump(), kWhy);
}

/// What is wrong with a command before anything is decided.
std::string invalid(const std::string& type, const json& command, const json& envelope) {
  json whole = envelope;
  whole["command_id"] = "c";
  whole["actor"] = {{"kind", "staff"}, {"id", "sam"}};
  whole["command_type"] = type;
  whole["command"] = command;
  const auto read = command_from_json(whole.dump());
  REQUIRE_MESSAGE(read, read.error().message);
  const auto valid = validate_command(read.value(), pack(read.value()));
  return valid ? "" : valid.error().message;
}

World clara_observes() {
  World world = prism_with_panels();
  given_clara_observes(world);
  world.given(
      "PersonRegistered",
      json{{"person", "clara"}, {"contact", clara_contact()}, {"display_name", "Clara"}}.dump());
  return world;
}

TEST_CASE("ErasePerson: the person and all contacts that are theirs") {
  World world = clara_observes();
  world.when(staff("sam"), "RegisterPerson", R"({"person": "clara", "email": "c@new.example"})");
  const auto then = erase(world, {{"person", "clara"}});
  CHECK(joined(then.types) == "PersonErased");
  CHECK(field(then.events[0], "person") == "clara");
  const auto contacts = json::parse(field(then.events[0], "contacts"));
  CHECK(contacts.get<std::set<std::string>>() ==
        std::set<std::string>{clara_contact(), contact_id("c@new.example")});
  CHECK(find_or_empty<row::PersonRowT>(world.rows(), "clara").erased);
  CHECK(is_erased(world.rows(), "person:clara"));
  CHECK(is_erased(world.rows(), contact_subject(clara_contact())));
  CHECK_FALSE(is_erased(world.rows(), "person:adam"));
  SUBCASE("what was done stays") {
    CHECK(role_in(world, "panels", "clara") == "observer");
    CHECK(find_or_empty<row::MembershipRowT>(world.rows(), "panels/clara").live);
  }
  SUBCASE("again changes nothing") {
    CHECK(erase(world, {{"person", "clara"}}).outcome == log::Outcome::unchanged);
  }
  SUBCASE("nothing can be said of them any more") {
    CHECK(refused(world, staff("sam"), "RegisterPerson",
                  R"({"person": "clara", "display_name": "C."})") == "PERSON_ERASED");
  }
}

TEST_CASE("ErasePerson: by a contact or an address that is a person's, the person is erased") {
  for (const json& who :
       {json{{"contact", clara_contact()}}, json{{"email", " CLARA@haarlem.example"}}}) {
    World world = clara_observes();
    const auto then = erase(world, who);
    CHECK(field(then.event("PersonErased"), "person") == "clara");
  }
}

TEST_CASE("ErasePerson: a contact that no person is known for") {
  for (const json& who :
       {json{{"contact", clara_contact()}}, json{{"email", "clara@haarlem.example"}}}) {
    World world = prism_with_panels();
    const auto then = erase(world, who);
    CHECK(field(then.event("PersonErased"), "person") == "");
    CHECK(field(then.event("PersonErased"), "contacts") == json{clara_contact()}.dump());
  }
}

TEST_CASE("ErasePerson: an address that only a refused command had") {
  World world = prism();
  const auto refusal = world.when(person("milo"), "CreateWorkspace",
                                  R"({"workspace": "w", "organisation": "prism", "name": "W",
      "data_owner": {"organisation_name": "D", "email": "dora@delft.example"}})");
  REQUIRE(refusal.outcome == log::Outcome::refused);
  const auto then = erase(world, {{"email", "dora@delft.example"}});
  CHECK(field(then.event("PersonErased"), "contacts") ==
        json{contact_id("dora@delft.example")}.dump());
}

TEST_CASE("ErasePerson: what was sealed for refused commands goes, too") {
  World world = clara_observes();
  const auto refusal = world.when(person("milo"), "RegisterPerson",
                                  R"({"person": "clara", "email": "private@home.example"})");
  REQUIRE(refusal.reason == "FORBIDDEN");
  const auto then = erase(world, {{"person", "clara"}});
  CHECK(field(then.events[0], "contacts").find(contact_id("private@home.example")) !=
        std::string::npos);
  // After it, again.
  world.when(staff("sam"), "RegisterPerson",
             R"({"person": "clara", "email": "late@home.example"})");
  CHECK(field(erase(world, {{"person", "clara"}}).event("PersonErased"), "contacts")
            .find(contact_id("late@home.example")) != std::string::npos);
  // Who is nothing here but somebody who was refused.
  world.when(person("mallory"), "DeleteWorkspace", R"({"workspace": "panels"})");
  CHECK(refused_erasure(world, {{"person", "mallory"}}) == "");
}

TEST_CASE("ErasePerson: an address of somebody else that was only tried stays theirs") {
  World world = prism_with_panels();
  world.when(person("bea"), "AcceptInvite",
             R"({"invite": "none", "person": "bea", "email": "clara@haarlem.example"})");
  CHECK(field(erase(world, {{"person", "bea"}}).event("PersonErased"), "contacts") == "[]");
}

TEST_CASE("ErasePerson: an erased person takes no invite, which would give them an address") {
  World world = clara_observes();
  erase(world, {{"person", "clara"}});
  world.when(person("adam"), "InviteToWorkspace",
             R"({"invite": "inv-2", "workspace": "panels", "email": "c2@x.example",
                 "role": "observer"})");
  CHECK(refused(world, person("clara"), "AcceptInvite",
                R"({"invite": "inv-2", "person": "clara", "email": "c2@x.example"})") ==
        "PERSON_ERASED");
}

TEST_CASE("ErasePerson: a contact that became somebody else's is left alone") {
  World world = clara_observes();
  world.when(staff("sam"), "RegisterPerson",
             R"({"person": "ed", "email": "clara@haarlem.example"})");
  CHECK(field(erase(world, {{"person", "clara"}}).events[0], "contacts") == "[]");
}

TEST_CASE("ErasePerson: refused to all but staff, for nobody, and under a hold, in this order") {
  World world = clara_observes();
  CHECK(refused_erasure(world, {{"person", "clara"}}, person("olga")) == "STAFF_ONLY");
  CHECK(refused_erasure(world, {{"person", "nobody"}}) == "PERSON_NOT_FOUND");
  CHECK(refused_erasure(world, {{"contact", "contact-0"}}) == "PERSON_NOT_FOUND");
  CHECK(refused_erasure(world, {{"email", "nobody@x.example"}}) == "PERSON_NOT_FOUND");
  hold(world, {{"person", "clara"}});
  hold(world, {{"person", "nobody"}}, "hold-2");
  CHECK(refused_erasure(world, {{"person", "clara"}}) == "LEGAL_HOLD");
  CHECK(refused_erasure(world, {{"contact", clara_contact()}}) == "LEGAL_HOLD");
  CHECK(refused_erasure(world, {{"person", "nobody"}}) == "LEGAL_HOLD");
  CHECK(refused_erasure(world, {{"person", "clara"}}, person("olga")) == "STAFF_ONLY");
  CHECK(refused_erasure(world, {{"person", "adam"}}) == "");
  // Somebody who is known only by what they are in is somebody.
  CHECK(refused_erasure(world, {{"person", "bill"}}) == "");
}

TEST_CASE("PlaceLegalHold: on a workspace, whoever has a part in it cannot be erased") {
  World world = clara_observes();
  given_office(world);
  world.when(person("adam"), "InviteToWorkspace",
             R"({"invite": "inv-nora", "workspace": "panels", "email": "nora@x.example",
                 "role": "observer"})");
  hold(world, {{"workspace", "panels"}});
  CHECK(refused_erasure(world, {{"person", "clara"}}) == "LEGAL_HOLD");          // a member
  CHECK(refused_erasure(world, {{"person", "adam"}}) == "LEGAL_HOLD");           // accepted for it
  CHECK(refused_erasure(world, {{"email", "nora@x.example"}}) == "LEGAL_HOLD");  // invited to it
  CHECK(refused_erasure(world, {{"person", "olga"}}) == "LEGAL_HOLD");  // owns its organisation
  CHECK(refused_erasure(world, {{"person", "hana"}}) == "");
  world.when(staff("sam"), "ReleaseLegalHold", R"({"hold": "hold-1"})", kWhy);
  CHECK(refused_erasure(world, {{"person", "clara"}}) == "");
}

TEST_CASE("PlaceLegalHold: on a workspace, its data owner cannot be erased") {
  World world = prism_with_panels();
  hold(world, {{"workspace", "panels"}});
  CHECK(refused_erasure(world, {{"contact", clara_contact()}}) == "LEGAL_HOLD");
}

TEST_CASE("PlaceLegalHold: on an organisation, its members, past ones too, and its workspaces'") {
  World world = clara_observes();
  world.when(person("olga"), "RemoveOrganisationMember",
             R"({"organisation": "prism", "person": "milo"})");
  hold(world, {{"organisation", "prism"}});
  CHECK(refused_erasure(world, {{"person", "milo"}}) == "LEGAL_HOLD");
  CHECK(refused_erasure(world, {{"person", "clara"}}) == "LEGAL_HOLD");
  CHECK(refused_erasure(world, {{"person", "hana"}}) == "");
}

TEST_CASE("PlaceLegalHold: on a workspace, those who handed it over cannot be erased") {
  World world = prism_with_panels();
  world.given("DataOwnerOrganisationRecorded",
              R"({"workspace": "panels", "organisation": "haarlem"})");
  world.given("HandoffProposed", R"({"handoff": "h", "workspace": "panels",
      "from_organisation": "prism", "target": "haarlem", "message": "Yours."})",
              staff("stan"));
  hold(world, {{"workspace", "panels"}});
  CHECK(refused_erasure(world, {{"person", "stan"}}) == "LEGAL_HOLD");
  CHECK(refused_erasure(world, {{"person", "hana"}}) == "LEGAL_HOLD");  // the client's
}

TEST_CASE("PlaceLegalHold: on a person, whose address became somebody else's") {
  World world = clara_observes();
  hold(world, {{"person", "clara"}});
  world.when(staff("sam"), "RegisterPerson",
             R"({"person": "ed", "email": "clara@haarlem.example"})");
  CHECK(refused_erasure(world, {{"person", "ed"}}) == "LEGAL_HOLD");
}

TEST_CASE("PlaceLegalHold: is recorded, once") {
  World world = clara_observes();
  const auto then = hold(world, {{"person", "clara"}});
  CHECK(joined(then.types) == "LegalHoldPlaced");
  CHECK(field(then.events[0], "person") == "clara");
  CHECK(then.created == std::vector<std::string>{"hold:hold-1"});
  CHECK(hold(world, {{"person", "adam"}}).reason == "HOLD_EXISTS");
}

TEST_CASE("PlaceLegalHold: refused to all but staff, and on what is not there") {
  World world = prism_with_panels();
  const auto reason = [&](const Actor& actor, const json& command) {
    World copy = world;
    return copy.when(actor, "PlaceLegalHold", command.dump(), kWhy).reason;
  };
  CHECK(reason(person("olga"), {{"hold", "h"}, {"workspace", "none"}}) == "STAFF_ONLY");
  CHECK(reason(staff("sam"), {{"hold", "h"}, {"workspace", "none"}}) == "WORKSPACE_NOT_FOUND");
  CHECK(reason(staff("sam"), {{"hold", "h"}, {"organisation", "none"}}) == "ORG_NOT_FOUND");
  CHECK(reason(staff("sam"), {{"hold", "h"}, {"workspace", "panels"}}) == "");
}

TEST_CASE("ReleaseLegalHold: says what it was on and one that is not in force cannot be released") {
  World world = prism_with_panels();
  hold(world, {{"workspace", "panels"}});
  World other = world;
  CHECK(other.when(person("olga"), "ReleaseLegalHold", R"({"hold": "hold-1"})", kWhy).reason ==
        "STAFF_ONLY");
  const auto then = world.when(staff("sam"), "ReleaseLegalHold", R"({"hold": "hold-1"})", kWhy);
  CHECK(joined(then.types) == "LegalHoldReleased");
  CHECK(field(then.events[0], "workspace") == "panels");
  for (const auto* id : {"hold-1", "hold-2"}) {
    CHECK(world.when(staff("sam"), "ReleaseLegalHold", json{{"hold", id}}.dump(), kWhy).reason ==
          "NO_LEGAL_HOLD");
  }
  CHECK(hold(world, {{"workspace", "panels"}}).reason == "HOLD_EXISTS");
}

TEST_CASE("privacy: what is asked of the commands is said by field") {
  const json why = {{"reason", "asked"}};
  CHECK(invalid("ErasePerson", {{"person", "p"}}, why) == "");
  CHECK(invalid("ErasePerson", {{"person", "p"}}, json::object()) ==
        "reason: is missing; say why, for the record");
  CHECK(invalid("ErasePerson", json::object(), why) ==
        "command: give exactly one of person, contact and email");
  CHECK(invalid("ErasePerson", {{"person", "p"}, {"email", "a@b"}}, why) ==
        "command: give exactly one of person, contact and email");
  CHECK(invalid("ErasePerson", {{"person", "p"}}, {{"reason", "asked"}, {"mode", "observed"}}) ==
        "mode: must be command: what is erased here is no fact about elsewhere");
  CHECK(invalid("PlaceLegalHold", {{"hold", "h"}}, why) ==
        "command: give exactly one of person, workspace and organisation");
  CHECK(invalid("PlaceLegalHold", {{"hold", "h"}, {"person", "p"}, {"workspace", "w"}}, why) ==
        "command: give exactly one of person, workspace and organisation");
  CHECK(invalid("PlaceLegalHold", {{"hold", "h"}, {"person", "p"}}, json::object()) ==
        "reason: is missing; say why, for the record");
  CHECK(invalid("ReleaseLegalHold", {{"hold", "h"}}, json::object()) ==
        "reason: is missing; say why, for the record");
}

// ---- sealing ----

command::CommandEnvelopeT invite(const std::string& email) {
  const json envelope = {
      {"command_id", "c"},
      {"actor", {{"kind", "person"}, {"id", "adam"}}},
      {"command_type", "InviteToWorkspace"},
      {"command", {{"invite", "i"}, {"workspace", "w"}, {"email", email}, {"role", "observer"}}}};
  return command_from_json(envelope.dump()).value();
}

std::string sealed_email(const Bytes& bytes) {
  command::CommandEnvelopeT command;
  flatbuffers::GetRoot<command::CommandEnvelope>(bytes.data())->UnPackTo(&command);
  if (const auto* invited = command.command.AsInviteToWorkspace()) return invited->email;
  return command.command.AsAcceptInvite()->email;
}

TEST_CASE("seal: an address is its contact's, as it compares") {
  PlainSealer sealer;
  const auto bytes = seal_command(pack(invite(" Nora@X.example ")), {}, sealer).value();
  const auto text = sealed_email(bytes);
  CHECK(PlainSealer::plain(text) == "nora@x.example");
  CHECK(SealedText::parse(text)->field == "ContactRegistered.email");
  CHECK(contact_of(text) == contact_id("nora@x.example"));
  CHECK(contact_of("erased") == "");
  CHECK(contact_of("") == "");
}

TEST_CASE("seal: an address to compare with makes no contact, and is the person's who has it") {
  PlainSealer sealer;
  const json envelope = {
      {"command_id", "c"},
      {"actor", {{"kind", "person"}, {"id", "clara"}}},
      {"command_type", "AcceptInvite"},
      {"command", {{"invite", "i"}, {"person", "clara"}, {"email", "c@x.example"}}}};
  const auto command = pack(command_from_json(envelope.dump()).value());
  const auto unknown = sealed_email(seal_command(command, {}, sealer).value());
  CHECK(SealedText::parse(unknown)->subject == "person:clara");
  CHECK(contact_of(unknown) == "");
  CHECK(sealer.addresses.empty());
  (void)sealer.contact_of("c@x.example");
  CHECK(contact_of(sealed_email(seal_command(command, {}, sealer).value())) ==
        contact_id("c@x.example"));
}

/// A contact is erased just before the first address is sealed for it.
class ErasedMeanwhile final : public Sealer {
 public:
  Result<std::string> seal(std::string_view field, const DataSubject& subject,
                           std::string_view text) override {
    if (contacts_made++ == 0) return std::string(kErasedText);
    return plain.seal(field, subject, text);
  }
  [[nodiscard]] Result<std::optional<std::string>> find_contact(std::string_view) const override {
    return std::optional<std::string>();
  }
  Result<std::string> contact_of(std::string_view) override {
    return "contact-" + std::to_string(contacts_made);
  }
  [[nodiscard]] Result<bool> can_reveal(const SealedText&) const override { return true; }

  PlainSealer plain;
  int contacts_made = 0;
};

TEST_CASE("seal: an address whose contact is erased meanwhile is another contact's") {
  ErasedMeanwhile sealer;
  const auto bytes = seal_command(pack(invite("nora@x.example")), {}, sealer).value();
  CHECK(contact_of(sealed_email(bytes)) == "contact-1");
}

TEST_CASE("seal: an address that nobody has is not kept to say so") {
  PlainSealer sealer;
  const json envelope = {{"command_id", "c"},
                         {"actor", {{"kind", "staff"}, {"id", "sam"}}},
                         {"reason", "asked"},
                         {"command_type", "ErasePerson"},
                         {"command", {{"email", "nobody@x.example"}}}};
  const auto bytes =
      seal_command(pack(command_from_json(envelope.dump()).value()), {}, sealer).value();
  const auto* sealed = flatbuffers::GetRoot<command::CommandEnvelope>(bytes.data());
  CHECK(sealed->command_as_ErasePerson()->email()->str() == kErasedText);
  CHECK(sealer.addresses.empty());
}

TEST_CASE("seal: a retry makes nothing new, and what was erased meanwhile is as it was") {
  PlainSealer sealer;
  const auto first = seal_command(pack(invite("nora@x.example")), {}, sealer).value();
  CHECK(seal_command(pack(invite("NORA@x.example")), first, sealer).value() == first);
  const auto other = seal_command(pack(invite("new@x.example")), first, sealer).value();
  CHECK(PlainSealer::plain(sealed_email(other)) == "new@x.example");
  CHECK(contact_of(sealed_email(other)) == contact_id("nora@x.example"));
  CHECK(!sealer.addresses.contains("new@x.example"));
  sealer.erased.insert(contact_subject(contact_id("nora@x.example")));
  sealer.addresses.clear();
  CHECK(seal_command(pack(invite("nora@x.example")), first, sealer).value() == first);
  CHECK(sealer.addresses.empty());
}

}  // namespace
}  // namespace actbook::testing

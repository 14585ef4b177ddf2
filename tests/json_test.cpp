#include "actbook/json.h"

#include <doctest/doctest.h>

#include <limits>
#include <map>
#include <memory>
#include <random>

#include "actbook/schema/answers_generated.h"
#include "actbook/schema/events_generated.h"

namespace actbook::test {
namespace {

/// A valid command; tests replace pieces of it.
const std::string kCommand =
    R"({"command_id":"c-1","actor":{"kind":"person","id":"p-1"},)"
    R"("command_type":"CreateWorkspace","command":{"workspace":"w-1","organisation":"o-1",)"
    R"("name":"Water","visibility":"private","data_owner":{"email":"ann@example.org"},)"
    R"("acceptance":{"agreement":"terms","version":3,"text_shown":true,"channel":"web"}}})";

/// kCommand with one piece of its text replaced.
std::string edited(const std::string& piece, const std::string& replacement) {
  auto text = kCommand;
  const auto at = text.find(piece);
  REQUIRE_MESSAGE(at != std::string::npos, piece);
  return text.replace(at, piece.size(), replacement);
}

std::string refusal(const std::string& json, const std::string& code) {
  const auto command = command_from_json(json);
  if (command) return "none";
  CHECK(command.error().kind == ErrorKind::invalid);
  CHECK_MESSAGE(command.error().code == code, json);
  return command.error().message;
}

/// The complaint about kCommand with a piece replaced.
std::string complaint(const std::string& piece, const std::string& replacement) {
  return refusal(edited(piece, replacement), "INVALID_FIELD");
}

std::string malformed(const std::string& json) { return refusal(json, "MALFORMED_JSON"); }

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Record record_of(const log::RecordT& envelope) {
  const auto bytes = std::make_shared<const Bytes>(pack(envelope));
  return Record::check(bytes, *bytes).value();
}

log::RecordT envelope(const std::string& type, Bytes payload) {
  log::RecordT envelope;
  envelope.position = 7;
  envelope.recorded_at = 1'772'355'600'000'000;
  envelope.occurred_at = 1'772'355'600'500'000;
  envelope.type = type;
  envelope.command_id = "c-1";
  envelope.batch_size = 1;
  envelope.actor = std::make_unique<schema::ActorT>();
  envelope.actor->kind = schema::ActorKind::person;
  envelope.actor->id = "p-1";
  envelope.tags = {"person:p-2", "workspace:w-1"};
  envelope.payload = std::move(payload);
  return envelope;
}

event::MembershipGrantedT membership() {
  event::MembershipGrantedT event;
  event.workspace = "w-1";
  event.person = "p-2";
  event.role = schema::WorkspaceRole::observer;
  return event;
}

TEST_CASE("json: a command is read member by member") {
  const auto result = command_from_json(kCommand);
  REQUIRE(result);
  const auto& envelope = result.value();
  CHECK(envelope.command_id == "c-1");
  CHECK(envelope.actor->kind == schema::ActorKind::person);
  CHECK(envelope.actor->id == "p-1");
  CHECK(envelope.mode == schema::Mode::command);
  CHECK(!envelope.occurred_at);
  CHECK(envelope.reason.empty());
  const auto* create = envelope.command.AsCreateWorkspace();
  REQUIRE(create != nullptr);
  CHECK(create->workspace == "w-1");
  CHECK(create->name == "Water");
  CHECK(create->visibility == schema::Visibility::private_);
  CHECK(create->data_owner->email == "ann@example.org");
  CHECK(create->data_owner->person.empty());
  CHECK(create->acceptance->version == 3U);
  CHECK(create->acceptance->text_shown);
  CHECK(create->acceptance->channel == schema::Channel::web);
}

TEST_CASE("json: the order of members and the blanks between them do not matter") {
  const auto result = command_from_json(
      "{ \"command\" : {\"tier\": \"free\",\n\t\"account\": \"a-1\"}, \"command_type\": "
      "\"SetTier\","
      "\r\n \"reason\": \"Zuiderzee \\u2013 \\ud83d\\ude00 \\\"q\\\" \\/\", \"mode\": \"observed\","
      "\"occurred_at\": \"2026-03-01T11:00:00.25+02:00\","
      "\"actor\": {\"id\": \"s-1\", \"kind\": \"staff\"}, \"command_id\": \"c-1\" } ");
  REQUIRE(result);
  CHECK(result.value().mode == schema::Mode::observed);
  CHECK(result.value().occurred_at == 1'772'355'600'250'000);
  CHECK(result.value().reason == "Zuiderzee – 😀 \"q\" /");
  REQUIRE(result.value().command.AsSetTier() != nullptr);
  CHECK(result.value().command.AsSetTier()->tier == schema::Tier::free);
}

TEST_CASE("json: null says absent") {
  const auto result = command_from_json(
      edited(R"("visibility":"private")", R"("visibility":null,"account":null,"invite":null)"));
  REQUIRE(result);
  CHECK(result.value().command.AsCreateWorkspace()->visibility ==
        schema::Visibility::open_to_organisation);
  CHECK(command_from_json(edited(R"({"command_id")", R"({"occurred_at":null,"command_id")")));
  CHECK(complaint(R"("c-1")", "null").starts_with("command_id: is missing"));
  CHECK(complaint(R"("kind":"person")", R"("kind":null)").starts_with("actor.kind: is missing"));
}

TEST_CASE("json: syntax errors say where") {
  CHECK(malformed("").starts_with("line 1, column 1: "));
  CHECK(malformed(R"({"a":1,})").starts_with("line 1, column 8: "));
  CHECK(malformed("{\n \"é\": x}").starts_with("line 2, column 7: "));
  CHECK(malformed(kCommand + "x").starts_with("line 1, column "));
  CHECK(malformed(kCommand + kCommand) != "none");
  CHECK(contains(malformed("{\"a\":\"\xff\"}"), "UTF-8"));
  for (const auto* json : {"nul",       "{'a':1}",     "{a:1}",     "// x\n{}",
                           "{}/**/",    "[1,]",        "01",        "1.",
                           "+1",        "NaN",         ".5",        "\"a\nb\"",
                           "\"\\x41\"", "\"\\ud800\"", "{\"a\" 1}", "{\"a\":1e999}",
                           "{",         "\"",          "\xff",      "{\"a\":\"\xed\xa0\x80\"}"}) {
    CHECK_MESSAGE(malformed(json) != "none", json);
  }
  CHECK(malformed(std::string("{}\0{}", 5)).starts_with("line 1, column 3: "));
}

TEST_CASE("json: a syntax error does not repeat what it read, for that may be personal") {
  const auto message = malformed(R"({"email":"ann@example.org" "ann@example.org"})");
  CHECK(!contains(message, "ann"));
  CHECK(!contains(malformed(R"({"email":"ann@example.org)"), "ann"));
}

TEST_CASE("json: nesting is bounded, before it is read") {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  CHECK(malformed(nested(33)) ==
        "line 1, column 33: more than 32 levels of objects and arrays; use fewer");
  CHECK(malformed(std::string(1'000'000, '[')).starts_with("line 1, column 33: "));
  CHECK(contains(malformed("{\"a\":\"[[\\\"{{\"," + nested(33)), "column 46: more than 32"));
  // Levels that are closed again, and brackets in texts, do not add up.
  CHECK(refusal(nested(32), "INVALID_FIELD") == "the document: must be an object");
  std::string shallow = "[0";
  for (int i = 0; i < 100; ++i) shallow += ",[{}]";
  CHECK(refusal(shallow + ']', "INVALID_FIELD") == "the document: must be an object");
  CHECK(malformed("]]" + nested(1)).starts_with("line 1, column 1: "));
  CHECK(command_from_json(edited("Water", std::string(100, '[') + "\\\"{")));
  CHECK(malformed(std::string(std::size_t{17} << 20, ' ')).ends_with("shorten it"));
}

TEST_CASE("json: a name stands in its object once") {
  CHECK(complaint(R"({"command_id":"c-1")", R"({"command_id":"c-1","command_id":"c-1")") ==
        "command_id: stands here twice; give it once");
  CHECK(complaint(R"("version":3)", R"("version":3,"version":4)") ==
        "command.acceptance.version: stands here twice; give it once");
  CHECK(complaint(R"("version":3)", R"("version":3,"\u0076ersion":4)")
            .starts_with("command.acceptance.version: stands here twice"));
  CHECK(refusal(R"([0,{"a":1,"a":1}])", "INVALID_FIELD").starts_with("[1].a: stands here twice"));
}

TEST_CASE("json: unknown names are refused, with those that are known") {
  CHECK(complaint(R"("version")", R"("versoin")") ==
        "command.acceptance.versoin: is not known here; known are agreement, version, text_shown, "
        "channel, ip_address, user_agent");
  CHECK(complaint(R"({"command_id")", R"({"Command_id":"x","command_id")")
            .starts_with("Command_id: is not known here; known are command_id, actor, "));
  CHECK(complaint(R"({"command_id")", R"({"x":null,"command_id")").starts_with("x: is not known"));
  // A hostile name neither fills the message nor reaches the terminal.
  const auto message = complaint(R"({"command_id")",
                                 R"({"\u001b[2J)" + std::string(5000, 'x') + R"(":1,"command_id")");
  CHECK(message.starts_with("\\u001b[2Jxxx"));
  CHECK(message.size() < 400);
  CHECK(complaint(R"({"command_id")", R"({"ü":1,"command_id")").starts_with("\\u00fc: is not"));
}

TEST_CASE("json: what is required or mandatory must be there") {
  CHECK(complaint(R"("command_id":"c-1",)", "") ==
        "command_id: is missing; it must be an id: 1 to 64 characters of A-Z a-z 0-9 - _ . :");
  CHECK(complaint(R"("kind":"person",)", "") ==
        "actor.kind: is missing; it must be one of person, staff, system, import");
  CHECK(complaint(R"("version":3,)", "") ==
        "command.acceptance.version: is missing; it must be a whole number from 0 to 4294967295");
  CHECK(complaint(R"("workspace":"w-1",)", "").starts_with("command.workspace: is missing"));
  CHECK(complaint(R"("command_type":"CreateWorkspace",)", "")
            .starts_with("command_type: is missing; it must be a name such as RegisterPerson"));
  CHECK(refusal(R"({"command_id":"c","actor":{"kind":"staff","id":"s"},"command_type":"SelfJoin"})",
                "INVALID_FIELD") == "command: is missing; it must be an object");
  CHECK(refusal(R"({"command_id":"c","actor":{"kind":"staff","id":"s"}})", "INVALID_FIELD")
            .starts_with("command_type: is missing"));
  CHECK(refusal("{}", "INVALID_FIELD").starts_with("command_id: is missing"));
}

TEST_CASE("json: values are of their type") {
  for (const auto* json : {"[]", "\"x\"", "1", "null", "true"}) {
    CHECK(refusal(json, "INVALID_FIELD") == "the document: must be an object");
  }
  CHECK(complaint(R"("c-1")", "1").starts_with("command_id: must be an id"));
  CHECK(complaint(R"("Water")", R"(["Water"])").starts_with("command.name: must be a text"));
  CHECK(complaint(R"({"kind":"person","id":"p-1"})", R"("p-1")") == "actor: must be an object");
  CHECK(complaint(R"({"email":"ann@example.org"})", "[]") ==
        "command.data_owner: must be an object");
  CHECK(complaint(R"("text_shown":true)", R"("text_shown":1)") ==
        "command.acceptance.text_shown: must be true or false");
  CHECK(complaint(R"("text_shown":true)", R"("text_shown":"true")") ==
        "command.acceptance.text_shown: must be true or false");
}

TEST_CASE("json: numbers are whole and within the range of their type") {
  const auto version = [](const std::string& number) {
    return edited(R"("version":3)", R"("version":)" + number);
  };
  for (const auto* good : {"0", "-0", "4294967295"}) {
    CHECK_MESSAGE(command_from_json(version(good)).has_value(), good);
  }
  for (const auto* bad : {"-1", "4294967296", "1.5", "3.0", "1e3", "-4294967296", "\"3\"", "true",
                          "18446744073709551615", "18446744073709551616", "-9223372036854775809"}) {
    CHECK_MESSAGE(refusal(version(bad), "INVALID_FIELD") ==
                      "command.acceptance.version: must be a whole number from 0 to 4294967295",
                  bad);
  }
}

TEST_CASE("json: enums are their names") {
  CHECK(complaint(R"("private")", R"("secret")") ==
        "command.visibility: must be one of open_to_organisation, invite_only, private");
  for (const auto* bad : {R"("")", "2", R"("Private")", R"("private private")", R"("2")",
                          R"("Visibility.private")", R"(" private")"}) {
    CHECK_MESSAGE(complaint(R"("private")", bad).starts_with("command.visibility: must be one of"),
                  bad);
  }
  for (const auto* bad : {R"("createworkspace")", R"("NONE")", "10", R"("")", "{}"}) {
    CHECK_MESSAGE(complaint(R"("CreateWorkspace")", bad) ==
                      "command_type: must be a name such as RegisterPerson, RegisterOrganisation, "
                      "AddOrganisationMember (the schema has 83 in actbook.command.Command)",
                  bad);
  }
}

TEST_CASE("json: a command of another type has other members") {
  CHECK(complaint(R"("CreateWorkspace")", R"("DeleteWorkspace")").starts_with("command."));
}

TEST_CASE("json: times are ISO 8601") {
  const auto at = [](const std::string& time) {
    return edited(R"({"command_id")", R"({"occurred_at":)" + time + R"(,"command_id")");
  };
  CHECK(command_from_json(at(R"("2026-03-01")")).value().occurred_at == 1'772'323'200'000'000);
  CHECK(command_from_json(at(R"("1970-01-01")")).value().occurred_at == 0);
  CHECK(refusal(at("1772323200000000"), "INVALID_FIELD")
            .starts_with("occurred_at: must be a time such as 2026-03-01T09:00:00Z"));
  CHECK(
      refusal(at(R"("2026-02-30")"), "INVALID_FIELD") ==
      "occurred_at: not a time: the calendar has no such day; write it like 2026-03-01T09:00:00Z");
}

TEST_CASE("json: a line of a file of commands may say when it arrives, a command alone may not") {
  const auto at = [](const std::string& time) {
    return edited(R"({"command_id")", R"({"at":)" + time + R"(,"command_id")");
  };
  const auto line = command_line_from_json(at(R"("2026-03-01T09:00:00Z")"));
  REQUIRE(line);
  CHECK(line.value().at == Timestamp{1'772'355'600'000'000});
  CHECK(line.value().command.command_id == "c-1");
  CHECK(!line.value().command.occurred_at);
  for (const auto& text : {kCommand, at("null")}) {
    const auto without = command_line_from_json(text);
    REQUIRE(without);
    CHECK(without.value().at == std::nullopt);
    CHECK(without.value().command.command_id == "c-1");
  }
  const std::map<std::string, std::string> messages{
      {at("1"), "at: must be a time such as"},
      {at(R"("soon")"), "at: not a time: "},
      {at(R"("2026-03-01","at":"2026-03-01")"), "at: stands here twice"},
      {R"({"at":"2026-03-01"})", "command_id: is missing"},
      {"[]", "the document: must be an object"}};
  for (const auto& bad : messages) {
    const auto refused = command_line_from_json(bad.first);
    REQUIRE_MESSAGE(!refused, bad.first);
    CHECK(refused.error().code == "INVALID_FIELD");
    CHECK(refused.error().message.starts_with(bad.second));
  }
  CHECK(refusal(at(R"("2026-03-01T09:00:00Z")"), "INVALID_FIELD").starts_with("at: is not known"));
}

TEST_CASE("json: texts must satisfy the schema's attributes too") {
  CHECK(complaint("w-1", "w/1").starts_with("command.workspace: must be an id"));
  CHECK(complaint("Water", " ") == "command.name: must not be empty");
  CHECK(complaint("Water", "a\\u0000b").starts_with("command.name: must be free of control"));
  CHECK(complaint("Water", "a\\nb").starts_with("command.name: must be free of control"));
  CHECK(complaint("Water", std::string(201, 'x')).starts_with("command.name: must be a text"));
  CHECK(complaint("ann@example.org", "ann").starts_with("command.data_owner.email: must be an"));
  CHECK(complaint(R"({"email":)", R"({"person":"","email":)")
            .starts_with("command.data_owner.person: must be an id"));
  CHECK(command_from_json(edited(R"({"email":)", R"({"organisation_name":"","email":)")));
}

TEST_CASE("json: members stand in the schema's order, and what says nothing is left out") {
  row::WorkspaceRowT row;
  row.name = "Water \"&\" Zuiderzee – 水";
  row.organisation = "o-1";
  row.created = std::make_unique<schema::ActT>();
  row.created->position = 3;
  row.created->recorded_at = 1'772'355'600'000'000;
  row.created->actor = std::make_unique<schema::ActorT>();
  row.created->actor->kind = schema::ActorKind::person;
  row.created->actor->id = "p-1";
  CHECK(to_json(row) ==
        R"({"name":"Water \"&\" Zuiderzee – 水","organisation":"o-1","usage":"internal",)"
        R"("visibility":"open_to_organisation","created":{"position":3,)"
        R"("recorded_at":"2026-03-01T09:00:00Z","actor":{"kind":"person","id":"p-1"}},)"
        R"("support_door_open":false})");
}

TEST_CASE("json: the first of an enum, false and zero are said, a time of zero is not") {
  row::MembershipRowT member;
  CHECK(to_json(member) == R"({"role":"observer","source":"direct","live":false})");
  row::InviteRowT invite;
  CHECK(!contains(to_json(invite), "expires_at"));
  invite.expires_at = 1;
  CHECK(contains(to_json(invite), R"("expires_at":"1970-01-01T00:00:00.000001Z")"));
  schema::ActorT actor;
  actor.id = "s-1";
  CHECK(to_json(actor) == R"({"id":"s-1"})");
}

TEST_CASE("json: big numbers keep every digit") {
  row::ReferenceRowT row;
  row.first = std::numeric_limits<std::uint64_t>::max();
  CHECK(to_json(row) == R"({"first":18446744073709551615})");
  row.first = (std::uint64_t{1} << 53) + 1;
  CHECK(to_json(row) == R"({"first":9007199254740993})");
}

TEST_CASE("json: rows of texts, numbers and tables, and unions") {
  answer::WorkspaceStateT state;
  state.workspace = "w-1";
  state.access.push_back(std::make_unique<answer::AccessLineT>());
  state.access.back()->person = "p-1";
  state.access.back()->positions = {1, 5'000'000'000};
  answer::EntityStateT entity;
  entity.state.Set(std::move(state));
  CHECK(to_json(entity) ==
        R"({"state_type":"WorkspaceState","state":{"workspace":"w-1","as_of":0,"access":)"
        R"([{"person":"p-1","role":"observer","can_read":false,"positions":[1,5000000000]}],)"
        R"("members":[],"invites":[],"handoffs":[],"acceptances":[],"legal_holds":[],)"
        R"("projects":[],"support_requests":[],"deals":[]}})");

  log::ReceiptT receipt;
  receipt.command_id = "c-1";
  receipt.command_type = "SelfJoin";
  receipt.created = {"account:a-1", "invite:i-1"};
  CHECK(to_json(receipt) == R"({"command_id":"c-1","command_type":"SelfJoin","outcome":"recorded",)"
                            R"("first_position":0,"last_position":0,"based_on":0,)"
                            R"("created":["account:a-1","invite:i-1"]})");
}

TEST_CASE("json: laid out over lines, indented by two spaces") {
  schema::ActorT actor;
  actor.id = "s-1";
  actor.kind = schema::ActorKind::staff;
  CHECK(to_json(actor, JsonLayout::indented) == "{\n  \"kind\": \"staff\",\n  \"id\": \"s-1\"\n}");
}

TEST_CASE("json: a record is its envelope around the event's own members") {
  const auto json = record_to_json(record_of(envelope("MembershipGranted", pack(membership()))));
  REQUIRE(json);
  CHECK(json.value() ==
        R"({"position":7,"recorded_at":"2026-03-01T09:00:00Z",)"
        R"("occurred_at":"2026-03-01T09:00:00.5Z","type":"MembershipGranted","schema_version":1,)"
        R"("command_id":"c-1","batch_index":0,"batch_size":1,)"
        R"("actor":{"kind":"person","id":"p-1"},"mode":"command","rules_broken":[],)"
        R"("tags":["person:p-2","workspace:w-1"],)"
        R"("payload":{"workspace":"w-1","person":"p-2","role":"observer","source":"direct"}})");
}

TEST_CASE("json: a record of an unknown type or with a damaged payload is an error") {
  for (const auto* name : {"Unheard", "", "NONE", "AnyEvent", "actbook.event.SeatOpened"}) {
    const auto unknown = record_to_json(record_of(envelope(name, pack(membership()))));
    REQUIRE_MESSAGE(!unknown, name);
    CHECK(unknown.error().kind == ErrorKind::unsupported);
    CHECK(unknown.error().position == Position{7});
  }
  for (const Bytes& payload :
       {Bytes{}, Bytes{1, 2}, Bytes(8, 0xff), Bytes(64), pack(schema::ActorT{})}) {
    const auto damaged = record_to_json(record_of(envelope("MembershipGranted", payload)));
    REQUIRE(!damaged);
    CHECK(damaged.error().kind == ErrorKind::corrupt);
    CHECK(damaged.error().position == Position{7});
  }
}

TEST_CASE("json: no damage to a payload does worse than an error") {
  const auto sound = pack(membership());
  std::mt19937 random(1);  // NOLINT: the same damage every time
  int errors = 0;
  for (int round = 0; round < 5000; ++round) {
    auto damaged = sound;
    damaged[random() % damaged.size()] = static_cast<std::uint8_t>(random());
    if (round % 3 == 0) damaged.resize(random() % damaged.size());
    if (!record_to_json(record_of(envelope("MembershipGranted", damaged)))) ++errors;
  }
  CHECK(errors > 1000);
  CHECK(errors < 5000);
}

TEST_CASE("json: an event reads and writes back the same") {
  const std::string json =
      R"({"event_type":"InviteIssued","event":{"invite":"i-1","workspace":"w-1","contact":"k-1",)"
      R"("role":"observer","expires_at":"2026-03-31T09:00:00.000001Z","purpose":"data_owner"}})";
  const auto bytes = event_from_json(json);
  REQUIRE(bytes);
  CHECK(event_to_json(bytes.value()) == json);
  event::InviteIssuedT invite;
  invite.invite = "i-1";
  invite.workspace = "w-1";
  invite.contact = "k-1";
  invite.expires_at = 1'774'947'600'000'001;
  invite.purpose = schema::InvitePurpose::data_owner;
  event::AnyEventT any;
  any.event.Set(std::move(invite));
  CHECK(bytes.value() == pack(any));
  CHECK(event_to_json(bytes.value(), JsonLayout::indented).starts_with("{\n  \"event_type\": "));
}

TEST_CASE("json: every kind of member survives the way through JSON") {
  for (const auto* json :
       {R"({"event_type":"RoleDefined","event":{"scope":"workspace","role":"owner",)"
        R"("permissions":["a","b"],"takes_paid_seat":true,"allowed_in_internal_workspace":false,)"
        R"("partner_only":false,"outsider":false}})",
        R"({"event_type":"CommandRefused","event":{"command_type":"SelfJoin",)"
        R"("reason":"ACCOUNT_NOT_FOUND","subjects":[],"based_on":18446744073709551615}})",
        R"({"event_type":"DataOwnerNamed","event":{"workspace":"w","data_owner":)"
        R"({"person":"p"}}})"}) {
    const auto bytes = event_from_json(json);
    REQUIRE_MESSAGE(bytes.has_value(), json);
    CHECK(event_to_json(bytes.value()) == json);
  }
}

TEST_CASE("json: events are read as strictly as commands") {
  const auto refused = [](const std::string& json) {
    const auto bytes = event_from_json(json);
    REQUIRE(!bytes);
    return bytes.error().message;
  };
  CHECK(refused("{").starts_with("line 1, column 2: "));
  CHECK(refused(R"({"event_type":"Unheard","event":{}})")
            .starts_with("event_type: must be a name such as LedgerCreated"));
  CHECK(refused(R"({"event_type":"LedgerCreated","event":{}})")
            .starts_with("event.ledger: is missing"));
  CHECK(refused(R"({"event_type":"LedgerCreated","event":{"ledger":"a b"}})")
            .starts_with("event.ledger: must be an id"));
  CHECK(refused(R"({"event_type":"RoleDefined","event":{"role":"a","permissions":["x",1]}})") ==
        "event.permissions[1]: must be a text");
  CHECK(refused(R"({"event_type":"RoleDefined","event":{"role":"a","permissions":"x"}})") ==
        "event.permissions: must be an array");
  CHECK(refused(R"({"event_type":"CommandRefused","event":{"command_type":"SelfJoin",)"
                R"("subjects":[],"based_on":18446744073709551616}})") ==
        "event.based_on: must be a whole number from 0 to 18446744073709551615");
}

}  // namespace

TEST_CASE("json: what the engine records by itself is written like any event") {
  log::ClockHeldT held;
  held.clock_said = 1'767'225'600'000'000;
  held.held_at = 1'767'225'660'000'000;
  const auto json = record_to_json(record_of(envelope("$clock", pack(held))));
  REQUIRE(json);
  const auto payload = json.value().substr(json.value().find("payload"));
  CHECK(payload.find(R"("clock_said":"2026-01-01T00:00:00Z")") != std::string::npos);
  CHECK(payload.find(R"("held_at":"2026-01-01T00:01:00Z")") != std::string::npos);
  CHECK(record_to_json(record_of(envelope("$clock", Bytes(3)))).error().kind == ErrorKind::corrupt);
}

}  // namespace actbook::test

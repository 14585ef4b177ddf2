#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "actbook/entity.h"
#include "actbook/projector.h"
#include "actbook/reflect.h"
#include "actbook/schema/events_generated.h"
#include "actbook/seal.h"
#include "actbook/trail.h"
#include "support/documented.h"
#include "support/prism.h"

// Whatever stands in the unions Event and Command is handled everywhere.
namespace actbook::testing {
namespace {

using nlohmann::json;

// ---- commands ----

/// Each command, valid, about things that no ledger has. Every field of personal data is there and
/// holds "PERSONAL".
const std::map<std::string, std::string> kCommands = {
    {"RegisterPerson",
     R"({"person": "p", "email": "PERSONAL@x.example", "display_name": "PERSONAL"})"},
    {"RegisterOrganisation", R"({"organisation": "o", "name": "O", "owner": "p"})"},
    {"AddOrganisationMember", R"({"organisation": "o", "person": "p", "role": "member"})"},
    {"ChangeOrganisationRole", R"({"organisation": "o", "person": "p", "role": "member"})"},
    {"RemoveOrganisationMember", R"({"organisation": "o", "person": "p"})"},
    {"GrantPartnerStatus", R"({"organisation": "o", "contract_reference": "c"})"},
    {"RevokePartnerStatus", R"({"organisation": "o"})"},
    {"PublishAgreementVersion",
     R"({"agreement": "a", "version": 1, "title": "T", "language": "en", "text_sha256": ")" +
         sha('1') + "\"}"},
    {"AcceptAgreement", R"({"workspace": "w", "acceptance": {"agreement": "a", "version": 1,
        "text_shown": true, "channel": "web", "ip_address": "PERSONAL",
        "user_agent": "PERSONAL"}})"},
    {"CreateWorkspace", R"({"workspace": "w", "organisation": "o", "name": "W", "data_owner":
        {"organisation_name": "D", "email": "PERSONAL@x.example"}, "acceptance": {"agreement": "a",
        "version": 1, "channel": "web", "ip_address": "PERSONAL", "user_agent": "PERSONAL"}})"},
    {"ChangeDataOwnership", R"({"workspace": "w", "usage": "external_client", "data_owner":
        {"organisation_name": "D", "email": "PERSONAL@x.example"}, "acceptance": {"agreement": "a",
        "version": 1, "channel": "web", "ip_address": "PERSONAL", "user_agent": "PERSONAL"}})"},
    {"RenameWorkspace", R"({"workspace": "w", "name": "W"})"},
    {"ChangeVisibility", R"({"workspace": "w", "visibility": "private"})"},
    {"DeleteWorkspace", R"({"workspace": "w"})"},
    {"SetBranding",
     R"({"workspace": "w", "logo_reference": "l", "logo_sha256": ")" + sha('1') + "\"}"},
    {"RemoveBranding", R"({"workspace": "w"})"},
    {"InviteToWorkspace", R"({"invite": "i", "workspace": "w", "email": "PERSONAL@x.example",
        "role": "observer"})"},
    {"ResendInvite", R"({"invite": "i"})"},
    {"RevokeInvite", R"({"invite": "i"})"},
    {"DeclineInvite", R"({"invite": "i", "email": "PERSONAL@x.example"})"},
    {"AcceptInvite", R"({"invite": "i", "person": "p", "email": "PERSONAL@x.example"})"},
    {"ChangeWorkspaceRole", R"({"workspace": "w", "person": "p", "role": "member"})"},
    {"RemoveMember", R"({"workspace": "w", "person": "p"})"},
    {"SelfJoin", R"({"workspace": "w"})"},
    {"SetTier", R"({"account": "a", "tier": "guardian"})"},
    {"SetAccountStatus", R"({"account": "a", "status": "active"})"},
    {"RecordDataOwnerOrganisation", R"({"workspace": "w", "organisation": "o"})"},
    {"ProposeHandoff", R"({"handoff": "h", "workspace": "w", "target": "o",
        "message": "PERSONAL"})"},
    {"AcceptHandoff", R"({"handoff": "h"})"},
    {"DeclineHandoff", R"({"handoff": "h"})"},
    {"CancelHandoff", R"({"handoff": "h"})"},
    {"ErasePerson", R"({"email": "PERSONAL@x.example"})"},
    {"PlaceLegalHold", R"({"hold": "h", "person": "p"})"},
    {"ReleaseLegalHold", R"({"hold": "h"})"},
    {"CreateProject", R"({"project": "p", "workspace": "w", "name": "P"})"},
    {"EditProject", R"({"project": "p", "name": "P"})"},
    {"DeleteProject", R"({"project": "p"})"},
    {"MoveProject", R"({"project": "p", "workspace": "w"})"},
    {"AddRecording", R"({"recording": "r", "project": "p"})"},
    {"MoveRecordings", R"({"recordings": ["r"], "project": "p"})"},
    {"RecordAccess", R"({"person": "p", "workspace": "w", "what": "conversation 1"})"},
    {"AddCollaborator", R"({"project": "p", "person": "x"})"},
    {"RemoveCollaborator", R"({"project": "p", "person": "x"})"},
    {"EnterProject", R"({"project": "p"})"},
    {"TransferProject", R"({"transfer": "t", "project": "p", "target": "o"})"},
    {"AcceptProjectTransfer", R"({"transfer": "t"})"},
    {"DeclineProjectTransfer", R"({"transfer": "t"})"},
    {"CancelProjectTransfer", R"({"transfer": "t"})"},
    {"OpenSupportDoor", R"({"workspace": "w"})"},
    {"CloseSupportDoor", R"({"workspace": "w"})"},
    {"JoinSupport", R"({"workspace": "w"})"},
    {"RequestSupport", R"({"request": "r", "workspace": "w"})"},
    {"ApproveSupport", R"({"request": "r"})"},
    {"DenySupport", R"({"request": "r"})"},
    {"LeaveSupport", R"({"workspace": "w"})"},
    {"SetDiscount", R"({"account": "a", "percent": 10})"},
    {"RenewAccount", R"({"account": "a", "interval": "yearly"})"},
    {"RecordCharge", R"({"charge": "c", "account": "a", "plan_cents": 100})"},
    {"RecordPayment", R"({"payment": "p", "charge": "c"})"},
    {"RecordRefund", R"({"refund": "r", "payment": "p", "amount_cents": 1})"},
    {"SignReferralDeal", R"({"deal": "d", "workspace": "w", "organisation": "o",
        "terms": {"kickback_percent": 20, "discount_percent": 15, "starts_at": "2026-01-01"}})"},
    {"ChangeReferralTerms", R"({"deal": "d",
        "terms": {"kickback_percent": 20, "discount_percent": 15, "starts_at": "2026-01-01"}})"},
    {"EndReferralDeal", R"({"deal": "d"})"},
    {"RecordKickbackPaid", R"({"payout": "p", "deal": "d", "amount_cents": 1})"},
    {"EnrollAgency", R"({"organisation": "o", "deadline": "2026-09-01"})"},
    {"EndEnrollment", R"({"organisation": "o"})"},
    {"MeetRequirement", R"({"organisation": "o", "requirement": "paid_activation"})"},
    {"LoseRequirement", R"({"organisation": "o", "requirement": "paid_activation"})"},
    {"ExtendEnrollment", R"({"organisation": "o", "deadline": "2026-09-01"})"},
    {"CreateClientOrganisation", R"({"agency": "a", "organisation": "o", "name": "O"})"},
    {"RegisterPersonalAccount", R"({"personal_account": "s", "person": "p"})"},
    {"ConvertAccountToOrganisation",
     R"({"personal_account": "s", "organisation": "o", "name": "O"})"},
    {"RequestMandate", R"({"request": "r", "agency": "a", "client": "c"})"},
    {"WithdrawMandateRequest", R"({"request": "r"})"},
    {"ApproveMandateRequest", R"({"request": "r"})"},
    {"RejectMandateRequest", R"({"request": "r"})"},
    {"CancelMandate", R"({"mandate": "m"})"},
    {"DefinePlan", R"({"plan": "p", "name": "P", "monthly_cents": 1, "yearly_cents": 1})"},
    {"SetPartnerDiscount", R"({"organisation": "o", "percent": 10})"},
    {"EnableSpecialPlans", R"({"mandate": "m", "plans": ["p"]})"},
    {"BuyPlan", R"({"organisation": "o", "plan": "p", "interval": "monthly"})"},
    {"BillMonth", R"({"charge": "c", "organisation": "o",
        "lines": [{"kind": "traffic", "amount_cents": 1}]})"},
    {"DefineRole", R"({"scope": "organisation", "role": "viewer", "permissions": ["org.view"]})"},
};

/// A fact, never a wish: the ledger does not take it in command mode.
bool only_observed(const std::string& command_type) { return command_type == "RecordAccess"; }

bool holds(ByteView bytes, std::string_view text) {
  return std::search(bytes.begin(), bytes.end(), text.begin(), text.end()) != bytes.end();
}

/// The records of a command given by the person "stranger" to a ledger that knows nobody.
std::vector<Record> records(const std::string& command_type, const std::string& mode) {
  const json envelope = {{"command_id", "c-1"},
                         {"actor", {{"kind", "person"}, {"id", "stranger"}}},
                         {"mode", mode},
                         {"correlation_id", "k-1"},
                         {"reason", "said so"},
                         {"command_type", command_type},
                         {"command", json::parse(kCommands.at(command_type))}};
  const World world;
  const auto given = command_from_json(envelope.dump()).value();
  REQUIRE_MESSAGE(validate_command(given, pack(given)).has_value(), command_type);
  PlainSealer sealer;
  const auto bytes = seal_command(pack(given), {}, sealer).value();
  CHECK(!holds(bytes, "PERSONAL"));
  CHECK(!holds(bytes, "personal@"));
  command::CommandEnvelopeT command;
  flatbuffers::GetRoot<command::CommandEnvelope>(bytes.data())->UnPackTo(&command);
  Batch batch(world.rows(), Position{100}, world.now(), command_info(command), partner_projector());
  const auto decided = decide(command, batch);
  REQUIRE_MESSAGE(decided.has_value(), command_type);
  CHECK((decided.value().outcome == log::Outcome::refused) == (mode == "command"));
  return batch.finish().records;
}

bool has_tag(const Record& record, std::string_view tag) {
  return std::ranges::any_of(*record->tags(),
                             [&](const auto* other) { return other->string_view() == tag; });
}

TEST_CASE("Completeness: decide() knows every command of the schema") {
  std::size_t known = 0;
  for (const auto command : command::EnumValuesCommand()) {
    if (command == command::Command::NONE) continue;
    const std::string name = command::EnumNameCommand(command);
    REQUIRE_MESSAGE(kCommands.contains(name), name);
    // Aborts if it does not.
    CHECK_MESSAGE(!records(name, only_observed(name) ? "observed" : "command").empty(), name);
    ++known;
  }
  CHECK(known == kCommands.size());
}

void check_refusal(const std::string& name, const std::string& command) {
  CAPTURE(name);
  const auto refusal = records(name, "command");
  REQUIRE(refusal.size() == 1);
  CHECK(refusal[0].type() == "CommandRefused");
  CHECK(!holds(refusal[0].bytes(), "PERSONAL"));
  CHECK(!holds(refusal[0].bytes(), "@x.example"));
  const auto* event = flatbuffers::GetRoot<event::CommandRefused>(refusal[0].payload().data());
  CHECK(event->command_type()->string_view() == name);
  CHECK(event->based_on() == 99);
  for (const auto* subject : *event->subjects()) {
    CHECK(has_tag(refusal[0], subject->string_view()));
  }
  // Every entity that the command names is a subject.
  const auto members = json::parse(command);
  for (const auto& member : members.items()) {
    const std::string key = member.key() == "target" ? "organisation" : member.key();
    if (!Entity::parse(key + ":x") || !member.value().is_string()) continue;
    const std::string tag = key + ":" + member.value().get<std::string>();
    CHECK_MESSAGE(has_tag(refusal[0], tag), tag);
  }
  CHECK(has_tag(refusal[0], "actor:stranger"));
  CHECK(has_tag(refusal[0], "correlation:k-1"));
}

TEST_CASE("Completeness: a refusal is one event with reason, subjects as tags, nothing personal") {
  for (const auto& [name, command] : kCommands) {
    if (!only_observed(name)) check_refusal(name, command);
  }
}

TEST_CASE("Completeness: observed, no command is refused, whatever was never seen here") {
  // What these say is so already in a ledger that knows nothing, so there is nothing to record.
  const std::set<std::string> unchanged = {"RemoveBranding", "CloseSupportDoor"};
  for (const auto& command : kCommands) {
    CAPTURE(command.first);
    if (command.first == "ErasePerson") continue;  // is never observed
    const auto facts = records(command.first, "observed");
    CHECK(facts.empty() == unchanged.contains(command.first));
    for (const auto& fact : facts) {
      CHECK(fact.type() != "CommandRefused");
      CHECK(!holds(fact.bytes(), "PERSONAL"));
      CHECK(!holds(fact.bytes(), "personal@"));
      CHECK(fact->mode() == schema::Mode::observed);
      REQUIRE(fact->rules_broken() != nullptr);
      CHECK(fact->rules_broken()->size() > 0);
      Outcome outcome;
      for (const auto* rule : *fact->rules_broken()) outcome.rules_broken.push_back(rule->str());
      check_documented(command.first, outcome);
    }
  }
}

// ---- events ----

/// An event with nothing but its required fields, as JSON.
std::string least(const std::string& type) {
  const auto* table = partner_projector().events().table("actbook.event." + type);
  json event = json::object();
  for (const auto* field : *table->fields()) {
    if (!field->required()) continue;
    auto& value = event[field->name()->str()];
    switch (field->type()->base_type()) {
      case reflection::String:
        value = attribute(*field, "sha256") ? sha('0') : "x";
        break;
      case reflection::Vector:
        value = json::array();
        break;
      default:
        value = json::object();
    }
  }
  return json{{"event_type", type}, {"event", event}}.dump();
}

/// The same as a record, projected over rows that have nothing.
Record recorded(const std::string& type) {
  const auto bytes = event_from_json(least(type)).value();
  event::AnyEventT carrier;
  flatbuffers::GetRoot<event::AnyEvent>(bytes.data())->UnPackTo(&carrier);
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(flatbuffers::Offset<flatbuffers::Table>(carrier.event.Pack(builder).o));
  const EventDraft draft{
      type, {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()}, {}};
  const RowOverlay nothing;
  Batch batch(nothing, Position{1}, Timestamp{1}, CommandInfo(), partner_projector());
  REQUIRE_MESSAGE(batch.append(draft).has_value(), type);
  return batch.finish().records[0];
}

TEST_CASE("Completeness: every event of the schema is projected and put into words") {
  for (const auto event : event::EnumValuesEvent()) {
    if (event == event::Event::NONE) continue;
    const std::string type = event::EnumNameEvent(event);
    const auto words = summarise(recorded(type));
    REQUIRE_MESSAGE(words.has_value(), type);
    CHECK_MESSAGE(words.value().size() > 10, type);
  }
}

TEST_CASE("Completeness: an event that the schema does not have is an error, not a crash") {
  log::RecordT envelope;
  envelope.position = 7;
  envelope.type = "Unheard";
  envelope.command_id = "c-1";
  envelope.actor = std::make_unique<schema::ActorT>();
  envelope.actor->id = "x";
  const auto bytes = std::make_shared<const Bytes>(pack(envelope));
  const auto record = Record::check(bytes, *bytes).value();
  RowOverlay rows;
  const auto projected = partner_projector().project(record, rows);
  REQUIRE(!projected);
  CHECK(projected.error().code == "UNKNOWN_EVENT");
  CHECK(projected.error().kind == ErrorKind::unsupported);
  CHECK(projected.error().position == Position{7});
  const auto words = summarise(record);
  REQUIRE(!words);
  CHECK(words.error().code == "UNKNOWN_EVENT");
}

TEST_CASE("Completeness: a payload that is not its event is an error for every event") {
  for (const auto event : event::EnumValuesEvent()) {
    if (event == event::Event::NONE) continue;
    log::RecordT envelope;
    envelope.type = event::EnumNameEvent(event);
    envelope.command_id = "c-1";
    envelope.actor = std::make_unique<schema::ActorT>();
    envelope.actor->id = "x";
    envelope.payload = Bytes(8, 0xff);
    const auto bytes = std::make_shared<const Bytes>(pack(envelope));
    const auto record = Record::check(bytes, *bytes).value();
    RowOverlay rows;
    const auto projected = partner_projector().project(record, rows);
    REQUIRE_MESSAGE(!projected, envelope.type);
    CHECK_MESSAGE(projected.error().code == "MALFORMED_EVENT", envelope.type);
    const auto words = summarise(record);
    REQUIRE_MESSAGE(!words, envelope.type);
    CHECK_MESSAGE(words.error().kind == ErrorKind::corrupt, envelope.type);
  }
}

}  // namespace
}  // namespace actbook::testing

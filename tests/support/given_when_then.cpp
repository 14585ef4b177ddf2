#include "support/given_when_then.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "actbook/projector.h"
#include "actbook/reflect.h"
#include "actbook/schema/events_generated.h"
#include "actbook/seal.h"
#include "support/documented.h"
#include "support/must.h"

namespace actbook::testing {
namespace {

using nlohmann::ordered_json;

// An event with its name, as golden files and tests write it.
std::string to_any_event_json(const Record& record) {
  const auto json = ordered_json::parse(must(record_to_json(record)));
  return ordered_json{{"event_type", std::string(record.type())}, {"event", json["payload"]}}
      .dump();
}

CommandInfo by(const Actor& actor) {
  CommandInfo info;
  info.command_id = "given";
  info.command_type = "Given";
  for (const auto kind : schema::EnumValuesActorKind()) {
    if (actor.kind == schema::EnumNameActorKind(kind)) info.actor.kind = kind;
  }
  info.actor.id = actor.id;
  return info;
}

EventDraft draft_of(const std::string& type, const std::string& event_json) {
  const auto any = ordered_json{{"event_type", type}, {"event", ordered_json::parse(event_json)}};
  const auto bytes = must(event_from_json(any.dump()));
  // The event alone: its own table, copied out of the table that carried it.
  event::AnyEventT carrier;
  flatbuffers::GetRoot<event::AnyEvent>(bytes.data())->UnPackTo(&carrier);
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(flatbuffers::Offset<flatbuffers::Table>(carrier.event.Pack(builder).o));
  return {type, {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()}, {}};
}

// The event with its personal texts sealed, as its fields say whose they are.
Bytes sealed(const EventDraft& draft, const Actor& actor, PlainSealer& sealer) {
  const auto table = "actbook.event." + draft.type;
  return must(replace_personal(
      partner_projector().events(), table, draft.payload,
      [&](const PersonalText& text) -> Result<std::string> {
        const std::string whose(attribute(text.field, "personal").value_or(""));
        const auto field = draft.type + "." + text.field.name()->str();
        if (whose == "actor") return sealer.seal(field, person_subject(actor.id), text.text);
        const auto* id = flatbuffers::GetFieldS(text.table, *field_named(text.object, whose));
        if (whose == "person") return sealer.seal(field, person_subject(id->str()), text.text);
        REQUIRE(whose == "contact");
        sealer.addresses.emplace(text.text);
        return sealer.seal(field, contact_subject(id->str()), text.text);
      }));
}

void check_sealed(const Record& record) {
  must(replace_personal(partner_projector().events(), "actbook.event." + std::string(record.type()),
                        record.payload(), [&](const PersonalText& text) -> Result<std::string> {
                          const auto field =
                              std::string(record.type()) + "." + text.field.name()->str();
                          const auto parsed = SealedText::parse(text.text);
                          CHECK_MESSAGE(parsed, field);
                          if (parsed) CHECK(parsed->field == field);
                          return std::string();
                        }));
}

}  // namespace

std::string Then::event(const std::string& type, std::size_t index) const {
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i] == type && index-- == 0) return events[i];
  }
  FAIL("no such event: " << type);
  return {};
}

std::size_t Then::count(const std::string& type) const {
  return static_cast<std::size_t>(std::ranges::count(types, type));
}

World::World() : now_(parse_iso8601("2026-01-01").value()) {
  Batch batch(rows_, head_.next(), now_, by(system_actor("actbook")), partner_projector());
  for (const auto& event : first_events("test", schema::ClockKind::simulated)) {
    must(batch.append(event));
  }
  auto finished = batch.finish();
  head_ = finished.records.back().position();
  for (auto& put : finished.rows) rows_.put(put.table, put.key, put.version);
  (void)rows_.take_puts();
}

World& World::at(const std::string& time) {
  now_ = must(parse_iso8601(time));
  return *this;
}

World& World::given(const std::string& type, const std::string& event_json, const Actor& actor) {
  Batch batch(rows_, head_.next(), now_, by(actor), partner_projector());
  auto draft = draft_of(type, event_json);
  draft.payload = sealed(draft, actor, sealer_);
  must(batch.append(draft));
  auto finished = batch.finish();
  head_ = finished.records.back().position();
  for (auto& put : finished.rows) rows_.put(put.table, put.key, put.version);
  return *this;
}

Then World::when(const Actor& actor, const std::string& command_type,
                 const std::string& command_json, const std::string& envelope_json) {
  auto envelope = ordered_json::parse(envelope_json);
  if (!envelope.contains("command_id")) envelope["command_id"] = "c-" + std::to_string(++commands_);
  envelope["actor"] = {{"kind", actor.kind}, {"id", actor.id}};
  envelope["command_type"] = command_type;
  envelope["command"] = ordered_json::parse(command_json);
  const auto given = must(command_from_json(envelope.dump()));
  must(validate_command(given, pack(given)));
  const auto bytes = must(seal_command(pack(given), {}, sealer_));
  command::CommandEnvelopeT command;
  flatbuffers::GetRoot<command::CommandEnvelope>(bytes.data())->UnPackTo(&command);

  Batch batch(rows_, head_.next(), now_, command_info(command), partner_projector());
  const auto decided = must(decide(command, batch));
  must(batch.rows().status());
  auto finished = batch.finish();
  Then then{decided.outcome, decided.reason, decided.result, decided.created, {}, {}, {}};
  for (const auto& record : finished.records) {
    check_sealed(record);
    then.types.emplace_back(record.type());
    then.events.push_back(to_any_event_json(record));
    then.rules_broken.clear();
    if (record->rules_broken() == nullptr) continue;
    for (const auto* rule : *record->rules_broken()) then.rules_broken.push_back(rule->str());
  }
  check_documented(command_type, {then.reason, then.rules_broken, then.result});
  if (finished.records.empty() && then.outcome == log::Outcome::recorded) {
    then.outcome = log::Outcome::unchanged;
  }
  head_ = Position{head_.value + finished.records.size()};
  for (auto& put : finished.rows) rows_.put(put.table, put.key, put.version);
  return then;
}

}  // namespace actbook::testing

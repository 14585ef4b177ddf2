#include "json_write.h"

#include <boost/outcome/try.hpp>
#include <nlohmann/json.hpp>

#include "actbook/decide.h"
#include "actbook/personal.h"
#include "actbook/projector.h"
#include "actbook/reflect.h"
#include "actbook/schema.h"
#include "actbook/schema/answers_bfbs_generated.h"
#include "actbook/schema/events_generated.h"
#include "actbook/time.h"
#include "answer_schema.h"

namespace actbook {
namespace {

using flatbuffers::Table;
using nlohmann::ordered_json;

constexpr int kIndent = 2;

const Schema& event_schema() { return partner_projector().events(); }

class TableWriter {
 public:
  explicit TableWriter(const reflection::Schema& schema) : schema_(schema) {}

  [[nodiscard]] ordered_json table(const reflection::Object& object, const Table& table) const {
    auto json = ordered_json::object();
    for (const auto* field : fields_in_order(object)) add_member(json, object, *field, table);
    return json;
  }

  /// Adds nothing for a member that is absent, but a list is then empty: FlatBuffers stores the two
  /// alike.
  void add_member(ordered_json& json, const reflection::Object& object,
                  const reflection::Field& field, const Table& table) const {
    const auto type = field.type()->base_type();
    const bool is_present = table.CheckField(field.offset());
    // Of a number without a null the default is a value too: role 0 is an observer.
    const bool has_default = flatbuffers::IsScalar(type) && !field.optional();
    if (!is_present && type == reflection::Vector) {
      json[field.name()->str()] = ordered_json::array();
      return;
    }
    if (!is_present && !has_default) return;
    if (!is_present && (attribute(field, "time") || type == reflection::UType)) return;
    const auto name = field.name()->str();
    switch (type) {
      case reflection::String:
        json[name] = flatbuffers::GetFieldS(table, field)->str();
        break;
      case reflection::Vector:
        json[name] = vector(field, table);
        break;
      case reflection::Obj:
        json[name] = nested(field, *object_at(schema_, field.type()->index()), table);
        break;
      case reflection::Union:
        if (const auto* member = union_member(schema_, object, field, table)) {
          json[name] = nested(field, *member, table);
        }
        break;
      default:
        json[name] = scalar(field, type, flatbuffers::GetAnyFieldI(table, field));
    }
  }

 private:
  [[nodiscard]] ordered_json nested(const reflection::Field& field,
                                    const reflection::Object& object, const Table& parent) const {
    return table(object, *flatbuffers::GetFieldT(parent, field));
  }

  [[nodiscard]] ordered_json vector(const reflection::Field& field, const Table& parent) const {
    auto json = ordered_json::array();
    const auto type = field.type()->element();
    const auto* any = flatbuffers::GetFieldAnyV(parent, field);
    for (flatbuffers::uoffset_t i = 0; i < any->size(); ++i) {
      if (type == reflection::String) {
        const auto* texts = parent.GetPointer<const TextVector*>(field.offset());
        json.push_back(texts->Get(i)->str());
      } else if (type == reflection::Obj) {
        const auto* tables = parent.GetPointer<const TableVector*>(field.offset());
        json.push_back(table(*object_at(schema_, field.type()->index()), *tables->Get(i)));
      } else {
        json.push_back(scalar(field, type, flatbuffers::GetAnyVectorElemI(any, type, i)));
      }
    }
    return json;
  }

  /// A name that this version does not know is written as its number.
  [[nodiscard]] ordered_json scalar(const reflection::Field& field, reflection::BaseType type,
                                    std::int64_t value) const {
    if (field.type()->index() >= 0) {
      const auto* names = enum_at(schema_, field.type()->index())->values();
      if (const auto* named = names->LookupByKey(value)) return named->name()->str();
    }
    if (attribute(field, "time")) return to_iso8601(Timestamp{value});
    if (type == reflection::Bool) return value != 0;
    if (type == reflection::ULong) return static_cast<std::uint64_t>(value);
    return value;
  }

  const reflection::Schema& schema_;
};

ordered_json to_ordered_json(const Schema& schema, const reflection::Object& object,
                             ByteView bytes) {
  return TableWriter(schema.definition()).table(object, *flatbuffers::GetRoot<Table>(bytes.data()));
}

/// NONE for a name that this version does not know.
event::Event event_type(std::string_view name) {
  for (const auto type : event::EnumValuesEvent()) {
    if (name == event::EnumNameEvent(type)) return type;
  }
  return event::Event::NONE;
}

/// By the generated verifier, since the one for reflection lets required members be absent.
bool is_well_formed(event::Event type, ByteView bytes) {
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  const auto root = verifier.VerifyOffset(0);
  return root != 0 && event::VerifyEvent(verifier, bytes.data() + root, type);
}

Result<ordered_json> clock_held_json(const Record& record) {
  BOOST_OUTCOME_TRY(record.payload_as<log::ClockHeld>());
  const auto& object = *answer_schema().table(log::ClockHeld::GetFullyQualifiedName());
  return to_ordered_json(answer_schema(), object, record.payload());
}

Result<ordered_json> payload_json(const Record& record, const ReadPersonal& read) {
  if (record.type() == kClockHeld) return clock_held_json(record);
  const auto name = std::string(record.type());
  const auto type = event_type(name);
  if (type == event::Event::NONE) {
    return Error{ErrorKind::unsupported, "UNKNOWN_EVENT",
                 "this version of actbook does not know the event " + name + "; use a newer one",
                 record.position()};
  }
  if (!is_well_formed(type, record.payload())) {
    return Error{ErrorKind::corrupt, "MALFORMED_EVENT",
                 "the payload of this event is not a " + name + "; restore the ledger from a copy",
                 record.position()};
  }
  const auto& object = *event_schema().table("actbook.event." + name);
  if (!read) return to_ordered_json(event_schema(), object, record.payload());
  BOOST_OUTCOME_TRY(
      payload, replace_personal(event_schema(), "actbook.event." + name, record.payload(), read));
  return to_ordered_json(event_schema(), object, payload);
}

}  // namespace

// answers.fbs includes those of records and rows.
const Schema& answer_schema() {
  using Binary = answer::EntityStateBinarySchema;
  static const Schema schema(ByteView(Binary::data(), Binary::size()));
  return schema;
}

std::string write_json(const ordered_json& document, JsonLayout layout) {
  return document.dump(layout == JsonLayout::indented ? kIndent : -1, ' ', /*ensure_ascii=*/false,
                       ordered_json::error_handler_t::replace);
}

std::string command_to_json(ByteView command, JsonLayout layout) {
  const auto& object = *command_schema().table(command::CommandEnvelope::GetFullyQualifiedName());
  return write_json(to_ordered_json(command_schema(), object, command), layout);
}

std::string table_to_json(std::string_view table_name, ByteView bytes, JsonLayout layout) {
  const auto* object = answer_schema().table(table_name);
  if (object == nullptr) return "null";
  return write_json(to_ordered_json(answer_schema(), *object, bytes), layout);
}

Result<ordered_json> record_document(const Record& record, const ReadPersonal& read) {
  const auto& object = *answer_schema().table(log::Record::GetFullyQualifiedName());
  const auto& table = *flatbuffers::GetRoot<Table>(record.bytes().data());
  const TableWriter writer(answer_schema().definition());
  auto json = ordered_json::object();
  for (const auto* field : fields_in_order(object)) {
    if (field->offset() == log::Record::VT_PAYLOAD) {
      BOOST_OUTCOME_TRY(payload, payload_json(record, read));
      json[field->name()->str()] = std::move(payload);
    } else {
      writer.add_member(json, object, *field, table);
    }
  }
  return json;
}

Result<std::string> record_to_json(const Record& record, JsonLayout layout,
                                   const ReadPersonal& read) {
  BOOST_OUTCOME_TRY(document, record_document(record, read));
  return write_json(document, layout);
}

std::string event_to_json(ByteView any_event, JsonLayout layout) {
  const auto& object = *event_schema().table(event::AnyEvent::GetFullyQualifiedName());
  return write_json(to_ordered_json(event_schema(), object, any_event), layout);
}

}  // namespace actbook

#include <boost/outcome/try.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "actbook/decide.h"
#include "actbook/json.h"
#include "actbook/projector.h"
#include "actbook/reflect.h"
#include "actbook/schema.h"
#include "actbook/schema/events_generated.h"
#include "actbook/time.h"
#include "answer_schema.h"
#include "json_parse.h"

namespace actbook {
namespace {

using flatbuffers::uoffset_t;
using nlohmann::json;

std::string join(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + '.' + std::string(name);
}

/// The member's value; null where it is absent, for null says the same.
const json* find(const json& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

/// Turns JSON into the table it describes, member by member as the schema has them.
///
/// It builds the table itself: the JSON parser of FlatBuffers takes "1" for 1 and adds up enum
/// names, so every check would have to be made before it anyway.
class TableReader {
 public:
  explicit TableReader(const reflection::Schema& schema) : schema_(schema) {}

  /// Errors: invalid with INVALID_FIELD.
  Result<Bytes> read(const reflection::Object& object, const json& document) {
    BOOST_OUTCOME_TRY(root, table(object, document, ""));
    builder_.Finish(flatbuffers::Offset<flatbuffers::Table>(static_cast<uoffset_t>(root)));
    return Bytes(builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize());
  }

 private:
  /// A value that waits for its table: a number, or the offset of what stands apart from the table.
  struct Slot {
    const reflection::Field* field;
    std::uint64_t bits;
  };

  Result<std::uint64_t> table(const reflection::Object& object, const json& value,
                              const std::string& path) {
    if (!value.is_object()) {
      return invalid_field(path.empty() ? "the document" : path, "must be an object");
    }
    BOOST_OUTCOME_TRY(check_names(object, value, path));
    std::vector<Slot> slots;
    for (const auto* field : fields_in_order(object)) {
      const auto field_path = join(path, field->name()->string_view());
      const auto* member = find(value, field->name()->string_view());
      if (member == nullptr) {
        BOOST_OUTCOME_TRY(check_absence(object, *field, value, field_path));
        continue;
      }
      BOOST_OUTCOME_TRY(bits, field->type()->base_type() == reflection::Union
                                  ? union_table(*field, value, *member, field_path)
                                  : field_value(*field, *member, field_path));
      slots.push_back({field, bits});
    }
    return store(slots);
  }

  static Result<void> check_names(const reflection::Object& object, const json& value,
                                  const std::string& path) {
    for (const auto& member : value.items()) {
      if (field_named(object, member.key()) != nullptr) continue;
      std::string known;
      for (const auto* field : fields_in_order(object)) {
        known += (known.empty() ? "" : ", ") + field->name()->str();
      }
      return invalid_field(join(path, printable(member.key())),
                           "is not known here; known are " + known);
    }
    return boost::outcome_v2::success();
  }

  /// A union and its type come together or not at all. What is mandatory besides, validation asks.
  Result<void> check_absence(const reflection::Object& object, const reflection::Field& field,
                             const json& parent, const std::string& path) const {
    bool needed = field.required();
    if (const auto* partner = union_partner(object, field)) {
      needed =
          needed || partner->required() || find(parent, partner->name()->string_view()) != nullptr;
    }
    if (!needed) return boost::outcome_v2::success();
    return invalid_field(path, "is missing; it must be " + expectation(schema_, field));
  }

  /// The type of a union, or the union of a type.
  static const reflection::Field* union_partner(const reflection::Object& object,
                                                const reflection::Field& field) {
    if (field.type()->base_type() == reflection::Union) return &union_type_field(object, field);
    if (field.type()->base_type() != reflection::UType) return nullptr;
    auto name = field.name()->string_view();
    name.remove_suffix(std::string_view(flatbuffers::UnionTypeFieldSuffix()).size());
    return field_named(object, name);
  }

  Result<std::uint64_t> field_value(const reflection::Field& field, const json& value,
                                    const std::string& path) {
    switch (field.type()->base_type()) {
      case reflection::String:
        if (!value.is_string()) return mismatch(field, path);
        return builder_.CreateString(value.get_ref<const std::string&>()).o;
      case reflection::Vector:
        return vector(field, value, path);
      case reflection::Obj:
        return table(*object_at(schema_, field.type()->index()), value, path);
      default:
        return scalar(field, value, path);
    }
  }

  Result<std::uint64_t> union_table(const reflection::Field& field, const json& parent,
                                    const json& value, const std::string& path) {
    // The type was read before: its id comes first.
    const auto type_name = field.name()->str() + flatbuffers::UnionTypeFieldSuffix();
    const auto* member = enum_value(field, *find(parent, type_name));
    return table(*object_at(schema_, member->union_type()->index()), value, path);
  }

  Result<std::uint64_t> vector(const reflection::Field& field, const json& value,
                               const std::string& path) {
    if (!value.is_array()) return mismatch(field, path);
    const auto element_type = field.type()->element();
    if (element_type == reflection::ULong) return numbers(value, path);
    std::vector<flatbuffers::Offset<void>> elements;
    for (const auto& element : value) {
      const auto element_path = path + '[' + std::to_string(elements.size()) + ']';
      if (element_type == reflection::Obj) {
        const auto& object = *object_at(schema_, field.type()->index());
        BOOST_OUTCOME_TRY(offset, table(object, element, element_path));
        elements.emplace_back(static_cast<uoffset_t>(offset));
      } else if (element_type == reflection::String && element.is_string()) {
        elements.emplace_back(builder_.CreateString(element.get_ref<const std::string&>()).o);
      } else {
        return invalid_field(element_path, "must be a text");
      }
    }
    return builder_.CreateVector(elements).o;
  }

  Result<std::uint64_t> numbers(const json& value, const std::string& path) {
    std::vector<std::uint64_t> elements;
    for (const auto& element : value) {
      if (!element.is_number_unsigned()) {
        return invalid_field(path + '[' + std::to_string(elements.size()) + ']',
                             "must be a whole number from 0 on");
      }
      elements.push_back(element.get<std::uint64_t>());
    }
    return builder_.CreateVector(elements).o;
  }

  Result<std::uint64_t> scalar(const reflection::Field& field, const json& value,
                               const std::string& path) const {
    if (is_enum(*field.type())) {
      const auto* named = enum_value(field, value);
      if (named == nullptr) return mismatch(field, path);
      return static_cast<std::uint64_t>(named->value());
    }
    if (attribute(field, "time")) return time(field, value, path);
    if (field.type()->base_type() == reflection::Bool) {
      if (!value.is_boolean()) return mismatch(field, path);
      return value.get<bool>() ? 1 : 0;
    }
    // Numbers with a fraction or an exponent, or beyond 64 bits, are none of the parser's integers.
    const auto range = integer_range(field.type()->base_type());
    const bool fits = value.is_number_unsigned()
                          ? value.get<std::uint64_t>() <= range.most
                          : value.is_number_integer() && value.get<std::int64_t>() >= range.least;
    if (!fits) return mismatch(field, path);
    return value.get<std::uint64_t>();
  }

  [[nodiscard]] Result<std::uint64_t> time(const reflection::Field& field, const json& value,
                                           const std::string& path) const {
    if (!value.is_string()) return mismatch(field, path);
    const auto time = parse_iso8601(value.get_ref<const std::string&>());
    if (!time) return invalid_field(path, time.error().message);
    return static_cast<std::uint64_t>(time.value().microseconds);
  }

  /// Null if `value` does not name one. NONE is no member of a union.
  const reflection::EnumVal* enum_value(const reflection::Field& field, const json& value) const {
    if (!value.is_string()) return nullptr;
    const auto& definition = *enum_at(schema_, field.type()->index());
    for (const auto* known : *definition.values()) {
      if (known->name()->string_view() != value.get_ref<const std::string&>()) continue;
      return definition.is_union() && known->value() == 0 ? nullptr : known;
    }
    return nullptr;
  }

  Error mismatch(const reflection::Field& field, const std::string& path) const {
    return invalid_field(path, "must be " + expectation(schema_, field));
  }

  uoffset_t store(const std::vector<Slot>& slots) {
    const auto start = builder_.StartTable();
    for (const auto& slot : slots) store(slot);
    return builder_.EndTable(start);
  }

  void store(const Slot& slot) {
    const auto type = slot.field->type()->base_type();
    if (!flatbuffers::IsScalar(type)) {
      const auto offset = static_cast<uoffset_t>(slot.bits);
      return builder_.AddOffset(slot.field->offset(), flatbuffers::Offset<void>(offset));
    }
    switch (flatbuffers::GetTypeSize(type)) {
      case 1:
        return store_number<std::uint8_t>(slot);
      case 2:
        return store_number<std::uint16_t>(slot);
      case 4:
        return store_number<std::uint32_t>(slot);
      default:
        return store_number<std::uint64_t>(slot);
    }
  }

  /// The sign does not matter: the bits are the same.
  template <class Number>
  void store_number(const Slot& slot) {
    const auto number = static_cast<Number>(slot.bits);
    if (slot.field->optional()) {
      builder_.AddElement(slot.field->offset(), number);
    } else {
      const auto default_number = static_cast<Number>(slot.field->default_integer());
      builder_.AddElement(slot.field->offset(), number, default_number);
    }
  }

  const reflection::Schema& schema_;
  flatbuffers::FlatBufferBuilder builder_;
};

/// Reads a T and checks it against the attributes too.
template <class T>
Result<std::unique_ptr<typename T::NativeTableType>> read_table(const Schema& schema,
                                                                const json& document) {
  const auto* name = T::GetFullyQualifiedName();
  BOOST_OUTCOME_TRY(bytes, TableReader(schema.definition()).read(*schema.table(name), document));
  BOOST_OUTCOME_TRY(table, Flat<T>::check(std::move(bytes)));
  BOOST_OUTCOME_TRY(schema.validate(name, table.bytes()));
  return std::unique_ptr<typename T::NativeTableType>(table->UnPack());
}

Result<command::CommandEnvelopeT> read_command(const json& document) {
  BOOST_OUTCOME_TRY(envelope, read_table<command::CommandEnvelope>(command_schema(), document));
  return std::move(*envelope);
}

constexpr const char* kAt = "at";

/// The instant in the member `at`, if there is one.
Result<std::optional<Timestamp>> read_at(const json& document) {
  const auto* at = document.is_object() ? find(document, kAt) : nullptr;
  if (at == nullptr) return std::nullopt;
  if (!at->is_string()) return invalid_field(kAt, "must be a time such as 2026-03-01T09:00:00Z");
  const auto time = parse_iso8601(at->get_ref<const std::string&>());
  if (!time) return invalid_field(kAt, time.error().message);
  return time.value();
}

}  // namespace

Result<command::CommandEnvelopeT> command_from_json(std::string_view json) {
  BOOST_OUTCOME_TRY(document, parse_json(json));
  return read_command(document);
}

Result<CommandLine> command_line_from_json(std::string_view json) {
  BOOST_OUTCOME_TRY(document, parse_json(json));
  CommandLine line;
  BOOST_OUTCOME_TRY(at, read_at(document));
  line.at = at;
  if (document.is_object()) document.erase(kAt);
  BOOST_OUTCOME_TRY(command, read_command(document));
  line.command = std::move(command);
  return line;
}

Result<Bytes> event_from_json(std::string_view json) {
  BOOST_OUTCOME_TRY(document, parse_json(json));
  BOOST_OUTCOME_TRY(event, read_table<event::AnyEvent>(partner_projector().events(), document));
  return pack(*event);
}

Result<answer::CertificateT> certificate_from_json(std::string_view json) {
  BOOST_OUTCOME_TRY(document, parse_json(json));
  BOOST_OUTCOME_TRY(certificate, read_table<answer::Certificate>(answer_schema(), document));
  return std::move(*certificate);
}

}  // namespace actbook

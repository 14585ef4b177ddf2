// Arbitrary text where a command or an event is expected: it is one, or the error names the field
// or the place. What was read is written, with its members the other way round and every letter
// escaped, and read again: it must be the same.
#include <flatbuffers/util.h>

#include <algorithm>
#include <string>
#include <vector>

#include "actbook/decide.h"
#include "actbook/json.h"
#include "actbook/projector.h"
#include "actbook/reflect.h"
#include "promise.h"

namespace actbook::fuzz {
namespace {

using flatbuffers::Table;

/// Writes a table by its schema, as differently as JSON allows from what is usually written.
class OddWriter {
 public:
  explicit OddWriter(const reflection::Schema& schema) : schema_(schema) {}

  [[nodiscard]] std::string table(const reflection::Object& object, const Table& table) const {
    auto fields = fields_in_order(object);
    std::ranges::reverse(fields);
    std::string text = "\t{ ";
    bool first = true;
    for (const auto* field : fields) {
      if (!table.CheckField(field->offset())) continue;
      text += (first ? "" : ",\r\n") + quoted(field->name()->string_view()) + " : " +
              value(object, *field, table);
      first = false;
    }
    return text + " }\n";
  }

 private:
  [[nodiscard]] std::string value(const reflection::Object& object, const reflection::Field& field,
                                  const Table& parent) const {
    switch (field.type()->base_type()) {
      case reflection::String:
        return quoted(flatbuffers::GetFieldS(parent, field)->string_view());
      case reflection::Obj:
        return table(*object_at(schema_, field.type()->index()),
                     *flatbuffers::GetFieldT(parent, field));
      case reflection::Union:
        return table(*union_member(schema_, object, field, parent),
                     *flatbuffers::GetFieldT(parent, field));
      case reflection::Vector:
        return vector(field, parent);
      default:
        return scalar(field, flatbuffers::GetAnyFieldI(parent, field));
    }
  }

  [[nodiscard]] std::string vector(const reflection::Field& field, const Table& parent) const {
    std::string text = "[";
    const auto separate = [&] { text += text.size() > 1 ? " ," : " "; };
    if (field.type()->element() == reflection::String) {
      for (const auto* element : *parent.GetPointer<const TextVector*>(field.offset())) {
        separate();
        text += quoted(element->string_view());
      }
    } else {
      const auto& object = *object_at(schema_, field.type()->index());
      for (const auto* element : *parent.GetPointer<const TableVector*>(field.offset())) {
        separate();
        text += table(object, *element);
      }
    }
    return text + ']';
  }

  [[nodiscard]] std::string scalar(const reflection::Field& field, std::int64_t value) const {
    if (is_enum(*field.type())) {
      const auto* names = enum_at(schema_, field.type()->index())->values();
      return quoted(names->LookupByKey(value)->name()->string_view());
    }
    if (attribute(field, "time")) return quoted(to_iso8601(Timestamp{value}));
    if (field.type()->base_type() == reflection::Bool) return value != 0 ? "true" : "false";
    if (field.type()->base_type() == reflection::ULong) {
      return std::to_string(static_cast<std::uint64_t>(value));
    }
    return std::to_string(value);
  }

  static std::string escaped(std::uint32_t unit) {
    std::string text = "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) text += "0123456789aBcDeF"[(unit >> shift) & 15];
    return text;
  }

  /// Every character as \uXXXX, those beyond 16 bits as a pair of surrogates.
  static std::string quoted(std::string_view text) {
    std::string all = "\"";
    const std::string terminated(text);
    const char* at = terminated.c_str();
    while (at < terminated.c_str() + terminated.size()) {
      const int character = flatbuffers::FromUTF8(&at);
      promise(character >= 0, "what was read is UTF-8");
      const auto code = static_cast<std::uint32_t>(character);
      if (code < 0x10000) {
        all += escaped(code);
      } else {
        all += escaped(0xD800 + ((code - 0x10000) >> 10));
        all += escaped(0xDC00 + ((code - 0x10000) & 0x3FF));
      }
    }
    return all + '"';
  }

  const reflection::Schema& schema_;
};

void check_error(const Error& error) {
  promise(error.kind == ErrorKind::invalid, "a text that is no command is invalid");
  const auto& message = error.message;
  const auto colon = message.find(": ");
  promise(colon != std::string::npos && colon > 0, "an error says where: " + message);
  if (error.code == "MALFORMED_JSON") {
    promise(message.starts_with("line "), "a syntax error has a line: " + message);
  } else {
    promise(error.code == "INVALID_FIELD", "an error has one of two codes: " + error.code);
  }
  // It goes to terminals and logs.
  promise(message.size() < 4096, "a message is short");
  promise(
      std::ranges::none_of(message, [](char c) { return static_cast<unsigned char>(c) < 0x20; }),
      "a message has no control characters");
}

/// Decides it on nothing at all: whatever passed the reader must be safe to decide.
void decide_on_nothing(const command::CommandEnvelopeT& envelope, ByteView bytes) {
  const auto valid = validate_command(envelope, bytes);
  if (!valid) {
    check_error(valid.error());
    return;
  }
  RowOverlay nothing;
  Batch batch(nothing, Position{1}, Timestamp{1}, command_info(envelope), partner_projector());
  const auto decided = decide(envelope, batch);
  promise(decided.has_value(), "a valid command is decided, if only to refuse it");
}

void read_command(std::string_view text) {
  const auto command = command_from_json(text);
  // Whatever is a command is a line with a command; `at` makes more texts one.
  const auto line = command_line_from_json(text);
  if (!line) check_error(line.error());
  if (!command) {
    check_error(command.error());
    return;
  }
  const auto bytes = pack(command.value());
  promise(line && pack(line.value().command) == bytes, "a command is a line too");
  const auto* name = command::CommandEnvelope::GetFullyQualifiedName();
  const auto written =
      OddWriter(command_schema().definition())
          .table(*command_schema().table(name), *flatbuffers::GetRoot<Table>(bytes.data()));
  const auto again = command_from_json(written);
  promise(again.has_value(), "what was written can be read: " +
                                 (again ? std::string() : again.error().message + written));
  promise(pack(again.value()) == bytes, "what was written reads the same: " + written);
  decide_on_nothing(command.value(), bytes);
}

void read_event(std::string_view text) {
  const auto event = event_from_json(text);
  if (!event) {
    check_error(event.error());
    return;
  }
  for (const auto layout : {JsonLayout::line, JsonLayout::indented}) {
    const auto written = event_to_json(event.value(), layout);
    const auto again = event_from_json(written);
    promise(again.has_value(), "what was written can be read: " +
                                   (again ? std::string() : again.error().message + written));
    promise(again.value() == event.value(), "what was written reads the same: " + written);
  }
}

}  // namespace
}  // namespace actbook::fuzz

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT
                                      std::size_t size) {
  // In memory of its own size, a read beyond its end is found.
  const std::vector<char> text(data, data + size);
  actbook::fuzz::read_command({text.data(), text.size()});
  actbook::fuzz::read_event({text.data(), text.size()});
  return 0;
}

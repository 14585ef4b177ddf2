#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "actbook/error.h"
#include "actbook/flat.h"
#include "actbook/personal.h"
#include "actbook/record.h"
#include "actbook/schema/answers_generated.h"
#include "actbook/schema/commands_generated.h"
#include "actbook/time.h"

namespace actbook {

/// How JSON is laid out: on one line, or indented by two spaces.
enum class JsonLayout { line, indented };

/// Reads one command envelope from JSON (RFC 8259, no extensions). Member names are the schema's;
/// times are ISO 8601; enums are their names; the union member's name stands in `command_type`,
/// before or after `command`. Errors: invalid. The code is MALFORMED_JSON (the message has the
/// column) or INVALID_FIELD (the message begins with the field's path, such as `command.role: `,
/// and says what was expected): unknown and duplicate members, missing required ones, wrong types,
/// numbers out of range, names that are not of the enum, texts that break the attributes of the
/// schema (see Schema::validate).
[[nodiscard]] Result<command::CommandEnvelopeT> command_from_json(std::string_view json);

/// JSON of a well-formed command envelope, as command_from_json reads it.
[[nodiscard]] std::string command_to_json(ByteView command, JsonLayout layout = JsonLayout::line);

/// One line of a file of commands: a command, and what a simulated clock reads when it arrives.
struct CommandLine {
  std::optional<Timestamp> at;
  command::CommandEnvelopeT command;
};

/// Reads a command envelope that may have one member more, `at`, an ISO 8601 time.
/// Errors: those of command_from_json.
[[nodiscard]] Result<CommandLine> command_line_from_json(std::string_view json);

/// JSON of a well-formed table of answers.fbs, record.fbs or rows.fbs, by its qualified name
/// (actbook.answer.Trail). Members stand in the schema's order; absent ones are left out; times are
/// ISO 8601.
[[nodiscard]] std::string table_to_json(std::string_view table_name, ByteView bytes,
                                        JsonLayout layout = JsonLayout::line);

/// The same for a native object, such as answer::TrailT.
template <class Native>
[[nodiscard]] std::string to_json(const Native& object, JsonLayout layout = JsonLayout::line) {
  return table_to_json(Native::TableType::GetFullyQualifiedName(), pack(object), layout);
}

/// What to say in place of a personal text, which is given as it is stored.
using ReadPersonal = std::function<Result<std::string>(const PersonalText& stored)>;

/// JSON of an event with its envelope; `payload` is the event's own table, its personal texts as
/// they are stored, or what `read` says. Errors: unsupported, for an event type this version does
/// not know; corrupt, for a malformed payload; those of `read`.
[[nodiscard]] Result<std::string> record_to_json(const Record& record,
                                                 JsonLayout layout = JsonLayout::line,
                                                 const ReadPersonal& read = {});

/// Reads and writes one event alone (a table AnyEvent), for samples and golden files.
[[nodiscard]] Result<Bytes> event_from_json(std::string_view json);
[[nodiscard]] std::string event_to_json(ByteView any_event, JsonLayout layout = JsonLayout::line);

/// Reads the certificate of a replay, as to_json() writes it. Errors: those of command_from_json.
[[nodiscard]] Result<answer::CertificateT> certificate_from_json(std::string_view json);

}  // namespace actbook

#include "given_command.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "instant.h"
#include "shape.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;
using Kind = Value::Kind;

/// The member of a map to which a path such as data_owner.email leads, or the last one on the way
/// that is there.
const Value& value_at(const Value& map, std::string_view path) {
  const Value* found = &map;
  while (!path.empty()) {
    const auto end = path.find_first_of(".[");
    const auto* member = found->find(path.substr(0, end));
    if (member == nullptr) break;
    found = member;
    if (end == std::string_view::npos || path[end] == '[') break;
    path.remove_prefix(end + 1);
  }
  return *found;
}

/// Turns what people write into the JSON that commands are read from, led by the schema: a number
/// where a text is meant is that text, and times may be written as people do.
class CommandWriter {
 public:
  CommandWriter(const Step& step, const Remembered& remembered)
      : step_(step), given_(std::get<GivenCommand>(step.given)), remembered_(remembered) {}

  [[nodiscard]] Result<ordered_json> envelope() const {
    const auto shape = Shape::of_command_envelope();
    auto json = ordered_json::object();
    json["command_id"] = given_.command_id;
    BOOST_OUTCOME_TRY(by, actor());
    json["actor"] = std::move(by);
    for (const auto& member : given_.envelope) {
      BOOST_OUTCOME_TRY(value, field(member.value, shape.field(member.name), shape, member.name));
      json[member.name] = std::move(value);
    }
    json["command_type"] = given_.type;
    BOOST_OUTCOME_TRY(command, map(given_.with, Shape::of_command(given_.type), "with"));
    json["command"] = std::move(command);
    return json;
  }

  /// An error of command_from_json, as one of the file: where the scenario has what it is about.
  [[nodiscard]] Error in_the_file(const Error& error) const {
    const auto colon = error.message.find(": ");
    auto path = error.message.substr(0, colon);
    const auto what = colon == std::string::npos ? "" : error.message.substr(colon);
    auto place = step_.place;
    const auto leads_into = [&path](std::string_view start) {
      return path == start || path.starts_with(std::string(start) + ".");
    };
    if (leads_into("command")) {
      constexpr std::size_t kStart = std::string_view("command.").size();
      const auto rest = path.size() > kStart ? path.substr(kStart) : "";
      if (given_.with.place.line > 0) place = value_at(given_.with, rest).place;
      path = rest.empty() ? "with" : "with." + rest;
    } else if (leads_into("actor")) {
      place = given_.by.place;
      path = "by";
    } else {
      for (const auto& member : given_.envelope) {
        if (leads_into(member.name)) place = member.value.place;
      }
    }
    return malformed(step_.file, place, path + what);
  }

 private:
  [[nodiscard]] Error wrong(const Value& value, const std::string& what) const {
    return malformed(step_.file, value.place, what);
  }

  /// `staff sam`, `adam`, or {kind: staff, id: sam}
  [[nodiscard]] Result<ordered_json> actor() const {
    if (given_.by.kind == Kind::map) return map(given_.by, Shape(), "by");
    BOOST_OUTCOME_TRY(by, resolved(step_.file, given_.by, remembered_));
    if (!by.is_scalar() || by.text.empty()) {
      return wrong(by, "by: must be who does it, such as `staff sam`, or `adam` for a person");
    }
    const auto gap = by.text.find(' ');
    const auto kind = gap == std::string::npos ? "person" : by.text.substr(0, gap);
    const auto id = gap == std::string::npos ? by.text : by.text.substr(gap + 1);
    bool is_kind = false;
    for (const auto known : schema::EnumValuesActorKind()) {
      const auto name = schema_name(schema::EnumNameActorKind(known));
      is_kind = is_kind || name == kind;
      if (id == name && gap == std::string::npos) {
        return wrong(by, "by: says what acts, but not who; write such as `" + id + " sam`");
      }
    }
    if (!is_kind) {
      return wrong(by, "by: " + kind +
                           " is no kind of actor; write person, staff, system or "
                           "import, and an id");
    }
    return ordered_json{{"kind", kind}, {"id", id}};
  }

  [[nodiscard]] Result<ordered_json> map(const Value& value, const Shape& shape,
                                         const std::string& path) const {
    auto json = ordered_json::object();
    for (const auto& member : value.members) {
      BOOST_OUTCOME_TRY(converted, field(member.value, shape.field(member.name), shape,
                                         path + "." + member.name));
      json[member.name] = std::move(converted);
    }
    return json;
  }

  /// `definition` is null where the schema has no such member; then command_from_json says so.
  [[nodiscard]] Result<ordered_json> field(const Value& given, const reflection::Field* definition,
                                           const Shape& shape, const std::string& path) const {
    BOOST_OUTCOME_TRY(value, resolved(step_.file, given, remembered_));
    const auto inside = definition == nullptr ? Shape() : shape.inside(*definition);
    if (value.kind == Kind::map) return map(value, inside, path);
    if (value.kind == Kind::list) return list(value, definition, inside, path);
    if (definition != nullptr && attribute(*definition, "time") && value.kind == Kind::text) {
      const auto time = read_time(value.text);
      if (!time) return wrong(value, path + ": " + time.error().message);
      return ordered_json(to_iso8601(time.value()));
    }
    const bool is_text =
        definition != nullptr && definition->type()->base_type() == reflection::String;
    if (is_text && value.kind == Kind::text && !attribute(*definition, "multiline")) {
      // What stands behind > ends with a line break, which nobody means.
      return ordered_json(value.text.substr(0, value.text.find_last_not_of('\n') + 1));
    }
    return scalar(value, is_text, path);
  }

  [[nodiscard]] Result<ordered_json> list(const Value& value, const reflection::Field* definition,
                                          const Shape& inside, const std::string& path) const {
    const bool is_text =
        definition != nullptr && definition->type()->element() == reflection::String;
    auto json = ordered_json::array();
    for (const auto& given : value.elements) {
      BOOST_OUTCOME_TRY(element, resolved(step_.file, given, remembered_));
      BOOST_OUTCOME_TRY(converted, element.kind == Kind::map ? map(element, inside, path)
                                                             : scalar(element, is_text, path));
      json.push_back(std::move(converted));
    }
    return json;
  }

  [[nodiscard]] Result<ordered_json> scalar(const Value& value, bool is_text,
                                            const std::string& path) const {
    if (value.kind == Kind::list) return wrong(value, path + ": a list within a list");
    if (value.kind == Kind::null) return ordered_json();
    if (is_text || value.kind == Kind::text) return ordered_json(value.text);
    if (value.kind == Kind::boolean) return ordered_json(value.text == "true");
    std::int64_t number = 0;
    const auto* begin = value.text.data() + (value.text.starts_with('+') ? 1 : 0);
    const auto* end = value.text.data() + value.text.size();
    if (std::from_chars(begin, end, number).ec == std::errc()) return ordered_json(number);
    return wrong(value, path + ": " + value.text + " is too large a number");
  }

  const Step& step_;
  const GivenCommand& given_;
  const Remembered& remembered_;
};

}  // namespace

Result<command::CommandEnvelopeT> command_of(const Step& step, const Remembered& remembered) {
  const CommandWriter writer(step, remembered);
  BOOST_OUTCOME_TRY(envelope, writer.envelope());
  auto command = command_from_json(envelope.dump());
  if (command || std::get<GivenCommand>(step.given).expects_error()) return command;
  return writer.in_the_file(command.error());
}

}  // namespace actbook::cli

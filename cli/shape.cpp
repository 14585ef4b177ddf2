#include "shape.h"

#include <algorithm>
#include <cctype>

#include "actbook/schema/answers_bfbs_generated.h"
#include "actbook/schema/commands_bfbs_generated.h"
#include "actbook/schema/events_bfbs_generated.h"

namespace actbook::cli {
namespace {

template <class Binary>
const Schema& schema_of() {
  static const Schema schema(ByteView(Binary::data(), Binary::size()));
  return schema;
}

const Schema& commands() { return schema_of<command::CommandEnvelopeBinarySchema>(); }
const Schema& answers() { return schema_of<answer::EntityStateBinarySchema>(); }

std::string lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

/// How many letters have to be put in, taken out or changed to make one of the other.
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < left.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const auto changed = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

Shape Shape::of_command(const std::string& type) {
  const auto names = command_names();
  // Other tables of the namespace are parts of commands.
  if (std::ranges::find(names, type) == names.end()) return {};
  return {commands(), "actbook.command." + type};
}

Shape Shape::of_command_envelope() {
  return {commands(), command::CommandEnvelope::GetFullyQualifiedName()};
}

Shape Shape::of_answer(const std::string& table) { return {answers(), table}; }

Shape Shape::of_event(std::string_view type) {
  Shape shape = of_answer(log::Record::GetFullyQualifiedName());
  const Shape payload(schema_of<event::AnyEventBinarySchema>(),
                      "actbook.event." + std::string(type));
  shape.payload_ = std::make_shared<const Shape>(payload);
  return shape;
}

const reflection::Field* Shape::field(std::string_view name) const {
  if (table_ == nullptr) return nullptr;
  for (const auto* field : *table_->fields()) {
    if (field->name()->string_view() == name) return field;
  }
  return nullptr;
}

Shape Shape::inside(const reflection::Field& field) const {
  if (payload_ && field.name()->string_view() == "payload") return *payload_;
  const auto& type = *field.type();
  const bool is_table =
      type.base_type() == reflection::Obj ||
      (type.base_type() == reflection::Vector && type.element() == reflection::Obj);
  Shape shape;
  if (!is_table) return shape;
  shape.schema_ = schema_;
  shape.table_ =
      schema_->definition().objects()->Get(static_cast<flatbuffers::uoffset_t>(type.index()));
  return shape;
}

std::vector<std::string> Shape::names() const {
  std::vector<std::string> names;
  if (table_ == nullptr) return names;
  for (const auto* field : fields_in_order(*table_)) names.push_back(field->name()->str());
  return names;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const auto type : command::EnumValuesCommand()) {
    if (type != command::Command::NONE) names.emplace_back(command::EnumNameCommand(type));
  }
  return names;
}

std::string list_words(const std::vector<std::string>& names) {
  std::string words;
  for (const auto& name : names) words += (words.empty() ? "" : ", ") + name;
  return words;
}

std::string nearest(std::string_view name, const std::vector<std::string>& known) {
  std::string found;
  // A third of the letters may be wrong.
  auto least = std::max<std::size_t>(name.size() / 3, 2) + 1;
  for (const auto& candidate : known) {
    const auto between = distance(lower(name), lower(candidate));
    if (between >= least) continue;
    least = between;
    found = candidate;
  }
  return found;
}

}  // namespace actbook::cli

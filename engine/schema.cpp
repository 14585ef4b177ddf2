#include "actbook/schema.h"

#include <algorithm>
#include <cassert>
#include <set>
#include <unordered_map>

#include "actbook/reflect.h"

namespace actbook {
namespace {

using flatbuffers::Table;

constexpr std::size_t kMaxIdentBytes = 64;

/// Nothing in actbook reads structs or floating point, and its schemas have neither.
[[maybe_unused]] bool is_supported(const reflection::Object* object) {
  return !object->is_struct() &&
         std::ranges::none_of(*object->fields(), [](const reflection::Field* field) {
           return flatbuffers::IsFloat(field->type()->base_type());
         });
}

/// The tables a field can hold: one, or for a union one per member by its number (null for NONE).
std::vector<const reflection::Object*> targets(const reflection::Schema& schema,
                                               const reflection::Field& field) {
  const auto& type = *field.type();
  const bool holds_tables =
      type.base_type() == reflection::Vector && type.element() == reflection::Obj;
  if (type.base_type() == reflection::Obj || holds_tables) {
    return {object_at(schema, type.index())};
  }
  std::vector<const reflection::Object*> members;
  if (type.base_type() != reflection::Union) return members;
  for (const auto* member : *enum_at(schema, type.index())->values()) {
    members.resize(static_cast<std::size_t>(member->value()) + 1);
    if (member->value() == 0) continue;
    members.back() = object_at(schema, member->union_type()->index());
  }
  return members;
}

struct TagPlan;

/// Where one field's tags come from: its own text, or the tables it holds.
struct TagStep {
  enum class Kind { text, texts, table, tables, union_member };

  Kind kind = Kind::text;
  flatbuffers::voffset_t offset = 0;
  flatbuffers::voffset_t union_type_offset = 0;
  /// For texts: the key and its colon.
  std::string prefix;
  /// As in targets(); null where no tag can be reached.
  std::vector<const TagPlan*> members;
};

struct TagPlan {
  std::vector<TagStep> steps;
};

bool is_tag(const reflection::Field& field) {
  const auto& type = *field.type();
  const bool is_text =
      type.base_type() == reflection::String ||
      (type.base_type() == reflection::Vector && type.element() == reflection::String);
  return is_text && attribute(field, "tag");
}

/// The tables from which a tag can be reached; the others are not worth a visit.
std::set<const reflection::Object*> tagged_tables(const reflection::Schema& schema) {
  std::set<const reflection::Object*> tagged;
  const auto reaches_tag = [&](const reflection::Field* field) {
    return is_tag(*field) || std::ranges::any_of(targets(schema, *field), [&](const auto* target) {
             return tagged.contains(target);
           });
  };
  // Tables may refer to each other in circles, so go round until nothing is added.
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto* object : *schema.objects()) {
      if (!tagged.contains(object) && std::ranges::any_of(*object->fields(), reaches_tag)) {
        grew = tagged.insert(object).second;
      }
    }
  }
  return tagged;
}

TagStep text_step(const reflection::Field& field) {
  const auto key = attribute(field, "tag").value_or("");
  TagStep step;
  step.offset = field.offset();
  if (field.type()->base_type() == reflection::Vector) step.kind = TagStep::Kind::texts;
  step.prefix = std::string(key.empty() ? field.name()->string_view() : key) + ':';
  return step;
}

TagStep table_step(const reflection::Object& parent, const reflection::Field& field) {
  TagStep step;
  step.offset = field.offset();
  switch (field.type()->base_type()) {
    case reflection::Union:
      step.kind = TagStep::Kind::union_member;
      step.union_type_offset = union_type_field(parent, field).offset();
      break;
    case reflection::Vector:
      step.kind = TagStep::Kind::tables;
      break;
    default:
      step.kind = TagStep::Kind::table;
  }
  return step;
}

void visit_tags(const TagPlan& plan, const Table& table, const Schema::TagVisitor& visit) {
  for (const auto& step : plan.steps) {
    if (!table.CheckField(step.offset)) continue;
    switch (step.kind) {
      case TagStep::Kind::text: {
        const auto* text = table.GetPointer<const flatbuffers::String*>(step.offset);
        if (text->size() != 0) visit(step.prefix, text->string_view());
        break;
      }
      case TagStep::Kind::texts:
        for (const auto* text : *table.GetPointer<const TextVector*>(step.offset)) {
          if (text->size() != 0) visit(step.prefix, text->string_view());
        }
        break;
      case TagStep::Kind::table:
        visit_tags(*step.members[0], *table.GetPointer<const Table*>(step.offset), visit);
        break;
      case TagStep::Kind::tables:
        for (const auto* element : *table.GetPointer<const TableVector*>(step.offset)) {
          visit_tags(*step.members[0], *element, visit);
        }
        break;
      case TagStep::Kind::union_member: {
        const auto type = table.GetField<std::uint8_t>(step.union_type_offset, 0);
        if (type >= step.members.size() || step.members[type] == nullptr) break;
        visit_tags(*step.members[type], *table.GetPointer<const Table*>(step.offset), visit);
      }
    }
  }
}

TagPlan tag_plan(const reflection::Schema& schema, const reflection::Object& object,
                 const std::set<const reflection::Object*>& tagged,
                 const std::unordered_map<const reflection::Object*, TagPlan>& plans) {
  TagPlan plan;
  for (const auto* field : fields_in_order(object)) {
    if (is_tag(*field)) plan.steps.push_back(text_step(*field));
    std::vector<const TagPlan*> members;
    for (const auto* target : targets(schema, *field)) {
      members.push_back(tagged.contains(target) ? &plans.at(target) : nullptr);
    }
    if (std::ranges::any_of(members, [](const auto* member) { return member != nullptr; })) {
      plan.steps.push_back(table_step(object, *field));
      plan.steps.back().members = std::move(members);
    }
  }
  return plan;
}

}  // namespace

/// What tags() has to visit, worked out once because it runs for every event.
struct Schema::TagPlans {
  explicit TagPlans(const reflection::Schema& schema) {
    const auto tagged = tagged_tables(schema);
    // All stand before any is filled: plans refer to each other, and a map's values do not move.
    for (const auto* object : tagged) by_table[object];
    for (const auto* object : tagged) {
      by_table[object] = tag_plan(schema, *object, tagged, by_table);
    }
  }

  std::unordered_map<const reflection::Object*, TagPlan> by_table;
};

Schema::Schema(ByteView binary_schema)
    : schema_(reflection::GetSchema(binary_schema.data())),
      tag_plans_(std::make_shared<const TagPlans>(*schema_)) {
  assert(std::ranges::all_of(*schema_->objects(), is_supported));
  for (const auto* object : *schema_->objects()) tables_.emplace(object->name()->str(), object);
}

const reflection::Object* Schema::table(std::string_view name) const {
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second;
}

void Schema::visit_tags(std::string_view table_name, ByteView bytes,
                        const TagVisitor& visit) const {
  const auto plan = tag_plans_->by_table.find(table(table_name));
  if (plan == tag_plans_->by_table.end()) return;
  actbook::visit_tags(plan->second, *flatbuffers::GetRoot<Table>(bytes.data()), visit);
}

std::vector<std::string> Schema::tags(std::string_view table_name, ByteView bytes) const {
  std::vector<std::string> tags;
  visit_tags(table_name, bytes, [&](std::string_view prefix, std::string_view value) {
    tags.push_back(std::string(prefix).append(value));
  });
  std::ranges::sort(tags);
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

bool is_ident(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdentBytes &&
         text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:") ==
             std::string_view::npos;
}

std::optional<std::string_view> attribute(const reflection::Field& field, const char* name) {
  if (field.attributes() == nullptr) return std::nullopt;
  for (const auto* found : *field.attributes()) {
    if (found->key()->string_view() != name) continue;
    const auto value = found->value() == nullptr ? "" : found->value()->string_view();
    // The compiler writes 0 for an attribute without a value.
    return value == "0" ? std::string_view{} : value;
  }
  return std::nullopt;
}

std::vector<const reflection::Field*> fields_in_order(const reflection::Object& table) {
  std::vector<const reflection::Field*> fields(table.fields()->begin(), table.fields()->end());
  std::ranges::sort(fields, {}, [](const reflection::Field* field) { return field->id(); });
  return fields;
}

const reflection::Object* union_member(const reflection::Schema& schema,
                                       const reflection::Object& parent,
                                       const reflection::Field& union_field,
                                       const Table& instance) {
  const auto type =
      flatbuffers::GetFieldI<std::uint8_t>(instance, union_type_field(parent, union_field));
  const auto* member = enum_at(schema, union_field.type()->index())->values()->LookupByKey(type);
  if (type == 0 || member == nullptr) return nullptr;
  return object_at(schema, member->union_type()->index());
}

}  // namespace actbook

#include "schema_conformance.h"

#include <flatbuffers/util.h>

#include <optional>
#include <string_view>
#include <utility>

#include "actbook/schema.h"

namespace actbook::test {
namespace {

std::string_view view(const flatbuffers::String* text) {
  return text != nullptr ? text->string_view() : std::string_view();
}

template <class Named>
const Named* find(const flatbuffers::Vector<flatbuffers::Offset<Named>>& all,
                  std::string_view name) {
  for (const auto* one : all) {
    if (view(one->name()) == name) return one;
  }
  return nullptr;
}

const reflection::Field* find(const reflection::Object& object, std::uint16_t id) {
  for (const auto* field : *object.fields()) {
    if (field->id() == id) return field;
  }
  return nullptr;
}

const reflection::EnumVal* find(const reflection::Enum& values, std::int64_t value) {
  for (const auto* one : *values.values()) {
    if (one->value() == value) return one;
  }
  return nullptr;
}

/// The name of what a type's index points at, which two schemas number differently.
std::string target_name(const reflection::Schema& schema, const reflection::Type& type,
                        reflection::BaseType base) {
  if (type.index() < 0) return reflection::EnumNameBaseType(base);
  const auto index = static_cast<flatbuffers::uoffset_t>(type.index());
  const auto name = base == reflection::Obj ? view(schema.objects()->Get(index)->name())
                                            : view(schema.enums()->Get(index)->name());
  const std::string prefix = base == reflection::UType ? "type of " : "";
  return prefix + std::string(name);
}

std::string type_name(const reflection::Schema& schema, const reflection::Type& type) {
  switch (type.base_type()) {
    case reflection::Vector:
      return "[" + target_name(schema, type, type.element()) + "]";
    case reflection::Array:
      return "[" + target_name(schema, type, type.element()) + ":" +
             std::to_string(type.fixed_length()) + "]";
    default:
      return target_name(schema, type, type.base_type());
  }
}

std::string tag_of(const reflection::Field& field) {
  const auto tag = attribute(field, "tag");
  if (!tag) return "no tag";
  return tag->empty() ? "tag" : "tag \"" + std::string(*tag) + "\"";
}

std::string default_of(const reflection::Field& field) {
  const auto base = field.type()->base_type();
  if (base > reflection::Double || field.optional()) return "none";
  return base == reflection::Float || base == reflection::Double
             ? flatbuffers::NumToString(field.default_real())
             : std::to_string(field.default_integer());
}

std::string required_by(const reflection::Field& field) {
  if (field.required()) return "required";
  return attribute(field, "mandatory") ? "mandatory" : "";
}

class Comparison {
 public:
  Comparison(const reflection::Schema& older, const reflection::Schema& newer)
      : older_(older), newer_(newer) {}

  std::vector<std::string> run() && {
    for (const auto* old : *older_.objects()) compare(*old);
    for (const auto* old : *older_.enums()) compare(*old);
    return std::move(violations_);
  }

 private:
  void say(std::string what, const std::string& happened) {
    violations_.push_back(std::move(what) + " " + happened);
  }
  void unless_same(const std::string& what, const std::string& property, const std::string& was,
                   const std::string& is) {
    if (was != is) say(what, "changed its " + property + " from " + was + " to " + is);
  }

  void compare(const reflection::Object& old) {
    const std::string name(view(old.name()));
    const auto* now = find(*newer_.objects(), name);
    if (now == nullptr) return say(name, "was removed");
    if (old.is_struct() != now->is_struct()) return say(name, "is no longer what it was");
    for (const auto* field : *old.fields()) compare(name, old, *field, *now);
    for (const auto* field : *now->fields()) check_added(name, old, *field);
    unless_same(name, "size", std::to_string(old.bytesize()), std::to_string(now->bytesize()));
  }

  void compare(const std::string& table, const reflection::Object& old_table,
               const reflection::Field& old, const reflection::Object& new_table) {
    const auto what = table + "." + std::string(view(old.name()));
    const auto* now = find(*new_table.fields(), view(old.name()));
    if (now == nullptr) {
      const auto* heir = find(new_table, old.id());
      if (heir == nullptr || find(*old_table.fields(), view(heir->name())) != nullptr) {
        return say(what, "was removed");
      }
      return say(what, "was renamed to " + std::string(view(heir->name())));
    }
    unless_same(what, "id", std::to_string(old.id()), std::to_string(now->id()));
    unless_same(what, "type", type_name(older_, *old.type()), type_name(newer_, *now->type()));
    unless_same(what, "default", default_of(old), default_of(*now));
    unless_same(what, "tag", tag_of(old), tag_of(*now));
    if (old_table.is_struct()) {
      unless_same(what, "offset", std::to_string(old.offset()), std::to_string(now->offset()));
    }
    if (now->deprecated() && !old.deprecated()) say(what, "was removed (it is deprecated)");
    if (required_by(old).empty() && !required_by(*now).empty()) {
      say(what, "became " + required_by(*now));
    }
  }

  /// What is stored, and what callers send, does not have a field that is new.
  void check_added(const std::string& table, const reflection::Object& old_table,
                   const reflection::Field& field) {
    if (find(*old_table.fields(), view(field.name())) != nullptr) return;
    if (find(old_table, field.id()) != nullptr) return;  // a new name, complained of already
    if (!required_by(field).empty()) {
      say(table + "." + std::string(view(field.name())), "is new and " + required_by(field));
    }
  }

  void compare(const reflection::Enum& old) {
    const std::string name(view(old.name()));
    const auto* now = find(*newer_.enums(), name);
    if (now == nullptr) return say(name, "was removed");
    if (old.is_union() != now->is_union()) return say(name, "is no longer what it was");
    unless_same(name, "underlying type",
                reflection::EnumNameBaseType(old.underlying_type()->base_type()),
                reflection::EnumNameBaseType(now->underlying_type()->base_type()));
    for (const auto* value : *old.values()) compare(name, old, *value, *now);
  }

  void compare(const std::string& name, const reflection::Enum& old_enum,
               const reflection::EnumVal& old, const reflection::Enum& new_enum) {
    const auto what = name + "." + std::string(view(old.name()));
    const auto* now = find(*new_enum.values(), view(old.name()));
    if (now == nullptr) {
      const auto* heir = find(new_enum, old.value());
      if (heir == nullptr || find(*old_enum.values(), view(heir->name())) != nullptr) {
        return say(what, "was removed");
      }
      return say(what, "was renamed to " + std::string(view(heir->name())));
    }
    unless_same(what, "number", std::to_string(old.value()), std::to_string(now->value()));
    if (old.union_type() != nullptr && now->union_type() != nullptr) {
      unless_same(what, "type", type_name(older_, *old.union_type()),
                  type_name(newer_, *now->union_type()));
    }
  }

  const reflection::Schema& older_;
  const reflection::Schema& newer_;
  std::vector<std::string> violations_;
};

}  // namespace

std::vector<std::string> schema_violations(const reflection::Schema& older,
                                           const reflection::Schema& newer) {
  return Comparison(older, newer).run();
}

}  // namespace actbook::test

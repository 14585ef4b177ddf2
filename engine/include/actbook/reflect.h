#pragma once

#include <flatbuffers/reflection.h>

#include <cassert>
#include <string>
#include <string_view>

namespace actbook {

// Shorthands for FlatBuffers reflection, whose types refer to each other by signed numbers.

using TextVector = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>;
using TableVector = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::Table>>;

inline const reflection::Object* object_at(const reflection::Schema& schema, int index) {
  return schema.objects()->Get(static_cast<flatbuffers::uoffset_t>(index));
}

inline const reflection::Enum* enum_at(const reflection::Schema& schema, int index) {
  return schema.enums()->Get(static_cast<flatbuffers::uoffset_t>(index));
}

/// Numbers whose type is an enum, the types of unions included.
inline bool is_enum(const reflection::Type& type) {
  return flatbuffers::IsInteger(type.base_type()) && type.index() >= 0;
}

/// Null if the table has no such field. Its fields are few, so a search from the front does.
inline const reflection::Field* field_named(const reflection::Object& table,
                                            std::string_view name) {
  for (const auto* field : *table.fields()) {
    if (field->name()->string_view() == name) return field;
  }
  return nullptr;
}

/// The field that says which member a union holds. Every union has one.
inline const reflection::Field& union_type_field(const reflection::Object& parent,
                                                 const reflection::Field& union_field) {
  const auto* found =
      field_named(parent, union_field.name()->str() + flatbuffers::UnionTypeFieldSuffix());
  assert(found != nullptr);
  return *found;
}

}  // namespace actbook

#include "actbook/personal.h"

#include <optional>

#include "actbook/reflect.h"

namespace actbook {
namespace {

using flatbuffers::Table;

struct Found {
  PersonalText text;
  const flatbuffers::String* stored;
};

// Finds one text by its place in a walk: replacing one moves all that lie behind it.
class Walk {
 public:
  Walk(const reflection::Schema& schema, std::size_t index) : schema_(schema), left_(index) {}

  std::optional<Found> table(const reflection::Object& object, const Table& table) {
    for (const auto* field : *object.fields()) {
      if (!table.CheckField(field->offset())) continue;
      if (auto found = inside(object, *field, table)) return found;
    }
    return std::nullopt;
  }

 private:
  std::optional<Found> inside(const reflection::Object& object, const reflection::Field& field,
                              const Table& instance) {
    const auto& type = *field.type();
    switch (type.base_type()) {
      case reflection::String: {
        const auto* stored = flatbuffers::GetFieldS(instance, field);
        if (stored->size() == 0 || !attribute(field, "personal") || left_-- > 0) {
          return std::nullopt;
        }
        return Found{{field, object, instance, stored->string_view()}, stored};
      }
      case reflection::Obj:
        return table(*object_at(schema_, type.index()), *flatbuffers::GetFieldT(instance, field));
      case reflection::Union: {
        const auto* member = union_member(schema_, object, field, instance);
        if (member == nullptr) return std::nullopt;
        return table(*member, *flatbuffers::GetFieldT(instance, field));
      }
      case reflection::Vector: {
        if (type.element() != reflection::Obj) return std::nullopt;
        const auto& element = *object_at(schema_, type.index());
        for (const auto* next : *instance.GetPointer<const TableVector*>(field.offset())) {
          if (auto found = table(element, *next)) return found;
        }
        return std::nullopt;
      }
      default:
        return std::nullopt;
    }
  }

  const reflection::Schema& schema_;
  std::size_t left_;
};

}  // namespace

Result<Bytes> replace_personal(
    const Schema& schema, std::string_view table_name, ByteView bytes,
    const std::function<Result<std::string>(const PersonalText&)>& replace) {
  Bytes replaced(bytes.begin(), bytes.end());
  const auto* object = schema.table(table_name);
  if (object == nullptr) {
    return Error{ErrorKind::unsupported,
                 "UNKNOWN_TABLE",
                 "this schema has no table " + std::string(table_name),
                 {}};
  }
  for (std::size_t index = 0;; ++index) {
    const auto found = Walk(schema.definition(), index)
                           .table(*object, *flatbuffers::GetRoot<Table>(replaced.data()));
    if (!found) return replaced;
    BOOST_OUTCOME_TRY(text, replace(found->text));
    flatbuffers::SetString(schema.definition(), text, found->stored, &replaced, object);
  }
}

}  // namespace actbook

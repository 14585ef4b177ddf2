#include "actbook/personal.h"

#include <optional>
#include <vector>

#include "actbook/reflect.h"

namespace actbook {
namespace {

using flatbuffers::Offset;
using flatbuffers::Table;
using flatbuffers::voffset_t;
using Replace = std::function<Result<std::string>(const PersonalText&)>;

// Writes a table anew. (flatbuffers::SetString, which changes one in place, loses references of
// some tables: seen with 2.0.8.)
class Copy {
 public:
  Copy(const reflection::Schema& schema, const Replace& replace)
      : schema_(schema), replace_(replace) {}

  Result<Bytes> of(const reflection::Object& object, const Table& root) {
    const auto copied = table(object, root);
    if (error_) return *std::move(error_);
    builder_.Finish(copied);
    return Bytes(builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize());
  }

 private:
  // What a field holds elsewhere than in its table, and so is written before that.
  using Elsewhere = std::pair<voffset_t, Offset<void>>;

  Offset<Table> table(const reflection::Object& object, const Table& source) {
    std::vector<Elsewhere> elsewhere;
    const auto fields = fields_in_order(object);
    for (const auto* field : fields) {
      if (!source.CheckField(field->offset()) || is_inline(*field)) continue;
      elsewhere.emplace_back(field->offset(), value(object, *field, source));
    }
    const auto start = builder_.StartTable();
    for (const auto* field : fields) {
      if (!source.CheckField(field->offset()) || !is_inline(*field)) continue;
      const auto size = flatbuffers::GetTypeSize(field->type()->base_type());
      builder_.Align(size);
      builder_.PushBytes(source.GetStruct<const std::uint8_t*>(field->offset()), size);
      builder_.TrackField(field->offset(), builder_.GetSize());
    }
    for (const auto& [offset, written] : elsewhere) builder_.AddOffset(offset, written);
    return builder_.EndTable(start);
  }

  static bool is_inline(const reflection::Field& field) {
    return flatbuffers::IsScalar(field.type()->base_type());
  }

  Offset<void> value(const reflection::Object& parent, const reflection::Field& field,
                     const Table& source) {
    switch (field.type()->base_type()) {
      case reflection::String:
        return text(parent, field, source, flatbuffers::GetFieldS(source, field)->string_view())
            .Union();
      case reflection::Obj:
        return table(*object_at(schema_, field.type()->index()),
                     *flatbuffers::GetFieldT(source, field))
            .o;
      case reflection::Union: {
        const auto* member = union_member(schema_, parent, field, source);
        // Of a type that this schema does not know nothing can be said; nobody stores one.
        if (member == nullptr) return fail("a union's member is of a type that is not known");
        return table(*member, *flatbuffers::GetFieldT(source, field)).o;
      }
      default:
        return vector(parent, field, source);
    }
  }

  Offset<flatbuffers::String> text(const reflection::Object& parent, const reflection::Field& field,
                                   const Table& source, std::string_view stored) {
    if (stored.empty() || error_ || !attribute(field, "personal")) {
      return builder_.CreateString(stored);
    }
    auto replaced = replace_({field, parent, source, stored});
    if (!replaced) {
      error_ = std::move(replaced).error();
      return builder_.CreateString(std::string_view());
    }
    return builder_.CreateString(replaced.value());
  }

  Offset<void> vector(const reflection::Object& parent, const reflection::Field& field,
                      const Table& source) {
    switch (const auto element = field.type()->element()) {
      case reflection::String: {
        std::vector<Offset<flatbuffers::String>> texts;
        for (const auto* one : *source.GetPointer<const TextVector*>(field.offset())) {
          texts.push_back(text(parent, field, source, one->string_view()));
        }
        return builder_.CreateVector(texts).Union();
      }
      case reflection::Obj: {
        const auto& object = *object_at(schema_, field.type()->index());
        std::vector<Offset<Table>> tables;
        for (const auto* one : *source.GetPointer<const TableVector*>(field.offset())) {
          tables.push_back(table(object, *one));
        }
        return builder_.CreateVector(tables).Union();
      }
      default: {
        const auto& numbers = *flatbuffers::GetFieldAnyV(source, field);
        const auto size = flatbuffers::GetTypeSize(element);
        builder_.StartVector(numbers.size(), size);
        builder_.PushBytes(numbers.Data(), numbers.size() * size);
        return builder_.EndVector(numbers.size());
      }
    }
  }

  Offset<void> fail(const std::string& what) {
    if (!error_) error_ = Error{ErrorKind::unsupported, "UNKNOWN_TYPE", what, {}};
    return {};
  }

  const reflection::Schema& schema_;
  const Replace& replace_;
  flatbuffers::FlatBufferBuilder builder_;
  std::optional<Error> error_;
};

}  // namespace

std::optional<SealedText> SealedText::parse(std::string_view text) {
  if (!text.starts_with(kSealedPrefix)) return std::nullopt;
  text.remove_prefix(kSealedPrefix.size());
  const auto field_end = text.find(':');
  const auto subject_end = text.rfind(':');
  if (field_end == std::string_view::npos || subject_end <= field_end) return std::nullopt;
  return SealedText{text.substr(0, field_end),
                    text.substr(field_end + 1, subject_end - field_end - 1),
                    text.substr(subject_end + 1)};
}

bool has_personal(const Schema& schema, std::string_view table_name, ByteView bytes) {
  bool any = false;
  (void)replace_personal(schema, table_name, bytes,
                         [&](const PersonalText&) -> Result<std::string> {
                           any = true;
                           return std::string();
                         });
  return any;
}

Result<Bytes> replace_personal(const Schema& schema, std::string_view table_name, ByteView bytes,
                               const Replace& replace) {
  const auto* object = schema.table(table_name);
  if (object == nullptr) {
    return Error{ErrorKind::unsupported,
                 "UNKNOWN_TABLE",
                 "this schema has no table " + std::string(table_name),
                 {}};
  }
  return Copy(schema.definition(), replace).of(*object, *flatbuffers::GetRoot<Table>(bytes.data()));
}

}  // namespace actbook

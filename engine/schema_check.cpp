#include "actbook/schema.h"

#include <flatbuffers/util.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "actbook/reflect.h"
#include "actbook/time.h"

namespace actbook {
namespace {

using flatbuffers::Table;

constexpr std::size_t kMaxEmailBytes = 254;
constexpr std::size_t kMaxTextBytes = 200;
constexpr std::size_t kSha256Digits = 64;
constexpr std::size_t kCurrencyLetters = 3;
constexpr std::int64_t kMaxPercent = 100;
/// Sums of a great many such amounts, times a percentage, are far from the end of 64 bits.
constexpr std::int64_t kMaxCents = 1'000'000'000'000'000;
constexpr flatbuffers::uoffset_t kNamesInFull = 12;
constexpr flatbuffers::uoffset_t kNamesAsHint = 3;

const TextVector* texts(const Table& table, const reflection::Field& field) {
  return table.GetPointer<const TextVector*>(field.offset());
}

const TableVector* tables(const Table& table, const reflection::Field& field) {
  return table.GetPointer<const TableVector*>(field.offset());
}

bool is_present(const Table& table, const reflection::Field& field) {
  return table.CheckField(field.offset());
}

std::string name(const reflection::Field& field) { return field.name()->str(); }

std::string element_name(const reflection::Field& field, std::size_t index) {
  return name(field) + '[' + std::to_string(index) + ']';
}

/// A path below a field or an element of one.
std::string join(std::string name, const std::string& rest) {
  return rest.empty() ? name : std::move(name) + '.' + rest;
}

struct Problem {
  std::string path;
  std::string what;
};

using MaybeProblem = std::optional<Problem>;

std::size_t max_bytes(const reflection::Field& field) {
  std::size_t bytes = kMaxTextBytes;
  if (const auto text = attribute(field, "max_bytes")) {
    std::from_chars(text->data(), text->data() + text->size(), bytes);
  }
  return bytes;
}

/// Reads no further than the NUL that ends every FlatBuffers text.
bool is_utf8(const flatbuffers::String& text) {
  const char* at = text.c_str();
  const char* const end = at + text.size();
  while (at < end) {
    if (flatbuffers::FromUTF8(&at) < 0) return false;
  }
  return true;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_layout(char c) { return c == '\n' || c == '\t'; }
/// U+0080 to U+009F: a terminal may take them for the beginning of a command to it.
bool has_c1_control(std::string_view utf8) {
  for (auto at = utf8.find('\xC2'); at != std::string_view::npos; at = utf8.find('\xC2', at + 1)) {
    if (static_cast<unsigned char>(utf8[at + 1]) < 0xA0) return true;
  }
  return false;
}

bool is_sha256(std::string_view text) {
  return text.size() == kSha256Digits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_currency(std::string_view text) {
  return text.size() == kCurrencyLetters &&
         std::ranges::all_of(text, [](char letter) { return letter >= 'A' && letter <= 'Z'; });
}

/// The whole numbers that a field takes, by its attributes or its type.
IntegerRange range_of(const reflection::Field& field) {
  if (attribute(field, "percent")) return {0, kMaxPercent};
  if (const auto cents = attribute(field, "cents")) {
    return {*cents == "positive" ? 1 : 0, kMaxCents};
  }
  return integer_range(field.type()->base_type());
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(' ') == std::string_view::npos;
}

/// The limit counts surrounding blanks, or they could fill the log.
bool is_email(std::string_view text) {
  if (is_blank(text) || text.size() > kMaxEmailBytes) return false;
  text.remove_prefix(text.find_first_not_of(' '));
  text.remove_suffix(text.size() - 1 - text.find_last_not_of(' '));
  const auto at = text.find('@');
  return at != std::string_view::npos && at != 0 && at + 1 != text.size() &&
         text.find('@', at + 1) == std::string_view::npos &&
         text.find(' ') == std::string_view::npos;
}

/// Never repeats the text: it may be personal, and messages reach logs.
std::string text_problem(const reflection::Schema& schema, const reflection::Field& field,
                         const flatbuffers::String& text) {
  const auto view = text.string_view();
  if (!is_utf8(text)) return "must be valid UTF-8";
  if (attribute(field, "multiline")) {
    const auto is_bad = [](char c) { return is_control(c) && !is_layout(c); };
    if (std::ranges::any_of(view, is_bad) || has_c1_control(view)) {
      return "must be free of control characters other than tabs and line feeds";
    }
  } else if (std::ranges::any_of(view, is_control) || has_c1_control(view)) {
    return "must be free of control characters, such as tabs and line breaks";
  }
  const bool fits = attribute(field, "ident")      ? is_ident(view)
                    : attribute(field, "sha256")   ? is_sha256(view)
                    : attribute(field, "email")    ? is_email(view)
                    : attribute(field, "currency") ? is_currency(view)
                                                   : view.size() <= max_bytes(field);
  if (!fits) return "must be " + expectation(schema, field);
  if (field.required() && is_blank(view)) return "must not be empty";
  return {};
}

class Validator {
 public:
  explicit Validator(const reflection::Schema& schema) : schema_(schema) {}

  [[nodiscard]] MaybeProblem table(const reflection::Object& object, const Table& table) const {
    for (const auto* field : fields_in_order(object)) {
      auto problem = field->type()->base_type() == reflection::Union
                         ? union_table(object, *field, table)
                         : member(*field, table);
      if (problem) return problem;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] MaybeProblem member(const reflection::Field& field, const Table& table) const {
    if (!is_present(table, field)) {
      if (!field.required() && !attribute(field, "mandatory")) return std::nullopt;
      return Problem{name(field), "is missing; it must be " + expectation(schema_, field)};
    }
    switch (field.type()->base_type()) {
      case reflection::String:
        return text(field, *flatbuffers::GetFieldS(table, field), name(field));
      case reflection::Vector:
        return vector(field, table);
      case reflection::Obj:
        return nested(field, *object_at(schema_, field.type()->index()), table);
      default:
        return scalar(field, table);
    }
  }

  [[nodiscard]] MaybeProblem text(const reflection::Field& field, const flatbuffers::String& text,
                                  std::string path) const {
    auto what = text_problem(schema_, field, text);
    if (what.empty()) return std::nullopt;
    return Problem{std::move(path), std::move(what)};
  }

  [[nodiscard]] MaybeProblem scalar(const reflection::Field& field, const Table& table) const {
    const auto value = flatbuffers::GetAnyFieldI(table, field);
    bool fits = true;
    if (is_enum(*field.type())) {
      fits = enum_at(schema_, field.type()->index())->values()->LookupByKey(value) != nullptr;
    } else if (attribute(field, "time")) {
      // What cannot be written as a time could not be read back either.
      const auto read = parse_iso8601(to_iso8601(Timestamp{value}));
      fits = read.has_value() && read.value() == Timestamp{value};
    } else if (attribute(field, "percent") || attribute(field, "cents")) {
      const auto range = range_of(field);
      fits = value >= range.least && value <= static_cast<std::int64_t>(range.most);
    }
    if (fits) return std::nullopt;
    return Problem{name(field), "must be " + expectation(schema_, field)};
  }

  [[nodiscard]] MaybeProblem vector(const reflection::Field& field, const Table& parent) const {
    if (attribute(field, "non_empty") && flatbuffers::GetFieldAnyV(parent, field)->size() == 0) {
      return Problem{name(field), "must have at least one element"};
    }
    if (field.type()->element() == reflection::String) {
      std::size_t index = 0;
      for (const auto* element : *texts(parent, field)) {
        if (auto problem = text(field, *element, element_name(field, index++))) return problem;
      }
    } else if (field.type()->element() == reflection::Obj) {
      const auto& object = *object_at(schema_, field.type()->index());
      std::size_t index = 0;
      for (const auto* element : *tables(parent, field)) {
        if (auto problem = table(object, *element)) {
          problem->path = join(element_name(field, index), problem->path);
          return problem;
        }
        ++index;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] MaybeProblem union_table(const reflection::Object& parent,
                                         const reflection::Field& field, const Table& table) const {
    const auto* member = union_member(schema_, parent, field, table);
    if (member != nullptr && is_present(table, field)) return nested(field, *member, table);
    if (member == nullptr && !is_present(table, field) && !field.required()) return std::nullopt;
    const auto& missing = member == nullptr ? union_type_field(parent, field) : field;
    return Problem{name(missing), "must be " + expectation(schema_, missing)};
  }

  [[nodiscard]] MaybeProblem nested(const reflection::Field& field,
                                    const reflection::Object& object, const Table& parent) const {
    auto problem = table(object, *flatbuffers::GetFieldT(parent, field));
    if (problem) problem->path = join(name(field), problem->path);
    return problem;
  }

  const reflection::Schema& schema_;
};

class Comparison {
 public:
  explicit Comparison(const reflection::Schema& schema) : schema_(schema) {}

  /// The path of the first difference.
  [[nodiscard]] std::optional<std::string> tables(const reflection::Object& object,
                                                  const Table& left, const Table& right) const {
    for (const auto* field : fields_in_order(object)) {
      if (auto path = members(object, *field, left, right)) return path;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::optional<std::string> members(const reflection::Object& parent,
                                                   const reflection::Field& field,
                                                   const Table& left, const Table& right) const {
    const auto type = field.type()->base_type();
    const bool both = is_present(left, field) && is_present(right, field);
    const bool presence_differs = is_present(left, field) != is_present(right, field);
    const bool has_default = flatbuffers::IsScalar(type) && !field.optional();
    if (presence_differs && !has_default) return name(field);
    if (!both && !has_default) return std::nullopt;
    switch (type) {
      case reflection::String:
        return unless(
            same_text(*flatbuffers::GetFieldS(left, field), *flatbuffers::GetFieldS(right, field)),
            field);
      case reflection::Vector:
        return vectors(field, left, right);
      case reflection::Obj:
        return nested(field, object_at(schema_, field.type()->index()), left, right);
      case reflection::Union:
        return nested(field, union_member(schema_, parent, field, left), left, right);
      default:
        return unless(
            flatbuffers::GetAnyFieldI(left, field) == flatbuffers::GetAnyFieldI(right, field),
            field);
    }
  }

  static std::optional<std::string> unless(bool same, const reflection::Field& field) {
    if (same) return std::nullopt;
    return name(field);
  }

  static bool same_text(const flatbuffers::String& left, const flatbuffers::String& right) {
    return left.string_view() == right.string_view();
  }

  /// `object` is null for a union member this schema does not know: nothing in it can be compared.
  [[nodiscard]] std::optional<std::string> nested(const reflection::Field& field,
                                                  const reflection::Object* object,
                                                  const Table& left, const Table& right) const {
    if (object == nullptr) return std::nullopt;
    const auto path = tables(*object, *flatbuffers::GetFieldT(left, field),
                             *flatbuffers::GetFieldT(right, field));
    if (!path) return std::nullopt;
    return join(name(field), *path);
  }

  [[nodiscard]] std::optional<std::string> vectors(const reflection::Field& field,
                                                   const Table& left, const Table& right) const {
    const auto left_size = flatbuffers::GetFieldAnyV(left, field)->size();
    const auto right_size = flatbuffers::GetFieldAnyV(right, field)->size();
    const auto common = std::min(left_size, right_size);
    for (flatbuffers::uoffset_t i = 0; i < common; ++i) {
      if (const auto path = elements(field, left, right, i)) {
        return join(element_name(field, i), *path);
      }
    }
    if (left_size == right_size) return std::nullopt;
    return element_name(field, common);
  }

  /// Empty if the elements themselves differ, as texts and numbers do.
  [[nodiscard]] std::optional<std::string> elements(const reflection::Field& field,
                                                    const Table& left, const Table& right,
                                                    flatbuffers::uoffset_t index) const {
    bool same = true;
    switch (const auto type = field.type()->element()) {
      case reflection::Obj:
        return tables(*object_at(schema_, field.type()->index()),
                      *actbook::tables(left, field)->Get(index),
                      *actbook::tables(right, field)->Get(index));
      case reflection::String:
        same = same_text(*texts(left, field)->Get(index), *texts(right, field)->Get(index));
        break;
      default: {
        const auto* left_vector = flatbuffers::GetFieldAnyV(left, field);
        const auto* right_vector = flatbuffers::GetFieldAnyV(right, field);
        same = flatbuffers::GetAnyVectorElemI(left_vector, type, index) ==
               flatbuffers::GetAnyVectorElemI(right_vector, type, index);
      }
    }
    if (same) return std::nullopt;
    return "";
  }

  const reflection::Schema& schema_;
};

/// A short list in full; of a long one enough to see what is meant.
std::string names(const reflection::Enum& definition) {
  std::vector<std::string> known;
  for (const auto* value : *definition.values()) {
    if (!definition.is_union() || value->value() != 0) known.push_back(value->name()->str());
  }
  const bool in_full = known.size() <= kNamesInFull;
  std::string list = in_full ? "one of " : "a name such as ";
  for (std::size_t i = 0; i < (in_full ? known.size() : kNamesAsHint); ++i) {
    list += (i == 0 ? "" : ", ") + known[i];
  }
  if (in_full) return list;
  return list + " (the schema has " + std::to_string(known.size()) + " in " +
         definition.name()->str() + ')';
}

std::string text_expectation(const reflection::Field& field) {
  if (attribute(field, "ident")) return "an id: 1 to 64 characters of A-Z a-z 0-9 - _ . :";
  if (attribute(field, "sha256")) return "a SHA-256 as 64 lower-case hexadecimal digits";
  if (attribute(field, "currency")) return "a currency as three capital letters, such as EUR";
  if (attribute(field, "email")) {
    return "an e-mail address of at most 254 bytes, with one @ and something on both sides of it";
  }
  return "a text of at most " + std::to_string(max_bytes(field)) + " bytes of UTF-8";
}

}  // namespace

std::string expectation(const reflection::Schema& schema, const reflection::Field& field) {
  const auto& type = *field.type();
  if (is_enum(type)) return names(*enum_at(schema, type.index()));
  if (attribute(field, "time")) return "a time such as 2026-03-01T09:00:00Z, in 1970 to 9999";
  switch (type.base_type()) {
    case reflection::String:
      return text_expectation(field);
    case reflection::Bool:
      return "true or false";
    case reflection::Vector:
      return "an array";
    case reflection::Obj:
    case reflection::Union:
      return "an object";
    default: {
      const auto range = range_of(field);
      return "a whole number from " + std::to_string(range.least) + " to " +
             std::to_string(range.most);
    }
  }
}

IntegerRange integer_range(reflection::BaseType type) {
  const bool is_signed = type == reflection::Byte || type == reflection::Short ||
                         type == reflection::Int || type == reflection::Long;
  const std::size_t bits = 8 * flatbuffers::GetTypeSize(type) - (is_signed ? 1 : 0);
  const auto most = std::numeric_limits<std::uint64_t>::max() >> (64 - bits);
  return {is_signed ? -static_cast<std::int64_t>(most) - 1 : 0, most};
}

Result<void> Schema::validate(std::string_view table_name, ByteView bytes) const {
  const auto* object = table(table_name);
  if (object == nullptr) {
    return Error{ErrorKind::misuse,
                 "UNKNOWN_TABLE",
                 "this schema has no table " + std::string(table_name),
                 {}};
  }
  const auto problem =
      Validator(*schema_).table(*object, *flatbuffers::GetRoot<Table>(bytes.data()));
  if (!problem) return boost::outcome_v2::success();
  return Error{ErrorKind::invalid, "INVALID_FIELD", problem->path + ": " + problem->what, {}};
}

std::optional<std::string> Schema::first_difference(std::string_view table_name, ByteView left,
                                                    ByteView right) const {
  const auto* object = table(table_name);
  const auto well_formed = [&](ByteView bytes) {
    // It looks where the table begins before it looks at the size.
    return bytes.size() >= sizeof(flatbuffers::uoffset_t) &&
           flatbuffers::Verify(*schema_, *object, bytes.data(), bytes.size());
  };
  // Then there are no fields to name, only bytes to compare.
  if (object == nullptr || !well_formed(left) || !well_formed(right)) {
    if (std::ranges::equal(left, right)) return std::nullopt;
    return std::string(table_name);
  }
  return Comparison(*schema_).tables(*object, *flatbuffers::GetRoot<Table>(left.data()),
                                     *flatbuffers::GetRoot<Table>(right.data()));
}

}  // namespace actbook

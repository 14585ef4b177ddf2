#pragma once

#include <flatbuffers/reflection.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/flat.h"

namespace actbook {

/// A FlatBuffers schema at run time: what its attributes say about the fields of its tables.
/// Immutable after construction and free to share between threads.
class Schema {
 public:
  /// `binary_schema` is a .bfbs that outlives this object (the generated …BinarySchema classes hold
  /// one).
  explicit Schema(ByteView binary_schema);

  /// The definition of a table by its qualified name, such as actbook.event.PartnerStatusGranted;
  /// null if none.
  [[nodiscard]] const reflection::Object* table(std::string_view name) const;
  [[nodiscard]] const reflection::Schema& definition() const { return *schema_; }

  /// The tags of a well-formed table, sorted and distinct: every field of a string, or of several,
  /// with the attribute `tag`, in nested tables and the table of a union too.
  [[nodiscard]] std::vector<std::string> tags(std::string_view table_name, ByteView bytes) const;
  /// The same tags as they come, some perhaps twice: "workspace:" and its id.
  using TagVisitor = std::function<void(std::string_view prefix, std::string_view value)>;
  void visit_tags(std::string_view table_name, ByteView bytes, const TagVisitor& visit) const;

  /// Checks what the attributes ask of a well-formed table: ident, mandatory, email, sha256,
  /// max_bytes, time, and that texts are UTF-8 without control characters. Errors: invalid, naming
  /// the first bad field by its path.
  [[nodiscard]] Result<void> validate(std::string_view table_name, ByteView bytes) const;

  /// The path of the first field, in the schema's order, in which two tables differ; the name of
  /// the table, where they differ and one is not well-formed or the schema does not have it.
  [[nodiscard]] std::optional<std::string> first_difference(std::string_view table_name,
                                                            ByteView left, ByteView right) const;

 private:
  const reflection::Schema* schema_;
  std::map<std::string, const reflection::Object*, std::less<>> tables_;
  struct TagPlans;
  std::shared_ptr<const TagPlans> tag_plans_;
};

/// 1 to 64 characters of A-Z a-z 0-9 - _ . :
[[nodiscard]] bool is_ident(std::string_view text);

/// The value of a field's attribute; empty where the attribute stands without one, null where it
/// does not stand.
[[nodiscard]] std::optional<std::string_view> attribute(const reflection::Field& field,
                                                        const char* name);

/// What a field takes, in words that follow "must be": "a text of at most 200 bytes of UTF-8".
[[nodiscard]] std::string expectation(const reflection::Schema& schema,
                                      const reflection::Field& field);

/// The least and the greatest value of a whole number's type.
struct IntegerRange {
  std::int64_t least = 0;
  std::uint64_t most = 0;
};
[[nodiscard]] IntegerRange integer_range(reflection::BaseType type);

/// The fields of a table in the order of their ids.
[[nodiscard]] std::vector<const reflection::Field*> fields_in_order(
    const reflection::Object& table);

/// The table that a union field holds in this instance; null for NONE or a member this schema does
/// not know.
[[nodiscard]] const reflection::Object* union_member(const reflection::Schema& schema,
                                                     const reflection::Object& parent,
                                                     const reflection::Field& union_field,
                                                     const flatbuffers::Table& instance);

}  // namespace actbook

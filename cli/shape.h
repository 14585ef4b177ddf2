#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/ledger.h"

namespace actbook::cli {

/// What a schema says about the members of a document, so that what people write can be read as it
/// is meant, and a name that nothing has is not taken for one that is merely absent.
class Shape {
 public:
  /// Of a document that nothing is known of.
  Shape() = default;

  /// Of a command, by its name; nothing is known of one that there is not.
  [[nodiscard]] static Shape of_command(const std::string& type);
  [[nodiscard]] static Shape of_command_envelope();
  /// Of a table of answers.fbs, record.fbs or rows.fbs, by its qualified name.
  [[nodiscard]] static Shape of_answer(const std::string& table);

  /// Of an event with its envelope, by the type of the event.
  [[nodiscard]] static Shape of_event(std::string_view type);

  [[nodiscard]] bool is_known() const { return table_ != nullptr; }
  /// Null if there is no such member.
  [[nodiscard]] const reflection::Field* field(std::string_view name) const;
  /// Of the member itself, or of the elements of a list.
  [[nodiscard]] Shape inside(const reflection::Field& field) const;
  /// The names of all members.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  Shape(const Schema& schema, const std::string& table)
      : schema_(&schema), table_(schema.table(table)) {}

  const Schema* schema_ = nullptr;
  const reflection::Object* table_ = nullptr;
  /// Of an event: its own table, which the envelope has as bytes.
  std::shared_ptr<const Shape> payload_;
};

/// The names of all commands.
[[nodiscard]] std::vector<std::string> command_names();

/// "a, b, c"
[[nodiscard]] std::string list_words(const std::vector<std::string>& names);

/// The name that was probably meant by one that is not among those known; empty if none is near.
[[nodiscard]] std::string nearest(std::string_view name, const std::vector<std::string>& known);

}  // namespace actbook::cli

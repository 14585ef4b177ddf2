#include "actbook/csv.h"

#include <csv.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "actbook/reflect.h"
#include "answer_schema.h"

namespace actbook {
namespace {

using nlohmann::ordered_json;

std::string csv_field(std::string_view text) {
  std::string field(text.size() * 2 + 2, '\0');
  field.resize(csv_write2(field.data(), field.size(), text.data(), text.size(), CSV_QUOTE));
  return field;
}

void add_columns(const reflection::Object& table, const std::string& prefix,
                 std::vector<std::string>& columns) {
  for (const auto* field : fields_in_order(table)) {
    const auto name = prefix + field->name()->str();
    if (field->type()->base_type() == reflection::Obj) {
      add_columns(*object_at(answer_schema().definition(), field->type()->index()), name + ".",
                  columns);
    } else {
      columns.push_back(name);
    }
  }
}

ordered_json::json_pointer pointer_to(const std::string& column) {
  auto path = "/" + column;
  std::ranges::replace(path, '.', '/');
  return ordered_json::json_pointer(path);
}

}  // namespace

std::string csv_row(const std::vector<std::string>& cells) {
  std::string line;
  for (const auto& cell : cells) line.append(line.empty() ? "" : ",").append(csv_field(cell));
  return line + "\r\n";
}

std::vector<std::string> csv_columns(std::string_view table_name) {
  std::vector<std::string> columns;
  if (const auto* table = answer_schema().table(table_name)) add_columns(*table, "", columns);
  return columns;
}

std::vector<std::string> csv_cells(const std::vector<std::string>& columns, std::string_view json) {
  const auto document = ordered_json::parse(json);
  std::vector<std::string> cells;
  for (const auto& column : columns) {
    const auto pointer = pointer_to(column);
    cells.push_back(document.contains(pointer) ? value_text(document[pointer]) : std::string());
  }
  return cells;
}

}  // namespace actbook

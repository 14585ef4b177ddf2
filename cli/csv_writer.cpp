#include "csv_writer.h"

#include <csv.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "actbook/ledger.h"
#include "actbook/schema/answers_bfbs_generated.h"
#include "flatten.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

std::string csv_field(std::string_view text) {
  std::string field(text.size() * 2 + 2, '\0');
  field.resize(csv_write2(field.data(), field.size(), text.data(), text.size(), CSV_QUOTE));
  return field;
}

void add_columns(const reflection::Schema& schema, const reflection::Object& table,
                 const std::string& prefix, std::vector<std::string>& columns) {
  for (const auto* field : fields_in_order(table)) {
    const auto name = prefix + field->name()->str();
    if (field->type()->base_type() == reflection::Obj) {
      const auto index = static_cast<flatbuffers::uoffset_t>(field->type()->index());
      add_columns(schema, *schema.objects()->Get(index), name + ".", columns);
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

void CsvWriter::row(const std::vector<std::string>& cells) {
  std::string line;
  for (const auto& cell : cells) line += (line.empty() ? "" : ",") + csv_field(cell);
  out_.write(line + "\r\n");
}

std::vector<std::string> csv_columns(std::string_view table_name) {
  using Binary = answer::EntityStateBinarySchema;
  static const Schema schema(ByteView(Binary::data(), Binary::size()));
  std::vector<std::string> columns;
  if (const auto* table = schema.table(table_name)) {
    add_columns(schema.definition(), *table, "", columns);
  }
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

}  // namespace actbook::cli

#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/record.h"
#include "actbook/rows.h"
#include "actbook/schema/rows_generated.h"

namespace actbook {

/// The number of a table is its row's number in the union of rows.fbs. Row is a native type,
/// row::WorkspaceRowT.
template <class Row>
constexpr TableId table_of = static_cast<TableId>(row::RowUnionTraits<Row>::enum_value);

/// A row's key: ids joined by '/'.
[[nodiscard]] std::string row_key(std::initializer_list<std::string_view> parts);

/// The row with this key, if it exists. A malformed row fails the reader.
template <class Row>
[[nodiscard]] std::optional<Row> find(const RowReader& rows, std::string_view key) {
  using Table = typename Row::TableType;
  const auto version = rows.get(table_of<Row>, key);
  if (!version) return std::nullopt;
  if (!is_flat<Table>(version->bytes)) {
    rows.fail({ErrorKind::corrupt, "MALFORMED_ROW",
               std::string("the row ") + std::string(key) + " is not well-formed",
               version->position});
    return std::nullopt;
  }
  Row row;
  flatbuffers::GetRoot<Table>(version->bytes.data())->UnPackTo(&row);
  return row;
}

/// The row with this key, or an empty one.
template <class Row>
[[nodiscard]] Row find_or_empty(const RowReader& rows, std::string_view key) {
  return find<Row>(rows, key).value_or(Row{});
}

/// Visits the rows whose key starts with `prefix`: (the rest of the key, the row).
template <class Row>
void each(const RowReader& rows, std::string_view prefix,
          const std::function<void(std::string_view rest, const Row& row)>& visit) {
  using Table = typename Row::TableType;
  rows.scan(table_of<Row>, prefix, [&](std::string_view key, const RowVersion& version) {
    if (!is_flat<Table>(version.bytes)) {
      rows.fail({ErrorKind::corrupt, "MALFORMED_ROW",
                 std::string("the row ") + std::string(key) + " is not well-formed",
                 version.position});
      return;
    }
    Row row;
    flatbuffers::GetRoot<Table>(version.bytes.data())->UnPackTo(&row);
    visit(key.substr(prefix.size()), row);
  });
}

/// An event as the start or end of something, as rows and answers keep it.
[[nodiscard]] std::unique_ptr<schema::ActT> act_of(const Record& record);

/// The codes of the rules that an observed fact broke.
[[nodiscard]] std::vector<std::string> rules_broken(const Record& record);

/// The ids that ever stood in a relation to an entity: references(rows, "organisation", "prism",
/// "workspace") are the workspaces that PRISM ever had. Whether they still do is for their own rows
/// to say.
[[nodiscard]] std::vector<std::string> references(const RowReader& rows, std::string_view kind,
                                                  std::string_view id, std::string_view related);

}  // namespace actbook

#include "row_changes.h"

#include <algorithm>

#include "actbook/json.h"
#include "changes.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

std::vector<Change> fields_of(const answer::RowChangeT& change, Reader reader) {
  const auto document = ordered_json::parse(to_json(change));
  const auto side = [&](const char* name) {
    return document.contains(name) ? document.at(name) : ordered_json::object();
  };
  auto fields = compare(side("before"), side("after"), reader);
  // Which kind of row it is stands beside it.
  std::erase_if(fields, [&](const Change& field) {
    return field.path == "type" && (field.before == change.table || field.after == change.table);
  });
  if (change.ran_out_at) {
    fields.push_back({"ran_out_at", "", to_iso8601(Timestamp{*change.ran_out_at})});
  }
  return fields;
}

}  // namespace

std::string kind_words(std::string_view table) {
  if (table.ends_with("Row")) table.remove_suffix(3);
  std::string text;
  for (const char letter : table) {
    const bool capital = letter >= 'A' && letter <= 'Z';
    if (capital && !text.empty()) text += ' ';
    text += capital ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return text;
}

Table table_of(const std::vector<std::unique_ptr<answer::RowChangeT>>& changes) {
  Table table(
      {{"WHAT"}, {"WHICH"}, {""}, {"BY POSITIONS"}, {"FIELD"}, {"BEFORE"}, {""}, {"AFTER"}});
  const auto shown = [](const std::string& text) { return text.empty() ? "-" : text; };
  for (const auto& change : changes) {
    std::vector<std::string> head = {kind_words(change->table), change->key, change->what,
                                     position_words(change->positions)};
    for (const auto& field : fields_of(*change, Reader::person)) {
      std::string name = field.path;
      std::ranges::replace(name, '.', ' ');
      auto cells = head;
      cells.insert(cells.end(),
                   {words(name), shown(field.before), std::string(kArrow), shown(field.after)});
      table.add(std::move(cells));
      std::ranges::fill(head, "");
    }
  }
  return table;
}

std::vector<std::string> row_change_columns() {
  return {"table", "key", "what", "position", "field", "before", "after"};
}

std::vector<std::vector<std::string>> row_change_cells(
    const std::vector<std::unique_ptr<answer::RowChangeT>>& changes) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& change : changes) {
    const auto position =
        change->positions.empty() ? std::string() : std::to_string(change->positions.back());
    for (const auto& field : fields_of(*change, Reader::program)) {
      rows.push_back({change->table, change->key, change->what, position, field.path, field.before,
                      field.after});
    }
  }
  return rows;
}

}  // namespace actbook::cli

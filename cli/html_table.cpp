#include "html_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "flatten.h"
#include "html.h"
#include "html_value.h"
#include "row_changes.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

/// What fits beside each other on a page; the rest of an element stands below.
constexpr std::size_t kMostColumns = 8;
constexpr std::size_t kLongCell = 90;

std::string member_html(const Twin& object, const std::string& name) {
  return object->contains(name) ? value_html(name, object.member(name)) : std::string();
}

std::string quoted(const std::string& text) {
  return text.empty() ? text : "&ldquo;" + text + "&rdquo;";
}

// ---- acts ----

bool is_trail_line(const ordered_json& value) {
  return value.contains("position") && value.contains("summary") && value.contains("type");
}

// As the terminal says them beside an act.
std::string remarks_html(const Twin& line) {
  std::vector<std::string> remarks;
  if (line->contains("refused")) {
    const auto code = value_text((*line)["refused"]);
    constexpr std::size_t kLongWord = 16;  // the column is narrow
    remarks.push_back(breakable_html(code, kLongWord) + ": " + escape_html(reason_sentence(code)));
  }
  if (line->value("mode", "") == "observed") remarks.emplace_back("observed, not commanded");
  const auto broken = member_html(line, "rules_broken");
  if (!broken.empty()) remarks.push_back("against the rules " + broken);
  const auto reason = member_html(line, "reason");
  if (!reason.empty()) remarks.push_back(quoted(reason));
  std::string html;
  for (const auto& remark : remarks) html.append(html.empty() ? "" : "; ").append(remark);
  return html;
}

std::string act_times_html(const ordered_json& line) {
  auto html = time_html(line["recorded_at"]);
  if (line.contains("occurred_at") && line["occurred_at"] != line["recorded_at"]) {
    html += "<br>happened " + time_html(line["occurred_at"]);
  }
  return html;
}

std::string trail_html(const Twin& list) {
  std::vector<HtmlRow> rows;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto line = list.element(i);
    auto who = member_html(line, "actor");
    const auto organisation = member_html(line, "acting_organisation");
    if (!organisation.empty()) who += " for " + organisation;
    rows.push_back(
        {{member_html(line, "position"), act_times_html(*line), who, member_html(line, "summary"),
          member_html(line, "basis"), remarks_html(line)}});
  }
  return html_table({"Position", "Recorded at", "Who", "What", "By what right", "Remarks"}, rows);
}

// ---- rows that changed ----

bool is_row_change(const ordered_json& value) {
  return value.contains("table") && value.contains("key") && value.contains("what");
}

/// A side of a change: the members of its row, each as HTML.
std::vector<std::pair<std::string, std::string>> fields_of(const Twin& change, const char* side) {
  std::vector<std::pair<std::string, std::string>> fields;
  if (!change->contains(side)) return fields;
  const auto row = change.member(side);
  for (const auto& [name, value] : row->items()) {
    fields.emplace_back(name, value_html(name, row.member(name)));
  }
  return fields;
}

std::string row_changes_html(const Twin& list) {
  std::vector<HtmlRow> rows;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto change = list.element(i);
    const auto before = fields_of(change, "before");
    auto fields = fields_of(change, "after");
    const auto side = [](const auto& all, const std::string& name) {
      const auto found =
          std::ranges::find_if(all, [&](const auto& field) { return field.first == name; });
      return found == all.end() ? std::string() : found->second;
    };
    const auto after = fields;
    for (const auto& field : before) {
      if (side(after, field.first).empty()) fields.emplace_back(field.first, "");
    }
    const auto kind = kind_words(value_text((*change)["table"]));
    std::vector<std::string> head = {escape_html(kind) + " " + member_html(change, "key"),
                                     member_html(change, "what"), member_html(change, "positions")};
    for (const auto& field : fields) {
      const auto& name = field.first;
      const auto was = side(before, name);
      const auto is = side(after, name);
      if (was == is) continue;
      auto cells = head;
      cells.insert(cells.end(), {escape_html(member_heading(name)), was, is});
      rows.push_back({std::move(cells)});
      std::ranges::fill(head, "");
    }
    if (!head[0].empty()) rows.push_back({{head[0], head[1], head[2], "", "", ""}});
  }
  return html_table({"What", "It", "By positions", "Field", "Before", "After"}, rows);
}

// ---- steps ----

bool is_step(const ordered_json& value) {
  return value.contains("act") && value.contains("changes");
}

std::string steps_html(const Twin& list) {
  std::string html;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto step = list.element(i);
    const auto act = step.member("act");
    const auto remarks = remarks_html(act);
    html += fmt::format("<h4>Position {}: {} {}</h4>\n<p>{}{}</p>\n", member_html(act, "position"),
                        member_html(act, "actor"), member_html(act, "summary"),
                        act_times_html(*act), remarks.empty() ? remarks : "; " + remarks);
    const auto changes = step.member("changes");
    html += changes->empty() ? "<p>It changed no row.</p>\n" : row_changes_html(changes);
  }
  return html;
}

// ---- anything else ----

struct Column {
  std::string name;
  std::vector<std::string> cells;
};

/// A column that not every element has stands behind the one it follows where it is.
std::vector<Column> columns_of(const Twin& list) {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto element = list.element(i);
    auto place = columns.begin();
    for (const auto& [name, value] : element->items()) {
      auto column = std::ranges::find(columns, name, &Column::name);
      if (column == columns.end()) {
        column = columns.insert(place, {name, std::vector<std::string>(list->size())});
      }
      column->cells[i] = value_html(name, element.member(name));
      place = std::next(column);
    }
  }
  return columns;
}

// Most happens when it is recorded.
bool says_nothing(const Column& column, const std::vector<Column>& columns) {
  const auto same = [&](const char* name) {
    const auto other = std::ranges::find(columns, name, &Column::name);
    return other != columns.end() && other->cells == column.cells;
  };
  if (column.name == "occurred_at") return same("recorded_at");
  return std::ranges::all_of(column.cells, [](const auto& cell) { return cell.empty(); });
}

bool is_constant(const Column& column) {
  return column.cells.size() > 1 && std::ranges::all_of(column.cells, [&](const auto& cell) {
           return cell == column.cells.front();
         });
}

// "Channel web; State in force"
std::string named_html(const std::string& name, const std::string& value) {
  return "<span class=\"name\">" + escape_html(member_heading(name)) + "</span> " + value;
}

/// Of too many columns, takes out those that are the same in every line, and says them once.
std::string take_constants(std::vector<Column>& columns) {
  std::string said;
  for (std::size_t i = 1; i < columns.size() && columns.size() > kMostColumns;) {
    if (!is_constant(columns[i])) {
      ++i;
      continue;
    }
    said.append(said.empty() ? "" : "; ")
        .append(named_html(columns[i].name, columns[i].cells.front()));
    columns.erase(columns.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return said.empty() ? said : "<p class=\"constant\">The same in every line: " + said + "</p>\n";
}

/// How many letters people see, about.
std::size_t visible_size(const std::string& html) {
  std::size_t size = 0;
  bool in_tag = false;
  for (const char letter : html) {
    if (letter == '<') in_tag = true;
    if (!in_tag) ++size;
    if (letter == '>') in_tag = false;
  }
  return size;
}

bool is_long(const Column& column) {
  return std::ranges::any_of(column.cells, [](const auto& cell) {
    return cell.starts_with("<code>") || visible_size(cell) > kLongCell;
  });
}

/// Takes out what has no place beside the others: long texts and hashes first, then the last.
std::vector<Column> take_details(std::vector<Column>& columns) {
  std::vector<Column> details;
  if (columns.size() <= kMostColumns) return details;
  const auto split = std::stable_partition(std::next(columns.begin()), columns.end(),
                                           [](const Column& column) { return !is_long(column); });
  details.assign(split, columns.end());
  columns.erase(split, columns.end());
  if (columns.size() <= kMostColumns) return details;
  details.insert(details.begin(), columns.begin() + kMostColumns, columns.end());
  columns.erase(columns.begin() + kMostColumns, columns.end());
  return details;
}

std::string plain_list_html(const Twin& list) {
  auto columns = columns_of(list);
  const auto all = columns;
  std::erase_if(columns, [&](const Column& column) { return says_nothing(column, all); });
  const auto constants = take_constants(columns);
  const auto details = take_details(columns);
  std::vector<std::string> headings;
  std::vector<HtmlRow> rows(list->size());
  for (const auto& column : columns) {
    headings.push_back(member_heading(column.name));
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].cells.push_back(column.cells[i]);
  }
  for (const auto& column : details) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (column.cells[i].empty()) continue;
      auto& below = rows[i].below;
      below.append(below.empty() ? "" : "; ").append(named_html(column.name, column.cells[i]));
    }
  }
  return constants + html_table(headings, rows);
}

}  // namespace

std::string list_table(const Twin& list) {
  const auto& first = list->front();
  if (is_trail_line(first)) return trail_html(list);
  if (is_row_change(first)) return row_changes_html(list);
  if (is_step(first)) return steps_html(list);
  return plain_list_html(list);
}

std::string html_table(const std::vector<std::string>& headings, const std::vector<HtmlRow>& rows) {
  std::vector<bool> used(headings.size(), false);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < used.size(); ++i) used[i] = used[i] || !row.cells[i].empty();
  }
  std::string html = "<table>\n<thead><tr>";
  std::size_t columns = 0;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) continue;
    ++columns;
    html += "<th scope=\"col\">" + escape_html(headings[i]) + "</th>";
  }
  html += "</tr></thead>\n";
  for (const auto& row : rows) {
    html += row.id.empty() ? "<tbody><tr>" : "<tbody id=\"" + row.id + "\"><tr>";
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (used[i]) html.append("<td>").append(row.cells[i]).append("</td>");
    }
    html += "</tr>\n";
    if (!row.below.empty()) {
      html +=
          fmt::format("<tr class=\"below\"><td colspan=\"{}\">{}</td></tr>\n", columns, row.below);
    }
    html += "</tbody>\n";
  }
  return html + "</table>\n";
}

}  // namespace actbook::cli

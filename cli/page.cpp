#include "page.h"

#include <algorithm>

#include "flatten.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kIndent = "  ";
constexpr std::string_view kCents = "_cents";

std::string text_of(const Leaf& leaf) {
  if (!leaf.path.ends_with(kCents) || leaf.text.empty()) return leaf.text;
  return money_words(std::stoll(leaf.text));
}

// Lists of objects, wherever they stand, with their path; they are taken out.
void take_lists(const std::string& path, ordered_json& object,
                std::vector<std::pair<std::string, ordered_json>>& lists) {
  std::vector<std::string> taken;
  for (auto& [name, member] : object.items()) {
    std::string below = path;
    below.append(path.empty() ? "" : ".").append(name);
    if (is_list_of_objects(member)) {
      lists.emplace_back(below, member);
      taken.push_back(name);
    } else if (member.is_object()) {
      take_lists(below, member, lists);
    }
  }
  for (const auto& name : taken) object.erase(name);
}

Table table_of(const ordered_json& list) {
  std::vector<std::string> paths;
  std::vector<std::vector<Leaf>> rows;
  for (const auto& element : list) {
    rows.push_back(flatten(element, Reader::person));
    for (const auto& leaf : rows.back()) {
      if (std::ranges::find(paths, leaf.path) == paths.end()) paths.push_back(leaf.path);
    }
  }
  std::vector<Table::Column> columns;
  for (const auto& path : paths) {
    std::string heading = heading_words(path);
    std::ranges::transform(heading, heading.begin(), [](char letter) {
      return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    });
    const auto align = path.ends_with(kCents) ? Table::Align::right : Table::Align::left;
    columns.push_back({heading, align});
  }
  Table table(std::move(columns));
  for (const auto& row : rows) {
    std::vector<std::string> cells(paths.size());
    for (const auto& leaf : row) {
      const auto column = std::ranges::find(paths, leaf.path) - paths.begin();
      cells[static_cast<std::size_t>(column)] = text_of(leaf);
    }
    table.add(std::move(cells));
  }
  return table;
}

}  // namespace

void Page::section(const std::string& heading, const Facts& facts) {
  Table table({{""}, {""}});
  for (const auto& [name, value] : facts) {
    if (!value.empty()) table.add({name, value});
  }
  start(heading);
  text_ += table.text(kIndent, width_);
}

void Page::section(const std::string& heading, const Table& table) {
  start(heading + ": " + (table.size() == 0 ? "none" : std::to_string(table.size())));
  text_ += table.text(kIndent, width_);
}

void Page::document(const std::string& heading, const ordered_json& document) {
  auto plain = document;
  plain.erase("as_of");
  plain.erase("at");
  plain.erase("true_at");
  std::vector<std::pair<std::string, ordered_json>> lists;
  take_lists("", plain, lists);
  Facts facts;
  for (const auto& leaf : flatten(plain, Reader::person)) {
    facts.emplace_back(heading_words(leaf.path), text_of(leaf));
  }
  section(heading, facts);
  for (const auto& [path, list] : lists) section(heading_words(path), table_of(list));
}

void Page::start(const std::string& heading) {
  text_ += (text_.empty() ? "" : "\n") + heading + "\n";
}

std::string heading_words(std::string path) {
  constexpr std::string_view kRow = "row.";
  if (path.starts_with(kRow)) path.erase(0, kRow.size());
  if (path.ends_with(kCents)) path.erase(path.size() - kCents.size());
  std::ranges::replace(path, '.', ' ');
  return sentence_case(words(path));
}

std::string money_words(std::int64_t cents) {
  const bool negative = cents < 0;
  const auto magnitude =
      negative ? 0 - static_cast<std::uint64_t>(cents) : static_cast<std::uint64_t>(cents);
  constexpr std::uint64_t kHundred = 100;
  const auto fraction = std::to_string(magnitude % kHundred);
  return (negative ? "-" : "") + std::to_string(magnitude / kHundred) + "." +
         (fraction.size() < 2 ? "0" : "") + fraction;
}

}  // namespace actbook::cli

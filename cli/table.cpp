#include "table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

namespace actbook::cli {
namespace {

constexpr std::string_view kGap = "  ";

struct Range {
  char32_t first;
  char32_t last;
};

bool within(char32_t character, Range range) {
  return range.first <= character && character <= range.last;
}

// What sits on the character before it.
constexpr std::array<Range, 5> kZeroWide = {
    {{0x300, 0x36F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}}};
// East Asian scripts and pictures.
constexpr std::array<Range, 8> kTwoWide = {{{0x1100, 0x115F},
                                            {0x2E80, 0xA4CF},
                                            {0xAC00, 0xD7A3},
                                            {0xF900, 0xFAFF},
                                            {0xFE30, 0xFE6F},
                                            {0xFF00, 0xFF60},
                                            {0x1F300, 0x1F9FF},
                                            {0x20000, 0x3FFFD}}};

std::size_t cells_of(char32_t character) {
  const auto holds = [&](Range range) { return within(character, range); };
  if (std::ranges::any_of(kZeroWide, holds)) return 0;
  return std::ranges::any_of(kTwoWide, holds) ? 2 : 1;
}

/// Takes one character off the front. Stored texts are UTF-8; of what is not, each byte counts as
/// one.
char32_t take_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) -> char32_t { return static_cast<std::uint8_t>(text[i]); };
  const auto lead = byte(0);
  const std::size_t more = lead < 0xC0 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  char32_t character = more == 0 ? lead : lead & (0x3FU >> more);
  const std::size_t size = std::min(more + 1, text.size());
  for (std::size_t i = 1; i < size; ++i) character = character << 6U | (byte(i) & 0x3FU);
  text.remove_prefix(size);
  return character;
}

/// The words of a text, in order.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto space = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return words;
}

std::size_t longest_word(std::string_view text) {
  std::size_t longest = 0;
  for (const auto word : words_of(text)) longest = std::max(longest, display_width(word));
  return longest;
}

/// The text over as many lines as it takes.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return {std::string(text)};
  std::vector<std::string> lines;
  for (const auto word : words_of(text)) {
    if (lines.empty() || display_width(lines.back()) + 1 + display_width(word) > width) {
      lines.emplace_back(word);
    } else {
      lines.back() += " " + std::string(word);
    }
  }
  return lines;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) width += cells_of(take_character(text));
  return width;
}

std::string pad_right(std::string_view text, std::size_t width) {
  const auto own = display_width(text);
  return std::string(text) + std::string(own < width ? width - own : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const auto own = display_width(text);
  return std::string(own < width ? width - own : 0, ' ') + std::string(text);
}

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

bool Table::is_headed() const {
  return std::ranges::any_of(columns_,
                             [](const Column& column) { return !column.heading.empty(); });
}

Table::Widths Table::measure(std::size_t (*measure_cell)(std::string_view)) const {
  Widths widths(columns_.size(), 0);
  for (std::size_t i = 0; i < widths.size(); ++i) {
    for (const auto& row : rows_) widths[i] = std::max(widths[i], measure_cell(row[i]));
    if (widths[i] > 0) widths[i] = std::max(widths[i], measure_cell(columns_[i].heading));
  }
  return widths;
}

Table::Widths Table::fit(std::size_t width) const {
  auto widths = measure(&display_width);
  const auto least = measure(&longest_word);
  const auto columns = widths.size() - static_cast<std::size_t>(std::ranges::count(widths, 0U));
  auto total = std::accumulate(widths.begin(), widths.end(), (columns - 1) * kGap.size());
  while (total > width) {
    // The widest of those that can still be narrower.
    std::optional<std::size_t> widest;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] > least[i] && (!widest || widths[i] > widths[*widest])) widest = i;
    }
    if (!widest) break;
    --widths[*widest];
    --total;
  }
  return widths;
}

// What stands under no heading belongs to what is before it, as a currency does to its amount.
std::string Table::list(std::string_view indent) const {
  std::size_t widest = 0;
  for (const auto& column : columns_) widest = std::max(widest, display_width(column.heading));
  std::string text;
  for (const auto& row : rows_) {
    Cells lines;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto& heading = columns_[i].heading;
      if (row[i].empty() || row[i] == kArrow) continue;
      if (heading.empty() && !lines.empty()) {
        lines.back().append(" ").append(row[i]);
        continue;
      }
      lines.push_back(std::string(indent) + pad_right(heading, widest));
      lines.back().append(kGap).append(row[i]);
    }
    if (!text.empty()) text += "\n";
    for (const auto& line : lines) text.append(line).append("\n");
  }
  return text;
}

std::string Table::text(std::string_view indent, std::size_t width) const {
  if (rows_.empty()) return {};
  if (width == kListWidth) {
    if (is_headed()) return list(indent);
    width = std::numeric_limits<std::size_t>::max();
  }
  const auto widths = fit(width - std::min(width, indent.size()));
  std::string text;
  if (is_headed()) {
    Cells headings;
    for (const auto& column : columns_) headings.push_back(column.heading);
    text += lines(headings, widths, indent);
  }
  for (const auto& row : rows_) text += lines(row, widths, indent);
  return text;
}

std::string Table::lines(const Cells& cells, const Widths& widths, std::string_view indent) const {
  std::vector<Cells> columns;
  std::size_t height = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    columns.push_back(widths[i] == 0 ? Cells() : wrapped(cells[i], widths[i]));
    height = std::max(height, columns.back().size());
  }
  std::string text;
  for (std::size_t at = 0; at < height; ++at) {
    Cells line_cells;
    for (const auto& column : columns) {
      line_cells.push_back(at < column.size() ? column[at] : std::string());
    }
    text += std::string(indent) + line(line_cells, widths) + "\n";
  }
  return text;
}

std::string Table::line(const Cells& cells, const Widths& widths) const {
  std::string line;
  bool is_first = true;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (widths[i] == 0) continue;
    if (!std::exchange(is_first, false)) line += kGap;
    line += columns_[i].align == Align::left ? pad_right(cells[i], widths[i])
                                             : pad_left(cells[i], widths[i]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace actbook::cli

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace actbook::cli {

/// How many cells of a terminal a text takes.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The text with spaces after it, up to `width`.
[[nodiscard]] std::string pad_right(std::string_view text, std::size_t width);
/// The text with spaces before it.
[[nodiscard]] std::string pad_left(std::string_view text, std::size_t width);

/// The width that asks for lists: a line for each field, one row below the other.
inline constexpr std::size_t kListWidth = 0;

/// Between what was and what is, in a column of its own; lists do without it.
inline constexpr std::string_view kArrow = "→";

/// Aligned columns. A column in which no row has anything is left out, so that lines are no wider
/// than they need be.
class Table {
 public:
  enum class Align { left, right };
  struct Column {
    std::string heading;
    Align align = Align::left;
  };

  /// Where no column has a heading, none are printed.
  explicit Table(std::vector<Column> columns);

  void add(std::vector<std::string> cells);
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

  /// One line a row, each with `indent` before it. Where that is wider than `width`, the widest
  /// columns are narrowed, and their cells go over several lines; words, and so ids, are never
  /// broken. With kListWidth, and where columns have headings: a line for each cell that has
  /// something, behind its heading, and an empty line between rows.
  [[nodiscard]] std::string text(std::string_view indent, std::size_t width) const;

 private:
  using Cells = std::vector<std::string>;
  using Widths = std::vector<std::size_t>;

  [[nodiscard]] bool is_headed() const;
  [[nodiscard]] std::string list(std::string_view indent) const;
  /// The widths of the columns for cells measured so; 0 for a column without anything.
  [[nodiscard]] Widths measure(std::size_t (*measure_cell)(std::string_view)) const;
  [[nodiscard]] Widths fit(std::size_t width) const;
  [[nodiscard]] std::string lines(const Cells& cells, const Widths& widths,
                                  std::string_view indent) const;
  [[nodiscard]] std::string line(const Cells& cells, const Widths& widths) const;

  std::vector<Column> columns_;
  std::vector<Cells> rows_;
};

}  // namespace actbook::cli

#include "record_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "actbook/json.h"
#include "csv_writer.h"
#include "table.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

std::string text(const flatbuffers::String* string) {
  return string == nullptr ? std::string() : string->str();
}

std::string receipt_json(const Flat<log::Receipt>& receipt) {
  return table_to_json(log::Receipt::GetFullyQualifiedName(), receipt.bytes());
}

std::string error_json(std::uint64_t line, const Error& error) {
  const ordered_json document = {{"error",
                                  {{"line", line},
                                   {"kind", to_string(error.kind)},
                                   {"code", error.code},
                                   {"message", error.message}}}};
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string summary(const Tally& tally) {
  return fmt::format(
      "{}: {} recorded, {} unchanged, {} refused{}; head is position {}",
      count_words(tally.lines, "line", "lines"), tally.recorded, tally.unchanged, tally.refused,
      tally.failed == 0 ? "" : fmt::format(", {} in error", tally.failed), tally.head.value);
}

/// For people. Columns have fixed widths, because a row is printed before the next is known; what
/// is longer than its column moves the rest of its row.
class TableReport final : public RecordReport {
 public:
  explicit TableReport(Output& out) : out_(out) {}

  void receipt(std::uint64_t line, const Flat<log::Receipt>& receipt) override {
    row({std::to_string(line), text(receipt->command_id()),
         log::EnumNameOutcome(receipt->outcome()), text(receipt->command_type()),
         positions(*receipt), time_words(receipt->recorded_at()), remarks(*receipt)});
  }

  void error(std::uint64_t line, const Error& error) override {
    complain(line_error_words(line, error));
  }

  void end(const Tally& tally) override { out_.line(summary(tally)); }

 private:
  using Cells = std::array<std::string, 7>;

  void row(const Cells& cells) {
    if (!is_headed_) {
      is_headed_ = true;
      row({"LINE", "COMMAND ID", "OUTCOME", "COMMAND", "POSITIONS", "RECORDED AT", "REMARKS"});
    }
    constexpr std::array<std::size_t, 6> kWidths = {5, 12, 9, 27, 11, 20};
    std::string row = pad_left(cells[0], kWidths[0]);
    for (std::size_t i = 1; i < kWidths.size(); ++i) row += "  " + pad_right(cells[i], kWidths[i]);
    row += "  " + cells.back();
    row.erase(row.find_last_not_of(' ') + 1);
    out_.line(row);
  }

  static std::string positions(const log::Receipt& receipt) {
    const auto first = receipt.first_position();
    const auto last = receipt.last_position();
    if (first == 0) return {};
    return first == last ? std::to_string(first) : fmt::format("{}-{}", first, last);
  }

  static std::string remarks(const log::Receipt& receipt) {
    if (receipt.outcome() == log::Outcome::refused) {
      const auto code = text(receipt.reason());
      const auto sentence = reason_sentence(code);
      return sentence.empty() ? code : code + ": " + sentence;
    }
    std::string remarks = text(receipt.result());
    std::string created;
    if (receipt.created() != nullptr) {
      for (const auto* entity : *receipt.created()) {
        created += (created.empty() ? "created " : ", ") + entity->str();
      }
    }
    if (!remarks.empty() && !created.empty()) remarks += "; ";
    return remarks + created;
  }

  Output& out_;
  bool is_headed_ = false;
};

class JsonLinesReport final : public RecordReport {
 public:
  explicit JsonLinesReport(Output& out) : out_(out) {}

  void receipt(std::uint64_t, const Flat<log::Receipt>& receipt) override {
    out_.line(receipt_json(receipt));
  }
  void error(std::uint64_t line, const Error& error) override {
    out_.line(error_json(line, error));
  }
  void end(const Tally&) override {}

 private:
  Output& out_;
};

/// One array, begun before its end is known.
class JsonReport final : public RecordReport {
 public:
  explicit JsonReport(Output& out) : out_(out) {}

  void receipt(std::uint64_t, const Flat<log::Receipt>& receipt) override {
    add(receipt_json(receipt));
  }
  void error(std::uint64_t line, const Error& error) override { add(error_json(line, error)); }
  void end(const Tally&) override { out_.line(is_begun_ ? "\n]" : "[]"); }

 private:
  void add(const std::string& element) {
    out_.write((is_begun_ ? ",\n  " : "[\n  ") + element);
    is_begun_ = true;
  }

  Output& out_;
  bool is_begun_ = false;
};

/// Receipts only: an error has other columns, and goes to standard error.
class CsvReport final : public RecordReport {
 public:
  explicit CsvReport(Output& out)
      : columns_(csv_columns(log::Receipt::GetFullyQualifiedName())), csv_(out, headings()) {}

  void receipt(std::uint64_t line, const Flat<log::Receipt>& receipt) override {
    auto cells = csv_cells(columns_, receipt_json(receipt));
    cells.insert(cells.begin(), std::to_string(line));
    csv_.row(cells);
  }
  void error(std::uint64_t line, const Error& error) override {
    complain(line_error_words(line, error));
  }
  void end(const Tally&) override {}

 private:
  [[nodiscard]] std::vector<std::string> headings() const {
    auto headings = columns_;
    headings.insert(headings.begin(), "line");
    return headings;
  }

  std::vector<std::string> columns_;
  CsvWriter csv_;
};

/// The end alone; errors are worth a word even so.
class QuietReport final : public RecordReport {
 public:
  QuietReport(Output& out, Format format) : out_(out), format_(format) {}

  void receipt(std::uint64_t, const Flat<log::Receipt>&) override {}
  void error(std::uint64_t line, const Error& error) override {
    complain(line_error_words(line, error));
  }

  void end(const Tally& tally) override {
    if (format_ == Format::table) return out_.line(summary(tally));
    const ordered_json document = {{"lines", tally.lines},         {"recorded", tally.recorded},
                                   {"unchanged", tally.unchanged}, {"refused", tally.refused},
                                   {"failed", tally.failed},       {"head", tally.head.value}};
    if (format_ != Format::csv) return out_.line(document.dump(format_ == Format::json ? 2 : -1));
    std::vector<std::string> names;
    std::vector<std::string> values;
    for (const auto& [name, value] : document.items()) {
      names.push_back(name);
      values.push_back(value.dump());
    }
    CsvWriter(out_, names).row(values);
  }

 private:
  Output& out_;
  Format format_;
};

}  // namespace

std::unique_ptr<RecordReport> make_record_report(Output& out, Format format, bool quiet) {
  if (quiet) return std::make_unique<QuietReport>(out, format);
  switch (format) {
    case Format::json:
      return std::make_unique<JsonReport>(out);
    case Format::jsonl:
      return std::make_unique<JsonLinesReport>(out);
    case Format::csv:
      return std::make_unique<CsvReport>(out);
    case Format::table:
      break;
  }
  return std::make_unique<TableReport>(out);
}

std::string line_error_words(std::uint64_t line, const Error& error) {
  return fmt::format("line {}: {}", line, error.message);
}

}  // namespace actbook::cli

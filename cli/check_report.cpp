#include "check_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "csv_writer.h"
#include "table.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

// What is longer says no more to people; json has it whole.
constexpr std::size_t kMaxShownBytes = 600;

const char* verdict(const ScenarioReport& report) {
  if (report.malformed) return "malformed";
  return report.findings.empty() ? "ok" : "differs";
}

std::string shown(const std::string& text) {
  if (text.size() <= kMaxShownBytes) return text;
  auto end = kMaxShownBytes;
  // Not within a character.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

/// A sentence that may have been given on several lines, on one.
std::string one_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  for (auto& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

std::string dump(const ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

class TableReport final : public CheckReport {
 public:
  explicit TableReport(Output& out) : out_(out) {}

  void scenario(const ScenarioReport& report, const std::string& kept) override {
    ++files_;
    for (const auto& finding : report.findings) print(finding);
    if (report.malformed) out_.line(report.malformed->message);
    if (!report.is_as_expected()) ++failed_;
    out_.line(fmt::format("{:<4} {}: {}{}{}", report.is_as_expected() ? "ok" : "FAIL", report.file,
                          counts(report), remark(report),
                          kept.empty() ? "" : "; its ledger is " + kept));
    out_.flush();
  }

  void end() override {
    if (files_ < 2) return;
    out_.line(fmt::format("{}: {} as expected, {} not", count_words(files_, "file", "files"),
                          files_ - failed_, failed_));
  }

 private:
  static std::string counts(const ScenarioReport& report) {
    return count_words(report.steps, "step", "steps") + ", " +
           count_words(report.questions, "question", "questions");
  }

  static std::string remark(const ScenarioReport& report) {
    if (report.malformed) return "; the file is wrong, and nothing after that was run";
    if (report.findings.empty()) return "";
    return fmt::format("; {} not as expected", report.findings.size());
  }

  void print(const Finding& finding) {
    const auto line = finding.line == 0 ? "" : ":" + std::to_string(finding.line);
    out_.line(finding.file + line + ": " + finding.what);
    if (!finding.about.empty()) out_.line("  " + one_line(finding.about));
    if (!finding.outcome.empty()) out_.line("  → " + shown(finding.outcome));
    Table table({{"LINE", Table::Align::right}, {"WHERE"}, {"EXPECTED"}, {"ACTUAL"}});
    for (const auto& difference : finding.differences) {
      table.add({difference.line == 0 ? "" : std::to_string(difference.line), difference.path,
                 shown(difference.expected), shown(difference.actual)});
    }
    out_.write(table.text("  ", out_.width()));
  }

  Output& out_;
  std::size_t files_ = 0;
  std::size_t failed_ = 0;
};

ordered_json to_json(const Finding& finding) {
  auto differences = ordered_json::array();
  for (const auto& difference : finding.differences) {
    differences.push_back({{"line", difference.line},
                           {"path", difference.path},
                           {"expected", difference.expected},
                           {"actual", difference.actual}});
  }
  return {{"file", finding.file},   {"line", finding.line},       {"what", finding.what},
          {"about", finding.about}, {"outcome", finding.outcome}, {"differences", differences}};
}

ordered_json to_json(const ScenarioReport& report, const std::string& kept) {
  ordered_json json = {{"file", report.file},           {"scenario", report.title},
                       {"result", verdict(report)},     {"steps", report.steps},
                       {"questions", report.questions}, {"findings", ordered_json::array()}};
  for (const auto& finding : report.findings) json["findings"].push_back(to_json(finding));
  if (report.malformed) {
    json["error"] = {{"code", report.malformed->code}, {"message", report.malformed->message}};
  }
  if (!kept.empty()) json["ledger"] = kept;
  return json;
}

/// One array; or, as jsonl, a line for each file as soon as it is done.
class JsonReport final : public CheckReport {
 public:
  JsonReport(Output& out, Format format) : out_(out), format_(format) {}

  void scenario(const ScenarioReport& report, const std::string& kept) override {
    if (format_ == Format::json) {
      all_.push_back(to_json(report, kept));
      return;
    }
    out_.line(dump(to_json(report, kept), -1));
    out_.flush();
  }

  void end() override {
    if (format_ == Format::json) out_.line(dump(all_, 2));
  }

 private:
  Output& out_;
  Format format_;
  ordered_json all_ = ordered_json::array();
};

/// A row for each difference.
class CsvReport final : public CheckReport {
 public:
  explicit CsvReport(Output& out)
      : csv_(out, {"scenario", "file", "line", "what", "outcome", "where", "expected", "actual"}) {}

  void scenario(const ScenarioReport& report, const std::string&) override {
    for (const auto& finding : report.findings) {
      for (const auto& difference : finding.differences) {
        csv_.row({report.file, finding.file, std::to_string(finding.line), finding.what,
                  finding.outcome, difference.path, difference.expected, difference.actual});
      }
    }
    if (report.malformed) complain(report.malformed->message);
  }

  void end() override {}

 private:
  CsvWriter csv_;
};

}  // namespace

std::unique_ptr<CheckReport> make_check_report(Output& out, Format format) {
  if (format == Format::table) return std::make_unique<TableReport>(out);
  if (format == Format::csv) return std::make_unique<CsvReport>(out);
  return std::make_unique<JsonReport>(out, format);
}

}  // namespace actbook::cli

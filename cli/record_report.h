#pragma once

#include <cstdint>
#include <memory>

#include "actbook/ledger.h"
#include "output.h"

namespace actbook::cli {

/// What became of the lines of a file.
struct Tally {
  std::uint64_t lines = 0;
  std::uint64_t recorded = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
  Position head;
};

/// Tells, line by line, what became of commands.
class RecordReport {
 public:
  RecordReport() = default;
  RecordReport(const RecordReport&) = delete;
  RecordReport& operator=(const RecordReport&) = delete;
  virtual ~RecordReport() = default;

  virtual void receipt(std::uint64_t line, const Flat<log::Receipt>& receipt) = 0;
  virtual void error(std::uint64_t line, const Error& error) = 0;
  virtual void end(const Tally& tally) = 0;
};

/// `quiet` tells the end alone.
[[nodiscard]] std::unique_ptr<RecordReport> make_record_report(Output& out, Format format,
                                                               bool quiet);

/// An error of one line of the input, for people: it begins with the line's number.
[[nodiscard]] std::string line_error_words(std::uint64_t line, const Error& error);

}  // namespace actbook::cli

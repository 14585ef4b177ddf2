#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "output.h"
#include "scenario_run.h"

namespace actbook::cli {

/// Tells, file by file, what became of scenarios.
class CheckReport {
 public:
  CheckReport() = default;
  CheckReport(const CheckReport&) = delete;
  CheckReport& operator=(const CheckReport&) = delete;
  virtual ~CheckReport() = default;

  /// `kept` is where the ledger was left; empty if it is gone.
  virtual void scenario(const ScenarioReport& report, const std::string& kept) = 0;
  virtual void end() = 0;
};

[[nodiscard]] std::unique_ptr<CheckReport> make_check_report(Output& out, Format format);

}  // namespace actbook::cli

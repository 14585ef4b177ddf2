#pragma once

#include <string>
#include <vector>

#include "actbook/ledger.h"

namespace actbook::cli {

/// Where instants stand on a line from `left` to `right`, and which of them are named below it.
class TimeAxis {
 public:
  struct Tick {
    double x = 0;
    std::string label;
  };

  /// `first` and `last` may be the same.
  TimeAxis(Timestamp first, Timestamp last, double left, double right);

  [[nodiscard]] double x(Timestamp at) const;
  /// Full years, months, days or hours, as many as can be read.
  [[nodiscard]] std::vector<Tick> ticks() const;
  [[nodiscard]] double left() const { return left_; }
  [[nodiscard]] double right() const { return right_; }

 private:
  Timestamp first_;
  Timestamp last_;
  double left_;
  double right_;
};

}  // namespace actbook::cli

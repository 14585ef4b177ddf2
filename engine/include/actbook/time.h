#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "actbook/error.h"

namespace actbook {

/// An instant in UTC, in microseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  std::int64_t microseconds = 0;

  auto operator<=>(const Timestamp&) const = default;
};

/// Days as the domain counts them: 24 hours each.
[[nodiscard]] Timestamp plus_days(Timestamp from, int days);
/// The same time of the same day of the next month in UTC, or of that month's last day.
[[nodiscard]] Timestamp plus_month(Timestamp from);
/// The first instant of the month in UTC.
[[nodiscard]] Timestamp month_start(Timestamp time);
/// From the month of the first to that of the second, in UTC; negative, if that comes before.
[[nodiscard]] int months_between(Timestamp first, Timestamp second);

/// ISO 8601 in UTC: 2026-03-01T09:00:00Z, with a fraction of up to six digits only where there is
/// one.
[[nodiscard]] std::string to_iso8601(Timestamp time);

/// Reads 2026-03-01, 2026-03-01T09:00Z, 2026-03-01T09:00:00Z, fractions of up to six digits, and
/// offsets such as +02:00. A time of day needs Z or an offset; a bare date is its first instant in
/// UTC. Years 1970 to 9999. Errors: invalid.
[[nodiscard]] Result<Timestamp> parse_iso8601(std::string_view text);

/// Where a ledger gets the time from. Called from any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override;
};

/// Stands still until it is set: for tests, demonstrations and rehearsals.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start = {}) : now_(start.microseconds) {}
  [[nodiscard]] Timestamp now() const override { return Timestamp{now_.load()}; }
  void set(Timestamp now) { now_.store(now.microseconds); }

 private:
  std::atomic<std::int64_t> now_;
};

}  // namespace actbook

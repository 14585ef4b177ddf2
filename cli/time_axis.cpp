#include "time_axis.h"

#include <algorithm>
#include <array>

namespace actbook::cli {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr int kMonthsOfYear = 12;
constexpr std::int64_t kMostTicks = 6;

/// The first step that gives few enough ticks; 0, if even the largest gives too many.
template <std::size_t Count>
std::int64_t step_for(std::int64_t length, const std::array<std::int64_t, Count>& steps) {
  const auto found =
      std::ranges::find_if(steps, [&](std::int64_t step) { return length / step < kMostTicks; });
  return found == steps.end() ? 0 : *found;
}

constexpr std::array<std::int64_t, 18> kSteps = {
    kSecond,      5 * kSecond,  15 * kSecond, 30 * kSecond, kMinute,   5 * kMinute,
    15 * kMinute, 30 * kMinute, kHour,        3 * kHour,    6 * kHour, 12 * kHour,
    kDay,         2 * kDay,     3 * kDay,     5 * kDay,     7 * kDay,  14 * kDay};
constexpr std::array<std::int64_t, 10> kMonthSteps = {1, 2, 3, 6, 12, 24, 60, 120, 240, 600};

std::string part(const std::string& iso, std::size_t from, std::size_t size) {
  return iso.substr(from, size);
}

// Of 2026-03-01T09:00:00Z what differs from tick to tick.
std::string label_of(Timestamp at, std::int64_t step) {
  const auto iso = to_iso8601(at);
  if (step >= kDay) return part(iso, 0, 10);
  if (at.microseconds % kDay == 0) return part(iso, 0, 10);
  return step >= kMinute ? part(iso, 11, 5) : part(iso, 11, 8);
}

}  // namespace

TimeAxis::TimeAxis(Timestamp first, Timestamp last, double left, double right)
    : first_(first), last_(last), left_(left), right_(right) {
  // Room at both ends, and for a single instant.
  const auto margin = std::max(kMinute, (last.microseconds - first.microseconds) / 50);
  first_.microseconds -= margin;
  last_.microseconds += margin;
}

double TimeAxis::x(Timestamp at) const {
  const auto part = static_cast<double>(at.microseconds - first_.microseconds);
  const auto whole = static_cast<double>(last_.microseconds - first_.microseconds);
  return left_ + (right_ - left_) * std::clamp(part / whole, 0.0, 1.0);
}

std::vector<TimeAxis::Tick> TimeAxis::ticks() const {
  std::vector<Tick> ticks;
  const auto length = last_.microseconds - first_.microseconds;
  if (const auto step = step_for(length, kSteps); step != 0) {
    auto at = (first_.microseconds / step + 1) * step;
    for (; at <= last_.microseconds; at += step) {
      ticks.push_back({x(Timestamp{at}), label_of(Timestamp{at}, step)});
    }
    return ticks;
  }
  auto months = step_for(months_between(first_, last_), kMonthSteps);
  if (months == 0) months = kMonthSteps.back();
  auto at = month_start(first_);
  for (; at <= last_; at = plus_month(at)) {
    const auto since_1970 = months_between(Timestamp{}, at);
    if (at < first_ || since_1970 % months != 0) continue;
    const auto iso = to_iso8601(at);
    ticks.push_back({x(at), months % kMonthsOfYear == 0 ? part(iso, 0, 4) : part(iso, 0, 7)});
  }
  return ticks;
}

}  // namespace actbook::cli

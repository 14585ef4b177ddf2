#include "actbook/time.h"

#include <date/date.h>

#include <array>
#include <boost/outcome/try.hpp>
#include <chrono>
#include <cstdio>
#include <optional>

namespace actbook {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Instant = date::sys_time<microseconds>;

constexpr Instant kFirst = date::sys_days{date::year{1970} / 1 / 1};
constexpr Instant kEnd = date::sys_days{date::year{10000} / 1 / 1};
constexpr std::size_t kFractionDigits = 6;

Error not_a_time(const std::string& why) {
  return {ErrorKind::invalid,
          "INVALID_TIME",
          "not a time: " + why + "; write it like 2026-03-01T09:00:00Z",
          {}};
}

/// Takes what it knows off the front of a text. What it does not know stays, and is the text's
/// error.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }

  bool take(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// A number of exactly `count` digits.
  std::optional<int> number(std::size_t count) {
    if (leading_digits() < count) return std::nullopt;
    int value = 0;
    for (const char digit : rest_.substr(0, count)) value = value * 10 + (digit - '0');
    rest_.remove_prefix(count);
    return value;
  }

  [[nodiscard]] std::size_t leading_digits() const {
    const auto end = rest_.find_first_not_of("0123456789");
    return end == std::string_view::npos ? rest_.size() : end;
  }

 private:
  std::string_view rest_;
};

Result<date::sys_days> scan_day(Scanner& text) {
  const auto year = text.number(4);
  const bool first_dash = text.take('-');
  const auto month = text.number(2);
  const bool second_dash = text.take('-');
  const auto day = text.number(2);
  if (!year || !first_dash || !month || !second_dash || !day) {
    return not_a_time("it does not begin with a date");
  }
  const date::year_month_day date{date::year{*year}, date::month{static_cast<unsigned>(*month)},
                                  date::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return not_a_time("the calendar has no such day");
  return date::sys_days{date};
}

/// The fraction of a second after its point.
Result<microseconds> scan_fraction(Scanner& text) {
  const std::size_t digits = text.leading_digits();
  if (digits == 0) return not_a_time("the fraction of a second has no digits");
  if (digits > kFractionDigits) {
    return not_a_time("a fraction of a second has at most six digits");
  }
  int value = *text.number(digits);
  for (std::size_t i = digits; i < kFractionDigits; ++i) value *= 10;
  return microseconds{value};
}

Result<microseconds> scan_time_of_day(Scanner& text) {
  const auto hour = text.number(2);
  const bool colon = text.take(':');
  const auto minute = text.number(2);
  if (!hour || !colon || !minute) return not_a_time("the time of day needs hours and minutes");
  std::optional<int> second = 0;
  microseconds fraction{0};
  if (text.take(':')) {
    second = text.number(2);
    if (!second) return not_a_time("the seconds need two digits");
    if (text.take('.')) {
      BOOST_OUTCOME_TRY(scanned, scan_fraction(text));
      fraction = scanned;
    }
  }
  // A leap second has no place in a count of microseconds since 1970.
  if (*hour > 23 || *minute > 59 || *second > 59) {
    return not_a_time("the time of day runs from 00:00:00 to 23:59:59");
  }
  return hours{*hour} + minutes{*minute} + seconds{*second} + fraction;
}

/// How far local time is ahead of UTC.
Result<minutes> scan_zone(Scanner& text) {
  if (text.take('Z')) return minutes{0};
  const bool ahead = text.take('+');
  if (!ahead && !text.take('-')) {
    return not_a_time("a time of day needs Z or an offset such as +02:00 at its end");
  }
  const auto hour = text.number(2);
  const bool colon = text.take(':');
  const auto minute = text.number(2);
  if (!hour || !colon || !minute || *hour > 23 || *minute > 59) {
    return not_a_time("an offset is written like +02:00");
  }
  const minutes offset = hours{*hour} + minutes{*minute};
  return ahead ? offset : -offset;
}

}  // namespace

Timestamp plus_days(Timestamp from, int days) {
  return Timestamp{from.microseconds + microseconds{date::days{days}}.count()};
}

Timestamp plus_month(Timestamp from) {
  const Instant instant{microseconds{from.microseconds}};
  const auto day = date::floor<date::days>(instant);
  auto next = date::year_month_day{day} + date::months{1};
  if (!next.ok()) next = next.year() / next.month() / date::last;
  const Instant moved = date::sys_days{next} + (instant - day);
  return Timestamp{moved.time_since_epoch().count()};
}

Timestamp month_start(Timestamp time) {
  const Instant instant{microseconds{time.microseconds}};
  const date::year_month_day day{date::floor<date::days>(instant)};
  const Instant start = date::sys_days{day.year() / day.month() / 1};
  return Timestamp{start.time_since_epoch().count()};
}

int months_between(Timestamp first, Timestamp second) {
  const auto month = [](Timestamp time) {
    const Instant instant{microseconds{time.microseconds}};
    const date::year_month_day day{date::floor<date::days>(instant)};
    return day.year() / day.month();
  };
  return static_cast<int>((month(second) - month(first)).count());
}

std::string to_iso8601(Timestamp time) {
  // In plain numbers, because the first midnight of all lies beyond what a count of microseconds
  // holds.
  constexpr std::int64_t kDay = microseconds{date::days{1}}.count();
  const bool borrow = time.microseconds % kDay < 0;
  const date::days days{static_cast<int>(time.microseconds / kDay - (borrow ? 1 : 0))};
  const microseconds rest{time.microseconds % kDay + (borrow ? kDay : 0)};
  const date::year_month_day day{date::sys_days{days}};
  const date::hh_mm_ss<microseconds> clock{rest};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", int{day.year()},
                unsigned{day.month()}, unsigned{day.day()}, static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  std::string result(text.data());
  if (const auto fraction = clock.subseconds().count(); fraction != 0) {
    std::snprintf(text.data(), text.size(), ".%06d", static_cast<int>(fraction));
    result += text.data();
    result.erase(result.find_last_not_of('0') + 1);
  }
  return result + 'Z';
}

Result<Timestamp> parse_iso8601(std::string_view text) {
  Scanner scanner(text);
  BOOST_OUTCOME_TRY(day, scan_day(scanner));
  Instant instant = day;
  if (!scanner.done()) {
    if (!scanner.take('T')) return not_a_time("after the date comes nothing, or T and the time");
    BOOST_OUTCOME_TRY(time_of_day, scan_time_of_day(scanner));
    BOOST_OUTCOME_TRY(ahead, scan_zone(scanner));
    instant += time_of_day;
    instant -= ahead;
  }
  if (!scanner.done()) return not_a_time("something follows it");
  if (instant < kFirst || instant >= kEnd) {
    return not_a_time("it lies outside the years 1970 to 9999 in UTC");
  }
  return Timestamp{instant.time_since_epoch().count()};
}

Timestamp SystemClock::now() const {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return Timestamp{std::chrono::floor<microseconds>(now).count()};
}

}  // namespace actbook

#include "actbook/time.h"

#include <doctest/doctest.h>

#include <chrono>
#include <limits>

namespace actbook::test {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

std::int64_t microseconds(std::string_view text) {
  const auto time = parse_iso8601(text);
  REQUIRE_MESSAGE(time.has_value(), text);
  return time.value().microseconds;
}

/// Why the text is refused; empty if it is not.
std::string refusal(std::string_view text) {
  const auto time = parse_iso8601(text);
  if (time) return {};
  CHECK(time.error().kind == ErrorKind::invalid);
  CHECK(time.error().code == "INVALID_TIME");
  return time.error().message;
}

TEST_CASE("time: every allowed form is read") {
  CHECK(microseconds("1970-01-01") == 0);
  CHECK(microseconds("1970-01-02") == kDay);
  CHECK(microseconds("1970-01-01T00:00Z") == 0);
  CHECK(microseconds("1970-01-01T01:02Z") == 3720 * kSecond);
  CHECK(microseconds("1970-01-01T01:02:03Z") == 3723 * kSecond);
  CHECK(microseconds("1970-01-01T00:00:00.5Z") == kSecond / 2);
  CHECK(microseconds("1970-01-01T00:00:00.000001Z") == 1);
  CHECK(microseconds("1970-01-01T00:00:00.000100Z") == 100);
  CHECK(microseconds("2026-03-01T09:00:00Z") == 1'772'355'600 * kSecond);
  CHECK(microseconds("9999-12-31T23:59:59.999999Z") == 253'402'300'800 * kSecond - 1);
}

TEST_CASE("time: an offset says how far local time is ahead") {
  CHECK(microseconds("2026-03-01T11:00:00+02:00") == microseconds("2026-03-01T09:00:00Z"));
  CHECK(microseconds("2026-03-01T03:30-05:30") == microseconds("2026-03-01T09:00:00Z"));
  CHECK(microseconds("2026-03-01T00:30:00.25+01:00") == microseconds("2026-02-28T23:30:00.25Z"));
}

TEST_CASE("time: the calendar counts") {
  CHECK(microseconds("2024-02-29") + kDay == microseconds("2024-03-01"));
  CHECK(microseconds("2000-02-29") + kDay == microseconds("2000-03-01"));
  for (const auto* text : {"2026-02-29", "2026-02-30", "2100-02-29", "2026-04-31", "2026-13-01",
                           "2026-00-10", "2026-01-00", "2026-01-32"}) {
    CHECK_MESSAGE(refusal(text).find("no such day") != std::string::npos, text);
  }
}

TEST_CASE("time: what is not of the form is refused") {
  for (const auto* text : {"",
                           " ",
                           "2026",
                           "2026-03",
                           "2026-3-1",
                           "26-03-01",
                           "+2026-03-01",
                           "20260301",
                           "2026-03-01T",
                           "2026-03-01 09:00:00Z",
                           "2026-03-01t09:00:00Z",
                           " 2026-03-01",
                           "2026-03-01 ",
                           "2026-060",
                           "2026-03-01T9:00Z",
                           "2026-03-01T09Z",
                           "2026-03-01T0900Z",
                           "2026-03-01T09:00:0Z",
                           "2026-03-01T09:00:00.Z",
                           "2026-03-01T09:00.5Z",
                           "2026-03-01T09:00:00,5Z",
                           "2026-03-01T09:00:00z",
                           "2026-03-01T09:00:00+2:00",
                           "2026-03-01T09:00:00+0200",
                           "2026-03-01T09:00:00+02",
                           "2026-03-01T09:00:00+24:00",
                           "2026-03-01T09:00:00+02:60",
                           "2026-W10-7",
                           "2026-03-01T-9:00Z",
                           "1772355600",
                           "today",
                           "2026-03-01Z"}) {
    CHECK_MESSAGE(!refusal(text).empty(), text);
  }
}

TEST_CASE("time: a refusal says why, and how to write it") {
  CHECK(refusal("2026-03-01T09:00:00").find("needs Z or an offset") != std::string::npos);
  CHECK(refusal("2026-03-01T09:00").find("needs Z or an offset") != std::string::npos);
  CHECK(refusal("2026-03-01T09:00:00Zulu").find("something follows") != std::string::npos);
  CHECK(refusal("2026-03-01T09:00:00.1234567Z").find("at most six") != std::string::npos);
  for (const auto* text :
       {"2026-03-01T24:00:00Z", "2026-03-01T23:60:00Z", "2026-12-31T23:59:60Z"}) {
    CHECK_MESSAGE(refusal(text).find("runs from") != std::string::npos, text);
  }
  CHECK(refusal("soon").ends_with("write it like 2026-03-01T09:00:00Z"));
}

TEST_CASE("time: only the years 1970 to 9999, in UTC") {
  for (const auto* text : {"1969-12-31", "0000-01-01", "1969-12-31T23:59:59.999999Z",
                           "1970-01-01T01:00:00+02:00", "9999-12-31T23:00:00-02:00"}) {
    CHECK_MESSAGE(refusal(text).find("1970 to 9999") != std::string::npos, text);
  }
  CHECK(microseconds("1969-12-31T23:00:00-02:00") == 3600 * kSecond);
  CHECK(refusal("10000-01-01") != "");
}

TEST_CASE("time: written as short as it can be") {
  CHECK(to_iso8601(Timestamp{0}) == "1970-01-01T00:00:00Z");
  CHECK(to_iso8601(Timestamp{1}) == "1970-01-01T00:00:00.000001Z");
  CHECK(to_iso8601(Timestamp{kSecond / 2}) == "1970-01-01T00:00:00.5Z");
  CHECK(to_iso8601(Timestamp{100}) == "1970-01-01T00:00:00.0001Z");
  CHECK(to_iso8601(Timestamp{10 * kSecond}) == "1970-01-01T00:00:10Z");
  CHECK(to_iso8601(Timestamp{1'772'355'600 * kSecond}) == "2026-03-01T09:00:00Z");
  CHECK(to_iso8601(Timestamp{-1}) == "1969-12-31T23:59:59.999999Z");
  CHECK(to_iso8601(Timestamp{-kDay}) == "1969-12-31T00:00:00Z");
  CHECK(to_iso8601(Timestamp{std::numeric_limits<std::int64_t>::min()}).ends_with('Z'));
  CHECK(to_iso8601(Timestamp{std::numeric_limits<std::int64_t>::max()}).ends_with('Z'));
}

TEST_CASE("time: what is written reads back the same") {
  // Steps that are no multiple of a day, an hour or a second, from one end of the years to the
  // other.
  constexpr std::int64_t kEnd = 253'402'300'800 * kSecond;
  for (std::int64_t at = 0; at < kEnd; at += kEnd / 10'007) {
    const auto text = to_iso8601(Timestamp{at});
    CHECK_MESSAGE(microseconds(text) == at, text);
  }
}

TEST_CASE("time: days are 24 hours, back and forth") {
  const Timestamp start{microseconds("2026-03-01T09:00:00Z")};
  CHECK(to_iso8601(plus_days(start, 30)) == "2026-03-31T09:00:00Z");
  CHECK(to_iso8601(plus_days(start, -1)) == "2026-02-28T09:00:00Z");
  CHECK(plus_days(start, 0) == start);
  CHECK(plus_days(Timestamp{0}, 1'000'000).microseconds == 1'000'000 * kDay);
}

TEST_CASE("time: the manual clock stands still until it is set, the system's does not") {
  ManualClock manual(Timestamp{7});
  CHECK(manual.now() == Timestamp{7});
  manual.set(Timestamp{9});
  CHECK(manual.now() == Timestamp{9});

  const auto before = std::chrono::system_clock::now().time_since_epoch();
  const auto now = std::chrono::microseconds{SystemClock().now().microseconds};
  const auto after = std::chrono::system_clock::now().time_since_epoch();
  CHECK(now >= std::chrono::floor<std::chrono::microseconds>(before));
  CHECK(now <= after);
}

TEST_CASE("error: every kind has its own name") {
  CHECK(std::string(to_string(ErrorKind::invalid)) == "invalid");
  CHECK(std::string(to_string(ErrorKind::conflict)) == "conflict");
  CHECK(std::string(to_string(ErrorKind::unavailable)) == "unavailable");
  CHECK(std::string(to_string(ErrorKind::unknown_outcome)) == "unknown_outcome");
  CHECK(std::string(to_string(ErrorKind::corrupt)) == "corrupt");
  CHECK(std::string(to_string(ErrorKind::unsupported)) == "unsupported");
  CHECK(std::string(to_string(ErrorKind::misuse)) == "misuse");
}

}  // namespace
}  // namespace actbook::test

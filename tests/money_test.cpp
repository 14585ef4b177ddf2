#include "program/money.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "actbook/decide.h"
#include "actbook/ledger.h"
#include "actbook/projector.h"
#include "actbook/tables.h"
#include "program/prices.h"
#include "support/given_when_then.h"
#include "support/seed.h"
#include "support/temp_directory.h"

namespace actbook::testing {
namespace {

using nlohmann::json;
using schema::Rounding;

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
/// The most that a command takes in one field.
constexpr std::int64_t kMostOfOne = 1'000'000'000'000'000;

/// "612.00 cents up" without the point: the amount, and what became of its fraction; or the error.
std::string told(const Result<Rounded>& result) {
  if (!result) return result.error().code;
  return std::to_string(result.value().cents) + " " +
         schema::EnumNameRounding(result.value().rounding);
}

std::string told(const Result<std::int64_t>& result) {
  return result ? std::to_string(result.value()) : result.error().code;
}

// ---- whole numbers of any size, slow and plain ----

/// Digits of 10^4, the lowest first.
using Natural = std::vector<std::uint64_t>;
constexpr std::uint64_t kDigit = 10'000;

std::uint64_t digit(const Natural& number, std::size_t index) {
  return index < number.size() ? number[index] : 0;
}

Natural natural(std::uint64_t value) {
  Natural number;
  for (; value > 0; value /= kDigit) number.push_back(value % kDigit);
  return number;
}

Natural plus(const Natural& left, const Natural& right) {
  Natural sum;
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < std::max(left.size(), right.size()) + 1; ++i) {
    carry += digit(left, i) + digit(right, i);
    sum.push_back(carry % kDigit);
    carry /= kDigit;
  }
  return sum;
}

Natural times(const Natural& left, const Natural& right) {
  Natural product(left.size() + right.size() + 1);
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; i + j < product.size(); ++j) {
      carry += product[i + j] + left[i] * digit(right, j);
      product[i + j] = carry % kDigit;
      carry /= kDigit;
    }
  }
  return product;
}

bool less(const Natural& left, const Natural& right) {
  for (std::size_t i = std::max(left.size(), right.size()); i-- > 0;) {
    if (digit(left, i) != digit(right, i)) return digit(left, i) < digit(right, i);
  }
  return false;
}

/// more - fewer.
struct Whole {
  Natural more;
  Natural fewer;
};

Whole whole(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  if (value < 0) return {{}, natural(0 - bits)};
  return {natural(bits), {}};
}

Whole operator+(const Whole& left, const Whole& right) {
  return {plus(left.more, right.more), plus(left.fewer, right.fewer)};
}

Whole operator-(const Whole& left, const Whole& right) {
  return {plus(left.more, right.fewer), plus(left.fewer, right.more)};
}

Whole operator*(const Whole& left, const Whole& right) {
  return {plus(times(left.more, right.more), times(left.fewer, right.fewer)),
          plus(times(left.more, right.fewer), times(left.fewer, right.more))};
}

bool operator<(const Whole& left, const Whole& right) {
  return less(plus(left.more, right.fewer), plus(right.more, left.fewer));
}

/// Amounts of every size and both signs, the ends of 64 bits and small numbers often.
std::int64_t amount(Random& random) {
  switch (random.below(5)) {
    case 0:
      return static_cast<std::int64_t>(random.below(200)) - 100;
    case 1:
      return kMost - static_cast<std::int64_t>(random.below(3));
    case 2:
      return kLeast + static_cast<std::int64_t>(random.below(3));
    case 3:
      return static_cast<std::int64_t>(random.below(2'000'000'000'000)) - 1'000'000'000'000;
    default:
      return static_cast<std::int64_t>(random.below(std::numeric_limits<std::uint64_t>::max())) >>
             random.below(63);
  }
}

/// Whether `result` is base × numerator / denominator rounded half up: the cents c with
/// 2dc <= 2bn + d < 2d(c + 1), and an error exactly where 64 bits hold no such c.
bool is_right(const Result<Rounded>& result, std::int64_t base, std::int64_t numerator,
              std::int64_t denominator) {
  const auto twice = [](const Whole& number) { return number + number; };
  const auto product = whole(base) * whole(numerator);
  const auto divisor = whole(denominator);
  const auto sought = twice(product) + divisor;
  const auto at_least = [&](const Whole& cents) { return !(sought < twice(divisor * cents)); };
  if (!result) {
    const bool fits = at_least(whole(kLeast)) && !at_least(whole(kMost) + whole(1));
    return !fits && result.error().code == "AMOUNT_OVERFLOW" &&
           result.error().kind == ErrorKind::invalid;
  }
  const auto cents = whole(result.value().cents);
  const auto rounded = divisor * cents;
  const auto rounding = product < rounded   ? Rounding::up
                        : rounded < product ? Rounding::down
                                            : Rounding::exact;
  return at_least(cents) && !at_least(cents + whole(1)) && result.value().rounding == rounding;
}

// ---- sums ----

TEST_CASE("Money: sums at the ends of 64 bits are errors and never wrap") {
  CHECK(told(add_cents(612'00, -166'67)) == "44533");
  CHECK(told(add_cents(kMost, 0)) == std::to_string(kMost));
  CHECK(told(add_cents(kMost - 1, 1)) == std::to_string(kMost));
  CHECK(told(add_cents(kMost, 1)) == "AMOUNT_OVERFLOW");
  CHECK(told(add_cents(kMost, kMost)) == "AMOUNT_OVERFLOW");
  CHECK(told(add_cents(kMost, kLeast)) == "-1");
  CHECK(told(add_cents(kLeast, 0)) == std::to_string(kLeast));
  CHECK(told(add_cents(kLeast, -1)) == "AMOUNT_OVERFLOW");
  CHECK(told(add_cents(kLeast, kLeast)) == "AMOUNT_OVERFLOW");
  CHECK(told(subtract_cents(100, 250)) == "-150");
  CHECK(told(subtract_cents(0, kMost)) == std::to_string(-kMost));
  CHECK(told(subtract_cents(0, kLeast)) == "AMOUNT_OVERFLOW");
  CHECK(told(subtract_cents(-1, kLeast)) == std::to_string(kMost));
  CHECK(told(subtract_cents(kLeast, 1)) == "AMOUNT_OVERFLOW");
  CHECK(told(subtract_cents(kMost, -1)) == "AMOUNT_OVERFLOW");
}

TEST_CASE("Money: an overflow is an invalid command that says so") {
  const auto sum = add_cents(kMost, 1);
  REQUIRE_FALSE(sum);
  CHECK(sum.error().kind == ErrorKind::invalid);
  CHECK(sum.error().message.find("nothing was recorded") != std::string::npos);
}

// ---- shares ----

TEST_CASE("Money: half a cent goes up and less is dropped") {
  CHECK(told(percent_of(3'060'00, 20)) == "61200 exact");
  CHECK(told(percent_of(50, 1)) == "1 up");
  CHECK(told(percent_of(49, 1)) == "0 down");
  CHECK(told(percent_of(51, 1)) == "1 up");
  CHECK(told(percent_of(150, 1)) == "2 up");
  CHECK(told(percent_of(149, 1)) == "1 down");
  CHECK(told(percent_of(1'234, 0)) == "0 exact");
  CHECK(told(percent_of(1'234, 100)) == "1234 exact");
  CHECK(told(percent_of(0, 17)) == "0 exact");
  CHECK(told(scale_cents(500'00, 1'020'00, 3'060'00)) == "16667 up");
  CHECK(told(scale_cents(900'00, 90LL * 73, 100LL * 365)) == "16200 exact");
  CHECK(told(scale_cents(900'00, 85LL * 146, 100LL * 365)) == "30600 exact");
  CHECK(told(scale_cents(1, 1, 3)) == "0 down");
  CHECK(told(scale_cents(1, 2, 3)) == "1 up");
}

TEST_CASE("Money: half up is towards the greater amount below zero too") {
  CHECK(told(percent_of(-50, 1)) == "0 up");     // -0.5
  CHECK(told(percent_of(-51, 1)) == "-1 down");  // -0.51
  CHECK(told(percent_of(-49, 1)) == "0 up");     // -0.49
  CHECK(told(percent_of(-150, 1)) == "-1 up");   // -1.5
  CHECK(told(percent_of(-200, 1)) == "-2 exact");
  CHECK(told(percent_of(50, -1)) == "0 up");
  CHECK(told(percent_of(-50, -1)) == "1 up");
}

TEST_CASE("Money: a share is rounded once at the end and only it has to fit") {
  // Rounding 85 % first would give 1 × 1/2 = 1.
  CHECK(told(scale_cents(1, 85LL * 1, 100LL * 2)) == "0 down");
  CHECK(told(percent_of(kMost, 100)) == std::to_string(kMost) + " exact");
  CHECK(told(percent_of(kLeast, 100)) == std::to_string(kLeast) + " exact");
  CHECK(told(percent_of(kMost, 101)) == "AMOUNT_OVERFLOW");
  CHECK(told(percent_of(kLeast, 101)) == "AMOUNT_OVERFLOW");
  CHECK(told(percent_of(kLeast, -100)) == "AMOUNT_OVERFLOW");
  CHECK(told(scale_cents(kMost, kMost, kMost)) == std::to_string(kMost) + " exact");
  CHECK(told(scale_cents(kLeast, kLeast, kMost)) == "AMOUNT_OVERFLOW");
  CHECK(told(scale_cents(kMost, kMost, 1)) == "AMOUNT_OVERFLOW");
  CHECK(told(scale_cents(kMost, 1, 2)) == "4611686018427387904 up");
  CHECK(told(scale_cents(kMost, 1, kMost)) == "1 exact");
}

TEST_CASE("Money: shares and sums are those of whole numbers of any size") {
  Random random(chosen_seed());
  for (int i = 0; i < 20'000; ++i) {
    const auto base = amount(random);
    const auto numerator = random.below(3) == 0 ? base : amount(random);
    const auto denominator = std::max<std::int64_t>(1, amount(random) & kMost);
    const auto percent = static_cast<std::int32_t>(random.below(202)) - 50;
    const auto scaled = scale_cents(base, numerator, denominator);
    const auto share = percent_of(base, percent);
    const bool right = is_right(scaled, base, numerator, denominator) &&
                       is_right(share, base, percent, 100) &&
                       is_right(scale_cents(base, percent, 100), base, percent, 100);
    REQUIRE_MESSAGE(right, base, " × ", numerator, " / ", denominator, ", ", percent, " %");
  }
}

TEST_CASE("Money: sums and differences are those of whole numbers of any size") {
  Random random(chosen_seed());
  const auto is_sum = [](const Result<std::int64_t>& result, const Whole& sum) {
    const bool fits = !(sum < whole(kLeast)) && !(whole(kMost) < sum);
    if (!result) return !fits && result.error().code == "AMOUNT_OVERFLOW";
    const auto given = whole(result.value());
    return fits && !(given < sum) && !(sum < given);
  };
  for (int i = 0; i < 20'000; ++i) {
    const auto left = amount(random);
    const auto right = amount(random);
    const bool sums = is_sum(add_cents(left, right), whole(left) + whole(right)) &&
                      is_sum(subtract_cents(left, right), whole(left) - whole(right));
    REQUIRE_MESSAGE(sums, left, " and ", right);
  }
}

// ---- prices ----

TEST_CASE("Prices: a seat of the workspace program") {
  using schema::BillingInterval;
  using schema::Tier;
  const auto prices = [](Tier tier) {
    return std::vector<std::int64_t>{seat_cents_per_month(tier, BillingInterval::yearly),
                                     seat_cents_per_month(tier, BillingInterval::monthly),
                                     seat_cents_per_year(tier)};
  };
  CHECK(prices(Tier::innovator) == std::vector<std::int64_t>{20'00, 23'00, 240'00});
  CHECK(prices(Tier::changemaker) == std::vector<std::int64_t>{75'00, 86'00, 900'00});
  CHECK(prices(Tier::guardian) == std::vector<std::int64_t>{150'00, 172'00, 1'800'00});
  CHECK(prices(Tier::free) == std::vector<std::int64_t>{0, 0, 0});
  CHECK(std::string(kSeatCurrency) == "EUR");
}

// ---- months ----

Timestamp instant(const std::string& text) { return parse_iso8601(text).value(); }

TEST_CASE("Months: a month later is the same day or the last of that month") {
  const auto later = [](const std::string& text) { return to_iso8601(plus_month(instant(text))); };
  CHECK(later("2026-03-15T09:30:00.25Z") == "2026-04-15T09:30:00.25Z");
  CHECK(later("2026-01-31T23:59:59.999999Z") == "2026-02-28T23:59:59.999999Z");
  CHECK(later("2026-01-28T00:00:00Z") == "2026-02-28T00:00:00Z");
  CHECK(later("2024-01-31T12:00:00Z") == "2024-02-29T12:00:00Z");
  CHECK(later("2024-01-29T12:00:00Z") == "2024-02-29T12:00:00Z");
  CHECK(later("2100-01-29T12:00:00Z") == "2100-02-28T12:00:00Z");
  CHECK(later("2024-02-29T00:00:00Z") == "2024-03-29T00:00:00Z");
  CHECK(later("2026-03-31T00:00:00Z") == "2026-04-30T00:00:00Z");
  CHECK(later("2026-07-31T00:00:00Z") == "2026-08-31T00:00:00Z");
  CHECK(later("2026-12-31T09:00:00Z") == "2027-01-31T09:00:00Z");
  CHECK(later("1970-01-01T00:00:00Z") == "1970-02-01T00:00:00Z");
}

TEST_CASE("Months: the first instant of one") {
  const auto start = [](const std::string& text) { return to_iso8601(month_start(instant(text))); };
  CHECK(start("2026-03-01T00:00:00Z") == "2026-03-01T00:00:00Z");
  CHECK(start("2026-02-28T23:59:59.999999Z") == "2026-02-01T00:00:00Z");
  CHECK(start("2024-02-29T12:00:00Z") == "2024-02-01T00:00:00Z");
  CHECK(start("2026-12-31T23:59:59Z") == "2026-12-01T00:00:00Z");
  CHECK(start("2026-04-01T01:00:00+02:00") == "2026-03-01T00:00:00Z");
  CHECK(to_iso8601(month_start(Timestamp{-1})) == "1969-12-01T00:00:00Z");
}

TEST_CASE("Months: how many lie between two instants") {
  const auto between = [](const std::string& first, const std::string& second) {
    const auto months = months_between(instant(first), instant(second));
    CHECK(months_between(instant(second), instant(first)) == -months);
    return months;
  };
  CHECK(between("2026-03-01", "2026-03-31T23:59:59.999999Z") == 0);
  CHECK(between("2026-03-31T23:59:59.999999Z", "2026-04-01") == 1);
  CHECK(between("2026-01-31", "2026-02-28") == 1);
  CHECK(between("2026-12-31", "2027-01-01") == 1);
  CHECK(between("2026-12-01", "2026-01-31") == -11);
  CHECK(between("2024-02-29", "2026-02-28") == 24);
  CHECK(between("1970-01-01", "2026-01-01") == 672);
}

// ---- amounts and percents of commands ----

json envelope_of(const std::string& type, const json& command, const std::string& mode) {
  return {{"command_id", "c-1"},
          {"actor", {{"kind", "staff"}, {"id", "sam"}}},
          {"mode", mode},
          {"command_type", type},
          {"command", command}};
}

/// What is wrong with a command before anything is decided.
std::string invalid(const std::string& type, const json& command) {
  const auto read = command_from_json(envelope_of(type, command, "command").dump());
  if (!read) return read.error().message;
  const auto valid = validate_command(read.value(), pack(read.value()));
  if (valid) return {};
  CHECK(valid.error().kind == ErrorKind::invalid);
  CHECK(valid.error().code == "INVALID_FIELD");
  return valid.error().message;
}

TEST_CASE("Amounts: of a command they are from 0 or 1 cent to a limit") {
  const auto at = [](const std::string& type, json command, const std::string& path,
                     const json& value) {
    command[json::json_pointer(path)] = value;
    return invalid(type, command);
  };
  const json charge = {{"charge", "c"},
                       {"account", "a"},
                       {"lines", json::array({{{"kind", "other"}, {"amount_cents", 1}}})}};
  const json refund = {{"refund", "r"}, {"payment", "p"}};
  const json payout = {{"payout", "o"}, {"deal", "d"}};
  for (const std::int64_t amount : {std::int64_t{-1}, kMostOfOne + 1, kLeast, kMost}) {
    CHECK(at("RecordCharge", charge, "/plan_cents", amount).starts_with("command.plan_cents: "));
    CHECK(at("RecordCharge", charge, "/lines/0/amount_cents", amount)
              .starts_with("command.lines[0].amount_cents: "));
    CHECK(
        at("RecordRefund", refund, "/amount_cents", amount).starts_with("command.amount_cents: "));
    CHECK(at("RecordKickbackPaid", payout, "/amount_cents", amount)
              .starts_with("command.amount_cents: "));
  }
  CHECK(at("RecordRefund", refund, "/amount_cents", 0).starts_with("command.amount_cents: "));
  CHECK(at("RecordKickbackPaid", payout, "/amount_cents", 0).starts_with("command.amount_cents: "));
  CHECK(invalid("RecordRefund", refund).starts_with("command.amount_cents: is missing"));
  CHECK(invalid("RecordKickbackPaid", payout).starts_with("command.amount_cents: is missing"));
  CHECK(at("RecordCharge", charge, "/plan_cents", kMostOfOne) == "");
  CHECK(at("RecordCharge", charge, "/plan_cents", 0) == "");
  CHECK(at("RecordCharge", charge, "/lines/0/amount_cents", 0) == "");
  CHECK(at("RecordRefund", refund, "/amount_cents", kMostOfOne) == "");
  CHECK(at("RecordRefund", refund, "/amount_cents", 1) == "");
  CHECK(at("RecordCharge", charge, "/plan_cents", 1.5).starts_with("command.plan_cents: "));
}

TEST_CASE("Percents: of a command they are from 0 to 100") {
  for (const int percent : {-1, 101, 1000}) {
    CHECK(invalid("SetDiscount", {{"account", "a"}, {"percent", percent}})
              .starts_with("command.percent: "));
    CHECK(invalid("RecordCharge",
                  {{"charge", "c"}, {"account", "a"}, {"plan_cents", 1}, {"tax_percent", percent}})
              .starts_with("command.tax_percent: "));
  }
  for (const int percent : {0, 100}) {
    CHECK(invalid("SetDiscount", {{"account", "a"}, {"percent", percent}}) == "");
  }
  CHECK(invalid("SetDiscount", {{"account", "a"}}).starts_with("command.percent: is missing"));
}

TEST_CASE("Charges: what is charged has to be said in a way that makes sense") {
  const json charge = {{"charge", "c"}, {"account", "a"}};
  const auto with = [&](const json& more) {
    json command = charge;
    command.update(more);
    return invalid("RecordCharge", command);
  };
  CHECK(invalid("RecordCharge", charge).starts_with("command: give plan_cents or lines"));
  CHECK(with({{"plan_cents", 0}, {"lines", json::array()}}).starts_with("command: give"));
  const auto line = [](const char* kind) { return json{{"kind", kind}, {"amount_cents", 1}}; };
  for (const auto* kind : {"plan", "seat"}) {
    CHECK(with({{"lines", json::array({line("other"), line(kind)})}})
              .starts_with("command.lines[1].kind: "));
  }
  CHECK(with({{"plan_cents", 1}, {"currency", "eur"}}).starts_with("command.currency: "));
  const auto period = [&](const char* starts_at, const char* ends_at) {
    return with({{"plan_cents", 1}, {"period_starts_at", starts_at}, {"period_ends_at", ends_at}});
  };
  CHECK(period("2026-03-01", "2026-03-01").starts_with("command.period_ends_at: "));
  CHECK(period("2026-03-01", "2026-02-01").starts_with("command.period_ends_at: "));
  CHECK(period("2026-03-01", "2026-03-01T00:00:00.000001Z") == "");
  CHECK(with({{"plan_cents", 1}, {"period_ends_at", "2026-03-01"}}) == "");
}

// ---- what does not fit fails the command ----

/// The code of the error that deciding a command on the world's rows gives; empty if none.
std::string error_of(const World& world, const std::string& type, const json& command) {
  const auto envelope = command_from_json(envelope_of(type, command, "observed").dump());
  REQUIRE(envelope);
  Batch batch(world.rows(), Position{1'000'000}, world.now(), command_info(envelope.value()),
              partner_projector());
  const auto decided = decide(envelope.value(), batch);
  return decided ? "" : decided.error().code;
}

TEST_CASE("Overflow: totals of a deal and of a payment") {
  World world;
  world.given("ReferralDealSigned",
              json{{"deal", "d"},
                   {"workspace", "w"},
                   {"organisation", "o"},
                   {"terms", {{"version", 1}, {"kickback_percent", 100}, {"currency", "EUR"}}}}
                  .dump());
  world.given("BillingAccountOpened",
              R"({"account": "a", "scope": "workspace", "workspace": "w"})");
  world.given("ChargeRecorded", R"({"charge": "c", "account": "a", "workspace": "w",
      "currency": "EUR", "base_cents": 100, "total_cents": 100})");
  const auto pay = [&] {
    return error_of(world, "RecordPayment", {{"payment", "p-2"}, {"charge", "c"}});
  };
  const auto accrued = [&](std::int64_t cents) {
    world.given("KickbackAccrued",
                json{{"deal", "d"}, {"payment", "p-1"}, {"accrued_cents", cents}}.dump());
  };
  accrued(kMost - 100);
  CHECK(pay() == "");
  accrued(1);
  CHECK(pay() == "AMOUNT_OVERFLOW");

  const auto paid = [&](std::int64_t cents) {
    world.given("KickbackPaid",
                json{{"payout", "o-1"}, {"deal", "d"}, {"amount_cents", cents}}.dump());
    return error_of(world, "RecordKickbackPaid",
                    {{"payout", "o-2"}, {"deal", "d"}, {"amount_cents", 1}});
  };
  CHECK(paid(kMost - 1) == "");
  CHECK(paid(1) == "AMOUNT_OVERFLOW");

  const auto refunded = [&](std::int64_t cents) {
    world.given("RefundRecorded",
                json{{"refund", "r-1"}, {"payment", "p-1"}, {"refunded_cents", cents}}.dump());
    return error_of(world, "RecordRefund",
                    {{"refund", "r-2"}, {"payment", "p-1"}, {"amount_cents", 1}});
  };
  CHECK(refunded(kMost - 1) == "");
  CHECK(refunded(kMost) == "AMOUNT_OVERFLOW");
}

TEST_CASE("Overflow: of the sums of a charge nothing is recorded and its ids stay free") {
  const TempDirectory directory;
  Ledger::CreateOptions options;
  options.clock = schema::ClockKind::simulated;
  auto ledger = Ledger::create(directory.path() / "ledger", options).value();
  const auto before = ledger.head();
  const auto record = [&](std::size_t lines) {
    json command = {{"charge", "c"}, {"account", "a"}, {"tax_percent", 100}};
    const json line = {{"kind", "other"}, {"amount_cents", kMostOfOne}};
    command["lines"] = std::vector<json>(lines, line);
    return ledger.record(
        command_from_json(envelope_of("RecordCharge", command, "observed").dump()).value());
  };
  const auto failed = record(4612);  // 2 × 4612 × 10^15 is just too much
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == "AMOUNT_OVERFLOW");
  CHECK(failed.error().kind == ErrorKind::invalid);
  CHECK(ledger.head() == before);
  CHECK_FALSE(find<row::ChargeRowT>(ledger.now(), "c"));
  REQUIRE(record(4611));
  CHECK(ledger.head() == before.next());
  CHECK(find_or_empty<row::ChargeRowT>(ledger.now(), "c").total_cents == kMostOfOne * 2 * 4611);
}

}  // namespace
}  // namespace actbook::testing

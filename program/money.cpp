#include "money.h"

#include <cassert>
#include <limits>

namespace actbook {
namespace {

// Wide enough for any product of two 64-bit numbers, so only the result can be out of range.
__extension__ using Wide = __int128;

Error overflow() {
  return {ErrorKind::invalid,
          "AMOUNT_OVERFLOW",
          "an amount of money does not fit into 64 bits of cents; nothing was recorded",
          {}};
}

Result<std::int64_t> narrow(Wide amount) {
  if (amount > std::numeric_limits<std::int64_t>::max() ||
      amount < std::numeric_limits<std::int64_t>::min()) {
    return overflow();
  }
  return static_cast<std::int64_t>(amount);
}

Wide floor_divide(Wide left, Wide right) {
  const Wide quotient = left / right;
  return left % right < 0 ? quotient - 1 : quotient;
}

}  // namespace

Result<std::int64_t> add_cents(std::int64_t left, std::int64_t right) {
  return narrow(Wide{left} + right);
}

Result<std::int64_t> subtract_cents(std::int64_t left, std::int64_t right) {
  return narrow(Wide{left} - right);
}

Result<Rounded> scale_cents(std::int64_t base, std::int64_t numerator, std::int64_t denominator) {
  assert(denominator > 0);
  const Wide product = Wide{base} * numerator;
  const Wide whole = floor_divide(product, denominator);
  const Wide rest = product - whole * denominator;
  const bool up = 2 * rest >= denominator;
  Rounded rounded;
  if (rest != 0) rounded.rounding = up ? schema::Rounding::up : schema::Rounding::down;
  BOOST_OUTCOME_TRY(cents, narrow(up && rest != 0 ? whole + 1 : whole));
  rounded.cents = cents;
  return rounded;
}

Result<Rounded> percent_of(std::int64_t base, std::int32_t percent) {
  constexpr std::int64_t kHundred = 100;
  return scale_cents(base, percent, kHundred);
}

}  // namespace actbook

#pragma once

#include <cstdint>

#include "actbook/error.h"
#include "actbook/schema/common_generated.h"

// Amounts are whole cents in 64 bits; what does not fit is an error (invalid, AMOUNT_OVERFLOW) and
// never wraps. No floating point. Rounding is half up to the cent (domain.md, 1.5).
namespace actbook {

[[nodiscard]] Result<std::int64_t> add_cents(std::int64_t left, std::int64_t right);
[[nodiscard]] Result<std::int64_t> subtract_cents(std::int64_t left, std::int64_t right);

/// An amount, and what became of its fraction of a cent.
struct Rounded {
  std::int64_t cents = 0;
  schema::Rounding rounding = schema::Rounding::exact;
};

/// base × numerator / denominator, rounded once. The denominator is greater than 0.
[[nodiscard]] Result<Rounded> scale_cents(std::int64_t base, std::int64_t numerator,
                                          std::int64_t denominator);

/// base × percent / 100.
[[nodiscard]] Result<Rounded> percent_of(std::int64_t base, std::int32_t percent);

}  // namespace actbook

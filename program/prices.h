#pragma once

#include <cstdint>

#include "actbook/schema/common_generated.h"

namespace actbook {

/// What a seat of the workspace program costs, in cents of EUR for a month, at the yearly or the
/// monthly rate (domain.md 4.7). 0 for the free tier.
[[nodiscard]] constexpr std::int64_t seat_cents_per_month(schema::Tier tier,
                                                          schema::BillingInterval interval) {
  const bool yearly = interval == schema::BillingInterval::yearly;
  switch (tier) {
    case schema::Tier::free:
      return 0;
    case schema::Tier::innovator:
      return yearly ? 20'00 : 23'00;
    case schema::Tier::changemaker:
      return yearly ? 75'00 : 86'00;
    case schema::Tier::guardian:
      return yearly ? 150'00 : 172'00;
  }
  return 0;
}

/// What a seat costs for a whole year, paid at once.
[[nodiscard]] constexpr std::int64_t seat_cents_per_year(schema::Tier tier) {
  constexpr std::int64_t kMonths = 12;
  return kMonths * seat_cents_per_month(tier, schema::BillingInterval::yearly);
}

inline constexpr const char* kSeatCurrency = "EUR";

}  // namespace actbook

#pragma once

#include <string>
#include <string_view>

#include "actbook/position.h"
#include "actbook/schema/common_generated.h"
#include "actbook/time.h"

namespace actbook {

/// Keys of rows that hold a number; zero-padded, so that they sort as the numbers do.
[[nodiscard]] std::string agreement_version_key(std::string_view agreement, std::uint32_t version);
[[nodiscard]] std::string acceptance_key(std::string_view workspace, Position acceptance);
[[nodiscard]] std::string terms_key(std::string_view deal, std::uint32_t version);
[[nodiscard]] std::string accrual_key(std::string_view deal, Position accrual);
/// Of a month that was billed: the instant it begins at, in microseconds.
[[nodiscard]] std::string billed_month_key(std::int64_t starts_at);
/// Of a year of a plan that was charged: the purchase, and which year since then, from 0.
[[nodiscard]] std::string plan_year_key(Position bought, std::uint32_t year);

}  // namespace actbook

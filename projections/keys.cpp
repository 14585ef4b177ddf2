#include "actbook/keys.h"

namespace actbook {
namespace {

std::string padded(std::uint64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  return std::string(width - digits.size(), '0') + digits;
}

}  // namespace

std::string agreement_version_key(std::string_view agreement, std::uint32_t version) {
  return std::string(agreement) + '/' + padded(version, 10);
}

std::string acceptance_key(std::string_view workspace, Position acceptance) {
  return std::string(workspace) + '/' + padded(acceptance.value, 20);
}

std::string terms_key(std::string_view deal, std::uint32_t version) {
  return std::string(deal) + '/' + padded(version, 10);
}

std::string accrual_key(std::string_view deal, Position accrual) {
  return std::string(deal) + '/' + padded(accrual.value, 20);
}

std::string plan_year_key(Position bought, std::uint32_t year) {
  return padded(bought.value, 20) + '.' + padded(year, 10);
}

std::string billed_month_key(std::int64_t starts_at) {
  return padded(static_cast<std::uint64_t>(starts_at), 20);
}

}  // namespace actbook

#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "actbook/rows.h"
#include "actbook/tables.h"

namespace actbook::testing {

/// By table and key, each row's position and bytes.
using RowImage = std::map<std::pair<int, std::string>, std::pair<std::uint64_t, Bytes>>;

/// Every row that is served.
inline RowImage image(const RowReader& rows) {
  RowImage all;
  for (const auto table : row::EnumValuesRow()) {
    rows.scan(static_cast<TableId>(table), "",
              [&](std::string_view key, const RowVersion& version) {
                all[{static_cast<int>(table), std::string(key)}] = {version.position.value,
                                                                    version.bytes};
              });
  }
  REQUIRE(rows.status());
  return all;
}

/// The first row that one of two images has otherwise than the other; empty, if there is none.
inline std::string difference(const RowImage& expected, const RowImage& found) {
  const auto name = [](const auto& entry) {
    return std::string(row::EnumNameRow(static_cast<row::Row>(entry.first.first))) + " " +
           entry.first.second;
  };
  const auto parted = std::ranges::mismatch(expected, found);
  if (parted.in1 != expected.end()) return name(*parted.in1);
  return parted.in2 != found.end() ? name(*parted.in2) : std::string();
}

}  // namespace actbook::testing

#pragma once

#include <deque>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "actbook/record.h"
#include "actbook/rows.h"

namespace actbook::storage {

/// How far the views reach: everything up to here is in them, nothing after it.
struct Reach {
  Position position;
  std::uint64_t command = 0;
};

/// Where a command's receipt stands in the log.
struct CommandPlace {
  std::uint64_t command = 0;
  Position next_position;

  friend bool operator==(const CommandPlace&, const CommandPlace&) = default;
};
/// By command id. A deque, so that the ids stay where they are when more come.
using CommandPlaces = std::deque<std::pair<std::string, CommandPlace>>;

/// What the events and commands of one block add to the views.
struct Addition {
  CommandPlaces commands;
  std::vector<Record> records;
  std::vector<RowOverlay::Put> rows;
  Reach reach;
};

/// A complete subtree of the Merkle tree: 2^level leaves, the index-th of that size.
struct Subtree {
  std::uint8_t level = 0;
  std::uint64_t index = 0;

  auto operator<=>(const Subtree&) const = default;
};

/// A row's table and key, in the order of the stored keys.
struct RowKey {
  TableId table;
  std::string key;

  auto operator<=>(const RowKey&) const = default;
};

}  // namespace actbook::storage

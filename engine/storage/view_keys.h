#pragma once

#include "actbook/merkle.h"
#include "storage/addition.h"
#include "storage/rocksdb_support.h"

// The keys of the views: one key space, so that a slice is saved whole or not at all. The first
// byte says what it is, in this order:
//   c command id                 command number, next position
//   h level index                hash of a complete subtree of the Merkle tree
//   m name                       marks
//   r table key 0 position       version of a row
//   t tag 0 last position        postings, in chunks
//   w time position              when the event at a position was recorded, now and then: every
//                                kTimeMarks events at least
// Ids, tags and row keys hold no byte 0, so that it ends them and sorts before what could follow.
namespace actbook::storage {

enum Space : char {
  kCommand = 'c',
  kHash = 'h',
  kMark = 'm',
  kRow = 'r',
  kPosting = 't',
  kTime = 'w'
};
inline constexpr char kEnd = '\0';
inline constexpr std::size_t kPositionSize = 8;
inline constexpr std::size_t kTimeMarks = 256;
inline constexpr std::string_view kReachKey = "mreach";
inline constexpr std::string_view kTileKey = "mtile";
inline constexpr std::string_view kProjectorKey = "mprojector";

inline std::string command_key(std::string_view command_id) {
  return std::string(1, kCommand).append(command_id);
}

inline std::string hash_key(Subtree subtree) {
  std::string key{kHash, static_cast<char>(subtree.level)};
  append_number(key, subtree.index);
  return key;
}

inline std::string posting_key(std::string_view tag, Position last) {
  std::string key(1, kPosting);
  key.append(tag).push_back(kEnd);
  append_number(key, last.value);
  return key;
}

inline std::string row_prefix(TableId table, std::string_view key) {
  std::string prefix(1, kRow);
  prefix.push_back(static_cast<char>(table));
  prefix.append(key);
  return prefix;
}

inline std::string row_key(TableId table, std::string_view key, Position position) {
  std::string stored = row_prefix(table, key);
  stored.push_back(kEnd);
  append_number(stored, position.value);
  return stored;
}

// Times of a ledger are not before 1970.
inline std::string time_key(Timestamp at, Position position) {
  std::string key(1, kTime);
  append_number(key, static_cast<std::uint64_t>(std::max<std::int64_t>(at.microseconds, 0)));
  append_number(key, position.value);
  return key;
}

inline std::string encode(Reach reach) {
  std::string value;
  append_number(value, reach.position.value);
  append_number(value, reach.command);
  return value;
}

inline std::string encode(CommandPlace place) {
  std::string value;
  append_number(value, place.command);
  append_number(value, place.next_position.value);
  return value;
}

inline std::string encode(const TreeHasher& tile) {
  std::string value;
  for (const auto& subtree : tile.subtrees()) value.append(subtree.begin(), subtree.end());
  return value;
}

inline CommandPlace decode_place(std::string_view value) {
  return {read_number(value, 0), Position{read_number(value, 8)}};
}

/// The parts of a stored row key.
struct StoredRowKey {
  explicit StoredRowKey(std::string_view stored)
      : table(static_cast<TableId>(stored[1])),
        key(stored.substr(2, stored.size() - 2 - 1 - 8)),
        position{read_number(stored, stored.size() - 8)} {}

  TableId table;
  std::string_view key;
  Position position;
};

}  // namespace actbook::storage

#pragma once

#include <rocksdb/status.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "actbook/flat.h"

namespace actbook::storage {

/// Big endian, so that keys sort as numbers do.
inline void append_number(std::string& key, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    key.push_back(static_cast<char>((number >> shift) & 0xff));
  }
}

/// The number in the eight bytes at `offset`.
inline std::uint64_t read_number(std::string_view key, std::size_t offset) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    number = (number << 8) | static_cast<unsigned char>(key[offset + i]);
  }
  return number;
}

inline rocksdb::Slice as_slice(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Bytes to_bytes(const rocksdb::Slice& slice) {
  return {slice.data(), slice.data() + slice.size()};
}

/// What a failed operation means to the caller; `doing` names it, as in "reading the log".
inline Error to_error(const rocksdb::Status& status, std::string_view doing) {
  const std::string message = std::string(doing) + " failed: " + status.ToString();
  if (status.IsCorruption()) return Error{ErrorKind::corrupt, "DAMAGED_STORAGE", message, {}};
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kNoSpace) {
    return Error{ErrorKind::unavailable, "DISK_FULL", message + "; free some space", {}};
  }
  if (status.IsNotSupported()) return Error{ErrorKind::unsupported, "UNSUPPORTED", message, {}};
  return Error{ErrorKind::unavailable, "STORAGE_FAILED", message, {}};
}

}  // namespace actbook::storage

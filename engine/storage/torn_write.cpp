#include "storage/torn_write.h"

#include <algorithm>
#include <boost/crc.hpp>
#include <optional>

namespace actbook::storage {
namespace {

// RocksDB's "Write Ahead Log File Format": blocks of 32 KiB, in which each part of a record has a
// header of masked CRC-32C (over type and contents), length and type. A part does not cross blocks;
// a record is one part, or a first, any in the middle, and a last one.
constexpr std::size_t kBlock = 32768;
constexpr std::size_t kHeader = 7;
enum PartType : unsigned char { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    number = (number << 8) | static_cast<unsigned char>(bytes[i - 1]);
  }
  return number;
}

std::uint32_t masked_crc(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  const auto sum = static_cast<std::uint32_t>(crc.checksum());
  return ((sum >> 15) | (sum << 17)) + 0xa282ead8U;
}

struct Part {
  PartType type;
  std::size_t end;
};

// The part that begins at `offset`, if a whole one does.
std::optional<Part> part_at(std::string_view log, std::size_t offset) {
  const auto block_end = std::min(log.size(), (offset / kBlock + 1) * kBlock);
  if (offset + kHeader > block_end) return std::nullopt;
  const auto size = little_endian(log.substr(offset + 4, 2));
  const auto type = static_cast<unsigned char>(log[offset + 6]);
  const auto end = offset + kHeader + size;
  if (type < kFull || type > kLast || end > block_end) return std::nullopt;
  if (masked_crc(log.substr(offset + 6, 1 + size)) != little_endian(log.substr(offset, 4))) {
    return std::nullopt;
  }
  return Part{static_cast<PartType>(type), end};
}

// Whether contents that begin here can be a batch of one write: eight bytes of sequence number,
// then the count. Computing checksums at every place would take long.
bool is_write(std::string_view log, std::size_t offset) {
  constexpr std::string_view kOne("\x01\0\0\0", 4);
  return offset + kHeader + 12 <= log.size() && log.substr(offset + kHeader + 8, 4) == kOne;
}

// Past what is too short for a header at the end of a block.
std::size_t next_header(std::size_t offset) {
  const auto left = kBlock - offset % kBlock;
  return left < kHeader ? offset + left : offset;
}

}  // namespace

LogTail examine_tail(std::string_view log, LogContents contents) {
  LogTail tail;
  bool in_record = false;
  std::size_t offset = 0;
  while (const auto part = part_at(log, next_header(offset))) {
    const bool begins = part->type == kFull || part->type == kFirst;
    if (begins == in_record) break;
    offset = part->end;
    in_record = part->type == kFirst || part->type == kMiddle;
    if (!in_record) tail.whole_until = offset;
  }
  tail.damaged = log.find_first_not_of('\0', tail.whole_until) != std::string_view::npos;
  if (!tail.damaged) return tail;
  // Where the damage ends is not known, so a part may begin anywhere. A last one counts only after
  // its first.
  bool first_seen = false;
  for (auto at = tail.whole_until + 1; at + kHeader < log.size();) {
    const auto type = static_cast<unsigned char>(log[at + 6]);
    const bool may_begin =
        (type == kFull || type == kFirst) && (contents == LogContents::edits || is_write(log, at));
    const bool may_go_on = first_seen && (type == kMiddle || type == kLast);
    const auto part = may_begin || may_go_on ? part_at(log, at) : std::nullopt;
    if (!part) {
      ++at;
      continue;
    }
    if (type == kFirst) first_seen = true;
    if (type == kFull || type == kLast) {
      tail.more_follows = true;
      break;
    }
    at = part->end;
  }
  return tail;
}

}  // namespace actbook::storage

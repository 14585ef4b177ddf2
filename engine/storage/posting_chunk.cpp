#include "storage/posting_chunk.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace actbook::storage {
namespace {

// Unsigned numbers as LEB128; signed ones folded to unsigned first, so that small ones stay short.
void put_number(std::string& out, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) out.push_back(static_cast<char>(number | 0x80));
  out.push_back(static_cast<char>(number));
}

void put_signed(std::string& out, std::int64_t number) {
  put_number(out,
             (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63));
}

// Reads what was put; past the end, or where it makes no sense, it fails and gives nothing.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      number |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return number;
    }
    failed_ = true;
    return 0;
  }
  std::int64_t signed_number() {
    const std::uint64_t folded = number();
    return static_cast<std::int64_t>(folded >> 1) ^ -static_cast<std::int64_t>(folded & 1);
  }
  std::string_view bytes(std::uint64_t size) {
    if (size > rest_.size()) {
      failed_ = true;
      return {};
    }
    const auto bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

// The columns may be this wide, in bytes; each width is stored as its place here.
constexpr std::array<std::size_t, 5> kWidths = {0, 1, 2, 4, 8};
constexpr unsigned kWidthBits = 3;

std::size_t place_of_width(std::uint64_t widest) {
  const auto bytes = static_cast<std::size_t>(std::bit_width(widest) + 7) / 8;
  return static_cast<std::size_t>(std::ranges::lower_bound(kWidths, bytes) - kWidths.begin());
}

std::uint64_t difference(std::int64_t value, std::int64_t base) {
  return static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(base);
}

}  // namespace

// A slice keeps each text once, so the same text is at the same place in memory; where it is not,
// it is only stored twice.
std::int64_t PostingChunk::Encoder::place(std::string_view text) {
  const auto found = std::ranges::find(texts_, text.data(), &std::string_view::data);
  const auto index = found - texts_.begin();
  if (found == texts_.end()) texts_.push_back(text);
  return index;
}

const std::string& PostingChunk::Encoder::encode(std::span<const IndexEntry> entries) {
  texts_.clear();
  for (auto& column : columns_) column.clear();
  for (const auto& entry : entries) {
    const auto put = [&](Field field, std::int64_t value) { columns_[field].push_back(value); };
    put(kPosition, static_cast<std::int64_t>(entry.position.value));
    put(kRecordedAt, entry.recorded_at.microseconds);
    put(kLag, static_cast<std::int64_t>(
                  difference(entry.occurred_at.microseconds, entry.recorded_at.microseconds)));
    put(kType, place(entry.type));
    put(kActor, place(entry.actor));
    put(kActorKind, entry.actor_kind ? static_cast<std::int64_t>(*entry.actor_kind) + 1 : 0);
  }

  stored_.clear();
  put_number(stored_, entries.size());
  put_number(stored_, texts_.size());
  for (const auto text : texts_) {
    put_number(stored_, text.size());
    stored_.append(text);
  }
  std::array<std::int64_t, kFields> bases{};
  std::array<std::size_t, kFields> widths{};
  std::uint64_t packed = 0;
  for (std::size_t i = 0; i < kFields; ++i) {
    const auto [least, most] = std::ranges::minmax(columns_[i]);
    bases[i] = least;
    const auto place = place_of_width(difference(most, least));
    widths[i] = kWidths[place];
    packed |= static_cast<std::uint64_t>(place) << (kWidthBits * i);
  }
  put_number(stored_, packed);
  for (const auto base : bases) put_signed(stored_, base);
  static_assert(std::endian::native == std::endian::little);
  for (std::size_t i = 0; i < kFields; ++i) {
    for (const auto value : columns_[i]) {
      const auto above = difference(value, bases[i]);
      stored_.append(reinterpret_cast<const char*>(&above), widths[i]);
    }
  }
  return stored_;
}

Result<void> PostingChunk::decode(std::string_view stored) {
  texts_.clear();
  Reader reader(stored);
  size_ = reader.number();
  for (auto left = reader.number(); left > 0 && !reader.failed(); --left) {
    texts_.push_back(reader.bytes(reader.number()));
  }
  const auto packed = reader.number();
  for (auto& column : columns_) column.base = reader.signed_number();
  bool good = size_ > 0 && size_ <= kMost && packed >> (kWidthBits * kFields) == 0;
  for (std::size_t i = 0; i < kFields && good; ++i) {
    const auto place = packed >> (kWidthBits * i) & ((1U << kWidthBits) - 1);
    good = place < kWidths.size();
    if (!good) break;
    columns_[i].width = kWidths[place];
    columns_[i].differences = reader.bytes(columns_[i].width * size_).data();
  }
  good = good && reader.at_end() && !reader.failed();
  std::uint64_t last_text = 0;
  for (std::size_t i = 0; good && i < size_; ++i) {
    last_text = std::max({last_text, static_cast<std::uint64_t>(columns_[kType].at(i)),
                          static_cast<std::uint64_t>(columns_[kActor].at(i))});
  }
  good = good && last_text < texts_.size();
  judged_.assign(texts_.size(), 0);
  if (good) return boost::outcome_v2::success();
  size_ = 0;
  return Error{
      ErrorKind::corrupt, "DAMAGED_VIEWS", "a part of the tag index is not well-formed", {}};
}

// A copy of a size that the compiler knows is one instruction.
std::int64_t PostingChunk::Column::at(std::size_t index) const {
  const auto read = [&]<class Number>(Number above) {
    std::memcpy(&above, differences + index * sizeof(Number), sizeof(Number));
    return std::uint64_t{above};
  };
  std::uint64_t above = 0;
  switch (width) {
    case 1:
      above = read(std::uint8_t{});
      break;
    case 2:
      above = read(std::uint16_t{});
      break;
    case 4:
      above = read(std::uint32_t{});
      break;
    case 8:
      above = read(std::uint64_t{});
      break;
    default:
      break;
  }
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(base) + above);
}

std::string_view PostingChunk::text(Field field, std::size_t index) const {
  return texts_[static_cast<std::size_t>(columns_[field].at(index))];
}

Position PostingChunk::position(std::size_t index) const {
  return Position{static_cast<std::uint64_t>(columns_[kPosition].at(index))};
}

std::size_t PostingChunk::lower_bound(Position from) const {
  std::size_t begin = 0;
  for (std::size_t count = size_; count > 0;) {
    const auto half = count / 2;
    if (position(begin + half) < from) {
      begin += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return begin;
}

IndexEntry PostingChunk::entry(std::size_t index) const {
  IndexEntry entry;
  entry.position = position(index);
  entry.recorded_at = {columns_[kRecordedAt].at(index)};
  entry.occurred_at = {
      static_cast<std::int64_t>(static_cast<std::uint64_t>(entry.recorded_at.microseconds) +
                                static_cast<std::uint64_t>(columns_[kLag].at(index)))};
  entry.type = text(kType, index);
  entry.actor = text(kActor, index);
  if (const auto kind = columns_[kActorKind].at(index); kind > 0) {
    entry.actor_kind = static_cast<schema::ActorKind>(kind - 1);
  }
  return entry;
}

std::size_t PostingChunk::skip_to_type(std::size_t index, std::span<const std::string> types,
                                       Direction direction) {
  const bool forwards = direction == Direction::forwards;
  const auto last = forwards ? size_ - 1 : 0;
  // What was found out of each text: most entries share theirs with others.
  enum : std::uint8_t { kUnknown, kOther, kWanted };
  for (; index != last; forwards ? ++index : --index) {
    const auto place = static_cast<std::size_t>(columns_[kType].at(index));
    auto& known = judged_[place];
    if (known == kUnknown) {
      known = std::ranges::find(types, texts_[place]) != types.end() ? kWanted : kOther;
    }
    if (known == kWanted) break;
  }
  return index;
}

}  // namespace actbook::storage

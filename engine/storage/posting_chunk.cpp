#include "storage/posting_chunk.h"

#include <algorithm>

namespace actbook::storage {
namespace {

// Unsigned numbers as LEB128; signed ones folded to unsigned first, so that small ones stay short.
void put_number(std::string& out, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) out.push_back(static_cast<char>(number | 0x80));
  out.push_back(static_cast<char>(number));
}

void put_difference(std::string& out, std::int64_t difference) {
  put_number(out, (static_cast<std::uint64_t>(difference) << 1) ^
                      static_cast<std::uint64_t>(difference >> 63));
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out.append(text);
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
  std::int64_t difference() {
    const std::uint64_t folded = number();
    return static_cast<std::int64_t>(folded >> 1) ^ -static_cast<std::int64_t>(folded & 1);
  }
  std::string_view text() {
    const std::uint64_t size = number();
    if (size > rest_.size()) {
      failed_ = true;
      return {};
    }
    const auto text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

// Where the text stands among the distinct ones. A slice keeps each text once, so the same text is
// at the same place in memory; where it is not, it is only stored twice.
std::size_t place(std::vector<std::string_view>& texts, std::string_view text) {
  const auto found = std::ranges::find(texts, text.data(), &std::string_view::data);
  if (found == texts.end()) {
    texts.push_back(text);
    return texts.size() - 1;
  }
  return static_cast<std::size_t>(found - texts.begin());
}

}  // namespace

std::string PostingChunk::encode(std::span<const IndexEntry> entries) {
  std::vector<std::string_view> texts;
  std::string body;
  Position position = entries.front().position;
  std::int64_t recorded_at = 0;
  for (const auto& entry : entries) {
    put_number(body, entry.position.value - position.value);
    put_difference(body, entry.recorded_at.microseconds - recorded_at);
    put_difference(body, entry.occurred_at.microseconds - entry.recorded_at.microseconds);
    put_number(body, place(texts, entry.type));
    put_number(body, place(texts, entry.actor));
    put_number(body, entry.actor_kind ? static_cast<std::uint64_t>(*entry.actor_kind) + 1 : 0);
    position = entry.position;
    recorded_at = entry.recorded_at.microseconds;
  }
  std::string stored;
  put_number(stored, texts.size());
  for (const auto text : texts) put_text(stored, text);
  return stored + body;
}

Result<void> PostingChunk::decode(Position first, std::string_view stored) {
  stored_ = stored;
  entries_.clear();
  Reader reader(stored_);
  std::vector<std::string_view> texts;
  for (auto left = reader.number(); left > 0 && !reader.failed(); --left) {
    texts.push_back(reader.text());
  }
  Position position = first;
  std::int64_t recorded_at = 0;
  bool known = true;
  const auto text = [&] {
    const auto index = reader.number();
    known = known && index < texts.size();
    return known ? texts[index] : std::string_view();
  };
  while (known && !reader.failed() && !reader.at_end()) {
    IndexEntry entry;
    position.value += reader.number();
    entry.position = position;
    recorded_at += reader.difference();
    entry.recorded_at = {recorded_at};
    entry.occurred_at = {recorded_at + reader.difference()};
    entry.type = text();
    entry.actor = text();
    if (const auto kind = reader.number(); kind > 0) {
      entry.actor_kind = static_cast<schema::ActorKind>(kind - 1);
    }
    entries_.push_back(entry);
  }
  if (!known || reader.failed() || entries_.empty()) {
    return Error{ErrorKind::corrupt, "DAMAGED_VIEWS", "a part of the tag index is not well-formed",
                 first};
  }
  return boost::outcome_v2::success();
}

}  // namespace actbook::storage

#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/error.h"
#include "actbook/query.h"

namespace actbook::storage {

/// Neighbours in the list of a tag, packed into one stored value: each distinct text once, and a
/// column for each number, of which only the differences to a base stand there, all as wide as the
/// largest. So an entry is found without reading those before it.
class PostingChunk {
 public:
  /// At most this many stand in a chunk.
  static constexpr std::size_t kMost = 256;

  /// Keeps its memory from one chunk to the next.
  class Encoder {
   public:
    /// `entries` ascend and are at least one. Valid until the next call.
    [[nodiscard]] const std::string& encode(std::span<const IndexEntry> entries);

   private:
    std::int64_t place(std::string_view text);

    std::vector<std::string_view> texts_;
    std::array<std::vector<std::int64_t>, 6> columns_;
    std::string stored_;
  };

  /// Reads `stored`, which stays where it is as long as the chunk is used. Errors: corrupt.
  [[nodiscard]] Result<void> decode(std::string_view stored);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Position position(std::size_t index) const;
  [[nodiscard]] Position front() const { return position(0); }
  [[nodiscard]] Position back() const { return position(size_ - 1); }
  /// The first entry at or after `from`; size(), if there is none.
  [[nodiscard]] std::size_t lower_bound(Position from) const;
  [[nodiscard]] IndexEntry entry(std::size_t index) const;
  /// From `index` on in a direction, the first entry of one of the types; the last there is, if
  /// there is none. The types are the same in every call until the next decode().
  [[nodiscard]] std::size_t skip_to_type(std::size_t index, std::span<const std::string> types,
                                         Direction direction);

 private:
  enum Field : std::uint8_t { kPosition, kRecordedAt, kLag, kType, kActor, kActorKind, kFields };
  struct Column {
    std::int64_t base = 0;
    const char* differences = nullptr;
    std::size_t width = 0;  // in bytes

    [[nodiscard]] std::int64_t at(std::size_t index) const;
  };
  [[nodiscard]] std::string_view text(Field field, std::size_t index) const;

  std::size_t size_ = 0;
  std::vector<std::string_view> texts_;
  std::array<Column, kFields> columns_;
  std::vector<std::uint8_t> judged_;  // of each text, whether it is a type that is looked for
};

}  // namespace actbook::storage

#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "actbook/schema/record_generated.h"

namespace actbook::bench {

/// Counters by a 64-bit key in one array, with open addressing. Grows by doubling.
class Counters {
 public:
  struct Entry {
    std::uint64_t key = 0;
    std::uint64_t events = 0;
    std::uint64_t payload_bytes = 0;
    std::uint64_t last_position = 0;
  };
  Counters();
  void prefetch(std::uint64_t key) const { __builtin_prefetch(&entries_[place_of(key)], 1); }
  /// The entry of a key, which is not 0.
  [[nodiscard]] Entry& at(std::uint64_t key);
  [[nodiscard]] std::uint64_t memory() const { return entries_.size() * sizeof(Entry); }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  [[nodiscard]] std::size_t place_of(std::uint64_t key) const {
    return static_cast<std::size_t>(key >> shift_);
  }
  void grow();

  std::vector<Entry> entries_;
  std::size_t used_ = 0;
  int shift_;
};

/// The state of the benchmark: for each organisation and each workspace the number of events, the
/// bytes of their payloads, and the last position. Folding it is bound by memory, as any state of a
/// million entries is; so a record's entries are fetched ahead, and changed when the window moves
/// past it.
class Folder {
 public:
  void add(const log::Record& record);
  /// Changes what is still waiting.
  void finish();
  [[nodiscard]] std::uint64_t memory() const;
  /// The same for the same events, whatever the order of entries in memory.
  [[nodiscard]] std::uint64_t digest() const;

 private:
  static constexpr std::size_t kWindow = 32;
  struct Change {
    std::uint64_t workspace = 0;
    std::uint64_t organisation = 0;
    std::uint64_t payload_bytes = 0;
    std::uint64_t position = 0;
  };
  void apply(const Change& change);

  std::array<Change, kWindow> window_{};
  std::uint64_t added_ = 0;
  Counters workspaces_;
  Counters organisations_;
};

}  // namespace actbook::bench

#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "postings.h"

namespace actbook::testing {

/// A list in memory that counts how often it is asked.
class ListedPostings final : public Postings {
 public:
  ListedPostings(std::vector<IndexEntry> entries, Direction direction, std::size_t& seeks)
      : entries_(std::move(entries)), direction_(direction), seeks_(seeks) {}

  std::optional<Position> seek(Position from) override {
    ++seeks_;
    if (direction_ == Direction::forwards) {
      at_ = std::ranges::lower_bound(entries_, from, std::less<>(), &IndexEntry::position);
      if (at_ == entries_.end()) return std::nullopt;
    } else {
      at_ = std::ranges::upper_bound(entries_, from, std::less<>(), &IndexEntry::position);
      if (at_ == entries_.begin()) return std::nullopt;
      --at_;
    }
    return at_->position;
  }
  [[nodiscard]] const IndexEntry& entry() const override { return *at_; }
  [[nodiscard]] Result<void> status() const override { return boost::outcome_v2::success(); }

 private:
  std::vector<IndexEntry> entries_;
  std::vector<IndexEntry>::const_iterator at_;
  Direction direction_;
  std::size_t& seeks_;
};

}  // namespace actbook::testing

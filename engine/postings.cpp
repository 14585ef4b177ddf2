#include "postings.h"

#include <algorithm>

namespace actbook {
namespace {

Result<void> first_failure(const std::vector<PostingsPtr>& lists) {
  for (const auto& list : lists) {
    BOOST_OUTCOME_TRY(list->status());
  }
  return boost::outcome_v2::success();
}

class EveryPosition final : public Postings {
 public:
  EveryPosition(Position last, Direction direction) : last_(last), direction_(direction) {}

  std::optional<Position> seek(Position from) override {
    if (direction_ == Direction::backwards) from = std::min(from, last_);
    if (from.value == 0 && direction_ == Direction::forwards) from = Position{1};
    if (from.value == 0 || from > last_) return std::nullopt;
    return from;
  }
  [[nodiscard]] Result<void> status() const override { return boost::outcome_v2::success(); }

 private:
  Position last_;
  Direction direction_;
};

class AllOf final : public Postings {
 public:
  explicit AllOf(std::vector<PostingsPtr> lists) : lists_(std::move(lists)) {}

  // Leapfrog: each list jumps to where the one before it landed, until all stand on the same
  // position.
  std::optional<Position> seek(Position from) override {
    std::size_t agreeing = 0;
    for (std::size_t i = 0; agreeing < lists_.size(); i = (i + 1) % lists_.size()) {
      const auto found = lists_[i]->seek(from);
      if (!found) return std::nullopt;
      agreeing = *found == from ? agreeing + 1 : 1;
      from = *found;
    }
    return from;
  }
  [[nodiscard]] Result<void> status() const override { return first_failure(lists_); }

 private:
  std::vector<PostingsPtr> lists_;
};

class AnyOf final : public Postings {
 public:
  AnyOf(std::vector<PostingsPtr> lists, Direction direction)
      : lists_(std::move(lists)), direction_(direction) {}

  std::optional<Position> seek(Position from) override {
    std::optional<Position> nearest;
    for (const auto& list : lists_) {
      const auto found = list->seek(from);
      if (!found) continue;
      if (!nearest || (direction_ == Direction::forwards ? *found < *nearest : *found > *nearest)) {
        nearest = found;
      }
    }
    return nearest;
  }
  [[nodiscard]] Result<void> status() const override { return first_failure(lists_); }

 private:
  std::vector<PostingsPtr> lists_;
  Direction direction_;
};

}  // namespace

PostingsPtr every_position(Position last, Direction direction) {
  return std::make_unique<EveryPosition>(last, direction);
}

PostingsPtr all_of(std::vector<PostingsPtr> lists) {
  if (lists.size() == 1) return std::move(lists.front());
  return std::make_unique<AllOf>(std::move(lists));
}

PostingsPtr any_of(std::vector<PostingsPtr> lists, Direction direction) {
  if (lists.size() == 1) return std::move(lists.front());
  return std::make_unique<AnyOf>(std::move(lists), direction);
}

}  // namespace actbook

#pragma once

#include "postings.h"
#include "storage/slice.h"

namespace actbook::storage {

/// The events of a tag in a slice.
class SlicePostings final : public Postings {
 public:
  SlicePostings(std::shared_ptr<const Slice> slice, const Slice::TagList& list, Direction direction)
      : slice_(std::move(slice)), list_(list), direction_(direction) {}

  std::optional<Position> seek(Position from) override {
    const auto found = slice_->seek(list_, from, direction_);
    if (!found) return std::nullopt;
    entry_ = *found;
    return entry_.position;
  }
  Position skip_to_type(std::span<const std::string> types) override {
    entry_ = slice_->skip_to_type(list_, entry_.position, types, direction_);
    return entry_.position;
  }
  [[nodiscard]] const IndexEntry& entry() const override { return entry_; }
  [[nodiscard]] Result<void> status() const override { return boost::outcome_v2::success(); }

 private:
  std::shared_ptr<const Slice> slice_;
  const Slice::TagList& list_;
  Direction direction_;
  IndexEntry entry_;
};

/// The events of a tag in all stretches, which do not overlap: each is asked when the walk gets
/// there, so where an answer is found in memory, the database is not asked.
class AllStretches final : public Postings {
 public:
  using Make = std::function<PostingsPtr()>;
  /// `parts` in the order of the walk.
  explicit AllStretches(std::vector<Make> parts) : parts_(std::move(parts)) {}

  std::optional<Position> seek(Position from) override {
    for (; part_ < parts_.size(); ++part_, list_.reset()) {
      if (!list_) list_ = parts_[part_]();
      if (const auto found = list_->seek(from)) return found;
      failed_ = list_->status();
      if (!failed_) break;
    }
    return std::nullopt;
  }
  Position skip_to_type(std::span<const std::string> types) override {
    return list_->skip_to_type(types);
  }
  [[nodiscard]] const IndexEntry& entry() const override { return list_->entry(); }
  [[nodiscard]] Result<void> status() const override { return failed_; }

 private:
  std::vector<Make> parts_;
  std::size_t part_ = 0;
  PostingsPtr list_;  // of the part that the walk is in
  Result<void> failed_ = boost::outcome_v2::success();
};

}  // namespace actbook::storage

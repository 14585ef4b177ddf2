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
  [[nodiscard]] const IndexEntry& entry() const override { return lists_.front()->entry(); }
  [[nodiscard]] Result<void> status() const override { return first_failure(lists_); }

 private:
  std::vector<PostingsPtr> lists_;
};

class AnyOf final : public Postings {
 public:
  AnyOf(std::vector<PostingsPtr> lists, Direction direction) : direction_(direction) {
    for (auto& list : lists) lists_.push_back({std::move(list), {}, false});
  }

  std::optional<Position> seek(Position from) override {
    nearest_ = nullptr;
    for (auto& list : lists_) {
      // A list that stands beyond already has nothing in between.
      if (!list.asked || (list.at && before(*list.at, from))) {
        list.at = list.postings->seek(from);
        list.asked = true;
      }
      if (list.at && (nearest_ == nullptr || before(*list.at, *nearest_->at))) nearest_ = &list;
    }
    return nearest_ == nullptr ? std::nullopt : nearest_->at;
  }
  [[nodiscard]] const IndexEntry& entry() const override { return nearest_->postings->entry(); }
  [[nodiscard]] Result<void> status() const override {
    for (const auto& list : lists_) {
      BOOST_OUTCOME_TRY(list.postings->status());
    }
    return boost::outcome_v2::success();
  }

 private:
  struct List {
    PostingsPtr postings;
    std::optional<Position> at;
    bool asked;
  };
  [[nodiscard]] bool before(Position left, Position right) const {
    return direction_ == Direction::forwards ? left < right : left > right;
  }

  std::vector<List> lists_;
  Direction direction_;
  const List* nearest_ = nullptr;
};

class OnlyTypes final : public Postings {
 public:
  OnlyTypes(PostingsPtr list, std::vector<std::string> types, PostingsPtr of_types,
            Direction direction)
      : list_(std::move(list)),
        types_(std::move(types)),
        of_types_(std::move(of_types)),
        direction_(direction) {}

  // Looking at an entry costs a thousandth of a seek, so a seek in the other list pays only where
  // it skips many.
  std::optional<Position> seek(Position from) override {
    for (;;) {
      for (int stretches = 0; stretches < 4; ++stretches) {
        if (!list_->seek(from)) return std::nullopt;
        const Position found = list_->skip_to_type(types_);
        if (std::ranges::find(types_, list_->entry().type) != types_.end()) return found;
        if (direction_ == Direction::backwards && found.value == 1) return std::nullopt;
        from = direction_ == Direction::forwards ? found.next() : found.previous();
      }
      const auto found = of_types_->seek(from);
      if (!found) return std::nullopt;
      from = *found;
    }
  }
  [[nodiscard]] const IndexEntry& entry() const override { return list_->entry(); }
  [[nodiscard]] Result<void> status() const override {
    BOOST_OUTCOME_TRY(list_->status());
    return of_types_->status();
  }

 private:
  PostingsPtr list_;
  std::vector<std::string> types_;
  PostingsPtr of_types_;
  Direction direction_;
};

using ListOf = std::function<PostingsPtr(const std::string& tag)>;

// Null if every event matches the item.
PostingsPtr matching(const QueryItem& item, const ListOf& list_of, Direction direction) {
  std::vector<PostingsPtr> tags;
  for (const auto& tag : item.tags) tags.push_back(list_of(tag));
  std::vector<PostingsPtr> types;
  for (const auto& type : item.types) types.push_back(list_of("type:" + type));
  if (types.empty()) return tags.empty() ? nullptr : all_of(std::move(tags));
  auto of_types = any_of(std::move(types), direction);
  if (tags.empty()) return of_types;
  return only_types(all_of(std::move(tags)), item.types, std::move(of_types), direction);
}

}  // namespace

IndexEntry entry_of(const Record& record) {
  const auto* actor = record->actor();
  return {record.position(),          record.recorded_at(),
          record.occurred_at(),       record.type(),
          actor->id()->string_view(), actor->kind() ? std::optional(*actor->kind()) : std::nullopt};
}

PostingsPtr all_of(std::vector<PostingsPtr> lists) {
  if (lists.size() == 1) return std::move(lists.front());
  return std::make_unique<AllOf>(std::move(lists));
}

PostingsPtr any_of(std::vector<PostingsPtr> lists, Direction direction) {
  if (lists.size() == 1) return std::move(lists.front());
  return std::make_unique<AnyOf>(std::move(lists), direction);
}

PostingsPtr only_types(PostingsPtr list, std::vector<std::string> types, PostingsPtr of_types,
                       Direction direction) {
  return std::make_unique<OnlyTypes>(std::move(list), std::move(types), std::move(of_types),
                                     direction);
}

PostingsPtr matching(const Query& query, const ListOf& list_of, Direction direction) {
  std::vector<PostingsPtr> items;
  for (const auto& item : query.items) {
    items.push_back(matching(item, list_of, direction));
    if (!items.back()) return nullptr;
  }
  return items.empty() ? nullptr : any_of(std::move(items), direction);
}

}  // namespace actbook

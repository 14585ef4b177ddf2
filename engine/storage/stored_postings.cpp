#include "storage/stored_postings.h"

#include <algorithm>

#include "storage/posting_chunk.h"
#include "storage/view_keys.h"

namespace actbook::storage {
namespace {

class StoredPostings final : public Postings {
 public:
  StoredPostings(IteratorPool::Taken iterator, std::string_view tag, Direction direction)
      : tag_(tag), direction_(direction), iterator_(std::move(iterator)) {}

  std::optional<Position> seek(Position from) override {
    if (failure_) return std::nullopt;
    const bool forwards = direction_ == Direction::forwards;
    // Whoever reads in order wants the next entry.
    if (forwards && loaded_ && index_ + 1 < chunk_.size() && from > chunk_.position(index_) &&
        from <= chunk_.position(index_ + 1)) {
      return stand_on(index_ + 1);
    }
    if (!(forwards ? seek_forwards(from) : seek_backwards(from))) return std::nullopt;
    return stand_on(forwards ? chunk_.lower_bound(from) : chunk_.lower_bound(from.next()) - 1);
  }

  Position skip_to_type(std::span<const std::string> types) override {
    return stand_on(chunk_.skip_to_type(index_, types, direction_));
  }

  [[nodiscard]] const IndexEntry& entry() const override { return entry_; }

  [[nodiscard]] Result<void> status() const override {
    if (failure_) return *failure_;
    if (!iterator_->status().ok()) return to_error(iterator_->status(), "reading the tag index");
    return boost::outcome_v2::success();
  }

 private:
  Position stand_on(std::size_t index) {
    index_ = index;
    entry_ = chunk_.entry(index);
    return entry_.position;
  }

  // To the first chunk that ends at or after `from`.
  bool seek_forwards(Position from) {
    if (loaded_) {
      if (from <= chunk_.back()) return true;
      iterator_->Next();
      if (!load()) return false;
      if (from <= chunk_.back()) return true;
    }
    iterator_->Seek(posting_key(tag_, from));
    return load();
  }

  // To the last chunk that begins at or before `from`.
  bool seek_backwards(Position from) {
    if (loaded_) {
      if (from >= chunk_.front()) return true;
      iterator_->Prev();
      if (!load()) return false;
      if (from >= chunk_.front() && from <= chunk_.back()) return true;
    }
    // One that ends behind `from` may begin before it; if none does, the one before that ends
    // there.
    iterator_->Seek(posting_key(tag_, from));
    if (load() && from >= chunk_.front()) return true;
    if (failure_) return false;
    iterator_->SeekForPrev(posting_key(tag_, from));
    return load();
  }

  // Decodes the chunk that the iterator stands on, if it is one of the tag's.
  bool load() {
    loaded_ = false;
    if (!iterator_->Valid()) return false;
    const auto key = iterator_->key().ToStringView();
    const std::size_t tag_end = 1 + tag_.size();
    if (key.size() != tag_end + 1 + 8 || key[0] != kPosting || key.substr(1, tag_.size()) != tag_ ||
        key[tag_end] != kEnd) {
      return false;
    }
    const Position last{read_number(key, tag_end + 1)};
    auto decoded = chunk_.decode(iterator_->value().ToStringView());
    if (!decoded || chunk_.back() != last) {
      failure_ = decoded ? Error{ErrorKind::corrupt, "DAMAGED_VIEWS",
                                 "a part of the tag index is filed under another position", last}
                         : decoded.error();
      failure_->position = last;
      return false;
    }
    loaded_ = true;
    return true;
  }

  std::string tag_;
  Direction direction_;
  IteratorPool::Taken iterator_;
  PostingChunk chunk_;
  bool loaded_ = false;    // chunk_ is what the iterator stands on
  std::size_t index_ = 0;  // in the chunk
  IndexEntry entry_;
  std::optional<Error> failure_;
};

}  // namespace

PostingsPtr stored_postings(IteratorPool::Taken iterator, std::string_view tag,
                            Direction direction) {
  return std::make_unique<StoredPostings>(std::move(iterator), tag, direction);
}

}  // namespace actbook::storage

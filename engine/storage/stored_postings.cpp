#include "storage/stored_postings.h"

#include <algorithm>

#include "storage/posting_chunk.h"
#include "storage/view_keys.h"

namespace actbook::storage {
namespace {

class StoredPostings final : public Postings {
 public:
  StoredPostings(rocksdb::DB& database, std::string_view tag, Direction direction)
      : tag_(tag), direction_(direction), iterator_(database.NewIterator({})) {}

  std::optional<Position> seek(Position from) override {
    entry_ = nullptr;
    if (failure_) return std::nullopt;
    const bool found = direction_ == Direction::forwards ? seek_forwards(from) : find_chunk(from);
    if (!found) return std::nullopt;
    const auto entries = chunk_.entries();
    if (direction_ == Direction::forwards) {
      entry_ = &*std::ranges::lower_bound(entries, from, std::less<>(), &IndexEntry::position);
    } else {
      entry_ = &*std::prev(
          std::ranges::upper_bound(entries, from, std::less<>(), &IndexEntry::position));
    }
    return entry_->position;
  }

  [[nodiscard]] const IndexEntry& entry() const override { return *entry_; }

  [[nodiscard]] Result<void> status() const override {
    if (failure_) return *failure_;
    if (!iterator_->status().ok()) return to_error(iterator_->status(), "reading the tag index");
    return boost::outcome_v2::success();
  }

 private:
  // To the chunk with the first entry at or after `from`.
  bool seek_forwards(Position from) {
    if (loaded_) {
      if (from <= chunk_.entries().back().position) return true;
      // Whoever reads in order wants the next chunk.
      iterator_->Next();
      if (!load()) return false;
      if (from <= chunk_.entries().back().position) return true;
    }
    const bool one_before = find_chunk(from);
    if (one_before && from <= chunk_.entries().back().position) return true;
    if (failure_) return false;
    if (one_before) {
      iterator_->Next();
    } else {
      iterator_->Seek(posting_key(tag_, from));
    }
    return load();
  }

  // To the last chunk that begins at or before `from`.
  bool find_chunk(Position from) {
    if (loaded_ && chunk_.entries().front().position <= from &&
        from <= chunk_.entries().back().position) {
      return true;
    }
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
    const Position first{read_number(key, tag_end + 1)};
    if (auto decoded = chunk_.decode(first, iterator_->value().ToStringView()); !decoded) {
      failure_ = decoded.error();
      return false;
    }
    loaded_ = true;
    return true;
  }

  std::string tag_;
  Direction direction_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
  PostingChunk chunk_;
  bool loaded_ = false;  // chunk_ is what the iterator stands on
  const IndexEntry* entry_ = nullptr;
  std::optional<Error> failure_;
};

}  // namespace

PostingsPtr stored_postings(rocksdb::DB& database, std::string_view tag, Direction direction) {
  return std::make_unique<StoredPostings>(database, tag, direction);
}

}  // namespace actbook::storage

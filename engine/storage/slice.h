#pragma once

#include <deque>
#include <map>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>

#include "actbook/merkle.h"
#include "postings.h"
#include "storage/addition.h"

namespace actbook::storage {

struct TextHash {
  using is_transparent = void;  // NOLINT: the standard library's name
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

/// The newest stretch of the views, in memory: what was added since the stretch before it was
/// saved. One thread adds, any thread reads, also while it is added to.
class Slice {
 public:
  /// `before` is how far the views reach without it.
  explicit Slice(Reach before) : before_(before), reach_(before) {}

  /// `tile` is the Merkle tree's last tile, still incomplete, with what is added.
  void add(const Addition& addition, const TreeHasher& tile);
  void add(Subtree subtree, const Hash& hash);

  [[nodiscard]] Reach before() const { return before_; }
  [[nodiscard]] Reach reach() const;
  /// Memory in bytes, by estimate.
  [[nodiscard]] std::size_t size() const;

  [[nodiscard]] std::optional<CommandPlace> find_command(std::string_view command_id) const;
  [[nodiscard]] std::optional<RowVersion> row(TableId table, std::string_view key,
                                              Position position) const;
  [[nodiscard]] std::optional<Hash> hash(Subtree subtree) const;
  /// The rows whose keys start with `prefix`, as they stood at `position`, in order.
  using Rows = std::vector<std::pair<std::string, RowVersion>>;
  [[nodiscard]] Rows rows(TableId table, std::string_view prefix, Position position) const;

  struct TagList {
    /// Of entries, ascending.
    std::vector<std::uint32_t> indexes;
  };
  /// The tag's events; null if the slice has none.
  [[nodiscard]] const TagList* find_tag(std::string_view tag) const;
  /// The entry of the tag that a seek in Postings finds.
  [[nodiscard]] std::optional<IndexEntry> seek(const TagList& list, Position from,
                                               Direction direction) const;
  /// How many of its events were recorded before `at`.
  [[nodiscard]] std::size_t count_before(Timestamp at) const;

  // For saving it, once nothing more is added.
  [[nodiscard]] const CommandPlaces& commands() const { return commands_; }
  [[nodiscard]] const std::map<RowKey, std::vector<RowVersion>>& all_rows() const { return rows_; }
  [[nodiscard]] const std::map<Subtree, Hash>& hashes() const { return hashes_; }
  [[nodiscard]] const TreeHasher& tile() const { return tile_; }
  [[nodiscard]] std::vector<std::pair<std::string_view, const TagList*>> tags_in_order() const;
  [[nodiscard]] IndexEntry entry(std::size_t index) const;
  [[nodiscard]] std::size_t entry_count() const { return entries_.size(); }

 private:
  // An event; the texts are those of texts_.
  struct Entry {
    Timestamp recorded_at;
    Timestamp occurred_at;
    const std::string* type = nullptr;
    const std::string* actor = nullptr;
    std::optional<schema::ActorKind> actor_kind;
  };
  void add(const Record& record);
  const std::string* keep(std::string_view text);

  const Reach before_;
  mutable std::shared_mutex mutex_;
  Reach reach_;
  std::size_t bytes_ = 0;
  CommandPlaces commands_;
  std::unordered_map<std::string_view, CommandPlace> places_;  // the ids are those of commands_
  std::map<RowKey, std::vector<RowVersion>> rows_;
  std::map<Subtree, Hash> hashes_;
  TreeHasher tile_;
  std::deque<Entry> entries_;  // of the positions after before_
  std::unordered_map<std::string, TagList, TextHash, std::equal_to<>> tags_;
  std::unordered_set<std::string, TextHash, std::equal_to<>> texts_;
};

}  // namespace actbook::storage

#pragma once

#include <tsl/robin_map.h>

#include <boost/container/small_vector.hpp>
#include <deque>
#include <map>
#include <memory_resource>
#include <shared_mutex>

#include "actbook/merkle.h"
#include "postings.h"
#include "storage/addition.h"

namespace actbook::storage {

struct TextHash {
  std::size_t operator()(std::string_view text) const;
};

/// The texts live elsewhere.
template <class Value>
using ByText = tsl::robin_map<std::string_view, Value, TextHash, std::equal_to<>,
                              std::allocator<std::pair<std::string_view, Value>>, true>;

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
    std::string_view tag;
    /// Of entries, ascending. Most tags have few.
    boost::container::small_vector<std::uint32_t, 3> indexes;
  };
  /// The tag's events; null if the slice has none.
  [[nodiscard]] const TagList* find_tag(std::string_view tag) const;
  /// The entry of the tag that a seek in Postings finds.
  [[nodiscard]] std::optional<IndexEntry> seek(const TagList& list, Position from,
                                               Direction direction) const;
  /// From the tag's entry at `from` on, the first of one of the types; the last that was looked at,
  /// if that was none.
  [[nodiscard]] IndexEntry skip_to_type(const TagList& list, Position from,
                                        std::span<const std::string> types,
                                        Direction direction) const;
  /// How many of its events were recorded before `at`.
  [[nodiscard]] std::size_t count_before(Timestamp at) const;

  // For saving it, once nothing more is added.
  [[nodiscard]] std::vector<std::pair<std::string_view, CommandPlace>> commands_in_order() const;
  [[nodiscard]] const std::map<RowKey, std::vector<RowVersion>>& all_rows() const { return rows_; }
  [[nodiscard]] const std::map<Subtree, Hash>& hashes() const { return hashes_; }
  [[nodiscard]] const TreeHasher& tile() const { return tile_; }
  [[nodiscard]] std::vector<const TagList*> tags_in_order() const;
  [[nodiscard]] IndexEntry entry(std::size_t index) const;
  [[nodiscard]] std::size_t entry_count() const { return entries_.size(); }

 private:
  // An event.
  struct Entry {
    Timestamp recorded_at;
    Timestamp occurred_at;
    std::string_view type;
    std::string_view actor;
    std::optional<schema::ActorKind> actor_kind;
  };
  void add(const Record& record);
  TagList& tag_list(std::string_view tag);
  std::string_view keep(std::string_view text);

  const Reach before_;
  mutable std::shared_mutex mutex_;
  Reach reach_;
  std::size_t bytes_ = 0;
  std::pmr::monotonic_buffer_resource texts_{std::size_t{1} << 16};  // of all that follow
  ByText<CommandPlace> places_;                                      // by command id
  std::map<RowKey, std::vector<RowVersion>> rows_;
  std::map<Subtree, Hash> hashes_;
  TreeHasher tile_;
  std::deque<Entry> entries_;      // of the positions after before_
  std::deque<TagList> tag_lists_;  // these stay where they are
  ByText<TagList*> tags_;
};

}  // namespace actbook::storage

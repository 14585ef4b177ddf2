#include "storage/slice.h"

#include <algorithm>
#include <mutex>

namespace actbook::storage {
namespace {

// What a node of a map costs beside its contents.
constexpr std::size_t kNode = 64;

// The newest version not after `position`.
const RowVersion* version_at(const std::vector<RowVersion>& versions, Position position) {
  const auto after =
      std::ranges::upper_bound(versions, position, std::less<>(), &RowVersion::position);
  return after == versions.begin() ? nullptr : &*std::prev(after);
}

}  // namespace

void Slice::add(const Addition& addition, const TreeHasher& tile) {
  const std::unique_lock lock(mutex_);
  for (const auto& [id, place] : addition.commands) {
    commands_.emplace_back(id, place);
    places_.emplace(commands_.back().first, place);
    bytes_ += id.size() + 2 * kNode;
  }
  for (const auto& record : addition.records) add(record);
  for (const auto& put : addition.rows) {
    rows_[{put.table, put.key}].push_back(put.version);
    bytes_ += put.key.size() + put.version.bytes.size() + kNode;
  }
  tile_ = tile;
  reach_ = addition.reach;
}

void Slice::add(Subtree subtree, const Hash& hash) {
  const std::unique_lock lock(mutex_);
  hashes_.emplace(subtree, hash);
}

void Slice::add(const Record& record) {
  const auto index = static_cast<std::uint32_t>(entries_.size());
  const auto told = entry_of(record);
  entries_.push_back(
      {told.recorded_at, told.occurred_at, keep(told.type), keep(told.actor), told.actor_kind});
  bytes_ += sizeof(Entry);
  for (const auto* tag : *record->tags()) {
    const auto text = tag->string_view();
    auto list = tags_.find(text);
    if (list == tags_.end()) {
      list = tags_.try_emplace(std::string(text)).first;
      bytes_ += text.size() + kNode;
    }
    list->second.indexes.push_back(index);
    bytes_ += 2 * sizeof(index);
  }
}

const std::string* Slice::keep(std::string_view text) {
  auto kept = texts_.find(text);
  if (kept == texts_.end()) {
    kept = texts_.emplace(text).first;
    bytes_ += text.size() + kNode;
  }
  return &*kept;
}

Reach Slice::reach() const {
  const std::shared_lock lock(mutex_);
  return reach_;
}

std::size_t Slice::size() const {
  const std::shared_lock lock(mutex_);
  return bytes_;
}

std::optional<CommandPlace> Slice::find_command(std::string_view command_id) const {
  const std::shared_lock lock(mutex_);
  const auto found = places_.find(command_id);
  if (found == places_.end()) return std::nullopt;
  return found->second;
}

std::optional<RowVersion> Slice::row(TableId table, std::string_view key, Position position) const {
  const std::shared_lock lock(mutex_);
  const auto found = rows_.find({table, std::string(key)});
  if (found == rows_.end()) return std::nullopt;
  const auto* version = version_at(found->second, position);
  if (version == nullptr) return std::nullopt;
  return *version;
}

std::optional<Hash> Slice::hash(Subtree subtree) const {
  const std::shared_lock lock(mutex_);
  const auto found = hashes_.find(subtree);
  if (found == hashes_.end()) return std::nullopt;
  return found->second;
}

Slice::Rows Slice::rows(TableId table, std::string_view prefix, Position position) const {
  const std::shared_lock lock(mutex_);
  Rows found;
  for (auto row = rows_.lower_bound({table, std::string(prefix)});
       row != rows_.end() && row->first.table == table && row->first.key.starts_with(prefix);
       ++row) {
    if (const auto* version = version_at(row->second, position)) {
      found.emplace_back(row->first.key, *version);
    }
  }
  return found;
}

const Slice::TagList* Slice::find_tag(std::string_view tag) const {
  const std::shared_lock lock(mutex_);
  const auto found = tags_.find(tag);
  return found == tags_.end() ? nullptr : &found->second;
}

std::optional<IndexEntry> Slice::seek(const TagList& list, Position from,
                                      Direction direction) const {
  const std::shared_lock lock(mutex_);
  const std::uint64_t first = before_.position.value + 1;
  const auto at = [&](std::uint32_t index) { return first + index; };
  if (direction == Direction::forwards) {
    const auto found = std::ranges::lower_bound(list.indexes, from.value, std::less<>(), at);
    if (found == list.indexes.end()) return std::nullopt;
    return entry(*found);
  }
  const auto beyond = std::ranges::upper_bound(list.indexes, from.value, std::less<>(), at);
  if (beyond == list.indexes.begin()) return std::nullopt;
  return entry(*std::prev(beyond));
}

std::size_t Slice::count_before(Timestamp at) const {
  const std::shared_lock lock(mutex_);
  const auto found = std::ranges::lower_bound(entries_, at, std::less<>(), &Entry::recorded_at);
  return static_cast<std::size_t>(found - entries_.begin());
}

std::vector<std::pair<std::string_view, const Slice::TagList*>> Slice::tags_in_order() const {
  std::vector<std::pair<std::string_view, const TagList*>> tags;
  tags.reserve(tags_.size());
  for (const auto& [tag, list] : tags_) tags.emplace_back(tag, &list);
  std::ranges::sort(tags);
  return tags;
}

IndexEntry Slice::entry(std::size_t index) const {
  const auto& entry = entries_[index];
  return {Position{before_.position.value + 1 + index},
          entry.recorded_at,
          entry.occurred_at,
          *entry.type,
          *entry.actor,
          entry.actor_kind};
}

}  // namespace actbook::storage

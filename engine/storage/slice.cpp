#include "storage/slice.h"

#include <algorithm>
#include <mutex>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace actbook::storage {
namespace {

// What places in memory cost beside their contents: of a node of a map, and of an entry of a hash
// map, which is up to half empty.
constexpr std::size_t kNode = 64;
constexpr std::size_t kBucket = 80;

constexpr std::string_view kTypeTag = "type:";
constexpr std::string_view kActorTag = "actor:";

// The newest version not after `position`.
const RowVersion* version_at(const std::vector<RowVersion>& versions, Position position) {
  const auto after =
      std::ranges::upper_bound(versions, position, std::less<>(), &RowVersion::position);
  return after == versions.begin() ? nullptr : &*std::prev(after);
}

}  // namespace

std::size_t TextHash::operator()(std::string_view text) const {
  return XXH3_64bits(text.data(), text.size());
}

void Slice::add(const Addition& addition, const TreeHasher& tile) {
  const std::unique_lock lock(mutex_);
  for (const auto& [id, place] : addition.commands) {
    places_.emplace(keep(id), place);
    bytes_ += id.size() + kBucket;
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
  auto entry = entry_of(record);
  std::string_view type;
  std::string_view actor;
  for (const auto* text : *record->tags()) {
    TagList& list = tag_list(text->string_view());
    list.indexes.push_back(index);
    bytes_ += 2 * sizeof(index);
    // Type and actor are tags, too, so their texts are here already.
    const auto ends = [&](std::string_view prefix, std::string_view value) {
      return list.tag.size() == prefix.size() + value.size() && list.tag.starts_with(prefix) &&
             list.tag.ends_with(value);
    };
    if (ends(kTypeTag, entry.type)) type = list.tag.substr(kTypeTag.size());
    if (ends(kActorTag, entry.actor)) actor = list.tag.substr(kActorTag.size());
  }
  entries_.push_back({entry.recorded_at, entry.occurred_at, type.empty() ? keep(entry.type) : type,
                      actor.empty() ? keep(entry.actor) : actor, entry.actor_kind});
  bytes_ += sizeof(Entry);
}

Slice::TagList& Slice::tag_list(std::string_view tag) {
  const std::size_t hash = TextHash()(tag);
  if (const auto found = tags_.find(tag, hash); found != tags_.end()) return *found->second;
  TagList& list = tag_lists_.emplace_back();
  list.tag = keep(tag);
  tags_.emplace(list.tag, &list);
  bytes_ += tag.size() + sizeof(TagList) + kBucket;
  return list;
}

std::string_view Slice::keep(std::string_view text) {
  if (text.empty()) return {};
  auto* const kept = static_cast<char*>(texts_.allocate(text.size(), 1));
  text.copy(kept, text.size());
  return {kept, text.size()};
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
  return found == tags_.end() ? nullptr : found->second;
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

IndexEntry Slice::skip_to_type(const TagList& list, Position from,
                               std::span<const std::string> types, Direction direction) const {
  constexpr int kMost = 256;  // whoever adds must not wait for long
  const std::shared_lock lock(mutex_);
  const auto start = static_cast<std::uint32_t>(from.value - before_.position.value - 1);
  auto index = std::ranges::lower_bound(list.indexes, start);
  const bool forwards = direction == Direction::forwards;
  const auto last = forwards ? std::prev(list.indexes.end()) : list.indexes.begin();
  for (int i = 0; i < kMost && index != last; ++i) {
    if (std::ranges::find(types, entries_[*index].type) != types.end()) break;
    forwards ? ++index : --index;
  }
  return entry(*index);
}

std::size_t Slice::count_before(Timestamp at) const {
  const std::shared_lock lock(mutex_);
  const auto found = std::ranges::lower_bound(entries_, at, std::less<>(), &Entry::recorded_at);
  return static_cast<std::size_t>(found - entries_.begin());
}

std::vector<std::pair<std::string_view, CommandPlace>> Slice::commands_in_order() const {
  std::vector<std::pair<std::string_view, CommandPlace>> commands(places_.begin(), places_.end());
  std::ranges::sort(commands, std::less<>(), [](const auto& command) { return command.first; });
  return commands;
}

// Tags begin with one of few words, so comparing them whole is slow: those with the same word are
// sorted by the eight bytes behind it first.
std::vector<const Slice::TagList*> Slice::tags_in_order() const {
  using Keyed = std::pair<std::uint64_t, const TagList*>;
  std::map<std::string_view, std::vector<Keyed>> words;
  for (const auto& list : tag_lists_) {
    const auto colon = list.tag.find(':');
    const auto word = colon == std::string_view::npos ? list.tag : list.tag.substr(0, colon + 1);
    std::uint64_t lead = 0;
    for (std::size_t i = 0; i < sizeof(lead); ++i) {
      const auto at = word.size() + i;
      lead = lead << 8 | (at < list.tag.size() ? static_cast<unsigned char>(list.tag[at]) : 0U);
    }
    words[word].emplace_back(lead, &list);
  }
  std::vector<const TagList*> lists;
  lists.reserve(tag_lists_.size());
  for (auto& [word, keyed] : words) {
    std::ranges::sort(keyed, [](const Keyed& left, const Keyed& right) {
      return left.first != right.first ? left.first < right.first
                                       : left.second->tag < right.second->tag;
    });
    for (const auto& [lead, list] : keyed) lists.push_back(list);
  }
  return lists;
}

IndexEntry Slice::entry(std::size_t index) const {
  const auto& entry = entries_[index];
  return {Position{before_.position.value + 1 + index},
          entry.recorded_at,
          entry.occurred_at,
          entry.type,
          entry.actor,
          entry.actor_kind};
}

}  // namespace actbook::storage

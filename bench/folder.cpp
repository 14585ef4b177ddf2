#include "folder.h"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace actbook::bench {
namespace {

constexpr int kFirstBits = 12;

std::uint64_t key_of(std::string_view id) { return XXH3_64bits(id.data(), id.size()) | 1; }

}  // namespace

Counters::Counters() : entries_(std::size_t{1} << kFirstBits), shift_(64 - kFirstBits) {}

Counters::Entry& Counters::at(std::uint64_t key) {
  if (used_ * 2 >= entries_.size()) grow();
  std::size_t place = place_of(key);
  while (entries_[place].key != key) {
    if (entries_[place].key == 0) {
      entries_[place].key = key;
      ++used_;
      break;
    }
    place = (place + 1) & (entries_.size() - 1);
  }
  return entries_[place];
}

void Counters::grow() {
  std::vector<Entry> before(entries_.size() * 2);
  before.swap(entries_);
  --shift_;
  used_ = 0;
  for (const auto& entry : before) {
    if (entry.key != 0) at(entry.key) = entry;
  }
}

void Folder::add(const log::Record& record) {
  Change change;
  change.position = record.position();
  change.payload_bytes = record.payload()->size();
  for (const auto* tag : *record.tags()) {
    const std::string_view text = tag->string_view();
    if (text.starts_with("workspace:")) change.workspace = key_of(text);
    // Of two organisations the first counts; tags are sorted, so it is always the same.
    if (change.organisation == 0 && text.starts_with("organisation:")) {
      change.organisation = key_of(text);
    }
  }
  workspaces_.prefetch(change.workspace);
  organisations_.prefetch(change.organisation);
  auto& place = window_[added_ % kWindow];
  if (added_ >= kWindow) apply(place);
  place = change;
  ++added_;
}

void Folder::apply(const Change& change) {
  for (auto* entry : {&workspaces_.at(change.workspace), &organisations_.at(change.organisation)}) {
    ++entry->events;
    entry->payload_bytes += change.payload_bytes;
    entry->last_position = std::max(entry->last_position, change.position);
  }
}

void Folder::finish() {
  const std::uint64_t waiting = std::min<std::uint64_t>(added_, kWindow);
  for (std::uint64_t i = added_ - waiting; i < added_; ++i) apply(window_[i % kWindow]);
  added_ = 0;
}

std::uint64_t Folder::memory() const { return workspaces_.memory() + organisations_.memory(); }

std::uint64_t Folder::digest() const {
  std::uint64_t digest = 0;
  for (const auto* counters : {&workspaces_, &organisations_}) {
    for (const auto& entry : counters->entries()) {
      if (entry.key != 0) digest += XXH3_64bits(&entry, sizeof(entry));
    }
  }
  return digest;
}

}  // namespace actbook::bench

#include "answers/lasting.h"

#include <algorithm>

#include "actbook/entity.h"
#include "answers/listing.h"

namespace actbook {
namespace {

bool is_entity(const std::string& tag) { return Entity::parse(tag).has_value(); }

// Half-open ranges; but what ended in one, even at its first instant, did so within it.
bool within(const TimeRange& range, std::int64_t from, std::optional<std::int64_t> until) {
  return (!range.before || from < range.before->microseconds) &&
         (!range.from || !until || *until >= range.from->microseconds);
}

}  // namespace

bool asks_for_acts(const Search& search) {
  return !search.types.empty() || search.mode || search.broken ||
         !std::ranges::all_of(search.tags, is_entity);
}

Search acts_of(const Search& search) {
  Search acts = search;
  std::erase_if(acts.tags, is_entity);
  acts.recorded = acts.occurred = {};
  acts.after = {};
  acts.limit = Search().limit;
  return acts;
}

Search starts_of(const Search& search) {
  Search starts = search;
  starts.recorded.from = starts.occurred.from = {};
  return starts;
}

Search starts_about_entities(const Search& search) {
  Search starts = starts_of(search);
  std::erase_if(starts.tags, [](const std::string& tag) { return !is_entity(tag); });
  starts.types.clear();
  starts.mode.reset();
  starts.broken.reset();
  starts.limit = Search().limit;
  return starts;
}

bool is_act(const Search& acts, const Record& record) {
  return matches(acts, record) && std::ranges::all_of(acts.tags, [&](const std::string& tag) {
           return has_tag(record, tag);
         });
}

bool lasted_within(const Search& search, const Lasted& lasted) {
  const auto* until = lasted.until;
  const auto end = [&](std::int64_t schema::ActT::*time) {
    return until != nullptr ? std::optional(until->*time) : std::nullopt;
  };
  return within(search.recorded, lasted.from->recorded_at, end(&schema::ActT::recorded_at)) &&
         within(search.occurred, lasted.from->occurred_at, end(&schema::ActT::occurred_at));
}

bool names_entities(const Record& record, const Search& search) {
  return std::ranges::all_of(
      search.tags, [&](const std::string& tag) { return !is_entity(tag) || has_tag(record, tag); });
}

bool names_entity(const Search& search) { return std::ranges::any_of(search.tags, is_entity); }

bool names(const Search& search, std::string_view kind) {
  return std::ranges::any_of(
      search.tags, [&](std::string_view tag) { return tag.substr(0, tag.find(':')) == kind; });
}

bool asks_for(const Search& search, std::string_view kind, std::string_view id) {
  return std::ranges::all_of(search.tags, [&](std::string_view tag) {
    const auto colon = tag.find(':');
    return tag.substr(0, colon) != kind || tag.substr(colon + 1) == id;
  });
}

}  // namespace actbook

#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actbook/event_store.h"
#include "actbook/search.h"
#include "answers/audit_lists.h"
#include "answers/intervals.h"

// Lists of what lasts: roles, seats, handoffs, mandates, deals, partner status. A line is listed if
// it lasted at some time in the search's ranges, one of its acts is of the search's types, actor,
// correlation and mode, and the event that it begins with names the search's entities. Where the
// search names an entity, it is looked for among what begins with it; else among the acts.
namespace actbook {

/// What a line lasted from and until, and what else was done about it; null, where nothing was.
struct Lasted {
  const schema::ActT* from = nullptr;
  const schema::ActT* until = nullptr;
  const schema::ActT* before = nullptr;
};

/// Lines by the positions of the events that they begin with.
template <class Line>
using LinesByStart = std::map<std::uint64_t, std::unique_ptr<Line>>;

/// Whether a search asks for acts, not only for what is known of the thing and when it lasted.
[[nodiscard]] bool asks_for_acts(const Search& search);
/// The acts that a search asks for, whatever they are about and whenever.
[[nodiscard]] Search acts_of(const Search& search);
/// What may begin a line that a search asks for; it does not ask for acts.
[[nodiscard]] Search starts_of(const Search& search);
/// What may begin a line about a search's entities, whatever acts it asks for.
[[nodiscard]] Search starts_about_entities(const Search& search);
/// Whether an event is one of the acts.
[[nodiscard]] bool is_act(const Search& acts, const Record& record);
/// Whether it lasted at some time in the search's ranges.
[[nodiscard]] bool lasted_within(const Search& search, const Lasted& lasted);
/// Whether an event has those tags of a search that are of entities.
[[nodiscard]] bool names_entities(const Record& record, const Search& search);
/// Whether a search names an entity, or one of a kind.
[[nodiscard]] bool names_entity(const Search& search);
[[nodiscard]] bool names(const Search& search, std::string_view kind);
/// Whether a search asks for this one, as far as it names one of the kind. By the tags alone,
/// person:adam asks for what Adam did to others, too.
[[nodiscard]] bool asks_for(const Search& search, std::string_view kind, std::string_view id);

/// `List` is a question's:
///   Answer, Line    its native tables
///   kKeys           its AuditKeys
///   Starts, Events  the types of the events that begin a line, and of all that are acts of one
///   Key             what the lines of one history have in common
///   key(store, view, event) -> std::optional<Key>
///   lines(store, view, key) -> LinesByStart<Line>; what cannot be read fails the view
///   where an entity has many keys, also tags(key), which all events of its history have, and
///     lines(view, key, history)
///   lasted(line) -> Lasted
///   is_asked(search, line): what the tags alone do not say
template <class List>
class LastingLines {
 public:
  using Answer = typename List::Answer;
  using Line = typename List::Line;
  using Key = typename List::Key;

  LastingLines(const EventStore& store, const View& view, const Search& search)
      : store_(store), view_(view), search_(search), answer_(stamped<Answer>(view)) {}

  [[nodiscard]] Result<Answer> list() {
    BOOST_OUTCOME_TRY(check_asked(List::kKeys, List::Events::names(), search_));
    if (asks_for_acts(search_)) {
      BOOST_OUTCOME_TRY(list_by_acts());
    } else {
      BOOST_OUTCOME_TRY(list_by_starts());
    }
    BOOST_OUTCOME_TRY(view_.status());
    if (answer_.lines.empty()) {
      BOOST_OUTCOME_TRY(check_all_known(store_, view_, search_));
    }
    return std::move(answer_);
  }

 private:
  Result<void> list_by_starts() {
    const auto add = [&](const Record& record) -> Result<bool> {
      BOOST_OUTCOME_TRY(read_lines(record));
      auto line = lines_.extract(record.position().value);
      if (!line || !is_asked(*line.mapped())) return false;
      answer_.lines.push_back(std::move(line.mapped()));
      return true;
    };
    BOOST_OUTCOME_TRY(next,
                      visit_events(store_, view_, starts_of(search_), List::Starts::names(), add));
    answer_.next = next;
    return boost::outcome_v2::success();
  }

  Result<void> list_by_acts() {
    const auto read = [&](const Record& record) -> Result<bool> {
      BOOST_OUTCOME_TRY(read_lines(record));
      return true;
    };
    const Search acts = acts_of(search_);
    if (names_entity(search_)) {
      const Search starts = starts_about_entities(search_);
      BOOST_OUTCOME_TRY(visit_events(store_, view_, starts, List::Starts::names(), read));
    } else {
      BOOST_OUTCOME_TRY(visit_events(store_, view_, acts, List::Events::names(), read));
    }
    std::uint64_t last = 0;
    for (auto& [position, line] : lines_) {
      if (position <= search_.after.value || !is_asked(*line)) continue;
      BOOST_OUTCOME_TRY(start, store_.event(Position{position}));
      if (!names_entities(start, search_)) continue;
      BOOST_OUTCOME_TRY(met, has_act(acts, List::lasted(*line)));
      if (!met) continue;
      if (answer_.lines.size() == search_.limit) {
        answer_.next = last;
        break;
      }
      answer_.lines.push_back(std::move(line));
      last = position;
    }
    return boost::outcome_v2::success();
  }

  [[nodiscard]] Result<bool> has_act(const Search& acts, const Lasted& lasted) const {
    for (const auto* act : {lasted.from, lasted.until, lasted.before}) {
      if (act == nullptr) continue;
      BOOST_OUTCOME_TRY(record, store_.event(Position{act->position}));
      if (is_act(acts, record)) return true;
    }
    return false;
  }

  // Reads the lines of what an event is about, once.
  Result<void> read_lines(const Record& record) {
    BOOST_OUTCOME_TRY(key, List::Events::visit(record, [&](const auto& event) {
                        return List::key(store_, view_, event);
                      }));
    if (key && met_.insert(*key).second) lines_.merge(lines_of(*key));
    return boost::outcome_v2::success();
  }

  [[nodiscard]] LinesByStart<Line> lines_of(const Key& key) {
    if constexpr (requires { List::tags(key); }) {
      if (!read_) read_ = read_of_entity();
      const auto tags = List::tags(key);
      if (std::ranges::find(tags, read_->tag) != tags.end()) {
        return List::lines(view_, key, history_of(*read_, tags));
      }
    }
    return List::lines(store_, view_, key);
  }

  // All events of the one entity that is asked about, if they are few: that is less than a search
  // for each of its keys. Where they are many, a page needs but some, and the few are read in vain.
  [[nodiscard]] EventsWithTag read_of_entity() const {
    constexpr std::size_t kMost = 100;
    EventsWithTag read;
    if (search_.tags.size() != 1 || !names_entity(search_)) return read;
    Search all;
    all.tags = search_.tags;
    all.limit = kMost;
    const auto next = visit_events(store_, view_, all, List::Events::names(),
                                   [&](const Record& record) -> Result<bool> {
                                     read.events.push_back(record);
                                     return true;
                                   });
    if (!next || next.value()) return {};  // the search for each will meet the error, too
    if (view_.axis() == Axis::occurred) {
      std::ranges::stable_sort(read.events, {}, &Record::occurred_at);
    }
    read.tag = search_.tags.front();
    return read;
  }

  [[nodiscard]] bool is_asked(const Line& line) const {
    return lasted_within(search_, List::lasted(line)) && List::is_asked(search_, line);
  }

  const EventStore& store_;
  const View& view_;
  const Search& search_;
  Answer answer_;
  std::set<Key> met_;
  std::optional<EventsWithTag> read_;  // once it was looked for; without a tag: there is none
  LinesByStart<Line> lines_;
};

}  // namespace actbook

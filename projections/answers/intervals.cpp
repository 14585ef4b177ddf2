#include "answers/intervals.h"

#include <algorithm>
#include <iterator>

#include "answers/listing.h"

namespace actbook {

std::vector<Interval> intervals_of(const std::vector<Record>& history,
                                   const std::function<Effect(const Record& record)>& effect) {
  std::vector<Interval> intervals;
  bool lasts = false;
  Position ruled_out;  // whatever was recorded up to there
  for (const auto& record : history) {
    const Effect what = effect(record);
    if (what == Effect::none) continue;
    if (what == Effect::rules_out && !lasts) ruled_out = std::max(ruled_out, record.position());
    if (what == Effect::begins && ruled_out > record.position()) continue;
    if (lasts) intervals.back().until = &record;
    lasts = what == Effect::begins || (what == Effect::changes && lasts);
    if (lasts) intervals.push_back({&record, nullptr});
  }
  return intervals;
}

std::vector<Record> history_of(const EventStore& store, const View& view,
                               const std::vector<std::string>& tags,
                               const std::vector<std::string_view>& types) {
  std::vector<Record> history;
  Search search;
  search.tags = tags;
  const auto read =
      visit_events(store, view, search, types, [&](const Record& record) -> Result<bool> {
        history.push_back(record);
        return true;
      });
  if (!read) view.fail(read.error());
  if (view.axis() == Axis::occurred) std::ranges::stable_sort(history, {}, &Record::occurred_at);
  return history;
}

std::vector<Record> history_of(const EventsWithTag& read, const std::vector<std::string>& tags) {
  std::vector<Record> history;
  std::ranges::copy_if(read.events, std::back_inserter(history), [&](const Record& record) {
    return std::ranges::all_of(tags, [&](const std::string& tag) { return has_tag(record, tag); });
  });
  return history;
}

}  // namespace actbook

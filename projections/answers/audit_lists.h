#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "actbook/audit.h"
#include "answers/lines.h"
#include "answers/listing.h"
#include "visit_event.h"

namespace actbook {

/// An answer whose lines come from the events of these types that match a search:
/// `add_lines(event, record, lines)` gets each as a native object. An event that it adds no line
/// for is not counted by the search's limit. What it cannot read, it fails the view for. Errors and
/// cost: audit.h.
template <class Answer, class... Events, class AddLines>
[[nodiscard]] Result<Answer> list_events(const EventStore& store, const View& view,
                                         const AuditKeys& keys, const Search& search,
                                         const AddLines& add_lines) {
  BOOST_OUTCOME_TRY(check_asked(keys, EventTypes<Events...>::names(), search));
  auto answer = stamped<Answer>(view);
  const auto add = [&](const Record& record) -> Result<bool> {
    const auto before = answer.lines.size();
    BOOST_OUTCOME_TRY(EventTypes<Events...>::visit(record, [&](const auto& table) {
      typename std::decay_t<decltype(table)>::NativeTableType event;
      table.UnPackTo(&event);
      add_lines(std::move(event), record, answer.lines);
    }));
    return answer.lines.size() > before;
  };
  BOOST_OUTCOME_TRY(next, visit_events(store, view, search, EventTypes<Events...>::names(), add));
  answer.next = next;
  if (answer.lines.empty()) {
    BOOST_OUTCOME_TRY(check_all_known(store, view, search));
  }
  return answer;
}

}  // namespace actbook

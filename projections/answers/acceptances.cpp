#include "actbook/acceptances.h"

#include "actbook/keys.h"
#include "actbook/tables.h"
#include "answers/known.h"
#include "answers/lines.h"

namespace actbook {
namespace {

bool matches(const AcceptanceFilter& filter, const Record& record, const row::AcceptanceRowT& row) {
  const auto same = [](const std::string& wanted, const std::string& found) {
    return wanted.empty() || wanted == found;
  };
  return same(filter.workspace, row.workspace) && same(filter.person, row.person) &&
         same(filter.agreement, row.agreement) &&
         (same(filter.organisation, row.organisation) ||
          same(filter.organisation, row.acting_organisation)) &&
         (!filter.version || *filter.version == row.version) &&
         (!filter.from || record.recorded_at() >= *filter.from) &&
         (!filter.to || record.recorded_at() < *filter.to);
}

Result<void> check_all_known(const EventStore& store, const View& view,
                             const AcceptanceFilter& filter) {
  for (const auto& entity :
       {Entity{EntityKind::organisation, filter.organisation},
        Entity{EntityKind::workspace, filter.workspace}, Entity{EntityKind::person, filter.person},
        Entity{EntityKind::agreement, filter.agreement}}) {
    if (entity.id.empty()) continue;
    BOOST_OUTCOME_TRY(check_known(store, view, entity));
  }
  return boost::outcome_v2::success();
}

Query to_query(const AcceptanceFilter& filter) {
  QueryItem item;
  item.types = {"AgreementAccepted"};
  const auto add = [&](const char* key, const std::string& id) {
    if (!id.empty()) item.tags.push_back(std::string(key) + ":" + id);
  };
  add("organisation", filter.organisation);
  add("workspace", filter.workspace);
  add("person", filter.person);
  add("agreement", filter.agreement);
  return Query{{item}};
}

}  // namespace

Result<answer::AcceptancesT> find_acceptances(const EventStore& store, const View& view,
                                              const AcceptanceFilter& filter) {
  if (filter.from && filter.to && *filter.from >= *filter.to) {
    return Error{ErrorKind::misuse,
                 "EMPTY_RANGE",
                 "from, " + to_iso8601(*filter.from) + ", is not before to, " +
                     to_iso8601(*filter.to) + "; from is included, to is not",
                 {}};
  }
  answer::AcceptancesT answer;
  answer.as_of = view.position().value;
  answer.at = view.at().microseconds;
  ReadRange range;
  range.to = view.position();
  if (filter.from) {
    BOOST_OUTCOME_TRY(before, store.as_of(Timestamp{filter.from->microseconds - 1}));
    range.from = before.position().next();
  }
  auto cursor = store.query(to_query(filter), range);
  while (cursor.next()) {
    const Record& record = cursor.record();
    if (filter.to && record.recorded_at() >= *filter.to) break;
    const auto* event = flatbuffers::GetRoot<event::AgreementAccepted>(record.payload().data());
    if (!is_flat<event::AgreementAccepted>(record.payload())) {
      return Error{ErrorKind::corrupt, "MALFORMED_EVENT", "an acceptance is not well-formed",
                   record.position()};
    }
    const auto key = acceptance_key(event->workspace()->string_view(), record.position());
    const auto row = find<row::AcceptanceRowT>(view, key);
    if (row && matches(filter, record, *row)) {
      answer.lines.push_back(std::make_unique<answer::AcceptanceLineT>(acceptance_line(*row)));
    }
  }
  BOOST_OUTCOME_TRY(cursor.status());
  BOOST_OUTCOME_TRY(view.status());
  if (answer.lines.empty()) {
    BOOST_OUTCOME_TRY(check_all_known(store, view, filter));
  }
  return answer;
}

}  // namespace actbook

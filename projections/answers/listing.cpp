#include "answers/listing.h"

#include <algorithm>

#include "actbook/audit.h"
#include "actbook/schema/events_generated.h"
#include "actbook/schema/reasons_generated.h"
#include "answers/known.h"

namespace actbook {
namespace {

bool wants_refusals(const Search& search) {
  return search.refused == true || !search.reasons.empty() || !search.commands.empty();
}

bool is_among(std::string_view name, const std::vector<std::string>& names) {
  return names.empty() || std::ranges::find(names, name) != names.end();
}

bool refuses_as_asked(const Search& search, const Record& record) {
  if (search.reasons.empty() && search.commands.empty()) return true;
  const auto refusal = record.payload_as<event::CommandRefused>();
  return refusal && is_among(schema::EnumNameReason(refusal.value()->reason()), search.reasons) &&
         is_among(refusal.value()->command_type()->string_view(), search.commands);
}

// Nothing, if no type is left.
std::optional<Query> to_query(const Search& search, const std::vector<std::string_view>& types) {
  QueryItem item;
  item.tags = search.tags;
  const auto wanted = [&](std::string_view type) {
    return search.types.empty() || std::ranges::find(search.types, type) != search.types.end();
  };
  if (types.empty()) item.types = search.types;
  for (const auto type : types) {
    if (wanted(type)) item.types.emplace_back(type);
  }
  if (item.types.empty() && !(types.empty() && search.types.empty())) return std::nullopt;
  if (wants_refusals(search)) {
    const auto& all = item.types;
    if (!all.empty() && std::ranges::find(all, "CommandRefused") == all.end()) return std::nullopt;
    item.types = {"CommandRefused"};
  }
  return Query{{std::move(item)}};
}

}  // namespace

bool has_tag(const Record& record, std::string_view tag) {
  return std::ranges::any_of(*record->tags(),
                             [&](const auto* named) { return named->string_view() == tag; });
}

bool matches(const Search& search, const Record& record) {
  const bool refused = record.type() == "CommandRefused";
  const bool broken = record->rules_broken() != nullptr && record->rules_broken()->size() > 0;
  return search.recorded.contains(record.recorded_at()) &&
         search.occurred.contains(record.occurred_at()) && is_among(record.type(), search.types) &&
         (!search.refused || *search.refused == refused) &&
         (!search.mode || *search.mode == record->mode()) &&
         (!search.broken || *search.broken == broken) && refuses_as_asked(search, record);
}

Result<flatbuffers::Optional<std::uint64_t>> visit_events(
    const EventStore& store, const View& view, const Search& search,
    const std::vector<std::string_view>& types,
    const std::function<Result<bool>(const Record& record)>& visit) {
  BOOST_OUTCOME_TRY(check_search(search));
  flatbuffers::Optional<std::uint64_t> next;
  const auto query = to_query(search, types);
  // There may be no position after the cursor, so that the first would come next.
  if (!query || search.after >= view.position()) return next;
  ReadRange range;
  range.from = search.after.next();
  range.to = view.position();
  if (search.recorded.from) range.recorded_from = *search.recorded.from;
  if (search.recorded.before) range.recorded_before = *search.recorded.before;
  std::size_t found = 0;
  Position last;
  auto cursor = store.query(*query, range);
  while (cursor.next()) {
    const Record& record = cursor.record();
    if (is_system_event(record.type())) continue;
    if (!view.knows(record.position(), record.occurred_at()) || !matches(search, record)) continue;
    if (found == search.limit) {
      next = last.value;
      return next;
    }
    BOOST_OUTCOME_TRY(taken, visit(record));
    if (taken) ++found;
    last = record.position();
  }
  BOOST_OUTCOME_TRY(cursor.status());
  BOOST_OUTCOME_TRY(view.status());
  return next;
}

Result<void> check_keys(const AuditKeys& keys, const Search& search) {
  const auto is_key = [&](std::string_view kind) {
    return (" " + std::string(keys.kinds) + " ").find(" " + std::string(kind) + " ") !=
           std::string::npos;
  };
  for (const auto& tag : search.tags) {
    const auto kind = std::string_view(tag).substr(0, tag.find(':'));
    if (!Entity::parse(tag) || is_key(kind)) continue;
    return Error{ErrorKind::invalid,
                 "NOT_ASKED_BY",
                 tag + ": not every event that " + std::string(keys.question) +
                     " are made of names the " + std::string(kind) +
                     ", so part would be missing; "
                     "ask by one of: " +
                     std::string(keys.kinds),
                 {}};
  }
  return boost::outcome_v2::success();
}

Result<void> check_asked(const AuditKeys& keys, const std::vector<std::string_view>& types,
                         const Search& search) {
  BOOST_OUTCOME_TRY(check_search(search));
  BOOST_OUTCOME_TRY(check_keys(keys, search));
  const auto is_one = [&](std::string_view type) {
    return std::ranges::find(types, type) != types.end();
  };
  const bool none = !search.types.empty() && std::ranges::none_of(search.types, is_one);
  if (!none && (!wants_refusals(search) || is_one("CommandRefused"))) {
    return boost::outcome_v2::success();
  }
  std::string names;
  for (const auto type : types) names.append(names.empty() ? "" : ", ").append(type);
  return Error{ErrorKind::invalid,
               "NOT_ASKED_BY",
               (none ? "type: none of these makes " : "refused: no refusal is among ") +
                   std::string(keys.question) + ", which are made of " + names + "; ask " +
                   (none ? "the trail" : "for refusals"),
               {}};
}

// Whoever is known as a person may have done nothing.
Result<void> check_all_known(const EventStore& store, const View& view, const Search& search) {
  for (const auto& tag : search.tags) {
    if (const auto entity = Entity::parse(tag)) {
      BOOST_OUTCOME_TRY(check_known(store, view, entity.value()));
      continue;
    }
    const auto colon = tag.find(':');
    const bool is_actor = tag.substr(0, colon) == "actor";
    BOOST_OUTCOME_TRY(known, is_known(store, view, tag));
    if (!known && is_actor) {
      BOOST_OUTCOME_TRY(person, is_known(store, view, "person:" + tag.substr(colon + 1)));
      known = person;
    }
    if (!known) return not_known(view, tag);
  }
  return boost::outcome_v2::success();
}

}  // namespace actbook

#include "actbook/trail.h"

#include "actbook/schema/events_generated.h"
#include "actbook/schema/reasons_generated.h"
#include "answers/known.h"

namespace actbook {
namespace {

std::string text(const flatbuffers::String* string) {
  return string != nullptr ? string->str() : std::string();
}

Result<std::unique_ptr<answer::TrailLineT>> trail_line(const Record& record) {
  auto line = std::make_unique<answer::TrailLineT>();
  line->position = record.position().value;
  line->recorded_at = record.recorded_at().microseconds;
  line->occurred_at = record.occurred_at().microseconds;
  line->type = record.type();
  line->actor.reset(record->actor()->UnPack());
  line->acting_organisation = text(record->acting_organisation());
  line->basis = text(record->basis());
  line->mode = record->mode();
  if (record->rules_broken() != nullptr) {
    for (const auto* rule : *record->rules_broken()) line->rules_broken.push_back(rule->str());
  }
  line->reason = text(record->reason());
  line->command_id = text(record->command_id());
  line->correlation_id = text(record->correlation_id());
  BOOST_OUTCOME_TRY(summary, summarise(record));
  line->summary = std::move(summary);
  if (record.type() == "CommandRefused") {
    const auto* refusal = flatbuffers::GetRoot<event::CommandRefused>(record.payload().data());
    line->refused = schema::EnumNameReason(refusal->reason());
  }
  return line;
}

// The events up to the view that a query finds, as lines.
Result<answer::TrailT> list(const EventStore& store, const View& view, QueryItem item,
                            Position since) {
  auto answer = answer::TrailT();
  answer.as_of = view.position().value;
  answer.at = view.at().microseconds;
  ReadRange range;
  range.from = since.next();
  range.to = view.position();
  auto cursor = store.query(Query{{std::move(item)}}, range);
  while (cursor.next()) {
    BOOST_OUTCOME_TRY(line, trail_line(cursor.record()));
    answer.lines.push_back(std::move(line));
  }
  BOOST_OUTCOME_TRY(cursor.status());
  return answer;
}

}  // namespace

Result<answer::TrailT> find_trail(const EventStore& store, const View& view, const Entity& entity,
                                  Position since) {
  BOOST_OUTCOME_TRY(answer, list(store, view, {{}, {entity.tag()}}, since));
  answer.entity = entity.tag();
  if (answer.lines.empty()) {
    BOOST_OUTCOME_TRY(check_known(store, view, entity));
  }
  return std::move(answer);
}

Result<answer::TrailT> find_refusals(const EventStore& store, const View& view,
                                     const std::optional<Entity>& entity, Position since) {
  QueryItem item;
  item.types = {"CommandRefused"};
  if (entity) item.tags = {entity->tag()};
  BOOST_OUTCOME_TRY(answer, list(store, view, std::move(item), since));
  if (!entity) return std::move(answer);
  answer.entity = entity->tag();
  if (answer.lines.empty()) {
    BOOST_OUTCOME_TRY(check_known(store, view, *entity));
  }
  return std::move(answer);
}

}  // namespace actbook

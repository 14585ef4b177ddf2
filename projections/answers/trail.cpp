#include "actbook/trail.h"

#include "actbook/schema/events_generated.h"
#include "actbook/schema/reasons_generated.h"
#include "answers/lines.h"
#include "answers/listing.h"

namespace actbook {
namespace {

std::string text(const flatbuffers::String* string) {
  return string != nullptr ? string->str() : std::string();
}

}  // namespace

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
  line->rules_broken = rules_broken(record);
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

Result<answer::TrailT> find_events(const EventStore& store, const View& view,
                                   const Search& search) {
  auto answer = stamped<answer::TrailT>(view);
  const auto add = [&](const Record& record) -> Result<bool> {
    BOOST_OUTCOME_TRY(line, trail_line(record));
    answer.lines.push_back(std::move(line));
    return true;
  };
  BOOST_OUTCOME_TRY(next, visit_events(store, view, search, {}, add));
  answer.next = next;
  if (answer.lines.empty()) {
    BOOST_OUTCOME_TRY(check_all_known(store, view, search));
  }
  return answer;
}

}  // namespace actbook

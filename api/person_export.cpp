#include "person_export.h"

#include <nlohmann/json.hpp>
#include <set>

#include "actbook/decide.h"
#include "actbook/seal.h"
#include "actbook/tables.h"

namespace actbook {
namespace {

using nlohmann::ordered_json;

/// Reads one person's data; of others it says that it is sealed, or erased.
class OnesOwn {
 public:
  OnesOwn(std::set<DataSubject> subjects, const ReadPersonal& mine, const ReadPersonal& others)
      : subjects_(std::move(subjects)), mine_(mine), others_(others) {}

  Result<std::string> operator()(const PersonalText& stored) const {
    const auto sealed = SealedText::parse(stored.text);
    const bool own = sealed && subjects_.contains(DataSubject(sealed->subject));
    return own ? mine_(stored) : others_(stored);
  }

 private:
  std::set<DataSubject> subjects_;
  const ReadPersonal& mine_;
  const ReadPersonal& others_;
};

Query all_about(const std::vector<std::string>& tags) {
  Query query;
  for (const auto& tag : tags) query.items.push_back({{}, {tag}});
  return query;
}

Result<ordered_json> command_json(const EventStore& store, std::string_view command_id,
                                  const ReadPersonal& read) {
  BOOST_OUTCOME_TRY(stored, store.find_command(command_id));
  if (!stored || !is_flat<command::CommandEnvelope>(stored->content)) return ordered_json();
  BOOST_OUTCOME_TRY(
      command, replace_personal(command_schema(), command::CommandEnvelope::GetFullyQualifiedName(),
                                stored->content, read));
  return ordered_json::parse(command_to_json(command));
}

}  // namespace

Result<std::string> export_person(const Ledger& ledger, const EventStore& store, const View& view,
                                  const std::string& person, JsonLayout layout,
                                  const ReadPersonal& reveal, const ReadPersonal& hide) {
  std::vector<std::string> tags = {person_subject(person)};
  auto contacts = ordered_json::array();
  for (const auto& contact : references(view, "person", person, "contact")) {
    // An address may have become somebody else's.
    if (find_or_empty<row::ContactRowT>(view, contact).person != person) continue;
    tags.push_back(contact_subject(contact));
    BOOST_OUTCOME_TRY(known, ledger.show(view, {EntityKind::contact, contact}, Personal::revealed));
    contacts.push_back(ordered_json::parse(to_json(*known.state.AsContactState())));
  }
  const OnesOwn own({tags.begin(), tags.end()}, reveal, hide);

  ordered_json document;
  document["person"] = person;
  auto state = ledger.show(view, {EntityKind::person, person}, Personal::revealed);
  if (state) document["state"] = ordered_json::parse(to_json(*state.value().state.AsPersonState()));
  // Somebody may have acted who is nothing here.
  if (!state && state.error().code != "NOT_FOUND") return std::move(state).error();
  auto events = ordered_json::array();
  auto commands = ordered_json::array();
  auto cursor = store.query(all_about(tags), {.to = view.position()});
  std::set<std::string> seen;
  while (cursor.next()) {
    const auto& record = cursor.record();
    BOOST_OUTCOME_TRY(event, record_to_json(record, JsonLayout::line, own));
    events.push_back(ordered_json::parse(event));
    if (!seen.insert(record->command_id()->str()).second) continue;
    BOOST_OUTCOME_TRY(command, command_json(store, record->command_id()->string_view(), own));
    if (!command.is_null()) commands.push_back(std::move(command));
  }
  BOOST_OUTCOME_TRY(cursor.status());
  if (!state && events.empty()) return std::move(state).error();
  document["contacts"] = std::move(contacts);
  document["events"] = std::move(events);
  document["commands"] = std::move(commands);
  return document.dump(layout == JsonLayout::indented ? 2 : -1, ' ', false,
                       ordered_json::error_handler_t::replace);
}

}  // namespace actbook

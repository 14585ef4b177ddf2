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

  Result<std::string> operator()(std::string_view stored) const {
    const auto sealed = SealedText::parse(stored);
    const bool own = sealed && subjects_.contains(DataSubject(sealed->subject));
    return own ? mine_(stored) : others_(stored);
  }

 private:
  std::set<DataSubject> subjects_;
  const ReadPersonal& mine_;
  const ReadPersonal& others_;
};

Query all_about(const std::string& person, const std::vector<std::string>& contacts) {
  Query query;
  query.items.push_back({{}, {"person:" + person}});
  for (const auto& contact : contacts) query.items.push_back({{}, {"contact:" + contact}});
  return query;
}

Result<ordered_json> command_json(const EventStore& store, std::string_view command_id,
                                  const ReadPersonal& read) {
  BOOST_OUTCOME_TRY(stored, store.find_command(command_id));
  if (!stored || !is_flat<command::CommandEnvelope>(stored->content)) return ordered_json();
  BOOST_OUTCOME_TRY(
      command,
      replace_personal(command_schema(), command::CommandEnvelope::GetFullyQualifiedName(),
                       stored->content, [&](const PersonalText& text) { return read(text.text); }));
  return ordered_json::parse(command_to_json(command));
}

}  // namespace

Result<std::string> export_person(const Ledger& ledger, const EventStore& store, const View& view,
                                  const std::string& person, JsonLayout layout,
                                  const ReadPersonal& reveal, const ReadPersonal& hide) {
  const auto contacts = references(view, "person", person, "contact");
  std::set<DataSubject> subjects = {person_subject(person)};
  for (const auto& contact : contacts) subjects.insert(contact_subject(contact));
  const OnesOwn own(std::move(subjects), reveal, hide);

  ordered_json document;
  document["person"] = person;
  BOOST_OUTCOME_TRY(state, ledger.show(view, {EntityKind::person, person}, Personal::revealed));
  document["state"] = ordered_json::parse(to_json(*state.state.AsPersonState()));
  auto about_contacts = ordered_json::array();
  for (const auto& contact : contacts) {
    BOOST_OUTCOME_TRY(known, ledger.show(view, {EntityKind::contact, contact}, Personal::revealed));
    about_contacts.push_back(ordered_json::parse(to_json(*known.state.AsContactState())));
  }
  auto events = ordered_json::array();
  auto commands = ordered_json::array();
  auto cursor = store.query(all_about(person, contacts), {.to = view.position()});
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
  document["contacts"] = std::move(about_contacts);
  document["events"] = std::move(events);
  document["commands"] = std::move(commands);
  return document.dump(layout == JsonLayout::indented ? 2 : -1, ' ', false,
                       ordered_json::error_handler_t::replace);
}

}  // namespace actbook

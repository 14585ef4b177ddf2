#include "support/store_fixture.h"

#include <doctest/doctest.h>

#include "actbook/decide.h"
#include "actbook/schema/events_generated.h"
#include "actbook/tables.h"

namespace actbook::testing {

EventDraft renamed(const std::string& workspace, const std::string& to,
                   std::vector<std::string> tags) {
  event::WorkspaceRenamedT event;
  event.workspace = workspace;
  event.to = to;
  auto made = draft(event);
  made.extra_tags = std::move(tags);
  return made;
}

Submission submission(const std::string& command_id, const std::string& workspace,
                      const std::string& name) {
  command::CommandEnvelopeT envelope;
  envelope.command_id = command_id;
  envelope.actor = std::make_unique<schema::ActorT>();
  envelope.actor->kind = schema::ActorKind::person;
  envelope.actor->id = "adam";
  command::RenameWorkspaceT rename;
  rename.workspace = workspace;
  rename.name = name;
  envelope.command.Set(rename);
  return {command_info(envelope), pack(envelope), command::CommandEnvelope::GetFullyQualifiedName(),
          &command_schema()};
}

std::vector<std::uint64_t> positions(EventCursor cursor) {
  std::vector<std::uint64_t> found;
  while (cursor.next()) found.push_back(cursor.record().position().value);
  REQUIRE(cursor.status());
  return found;
}

std::string name_of(const View& view, const std::string& workspace) {
  return find_or_empty<row::WorkspaceRowT>(view, workspace).name;
}

}  // namespace actbook::testing

#pragma once

#include "actbook/event_store.h"
#include "actbook/schema/commands_generated.h"

namespace actbook {

/// Checks what a command's schema asks of its fields, and what one schema cannot say (exactly one
/// of email and person; occurred_at in observed mode only). `bytes` is the packed envelope. Errors:
/// invalid, naming the field.
[[nodiscard]] Result<void> validate_command(const command::CommandEnvelopeT& envelope,
                                            ByteView bytes);

/// What every event of the command's batch says about it.
[[nodiscard]] CommandInfo command_info(const command::CommandEnvelopeT& envelope);

/// The name of the command, such as CreateWorkspace.
[[nodiscard]] std::string command_type(const command::CommandEnvelopeT& envelope);

/// Describes every command.
[[nodiscard]] const Schema& command_schema();

/// Decides a valid command, its personal texts sealed (see seal.h), on the rows of the batch:
/// appends its events, or CommandRefused with the first reason that holds in the order of
/// domain.md. In observed mode nothing is refused: the events are appended and carry every rule
/// that was broken. Pure: the same command on the same rows at the same instant gives the same
/// events. Errors: those of Batch::append.
[[nodiscard]] Result<Decided> decide(const command::CommandEnvelopeT& envelope, Batch& batch);

/// The first events of a ledger: LedgerCreated and the role definitions of domain.md 3.1 and 3.2.
[[nodiscard]] std::vector<EventDraft> first_events(const std::string& ledger,
                                                   schema::ClockKind clock);

/// A draft of an event from its native object, such as event::WorkspaceRenamedT.
template <class Event>
[[nodiscard]] EventDraft draft(const Event& event) {
  const std::string_view name = Event::TableType::GetFullyQualifiedName();
  return {std::string(name.substr(name.rfind('.') + 1)), pack(event), {}};
}

}  // namespace actbook

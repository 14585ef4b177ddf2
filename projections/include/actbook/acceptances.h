#pragma once

#include <optional>
#include <string>

#include "actbook/event_store.h"
#include "actbook/schema/answers_generated.h"
#include "actbook/search.h"
#include "actbook/tables.h"

namespace actbook {

/// An acceptance and whether it still stands.
struct Acceptance {
  row::AcceptanceRowT row;
  schema::AcceptanceState state = schema::AcceptanceState::in_force;
  /// What replaced it or made it lapse.
  std::unique_ptr<schema::ActT> ended;
};

/// Every acceptance for a workspace, in the order of the rows' axis: a later one of the
/// same agreement replaces it, and it lapses when the workspace becomes internal. On the second
/// axis all that is in force by then lapses, also what was told only later; on the first, what the
/// ledger knew. Cost: a row read for each.
[[nodiscard]] std::vector<Acceptance> acceptances_of(const RowReader& rows,
                                                     std::string_view workspace);

/// Who accepted which agreement (Q1): the acceptances that match, each with its state at the view
/// (in force, replaced or lapsed); with a version, only those of it. By an organisation, those that
/// name it, those for the workspaces it owns by now, and those for its data, though it was recorded
/// as the data owner's only after them. Errors and order: those of audit.h. Cost: that of the
/// rarest tag, and a row read for each acceptance of the workspaces met; by an organisation, also a
/// read for each acceptance and each data owner of the workspaces that ever had its data.
[[nodiscard]] Result<answer::AcceptancesT> find_acceptances(
    const EventStore& store, const View& view, const Search& search,
    std::optional<std::uint32_t> version = {});

}  // namespace actbook

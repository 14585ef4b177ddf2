#pragma once

#include <optional>
#include <string>

#include "actbook/event_store.h"
#include "actbook/schema/answers_generated.h"

namespace actbook {

/// Which acceptances to list; what is empty does not restrict.
struct AcceptanceFilter {
  /// The organisation that owned the workspace, or that the accepting person acted for.
  std::string organisation;
  std::string workspace;
  /// Who accepted.
  std::string person;
  std::string agreement;
  std::optional<std::uint32_t> version;
  /// Recorded at or after `from`, and before `to`.
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
};

/// The acceptances that match, oldest first, each with its state at the view (in force, replaced or
/// lapsed). Errors: invalid with NOT_FOUND, if nothing matches and the view does not know one of
/// those asked for; misuse, if `from` is not before `to`; corrupt or unavailable, if the store
/// cannot be read.
[[nodiscard]] Result<answer::AcceptancesT> find_acceptances(const EventStore& store,
                                                            const View& view,
                                                            const AcceptanceFilter& filter);

}  // namespace actbook

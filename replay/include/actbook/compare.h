#pragma once

#include <optional>

#include "actbook/entity.h"
#include "actbook/event_store.h"
#include "actbook/schema/answers_generated.h"
#include "actbook/search.h"

namespace actbook {

/// What differs between two views on the same axis: rows that began, changed or ended, each with
/// what it said before and after and the acts that did it, and all acts between; and the support
/// sessions, invites and support requests that ran out between, which no act tells of. With an
/// entity, the rows that the acts which touched it changed, and beside those acts whatever else
/// touched these rows; and of what ran out what it was touched by. Errors: misuse, if `from` is
/// after `to` or on another axis; invalid with NOT_FOUND, if `to` does not know the entity; corrupt
/// or unavailable, if the store cannot be read; unsupported, for an event of a newer version. Cost:
/// one read and fold for each act between, and a seek for each version of a changed row between; on
/// the second axis, for each version of it. Without an entity, also a scan of all that may run out.
[[nodiscard]] Result<answer::ComparisonT> compare_views(const EventStore& store,
                                                        const Projector& projector,
                                                        const View& from, const View& to,
                                                        const std::optional<Entity>& entity = {});

/// The acts of a search one by one, each with every row it changed, before and after, as the ledger
/// saw it. Always in the order of positions: the view may not be on the second axis (misuse).
/// Errors: those of find_events. Cost: as compare_views.
[[nodiscard]] Result<answer::StepsT> step_through(const EventStore& store,
                                                  const Projector& projector, const View& view,
                                                  const Search& search);

}  // namespace actbook

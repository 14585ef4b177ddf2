#pragma once

#include "actbook/entity.h"
#include "actbook/event_store.h"
#include "actbook/schema/answers_generated.h"
#include "actbook/search.h"

namespace actbook {

/// What lasted and what happened, of one entity: roles, seats, ownership, agreements, handoffs,
/// mandates, partner status and deals as intervals, and the acts that touched it. The search's page
/// and times are of the acts; intervals are all there. Errors and cost: those of the audits it is
/// made of.
[[nodiscard]] Result<answer::TimelineT> find_timeline(const EventStore& store, const View& view,
                                                      const Entity& entity,
                                                      const Search& page = {});

}  // namespace actbook

#pragma once

#include "actbook/entity.h"
#include "actbook/event_store.h"

namespace actbook {

/// Errors: invalid, if the id cannot be one or no event up to the view names the entity.
[[nodiscard]] Result<void> check_entity(const EventStore& store, const View& view,
                                        const Entity& entity);

}  // namespace actbook

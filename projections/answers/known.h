#pragma once

#include "actbook/entity.h"
#include "actbook/event_store.h"

namespace actbook {

/// An audit of somebody mistyped must not read as "nothing happened". Errors: invalid, if the id
/// cannot be one or no event up to the view names the entity. Cost: one seek in the tag index.
[[nodiscard]] Result<void> check_known(const EventStore& store, const View& view,
                                       const Entity& entity);

/// The error of an entity that a view does not know.
[[nodiscard]] Error not_known(const View& view, const Entity& entity);

}  // namespace actbook

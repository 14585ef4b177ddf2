#pragma once

#include <string>
#include <string_view>

#include "actbook/entity.h"
#include "actbook/event_store.h"

namespace actbook {

/// An audit of somebody mistyped must not read as "nothing happened". Errors: invalid, if the id
/// cannot be one or no event up to the view names the entity. Cost: one seek in the tag index.
[[nodiscard]] Result<void> check_known(const EventStore& store, const View& view,
                                       const Entity& entity);

/// Whether an event up to the view has a tag. Cost: one seek in the tag index.
[[nodiscard]] Result<bool> is_known(const EventStore& store, const View& view,
                                    const std::string& tag);

/// The error of a tag that no event up to the view has.
[[nodiscard]] Error not_known(const View& view, std::string_view tag);
[[nodiscard]] inline Error not_known(const View& view, const Entity& entity) {
  return not_known(view, entity.tag());
}

}  // namespace actbook

#pragma once

#include "actbook/entity.h"
#include "actbook/event_store.h"
#include "actbook/schema/answers_generated.h"

namespace actbook {

/// One entity as the view shows it. Errors: invalid with NOT_FOUND, if the view knows no such
/// entity; corrupt or unavailable, if rows cannot be read.
[[nodiscard]] Result<answer::EntityStateT> find_state(const View& view, const Entity& entity);

}  // namespace actbook

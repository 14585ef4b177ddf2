#pragma once

#include <string>

#include "actbook/entity.h"
#include "actbook/event_store.h"
#include "actbook/schema/answers_generated.h"

namespace actbook {

/// Why a person could, or could not, read a workspace or enter a project: each rung of the ladder
/// (domain.md 3.3), whether it held, in a sentence, and the positions it rests on; and the chain of
/// events behind it, in the order of the view's axis. Of whom the view knows as staff, the last
/// line says apart that staff could technically read. Errors: invalid with NOT_FOUND, if the view
/// does not know the person or the entity; invalid, if that is neither a workspace nor a project;
/// corrupt or unavailable, if the store cannot be read. Cost: a few rows, and a read for each event
/// of the person there, and for those that changed whose the place is and who may see it; of a
/// project, a row for each mandate that its owner ever gave.
[[nodiscard]] Result<answer::ExplanationT> explain_access(const EventStore& store, const View& view,
                                                          const std::string& person,
                                                          const Entity& entity);

}  // namespace actbook

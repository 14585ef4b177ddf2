#pragma once

#include <optional>
#include <string>

#include "actbook/entity.h"
#include "actbook/event_store.h"
#include "actbook/schema/answers_generated.h"

namespace actbook {

/// Everything that touched an entity, and every refusal that named it, from after `since` up to the
/// view, oldest first. Errors: invalid with NOT_FOUND, if the view knows no such entity; corrupt or
/// unavailable, if the store cannot be read; unsupported, for an event of a newer version.
[[nodiscard]] Result<answer::TrailT> find_trail(const EventStore& store, const View& view,
                                                const Entity& entity, Position since = {});

/// What was refused (Q16): of everything, or of what named an entity; up to the view, oldest first.
/// Errors: those of find_trail, for the entity. Cost: one indexed read per refusal.
[[nodiscard]] Result<answer::TrailT> find_refusals(const EventStore& store, const View& view,
                                                   const std::optional<Entity>& entity,
                                                   Position since = {});

/// What an event says, as a phrase whose subject is the actor: "invited contact-4f… as observer,
/// until 2026-03-31". Errors: unsupported, for an event of a newer version; corrupt, for a
/// malformed payload.
[[nodiscard]] Result<std::string> summarise(const Record& record);

}  // namespace actbook

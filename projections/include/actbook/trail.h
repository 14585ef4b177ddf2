#pragma once

#include <memory>
#include <string>

#include "actbook/record.h"
#include "actbook/schema/answers_generated.h"

namespace actbook {

/// What an event says, as a phrase whose subject is the actor: "invited contact-4f… as observer,
/// until 2026-03-31". Errors: unsupported, for an event of a newer version; corrupt, for a
/// malformed payload.
[[nodiscard]] Result<std::string> summarise(const Record& record);

/// An event in a list: its envelope and what it says. Errors: those of summarise().
[[nodiscard]] Result<std::unique_ptr<answer::TrailLineT>> trail_line(const Record& record);

}  // namespace actbook

#pragma once

#include "actbook/event_store.h"
#include "storage/log.h"

namespace actbook {

[[nodiscard]] LogCheck check_log(const storage::Log& log, const std::optional<TreeHead>& expected,
                                 const std::function<void(Position)>& progress);

}  // namespace actbook

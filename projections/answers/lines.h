#pragma once

#include <memory>

#include "actbook/schema/answers_generated.h"
#include "actbook/schema/events_generated.h"
#include "actbook/schema/rows_generated.h"

namespace actbook {

[[nodiscard]] answer::AcceptanceLineT acceptance_line(const row::AcceptanceRowT& row);

/// A deep copy of an optional table.
template <class T>
[[nodiscard]] std::unique_ptr<T> copy(const std::unique_ptr<T>& table) {
  return table ? std::make_unique<T>(*table) : nullptr;
}

}  // namespace actbook

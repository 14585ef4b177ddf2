#pragma once

#include <memory>

#include "actbook/acceptances.h"
#include "actbook/schema/answers_generated.h"
#include "actbook/schema/events_generated.h"
#include "actbook/schema/rows_generated.h"

namespace actbook {

[[nodiscard]] answer::AcceptanceLineT acceptance_line(const Acceptance& acceptance);

/// An answer that says which state it reflects.
template <class Answer>
[[nodiscard]] Answer stamped(const View& view) {
  Answer answer;
  answer.as_of = view.position().value;
  answer.at = view.at().microseconds;
  if (const auto at = view.true_at()) answer.true_at = at->microseconds;
  return answer;
}

/// An optional row as an optional table.
template <class Row>
[[nodiscard]] std::unique_ptr<Row> boxed(std::optional<Row> row) {
  return row ? std::make_unique<Row>(std::move(*row)) : nullptr;
}

/// A deep copy of an optional table.
template <class T>
[[nodiscard]] std::unique_ptr<T> copy(const std::unique_ptr<T>& table) {
  return table ? std::make_unique<T>(*table) : nullptr;
}

}  // namespace actbook

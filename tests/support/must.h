#pragma once

#include <doctest/doctest.h>

#include <utility>

#include "actbook/error.h"

namespace actbook::testing {

/// The value of a result that has to be one; else the test case ends with the error's message.
template <class T>
T must(Result<T> result) {
  if (!result) FAIL(result.error().message);
  return std::move(result).value();
}
inline void must(const Result<void>& result) {
  if (!result) FAIL(result.error().message);
}

}  // namespace actbook::testing

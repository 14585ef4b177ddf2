#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/try.hpp>
#include <optional>
#include <string>

#include "actbook/position.h"

namespace actbook {

/// What a caller can do about an error. The kind, not the code, decides retries, log levels and
/// exit codes. A business rule that refuses a command is not an error: it is an outcome, and stands
/// in the receipt.
enum class ErrorKind {
  invalid,          ///< Bad input; the message names the field. Nothing was written.
  conflict,         ///< The command id was used for something else. Nothing was written.
  unavailable,      ///< Nothing was written; the cause may pass (locked, disk full). Retry later.
  unknown_outcome,  ///< A write failed half way. Reopen, then submit the same command id again.
  corrupt,          ///< Stored bytes are not what was written.
  unsupported,      ///< Written by a newer version of actbook.
  misuse,           ///< The call makes no sense here (no such ledger, a poisoned handle).
};

/// The kind's name, such as "invalid".
[[nodiscard]] const char* to_string(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::misuse;
  /// A stable name for programs, such as IDEMPOTENCY_CONFLICT.
  std::string code;
  /// A sentence for people: what is wrong, where, and what to do about it.
  std::string message;
  /// Where in the log, if the error has a place there.
  std::optional<Position> position;
};

/// A value or an Error. Asking an error for its value, or a value for its error, is a bug and
/// terminates.
template <class T>
using Result = boost::outcome_v2::basic_result<T, Error, boost::outcome_v2::policy::terminate>;

}  // namespace actbook

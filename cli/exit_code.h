#pragma once

#include "actbook/ledger.h"

namespace actbook::cli {

/// What the process says to its caller. The kind of an error, not its code, decides.
enum class ExitCode : int {
  ok = 0,
  unexpected = 1,
  usage = 2,
  invalid = 3,
  refused = 4,
  conflict = 5,
  unavailable = 6,
  unknown_outcome = 7,
  corrupt = 8,
  unsupported = 9,
  /// A scenario was not as it says; no kind of error.
  differs = 10,
  /// Nobody reads the output any more; shells say the same of a program that SIGPIPE ended.
  reader_gone = 141,
};

[[nodiscard]] ExitCode exit_code(ErrorKind kind);

/// The same as a text for --help.
[[nodiscard]] const char* exit_code_help();

}  // namespace actbook::cli

#include "exit_code.h"

namespace actbook::cli {

ExitCode exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
      return ExitCode::invalid;
    case ErrorKind::conflict:
      return ExitCode::conflict;
    case ErrorKind::unavailable:
      return ExitCode::unavailable;
    case ErrorKind::unknown_outcome:
      return ExitCode::unknown_outcome;
    case ErrorKind::corrupt:
      return ExitCode::corrupt;
    case ErrorKind::unsupported:
      return ExitCode::unsupported;
    case ErrorKind::misuse:
      return ExitCode::usage;
  }
  return ExitCode::unexpected;
}

const char* exit_code_help() {
  return R"(Exit codes:
  0    done (also when commands were refused: a refusal is an outcome)
  1    something unexpected, or the output could not be written
  2    used wrongly: options, no such ledger, a ledger is there already
  3    invalid: bad input; the message names the place. Nothing of it was recorded
  4    refused: record --stop-on-refusal met a refusal
  5    conflict: a command id was used before for something else
  6    unavailable: the ledger is in use or the disk is full; nothing was recorded, try again
  7    unknown outcome: a write failed half way; run the same again to learn what became of it
  8    corrupt: stored bytes are damaged, or a replay differs from what is served
  9    unsupported: the ledger was written by a newer version
  10   not as expected: check found that a scenario comes out otherwise than it says
  141  nobody reads the output any more (as with | head))";
}

}  // namespace actbook::cli

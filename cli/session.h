#pragma once

#include <functional>
#include <string>

#include "actbook/ledger.h"
#include "exit_code.h"
#include "output.h"

namespace actbook::cli {

/// What holds for every subcommand.
struct Session {
  /// The ledger's directory; empty if none was given.
  std::string ledger;
  Format format = Format::table;
  Output& out;
};

/// What a subcommand does once the whole command line is read and right.
using Action = std::function<Result<ExitCode>(Session&)>;

/// Errors: misuse, if no ledger was named; those of Ledger::open.
[[nodiscard]] Result<Ledger> open_ledger(const Session& session);

/// The error for a ledger that was not named.
[[nodiscard]] Error no_ledger_named();

}  // namespace actbook::cli

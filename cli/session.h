#pragma once

#include <functional>
#include <optional>
#include <string>

#include "actbook/ledger.h"
#include "exit_code.h"
#include "output.h"

namespace actbook::cli {

/// What holds for every subcommand.
struct Session {
  /// The ledger's directory; empty if none was given.
  std::string ledger;
  /// The file with the master key of its vault; empty if none was named.
  std::string master_key_file;
  Format format = Format::table;
  Output& out;
};

/// What a subcommand does once the whole command line is read and right.
using Action = std::function<Result<ExitCode>(Session&)>;

/// The ledger, to record into. Errors: misuse, if no ledger was named; those of Ledger::open.
[[nodiscard]] Result<Ledger> open_to_record(const Session& session);
/// The ledger, to ask it; whoever records is not disturbed. Errors: misuse, if no ledger was named;
/// those of Ledger::open_read_only, but where the views must be made again, those of Ledger::open.
[[nodiscard]] Result<Ledger> open_to_read(const Session& session);

/// The master key that ACTBOOK_MASTER_KEY has as text, where no file is named. Errors: invalid.
[[nodiscard]] Result<std::optional<MasterKey>> master_key_as_text(const Session& session);

/// The error for a ledger that was not named.
[[nodiscard]] Error no_ledger_named();

}  // namespace actbook::cli

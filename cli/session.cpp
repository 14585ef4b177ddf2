#include "session.h"

#include "progress.h"

namespace actbook::cli {

Error no_ledger_named() {
  return {ErrorKind::misuse,
          "NO_LEDGER_NAMED",
          "no ledger is named; say which with --ledger DIR, or set ACTBOOK_LEDGER",
          {}};
}

Result<Ledger> open_to_record(const Session& session) {
  if (session.ledger.empty()) return no_ledger_named();
  Progress progress("opening");
  return Ledger::open(session.ledger, progress.positions());
}

Result<Ledger> open_to_read(const Session& session) {
  if (session.ledger.empty()) return no_ledger_named();
  Progress progress("opening");
  auto ledger = Ledger::open_read_only(session.ledger, progress.positions());
  if (ledger) return ledger;
  const auto& code = ledger.error().code;
  if (code != "VIEWS_UNUSABLE" && code != "VIEWS_BEHIND") return ledger;
  auto rebuilt = Ledger::open(session.ledger, progress.positions());
  if (rebuilt) return rebuilt;
  Error error = rebuilt.error();
  error.message = ledger.error().message + "; that failed, too: " + error.message;
  return error;
}

}  // namespace actbook::cli

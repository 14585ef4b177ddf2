#include "session.h"

#include "progress.h"

namespace actbook::cli {

Error no_ledger_named() {
  return {ErrorKind::misuse,
          "NO_LEDGER_NAMED",
          "no ledger is named; say which with --ledger DIR, or set ACTBOOK_LEDGER",
          {}};
}

Result<Ledger> open_ledger(const Session& session) {
  if (session.ledger.empty()) return no_ledger_named();
  Progress progress("opening");
  return Ledger::open(session.ledger, progress.positions());
}

}  // namespace actbook::cli

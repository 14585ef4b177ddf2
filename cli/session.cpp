#include "session.h"

#include <spdlog/spdlog.h>

#include <boost/outcome/try.hpp>
#include <cstdlib>

#include "progress.h"

namespace actbook::cli {
namespace {

const MasterKey* pointer(const std::optional<MasterKey>& key) { return key ? &*key : nullptr; }

}  // namespace

Error no_ledger_named() {
  return {ErrorKind::misuse,
          "NO_LEDGER_NAMED",
          "no ledger is named; say which with --ledger DIR, or set ACTBOOK_LEDGER",
          {}};
}

Result<std::optional<MasterKey>> master_key_as_text(const Session& session) {
  const char* text = std::getenv("ACTBOOK_MASTER_KEY");
  if (text == nullptr || !session.master_key_file.empty()) return std::optional<MasterKey>();
  BOOST_OUTCOME_TRY(key, MasterKey::parse(text));
  return std::optional<MasterKey>(std::move(key));
}

Result<Ledger> open_to_record(const Session& session) {
  if (session.ledger.empty()) return no_ledger_named();
  Progress progress("opening");
  BOOST_OUTCOME_TRY(key, master_key_as_text(session));
  BOOST_OUTCOME_TRY(ledger, Ledger::open(session.ledger, {progress.until_stopped(), pointer(key),
                                                          session.master_key_file}));
  // What needs it will fail, and say so; all else goes on.
  if (ledger.vault_locked()) spdlog::warn("{}", ledger.vault_locked()->message);
  return ledger;
}

Result<Ledger> open_to_read(const Session& session) {
  if (session.ledger.empty()) return no_ledger_named();
  Progress progress("opening");
  BOOST_OUTCOME_TRY(key, master_key_as_text(session));
  const Ledger::OpenOptions options = {progress.until_stopped(), pointer(key),
                                       session.master_key_file};
  auto ledger = Ledger::open_read_only(session.ledger, options);
  if (ledger) return ledger;
  const auto& code = ledger.error().code;
  if (code != "VIEWS_UNUSABLE" && code != "VIEWS_BEHIND") return ledger;
  auto rebuilt = Ledger::open(session.ledger, options);
  if (rebuilt) return rebuilt;
  Error error = rebuilt.error();
  error.message = ledger.error().message + "; that failed, too: " + error.message;
  return error;
}

}  // namespace actbook::cli

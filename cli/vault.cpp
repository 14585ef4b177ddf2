#include <fmt/format.h>

#include <boost/outcome/try.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "csv_writer.h"
#include "subcommands.h"

namespace actbook::cli {
namespace {

constexpr const char* kFooter =
    R"(From then on only the new key opens the vault. Neither the log nor anything that is
sealed is touched, so it takes a moment whatever the size of the ledger. The new
key is made, if its file is not there yet; the old one is yours to remove.

Example:
  actbook vault change-key --new-master-key-file /etc/actbook/key-2027)";

Result<ExitCode> change_key(const std::string& file, const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_record(session));
  if (ledger.vault_locked()) return *ledger.vault_locked();
  if (!std::filesystem::exists(file)) {
    BOOST_OUTCOME_TRY(MasterKey::generate().write(file));
  }
  BOOST_OUTCOME_TRY(key, MasterKey::read(file));
  BOOST_OUTCOME_TRY(ledger.change_master_key(key));
  if (session.format == Format::table) {
    session.out.line(
        fmt::format("From now on the vault of {} opens with the key in {}, and no other.\n"
                    "Name it with --master-key-file or ACTBOOK_MASTER_KEY_FILE, or put it in the "
                    "place of\n{}/master.key.",
                    session.ledger, file, session.ledger));
  } else if (session.format == Format::csv) {
    CsvWriter csv(session.out, {"ledger", "master_key_file"});
    csv.row({session.ledger, file});
  } else {
    const nlohmann::ordered_json answer = {{"ledger", session.ledger}, {"master_key_file", file}};
    session.out.line(answer.dump(session.format == Format::json ? 2 : -1));
  }
  return ExitCode::ok;
}

}  // namespace

void add_vault(CLI::App& app, Action& chosen) {
  auto* group = app.add_subcommand("vault", "The keys to personal data");
  group->require_subcommand(1);
  auto file = std::make_shared<std::string>();
  auto* command = group->add_subcommand("change-key", "Open the vault with another master key");
  command->footer(kFooter);
  command->add_option("--new-master-key-file", *file, "Where the new key is, or is put")
      ->required()
      ->option_text("FILE (required)");
  command->callback([&chosen, file] {
    chosen = [file](Session& session) { return change_key(*file, session); };
  });
}

}  // namespace actbook::cli

#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "actbook/event_store.h"
#include "actbook/ledger.h"
#include "actbook/vault.h"

namespace actbook {

/// What a ledger does with personal data: seals it in commands, and reads it in answers. A ledger
/// whose vault cannot be opened has one, too, which says why when it is needed. Any thread may call
/// any function.
class PersonalData {
 public:
  /// Makes the vault of a new ledger, or takes an empty one that a creation left behind which was
  /// never finished. Without a key, makes one, or takes the one that is there. Errors: misuse with
  /// VAULT_EXISTS, if there is one that keeps something, or that the key does not open; those of
  /// MasterKey and Vault.
  [[nodiscard]] static Result<std::unique_ptr<PersonalData>> create(
      const std::filesystem::path& ledger, const Ledger::CreateOptions& options);
  /// Opens the vault of a ledger, if that can be done.
  [[nodiscard]] static std::unique_ptr<PersonalData> open(const std::filesystem::path& ledger,
                                                          const OpenLedgerOptions& options,
                                                          Vault::Access access);

  /// Why the vault is not open.
  [[nodiscard]] const std::optional<Error>& locked() const { return locked_; }

  /// A command as it is stored (see seal_command). Errors: unavailable with VAULT_LOCKED, if it has
  /// personal texts; those of the vault.
  [[nodiscard]] Result<Bytes> seal(const Bytes& command, const EventStore& store,
                                   const std::string& command_id);

  /// A personal text as an answer has it: `erased`, if its subject was by now; else `sealed`, or
  /// the text; or `lost`, if the vault cannot reveal it though nobody was erased, or it was not
  /// sealed for the field where it stands. Errors: VAULT_LOCKED, if it shall be revealed; those of
  /// the vault.
  [[nodiscard]] Result<std::string> read(const PersonalText& text, const EventStore& store,
                                         Personal personal) const;

  /// Does in the vault what PersonErased says, wherever the log has it and the vault has not; all
  /// of it, if the vault was last told of erasures by another log, or one that was cut off since.
  /// Errors: VAULT_LOCKED; those of the log and the vault.
  [[nodiscard]] Result<void> carry_out_erasures(const EventStore& store);
  /// Says in the program's log that texts are lost, if the vault lacks the newest key that the log
  /// has something sealed with: it is older than the log, or another ledger's.
  [[nodiscard]] Result<void> compare_with(const EventStore& store) const;

  [[nodiscard]] Result<void> change_master_key(const MasterKey& key);

 private:
  PersonalData() = default;

  std::unique_ptr<Vault> vault_;
  std::optional<Error> locked_;
  std::mutex erasing_;
};

}  // namespace actbook

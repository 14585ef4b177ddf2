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
  /// Makes the vault of a new ledger, in place of one that a creation left behind which was never
  /// finished. Without a key, makes one in the ledger's directory. Errors: those of MasterKey and
  /// Vault.
  [[nodiscard]] static Result<std::unique_ptr<PersonalData>> create(
      const std::filesystem::path& ledger, const MasterKey* key);
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
  /// the text. Errors: VAULT_LOCKED, if it shall be revealed; those of the vault.
  [[nodiscard]] Result<std::string> read(std::string_view stored, const EventStore& store,
                                         Personal personal) const;

  /// Does in the vault what PersonErased says, wherever the log has it and the vault has not.
  /// Errors: VAULT_LOCKED; those of the log and the vault.
  [[nodiscard]] Result<void> carry_out_erasures(const EventStore& store);

  [[nodiscard]] Result<void> change_master_key(const MasterKey& key);

 private:
  PersonalData() = default;

  std::unique_ptr<Vault> vault_;
  std::optional<Error> locked_;
  std::mutex erasing_;
};

}  // namespace actbook

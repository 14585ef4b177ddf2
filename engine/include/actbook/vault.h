#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "actbook/error.h"
#include "actbook/master_key.h"
#include "actbook/merkle.h"
#include "actbook/personal.h"

namespace actbook {

struct StorageEnvironment;

/// Where the vault of a ledger is, and the key that was made with it, unless it was told another.
inline constexpr std::string_view kVaultDirectory = "vault";
inline constexpr std::string_view kUnfinishedVault = "vault.new";
inline constexpr std::string_view kMasterKeyFile = "master.key";

/// Keys of data subjects, and which contact an e-mail address means. A directory of its own, apart
/// from the log, so that it can be left out of the log's copies, and what is removed from it is
/// gone for good.
///
/// In it: a key for each subject, wrapped by the vault's key, which the master key wraps; for each
/// address a keyed hash (BLAKE2b) of it with a random contact id, both ways; which subjects were
/// erased, and up to which position of the log. All that changes is durable on return.
///
/// Any thread may call any function. One process at a time opens a vault for writing. Costs: seal
/// and reveal some microseconds, and a synced write for a subject or an address that is new.
class Vault final : public Sealer {
 public:
  enum class Access { read, write };

  /// Makes a vault; `environment` is the machine's, if none is given. Errors: misuse, if there is
  /// one; unavailable.
  [[nodiscard]] static Result<std::unique_ptr<Vault>> create(
      const std::filesystem::path& directory, const MasterKey& key,
      const StorageEnvironment* environment = nullptr);
  /// Errors: misuse, WRONG_MASTER_KEY or NO_VAULT; corrupt; unavailable.
  [[nodiscard]] static Result<std::unique_ptr<Vault>> open(
      const std::filesystem::path& directory, const MasterKey& key, Access access,
      const StorageEnvironment* environment = nullptr);
  ~Vault() override;
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  /// Seals a text; kErasedText, if the subject was erased. Makes the subject's key, if it has none.
  [[nodiscard]] Result<std::string> seal(std::string_view field, const DataSubject& subject,
                                         std::string_view text) override;
  /// The text again; none, if the subject's key is gone. Errors: corrupt, if it is not what was
  /// sealed, of this field and subject.
  [[nodiscard]] Result<std::optional<std::string>> reveal(const SealedText& sealed) const;

  [[nodiscard]] Result<std::optional<std::string>> find_contact(
      std::string_view email) const override;
  [[nodiscard]] Result<std::string> contact_of(std::string_view email) override;

  /// Up to where the erasures of a log were carried out: the last event that said so. Position 0,
  /// if none was.
  struct Erasures {
    std::uint64_t position = 0;
    /// Of its record; so another log, or one that was cut off and went on otherwise, is told apart.
    Hash record = {};
    friend bool operator==(const Erasures&, const Erasures&) = default;
  };
  /// Removes the keys of subjects, and for contacts the address' hash, and remembers that they were
  /// erased, and by what. On return no file of the vault holds a byte of them: it is flushed,
  /// compacted and opened anew, in which others wait. Cost: that of writing the whole vault, some
  /// 150 bytes for each subject, whatever the number of those that are erased. Again does no harm.
  [[nodiscard]] Result<void> erase(const std::vector<DataSubject>& subjects, const Erasures& up_to);
  [[nodiscard]] Result<Erasures> erased_up_to() const;

  [[nodiscard]] Result<bool> can_reveal(const SealedText& sealed) const override;
  /// Whether the vault has a key of the subject, or knows that it was erased.
  [[nodiscard]] Result<bool> knows(const DataSubject& subject) const;
  /// Whether it has neither keys nor erasures.
  [[nodiscard]] Result<bool> is_empty() const;

  /// From here on only `key` opens this vault. The keys of all subjects are wrapped anew, so who
  /// has the old key and an old copy of the vault opens nothing that came later; nothing is sealed
  /// anew. Cost: as erase. Errors: unknown_outcome, if it is not known which key opens it now.
  [[nodiscard]] Result<void> change_master_key(const MasterKey& key);

 private:
  class Impl;
  explicit Vault(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace actbook

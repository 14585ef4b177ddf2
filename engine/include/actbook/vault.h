#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/error.h"
#include "actbook/master_key.h"

namespace actbook {

struct StorageEnvironment;

/// Whose data something is: "person:adam", "contact:contact-5f…", "staff:sue".
using DataSubject = std::string;

/// A text as everybody else sees it. In the log, in rows and in commands at rest it stands in place
/// of the text:
///
///   sealed:<field>:<subject>:<base64url of nonce and ciphertext>
///
/// XChaCha20-Poly1305 under a key of the subject's own; field ("AgreementAccepted.ip_address", of
/// the event it was sealed for) and subject are its associated data, so none of the three can be
/// put beside another. The nonce is a keyed hash of all that is sealed (as in a synthetic IV,
/// RFC 5297): equal texts of one subject in one field look equal, which is what lets a retry be
/// compared with the first try; nothing else shows, but how long the text is, in steps of 16 bytes.
struct SealedText {
  std::string_view field;
  std::string_view subject;
  std::string_view box;

  /// None, if it is no sealed text. Views into `text`.
  [[nodiscard]] static std::optional<SealedText> parse(std::string_view text);
};

/// What stands where a text was given of a subject that had been erased.
inline constexpr std::string_view kErasedText = "erased";

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
class Vault {
 public:
  enum class Access { read, write };

  /// Makes a vault. Errors: misuse, if there is one; unavailable.
  [[nodiscard]] static Result<std::unique_ptr<Vault>> create(const std::filesystem::path& directory,
                                                             const MasterKey& key,
                                                             const StorageEnvironment& environment);
  /// Errors: misuse, WRONG_MASTER_KEY or NO_VAULT; corrupt; unavailable.
  [[nodiscard]] static Result<std::unique_ptr<Vault>> open(const std::filesystem::path& directory,
                                                           const MasterKey& key, Access access,
                                                           const StorageEnvironment& environment);
  ~Vault();
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  /// Seals a text; kErasedText, if the subject was erased. Makes the subject's key, if it has none.
  [[nodiscard]] Result<std::string> seal(std::string_view field, const DataSubject& subject,
                                         std::string_view text);
  /// The text again; none, if the subject's key is gone. Errors: corrupt, if it is not what was
  /// sealed, of this field and subject.
  [[nodiscard]] Result<std::optional<std::string>> reveal(const SealedText& sealed) const;

  /// The contact that an e-mail address means, as it compares (trimmed, lower-cased); the second
  /// one makes it, with a random id, if there is none.
  [[nodiscard]] Result<std::optional<std::string>> find_contact(std::string_view email) const;
  [[nodiscard]] Result<std::string> contact_of(std::string_view email);

  /// Removes the keys of subjects, and for contacts the address' hash, and remembers that they were
  /// erased by the event at `position`. On return no file of the vault holds a byte of them: it is
  /// flushed, compacted and opened anew, some tens of milliseconds, in which others wait. Again
  /// does no harm.
  [[nodiscard]] Result<void> erase(const std::vector<DataSubject>& subjects,
                                   std::uint64_t position);
  /// Up to where the erasures of the log were carried out here. A vault that was restored from a
  /// copy is behind.
  [[nodiscard]] Result<std::uint64_t> erased_up_to() const;
  [[nodiscard]] Result<bool> is_erased(const DataSubject& subject) const;

  /// From here on only `key` opens this vault. Nothing is sealed anew.
  [[nodiscard]] Result<void> change_master_key(const MasterKey& key);

 private:
  class Impl;
  explicit Vault(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace actbook

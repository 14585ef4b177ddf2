#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "actbook/error.h"
#include "actbook/schema.h"

namespace actbook {

/// Whose data something is: "person:adam", "contact:contact-5f…". Staff are people, too.
using DataSubject = std::string;

inline constexpr std::string_view kSealedPrefix = "sealed:";

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

/// How the subjects that are people and contacts begin.
inline constexpr std::string_view kPersonKind = "person:";
inline constexpr std::string_view kContactKind = "contact:";

/// What stands where a text was given of a subject that had been erased; and what answers say of
/// any text whose subject is erased by now.
inline constexpr std::string_view kErasedText = "erased";

/// Makes what stands in the place of personal texts.
class Sealer {
 public:
  virtual ~Sealer() = default;

  /// Seals a text; kErasedText, if the subject was erased.
  [[nodiscard]] virtual Result<std::string> seal(std::string_view field, const DataSubject& subject,
                                                 std::string_view text) = 0;
  /// The contact that an e-mail address means, as it compares (trimmed, lower-cased); the second
  /// one makes it, with a random id, if there is none.
  [[nodiscard]] virtual Result<std::optional<std::string>> find_contact(
      std::string_view email) const = 0;
  [[nodiscard]] virtual Result<std::string> contact_of(std::string_view email) = 0;
  /// False, if the key is gone or another: of somebody who was erased, or lost with a vault.
  [[nodiscard]] virtual Result<bool> can_reveal(const SealedText& sealed) const = 0;

 protected:
  Sealer() = default;
  Sealer(const Sealer&) = default;
  Sealer& operator=(const Sealer&) = default;
};

/// A text in a field, or in a list, with the attribute `personal`.
struct PersonalText {
  const reflection::Field& field;
  /// The table it is a field of, and the one where it was found.
  const reflection::Object& object;
  const flatbuffers::Table& table;
  std::string_view text;
};

/// Whether a well-formed table has any. Cost: that of copying it.
[[nodiscard]] bool has_personal(const Schema& schema, std::string_view table_name, ByteView bytes);

/// A copy of a well-formed table in which each text that is personal, and not empty, is what
/// `replace` makes of it; in nested tables and the table of a union too. Errors: those of
/// `replace`; unsupported, for a union's member that the schema does not know.
[[nodiscard]] Result<Bytes> replace_personal(
    const Schema& schema, std::string_view table_name, ByteView bytes,
    const std::function<Result<std::string>(const PersonalText&)>& replace);

}  // namespace actbook

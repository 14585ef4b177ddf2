#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/personal.h"
#include "actbook/rows.h"
#include "actbook/schema/commands_generated.h"

namespace actbook {

/// A copy of a valid command envelope in which every personal text is sealed. A command's fields
/// say by their attribute for which field of an event, and whose the text is:
///
///   email:string (personal: "ContactRegistered.email contact");
///
/// is the contact's that the address means (from here on, if it meant none), `person` or any other
/// sibling field names that person, `actor` whoever gives the command. A second word, as in
/// "contact person", is for an address that means no contact and is not to get one: whose it is
/// then, or `nobody`, and it is not kept.
///
/// `stored` is what the log has under the same command id, if it has: then each text is sealed as
/// it was there, so that the two can be compared, and nothing new comes into being. What nobody can
/// reveal any more is taken over. Errors: those of `sealer`.
[[nodiscard]] Result<Bytes> seal_command(ByteView command, const std::optional<Bytes>& stored,
                                         Sealer& sealer);

/// An e-mail address as it compares: without blanks around it, and A to Z lower-cased. (Nothing
/// else is: what mail servers make of other letters is theirs to say, RFC 6532.)
[[nodiscard]] std::string normal_email(std::string_view email);

/// The subjects that a person and a contact are.
[[nodiscard]] DataSubject person_subject(std::string_view person);
[[nodiscard]] DataSubject contact_subject(std::string_view contact);

/// Whether the rows know that a subject was erased.
[[nodiscard]] bool is_erased(const RowReader& rows, std::string_view subject);

/// The contacts that the sealed addresses of a command mean.
[[nodiscard]] std::vector<std::string> contacts_in(const command::CommandEnvelopeT& sealed);

/// The contact that a sealed e-mail address means; empty, if it means none.
[[nodiscard]] std::string contact_of(std::string_view sealed_email);

}  // namespace actbook

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actbook/personal.h"
#include "actbook/rows.h"

namespace actbook {

/// A copy of a valid command envelope in which every personal text is sealed. A command's fields
/// say by their attribute for which field of an event, and whose the text is:
///
///   email:string (personal: "ContactRegistered.email contact");
///
/// is the contact's that the address means (from here on, if it meant none), `person` or any other
/// sibling field names that person, `actor` whoever gives the command. A second word, as in
/// "contact person", is for an address that means no contact and is not to get one.
///
/// `stored` is what the log has under the same command id, if it has: then nothing new comes into
/// being, and what was erased since is left out of the comparison by taking it over. Errors: those
/// of `sealer`.
[[nodiscard]] Result<Bytes> seal_command(ByteView command, const std::optional<Bytes>& stored,
                                         Sealer& sealer);

/// An e-mail address as it compares: trimmed and lower-cased.
[[nodiscard]] std::string normal_email(std::string_view email);

/// The subjects that a person and a contact are.
[[nodiscard]] DataSubject person_subject(std::string_view person);
[[nodiscard]] DataSubject contact_subject(std::string_view contact);

/// Whether the rows know that a subject was erased.
[[nodiscard]] bool is_erased(const RowReader& rows, std::string_view subject);

/// The contact that a sealed e-mail address means; empty, if it means none.
[[nodiscard]] std::string contact_of(std::string_view sealed_email);

}  // namespace actbook

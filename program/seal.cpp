#include "actbook/seal.h"

#include <algorithm>
#include <vector>

#include "actbook/decide.h"
#include "actbook/reflect.h"
#include "actbook/tables.h"

namespace actbook {
namespace {

using command::CommandEnvelope;

/// The attribute of a personal field of a command.
struct Sealing {
  std::string_view event_field;
  std::string_view whose;
  /// If `whose` is "contact", and the address means none; empty, if it gets one.
  std::string_view otherwise;
};

std::string_view take_word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

Sealing sealing_of(const reflection::Field& field) {
  auto value = attribute(field, "personal").value_or("");
  Sealing sealing;
  sealing.event_field = take_word(value);
  sealing.whose = take_word(value);
  sealing.otherwise = take_word(value);
  return sealing;
}

DataSubject person_in(std::string_view whose, const PersonalText& text,
                      const CommandEnvelope& envelope) {
  if (whose == "actor") return person_subject(envelope.actor()->id()->string_view());
  const auto* sibling = field_named(text.object, whose);
  return person_subject(flatbuffers::GetFieldS(text.table, *sibling)->string_view());
}

Result<std::string> seal_address(const Sealing& sealing, const PersonalText& text,
                                 const CommandEnvelope& envelope, Sealer& sealer) {
  const auto email = normal_email(text.text);
  for (;;) {
    BOOST_OUTCOME_TRY(contact, sealer.find_contact(email));
    if (!contact && sealing.otherwise == "nobody") return std::string(kErasedText);
    if (!contact && !sealing.otherwise.empty()) {
      return sealer.seal(sealing.event_field, person_in(sealing.otherwise, text, envelope), email);
    }
    if (!contact) {
      BOOST_OUTCOME_TRY(made, sealer.contact_of(email));
      contact = std::move(made);
    }
    BOOST_OUTCOME_TRY(sealed, sealer.seal(sealing.event_field, contact_subject(*contact), email));
    // It was erased in between: the address means another contact now.
    if (sealed != kErasedText) return std::move(sealed);
  }
}

Result<std::string> seal(const PersonalText& text, const CommandEnvelope& envelope,
                         Sealer& sealer) {
  const auto sealing = sealing_of(text.field);
  if (sealing.whose == "contact") return seal_address(sealing, text, envelope, sealer);
  return sealer.seal(sealing.event_field, person_in(sealing.whose, text, envelope), text.text);
}

/// The text sealed as the stored one was, so that it is the same exactly if the texts are; or the
/// stored one, if nobody can know any more what it was.
Result<std::string> seal_like(const std::string& stored, const PersonalText& text, Sealer& sealer) {
  const auto before = SealedText::parse(stored);
  if (!before) return stored;
  const DataSubject subject(before->subject);
  BOOST_OUTCOME_TRY(known, sealer.can_reveal(*before));
  if (!known) return stored;
  const bool is_address = sealing_of(text.field).whose == "contact";
  return sealer.seal(before->field, subject, is_address ? normal_email(text.text) : text.text);
}

Result<std::vector<std::string>> texts_of(const Bytes& command) {
  std::vector<std::string> texts;
  BOOST_OUTCOME_TRY(replace_personal(command_schema(), CommandEnvelope::GetFullyQualifiedName(),
                                     command, [&](const PersonalText& text) -> Result<std::string> {
                                       texts.emplace_back(text.text);
                                       return texts.back();
                                     }));
  return texts;
}

}  // namespace

Result<Bytes> seal_command(ByteView command, const std::optional<Bytes>& stored, Sealer& sealer) {
  const auto& envelope = *flatbuffers::GetRoot<CommandEnvelope>(command.data());
  std::vector<std::string> before;
  if (stored) {
    BOOST_OUTCOME_TRY(texts, texts_of(*stored));
    before = std::move(texts);
  }
  std::size_t index = 0;
  return replace_personal(command_schema(), CommandEnvelope::GetFullyQualifiedName(), command,
                          [&](const PersonalText& text) -> Result<std::string> {
                            const auto i = index++;
                            if (!stored) return seal(text, envelope, sealer);
                            // One more than there was: another command, whatever it says.
                            if (i >= before.size()) return std::string(kErasedText);
                            return seal_like(before[i], text, sealer);
                          });
}

std::string normal_email(std::string_view email) {
  const auto blank = [](char character) { return character == ' ' || character == '\t'; };
  while (!email.empty() && blank(email.front())) email.remove_prefix(1);
  while (!email.empty() && blank(email.back())) email.remove_suffix(1);
  std::string normal;
  for (const char character : email) {
    const bool upper = character >= 'A' && character <= 'Z';
    normal.push_back(upper ? static_cast<char>(character - 'A' + 'a') : character);
  }
  return normal;
}

DataSubject person_subject(std::string_view person) {
  return std::string(kPersonKind).append(person);
}
DataSubject contact_subject(std::string_view contact) {
  return std::string(kContactKind).append(contact);
}

bool is_erased(const RowReader& rows, std::string_view subject) {
  if (subject.starts_with(kPersonKind)) {
    const auto person = subject.substr(kPersonKind.size());
    return find_or_empty<row::PersonRowT>(rows, person).erased != nullptr;
  }
  if (!subject.starts_with(kContactKind)) return false;
  const auto contact = subject.substr(kContactKind.size());
  return find_or_empty<row::ContactRowT>(rows, contact).erased != nullptr;
}

std::vector<std::string> contacts_in(const command::CommandEnvelopeT& sealed) {
  std::vector<std::string> contacts;
  const auto texts = texts_of(pack(sealed));
  if (!texts) return contacts;
  for (const auto& text : texts.value()) {
    if (auto contact = contact_of(text); !contact.empty()) contacts.push_back(std::move(contact));
  }
  std::ranges::sort(contacts);
  contacts.erase(std::unique(contacts.begin(), contacts.end()), contacts.end());
  return contacts;
}

std::string contact_of(std::string_view sealed_email) {
  const auto sealed = SealedText::parse(sealed_email);
  if (!sealed || !sealed->subject.starts_with(kContactKind)) return {};
  return std::string(sealed->subject.substr(kContactKind.size()));
}

}  // namespace actbook

#include "actbook/seal.h"

#include <cctype>
#include <vector>

#include "actbook/decide.h"
#include "actbook/reflect.h"
#include "actbook/tables.h"

namespace actbook {
namespace {

using command::CommandEnvelope;

constexpr std::string_view kPersonKind = "person:";
constexpr std::string_view kContactKind = "contact:";

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

Result<std::string> seal(const PersonalText& text, const CommandEnvelope& envelope, bool again,
                         Sealer& sealer) {
  const auto sealing = sealing_of(text.field);
  if (sealing.whose != "contact") {
    return sealer.seal(sealing.event_field, person_in(sealing.whose, text, envelope), text.text);
  }
  const auto email = normal_email(text.text);
  BOOST_OUTCOME_TRY(contact, sealer.find_contact(email));
  if (!contact && !sealing.otherwise.empty()) {
    return sealer.seal(sealing.event_field, person_in(sealing.otherwise, text, envelope), email);
  }
  if (!contact && again) return std::string(kErasedText);
  if (!contact) {
    BOOST_OUTCOME_TRY(made, sealer.contact_of(email));
    contact = std::move(made);
  }
  return sealer.seal(sealing.event_field, contact_subject(*contact), email);
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
                            if (i < before.size()) {
                              const auto sealed = SealedText::parse(before[i]);
                              if (!sealed) return before[i];  // the subject had been erased
                              BOOST_OUTCOME_TRY(erased,
                                                sealer.is_erased(DataSubject(sealed->subject)));
                              if (erased) return before[i];
                            }
                            return seal(text, envelope, stored.has_value(), sealer);
                          });
}

std::string normal_email(std::string_view email) {
  const auto blank = [](char character) { return character == ' ' || character == '\t'; };
  while (!email.empty() && blank(email.front())) email.remove_prefix(1);
  while (!email.empty() && blank(email.back())) email.remove_suffix(1);
  std::string normal;
  for (const char character : email) {
    normal.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(character))));
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

std::string contact_of(std::string_view sealed_email) {
  const auto sealed = SealedText::parse(sealed_email);
  if (!sealed || !sealed->subject.starts_with(kContactKind)) return {};
  return std::string(sealed->subject.substr(kContactKind.size()));
}

}  // namespace actbook

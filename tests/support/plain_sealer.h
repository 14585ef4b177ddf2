#pragma once

#include <functional>
#include <set>
#include <string>

#include "actbook/personal.h"

namespace actbook::testing {

/// Seals without a vault or a secret: a sealed text says what it is in hexadecimal, so that nothing
/// that looks for the text finds it, and plain() does.
class PlainSealer final : public Sealer {
 public:
  Result<std::string> seal(std::string_view field, const DataSubject& subject,
                           std::string_view text) override {
    if (erased.contains(subject)) return std::string(kErasedText);
    std::string made(kSealedPrefix);
    made.append(field).append(":").append(subject).append(":");
    for (const char character : text) {
      const auto byte = static_cast<unsigned char>(character);
      made.push_back(kDigits[byte >> 4U]);
      made.push_back(kDigits[byte & 15U]);
    }
    return made;
  }
  [[nodiscard]] Result<std::optional<std::string>> find_contact(
      std::string_view email) const override {
    if (!addresses.contains(std::string(email))) return std::optional<std::string>();
    return std::optional<std::string>(contact(email));
  }
  Result<std::string> contact_of(std::string_view email) override {
    addresses.emplace(email);
    return contact(email);
  }
  [[nodiscard]] Result<bool> can_reveal(const SealedText& sealed) const override {
    return !erased.contains(DataSubject(sealed.subject));
  }

  /// The contact that an address means, here always the same.
  static std::string contact(std::string_view email) {
    return "contact-" + std::to_string(std::hash<std::string_view>()(email));
  }
  /// What was sealed; any other text as it is.
  static std::string plain(const std::string& text) {
    const auto sealed = SealedText::parse(text);
    if (!sealed) return text;
    std::string bytes;
    for (std::size_t i = 0; i + 1 < sealed->box.size(); i += 2) {
      bytes.push_back(
          static_cast<char>(kDigits.find(sealed->box[i]) << 4U | kDigits.find(sealed->box[i + 1])));
    }
    return bytes;
  }

  std::set<std::string> addresses;  // that mean a contact
  std::set<DataSubject> erased;

 private:
  static constexpr std::string_view kDigits = "0123456789abcdef";
};

}  // namespace actbook::testing

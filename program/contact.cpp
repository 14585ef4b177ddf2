#include <cctype>
#include <string>

#include "actbook/decide.h"
#include "digest.h"

namespace actbook {

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

std::string contact_id(std::string_view email) {
  return "contact-" + short_digest(normal_email(email));
}

}  // namespace actbook

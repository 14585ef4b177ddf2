// Arbitrary text where a search is expected: it is one, or the error names a column of the text.
// What was read is written and read again: it must be the same.
#include <flatbuffers/util.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/search.h"
#include "promise.h"
#include "support/search_terms.h"

namespace actbook::fuzz {
namespace {

bool is_utf8(const std::string& text) {
  const char* at = text.c_str();
  while (at < text.c_str() + text.size()) {
    if (flatbuffers::FromUTF8(&at) < 0) return false;
  }
  return true;
}

void check_error(const Error& error, std::string_view text) {
  constexpr std::string_view kWhere = "column ";
  const auto& message = error.message;
  promise(error.kind == ErrorKind::invalid && error.code == "BAD_SEARCH", "a text is a bad search");
  promise(message.starts_with(kWhere), "an error says where: " + message);
  const auto column = std::strtoul(message.c_str() + kWhere.size(), nullptr, 10);
  promise(column >= 1 && column <= text.size() + 1, "the column is of the text: " + message);
  promise(message.find(": ") + 2 < message.size(), "an error says what: " + message);
  // It goes to terminals and logs.
  promise(is_utf8(message), "a message is UTF-8");
  promise(
      std::ranges::none_of(message, [](char c) { return static_cast<unsigned char>(c) < 0x20; }),
      "a message has no control characters");
}

void read(std::string_view text) {
  const auto search = parse_search(text);
  if (!search) {
    check_error(search.error(), text);
    return;
  }
  const auto terms = testing::terms_of(search.value());
  const auto written = testing::joined(terms);
  const auto again = parse_search(written);
  promise(again.has_value(), "what was written can be read: " +
                                 (again ? std::string() : again.error().message + written));
  promise(testing::terms_of(again.value()) == terms, "what was written reads the same: " + written);
}

}  // namespace
}  // namespace actbook::fuzz

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT
                                      std::size_t size) {
  // In memory of its own size, a read beyond its end is found.
  const std::vector<char> text(data, data + size);
  actbook::fuzz::read({text.data(), text.size()});
  return 0;
}

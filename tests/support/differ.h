#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>

#include "actbook/time.h"

// For comparisons that say what differs rather than fail at once.
namespace actbook::testing {

/// Empty where the two agree, else what they say.
template <class T, class ToText>
inline std::string differ(const std::string& what, const T& model, const T& store, ToText to_text) {
  if (model == store) return {};
  return what + ": the model has " + to_text(model) + ", the store " + to_text(store);
}

inline std::string differ(const std::string& what, std::uint64_t model, std::uint64_t store) {
  return differ(what, model, store, [](std::uint64_t number) { return std::to_string(number); });
}

inline std::string differ(const std::string& what, const std::string& model,
                          const std::string& store) {
  return differ(what, model, store, [](const std::string& text) { return '"' + text + '"'; });
}

inline std::string differ(const std::string& what, Timestamp model, Timestamp store) {
  return differ(what, model, store, to_iso8601);
}

inline std::string differ(const std::string& what, const std::map<std::string, std::string>& model,
                          const std::map<std::string, std::string>& store) {
  return differ(what, model, store, [](const std::map<std::string, std::string>& texts) {
    std::string text;
    for (const auto& [key, value] : texts) {
      text.append(key).append("=").append(value).append(" ");
    }
    return "{ " + text + '}';
  });
}

/// The first of these that says something.
inline std::string first_of(std::initializer_list<std::string> differences) {
  for (const auto& difference : differences) {
    if (!difference.empty()) return difference;
  }
  return {};
}

}  // namespace actbook::testing

#include "remembered.h"

#include "flatten.h"

namespace actbook::cli {
namespace {

constexpr std::string_view kNameLetters = "abcdefghijklmnopqrstuvwxyz0123456789_";

using Remembering = Remembered::const_iterator;

Result<Remembering> find(const std::string& file, Place place, const std::string& name,
                         const Remembered& remembered) {
  const auto found = remembered.find(name);
  if (found == remembered.end()) {
    return malformed(file, place,
                     "nothing is remembered as $" + name + " yet; put $" + name +
                         " where a step or question before it expects it");
  }
  if (found->second.is_structured()) {
    return malformed(file, place, "$" + name + " is a list or a map; a plain value is needed");
  }
  return found;
}

}  // namespace

std::optional<std::string> remembered_name(const Value& value) {
  if (value.kind != Value::Kind::text || !value.is_plain || !value.text.starts_with('$')) return {};
  const auto name = value.text.substr(1);
  if (name.empty() || name.find_first_not_of(kNameLetters) != std::string::npos) return {};
  return name;
}

Result<Value> resolved(const std::string& file, const Value& value, const Remembered& remembered) {
  const auto name = remembered_name(value);
  if (!name) return value;
  BOOST_OUTCOME_TRY(found, find(file, value.place, *name, remembered));
  Value result = value;
  result.text = value_text(found->second);
  result.kind = found->second.is_boolean()  ? Value::Kind::boolean
                : found->second.is_number() ? Value::Kind::integer
                                            : Value::Kind::text;
  result.is_plain = result.kind != Value::Kind::text;
  return result;
}

Result<std::string> filled_in(const std::string& file, const Value& text,
                              const Remembered& remembered) {
  std::string filled;
  std::string_view rest = text.text;
  for (;;) {
    const auto begin = rest.find('$');
    filled += rest.substr(0, begin);
    if (begin == std::string_view::npos) return filled;
    rest.remove_prefix(begin + 1);
    const auto name = rest.substr(0, rest.find_first_not_of(kNameLetters));
    rest.remove_prefix(name.size());
    BOOST_OUTCOME_TRY(found, find(file, text.place, std::string(name), remembered));
    filled += value_text(found->second);
  }
}

}  // namespace actbook::cli

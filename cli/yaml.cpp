#include "yaml.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

namespace actbook::cli {
namespace {

using Kind = Value::Kind;

constexpr int kMaxLevels = 24;
// Aliases can make much of little.
constexpr int kMaxValues = 200'000;
constexpr std::size_t kMaxBytes = std::size_t{16} << 20;

Place place_of(const YAML::Mark& mark, Place otherwise) {
  return mark.is_null() ? otherwise : Place{mark.line + 1, mark.column + 1};
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

/// Takes the digits off the front of a text, and says whether there were any.
bool take_digits(std::string_view& text, std::string_view digits = "0123456789") {
  const auto end = std::min(text.find_first_not_of(digits), text.size());
  text.remove_prefix(end);
  return end > 0;
}

void take_sign(std::string_view& text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
}

bool is_integer(std::string_view text) {
  take_sign(text);
  return take_digits(text) && text.empty();
}

/// What is a number by YAML 1.2, but none of ours.
bool is_other_number(std::string_view text) {
  if (text.starts_with("0x")) {
    text.remove_prefix(2);
    return take_digits(text, "0123456789abcdefABCDEF") && text.empty();
  }
  if (text.starts_with("0o")) {
    text.remove_prefix(2);
    return take_digits(text, "01234567") && text.empty();
  }
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return true;
  take_sign(text);
  if (is_one_of(text, {".inf", ".Inf", ".INF"})) return true;
  bool has_digits = take_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    has_digits = take_digits(text) || has_digits;
  }
  if (has_digits && (text.starts_with('e') || text.starts_with('E'))) {
    text.remove_prefix(1);
    take_sign(text);
    if (!take_digits(text)) return false;
  }
  return has_digits && text.empty();
}

/// Turns what yaml-cpp has read into values.
class Converter {
 public:
  explicit Converter(std::string file) : file_(std::move(file)) {}

  Result<Value> convert(const YAML::Node& node, Place parent, int level) {
    Value value;
    value.place = place_of(node.Mark(), parent);
    if (level > kMaxLevels) {
      return malformed(file_, value.place, "more than 24 levels of lists and maps; use fewer");
    }
    if (++values_ > kMaxValues) {
      return malformed(file_, value.place, "more than 200000 values; make it several files");
    }
    if (node.IsMap()) {
      BOOST_OUTCOME_TRY(add_members(value, node, level));
    } else if (node.IsSequence()) {
      value.kind = Kind::list;
      for (const auto& element : node) {
        BOOST_OUTCOME_TRY(converted, convert(element, value.place, level + 1));
        value.elements.push_back(std::move(converted));
      }
    } else if (node.IsScalar()) {
      BOOST_OUTCOME_TRY(set_scalar(value, node));
    } else {
      value.is_plain = true;
    }
    return value;
  }

 private:
  Result<void> add_members(Value& map, const YAML::Node& node, int level) {
    map.kind = Kind::map;
    for (const auto& entry : node) {
      const auto place = place_of(entry.first.Mark(), map.place);
      if (!entry.first.IsScalar()) {
        return malformed(file_, place, "a name must be a text, not a list or a map");
      }
      const auto& name = entry.first.Scalar();
      if (const auto* first = map.find(name)) {
        return malformed(file_, place,
                         name + ": stands here twice, first at line " +
                             std::to_string(first->place.line) + "; give it once");
      }
      BOOST_OUTCOME_TRY(converted, convert(entry.second, place, level + 1));
      map.members.push_back({name, place, std::move(converted)});
    }
    return boost::outcome_v2::success();
  }

  [[nodiscard]] Result<void> set_scalar(Value& value, const YAML::Node& node) const {
    value.kind = Kind::text;
    value.text = node.Scalar();
    // The tag that yaml-cpp gives to a scalar that has no quotes and no tag of its own.
    value.is_plain = node.Tag() == "?";
    if (!value.is_plain) return boost::outcome_v2::success();
    const auto& text = value.text;
    if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) {
      value.kind = Kind::null;
    } else if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) {
      value.kind = Kind::boolean;
      value.text = text[0] == 't' || text[0] == 'T' ? "true" : "false";
    } else if (is_integer(text)) {
      value.kind = Kind::integer;
    } else if (is_other_number(text)) {
      return malformed(file_, value.place,
                       text +
                           " is a number that nothing here has (numbers are whole, in "
                           "decimal digits); if it is a text, quote it: \"" +
                           text + "\"");
    }
    return boost::outcome_v2::success();
  }

  std::string file_;
  int values_ = 0;
};

Result<std::string> read_text(const std::string& file) {
  const auto unreadable = [&](const std::string& why) {
    return malformed(file, {}, "cannot be read: " + why);
  };
  std::error_code failure;
  if (std::filesystem::is_directory(file, failure)) {
    return unreadable("it is a directory; name the files in it");
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text;
  std::array<char, 65536> part{};
  while (in.read(part.data(), part.size()) || in.gcount() > 0) {
    text.append(part.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMaxBytes) return unreadable("it is larger than 16 MiB");
  }
  if (in.bad() || !in.eof()) return unreadable(std::generic_category().message(errno));
  return text;
}

bool is_utf8(const std::string& text) {
  try {
    (void)nlohmann::json(text).dump();
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

}  // namespace

const Value* Value::find(std::string_view name) const {
  for (const auto& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

std::string kind_words(Value::Kind kind) {
  constexpr std::array kWords = {"nothing", "true or false", "a number",
                                 "a text",  "a list",        "a map"};
  return kWords[static_cast<std::size_t>(kind)];
}

std::string to_line(const Value& value) {
  std::string line;
  switch (value.kind) {
    case Kind::null:
      return "~";
    case Kind::list:
      for (const auto& element : value.elements) {
        line += (line.empty() ? "" : ", ") + to_line(element);
      }
      return "[" + line + "]";
    case Kind::map:
      for (const auto& member : value.members) {
        line += (line.empty() ? "" : ", ") + member.name + ": " + to_line(member.value);
      }
      return "{" + line + "}";
    default:
      return value.text;
  }
}

Error malformed(const std::string& file, Place place, const std::string& what) {
  std::string where = file + ":";
  if (place.line > 0) {
    where += std::to_string(place.line) + ":" + std::to_string(place.column) + ":";
  }
  return {ErrorKind::invalid, kMalformed, where + " " + what, {}};
}

Result<Value> read_yaml(const std::string& file) {
  BOOST_OUTCOME_TRY(text, read_text(file));
  if (!is_utf8(text)) return malformed(file, {}, "is not UTF-8");
  try {
    const auto documents = YAML::LoadAll(text);
    if (documents.empty() || documents.front().IsNull()) {
      return malformed(file, {1, 1}, "is empty; it must have a scenario with its steps");
    }
    if (documents.size() > 1) {
      return malformed(file, place_of(documents[1].Mark(), {}),
                       "a second document begins here; make it a file of its own");
    }
    return Converter(file).convert(documents.front(), {1, 1}, 1);
  } catch (const YAML::Exception& exception) {
    return malformed(file, place_of(exception.mark, {}),
                     "is not YAML: " + exception.msg +
                         "; look here and just above for what is not indented alike (by spaces, "
                         "not tabs), and for a bracket, quote or colon that is missing");
  }
}

}  // namespace actbook::cli

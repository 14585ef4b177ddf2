#include "expectation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "flatten.h"
#include "instant.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;
using Kind = Value::Kind;

// What a description of a list may have.
constexpr const char* kWhere = "where";
constexpr const char* kIs = "is";
constexpr const char* kCount = "count";
constexpr const char* kIncludes = "includes";
constexpr const char* kLacks = "lacks";
constexpr std::array kListWords = {kWhere, kIs, kCount, kIncludes, kLacks};

constexpr const char* kNothing = "nothing";
constexpr const char* kBy = " by ";

bool is_actor(const ordered_json& value) {
  return value.is_object() && value.size() == 2 && value.contains("kind") && value.contains("id");
}

/// FlatBuffers stores an empty list and none alike.
bool is_nothing(const ordered_json& value) {
  return value.is_null() || (value.is_array() && value.empty());
}

bool same_time(std::string_view left, std::string_view right) {
  const auto is_like_a_time = [](std::string_view text) {
    constexpr std::size_t kYearDigits = 4;
    return text.size() > kYearDigits && text[kYearDigits] == '-';
  };
  if (!is_like_a_time(left) || !is_like_a_time(right)) return false;
  const auto left_time = read_time(left);
  const auto right_time = read_time(right);
  return left_time && right_time && left_time.value() == right_time.value();
}

bool same_number(const std::string& text, const ordered_json& actual) {
  const auto* digits = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto* end = text.data() + text.size();
  if (actual.is_number_unsigned()) {
    std::uint64_t number = 0;
    const auto read = std::from_chars(digits, end, number);
    return read.ec == std::errc() && read.ptr == end && number == actual.get<std::uint64_t>();
  }
  std::int64_t number = 0;
  const auto read = std::from_chars(digits, end, number);
  return read.ec == std::errc() && read.ptr == end && number == actual.get<std::int64_t>();
}

/// "staff sam" or "person adam" as it is said in short.
std::string short_actor(const std::string& text) {
  constexpr std::string_view kPerson = "person ";
  return text.starts_with(kPerson) ? text.substr(kPerson.size()) : text;
}

/// "2026-03-01 09:00 by adam", or the time alone.
bool same_act(const std::string& text, const ordered_json& act) {
  const auto by = text.find(kBy);
  if (!same_time(text.substr(0, by), value_text(act["recorded_at"]))) return false;
  if (by == std::string::npos) return true;
  const auto actor = short_actor(text.substr(by + std::string_view(kBy).size()));
  return actor == actor_line(act.value("actor", ordered_json()));
}

bool same_scalar(const Value& expected, const ordered_json& actual) {
  const auto& text = expected.text;
  if (is_actor(actual)) return short_actor(text) == actor_line(actual);
  if (is_act(actual)) return same_act(text, actual);
  if (actual.is_structured()) return false;
  if (expected.kind == Kind::integer && actual.is_number()) return same_number(text, actual);
  const auto actual_text = value_text(actual);
  return text == actual_text || same_time(text, actual_text);
}

/// Of a value, only what an expectation speaks of: what would be compared.
ordered_json restricted(const ordered_json& value, const Value& expected) {
  if (expected.kind != Kind::map || !value.is_object()) return value;
  auto part = ordered_json::object();
  for (const auto& member : expected.members) {
    if (value.contains(member.name)) {
      part[member.name] = restricted(value[member.name], member.value);
    }
  }
  return part;
}

/// A list as the first of the patterns for its elements sees it.
std::string list_line(const ordered_json& list, const std::vector<Value>& patterns) {
  if (list.empty()) return "[]";
  std::string line;
  for (const auto& element : list) {
    const auto part = patterns.empty() ? element : restricted(element, patterns.front());
    line += (line.empty() ? "" : ", ") + to_line(part);
  }
  return "[" + line + "]";
}

std::string element_count(std::size_t count) { return count_words(count, "element", "elements"); }

class Matcher {
 public:
  explicit Matcher(Remembered& remembered) : remembered_(remembered) {}

  void match(const Value& expected, const ordered_json& actual, const Shape& shape,
             const std::string& path) {
    if (const auto name = remembered_name(expected)) {
      match_remembered(*name, expected, actual, path);
    } else if (expected.kind == Kind::null) {
      if (!is_nothing(actual)) add(expected, path, kNothing, to_line(actual));
    } else if (expected.kind == Kind::map) {
      match_map(expected, actual, shape, path);
    } else if (expected.kind == Kind::list) {
      match_list(expected, actual, shape, path);
    } else if (actual.is_null() || !same_scalar(expected, actual)) {
      add(expected, path, expected.text, to_line(actual));
    }
  }

  [[nodiscard]] std::vector<Difference> finish() && { return std::move(differences_); }

 private:
  void add(const Value& at, const std::string& path, std::string expected, std::string actual) {
    differences_.push_back({at.place.line, path, std::move(expected), std::move(actual)});
  }

  void match_remembered(const std::string& name, const Value& expected, const ordered_json& actual,
                        const std::string& path) {
    const auto known = remembered_.find(name);
    if (known != remembered_.end()) {
      if (known->second == actual) return;
      add(expected, path, to_line(known->second) + " ($" + name + ")", to_line(actual));
    } else if (actual.is_null()) {
      add(expected, path, "something, to be remembered as $" + name, to_line(actual));
    } else {
      remembered_.emplace(name, actual);
    }
  }

  void match_map(const Value& expected, const ordered_json& actual, const Shape& shape,
                 const std::string& path) {
    if (actual.is_array()) return match_description(expected, actual, shape, path);
    if (!actual.is_object()) return add(expected, path, to_line(expected), to_line(actual));
    for (const auto& member : expected.members) {
      const auto member_path = path.empty() ? member.name : path + "." + member.name;
      const auto* field = shape.field(member.name);
      const bool is_there = actual.contains(member.name);
      if (!is_there && !name_is_known(member, shape, member_path)) continue;
      match(member.value, is_there ? actual[member.name] : ordered_json(),
            field == nullptr ? Shape() : shape.inside(*field), member_path);
    }
  }

  /// Else a misspelt name that is expected to be absent, or that nothing is to have, would pass for
  /// ever.
  bool name_is_known(const Value::Member& member, const Shape& shape, const std::string& path) {
    if (!shape.is_known() || shape.field(member.name) != nullptr) return true;
    add(member.value, path, to_line(member.value),
        "there is no such member; there are " + list_words(shape.names()));
    return false;
  }

  bool names_are_known(const Value& pattern, const Shape& shape, const std::string& path) {
    return std::ranges::all_of(pattern.members, [&](const Value::Member& member) {
      const auto member_path = path.empty() ? member.name : path + "." + member.name;
      if (!name_is_known(member, shape, member_path)) return false;
      const auto* field = shape.field(member.name);
      return field == nullptr || names_are_known(member.value, shape.inside(*field), member_path);
    });
  }

  void match_list(const Value& expected, const ordered_json& actual, const Shape& shape,
                  const std::string& path) {
    const auto& elements = expected.elements;
    if (elements.empty() && is_nothing(actual)) return;
    if (!actual.is_array()) return add(expected, path, to_line(expected), to_line(actual));
    if (actual.size() != elements.size()) {
      return add(expected, path, element_count(elements.size()) + ": " + to_line(expected),
                 element_count(actual.size()) + ": " + list_line(actual, elements));
    }
    for (std::size_t i = 0; i < elements.size(); ++i) {
      match(elements[i], actual[i], shape, path + "[" + std::to_string(i) + "]");
    }
  }

  /// A list that is not given, but described.
  void match_description(const Value& expected, const ordered_json& actual, const Shape& shape,
                         const std::string& path) {
    for (const auto& member : expected.members) {
      if (std::ranges::find(kListWords, member.name) != kListWords.end()) continue;
      return add(expected, path, to_line(expected),
                 "a list, which is expected as a list, or by where, is, count, includes, lacks");
    }
    if (expected.members.empty()) return add(expected, path, "{}", "a list");
    auto list = actual;
    auto list_path = path;
    if (const auto* where = expected.find(kWhere)) {
      if (!names_are_known(*where, shape, path)) return;
      list = ordered_json::array();
      for (const auto& element : actual) {
        if (fits(*where, element, shape)) list.push_back(element);
      }
      list_path += (path.empty() ? "where " : " where ") + to_line(*where);
    }
    if (const auto* is = expected.find(kIs)) match(*is, list, shape, list_path);
    if (const auto* count = expected.find(kCount)) {
      match(*count, list.size(), {}, list_path.empty() ? kCount : list_path + " " + kCount);
    }
    if (const auto* wanted = expected.find(kIncludes)) includes(*wanted, list, shape, list_path);
    if (const auto* unwanted = expected.find(kLacks)) lacks(*unwanted, list, shape, list_path);
  }

  /// Whether an element is as described; what it has to be remembered is then remembered.
  bool fits(const Value& expected, const ordered_json& element, const Shape& shape) {
    auto remembered = remembered_;
    if (!differences(expected, element, shape, remembered).empty()) return false;
    remembered_ = std::move(remembered);
    return true;
  }

  static std::vector<Value> elements_of(const Value& patterns) {
    return patterns.kind == Kind::list ? patterns.elements : std::vector<Value>{patterns};
  }

  void includes(const Value& wanted, const ordered_json& list, const Shape& shape,
                const std::string& path) {
    std::size_t next = 0;
    for (const auto& pattern : elements_of(wanted)) {
      const auto begin = next;
      while (next < list.size() && !fits(pattern, list[next], shape)) ++next;
      if (next < list.size()) {
        ++next;
        continue;
      }
      const auto after = begin == 0 ? "" : " after element " + std::to_string(begin - 1);
      add(pattern, path, "includes " + to_line(pattern) + after, list_line(list, {pattern}));
      next = begin;
    }
  }

  void lacks(const Value& unwanted, const ordered_json& list, const Shape& shape,
             const std::string& path) {
    for (const auto& pattern : elements_of(unwanted)) {
      if (!names_are_known(pattern, shape, path)) continue;
      for (std::size_t i = 0; i < list.size(); ++i) {
        auto remembered = remembered_;
        if (!differences(pattern, list[i], shape, remembered).empty()) continue;
        add(pattern, path, "lacks " + to_line(pattern),
            "element " + std::to_string(i) + " is " + to_line(list[i]));
        break;
      }
    }
  }

  Remembered& remembered_;
  std::vector<Difference> differences_;
};

}  // namespace

std::vector<Difference> differences(const Value& expected, const ordered_json& actual,
                                    const Shape& shape, Remembered& remembered) {
  Matcher matcher(remembered);
  matcher.match(expected, actual, shape, "");
  return std::move(matcher).finish();
}

std::string actor_line(const ordered_json& actor) {
  if (!is_actor(actor)) return {};
  return short_actor(value_text(actor["kind"]) + " " + value_text(actor["id"]));
}

std::string to_line(const ordered_json& value) {
  if (value.is_null()) return kNothing;
  if (is_actor(value)) return actor_line(value);
  if (is_act(value)) {
    const auto actor = actor_line(value.value("actor", ordered_json()));
    return value_text(value["recorded_at"]) + (actor.empty() ? "" : kBy + actor);
  }
  if (!value.is_structured()) return value_text(value);
  std::string line;
  for (const auto& [name, member] : value.items()) {
    line += (line.empty() ? "" : ", ") + (value.is_object() ? name + ": " : "") + to_line(member);
  }
  return value.is_object() ? "{" + line + "}" : "[" + line + "]";
}

}  // namespace actbook::cli

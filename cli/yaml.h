#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actbook/ledger.h"

namespace actbook::cli {

/// Where something stands in a file, counted from 1; 0 where that is not known.
struct Place {
  int line = 0;
  int column = 0;
};

/// A value of a YAML document. Plain scalars are those of the core schema of YAML 1.2 without
/// numbers that have a fraction; whatever is quoted is text.
struct Value {
  enum class Kind { null, boolean, integer, text, list, map };
  struct Member;

  Kind kind = Kind::null;
  Place place;
  /// Of a scalar: as it is written, without quotes; of a boolean, true or false.
  std::string text;
  /// Of a scalar: it has no quotes.
  bool is_plain = false;
  std::vector<Value> elements;
  /// Each name once.
  std::vector<Member> members;

  [[nodiscard]] bool is_scalar() const { return kind != Kind::list && kind != Kind::map; }
  /// The member of that name; null if there is none, or this is no map.
  [[nodiscard]] const Value* find(std::string_view name) const;
};

struct Value::Member {
  std::string name;
  Place place;
  Value value;
};

/// What a value is, in words: "a list".
[[nodiscard]] std::string kind_words(Value::Kind kind);

/// The value on one line, as YAML would have it: {role: owner, seats: 1}
[[nodiscard]] std::string to_line(const Value& value);

/// The code of the errors that say a file is not as it must be.
inline constexpr const char* kMalformed = "MALFORMED_SCENARIO";

/// The error for one place of a file: invalid, with kMalformed, and a message that begins
/// "file:line:column: ".
[[nodiscard]] Error malformed(const std::string& file, Place place, const std::string& what);

/// Reads a file with one YAML document. Errors: those of malformed(), also where the file cannot be
/// read: what is not YAML, a name that stands twice in a map, a number with a fraction, more than
/// one document.
[[nodiscard]] Result<Value> read_yaml(const std::string& file);

}  // namespace actbook::cli

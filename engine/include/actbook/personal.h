#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "actbook/error.h"
#include "actbook/schema.h"

namespace actbook {

/// A text in a field with the attribute `personal`.
struct PersonalText {
  const reflection::Field& field;
  /// The table it is a field of, and the one where it was found.
  const reflection::Object& object;
  const flatbuffers::Table& table;
  std::string_view text;
};

/// A copy of a well-formed table in which each text that is personal, and not empty, is what
/// `replace` makes of it; in nested tables and the table of a union too. Errors: those of
/// `replace`. Cost: a walk for each text.
[[nodiscard]] Result<Bytes> replace_personal(
    const Schema& schema, std::string_view table_name, ByteView bytes,
    const std::function<Result<std::string>(const PersonalText&)>& replace);

}  // namespace actbook

#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "actbook/json.h"

namespace actbook {

/// What record_to_json() writes, as a document. Errors: the same.
[[nodiscard]] Result<nlohmann::ordered_json> record_document(const Record& record,
                                                             const ReadPersonal& read);

/// A document as a text. Texts that are not UTF-8, which no command can bring in, get replacement
/// characters.
[[nodiscard]] std::string write_json(const nlohmann::ordered_json& document, JsonLayout layout);

}  // namespace actbook

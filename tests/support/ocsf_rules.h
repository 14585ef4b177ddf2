#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace actbook::testing {

/// What is wrong with an event by OCSF 1.9.0, each with the attribute's path; empty, if nothing is.
/// Judged as the schema's own server does: attributes that are not defined, required ones that are
/// missing, wrong types, values that are not of an enum, labels that are not the value's, and
/// constraints. No package that a test could install carries that schema, so its rules for the
/// classes and attributes that an export has are written down here, from the specification; any
/// other attribute is wrong, too.
[[nodiscard]] std::vector<std::string> ocsf_complaints(const nlohmann::json& event);

}  // namespace actbook::testing

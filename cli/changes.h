#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "flatten.h"

namespace actbook::cli {

/// One value that differs between two states; empty where it was or is absent.
struct Change {
  std::string path;
  std::string before;
  std::string after;
};

/// What differs between two states of one entity, in the order of the state's own members. For
/// people, an element of a list that came or went is one change; for programs, each of its values
/// is.
[[nodiscard]] std::vector<Change> compare(const nlohmann::ordered_json& before,
                                          const nlohmann::ordered_json& after, Reader reader);

}  // namespace actbook::cli

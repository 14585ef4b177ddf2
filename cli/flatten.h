#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/csv.h"  // value_text

namespace actbook::cli {

/// One value of a JSON document and where it stands.
struct Leaf {
  std::string path;
  std::string text;
  /// The path of the element of a list that it belongs to, if it does.
  std::string element;
};

/// How much a Leaf holds: for programs every value is one; for people an act ("2026-03-01T09:00:00Z
/// by adam, position 41") is one, names of the schema are words, and what is none is empty.
enum class Reader { program, person };

/// The values of a document in its order. An element of a list that is an object goes by its first
/// member, which in answers says whom or what it is about ("members.adam.role"), so that the same
/// element has the same path whatever comes before it in the list. A list of plain values is one
/// value.
[[nodiscard]] std::vector<Leaf> flatten(const nlohmann::ordered_json& document, Reader reader);

/// An act as answers have it: when, by whom, at which position.
[[nodiscard]] bool is_act(const nlohmann::ordered_json& value);
[[nodiscard]] bool is_list_of_objects(const nlohmann::ordered_json& value);

}  // namespace actbook::cli

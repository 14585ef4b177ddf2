#include "twin.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

void collect(const Twin& value, const ordered_json::json_pointer& place,
             std::vector<std::string>& places) {
  if (value.is_revealed()) places.push_back(place.to_string());
  if (value->is_object()) {
    for (const auto& [name, member] : value->items()) {
      collect(value.member(name), place / name, places);
    }
  } else if (value->is_array()) {
    for (std::size_t i = 0; i < value->size(); ++i) collect(value.element(i), place / i, places);
  }
}

}  // namespace

Twin Twin::member(const std::string& name) const {
  const bool both = sealed_ != nullptr && sealed_->is_object() && sealed_->contains(name);
  return {value_->at(name), both ? &sealed_->at(name) : nullptr};
}

Twin Twin::element(std::size_t index) const {
  const bool both = sealed_ != nullptr && sealed_->is_array() && index < sealed_->size();
  return {value_->at(index), both ? &sealed_->at(index) : nullptr};
}

bool Twin::is_revealed() const {
  // Of somebody who was erased, or whose key is lost, nothing is revealed.
  return sealed_ != nullptr && *sealed_ == "sealed" && *value_ != *sealed_ && *value_ != "erased" &&
         *value_ != "lost";
}

std::vector<std::string> revealed_places(const Twin& document) {
  std::vector<std::string> places;
  collect(document, ordered_json::json_pointer(), places);
  return places;
}

}  // namespace actbook::cli

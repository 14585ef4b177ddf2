#pragma once

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "actbook/time.h"
#include "support/ocsf_rules.h"

namespace actbook::testing {

// What every exported event has to be.

inline void check_cloud_event(const nlohmann::json& event) {
  static const std::regex name("[a-z0-9]{1,20}");
  for (const auto& attribute : event.items()) {
    CAPTURE(attribute.key());
    CHECK(std::regex_match(attribute.key(), name));
    if (attribute.key() == "data") continue;
    CHECK(attribute.value().is_string());
    CHECK(attribute.value() != "");
  }
  CHECK(event.at("specversion") == "1.0");
  CHECK(event.at("datacontenttype") == "application/json");
  CHECK(parse_iso8601(event.at("time").get<std::string>()).has_value());
  CHECK(parse_iso8601(event.at("recordedtime").get<std::string>()).has_value());
  for (const auto* required : {"id", "source", "type", "actorkind", "actorid", "mode", "data"}) {
    CHECK_MESSAGE(event.contains(required), required);
  }
}

inline void check_ocsf(const nlohmann::json& event) {
  for (const auto& complaint : ocsf_complaints(event)) FAIL_CHECK(complaint << "\n" << event);
}

}  // namespace actbook::testing

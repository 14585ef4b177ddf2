#pragma once

#include <string>

#include "html_answer.h"

namespace actbook::cli {

/// One member of an answer as HTML, whatever it is; empty for what is absent.
[[nodiscard]] std::string value_html(const std::string& name, const Twin& value);

/// What a member is called, by its path.
[[nodiscard]] std::string member_heading(const std::string& path);

/// Who an actor is, in words; empty for what is none.
[[nodiscard]] std::string actor_html(const nlohmann::ordered_json& actor);

/// An actor alone: a kind and an id.
[[nodiscard]] bool is_actor(const nlohmann::ordered_json& value);

}  // namespace actbook::cli

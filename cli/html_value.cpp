#include "html_value.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cited.h"
#include "flatten.h"
#include "html.h"
#include "page.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kCents = "_cents";

std::string act_html(const ordered_json& act) {
  std::string html = time_html(act["recorded_at"]);
  if (act.contains("occurred_at") && act["occurred_at"] != act["recorded_at"]) {
    html += " (happened " + time_html(act["occurred_at"]) + ")";
  }
  const auto actor = actor_html(act["actor"]);
  if (!actor.empty()) html += " by " + actor;
  return html + ", position " + value_html("position", {act["position"], nullptr});
}

/// Members whose values are words of the schema, never ids or names.
bool is_word(std::string_view name) {
  constexpr std::array<std::string_view, 11> kNames = {"what",       "role",    "state",  "usage",
                                                       "visibility", "channel", "source", "cause",
                                                       "mode",       "tier",    "purpose"};
  return std::ranges::find(kNames, name) != kNames.end();
}

std::string text_html(const std::string& name, const Twin& value) {
  const auto& text = value->get_ref<const std::string&>();
  if (const auto at = time_in(*value)) return time_html(*at);
  if (value.is_revealed()) {
    return "<mark>" + escape_html(text) + " <small>(revealed on request)</small></mark>";
  }
  constexpr std::size_t kHashDigits = 64;
  const bool is_hash =
      text.size() == kHashDigits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (is_hash) return "<code>" + text + "</code>";
  return breakable_html(is_word(name) ? words(text) : text);
}

std::string plain_html(const std::string& name, const Twin& value) {
  if (value->is_null()) return {};
  if (value->is_string()) return text_html(name, value);
  if (value->is_boolean()) return value->get<bool>() ? "yes" : "no";
  if (value->is_number_unsigned() && holds_positions(name)) {
    const auto position = value->get<std::uint64_t>();
    return position == 0 ? std::string() : position_html(position);
  }
  if (value->is_number_integer() && name.ends_with(kCents)) {
    return money_words(value->get<std::int64_t>());
  }
  return escape_html(value->dump());
}

std::string list_html(const std::string& name, const Twin& list) {
  std::string html;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto element = value_html(name, list.element(i));
    if (is_list_of_objects(*list)) {
      html.append("<li>").append(element).append("</li>");
    } else {
      html.append(html.empty() ? "" : ", ").append(element);
    }
  }
  return is_list_of_objects(*list) ? "<ul>" + html + "</ul>" : html;
}

// "Contact contact-5; Organisation haarlem"
std::string object_html(const Twin& object) {
  std::string html;
  for (const auto& [name, member] : object->items()) {
    const auto value = value_html(name, object.member(name));
    if (value.empty()) continue;
    html.append(html.empty() ? "" : "; ")
        .append("<span class=\"name\">")
        .append(escape_html(member_heading(name)))
        .append("</span> ")
        .append(value);
  }
  return html;
}

}  // namespace

std::string member_heading(const std::string& path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kHeadings = {
      {{"holds", "Held"},
       {"sentence", "Why"},
       {"positions", "Rests on positions"},
       {"other_positions", "The other rests on positions"},
       {"can_read", "May read"},
       {"basis", "By what right"},
       {"refunded_cents", "Given back"},
       {"payment_cents", "Amount of the payment"},
       {"text_sha256", "SHA-256 of the text"},
       {"schemas_sha256", "SHA-256 of the schemas"},
       {"state_sha256", "SHA-256 of the state"}}};
  for (const auto& [name, heading] : kHeadings) {
    if (path == name) return std::string(heading);
  }
  return heading_words(path);
}

std::string value_html(const std::string& name, const Twin& value) {
  if (is_act(*value)) return act_html(*value);
  if (is_actor(*value)) return actor_html(*value);
  if (value->is_object()) return object_html(value);
  if (value->is_array()) return list_html(name, value);
  return plain_html(name, value);
}

bool is_actor(const ordered_json& value) {
  return value.is_object() && value.size() == 2 && value.contains("kind") && value.contains("id");
}

std::string actor_html(const ordered_json& actor) {
  if (!is_actor(actor)) return {};
  const auto id = value_text(actor["id"]);
  return escape_html(actor["kind"] == "person" ? id : value_text(actor["kind"]) + " " + id);
}

}  // namespace actbook::cli

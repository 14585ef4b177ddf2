#include "html_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "flatten.h"
#include "html.h"
#include "html_table.h"
#include "html_value.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

/// What the page says elsewhere.
bool is_said_elsewhere(std::string_view name) {
  constexpr std::array<std::string_view, 7> kNames = {
      "as_of", "at", "true_at", "from_as_of", "from_at", "verdict", "state_type"};
  return std::ranges::find(kNames, name) != kNames.end();
}

/// As the terminal heads them.
std::string list_heading(const std::string& path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kHeadings = {
      {{"lines", "What was found"},
       {"rungs", "Step by step"},
       {"chain", "The acts behind it"},
       {"spans", "What lasted"},
       {"acts", "What happened"},
       {"changes", "What changed"}}};
  for (const auto& [name, heading] : kHeadings) {
    if (path == name) return std::string(heading);
  }
  return member_heading(path);
}

bool is_list(const ordered_json& value) {
  return is_list_of_objects(value) || (value.is_array() && value.empty());
}

/// The facts and the lists of an object, wherever they stand in it.
class Sections {
 public:
  void add(const std::string& path, const Twin& object) {
    for (const auto& [name, value] : object->items()) {
      if (is_said_elsewhere(name)) continue;
      std::string below = path;
      if (!below.empty()) below += '.';
      below += name;
      const auto member = object.member(name);
      if (is_list(value)) {
        lists_.emplace_back(below, member);
      } else if (value.is_object() && !is_act(value) && !is_actor(value)) {
        add(name == "state" ? path : below, member);
      } else if (name == "next") {
        more_ = value_text(value);
      } else {
        add_fact(below, value_html(name, member));
      }
    }
  }

  [[nodiscard]] std::string finish() && {
    std::string html;
    std::string none;
    if (!more_.empty()) {
      html += fmt::format(
          R"(<p class="warning">This is one page of a longer list: it goes on after position {}.</p>)"
          "\n",
          escape_html(more_));
    }
    if (!facts_.empty()) html += "<table class=\"facts\"><tbody>\n" + facts_ + "</tbody></table>\n";
    for (const auto& [path, list] : lists_) {
      if (list->empty()) {
        none.append(none.empty() ? "" : ", ").append(escape_html(list_heading(path)));
        continue;
      }
      html += fmt::format("<h3>{} <span class=\"count\">{}</span></h3>\n",
                          escape_html(list_heading(path)), list->size());
      html += list_table(list);
    }
    if (!none.empty()) html += "<p><span class=\"name\">None of these:</span> " + none + "</p>\n";
    return html;
  }

 private:
  void add_fact(const std::string& path, const std::string& value) {
    if (value.empty()) return;
    facts_ += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n",
                          escape_html(member_heading(path)), value);
  }

  std::string facts_;
  std::vector<std::pair<std::string, Twin>> lists_;
  std::string more_;
};

}  // namespace

std::string answer_html(const Twin& answer) {
  Sections sections;
  sections.add("", answer);
  return std::move(sections).finish();
}

}  // namespace actbook::cli

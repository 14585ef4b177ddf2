#include "html.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace actbook::cli {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// U+202A to U+202E and U+2066 to U+2069: embeddings, overrides and isolates of directions.
bool reorders(std::string_view rest) {
  if (rest.size() < 3 || rest[0] != '\xE2') return false;
  if (rest[1] == '\x80') return rest[2] >= '\xAA' && rest[2] <= '\xAE';
  return rest[1] == '\x81' && rest[2] >= '\xA6' && rest[2] <= '\xA9';
}

bool is_control(char letter) {
  constexpr char kDelete = 0x7F;
  return (letter >= 0 && letter < ' ' && letter != '\n' && letter != '\t') || letter == kDelete;
}

std::string_view entity(char letter) {
  switch (letter) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string html;
  html.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto entity_text = entity(text[i]);
    if (!entity_text.empty()) {
      html += entity_text;
    } else if (is_control(text[i])) {
      html += kReplacement;
    } else if (reorders(text.substr(i))) {
      html += kReplacement;
      i += 2;
    } else {
      html += text[i];
    }
  }
  return html;
}

std::string breakable_html(std::string_view text, std::size_t long_word) {
  std::string html;
  while (!text.empty()) {
    const auto size = std::min(text.find(' '), text.size() - 1) + 1;
    auto word = text.substr(0, size);
    text.remove_prefix(size);
    while (word.size() > long_word) {
      // Behind a mark that parts it, or else within; never within a letter of UTF-8.
      auto part = word.substr(0, long_word).find_last_of("_:/.@") + 1;
      if (part == 0) part = long_word;
      while (part > 1 && (static_cast<unsigned char>(word[part]) & 0xC0U) == 0x80U) --part;
      html.append(escape_html(word.substr(0, part))).append("<wbr>");
      word.remove_prefix(part);
    }
    html += escape_html(word);
  }
  return html;
}

std::string time_html(Timestamp at) {
  const auto iso = to_iso8601(at);
  std::string shown = iso;
  shown.replace(shown.find('T'), 1, " ");
  shown.replace(shown.find('Z'), 1, "&nbsp;UTC");
  return fmt::format(R"(<time datetime="{}">{}</time>)", iso, shown);
}

std::string time_html(const nlohmann::ordered_json& iso8601) {
  const auto at = time_in(iso8601);
  return at ? time_html(*at) : std::string();
}

std::string position_html(std::uint64_t position) {
  return fmt::format(R"(<a href="#r{0}">{0}</a>)", position);
}

std::optional<Timestamp> time_in(const nlohmann::ordered_json& value) {
  constexpr std::size_t kShortest = std::string_view("2026-03-01T09:00:00Z").size();
  if (!value.is_string()) return {};
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() < kShortest || text.back() != 'Z') return {};
  const auto at = parse_iso8601(text);
  return at ? std::optional(at.value()) : std::nullopt;
}

}  // namespace actbook::cli

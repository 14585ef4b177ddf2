#include "json_parse.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace actbook {
namespace {

using nlohmann::json;

// Far beyond any command, and far below what a FlatBuffer can hold.
constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxLevels = 32;
constexpr std::size_t kMaxNameBytes = 64;

/// `offset` is where in the text, from 0. Columns count characters, as editors do.
Error malformed(std::string_view text, std::size_t offset, const std::string& what) {
  const auto before = text.substr(0, offset);
  const auto line_start = before.rfind('\n') + 1;
  const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  const auto line = std::ranges::count(before, '\n') + 1;
  const auto column = std::ranges::count_if(before.substr(line_start), is_first_byte) + 1;
  return {ErrorKind::invalid,
          "MALFORMED_JSON",
          "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + what,
          {}};
}

/// Where the text opens one level too many. Looked for before parsing, because the parser does not
/// say where it is.
std::optional<std::size_t> too_deep(std::string_view text) {
  std::size_t level = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '{' || c == '[')) {
      if (++level > kMaxLevels) return i;
    } else if (!in_string && (c == '}' || c == ']') && level > 0) {
      --level;
    }
  }
  return std::nullopt;
}

/// Builds the document, and stops at a member name that its object has already.
class DocumentBuilder final : public nlohmann::json_sax<json> {
 public:
  explicit DocumentBuilder(std::string_view text) : text_(text) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    levels_.back().name = name;
    if (!levels_.back().value->contains(name)) return true;
    error_ = invalid_field(path(), "stands here twice; give it once");
    return false;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& exception) override {
    // The parser has read `position` bytes, the one that made it stop included.
    const auto offset = std::min(position == 0 ? 0 : position - 1, text_.size());
    error_ = malformed(text_, offset, reason(exception.what()));
    return false;
  }

  [[nodiscard]] Result<json> finish() && {
    if (error_) return *std::move(error_);
    return std::move(root_);
  }

 private:
  /// An object or array that is being read, and the name of the member it is at.
  struct Level {
    json* value;
    std::string name;
  };

  json* place(json value) {
    if (levels_.empty()) return &(root_ = std::move(value));
    auto& parent = *levels_.back().value;
    if (parent.is_object()) return &(parent[levels_.back().name] = std::move(value));
    return &parent.emplace_back(std::move(value));
  }

  bool add(json value) {
    place(std::move(value));
    return true;
  }

  bool open(json value) {
    levels_.push_back({place(std::move(value)), {}});
    return true;
  }

  bool close() {
    levels_.pop_back();
    return true;
  }

  [[nodiscard]] std::string path() const {
    std::string path;
    for (const auto& level : levels_) {
      if (level.value->is_array()) {
        path += '[' + std::to_string(level.value->size() - 1) + ']';
      } else {
        path += (path.empty() ? "" : ".") + printable(level.name);
      }
    }
    return path;
  }

  /// What the parser says, without its prefix and without the token it read: that may be personal.
  static std::string reason(std::string_view what) {
    for (const std::string_view prefix : {"] ", "parse error at ", ": "}) {
      const auto at = what.find(prefix);
      if (at != what.npos) what.remove_prefix(at + prefix.size());
    }
    const auto token = std::min(what.find("; last read: "), what.find(" parsing '"));
    return std::string(what.substr(0, token));
  }

  std::string_view text_;
  json root_;
  std::vector<Level> levels_;
  std::optional<Error> error_;
};

}  // namespace

Error invalid_field(const std::string& path, const std::string& what) {
  return {ErrorKind::invalid, "INVALID_FIELD", path + ": " + what, {}};
}

std::string printable(std::string_view name) {
  if (name.empty()) return "\"\"";
  const bool is_long = name.size() > kMaxNameBytes;
  auto escaped = json(name.substr(0, kMaxNameBytes))
                     .dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
  // Without the quotes around it.
  return escaped.substr(1, escaped.size() - 2) + (is_long ? "..." : "");
}

Result<json> parse_json(std::string_view text) {
  if (text.size() > kMaxBytes) {
    return malformed(text, kMaxBytes, "the text goes on beyond 16 MiB; shorten it");
  }
  if (const auto offset = too_deep(text)) {
    return malformed(text, *offset, "more than 32 levels of objects and arrays; use fewer");
  }
  // The parser would take a NUL for the end of the text, whatever follows it.
  if (const auto nul = text.find('\0'); nul != text.npos) {
    return malformed(text, nul, "a NUL byte; JSON has none outside of escapes");
  }
  DocumentBuilder builder(text);
  json::sax_parse(text, &builder);
  return std::move(builder).finish();
}

}  // namespace actbook

#include "flatten.h"

#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

bool is_act(const ordered_json& value) {
  return value.is_object() && value.contains("position") && value.contains("recorded_at") &&
         value.contains("actor") && !value.contains("command_id");
}

std::string act_text(const ordered_json& value) {
  const auto member = [&](const char* name) {
    return value_text(value.value(name, ordered_json()));
  };
  const auto& actor = value["actor"];
  return act_words({member("position"), member("recorded_at"), member("occurred_at"),
                    actor.value("kind", ""), actor.value("id", "")});
}

bool is_list_of_objects(const ordered_json& value) {
  return value.is_array() && !value.empty() && value.front().is_object();
}

class Flattener {
 public:
  explicit Flattener(Reader reader) : reader_(reader) {}

  void add(const std::string& path, const ordered_json& value) {
    if (reader_ == Reader::person && is_act(value)) {
      leaves_.push_back({path, act_text(value), element_});
    } else if (value.is_object()) {
      for (const auto& [name, member] : value.items()) add(join(path, name), member);
    } else if (is_list_of_objects(value)) {
      for (const auto& element : value) add_element(path, element);
    } else {
      leaves_.push_back({path, text(value), element_});
    }
  }

  [[nodiscard]] std::vector<Leaf> finish() && { return std::move(leaves_); }

 private:
  static std::string join(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "." + name;
  }

  void add_element(const std::string& path, const ordered_json& element) {
    const auto identity = element.begin();
    element_ = join(path, value_text(identity.value()));
    for (const auto& [name, member] : element.items()) {
      // For people the identity stands in the path already.
      if (reader_ == Reader::person && name == identity.key() && element.size() > 1) continue;
      add(join(element_, name), member);
    }
    element_.clear();
  }

  [[nodiscard]] std::string text(const ordered_json& value) const {
    if (reader_ == Reader::person && value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    return value_text(value);
  }

  Reader reader_;
  /// Lists in answers do not nest.
  std::string element_;
  std::vector<Leaf> leaves_;
};

}  // namespace

std::string value_text(const ordered_json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  // Ids, codes and positions have no spaces in them.
  std::string text;
  for (const auto& element : value) text += (text.empty() ? "" : " ") + value_text(element);
  return text;
}

std::vector<Leaf> flatten(const ordered_json& document, Reader reader) {
  Flattener flattener(reader);
  flattener.add("", document);
  return std::move(flattener).finish();
}

}  // namespace actbook::cli

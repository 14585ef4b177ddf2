#include "flatten.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "actbook/schema/answers_bfbs_generated.h"
#include "cited.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

std::string act_text(const ordered_json& value) {
  const auto member = [&](const char* name) {
    return value_text(value.value(name, ordered_json()));
  };
  const auto& actor = value["actor"];
  return act_words({member("position"), member("recorded_at"), member("occurred_at"),
                    actor.value("kind", ""), actor.value("id", "")});
}

bool is_enum(const reflection::Type& type) {
  const auto base = type.base_type() == reflection::Vector ? type.element() : type.base_type();
  return type.index() >= 0 && base != reflection::Obj && base != reflection::Union &&
         base != reflection::UType;
}

/// Whether what members of this name have are names of the schema, such as handed_off.
bool is_named(std::string_view member) {
  static const auto names = [] {
    std::set<std::string, std::less<>> all;
    const auto* schema = reflection::GetSchema(answer::EntityStateBinarySchema::data());
    for (const auto* table : *schema->objects()) {
      for (const auto* field : *table->fields()) {
        if (is_enum(*field->type())) all.insert(field->name()->str());
      }
    }
    return all;
  }();
  return names.contains(member);
}

/// Whether 0 says that there is none.
bool is_none_at_zero(std::string_view member) {
  constexpr std::array<std::string_view, 3> kNames = {"terms_version", "days", "of_days"};
  return holds_positions(member) || std::ranges::find(kNames, member) != kNames.end();
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
      leaves_.push_back({path, text(path.substr(path.rfind('.') + 1), value), element_});
    }
  }

  [[nodiscard]] std::vector<Leaf> finish() && { return std::move(leaves_); }

 private:
  static std::string join(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "." + name;
  }

  void add_element(const std::string& path, const ordered_json& element) {
    const auto identity = element.begin();
    const auto within = join(path, value_text(identity.value()));
    const auto outer = std::exchange(element_, within);  // of another list, perhaps
    for (const auto& [name, member] : element.items()) {
      // For people the identity stands in the path already.
      if (reader_ == Reader::person && name == identity.key() && element.size() > 1) continue;
      add(join(within, name), member);
    }
    element_ = outer;
  }

  [[nodiscard]] std::string text(const std::string& member, const ordered_json& value) const {
    if (reader_ == Reader::program) return value_text(value);
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (value == 0 && is_none_at_zero(member)) return {};
    std::string text;
    for (const auto& part : value.is_array() ? value : ordered_json::array({value})) {
      text.append(text.empty() ? "" : ", ").append(value_text(part));
    }
    if (is_named(member)) return words(text);
    // Most members that hold positions say so by their names.
    const bool is_said = member.find("position") != std::string::npos;
    return holds_positions(member) && !is_said && !text.empty() ? "at position " + text : text;
  }

  Reader reader_;
  /// Lists in answers do not nest.
  std::string element_;
  std::vector<Leaf> leaves_;
};

}  // namespace

bool is_act(const ordered_json& value) {
  return value.is_object() && value.contains("position") && value.contains("recorded_at") &&
         value.contains("actor") && !value.contains("command_id");
}

bool is_list_of_objects(const ordered_json& value) {
  return value.is_array() && !value.empty() && value.front().is_object();
}

std::vector<Leaf> flatten(const ordered_json& document, Reader reader) {
  Flattener flattener(reader);
  flattener.add("", document);
  return std::move(flattener).finish();
}

}  // namespace actbook::cli

#include "support/ocsf_rules.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>

namespace actbook::testing {
namespace {

using nlohmann::json;

enum class Kind { text, integer, timestamp, object, anything };
enum class Need { optional, required };

/// The values of an enum and their captions.
using Values = std::map<std::int64_t, std::string>;

struct Attribute {
  Kind kind = Kind::text;
  Need need = Need::optional;
  bool is_list = false;
  /// Of an object: which one.
  std::string object = {};
  Values values = {};
  /// The attribute beside it that has the value's caption.
  std::string label = {};
};

struct Rules {
  std::map<std::string, Attribute> attributes;
  /// At least one of them; without a constraint, none.
  std::vector<std::string> at_least_one = {};
};

constexpr std::int64_t kOther = 99;

Values with_unknown_and_other(Values values) {
  values.merge(Values{{0, "Unknown"}, {kOther, "Other"}});
  return values;
}

/// An enum's number; its label stands beside it.
Attribute choice(Need need, const std::string& label, Values values) {
  return {.kind = Kind::integer,
          .need = need,
          .values = with_unknown_and_other(std::move(values)),
          .label = label};
}

/// A number that can only be this one.
Attribute fixed(std::int64_t value, const std::string& label, const std::string& caption) {
  return {
      .kind = Kind::integer, .need = Need::required, .values = {{value, caption}}, .label = label};
}

Attribute object(const std::string& name, Need need = Need::optional) {
  return {.kind = Kind::object, .need = need, .object = name};
}

Attribute list_of(Attribute element) {
  element.is_list = true;
  return element;
}

const std::map<std::string, Rules>& objects() {
  static const std::map<std::string, Rules> all = {
      {"actor", {{{"user", object("user")}}, {"user"}}},
      {"user",
       {{{"uid", {}},
         {"name", {}},
         {"type", {}},
         {"type_id", choice(Need::optional, "type",
                            {{1, "User"}, {2, "Admin"}, {3, "System"}, {4, "Service"}})},
         {"org", object("organization")}},
        {"uid", "name"}}},
      {"organization", {{{"uid", {}}, {"name", {}}}, {"uid", "name"}}},
      {"managed_entity",
       {{{"uid", {}},
         {"name", {}},
         {"type", {}},
         {"type_id", choice(Need::optional, "type",
                            {{1, "Device"},
                             {2, "User"},
                             {3, "Group"},
                             {4, "Organization"},
                             {5, "Policy"},
                             {6, "Email"},
                             {7, "Network Zone"}})}},
        {"uid", "name"}}},
      {"group", {{{"uid", {}}, {"name", {}}, {"type", {}}}, {"uid", "name"}}},
      {"iam_role", {{{"uid", {}}, {"name", {}}}, {"uid", "name"}}},
      {"resource_details", {{{"uid", {}}, {"name", {}}, {"type", {}}}, {"uid", "name"}}},
      {"product", {{{"name", {}}, {"vendor_name", {}}, {"version", {}}}, {"name"}}},
      {"metadata",
       {{{"version", {.need = Need::required}},
         {"product", object("product", Need::required)},
         {"uid", {}},
         {"event_code", {}},
         {"correlation_uid", {}},
         {"log_name", {}},
         {"log_version", {}},
         {"original_time", {}},
         {"logged_time", {.kind = Kind::timestamp}}}}}};
  return all;
}

struct EventClass {
  std::string name;
  Values activities;
  std::map<std::string, Attribute> attributes;
};

const std::map<std::int64_t, EventClass>& classes() {  // NOLINT(readability-function-size): a table
  static const std::map<std::int64_t, EventClass> all = {
      {3004,
       {"Entity Management",
        {{1, "Create"},
         {2, "Read"},
         {3, "Update"},
         {4, "Delete"},
         {5, "Move"},
         {6, "Enroll"},
         {7, "Unenroll"},
         {8, "Enable"},
         {9, "Disable"},
         {10, "Activate"},
         {11, "Deactivate"},
         {12, "Suspend"},
         {13, "Resume"}},
        {{"entity", object("managed_entity", Need::required)}, {"comment", {}}}}},
      {3006,
       {"Group Management",
        {{1, "Assign Privileges"},
         {2, "Revoke Privileges"},
         {3, "Add User"},
         {4, "Remove User"},
         {5, "Delete"},
         {6, "Create"},
         {7, "Add Subgroup"},
         {8, "Remove Subgroup"},
         {9, "Update"},
         {10, "Attach Policies"},
         {11, "Detach Policies"},
         {12, "Assign Roles"},
         {13, "Remove Roles"}},
        {{"group", object("group", Need::required)}, {"users", list_of(object("user"))}}}},
      {3007,
       {"User Management",
        {{1, "Create"},
         {2, "Update"},
         {3, "Delete"},
         {4, "Enable"},
         {5, "Disable"},
         {6, "Lock"},
         {7, "Unlock"},
         {8, "Password Change"},
         {9, "Password Reset"},
         {10, "Attach Policies"},
         {11, "Detach Policies"},
         {12, "Enable MFA Factors"},
         {13, "Disable MFA Factors"},
         {14, "Assign Privileges"},
         {15, "Remove Privileges"},
         {16, "Assign Roles"},
         {17, "Remove Roles"},
         {18, "Add Programmatic Credentials"},
         {19, "Remove Programmatic Credentials"}},
        {{"user", object("user", Need::required)},
         {"iam_roles", list_of(object("iam_role"))},
         {"resources", list_of(object("resource_details"))}}}},
      {3008,
       {"Role Management",
        {{1, "Create"},
         {2, "Update"},
         {3, "Delete"},
         {4, "Assign Privileges"},
         {5, "Remove Privileges"},
         {6, "Assign Resources"},
         {7, "Remove Resources"},
         {8, "Attach Policies"},
         {9, "Detach Policies"},
         {10, "Add Programmatic Credentials"},
         {11, "Remove Programmatic Credentials"}},
        {{"iam_role", object("iam_role", Need::required)}, {"privileges", list_of({})}}}}};
  return all;
}

/// What every class of the category has, and what this one adds.
Rules rules_of(std::int64_t uid, const EventClass& of) {
  Rules rules;
  rules.attributes = {
      {"activity_id", choice(Need::required, "activity_name", of.activities)},
      {"activity_name", {}},
      {"actor", object("actor")},
      {"category_uid", fixed(3, "category_name", "Identity & Access Management")},
      {"category_name", {}},
      {"class_uid", fixed(uid, "class_name", of.name)},
      {"class_name", {}},
      {"message", {}},
      {"metadata", object("metadata", Need::required)},
      {"severity_id", choice(Need::required, "severity",
                             {{1, "Informational"},
                              {2, "Low"},
                              {3, "Medium"},
                              {4, "High"},
                              {5, "Critical"},
                              {6, "Fatal"}})},
      {"severity", {}},
      {"status_id", choice(Need::optional, "status", {{1, "Success"}, {2, "Failure"}})},
      {"status", {}},
      {"status_code", {}},
      {"status_detail", {}},
      {"time", {.kind = Kind::timestamp, .need = Need::required}},
      {"type_uid", {.kind = Kind::integer, .need = Need::required}},
      {"unmapped", {.kind = Kind::anything}}};
  rules.attributes.insert(of.attributes.begin(), of.attributes.end());
  return rules;
}

class Judge {
 public:
  void judge(const json& value, const Rules& rules, const std::string& path) {
    for (const auto& [name, member] : value.items()) {
      const auto found = rules.attributes.find(name);
      if (found == rules.attributes.end()) {
        complain(path + name, "is not defined here");
      } else {
        judge_attribute(member, found->second, path + name, value);
      }
    }
    for (const auto& [name, attribute] : rules.attributes) {
      if (attribute.need == Need::required && !value.contains(name)) {
        complain(path + name, "is required");
      }
    }
    const auto has = [&](const std::string& name) { return value.contains(name); };
    if (!rules.at_least_one.empty() && std::ranges::none_of(rules.at_least_one, has)) {
      complain(path, "has none of those of which it needs one");
    }
  }

  void complain(const std::string& path, const std::string& what) {
    complaints_.push_back(path + ": " + what);
  }
  [[nodiscard]] std::vector<std::string> finish() && { return std::move(complaints_); }

 private:
  void judge_attribute(const json& value, const Attribute& attribute, const std::string& path,
                       const json& parent) {
    if (!attribute.is_list) return judge_value(value, attribute, path, parent);
    if (!value.is_array()) return complain(path, "is no list");
    for (const auto& element : value) judge_value(element, attribute, path, parent);
  }

  void judge_value(const json& value, const Attribute& attribute, const std::string& path,
                   const json& parent) {
    switch (attribute.kind) {
      case Kind::anything:
        break;
      case Kind::text:
        if (!value.is_string()) complain(path, "is no text");
        break;
      case Kind::timestamp:
        if (!value.is_number_integer() || value < 0) complain(path, "is no time");
        break;
      case Kind::object:
        if (!value.is_object()) return complain(path, "is no object");
        judge(value, objects().at(attribute.object), path + ".");
        break;
      case Kind::integer:
        judge_integer(value, attribute, path, parent);
    }
  }

  void judge_integer(const json& value, const Attribute& attribute, const std::string& path,
                     const json& parent) {
    if (!value.is_number_integer() || value > std::numeric_limits<std::int32_t>::max()) {
      return complain(path, "is no integer");
    }
    if (attribute.values.empty()) return;
    const auto found = attribute.values.find(value);
    if (found == attribute.values.end()) return complain(path, "is not of its enum");
    const auto label = parent.value(attribute.label, json());
    if (found->first == kOther) {
      if (!label.is_string() || label.empty() || label == found->second) {
        complain(path, "is Other, so " + attribute.label + " has to say what");
      }
    } else if (!label.is_null() && label != found->second) {
      complain(path, "is not what " + attribute.label + " says");
    }
  }

  std::vector<std::string> complaints_;
};

}  // namespace

std::vector<std::string> ocsf_complaints(const json& event) {
  const auto uid = event.value("class_uid", std::int64_t{});
  const auto found = classes().find(uid);
  if (found == classes().end()) return {"class_uid: is not one that is exported"};
  Judge judge;
  judge.judge(event, rules_of(uid, found->second), "");
  if (event.value("type_uid", std::int64_t{}) !=
      uid * 100 + event.value("activity_id", std::int64_t{})) {
    judge.complain("type_uid", "is not class_uid × 100 + activity_id");
  }
  if (event.at("metadata").value("version", "") != "1.9.0") {
    judge.complain("metadata.version", "is another");
  }
  return std::move(judge).finish();
}

}  // namespace actbook::testing

#include <nlohmann/json.hpp>

#include "actbook/csv.h"  // value_text
#include "event_export.h"

// CloudEvents 1.0.2, JSON event format, structured. Attributes of the standard first, then ours,
// whose names may have lower-case letters and digits only, at most 20 of them.

namespace actbook {
namespace {

using nlohmann::ordered_json;

/// A later shape of an event's payload is another type.
std::string type_of(const Record& record) {
  return "actbook." + dotted_name(record.type()) + ".v" + std::to_string(record->schema_version());
}

}  // namespace

ordered_json to_cloud_event(ExportedEvent event) {
  auto& document = event.document;
  ordered_json cloud = {{"specversion", "1.0"},
                        {"id", event.id()},
                        {"source", "urn:actbook:" + std::string(event.ledger)},
                        {"type", type_of(event.record)}};
  const auto subject = event.subject();
  if (!subject.empty()) cloud["subject"] = subject;
  cloud["time"] = std::move(document["occurred_at"]);
  cloud["datacontenttype"] = "application/json";
  // A string, since an Integer ends at 2^31.
  cloud["position"] = std::to_string(event.record.position().value);
  cloud["recordedtime"] = std::move(document["recorded_at"]);
  cloud["commandid"] = std::move(document["command_id"]);
  const auto add = [&](const char* attribute, const char* member) {
    // No attribute has a list for its value.
    auto text = value_text(document.value(member, ordered_json()));
    if (!text.empty()) cloud[attribute] = std::move(text);
  };
  add("correlationid", "correlation_id");
  add("causationid", "causation_id");
  cloud["actorkind"] = std::move(document["actor"]["kind"]);
  cloud["actorid"] = std::move(document["actor"]["id"]);
  add("actingorganisation", "acting_organisation");
  add("basis", "basis");
  add("reason", "reason");
  cloud["mode"] = std::move(document["mode"]);
  add("rulesbroken", "rules_broken");
  cloud["data"] = std::move(document["payload"]);
  return cloud;
}

}  // namespace actbook

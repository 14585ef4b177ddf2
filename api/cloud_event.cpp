#include <nlohmann/json.hpp>

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
  for (const auto& [attribute, member] :
       {std::pair{"correlationid", "correlation_id"}, std::pair{"causationid", "causation_id"}}) {
    if (document.contains(member)) cloud[attribute] = std::move(document[member]);
  }
  cloud["actorkind"] = std::move(document["actor"]["kind"]);
  cloud["actorid"] = std::move(document["actor"]["id"]);
  cloud["mode"] = std::move(document["mode"]);
  cloud["data"] = std::move(document["payload"]);
  return cloud;
}

}  // namespace actbook

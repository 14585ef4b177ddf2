#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "actbook/event_store.h"
#include "actbook/export.h"
#include "actbook/search.h"

namespace actbook {

/// An event on its way into another format.
struct ExportedEvent {
  const Record& record;
  /// What record_to_json() says of it.
  nlohmann::ordered_json document;
  /// The ledger it is of.
  std::string_view ledger;

  /// Its id, the same in every format and of no other event: "actbook/41".
  [[nodiscard]] std::string id() const;
  /// What it is about, as a tag: the first id that its payload names; of a refusal, the first that
  /// the command named; of a read, the innermost thing that was read. Empty, if it names none.
  [[nodiscard]] std::string subject() const;
};

[[nodiscard]] nlohmann::ordered_json to_cloud_event(ExportedEvent event);
[[nodiscard]] nlohmann::ordered_json to_ocsf(ExportedEvent event);

/// See Ledger::export_events().
[[nodiscard]] Result<std::uint64_t> export_events(
    const EventStore& store, std::string_view ledger, const View& view, const Search& search,
    ExportFormat format, const ReadPersonal& read,
    const std::function<bool(std::string_view line)>& sink);

}  // namespace actbook

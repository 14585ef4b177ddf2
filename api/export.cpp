#include "actbook/export.h"

#include <boost/outcome/try.hpp>
#include <nlohmann/json.hpp>

#include "actbook/csv.h"
#include "actbook/projector.h"
#include "actbook/schema.h"
#include "event_export.h"
#include "json_write.h"

namespace actbook {
namespace {

using nlohmann::ordered_json;

const std::vector<std::string>& record_columns() {
  static const auto columns = csv_columns(log::Record::GetFullyQualifiedName());
  return columns;
}

/// What contains what, the innermost first.
constexpr std::string_view kReadable[] = {"recording", "project", "workspace"};

std::string what_was_read(const ordered_json& read) {
  for (const auto kind : kReadable) {
    const auto id = read.find(kind);
    if (id != read.end()) return std::string(kind).append(":").append(id->get<std::string>());
  }
  return {};
}

}  // namespace

std::string ExportedEvent::id() const {
  return std::string(ledger).append("/").append(std::to_string(record.position().value));
}

std::string ExportedEvent::subject() const {
  const auto& payload = document.at("payload");
  if (record.type() == "CommandRefused") {
    const auto& named = payload.at("subjects");
    return named.empty() ? std::string() : named.front().get<std::string>();
  }
  if (record.type() == "AccessRecorded") {
    auto read = what_was_read(payload);
    if (!read.empty()) return read;
  }
  std::string first;
  partner_projector().events().visit_tags("actbook.event." + std::string(record.type()),
                                          record.payload(),
                                          [&](std::string_view prefix, std::string_view id) {
                                            if (first.empty()) first.append(prefix).append(id);
                                          });
  return first;
}

std::string export_header(ExportFormat format) {
  return format == ExportFormat::csv ? csv_row(record_columns()) : std::string();
}

Result<std::string> export_event(const Record& record, std::string_view ledger, ExportFormat format,
                                 const ReadPersonal& read) {
  BOOST_OUTCOME_TRY(document, record_document(record, read));
  if (format == ExportFormat::csv) {
    return csv_row(csv_cells(record_columns(), write_json(document, JsonLayout::line)));
  }
  if (format == ExportFormat::cloudevents) {
    document = to_cloud_event({record, std::move(document), ledger});
  } else if (format == ExportFormat::ocsf) {
    document = to_ocsf({record, std::move(document), ledger});
  }
  return write_json(document, JsonLayout::line) + "\n";
}

Result<std::uint64_t> export_events(const EventStore& store, std::string_view ledger,
                                    const View& view, const Search& search, ExportFormat format,
                                    const ReadPersonal& read,
                                    const std::function<bool(std::string_view line)>& sink) {
  const auto header = export_header(format);
  std::uint64_t taken = 0;
  bool ended = false;
  const auto visited =
      visit_events(store, view, search, {}, [&](const Record& record) -> Result<bool> {
        BOOST_OUTCOME_TRY(line, export_event(record, ledger, format, read));
        ended = (taken == 0 && !header.empty() && !sink(header)) || !sink(line);
        // Nothing else ends a visit before its time.
        if (ended) return Error{ErrorKind::unavailable, "SINK_ENDED", "the sink takes no more", {}};
        ++taken;
        return true;
      });
  if (!visited && !ended) return visited.error();
  if (taken == 0 && !ended) {
    // Of what there is not, nothing is found either, and that is an error.
    BOOST_OUTCOME_TRY(find_events(store, view, search));
    if (!header.empty()) sink(header);
  }
  return taken;
}

}  // namespace actbook

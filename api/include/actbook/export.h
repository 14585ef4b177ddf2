#pragma once

#include <string>
#include <string_view>

#include "actbook/json.h"
#include "actbook/record.h"

namespace actbook {

/// How events leave for other systems; docs/EXPORTS.md says what each is for and what becomes of
/// what.
enum class ExportFormat {
  /// The record as record_to_json() writes it.
  jsonl,
  /// RFC 4180, a column for each member of the record; the payload is JSON.
  csv,
  /// CloudEvents 1.0 in its JSON format, structured.
  cloudevents,
  /// The Open Cybersecurity Schema Framework 1.9.0, for SIEMs.
  ocsf
};

/// What stands before the first event, a whole line; empty, where the format has nothing there.
[[nodiscard]] std::string export_header(ExportFormat format);

/// One event of the ledger of that id as a line, the line's end included; personal texts as they
/// are stored, or what `read` says. Errors: those of record_to_json().
[[nodiscard]] Result<std::string> export_event(const Record& record, std::string_view ledger,
                                               ExportFormat format, const ReadPersonal& read = {});

}  // namespace actbook

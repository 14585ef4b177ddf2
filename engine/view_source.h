#pragma once

#include <filesystem>
#include <memory>

#include "actbook/event_store.h"
#include "storage/log.h"
#include "storage/views.h"

namespace actbook {

/// Where views read from: one generation of what is derived. A rebuild puts another in its place;
/// who holds this one reads on in it.
class View::Source {
 public:
  Source(std::unique_ptr<storage::Views> views, const storage::Log& log, const Projector& projector)
      : views_(std::move(views)), log_(log), projector_(projector) {}
  ~Source();
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  [[nodiscard]] storage::Views& views() const { return *views_; }

  /// Another is in use: with the last who holds this one, its folder goes, too.
  void retire(std::filesystem::path folder) { retired_ = std::move(folder); }

  /// A row on the second axis: what `known` knows of it, as it was true at an instant.
  /// `recorded_by` is the last position recorded by then that is not after `known`.
  [[nodiscard]] Result<std::optional<RowVersion>> true_row(TableId table, std::string_view key,
                                                           Position known, Position recorded_by,
                                                           Timestamp at) const;
  [[nodiscard]] Result<void> scan_true_rows(TableId table, std::string_view prefix, Position known,
                                            Position recorded_by, Timestamp at,
                                            const RowReader::Visitor& visit) const;

 private:
  [[nodiscard]] Result<std::optional<RowVersion>> fold_alone(TableId table, std::string_view key,
                                                             Position known, Timestamp from,
                                                             Timestamp at) const;

  std::unique_ptr<storage::Views> views_;
  const storage::Log& log_;
  const Projector& projector_;
  std::filesystem::path retired_;
};

}  // namespace actbook

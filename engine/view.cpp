#include "view_source.h"

namespace actbook {

View::View(const Source& source, Position position, Timestamp at)
    : source_(&source), position_(position), at_(at) {}

std::optional<RowVersion> View::get(TableId table, std::string_view key) const {
  if (failure_) return std::nullopt;
  auto row = source_->views().row(table, key, position_);
  if (row) return std::move(row).value();
  failure_ = row.error();
  return std::nullopt;
}

void View::scan(TableId table, std::string_view prefix, const Visitor& visit) const {
  if (failure_) return;
  auto scanned = source_->views().scan(table, prefix, position_, visit);
  if (!scanned) failure_ = scanned.error();
}

void View::fail(Error error) const {
  if (!failure_) failure_ = std::move(error);
}

Result<void> View::status() const {
  if (failure_) return *failure_;
  return boost::outcome_v2::success();
}

}  // namespace actbook

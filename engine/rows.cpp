#include "actbook/rows.h"

#include <algorithm>
#include <utility>

#include "actbook/schema/record_generated.h"

namespace actbook {

std::optional<RowVersion> RowOverlay::get(TableId table, std::string_view key) const {
  if (const auto* version = find(table, key)) return *version;
  return base_ != nullptr ? base_->get(table, key) : std::nullopt;
}

const RowVersion* RowOverlay::find(TableId table, std::string_view key) const {
  const auto found = newest_.find({table, std::string(key)});
  return found == newest_.end() ? nullptr : &found->second;
}

void RowOverlay::scan(TableId table, std::string_view prefix, const Visitor& visit) const {
  scan_over(base_, table, prefix, visit);
}

void RowOverlay::scan_over(const RowReader* base, TableId table, std::string_view prefix,
                           const Visitor& visit) const {
  auto mine = newest_.lower_bound({table, std::string(prefix)});
  const auto is_mine = [&] {
    return mine != newest_.end() && mine->first.first == table &&
           mine->first.second.starts_with(prefix);
  };
  if (base != nullptr) {
    base->scan(table, prefix, [&](std::string_view key, const RowVersion& row) {
      for (; is_mine() && mine->first.second < key; ++mine) visit(mine->first.second, mine->second);
      if (is_mine() && mine->first.second == key) {
        visit(key, mine->second);
        ++mine;
      } else {
        visit(key, row);
      }
    });
  }
  for (; is_mine(); ++mine) visit(mine->first.second, mine->second);
}

void RowOverlay::fail(Error error) const {
  if (!failure_) failure_ = std::move(error);
}

Result<void> RowOverlay::status() const {
  if (failure_) return *failure_;
  if (base_ != nullptr) return base_->status();
  return boost::outcome_v2::success();
}

void RowOverlay::put(TableId table, std::string key, RowVersion version) {
  newest_.insert_or_assign({table, key}, version);
  // An event that changes a row twice makes one version of it.
  for (auto put = puts_.rbegin(); put != puts_.rend(); ++put) {
    if (put->version.position != version.position) break;
    if (put->table == table && put->key == key) {
      put->version = std::move(version);
      return;
    }
  }
  puts_.push_back({table, std::move(key), std::move(version)});
}

std::optional<RowVersion> RowStack::get(TableId table, std::string_view key) const {
  if (const auto* version = top_.find(table, key)) return *version;
  return base_.get(table, key);
}

void RowStack::scan(TableId table, std::string_view prefix, const Visitor& visit) const {
  top_.scan_over(&base_, table, prefix, visit);
}

std::vector<std::pair<TableId, std::string>> RowOverlay::put_at(Position position) const {
  std::vector<std::pair<TableId, std::string>> rows;
  for (auto put = puts_.rbegin(); put != puts_.rend() && put->version.position == position; ++put) {
    rows.emplace_back(put->table, put->key);
  }
  return rows;
}

std::string out_of_step_key(TableId table, std::string_view key) {
  std::string whole(1, static_cast<char>(table));
  return whole.append(key);
}

std::optional<Timestamp> out_of_step_from(const std::optional<RowVersion>& row) {
  if (!row || !is_flat<log::OutOfStepRow>(row->bytes)) return std::nullopt;
  return Timestamp{flatbuffers::GetRoot<log::OutOfStepRow>(row->bytes.data())->from()};
}

void note_out_of_step(const Record& event, RowOverlay& rows) {
  const Timestamp from = std::min(event.occurred_at(), event.recorded_at());
  for (const auto& [table, key] : rows.put_at(event.position())) {
    const auto noted = out_of_step_key(table, key);
    const auto known = out_of_step_from(rows.get(kOutOfStepTable, noted));
    if (known && *known <= from) continue;
    log::OutOfStepRowT row;
    row.from = from.microseconds;
    rows.put(kOutOfStepTable, noted, {event.position(), pack(row)});
  }
}

std::vector<RowOverlay::Put> RowOverlay::take_puts() { return std::exchange(puts_, {}); }

}  // namespace actbook

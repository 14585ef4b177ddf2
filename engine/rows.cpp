#include "actbook/rows.h"

#include <utility>

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

std::vector<RowOverlay::Put> RowOverlay::take_puts() { return std::exchange(puts_, {}); }

}  // namespace actbook

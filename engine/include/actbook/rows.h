#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actbook/flat.h"
#include "actbook/position.h"
#include "actbook/record.h"
#include "actbook/time.h"

namespace actbook {

/// A kind of row; the numbers belong to whoever projects.
enum class TableId : std::uint8_t {};

/// In which order the events were folded: as they were recorded (what the ledger knew), or as they
/// were true in the world.
enum class Axis { recorded, occurred };

/// One version of a row: what it said from `position` on.
struct RowVersion {
  Position position;
  Bytes bytes;
};

/// Rows as they stand at one position. A row's key is made of ids, joined by '/'.
///
/// A failed read is remembered, as leveldb's iterators do: after it, reads find nothing and
/// status() says why. Whoever acts on what was read looks at status() first. One thread at a time.
class RowReader {
 public:
  RowReader() = default;
  RowReader(const RowReader&) = default;
  RowReader& operator=(const RowReader&) = default;
  virtual ~RowReader() = default;

  /// The newest version of the row, if it exists.
  [[nodiscard]] virtual std::optional<RowVersion> get(TableId table,
                                                      std::string_view key) const = 0;

  using Visitor = std::function<void(std::string_view key, const RowVersion& row)>;
  /// Visits the rows whose key starts with `prefix`, in the order of their keys.
  virtual void scan(TableId table, std::string_view prefix, const Visitor& visit) const = 0;

  /// Where several rows stand for what happened one after another, this is their order.
  [[nodiscard]] virtual Axis axis() const { return Axis::recorded; }

  /// Errors: corrupt or unavailable, if a read failed since this reader was made.
  [[nodiscard]] virtual Result<void> status() const = 0;
  /// Remembers that what was read makes no sense.
  virtual void fail(Error error) const = 0;
};

/// Rows in memory, over those of another reader: the newest version wins. What was put can be
/// listed, in order. One thread at a time.
class RowOverlay final : public RowReader {
 public:
  /// Over nothing.
  RowOverlay() = default;
  /// `base` outlives this object.
  explicit RowOverlay(const RowReader& base) : base_(&base) {}

  [[nodiscard]] std::optional<RowVersion> get(TableId table, std::string_view key) const override;
  void scan(TableId table, std::string_view prefix, const Visitor& visit) const override;
  [[nodiscard]] Result<void> status() const override;
  void fail(Error error) const override;

  void put(TableId table, std::string key, RowVersion version);

  /// Which rows are wanted: the others need not be put.
  using Filter = std::function<bool(TableId, std::string_view key)>;
  void take_only(Filter filter) { filter_ = std::move(filter); }
  [[nodiscard]] bool takes(TableId table, std::string_view key) const {
    return !filter_ || filter_(table, key);
  }

  /// The rows that the event at `position` put, if it is the last that put any.
  [[nodiscard]] std::vector<std::pair<TableId, std::string>> put_at(Position position) const;

  /// What was put of a row here, whatever lies below; null if nothing.
  [[nodiscard]] const RowVersion* find(TableId table, std::string_view key) const;
  /// scan(), but over another base.
  void scan_over(const RowReader* base, TableId table, std::string_view prefix,
                 const Visitor& visit) const;

  struct Put {
    TableId table;
    std::string key;
    RowVersion version;
  };
  /// Every version put since the last call, in the order of the calls to put; one per row and
  /// position.
  [[nodiscard]] std::vector<Put> take_puts();

 private:
  const RowReader* base_ = nullptr;
  std::map<std::pair<TableId, std::string>, RowVersion> newest_;
  std::vector<Put> puts_;
  Filter filter_;
  mutable std::optional<Error> failure_;
};

/// The table in which the engine keeps, for each row that an event recorded late has changed, from
/// which instant on the order of its events is another than that in which they were recorded. Every
/// other number belongs to the projector.
inline constexpr TableId kOutOfStepTable{255};
/// Its key for a row, or for the rows whose keys start with a prefix.
[[nodiscard]] std::string out_of_step_key(TableId table, std::string_view key);
/// Notes it for the rows that an event changed which was true at another time than it was recorded.
void note_out_of_step(const Record& event, RowOverlay& rows);
/// That instant; none, if all events of the row were recorded when they were true.
[[nodiscard]] std::optional<Timestamp> out_of_step_from(const std::optional<RowVersion>& row);

/// What was put into an overlay, over another base than its own. Both outlive this object.
class RowStack final : public RowReader {
 public:
  RowStack(const RowOverlay& top, const RowReader& base) : top_(top), base_(base) {}

  [[nodiscard]] std::optional<RowVersion> get(TableId table, std::string_view key) const override;
  void scan(TableId table, std::string_view prefix, const Visitor& visit) const override;
  [[nodiscard]] Result<void> status() const override { return base_.status(); }
  void fail(Error error) const override { base_.fail(std::move(error)); }

 private:
  const RowOverlay& top_;
  const RowReader& base_;
};

}  // namespace actbook

#pragma once

#include <map>
#include <memory>

#include "actbook_rival.h"
#include "context.h"
#include "feeder.h"
#include "postgres_rival.h"
#include "rocksdb_rival.h"
#include "sqlite_rival.h"
#include "system.h"

namespace actbook::bench {

inline constexpr std::size_t kArchiveBatch = 1'000;

/// Records one after the other in a file, as actbook stored them: eight bytes of size, then the
/// record, padded to eight.
class FlatRecords {
 public:
  explicit FlatRecords(const std::filesystem::path& path);

  /// The records of part `part` of `parts`, in order.
  template <class Visit>
  void each(std::size_t part, std::size_t parts, const Visit& visit) const {
    std::size_t at = starts_[starts_.size() * part / parts];
    const std::size_t next = starts_.size() * (part + 1) / parts;
    const std::size_t end = next < starts_.size() ? starts_[next] : file_.bytes().size();
    while (at < end) {
      const ByteView record = record_at(at);
      visit(record);
      at += sizeof(std::uint64_t) + padded(record.size());
    }
  }

  static std::size_t padded(std::size_t size) { return (size + 7) / 8 * 8; }

 private:
  [[nodiscard]] ByteView record_at(std::size_t at) const;

  MappedFile file_;
  /// Where every so many-th record starts.
  std::vector<std::size_t> starts_;
};

/// The same `events` events in actbook, SQLite and PostgreSQL, appended in order in batches by one
/// caller each, so that positions and times are the same; and actbook's records in plain layouts.
class Archive {
 public:
  enum class Who { actbook, sqlite, postgres };
  explicit Archive(const Context& context);
  ~Archive();
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  static std::string name(Who who);
  /// Makes the store if it is not there. Throws Failure, each time anew, if it cannot be had.
  void ready(Who who);
  /// Appends up to so many events in all, and tells how fast.
  Reading extend(Who who, std::uint64_t events);
  /// Fills what is not full, unmeasured. Throws Failure.
  void complete(Who who);

  /// Complete. Throw Failure.
  [[nodiscard]] ActbookRival& actbook();
  [[nodiscard]] SqliteRival& sqlite();
  [[nodiscard]] PostgresRival& postgres();
  [[nodiscard]] const FlatRecords& flat();
  /// One key per event, by the size of its blocks in KiB.
  [[nodiscard]] const RecordStore& records(std::size_t block_kib);
  /// The bytes of all payloads, and what every reader must add up to.
  [[nodiscard]] ScanSum expected();
  [[nodiscard]] std::filesystem::path directory(Who who) const;

 private:
  struct Store {
    std::unique_ptr<Rival> rival;
    std::unique_ptr<Feeder> feeder;
    std::string failure;
    bool settled = false;
  };
  [[nodiscard]] std::unique_ptr<Rival> make(Who who) const;

  const Context& context_;
  std::map<Who, Store> stores_;
  std::unique_ptr<FlatRecords> flat_;
  std::map<std::size_t, std::unique_ptr<RecordStore>> records_;
  std::optional<ScanSum> expected_;
};

}  // namespace actbook::bench

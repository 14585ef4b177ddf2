#pragma once

#include "rival.h"

struct sqlite3;
struct sqlite3_stmt;

namespace actbook::bench {

/// SQLite with WAL and synchronous=FULL: one table, and the indexes that the same checks and the
/// same audit list need. One caller: SQLite has one writer at a time.
class SqliteRival final : public Rival, public Auditor {
 public:
  SqliteRival();
  ~SqliteRival() override;
  void create(const std::filesystem::path& directory) override;
  [[nodiscard]] std::unique_ptr<Session> connect() override;
  void close() override;
  void reopen() override;
  [[nodiscard]] std::uint64_t disk_bytes() const override;

  /// Reads the whole table in the order of positions.
  [[nodiscard]] ScanSum scan();
  [[nodiscard]] std::vector<AuditRow> list(const AuditQuestion& question) override;

 private:
  class Caller;
  void open();
  void run(const char* sql);
  [[nodiscard]] sqlite3_stmt* prepare(const char* sql);

  std::filesystem::path directory_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* audit_ = nullptr;
  /// How many events of each workspace there are, as its caller knows.
  std::vector<std::uint32_t> versions_;
};

}  // namespace actbook::bench

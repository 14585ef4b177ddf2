#pragma once

#include <libpq-fe.h>

#include "rival.h"

namespace actbook::bench {

/// PostgreSQL over a unix socket: prepared statements with binary parameters, one table, and the
/// indexes that the same checks and the same audit list need. A batch is one transaction, sent as
/// a pipeline.
class PostgresRival final : public Rival, public Auditor {
 public:
  /// `restart` is a command that stops and starts the server, for when nothing may be in its
  /// memory; empty if there is none. `table` tells stores of the same server apart.
  PostgresRival(std::string socket_directory, std::string restart, std::string table);
  ~PostgresRival() override;
  void create(const std::filesystem::path& directory) override;
  [[nodiscard]] std::unique_ptr<Session> connect() override;
  /// A connection each, and one poll for all.
  [[nodiscard]] std::unique_ptr<ManySessions> connect_many(std::size_t callers) override;
  void close() override;
  void reopen() override;
  [[nodiscard]] std::uint64_t disk_bytes() const override;

  [[nodiscard]] std::vector<AuditRow> list(const AuditQuestion& question) override;
  /// Lets the server bring its statistics and visibility map up to date.
  void settle();
  /// Forgets what the server holds in memory. Throws Failure if it cannot be restarted.
  void restart();
  void drop();

 private:
  class Caller;
  class Callers;
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  using Connection = std::unique_ptr<PGconn, Close>;

  [[nodiscard]] Connection open() const;
  void run(const std::string& text) const;
  [[nodiscard]] std::string sql(std::string text) const;

  std::string socket_directory_;
  std::string restart_;
  std::string table_;
  /// How many events of each workspace there are, as its caller knows.
  std::vector<std::uint32_t> versions_;
  Connection asking_;
};

}  // namespace actbook::bench

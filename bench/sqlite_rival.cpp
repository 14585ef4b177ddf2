#include "sqlite_rival.h"

#include <sqlite3.h>

#include "system.h"

namespace actbook::bench {
namespace {

constexpr const char* kSchema = R"(
CREATE TABLE events(
  position INTEGER PRIMARY KEY,
  command_id TEXT NOT NULL, batch_index INTEGER NOT NULL,
  workspace TEXT NOT NULL, version INTEGER NOT NULL,
  organisation TEXT NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL,
  recorded_at INTEGER NOT NULL, occurred_at INTEGER NOT NULL,
  tags TEXT NOT NULL, payload BLOB NOT NULL);
CREATE UNIQUE INDEX events_command ON events(command_id, batch_index);
CREATE UNIQUE INDEX events_workspace ON events(workspace, version);
CREATE INDEX events_audit ON events(organisation, type, recorded_at);
)";

constexpr const char* kInsert =
    "INSERT INTO events(command_id, batch_index, workspace, version, organisation, type, actor, "
    "recorded_at, occurred_at, tags, payload) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr const char* kAudit =
    "SELECT position, recorded_at, occurred_at, type, actor FROM events WHERE organisation = ? AND "
    "type = ? AND recorded_at BETWEEN ? AND ? ORDER BY recorded_at, position LIMIT ?";

// Not `bind`: std::bind would take the calls with a std::string.
void bind_text(sqlite3_stmt* statement, int index, std::string_view text) {
  sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

std::string text_of(sqlite3_stmt* statement, int column) {
  return reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
}

}  // namespace

class SqliteRival::Caller final : public Session {
 public:
  explicit Caller(SqliteRival& rival)
      : rival_(rival),
        begin_(rival.prepare("BEGIN IMMEDIATE")),
        insert_(rival.prepare(kInsert)),
        commit_(rival.prepare("COMMIT")) {}
  ~Caller() override {
    for (auto* statement : {begin_, insert_, commit_}) sqlite3_finalize(statement);
  }

  void append(const Submission& submission) override {
    if (submission.events.size() > 1) step(begin_);
    for (std::size_t i = 0; i < submission.events.size(); ++i) {
      insert(submission, static_cast<int>(i));
    }
    if (submission.events.size() > 1) step(commit_);
  }

 private:
  void insert(const Submission& submission, int index) {
    const auto& event = submission.events[static_cast<std::size_t>(index)];
    const auto version = ++rival_.versions_[event.workspace_number];
    tags_.clear();
    for (const auto& tag : event.tags) tags_.append(tag).push_back('\n');
    bind_text(insert_, 1, submission.command_id);
    sqlite3_bind_int(insert_, 2, index);
    bind_text(insert_, 3, event.workspace);
    sqlite3_bind_int64(insert_, 4, version);
    bind_text(insert_, 5, event.organisation);
    bind_text(insert_, 6, event.type);
    bind_text(insert_, 7, submission.actor);
    sqlite3_bind_int64(insert_, 8, submission.recorded_at);
    sqlite3_bind_int64(insert_, 9, submission.occurred_at);
    bind_text(insert_, 10, tags_);
    sqlite3_bind_blob(insert_, 11, event.payload.data(), static_cast<int>(event.payload.size()),
                      SQLITE_STATIC);
    step(insert_);
  }

  void step(sqlite3_stmt* statement) {
    const int result = sqlite3_step(statement);
    sqlite3_reset(statement);
    if (result != SQLITE_DONE) {
      throw Failure(std::string("SQLite: ") + sqlite3_errmsg(rival_.database_));
    }
  }

  SqliteRival& rival_;
  sqlite3_stmt* begin_;
  sqlite3_stmt* insert_;
  sqlite3_stmt* commit_;
  std::string tags_;
};

SqliteRival::SqliteRival() : versions_(kWorkspaces) {}
SqliteRival::~SqliteRival() { close(); }

void SqliteRival::run(const char* sql) {
  if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw Failure(std::string("SQLite: ") + sqlite3_errmsg(database_));
  }
}

sqlite3_stmt* SqliteRival::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) != SQLITE_OK) {
    throw Failure(std::string("SQLite: ") + sqlite3_errmsg(database_));
  }
  return statement;
}

void SqliteRival::open() {
  if (sqlite3_open((directory_ / "events.db").c_str(), &database_) != SQLITE_OK) {
    throw Failure(std::string("SQLite: ") + sqlite3_errmsg(database_));
  }
  run("PRAGMA journal_mode=WAL");
  run("PRAGMA synchronous=FULL");
  run("PRAGMA cache_size=-524288");       // 512 MiB
  run("PRAGMA mmap_size=17179869184");    // 16 GiB
  run("PRAGMA wal_autocheckpoint=4000");  // 16 MiB, better than its default
}

void SqliteRival::create(const std::filesystem::path& directory) {
  directory_ = directory;
  std::filesystem::create_directories(directory);
  versions_.assign(kWorkspaces, 0);
  open();
  run(kSchema);
}

std::unique_ptr<Session> SqliteRival::connect() { return std::make_unique<Caller>(*this); }

void SqliteRival::close() {
  sqlite3_finalize(audit_);
  audit_ = nullptr;
  sqlite3_close(database_);
  database_ = nullptr;
}

void SqliteRival::reopen() {
  open();
  audit_ = prepare(kAudit);
}
std::uint64_t SqliteRival::disk_bytes() const { return disk_bytes_below(directory_); }

ScanSum SqliteRival::scan() {
  auto* statement = prepare("SELECT position, payload FROM events ORDER BY position");
  ScanSum sum;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    ++sum.events;
    sum.positions += static_cast<std::uint64_t>(sqlite3_column_int64(statement, 0));
    sum.payload_bytes += static_cast<std::uint64_t>(sqlite3_column_bytes(statement, 1));
  }
  sqlite3_finalize(statement);
  return sum;
}

std::vector<AuditRow> SqliteRival::list(const AuditQuestion& question) {
  if (audit_ == nullptr) audit_ = prepare(kAudit);
  bind_text(audit_, 1, question.organisation);
  bind_text(audit_, 2, question.type);
  sqlite3_bind_int64(audit_, 3, question.from);
  sqlite3_bind_int64(audit_, 4, question.to);
  sqlite3_bind_int64(audit_, 5, static_cast<std::int64_t>(question.limit));
  std::vector<AuditRow> rows;
  while (sqlite3_step(audit_) == SQLITE_ROW) {
    rows.push_back({static_cast<std::uint64_t>(sqlite3_column_int64(audit_, 0)),
                    sqlite3_column_int64(audit_, 1), sqlite3_column_int64(audit_, 2),
                    text_of(audit_, 3), text_of(audit_, 4)});
  }
  sqlite3_reset(audit_);
  return rows;
}

}  // namespace actbook::bench

#include "postgres_rival.h"

#include <endian.h>
#include <poll.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace actbook::bench {
namespace {

// EVENTS stands for the table's name.
constexpr const char* kSchema = R"(
DROP TABLE IF EXISTS EVENTS;
CREATE TABLE EVENTS(
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recorded_at bigint NOT NULL, occurred_at bigint NOT NULL,
  batch_index int NOT NULL, version int NOT NULL,
  command_id text NOT NULL, workspace text NOT NULL, organisation text NOT NULL,
  type text NOT NULL, actor text NOT NULL, tags text NOT NULL, payload bytea NOT NULL);
CREATE UNIQUE INDEX EVENTS_command ON EVENTS(command_id, batch_index);
CREATE UNIQUE INDEX EVENTS_workspace ON EVENTS(workspace, version);
CREATE INDEX EVENTS_audit ON EVENTS(organisation, type, recorded_at);
)";

constexpr const char* kInsert =
    "INSERT INTO EVENTS(command_id, batch_index, workspace, version, organisation, type, actor, "
    "recorded_at, occurred_at, tags, payload) "
    "VALUES($1::text, $2::int, $3::text, $4::int, $5::text, $6::text, $7::text, $8::bigint, "
    "$9::bigint, $10::text, $11::bytea)";

constexpr const char* kAudit =
    "SELECT position, recorded_at, occurred_at, type, actor FROM EVENTS WHERE organisation = "
    "$1::text AND type = $2::text AND recorded_at BETWEEN $3::bigint AND $4::bigint "
    "ORDER BY recorded_at, position LIMIT $5::bigint";

constexpr int kBinary = 1;

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

// Parameters of a prepared statement in binary. What it is given must stay where it is.
template <std::size_t N>
class Parameters {
 public:
  void text(std::string_view value) { add(value.data(), value.size()); }
  void bytes(ByteView value) { add(reinterpret_cast<const char*>(value.data()), value.size()); }
  void int32(std::uint32_t value) {
    value = htobe32(value);
    number(&value, sizeof(value));
  }
  void int64(std::int64_t value) {
    const std::uint64_t big = htobe64(static_cast<std::uint64_t>(value));
    number(&big, sizeof(big));
  }
  [[nodiscard]] const char* const* values() const { return values_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  void number(const void* value, std::size_t size) {
    std::memcpy(numbers_.at(count_).data(), value, size);
    add(numbers_.at(count_).data(), size);
  }
  void add(const char* value, std::size_t size) {
    values_.at(count_) = value;
    lengths_.at(count_) = static_cast<int>(size);
    formats_.at(count_) = kBinary;
    ++count_;
  }

  std::size_t count_ = 0;
  std::array<const char*, N> values_{};
  std::array<int, N> lengths_{};
  std::array<int, N> formats_{};
  std::array<std::array<char, 8>, N> numbers_{};
};

std::int64_t int64_at(const PGresult* result, int row, int column) {
  std::uint64_t big = 0;
  std::memcpy(&big, PQgetvalue(result, row, column), sizeof(big));
  return static_cast<std::int64_t>(be64toh(big));
}

std::string text_at(const PGresult* result, int row, int column) {
  return {PQgetvalue(result, row, column),
          static_cast<std::size_t>(PQgetlength(result, row, column))};
}

}  // namespace

class PostgresRival::Caller final : public Session {
 public:
  explicit Caller(PostgresRival& rival) : rival_(rival), connection_(rival.open()) {
    const Answer answer(
        PQprepare(connection_.get(), "insert", rival.sql(kInsert).c_str(), 0, nullptr));
    expect(answer, PGRES_COMMAND_OK);
  }

  /// Begins to append one event.
  void send(const Submission& submission) {
    fill(submission, 0);
    if (PQsendQueryPrepared(connection_.get(), "insert", 11, parameters_->values(),
                            parameters_->lengths(), parameters_->formats(), kBinary) != 1 ||
        PQflush(connection_.get()) != 0) {
      fail();
    }
  }
  /// Takes what has come; true if that was the answer.
  [[nodiscard]] bool receive() {
    if (PQconsumeInput(connection_.get()) != 1) fail();
    if (PQisBusy(connection_.get()) == 1) return false;
    expect(Answer(PQgetResult(connection_.get())), PGRES_COMMAND_OK);
    (void)PQgetResult(connection_.get());  // the null that ends its results
    return true;
  }
  [[nodiscard]] int socket() const { return PQsocket(connection_.get()); }

  void append(const Submission& submission) override {
    if (submission.events.size() == 1) {
      fill(submission, 0);
      const Answer answer(PQexecPrepared(connection_.get(), "insert", 11, parameters_->values(),
                                         parameters_->lengths(), parameters_->formats(), kBinary));
      expect(answer, PGRES_COMMAND_OK);
      return;
    }
    // Without BEGIN, all of a pipeline up to its sync is one transaction.
    if (PQenterPipelineMode(connection_.get()) != 1) fail();
    for (std::size_t i = 0; i < submission.events.size(); ++i) {
      fill(submission, i);
      if (PQsendQueryPrepared(connection_.get(), "insert", 11, parameters_->values(),
                              parameters_->lengths(), parameters_->formats(), kBinary) != 1) {
        fail();
      }
    }
    if (PQpipelineSync(connection_.get()) != 1) fail();
    for (std::size_t i = 0; i < submission.events.size(); ++i) {
      expect(Answer(PQgetResult(connection_.get())), PGRES_COMMAND_OK);
      (void)PQgetResult(connection_.get());  // the null that ends one query's results
    }
    expect(Answer(PQgetResult(connection_.get())), PGRES_PIPELINE_SYNC);
    if (PQexitPipelineMode(connection_.get()) != 1) fail();
  }

 private:
  void fill(const Submission& submission, std::size_t index) {
    const auto& event = submission.events[index];
    tags_.clear();
    for (const auto& tag : event.tags) tags_.append(tag).push_back('\n');
    parameters_.emplace();
    parameters_->text(submission.command_id);
    parameters_->int32(static_cast<std::uint32_t>(index));
    parameters_->text(event.workspace);
    // The expected version: its unique index refuses what another caller was first to write.
    parameters_->int32(++rival_.versions_[event.workspace_number]);
    parameters_->text(event.organisation);
    parameters_->text(event.type);
    parameters_->text(submission.actor);
    parameters_->int64(submission.recorded_at);
    parameters_->int64(submission.occurred_at);
    parameters_->text(tags_);
    parameters_->bytes(event.payload);
  }

  void expect(const Answer& answer, ExecStatusType status) {
    if (PQresultStatus(answer.get()) != status) fail();
  }
  [[noreturn]] void fail() {
    throw Failure(std::string("PostgreSQL: ") + PQerrorMessage(connection_.get()));
  }

  PostgresRival& rival_;
  Connection connection_;
  std::optional<Parameters<11>> parameters_;
  std::string tags_;
};

class PostgresRival::Callers final : public ManySessions {
 public:
  Callers(PostgresRival& rival, std::size_t callers) {
    for (std::size_t i = 0; i < callers; ++i) {
      const auto& caller = callers_.emplace_back(std::make_unique<Caller>(rival));
      sockets_.push_back({caller->socket(), POLLIN, 0});
    }
  }

  void start(std::size_t caller, const Submission& submission) override {
    callers_[caller]->send(submission);
  }
  const std::vector<std::size_t>& finished() override {
    for (finished_.clear(); finished_.empty();) {
      if (poll(sockets_.data(), sockets_.size(), -1) < 0) throw Failure("poll failed");
      for (std::size_t i = 0; i < sockets_.size(); ++i) {
        if (sockets_[i].revents != 0 && callers_[i]->receive()) finished_.push_back(i);
      }
    }
    return finished_;
  }

 private:
  std::vector<std::unique_ptr<Caller>> callers_;
  std::vector<pollfd> sockets_;
  std::vector<std::size_t> finished_;
};

PostgresRival::PostgresRival(std::string socket_directory, std::string restart, std::string table)
    : socket_directory_(std::move(socket_directory)),
      restart_(std::move(restart)),
      table_(std::move(table)),
      versions_(kWorkspaces) {}

PostgresRival::~PostgresRival() = default;

PostgresRival::Connection PostgresRival::open() const {
  if (socket_directory_.empty()) throw Failure("no PostgreSQL server was given");
  Connection connection(
      PQconnectdb(("host=" + socket_directory_ + " user=postgres dbname=postgres").c_str()));
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    throw Failure(std::string("PostgreSQL: ") + PQerrorMessage(connection.get()));
  }
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  return connection;
}

std::string PostgresRival::sql(std::string text) const {
  constexpr std::string_view kName = "EVENTS";
  for (auto at = text.find(kName); at != std::string::npos; at = text.find(kName, at)) {
    text.replace(at, kName.size(), table_);
  }
  return text;
}

void PostgresRival::run(const std::string& text) const {
  const auto connection = open();
  const Answer answer(PQexec(connection.get(), sql(text).c_str()));
  const auto status = PQresultStatus(answer.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw Failure(std::string("PostgreSQL: ") + PQerrorMessage(connection.get()));
  }
}

void PostgresRival::create(const std::filesystem::path& /*directory*/) {
  versions_.assign(kWorkspaces, 0);
  run(kSchema);
}

std::unique_ptr<Session> PostgresRival::connect() { return std::make_unique<Caller>(*this); }
std::unique_ptr<ManySessions> PostgresRival::connect_many(std::size_t callers) {
  return std::make_unique<Callers>(*this, callers);
}
void PostgresRival::close() { asking_.reset(); }
void PostgresRival::reopen() {
  asking_ = open();
  const Answer prepared(PQprepare(asking_.get(), "audit", sql(kAudit).c_str(), 0, nullptr));
  if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) {
    throw Failure(std::string("PostgreSQL: ") + PQerrorMessage(asking_.get()));
  }
}
void PostgresRival::settle() { run("VACUUM ANALYZE EVENTS"); }
void PostgresRival::drop() {
  close();
  run("DROP TABLE EVENTS");
}

void PostgresRival::restart() {
  close();
  if (restart_.empty()) throw Failure("no command to restart PostgreSQL was given");
  if (std::system(restart_.c_str()) != 0) throw Failure("restarting PostgreSQL failed");
}

std::uint64_t PostgresRival::disk_bytes() const {
  const auto connection = open();
  const Answer answer(
      PQexec(connection.get(), sql("SELECT pg_total_relation_size('EVENTS')::text").c_str()));
  if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) throw Failure("PostgreSQL: no size");
  return std::stoull(PQgetvalue(answer.get(), 0, 0));
}

std::vector<AuditRow> PostgresRival::list(const AuditQuestion& question) {
  if (!asking_) reopen();
  Parameters<5> parameters;
  parameters.text(question.organisation);
  parameters.text(question.type);
  parameters.int64(question.from);
  parameters.int64(question.to);
  parameters.int64(static_cast<std::int64_t>(question.limit));
  const Answer answer(PQexecPrepared(asking_.get(), "audit", 5, parameters.values(),
                                     parameters.lengths(), parameters.formats(), kBinary));
  if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) {
    throw Failure(std::string("PostgreSQL: ") + PQerrorMessage(asking_.get()));
  }
  std::vector<AuditRow> rows;
  for (int i = 0; i < PQntuples(answer.get()); ++i) {
    rows.push_back({static_cast<std::uint64_t>(int64_at(answer.get(), i, 0)),
                    int64_at(answer.get(), i, 1), int64_at(answer.get(), i, 2),
                    text_at(answer.get(), i, 3), text_at(answer.get(), i, 4)});
  }
  return rows;
}

}  // namespace actbook::bench

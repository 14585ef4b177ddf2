#include "redis_rival.h"

#include <hiredis.h>

#include <array>

namespace actbook::bench {
namespace {

constexpr const char* kStream = "events";

struct Close {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Connection = std::unique_ptr<redisContext, Close>;
using Answer = std::unique_ptr<redisReply, Close>;

Connection open(const std::string& socket) {
  if (socket.empty()) throw Failure("no Redis server was given");
  Connection connection(redisConnectUnix(socket.c_str()));
  if (!connection || connection->err != 0) {
    throw Failure(std::string("Redis: ") + (connection ? connection->errstr : "no memory"));
  }
  return connection;
}

Answer answer_of(redisContext& connection) {
  void* reply = nullptr;
  if (redisGetReply(&connection, &reply) != REDIS_OK) {
    throw Failure(std::string("Redis: ") + connection.errstr);
  }
  Answer answer(static_cast<redisReply*>(reply));
  if (answer->type == REDIS_REPLY_ERROR) throw Failure(std::string("Redis: ") + answer->str);
  return answer;
}

Answer ask(redisContext& connection, std::vector<const char*> words) {
  redisAppendCommandArgv(&connection, static_cast<int>(words.size()), words.data(), nullptr);
  return answer_of(connection);
}

}  // namespace

class RedisRival::Caller final : public Session {
 public:
  explicit Caller(const std::string& socket) : connection_(open(socket)) {}

  void append(const Submission& submission) override {
    const bool batch = submission.events.size() > 1;
    if (batch) redisAppendCommand(connection_.get(), "MULTI");
    for (const auto& event : submission.events) add(submission, event);
    if (batch) redisAppendCommand(connection_.get(), "EXEC");
    const std::size_t answers = submission.events.size() + (batch ? 2 : 0);
    for (std::size_t i = 0; i < answers; ++i) (void)answer_of(*connection_);
  }

 private:
  void add(const Submission& submission, const Event& event) {
    tags_.clear();
    for (const auto& tag : event.tags) tags_.append(tag).push_back('\n');
    const auto recorded_at = std::to_string(submission.recorded_at);
    const auto occurred_at = std::to_string(submission.occurred_at);
    const std::string_view payload(reinterpret_cast<const char*>(event.payload.data()),
                                   event.payload.size());
    const std::array<std::string_view, 17> words = {
        "XADD",      kStream,    "*",         "command",        submission.command_id,
        "type",      event.type, "actor",     submission.actor, "recorded",
        recorded_at, "occurred", occurred_at, "tags",           tags_,
        "payload",   payload};
    std::array<const char*, words.size()> values{};
    std::array<std::size_t, words.size()> sizes{};
    for (std::size_t i = 0; i < words.size(); ++i) {
      values.at(i) = words.at(i).data();
      sizes.at(i) = words.at(i).size();
    }
    redisAppendCommandArgv(connection_.get(), static_cast<int>(words.size()), values.data(),
                           sizes.data());
  }

  Connection connection_;
  std::string tags_;
};

void RedisRival::create(const std::filesystem::path& /*directory*/) {
  const auto connection = open(socket_);
  const auto setting = ask(*connection, {"CONFIG", "GET", "appendfsync"});
  if (setting->elements != 2 || std::string(setting->element[1]->str) != "always") {
    throw Failure("Redis does not run with appendfsync always");
  }
  (void)ask(*connection, {"DEL", kStream});
}

std::unique_ptr<Session> RedisRival::connect() { return std::make_unique<Caller>(socket_); }

void RedisRival::drop() { (void)ask(*open(socket_), {"DEL", kStream}); }

}  // namespace actbook::bench

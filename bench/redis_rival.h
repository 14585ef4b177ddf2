#pragma once

#include "rival.h"

namespace actbook::bench {

/// Redis over a unix socket: one stream, XADD, appendfsync always. No index and no check: only the
/// order. A batch is MULTI, the events, EXEC in one pipeline.
class RedisRival final : public Rival {
 public:
  explicit RedisRival(std::string socket) : socket_(std::move(socket)) {}
  /// Throws Failure, too, if the server does not sync always.
  void create(const std::filesystem::path& directory) override;
  [[nodiscard]] std::unique_ptr<Session> connect() override;
  void close() override {}
  void reopen() override {}
  [[nodiscard]] std::uint64_t disk_bytes() const override { return 0; }
  /// Forgets the stream: it stands in memory.
  void drop();

 private:
  class Caller;
  std::string socket_;
};

}  // namespace actbook::bench

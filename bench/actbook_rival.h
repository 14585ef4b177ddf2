#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "actbook/event_store.h"
#include "rival.h"

namespace actbook::bench {

/// Stands where the newest submission was made, so that every rival records the same times.
class SubmissionClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return Timestamp{now_.load()}; }
  void advance_to(std::int64_t microseconds);

 private:
  std::atomic<std::int64_t> now_{0};
};

/// actbook through its public interface. Whatever the benchmark asks of actbook is in this file, so
/// that it can follow the interface.
class ActbookRival final : public Rival {
 public:
  /// How the append condition of a batch is put.
  enum class Condition {
    first_workspace,  ///< Fails if the first event's workspace has an event we do not know.
    every_workspace,  ///< The same for the workspace of every event of the batch.
  };
  explicit ActbookRival(Condition condition = Condition::first_workspace);
  ~ActbookRival() override;

  void create(const std::filesystem::path& directory) override;
  [[nodiscard]] std::unique_ptr<Session> connect() override;
  /// By callback.
  [[nodiscard]] std::unique_ptr<ManySessions> connect_many(std::size_t callers) override;
  void close() override;
  void reopen() override;
  [[nodiscard]] std::uint64_t disk_bytes() const override;

  /// Opens what stands in a directory, and knows all that is in it.
  void open(const std::filesystem::path& directory);
  [[nodiscard]] std::uint64_t head() const;
  /// Reads everything in order.
  [[nodiscard]] ScanSum scan() const;
  /// The same, and hands out the stored bytes of each record, which were checked.
  void each_record(
      const std::function<void(const log::Record& record, ByteView bytes)>& visit) const;
  /// Reads and checks every byte of the log; returns how many events it found whole.
  [[nodiscard]] std::uint64_t verify() const;
  [[nodiscard]] std::vector<AuditRow> list(const AuditQuestion& question) const;
  /// The tags of one event, as stored.
  [[nodiscard]] std::vector<std::string> tags_of(std::uint64_t position) const;

 private:
  class Caller;
  class Callers;

  Condition condition_;
  SubmissionClock clock_;
  std::filesystem::path directory_;
  std::unique_ptr<EventStore> store_;
  /// By the number of the workspace: the last position its caller knows. Each is written by one
  /// caller only.
  std::vector<std::uint64_t> known_;
};

/// The audit list of a store.
class ActbookAuditor final : public Auditor {
 public:
  explicit ActbookAuditor(const ActbookRival& store) : store_(store) {}
  [[nodiscard]] std::vector<AuditRow> list(const AuditQuestion& question) override {
    return store_.list(question);
  }

 private:
  const ActbookRival& store_;
};

}  // namespace actbook::bench

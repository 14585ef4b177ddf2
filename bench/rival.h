#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "event_data.h"

namespace actbook::bench {

/// Why something could not be measured. It takes one rival out of the run, and the table says so.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One caller's way into a store. One thread at a time.
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  /// Appends all or none; durable when it returns. Throws Failure.
  virtual void append(const Submission& submission) = 0;
};

/// Many callers' way into a store from one thread, as an event loop has it: each has at most one
/// submission on its way. One thread.
class ManySessions {
 public:
  ManySessions() = default;
  ManySessions(const ManySessions&) = delete;
  ManySessions& operator=(const ManySessions&) = delete;
  virtual ~ManySessions() = default;

  /// Begins to append one event for a caller that has nothing on its way; `submission` stays as it
  /// is until that is durable. Throws Failure.
  virtual void start(std::size_t caller, const Submission& submission) = 0;
  /// Waits until something that was started is durable; gives whose. Throws Failure.
  [[nodiscard]] virtual const std::vector<std::size_t>& finished() = 0;
};

/// Somebody who appends events. Everything throws Failure.
class Rival {
 public:
  Rival() = default;
  Rival(const Rival&) = delete;
  Rival& operator=(const Rival&) = delete;
  virtual ~Rival() = default;

  /// Makes an empty store; `directory` is new and its own.
  virtual void create(const std::filesystem::path& directory) = 0;
  [[nodiscard]] virtual std::unique_ptr<Session> connect() = 0;
  /// Null: it has no such way.
  [[nodiscard]] virtual std::unique_ptr<ManySessions> connect_many(std::size_t /*callers*/) {
    return nullptr;
  }
  /// Nobody is connected. Nothing is lost.
  virtual void close() = 0;
  virtual void reopen() = 0;
  /// Bytes that the store takes on the disk, when closed.
  [[nodiscard]] virtual std::uint64_t disk_bytes() const = 0;
};

/// What an audit list shows of an event.
struct AuditRow {
  std::uint64_t position = 0;
  std::int64_t recorded_at = 0;
  std::int64_t occurred_at = 0;
  std::string type;
  std::string actor;

  bool operator==(const AuditRow&) const = default;
};

/// The first `limit` events of a type, in an organisation, within a range of time, both ends
/// included.
struct AuditQuestion {
  std::string organisation;
  std::string type;
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::size_t limit = 100;
};

/// Who can be asked. One thread.
class Auditor {
 public:
  Auditor() = default;
  Auditor(const Auditor&) = delete;
  Auditor& operator=(const Auditor&) = delete;
  virtual ~Auditor() = default;
  [[nodiscard]] virtual std::vector<AuditRow> list(const AuditQuestion& question) = 0;
};

/// What reading everything in order adds up to: the same for whoever holds the same events.
struct ScanSum {
  std::uint64_t events = 0;
  std::uint64_t positions = 0;
  std::uint64_t payload_bytes = 0;

  bool operator==(const ScanSum&) const = default;
};

}  // namespace actbook::bench

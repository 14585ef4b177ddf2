#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "actbook/event_store.h"
#include "support/fault_file_system.h"
#include "support/store_fixture.h"

namespace actbook::testing {

/// A command that renames a workspace, once for each of `names`, or does not get to.
struct Order {
  enum class Way {
    recorded,
    refused,      ///< By a rule; its events are recorded all the same, as of any refusal.
    conflicting,  ///< Its append condition does not hold once there is an event.
    failing,      ///< Its decision fails after its events.
  };
  std::string id;
  std::string workspace = "w";
  std::vector<std::string> names;
  Way way = Way::recorded;
};

/// What callers were told of their commands, to be held against what is there. Any thread may add.
class Told {
 public:
  EventStore::Receipt submit(EventStore& store, const Order& order);
  void note(const Order& order, const EventStore::Receipt& receipt);
  [[nodiscard]] bool acknowledged_any() const;

  /// Everything acknowledged is there, what is not known whole or not at all, nothing else; the log
  /// is sound and the views follow from it.
  void check(const EventStore& store) const;
  /// Submits again what nobody knows the outcome of, as its callers are told to.
  void settle(EventStore& store);

 private:
  enum class Fate { acknowledged, unknown, absent };
  struct Command {
    Order order;
    Fate fate = Fate::absent;
    Bytes receipt = {};
  };
  static std::uint64_t check_command(const EventStore& store, const Command& command);

  mutable std::mutex mutex_;
  std::map<std::string, Command> commands_;
};

/// A store on a file system that can fail.
struct FaultRun {
  TempDirectory directory;
  FaultEnvironment disk;
  ManualClock clock{kStart};
  std::size_t slice_size = EventStore::Options().slice_size;
  /// So little that some forty commands are joined several times, and flushed.
  std::size_t log_memory = std::size_t{16} << 10;
  Told told;
  std::unique_ptr<EventStore> store;

  FaultRun() = default;
  FaultRun(const FaultRun&) = delete;
  FaultRun& operator=(const FaultRun&) = delete;
  ~FaultRun() { crash(); }

  [[nodiscard]] EventStore::Options options() const;
  /// False if that failed.
  bool create();
  /// Some forty commands of all kinds, one after the other. Goes on after errors.
  void submit_all();
  /// As if the process died.
  void crash();
  void lose_power(Survivors survivors, std::mt19937& random);
  /// Opens what is left, making it where it was never finished, and false if that fails.
  bool reopen();
  /// After any fault and crash(): what was told holds, and the store takes new commands.
  void check_recovery();
  /// What is there now survives a power loss, too.
  void check_durability(std::mt19937& random);
};

/// Whether a file, with this extension if any is given, is in "log" or "views".
[[nodiscard]] std::function<bool(const std::string&)> files_of(const std::string& database,
                                                               const std::string& extension = "");

}  // namespace actbook::testing

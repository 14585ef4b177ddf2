#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "group.h"
#include "storage/log.h"

namespace actbook {

/// Puts submissions of many threads into one order and makes them durable, many at a time.
///
/// Leader and followers: the first caller in decides for everybody who waits and hands the lead on
/// when its group goes to the disk, so the next group is decided while the last one syncs. A lone
/// caller does all of it itself, without waking another thread. At most one group is on its way to
/// the disk, and one is being decided on top of it. Submissions by callback are led by two threads
/// of the sequencer's own.
///
/// What rests on a group that is not durable yet, be it a receipt or a refusal to append, is told
/// when that group is.
class Sequencer {
 public:
  struct Head {
    Position position;
    Timestamp recorded_at;
    std::uint64_t next_command = 1;
    /// The last event says that the clock was behind then, and it may still be.
    bool clock_held = false;
  };
  /// What it works on; all of it outlives the sequencer.
  struct Parts {
    storage::Log& log;
    const Clock& clock;
    const Projector& projector;
  };
  /// What readers may see, and where. The views know all up to the head.
  struct Served {
    Head head;
    std::shared_ptr<View::Source> source;
  };

  Sequencer(Parts parts, Served served, std::size_t max_waiting);
  ~Sequencer();
  /// Decides and answers the submissions by callback that still wait, and those that their
  /// callbacks make. Nothing may be submitted after it.
  void close();
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  using Receipt = Result<Flat<log::Receipt>>;
  [[nodiscard]] Receipt submit(const Submission& submission, const Decide& decide, WhenFull full);
  void submit_async(Submission submission, Decide decide, WhenFull full,
                    std::function<void(Receipt)> done);

  /// It moves on once events are durable and in the views.
  [[nodiscard]] Served served() const;
  [[nodiscard]] Head head() const { return served().head; }
  /// Serves what `make` gives from now on. While that runs nothing is decided or written, and what
  /// is submitted waits; it gets what is served and knows all of that. One thread at a time.
  /// Errors: those of `make`, and unavailable with POISONED; then all stays as it was.
  [[nodiscard]] Result<void> replace(const std::function<Result<Served>(const Served&)>& make);
  /// Returns the head once it lies beyond `seen`, or when `stopped` says so after wake_watchers().
  [[nodiscard]] Head wait_beyond(Position seen, const std::function<bool()>& stopped) const;
  void wake_watchers() const;
  /// A write failed, so what the disk holds is not known.
  [[nodiscard]] bool poisoned() const;
  [[nodiscard]] Result<StoredCommand> load_command(const storage::CommandPlace& place) const;

 private:
  class Waiter;
  struct Request;
  using Lock = std::unique_lock<std::mutex>;
  /// What a group is decided on: all that is durable, and the group that will be before it is.
  struct Base {
    Served durable;
    std::shared_ptr<const Group> in_flight;
  };

  [[nodiscard]] std::optional<Error> enqueue(Request& request, WhenFull full, Lock& lock);
  void appoint();
  struct Round;
  void lead(Lock& lock) noexcept;
  void decide_round(Round& round, Lock& lock);
  void write(Round& round, Lock& lock);
  void decide(Group& group, const Base& base, Request& request) const;
  [[nodiscard]] Result<void> check_condition(const Group& group, const Base& base,
                                             const AppendCondition& condition) const;
  [[nodiscard]] Receipt first_receipt(const Submission& submission,
                                      const storage::CommandPlace& place) const;
  void deliver(const std::vector<Request*>& requests, Lock& lock) noexcept;
  void work();

  Parts parts_;
  const std::size_t max_waiting_;

  mutable std::mutex mutex_;
  std::deque<Request*> queue_;
  bool deciding_ = false;                   // somebody leads
  std::shared_ptr<const Group> in_flight_;  // on its way to the disk
  std::condition_variable turn_;            // in_flight_ is through, or the queue grew
  std::size_t worth_waking_ = 1;            // at how many in the queue the leader wakes
  std::condition_variable space_;           // the queue shrank
  Served served_;
  mutable std::condition_variable watchers_;  // the head moved
  bool poisoned_ = false;
  bool replacing_ = false;         // nobody is to lead
  std::condition_variable quiet_;  // while replacing_: nobody leads, or nothing is in flight

  // They lead for submissions by callback, and are started by the first of them: one decides while
  // the other writes.
  static constexpr std::size_t kWorkers = 2;
  std::vector<std::thread> workers_;
  std::condition_variable work_;
  bool worker_leads_ = false;
  bool stopping_ = false;
  std::size_t unanswered_callbacks_ = 0;
};

}  // namespace actbook

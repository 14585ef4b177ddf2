#pragma once

#include "event_data.h"
#include "harness.h"
#include "rival.h"

namespace actbook::bench {

/// Lets callers append to a rival and times them. The events go on from call to call.
class Feeder {
 public:
  Feeder(Rival& rival, const EventData& data) : rival_(rival), data_(data) {}

  /// `callers` (a divisor of kLanes) append submissions of `batch` events for so long. Gives events
  /// per second, and p50 and p99 of a submission in microseconds.
  [[nodiscard]] Reading run_for(double seconds, unsigned callers, std::size_t batch);
  /// The same with single events, all callers in one thread.
  [[nodiscard]] Reading run_in_one_thread(double seconds, unsigned callers);
  /// One caller appends in batches until so many events were appended in all.
  [[nodiscard]] Reading run_until(std::uint64_t events, std::size_t batch);
  [[nodiscard]] std::uint64_t next() const { return next_; }

 private:
  struct Times {
    std::uint64_t events = 0;
    /// Seconds spent in append() alone: making the events is not the rival's work.
    double busy = 0;
    std::vector<double> microseconds;
  };
  void append_once(Session& session, Submission& submission, Times& times) const;
  [[nodiscard]] static Reading reading_of(const std::vector<Times>& callers, double wall);
  /// Goes on behind the caller that appended most: each lane keeps to one caller.
  void go_on_behind(const std::vector<Times>& callers);

  Rival& rival_;
  const EventData& data_;
  std::uint64_t next_ = 0;
};

/// The value below which the share of the values lies; sorts them.
[[nodiscard]] double percentile(std::vector<double>& values, double share);

}  // namespace actbook::bench

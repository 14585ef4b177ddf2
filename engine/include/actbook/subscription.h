#pragma once

#include <memory>
#include <variant>

#include "actbook/event_store.h"

namespace actbook {

/// The events that match a query, as they are recorded: first those that are there, then each new
/// one once it is durable. Whoever subscribes reads at their own pace; nothing is buffered for them
/// and no writer waits.
///
/// Delivery is at least once: keep checkpoint() after an event is dealt with, and subscribe after
/// it to go on, without loss; what was handed out after the kept checkpoint comes again.
///
/// One thread at a time, but for stop(). Must not outlive its store.
class Subscription {
 public:
  /// Everything recorded up to `head` was handed out; the next call waits.
  struct CaughtUp {
    Position head;
  };
  struct Stopped {};
  using Next = std::variant<Record, CaughtUp, Stopped>;

  class Source;
  explicit Subscription(std::unique_ptr<Source> source);
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;
  ~Subscription();

  /// The next event; waits for one if it has told that it caught up. Errors: corrupt, with the
  /// position; unavailable. After an error the next call tries again.
  [[nodiscard]] Result<Next> next();
  /// Makes next() give Stopped from now on, also one that waits. Any thread.
  void stop();
  /// Every event that matches, up to here, was handed out.
  [[nodiscard]] Position checkpoint() const;

 private:
  std::unique_ptr<Source> source_;
};

}  // namespace actbook

#pragma once

#include <atomic>

#include "actbook/subscription.h"
#include "sequencer.h"

namespace actbook {

class Subscription::Source {
 public:
  Source(const EventStore& store, const Sequencer& sequencer, Query query, Position after)
      : store_(store), sequencer_(sequencer), query_(std::move(query)), checkpoint_(after) {}

  [[nodiscard]] Result<Next> next();
  void stop();
  [[nodiscard]] Position checkpoint() const { return checkpoint_; }

 private:
  const EventStore& store_;
  const Sequencer& sequencer_;
  Query query_;
  Position checkpoint_;
  std::optional<EventCursor> cursor_;  // over what was there up to reading_to_
  Position reading_to_;
  bool told_ = false;  // that it caught up, and nothing came since
  std::atomic<bool> stopped_ = false;
};

}  // namespace actbook

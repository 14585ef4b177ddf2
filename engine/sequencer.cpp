#include "sequencer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "event_cursor.h"
#include "view_source.h"

namespace actbook {
namespace {

Error poisoned_error() {
  return Error{ErrorKind::unavailable,
               "POISONED",
               "an earlier write failed; reopen the ledger before writing again",
               {}};
}

Error unknown_outcome(const Error& cause) {
  return Error{ErrorKind::unknown_outcome,
               "UNKNOWN_OUTCOME",
               cause.message +
                   "; whether the command was recorded is not known: reopen the ledger and submit "
                   "the same command id again",
               {}};
}

}  // namespace

// What a caller sleeps on. It has a lock of its own, since a thread that is woken by somebody who
// holds the sequencer's would only run into that.
class Sequencer::Waiter {
 public:
  enum State { asleep, leads, delivered };

  void wake(State why) {
    {
      const Lock lock(mutex_);
      state_ = why;
    }
    changed_.notify_one();
  }
  [[nodiscard]] State wait() {
    Lock lock(mutex_);
    changed_.wait(lock, [&] { return state_ != asleep; });
    return std::exchange(state_, asleep);
  }
  /// Each thread has one, as it waits for one thing at a time.
  [[nodiscard]] static const std::shared_ptr<Waiter>& mine() {
    static thread_local const auto waiter = std::make_shared<Waiter>();
    return waiter;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = asleep;
};

struct Sequencer::Request {
  enum class Fate { waiting, answered, in_group, dependent, postponed };

  Request(const Submission& asked, const Decide& how) : submission(asked), decide(how) {}

  const Submission& submission;
  const Decide& decide;
  /// Set by the leader.
  std::optional<Receipt> receipt;
  Fate fate = Fate::waiting;
  /// Who waits for it; null for a submission by callback.
  std::shared_ptr<Waiter> waiter;
  /// Only of a submission by callback, which nobody waits for.
  struct Owned {
    Submission submission;
    Decide decide;
    std::function<void(Receipt)> done;
  };
  std::unique_ptr<Owned> owned;
};

// What one leader does: it decides a group, and writes it.
struct Sequencer::Round {
  Base base;
  View durable;
  std::shared_ptr<Group> group;
  std::vector<Request*> members;    // in the group
  std::vector<Request*> dependent;  // answered, but by what is not durable yet
  std::vector<Request*> postponed;  // the same command as one that is not durable yet
};

Sequencer::Sequencer(Parts parts, Served served, std::size_t max_waiting)
    : parts_(parts),
      max_waiting_(std::max<std::size_t>(max_waiting, 1)),
      served_(std::move(served)) {}

Sequencer::~Sequencer() { close(); }

void Sequencer::close() {
  if (workers_.empty()) return;
  {
    const Lock lock(mutex_);
    stopping_ = true;
    work_.notify_all();
  }
  for (auto& worker : workers_) worker.join();
  workers_.clear();
}

Sequencer::Served Sequencer::served() const {
  const Lock lock(mutex_);
  return served_;
}

Result<void> Sequencer::replace(const std::function<Result<Served>(const Served&)>& make) {
  Lock lock(mutex_);
  replacing_ = true;
  quiet_.wait(lock, [&] { return !deciding_ && !in_flight_; });
  Result<Served> made = poisoned_error();
  if (!poisoned_) {
    const Served served = served_;
    lock.unlock();
    made = make(served);
    lock.lock();
  }
  replacing_ = false;
  appoint();
  if (!made) return std::move(made).error();
  served_ = std::move(made).value();
  watchers_.notify_all();
  return boost::outcome_v2::success();
}

Sequencer::Head Sequencer::wait_beyond(Position seen, const std::function<bool()>& stopped) const {
  Lock lock(mutex_);
  watchers_.wait(lock, [&] { return served_.head.position > seen || stopped(); });
  return served_.head;
}

void Sequencer::wake_watchers() const {
  const Lock lock(mutex_);
  watchers_.notify_all();
}

bool Sequencer::poisoned() const {
  const Lock lock(mutex_);
  return poisoned_;
}

Sequencer::Receipt Sequencer::submit(const Submission& submission, const Decide& decide,
                                     WhenFull full) {
  Request request(submission, decide);
  request.waiter = Waiter::mine();
  {
    Lock lock(mutex_);
    if (auto error = enqueue(request, full, lock)) return std::move(*error);
  }
  while (Waiter::mine()->wait() == Waiter::leads) {
    Lock lock(mutex_);
    lead(lock);
  }
  return std::move(*request.receipt);
}

void Sequencer::submit_async(Submission submission, Decide decide, WhenFull full,
                             std::function<void(Receipt)> done) {
  auto owned = std::make_unique<Request::Owned>(
      Request::Owned{std::move(submission), std::move(decide), std::move(done)});
  auto request = std::make_unique<Request>(owned->submission, owned->decide);
  request->owned = std::move(owned);
  Lock lock(mutex_);
  while (workers_.size() < kWorkers) workers_.emplace_back(&Sequencer::work, this);
  if (auto error = enqueue(*request, full, lock)) {
    lock.unlock();
    request->owned->done(std::move(*error));
    return;
  }
  ++unanswered_callbacks_;
  (void)request.release();  // deliver() takes it
}

std::optional<Error> Sequencer::enqueue(Request& request, WhenFull full, Lock& lock) {
  while (!poisoned_ && queue_.size() >= max_waiting_) {
    if (full == WhenFull::refuse) {
      return Error{ErrorKind::unavailable,
                   "OVERLOADED",
                   std::to_string(queue_.size()) +
                       " commands wait already and nothing was written; submit again later",
                   {}};
    }
    space_.wait(lock);
  }
  if (poisoned_) return poisoned_error();
  queue_.push_back(&request);
  if (deciding_) {
    if (queue_.size() == worth_waking_) turn_.notify_one();
  } else {
    appoint();
  }
  return std::nullopt;
}

// Gives the lead to whoever waits longest.
void Sequencer::appoint() {
  if (deciding_ || replacing_ || queue_.empty()) return;
  deciding_ = true;
  Request& next = *queue_.front();
  if (next.owned) {
    worker_leads_ = true;
    work_.notify_one();
  } else {
    next.waiter->wake(Waiter::leads);
  }
}

// Decides what waits until its turn to write comes, hands on the lead, and writes. A decision or a
// callback that throws is a bug of its author, and ends the program.
void Sequencer::lead(Lock& lock) noexcept {
  const Head& head = served_.head;
  std::optional<Round> led(Round{{served_, in_flight_},
                                 View(served_.source, head.position, head.recorded_at),
                                 nullptr,
                                 {},
                                 {},
                                 {}});
  Round& round = *led;
  const auto* before = round.base.in_flight.get();
  const auto begin = before != nullptr
                         ? Group::Begin{before->last_position().next(), before->next_command(),
                                        before->recorded_at(), before->clock_held()}
                         : Group::Begin{head.position.next(), head.next_command, head.recorded_at,
                                        head.clock_held};
  round.group = std::make_shared<Group>(round.durable, before, begin, parts_.projector);
  // Once nothing is in the way of writing, what waits now is the last that the group takes: whoever
  // comes back at once after an answer must not hold up those who wait for the write.
  for (bool last = false; !last;) {
    last = !in_flight_;
    if (!queue_.empty() && round.group->has_room()) {
      decide_round(round, lock);
    } else if (!last) {
      // Woken for each that comes, it would do little else.
      worth_waking_ = std::max<std::size_t>(in_flight_->size() / 2, 1);
      turn_.wait(lock);
    }
  }
  if (!poisoned_ && !round.group->empty()) in_flight_ = round.group;
  deciding_ = false;
  appoint();
  if (replacing_) quiet_.notify_all();
  write(round, lock);
  // Nobody should wait while the memory of groups is given back, or views that went out of use.
  lock.unlock();
  led.reset();
  lock.lock();
}

void Sequencer::decide_round(Round& round, Lock& lock) {
  const std::vector<Request*> taken(queue_.begin(), queue_.end());
  queue_.clear();
  space_.notify_all();
  const bool poisoned = poisoned_;
  lock.unlock();
  std::vector<Request*> answered;
  auto next = taken.begin();
  for (; next != taken.end() && round.group->has_room(); ++next) {
    Request& request = **next;
    if (poisoned) {
      request.receipt = poisoned_error();
      request.fate = Request::Fate::answered;
    } else {
      decide(*round.group, round.base, request);
    }
    switch (request.fate) {
      case Request::Fate::in_group:
        round.members.push_back(&request);
        break;
      case Request::Fate::dependent:
        round.dependent.push_back(&request);
        break;
      case Request::Fate::postponed:
        round.postponed.push_back(&request);
        break;
      case Request::Fate::waiting:
      case Request::Fate::answered:
        answered.push_back(&request);
    }
  }
  lock.lock();
  queue_.insert(queue_.begin(), next, taken.end());
  deliver(answered, lock);
}

void Sequencer::write(Round& round, Lock& lock) {
  if (in_flight_ == round.group) {
    auto& views = served_.source->views();
    lock.unlock();
    const Group& group = *round.group;
    auto written = parts_.log.append(group.extent(), group.encode());
    if (written) written = views.add(group.addition());
    lock.lock();
    in_flight_.reset();
    if (replacing_) quiet_.notify_all();
    if (written) {
      served_.head = {group.last_position(), group.recorded_at(), group.next_command(),
                      group.clock_held()};
      watchers_.notify_all();
    } else {
      // What the disk holds now is unknown, so nothing may be built on it before it is read again.
      poisoned_ = true;
      for (auto* member : round.members) member->receipt = unknown_outcome(written.error());
      space_.notify_all();
    }
    turn_.notify_one();
  } else if (poisoned_) {
    // Decided on what may not be there; nothing of it was written.
    for (auto* member : round.members) member->receipt = poisoned_error();
  }
  if (poisoned_) {
    for (auto* request : round.dependent) request->receipt = poisoned_error();
    for (auto* request : round.postponed) {
      // Of what became of the first of them, as much is known of these.
      const auto& before = round.base.in_flight;
      const bool durable = before && before->knows(request->submission.info.command_id) &&
                           served_.head.next_command >= before->next_command();
      request->receipt = durable ? poisoned_error() : unknown_outcome(poisoned_error());
    }
    deliver(round.postponed, lock);
  } else if (!round.postponed.empty()) {
    queue_.insert(queue_.begin(), round.postponed.begin(), round.postponed.end());
    appoint();
  }
  deliver(round.dependent, lock);
  deliver(round.members, lock);
}

void Sequencer::decide(Group& group, const Base& base, Request& request) const {
  const auto& submission = request.submission;
  const auto& command_id = submission.info.command_id;
  // Before the index is asked, which may know of a group whose receipts nobody has yet.
  if (group.knows(command_id) || (base.in_flight && base.in_flight->knows(command_id))) {
    request.fate = Request::Fate::postponed;
    return;
  }
  request.fate = Request::Fate::answered;
  const auto place = base.durable.source->views().find_command(command_id);
  if (!place) {
    request.receipt = place.error();
    return;
  }
  if (place.value()) {
    request.receipt = first_receipt(submission, *place.value());
    return;
  }
  if (submission.condition) {
    if (auto held = check_condition(group, base, *submission.condition); !held) {
      request.receipt = held.error();
    }
  }
  if (!request.receipt) {
    request.receipt = group.decide(submission, request.decide, parts_.clock.now());
    if (request.receipt->has_value()) {
      request.fate = Request::Fate::in_group;
      return;
    }
  }
  // It may have been the first to find the clock behind, so that the group holds that now.
  if (base.in_flight || !group.empty()) request.fate = Request::Fate::dependent;
}

Result<void> Sequencer::check_condition(const Group& group, const Base& base,
                                        const AppendCondition& condition) const {
  std::optional<Position> match;
  // Nothing durable lies after the head.
  const Position head = base.durable.head.position;
  const Position after = std::min(condition.after, head);
  auto cursor =
      list_entries({parts_.log, base.durable.source->views(), head}, condition.fail_if_events_match,
                   {.from = after.next(), .direction = Direction::backwards, .limit = 1});
  if (cursor.next()) match = cursor.entry().position;
  BOOST_OUTCOME_TRY(cursor.status());
  if (!match && base.in_flight) {
    match = base.in_flight->find(condition.fail_if_events_match, condition.after);
  }
  if (!match) match = group.find(condition.fail_if_events_match, condition.after);
  if (!match) return boost::outcome_v2::success();
  return Error{ErrorKind::conflict, "APPEND_CONDITION_FAILED",
               "the event at position " + std::to_string(match->value) +
                   " matches fail_if_events_match and lies after position " +
                   std::to_string(condition.after.value) +
                   ", so nothing was appended; read on from there and decide again",
               match};
}

Result<StoredCommand> Sequencer::load_command(const storage::CommandPlace& place) const {
  storage::Log::Reader reader(parts_.log);
  reader.seek(place.next_position, place.command);
  BOOST_OUTCOME_TRY(reader.status());
  if (reader.valid()) {
    BOOST_OUTCOME_TRY(block, reader.block());
    const std::uint64_t index = place.command - block.first_command();
    if (place.command >= block.first_command() && index < block.command_count()) {
      BOOST_OUTCOME_TRY(commands, block.commands());
      return commands.command(index);
    }
  }
  return Error{ErrorKind::corrupt, "COMMAND_MISSING", "the log lacks a command the views know",
               place.next_position};
}

Sequencer::Receipt Sequencer::first_receipt(const Submission& submission,
                                            const storage::CommandPlace& place) const {
  BOOST_OUTCOME_TRY(stored, load_command(place));
  if (stored.content != submission.content) {
    const auto field = submission.content_schema == nullptr
                           ? std::optional<std::string>("content")
                           : submission.content_schema->first_difference(
                                 submission.content_type, stored.content, submission.content);
    if (field) {
      return Error{ErrorKind::conflict,
                   "IDEMPOTENCY_CONFLICT",
                   "command id " + submission.info.command_id +
                       " was used before for another command: " + *field +
                       " differs; give a new command its own id",
                   {}};
    }
  }
  return std::move(stored.receipt);
}

// The lock is held before and after, and let go in between: whoever is woken wants it next.
void Sequencer::deliver(const std::vector<Request*>& requests, Lock& lock) noexcept {
  if (requests.empty()) return;
  lock.unlock();
  std::size_t callbacks = 0;
  for (auto* request : requests) {
    if (request->owned) {
      const std::unique_ptr<Request> mine(request);
      request->owned->done(std::move(*request->receipt));
      ++callbacks;
    } else {
      // The request is gone as soon as its caller knows, and the waiter with its thread.
      const auto waiter = std::move(request->waiter);
      waiter->wake(Waiter::delivered);
    }
  }
  lock.lock();
  unanswered_callbacks_ -= callbacks;
  if (callbacks > 0 && unanswered_callbacks_ == 0) work_.notify_all();
}

void Sequencer::work() {
  Lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [&] { return worker_leads_ || (stopping_ && unanswered_callbacks_ == 0); });
    if (!worker_leads_) return;
    worker_leads_ = false;
    lead(lock);
  }
}

}  // namespace actbook

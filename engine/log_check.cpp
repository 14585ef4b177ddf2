#include "log_check.h"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <future>

namespace actbook {
namespace {

Error broken(std::string message, Position position) {
  return Error{ErrorKind::corrupt, "DAMAGED_LOG", std::move(message), position};
}

// A block that was checked as far as it can be by itself, on any thread: all but how it continues
// the one before.
class CheckedBlock {
 public:
  // The one that the reader stands on. Its commands from `end` on are not looked at.
  CheckedBlock(const storage::Log::Reader& reader, std::uint64_t end)
      : size(reader.stored().size()) {
    auto decoded = reader.block();
    if (!decoded) {
      damage = decoded.error();
      return;
    }
    const Block& block = decoded.value();
    readable = true;
    first_position = block.first_position();
    first_command = block.first_command();
    leaves.reserve(block.record_count());
    if (auto visited = visit(block, end); !visited) damage = visited.error();
  }

  std::optional<Position> next_position;  // where the block after it begins
  std::size_t size;
  bool readable = false;
  Position first_position;
  std::uint64_t first_command = 0;
  Timestamp first_recorded_at;
  Timestamp last_recorded_at;
  // Up to the damage.
  std::uint64_t commands = 0;
  std::vector<Hash> leaves;
  std::optional<Error> damage;

 private:
  [[nodiscard]] Position here() const { return Position{first_position.value + leaves.size()}; }

  Result<void> visit(const Block& block, std::uint64_t end) {
    BOOST_OUTCOME_TRY(stored, block.commands());
    for (std::size_t i = 0; i < stored.size(); ++i) {
      if (first_command + i >= end) return boost::outcome_v2::success();
      auto command = stored.command(i);
      if (!command) return broken("a receipt is not well-formed", here());
      BOOST_OUTCOME_TRY(visit_batch(block, *command.value().receipt, stored.id(i)));
      ++commands;
    }
    if (leaves.size() != block.record_count()) {
      return broken("an event belongs to no command", here());
    }
    return boost::outcome_v2::success();
  }

  // The records that the receipt claims.
  Result<void> visit_batch(const Block& block, const log::Receipt& receipt,
                           std::string_view command_id) {
    if (receipt.command_id()->string_view() != command_id) {
      return broken("a receipt is filed under another command id", here());
    }
    const Timestamp recorded_at{receipt.recorded_at()};
    if (commands == 0) first_recorded_at = recorded_at;
    if (commands > 0 && recorded_at < last_recorded_at) return broken("time goes back", here());
    last_recorded_at = recorded_at;
    if (receipt.first_position() == 0) return boost::outcome_v2::success();
    const std::uint64_t count = receipt.last_position() - receipt.first_position() + 1;
    if (receipt.first_position() != here().value || count > block.record_count() - leaves.size()) {
      return broken("the receipt of " + std::string(command_id) + " names other events", here());
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      BOOST_OUTCOME_TRY(record, block.verified_record(leaves.size()));
      if (record->batch_index() != i || record->batch_size() != count ||
          record->command_id()->string_view() != command_id) {
        return broken("the event is not where its batch puts it", here());
      }
      if (record.recorded_at() != recorded_at) {
        return broken("the event has another time than its batch", here());
      }
      leaves.push_back(leaf_hash(record.bytes()));
    }
    return boost::outcome_v2::success();
  }
};

// The blocks that begin in a range of positions, up to where they could not be read.
struct Stretch {
  std::vector<CheckedBlock> blocks;
  Result<void> read = boost::outcome_v2::success();
};

Stretch check_stretch(const storage::Log::Snapshot& log, Position from,
                      std::optional<Position> before, std::uint64_t end) {
  Stretch stretch;
  storage::Log::Reader reader(log);
  reader.seek_at_or_after(from);
  while (reader.valid() && (!before || reader.extent().first_position < *before)) {
    auto& block = stretch.blocks.emplace_back(reader, end);
    reader.next();
    if (reader.valid()) block.next_position = reader.extent().first_position;
  }
  stretch.read = reader.status();
  return stretch;
}

// Has the log checked on every core, some stretches ahead of who takes them in order.
class Checker {
 public:
  Checker(const storage::Log& log, LogEnd end, std::uint64_t events)
      : log_(log),
        snapshot_(log),
        end_(end),
        events_(events),
        cores_(std::max(std::thread::hardware_concurrency(), 1U)),
        pool_(cores_) {
    files_ = start([this] { return log_.verify_files(); });
  }

  // The next stretch; none at the end.
  std::optional<Stretch> next() {
    for (; ahead_.size() < 2 * cores_ && from_ <= end_.position;
         from_ = Position{from_.value + events_}) {
      // The last one has no end, so that what comes without an event belongs to it.
      std::optional<Position> before(Position{from_.value + events_});
      if (*before > end_.position) before.reset();
      ahead_.push_back(start([this, from = from_, before] {
        return check_stretch(snapshot_, from, before, end_.next_command);
      }));
    }
    if (ahead_.empty()) return std::nullopt;
    auto stretch = ahead_.front().get();
    ahead_.pop_front();
    return stretch;
  }
  // Whether the files themselves are whole.
  Result<void> files() { return files_.get(); }

 private:
  template <class Work>
  auto start(Work work) -> std::future<decltype(work())> {
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto result = task.get_future();
    boost::asio::post(pool_, std::move(task));
    return result;
  }

  const storage::Log& log_;
  const storage::Log::Snapshot snapshot_;
  const LogEnd end_;
  const std::uint64_t events_;
  const std::size_t cores_;
  Position from_{0};
  std::future<Result<void>> files_;
  std::deque<std::future<Stretch>> ahead_;
  boost::asio::thread_pool pool_;
};

// Walks the log once and holds what the next block must continue.
class Walk {
 public:
  Walk(LogCheck& check, const std::optional<TreeHead>& expected)
      : check_(check), expected_(expected) {
    if (expected && expected->size == 0) found_ = tree_.root();
  }

  Result<void> visit(const CheckedBlock& block) {
    if (block.first_position != next_position_ || block.first_command != next_command_) {
      return broken("the log continues at position " + std::to_string(block.first_position.value) +
                        ", command " + std::to_string(block.first_command) +
                        " instead of command " + std::to_string(next_command_),
                    next_position_);
    }
    if (block.damage && block.commands == 0) return *block.damage;
    if (block.first_recorded_at < check_.last_recorded_at) {
      return broken("time goes back", next_position_);
    }
    for (const auto& leaf : block.leaves) grow(leaf);
    check_.records += block.leaves.size();
    check_.commands += block.commands;
    check_.last_recorded_at = block.last_recorded_at;
    next_position_ = Position{next_position_.value + block.leaves.size()};
    next_command_ += block.commands;
    if (block.damage) return *block.damage;
    return boost::outcome_v2::success();
  }

  [[nodiscard]] Position next_position() const { return next_position_; }
  [[nodiscard]] std::uint64_t next_command() const { return next_command_; }

  // Once there is nothing more to visit.
  [[nodiscard]] Result<void> finish() {
    check_.tree = tree_.head();
    if (!expected_ || found_ == expected_->root) return boost::outcome_v2::success();
    if (!found_) {
      return broken("the log ends here, but it had " + std::to_string(expected_->size) +
                        " events when the expected head was taken; restore it from a copy",
                    next_position_);
    }
    return Error{ErrorKind::corrupt,
                 "OTHER_HISTORY",
                 "the first " + std::to_string(expected_->size) +
                     " events are not those that the expected head was taken of: the log was "
                     "rewritten, or the head is another ledger's",
                 {}};
  }

 private:
  void grow(const Hash& leaf) {
    tree_.add(leaf);
    if (expected_ && tree_.size() == expected_->size) found_ = tree_.root();
  }

  LogCheck& check_;
  const std::optional<TreeHead>& expected_;
  TreeHasher tree_;
  std::optional<Hash> found_;  // the root at the expected size
  Position next_position_{1};
  std::uint64_t next_command_ = 1;
};

}  // namespace

LogCheck check_log(const storage::Log& log, LogEnd end, const std::optional<TreeHead>& expected,
                   const std::function<void(Position)>& progress, std::uint64_t stretch_size) {
  LogCheck check;
  Walk walk(check, expected);
  Checker checker(log, end, stretch_size);
  const auto stop = [&](Error error) {
    check.damage = std::move(error);
    return check;
  };
  const auto stop_here = [&](Error error) {
    if (!error.position) error.position = walk.next_position();
    return stop(std::move(error));
  };
  // What is committed meanwhile is not looked at.
  while (const auto stretch = checker.next()) {
    for (const auto& checked : stretch->blocks) {
      if (walk.next_command() >= end.next_command) break;
      if (!checked.readable) {
        // Of a damaged block nothing can be trusted; where the next one begins is known by its key.
        if (checked.next_position) check.damage_until = checked.next_position->previous();
        return stop_here(*checked.damage);
      }
      check.bytes += checked.size;
      if (auto visited = walk.visit(checked); !visited) return stop_here(visited.error());
    }
    if (!stretch->read) return stop_here(stretch->read.error());
    if (progress) progress(walk.next_position().previous());
  }
  if (auto files = checker.files(); !files) return stop_here(files.error());
  // RocksDB was seen to end a walk without an error before a file that it cannot read.
  if (walk.next_command() < end.next_command) {
    return stop_here(broken("the log ends here, but it reached position " +
                                std::to_string(end.position.value) + ", command " +
                                std::to_string(end.next_command - 1),
                            walk.next_position()));
  }
  if (auto whole = walk.finish(); !whole) return stop(whole.error());
  return check;
}

}  // namespace actbook

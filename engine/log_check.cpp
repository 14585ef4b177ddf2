#include "log_check.h"

namespace actbook {
namespace {

Error broken(std::string message, Position position) {
  return Error{ErrorKind::corrupt, "DAMAGED_LOG", std::move(message), position};
}

// Walks the log once and holds what the next block must continue.
class Walk {
 public:
  Walk(LogCheck& check, const std::optional<TreeHead>& expected)
      : check_(check), expected_(expected) {
    if (expected && expected->size == 0) found_ = tree_.root();
  }

  Result<void> visit(const Block& block) {
    if (block.first_position() != next_position_ || block.first_command() != next_command_) {
      return broken("the log continues at position " +
                        std::to_string(block.first_position().value) + ", command " +
                        std::to_string(block.first_command()) + " instead of command " +
                        std::to_string(next_command_),
                    next_position_);
    }
    std::size_t used = 0;
    for (std::size_t i = 0; i < block.command_count(); ++i) {
      auto command = block.command(i);
      if (!command) return broken("a receipt is not well-formed", next_position_);
      BOOST_OUTCOME_TRY(visit_batch(block, used, *command.value().receipt, block.command_id(i)));
      ++check_.commands;
      ++next_command_;
    }
    if (used != block.record_count()) {
      return broken("an event belongs to no command", next_position_);
    }
    return boost::outcome_v2::success();
  }

  [[nodiscard]] Position next_position() const { return next_position_; }

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
  // The records from `used` on that the receipt claims.
  Result<void> visit_batch(const Block& block, std::size_t& used, const log::Receipt& receipt,
                           std::string_view command_id) {
    if (receipt.command_id()->string_view() != command_id) {
      return broken("a receipt is filed under another command id", next_position_);
    }
    BOOST_OUTCOME_TRY(follow_time(Timestamp{receipt.recorded_at()}));
    if (receipt.first_position() == 0) return boost::outcome_v2::success();
    const std::uint64_t size = receipt.last_position() - receipt.first_position() + 1;
    if (receipt.first_position() != next_position_.value || size > block.record_count() - used) {
      return broken("the receipt of " + std::string(command_id) + " names other events",
                    next_position_);
    }
    for (std::uint64_t i = 0; i < size; ++i, ++used) {
      BOOST_OUTCOME_TRY(record, block.record(used));
      if (record->batch_index() != i || record->batch_size() != size ||
          record->command_id()->string_view() != command_id) {
        return broken("the event is not where its batch puts it", next_position_);
      }
      if (record.recorded_at() != check_.last_recorded_at) {
        return broken("the event has another time than its batch", next_position_);
      }
      ++check_.records;
      grow(record);
      next_position_ = next_position_.next();
    }
    return boost::outcome_v2::success();
  }

  Result<void> follow_time(Timestamp recorded_at) {
    if (recorded_at < check_.last_recorded_at) {
      return broken("time goes back", next_position_);
    }
    check_.last_recorded_at = recorded_at;
    return boost::outcome_v2::success();
  }

  void grow(const Record& record) {
    tree_.add(leaf_hash(record.bytes()));
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

LogCheck check_log(const storage::Log& log, const std::optional<TreeHead>& expected,
                   const std::function<void(Position)>& progress) {
  LogCheck check;
  Walk walk(check, expected);
  storage::Log::Reader reader(log);
  const auto stop = [&](Error error) {
    check.damage = std::move(error);
    return check;
  };
  const auto stop_here = [&](Error error) {
    if (!error.position) error.position = walk.next_position();
    return stop(std::move(error));
  };
  for (reader.seek_to_first(); reader.valid(); reader.next()) {
    auto block = reader.block();
    if (!block) {
      // Of a damaged block nothing can be trusted; where the next one begins is known by its key.
      reader.next();
      if (reader.valid()) check.damage_until = reader.first_position().previous();
      return stop_here(block.error());
    }
    check.bytes += reader.stored_size();
    if (auto visited = walk.visit(block.value()); !visited) return stop_here(visited.error());
    if (progress) progress(Position{walk.next_position().value - 1});
  }
  if (auto read = reader.status(); !read) return stop_here(read.error());
  if (auto files = log.verify_files(); !files) return stop_here(files.error());
  if (auto whole = walk.finish(); !whole) return stop(whole.error());
  return check;
}

}  // namespace actbook

#include "event_cursor.h"

#include <algorithm>

namespace actbook {

EventCursor::Source::Source(const storage::Log& log, PostingsPtr positions, const ReadRange& range,
                            Position head)
    : reader_(log),
      positions_(std::move(positions)),
      direction_(range.direction),
      left_(range.limit) {
  const Position first = std::max(range.from, Position{1});
  const Position last = std::min(range.to, head);
  if (first > last) return;
  const bool forwards = direction_ == Direction::forwards;
  next_ = forwards ? first : last;
  last_ = forwards ? last : first;
}

bool EventCursor::Source::next() {
  if (!next_ || left_ == 0 || failure_) return false;
  const auto found = positions_->seek(*next_);
  if (!found || (direction_ == Direction::forwards ? *found > last_ : *found < last_)) {
    next_.reset();
    return false;
  }
  auto fetched = fetch(*found);
  if (!fetched) {
    failure_ = fetched.error();
    return false;
  }
  record_ = std::move(fetched).value();
  --left_;
  if (*found == last_) {
    next_.reset();
  } else {
    next_ = Position{direction_ == Direction::forwards ? found->value + 1 : found->value - 1};
  }
  return true;
}

Result<void> EventCursor::Source::status() const {
  if (failure_) return *failure_;
  return positions_->status();
}

Result<Record> EventCursor::Source::fetch(Position position) {
  if (!block_ || !block_holds(position)) {
    BOOST_OUTCOME_TRY(load_block(position));
  }
  return block_->record(position.value - block_->first_position().value);
}

bool EventCursor::Source::block_holds(Position position) const {
  const Position first = block_->first_position();
  return position >= first && position.value < first.value + block_->record_count();
}

Result<void> EventCursor::Source::load_block(Position position) {
  // Walking on is cheaper than seeking, and right unless the postings skip a stretch. Blocks of
  // commands that recorded nothing hold no event.
  if (block_ && reader_.valid() && direction_ == Direction::forwards &&
      position.value == block_->first_position().value + block_->record_count()) {
    reader_.next();
    if (reader_.valid()) {
      BOOST_OUTCOME_TRY(following, reader_.block());
      block_ = std::move(following);
      if (block_holds(position)) return boost::outcome_v2::success();
    }
  }
  reader_.seek(position);
  BOOST_OUTCOME_TRY(reader_.status());
  if (reader_.valid()) {
    auto block = reader_.block();
    if (!block) {
      Error error = block.error();
      if (!error.position) error.position = position;
      return error;
    }
    block_ = std::move(block).value();
    if (block_holds(position)) return boost::outcome_v2::success();
  }
  return Error{ErrorKind::corrupt, "EVENT_MISSING", "the log has no event at this position",
               position};
}

EventCursor::EventCursor(std::unique_ptr<Source> source) : source_(std::move(source)) {}
EventCursor::EventCursor(EventCursor&&) noexcept = default;
EventCursor& EventCursor::operator=(EventCursor&&) noexcept = default;
EventCursor::~EventCursor() = default;

bool EventCursor::next() { return source_->next(); }
const Record& EventCursor::record() const { return source_->record(); }
Result<void> EventCursor::status() const { return source_->status(); }

EventCursor query_log(const storage::Log& log, const storage::Views& views, const Query& query,
                      const ReadRange& range, Position head) {
  if (query.items.empty()) {
    return EventCursor(std::make_unique<EventCursor::Source>(
        log, every_position(head, range.direction), range, head));
  }
  std::vector<PostingsPtr> items;
  for (const auto& item : query.items) {
    std::vector<PostingsPtr> required;
    for (const auto& tag : item.tags) {
      required.push_back(views.postings(tag, range.direction));
    }
    std::vector<PostingsPtr> types;
    for (const auto& type : item.types) {
      types.push_back(views.postings("type:" + type, range.direction));
    }
    if (!types.empty()) required.push_back(any_of(std::move(types), range.direction));
    if (required.empty()) required.push_back(every_position(head, range.direction));
    items.push_back(all_of(std::move(required)));
  }
  return EventCursor(std::make_unique<EventCursor::Source>(
      log, any_of(std::move(items), range.direction), range, head));
}

}  // namespace actbook

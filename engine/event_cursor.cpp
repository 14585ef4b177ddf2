#include "event_cursor.h"

#include <algorithm>

namespace actbook {
namespace {

// Narrows the range's positions to what its times leave.
Result<ReadRange> narrow(const Searched& searched, ReadRange range) {
  range.from = std::max(range.from, Position{1});
  range.to = std::min(range.to, searched.head);
  const ReadRange any;
  if (range.recorded_from != any.recorded_from) {
    BOOST_OUTCOME_TRY(boundary, searched.views.boundary(range.recorded_from));
    range.from = std::max(range.from, boundary.last.next());
  }
  if (range.recorded_before != any.recorded_before) {
    BOOST_OUTCOME_TRY(boundary, searched.views.boundary(range.recorded_before));
    range.to = std::min(range.to, boundary.next.previous());
  }
  return range;
}

Matches find(const Searched& searched, const Query& query, const ReadRange& range) {
  auto narrowed = narrow(searched, range);
  if (!narrowed) {
    Matches none(nullptr, {.from = Position{1}, .to = Position{0}});
    none.fail(narrowed.error());
    return none;
  }
  const auto list_of = [&](const std::string& tag) {
    return searched.views.postings(tag, narrowed.value());
  };
  return {matching(query, list_of, range.direction), narrowed.value(), searched.pin};
}

}  // namespace

Matches::Matches(PostingsPtr list, const ReadRange& range, std::shared_ptr<const void> pin)
    : pin_(std::move(pin)), list_(std::move(list)), range_(range) {
  if (range.from > range.to) return;
  next_ = range.direction == Direction::forwards ? range.from : range.to;
}

std::optional<Position> Matches::next() {
  if (!next_ || range_.limit == 0 || failure_) return std::nullopt;
  const bool forwards = range_.direction == Direction::forwards;
  const auto found = list_ ? list_->seek(*next_) : next_;
  next_.reset();
  if (!found || *found < range_.from || *found > range_.to) return std::nullopt;
  if (forwards && *found < range_.to) next_ = found->next();
  if (!forwards && *found > range_.from) next_ = found->previous();
  return found;
}

bool Matches::take(Timestamp recorded_at) {
  const bool early = recorded_at < range_.recorded_from;
  const bool late = recorded_at >= range_.recorded_before;
  if (range_.direction == Direction::forwards ? late : early) next_.reset();
  if (early || late) return false;
  --range_.limit;
  return true;
}

void Matches::fail(Error error) { failure_ = std::move(error); }

Result<void> Matches::status() const {
  if (failure_) return *failure_;
  if (list_) return list_->status();
  return boost::outcome_v2::success();
}

EventCursor::Source::Source(const storage::Log& log, Matches matches)
    : reader_(log), matches_(std::move(matches)) {}

bool EventCursor::Source::next() {
  while (const auto position = matches_.next()) {
    if (!block_ || !block_holds(*position)) {
      if (auto loaded = load_block(*position); !loaded) {
        matches_.fail(loaded.error());
        return false;
      }
    }
    const std::size_t index = position->value - block_->first_position().value;
    record_ = block_->sound_record(index);
    if (!record_) {
      matches_.fail(block_->damage_of(index));
      return false;
    }
    if (matches_.take(record_->recorded_at())) return true;
  }
  return false;
}

bool EventCursor::Source::block_holds(Position position) const {
  const Position first = block_->first_position();
  return position >= first && position.value < first.value + block_->record_count();
}

Result<void> EventCursor::Source::load_block(Position position) {
  // Walking on is cheaper than seeking, and right unless the postings skip a stretch. Blocks of
  // commands that recorded nothing hold no event.
  if (block_ && reader_.valid() && matches_.forwards() &&
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

bool EntryCursor::Source::next() {
  if (events_) {
    if (!events_->next()) return false;
    entry_ = entry_of(events_->record());
    return true;
  }
  while (matches_->next()) {
    entry_ = matches_->list()->entry();
    if (matches_->take(entry_.recorded_at)) return true;
  }
  return false;
}

Result<void> EntryCursor::Source::status() const {
  return events_ ? events_->status() : matches_->status();
}

EntryCursor::EntryCursor(std::unique_ptr<Source> source) : source_(std::move(source)) {}
EntryCursor::EntryCursor(EntryCursor&&) noexcept = default;
EntryCursor& EntryCursor::operator=(EntryCursor&&) noexcept = default;
EntryCursor::~EntryCursor() = default;

bool EntryCursor::next() { return source_->next(); }
const IndexEntry& EntryCursor::entry() const { return source_->entry(); }
Result<void> EntryCursor::status() const { return source_->status(); }

EventCursor query_events(const Searched& searched, const Query& query, const ReadRange& range) {
  return EventCursor(
      std::make_unique<EventCursor::Source>(searched.log, find(searched, query, range)));
}

EntryCursor list_entries(const Searched& searched, const Query& query, const ReadRange& range) {
  auto matches = find(searched, query, range);
  if (matches.list() != nullptr || !matches.status()) {
    return EntryCursor(std::make_unique<EntryCursor::Source>(std::move(matches)));
  }
  return EntryCursor(std::make_unique<EntryCursor::Source>(
      EventCursor(std::make_unique<EventCursor::Source>(searched.log, std::move(matches)))));
}

}  // namespace actbook

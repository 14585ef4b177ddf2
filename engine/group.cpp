#include "group.h"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace actbook {
namespace {

constexpr std::size_t kMostCommands = 1024;
constexpr std::size_t kMostBytes = std::size_t{4} << 20;
// Of one command. It is decided in memory, and a block with more could not be read again:
// FlatBuffers has offsets of 31 bits.
constexpr std::size_t kMostEvents = 500'000;
constexpr std::size_t kMostCommandBytes = std::size_t{1} << 30;

Error too_large(const CommandInfo& info) {
  return Error{ErrorKind::invalid,
               "BATCH_TOO_LARGE",
               info.command_type + " would record more than " + std::to_string(kMostEvents) +
                   " events or a gigabyte at once, and nothing was recorded; do it in parts",
               {}};
}

bool has_tag(const Record& record, std::string_view tag) {
  return std::ranges::any_of(*record->tags(),
                             [&](const auto* has) { return has->string_view() == tag; });
}

std::uint64_t hash(std::string_view tag) { return XXH3_64bits(tag.data(), tag.size()); }

bool matches(const QueryItem& item, const Record& record) {
  return (item.types.empty() || std::ranges::find(item.types, record.type()) != item.types.end()) &&
         std::ranges::all_of(item.tags, [&](const auto& tag) { return has_tag(record, tag); });
}

// The receipt of a decided command.
Flat<log::Receipt> make_receipt(const Batch& batch, const Decided& decided,
                                const std::vector<Record>& records) {
  log::ReceiptT receipt;
  receipt.command_id = batch.info().command_id;
  receipt.command_type = batch.info().command_type;
  receipt.outcome = decided.outcome;
  if (decided.outcome == log::Outcome::recorded && records.empty()) {
    receipt.outcome = log::Outcome::unchanged;
  }
  receipt.reason = decided.reason;
  receipt.result = decided.result;
  receipt.created = decided.created;
  if (!records.empty()) {
    receipt.first_position = records.front().position().value;
    receipt.last_position = records.back().position().value;
  }
  receipt.recorded_at = batch.recorded_at().microseconds;
  receipt.based_on = batch.based_on().value;
  return Flat<log::Receipt>::of(receipt);
}

}  // namespace

bool matches(const Query& query, const Record& record) {
  return query.items.empty() ||
         std::ranges::any_of(query.items, [&](const auto& item) { return matches(item, record); });
}

Group::Group(const RowReader& durable, const Group* in_flight, Begin begin,
             const Projector& projector)
    : projector_(projector),
      below_(in_flight != nullptr
                 ? std::optional<RowStack>(std::in_place, in_flight->rows_, durable)
                 : std::nullopt),
      rows_(below_ ? static_cast<const RowReader&>(*below_) : durable),
      first_(begin.position),
      next_(begin.position),
      first_command_(begin.command),
      next_command_(begin.command),
      recorded_at_(begin.not_before),
      clock_held_(begin.clock_held) {}

bool Group::has_room() const { return commands_.size() < kMostCommands && bytes_ < kMostBytes; }

bool Group::knows(const std::string& command_id) const { return command_ids_.contains(command_id); }

std::optional<Position> Group::find(const Query& query, Position after) const {
  const auto may_match = [&](const QueryItem& item) {
    return std::ranges::all_of(item.tags,
                               [&](const auto& tag) { return tags_.contains(hash(tag)); });
  };
  if (!query.items.empty() && std::ranges::none_of(query.items, may_match)) return std::nullopt;
  for (const auto& command : commands_) {
    for (const auto& record : command.records) {
      if (record.position() > after && matches(query, record)) return record.position();
    }
  }
  return std::nullopt;
}

Result<Flat<log::Receipt>> Group::decide(const Submission& submission, const Decide& decide,
                                         Timestamp now) {
  const bool behind = now < recorded_at_;
  if (behind && !clock_held_) {
    BOOST_OUTCOME_TRY(hold_clock(now));
  }
  auto receipt = add(submission, decide, std::max(now, recorded_at_));
  // Only what is recorded says that the clock has caught up.
  if (receipt && !behind) clock_held_ = false;
  return receipt;
}

Result<void> Group::hold_clock(Timestamp now) {
  Submission submission;
  submission.info.command_id = std::string(kClockCommandPrefix) + std::to_string(next_.value);
  submission.info.command_type = kClockHeld;
  submission.info.actor.kind = schema::ActorKind::system;
  submission.info.actor.id = "actbook";
  log::ClockHeldT held;
  held.clock_said = now.microseconds;
  held.held_at = recorded_at_.microseconds;
  BOOST_OUTCOME_TRY(
      add(submission, append_events({{std::string(kClockHeld), pack(held), {}}}), recorded_at_));
  clock_held_ = true;
  return boost::outcome_v2::success();
}

Result<Flat<log::Receipt>> Group::add(const Submission& submission, const Decide& decide,
                                      Timestamp recorded_at) {
  Batch batch(rows_, next_, recorded_at, submission.info, projector_);
  auto outcome = decide(batch);
  // A failed read explains whatever was decided on it.
  BOOST_OUTCOME_TRY(batch.rows().status());
  if (!outcome) return std::move(outcome).error();
  const Decided decided = std::move(outcome).value();
  auto finished = batch.finish();
  std::size_t bytes = submission.content.size();
  for (const auto& record : finished.records) bytes += record.bytes().size();
  if (finished.records.size() > kMostEvents || bytes > kMostCommandBytes) {
    return too_large(submission.info);
  }
  auto receipt = make_receipt(batch, decided, finished.records);

  for (auto& put : finished.rows) {
    rows_.put(put.table, put.key, put.version);
    puts_.push_back(std::move(put));
  }
  (void)rows_.take_puts();
  for (const auto& record : finished.records) {
    for (const auto* tag : *record->tags()) tags_.insert(hash(tag->string_view()));
  }
  bytes_ += bytes + receipt.bytes().size();
  places_.push_back({submission.info.command_id, {next_command_, next_}});
  command_ids_.insert(submission.info.command_id);
  next_ = Position{next_.value + finished.records.size()};
  ++next_command_;
  recorded_at_ = recorded_at;
  commands_.push_back({submission.info.command_id, receipt.bytes(), submission.content,
                       std::move(finished.records)});
  return receipt;
}

Block::Encoded Group::encode() const { return Block::encode(first_, first_command_, commands_); }

storage::Addition Group::addition() const {
  storage::Addition addition;
  addition.commands = places_;
  for (const auto& command : commands_) {
    addition.records.insert(addition.records.end(), command.records.begin(), command.records.end());
  }
  addition.rows = puts_;
  addition.reach = {last_position(), next_command_ - 1};
  return addition;
}

}  // namespace actbook

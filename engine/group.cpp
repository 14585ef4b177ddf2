#include "group.h"

#include <algorithm>

namespace actbook {
namespace {

constexpr std::size_t kMostCommands = 1024;
constexpr std::size_t kMostBytes = std::size_t{4} << 20;
// Of one command. A block with more could not be read again: FlatBuffers verifies up to a million
// tables, and has offsets of 31 bits.
constexpr std::size_t kMostEvents = 500'000;
constexpr std::size_t kMostCommandBytes = std::size_t{1} << 30;

Error too_large(const CommandInfo& info) {
  return Error{ErrorKind::invalid,
               "BATCH_TOO_LARGE",
               info.command_type + " would record more than " + std::to_string(kMostEvents) +
                   " events or a gigabyte at once, and nothing was recorded; do it in parts",
               {}};
}

bool has_tag(const Record& record, const std::string& tag) {
  return std::ranges::any_of(*record->tags(), [&](const auto* has) { return has->str() == tag; });
}

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

void add_to_index(const Record& record, storage::Views::Addition& addition) {
  for (const auto* tag : *record->tags()) {
    addition.postings.emplace_back(tag->str(), record.position());
  }
}

bool matches(const Query& query, const Record& record) {
  return query.items.empty() ||
         std::ranges::any_of(query.items, [&](const auto& item) { return matches(item, record); });
}

Group::Group(const RowReader& durable, const Group* in_flight, Position next,
             std::uint64_t next_command, Timestamp not_before, const Projector& projector)
    : projector_(projector),
      rows_(durable),
      first_(next),
      next_(next),
      first_command_(next_command),
      next_command_(next_command),
      recorded_at_(not_before) {
  if (in_flight == nullptr) return;
  for (const auto& put : in_flight->puts_) rows_.put(put.table, put.key, put.version);
  (void)rows_.take_puts();
}

bool Group::has_room() const { return commands_.size() < kMostCommands && bytes_ < kMostBytes; }

bool Group::knows(const std::string& command_id) const { return command_ids_.contains(command_id); }

std::optional<Position> Group::find(const Query& query, Position after) const {
  for (const auto& command : commands_) {
    for (const auto& record : command.records) {
      if (record.position() > after && matches(query, record)) return record.position();
    }
  }
  return std::nullopt;
}

Result<Flat<log::Receipt>> Group::decide(const Submission& submission, const Decide& decide,
                                         Timestamp now) {
  const Timestamp recorded_at = std::max(now, recorded_at_);
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

Bytes Group::encode() const { return Block::encode(first_, first_command_, commands_); }

storage::Views::Addition Group::addition() const {
  storage::Views::Addition addition;
  addition.commands = places_;
  for (const auto& command : commands_) {
    for (const auto& record : command.records) add_to_index(record, addition);
  }
  addition.rows = puts_;
  addition.reach = {last_position(), next_command_ - 1};
  return addition;
}

}  // namespace actbook

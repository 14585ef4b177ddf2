#include "actbook_rival.h"

#include <condition_variable>
#include <deque>
#include <mutex>

#include "actbook/schema/events_generated.h"
#include "system.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace actbook::bench {
namespace {

// Knows every event and makes no rows: what is measured is the engine.
class NoRows final : public Projector {
 public:
  [[nodiscard]] std::uint32_t version() const override { return 1; }
  [[nodiscard]] std::string_view event_namespace() const override {
    return EventData::event_namespace();
  }
  [[nodiscard]] const Schema& events() const override { return EventData::schema(); }
  [[nodiscard]] Result<void> project_event(const Record& /*event*/,
                                           RowOverlay& /*rows*/) const override {
    return boost::outcome_v2::success();
  }
};

const Projector& no_rows() {
  static const NoRows projector;
  return projector;
}

template <class T>
T expect(Result<T> result) {
  if (!result) throw Failure(result.error().code + ": " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

// What a retry is compared with: not the events once more, but a digest of them. Some table has to
// carry it, and this one is made of one text.
Bytes content_of(const bench::Submission& submission) {
  std::uint64_t digest = submission.events.size();
  for (const auto& event : submission.events) {
    digest = XXH3_64bits_withSeed(event.payload.data(), event.payload.size(), digest);
  }
  event::LedgerCreatedT carrier;
  carrier.ledger = std::to_string(digest);
  return pack(carrier);
}

}  // namespace

void SubmissionClock::advance_to(std::int64_t microseconds) {
  auto now = now_.load();
  while (now < microseconds && !now_.compare_exchange_weak(now, microseconds)) {
  }
}

class ActbookRival::Caller final : public Session {
 public:
  explicit Caller(ActbookRival& rival) : rival_(rival) {}

  void append(const bench::Submission& from) override {
    auto [submission, decide] = asked(from);
    learn(from, expect(rival_.store_->submit(submission, decide)));
  }

  /// What is submitted.
  struct Asked {
    actbook::Submission submission;
    Decide decide;
  };
  [[nodiscard]] Asked asked(const bench::Submission& from) const {
    rival_.clock_.advance_to(from.recorded_at);
    actbook::Submission submission;
    submission.info.command_id = from.command_id;
    submission.info.command_type = "Append";
    submission.info.actor.id = from.actor;
    submission.info.occurred_at = Timestamp{from.occurred_at};
    submission.content = content_of(from);
    submission.content_type = event::LedgerCreated::GetFullyQualifiedName();
    submission.content_schema = &EventData::schema();
    submission.condition = condition_of(from);

    std::vector<EventDraft> drafts(from.events.size());
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      drafts[i].type = from.events[i].type;
      drafts[i].payload = from.events[i].payload;
      // A batch is of many organisations, so it cannot stand in the envelope.
      if (drafts.size() > 1) {
        drafts[i].extra_tags = {"organisation:" + from.events[i].organisation};
      }
    }
    if (drafts.size() == 1) submission.info.acting_organisation = from.events[0].organisation;

    return {std::move(submission), append_events(std::move(drafts))};
  }
  void learn(const bench::Submission& from, const Flat<log::Receipt>& receipt) {
    last_ = receipt->last_position();
    for (std::size_t i = 0; i < from.events.size(); ++i) {
      rival_.known_[from.events[i].workspace_number] = receipt->first_position() + i;
    }
  }

 private:
  [[nodiscard]] AppendCondition condition_of(const bench::Submission& from) const {
    AppendCondition condition;
    if (rival_.condition_ == Condition::first_workspace || from.events.size() == 1) {
      const auto& first = from.events.front();
      condition.after = Position{rival_.known_[first.workspace_number]};
      condition.fail_if_events_match.items = {{{}, {"workspace:" + first.workspace}}};
      return condition;
    }
    // A lone caller knows everything up to its last receipt.
    condition.after = Position{last_};
    for (const auto& event : from.events) {
      condition.fail_if_events_match.items.push_back({{}, {"workspace:" + event.workspace}});
    }
    return condition;
  }

  ActbookRival& rival_;
  std::uint64_t last_ = 0;
};

class ActbookRival::Callers final : public ManySessions {
 public:
  Callers(ActbookRival& rival, std::size_t callers)
      : rival_(rival), answers_(callers), asked_(callers) {
    for (std::size_t i = 0; i < callers; ++i) callers_.emplace_back(rival);
  }

  void start(std::size_t caller, const bench::Submission& submission) override {
    asked_[caller] = &submission;
    auto [made, decide] = callers_[caller].asked(submission);
    rival_.store_->submit_async(std::move(made), std::move(decide),
                                [this, caller](EventStore::Receipt receipt) {
                                  const std::lock_guard lock(mutex_);
                                  answers_[caller] = std::move(receipt);
                                  answered_.push_back(caller);
                                  if (answered_.size() == 1) any_.notify_one();
                                });
  }
  const std::vector<std::size_t>& finished() override {
    finished_.clear();
    {
      std::unique_lock lock(mutex_);
      any_.wait(lock, [&] { return !answered_.empty(); });
      finished_.swap(answered_);
    }
    for (const auto caller : finished_) {
      callers_[caller].learn(*asked_[caller], expect(std::move(*answers_[caller])));
    }
    return finished_;
  }

 private:
  ActbookRival& rival_;
  std::deque<Caller> callers_;
  std::vector<std::optional<EventStore::Receipt>> answers_;
  std::vector<const bench::Submission*> asked_;
  std::mutex mutex_;
  std::condition_variable any_;
  std::vector<std::size_t> answered_;
  std::vector<std::size_t> finished_;
};

ActbookRival::ActbookRival(Condition condition) : condition_(condition), known_(kWorkspaces) {}
ActbookRival::~ActbookRival() = default;

void ActbookRival::create(const std::filesystem::path& directory) {
  directory_ = directory;
  known_.assign(kWorkspaces, 0);
  store_ = expect(EventStore::create(directory, {&clock_, &no_rows(), {}}));
}

void ActbookRival::open(const std::filesystem::path& directory) {
  directory_ = directory;
  EventStore::Options options{&clock_, &no_rows(), {}};
  options.cache_size = std::size_t{512} << 20;  // as SQLite has
  store_ = expect(EventStore::open(directory, options));
  known_.assign(kWorkspaces, head());  // as if the caller had read everything
}

std::unique_ptr<Session> ActbookRival::connect() { return std::make_unique<Caller>(*this); }
std::unique_ptr<ManySessions> ActbookRival::connect_many(std::size_t callers) {
  return std::make_unique<Callers>(*this, callers);
}
void ActbookRival::close() { store_.reset(); }
void ActbookRival::reopen() { open(directory_); }
std::uint64_t ActbookRival::disk_bytes() const { return disk_bytes_below(directory_); }
std::uint64_t ActbookRival::head() const { return store_->head().value; }

ScanSum ActbookRival::scan() const {
  ScanSum sum;
  auto cursor = store_->read();
  while (cursor.next()) {
    const auto& record = cursor.record();
    ++sum.events;
    sum.positions += record.position().value;
    sum.payload_bytes += record.payload().size();
  }
  expect(cursor.status());
  return sum;
}

void ActbookRival::each_record(
    const std::function<void(const log::Record&, ByteView)>& visit) const {
  auto cursor = store_->read();
  while (cursor.next()) visit(*cursor.record().operator->(), cursor.record().bytes());
  expect(cursor.status());
}

std::uint64_t ActbookRival::verify() const {
  const auto check = store_->verify_log();
  if (check.damage) throw Failure(check.damage->code + ": " + check.damage->message);
  return check.records;
}

std::vector<AuditRow> ActbookRival::list(const AuditQuestion& question) const {
  ReadRange range;
  range.recorded_from = Timestamp{question.from};
  range.recorded_before = Timestamp{question.to + 1};
  range.limit = question.limit;
  auto cursor =
      store_->list({{{{question.type}, {"organisation:" + question.organisation}}}}, range);
  std::vector<AuditRow> rows;
  while (cursor.next()) {
    const auto& entry = cursor.entry();
    rows.push_back({entry.position.value, entry.recorded_at.microseconds,
                    entry.occurred_at.microseconds, std::string(entry.type),
                    std::string(entry.actor)});
  }
  expect(cursor.status());
  return rows;
}

std::vector<std::string> ActbookRival::tags_of(std::uint64_t position) const {
  const auto record = expect(store_->event(Position{position}));
  std::vector<std::string> tags;
  for (const auto* tag : *record->tags()) tags.push_back(tag->str());
  return tags;
}

}  // namespace actbook::bench

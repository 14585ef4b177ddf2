#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "actbook/batch.h"
#include "actbook/merkle.h"
#include "actbook/query.h"
#include "actbook/time.h"

namespace actbook {

/// What a program made of a command, beside the events it appended to the batch.
struct Decided {
  log::Outcome outcome = log::Outcome::recorded;
  std::string reason;
  std::string result;
  std::vector<std::string> created;
};

/// Appends the command's events to the batch, or leaves it empty. Pure: no clock, no randomness, no
/// I/O but reading the batch's rows. Runs on whichever thread leads, one at a time.
using Decide = std::function<Result<Decided>(Batch& batch)>;

/// For callers that decide on what they have read: their events are appended only if no event
/// matches the query after the position they had read up to. This is the append condition of the
/// Dynamic Consistency Boundary specification (dcb.events).
struct AppendCondition {
  Query fail_if_events_match;
  /// Events up to here are known to the caller; 0 knows none.
  Position after;
};

/// What becomes of a submission when as many wait as may.
enum class WhenFull {
  wait,    ///< The call waits for its place.
  refuse,  ///< The call fails with unavailable, OVERLOADED; nothing was written.
};

/// A command on its way in.
struct Submission {
  CommandInfo info;
  /// The command as the caller gave it, a well-formed table named `content_type` in
  /// `content_schema`.
  Bytes content;
  std::string content_type;
  const Schema* content_schema = nullptr;
  /// Must hold, or nothing is decided.
  std::optional<AppendCondition> condition = {};
};

/// Decides for these events, whatever the state: for callers that bring their own.
[[nodiscard]] Decide append_events(std::vector<EventDraft> events);

/// A position and an instant, and the rows as they stood then. Rows are versioned, so any instant
/// costs the same as now, and what a view shows never changes. A view must not outlive its store.
/// One thread at a time; copies are cheap.
class View final : public RowReader {
 public:
  class Source;
  View(std::shared_ptr<const Source> source, Position position, Timestamp at);

  /// The last event this view knows.
  [[nodiscard]] Position position() const { return position_; }
  /// The instant it is asked at: expiries are judged by it.
  [[nodiscard]] Timestamp at() const { return at_; }
  /// On the second axis: at(), when it shows what was true then. None: what was recorded by then.
  [[nodiscard]] std::optional<Timestamp> true_at() const {
    return recorded_by_ ? std::optional(at_) : std::nullopt;
  }
  [[nodiscard]] Axis axis() const override {
    return recorded_by_ ? Axis::occurred : Axis::recorded;
  }
  /// Whether an event belongs to what this view shows.
  [[nodiscard]] bool knows(Position position, Timestamp occurred_at) const {
    return position <= position_ && (!recorded_by_ || occurred_at <= at_);
  }

  [[nodiscard]] std::optional<RowVersion> get(TableId table, std::string_view key) const override;
  void scan(TableId table, std::string_view prefix, const Visitor& visit) const override;
  [[nodiscard]] Result<void> status() const override;
  void fail(Error error) const override;

 private:
  friend class EventStore;

  std::shared_ptr<const Source> source_;
  Position position_;
  Timestamp at_;
  std::optional<Position> recorded_by_;  // of the second axis: the last event recorded by at_
  mutable std::optional<Error> failure_;
};

/// A stored command with what became of it.
struct StoredCommand {
  Flat<log::Receipt> receipt;
  Bytes content;
};

/// Walks over events in order. Use: while (cursor.next()) use(cursor.record()); then look at
/// status(). Must not outlive its store. One thread at a time.
class EventCursor {
 public:
  class Source;
  explicit EventCursor(std::unique_ptr<Source> source);
  EventCursor(EventCursor&&) noexcept;
  EventCursor& operator=(EventCursor&&) noexcept;
  ~EventCursor();

  /// Moves to the next event; false at the end or after an error.
  [[nodiscard]] bool next();
  [[nodiscard]] const Record& record() const;
  /// Errors: corrupt, with the position, if a stored record is damaged; unavailable, if the disk
  /// cannot be read.
  [[nodiscard]] Result<void> status() const;

 private:
  std::unique_ptr<Source> source_;
};

/// Walks over what the index tells of events, without reading them. Use as an EventCursor.
class EntryCursor {
 public:
  class Source;
  explicit EntryCursor(std::unique_ptr<Source> source);
  EntryCursor(EntryCursor&&) noexcept;
  EntryCursor& operator=(EntryCursor&&) noexcept;
  ~EntryCursor();

  /// Moves to the next entry; false at the end or after an error.
  [[nodiscard]] bool next();
  /// Its texts live until the cursor moves.
  [[nodiscard]] const IndexEntry& entry() const;
  [[nodiscard]] Result<void> status() const;

 private:
  std::unique_ptr<Source> source_;
};

class Subscription;

/// What verify_log found. The first damage ends the walk.
struct LogCheck {
  std::uint64_t records = 0;
  std::uint64_t commands = 0;
  std::uint64_t bytes = 0;
  Timestamp last_recorded_at;
  /// Of the Merkle tree over the records read.
  TreeHead tree;
  std::optional<Error> damage;
  /// Where the damage ends, if it is known: events between its position and this one cannot be
  /// trusted.
  std::optional<Position> damage_until;
};

/// Where the files are, if not on the machine's own file system: for tests that let it fail.
struct StorageEnvironment;

/// A ledger on disk: the log of events (the truth) and the views derived from it (indexes and
/// rows).
///
/// Directory: LOCK, log/ (RocksDB, synced), views/ (a RocksDB in a folder named by a number,
/// disposable: delete views/ and the next open rebuilds it). One process at a time writes, any may
/// read. Every function may be called from any thread.
class EventStore {
 public:
  struct Options {
    const Clock* clock = nullptr;
    const Projector* projector = nullptr;
    /// Called now and then while the views catch up on open; may be empty. False stops it: what was
    /// done so far is kept, the next open goes on from there, and this one gives unavailable with
    /// STOPPED. On a thread of the store's own, while older views are served.
    std::function<bool(Position done, Position head)> on_catch_up;
    /// How many threads fold events into rows while the views catch up: each the rows of its own,
    /// which is exact, as no row is folded from another. 0: as many as there are cores.
    unsigned catch_up_threads = 0;
    /// How many submissions may wait to be decided before more are held back.
    std::size_t max_waiting = 1024;
    /// How many bytes of derived data are held in memory before they are saved; twice that can be
    /// there at once, and as much must be derived again after a crash.
    std::size_t slice_size = std::size_t{16} << 20;
    /// How many bytes of the log are in memory before they go to a sorted file.
    std::size_t log_memory = std::size_t{16} << 20;
    /// How many bytes of the views' files are kept in memory, uncompressed. Queries over more than
    /// that read and decompress what they need, some microseconds for each place they look at.
    std::size_t cache_size = std::size_t{32} << 20;
    /// Null is the machine's own file system. Outlives the store.
    const StorageEnvironment* environment = nullptr;
  };

  /// Makes an empty store. `directory` must not exist, be empty, or be left over from a creation
  /// that did not finish. Errors: misuse, if a ledger stands there; unavailable.
  [[nodiscard]] static Result<std::unique_ptr<EventStore>> create(
      const std::filesystem::path& directory, Options options);

  /// Opens a store and lets its views catch up with its log; after a clean close there is nothing
  /// to catch up. Views that another version of the projector made are made anew beside the old
  /// ones. Where Projector::reads_since() allows it, the old ones are served meanwhile, as they
  /// are: head() is what they reach, and submissions wait, or get unavailable with REBUILDING (see
  /// WhenFull). Otherwise open() waits; readers of the older version that have the store open go
  /// on. Errors: misuse, if no ledger stands there; unavailable with LEDGER_IN_USE, naming the
  /// process that has it open; corrupt; unsupported.
  [[nodiscard]] static Result<std::unique_ptr<EventStore>> open(
      const std::filesystem::path& directory, Options options);
  /// Opens a store for reading only, as it stands: also while another process has it open, and
  /// without keeping one from opening it. Changes no file. What is recorded later is not seen; open
  /// it again for that. Every submission gets misuse with READ_ONLY, and a subscription that has
  /// caught up waits until it is stopped. Errors: those of open() but LEDGER_IN_USE; unavailable
  /// with VIEWS_UNUSABLE or VIEWS_BEHIND, if the views would have to be rebuilt, which open() does,
  /// or with LEDGER_BUSY, if the writer never left its files alone while they were opened. Cost: as
  /// open(); what the writer has not saved yet is derived from the log in memory, up to
  /// 8 x `slice_size`.
  [[nodiscard]] static Result<std::unique_ptr<EventStore>> open_read_only(
      const std::filesystem::path& directory, Options options);
  /// This log again, with views made afresh from it in `views`, a directory that does not exist, is
  /// empty, or holds what an earlier call that was stopped had made of the same log, which is gone
  /// on with. Reads this store's log as it stands, also while it is written; folds up to the batch
  /// that holds `until`, or to the head. The answer is for reading only and knows what it folded;
  /// nothing of this store is changed. The environment and the slice size are those of this store.
  /// Memory: that of a store, whatever the log's length. Errors: misuse with NOT_EMPTY, if `views`
  /// holds anything else, or with OTHER_LOG, if it was made of another log or by another projector;
  /// unavailable with STOPPED; those of open_read_only().
  [[nodiscard]] Result<std::unique_ptr<EventStore>> refold(
      const std::filesystem::path& views, Options options,
      std::optional<Position> until = {}) const;
  ~EventStore();
  EventStore(const EventStore&) = delete;
  EventStore& operator=(const EventStore&) = delete;

  using Receipt = Result<Flat<log::Receipt>>;

  /// Decides the command on the newest state and appends its events, all or none. The receipt is
  /// given once they are durable (synced) and every view and query sees them. Commands of many
  /// threads share a write and a sync; the next ones are decided while it runs.
  ///
  /// A command id that was used before gets its first receipt, byte for byte, and nothing is
  /// decided or written. Errors: conflict with IDEMPOTENCY_CONFLICT, naming the first field that
  /// differs, or with APPEND_CONDITION_FAILED and the position of an event that matches; those of
  /// `decide`; unknown_outcome, if the write or its sync failed, or what is derived could not be
  /// kept: the store then takes no further commands until reopened (unavailable, POISONED);
  /// unavailable with OVERLOADED, see WhenFull, or if a read failed (nothing was written).
  [[nodiscard]] Receipt submit(const Submission& submission, const Decide& decide,
                               WhenFull full = WhenFull::wait);
  /// The same without waiting for the disk: `done` gets what submit() would give. It runs on a
  /// thread that commits, also while others run, so it must be quick, and submit only by callback
  /// and with WhenFull::refuse; a refusal for lack of a place comes on the calling thread, before
  /// this returns. Waits itself only for a place in the queue, if `full` says so. Neither `done`
  /// nor `decide` may throw. Closing the store answers all of them first.
  void submit_async(Submission submission, Decide decide, std::function<void(Receipt)> done,
                    WhenFull full = WhenFull::wait);

  /// Makes the views anew from the log, beside those in use, and puts them in their place at once:
  /// no reader sees a mixture of both, and what has begun to read goes on in the old ones, which go
  /// with the last who reads in them. Meanwhile all else goes on; submissions wait for the last few
  /// thousand events to be folded. For views that are doubted. What was stopped or cut short is
  /// gone on with where it can be. Errors: misuse with READ_ONLY, or with REBUILDING, if that goes
  /// on already; unavailable with STOPPED, if `progress` said false; those of reading the log and
  /// of writing. After an error the old views stay in use. Cost: as the first open without views;
  /// twice their disk.
  [[nodiscard]] Result<void> rebuild(
      const std::function<bool(Position done, Position head)>& progress = {});

  /// The last position, and the time of the last command, which may have recorded nothing.
  [[nodiscard]] Position head() const;
  [[nodiscard]] Timestamp head_recorded_at() const;

  /// The newest state, at the clock's present instant (never before the last event's).
  [[nodiscard]] View now() const;
  /// The state after the batch that the event at `position` belongs to, at its instant: nobody ever
  /// saw half a batch. Errors: invalid, beyond the head.
  [[nodiscard]] Result<View> as_of(Position position) const;
  /// The rows after that very event, also within its batch: for walking event by event.
  [[nodiscard]] Result<View> after_event(Position position) const;
  /// The state at an instant: events recorded at or before it count.
  [[nodiscard]] Result<View> as_of(Timestamp at) const;
  /// The state after that batch, at an instant since: what runs out by itself has by then, and what
  /// was recorded later does not count, even if it was at the same instant. Errors: those of
  /// as_of(Position); invalid with TOO_EARLY, if the batch was recorded after the instant.
  [[nodiscard]] Result<View> as_of(Position position, Timestamp at) const;

  /// What was true at an instant, by what `known` knows: the events up to its position that had
  /// occurred by then, in the order in which they occurred; of those at the same instant, in the
  /// order of positions. Cost: as `known`; a row that an event recorded late has changed is folded
  /// anew from where that event belongs, with a read for each of its events from there on.
  [[nodiscard]] Result<View> true_at(const View& known, Timestamp at) const;

  /// Events in a range of positions. Cost: one seek, then sequential.
  [[nodiscard]] EventCursor read(const ReadRange& range = {}) const;
  /// Events that match a query. Cost: that of the rarest tag of each item, by seeking in sorted
  /// posting lists.
  [[nodiscard]] EventCursor query(const Query& query, const ReadRange& range = {}) const;
  /// What the index tells of the events that match a query; of every event, if it asks for no tag
  /// and no type. Cost: as query(), without reading the events it lists: some microseconds, and a
  /// fraction of one for each.
  [[nodiscard]] EntryCursor list(const Query& query, const ReadRange& range = {}) const;
  /// The events that match a query and lie after a position, those to come included.
  [[nodiscard]] Subscription subscribe(Query query, Position after = {}) const;
  /// The event at a position. Errors: invalid, if there is none.
  [[nodiscard]] Result<Record> event(Position position) const;
  /// What became of a command id, if it was ever submitted.
  [[nodiscard]] Result<std::optional<StoredCommand>> find_command(
      std::string_view command_id) const;

  /// The root of the Merkle tree over the first `size` events, of which the views keep the subtrees
  /// of 256 leaves and more. Errors: invalid, beyond the head. Cost: at most 255 events are read
  /// and hashed.
  [[nodiscard]] Result<TreeHead> tree_head(Position size) const;

  /// Reads every byte of the log from storage, on all cores, and checks each record: well-formed,
  /// unaltered (checksum), positions without a hole, times that never decrease, batches whole,
  /// commands with their receipts. With a head that somebody kept from an earlier time, also that
  /// the first events are still those: a tail cut off and a log rewritten with fresh checksums show
  /// only so.
  [[nodiscard]] LogCheck verify_log(const std::optional<TreeHead>& expected = {},
                                    const std::function<void(Position)>& progress = {}) const;
  /// The tags of the event at a position, by the index alone: what an event touches that cannot be
  /// read any more. Cost: reads the whole index.
  [[nodiscard]] Result<std::vector<std::string>> indexed_tags(Position position) const;

  /// Visits every stored version of every row up to `until`, in the order of tables, keys and
  /// positions.
  [[nodiscard]] Result<void> visit_row_versions(
      Position until,
      const std::function<void(TableId, std::string_view key, const RowVersion&)>& visit) const;
  /// The newest version of a row that is not after `position`. Cost: a seek.
  [[nodiscard]] Result<std::optional<RowVersion>> row_at(TableId table, std::string_view key,
                                                         Position position) const;
  /// Of the tag postings up to `until`: how many there are, and the sum of a hash of each (XXH3,
  /// modulo 2^64), which is the same for the same postings in any order. Cost: reads the whole
  /// index.
  struct PostingDigest {
    std::uint64_t count = 0;
    std::uint64_t sum = 0;
    friend bool operator==(const PostingDigest&, const PostingDigest&) = default;
  };
  [[nodiscard]] Result<PostingDigest> digest_postings(Position until) const;
  /// Visits every tag posting up to `until`, in no order that matters.
  [[nodiscard]] Result<void> visit_postings(
      Position until, const std::function<void(std::string_view tag, Position)>& visit) const;
  /// Whether the index lists a position under a tag.
  [[nodiscard]] Result<bool> has_posting(std::string_view tag, Position position) const;
  /// Reads the commands of the log in order and tells of each, up to `until` (at the head: all,
  /// also those that recorded nothing), whether its id leads to it. `at` is the position of its
  /// first event, or the next free one it saw. Returns how many ids the index holds of that range.
  [[nodiscard]] Result<std::uint64_t> visit_commands(
      Position until,
      const std::function<void(Position at, std::string_view command_id, bool found)>& visit) const;

 private:
  class Impl;
  explicit EventStore(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace actbook

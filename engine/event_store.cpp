#include "actbook/event_store.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "actbook/vault.h"
#include "directory_lock.h"
#include "event_cursor.h"
#include "log_check.h"
#include "sequencer.h"
#include "storage/log.h"
#include "storage/log_files.h"
#include "storage/views.h"
#include "subscription.h"
#include "view_source.h"

namespace actbook {
namespace {

namespace fs = std::filesystem;

Error misuse(std::string code, std::string message) {
  return Error{ErrorKind::misuse, std::move(code), std::move(message), {}};
}

const StorageEnvironment& environment_of(const EventStore::Options& options) {
  static const StorageEnvironment machine;
  return options.environment != nullptr ? *options.environment : machine;
}

Error not_a_ledger(const fs::path& directory) {
  return misuse("NOT_A_LEDGER", directory.string() + " is not a ledger; make one with init");
}

Error unfinished(const fs::path& directory) {
  return misuse("NOT_A_LEDGER",
                "the making of " + directory.string() + " did not finish; run init again");
}

Error read_only() {
  return misuse("READ_ONLY", "the ledger is open for reading only; open it for writing");
}

Error beyond_head(Position position, Position head) {
  return Error{ErrorKind::invalid, "BEYOND_HEAD",
               "position " + std::to_string(position.value) + " is beyond the last one, " +
                   std::to_string(head.value),
               position};
}

Error events_missing(Position position) {
  return Error{ErrorKind::corrupt, "EVENTS_MISSING",
               "what stood in the log from position " + std::to_string(position.value) +
                   " on is not there or cannot be read; restore the ledger from a copy",
               position};
}

// Empty, or left over from a creation that did not finish.
bool may_become_ledger(const fs::path& directory, std::error_code& error) {
  const std::set<fs::path> ours = {
      "LOCK", "log", "views", kVaultDirectory, kMasterKeyFile, kUnfinishedVault, "master.key.new"};
  const fs::directory_iterator entries(directory, error);
  return !error && std::ranges::all_of(entries, [&](const fs::directory_entry& entry) {
    return ours.contains(entry.path().filename());
  });
}

// Where the commands of a block stand, in their order.
Result<storage::CommandPlaces> places_of(const Block& block) {
  storage::CommandPlaces places;
  Position next = block.first_position();
  BOOST_OUTCOME_TRY(commands, block.commands());
  for (std::size_t i = 0; i < commands.size(); ++i) {
    BOOST_OUTCOME_TRY(command, commands.command(i));
    places.push_back({std::string(commands.id(i)), {block.first_command() + i, next}});
    if (command.receipt->last_position() != 0) {
      next = Position{command.receipt->last_position() + 1};
    }
  }
  return places;
}

}  // namespace

class EventStore::Impl {
 public:
  Impl(std::optional<DirectoryLock> directory_lock, Options store_options)
      : lock(std::move(directory_lock)), options(std::move(store_options)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    if (sequencer) sequencer->close();  // callbacks may still ask the store
    if (!lock || !views || (sequencer && sequencer->poisoned())) return;
    if (auto saved = views->save(); !saved) {
      spdlog::warn("closing without saving the views; the next open catches up: {}",
                   saved.error().message);
    }
  }

  Result<void> open_for_writing(const fs::path& directory);
  Result<void> open_for_reading(const fs::path& directory);
  Result<void> open_views(const fs::path& directory);
  Result<void> read_views(const fs::path& directory);
  Result<void> start();
  [[nodiscard]] Result<void> check_reach() const;
  Result<void> find_head();
  Result<void> catch_up();
  Result<void> find_held_clock();
  Result<void> fold_rest(const Block& block);

  // Why nothing can be submitted so.
  [[nodiscard]] std::optional<Error> refusal(const Submission& submission) const {
    if (!lock) return read_only();
    if (!submission.info.command_id.starts_with(kClockCommandPrefix)) return std::nullopt;
    return Error{ErrorKind::invalid,
                 "RESERVED_ID",
                 "command_id: ids that begin with " + std::string(kClockCommandPrefix) +
                     " are the ledger's own; choose another",
                 {}};
  }

  // Small blocks are small beside the memory that holds them.
  [[nodiscard]] storage::Log::Sizes log_sizes() const {
    storage::Log::Sizes sizes;
    sizes.flush = options.log_memory;
    sizes.joined_block = std::min(sizes.joined_block, sizes.flush / 4);
    sizes.small_block = std::min(sizes.small_block, sizes.joined_block / 2);
    return sizes;
  }
  [[nodiscard]] storage::Views::Memory memory() const {
    return {options.slice_size, options.cache_size};
  }
  const StorageEnvironment& environment() const { return environment_of(options); }
  Sequencer::Head head() const { return sequencer->head(); }

  std::optional<DirectoryLock> lock;  // none: for reading only
  Options options;
  std::unique_ptr<storage::Log> log;
  std::unique_ptr<storage::Views> views;
  std::optional<View::Source> view_source;

  // As found on open; from then on the sequencer knows.
  Sequencer::Head opened_at;
  std::optional<Sequencer> sequencer;
};

Result<void> EventStore::Impl::open_for_writing(const fs::path& directory) {
  BOOST_OUTCOME_TRY(opened, storage::Log::open(directory / "log", environment(),
                                               storage::Access::write, log_sizes()));
  log = std::move(opened);
  BOOST_OUTCOME_TRY(find_head());
  BOOST_OUTCOME_TRY(open_views(directory / "views"));
  return start();
}

// A writer may replace files while they are opened, and write to them while they are read; once
// they are open, they can be read to the end. The views come first, as the log is never behind
// them.
Result<void> EventStore::Impl::open_for_reading(const fs::path& directory) {
  constexpr int kMostTries = 50;
  constexpr int kSure = 3;  // that is how often a failure must show without a file having gone
  constexpr std::chrono::milliseconds kPause{5};
  auto& env = *environment().env;
  // Whether all files of a database that are there now are still there after `open` has run.
  const auto undisturbed = [&](const fs::path& database, const auto& open) {
    const auto before = storage::database_files(env, database);
    open();
    return std::ranges::all_of(before, [&](const std::string& name) {
      return env.FileExists((database / name).string()).ok();
    });
  };
  Result<void> read = boost::outcome_v2::success();
  for (int tries = 0, failures = 0; tries < kMostTries && failures < kSure; ++tries) {
    const bool whole =
        undisturbed(directory / "views", [&] { read = read_views(directory / "views"); });
    if (read) break;
    if (whole) ++failures;
    std::this_thread::sleep_for(kPause);
  }
  BOOST_OUTCOME_TRY(std::move(read));
  for (int tries = 0, failures = 0; tries < kMostTries; ++tries) {
    if (tries > 0) std::this_thread::sleep_for(kPause);
    auto opened = Result<std::unique_ptr<storage::Log>>(nullptr);
    const bool whole = undisturbed(directory / "log", [&] {
      opened =
          storage::Log::open(directory / "log", environment(), storage::Access::read, log_sizes());
    });
    // A write-ahead log that went meanwhile is not missed by RocksDB.
    if (!whole) continue;
    if (!opened && ++failures < kSure) continue;
    BOOST_OUTCOME_TRY(std::move(opened));
    log = std::move(opened).value();
    BOOST_OUTCOME_TRY(find_head());
    BOOST_OUTCOME_TRY(check_reach());
    return start();
  }
  return Error{ErrorKind::unavailable,
               "LEDGER_BUSY",
               "the files of " + directory.string() +
                   " changed each time they were opened for reading; try again",
               {}};
}

Result<void> EventStore::Impl::read_views(const fs::path& directory) {
  auto opened = storage::Views::open(directory, environment(), memory(), storage::Access::read);
  std::string why;
  if (opened) {
    views = std::move(opened).value();
    BOOST_OUTCOME_TRY(version, views->projector_version());
    if (version == options.projector->version()) return boost::outcome_v2::success();
    why = "they were made by another version of actbook";
  } else {
    const bool there = environment().env->FileExists((directory / "CURRENT").string()).ok();
    if (there && opened.error().kind != ErrorKind::corrupt) return opened.error();
    why = there ? opened.error().message : "they are not there";
  }
  return Error{ErrorKind::unavailable,
               "VIEWS_UNUSABLE",
               "the views in " + directory.string() + " cannot be used as they are (" + why +
                   "); open the ledger for writing once, which makes them again",
               {}};
}

Result<void> EventStore::Impl::start() {
  view_source.emplace(*views);
  BOOST_OUTCOME_TRY(catch_up());
  BOOST_OUTCOME_TRY(find_held_clock());
  sequencer.emplace(
      Sequencer::Parts{*log, *views, *view_source, *options.clock, *options.projector}, opened_at,
      options.max_waiting);
  return boost::outcome_v2::success();
}

Result<void> EventStore::Impl::open_views(const fs::path& directory) {
  const auto open = [&] {
    return storage::Views::open(directory, environment(), memory(), storage::Access::write);
  };
  auto opened = open();
  if (!opened && opened.error().kind == ErrorKind::corrupt) {
    spdlog::warn("rebuilding the views from the log: {}", opened.error().message);
    BOOST_OUTCOME_TRY(storage::Views::destroy(directory));
    opened = open();
  }
  if (!opened) return opened.error();
  views = std::move(opened).value();
  BOOST_OUTCOME_TRY(check_reach());
  BOOST_OUTCOME_TRY(version, views->projector_version());
  if (version == options.projector->version()) return boost::outcome_v2::success();
  if (version) {
    spdlog::warn("rebuilding the views: they were made by another version of actbook");
    views.reset();
    BOOST_OUTCOME_TRY(storage::Views::destroy(directory));
    BOOST_OUTCOME_TRY(fresh, open());
    views = std::move(fresh);
  }
  return views->set_projector_version(options.projector->version());
}

Result<void> EventStore::Impl::check_reach() const {
  const auto reach = views->reach();
  // The log is synced before the views hear of it, so no crash leaves them ahead of it.
  if (reach.position > opened_at.position || reach.command >= opened_at.next_command) {
    return Error{ErrorKind::corrupt, "LOG_CUT_OFF",
                 "the log ends at position " + std::to_string(opened_at.position.value) +
                     ", command " + std::to_string(opened_at.next_command - 1) +
                     ", but it reached position " + std::to_string(reach.position.value) +
                     ", command " + std::to_string(reach.command) +
                     ": what came after is lost; restore the log from a copy. To go on from an "
                     "older log on purpose, remove the folder views",
                 opened_at.position.next()};
  }
  return boost::outcome_v2::success();
}

Result<void> EventStore::Impl::find_head() {
  BOOST_OUTCOME_TRY(last, log->last());
  if (!last) return boost::outcome_v2::success();
  BOOST_OUTCOME_TRY(commands, last->commands());
  BOOST_OUTCOME_TRY(command, commands.command(commands.size() - 1));
  opened_at = {Position{last->first_position().value + last->record_count() - 1},
               Timestamp{command.receipt->recorded_at()},
               last->first_command() + last->command_count(), false};
  return boost::outcome_v2::success();
}

Result<void> EventStore::Impl::catch_up() {
  const auto reach = views->reach();
  if (reach.command + 1 == opened_at.next_command) return boost::outcome_v2::success();
  spdlog::info("the views catch up from position {} to {}", reach.position.value,
               opened_at.position.value);
  storage::Log::Reader reader(*log);
  if (reach.command == 0) {
    reader.seek_to_first();
  } else {
    reader.seek(reach.position.next(), reach.command);
  }
  for (; reader.valid(); reader.next()) {
    BOOST_OUTCOME_TRY(block, reader.block());
    BOOST_OUTCOME_TRY(fold_rest(block));
    if (options.on_catch_up) options.on_catch_up(views->reach().position, opened_at.position);
  }
  BOOST_OUTCOME_TRY(reader.status());
  // RocksDB was seen to end a walk without an error before a file that it cannot read.
  const auto done = views->reach();
  if (done.command + 1 != opened_at.next_command) return events_missing(done.position.next());
  return boost::outcome_v2::success();
}

// Nothing but a clock that was behind keeps the time of the event that says so.
Result<void> EventStore::Impl::find_held_clock() {
  auto held = list_entries({*log, *views, opened_at.position}, {{{{std::string(kClockHeld)}, {}}}},
                           {.direction = Direction::backwards, .limit = 1});
  if (held.next()) opened_at.clock_held = held.entry().recorded_at == opened_at.recorded_at;
  return held.status();
}

// Folds what the views do not know yet of the block that holds what they reach, or of the one after
// it. They may reach into a block: it was joined of several since.
Result<void> EventStore::Impl::fold_rest(const Block& block) {
  const auto done = views->reach();
  BOOST_OUTCOME_TRY(places, places_of(block));
  const std::uint64_t known = done.command + 1 - block.first_command();
  if (known == places.size()) return boost::outcome_v2::success();
  if (known > places.size() || places[known].second.next_position != done.position.next()) {
    return events_missing(done.position.next());
  }
  storage::Addition addition;
  const View state(*view_source, done.position, Timestamp{});
  RowOverlay rows(state);
  for (std::size_t i = done.position.next().value - block.first_position().value;
       i < block.record_count(); ++i) {
    BOOST_OUTCOME_TRY(record, block.record(i));
    BOOST_OUTCOME_TRY(options.projector->project(record, rows));
    addition.records.push_back(record);
  }
  BOOST_OUTCOME_TRY(rows.status());
  places.erase(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(known));
  addition.commands = std::move(places);
  addition.rows = rows.take_puts();
  addition.reach = {Position{block.first_position().value + block.record_count() - 1},
                    block.first_command() + block.command_count() - 1};
  return views->add(addition);
}

Decide append_events(std::vector<EventDraft> events) {
  return [events = std::move(events)](Batch& batch) -> Result<Decided> {
    for (const auto& event : events) {
      BOOST_OUTCOME_TRY(batch.append(event));
    }
    return Decided{};
  };
}

EventStore::EventStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EventStore::~EventStore() = default;

Result<std::unique_ptr<EventStore>> EventStore::create(const fs::path& directory, Options options) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    return Error{ErrorKind::unavailable,
                 "CANNOT_CREATE",
                 directory.string() + " cannot be made: " + error.message(),
                 {}};
  }
  if (!may_become_ledger(directory, error) || error) {
    return misuse("NOT_EMPTY", directory.string() + " is not empty; give a new directory");
  }
  BOOST_OUTCOME_TRY(lock, DirectoryLock::acquire(directory));
  auto impl = std::make_unique<Impl>(std::move(lock), std::move(options));
  BOOST_OUTCOME_TRY(impl->open_for_writing(directory));
  // RocksDB syncs what it makes in its own directories, but not that they are there.
  const fs::path parent = fs::weakly_canonical(directory, error).parent_path();
  BOOST_OUTCOME_TRY(storage::sync_directory(impl->environment(), directory));
  BOOST_OUTCOME_TRY(storage::sync_directory(impl->environment(), parent));
  if (impl->opened_at.next_command != 1) {
    return misuse("LEDGER_EXISTS", directory.string() + " is a ledger already; open it instead");
  }
  return std::unique_ptr<EventStore>(new EventStore(std::move(impl)));
}

Result<std::unique_ptr<EventStore>> EventStore::open(const fs::path& directory, Options options) {
  if (!storage::Log::exists(directory / "log", environment_of(options))) {
    return not_a_ledger(directory);
  }
  BOOST_OUTCOME_TRY(lock, DirectoryLock::acquire(directory));
  auto impl = std::make_unique<Impl>(std::move(lock), std::move(options));
  BOOST_OUTCOME_TRY(impl->open_for_writing(directory));
  if (impl->opened_at.next_command == 1) return unfinished(directory);
  return std::unique_ptr<EventStore>(new EventStore(std::move(impl)));
}

Result<std::unique_ptr<EventStore>> EventStore::open_read_only(const fs::path& directory,
                                                               Options options) {
  if (!storage::Log::exists(directory / "log", environment_of(options))) {
    return not_a_ledger(directory);
  }
  auto impl = std::make_unique<Impl>(std::nullopt, std::move(options));
  BOOST_OUTCOME_TRY(impl->open_for_reading(directory));
  if (impl->opened_at.next_command == 1) return unfinished(directory);
  return std::unique_ptr<EventStore>(new EventStore(std::move(impl)));
}

EventStore::Receipt EventStore::submit(const Submission& submission, const Decide& decide,
                                       WhenFull full) {
  if (auto error = impl_->refusal(submission)) return std::move(*error);
  return impl_->sequencer->submit(submission, decide, full);
}

void EventStore::submit_async(Submission submission, Decide decide,
                              std::function<void(Receipt)> done, WhenFull full) {
  if (auto error = impl_->refusal(submission)) return done(std::move(*error));
  impl_->sequencer->submit_async(std::move(submission), std::move(decide), full, std::move(done));
}

Position EventStore::head() const { return impl_->head().position; }
Timestamp EventStore::head_recorded_at() const { return impl_->head().recorded_at; }

View EventStore::now() const {
  const auto head = impl_->head();
  return {*impl_->view_source, head.position,
          std::max(impl_->options.clock->now(), head.recorded_at)};
}

Result<View> EventStore::as_of(Position position) const {
  if (position.value == 0) return View(*impl_->view_source, position, Timestamp{});
  BOOST_OUTCOME_TRY(exact, after_event(position));
  BOOST_OUTCOME_TRY(record, event(position));
  const std::uint64_t rest = record->batch_size() - 1 - record->batch_index();
  return View(*impl_->view_source, Position{position.value + rest}, exact.at());
}

Result<View> EventStore::after_event(Position position) const {
  if (position > head()) {
    return beyond_head(position, head());
  }
  if (position.value == 0) return View(*impl_->view_source, position, Timestamp{});
  BOOST_OUTCOME_TRY(record, event(position));
  return View(*impl_->view_source, position, record.recorded_at());
}

Result<View> EventStore::as_of(Timestamp at) const {
  // Those up to `known` count, those from `beyond` on do not; times never decrease along the log,
  // so halving settles the rest.
  const Position head = this->head();
  BOOST_OUTCOME_TRY(boundary, impl_->views->boundary(Timestamp{at.microseconds + 1}));
  std::uint64_t known = std::min(boundary.last, head).value;
  std::uint64_t beyond = std::min(boundary.next, head.next()).value;
  while (beyond - known > 1) {
    const std::uint64_t middle = known + (beyond - known) / 2;
    BOOST_OUTCOME_TRY(record, event(Position{middle}));
    (record.recorded_at() <= at ? known : beyond) = middle;
  }
  return View(*impl_->view_source, Position{known}, at);
}

EventCursor EventStore::read(const ReadRange& range) const { return query({}, range); }

EventCursor EventStore::query(const Query& query, const ReadRange& range) const {
  return query_events({*impl_->log, *impl_->views, head()}, query, range);
}

EntryCursor EventStore::list(const Query& query, const ReadRange& range) const {
  return list_entries({*impl_->log, *impl_->views, head()}, query, range);
}

Subscription EventStore::subscribe(Query query, Position after) const {
  return Subscription(
      std::make_unique<Subscription::Source>(*this, *impl_->sequencer, std::move(query), after));
}

Result<Record> EventStore::event(Position position) const {
  auto cursor = read({.from = position, .to = position});
  if (cursor.next()) return cursor.record();
  BOOST_OUTCOME_TRY(cursor.status());
  return Error{ErrorKind::invalid, "NO_SUCH_POSITION",
               "there is no event at position " + std::to_string(position.value), position};
}

Result<std::optional<StoredCommand>> EventStore::find_command(std::string_view command_id) const {
  const auto head = impl_->head();
  BOOST_OUTCOME_TRY(place, impl_->views->find_command(command_id));
  if (!place || place->command >= head.next_command) return std::optional<StoredCommand>();
  BOOST_OUTCOME_TRY(command, impl_->sequencer->load_command(*place));
  return std::optional<StoredCommand>(std::move(command));
}

Result<TreeHead> EventStore::tree_head(Position size) const {
  if (size > head()) return beyond_head(size, head());
  TreeHasher tree;
  for (const unsigned level : {32U, 24U, 16U, 8U}) {
    const std::uint64_t width = std::uint64_t{1} << level;
    while (tree.size() + width <= size.value) {
      BOOST_OUTCOME_TRY(
          hash, impl_->views->hash({static_cast<std::uint8_t>(level), tree.size() / width}));
      if (!hash) {
        return Error{ErrorKind::corrupt, "DAMAGED_VIEWS",
                     "a hash of the Merkle tree is missing; remove the views", size};
      }
      tree.add(*hash, level);
    }
  }
  auto rest = read({.from = Position{tree.size() + 1}, .to = size});
  while (rest.next()) tree.add(leaf_hash(rest.record().bytes()));
  BOOST_OUTCOME_TRY(rest.status());
  return tree.head();
}

LogCheck EventStore::verify_log(const std::optional<TreeHead>& expected,
                                const std::function<void(Position)>& progress) const {
  const auto head = impl_->head();
  return check_log(*impl_->log, {head.position, head.next_command}, expected, progress);
}

Result<std::vector<std::string>> EventStore::indexed_tags(Position position) const {
  return impl_->views->tags_at(position);
}

Result<void> EventStore::visit_row_versions(
    Position until,
    const std::function<void(TableId, std::string_view key, const RowVersion&)>& visit) const {
  return impl_->views->visit_versions(until, visit);
}

Result<std::uint64_t> EventStore::count_postings(Position until) const {
  return impl_->views->count_postings(until);
}

Result<std::uint64_t> EventStore::visit_commands(
    Position until,
    const std::function<void(Position at, std::string_view command_id, bool found)>& visit) const {
  // What is committed meanwhile is not looked at.
  const auto head = impl_->head();
  const Position last = until >= head.position ? Position{~std::uint64_t{0}} : until;
  storage::Log::Reader reader(*impl_->log);
  for (reader.seek_to_first(); reader.valid(); reader.next()) {
    BOOST_OUTCOME_TRY(block, reader.block());
    if (block.first_command() >= head.next_command) break;
    BOOST_OUTCOME_TRY(places, places_of(block));
    for (const auto& [command_id, place] : places) {
      if (place.next_position > last || place.command >= head.next_command) break;
      BOOST_OUTCOME_TRY(found, impl_->views->find_command(command_id));
      visit(place.next_position, command_id, found == place);
    }
  }
  BOOST_OUTCOME_TRY(reader.status());
  return impl_->views->count_commands(last, head.next_command);
}

Result<bool> EventStore::has_posting(std::string_view tag, Position position) const {
  return impl_->views->has_posting(tag, position);
}

}  // namespace actbook

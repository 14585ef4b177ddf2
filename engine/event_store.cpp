#include "actbook/event_store.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <set>

#include "actbook/vault.h"
#include "event_cursor.h"
#include "log_check.h"
#include "storage/log_files.h"
#include "store_impl.h"
#include "subscription.h"

namespace actbook {
namespace {

namespace fs = std::filesystem;

Error misuse(std::string code, std::string message) {
  return Error{ErrorKind::misuse, std::move(code), std::move(message), {}};
}

Error not_a_ledger(const fs::path& directory) {
  return misuse("NOT_A_LEDGER", directory.string() + " is not a ledger; make one with init");
}

Error unfinished(const fs::path& directory) {
  return misuse("NOT_A_LEDGER",
                "the making of " + directory.string() + " did not finish; run init again");
}

Error beyond_head(Position position, Position head) {
  return Error{ErrorKind::invalid, "BEYOND_HEAD",
               "position " + std::to_string(position.value) + " is beyond the last one, " +
                   std::to_string(head.value),
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

}  // namespace

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
  auto impl = std::make_unique<Impl>(std::move(lock), directory, std::move(options));
  BOOST_OUTCOME_TRY(impl->open_for_writing());
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
  if (!storage::Log::exists(directory / "log", Impl::environment_of(options))) {
    return not_a_ledger(directory);
  }
  BOOST_OUTCOME_TRY(lock, DirectoryLock::acquire(directory));
  auto impl = std::make_unique<Impl>(std::move(lock), directory, std::move(options));
  BOOST_OUTCOME_TRY(impl->open_for_writing());
  if (impl->opened_at.next_command == 1) return unfinished(directory);
  return std::unique_ptr<EventStore>(new EventStore(std::move(impl)));
}

Result<std::unique_ptr<EventStore>> EventStore::open_read_only(const fs::path& directory,
                                                               Options options) {
  if (!storage::Log::exists(directory / "log", Impl::environment_of(options))) {
    return not_a_ledger(directory);
  }
  auto impl = std::make_unique<Impl>(std::nullopt, directory, std::move(options));
  BOOST_OUTCOME_TRY(impl->open_for_reading());
  if (impl->opened_at.next_command == 1) return unfinished(directory);
  return std::unique_ptr<EventStore>(new EventStore(std::move(impl)));
}

Result<std::unique_ptr<EventStore>> EventStore::refold(const fs::path& views_directory,
                                                       Options options,
                                                       std::optional<Position> until) const {
  options.environment = impl_->options.environment;
  options.slice_size = impl_->options.slice_size;
  auto impl = std::make_unique<Impl>(std::nullopt, impl_->directory, std::move(options));
  BOOST_OUTCOME_TRY(impl->open_refolded(views_directory, until));
  std::unique_ptr<EventStore> fresh(new EventStore(std::move(impl)));
  BOOST_OUTCOME_TRY(tree, fresh->tree_head(fresh->head()));
  BOOST_OUTCOME_TRY(known, tree_head(std::min(fresh->head(), head())));
  if (known.size == tree.size && !(known == tree)) return Impl::other_log(views_directory);
  return fresh;
}

EventStore::Receipt EventStore::submit(const Submission& submission, const Decide& decide,
                                       WhenFull full) {
  if (auto error = impl_->refusal(submission, full)) return std::move(*error);
  return impl_->sequencer->submit(submission, decide, full);
}

void EventStore::submit_async(Submission submission, Decide decide,
                              std::function<void(Receipt)> done, WhenFull full) {
  if (auto error = impl_->refusal(submission, full)) return done(std::move(*error));
  impl_->sequencer->submit_async(std::move(submission), std::move(decide), full, std::move(done));
}

Position EventStore::head() const { return impl_->head().position; }
Timestamp EventStore::head_recorded_at() const { return impl_->head().recorded_at; }

View EventStore::now() const {
  auto [head, source] = impl_->sequencer->served();
  return {std::move(source), head.position,
          std::max(impl_->options.clock->now(), head.recorded_at)};
}

Result<View> EventStore::as_of(Position position) const {
  if (position.value == 0) return View(impl_->source(), position, Timestamp{});
  BOOST_OUTCOME_TRY(exact, after_event(position));
  BOOST_OUTCOME_TRY(record, event(position));
  const std::uint64_t rest = record->batch_size() - 1 - record->batch_index();
  return View(impl_->source(), Position{position.value + rest}, exact.at());
}

Result<View> EventStore::after_event(Position position) const {
  if (position > head()) {
    return beyond_head(position, head());
  }
  if (position.value == 0) return View(impl_->source(), position, Timestamp{});
  BOOST_OUTCOME_TRY(record, event(position));
  return View(impl_->source(), position, record.recorded_at());
}

Result<View> EventStore::as_of(Timestamp at) const {
  // Those up to `known` count, those from `beyond` on do not; times never decrease along the log,
  // so halving settles the rest.
  const Position head = this->head();
  BOOST_OUTCOME_TRY(boundary, impl_->source()->views().boundary(Timestamp{at.microseconds + 1}));
  std::uint64_t known = std::min(boundary.last, head).value;
  std::uint64_t beyond = std::min(boundary.next, head.next()).value;
  while (beyond - known > 1) {
    const std::uint64_t middle = known + (beyond - known) / 2;
    BOOST_OUTCOME_TRY(record, event(Position{middle}));
    (record.recorded_at() <= at ? known : beyond) = middle;
  }
  return View(impl_->source(), Position{known}, at);
}

Result<View> EventStore::as_of(Position position, Timestamp at) const {
  BOOST_OUTCOME_TRY(exact, as_of(position));
  if (exact.at() <= at) return View(impl_->source(), exact.position(), at);
  return Error{ErrorKind::invalid, "TOO_EARLY",
               "position " + std::to_string(position.value) + " was recorded at " +
                   to_iso8601(exact.at()) + ", after " + to_iso8601(at) + "; give a later time",
               position};
}

Result<View> EventStore::true_at(const View& known, Timestamp at) const {
  BOOST_OUTCOME_TRY(recorded, as_of(at));
  View view(known.source_, known.position(), at);
  view.recorded_by_ = std::min(recorded.position(), known.position());
  return view;
}

EventCursor EventStore::read(const ReadRange& range) const { return query({}, range); }

EventCursor EventStore::query(const Query& query, const ReadRange& range) const {
  return query_events(impl_->searched(), query, range);
}

EntryCursor EventStore::list(const Query& query, const ReadRange& range) const {
  return list_entries(impl_->searched(), query, range);
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
  const auto [head, source] = impl_->sequencer->served();
  BOOST_OUTCOME_TRY(place, source->views().find_command(command_id));
  if (!place || place->command >= head.next_command) return std::optional<StoredCommand>();
  BOOST_OUTCOME_TRY(command, impl_->sequencer->load_command(*place));
  return std::optional<StoredCommand>(std::move(command));
}

Result<TreeHead> EventStore::tree_head(Position size) const {
  if (size > head()) return beyond_head(size, head());
  const auto source = impl_->source();
  TreeHasher tree;
  for (const unsigned level : {32U, 24U, 16U, 8U}) {
    const std::uint64_t width = std::uint64_t{1} << level;
    while (tree.size() + width <= size.value) {
      BOOST_OUTCOME_TRY(
          hash, source->views().hash({static_cast<std::uint8_t>(level), tree.size() / width}));
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
  return impl_->source()->views().tags_at(position);
}

Result<void> EventStore::visit_row_versions(
    Position until,
    const std::function<void(TableId, std::string_view key, const RowVersion&)>& visit) const {
  return impl_->source()->views().visit_versions(until, visit);
}

Result<std::optional<RowVersion>> EventStore::row_at(TableId table, std::string_view key,
                                                     Position position) const {
  return impl_->source()->views().row(table, key, position);
}

Result<EventStore::PostingDigest> EventStore::digest_postings(Position until) const {
  PostingDigest digest;
  BOOST_OUTCOME_TRY(visit_postings(until, [&](std::string_view tag, Position position) {
    ++digest.count;
    digest.sum += XXH3_64bits_withSeed(tag.data(), tag.size(), position.value);
  }));
  return digest;
}

Result<void> EventStore::visit_postings(
    Position until, const std::function<void(std::string_view tag, Position)>& visit) const {
  return impl_->source()->views().visit_postings(until, visit);
}

Result<std::uint64_t> EventStore::visit_commands(
    Position until,
    const std::function<void(Position at, std::string_view command_id, bool found)>& visit) const {
  // What is committed meanwhile is not looked at.
  const auto [head, source] = impl_->sequencer->served();
  const Position last = until >= head.position ? Position{~std::uint64_t{0}} : until;
  storage::Log::Reader reader(*impl_->log);
  for (reader.seek_to_first(); reader.valid(); reader.next()) {
    BOOST_OUTCOME_TRY(block, reader.block());
    if (block.first_command() >= head.next_command) break;
    BOOST_OUTCOME_TRY(places, Impl::places_of(block));
    for (const auto& [command_id, place] : places) {
      if (place.next_position > last || place.command >= head.next_command) break;
      BOOST_OUTCOME_TRY(found, source->views().find_command(command_id));
      visit(place.next_position, command_id, found == place);
    }
  }
  BOOST_OUTCOME_TRY(reader.status());
  return source->views().count_commands(last, head.next_command);
}

Result<bool> EventStore::has_posting(std::string_view tag, Position position) const {
  return impl_->source()->views().has_posting(tag, position);
}

}  // namespace actbook

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

#include "storage/log_files.h"
#include "store_impl.h"

namespace actbook {
namespace {

namespace fs = std::filesystem;

// A writer may replace files while they are opened, and write to them while they are read; once
// they are open, they can be read to the end.
constexpr int kMostTries = 50;
constexpr int kSure = 3;  // that is how often a failure must show without a file having gone
constexpr std::chrono::milliseconds kPause{5};

// Whether all files of a database that are there now are still there after `open` has run.
bool undisturbed(const StorageEnvironment& environment, const fs::path& database,
                 const std::function<void()>& open) {
  auto& env = *environment.env;
  const auto before = storage::database_files(env, database);
  open();
  return std::ranges::all_of(before, [&](const std::string& name) {
    return env.FileExists((database / name).string()).ok();
  });
}

}  // namespace

EventStore::Impl::~Impl() {
  outdated.stopped = true;
  if (outdated.maker.joinable()) outdated.maker.join();
  if (sequencer) sequencer->close();  // callbacks may still ask the store
  if ((!lock && !refolded) || !sequencer || sequencer->poisoned()) return;
  if (auto saved = source()->views().save(); !saved) {
    spdlog::warn("closing without saving the views; the next open catches up: {}",
                 saved.error().message);
  }
}

const StorageEnvironment& EventStore::Impl::environment_of(const Options& options) {
  static const StorageEnvironment machine;
  return options.environment != nullptr ? *options.environment : machine;
}

Error EventStore::Impl::read_only() {
  return Error{ErrorKind::misuse,
               "READ_ONLY",
               "the ledger is open for reading only; open it for writing",
               {}};
}

Error EventStore::Impl::other_log(const fs::path& views_directory) {
  return Error{
      ErrorKind::misuse,
      "OTHER_LOG",
      "what is in " + views_directory.string() + " was made of another log; give an empty folder",
      {}};
}

Result<EventStore::Impl::Source> EventStore::Impl::open_source(const fs::path& folder,
                                                               storage::Access access) const {
  BOOST_OUTCOME_TRY(views, storage::Views::open(folder, environment(), memory(), access));
  return std::make_shared<View::Source>(std::move(views), *log, *options.projector);
}

Result<void> EventStore::Impl::open_for_writing() {
  BOOST_OUTCOME_TRY(opened, storage::Log::open(directory / "log", environment(),
                                               storage::Access::write, log_sizes()));
  log = std::move(opened);
  BOOST_OUTCOME_TRY(find_head());
  BOOST_OUTCOME_TRY(known, storage::list_generations(environment(), views_folder()));
  std::optional<std::uint32_t> version;
  if (known.in_use) {
    BOOST_OUTCOME_TRY(in_use, open_in_use(*known.in_use));
    if (in_use) {
      generation = *known.in_use;
      BOOST_OUTCOME_TRY(made_by, in_use->views().projector_version());
      if (made_by == options.projector->version()) {
        remove_others(known);
        BOOST_OUTCOME_TRY(catch_up(in_use, opened_at, options.on_catch_up));
        return serve(std::move(in_use), opened_at);
      }
      spdlog::warn("the views are made anew: they were made by another version of actbook");
      if (made_by >= options.projector->reads_since() && made_by < options.projector->version()) {
        BOOST_OUTCOME_TRY(head, head_at(in_use->views().reach()));
        BOOST_OUTCOME_TRY(serve(std::move(in_use), head));
        outdated.is_so = true;
        outdated.maker = std::thread([this] { rebuild_outdated(); });
        return boost::outcome_v2::success();
      }
    }
  }
  generation = known.next();
  BOOST_OUTCOME_TRY(fresh, open_unfinished(generation, opened_at));
  BOOST_OUTCOME_TRY(catch_up(fresh, opened_at, options.on_catch_up));
  BOOST_OUTCOME_TRY(storage::put_in_use(environment(), views_folder(), generation));
  remove_others(known);
  return serve(std::move(fresh), opened_at);
}

// None, if they are damaged and have to be made anew.
Result<EventStore::Impl::Source> EventStore::Impl::open_in_use(storage::Generation in_use) const {
  auto opened = open_source(storage::folder_of(views_folder(), in_use), storage::Access::write);
  if (!opened && opened.error().kind == ErrorKind::corrupt) {
    spdlog::warn("the views are made anew from the log: {}", opened.error().message);
    return Source();
  }
  if (!opened) return opened;
  BOOST_OUTCOME_TRY(check_reach(*opened.value(), opened_at));
  return opened;
}

// What an earlier making left is gone on with, if it is of this version and of this log.
Result<EventStore::Impl::Source> EventStore::Impl::open_unfinished(
    storage::Generation next, const Sequencer::Head& head) const {
  const auto folder = storage::folder_of(views_folder(), next);
  BOOST_OUTCOME_TRY(storage::make_directory(environment(), views_folder()));
  auto opened = open_source(folder, storage::Access::write);
  if (opened) {
    auto& views = opened.value()->views();
    BOOST_OUTCOME_TRY(made_by, views.projector_version());
    if (made_by == options.projector->version() && check_reach(*opened.value(), head))
      return opened;
    if (!made_by && views.reach().command == 0) {
      BOOST_OUTCOME_TRY(views.set_projector_version(options.projector->version()));
      return opened;
    }
  } else if (opened.error().kind != ErrorKind::corrupt) {
    return opened;
  }
  opened = Source();
  BOOST_OUTCOME_TRY(storage::Views::destroy(folder));
  BOOST_OUTCOME_TRY(fresh, open_source(folder, storage::Access::write));
  BOOST_OUTCOME_TRY(fresh->views().set_projector_version(options.projector->version()));
  return std::move(fresh);
}

void EventStore::Impl::remove_others(const storage::Generations& known) const {
  for (const auto other : known.all) {
    if (other == generation) continue;
    if (auto removed = storage::Views::destroy(storage::folder_of(views_folder(), other));
        !removed) {
      spdlog::warn("views that are not in use stay: {}", removed.error().message);
    }
  }
}

// The views come first, as the log is never behind them.
Result<void> EventStore::Impl::open_for_reading() {
  Result<std::unique_ptr<storage::Views>> read = nullptr;
  for (int tries = 0, failures = 0; tries < kMostTries && failures < kSure; ++tries) {
    BOOST_OUTCOME_TRY(known, storage::list_generations(environment(), views_folder()));
    const auto folder = storage::folder_of(views_folder(), known.in_use.value_or(1));
    const bool whole = undisturbed(environment(), folder, [&] { read = read_views(folder); });
    if (read) break;
    if (whole) ++failures;
    std::this_thread::sleep_for(kPause);
  }
  BOOST_OUTCOME_TRY(views, std::move(read));
  BOOST_OUTCOME_TRY(read_log());
  const auto source = std::make_shared<View::Source>(std::move(views), *log, *options.projector);
  BOOST_OUTCOME_TRY(check_reach(*source, opened_at));
  BOOST_OUTCOME_TRY(catch_up(source, opened_at, options.on_catch_up));
  return serve(source, opened_at);
}

Result<void> EventStore::Impl::read_log() {
  for (int tries = 0, failures = 0; tries < kMostTries; ++tries) {
    if (tries > 0) std::this_thread::sleep_for(kPause);
    auto opened = Result<std::unique_ptr<storage::Log>>(nullptr);
    const bool whole = undisturbed(environment(), directory / "log", [&] {
      opened =
          storage::Log::open(directory / "log", environment(), storage::Access::read, log_sizes());
    });
    // A write-ahead log that went meanwhile is not missed by RocksDB.
    if (!whole) continue;
    if (!opened && ++failures < kSure) continue;
    BOOST_OUTCOME_TRY(std::move(opened));
    log = std::move(opened).value();
    return find_head();
  }
  return Error{ErrorKind::unavailable,
               "LEDGER_BUSY",
               "the files of " + directory.string() +
                   " changed each time they were opened for reading; try again",
               {}};
}

Result<std::unique_ptr<storage::Views>> EventStore::Impl::read_views(const fs::path& folder) const {
  auto opened = storage::Views::open(folder, environment(), memory(), storage::Access::read);
  std::string why;
  if (opened) {
    BOOST_OUTCOME_TRY(version, opened.value()->projector_version());
    if (version == options.projector->version()) return opened;
    why = "they were made by another version of actbook";
  } else {
    const bool there = environment().env->FileExists((folder / "CURRENT").string()).ok();
    if (there && opened.error().kind != ErrorKind::corrupt) return opened;
    why = there ? opened.error().message : "they are not there";
  }
  return Error{ErrorKind::unavailable,
               "VIEWS_UNUSABLE",
               "the views in " + views_folder().string() + " cannot be used as they are (" + why +
                   "); open the ledger for writing once, which makes them again",
               {}};
}

Result<void> EventStore::Impl::serve(Source source, const Sequencer::Head& head) {
  Sequencer::Served served{head, std::move(source)};
  BOOST_OUTCOME_TRY(find_held_clock(served.head, *served.source));
  sequencer.emplace(Sequencer::Parts{*log, *options.clock, *options.projector}, std::move(served),
                    options.max_waiting);
  return boost::outcome_v2::success();
}

Result<void> EventStore::Impl::check_reach(const View::Source& source,
                                           const Sequencer::Head& head) {
  const auto reach = source.views().reach();
  // The log is synced before the views hear of it, so no crash leaves them ahead of it.
  if (reach.position > head.position || reach.command >= head.next_command) {
    return Error{ErrorKind::corrupt, "LOG_CUT_OFF",
                 "the log ends at position " + std::to_string(head.position.value) + ", command " +
                     std::to_string(head.next_command - 1) + ", but it reached position " +
                     std::to_string(reach.position.value) + ", command " +
                     std::to_string(reach.command) +
                     ": what came after is lost; restore the log from a copy. To go on from an "
                     "older log on purpose, remove the folder views",
                 head.position.next()};
  }
  return boost::outcome_v2::success();
}

Result<void> EventStore::Impl::find_head() {
  BOOST_OUTCOME_TRY(last, log->last());
  return last ? end_with(*last) : boost::outcome_v2::success();
}

Result<void> EventStore::Impl::end_with(const Block& last) {
  BOOST_OUTCOME_TRY(commands, last.commands());
  BOOST_OUTCOME_TRY(command, commands.command(commands.size() - 1));
  opened_at = {Position{last.first_position().value + last.record_count() - 1},
               Timestamp{command.receipt->recorded_at()},
               last.first_command() + last.command_count(), false};
  return boost::outcome_v2::success();
}

// What the log said when its views reached so far.
Result<Sequencer::Head> EventStore::Impl::head_at(storage::Reach reach) const {
  Sequencer::Head head{reach.position, {}, reach.command + 1, false};
  if (reach.command == 0) return head;
  storage::Log::Reader reader(*log);
  reader.seek(reach.position.next(), reach.command);
  BOOST_OUTCOME_TRY(reader.status());
  if (!reader.valid()) return head;
  BOOST_OUTCOME_TRY(block, reader.block());
  BOOST_OUTCOME_TRY(commands, block.commands());
  BOOST_OUTCOME_TRY(command, commands.command(reach.command - block.first_command()));
  head.recorded_at = Timestamp{command.receipt->recorded_at()};
  return head;
}

// The log is another's, who may be writing it; the views are this one's alone.
Result<void> EventStore::Impl::open_refolded(const fs::path& folder,
                                             std::optional<Position> until) {
  refolded = true;
  std::error_code failed;
  const bool is_new = !fs::exists(folder, failed) || fs::is_empty(folder, failed);
  if (failed || (!is_new && !fs::exists(folder / "CURRENT", failed))) {
    return Error{ErrorKind::misuse,
                 "NOT_EMPTY",
                 folder.string() + " holds something else; give an empty folder",
                 {}};
  }
  BOOST_OUTCOME_TRY(read_log());
  BOOST_OUTCOME_TRY(source, open_source(folder, storage::Access::write));
  auto& views = source->views();
  BOOST_OUTCOME_TRY(version, views.projector_version());
  if (version && version != options.projector->version()) {
    return Error{ErrorKind::misuse,
                 "OTHER_LOG",
                 "what is in " + folder.string() +
                     " was made by another version of actbook; give an empty folder",
                 {}};
  }
  BOOST_OUTCOME_TRY(views.set_projector_version(options.projector->version()));
  if (until) {
    const Position last = std::max(*until, views.reach().position);
    storage::Log::Reader reader(*log);
    reader.seek(last);
    BOOST_OUTCOME_TRY(reader.status());
    if (last < opened_at.position && reader.valid()) {
      BOOST_OUTCOME_TRY(block, reader.block());
      BOOST_OUTCOME_TRY(end_with(block));
    }
  }
  if (views.reach().command >= opened_at.next_command) return other_log(folder);
  BOOST_OUTCOME_TRY(catch_up(source, opened_at, options.on_catch_up));
  return serve(std::move(source), opened_at);
}

// Nothing but a clock that was behind keeps the time of the event that says so.
Result<void> EventStore::Impl::find_held_clock(Sequencer::Head& head,
                                               const View::Source& source) const {
  auto held =
      list_entries({*log, source.views(), head.position}, {{{{std::string(kClockHeld)}, {}}}},
                   {.direction = Direction::backwards, .limit = 1});
  if (held.next()) head.clock_held = held.entry().recorded_at == head.recorded_at;
  return held.status();
}

}  // namespace actbook

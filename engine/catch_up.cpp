#include <spdlog/spdlog.h>

#include <algorithm>
#include <functional>
#include <future>
#include <iterator>
#include <thread>

#include "store_impl.h"

namespace actbook {
namespace {

// The part of a slice that the views take in at once while they catch up.
constexpr std::size_t kFoldedAtOnce = 4;
// How many events are worth a thread.
constexpr std::size_t kWorthAThread = 512;

Error events_missing(Position position) {
  return Error{ErrorKind::corrupt, "EVENTS_MISSING",
               "what stood in the log from position " + std::to_string(position.value) +
                   " on is not there or cannot be read; restore the ledger from a copy",
               position};
}

// The rows that events make, of those that `takes` wants.
Result<std::vector<RowOverlay::Put>> fold_events(const std::vector<Record>& events,
                                                 const Projector& projector, View state,
                                                 RowOverlay::Filter takes) {
  RowOverlay rows(state);
  if (takes) rows.take_only(std::move(takes));
  for (const auto& event : events) {
    BOOST_OUTCOME_TRY(projector.project(event, rows));
  }
  BOOST_OUTCOME_TRY(rows.status());
  return rows.take_puts();
}

}  // namespace

Result<storage::CommandPlaces> EventStore::Impl::places_of(const Block& block) {
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

Result<void> EventStore::Impl::catch_up(const Source& source, const Sequencer::Head& to,
                                        const Progress& progress) const {
  auto& views = source->views();
  const auto reach = views.reach();
  if (reach.command + 1 >= to.next_command) return boost::outcome_v2::success();
  spdlog::info("the views catch up from position {} to {}", reach.position.value,
               to.position.value);
  storage::Log::Reader reader(*log);
  if (reach.command == 0) {
    reader.seek_to_first();
  } else {
    reader.seek(reach.position.next(), reach.command);
  }
  storage::Addition addition;
  addition.reach = reach;
  std::size_t taken = 0;  // bytes
  for (; reader.valid() && addition.reach.command + 1 < to.next_command; reader.next()) {
    BOOST_OUTCOME_TRY(block, reader.block());
    BOOST_OUTCOME_TRY(take_rest(block, addition));
    if (addition.commands.empty()) continue;  // all of it is known
    taken += block.size();
    if (taken < memory().slice / kFoldedAtOnce) continue;
    taken = 0;
    BOOST_OUTCOME_TRY(fold(source, addition));
    const auto done = addition.reach;
    addition = {};
    addition.reach = done;
    if (progress && !progress(done.position, to.position)) {
      if (lock || refolded) {
        BOOST_OUTCOME_TRY(views.save());
      }
      return Error{ErrorKind::unavailable, "STOPPED",
                   "stopped at position " + std::to_string(done.position.value) + " of " +
                       std::to_string(to.position.value) + "; the same again goes on from there",
                   done.position};
    }
  }
  BOOST_OUTCOME_TRY(reader.status());
  BOOST_OUTCOME_TRY(fold(source, addition));
  // RocksDB was seen to end a walk without an error before a file that it cannot read.
  const auto done = views.reach();
  if (done.command + 1 < to.next_command) return events_missing(done.position.next());
  return boost::outcome_v2::success();
}

// Takes what is not known yet of the block that holds what the views reach, or of the one after it.
// They may reach into a block: it was joined of several since.
Result<void> EventStore::Impl::take_rest(const Block& block, storage::Addition& addition) const {
  const auto done = addition.reach;
  BOOST_OUTCOME_TRY(places, places_of(block));
  const std::uint64_t known = done.command + 1 - block.first_command();
  if (known == places.size()) return boost::outcome_v2::success();
  if (known > places.size() || places[known].second.next_position != done.position.next()) {
    return events_missing(done.position.next());
  }
  for (std::size_t i = done.position.next().value - block.first_position().value;
       i < block.record_count(); ++i) {
    BOOST_OUTCOME_TRY(record, block.record(i));
    addition.records.push_back(record);
  }
  std::move(places.begin() + static_cast<std::ptrdiff_t>(known), places.end(),
            std::back_inserter(addition.commands));
  addition.reach = {Position{block.first_position().value + block.record_count() - 1},
                    block.first_command() + block.command_count() - 1};
  return boost::outcome_v2::success();
}

// Each thread folds the rows of its own: no row is folded from another.
Result<void> EventStore::Impl::fold(const Source& source, storage::Addition& addition) const {
  auto& views = source->views();
  if (addition.reach.command == views.reach().command) return boost::outcome_v2::success();
  const View state(source, views.reach().position, Timestamp{});
  const unsigned threads =
      addition.records.size() < kWorthAThread
          ? 1
          : std::max(1U, options.catch_up_threads != 0 ? options.catch_up_threads
                                                       : std::thread::hardware_concurrency());
  const auto fold_part = [&](unsigned part) {
    RowOverlay::Filter takes;
    if (threads > 1) {
      takes = [part, threads](TableId table, std::string_view key) {
        return (std::hash<std::string_view>{}(key) + static_cast<std::size_t>(table)) % threads ==
               part;
      };
    }
    return fold_events(addition.records, *options.projector, state, std::move(takes));
  };
  std::vector<std::future<Result<std::vector<RowOverlay::Put>>>> parts;
  for (unsigned part = 1; part < threads; ++part) {
    parts.push_back(std::async(std::launch::async, fold_part, part));
  }
  auto folded = fold_part(0);
  for (auto& part : parts) {
    auto more = part.get();
    if (!folded) continue;
    if (!more) {
      folded = std::move(more);
    } else {
      std::ranges::move(more.value(), std::back_inserter(folded.value()));
    }
  }
  if (!folded) return std::move(folded).error();
  addition.rows = std::move(folded).value();
  return views.add(addition);
}

}  // namespace actbook

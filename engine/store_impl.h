#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "actbook/event_store.h"
#include "directory_lock.h"
#include "event_cursor.h"
#include "sequencer.h"
#include "storage/addition.h"
#include "storage/generations.h"
#include "storage/log.h"
#include "storage/views.h"
#include "view_source.h"

namespace actbook {

/// What a store is made of. How it is opened stands in store_opening.cpp, how its views catch up
/// with its log in catch_up.cpp, how they are made anew in rebuild.cpp, and what it answers in
/// event_store.cpp.
class EventStore::Impl {
 public:
  Impl(std::optional<DirectoryLock> directory_lock, std::filesystem::path in, Options store_options)
      : lock(std::move(directory_lock)),
        directory(std::move(in)),
        options(std::move(store_options)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl();

  using Progress = std::function<bool(Position done, Position head)>;
  using Source = std::shared_ptr<View::Source>;

  Result<void> open_for_writing();
  Result<void> open_for_reading();
  Result<void> open_refolded(const std::filesystem::path& folder, std::optional<Position> until);
  // Of views that do not go with the log.
  [[nodiscard]] static Error other_log(const std::filesystem::path& views_directory);
  [[nodiscard]] static Error read_only();

  // The log, and what it ends with.
  Result<void> read_log();
  Result<void> find_head();
  Result<void> end_with(const Block& last);
  [[nodiscard]] Result<Sequencer::Head> head_at(storage::Reach reach) const;
  [[nodiscard]] Result<void> find_held_clock(Sequencer::Head& head,
                                             const View::Source& source) const;

  // The views.
  [[nodiscard]] std::filesystem::path views_folder() const { return directory / "views"; }
  [[nodiscard]] Result<Source> open_source(const std::filesystem::path& folder,
                                           storage::Access access) const;
  [[nodiscard]] Result<Source> open_in_use(storage::Generation in_use) const;
  [[nodiscard]] Result<Source> open_unfinished(storage::Generation next,
                                               const Sequencer::Head& head) const;
  [[nodiscard]] Result<std::unique_ptr<storage::Views>> read_views(
      const std::filesystem::path& folder) const;
  [[nodiscard]] static Result<void> check_reach(const View::Source& source,
                                                const Sequencer::Head& head);
  void remove_others(const storage::Generations& known) const;
  Result<void> serve(Source source, const Sequencer::Head& head);

  // Brings views up to a head of the log.
  Result<void> catch_up(const Source& source, const Sequencer::Head& to,
                        const Progress& progress) const;
  Result<void> take_rest(const Block& block, storage::Addition& addition) const;
  Result<void> fold(const Source& source, storage::Addition& addition) const;

  Result<void> rebuild(const Progress& progress);
  Result<void> rebuild_beside(storage::Generation next, const Progress& progress);
  void rebuild_outdated();

  [[nodiscard]] std::optional<Error> outdated_views(WhenFull full);
  // Why nothing can be submitted so.
  [[nodiscard]] std::optional<Error> refusal(const Submission& submission, WhenFull full);
  // Where the commands of a block stand, in their order.
  [[nodiscard]] static Result<storage::CommandPlaces> places_of(const Block& block);

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
  [[nodiscard]] const StorageEnvironment& environment() const { return environment_of(options); }
  [[nodiscard]] static const StorageEnvironment& environment_of(const Options& options);
  [[nodiscard]] Sequencer::Head head() const { return sequencer->head(); }
  [[nodiscard]] std::shared_ptr<const View::Source> source() const {
    return sequencer->served().source;
  }
  [[nodiscard]] Searched searched() const {
    const auto served = sequencer->served();
    return {*log, served.source->views(), served.head.position, served.source};
  }

  std::optional<DirectoryLock> lock;  // none: for reading only
  bool refolded = false;              // the views are its own, though the log is not
  std::filesystem::path directory;
  Options options;
  std::unique_ptr<storage::Log> log;

  // As found on open; from then on the sequencer knows.
  Sequencer::Head opened_at;
  std::optional<Sequencer> sequencer;

  std::mutex rebuilding;               // held by who rebuilds
  storage::Generation generation = 0;  // in use; 0 where the views have no folder of the ledger's
  // The views in use are of an older version of the projector, and a thread makes newer ones.
  struct Outdated {
    std::mutex mutex;
    std::condition_variable over;
    std::atomic<bool> is_so = false;
    std::optional<Error> failure;
    std::atomic<bool> stopped = false;
    std::thread maker;
  } outdated;
};

}  // namespace actbook

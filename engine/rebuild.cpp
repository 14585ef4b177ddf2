#include <spdlog/spdlog.h>

#include <boost/outcome/try.hpp>
#include <utility>

#include "store_impl.h"

namespace actbook {
namespace {

// So few commands are left to fold when new views take the place of the old ones, that nobody waits
// long for it.
constexpr std::uint64_t kFewCommands = 2048;

Error rebuilding_now() {
  return Error{ErrorKind::misuse,
               "REBUILDING",
               "the views are being rebuilt already; wait until that has ended",
               {}};
}

}  // namespace

Result<void> EventStore::rebuild(const std::function<bool(Position, Position)>& progress) {
  return impl_->rebuild(progress);
}

Result<void> EventStore::Impl::rebuild(const Progress& progress) {
  if (!lock) return read_only();
  const std::unique_lock alone(rebuilding, std::try_to_lock);
  if (!alone || outdated.is_so) return rebuilding_now();
  BOOST_OUTCOME_TRY(known, storage::list_generations(environment(), views_folder()));
  return rebuild_beside(known.next(), progress);
}

Result<void> EventStore::Impl::rebuild_beside(storage::Generation next, const Progress& progress) {
  // While they are outdated nothing is recorded, and the log ends where it did when it was opened.
  const bool was_outdated = outdated.is_so;
  const auto end = [&] { return was_outdated ? opened_at : sequencer->head(); };
  BOOST_OUTCOME_TRY(fresh, open_unfinished(next, end()));
  for (auto to = end(); fresh->views().reach().command + kFewCommands < to.next_command;
       to = end()) {
    BOOST_OUTCOME_TRY(catch_up(fresh, to, progress));
  }
  Source old;
  BOOST_OUTCOME_TRY(
      sequencer->replace([&](const Sequencer::Served& served) -> Result<Sequencer::Served> {
        auto head = was_outdated ? opened_at : served.head;
        BOOST_OUTCOME_TRY(catch_up(fresh, head, {}));
        if (was_outdated) {
          BOOST_OUTCOME_TRY(find_held_clock(head, *fresh));
        }
        BOOST_OUTCOME_TRY(storage::put_in_use(environment(), views_folder(), next));
        old = served.source;
        return Sequencer::Served{head, fresh};
      }));
  old->retire(storage::folder_of(views_folder(), std::exchange(generation, next)));
  return boost::outcome_v2::success();
}

// Runs on a thread of its own.
void EventStore::Impl::rebuild_outdated() {
  const auto go_on = [this](Position done, Position head) {
    return !outdated.stopped && (!options.on_catch_up || options.on_catch_up(done, head));
  };
  const auto made = rebuild_beside(generation + 1, go_on);
  if (!made) spdlog::warn("the views could not be made anew: {}", made.error().message);
  const std::lock_guard guard(outdated.mutex);
  if (made) {
    outdated.is_so = false;
  } else {
    outdated.failure = made.error();
  }
  outdated.over.notify_all();
}

// Why nothing is recorded while the views are outdated; waits for newer ones, if `full` says so.
std::optional<Error> EventStore::Impl::outdated_views(WhenFull full) {
  if (!outdated.is_so) return std::nullopt;
  std::unique_lock guard(outdated.mutex);
  if (full == WhenFull::wait) {
    outdated.over.wait(guard, [&] { return !outdated.is_so || outdated.failure; });
  }
  if (!outdated.is_so) return std::nullopt;
  if (!outdated.failure) {
    return Error{ErrorKind::unavailable,
                 "REBUILDING",
                 "the views are being made anew after an update; submit again later",
                 {}};
  }
  return Error{ErrorKind::unavailable, "REBUILDING",
               "the views could not be made anew after an update, and nothing is recorded before "
               "that: " +
                   outdated.failure->message + "; open the ledger again",
               outdated.failure->position};
}

std::optional<Error> EventStore::Impl::refusal(const Submission& submission, WhenFull full) {
  if (!lock) return read_only();
  if (auto outdated_now = outdated_views(full)) return outdated_now;
  if (!submission.info.command_id.starts_with(kClockCommandPrefix)) return std::nullopt;
  return Error{ErrorKind::invalid,
               "RESERVED_ID",
               "command_id: ids that begin with " + std::string(kClockCommandPrefix) +
                   " are the ledger's own; choose another",
               {}};
}

}  // namespace actbook

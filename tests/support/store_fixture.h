#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actbook/event_store.h"
#include "actbook/projector.h"
#include "support/temp_directory.h"

namespace actbook::testing {

inline constexpr Timestamp kStart{1'767'225'600'000'000};  // 2026-01-01T00:00:00Z

inline Timestamp after(std::int64_t seconds) { return {kStart.microseconds + seconds * 1'000'000}; }

/// An event that a workspace was renamed. It stands for events of any kind where the engine is
/// tested, which knows no partner program.
EventDraft renamed(const std::string& workspace, const std::string& to,
                   std::vector<std::string> tags = {});

/// A command to rename a workspace; what is decided on it is up to the caller.
Submission submission(const std::string& command_id, const std::string& workspace = "w",
                      const std::string& name = "n");

/// A store of its own in a new directory, with a clock that stands still and one event.
struct StoreFixture {
  TempDirectory directory;
  ManualClock clock{kStart};
  std::unique_ptr<EventStore> store;
  std::size_t slice_size = EventStore::Options().slice_size;
  std::size_t log_memory = EventStore::Options().log_memory;

  StoreFixture() : StoreFixture(EventStore::Options().slice_size) {}
  explicit StoreFixture(std::size_t save_at) : slice_size(save_at) {
    store = EventStore::create(directory / "ledger", options()).value();
    submit("first", {renamed("w0", "zero")});
  }
  EventStore::Options options() {
    EventStore::Options options;
    options.clock = &clock;
    options.projector = &partner_projector();
    options.slice_size = slice_size;
    options.log_memory = log_memory;
    return options;
  }
  void reopen() {
    store.reset();
    store = EventStore::open(directory / "ledger", options()).value();
  }
  Flat<log::Receipt> submit(const std::string& command_id, std::vector<EventDraft> drafts) const {
    return store->submit(submission(command_id), append_events(std::move(drafts))).value();
  }
};

/// The positions of the events of a cursor, which must end well.
std::vector<std::uint64_t> positions(EventCursor cursor);

/// The name of a workspace, as a view has it.
std::string name_of(const View& view, const std::string& workspace);

}  // namespace actbook::testing

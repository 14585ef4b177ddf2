#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "actbook/event_store.h"

// What an EventStore promises, as plainly as it can be said: events in a vector, command ids in a
// map, and every answer found by looking at all of them. Slow, and with nothing in it to get wrong.
namespace actbook::testing {

/// A mistake to plant in the model: whoever compares it with a store must notice.
enum class Bug {
  none,
  forgets_ids_on_restart,
  forgets_refusals,
  forgets_what_recorded_nothing,
  keeps_ids_of_failed_decisions,
  takes_other_content_for_the_same,
  leaves_out_from,
  leaves_out_to,
  limits_before_turning_round,
  ignores_a_tag,
  ignores_types,
  wants_every_item,
  condition_counts_its_own_position,
  condition_misses_what_is_in_flight,
  condition_before_idempotency,
  time_goes_back,
  time_stands_where_nothing_was_recorded,
  splits_batches,
  as_of_time_leaves_out_its_instant,
  views_show_the_newest,
  rebuilding_misses_the_last_event,
};

/// Every bug with its name.
[[nodiscard]] const std::vector<std::pair<Bug, std::string>>& planted_bugs();

/// An event as a reader sees it.
struct SeenEvent {
  std::uint64_t position = 0;
  std::string type;
  std::vector<std::string> tags;
  std::string command_id;
  std::uint32_t batch_index = 0;
  std::uint32_t batch_size = 0;
  Timestamp recorded_at;
  Timestamp occurred_at;
  Bytes payload;

  friend bool operator==(const SeenEvent&, const SeenEvent&) = default;
};
[[nodiscard]] SeenEvent seen(const Record& record);
[[nodiscard]] std::string describe(const SeenEvent& event);

/// An event to be: a workspace renamed, or if `name` is empty, its visibility changed.
struct ModelDraft {
  std::string workspace;
  std::string name;
  std::vector<std::string> extra_tags;

  [[nodiscard]] EventDraft draft() const;
};

enum class Verdict { recorded, refused, failed };

/// A command, and what is decided on it.
struct ModelCommand {
  std::string id;
  /// Its content, as submission() has it.
  std::string workspace;
  std::string name;
  std::vector<ModelDraft> events;
  Verdict verdict = Verdict::recorded;
  std::optional<AppendCondition> condition;
};

/// Workspaces by id, with their names.
using Names = std::map<std::string, std::string>;

/// What becomes of a command.
struct ModelAnswer {
  /// The code of the error; empty if there is a receipt.
  std::string error;
  /// IDEMPOTENCY_CONFLICT: the field that differs. APPEND_CONDITION_FAILED: the events it may name.
  std::string field;
  std::set<std::uint64_t> matches;
  /// The first receipt again: nothing is decided.
  bool repeated = false;
  log::Outcome outcome = log::Outcome::recorded;
  std::uint64_t first_position = 0;
  std::uint64_t last_position = 0;
  std::uint64_t based_on = 0;
  Timestamp recorded_at;
  /// The rows that it is decided on, and with its own events.
  Names before;
  Names after;
};

class EventModel {
 public:
  explicit EventModel(Bug bug) : bug_(bug) {}

  [[nodiscard]] ModelAnswer submit(const ModelCommand& command, Timestamp now);
  /// Those submitted from here on may share a write.
  void begin_burst() { burst_start_ = head(); }
  void restart(bool without_views);

  [[nodiscard]] std::uint64_t head() const { return events_.size(); }
  [[nodiscard]] Timestamp head_recorded_at() const { return head_recorded_at_; }
  [[nodiscard]] std::vector<SeenEvent> query(const Query& query, const ReadRange& range) const;
  /// Null if there is none.
  [[nodiscard]] const SeenEvent* event(std::uint64_t position) const;
  [[nodiscard]] std::uint64_t end_of_batch(std::uint64_t position) const;
  /// The last event at or before an instant.
  [[nodiscard]] std::uint64_t position_at(Timestamp at) const;
  /// The rows after the event at `position`.
  [[nodiscard]] Names names(std::uint64_t position) const;
  [[nodiscard]] bool knows(const std::string& command_id) const {
    return ids_.contains(command_id);
  }
  /// The ids of all commands that were ever accepted, in their order.
  [[nodiscard]] const std::vector<std::string>& commands() const { return commands_; }
  [[nodiscard]] std::uint64_t count_tags() const;

 private:
  struct Event {
    SeenEvent seen;
    ModelDraft draft;
  };
  struct Content {
    std::string workspace;
    std::string name;
  };

  [[nodiscard]] bool matches(const QueryItem& item, const SeenEvent& event) const;
  [[nodiscard]] bool matches(const Query& query, const SeenEvent& event) const;
  [[nodiscard]] bool in_range(const ReadRange& range, const SeenEvent& event) const;
  [[nodiscard]] std::optional<ModelAnswer> first_answer(const ModelCommand& command) const;
  [[nodiscard]] std::optional<ModelAnswer> failed_condition(const ModelCommand& command) const;
  void hold_clock(Timestamp now);
  void append(const ModelCommand& command, Timestamp recorded_at);

  Bug bug_;
  std::vector<Event> events_;
  std::map<std::string, Content> ids_;
  std::vector<std::string> commands_;
  Timestamp head_recorded_at_;
  bool clock_held_ = false;
  std::uint64_t burst_start_ = 0;
  std::uint64_t not_folded_ = 0;  // only for rebuilding_misses_the_last_event
};

}  // namespace actbook::testing

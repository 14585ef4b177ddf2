#pragma once

#include <boost/outcome/try.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actbook/record.h"
#include "actbook/rows.h"
#include "actbook/schema.h"

namespace actbook {

/// Folds events into rows. Pure: the same event over the same rows puts the same versions, live and
/// in replay. What it makes of a row depends on the event and on that row alone, and which rows an
/// event changes depends on the event, or else on nothing but what it would change them to: so a
/// row can be folded alone from the events of its versions, in any order (see View::true_at).
/// Called from one thread at a time per overlay.
class Projector {
 public:
  Projector() = default;
  Projector(const Projector&) = delete;
  Projector& operator=(const Projector&) = delete;
  virtual ~Projector() = default;

  /// Changes whenever the same events would give other rows; a ledger with rows of another version
  /// rebuilds them.
  [[nodiscard]] virtual std::uint32_t version() const = 0;
  /// The oldest version whose rows give what this one's would, as far as they go: such rows may be
  /// read until they have been made anew.
  [[nodiscard]] virtual std::uint32_t reads_since() const { return version(); }
  /// The qualified names of the tables that events are, without the type's own name:
  /// "actbook.event.".
  [[nodiscard]] virtual std::string_view event_namespace() const = 0;
  /// Describes every event.
  [[nodiscard]] virtual const Schema& events() const = 0;
  /// Errors: unsupported, for an event it does not know; corrupt, for a payload that is not
  /// well-formed.
  [[nodiscard]] Result<void> project(const Record& event, RowOverlay& rows) const {
    if (is_system_event(event.type())) return boost::outcome_v2::success();
    BOOST_OUTCOME_TRY(project_event(event, rows));
    if (event.occurred_at() != event.recorded_at()) note_out_of_step(event, rows);
    return boost::outcome_v2::success();
  }

 private:
  [[nodiscard]] virtual Result<void> project_event(const Record& event, RowOverlay& rows) const = 0;
};

/// What every event of a batch says about the command behind it.
struct CommandInfo {
  std::string command_id;
  std::string command_type;
  schema::ActorT actor;
  schema::Mode mode = schema::Mode::command;
  std::optional<Timestamp> occurred_at;
  std::string acting_organisation;
  std::string correlation_id;
  std::string causation_id;
  std::string reason;
};

/// One event before it has a place in the log.
struct EventDraft {
  /// The name of its table, such as PartnerStatusGranted.
  std::string type;
  /// A well-formed table of that name.
  Bytes payload;
  /// Tags beyond those that the schema's attributes give.
  std::vector<std::string> extra_tags;
};

/// The events of one command in the making: each gets its position, its time and its tags, and is
/// folded into rows at once, so that later decisions of the same command see it. Needs no database.
/// One thread at a time.
class Batch {
 public:
  /// `state` and `projector` outlive the batch. The first event gets the position `first`.
  Batch(const RowReader& state, Position first, Timestamp recorded_at, CommandInfo info,
        const Projector& projector);
  ~Batch();
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  /// The rows with this batch's own events folded in.
  [[nodiscard]] const RowReader& rows() const { return rows_; }
  [[nodiscard]] const CommandInfo& info() const { return info_; }
  [[nodiscard]] Timestamp recorded_at() const { return recorded_at_; }
  [[nodiscard]] Timestamp occurred_at() const { return info_.occurred_at.value_or(recorded_at_); }
  /// The last position before this batch.
  [[nodiscard]] Position based_on() const { return Position{first_.value - 1}; }

  /// Said of every event that follows: the actor's authority, and the rules an observed fact broke.
  void set_basis(std::string basis) { basis_ = std::move(basis); }
  void set_rules_broken(std::vector<std::string> codes) { rules_broken_ = std::move(codes); }

  /// Errors: those of the projector.
  [[nodiscard]] Result<void> append(const EventDraft& draft);

  /// The finished records, with their final batch size, and the row versions they made. Call once,
  /// last.
  struct Finished {
    std::vector<Record> records;
    std::vector<RowOverlay::Put> rows;
  };
  [[nodiscard]] Finished finish();

 private:
  [[nodiscard]] const std::vector<std::string_view>& tags_of(const EventDraft& draft);
  [[nodiscard]] std::uint8_t* keep(ByteView bytes);

  RowOverlay rows_;
  Position first_;
  Timestamp recorded_at_;
  CommandInfo info_;
  const Projector& projector_;
  std::string basis_;
  std::vector<std::string> rules_broken_;
  std::vector<Record> records_;
  std::vector<std::uint8_t*> starts_;  // of the records
  std::shared_ptr<Bytes> piece_;       // where the next record goes, if there is room
  struct Tools;                        // what every event is built with
  std::unique_ptr<Tools> tools_;
};

}  // namespace actbook

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actbook/audit.h"
#include "answers/lasting.h"

namespace actbook {
namespace {

std::string text(const flatbuffers::String* string) {
  return string != nullptr ? string->str() : std::string();
}

// ---- roles ----

using RoleHistory =
    History<event::MembershipGranted, event::MembershipRoleChanged, event::MembershipEnded,
            event::SupportExtended, event::OrganisationMemberAdded, event::OrganisationRoleChanged,
            event::OrganisationMemberRemoved>;

// Somebody in a workspace or an organisation, which the entity is the tag of.
struct Place {
  std::string entity;
  std::string person;

  auto operator<=>(const Place&) const = default;
};

template <class Event>
Place place_of(const Event& event) {
  if constexpr (requires { event.workspace(); }) {
    return {"workspace:" + event.workspace()->str(), event.person()->str()};
  } else {
    return {"organisation:" + event.organisation()->str(), event.person()->str()};
  }
}

// What an event says of the role that begins with it, or that it happens to. Another role in a
// workspace is of the same membership: how it came about and when it ends by itself stay.
void describe(const event::MembershipGranted& event, answer::RoleLineT& line) {
  line.role = schema::EnumNameWorkspaceRole(event.role());
  line.source = schema::EnumNameMembershipSource(event.source());
  line.expires_at = event.expires_at();
}
void describe(const event::MembershipRoleChanged& event, answer::RoleLineT& line) {
  line.role = schema::EnumNameWorkspaceRole(event.to());
}
void describe(const event::SupportExtended& event, answer::RoleLineT& line) {
  line.expires_at = event.expires_at();
}
void describe(const event::OrganisationMemberAdded& event, answer::RoleLineT& line) {
  line.role = schema::EnumNameOrganisationRole(event.role());
}
void describe(const event::OrganisationRoleChanged& event, answer::RoleLineT& line) {
  line.role = schema::EnumNameOrganisationRole(event.to());
}
template <class Event>
void describe(const Event&, answer::RoleLineT&) {}

std::string cause_of(const event::MembershipEnded& event, const schema::Actor&) {
  return event.cause()->str();
}
std::string cause_of(const event::OrganisationMemberRemoved& event, const schema::Actor& actor) {
  const bool leaves = actor.kind() == schema::ActorKind::person &&
                      actor.id()->string_view() == event.person()->string_view();
  return leaves ? "left" : "removed";
}
template <class Event>
std::string cause_of(const Event&, const schema::Actor&) {
  return "role_changed";
}

bool has_run_out(const answer::RoleLineT& line, Timestamp then) {
  return line.expires_at && then.microseconds >= *line.expires_at;
}

// The lines of somebody in one place.
class RoleLines {
 public:
  explicit RoleLines(const Place& place) {
    line_.entity = place.entity;
    line_.person = place.person;
  }

  void begin(const RoleHistory& history, const Record& from) {
    // A session that has run out has no role to change; but who extends it anew, has that role.
    const bool in_vain =
        from.type() == "MembershipRoleChanged" && has_run_out(line_, from.occurred_at());
    begin_line(history, from);
    if (in_vain) start_.reset();
  }
  // That a session goes on until later. One that has run out by then begins again.
  void extend(const RoleHistory& history, const Record& record, Timestamp then) {
    if (has_run_out(line_, then)) {
      expire();
      begin_line(history, record);
    } else {
      say(history, record);
    }
  }
  void end(const RoleHistory& history, const Record& until) {
    if (has_run_out(line_, until.occurred_at())) return expire();
    line_.until = act_of(until);
    history.visit(until,
                  [&](const auto& event) { line_.cause = cause_of(event, *until->actor()); });
    put();
  }
  // What nothing has ended by the instant of the view.
  void leave(Timestamp now) {
    if (has_run_out(line_, now)) return expire();
    put();
  }

  [[nodiscard]] LinesByStart<answer::RoleLineT> take() { return std::move(lines_); }

 private:
  void begin_line(const RoleHistory& history, const Record& from) {
    say(history, from);
    line_.from = act_of(from);
    line_.basis = text(from->basis());
    line_.rules_broken = rules_broken(from);
    line_.until.reset();
    line_.cause.clear();
    start_ = from.position().value;
  }
  void say(const RoleHistory& history, const Record& record) {
    const auto expired_at = line_.expires_at;
    history.visit(record, [&](const auto& event) { describe(event, line_); });
    if (line_.expires_at != expired_at) said_ = act_of(record);
  }
  // A session is over at its end, though nothing says so then; the act is that which said when.
  void expire() {
    line_.until = std::make_unique<schema::ActT>(*said_);
    line_.until->recorded_at = line_.until->occurred_at = *line_.expires_at;
    line_.cause = "expired";
    put();
  }
  void put() {
    if (start_) lines_.emplace(*start_, std::make_unique<answer::RoleLineT>(line_));
    start_.reset();
  }

  answer::RoleLineT line_;
  std::unique_ptr<schema::ActT> said_;  // when it expires
  std::optional<std::uint64_t> start_;  // none: no line lasts
  LinesByStart<answer::RoleLineT> lines_;
};

LinesByStart<answer::RoleLineT> roles_in(const View& view, const Place& place,
                                         std::vector<Record> records) {
  const RoleHistory history(view, std::move(records),
                            [&](const auto& event) { return place_of(event) == place; });
  const auto* const all = history.records().data() + history.records().size();
  RoleLines lines(place);
  for (const auto& interval : history.intervals()) {
    lines.begin(history, *interval.from);
    const auto* const end = interval.until != nullptr ? interval.until : all;
    for (const auto* record = interval.from + 1; record != end; ++record) {
      // What begins in between is void.
      if (record->type() != event_name<event::SupportExtended>()) continue;
      const bool by_world = view.axis() == Axis::occurred;
      lines.extend(history, *record, by_world ? record->occurred_at() : record->recorded_at());
    }
    if (interval.until != nullptr) {
      lines.end(history, *interval.until);
    } else {
      lines.leave(view.at());
    }
  }
  return lines.take();
}

struct Roles {
  using Answer = answer::RolesT;
  using Line = answer::RoleLineT;
  using Key = Place;
  using Starts =
      EventTypes<event::MembershipGranted, event::MembershipRoleChanged, event::SupportExtended,
                 event::OrganisationMemberAdded, event::OrganisationRoleChanged>;
  using Events =
      EventTypes<event::MembershipGranted, event::MembershipRoleChanged, event::MembershipEnded,
                 event::SupportExtended, event::OrganisationMemberAdded,
                 event::OrganisationRoleChanged, event::OrganisationMemberRemoved>;
  static constexpr const AuditKeys& kKeys = kRolesKeys;

  template <class Event>
  static std::optional<Key> key(const EventStore&, const View&, const Event& event) {
    return place_of(event);
  }
  static std::vector<std::string> tags(const Key& place) {
    return {place.entity, "person:" + place.person};
  }
  static LinesByStart<Line> lines(const View& view, const Key& place, std::vector<Record> history) {
    return roles_in(view, place, std::move(history));
  }
  static LinesByStart<Line> lines(const EventStore& store, const View& view, const Key& place) {
    return lines(view, place, history_of(store, view, tags(place), Events::names()));
  }
  static Lasted lasted(const Line& line) { return {line.from.get(), line.until.get()}; }
  // What people did for an organisation has its tag, too; asked for by it are the roles in it.
  static bool is_asked(const Search& search, const Line& line) {
    const auto of_organisation = line.entity.starts_with("organisation:")
                                     ? line.entity.substr(line.entity.find(':') + 1)
                                     : std::string();
    return asks_for(search, "person", line.person) &&
           asks_for(search, "organisation", of_organisation);
  }
};

// ---- seats ----

using SeatHistory = History<event::SeatOpened, event::SeatClosed>;

struct Seat {
  std::string account;
  std::string person;

  auto operator<=>(const Seat&) const = default;
};

// What the command that opened a seat charged for it; none, if the seat was paid for already.
std::string charge_for(const EventStore& store, const View& view, const Seat& seat,
                       const Record& opened) {
  ReadRange batch;
  batch.from = Position{opened.position().value - opened->batch_index()};
  batch.to = std::min(view.position(), Position{batch.from.value + opened->batch_size() - 1});
  auto cursor = store.query(
      Query{{{{"ChargeRecorded"}, {"account:" + seat.account, "person:" + seat.person}}}}, batch);
  std::string charge;
  while (charge.empty() && cursor.next()) {
    const auto read = cursor.record().payload_as<event::ChargeRecorded>();
    if (!read) {
      view.fail(read.error());
    } else if (text(read.value()->person()) == seat.person) {
      charge = read.value()->charge()->str();
    }
  }
  if (const auto status = cursor.status(); !status) view.fail(status.error());
  return charge;
}

LinesByStart<answer::SeatLineT> seats_of(const EventStore& store, const View& view,
                                         const Seat& seat) {
  const SeatHistory history(
      store, view, {"account:" + seat.account, "person:" + seat.person},
      [&](const auto& event) { return event.person()->string_view() == seat.person; });
  LinesByStart<answer::SeatLineT> lines;
  for (const auto& interval : history.intervals()) {
    auto line = std::make_unique<answer::SeatLineT>();
    line->account = seat.account;
    line->person = seat.person;
    line->from = act_of(*interval.from);
    if (interval.until != nullptr) line->until = act_of(*interval.until);
    line->charge = charge_for(store, view, seat, *interval.from);
    lines.emplace(line->from->position, std::move(line));
  }
  return lines;
}

struct Seats {
  using Answer = answer::SeatsT;
  using Line = answer::SeatLineT;
  using Key = Seat;
  using Starts = EventTypes<event::SeatOpened>;
  using Events = EventTypes<event::SeatOpened, event::SeatClosed>;
  static constexpr const AuditKeys& kKeys = kSeatsKeys;

  template <class Event>
  static std::optional<Key> key(const EventStore&, const View&, const Event& event) {
    return Seat{event.account()->str(), event.person()->str()};
  }
  static LinesByStart<Line> lines(const EventStore& store, const View& view, const Key& seat) {
    return seats_of(store, view, seat);
  }
  static Lasted lasted(const Line& line) { return {line.from.get(), line.until.get()}; }
  static bool is_asked(const Search& search, const Line& line) {
    return asks_for(search, "person", line.person);
  }
};

// ---- handoffs ----

using HandoffHistory = History<event::HandoffProposed, event::HandoffAccepted,
                               event::HandoffDeclined, event::HandoffCancelled>;

// What became of a proposal, by the event that it was over with.
schema::HandoffState state_after(const Record* until) {
  using schema::HandoffState;
  const auto type = until != nullptr ? until->type() : std::string_view();
  if (type == "HandoffAccepted") return HandoffState::accepted;
  if (type == "HandoffDeclined") return HandoffState::declined;
  if (type == "HandoffCancelled") return HandoffState::cancelled;
  return HandoffState::proposed;  // or a fact proposed it anew, by the same id
}

// The row of a handoff knows the last proposal only; a fact may use an id again.
LinesByStart<answer::HandoffLineT> proposals_of(const EventStore& store, const View& view,
                                                const std::string& handoff) {
  const HandoffHistory history(store, view, {"handoff:" + handoff},
                               [](const auto&) { return true; });
  LinesByStart<answer::HandoffLineT> lines;
  for (const auto& interval : history.intervals()) {
    auto line = std::make_unique<answer::HandoffLineT>();
    line->handoff = handoff;
    history.visit(*interval.from, [&](const auto& event) {
      if constexpr (requires { event.message(); }) {
        line->workspace = event.workspace()->str();
        line->from_organisation = event.from_organisation()->str();
        line->target = event.target()->str();
        line->message = text(event.message());
      }
    });
    line->proposed = act_of(*interval.from);
    line->state = state_after(interval.until);
    if (line->state != schema::HandoffState::proposed) {
      line->decided = act_of(*interval.until);
      line->reason = text((*interval.until)->reason());
    }
    lines.emplace(line->proposed->position, std::move(line));
  }
  return lines;
}

struct Handoffs {
  using Answer = answer::HandoffsT;
  using Line = answer::HandoffLineT;
  using Key = std::string;
  using Starts = EventTypes<event::HandoffProposed>;
  using Events = EventTypes<event::HandoffProposed, event::HandoffAccepted, event::HandoffDeclined,
                            event::HandoffCancelled>;
  static constexpr const AuditKeys& kKeys = kHandoffsKeys;

  template <class Event>
  static std::optional<Key> key(const EventStore&, const View&, const Event& event) {
    return event.handoff()->str();
  }
  static LinesByStart<Line> lines(const EventStore& store, const View& view, const Key& handoff) {
    return proposals_of(store, view, handoff);
  }
  static Lasted lasted(const Line& line) { return {line.proposed.get(), line.decided.get()}; }
  static bool is_asked(const Search&, const Line&) { return true; }
};

}  // namespace

Result<answer::RolesT> audit_roles(const EventStore& store, const View& view,
                                   const Search& search) {
  // A role in a workspace names only an organisation on whose behalf it was given.
  if (names(search, "workspace") && names(search, "organisation")) {
    return Error{ErrorKind::invalid,
                 "NOT_ASKED_BY",
                 "workspace: and organisation: not every role in a workspace names the "
                 "organisation, so part would be missing; ask by one of them",
                 {}};
  }
  return LastingLines<Roles>(store, view, search).list();
}

Result<answer::SeatsT> audit_seats(const EventStore& store, const View& view,
                                   const Search& search) {
  return LastingLines<Seats>(store, view, search).list();
}

Result<answer::HandoffsT> audit_handoffs(const EventStore& store, const View& view,
                                         const Search& search) {
  return LastingLines<Handoffs>(store, view, search).list();
}

}  // namespace actbook

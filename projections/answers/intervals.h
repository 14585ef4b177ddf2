#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actbook/event_store.h"
#include "actbook/search.h"
#include "answers/audit_lists.h"

// What lasts, read from the events that begin and end it: a role, a seat, a handoff, a mandate.
namespace actbook {

/// What an event does to what lasts.
enum class Effect {
  none,
  begins,   ///< Something lasts from here on, in place of what may have lasted.
  changes,  ///< What lasts is another from here on; nothing, where nothing lasts.
  ends,
  rules_out  ///< Ends; and where nothing lasts yet, what was recorded before this and begins after
             ///< it is over before it begins (docs/DECISIONS.md, 92).
};

template <class Event>
constexpr Effect kEffect = Effect::none;
template <>
inline constexpr Effect kEffect<event::MembershipGranted> = Effect::begins;
template <>
inline constexpr Effect kEffect<event::MembershipRoleChanged> = Effect::changes;
template <>
inline constexpr Effect kEffect<event::MembershipEnded> = Effect::rules_out;
template <>
inline constexpr Effect kEffect<event::OrganisationMemberAdded> = Effect::begins;
template <>
inline constexpr Effect kEffect<event::OrganisationRoleChanged> = Effect::changes;
template <>
inline constexpr Effect kEffect<event::OrganisationMemberRemoved> = Effect::rules_out;
template <>
inline constexpr Effect kEffect<event::SeatOpened> = Effect::begins;
template <>
inline constexpr Effect kEffect<event::SeatClosed> = Effect::rules_out;
template <>
inline constexpr Effect kEffect<event::HandoffProposed> = Effect::begins;
template <>
inline constexpr Effect kEffect<event::HandoffAccepted> = Effect::ends;
template <>
inline constexpr Effect kEffect<event::HandoffDeclined> = Effect::ends;
template <>
inline constexpr Effect kEffect<event::HandoffCancelled> = Effect::ends;
template <>
inline constexpr Effect kEffect<event::ReferralDealSigned> = Effect::begins;
template <>
inline constexpr Effect kEffect<event::ReferralDealEnded> = Effect::ends;
template <>
inline constexpr Effect kEffect<event::MandateGranted> = Effect::begins;
template <>
inline constexpr Effect kEffect<event::MandateCancelled> = Effect::ends;

/// From one event to the one by which it was over; null, while it lasts.
struct Interval {
  const Record* from;
  const Record* until;
};

/// What lasted in a history: what each of its events does is for `effect` to say.
[[nodiscard]] std::vector<Interval> intervals_of(
    const std::vector<Record>& history, const std::function<Effect(const Record& record)>& effect);

/// The events of a search that a view knows, in the order of its axis. A failed read fails the
/// view.
[[nodiscard]] std::vector<Record> history_of(const EventStore& store, const View& view,
                                             const std::vector<std::string>& tags,
                                             const std::vector<std::string_view>& types);

/// All events of some types that have a tag, as a view knows them, in the order of its axis: read
/// at once, for those who ask for many histories of them.
struct EventsWithTag {
  std::string tag;
  std::vector<Record> events;
};

/// Those of `read` that have all the tags, of which its own must be one.
[[nodiscard]] std::vector<Record> history_of(const EventsWithTag& read,
                                             const std::vector<std::string>& tags);

/// The events of these types about one thing, in the order of a view's axis, and what lasted.
template <class... Events>
class History {
 public:
  /// `is_about(event)` says it of an event with these tags, which those of whoever acted are among.
  /// What cannot be read fails the view, which outlives this object.
  template <class IsAbout>
  History(const EventStore& store, const View& view, const std::vector<std::string>& tags,
          const IsAbout& is_about)
      : History(view, history_of(store, view, tags, {event_name<Events>()...}), is_about) {}
  /// `records` are of these types, in the order of the view's axis.
  template <class IsAbout>
  History(const View& view, std::vector<Record> records, const IsAbout& is_about)
      : view_(view), records_(std::move(records)) {
    std::erase_if(records_, [&](const Record& record) {
      bool about = false;
      visit(record, [&](const auto& event) { about = is_about(event); });
      return !about;
    });
  }

  [[nodiscard]] const std::vector<Record>& records() const { return records_; }
  [[nodiscard]] std::vector<Interval> intervals() const {
    return intervals_of(records_, [&](const Record& record) {
      Effect effect = Effect::none;
      visit(record, [&](const auto& event) { effect = kEffect<std::decay_t<decltype(event)>>; });
      return effect;
    });
  }
  /// Calls `visitor` with the event of a record.
  template <class Visitor>
  void visit(const Record& record, const Visitor& visitor) const {
    const auto read = EventTypes<Events...>::visit(record, visitor);
    if (!read) view_.fail(read.error());
  }

 private:
  const View& view_;
  std::vector<Record> records_;
};

}  // namespace actbook

#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/event_store.h"
#include "actbook/record.h"
#include "actbook/schema/answers_generated.h"

namespace actbook {

/// Instants from `from` on and before `before`; where one is missing, without end.
struct TimeRange {
  std::optional<Timestamp> from;
  std::optional<Timestamp> before;

  [[nodiscard]] bool contains(Timestamp at) const {
    return (!from || at >= *from) && (!before || at < *before);
  }
};

/// Which events an audit is about, and which page of them. What is empty does not restrict; all
/// that is given must hold.
struct Search {
  /// The names of events, such as AgreementAccepted: any of them.
  std::vector<std::string> types;
  /// `key:value` as the tags of events, such as workspace:ws-1, actor:adam, correlation:c-1: all of
  /// them.
  std::vector<std::string> tags;
  TimeRange recorded;
  TimeRange occurred;
  /// Only refusals, or none.
  std::optional<bool> refused;
  /// Only refusals for any of these reasons, such as NOT_PARTNER.
  std::vector<std::string> reasons;
  /// Only refusals of any of these commands, such as CreateWorkspace.
  std::vector<std::string> commands;
  /// Only what was observed, or only what was commanded.
  std::optional<schema::Mode> mode;
  /// Only what broke rules, or only what broke none.
  std::optional<bool> broken;

  /// The cursor: only what lies after this position; the `next` of the page before.
  Position after;
  std::size_t limit = std::numeric_limits<std::size_t>::max();
};

/// Reads a search from a text of terms with spaces between them: `key:value`, where a value with
/// spaces stands in double quotes.
///
///   type:agreement.*           events by name, as AgreementAccepted or agreement.accepted, where
///                              * stands for anything; several, joined by commas, for any of them
///   actor:adam, workspace:ws-1 any tag of events: actor, correlation, and the kinds of entity.h
///   recorded:[2026-03-01,2026-04-01)
///                              recorded, or occurred: from the first instant on, before the
///                              second; either may be left out; a day alone is that day
///   refused:yes                or no; so, too, broken:yes, broken:no, mode:observed, mode:command
///   reason:NOT_PARTNER         refusals for that reason; command:CreateWorkspace, of that command
///
/// The grammar stands in docs/SEARCH.md. Errors: invalid with BAD_SEARCH, naming the column (from
/// 1) where the text goes wrong and what may stand there.
[[nodiscard]] Result<Search> parse_search(std::string_view text);

/// Errors: misuse with EMPTY_RANGE, if a range is empty, or with NOT_ASKED_FOR, if refusals are
/// asked for by reason or command, and none of them; invalid with UNKNOWN_NAME, for an event, a
/// reason or a command that this version does not have: it names those that are near.
[[nodiscard]] Result<void> check_search(const Search& search);

/// The events that match, up to the view, in the order of positions. On the view's second axis,
/// those that had occurred by then. Errors: those of check_search(); corrupt or unavailable, if the
/// store cannot be read; unsupported, for an event of a newer version. Cost: that of the rarest tag
/// or type; one read for each event that is listed.
[[nodiscard]] Result<answer::TrailT> find_events(const EventStore& store, const View& view,
                                                 const Search& search);

/// Visits the events of a search up to the view, in the order of positions, of these types only
/// (all, if empty). `visit` says whether the event made lines; the walk ends when there are as many
/// such events as the search's limit. The answer is the cursor for the next page, if there is one.
/// Errors: those of find_events(), and of `visit`.
[[nodiscard]] Result<flatbuffers::Optional<std::uint64_t>> visit_events(
    const EventStore& store, const View& view, const Search& search,
    const std::vector<std::string_view>& types,
    const std::function<Result<bool>(const Record& record)>& visit);

/// The name that an event has in searches, too: AgreementAccepted is agreement.accepted.
[[nodiscard]] std::string dotted_name(std::string_view event);

}  // namespace actbook

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "actbook/access.h"
#include "actbook/audit.h"
#include "answers/known.h"
#include "answers/lasting.h"

namespace actbook {
namespace {

using MandateHistory = History<event::MandateGranted, event::MandateCancelled>;

// When the grants of a mandate ended; a fact may use an id again.
LinesByStart<answer::MandateAuditLineT> mandates_of(const EventStore& store, const View& view,
                                                    const std::string& mandate) {
  const MandateHistory history(store, view, {"mandate:" + mandate},
                               [](const auto&) { return true; });
  LinesByStart<answer::MandateAuditLineT> lines;
  for (const auto& interval : history.intervals()) {
    auto line = std::make_unique<answer::MandateAuditLineT>();
    history.visit(*interval.from, [&](const auto& event) {
      if constexpr (requires { event.request(); }) {
        line->mandate = mandate;
        line->agency = event.agency()->str();
        line->client = event.client()->str();
        if (event.request() != nullptr) line->request = event.request()->str();
        line->one_person_for_both_sides = event.one_person_for_both_sides();
      }
    });
    line->approved = act_of(*interval.from);
    if (!line->request.empty()) {
      line->requested = copy(find_or_empty<row::MandateRequestRowT>(view, line->request).requested);
    }
    if (interval.until != nullptr) {
      line->ended = act_of(*interval.until);
      history.visit(*interval.until, [&](const auto& event) {
        if constexpr (requires { event.by(); }) line->ended_by = event.by();
      });
    }
    lines.emplace(line->approved->position, std::move(line));
  }
  return lines;
}

// The mandate that a request led to, if it led to one.
std::optional<std::string> granted_on(const EventStore& store, const View& view,
                                      const std::string& request) {
  auto cursor = store.query(Query{{{{"MandateGranted"}, {"mandate_request:" + request}}}},
                            {.to = view.position(), .limit = 1});
  if (!cursor.next()) {
    if (const auto status = cursor.status(); !status) view.fail(status.error());
    return std::nullopt;
  }
  const auto granted = cursor.record().payload_as<event::MandateGranted>();
  if (!granted) {
    view.fail(granted.error());
    return std::nullopt;
  }
  return granted.value()->mandate()->str();
}

struct Mandates {
  using Answer = answer::MandatesT;
  using Line = answer::MandateAuditLineT;
  using Key = std::string;
  using Starts = EventTypes<event::MandateGranted>;
  using Events =
      EventTypes<event::MandateRequested, event::MandateGranted, event::MandateCancelled>;
  static constexpr const AuditKeys& kKeys = kMandatesKeys;

  template <class Event>
  static std::optional<Key> key(const EventStore& store, const View& view, const Event& event) {
    if constexpr (std::is_same_v<Event, event::MandateRequested>) {
      return granted_on(store, view, event.request()->str());
    } else {
      return event.mandate()->str();
    }
  }
  static LinesByStart<Line> lines(const EventStore& store, const View& view, const Key& mandate) {
    return mandates_of(store, view, mandate);
  }
  static Lasted lasted(const Line& line) {
    return {line.approved.get(), line.ended.get(), line.requested.get()};
  }
  static bool is_asked(const Search&, const Line&) { return true; }
};

}  // namespace

Result<answer::MandatesT> audit_mandates(const EventStore& store, const View& view,
                                         const Search& search) {
  return LastingLines<Mandates>(store, view, search).list();
}

// On offer or not: that is said of each. The enabling that came first counts.
Result<answer::SpecialPlansT> audit_special_plans(const View& view,
                                                  const std::string& organisation) {
  auto answer = stamped<answer::SpecialPlansT>(view);
  for (const auto& [id, mandate] : live_mandates_of(view, organisation)) {
    std::set<std::string_view> met;
    for (const auto& enabled : mandate.plans) {
      if (!met.insert(enabled->plan).second) continue;
      const auto plan = find_or_empty<row::PlanRowT>(view, enabled->plan);
      if (!plan.special) continue;  // anybody may buy it since
      auto line = std::make_unique<answer::SpecialPlanLineT>();
      line->client = organisation;
      line->plan = enabled->plan;
      line->name = plan.name;
      line->active = plan.active;
      line->mandate = id;
      line->agency = mandate.agency;
      line->enabled = copy(enabled->enabled);
      answer.lines.push_back(std::move(line));
    }
  }
  std::ranges::sort(answer.lines, {}, [](const auto& line) {
    return std::tuple(line->enabled ? line->enabled->position : 0, line->plan);
  });
  const bool is_known = find<row::OrganisationRowT>(view, organisation).has_value();
  BOOST_OUTCOME_TRY(view.status());
  if (answer.lines.empty() && !is_known) {
    return not_known(view, {EntityKind::organisation, organisation});
  }
  return answer;
}

}  // namespace actbook

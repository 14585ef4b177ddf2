#include "actbook/acceptances.h"

#include <algorithm>
#include <map>
#include <set>
#include <type_traits>
#include <utility>

#include "actbook/audit.h"
#include "actbook/tables.h"
#include "answers/intervals.h"
#include "answers/lines.h"
#include "answers/listing.h"

namespace actbook {
namespace {

using Lapses = std::vector<row::AcceptanceLapseRowT>;

// The end of the acceptances in force that `end_of` gives an act for.
template <class EndOf>
void end_acceptances(std::vector<Acceptance>& acceptances, schema::AcceptanceState state,
                     const EndOf& end_of) {
  for (auto& acceptance : acceptances) {
    if (acceptance.state != schema::AcceptanceState::in_force) continue;
    const schema::ActT* end = end_of(acceptance.row);
    if (end == nullptr) continue;
    acceptance.state = state;
    acceptance.ended = std::make_unique<schema::ActT>(*end);
  }
}

// By which act an acceptance in force lapses when a lapse comes; null, if it does not. The ledger
// named those that it knew. In the order of the world the workspace became internal for all of
// them, also for one that was told later; such a one lapses by the act that did that.
const schema::ActT* lapse_of(const row::AcceptanceRowT& acceptance,
                             const row::AcceptanceLapseRowT& lapse, const Lapses& all, Axis axis) {
  const auto names_it = [&](const row::AcceptanceLapseRowT& other) {
    return other.acceptance == acceptance.accepted->position;
  };
  if (axis == Axis::recorded) return names_it(lapse) ? lapse.lapsed.get() : nullptr;
  const auto named = std::ranges::find_if(all, [&](const row::AcceptanceLapseRowT& other) {
    return names_it(other) && other.lapsed->occurred_at == lapse.lapsed->occurred_at;
  });
  return (named != all.end() ? *named : lapse).lapsed.get();
}

}  // namespace

std::vector<Acceptance> acceptances_of(const RowReader& rows, std::string_view workspace) {
  std::vector<Acceptance> acts;
  Lapses lapses;
  each<row::AcceptanceRowT>(rows, row_key({workspace}) + "/",
                            [&](std::string_view, const row::AcceptanceRowT& row) {
                              if (row.accepted) acts.push_back({row, {}, nullptr});
                            });
  each<row::AcceptanceLapseRowT>(rows, row_key({workspace}) + "/",
                                 [&](std::string_view, const row::AcceptanceLapseRowT& row) {
                                   if (row.lapsed) lapses.push_back(row);
                                 });
  const auto order = [&](const schema::ActT& act) {
    return std::pair(rows.axis() == Axis::occurred ? act.occurred_at : 0, act.position);
  };
  std::ranges::sort(acts, {}, [&](const Acceptance& act) { return order(*act.row.accepted); });
  std::ranges::sort(lapses, {}, [&](const auto& lapse) { return order(*lapse.lapsed); });
  std::vector<Acceptance> acceptances;
  auto lapse = lapses.begin();
  const auto lapse_before = [&](const schema::ActT* act) {
    for (; lapse != lapses.end() && (act == nullptr || order(*lapse->lapsed) < order(*act));
         ++lapse) {
      end_acceptances(acceptances, schema::AcceptanceState::lapsed,
                      [&](const auto& row) { return lapse_of(row, *lapse, lapses, rows.axis()); });
    }
  };
  for (auto& act : acts) {
    lapse_before(act.row.accepted.get());
    end_acceptances(acceptances, schema::AcceptanceState::replaced, [&](const auto& row) {
      return row.agreement == act.row.agreement ? act.row.accepted.get() : nullptr;
    });
    acceptances.push_back(std::move(act));
  }
  lapse_before(nullptr);
  return acceptances;
}

namespace {

// ---- whose data an acceptance was for ----

// The acceptances, and what says whose data a workspace holds. Each but the first and the last
// makes it another owner's, or nobody's.
using DataEvents = EventTypes<event::AgreementAccepted, event::WorkspaceCreated,
                              event::WorkspaceReclassified, event::DataOwnerNamed,
                              event::DataOwnerReplaced, event::DataOwnerOrganisationRecorded>;

std::string_view text(const flatbuffers::String* string) {
  return string != nullptr ? string->string_view() : std::string_view();
}

// The organisation that an event says is the data owner's.
template <class Event>
std::string_view owner_organisation(const Event&) {
  return {};
}
std::string_view owner_organisation(const event::DataOwnerNamed& event) {
  return text(event.data_owner()->organisation());
}
std::string_view owner_organisation(const event::DataOwnerReplaced& event) {
  return text(event.to()->organisation());
}
std::string_view owner_organisation(const event::DataOwnerOrganisationRecorded& event) {
  return text(event.organisation());
}

Position first_of_batch(const Record& record) {
  return Position{record.position().value - record->batch_index()};
}

// The acceptances for a workspace that were for an organisation's data.
class ForData {
 public:
  explicit ForData(std::string organisation) : organisation_(std::move(organisation)) {}

  template <class Event>
  void note(const Event& event, const Record& record) {
    if constexpr (std::is_same_v<Event, event::AgreementAccepted>) {
      of_owner_.push_back(record);
    } else {
      if constexpr (!std::is_same_v<Event, event::DataOwnerOrganisationRecorded>) {
        begin_another(record);
      }
      owns_ = owns_ || owner_organisation(event) == organisation_;
    }
  }
  [[nodiscard]] std::set<std::uint64_t> take() {
    settle();
    return std::move(for_it_);
  }

 private:
  // An acceptance stands before the data owner that it is for, in one batch.
  void begin_another(const Record& record) {
    const auto batch = first_of_batch(record);
    const auto own = std::stable_partition(
        of_owner_.begin(), of_owner_.end(),
        [&](const Record& accepted) { return first_of_batch(accepted) != batch; });
    std::vector<Record> next(own, of_owner_.end());
    of_owner_.erase(own, of_owner_.end());
    settle();
    of_owner_ = std::move(next);
    owns_ = false;
  }
  void settle() {
    if (!owns_) return;
    for (const auto& accepted : of_owner_) for_it_.insert(accepted.position().value);
  }

  std::string organisation_;
  std::vector<Record> of_owner_;  // those for the data of whoever owns it now
  bool owns_ = false;
  std::set<std::uint64_t> for_it_;
};

// Also if the organisation was recorded as the data owner's after them, so that they do not name
// it.
std::set<std::uint64_t> acceptances_for_data(const EventStore& store, const View& view,
                                             const std::string& workspace,
                                             const std::string& organisation) {
  ForData found(organisation);
  for (const auto& record :
       history_of(store, view, {"workspace:" + workspace}, DataEvents::names())) {
    const auto read =
        DataEvents::visit(record, [&](const auto& event) { found.note(event, record); });
    if (!read) view.fail(read.error());
  }
  return found.take();
}

// ---- what an organisation asks for ----

// Which acceptances for a workspace are an organisation's, beside those that name it; all of them,
// if it owns the workspace.
using Claim = std::optional<std::set<std::uint64_t>>;
using Claims = std::map<std::string, Claim>;  // by the organisation's tag

// By workspace: an organisation's acceptances are also those of the workspaces it owns, whoever
// owned them then, and those for its data, though it was recorded as the owner's only later.
std::map<std::string, Claims> claims_of(const EventStore& store, const View& view,
                                        const Search& search) {
  constexpr std::string_view kOrganisation = "organisation:";
  std::map<std::string, Claims> claims;
  for (const auto& tag : search.tags) {
    if (!tag.starts_with(kOrganisation)) continue;
    const auto organisation = tag.substr(kOrganisation.size());
    for (const auto& workspace : references(view, "organisation", organisation, "workspace")) {
      const auto row = find<row::WorkspaceRowT>(view, workspace);
      if (row && row->organisation == organisation) claims[workspace].try_emplace(tag);
    }
    for (const auto& workspace : references(view, "organisation", organisation, "data_in")) {
      if (claims[workspace].contains(tag)) continue;
      claims[workspace].emplace(tag, acceptances_for_data(store, view, workspace, organisation));
    }
  }
  return claims;
}

bool is_claimed(const Claims& claims, const Record& record) {
  return std::ranges::all_of(claims, [&](const auto& claim) {
    return !claim.second || claim.second->contains(record.position().value) ||
           std::ranges::any_of(*record->tags(),
                               [&](const auto* tag) { return tag->string_view() == claim.first; });
  });
}

// The same search of the acceptances for one workspace, which the organisations claim.
Search in_workspace(Search search, const std::string& workspace, const Claims& claims) {
  for (auto& tag : search.tags) {
    if (claims.contains(tag)) tag = "workspace:" + workspace;
  }
  return search;
}

}  // namespace

Result<answer::AcceptancesT> find_acceptances(const EventStore& store, const View& view,
                                              const Search& search,
                                              std::optional<std::uint32_t> version) {
  BOOST_OUTCOME_TRY(check_asked(kAcceptancesKeys, {"AgreementAccepted"}, search));
  std::set<std::string, std::less<>> met;  // workspaces
  std::map<std::uint64_t, Acceptance> acceptances;
  std::map<std::uint64_t, std::unique_ptr<answer::AcceptanceLineT>> lines;
  const auto add = [&](const Record& record) -> Result<bool> {
    BOOST_OUTCOME_TRY(event, record.payload_as<event::AgreementAccepted>());
    if (version && event->version() != *version) return false;
    if (met.insert(event->workspace()->str()).second) {
      for (auto& acceptance : acceptances_of(view, event->workspace()->string_view())) {
        const auto position = acceptance.row.accepted->position;
        acceptances.emplace(position, std::move(acceptance));
      }
    }
    const auto position = record.position().value;
    const auto found = acceptances.find(position);
    if (found == acceptances.end()) return false;
    lines.try_emplace(position,
                      std::make_unique<answer::AcceptanceLineT>(acceptance_line(found->second)));
    return true;
  };
  auto answer = stamped<answer::AcceptancesT>(view);
  BOOST_OUTCOME_TRY(next, visit_events(store, view, search, {"AgreementAccepted"}, add));
  bool more = next.has_value();
  for (const auto& [workspace, claims] : claims_of(store, view, search)) {
    const auto add_claimed = [&, &claimed = claims](const Record& record) -> Result<bool> {
      if (!is_claimed(claimed, record)) return false;
      return add(record);
    };
    BOOST_OUTCOME_TRY(next_of_it, visit_events(store, view, in_workspace(search, workspace, claims),
                                               {"AgreementAccepted"}, add_claimed));
    more = more || next_of_it.has_value();
  }
  // Each search gave its first; the page ends where the first of them did.
  for (auto& [position, line] : lines) {
    if (answer.lines.size() == search.limit) {
      more = true;
      break;
    }
    answer.lines.push_back(std::move(line));
  }
  if (more && !answer.lines.empty()) answer.next = answer.lines.back()->position;
  BOOST_OUTCOME_TRY(view.status());
  if (answer.lines.empty()) {
    BOOST_OUTCOME_TRY(check_all_known(store, view, search));
  }
  return answer;
}

}  // namespace actbook

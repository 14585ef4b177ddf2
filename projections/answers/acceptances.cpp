#include "actbook/acceptances.h"

#include <algorithm>
#include <map>
#include <set>

#include "actbook/audit.h"
#include "actbook/tables.h"
#include "answers/lines.h"
#include "answers/listing.h"

namespace actbook {
namespace {

// The end of the acceptances in force that `is_over` says are.
template <class IsOver>
void end_acceptances(std::vector<Acceptance>& acceptances, schema::AcceptanceState state,
                     const schema::ActT& act, const IsOver& is_over) {
  for (auto& acceptance : acceptances) {
    if (acceptance.state != schema::AcceptanceState::in_force || !is_over(acceptance.row)) continue;
    acceptance.state = state;
    acceptance.ended = std::make_unique<schema::ActT>(act);
  }
}

}  // namespace

std::vector<Acceptance> acceptances_of(const RowReader& rows, std::string_view workspace) {
  std::vector<Acceptance> acts;
  std::vector<row::AcceptanceLapseRowT> lapses;
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
      end_acceptances(acceptances, schema::AcceptanceState::lapsed, *lapse->lapsed,
                      [&](const auto& row) { return row.accepted->position == lapse->acceptance; });
    }
  };
  for (auto& act : acts) {
    lapse_before(act.row.accepted.get());
    end_acceptances(acceptances, schema::AcceptanceState::replaced, *act.row.accepted,
                    [&](const auto& row) { return row.agreement == act.row.agreement; });
    acceptances.push_back(std::move(act));
  }
  lapse_before(nullptr);
  return acceptances;
}

namespace {

// The searches that together find what is asked: an organisation's acceptances are also those of
// the workspaces it owns, whoever owned them then. Of two organisations, each in its turn: no
// workspace is owned by both.
std::vector<Search> searches_for(const View& view, const Search& search) {
  constexpr std::string_view kOrganisation = "organisation:";
  std::vector<Search> searches = {search};
  for (const auto& tag : std::set(search.tags.begin(), search.tags.end())) {
    if (!tag.starts_with(kOrganisation)) continue;
    const auto organisation = tag.substr(kOrganisation.size());
    for (const auto& workspace : references(view, "organisation", organisation, "workspace")) {
      const auto row = find<row::WorkspaceRowT>(view, workspace);
      if (!row || row->organisation != organisation) continue;
      searches.push_back(search);
      std::ranges::replace(searches.back().tags, tag, "workspace:" + workspace);
    }
  }
  return searches;
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
  bool more = false;
  for (const auto& each_of : searches_for(view, search)) {
    BOOST_OUTCOME_TRY(next, visit_events(store, view, each_of, {"AgreementAccepted"}, add));
    more = more || next.has_value();
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

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "actbook/access.h"
#include "actbook/audit.h"
#include "answers/audit_lists.h"
#include "answers/known.h"

// Who held what is asked of the rows as they stood after every batch of events that may have
// changed it (on the second axis: at every instant of such events), and when a support session ran
// out. So the answer is what the rows said all along.
namespace actbook {
namespace {

// What there is to hold, in the order of the answer; and that there is a workspace at all, which
// nobody holds.
enum class What {
  owner,
  payer,
  account,
  data_owner,
  data_owner_organisation,
  administrator,
  existence
};
constexpr std::array kNames = {
    "owner", "payer", "account", "data_owner", "data_owner_organisation", "administrator"};

using Lines = std::vector<std::unique_ptr<answer::TenureLineT>>;

// What may make somebody else hold something by what the row of the workspace says.
using WorkspaceEvents =
    EventTypes<event::WorkspaceCreated, event::WorkspaceReclassified, event::VisibilityChanged,
               event::WorkspaceDeleted, event::DataOwnerNamed, event::DataOwnerReplaced,
               event::DataOwnerCorrected, event::DataOwnerOrganisationRecorded,
               event::HandoffAccepted>;
// All else that says something of the workspace: that it is there, if nothing else. There may be
// thousands of them.
using OtherEvents =
    EventTypes<event::WorkspaceRenamed, event::BrandingSet, event::BrandingRemoved,
               event::AgreementAccepted, event::AgreementLapsed, event::HandoffProposed,
               event::HandoffDeclined, event::HandoffCancelled, event::SupportDoorOpened,
               event::SupportDoorClosed, event::SupportRequested, event::ReferralDealSigned>;
using MembershipEvents = EventTypes<event::MembershipGranted, event::MembershipRoleChanged,
                                    event::MembershipEnded, event::SupportExtended>;
using MemberEvents = EventTypes<event::OrganisationMemberAdded, event::OrganisationRoleChanged,
                                event::OrganisationMemberRemoved>;

std::vector<What> concerned_by(std::string_view type) {
  if (type == "WorkspaceCreated" || type == "WorkspaceDeleted") {
    return {What::owner,
            What::payer,
            What::account,
            What::data_owner,
            What::data_owner_organisation,
            What::administrator};
  }
  if (type == "HandoffAccepted") return {What::owner, What::payer, What::administrator};
  if (type == "WorkspaceReclassified") {
    return {What::account, What::data_owner, What::data_owner_organisation};
  }
  if (type == "VisibilityChanged") return {What::administrator};
  return {What::data_owner, What::data_owner_organisation};
}

// From here on somebody else may hold something.
struct Change {
  Timestamp at;  // on the axis of the view
  // By the rows after this position. 0: by those before the instant, for no event tells of it.
  Position after;
  schema::ActT act;
  What what = What::administrator;
  std::string person;  // administrators: which; empty: any

  [[nodiscard]] auto place() const { return std::tuple(at, after.value == 0 ? 0 : act.position); }
};

Change change_by(const View& view, const Record& record) {
  Change change;
  change.act = *act_of(record);
  if (view.axis() == Axis::occurred) {
    change.at = record.occurred_at();
    change.after = view.position();
  } else {
    const auto rest = record->batch_size() - 1 - record->batch_index();
    change.at = record.recorded_at();
    change.after = std::min(view.position(), Position{record.position().value + rest});
  }
  return change;
}

// Changes of what the row of the workspace says, and who owned it meanwhile.
Result<void> read_workspace(const EventStore& store, const View& view, const Search& search,
                            std::vector<Change>& changes, std::set<std::string>& organisations) {
  const auto read = [&](const Record& record) -> Result<bool> {
    auto change = change_by(view, record);
    for (const auto what : concerned_by(record.type())) {
      change.what = what;
      changes.push_back(change);
    }
    BOOST_OUTCOME_TRY(WorkspaceEvents::visit(record, [&](const auto& event) {
      if constexpr (requires { event.target(); }) {
        if (event.target() != nullptr) organisations.insert(event.target()->str());
      } else if constexpr (requires { event.usage(); }) {
        organisations.insert(event.organisation()->str());
      }
    }));
    return true;
  };
  BOOST_OUTCOME_TRY(visit_events(store, view, search, WorkspaceEvents::names(), read));
  return boost::outcome_v2::success();
}

// The rows that tell who holds what from a change on.
Result<View> rows_after(const EventStore& store, const View& view, const Change& change) {
  return view.axis() == Axis::occurred ? store.true_at(view, change.at)
                                       : store.after_event(change.after);
}

// The events of a workspace that only say that it is there, as far as they are before a change, in
// the order of the axis; of each, the index tells where and when it is.
Result<std::vector<Position>> others_before(const EventStore& store, const View& view,
                                            const std::string& tag,
                                            const std::optional<Change>& change) {
  QueryItem item;
  for (const auto type : OtherEvents::names()) item.types.emplace_back(type);
  item.tags = {tag};
  ReadRange range;
  range.to = view.position();
  const bool by_world = view.axis() == Axis::occurred;
  if (change && !by_world) range.to = std::min(range.to, Position{change->act.position});
  std::vector<std::pair<Timestamp, Position>> places;
  auto cursor = store.list(Query{{std::move(item)}}, range);
  while (cursor.next()) {
    const IndexEntry& entry = cursor.entry();
    if (!view.knows(entry.position, entry.occurred_at)) continue;
    const std::pair place(by_world ? entry.occurred_at : entry.recorded_at, entry.position);
    if (!change || place < std::pair(change->at, Position{change->act.position})) {
      places.push_back(place);
    }
  }
  BOOST_OUTCOME_TRY(cursor.status());
  std::ranges::sort(places);
  std::vector<Position> positions;
  for (const auto& place : places) positions.push_back(place.second);
  return positions;
}

Result<Change> sign_at(const EventStore& store, const View& view, Position position) {
  BOOST_OUTCOME_TRY(record, store.event(position));
  auto change = change_by(view, record);
  change.what = What::existence;
  return change;
}

// Of a workspace whose creation was never seen, the first event that is about it, and the first
// from which on it is there, if they are before `changes`. Nobody holds anything in between, and
// none after them makes a difference.
Result<void> add_first_signs(const EventStore& store, const View& view,
                             const std::string& workspace, std::vector<Change>& changes) {
  std::optional<Change> before;
  if (!changes.empty()) before = std::ranges::min(changes, {}, &Change::place);
  BOOST_OUTCOME_TRY(others, others_before(store, view, "workspace:" + workspace, before));
  if (others.empty()) return boost::outcome_v2::success();
  auto there = others.cbegin();
  for (auto end = others.cend(); there != end;) {  // once it is there, it stays
    const auto middle = there + (end - there) / 2;
    BOOST_OUTCOME_TRY(sign, sign_at(store, view, *middle));
    BOOST_OUTCOME_TRY(rows, rows_after(store, view, sign));
    const bool is_there = find<row::WorkspaceRowT>(rows, workspace).has_value();
    BOOST_OUTCOME_TRY(rows.status());
    if (is_there) {
      end = middle;
    } else {
      there = middle + 1;
    }
  }
  BOOST_OUTCOME_TRY(first, sign_at(store, view, others.front()));
  changes.push_back(std::move(first));
  if (there == others.cbegin() || there == others.cend()) return boost::outcome_v2::success();
  BOOST_OUTCOME_TRY(sign, sign_at(store, view, *there));
  changes.push_back(std::move(sign));
  return boost::outcome_v2::success();
}

// A session is over at its end, though nothing says so then; the act is that which said when.
void add_expiry(const View& view, flatbuffers::Optional<std::int64_t> expires_at, Change change,
                std::vector<Change>& changes) {
  if (!expires_at || *expires_at > view.at().microseconds) return;
  change.at = Timestamp{*expires_at};
  change.after = Position{};
  change.act.recorded_at = change.act.occurred_at = *expires_at;
  changes.push_back(std::move(change));
}

// Changes of what one person may do, by events of these types.
template <class Events>
Result<void> read_people(const EventStore& store, const View& view, const Search& search,
                         std::vector<Change>& changes) {
  const auto read = [&](const Record& record) -> Result<bool> {
    auto change = change_by(view, record);
    BOOST_OUTCOME_TRY(Events::visit(record, [&](const auto& event) {
      change.person = event.person()->str();
      if constexpr (requires { event.expires_at(); }) {
        add_expiry(view, event.expires_at(), change, changes);
      }
    }));
    changes.push_back(std::move(change));
    return true;
  };
  BOOST_OUTCOME_TRY(visit_events(store, view, search, Events::names(), read));
  return boost::outcome_v2::success();
}

// In the order of the axis.
Result<std::vector<Change>> changes_of(const EventStore& store, const View& view,
                                       const std::string& workspace) {
  std::vector<Change> changes;
  std::set<std::string> organisations;
  Search search;
  search.tags = {"workspace:" + workspace};
  BOOST_OUTCOME_TRY(read_workspace(store, view, search, changes, organisations));
  BOOST_OUTCOME_TRY(add_first_signs(store, view, workspace, changes));
  if (changes.empty()) return changes;
  const auto first = std::ranges::min(changes, {}, &Change::place);
  BOOST_OUTCOME_TRY(read_people<MembershipEvents>(store, view, search, changes));
  // What was before the workspace is in the rows by then.
  if (view.axis() == Axis::recorded) search.after = Position{first.act.position};
  for (const auto& organisation : organisations) {
    search.tags = {"organisation:" + organisation};
    BOOST_OUTCOME_TRY(read_people<MemberEvents>(store, view, search, changes));
  }
  std::erase_if(changes, [&](const Change& change) { return change.place() < first.place(); });
  std::ranges::stable_sort(changes, {}, &Change::place);
  return changes;
}

// The organisation that is recorded as the data owner's is no other data owner.
std::string name_of(const schema::DataOwnerT& owner) {
  for (const auto* id : {&owner.person, &owner.contact, &owner.organisation}) {
    if (!id->empty()) return *id;
  }
  return owner.organisation_name;
}

// Who alone holds something; empty: nobody.
std::string holder_of(const std::optional<row::WorkspaceRowT>& row, What what) {
  if (!row || row->deleted) return {};
  switch (what) {
    case What::owner:
      return row->organisation;
    case What::payer:
      return row->billing_organisation;
    case What::account:
      return row->account;
    case What::data_owner:
      return row->data_owner ? name_of(*row->data_owner) : std::string();
    case What::data_owner_organisation:
      return row->data_owner ? row->data_owner->organisation : std::string();
    default:
      return {};
  }
}

// What was held and what is, as the walk goes on.
class Tenures {
 public:
  explicit Tenures(std::string workspace) : workspace_(std::move(workspace)) {}

  // Brings them up to what the rows say, where these changes, of one moment, may have made a
  // difference. Of several for one thing the last is said to have made it.
  void settle(const View& rows, std::span<const Change> changes);

  // In the order of the answer.
  [[nodiscard]] Lines take() {
    Lines all;
    for (auto& line : lines_) all.push_back(std::move(line.second));
    return all;
  }

 private:
  [[nodiscard]] std::vector<std::string> holders(What what) const {
    std::vector<std::string> all;
    for (const auto& open : open_) {
      if (open.first.first == what) all.push_back(open.first.second);
    }
    return all;
  }

  void set(What what, const std::string& who, bool holds, const Change& change) {
    const auto open = open_.find({what, who});
    if (holds == (open != open_.end())) return;
    if (!holds) {
      open->second->until = std::make_unique<schema::ActT>(change.act);
      open_.erase(open);
      return;
    }
    auto line = std::make_unique<answer::TenureLineT>();
    line->workspace = workspace_;
    line->what = kNames.at(static_cast<std::size_t>(what));
    line->who = who;
    line->from = std::make_unique<schema::ActT>(change.act);
    open_.emplace(std::pair(what, who), line.get());
    lines_.emplace(std::tuple(what, change.at, change.act.position, who), std::move(line));
  }

  std::string workspace_;
  bool is_there_ = false;
  std::map<std::pair<What, std::string>, answer::TenureLineT*> open_;
  std::map<std::tuple<What, Timestamp, std::uint64_t, std::string>,
           std::unique_ptr<answer::TenureLineT>>
      lines_;
};

void Tenures::settle(const View& rows, std::span<const Change> changes) {
  const auto at = changes.front().at;
  const auto row = find<row::WorkspaceRowT>(rows, workspace_);
  std::map<What, const Change*> held_alone;
  std::map<std::string, const Change*> administrators;
  const auto note_everybody = [&](const Change& change) {
    for (const auto& person : holders(What::administrator)) administrators[person] = &change;
    for (const auto& found : everybody_with_access(rows, at, workspace_)) {
      administrators[found.first] = &change;
    }
  };
  // A fact may be about a workspace whose creation was never seen.
  if (row && !is_there_) note_everybody(changes.front());
  is_there_ = row.has_value();
  for (const auto& change : changes) {
    if (change.what != What::administrator) {
      held_alone[change.what] = &change;
    } else if (change.person.empty()) {
      note_everybody(change);
    } else {
      administrators[change.person] = &change;
    }
  }
  for (const auto& [what, change] : held_alone) {
    const auto now = holder_of(row, what);
    for (const auto& former : holders(what)) set(what, former, former == now, *change);
    if (!now.empty()) set(what, now, true, *change);
  }
  for (const auto& [person, change] : administrators) {
    const auto role = effective_access(rows, at, workspace_, person).role;
    set(What::administrator, person, role && *role >= schema::WorkspaceRole::admin, *change);
  }
}

Result<Lines> lines_of(const EventStore& store, const View& view, const std::string& workspace) {
  Tenures tenures(workspace);
  BOOST_OUTCOME_TRY(changes, changes_of(store, view, workspace));
  std::optional<View> rows;
  for (auto begin = changes.cbegin(); begin != changes.cend();) {
    const auto end = std::find_if(begin, changes.cend(), [&](const Change& next) {
      return next.at != begin->at || next.after != begin->after;
    });
    if (begin->after.value != 0) {
      BOOST_OUTCOME_TRY(then, rows_after(store, view, *begin));
      rows = then;
    }
    if (rows) {
      tenures.settle(*rows, {begin, end});
      BOOST_OUTCOME_TRY(rows->status());
    }
    begin = end;
  }
  return tenures.take();
}

}  // namespace

Result<answer::TenuresT> audit_tenures(const EventStore& store, const View& view,
                                       const std::string& workspace) {
  auto answer = stamped<answer::TenuresT>(view);
  answer.workspace = workspace;
  BOOST_OUTCOME_TRY(lines, lines_of(store, view, workspace));
  answer.lines = std::move(lines);
  if (answer.lines.empty()) {
    BOOST_OUTCOME_TRY(check_known(store, view, {EntityKind::workspace, workspace}));
  }
  return answer;
}

}  // namespace actbook

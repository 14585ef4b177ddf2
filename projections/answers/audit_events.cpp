#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "actbook/access.h"
#include "actbook/audit.h"
#include "actbook/schema/reasons_generated.h"
#include "answers/audit_lists.h"
#include "answers/lasting.h"
#include "answers/recording_moves.h"

namespace actbook {
namespace {

using schema::PartnerProgram;

// Where an event stands in the order of a view's axis.
std::pair<Timestamp, Position> place_of(const View& view, const Record& record) {
  return {view.axis() == Axis::occurred ? record.occurred_at() : Timestamp{}, record.position()};
}

std::string reason_of(const Record& record) {
  return record->reason() != nullptr ? record->reason()->str() : std::string();
}

using PartnerHistory = History<event::PartnerStatusGranted, event::PartnerStatusRevoked>;

// The grants and revocations of an organisation that a view knows, in the order of its axis.
PartnerHistory partner_history(const EventStore& store, const View& view,
                               const std::string& organisation) {
  return {store, view, {"organisation:" + organisation}, [&](const auto& event) {
            return event.organisation()->string_view() == organisation;
          }};
}

struct PartnerStatuses {
  using Answer = answer::PartnerStatusesT;
  using Line = answer::PartnerStatusLineT;
  using Key = std::string;
  using Starts = EventTypes<event::PartnerStatusGranted>;
  using Events = EventTypes<event::PartnerStatusGranted, event::PartnerStatusRevoked>;
  static constexpr const AuditKeys& kKeys = kPartnerStatusKeys;

  template <class Event>
  static std::optional<Key> key(const EventStore&, const View&, const Event& event) {
    return event.organisation()->str();
  }
  // Another grant of the same program ends none: the organisation goes on as a partner, under
  // another contract. A revocation ends all of the program.
  static LinesByStart<Line> lines(const EventStore& store, const View& view, const Key& key) {
    const auto history = partner_history(store, view, key);
    LinesByStart<Line> lines;
    for (const auto& record : history.records()) {
      history.visit(record, [&](const auto& event) {
        if constexpr (std::is_same_v<std::decay_t<decltype(event)>, event::PartnerStatusGranted>) {
          auto line = std::make_unique<Line>();
          line->organisation = key;
          line->program = event.program();
          if (event.contract_reference() != nullptr) {
            line->contract_reference = event.contract_reference()->str();
          }
          line->granted = act_of(record);
          line->granted_reason = reason_of(record);
          lines.emplace(record.position().value, std::move(line));
        } else {
          for (auto& [position, line] : lines) {
            if (line->revoked || line->program != event.program()) continue;
            line->revoked = act_of(record);
            line->revoked_reason = reason_of(record);
          }
        }
      });
    }
    return lines;
  }
  static Lasted lasted(const Line& line) { return {line.granted.get(), line.revoked.get()}; }
  static bool is_asked(const Search&, const Line&) { return true; }
};

// Whether organisations were partners when something happened.
class Partners {
 public:
  // Both outlive this object.
  Partners(const EventStore& store, const View& view) : store_(store), view_(view) {}

  // The grant in force, if one was. Either program makes a partner, as NOT_PARTNER has it
  // (docs/DECISIONS.md, 47); of both, that of the workspace program is told.
  [[nodiscard]] std::unique_ptr<schema::ActT> grant_in_force(const std::string& organisation,
                                                             const Record& then) {
    const auto [found, is_new] = histories_.try_emplace(organisation, nullptr);
    if (is_new) {
      found->second =
          std::make_unique<PartnerHistory>(partner_history(store_, view_, organisation));
    }
    const auto& history = *found->second;
    std::map<PartnerProgram, const Record*> grants;  // workspace comes first
    for (const auto& record : history.records()) {
      if (place_of(view_, record) >= place_of(view_, then)) break;
      history.visit(record, [&](const auto& event) {
        if constexpr (std::is_same_v<std::decay_t<decltype(event)>, event::PartnerStatusGranted>) {
          grants[event.program()] = &record;
        } else {
          grants.erase(event.program());
        }
      });
    }
    return grants.empty() ? nullptr : act_of(*grants.begin()->second);
  }

 private:
  const EventStore& store_;
  const View& view_;
  std::map<std::string, std::unique_ptr<PartnerHistory>> histories_;
};

using Move = std::unique_ptr<answer::MoveLineT>;

Move move_line(event::RecordingMovedT event) {
  auto line = std::make_unique<answer::MoveLineT>();
  line->recording = std::move(event.recording);
  line->from_project = std::move(event.from_project);
  line->to_project = std::move(event.to_project);
  line->from_workspace = std::move(event.from_workspace);
  line->to_workspace = std::move(event.to_workspace);
  line->left_client = event.left_client;
  return line;
}

Move move_line(event::ProjectMovedT event) {
  auto line = std::make_unique<answer::MoveLineT>();
  line->from_project = event.project;
  line->to_project = std::move(event.project);
  line->from_workspace = std::move(event.from_workspace);
  line->to_workspace = std::move(event.to_workspace);
  line->left_client = event.left_client;
  return line;
}

// Nothing goes anywhere; but what was a client's is the organisation's own once it is internal.
Move move_line(event::WorkspaceReclassifiedT event) {
  auto line = std::make_unique<answer::MoveLineT>();
  line->from_workspace = event.workspace;
  line->to_workspace = std::move(event.workspace);
  line->left_client = event.to == schema::Usage::internal;
  return line;
}

// ---- reads ----

// By what was true when it was read (docs/DECISIONS.md, 94): on what basis, and whether on any.
bool judge_anew(const EventStore& store, const View& view, const Record& record,
                event::AccessRecordedT& event) {
  const auto at = record.occurred_at();
  const auto rows = store.true_at(view, at);
  if (!rows) {
    view.fail(rows.error());
    return false;
  }
  std::string basis;
  std::vector<Position> positions;
  if (event.project.empty()) {
    auto found = effective_access(rows.value(), at, event.workspace, event.person);
    if (found.can_read) basis = std::move(found.basis);
    positions = std::move(found.positions);
  } else {
    auto found = project_access(rows.value(), at, event.project, event.person);
    if (found.can_read()) basis = std::move(found.basis);
    positions = std::move(found.positions);
  }
  if (const auto status = rows.value().status(); !status) view.fail(status.error());
  const bool has_basis = !basis.empty();
  if (!has_basis) {
    basis = event.staff ? "staff_override" : "none";
    positions.clear();
  }
  event.basis = std::move(basis);
  event.positions.clear();
  for (const auto position : positions) event.positions.push_back(position.value);
  return has_basis;
}

// The rules that a read broke. On the second axis it had a right or none by what is known.
std::vector<std::string> rules_broken_by(const EventStore& store, const View& view,
                                         const Record& record, event::AccessRecordedT& event) {
  auto broken = rules_broken(record);
  if (view.axis() == Axis::recorded) return broken;
  const std::string rule = schema::EnumNameReason(schema::Reason::READ_WITHOUT_BASIS);
  std::erase(broken, rule);
  if (!judge_anew(store, view, record, event)) broken.push_back(rule);
  return broken;
}

Error not_asked_by(std::string message) {
  return Error{ErrorKind::invalid, "NOT_ASKED_BY", std::move(message), {}};
}

Error asked_by_staff(const std::string& id) {
  return not_asked_by("staff:" + id + ": finds the reads that " + id + " told of, not those that " +
                      id + " did, which others tell of; ask by person:" + id +
                      " for who read, or by actor:" + id + " for who told it");
}

Error asked_by_project(const std::string& tag, const std::string& workspaces) {
  return not_asked_by(tag +
                      ": not every read in a workspace names the project, so part would be "
                      "missing; ask by " +
                      workspaces);
}

// The workspaces that a project was in at any time, as far as is known.
Result<std::set<std::string>> workspaces_with(const EventStore& store, const View& view,
                                              const std::string& project) {
  using Events = EventTypes<event::ProjectCreated, event::ProjectMoved>;
  std::set<std::string> workspaces;
  const auto note = [&](const flatbuffers::String* workspace) {
    if (workspace != nullptr) workspaces.insert(workspace->str());
  };
  auto cursor = store.query(Query{{{{"ProjectCreated", "ProjectMoved"}, {project}}}},
                            {.to = view.position()});
  while (cursor.next()) {
    BOOST_OUTCOME_TRY(Events::visit(cursor.record(), [&](const auto& event) {
      if constexpr (requires { event.to_workspace(); }) {
        note(event.from_workspace());
        note(event.to_workspace());
      } else {
        note(event.workspace());
      }
    }));
  }
  BOOST_OUTCOME_TRY(cursor.status());
  return workspaces;
}

// Reads are told by whoever saw them. One of a workspace may have been of any project in it, so
// that by the project a part would be found.
Result<void> check_reads_asked(const EventStore& store, const View& view, const Search& search) {
  for (const auto& tag : search.tags) {
    const auto id = tag.substr(tag.find(':') + 1);
    if (tag.starts_with("staff:")) {
      return asked_by_staff(id);
    }
    if (!tag.starts_with("project:")) continue;
    BOOST_OUTCOME_TRY(workspaces, workspaces_with(store, view, tag));
    std::string asked;
    for (const auto& workspace : workspaces) {
      asked.append(asked.empty() ? "" : " or ").append("workspace:").append(workspace);
    }
    if (asked.empty()) continue;
    return asked_by_project(tag, asked);
  }
  return boost::outcome_v2::success();
}

}  // namespace

Result<answer::PartnerStatusesT> audit_partner_status(const EventStore& store, const View& view,
                                                      const Search& search) {
  return LastingLines<PartnerStatuses>(store, view, search).list();
}

Result<answer::ReadsT> audit_reads(const EventStore& store, const View& view,
                                   const Search& search) {
  BOOST_OUTCOME_TRY(check_asked(kReadsKeys, {"AccessRecorded"}, search));
  BOOST_OUTCOME_TRY(check_reads_asked(store, view, search));
  Search recorded = search;
  // What a record says of it is not what is asked on the second axis.
  if (view.axis() == Axis::occurred) recorded.broken.reset();
  return list_events<answer::ReadsT, event::AccessRecorded>(
      store, view, kReadsKeys, recorded,
      [&](event::AccessRecordedT event, const Record& record, auto& lines) {
        // Whose data it was is named by it, too.
        if (!asks_for(search, "person", event.person)) return;
        auto broken = rules_broken_by(store, view, record, event);
        if (search.broken && *search.broken == broken.empty()) return;
        auto line = std::make_unique<answer::ReadLineT>();
        line->read = act_of(record);
        line->person = std::move(event.person);
        line->staff = event.staff;
        line->workspace = std::move(event.workspace);
        line->project = std::move(event.project);
        line->recording = std::move(event.recording);
        line->what = std::move(event.what);
        line->basis = std::move(event.basis);
        line->positions = std::move(event.positions);
        line->rules_broken = std::move(broken);
        lines.push_back(std::move(line));
      });
}

Result<answer::CreationsT> audit_creations(const EventStore& store, const View& view,
                                           const Search& search) {
  Partners partners(store, view);
  return list_events<answer::CreationsT, event::WorkspaceCreated>(
      store, view, kCreationsKeys, search,
      [&](event::WorkspaceCreatedT event, const Record& record, auto& lines) {
        auto line = std::make_unique<answer::CreationLineT>();
        line->created = act_of(record);
        line->granted = partners.grant_in_force(event.organisation, record);
        line->partner_then = line->granted != nullptr;
        line->workspace = std::move(event.workspace);
        line->organisation = std::move(event.organisation);
        line->usage = event.usage;
        line->rules_broken = rules_broken(record);
        lines.push_back(std::move(line));
      });
}

Result<answer::MovesT> audit_moves(const EventStore& store, const View& view,
                                   const Search& search) {
  BOOST_OUTCOME_TRY(of_one, recording_moves(store, view, search));
  if (of_one) return std::move(*of_one);
  return list_events<answer::MovesT, event::RecordingMoved, event::ProjectMoved,
                     event::WorkspaceReclassified>(
      store, view, kMovesKeys, search, [](auto event, const Record& record, auto& lines) {
        auto line = move_line(std::move(event));
        line->moved = act_of(record);
        line->type = record.type();
        line->rules_broken = rules_broken(record);
        lines.push_back(std::move(line));
      });
}

Result<answer::EntriesT> audit_entries(const EventStore& store, const View& view,
                                       const Search& search) {
  return list_events<answer::EntriesT, event::ProjectEntered>(
      store, view, kEntriesKeys, search,
      [&](event::ProjectEnteredT event, const Record& record, auto& lines) {
        // Whoever acted, and for whom, is named by it, too.
        if (!asks_for(search, "person", event.person) ||
            !asks_for(search, "organisation", event.organisation)) {
          return;
        }
        auto line = std::make_unique<answer::EntryLineT>();
        line->entered = act_of(record);
        line->project = std::move(event.project);
        line->person = std::move(event.person);
        line->organisation = std::move(event.organisation);
        line->mandate = std::move(event.mandate);
        line->role = event.role;
        line->bases = std::move(event.bases);
        line->rules_broken = rules_broken(record);
        lines.push_back(std::move(line));
      });
}

}  // namespace actbook

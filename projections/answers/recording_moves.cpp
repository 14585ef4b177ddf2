#include "answers/recording_moves.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actbook/tables.h"
#include "answers/audit_lists.h"

namespace actbook {
namespace {

constexpr std::string_view kRecording = "recording:";

using Events = std::map<std::pair<Timestamp, Position>, Record>;

// Where a recording is, and whether that is a client's.
struct Whereabouts {
  std::string project;
  std::string workspace;
  bool is_client = false;

  bool operator==(const Whereabouts&) const = default;
};

Whereabouts where(const RowReader& rows, const std::string& recording) {
  Whereabouts at;
  at.project = find_or_empty<row::RecordingRowT>(rows, recording).project;
  if (at.project.empty()) return at;
  at.workspace = find_or_empty<row::ProjectRowT>(rows, at.project).workspace;
  if (at.workspace.empty()) return at;
  const auto workspace = find<row::WorkspaceRowT>(rows, at.workspace);
  at.is_client = workspace && workspace->usage == schema::Usage::external_client;
  return at;
}

std::string text(const flatbuffers::String* string) {
  return string != nullptr ? string->str() : std::string();
}

// All that may have moved a recording.
class Moving {
 public:
  Moving(const EventStore& store, const View& view) : store_(store), view_(view) {}

  Result<Events> of(const std::string& recording) && {
    BOOST_OUTCOME_TRY(
        read({"RecordingAdded", "RecordingMoved"}, std::string(kRecording) + recording));
    BOOST_OUTCOME_TRY(find_projects());
    for (const auto& project : projects_) {
      BOOST_OUTCOME_TRY(read({"ProjectCreated", "ProjectMoved"}, "project:" + project));
    }
    BOOST_OUTCOME_TRY(find_workspaces());
    for (const auto& workspace : workspaces_) {
      BOOST_OUTCOME_TRY(read({"WorkspaceReclassified"}, "workspace:" + workspace));
    }
    return std::move(events_);
  }

 private:
  Result<void> read(const std::vector<std::string_view>& types, std::string tag) {
    Search search;
    search.tags = {std::move(tag)};
    BOOST_OUTCOME_TRY(
        visit_events(store_, view_, search, types, [&](const Record& record) -> Result<bool> {
          events_.emplace(std::pair(record.occurred_at(), record.position()), record);
          return true;
        }));
    return boost::outcome_v2::success();
  }

  Result<void> find_projects() {
    for (const auto& [order, record] : events_) {
      if (record.type() == "RecordingAdded") {
        BOOST_OUTCOME_TRY(event, record.payload_as<event::RecordingAdded>());
        projects_.insert(event->project()->str());
      } else {
        BOOST_OUTCOME_TRY(event, record.payload_as<event::RecordingMoved>());
        projects_.insert(text(event->from_project()));
        projects_.insert(event->to_project()->str());
      }
    }
    projects_.erase("");
    return boost::outcome_v2::success();
  }

  Result<void> find_workspaces() {
    for (const auto& [order, record] : events_) {
      if (record.type() == "ProjectCreated") {
        BOOST_OUTCOME_TRY(event, record.payload_as<event::ProjectCreated>());
        workspaces_.insert(text(event->workspace()));
      } else if (record.type() == "ProjectMoved") {
        BOOST_OUTCOME_TRY(event, record.payload_as<event::ProjectMoved>());
        workspaces_.insert(text(event->from_workspace()));
        workspaces_.insert(event->to_workspace()->str());
      }
    }
    workspaces_.erase("");
    return boost::outcome_v2::success();
  }

  const EventStore& store_;
  const View& view_;
  std::set<std::string> projects_;
  std::set<std::string> workspaces_;
  Events events_;
};

std::unique_ptr<answer::MoveLineT> line_of(const Record& record, const std::string& recording,
                                           Whereabouts from, Whereabouts to) {
  auto line = std::make_unique<answer::MoveLineT>();
  line->moved = act_of(record);
  line->type = record.type();
  if (record.type() == "RecordingMoved") line->recording = recording;
  line->left_client = from.is_client && (!to.is_client || from.workspace != to.workspace);
  if (record.type() != "WorkspaceReclassified") {
    line->from_project = std::move(from.project);
    line->to_project = std::move(to.project);
  }
  line->from_workspace = std::move(from.workspace);
  line->to_workspace = std::move(to.workspace);
  line->rules_broken = rules_broken(record);
  return line;
}

// Whether it has the tags of a search, other than that of the recording.
bool has_tags(const Record& record, const Search& search) {
  return std::ranges::all_of(search.tags, [&](const std::string& tag) {
    return tag.starts_with(kRecording) || std::ranges::any_of(*record->tags(), [&](const auto* of) {
             return of->string_view() == tag;
           });
  });
}

}  // namespace

Result<std::unique_ptr<answer::MovesT>> recording_moves(const EventStore& store, const View& view,
                                                        const Search& search) {
  const auto named = std::ranges::find_if(
      search.tags, [](const std::string& tag) { return tag.starts_with(kRecording); });
  if (view.axis() != Axis::occurred || named == search.tags.end()) return nullptr;
  BOOST_OUTCOME_TRY(
      check_asked(kMovesKeys, {"RecordingMoved", "ProjectMoved", "WorkspaceReclassified"}, search));
  const auto recording = named->substr(kRecording.size());
  BOOST_OUTCOME_TRY(events, Moving(store, view).of(recording));
  std::map<std::uint64_t, std::unique_ptr<answer::MoveLineT>> lines;
  Whereabouts before;
  for (const auto& [order, record] : events) {
    BOOST_OUTCOME_TRY(rows, store.true_at(view, record.occurred_at()));
    const auto after = where(rows, recording);
    BOOST_OUTCOME_TRY(rows.status());
    if (!before.project.empty() && after != before && has_tags(record, search) &&
        matches(search, record)) {
      lines.emplace(record.position().value, line_of(record, recording, before, after));
    }
    before = after;
  }
  auto answer = std::make_unique<answer::MovesT>(stamped<answer::MovesT>(view));
  for (auto& [position, line] : lines) {
    if (position <= search.after.value) continue;
    if (answer->lines.size() == search.limit) {
      answer->next = answer->lines.back()->moved->position;
      break;
    }
    answer->lines.push_back(std::move(line));
  }
  if (answer->lines.empty()) {
    BOOST_OUTCOME_TRY(check_all_known(store, view, search));
  }
  return answer;
}

}  // namespace actbook

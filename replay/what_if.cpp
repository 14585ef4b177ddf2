#include "actbook/what_if.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>

#include "actbook/belongings.h"
#include "actbook/schema/events_generated.h"
#include "check_entity.h"

namespace actbook {
namespace {

std::string key_of(const SupposedPermission& supposed) {
  return row_key({schema::EnumNameRoleScope(supposed.scope), supposed.role});
}

/// "owner, admin": what the error of a mistyped name has to tell.
std::string listed(const std::set<std::string>& names) {
  std::string list;
  for (const auto& name : names) list.append(list.empty() ? "" : ", ").append(name);
  return list;
}

/// The permissions that a role had by any of its definitions that the view may rest on: reads are
/// judged by that of their time.
Result<std::set<std::string>> permissions_ever(const EventStore& store, const View& view,
                                               const std::string& key) {
  std::set<std::string> permissions;
  for (Position until = view.position();;) {
    BOOST_OUTCOME_TRY(version, store.row_at(table_of<row::RoleRowT>, key, until));
    if (!version) return permissions;
    RowOverlay then;
    then.put(table_of<row::RoleRowT>, key, *version);
    const auto role = find_or_empty<row::RoleRowT>(then, key);
    BOOST_OUTCOME_TRY(then.status());
    permissions.insert(role.permissions.begin(), role.permissions.end());
    until = version->position.previous();
  }
}

Result<void> check_permission(const EventStore& store, const View& view,
                              const SupposedPermission& supposed,
                              const std::set<std::string>& roles) {
  const std::string role = key_of(supposed);
  BOOST_OUTCOME_TRY(known, permissions_ever(store, view, role));
  if (supposed.given) {
    for (const auto& other : roles) {
      if (!other.starts_with(role.substr(0, role.find('/') + 1))) continue;
      BOOST_OUTCOME_TRY(permissions, permissions_ever(store, view, other));
      known.merge(permissions);
    }
  }
  if (known.contains(supposed.permission)) return boost::outcome_v2::success();
  return Error{
      ErrorKind::invalid,
      "PERMISSION_UNKNOWN",
      (supposed.given ? "no role of that scope has the permission \"" + supposed.permission +
                            "\"; what they have is "
                      : role + " has no permission \"" + supposed.permission + "\"; it has ") +
          listed(known),
      {}};
}

/// A name that nothing has would read as "it makes no difference".
Result<void> check_names(const EventStore& store, const View& view,
                         const Supposition& supposition) {
  std::set<std::string> roles;
  view.scan(table_of<row::RoleRowT>, "",
            [&](std::string_view key, const RowVersion&) { roles.emplace(key); });
  BOOST_OUTCOME_TRY(view.status());
  for (const auto& supposed : supposition.permissions) {
    const std::string role = key_of(supposed);
    if (!roles.contains(role)) {
      return Error{ErrorKind::invalid,
                   "ROLE_UNKNOWN",
                   role + " is no role; the roles are " + listed(roles),
                   {}};
    }
    BOOST_OUTCOME_TRY(check_permission(store, view, supposed, roles));
  }
  return boost::outcome_v2::success();
}

/// The role definitions of `rows`, changed as supposed. A definition is a row of its own and no row
/// is folded from another, so this is what a log with other definitions would give.
void suppose(const Supposition& supposition, RowOverlay& rows) {
  for (const auto& supposed : supposition.permissions) {
    const auto version = rows.get(table_of<row::RoleRowT>, key_of(supposed));
    auto role = find<row::RoleRowT>(rows, key_of(supposed));
    if (!version || !role) continue;  // not defined yet
    std::erase(role->permissions, supposed.permission);
    if (supposed.given) role->permissions.push_back(supposed.permission);
    rows.put(table_of<row::RoleRowT>, key_of(supposed), {version->position, pack(*role)});
  }
}

std::vector<std::string> in_words(const Supposition& supposition) {
  std::vector<std::string> words;
  for (const auto& supposed : supposition.permissions) {
    words.push_back(std::string(schema::EnumNameRoleScope(supposed.scope))
                        .append(" role ")
                        .append(supposed.role)
                        .append(supposed.given ? " has " : " has not ")
                        .append(supposed.permission));
  }
  const AccessRules& rules = supposition.rules;
  if (!rules.blocks_hold) words.emplace_back("whoever was removed may come back by their role");
  if (!rules.owners_enter) words.emplace_back("owners of an organisation enter no workspace by it");
  if (!rules.admins_enter_open) {
    words.emplace_back("admins of an organisation enter no workspace by it");
  }
  if (!rules.mandates_let_in) words.emplace_back("mandates let nobody into projects");
  if (!rules.collaborators_enter) words.emplace_back("seats inside projects let nobody in");
  return words;
}

/// What somebody could do somewhere, by either set of rules.
struct Found {
  std::string role;
  std::string basis;
  bool can_read = false;
  /// The events it rests on.
  std::vector<std::uint64_t> positions;

  bool operator==(const Found& other) const {
    return role == other.role && can_read == other.can_read;
  }
};

/// Each once, in order.
std::vector<std::uint64_t> in_order(const std::vector<Position>& positions) {
  std::set<std::uint64_t> all;
  for (const auto position : positions) {
    if (position.value != 0) all.insert(position.value);  // 0 stands for none
  }
  return {all.begin(), all.end()};
}

Found found(const Access& access) {
  return {access.role ? schema::EnumNameWorkspaceRole(*access.role) : "", access.basis,
          access.can_read, in_order(access.positions)};
}

/// A project has no role of its own: who may enter may do so by the bases listed.
Found found(const ProjectAccess& access) {
  return {access.may_enter()  ? "enters"
          : access.can_read() ? "reads"
                              : "",
          access.basis, access.can_read(), in_order(access.positions)};
}

/// Where access is compared.
struct Places {
  std::set<std::string> workspaces;
  std::set<std::string> projects;
};

class Investigation {
 public:
  Investigation(const EventStore& store, const View& view, const Supposition& supposition,
                answer::WhatIfT& answer)
      : store_(store), view_(view), supposition_(supposition), answer_(answer), other_(view) {
    suppose(supposition, other_);
  }

  void compare_workspace(const std::string& workspace, const std::string& only) {
    std::map<std::string, std::pair<Found, Found>> people;
    for (const auto& [person, access] : everybody_with_access(view_, view_.at(), workspace)) {
      people[person].first = found(access);
    }
    for (const auto& [person, access] :
         everybody_with_access(other_, view_.at(), workspace, supposition_.rules)) {
      people[person].second = found(access);
    }
    // Whoever had no access is not among everybody, though something may have taken it.
    for (auto& [person, both] : people) {
      if (both.first.role.empty()) {
        both.first = found(effective_access(view_, view_.at(), workspace, person));
      }
      if (both.second.role.empty()) {
        both.second =
            found(effective_access(other_, view_.at(), workspace, person, supposition_.rules));
      }
    }
    add("workspace:" + workspace, people, only);
  }

  void compare_project(const std::string& project, const std::string& only) {
    std::map<std::string, std::pair<Found, Found>> people;
    for (const auto& [person, access] :
         everybody_in_project(view_, view_.at(), project, ProjectRight::read)) {
      people[person].first = found(access);
    }
    for (const auto& [person, access] : everybody_in_project(
             other_, view_.at(), project, ProjectRight::read, supposition_.rules)) {
      people[person].second = found(access);
    }
    add("project:" + project, people, only);
  }

  /// An organisation's are those of its places: no read names an organisation. A person's are those
  /// by the person; whose data it was is named by it, too.
  Result<void> compare_reads(const std::optional<Entity>& scope, const Places& places,
                             const std::string& only) {
    Query query;
    const auto add = [&](const std::vector<std::string>& tags) {
      query.items.push_back({{"AccessRecorded"}, tags});
    };
    if (!scope) {
      add({});
    } else if (scope->kind != EntityKind::organisation) {
      add({scope->tag()});
    } else {
      for (const auto& workspace : places.workspaces) add({"workspace:" + workspace});
      for (const auto& project : places.projects) add({"project:" + project});
      if (query.items.empty()) return boost::outcome_v2::success();
    }
    auto cursor = store_.query(query, {.to = view_.position()});
    while (cursor.next()) {
      const Record& record = cursor.record();
      if (!view_.knows(record.position(), record.occurred_at())) continue;
      BOOST_OUTCOME_TRY(event, record.payload_as<event::AccessRecorded>());
      if (!only.empty() && event->person()->string_view() != only) continue;
      BOOST_OUTCOME_TRY(compare_read(record, *event));
    }
    return cursor.status();
  }

  [[nodiscard]] Result<void> status() const { return other_.status(); }

 private:
  void add(const std::string& entity, const std::map<std::string, std::pair<Found, Found>>& people,
           const std::string& only) {
    for (const auto& person : people) {
      if (!only.empty() && person.first != only) continue;
      ++answer_.accesses_compared;
      const auto& [before, after] = person.second;
      if (before == after) continue;
      auto difference = std::make_unique<answer::AccessDifferenceT>();
      difference->person = person.first;
      difference->entity = entity;
      difference->role = before.role;
      difference->basis = before.basis;
      difference->can_read = before.can_read;
      difference->positions = before.positions;
      difference->other_role = after.role;
      difference->other_basis = after.basis;
      difference->other_can_read = after.can_read;
      difference->other_positions = after.positions;
      answer_.accesses.push_back(std::move(difference));
    }
  }

  /// The rows that a read is judged by: as they stood when it was decided what gave the right; on
  /// the second axis, by what was true when it happened (docs/DECISIONS.md, 94).
  [[nodiscard]] Result<View> rows_for(const Record& read) const {
    if (view_.axis() == Axis::occurred) return store_.true_at(view_, read.occurred_at());
    return store_.after_event(Position{read.position().value - read->batch_index() - 1});
  }

  Result<void> compare_read(const Record& record, const event::AccessRecorded& event) {
    BOOST_OUTCOME_TRY(rows, rows_for(record));
    RowOverlay other(rows);
    suppose(supposition_, other);
    const std::string person = event.person()->str();
    std::string entity;
    Found first;
    Found second;
    if (event.workspace() != nullptr) {
      entity = "workspace:" + event.workspace()->str();
      const auto id = event.workspace()->string_view();
      first = found(effective_access(rows, record.occurred_at(), id, person));
      second = found(effective_access(other, record.occurred_at(), id, person, supposition_.rules));
    } else if (event.project() != nullptr) {
      entity = "project:" + event.project()->str();
      const auto id = event.project()->string_view();
      first = found(project_access(rows, record.occurred_at(), id, person));
      second = found(project_access(other, record.occurred_at(), id, person, supposition_.rules));
    }
    BOOST_OUTCOME_TRY(other.status());
    ++answer_.reads_compared;
    if (first.can_read == second.can_read) return boost::outcome_v2::success();
    auto difference = std::make_unique<answer::ReadDifferenceT>();
    difference->read = act_of(record);
    difference->person = person;
    difference->entity = std::move(entity);
    difference->basis = std::move(first.basis);
    difference->can_read = first.can_read;
    difference->positions = std::move(first.positions);
    difference->other_basis = std::move(second.basis);
    difference->other_can_read = second.can_read;
    difference->other_positions = std::move(second.positions);
    answer_.reads.push_back(std::move(difference));
    return boost::outcome_v2::success();
  }

  const EventStore& store_;
  const View& view_;
  const Supposition& supposition_;
  answer::WhatIfT& answer_;
  RowOverlay other_;
};

/// The ids of every row of a kind.
template <class Row>
std::set<std::string> all(const RowReader& rows) {
  std::set<std::string> ids;
  rows.scan(table_of<Row>, "", [&](std::string_view key, const RowVersion&) { ids.emplace(key); });
  return ids;
}

/// What an organisation owns at the view and what is in it, and where a mandate lets its people in.
Places places_of_organisation(const View& view, const std::string& organisation) {
  Places places;
  const auto add_projects = [&](const char* kind, const std::string& id) {
    for (auto& project : live_projects(view, kind, id)) places.projects.insert(std::move(project));
  };
  for (const auto& workspace : references(view, "organisation", organisation, "workspace")) {
    const auto row = find<row::WorkspaceRowT>(view, workspace);
    if (!row || row->organisation != organisation) continue;
    places.workspaces.insert(workspace);
    add_projects("workspace", workspace);
  }
  add_projects("organisation", organisation);
  for (const auto& mandate : references(view, "organisation", organisation, "mandate_held")) {
    const auto row = find<row::MandateRowT>(view, mandate);
    if (row && row->live && row->agency == organisation) add_projects("organisation", row->client);
  }
  return places;
}

Places places_of(const View& view, const std::optional<Entity>& scope) {
  Places places;
  if (!scope || scope->kind == EntityKind::person) {
    // Other rules may let a person in where they had never been, so every place counts.
    places = {all<row::WorkspaceRowT>(view), all<row::ProjectRowT>(view)};
  } else if (scope->kind == EntityKind::workspace) {
    const auto projects = live_projects(view, "workspace", scope->id);
    places = {{scope->id}, {projects.begin(), projects.end()}};
  } else if (scope->kind == EntityKind::project) {
    places = {{}, {scope->id}};
  } else {
    places = places_of_organisation(view, scope->id);
  }
  return places;
}

}  // namespace

Result<answer::WhatIfT> what_if(const EventStore& store, const View& view,
                                const Supposition& supposition,
                                const std::optional<Entity>& scope) {
  BOOST_OUTCOME_TRY(check_names(store, view, supposition));
  answer::WhatIfT answer;
  answer.as_of = view.position().value;
  answer.at = view.at().microseconds;
  if (const auto at = view.true_at()) answer.true_at = at->microseconds;
  answer.supposed = in_words(supposition);
  if (answer.supposed.empty()) {
    return Error{ErrorKind::misuse,
                 "NOTHING_SUPPOSED",
                 "say what should be supposed: a permission of a role, or a rule",
                 {}};
  }
  const bool everywhere =
      !scope || scope->kind == EntityKind::workspace || scope->kind == EntityKind::project ||
      scope->kind == EntityKind::organisation || scope->kind == EntityKind::person;
  if (!everywhere) {
    return Error{ErrorKind::invalid,
                 "INVALID_ENTITY",
                 "access is compared for a workspace, a project, an organisation or a person, not "
                 "for " +
                     scope->tag(),
                 {}};
  }
  if (scope) {
    BOOST_OUTCOME_TRY(check_entity(store, view, *scope));
  }
  const std::string only = scope && scope->kind == EntityKind::person ? scope->id : "";
  Investigation investigation(store, view, supposition, answer);
  const auto places = places_of(view, scope);
  for (const auto& workspace : places.workspaces) investigation.compare_workspace(workspace, only);
  for (const auto& project : places.projects) investigation.compare_project(project, only);
  BOOST_OUTCOME_TRY(investigation.compare_reads(scope, places, only));
  BOOST_OUTCOME_TRY(view.status());
  BOOST_OUTCOME_TRY(investigation.status());
  return answer;
}

}  // namespace actbook

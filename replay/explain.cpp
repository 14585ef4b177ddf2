#include "actbook/explain.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>

#include "actbook/access.h"
#include "actbook/overviews.h"
#include "actbook/projector.h"
#include "actbook/reflect.h"
#include "actbook/schema/events_generated.h"
#include "actbook/trail.h"
#include "check_entity.h"

namespace actbook {
namespace {

using schema::OrganisationRole;

std::string words(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', ' ');
  return text;
}

/// "on 2026-03-01T09:00:00Z by adam"
std::string when_and_who(const std::unique_ptr<schema::ActT>& act) {
  if (!act) return "at a time that is not known";
  const std::string when = "on " + to_iso8601(Timestamp{act->occurred_at});
  return act->actor ? when + " by " + act->actor->id : when;
}

/// The mandates that an organisation ever gave, by id.
std::vector<std::pair<std::string, row::MandateRowT>> mandates_of(const RowReader& rows,
                                                                  const std::string& client) {
  std::vector<std::pair<std::string, row::MandateRowT>> mandates;
  for (const auto& mandate : references(rows, "organisation", client, "mandate_given")) {
    auto row = find<row::MandateRowT>(rows, mandate);
    if (row && row->client == client) mandates.emplace_back(mandate, std::move(*row));
  }
  return mandates;
}

/// The events of an explanation, and which of them belong to it.
class Chain {
 public:
  Chain(const EventStore& store, const View& view) : store_(store), view_(view) {}

  /// The events of these types with these tags; with a person, only those about them.
  Result<void> add(std::vector<std::string> types, std::vector<std::string> tags,
                   const std::string& person = {}) {
    auto cursor =
        store_.query(Query{{{std::move(types), std::move(tags)}}}, {.to = view_.position()});
    while (cursor.next()) {
      const Record& record = cursor.record();
      if (!view_.knows(record.position(), record.occurred_at())) continue;
      if (!person.empty() && text_of(record, "person") != person) continue;
      events_.emplace(std::pair(order_of(record), record.position()), record);
    }
    return cursor.status();
  }
  Result<void> add(Position position) {
    if (position.value == 0) return boost::outcome_v2::success();
    BOOST_OUTCOME_TRY(record, store_.event(position));
    events_.emplace(std::pair(order_of(record), position), record);
    return boost::outcome_v2::success();
  }

  /// What invited a person who came by an invite.
  Result<void> add_invites() {
    std::set<std::string> invites;
    for (const auto& event : events_) {
      if (event.second.type() != "MembershipGranted") continue;
      if (auto invite = text_of(event.second, "invite"); !invite.empty()) {
        invites.insert(std::move(invite));
      }
    }
    for (const auto& invite : invites) {
      BOOST_OUTCOME_TRY(add({"InviteIssued", "InviteAccepted"}, {"invite:" + invite}));
    }
    return boost::outcome_v2::success();
  }

  /// What let staff in: the request and its approval, or the door that stood open.
  Result<void> add_support() {
    std::set<std::string> requests;
    std::vector<Record> joined;
    for (const auto& event : events_) {
      if (event.second.type() != "MembershipGranted") continue;
      BOOST_OUTCOME_TRY(granted, event.second.payload_as<event::MembershipGranted>());
      if (granted->source() != schema::MembershipSource::staff_support) continue;
      if (granted->support_request() != nullptr) {
        requests.insert(granted->support_request()->str());
      } else {
        joined.push_back(event.second);
      }
    }
    for (const auto& request : requests) {
      BOOST_OUTCOME_TRY(
          add({"SupportRequested", "SupportApproved"}, {"support_request:" + request}));
    }
    for (const auto& record : joined) {
      auto doors = store_.query(
          Query{{{{"SupportDoorOpened"}, {"workspace:" + text_of(record, "workspace")}}}},
          {.to = record.position(), .direction = Direction::backwards, .limit = 1});
      if (doors.next()) {
        BOOST_OUTCOME_TRY(add(doors.record().position()));
      }
      BOOST_OUTCOME_TRY(doors.status());
    }
    return boost::outcome_v2::success();
  }

  Result<std::vector<std::unique_ptr<answer::TrailLineT>>> lines() const {
    std::vector<std::unique_ptr<answer::TrailLineT>> lines;
    for (const auto& event : events_) {
      BOOST_OUTCOME_TRY(line, trail_line(event.second));
      lines.push_back(std::move(line));
    }
    return lines;
  }

 private:
  [[nodiscard]] Timestamp order_of(const Record& record) const {
    return view_.axis() == Axis::occurred ? record.occurred_at() : Timestamp{};
  }

  static std::string text_of(const Record& record, std::string_view name) {
    const auto* table =
        partner_projector().events().table("actbook.event." + std::string(record.type()));
    const auto* field = table == nullptr ? nullptr : field_named(*table, name);
    if (field == nullptr) return {};
    const auto& payload = *flatbuffers::GetRoot<flatbuffers::Table>(record.payload().data());
    const auto* text = flatbuffers::GetFieldS(payload, *field);
    return text == nullptr ? std::string() : text->str();
  }

  const EventStore& store_;
  const View& view_;
  std::map<std::pair<Timestamp, Position>, Record> events_;
};

class Ladder {
 public:
  Ladder(const EventStore& store, const View& view, const std::string& person,
         answer::ExplanationT& explanation)
      : store_(store), view_(view), person_(person), explanation_(explanation) {}

  void climb_workspace(const std::string& workspace) {
    const auto row = find_or_empty<row::WorkspaceRowT>(view_, workspace);
    if (row.deleted) {
      add("the workspace", false, "it was deleted " + when_and_who(row.deleted),
          {row.deleted.get()});
      return;
    }
    climb_membership(workspace, row);
    const auto member =
        find<row::OrganisationMemberRowT>(view_, row_key({row.organisation, person_}));
    climb_organisation(row, member);
  }

  void add(std::string rung, bool holds, std::string sentence,
           const std::vector<const schema::ActT*>& acts) {
    auto line = std::make_unique<answer::RungLineT>();
    line->rung = std::move(rung);
    line->holds = holds;
    line->sentence = std::move(sentence);
    std::set<std::uint64_t> positions;
    for (const auto* act : acts) {
      if (act != nullptr) positions.insert(act->position);
    }
    line->positions.assign(positions.begin(), positions.end());
    explanation_.rungs.push_back(std::move(line));
  }

  /// Every organisation that led into a project, and those that had once: rungs (a) and (b).
  void climb_organisations(const row::ProjectRowT& project) {
    climb_path("organisation", "organisation " + project.organisation + ", which owned it", true,
               project.organisation, project.owned_since.get());
    for (const auto& [mandate, row] : mandates_of(view_, project.organisation)) {
      if (row.live) {
        climb_path("mandate", "agency " + row.agency + ", which had mandate " + mandate, false,
                   row.agency, row.granted.get());
      } else {
        climb_former_mandate(mandate, row);
      }
    }
  }

  /// Whether the role that was found has a permission, by the definition then in force.
  template <class Role>
  void add_permission(Role role, const std::string& name, const char* permission) {
    const auto definition = role_definition(view_, role);
    const bool may = permits(definition, permission);
    add("permission", may,
        "the role " + words(name) + (may ? " has " : " has not ") + permission +
            ", as the role was defined then",
        {definition ? definition->defined.get() : nullptr});
  }

 private:
  void climb_membership(const std::string& workspace, const row::WorkspaceRowT& row) {
    const auto membership = find<row::MembershipRowT>(view_, row_key({workspace, person_}));
    if (!membership || !membership->since) {
      add("membership", false, person_ + " had never been a member of the workspace", {});
    } else if (is_live(*membership, view_.at())) {
      decided_ = true;
      add("membership", true,
          person_ + " was " + words(schema::EnumNameWorkspaceRole(membership->role)) + " by a " +
              words(schema::EnumNameMembershipSource(membership->source)) +
              " membership that began " + when_and_who(membership->since),
          {membership->since.get(), membership->role_since.get(), membership->extended.get()});
    } else if (membership->live) {
      add("membership", false,
          "the support session of " + person_ + " had run out on " +
              to_iso8601(Timestamp{*membership->expires_at}),
          {membership->since.get(), membership->extended.get()});
    } else {
      add("membership", false,
          "the membership of " + person_ + " had ended " + when_and_who(membership->ended) + " (" +
              words(membership->cause) + ")",
          {membership->since.get(), membership->ended.get()});
    }
    if (decided_ || !membership || membership->blocked_by.empty()) return;
    const bool blocks = membership->blocked_by == row.organisation;
    decided_ = blocks;
    add("block", blocks,
        blocks ? person_ + " was removed while in organisation " + row.organisation +
                     ", so its roles let nobody of that name in until a new grant"
               : "a block by organisation " + membership->blocked_by +
                     " means nothing while another owns the workspace",
        {membership->ended.get(), row.owned.get()});
  }

  void climb_organisation(const row::WorkspaceRowT& row,
                          const std::optional<row::OrganisationMemberRowT>& member) {
    if (decided_) return;
    if (!member || !member->live) {
      add_no_role("organisation role", "organisation " + row.organisation + ", which owned it",
                  member, {row.owned.get()});
      return;
    }
    const auto role = member->role;
    const bool owner = role == OrganisationRole::owner;
    const bool open = row.visibility == schema::Visibility::open_to_organisation;
    const bool admin = role == OrganisationRole::admin;
    const bool enters = owner || (admin && open);
    std::string sentence = person_ + " was " + words(schema::EnumNameOrganisationRole(role)) +
                           " of organisation " + row.organisation;
    if (owner) {
      sentence += ", whose owners enter each of its workspaces as admin";
    } else if (admin) {
      sentence += open ? ", to which the workspace was open: its admins enter as admin"
                       : ", but the workspace was " +
                             words(schema_name(schema::EnumNameVisibility(row.visibility))) +
                             ", so its admins did not enter";
    } else {
      sentence += ", a role that enters no workspace by itself";
    }
    // Only of admins the visibility decides.
    add("organisation role", enters, std::move(sentence),
        {member->role_since.get(), row.owned.get(), admin ? row.visibility_set.get() : nullptr});
  }

  /// (a) of domain.md 3.3, and with a mandate (b): what the role enters, by its definition then.
  void climb_path(const char* rung, const std::string& place, bool owns,
                  const std::string& organisation, const schema::ActT* since) {
    const auto member = find<row::OrganisationMemberRowT>(view_, row_key({organisation, person_}));
    if (!member || !member->live) return add_no_role(rung, place, member, {since});
    const auto definition = role_definition(view_, member->role);
    const bool enters = permits(definition, "project.enter_all");
    const bool reads = owns && permits(definition, "org.read_everything");
    add(rung, enters || reads,
        person_ + " was " + words(schema::EnumNameOrganisationRole(member->role)) + " of " + place +
            (enters  ? "; the role enters every project"
             : reads ? "; the role reads everything, but enters no project"
                     : "; the role enters no project by itself"),
        {since, member->role_since.get(), definition ? definition->defined.get() : nullptr});
  }

  /// Says nothing to who never was one of the agency's people.
  void climb_former_mandate(const std::string& mandate, const row::MandateRowT& row) {
    const auto member = find<row::OrganisationMemberRowT>(view_, row_key({row.agency, person_}));
    if (!member) return;
    const std::string role = words(schema::EnumNameOrganisationRole(member->role));
    add("mandate", false,
        "mandate " + mandate + " of agency " + row.agency + " had ended " +
            when_and_who(row.ended) + "; " +
            (member->live ? person_ + " was " + role + " there"
                          : "the role of " + person_ + " there had ended, too, " +
                                when_and_who(member->ended)),
        {row.granted.get(), row.ended.get(), member->role_since.get(),
         member->live ? nullptr : member->ended.get()});
  }

  void add_no_role(const char* rung, const std::string& place,
                   const std::optional<row::OrganisationMemberRowT>& member,
                   std::vector<const schema::ActT*> acts) {
    const bool ended = member && member->ended;
    if (ended) acts.push_back(member->ended.get());
    add(rung, false,
        ended ? "the role of " + person_ + " in " + place + ", had ended " +
                    when_and_who(member->ended)
              : person_ + " had no role in " + place,
        acts);
  }

  const EventStore& store_;
  const View& view_;
  const std::string& person_;
  answer::ExplanationT& explanation_;
  bool decided_ = false;
};

const std::vector<std::string> kMembershipEvents = {"MembershipGranted", "MembershipRoleChanged",
                                                    "MembershipEnded", "SupportExtended"};
const std::vector<std::string> kOrganisationEvents = {
    "OrganisationMemberAdded", "OrganisationRoleChanged", "OrganisationMemberRemoved"};

Result<void> add_workspace_chain(const View& view, const std::string& person,
                                 const std::string& workspace, Chain& chain) {
  const auto row = find_or_empty<row::WorkspaceRowT>(view, workspace);
  const std::string tag = "workspace:" + workspace;
  const std::string who = "person:" + person;
  BOOST_OUTCOME_TRY(chain.add(
      {"WorkspaceCreated", "VisibilityChanged", "HandoffAccepted", "WorkspaceDeleted"}, {tag}));
  BOOST_OUTCOME_TRY(chain.add(kMembershipEvents, {tag, who}, person));
  BOOST_OUTCOME_TRY(chain.add_invites());
  BOOST_OUTCOME_TRY(chain.add_support());
  return chain.add(kOrganisationEvents, {"organisation:" + row.organisation, who}, person);
}

Result<void> add_project_chain(const View& view, const std::string& person,
                               const std::string& project, Chain& chain) {
  const std::string tag = "project:" + project;
  const std::string who = "person:" + person;
  BOOST_OUTCOME_TRY(chain.add({"ProjectCreated", "ProjectMoved", "ProjectTransferAccepted",
                               "ProjectDeleted", "PersonalAccountConverted"},
                              {tag}));
  BOOST_OUTCOME_TRY(chain.add({"CollaboratorAdded", "CollaboratorRemoved"}, {tag, who}, person));
  const auto row = find_or_empty<row::ProjectRowT>(view, project);
  if (!row.workspace.empty()) return add_workspace_chain(view, person, row.workspace, chain);
  if (row.organisation.empty()) return boost::outcome_v2::success();
  std::set<std::string> organisations = {row.organisation};
  for (const auto& mandate : mandates_of(view, row.organisation)) {
    organisations.insert(mandate.second.agency);
  }
  for (const auto& organisation : organisations) {
    BOOST_OUTCOME_TRY(
        chain.add(kOrganisationEvents, {"organisation:" + organisation, who}, person));
  }
  return boost::outcome_v2::success();
}

void explain_workspace(const View& view, const std::string& person, const std::string& workspace,
                       Ladder& ladder, answer::ExplanationT& explanation) {
  ladder.climb_workspace(workspace);
  const auto access = effective_access(view, view.at(), workspace, person);
  explanation.can_read = access.can_read;
  if (access.role) {
    ladder.add_permission(*access.role, schema::EnumNameWorkspaceRole(*access.role),
                          "conversation.read");
  }
  const auto row = find_or_empty<row::WorkspaceRowT>(view, workspace);
  const std::string role =
      access.role ? words(schema::EnumNameWorkspaceRole(*access.role)) : std::string();
  std::string why = access.basis.empty() ? "no rung of the ladder held" : access.basis;
  if (row.deleted) why = "it was deleted " + when_and_who(row.deleted);
  if (access.role && !access.can_read) why += ", a role without conversation.read";
  explanation.verdict =
      person + (access.can_read ? " could read workspace " : " could not read workspace ") +
      workspace + (role.empty() ? std::string() : ", in which they were " + role) + ": " + why;
}

void explain_project(const View& view, const std::string& person, const std::string& project,
                     Ladder& ladder, answer::ExplanationT& explanation) {
  const auto row = find_or_empty<row::ProjectRowT>(view, project);
  const auto access = project_access(view, view.at(), project, person);
  explanation.can_read = access.can_read();
  explanation.verdict = person +
                        (access.may_enter() && access.can_read() ? " could enter project "
                         : access.may_enter() ? " could enter, but not read, project "
                         : access.can_read()  ? " could read, but not enter, project "
                                              : " could not enter project ") +
                        project +
                        (access.basis.empty() ? ": nothing gave the right" : ": " + access.basis);
  if (row.deleted) {
    ladder.add("the project", false, "it was deleted " + when_and_who(row.deleted),
               {row.deleted.get()});
    return;
  }
  if (!row.workspace.empty()) {
    ladder.add("the project", true, "it belonged to workspace " + row.workspace,
               {row.owned_since.get()});
    ladder.climb_workspace(row.workspace);
    if (const auto found = effective_access(view, view.at(), row.workspace, person); found.role) {
      ladder.add_permission(*found.role, schema::EnumNameWorkspaceRole(*found.role),
                            "project.read");
    }
    return;
  }
  if (!row.organisation.empty()) ladder.climb_organisations(row);
  const auto seat = find_or_empty<row::CollaboratorRowT>(view, row_key({project, person}));
  ladder.add("collaborator", seat.live,
             seat.live ? person + " had a seat inside the project since it was given " +
                             when_and_who(seat.since)
             : seat.since ? "the seat of " + person + " had ended " + when_and_who(seat.ended)
                          : person + " had no seat inside the project",
             {seat.since.get(), seat.live ? nullptr : seat.ended.get()});
  if (!row.personal_account.empty()) {
    const auto account = find_or_empty<row::PersonalAccountRowT>(view, row.personal_account);
    ladder.add("personal account", account.person == person,
               "it belonged to the personal account of " + account.person, {row.owned_since.get()});
  }
}

/// The first event by which a view knows a person as staff: what they did as staff, or a read of
/// theirs there that was reported as one of staff; none, if it does not.
Result<std::unique_ptr<schema::ActT>> known_as_staff(const EventStore& store, const View& view,
                                                     const std::string& person,
                                                     const Entity& entity) {
  const QueryItem acts{{}, {"staff:" + person}};
  const QueryItem reads{{"AccessRecorded"}, {entity.tag(), "person:" + person}};
  auto cursor = store.query(Query{{acts, reads}}, {.to = view.position()});
  while (cursor.next()) {
    const Record& record = cursor.record();
    if (!view.knows(record.position(), record.occurred_at())) continue;
    const auto* actor = record->actor();
    if (actor->kind() == schema::ActorKind::staff && actor->id()->string_view() == person) {
      return act_of(record);
    }
    if (record.type() != "AccessRecorded") continue;
    BOOST_OUTCOME_TRY(read, record.payload_as<event::AccessRecorded>());
    if (read->staff() && read->person()->string_view() == person) return act_of(record);
  }
  BOOST_OUTCOME_TRY(cursor.status());
  return nullptr;
}

}  // namespace

Result<answer::ExplanationT> explain_access(const EventStore& store, const View& view,
                                            const std::string& person, const Entity& entity) {
  BOOST_OUTCOME_TRY(found, find_access(view, entity, person));  // both are known, and of a kind
  answer::ExplanationT explanation;
  explanation.person = person;
  explanation.entity = entity.tag();
  explanation.as_of = found.as_of;
  explanation.at = found.at;
  explanation.true_at = found.true_at;
  Ladder ladder(store, view, person, explanation);
  Chain chain(store, view);
  if (entity.kind == EntityKind::workspace) {
    explain_workspace(view, person, entity.id, ladder, explanation);
    BOOST_OUTCOME_TRY(add_workspace_chain(view, person, entity.id, chain));
  } else {
    explain_project(view, person, entity.id, ladder, explanation);
    BOOST_OUTCOME_TRY(add_project_chain(view, person, entity.id, chain));
  }
  for (const auto& rung : explanation.rungs) {
    for (const auto position : rung->positions) {
      BOOST_OUTCOME_TRY(chain.add(Position{position}));
    }
  }
  BOOST_OUTCOME_TRY(staff, known_as_staff(store, view, person, entity));
  if (staff) {
    // Apart from the ladder and the chain, for it makes nobody a reader.
    ladder.add("staff", false, person + " was known as staff. " + found.staff_capability,
               {staff.get()});
  }
  BOOST_OUTCOME_TRY(view.status());
  BOOST_OUTCOME_TRY(lines, chain.lines());
  explanation.chain = std::move(lines);
  return explanation;
}

}  // namespace actbook

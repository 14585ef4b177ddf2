#include "actbook/state.h"

#include <algorithm>
#include "actbook/access.h"

#include "actbook/keys.h"
#include "answers/known.h"
#include "answers/lines.h"

namespace actbook {
namespace {

template <class Answer>
Answer stamped(const View& view) {
  Answer answer;
  answer.as_of = view.position().value;
  answer.at = view.at().microseconds;
  return answer;
}

std::unique_ptr<answer::InviteLineT> invite_line(const View& view, const std::string& invite,
                                                 const row::InviteRowT& row) {
  auto line = std::make_unique<answer::InviteLineT>();
  const bool expired =
      row.state == schema::InviteState::pending && view.at().microseconds >= row.expires_at;
  line->invite = invite;
  line->contact = row.contact;
  line->person = row.person;
  line->role = row.role;
  line->purpose = row.purpose;
  line->state = expired ? "expired" : schema::EnumNameInviteState(row.state);
  line->expires_at = row.expires_at;
  line->issued = copy(row.issued);
  line->decided = copy(row.decided);
  line->cause = row.cause;
  return line;
}

std::unique_ptr<answer::HandoffLineT> handoff_line(const std::string& handoff,
                                                   const row::HandoffRowT& row) {
  auto line = std::make_unique<answer::HandoffLineT>();
  line->handoff = handoff;
  line->from_organisation = row.from_organisation;
  line->target = row.target;
  line->state = row.state;
  line->proposed = copy(row.proposed);
  line->decided = copy(row.decided);
  line->reason = row.reason;
  line->message = row.message;
  return line;
}

template <class Line>
void add_positions(Line& line, const Access& access) {
  line.basis = access.basis;
  line.can_read = access.can_read;
  for (const auto position : access.positions) line.positions.push_back(position.value);
}

// The legal holds in force on an entity itself.
std::vector<std::string> holds_on(const View& view, std::string_view kind, const std::string& id) {
  auto holds = references(view, kind, id, "hold");
  std::erase_if(holds, [&](const std::string& hold) {
    return find_or_empty<row::LegalHoldRowT>(view, hold).released != nullptr;
  });
  return holds;
}

void add_people(const View& view, const std::string& id, answer::WorkspaceStateT& state) {
  for (const auto& [person, access] : everybody_with_access(view, id)) {
    auto line = std::make_unique<answer::AccessLineT>();
    line->person = person;
    line->role = *access.role;
    add_positions(*line, access);
    state.access.push_back(std::move(line));
  }
  each<row::MembershipRowT>(view, row_key({id}) + "/",
                            [&](std::string_view person, const row::MembershipRowT& row) {
                              if (!row.live) return;
                              auto line = std::make_unique<answer::MemberLineT>();
                              line->person = person;
                              line->role = row.role;
                              line->source = row.source;
                              line->since = copy(row.since);
                              line->role_since = copy(row.role_since);
                              state.members.push_back(std::move(line));
                            });
}

answer::EntityUnion workspace_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  const auto row = find<row::WorkspaceRowT>(view, id);
  if (!row) return entity;
  auto state = stamped<answer::WorkspaceStateT>(view);
  state.workspace = id;
  state.row = std::make_unique<row::WorkspaceRowT>(*row);
  if (const auto account = find<row::AccountRowT>(view, row->account)) {
    state.account = std::make_unique<row::AccountRowT>(*account);
  }
  add_people(view, id, state);
  for (const auto& invite : references(view, "workspace", id, "invite")) {
    state.invites.push_back(
        invite_line(view, invite, find_or_empty<row::InviteRowT>(view, invite)));
  }
  for (const auto& handoff : references(view, "workspace", id, "handoff")) {
    state.handoffs.push_back(handoff_line(handoff, find_or_empty<row::HandoffRowT>(view, handoff)));
  }
  each<row::AcceptanceRowT>(
      view, row_key({id}) + "/", [&](std::string_view, const row::AcceptanceRowT& acceptance) {
        state.acceptances.push_back(
            std::make_unique<answer::AcceptanceLineT>(acceptance_line(acceptance)));
      });
  state.legal_holds = holds_on(view, "workspace", id);
  entity.Set(std::move(state));
  return entity;
}

answer::EntityUnion organisation_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  const auto row = find<row::OrganisationRowT>(view, id);
  if (!row) return entity;
  auto state = stamped<answer::OrganisationStateT>(view);
  state.organisation = id;
  state.row = std::make_unique<row::OrganisationRowT>(*row);
  each<row::OrganisationMemberRowT>(
      view, row_key({id}) + "/",
      [&](std::string_view person, const row::OrganisationMemberRowT& member) {
        if (!member.live) return;
        auto line = std::make_unique<answer::OrganisationMemberLineT>();
        line->person = person;
        line->role = member.role;
        line->since = copy(member.since);
        line->role_since = copy(member.role_since);
        state.members.push_back(std::move(line));
      });
  for (const auto& workspace : references(view, "organisation", id, "workspace")) {
    const auto found = find_or_empty<row::WorkspaceRowT>(view, workspace);
    if (found.organisation == id && !found.deleted) state.workspaces.push_back(workspace);
  }
  state.legal_holds = holds_on(view, "organisation", id);
  entity.Set(std::move(state));
  return entity;
}

void add_workspaces(const View& view, const std::string& person, const std::string& organisation,
                    std::vector<std::string>& workspaces) {
  if (!organisation_role(view, organisation, person)) return;
  for (const auto& workspace : references(view, "organisation", organisation, "workspace")) {
    workspaces.push_back(workspace);
  }
}

answer::EntityUnion person_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  auto state = stamped<answer::PersonStateT>(view);
  state.person = id;
  const auto row = find<row::PersonRowT>(view, id);
  if (row) state.row = std::make_unique<row::PersonRowT>(*row);
  auto workspaces = references(view, "person", id, "workspace");
  const auto organisations = references(view, "person", id, "organisation");
  state.legal_holds = holds_on(view, "person", id);
  if (!row && workspaces.empty() && organisations.empty() && state.legal_holds.empty()) {
    return entity;
  }
  for (const auto& organisation : organisations) {
    add_workspaces(view, id, organisation, workspaces);
    const auto member =
        find_or_empty<row::OrganisationMemberRowT>(view, row_key({organisation, id}));
    if (!member.live) continue;
    auto line = std::make_unique<answer::PersonOrganisationLineT>();
    line->organisation = organisation;
    line->role = member.role;
    line->since = copy(member.since);
    state.organisations.push_back(std::move(line));
  }
  std::ranges::sort(workspaces);
  workspaces.erase(std::unique(workspaces.begin(), workspaces.end()), workspaces.end());
  for (const auto& workspace : workspaces) {
    const auto access = effective_access(view, workspace, id);
    if (!access.role) continue;
    auto line = std::make_unique<answer::PersonWorkspaceLineT>();
    line->workspace = workspace;
    line->role = *access.role;
    add_positions(*line, access);
    state.workspaces.push_back(std::move(line));
  }
  entity.Set(std::move(state));
  return entity;
}

answer::EntityUnion account_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  const auto row = find<row::AccountRowT>(view, id);
  if (!row) return entity;
  auto state = stamped<answer::AccountStateT>(view);
  state.account = id;
  state.row = std::make_unique<row::AccountRowT>(*row);
  each<row::SeatRowT>(view, row_key({id}) + "/",
                      [&](std::string_view person, const row::SeatRowT& seat) {
                        if (seat.live) state.seat_holders.emplace_back(person);
                      });
  entity.Set(std::move(state));
  return entity;
}

answer::EntityUnion agreement_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  auto state = stamped<answer::AgreementStateT>(view);
  state.agreement = id;
  each<row::AgreementVersionRowT>(
      view, row_key({id}) + "/", [&](std::string_view, const row::AgreementVersionRowT& version) {
        state.versions.push_back(std::make_unique<row::AgreementVersionRowT>(version));
      });
  if (!state.versions.empty()) entity.Set(std::move(state));
  return entity;
}

answer::EntityUnion invite_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  const auto row = find<row::InviteRowT>(view, id);
  if (!row) return entity;
  auto state = stamped<answer::InviteStateT>(view);
  state.invite = id;
  state.workspace = row->workspace;
  state.line = invite_line(view, id, *row);
  entity.Set(std::move(state));
  return entity;
}

answer::EntityUnion handoff_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  const auto row = find<row::HandoffRowT>(view, id);
  if (!row) return entity;
  auto state = stamped<answer::HandoffStateT>(view);
  state.handoff = id;
  state.workspace = row->workspace;
  state.line = handoff_line(id, *row);
  entity.Set(std::move(state));
  return entity;
}

answer::EntityUnion contact_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  const auto row = find<row::ContactRowT>(view, id);
  if (!row) return entity;
  auto state = stamped<answer::ContactStateT>(view);
  state.contact = id;
  state.row = std::make_unique<row::ContactRowT>(*row);
  entity.Set(std::move(state));
  return entity;
}

answer::EntityUnion state_of(const View& view, const Entity& entity) {
  switch (entity.kind) {
    case EntityKind::organisation:
      return organisation_state(view, entity.id);
    case EntityKind::workspace:
      return workspace_state(view, entity.id);
    case EntityKind::person:
      return person_state(view, entity.id);
    case EntityKind::account:
      return account_state(view, entity.id);
    case EntityKind::agreement:
      return agreement_state(view, entity.id);
    case EntityKind::invite:
      return invite_state(view, entity.id);
    case EntityKind::handoff:
      return handoff_state(view, entity.id);
    case EntityKind::contact:
      return contact_state(view, entity.id);
  }
  return {};
}

}  // namespace

Result<answer::EntityStateT> find_state(const View& view, const Entity& entity) {
  answer::EntityStateT answer;
  answer.state = state_of(view, entity);
  BOOST_OUTCOME_TRY(view.status());
  if (answer.state.value == nullptr) {
    return not_known(view, entity);
  }
  return answer;
}

}  // namespace actbook

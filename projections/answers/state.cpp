#include "actbook/state.h"

#include <algorithm>

#include "actbook/access.h"
#include "actbook/belongings.h"
#include "actbook/keys.h"
#include "answers/known.h"
#include "answers/lines.h"
#include "answers/states.h"

namespace actbook {
namespace {

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

void add_people(const View& view, const std::string& id, answer::WorkspaceStateT& state) {
  for (const auto& [person, access] : everybody_with_access(view, view.at(), id)) {
    state.access.push_back(access_line(person, access));
  }
  each<row::MembershipRowT>(view, row_key({id}) + "/",
                            [&](std::string_view person, const row::MembershipRowT& row) {
                              if (!is_live(row, view.at())) return;
                              auto line = std::make_unique<answer::MemberLineT>();
                              line->person = person;
                              line->role = row.role;
                              line->source = row.source;
                              line->since = copy(row.since);
                              line->role_since = copy(row.role_since);
                              line->expires_at = row.expires_at;
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
    state.handoffs.push_back(handoff_line(view, handoff));
  }
  for (const auto& acceptance : acceptances_of(view, id)) {
    state.acceptances.push_back(
        std::make_unique<answer::AcceptanceLineT>(acceptance_line(acceptance)));
  }
  state.legal_holds = holds_on(view, "workspace", id);
  state.projects = live_projects(view, "workspace", id);
  for (const auto& request : references(view, "workspace", id, "support_request")) {
    state.support_requests.push_back(support_request_line(view, request));
  }
  state.deals = references(view, "workspace", id, "deal");
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
  state.projects = live_projects(view, "organisation", id);
  if (const auto enrollment = find<row::EnrollmentRowT>(view, id)) {
    state.enrollment = std::make_unique<row::EnrollmentRowT>(*enrollment);
  }
  state.subscription = boxed(subscription_of(view, "organisation", id));
  state.mandates = mandate_lines(view, id);
  state.mandate_requests = mandate_request_lines(view, id);
  entity.Set(std::move(state));
  return entity;
}

answer::EntityUnion person_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  auto state = stamped<answer::PersonStateT>(view);
  state.person = id;
  const auto row = find<row::PersonRowT>(view, id);
  if (row) state.row = std::make_unique<row::PersonRowT>(*row);
  const auto organisations = references(view, "person", id, "organisation");
  state.legal_holds = holds_on(view, "person", id);
  state.personal_accounts = references(view, "person", id, "personal_account");
  const bool known = row || !organisations.empty() || !state.legal_holds.empty() ||
                     !state.personal_accounts.empty() ||
                     !references(view, "person", id, "workspace").empty() ||
                     !references(view, "person", id, "project").empty();
  if (!known) return entity;
  for (const auto& organisation : organisations) {
    const auto member =
        find_or_empty<row::OrganisationMemberRowT>(view, row_key({organisation, id}));
    if (!member.live) continue;
    auto line = std::make_unique<answer::PersonOrganisationLineT>();
    line->organisation = organisation;
    line->role = member.role;
    line->since = copy(member.since);
    state.organisations.push_back(std::move(line));
  }
  add_access_of(view, id, state);
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
  for (const auto& charge : references(view, "account", id, "charge")) {
    state.charges.push_back(charge_summary(view, charge));
  }
  std::ranges::stable_sort(state.charges, {}, [](const auto& charge) {
    return charge->recorded ? charge->recorded->position : 0;
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
  state.line = handoff_line(view, id);
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
    case EntityKind::project:
      return project_state(view, entity.id);
    case EntityKind::recording:
      return recording_state(view, entity.id);
    case EntityKind::mandate:
      return mandate_state(view, entity.id);
    case EntityKind::mandate_request:
      return mandate_request_state(view, entity.id);
    case EntityKind::plan:
      return plan_state(view, entity.id);
    case EntityKind::charge:
      return charge_state(view, entity.id);
    case EntityKind::payment:
      return payment_state(view, entity.id);
    case EntityKind::deal:
      return deal_state(view, entity.id);
    case EntityKind::transfer:
      return transfer_state(view, entity.id);
    case EntityKind::support_request:
      return support_request_state(view, entity.id);
    case EntityKind::personal_account:
      return personal_account_state(view, entity.id);
    case EntityKind::hold:
      return hold_state(view, entity.id);
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

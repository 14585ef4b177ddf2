#include "actbook/overviews.h"

#include <algorithm>

#include "actbook/belongings.h"
#include "answers/known.h"
#include "answers/lines.h"
#include "answers/states.h"

namespace actbook {
namespace {

constexpr const char* kStaffCapability =
    "Our staff could technically read at any time; what they read outside a support session is "
    "recorded with the basis staff_override.";

// A plan that was enabled can be bought while it is special and active.
bool can_be_bought(const View& view, const row::EnabledPlanT& enabled) {
  const auto plan = find_or_empty<row::PlanRowT>(view, enabled.plan);
  return plan.special && plan.active;
}

std::unique_ptr<answer::ClientLineT> client_line(const View& view, const std::string& mandate,
                                                 const row::MandateRowT& granted) {
  const auto client = find_or_empty<row::OrganisationRowT>(view, granted.client);
  auto line = std::make_unique<answer::ClientLineT>();
  line->organisation = granted.client;
  line->name = client.name;
  line->mandate = mandate;
  line->since = copy(granted.granted);
  line->projects = live_projects(view, "organisation", granted.client);
  line->subscription = boxed(subscription_of(view, "organisation", granted.client));
  for (const auto& plan : granted.plans) {
    if (can_be_bought(view, *plan)) line->enabled_plans.push_back(copy(plan));
  }
  line->discount_percent = client.partner_discount_percent;
  return line;
}

std::unique_ptr<answer::PartnerWorkspaceLineT> workspace_line(const View& view,
                                                              const std::string& id,
                                                              const row::WorkspaceRowT& row) {
  auto line = std::make_unique<answer::PartnerWorkspaceLineT>();
  line->workspace = id;
  line->name = row.name;
  line->usage = row.usage;
  line->data_owner = copy(row.data_owner);
  for (const auto& acceptance : acceptances_of(view, id)) {
    if (acceptance.state == schema::AcceptanceState::in_force) {
      line->acceptances.push_back(
          std::make_unique<answer::AcceptanceLineT>(acceptance_line(acceptance)));
    }
  }
  const auto account = find_or_empty<row::AccountRowT>(view, row.account);
  line->account = row.account;
  line->tier = account.tier;
  line->status = account.status;
  line->seats = account.seats;
  line->paid_seats = account.paid_seats;
  line->pending_handoff = row.pending_handoff;
  line->support_door_open = row.support_door_open;
  line->projects = static_cast<std::uint32_t>(live_projects(view, "workspace", id).size());
  return line;
}

std::unique_ptr<answer::PartnerDealLineT> deal_line(const View& view, const std::string& id) {
  auto row = find_or_empty<row::DealRowT>(view, id);
  row.terms = terms_in_force(view, id);
  auto line = std::make_unique<answer::PartnerDealLineT>();
  line->deal = id;
  line->workspace = row.workspace;
  line->terms = copy(row.terms);
  line->accrued_cents = row.accrued_cents;
  line->paid_cents = row.paid_cents;
  line->cap_left_cents = cap_left(row);
  const auto now = view.at().microseconds;
  line->active = !row.ended && row.terms && row.terms->starts_at <= now &&
                 (!row.terms->expires_at || now < *row.terms->expires_at);
  return line;
}

bool is_somebody(const View& view, const std::string& person) {
  if (find<row::PersonRowT>(view, person)) return true;
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"organisation", "workspace", "project",
                                              "personal_account", "act"},
      [&](std::string_view kind) { return !references(view, "person", person, kind).empty(); });
}

// An answer about who may enter a workspace or a project, without its lines.
Result<answer::ReadersT> asked_about(const View& view, const Entity& entity) {
  if (entity.kind != EntityKind::workspace && entity.kind != EntityKind::project) {
    return Error{ErrorKind::invalid,
                 "INVALID_ENTITY",
                 "access is asked for a workspace or a project, not for " + entity.tag(),
                 {}};
  }
  const bool known = entity.kind == EntityKind::workspace
                         ? find<row::WorkspaceRowT>(view, entity.id).has_value()
                         : find<row::ProjectRowT>(view, entity.id).has_value();
  BOOST_OUTCOME_TRY(view.status());
  if (!known) return not_known(view, entity);
  auto answer = stamped<answer::ReadersT>(view);
  answer.entity = entity.tag();
  answer.staff_capability = kStaffCapability;
  return answer;
}

}  // namespace

Result<answer::AgencyDashboardT> agency_dashboard(const View& view,
                                                  const std::string& organisation) {
  const auto row = find<row::OrganisationRowT>(view, organisation);
  BOOST_OUTCOME_TRY(view.status());
  if (!row) return not_known(view, {EntityKind::organisation, organisation});
  auto answer = stamped<answer::AgencyDashboardT>(view);
  answer.organisation = organisation;
  answer.name = row->name;
  answer.partner = row->partner;
  if (const auto enrollment = find<row::EnrollmentRowT>(view, organisation)) {
    answer.enrollment = std::make_unique<row::EnrollmentRowT>(*enrollment);
  }
  answer.projects = live_projects(view, "organisation", organisation);
  answer.mandates = mandate_lines(view, organisation);
  std::erase_if(answer.mandates,
                [&](const auto& line) { return line->row->agency != organisation; });
  for (const auto& mandate : answer.mandates) {
    if (!mandate->row->live) continue;
    answer.clients.push_back(client_line(view, mandate->mandate, *mandate->row));
  }
  answer.requests = mandate_request_lines(view, organisation);
  std::erase_if(answer.requests,
                [&](const auto& line) { return line->row->agency != organisation; });
  BOOST_OUTCOME_TRY(view.status());
  return answer;
}

Result<answer::PartnerOverviewT> partner_overview(const View& view,
                                                  const std::string& organisation) {
  const auto row = find<row::OrganisationRowT>(view, organisation);
  BOOST_OUTCOME_TRY(view.status());
  if (!row) return not_known(view, {EntityKind::organisation, organisation});
  auto answer = stamped<answer::PartnerOverviewT>(view);
  answer.organisation = organisation;
  answer.name = row->name;
  answer.partner = row->partner;
  answer.contract_reference = row->contract_reference;
  for (const auto& workspace : references(view, "organisation", organisation, "workspace")) {
    const auto found = find_or_empty<row::WorkspaceRowT>(view, workspace);
    if (found.deleted || found.organisation != organisation) continue;
    answer.workspaces.push_back(workspace_line(view, workspace, found));
  }
  for (const auto& handoff : references(view, "organisation", organisation, "handoff")) {
    answer.handoffs.push_back(handoff_line(view, handoff));
  }
  for (const auto& deal : references(view, "organisation", organisation, "deal")) {
    answer.deals.push_back(deal_line(view, deal));
  }
  BOOST_OUTCOME_TRY(view.status());
  return answer;
}

Result<answer::ReadersT> find_readers(const View& view, const Entity& entity) {
  BOOST_OUTCOME_TRY(answer, asked_about(view, entity));
  if (entity.kind == EntityKind::workspace) {
    for (const auto& [person, access] : everybody_with_access(view, view.at(), entity.id)) {
      if (access.can_read) answer.workspace_readers.push_back(access_line(person, access));
    }
  } else {
    for (const auto& [person, access] :
         everybody_in_project(view, view.at(), entity.id, ProjectRight::read)) {
      answer.project_readers.push_back(project_access_line(entity.id, person, access));
    }
  }
  BOOST_OUTCOME_TRY(view.status());
  return std::move(answer);
}

Result<answer::ReadersT> find_access(const View& view, const Entity& entity,
                                     const std::string& person) {
  BOOST_OUTCOME_TRY(answer, asked_about(view, entity));
  // A mistyped id must not read as "could do nothing".
  if (!is_somebody(view, person)) return not_known(view, {EntityKind::person, person});
  if (entity.kind == EntityKind::workspace) {
    const auto access = effective_access(view, view.at(), entity.id, person);
    if (access.role) answer.workspace_readers.push_back(access_line(person, access));
  } else {
    const auto access = project_access(view, view.at(), entity.id, person);
    if (access.can_read()) {
      answer.project_readers.push_back(project_access_line(entity.id, person, access));
    }
  }
  BOOST_OUTCOME_TRY(view.status());
  return std::move(answer);
}

Result<answer::PersonAccessT> find_access_of(const View& view, const std::string& person) {
  if (!is_somebody(view, person)) return not_known(view, {EntityKind::person, person});
  auto answer = stamped<answer::PersonAccessT>(view);
  answer.person = person;
  answer.staff_capability = kStaffCapability;
  add_access_of(view, person, answer);
  BOOST_OUTCOME_TRY(view.status());
  return answer;
}

}  // namespace actbook

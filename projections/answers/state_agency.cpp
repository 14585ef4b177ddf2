#include "actbook/belongings.h"
#include "answers/lines.h"
#include "answers/states.h"

namespace actbook {
namespace {

// The state of an entity whose row says it all.
template <class State, class Row>
answer::EntityUnion plain_state(const View& view, const std::string& id, std::string State::*name) {
  answer::EntityUnion entity;
  const auto row = find<Row>(view, id);
  if (!row) return entity;
  auto state = stamped<State>(view);
  state.*name = id;
  state.row = std::make_unique<Row>(*row);
  entity.Set(std::move(state));
  return entity;
}

std::vector<std::string> recordings_in(const View& view, const std::string& project) {
  auto recordings = references(view, "project", project, "recording");
  std::erase_if(recordings, [&](const std::string& recording) {
    return find_or_empty<row::RecordingRowT>(view, recording).project != project;
  });
  return recordings;
}

}  // namespace

answer::EntityUnion project_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  const auto row = find<row::ProjectRowT>(view, id);
  if (!row) return entity;
  auto state = stamped<answer::ProjectStateT>(view);
  state.project = id;
  state.row = std::make_unique<row::ProjectRowT>(*row);
  for (const auto& [person, access] : everybody_in_project(view, view.at(), id)) {
    state.access.push_back(project_access_line(id, person, access));
  }
  state.recordings = recordings_in(view, id);
  each<row::CollaboratorRowT>(view, row_key({id}) + "/",
                              [&](std::string_view person, const row::CollaboratorRowT& seat) {
                                if (seat.live) state.collaborators.emplace_back(person);
                              });
  entity.Set(std::move(state));
  return entity;
}

answer::EntityUnion recording_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  const auto row = find<row::RecordingRowT>(view, id);
  if (!row) return entity;
  auto state = stamped<answer::RecordingStateT>(view);
  state.recording = id;
  state.row = std::make_unique<row::RecordingRowT>(*row);
  state.workspace = find_or_empty<row::ProjectRowT>(view, row->project).workspace;
  state.ever_left_client = !row->left_client.empty();
  entity.Set(std::move(state));
  return entity;
}

answer::EntityUnion transfer_state(const View& view, const std::string& id) {
  return plain_state<answer::TransferStateT, row::TransferRowT>(view, id,
                                                                &answer::TransferStateT::transfer);
}

answer::EntityUnion support_request_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  const auto row = find<row::SupportRequestRowT>(view, id);
  if (!row) return entity;
  auto state = stamped<answer::SupportRequestStateT>(view);
  state.support_request = id;
  state.workspace = row->workspace;
  state.line = support_request_line(view, id);
  entity.Set(std::move(state));
  return entity;
}

answer::EntityUnion charge_state(const View& view, const std::string& id) {
  return plain_state<answer::ChargeStateT, row::ChargeRowT>(view, id,
                                                            &answer::ChargeStateT::charge);
}

answer::EntityUnion payment_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  const auto row = find<row::PaymentRowT>(view, id);
  if (!row) return entity;
  auto state = stamped<answer::PaymentStateT>(view);
  state.payment = id;
  state.row = std::make_unique<row::PaymentRowT>(*row);
  if (!row->deal.empty()) {
    each<row::AccrualRowT>(view, row_key({row->deal}) + "/",
                           [&](std::string_view, const row::AccrualRowT& accrual) {
                             if (accrual.payment != id || !accrual.accrued) return;
                             state.accruals.push_back(accrual.accrued->position);
                           });
  }
  entity.Set(std::move(state));
  return entity;
}

answer::EntityUnion deal_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  const auto row = find<row::DealRowT>(view, id);
  if (!row) return entity;
  auto state = stamped<answer::DealStateT>(view);
  state.deal = id;
  state.row = std::make_unique<row::DealRowT>(*row);
  // The newest version may hold from a later time on.
  state.row->terms = terms_in_force(view, id);
  state.cap_left_cents = cap_left(*state.row);
  each<row::TermsRowT>(view, row_key({id}) + "/",
                       [&](std::string_view, const row::TermsRowT& version) {
                         state.versions.push_back(std::make_unique<row::TermsRowT>(version));
                       });
  each<row::AccrualRowT>(view, row_key({id}) + "/",
                         [&](std::string_view, const row::AccrualRowT& accrual) {
                           state.accruals.push_back(std::make_unique<row::AccrualRowT>(accrual));
                         });
  entity.Set(std::move(state));
  return entity;
}

answer::EntityUnion mandate_state(const View& view, const std::string& id) {
  return plain_state<answer::MandateStateT, row::MandateRowT>(view, id,
                                                              &answer::MandateStateT::mandate);
}

answer::EntityUnion mandate_request_state(const View& view, const std::string& id) {
  return plain_state<answer::MandateRequestStateT, row::MandateRequestRowT>(
      view, id, &answer::MandateRequestStateT::mandate_request);
}

answer::EntityUnion plan_state(const View& view, const std::string& id) {
  return plain_state<answer::PlanStateT, row::PlanRowT>(view, id, &answer::PlanStateT::plan);
}

answer::EntityUnion personal_account_state(const View& view, const std::string& id) {
  answer::EntityUnion entity;
  const auto row = find<row::PersonalAccountRowT>(view, id);
  if (!row) return entity;
  auto state = stamped<answer::PersonalAccountStateT>(view);
  state.personal_account = id;
  state.row = std::make_unique<row::PersonalAccountRowT>(*row);
  state.projects = live_projects(view, "personal_account", id);
  state.subscription = boxed(subscription_of(view, "personal_account", id));
  entity.Set(std::move(state));
  return entity;
}

answer::EntityUnion hold_state(const View& view, const std::string& id) {
  return plain_state<answer::HoldStateT, row::LegalHoldRowT>(view, id, &answer::HoldStateT::hold);
}

}  // namespace actbook

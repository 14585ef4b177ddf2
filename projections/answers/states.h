#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actbook/access.h"
#include "actbook/event_store.h"
#include "actbook/schema/answers_generated.h"

// The states of the kinds of entities, each empty if the view does not know the id, and the lines
// that several of them show.
namespace actbook {

[[nodiscard]] answer::EntityUnion project_state(const View& view, const std::string& id);
[[nodiscard]] answer::EntityUnion recording_state(const View& view, const std::string& id);
[[nodiscard]] answer::EntityUnion transfer_state(const View& view, const std::string& id);
[[nodiscard]] answer::EntityUnion support_request_state(const View& view, const std::string& id);
[[nodiscard]] answer::EntityUnion charge_state(const View& view, const std::string& id);
[[nodiscard]] answer::EntityUnion payment_state(const View& view, const std::string& id);
[[nodiscard]] answer::EntityUnion deal_state(const View& view, const std::string& id);
[[nodiscard]] answer::EntityUnion mandate_state(const View& view, const std::string& id);
[[nodiscard]] answer::EntityUnion mandate_request_state(const View& view, const std::string& id);
[[nodiscard]] answer::EntityUnion plan_state(const View& view, const std::string& id);
[[nodiscard]] answer::EntityUnion personal_account_state(const View& view, const std::string& id);
[[nodiscard]] answer::EntityUnion hold_state(const View& view, const std::string& id);

[[nodiscard]] std::unique_ptr<answer::AccessLineT> access_line(const std::string& person,
                                                               const Access& access);
[[nodiscard]] std::unique_ptr<answer::HandoffLineT> handoff_line(const View& view,
                                                                 const std::string& handoff);
[[nodiscard]] std::unique_ptr<answer::SupportRequestLineT> support_request_line(
    const View& view, const std::string& request);
[[nodiscard]] std::unique_ptr<answer::ProjectAccessLineT> project_access_line(
    const std::string& project, const std::string& person, const ProjectAccess& access);
[[nodiscard]] std::unique_ptr<answer::ChargeSummaryT> charge_summary(const View& view,
                                                                     const std::string& charge);
/// The mandates and requests of an organisation on either side, whatever became of them.
[[nodiscard]] std::vector<std::unique_ptr<answer::MandateLineT>> mandate_lines(
    const View& view, const std::string& organisation);
[[nodiscard]] std::vector<std::unique_ptr<answer::MandateRequestLineT>> mandate_request_lines(
    const View& view, const std::string& organisation);
/// Why, of a line about access.
template <class Line>
void add_positions(Line& line, const Access& access) {
  line.basis = access.basis;
  line.can_read = access.can_read;
  for (const auto position : access.positions) line.positions.push_back(position.value);
}

/// What a person could do in workspaces and projects, as lines of an answer.
template <class Answer>
void add_access_of(const View& view, const std::string& person, Answer& answer) {
  for (const auto& [workspace, access] : workspaces_of(view, view.at(), person)) {
    auto line = std::make_unique<answer::PersonWorkspaceLineT>();
    line->workspace = workspace;
    line->role = *access.role;
    add_positions(*line, access);
    answer.workspaces.push_back(std::move(line));
  }
  for (const auto& [project, access] : projects_of(view, view.at(), person, ProjectRight::read)) {
    answer.projects.push_back(project_access_line(project, person, access));
  }
}

/// The legal holds in force on an entity itself.
[[nodiscard]] std::vector<std::string> holds_on(const View& view, std::string_view kind,
                                                const std::string& id);
/// The terms of a deal that are in force at the view's instant: the newest version effective by
/// then. Before any is, the first to come; null, if there are none.
[[nodiscard]] std::unique_ptr<schema::ReferralTermsT> terms_in_force(const View& view,
                                                                     const std::string& deal);
/// What may still accrue of a deal; none, if it has no cap.
[[nodiscard]] flatbuffers::Optional<std::int64_t> cap_left(const row::DealRowT& deal);

}  // namespace actbook

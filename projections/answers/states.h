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

/// An answer that says which state it reflects.
template <class Answer>
[[nodiscard]] Answer stamped(const View& view) {
  Answer answer;
  answer.as_of = view.position().value;
  answer.at = view.at().microseconds;
  return answer;
}

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
/// The plan that runs; null, if none does. `kind` is organisation or personal_account.
[[nodiscard]] std::unique_ptr<row::SubscriptionRowT> subscription_of(const View& view,
                                                                     std::string_view kind,
                                                                     const std::string& id);
/// The projects that a workspace, an organisation or a personal account has now.
[[nodiscard]] std::vector<std::string> live_projects(const View& view, std::string_view kind,
                                                     const std::string& id);
/// The legal holds in force on an entity itself.
[[nodiscard]] std::vector<std::string> holds_on(const View& view, std::string_view kind,
                                                const std::string& id);
/// What may still accrue of a deal; none, if it has no cap.
[[nodiscard]] flatbuffers::Optional<std::int64_t> cap_left(const row::DealRowT& deal);

}  // namespace actbook

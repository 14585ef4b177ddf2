#include <algorithm>

#include "answers/lines.h"
#include "answers/states.h"

namespace actbook {

std::unique_ptr<answer::AccessLineT> access_line(const std::string& person, const Access& access) {
  auto line = std::make_unique<answer::AccessLineT>();
  line->person = person;
  line->role = *access.role;
  line->basis = access.basis;
  line->can_read = access.can_read;
  for (const auto position : access.positions) line->positions.push_back(position.value);
  return line;
}

std::unique_ptr<answer::HandoffLineT> handoff_line(const View& view, const std::string& handoff) {
  const auto row = find_or_empty<row::HandoffRowT>(view, handoff);
  auto line = std::make_unique<answer::HandoffLineT>();
  line->handoff = handoff;
  line->workspace = row.workspace;
  line->from_organisation = row.from_organisation;
  line->target = row.target;
  line->state = row.state;
  line->proposed = copy(row.proposed);
  line->decided = copy(row.decided);
  line->reason = row.reason;
  line->message = row.message;
  return line;
}

std::unique_ptr<answer::SupportRequestLineT> support_request_line(const View& view,
                                                                  const std::string& request) {
  const auto row = find_or_empty<row::SupportRequestRowT>(view, request);
  const bool expired =
      row.state == schema::SupportRequestState::pending && view.at().microseconds >= row.expires_at;
  auto line = std::make_unique<answer::SupportRequestLineT>();
  line->request = request;
  line->person = row.person;
  line->state = expired ? "expired" : schema::EnumNameSupportRequestState(row.state);
  line->expires_at = row.expires_at;
  line->requested = copy(row.requested);
  line->decided = copy(row.decided);
  return line;
}

std::unique_ptr<answer::ProjectAccessLineT> project_access_line(const std::string& project,
                                                                const std::string& person,
                                                                const ProjectAccess& access) {
  auto line = std::make_unique<answer::ProjectAccessLineT>();
  line->project = project;
  line->person = person;
  if (access.role) line->role = *access.role;
  line->basis = access.basis;
  for (const auto& basis : access.bases) {
    line->bases.push_back(std::make_unique<schema::EntryBasisT>(basis));
  }
  for (const auto position : access.positions) line->positions.push_back(position.value);
  return line;
}

std::unique_ptr<answer::ChargeSummaryT> charge_summary(const View& view,
                                                       const std::string& charge) {
  const auto row = find_or_empty<row::ChargeRowT>(view, charge);
  auto line = std::make_unique<answer::ChargeSummaryT>();
  line->charge = charge;
  line->cause = row.cause;
  line->net_cents = row.net_cents;
  line->tax_cents = row.tax_cents;
  line->total_cents = row.total_cents;
  line->currency = row.currency;
  line->deal = row.deal;
  line->plan = row.plan;
  line->payment = row.payment;
  line->recorded = copy(row.recorded);
  return line;
}

std::vector<std::unique_ptr<answer::MandateLineT>> mandate_lines(const View& view,
                                                                 const std::string& organisation) {
  std::vector<std::unique_ptr<answer::MandateLineT>> lines;
  auto mandates = references(view, "organisation", organisation, "mandate_held");
  for (auto& given : references(view, "organisation", organisation, "mandate_given")) {
    mandates.push_back(std::move(given));
  }
  std::ranges::sort(mandates);
  for (const auto& mandate : mandates) {
    auto line = std::make_unique<answer::MandateLineT>();
    line->mandate = mandate;
    line->row = std::make_unique<row::MandateRowT>(find_or_empty<row::MandateRowT>(view, mandate));
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::unique_ptr<answer::MandateRequestLineT>> mandate_request_lines(
    const View& view, const std::string& organisation) {
  std::vector<std::unique_ptr<answer::MandateRequestLineT>> lines;
  for (const auto& request : references(view, "organisation", organisation, "mandate_request")) {
    auto line = std::make_unique<answer::MandateRequestLineT>();
    line->request = request;
    line->row = std::make_unique<row::MandateRequestRowT>(
        find_or_empty<row::MandateRequestRowT>(view, request));
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> holds_on(const View& view, std::string_view kind, const std::string& id) {
  auto holds = references(view, kind, id, "hold");
  std::erase_if(holds, [&](const std::string& hold) {
    return find_or_empty<row::LegalHoldRowT>(view, hold).released != nullptr;
  });
  return holds;
}

std::unique_ptr<schema::ReferralTermsT> terms_in_force(const View& view, const std::string& deal) {
  std::unique_ptr<schema::ReferralTermsT> found;
  each<row::TermsRowT>(view, row_key({deal}) + "/",
                       [&](std::string_view, const row::TermsRowT& version) {
                         if (!version.terms) return;
                         if (found && version.terms->effective_at > view.at().microseconds) return;
                         found = copy(version.terms);
                       });
  return found;
}

flatbuffers::Optional<std::int64_t> cap_left(const row::DealRowT& deal) {
  if (!deal.terms || !deal.terms->cap_cents) return flatbuffers::nullopt;
  const auto cap = *deal.terms->cap_cents;
  return cap <= deal.accrued_cents ? 0 : cap - deal.accrued_cents;
}

}  // namespace actbook

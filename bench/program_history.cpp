#include "program_history.h"

#include <array>
#include <memory>

#include "actbook/decide.h"
#include "actbook/schema/events_generated.h"

namespace actbook::bench {
namespace {

constexpr std::string_view kSpecialPlan = "special";

std::string sha() { return std::string(64, 'a'); }

std::string mandate(std::uint64_t w) { return "m-" + std::to_string(w); }
std::string charge(std::uint64_t w) { return "c-" + std::to_string(w); }

}  // namespace

std::uint64_t ProgramHistory::events() const {
  return 1 + 2 * organisations() + workspaces_ * kEventsOfWorkspace;
}

EventDraft ProgramHistory::draft_of(std::uint64_t number) const {
  if (number == 0) return plan_defined();
  --number;
  if (number < organisations()) return registered(number);
  number -= organisations();
  if (number < organisations()) return made_partner(number);
  number -= organisations();
  return of_workspace(number % workspaces_, number / workspaces_);
}

EventDraft ProgramHistory::of_workspace(std::uint64_t w, std::uint64_t step) const {
  using Make = EventDraft (ProgramHistory::*)(std::uint64_t) const;
  static constexpr std::array<Make, 10> kOnce = {
      &ProgramHistory::founded,  &ProgramHistory::recorded, &ProgramHistory::moved,
      &ProgramHistory::dealt,    &ProgramHistory::charged,  &ProgramHistory::accrued,
      &ProgramHistory::mandated, &ProgramHistory::enabled,  &ProgramHistory::entered,
      &ProgramHistory::refused};
  static constexpr std::uint64_t kFirstOnce = 3 + 2 * kMembers;

  if (step == 0) return opened(w);
  if (step == 1) return created(w);
  if (step == 2 || step == 30) return accepted(w, step == 2 ? 1 : 2);
  if (step < 3 + kMembers) return granted(w, step - 3);
  if (step < kFirstOnce) return seated(w, step - 3 - kMembers);
  if (step < kFirstOnce + kOnce.size()) return (this->*kOnce.at(step - kFirstOnce))(w);
  if (step < 30 || step > 38) return read(w, step);
  if (step < 35) return changed(w, step - 30);
  if (step < 38) return ended(w, step - 30);
  return proposed(w);
}

EventDraft ProgramHistory::opened(std::uint64_t w) const {
  event::BillingAccountOpenedT event;
  event.account = account(w);
  event.scope = schema::AccountScope::workspace;
  event.organisation = organisation(w);
  event.workspace = workspace(w);
  return draft(event);
}

EventDraft ProgramHistory::created(std::uint64_t w) const {
  event::WorkspaceCreatedT event;
  event.workspace = workspace(w);
  event.organisation = organisation(w);
  event.name = "The workspace with the number " + std::to_string(w);
  event.usage = schema::Usage::external_client;
  event.account = account(w);
  return draft(event);
}

EventDraft ProgramHistory::accepted(std::uint64_t w, std::uint32_t version) const {
  event::AgreementAcceptedT event;
  event.agreement = "dpa";
  event.version = version;
  event.text_sha256 = sha();
  event.workspace = workspace(w);
  event.organisation = organisation(w);
  event.person = person(w, 0);
  return draft(event);
}

EventDraft ProgramHistory::granted(std::uint64_t w, std::uint64_t member) const {
  event::MembershipGrantedT event;
  event.workspace = workspace(w);
  event.person = person(w, member);
  event.role = member == 0 ? schema::WorkspaceRole::owner : schema::WorkspaceRole::member;
  return draft(event);
}

EventDraft ProgramHistory::seated(std::uint64_t w, std::uint64_t member) const {
  event::SeatOpenedT event;
  event.account = account(w);
  event.person = person(w, member);
  event.seats = static_cast<std::uint32_t>(member + 1);
  event.paid_seats = event.seats;
  return draft(event);
}

EventDraft ProgramHistory::read(std::uint64_t w, std::uint64_t step) const {
  event::AccessRecordedT event;
  event.person = person(w, step % kMembers);
  event.workspace = workspace(w);
  event.what = "a page of the panel";
  event.basis = "direct membership as member";
  return draft(event);
}

EventDraft ProgramHistory::changed(std::uint64_t w, std::uint64_t member) const {
  event::MembershipRoleChangedT event;
  event.workspace = workspace(w);
  event.person = person(w, member);
  event.from = schema::WorkspaceRole::member;
  event.to = schema::WorkspaceRole::admin;
  return draft(event);
}

EventDraft ProgramHistory::ended(std::uint64_t w, std::uint64_t member) const {
  event::MembershipEndedT event;
  event.workspace = workspace(w);
  event.person = person(w, member);
  event.role = schema::WorkspaceRole::member;
  event.cause = "removed";
  return draft(event);
}

EventDraft ProgramHistory::proposed(std::uint64_t w) const {
  event::HandoffProposedT event;
  event.handoff = "h-" + std::to_string(w);
  event.workspace = workspace(w);
  event.from_organisation = organisation(w);
  event.target = organisation(w + 1);
  return draft(event);
}

EventDraft ProgramHistory::plan_defined() {
  event::PlanDefinedT event;
  event.plan = kSpecialPlan;
  event.name = "A plan of agencies";
  event.special = true;
  event.yearly_cents = 120'000;
  event.currency = "EUR";
  event.active = true;
  return draft(event);
}

EventDraft ProgramHistory::registered(std::uint64_t o) const {
  event::OrganisationRegisteredT event;
  event.organisation = organisation(o);
  event.name = "The organisation with the number " + std::to_string(o);
  return draft(event);
}

EventDraft ProgramHistory::made_partner(std::uint64_t o) const {
  event::PartnerStatusGrantedT event;
  event.organisation = organisation(o);
  event.contract_reference = "contract " + std::to_string(o);
  return draft(event);
}

EventDraft ProgramHistory::founded(std::uint64_t w) const {
  event::ProjectCreatedT event;
  event.project = project(w);
  event.organisation = client(w);
  event.name = "The project with the number " + std::to_string(w);
  return draft(event);
}

EventDraft ProgramHistory::recorded(std::uint64_t w) const {
  event::RecordingAddedT event;
  event.recording = recording(w);
  event.project = project(w);
  event.workspace = workspace(w);
  return draft(event);
}

EventDraft ProgramHistory::moved(std::uint64_t w) const {
  event::RecordingMovedT event;
  event.recording = recording(w);
  event.from_project = project(w);
  event.to_project = project(w + 1);
  event.from_workspace = workspace(w);
  event.to_workspace = workspace(w + 1);
  event.left_client = true;
  return draft(event);
}

EventDraft ProgramHistory::dealt(std::uint64_t w) const {
  event::ReferralDealSignedT event;
  event.deal = deal(w);
  event.workspace = workspace(w);
  event.organisation = organisation(w);
  event.terms = std::make_unique<schema::ReferralTermsT>();
  event.terms->version = 1;
  event.terms->kickback_percent = 20;
  event.terms->discount_percent = 15;
  event.terms->cap_cents = 50'000;
  event.terms->currency = "EUR";
  return draft(event);
}

EventDraft ProgramHistory::charged(std::uint64_t w) const {
  event::ChargeRecordedT event;
  event.charge = charge(w);
  event.account = account(w);
  event.organisation = organisation(w);
  event.workspace = workspace(w);
  event.deal = deal(w);
  event.terms_version = 1;
  event.currency = "EUR";
  auto line = std::make_unique<schema::ChargeLineT>();
  line->kind = schema::LineKind::plan;
  line->gross_cents = 360'000;
  line->discount_percent = 15;
  line->discount_source = schema::DiscountSource::deal;
  line->net_cents = line->total_cents = 306'000;
  event.base_cents = event.net_cents = event.total_cents = line->net_cents;
  event.lines.push_back(std::move(line));
  return draft(event);
}

EventDraft ProgramHistory::accrued(std::uint64_t w) const {
  event::KickbackAccruedT event;
  event.deal = deal(w);
  event.workspace = workspace(w);
  event.organisation = organisation(w);
  event.payment = "y-" + std::to_string(w);
  event.charge = charge(w);
  event.terms_version = 1;
  event.base_cents = 306'000;
  event.percent = 20;
  event.raw_cents = 61'200;
  event.accrued_cents = event.accrued_total_cents = 50'000;
  event.cap_cents = 50'000;
  event.cap_left_cents = 0;
  event.currency = "EUR";
  return draft(event);
}

EventDraft ProgramHistory::mandated(std::uint64_t w) const {
  event::MandateGrantedT event;
  event.mandate = mandate(w);
  event.agency = organisation(w);
  event.client = client(w);
  return draft(event);
}

EventDraft ProgramHistory::enabled(std::uint64_t w) const {
  event::SpecialPlansEnabledT event;
  event.mandate = mandate(w);
  event.agency = organisation(w);
  event.client = client(w);
  event.plans.emplace_back(kSpecialPlan);
  return draft(event);
}

EventDraft ProgramHistory::entered(std::uint64_t w) const {
  event::ProjectEnteredT event;
  event.project = project(w);
  event.person = person(w, 1);
  event.organisation = organisation(w);
  event.mandate = mandate(w);
  event.role = schema::OrganisationRole::developer;
  return draft(event);
}

EventDraft ProgramHistory::refused(std::uint64_t w) const {
  event::CommandRefusedT event;
  event.command_type = "RenameWorkspace";
  event.reason = schema::Reason::FORBIDDEN;
  event.subjects = {"workspace:" + workspace(w)};
  auto refusal = draft(event);
  refusal.extra_tags = event.subjects;
  return refusal;
}

}  // namespace actbook::bench

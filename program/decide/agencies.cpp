#include <algorithm>

#include "actbook/belongings.h"
#include "decide/decide.h"
#include "rules.h"

namespace actbook {
namespace {

using schema::ActorKind;
using schema::PartnerProgram;

constexpr int kExtensionNoticeDays = 7;

row::EnrollmentRowT enrollment_of(const Decision& decision, const std::string& organisation) {
  auto row = find_or_empty<row::EnrollmentRowT>(decision.rows(), organisation);
  return row.live ? std::move(row) : row::EnrollmentRowT();
}

bool meets(const row::EnrollmentRowT& enrollment, schema::Requirement requirement) {
  return std::ranges::any_of(enrollment.requirements, [&](const auto& state) {
    return state->requirement == requirement && state->met;
  });
}

// What is met is for the system to see.
void require_observer_of_requirements(Decision& decision, const row::EnrollmentRowT& enrollment) {
  if (decision.actor_is(ActorKind::system)) decision.set_basis("system");
  decision.require(decision.actor_is(ActorKind::system), Reason::SYSTEM_ONLY);
  decision.require(enrollment.live, Reason::NOT_ENROLLED);
}

// The projects that a personal account has now.
}  // namespace

void decide(const command::EnrollAgencyT& command, Decision& decision) {
  decision.require_staff();
  decision.require(organisation_exists(decision.rows(), command.organisation),
                   Reason::ORG_NOT_FOUND);
  if (decision.refused()) return;

  const auto present = enrollment_of(decision, command.organisation);
  if (present.live && present.deadline == *command.deadline &&
      present.contract_reference == command.contract_reference) {
    return;
  }
  event::PartnerStatusGrantedT granted;
  granted.organisation = command.organisation;
  granted.contract_reference = command.contract_reference;
  granted.program = PartnerProgram::agency;
  granted.deadline = command.deadline;
  decision.emit(granted);
}

void decide(const command::EndEnrollmentT& command, Decision& decision) {
  decision.require_staff();
  decision.require(organisation_exists(decision.rows(), command.organisation),
                   Reason::ORG_NOT_FOUND);
  if (decision.refused()) return;
  // An observed end is a fact, too, where the organisation was never seen here.
  const auto row = find_or_empty<row::OrganisationRowT>(decision.rows(), command.organisation);
  if (row.agency_partner || !row.registered) {
    emit_revocation(decision, command.organisation, PartnerProgram::agency);
  }
}

void decide(const command::MeetRequirementT& command, Decision& decision) {
  const auto enrollment = enrollment_of(decision, command.organisation);
  require_observer_of_requirements(decision, enrollment);
  if (decision.refused() || meets(enrollment, *command.requirement)) return;
  event::RequirementMetT met;
  met.organisation = command.organisation;
  met.requirement = *command.requirement;
  decision.emit(met);
}

void decide(const command::LoseRequirementT& command, Decision& decision) {
  const auto enrollment = enrollment_of(decision, command.organisation);
  require_observer_of_requirements(decision, enrollment);
  if (decision.refused()) return;
  // Of an enrollment that was never seen here, nobody knows what was met.
  if (enrollment.live && !meets(enrollment, *command.requirement)) return;
  event::RequirementLostT lost;
  lost.organisation = command.organisation;
  lost.requirement = *command.requirement;
  decision.emit(lost);
}

void decide(const command::ExtendEnrollmentT& command, Decision& decision) {
  const auto enrollment = enrollment_of(decision, command.organisation);
  if (decision.actor_is_staff()) decision.set_basis("staff");
  decision.require(decision.actor_is_staff() ||
                       decision.organisation_permits(command.organisation, "mandate.manage"),
                   Reason::NOT_ALLOWED);
  decision.require(enrollment.live, Reason::NOT_ENROLLED);
  const auto notice = plus_days(decision.now(), kExtensionNoticeDays);
  decision.require(!enrollment.live || notice.microseconds <= enrollment.deadline,
                   Reason::EXTENSION_TOO_LATE);
  decision.require(*command.deadline >= enrollment.deadline, Reason::DEADLINE_NOT_LATER);
  if (decision.refused() || *command.deadline == enrollment.deadline) return;

  event::EnrollmentExtendedT extended;
  extended.organisation = command.organisation;
  extended.from_deadline = enrollment.deadline;
  extended.deadline = *command.deadline;
  decision.emit(extended);
}

void decide(const command::CreateClientOrganisationT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const std::string account = decision.id_or_derived(command.account, "account");
  const std::string mandate = decision.id_or_derived(command.mandate, "mandate");
  decision.require(is_partner(rows, command.agency), Reason::NOT_PARTNER);
  decision.require(decision.organisation_permits(command.agency, "mandate.manage"),
                   Reason::NOT_ALLOWED);
  decision.require(!organisation_exists(rows, command.organisation), Reason::ORG_EXISTS);
  decision.require(!find<row::AccountRowT>(rows, account), Reason::ACCOUNT_EXISTS);
  decision.require(!find<row::MandateRowT>(rows, mandate), Reason::MANDATE_EXISTS);
  if (decision.refused()) return;

  // Of an observed fact that no person acted in, the owner is not known.
  found_organisation(decision, command.organisation, command.name, decision.person());
  event::BillingAccountOpenedT opened;
  opened.account = account;
  opened.scope = schema::AccountScope::organisation;
  opened.organisation = command.organisation;
  decision.emit(opened);
  event::MandateGrantedT granted;
  granted.mandate = mandate;
  granted.agency = command.agency;
  granted.client = command.organisation;
  decision.emit(granted);
  decision.add_created("organisation", command.organisation);
  decision.add_created("account", account);
  decision.add_created("mandate", mandate);
}

void decide(const command::RegisterPersonalAccountT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const std::string account = decision.id_or_derived(command.account, "account");
  decision.require(may_speak_for(decision, command.person), Reason::FORBIDDEN);
  decision.require(!find<row::PersonalAccountRowT>(rows, command.personal_account) &&
                       !find<row::AccountRowT>(rows, account),
                   Reason::ACCOUNT_EXISTS);
  if (decision.refused()) return;

  event::PersonalAccountRegisteredT registered;
  registered.personal_account = command.personal_account;
  registered.person = command.person;
  decision.emit(registered);
  event::BillingAccountOpenedT opened;
  opened.account = account;
  opened.scope = schema::AccountScope::personal;
  opened.personal_account = command.personal_account;
  decision.emit(opened);
  decision.add_created("personal_account", command.personal_account);
  decision.add_created("account", account);
}

void decide(const command::ConvertAccountToOrganisationT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto account = find<row::PersonalAccountRowT>(rows, command.personal_account);
  const auto row = account.value_or(row::PersonalAccountRowT());
  const bool itself = !row.person.empty() && decision.person() == row.person;
  if (itself) decision.set_basis("the account's person");
  decision.require(account && account->registered && !account->converted,
                   Reason::ACCOUNT_NOT_FOUND);
  decision.require(itself, Reason::NOT_ALLOWED);
  decision.require(!organisation_exists(rows, command.organisation), Reason::ORG_EXISTS);
  if (decision.refused()) return;

  const std::string owner = row.person.empty() ? decision.actor().id : row.person;
  found_organisation(decision, command.organisation, command.name, owner);
  event::PersonalAccountConvertedT converted;
  converted.personal_account = command.personal_account;
  converted.organisation = command.organisation;
  converted.person = owner;
  converted.account = row.account;
  converted.projects = live_projects(rows, "personal_account", command.personal_account);
  decision.emit(converted);
  decision.add_created("organisation", command.organisation);
}

}  // namespace actbook

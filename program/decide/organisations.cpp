#include <algorithm>

#include "actbook/seal.h"
#include "decide/decide.h"
#include "rules.h"

namespace actbook {
namespace {

using schema::OrganisationRole;

bool has_owner(const RowReader& rows, std::string_view organisation, std::string_view besides) {
  bool found = false;
  each<row::OrganisationMemberRowT>(
      rows, row_key({organisation}) + "/",
      [&](std::string_view person, const row::OrganisationMemberRowT& row) {
        found = found || (row.live && row.role == OrganisationRole::owner && person != besides);
      });
  return found;
}

bool role_available(const RowReader& rows, std::string_view organisation, OrganisationRole role) {
  const auto definition = role_definition(rows, role);
  return !(definition && definition->partner_only) || is_partner(rows, organisation);
}

}  // namespace

// Nobody takes over an address by saying it is theirs: it opens the invites that were sent there.
void decide(const command::RegisterPersonT& command, Decision& decision) {
  const std::string holder = party(decision.rows(), command.email, "").person;
  const bool takes_over = !decision.person().empty() && !holder.empty() && holder != command.person;
  decision.require(may_speak_for(decision, command.person) && !takes_over, Reason::FORBIDDEN);
  // Their keys are gone for good, so nothing could be kept of what this says.
  decision.require(!find_or_empty<row::PersonRowT>(decision.rows(), command.person).erased,
                   Reason::PERSON_ERASED);
  if (decision.refused()) return;

  const auto known = find<row::PersonRowT>(decision.rows(), command.person);
  event::PersonRegisteredT registered;
  registered.person = command.person;
  registered.contact = known ? known->contact : std::string();
  registered.display_name = known ? known->display_name : std::string();
  if (!command.email.empty()) registered.contact = contact_of(command.email);
  if (!command.display_name.empty()) registered.display_name = command.display_name;
  if (known && known->contact == registered.contact &&
      known->display_name == registered.display_name) {
    return;
  }
  introduce_contact(decision, command.email);
  decision.emit(registered);
  decision.add_created("person", command.person);
}

void decide(const command::RegisterOrganisationT& command, Decision& decision) {
  const std::string account = decision.id_or_derived(command.account, "account");
  decision.require(may_speak_for(decision, command.owner), Reason::FORBIDDEN);
  decision.require(!organisation_exists(decision.rows(), command.organisation), Reason::ORG_EXISTS);
  decision.require(!find<row::AccountRowT>(decision.rows(), account), Reason::ACCOUNT_EXISTS);
  if (decision.refused()) return;

  found_organisation(decision, command.organisation, command.name, command.owner);
  event::BillingAccountOpenedT opened;
  opened.account = account;
  opened.scope = schema::AccountScope::organisation;
  opened.organisation = command.organisation;
  decision.emit(opened);
  decision.add_created("organisation", command.organisation);
  decision.add_created("account", account);
}

void decide(const command::AddOrganisationMemberT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  decision.require(decision.organisation_permits(command.organisation, "org.manage_members"),
                   Reason::FORBIDDEN);
  decision.require(*command.role != OrganisationRole::owner ||
                       decision.organisation_permits(command.organisation, "org.manage_owners"),
                   Reason::OWNER_ONLY);
  decision.require(role_available(rows, command.organisation, *command.role),
                   Reason::ROLE_NOT_AVAILABLE);
  decision.require(!organisation_role(rows, command.organisation, command.person),
                   Reason::ALREADY_MEMBER);
  require_no_outsider(decision, command.organisation, command.person);
  if (decision.refused()) return;

  event::OrganisationMemberAddedT added;
  added.organisation = command.organisation;
  added.person = command.person;
  added.role = *command.role;
  decision.emit(added);
}

void decide(const command::ChangeOrganisationRoleT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto from = organisation_role(rows, command.organisation, command.person);
  const OrganisationRole to = *command.role;
  const bool touches_owner = from == OrganisationRole::owner || to == OrganisationRole::owner;
  decision.require(decision.organisation_permits(command.organisation, "org.manage_members"),
                   Reason::FORBIDDEN);
  decision.require(
      !touches_owner || decision.organisation_permits(command.organisation, "org.manage_owners"),
      Reason::OWNER_ONLY);
  decision.require(from == to || role_available(rows, command.organisation, to),
                   Reason::ROLE_NOT_AVAILABLE);
  decision.require(from.has_value(), Reason::MEMBERSHIP_NOT_FOUND);
  decision.require(from != OrganisationRole::owner || to == OrganisationRole::owner ||
                       has_owner(rows, command.organisation, command.person),
                   Reason::LAST_OWNER);
  if (decision.refused() || from == to) return;

  if (!from) {  // an observed fact about somebody who was never seen here: a member from here on
    event::OrganisationMemberAddedT added;
    added.organisation = command.organisation;
    added.person = command.person;
    added.role = to;
    decision.emit(added);
    return;
  }
  event::OrganisationRoleChangedT changed;
  changed.organisation = command.organisation;
  changed.person = command.person;
  changed.from = *from;
  changed.to = to;
  decision.emit(changed);
}

// The sole owner of a workspace may go with their organisation role: the organisation's owners keep
// admin by the ladder, so the workspace is never out of reach.
void decide(const command::RemoveOrganisationMemberT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto role = organisation_role(rows, command.organisation, command.person);
  const bool leaving = decision.person() == command.person;
  if (leaving) decision.set_basis("the person leaving");
  decision.require(
      leaving || decision.organisation_permits(command.organisation, "org.manage_members"),
      Reason::FORBIDDEN);
  decision.require(role != OrganisationRole::owner ||
                       decision.organisation_permits(command.organisation, "org.manage_owners"),
                   Reason::OWNER_ONLY);
  decision.require(role.has_value(), Reason::MEMBERSHIP_NOT_FOUND);
  decision.require(
      role != OrganisationRole::owner || has_owner(rows, command.organisation, command.person),
      Reason::LAST_OWNER);
  if (decision.refused()) return;

  event::OrganisationMemberRemovedT removed;
  removed.organisation = command.organisation;
  removed.person = command.person;
  removed.role = role.value_or(OrganisationRole::member);
  decision.emit(removed);
  for (const auto& membership : memberships_in(rows, command.organisation, command.person)) {
    if (is_outsider(rows, membership.role)) continue;
    end_membership(decision, membership.workspace, command.person, "organisation_membership_ended");
    settle_seat(decision, live_workspace(rows, membership.workspace).account, command.person);
  }
}

void decide(const command::GrantPartnerStatusT& command, Decision& decision) {
  decision.require_staff();
  decision.require(organisation_exists(decision.rows(), command.organisation),
                   Reason::ORG_NOT_FOUND);
  if (decision.refused()) return;

  const auto row = find_or_empty<row::OrganisationRowT>(decision.rows(), command.organisation);
  if (row.workspace_partner && row.contract_reference == command.contract_reference) return;
  event::PartnerStatusGrantedT granted;
  granted.organisation = command.organisation;
  granted.contract_reference = command.contract_reference;
  decision.emit(granted);
}

void decide(const command::RevokePartnerStatusT& command, Decision& decision) {
  decision.require_staff();
  decision.require(organisation_exists(decision.rows(), command.organisation),
                   Reason::ORG_NOT_FOUND);
  if (decision.refused()) return;

  // Whoever is no partner any more is none in any program.
  const auto row = find_or_empty<row::OrganisationRowT>(decision.rows(), command.organisation);
  const bool never_seen = !row.registered && !row.agency_partner;  // an observed fact is kept
  if (row.workspace_partner || never_seen) {
    emit_revocation(decision, command.organisation, schema::PartnerProgram::workspace);
  }
  if (row.agency_partner) {
    emit_revocation(decision, command.organisation, schema::PartnerProgram::agency);
  }
}

}  // namespace actbook

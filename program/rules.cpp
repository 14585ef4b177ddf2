#include "rules.h"

#include <algorithm>

#include "actbook/keys.h"
#include "actbook/seal.h"
#include "charging.h"

namespace actbook {

using schema::OrganisationRole;
using schema::WorkspaceRole;

bool organisation_exists(const RowReader& rows, std::string_view organisation) {
  const auto row = find<row::OrganisationRowT>(rows, organisation);
  return row && row->registered;
}

bool is_partner(const RowReader& rows, std::string_view organisation) {
  return find_or_empty<row::OrganisationRowT>(rows, organisation).partner;
}

row::WorkspaceRowT live_workspace(const RowReader& rows, std::string_view workspace) {
  auto row = find_or_empty<row::WorkspaceRowT>(rows, workspace);
  return row.deleted ? row::WorkspaceRowT() : std::move(row);
}

bool is_outsider(const RowReader& rows, WorkspaceRole role) {
  const auto definition = role_definition(rows, role);
  return definition && definition->outsider;
}

bool takes_paid_seat(const RowReader& rows, WorkspaceRole role) {
  const auto definition = role_definition(rows, role);
  return definition && definition->takes_paid_seat;
}

std::vector<LiveMembership> memberships_in(const RowReader& rows, std::string_view organisation,
                                           std::string_view person) {
  std::vector<LiveMembership> memberships;
  for (const auto& workspace : references(rows, "person", person, "workspace")) {
    const auto membership = find<row::MembershipRowT>(rows, row_key({workspace, person}));
    if (!membership || !membership->live) continue;
    if (membership->source == schema::MembershipSource::staff_support) continue;
    if (live_workspace(rows, workspace).organisation != organisation) continue;
    memberships.push_back({workspace, membership->role});
  }
  return memberships;
}

std::vector<std::pair<std::string, row::MembershipRowT>> live_members(const RowReader& rows,
                                                                      Timestamp at,
                                                                      std::string_view workspace) {
  std::vector<std::pair<std::string, row::MembershipRowT>> members;
  each<row::MembershipRowT>(rows, row_key({workspace}) + "/",
                            [&](std::string_view person, const row::MembershipRowT& row) {
                              if (is_live(row, at)) members.emplace_back(person, row);
                            });
  return members;
}

std::vector<std::pair<std::string, row::InviteRowT>> pending_invites(const RowReader& rows,
                                                                     std::string_view workspace) {
  std::vector<std::pair<std::string, row::InviteRowT>> invites;
  for (const auto& invite : references(rows, "workspace", workspace, "invite")) {
    auto row = find<row::InviteRowT>(rows, invite);
    if (row && row->state == schema::InviteState::pending) {
      invites.emplace_back(invite, std::move(*row));
    }
  }
  return invites;
}

bool is_last_owner(const RowReader& rows, Timestamp at, std::string_view workspace,
                   std::string_view person) {
  const auto members = live_members(rows, at, workspace);
  const auto is_owner = [](const auto& member) {
    return member.second.role == WorkspaceRole::owner;
  };
  return std::ranges::count_if(members, is_owner) == 1 &&
         std::ranges::any_of(members, [&](const auto& member) {
           return is_owner(member) && member.first == person;
         });
}

row::ProjectRowT live_project(const RowReader& rows, std::string_view project) {
  auto row = find_or_empty<row::ProjectRowT>(rows, project);
  return row.deleted ? row::ProjectRowT() : std::move(row);
}

std::string billing_account_of(const RowReader& rows, std::string_view organisation,
                               std::string_view personal_account) {
  if (!organisation.empty())
    return find_or_empty<row::OrganisationRowT>(rows, organisation).account;
  return find_or_empty<row::PersonalAccountRowT>(rows, personal_account).account;
}

bool Party::is(const Party& other) const {
  if (!person.empty() && !other.person.empty()) return person == other.person;
  return !contact.empty() && contact == other.contact;
}

Party party(const RowReader& rows, std::string_view email, std::string_view person) {
  return known_party(rows, contact_of(email), person);
}

Party known_party(const RowReader& rows, std::string_view contact, std::string_view person) {
  Party party{std::string(contact), std::string(person)};
  if (party.person.empty()) party.person = find_or_empty<row::ContactRowT>(rows, contact).person;
  if (party.contact.empty()) party.contact = find_or_empty<row::PersonRowT>(rows, person).contact;
  return party;
}

std::unique_ptr<schema::DataOwnerT> data_owner_as_known(const RowReader& rows,
                                                        const row::WorkspaceRowT& workspace) {
  if (!workspace.data_owner) return nullptr;
  auto owner = std::make_unique<schema::DataOwnerT>(*workspace.data_owner);
  const Party known = known_party(rows, owner->contact, owner->person);
  owner->contact = known.contact;
  owner->person = known.person;
  return owner;
}

bool may_speak_for(Decision& decision, const std::string& person) {
  const bool itself = decision.person() == person && !person.empty();
  if (itself) decision.set_basis("the person concerned");
  if (!decision.actor_is(schema::ActorKind::person)) {
    decision.set_basis(schema_name(schema::EnumNameActorKind(*decision.actor().kind)));
  }
  return itself || !decision.actor_is(schema::ActorKind::person);
}

void require_acceptance(Decision& decision, const command::AcceptanceT* acceptance) {
  const RowReader& rows = decision.rows();
  decision.require(acceptance != nullptr && acceptance->text_shown, Reason::AGREEMENT_NOT_ACCEPTED);
  decision.require(decision.actor_is(schema::ActorKind::person), Reason::ACTOR_NOT_A_PERSON);
  if (acceptance == nullptr) return;
  const auto version = find<row::AgreementVersionRowT>(
      rows, agreement_version_key(acceptance->agreement, *acceptance->version));
  decision.require(version.has_value(), Reason::AGREEMENT_UNKNOWN);
  const auto agreement = find_or_empty<row::AgreementRowT>(rows, acceptance->agreement);
  decision.require(*acceptance->version >= agreement.latest_version, Reason::AGREEMENT_SUPERSEDED);
}

void require_no_insider(Decision& decision, std::string_view organisation,
                        std::string_view person) {
  const RowReader& rows = decision.rows();
  const auto role = organisation_role(rows, organisation, person);
  const bool privileged = role == OrganisationRole::owner || role == OrganisationRole::admin ||
                          role == OrganisationRole::billing;
  const bool member = std::ranges::any_of(
      memberships_in(rows, organisation, person),
      [&](const LiveMembership& membership) { return !is_outsider(rows, membership.role); });
  decision.require(!member && (!role || privileged), Reason::ALREADY_INSIDER);
  decision.require(!privileged, Reason::ORG_PRIVILEGED);
}

void require_no_outsider(Decision& decision, std::string_view organisation,
                         std::string_view person) {
  const RowReader& rows = decision.rows();
  const bool outsider = std::ranges::any_of(
      memberships_in(rows, organisation, person),
      [&](const LiveMembership& membership) { return is_outsider(rows, membership.role); });
  decision.require(!outsider, Reason::OUTSIDER_INSIDER_CROSSING);
}

void introduce_contact(Decision& decision, std::string_view email) {
  event::ContactRegisteredT registered;
  registered.contact = contact_of(email);
  if (registered.contact.empty()) return;
  if (!find_or_empty<row::ContactRowT>(decision.rows(), registered.contact).email.empty()) return;
  registered.email = email;
  decision.emit(registered);
}

void emit_acceptance(Decision& decision, std::string_view workspace, std::string_view organisation,
                     const schema::DataOwnerT& owner, const command::AcceptanceT* acceptance) {
  if (acceptance == nullptr) return;  // an observed fact without one
  event::AgreementAcceptedT accepted;
  accepted.agreement = acceptance->agreement;
  accepted.version = *acceptance->version;
  accepted.text_sha256 =
      find_or_empty<row::AgreementVersionRowT>(
          decision.rows(), agreement_version_key(acceptance->agreement, *acceptance->version))
          .text_sha256;
  accepted.workspace = workspace;
  accepted.organisation = organisation;
  accepted.data_owner = std::make_unique<schema::DataOwnerT>(owner);
  accepted.person = decision.actor().id;
  accepted.acting_organisation = decision.acting_organisation();
  if (accepted.acting_organisation.empty()) accepted.acting_organisation = organisation;
  accepted.channel = *acceptance->channel;
  accepted.text_shown = acceptance->text_shown;
  accepted.ip_address = acceptance->ip_address;
  accepted.user_agent = acceptance->user_agent;
  decision.emit(accepted);
}

void end_membership(Decision& decision, std::string_view workspace, std::string_view person,
                    std::string_view cause, Removal removal) {
  const RowReader& rows = decision.rows();
  const auto membership = find_or_empty<row::MembershipRowT>(rows, row_key({workspace, person}));
  const auto organisation = find_or_empty<row::WorkspaceRowT>(rows, workspace).organisation;
  event::MembershipEndedT ended;
  ended.workspace = workspace;
  ended.person = person;
  ended.role = membership.role;
  ended.cause = cause;
  if (membership.source != schema::MembershipSource::staff_support && removal == Removal::blocks &&
      organisation_role(rows, organisation, person)) {
    ended.blocked_by = organisation;
  }
  decision.emit(ended);
}

void revoke_invite(Decision& decision, const std::string& invite, std::string_view workspace,
                   std::string_view cause) {
  event::InviteRevokedT revoked;
  revoked.invite = invite;
  revoked.workspace = workspace;
  revoked.cause = cause;
  decision.emit(revoked);
}

void cancel_pending_handoff(Decision& decision, std::string_view workspace) {
  const auto row = find_or_empty<row::WorkspaceRowT>(decision.rows(), workspace);
  if (row.pending_handoff.empty()) return;
  event::HandoffCancelledT cancelled;
  cancelled.handoff = row.pending_handoff;
  cancelled.workspace = workspace;
  cancelled.from_organisation = row.billing_organisation;
  decision.emit(cancelled);
}

void ensure_organisation_member(Decision& decision, std::string_view organisation,
                                std::string_view person, std::string_view invite) {
  if (organisation.empty() || organisation_role(decision.rows(), organisation, person)) return;
  event::OrganisationMemberAddedT added;
  added.organisation = organisation;
  added.person = person;
  added.role = OrganisationRole::member;
  added.invite = invite;
  decision.emit(added);
}

void found_organisation(Decision& decision, const std::string& organisation,
                        const std::string& name, const std::string& owner) {
  event::OrganisationRegisteredT registered;
  registered.organisation = organisation;
  registered.name = name;
  decision.emit(registered);
  if (owner.empty()) return;
  event::OrganisationMemberAddedT first;
  first.organisation = organisation;
  first.person = owner;
  first.role = OrganisationRole::owner;
  decision.emit(first);
}

void emit_revocation(Decision& decision, const std::string& organisation,
                     schema::PartnerProgram program) {
  const RowReader& rows = decision.rows();
  const auto row = find_or_empty<row::OrganisationRowT>(rows, organisation);
  event::PartnerStatusRevokedT revoked;
  revoked.organisation = organisation;
  revoked.contract_reference =
      program == schema::PartnerProgram::agency
          ? find_or_empty<row::EnrollmentRowT>(rows, organisation).contract_reference
          : row.contract_reference;
  revoked.program = program;
  // With a second program they would not be left over.
  const bool last = row.workspace_partner != row.agency_partner;
  each<row::OrganisationMemberRowT>(
      rows, row_key({organisation}) + "/",
      [&](std::string_view person, const row::OrganisationMemberRowT& member) {
        const auto definition = role_definition(rows, member.role);
        if (last && member.live && definition && definition->partner_only) {
          revoked.kept_partner_roles.emplace_back(person);
        }
      });
  decision.emit(revoked);
}

void settle_seat(Decision& decision, std::string_view account, std::string_view person) {
  if (account.empty() || person.empty()) return;
  const RowReader& rows = decision.rows();
  bool needed = false;
  for (const auto& workspace : references(rows, "person", person, "workspace")) {
    const auto membership = find_or_empty<row::MembershipRowT>(rows, row_key({workspace, person}));
    needed = needed ||
             (membership.live && membership.source != schema::MembershipSource::staff_support &&
              takes_paid_seat(rows, membership.role) &&
              live_workspace(rows, workspace).account == account);
  }
  const bool taken = find_or_empty<row::SeatRowT>(rows, row_key({account, person})).live;
  if (needed == taken) return;
  const auto row = find_or_empty<row::AccountRowT>(rows, account);
  if (needed) {
    event::SeatOpenedT opened;
    opened.account = account;
    opened.person = person;
    opened.seats = row.seats + 1;
    opened.paid_seats = std::max(row.paid_seats, opened.seats);
    decision.emit(opened);
    if (opened.paid_seats > row.paid_seats)
      charge_for_seat(decision, opened.account, opened.person);
  } else {
    event::SeatClosedT closed;
    closed.account = account;
    closed.person = person;
    closed.seats = row.seats - 1;
    closed.paid_seats = row.paid_seats;
    decision.emit(closed);
  }
}

void settle_seats(Decision& decision, std::string_view account, std::string_view workspace) {
  const RowReader& rows = decision.rows();
  std::vector<std::string> people;
  each<row::MembershipRowT>(
      rows, row_key({workspace}) + "/",
      [&](std::string_view person, const row::MembershipRowT&) { people.emplace_back(person); });
  // Seats close before others open, or an exchange of people would raise the high-water mark.
  std::stable_partition(people.begin(), people.end(), [&](const std::string& person) {
    return find_or_empty<row::SeatRowT>(rows, row_key({account, person})).live;
  });
  for (const auto& person : people) settle_seat(decision, account, person);
}

}  // namespace actbook

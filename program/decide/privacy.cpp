#include <algorithm>
#include <set>

#include "actbook/seal.h"
#include "decide/decide.h"
#include "rules.h"

namespace actbook {
namespace {

/// People, and contacts that no person is known for or that are theirs.
struct Parties {
  std::set<std::string> people;
  std::set<std::string> contacts;

  void add_person(const std::string& person) {
    if (!person.empty()) people.insert(person);
  }
  void add_contact(const std::string& contact) {
    if (!contact.empty()) contacts.insert(contact);
  }
  // Staff are people, too.
  void add(const std::unique_ptr<schema::ActT>& act) {
    if (act && act->actor) add_person(act->actor->id);
  }
  void add(const schema::DataOwnerT* owner) {
    if (owner == nullptr) return;
    add_person(owner->person);
    add_contact(owner->contact);
  }
  [[nodiscard]] bool overlap(const Parties& other) const {
    const auto common = [](const std::set<std::string>& left, const std::set<std::string>& right) {
      return std::ranges::any_of(left, [&](const auto& one) { return right.contains(one); });
    };
    return common(people, other.people) || common(contacts, other.contacts);
  }
};

/// Whom an erasure is about: at most one person.
Parties concerned(const RowReader& rows, const command::ErasePersonT& command) {
  Parties who;
  who.add_person(command.person);
  const auto contact = command.contact.empty() ? contact_of(command.email) : command.contact;
  who.add_contact(contact);
  who.add_person(find_or_empty<row::ContactRowT>(rows, contact).person);
  if (who.people.empty()) return who;
  const std::string person = *who.people.begin();
  for (const auto& known : references(rows, "person", person, "contact")) {
    // An address may have become somebody else's.
    if (find_or_empty<row::ContactRowT>(rows, known).person == person) who.add_contact(known);
  }
  for (const auto& tried : references(rows, "person", person, "tried")) {
    // One that only refused commands had, beside this person, is nobody else's.
    const auto row = find_or_empty<row::ContactRowT>(rows, tried);
    if (row.person.empty() && row.email.empty()) who.add_contact(tried);
  }
  return who;
}

bool is_known(const RowReader& rows, const command::ErasePersonT& command, const Parties& who) {
  // An address that means a contact was given at some time, if only in a refused command.
  if (!command.email.empty()) return !who.contacts.empty();
  if (!command.contact.empty()) {
    return find<row::ContactRowT>(rows, command.contact) ||
           !references(rows, "contact", command.contact, "refusal").empty();
  }
  if (!who.contacts.empty() || find<row::PersonRowT>(rows, command.person)) return true;
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"organisation", "workspace", "act", "project",
                                              "personal_account"},
      [&](std::string_view kind) {
        return !references(rows, "person", command.person, kind).empty();
      });
}

void add_members_ever(const RowReader& rows, const std::string& organisation, Parties& parties) {
  if (organisation.empty()) return;
  each<row::OrganisationMemberRowT>(
      rows, row_key({organisation}) + "/",
      [&](std::string_view person, const row::OrganisationMemberRowT&) {
        parties.add_person(std::string(person));
      });
}

void add_handoffs(const RowReader& rows, const std::string& workspace, Parties& parties) {
  for (const auto& handoff : references(rows, "workspace", workspace, "handoff")) {
    const auto row = find_or_empty<row::HandoffRowT>(rows, handoff);
    parties.add(row.proposed);
    parties.add(row.decided);
    add_members_ever(rows, row.from_organisation, parties);
    add_members_ever(rows, row.target, parties);
  }
}

void add_project(const RowReader& rows, const std::string& project, Parties& parties) {
  const auto row = find_or_empty<row::ProjectRowT>(rows, project);
  parties.add(row.created);
  parties.add(row.owned_since);
  parties.add(row.deleted);
  each<row::CollaboratorRowT>(rows, row_key({project}) + "/",
                              [&](std::string_view person, const row::CollaboratorRowT& seat) {
                                parties.add_person(std::string(person));
                                parties.add(seat.since);
                                parties.add(seat.ended);
                              });
}

// The agencies that an organisation let in, and their people.
void add_agencies(const RowReader& rows, const std::string& organisation, Parties& parties) {
  for (const auto& mandate : references(rows, "organisation", organisation, "mandate_given")) {
    const auto row = find_or_empty<row::MandateRowT>(rows, mandate);
    parties.add(row.granted);
    parties.add(row.ended);
    add_members_ever(rows, row.agency, parties);
  }
}

/// Whoever ever had to do with a workspace: its members and who made them so, the invited and the
/// inviters, data owners, who accepted an agreement for it, who handed it over, and the people of
/// the organisations that own it, pay for it, or did.
Parties parties_of(const RowReader& rows, const std::string& workspace) {
  Parties parties;
  const auto row = find_or_empty<row::WorkspaceRowT>(rows, workspace);
  parties.add(row.data_owner.get());
  parties.add(row.created);
  parties.add(row.deleted);
  add_members_ever(rows, row.organisation, parties);
  add_members_ever(rows, row.billing_organisation, parties);
  add_handoffs(rows, workspace, parties);
  each<row::MembershipRowT>(rows, row_key({workspace}) + "/",
                            [&](std::string_view person, const row::MembershipRowT& membership) {
                              parties.add_person(std::string(person));
                              parties.add(membership.since);
                              parties.add(membership.role_since);
                              parties.add(membership.ended);
                            });
  for (const auto& invite : references(rows, "workspace", workspace, "invite")) {
    const auto invited = find_or_empty<row::InviteRowT>(rows, invite);
    parties.add_contact(invited.contact);
    parties.add_person(invited.person);
    parties.add(invited.issued);
    parties.add(invited.resent);
    parties.add(invited.decided);
  }
  for (const auto& request : references(rows, "workspace", workspace, "support_request")) {
    const auto asked = find_or_empty<row::SupportRequestRowT>(rows, request);
    parties.add_person(asked.person);
    parties.add(asked.decided);
  }
  for (const auto& project : references(rows, "workspace", workspace, "project")) {
    add_project(rows, project, parties);
  }
  each<row::AcceptanceRowT>(rows, row_key({workspace}) + "/",
                            [&](std::string_view, const row::AcceptanceRowT& acceptance) {
                              parties.add_person(acceptance.person);
                              parties.add(acceptance.accepted);
                              parties.add(acceptance.data_owner.get());
                            });
  return parties;
}

Parties parties_of(const RowReader& rows, const row::LegalHoldRowT& hold) {
  Parties parties;
  if (!hold.person.empty()) {
    parties.add_person(hold.person);
    for (const auto& contact : references(rows, "person", hold.person, "contact")) {
      parties.add_contact(contact);
    }
    return parties;
  }
  if (!hold.workspace.empty()) return parties_of(rows, hold.workspace);
  add_members_ever(rows, hold.organisation, parties);
  add_agencies(rows, hold.organisation, parties);
  for (const auto& project : references(rows, "organisation", hold.organisation, "project")) {
    add_project(rows, project, parties);
  }
  for (const auto& workspace : references(rows, "organisation", hold.organisation, "workspace")) {
    auto more = parties_of(rows, workspace);
    parties.people.merge(more.people);
    parties.contacts.merge(more.contacts);
  }
  return parties;
}

bool is_held(const RowReader& rows, const Parties& who) {
  bool held = false;
  each<row::LegalHoldRowT>(rows, "", [&](std::string_view, const row::LegalHoldRowT& hold) {
    held = held || (!hold.released && parties_of(rows, hold).overlap(who));
  });
  return held;
}

bool are_erased(const RowReader& rows, const Parties& who) {
  for (const auto& person : who.people) {
    if (!find_or_empty<row::PersonRowT>(rows, person).erased) return false;
  }
  return std::ranges::all_of(who.contacts, [&](const std::string& contact) {
    return find_or_empty<row::ContactRowT>(rows, contact).erased != nullptr;
  });
}

}  // namespace

// Cost: for each hold in force, all that it covers. The vault is not asked: the ledger erases
// there once the event is recorded.
void decide(const command::ErasePersonT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto who = concerned(rows, command);
  decision.require_staff();
  decision.require(!is_held(rows, who), Reason::LEGAL_HOLD);
  decision.require(is_known(rows, command, who), Reason::PERSON_NOT_FOUND);
  if (decision.refused() || are_erased(rows, who)) return;

  event::PersonErasedT erased;
  if (!who.people.empty()) erased.person = *who.people.begin();
  erased.contacts.assign(who.contacts.begin(), who.contacts.end());
  decision.emit(erased);
}

void decide(const command::PlaceLegalHoldT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  decision.require_staff();
  // A person need not be registered to be somebody: any id may turn up.
  decision.require(command.organisation.empty() || organisation_exists(rows, command.organisation),
                   Reason::ORG_NOT_FOUND);
  decision.require(
      command.workspace.empty() || find<row::WorkspaceRowT>(rows, command.workspace).has_value(),
      Reason::WORKSPACE_NOT_FOUND);
  decision.require(!find<row::LegalHoldRowT>(rows, command.hold), Reason::HOLD_EXISTS);
  if (decision.refused()) return;

  event::LegalHoldPlacedT placed;
  placed.hold = command.hold;
  placed.person = command.person;
  placed.workspace = command.workspace;
  placed.organisation = command.organisation;
  decision.emit(placed);
  decision.add_created("hold", command.hold);
}

void decide(const command::ReleaseLegalHoldT& command, Decision& decision) {
  const auto hold = find_or_empty<row::LegalHoldRowT>(decision.rows(), command.hold);
  decision.require_staff();
  decision.require(hold.placed && !hold.released, Reason::NO_LEGAL_HOLD);
  if (decision.refused()) return;

  event::LegalHoldReleasedT released;
  released.hold = command.hold;
  released.person = hold.person;
  released.workspace = hold.workspace;
  released.organisation = hold.organisation;
  decision.emit(released);
}

}  // namespace actbook

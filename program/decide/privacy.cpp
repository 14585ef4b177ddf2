#include <algorithm>
#include <set>

#include "actbook/seal.h"
#include "decide/decide.h"
#include "rules.h"

namespace actbook {
namespace {

/// Whom an erasure is about.
struct Concerned {
  std::string person;
  std::set<std::string> contacts;

  [[nodiscard]] bool are(std::string_view other_contact, std::string_view other_person) const {
    return (!person.empty() && person == other_person) ||
           contacts.contains(std::string(other_contact));
  }
};

Concerned concerned(const RowReader& rows, const command::ErasePersonT& command) {
  Concerned who;
  who.person = command.person;
  const auto contact = command.contact.empty() ? contact_of(command.email) : command.contact;
  if (!contact.empty()) {
    who.contacts.insert(contact);
    who.person = find_or_empty<row::ContactRowT>(rows, contact).person;
  }
  if (who.person.empty()) return who;
  for (auto& known : references(rows, "person", who.person, "contact")) {
    // An address may have become somebody else's.
    if (find_or_empty<row::ContactRowT>(rows, known).person == who.person) {
      who.contacts.insert(std::move(known));
    }
  }
  return who;
}

bool is_known(const RowReader& rows, const command::ErasePersonT& command, const Concerned& who) {
  if (!command.contact.empty()) return find<row::ContactRowT>(rows, command.contact).has_value();
  // An address that means a contact was given at some time, if only in a refused command.
  if (!command.email.empty()) return !who.contacts.empty();
  return find<row::PersonRowT>(rows, who.person) || !who.contacts.empty() ||
         !references(rows, "person", who.person, "organisation").empty() ||
         !references(rows, "person", who.person, "workspace").empty();
}

bool has_part_in(const RowReader& rows, const std::string& workspace, const Concerned& who) {
  if (!who.person.empty() && find<row::MembershipRowT>(rows, row_key({workspace, who.person}))) {
    return true;
  }
  const auto row = find_or_empty<row::WorkspaceRowT>(rows, workspace);
  if (row.data_owner && who.are(row.data_owner->contact, row.data_owner->person)) return true;
  const auto invites = references(rows, "workspace", workspace, "invite");
  if (std::ranges::any_of(invites, [&](const std::string& invite) {
        const auto invited = find_or_empty<row::InviteRowT>(rows, invite);
        return who.are(invited.contact, invited.person);
      })) {
    return true;
  }
  bool accepted = false;
  each<row::AcceptanceRowT>(rows, row_key({workspace}) + "/",
                            [&](std::string_view, const row::AcceptanceRowT& acceptance) {
                              const auto* owner = acceptance.data_owner.get();
                              accepted =
                                  accepted || who.are("", acceptance.person) ||
                                  (owner != nullptr && who.are(owner->contact, owner->person));
                            });
  return accepted;
}

bool concerns(const RowReader& rows, const row::LegalHoldRowT& hold, const Concerned& who) {
  if (!hold.person.empty()) return hold.person == who.person;
  if (!hold.workspace.empty()) return has_part_in(rows, hold.workspace, who);
  if (!who.person.empty() &&
      find<row::OrganisationMemberRowT>(rows, row_key({hold.organisation, who.person}))) {
    return true;
  }
  return std::ranges::any_of(
      references(rows, "organisation", hold.organisation, "workspace"),
      [&](const std::string& workspace) { return has_part_in(rows, workspace, who); });
}

bool is_held(const RowReader& rows, const Concerned& who) {
  bool held = false;
  each<row::LegalHoldRowT>(rows, "", [&](std::string_view, const row::LegalHoldRowT& hold) {
    held = held || (!hold.released && concerns(rows, hold, who));
  });
  return held;
}

bool is_erased(const RowReader& rows, const Concerned& who) {
  if (!who.person.empty() && !find_or_empty<row::PersonRowT>(rows, who.person).erased) return false;
  return std::ranges::all_of(who.contacts, [&](const std::string& contact) {
    return find_or_empty<row::ContactRowT>(rows, contact).erased != nullptr;
  });
}

}  // namespace

// Cost: the holds in force, and for each what it covers. The vault is not asked: the ledger erases
// there once the event is recorded.
void decide(const command::ErasePersonT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto who = concerned(rows, command);
  decision.require_staff();
  decision.require(!is_held(rows, who), Reason::LEGAL_HOLD);
  decision.require(is_known(rows, command, who), Reason::PERSON_NOT_FOUND);
  if (decision.refused() || is_erased(rows, who)) return;

  event::PersonErasedT erased;
  erased.person = who.person;
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

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decision.h"

// What several deciders ask of the rows, and the effects that several commands share.
namespace actbook {

// ---- questions ----

[[nodiscard]] bool organisation_exists(const RowReader& rows, std::string_view organisation);
[[nodiscard]] bool is_partner(const RowReader& rows, std::string_view organisation);
/// The workspace, unless it is unknown or deleted; then an empty row, in which nobody has access.
[[nodiscard]] row::WorkspaceRowT live_workspace(const RowReader& rows, std::string_view workspace);
[[nodiscard]] bool is_outsider(const RowReader& rows, schema::WorkspaceRole role);
[[nodiscard]] bool takes_paid_seat(const RowReader& rows, schema::WorkspaceRole role);

struct LiveMembership {
  std::string workspace;
  schema::WorkspaceRole role;
};
/// The live memberships of a person in the workspaces that an organisation owns. A support session
/// is none: it makes nobody an insider.
[[nodiscard]] std::vector<LiveMembership> memberships_in(const RowReader& rows,
                                                         std::string_view organisation,
                                                         std::string_view person);
/// The people with a live membership in a workspace, with their rows; support sessions too.
[[nodiscard]] std::vector<std::pair<std::string, row::MembershipRowT>> live_members(
    const RowReader& rows, Timestamp at, std::string_view workspace);
/// The invites of a workspace that still wait for an answer, expired ones included.
[[nodiscard]] std::vector<std::pair<std::string, row::InviteRowT>> pending_invites(
    const RowReader& rows, std::string_view workspace);
[[nodiscard]] bool is_last_owner(const RowReader& rows, Timestamp at, std::string_view workspace,
                                 std::string_view person);
/// Whose data a workspace holds, with contact and person as far as they are known now; null, if
/// nobody's. For events that belong into the data owner's trail.
[[nodiscard]] std::unique_ptr<schema::DataOwnerT> data_owner_as_known(
    const RowReader& rows, const row::WorkspaceRowT& workspace);
/// The project, unless it is unknown or deleted; then an empty row, which belongs to nobody.
[[nodiscard]] row::ProjectRowT live_project(const RowReader& rows, std::string_view project);
[[nodiscard]] std::string billing_account_of(const RowReader& rows, std::string_view organisation,
                                             std::string_view personal_account);

/// Somebody: an opaque contact, the person behind it where that is known, or both.
struct Party {
  std::string contact;
  std::string person;

  /// Whether both mean the same person or address.
  [[nodiscard]] bool is(const Party& other) const;
};
/// Who an e-mail address or a person id means, by what the rows know.
[[nodiscard]] Party party(const RowReader& rows, std::string_view email, std::string_view person);
/// The same for a contact and a person as rows hold them.
[[nodiscard]] Party known_party(const RowReader& rows, std::string_view contact,
                                std::string_view person);

// ---- rules ----

/// Whether the actor may say who a person is, or what is theirs: those who run the product may, and
/// the person. Notes the basis.
[[nodiscard]] bool may_speak_for(Decision& decision, const std::string& person);
/// The four acceptance refusals of domain.md 4.1, in order.
void require_acceptance(Decision& decision, const command::AcceptanceT* acceptance);
/// For a person about to become an outsider of the organisation: ALREADY_INSIDER, then
/// ORG_PRIVILEGED.
void require_no_insider(Decision& decision, std::string_view organisation, std::string_view person);
/// For a person about to become an insider: nobody is insider and outsider in one organisation.
void require_no_outsider(Decision& decision, std::string_view organisation,
                         std::string_view person);

// ---- effects ----

/// Names the contact of an address to the ledger, once.
void introduce_contact(Decision& decision, std::string_view email);
void emit_acceptance(Decision& decision, std::string_view workspace, std::string_view organisation,
                     const schema::DataOwnerT& owner, const command::AcceptanceT* acceptance);
/// Whoever is of the workspace's organisation and is removed, or leaves, gets no access by the
/// ladder either; where the organisation itself changed, that would lock out the new owner's own.
enum class Removal { blocks, leaves };
void end_membership(Decision& decision, std::string_view workspace, std::string_view person,
                    std::string_view cause, Removal removal = Removal::blocks);
void revoke_invite(Decision& decision, const std::string& invite, std::string_view workspace,
                   std::string_view cause);
/// A handoff that what happened has made pointless is cancelled with it.
void cancel_pending_handoff(Decision& decision, std::string_view workspace);
/// A person who gets an insider role becomes a member of the organisation, unless they are one.
void ensure_organisation_member(Decision& decision, std::string_view organisation,
                                std::string_view person, std::string_view invite);
/// A new organisation with its first owner, if one is known; its billing account is for the caller
/// to see to.
void found_organisation(Decision& decision, const std::string& organisation,
                        const std::string& name, const std::string& owner);
/// Ends partner status in one program. Who holds a role that only partners have keeps it until it
/// is changed; the event says who.
void emit_revocation(Decision& decision, const std::string& organisation,
                     schema::PartnerProgram program);
/// Opens or closes the person's paid seat of an account, as their memberships now ask: a seat is a
/// distinct person with a live direct or self_join membership in a paid role on any workspace of
/// the account.
void settle_seat(Decision& decision, std::string_view account, std::string_view person);
/// The same for everybody with a live membership or a seat.
void settle_seats(Decision& decision, std::string_view account, std::string_view workspace);

}  // namespace actbook

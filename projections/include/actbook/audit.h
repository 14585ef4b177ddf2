#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "actbook/entity.h"
#include "actbook/event_store.h"
#include "actbook/schema/answers_generated.h"
#include "actbook/search.h"

// The questions of an audit (domain.md, Q1 to Q16). Each takes a view, which says as of when and on
// which axis, and a search, which says what it is about: its tags, times, actor and page. Lines
// come in the order of the positions of the events that they begin with; `next` is there when the
// limit cut the list off. What lasts (partner status, roles, seats, handoffs, deals, mandates) is
// found by a range of time if it lasted at some time in it, and by actor, correlation, type and
// mode if one of its acts is of them; by entities it is what begins it that has to name them.
// Errors of each: invalid with NOT_FOUND, if nothing matches and the view knows nothing with a tag
// that was asked for; invalid with NOT_ASKED_BY; those of check_search(); corrupt or unavailable,
// if the store cannot be read. Cost of each: that of the rarest tag, and a few reads for each line;
// of what lasts, by acts, that of all that the entity ever had of it, or without an entity, of all
// acts that match.
namespace actbook {

/// What a question can be asked by, beside actor and correlation: what its events name. A search by
/// any other entity is invalid, NOT_ASKED_BY: it would find a part, and look like all.
struct AuditKeys {
  /// As the command has it.
  std::string_view question;
  /// Kinds of entities, with spaces between them.
  std::string_view kinds;
};
inline constexpr AuditKeys kAcceptancesKeys{"acceptances",
                                            "agreement workspace organisation person contact"};
inline constexpr AuditKeys kPartnerStatusKeys{"partner-status", "organisation"};
inline constexpr AuditKeys kReadsKeys{"reads", "person workspace project recording"};
inline constexpr AuditKeys kCreationsKeys{"creations", "workspace organisation"};
inline constexpr AuditKeys kRolesKeys{"roles", "person workspace organisation"};
inline constexpr AuditKeys kSeatsKeys{"seats", "account person"};
inline constexpr AuditKeys kHandoffsKeys{"handoffs", "handoff workspace organisation"};
inline constexpr AuditKeys kMovesKeys{"moves", "recording project workspace"};
inline constexpr AuditKeys kDealsKeys{"deals", "deal workspace organisation"};
inline constexpr AuditKeys kKickbacksKeys{"kickbacks",
                                          "deal workspace organisation charge payment"};
inline constexpr AuditKeys kDiscountsKeys{"discounts",
                                          "charge account workspace organisation deal"};
inline constexpr AuditKeys kMandatesKeys{"mandates", "mandate mandate_request organisation"};
inline constexpr AuditKeys kEntriesKeys{"entries", "project person organisation mandate"};

inline constexpr std::array kAuditKeys = {
    kAcceptancesKeys, kPartnerStatusKeys, kReadsKeys,  kCreationsKeys, kRolesKeys,
    kSeatsKeys,       kHandoffsKeys,      kMovesKeys,  kDealsKeys,     kKickbacksKeys,
    kDiscountsKeys,   kMandatesKeys,      kEntriesKeys};

/// Errors: invalid with NOT_ASKED_BY.
[[nodiscard]] Result<void> check_keys(const AuditKeys& keys, const Search& search);

/// Q2. When organisations were partners.
[[nodiscard]] Result<answer::PartnerStatusesT> audit_partner_status(const EventStore& store,
                                                                    const View& view,
                                                                    const Search& search);
/// Q4. Who did read, staff included; by a person, what that person read. On the second axis each
/// is judged by what was true when it happened, and broken: goes by that. Errors: also NOT_ASKED_BY
/// by a project that was ever in a workspace, as reads there do not always name it, and by staff,
/// whose reads others tell of.
[[nodiscard]] Result<answer::ReadsT> audit_reads(const EventStore& store, const View& view,
                                                 const Search& search);
/// Q5. Workspaces and whether their organisation was a partner, in either program, when they were
/// created; in the order of the view's axis.
[[nodiscard]] Result<answer::CreationsT> audit_creations(const EventStore& store, const View& view,
                                                         const Search& search);
/// Q6. Which roles were held, in workspaces and organisations. A support session that was extended
/// only after it had run out, on the view's axis, is another line from there on. Errors: also
/// NOT_ASKED_BY by a workspace and an organisation together.
[[nodiscard]] Result<answer::RolesT> audit_roles(const EventStore& store, const View& view,
                                                 const Search& search);
/// Q7. Who took a paid seat, from when to when.
[[nodiscard]] Result<answer::SeatsT> audit_seats(const EventStore& store, const View& view,
                                                 const Search& search);
/// Q8. Who owned, paid for and administered a workspace over time, and whose data it held. Cost: a
/// few reads for each event that may have changed a holder; of the others of the workspace, such as
/// renames, only the index is looked at.
[[nodiscard]] Result<answer::TenuresT> audit_tenures(const EventStore& store, const View& view,
                                                     const std::string& workspace);
/// Q9. Handoffs and what became of them.
[[nodiscard]] Result<answer::HandoffsT> audit_handoffs(const EventStore& store, const View& view,
                                                       const Search& search);
/// Q10. Where recordings, their projects and workspaces went, and whether that left the boundary of
/// a client. Of one recording: also the moves of the project and the workspace it was in.
[[nodiscard]] Result<answer::MovesT> audit_moves(const EventStore& store, const View& view,
                                                 const Search& search);
/// Q11. Referral deals, with the terms in force at the view and what is left of the cap.
[[nodiscard]] Result<answer::DealsT> audit_deals(const EventStore& store, const View& view,
                                                 const Search& search);
/// Q11. How kickbacks were worked out.
[[nodiscard]] Result<answer::KickbacksT> audit_kickbacks(const EventStore& store, const View& view,
                                                         const Search& search);
/// Q12. Which discount was applied to which charge: a line for each line of the plan-price part, 0
/// percent where it has none. Other lines can have none; a charge of those alone is not listed.
[[nodiscard]] Result<answer::DiscountsT> audit_discounts(const EventStore& store, const View& view,
                                                         const Search& search);
/// Q13. Which agency acted for whom; who approved it.
[[nodiscard]] Result<answer::MandatesT> audit_mandates(const EventStore& store, const View& view,
                                                       const Search& search);
/// Q14. Through which organisation people entered projects; by an organisation, through that one.
[[nodiscard]] Result<answer::EntriesT> audit_entries(const EventStore& store, const View& view,
                                                     const Search& search);
/// Q15. Which special plans an organisation could buy at the view, and who enabled them. Rests on
/// rows alone.
[[nodiscard]] Result<answer::SpecialPlansT> audit_special_plans(const View& view,
                                                                const std::string& organisation);

}  // namespace actbook

#include "evolve/evolve.h"

namespace actbook {
namespace {

using row::InviteRowT;
using row::MembershipRowT;

template <class Event>
std::string membership_key(const Event& event) {
  return row_key({event.workspace()->string_view(), event.person()->string_view()});
}

void decide_invite(Fold& fold, const std::string& invite, schema::InviteState state) {
  fold.update<InviteRowT>(invite, [&](InviteRowT& row) {
    row.state = state;
    row.decided = fold.act();
  });
}

}  // namespace

void evolve(const event::MembershipGranted& event, Fold& fold) {
  // A new interval; the one before it lives on in the row's earlier versions.
  fold.update<MembershipRowT>(membership_key(event), [&](MembershipRowT& row) {
    if (fold.ended_before(row.ended_early)) return;
    const std::string blocked_by = row.blocked_by;
    const auto ended_early = row.ended_early;
    row = MembershipRowT();
    row.ended_early = ended_early;
    row.role = event.role();
    row.source = event.source();
    row.live = true;
    row.since = fold.act();
    row.role_since = fold.act();
    row.expires_at = event.expires_at();
    row.support_request = text(event.support_request());
    // Only a direct grant or a self-join lifts a block.
    if (event.source() == schema::MembershipSource::staff_support) row.blocked_by = blocked_by;
  });
  fold.refer("person", event.person()->string_view(), "workspace",
             event.workspace()->string_view());
}

void evolve(const event::MembershipRoleChanged& event, Fold& fold) {
  fold.update<MembershipRowT>(membership_key(event), [&](MembershipRowT& row) {
    row.role = event.to();
    row.role_since = fold.act();
  });
}

void evolve(const event::MembershipEnded& event, Fold& fold) {
  fold.update<MembershipRowT>(membership_key(event), [&](MembershipRowT& row) {
    if (!row.live) fold.end_early(row.ended_early);
    row.live = false;
    row.ended = fold.act();
    row.cause = event.cause()->str();
    // A support session is no access by the organisation, so its end takes none away.
    if (row.source != schema::MembershipSource::staff_support) {
      row.blocked_by = text(event.blocked_by());
    }
  });
}

void evolve(const event::InviteIssued& event, Fold& fold) {
  const std::string invite = event.invite()->str();
  fold.update<InviteRowT>(invite, [&](InviteRowT& row) {
    row.workspace = event.workspace()->str();
    row.contact = text(event.contact());
    row.person = text(event.person());
    row.role = event.role();
    row.purpose = event.purpose();
    row.state = schema::InviteState::pending;
    row.expires_at = event.expires_at();
    row.issued = fold.act();
  });
  fold.refer("workspace", event.workspace()->string_view(), "invite", invite);
}

void evolve(const event::InviteResent& event, Fold& fold) {
  fold.update<InviteRowT>(event.invite()->str(), [&](InviteRowT& row) {
    row.expires_at = event.expires_at();
    row.resent = fold.act();
  });
}

void evolve(const event::InviteRevoked& event, Fold& fold) {
  decide_invite(fold, event.invite()->str(), schema::InviteState::revoked);
  fold.update<InviteRowT>(event.invite()->str(),
                          [&](InviteRowT& row) { row.cause = event.cause()->str(); });
}

void evolve(const event::InviteDeclined& event, Fold& fold) {
  decide_invite(fold, event.invite()->str(), schema::InviteState::declined);
}

void evolve(const event::InviteAccepted& event, Fold& fold) {
  const std::string person = event.person()->str();
  decide_invite(fold, event.invite()->str(), schema::InviteState::accepted);
  fold.update<InviteRowT>(event.invite()->str(), [&](InviteRowT& row) { row.person = person; });
  const std::string contact = text(event.contact());
  if (contact.empty()) return;
  fold.update<row::ContactRowT>(contact, [&](row::ContactRowT& row) {
    if (row.person == person) return;
    row.person = person;
    row.identified = fold.act();
  });
  fold.refer("person", person, "contact", contact);
}

}  // namespace actbook

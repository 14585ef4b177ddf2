#include "support/invariants.h"

#include <algorithm>
#include <map>

#include "actbook/keys.h"
#include "actbook/projector.h"
#include "actbook/reflect.h"
#include "actbook/schema/events_generated.h"
#include "actbook/tables.h"

namespace actbook::testing {
namespace {

using schema::MembershipSource;
using schema::WorkspaceRole;

std::string text(const flatbuffers::String* string) { return string ? string->str() : ""; }

/// Visits the rows of a table as they are stored: (the key, the row).
template <class Row, class Visit>
void each_row(const RowReader& rows, const Visit& visit) {
  rows.scan(table_of<Row>, "", [&](std::string_view key, const RowVersion& version) {
    visit(std::string(key), *flatbuffers::GetRoot<typename Row::TableType>(version.bytes.data()));
  });
}

/// What was written, if it is a row of this kind.
template <class Row>
const Row* row_in(const RowOverlay::Put& put) {
  const bool is = put.table == table_of<typename Row::NativeTableType>;
  return is ? flatbuffers::GetRoot<Row>(put.version.bytes.data()) : nullptr;
}

/// "workspace/person" as the two.
std::pair<std::string, std::string> two(const std::string& key) {
  const auto slash = key.find('/');
  return {key.substr(0, slash), key.substr(slash + 1)};
}

/// A live membership that is no support session, of a live workspace.
struct Member {
  std::string workspace;
  std::string person;
  WorkspaceRole role;
  std::uint64_t since;
};

bool is_outsider(const Member& member) {
  return member.role == WorkspaceRole::observer || member.role == WorkspaceRole::external;
}

struct Workspace {
  std::string organisation;
  std::string account;
  bool internal = false;
};

std::map<std::string, Workspace> live_workspaces(const RowReader& rows) {
  std::map<std::string, Workspace> found;
  each_row<row::WorkspaceRowT>(rows, [&](const auto& workspace, const auto& row) {
    if (row.deleted() != nullptr) return;
    found[workspace] = {text(row.organisation()), text(row.account()),
                        row.usage() == schema::Usage::internal};
  });
  return found;
}

std::vector<Member> members(const RowReader& rows) {
  const auto workspaces = live_workspaces(rows);
  std::vector<Member> found;
  each_row<row::MembershipRowT>(rows, [&](const auto& key, const auto& row) {
    const auto ids = two(key);
    if (!row.live() || row.source() == MembershipSource::staff_support) return;
    if (!workspaces.contains(ids.first)) return;
    found.push_back({ids.first, ids.second, row.role(), row.since()->position()});
  });
  return found;
}

/// An end of an interval, held against the event that it names.
std::string end_wrong(const Book& book, const schema::Act* act,
                      const std::vector<std::string>& tags) {
  if (act == nullptr) return "is not there";
  if (act->actor() == nullptr || text(act->actor()->id()).empty()) return "has nobody who did it";
  if (act->position() == 0 || act->position() > book.events.size()) return "is no event";
  const auto& event = book.events[act->position() - 1];
  if (text(event->actor()->id()) != text(act->actor()->id())) return "was somebody else";
  if (event->occurred_at() != act->occurred_at()) return "was at another time";
  for (const auto& tag : tags) {
    const auto names = [&](const auto* other) { return other->string_view() == tag; };
    if (std::ranges::none_of(*event->tags(), names)) {
      return "is " + std::string(event.type()) + ", which does not name " + tag;
    }
  }
  if (!text(event->basis()).empty()) return {};
  const auto* object =
      partner_projector().events().table("actbook.event." + std::string(event.type()));
  const auto* cause = field_named(*object, "cause");
  const auto& payload = *flatbuffers::GetRoot<flatbuffers::Table>(event.payload().data());
  const auto* said = cause == nullptr ? nullptr : flatbuffers::GetFieldS(payload, *cause);
  return text(said).empty() ? "says not why: " + std::string(event.type()) : "";
}

}  // namespace

std::string owners_missing(const Book& book) {
  std::set<std::string> owned;
  each_row<row::OrganisationMemberRowT>(book.rows, [&](const auto& key, const auto& row) {
    if (row.live() && row.role() == schema::OrganisationRole::owner) owned.insert(two(key).first);
  });
  std::string wrong;
  each_row<row::OrganisationRowT>(book.rows, [&](const auto& organisation, const auto& row) {
    if (row.registered() != nullptr && !owned.contains(organisation)) {
      wrong = "organisation " + organisation + " has no owner";
    }
  });
  std::set<std::string> kept;
  for (const auto& member : members(book.rows)) {
    if (member.role == WorkspaceRole::owner) kept.insert(member.workspace);
  }
  for (const auto& workspace : live_workspaces(book.rows)) {
    const auto cause = book.oracle.last_owner_went(workspace.first);
    if (!kept.contains(workspace.first) && cause != "organisation_membership_ended") {
      wrong = "workspace " + workspace.first + " has no owner; the last one went by: " + cause;
    }
  }
  return wrong;
}

std::string insiders_outside(const Book& book) {
  const auto workspaces = live_workspaces(book.rows);
  std::set<std::pair<std::string, std::string>> insiders;
  each_row<row::OrganisationMemberRowT>(book.rows, [&](const auto& key, const auto& row) {
    if (row.live()) insiders.insert(two(key));
  });
  const auto everybody = members(book.rows);
  for (const auto& member : everybody) {
    if (is_outsider(member)) continue;
    insiders.insert({workspaces.at(member.workspace).organisation, member.person});
  }
  for (const auto& member : everybody) {
    const auto& organisation = workspaces.at(member.workspace).organisation;
    if (!is_outsider(member) || !insiders.contains({organisation, member.person})) continue;
    if (member.since < book.oracle.handed_off_at(member.workspace)) continue;
    return member.person + " is an insider of " + organisation + " and an outsider in " +
           member.workspace;
  }
  return {};
}

std::string observers_inside(const Book& book) {
  const auto workspaces = live_workspaces(book.rows);
  for (const auto& member : members(book.rows)) {
    if (member.role == WorkspaceRole::observer && workspaces.at(member.workspace).internal) {
      return member.person + " observes the internal workspace " + member.workspace;
    }
  }
  return {};
}

std::string seats_miscounted(const Book& book) {
  const auto workspaces = live_workspaces(book.rows);
  std::set<std::string> expected;
  std::map<std::string, std::uint32_t> counts;
  for (const auto& member : members(book.rows)) {
    const auto& account = workspaces.at(member.workspace).account;
    if (member.role == WorkspaceRole::observer || account.empty()) continue;
    if (expected.insert(row_key({account, member.person})).second) ++counts[account];
  }
  std::set<std::string> taken;
  each_row<row::SeatRowT>(book.rows, [&](const auto& key, const auto& row) {
    if (row.live()) taken.insert(key);
  });
  std::vector<std::string> differing;
  std::ranges::set_symmetric_difference(expected, taken, std::back_inserter(differing));
  if (!differing.empty()) {
    return "the seat " + differing.front() + " is " +
           (taken.contains(differing.front()) ? "taken without need" : "missing");
  }
  std::string wrong;
  each_row<row::AccountRowT>(book.rows, [&](const auto& account, const auto& row) {
    if (row.seats() == counts[account] && row.paid_seats() >= row.seats()) return;
    wrong = "account " + account + " has " + std::to_string(counts[account]) + " seats, says " +
            std::to_string(row.seats()) + " and pays " + std::to_string(row.paid_seats());
  });
  return wrong;
}

std::string kickbacks_wrong(const Book& book) {
  struct Deal {
    std::int64_t sum = 0;
    std::int64_t paid = 0;
    std::uint64_t last_refund = 0;
    std::uint64_t last_payout = 0;
  };
  std::map<std::string, Deal> deals;
  std::string wrong;
  each_row<row::AccrualRowT>(book.rows, [&](const auto& key, const auto& row) {
    const auto id = two(key).first;
    auto& deal = deals[id];
    deal.sum += row.accrued_cents();
    const auto terms = find<row::TermsRowT>(book.rows, terms_key(id, row.terms_version()));
    const auto cap = terms ? terms->terms->cap_cents : flatbuffers::Optional<std::int64_t>(0);
    if (row.cause() == schema::AccrualCause::refund) {
      deal.last_refund = row.accrued()->position();
      if (row.accrued_cents() > 0) wrong = "a refund adds to deal " + id;
    } else if (row.accrued_cents() < 0 ||
               (row.accrued_cents() > 0 && cap && row.accrued_total_cents() > *cap)) {
      wrong = "an accrual of deal " + id + " is beyond its cap";
    }
    if (deal.sum != row.accrued_total_cents()) wrong = "deal " + id + " does not add up";
  });
  each_row<row::PayoutRowT>(book.rows, [&](const auto&, const auto& row) {
    auto& deal = deals[text(row.deal())];
    deal.paid += row.amount_cents();
    deal.last_payout = std::max(deal.last_payout, row.recorded()->position());
  });
  each_row<row::DealRowT>(book.rows, [&](const auto& id, const auto& row) {
    const auto& deal = deals[id];
    if (row.accrued_cents() != deal.sum) wrong = "deal " + id + " has another total accrued";
    if (row.paid_cents() != deal.paid) wrong = "deal " + id + " has another total paid";
    if (deal.paid > deal.sum && deal.last_refund < deal.last_payout) {
      wrong = "deal " + id + " has paid more than accrued";
    }
  });
  each_row<row::PaymentRowT>(book.rows, [&](const auto& id, const auto& row) {
    if (row.reversed_cents() < 0 || row.reversed_cents() > row.accrued_cents()) {
      wrong = "payment " + id + " has more reversed than accrued";
    }
  });
  return wrong;
}

std::string intervals_wrong(const Book& book, const std::vector<RowOverlay::Put>& written) {
  std::string wrong;
  const auto check = [&](const RowOverlay::Put& put, std::vector<std::string> tags,
                         const schema::Act* begin, bool over, const schema::Act* end) {
    const auto began = end_wrong(book, begin, tags);
    const auto ended = over ? end_wrong(book, end, tags) : end ? "is there too early" : "";
    if (!began.empty()) wrong = "the beginning of " + put.key + " " + began;
    if (!ended.empty()) wrong = "the end of " + put.key + " " + ended;
  };
  for (const auto& put : written) {
    const auto ids = two(put.key);
    const auto tags = [&](const std::string& first, const std::string& second) {
      return std::vector<std::string>{first + ":" + ids.first, second + ":" + ids.second};
    };
    const std::string whole = ":" + put.key;
    if (const auto* row = row_in<row::MembershipRow>(put)) {
      check(put, tags("workspace", "person"), row->since(), !row->live(), row->ended());
      const bool session = row->source() == MembershipSource::staff_support;
      if (session != row->expires_at().has_value()) wrong = put.key + " has no right expiry";
    } else if (const auto* member = row_in<row::OrganisationMemberRow>(put)) {
      check(put, tags("organisation", "person"), member->since(), !member->live(), member->ended());
    } else if (const auto* seat = row_in<row::SeatRow>(put)) {
      check(put, tags("account", "person"), seat->opened(), !seat->live(), seat->closed());
    } else if (const auto* guest = row_in<row::CollaboratorRow>(put)) {
      check(put, tags("project", "person"), guest->since(), !guest->live(), guest->ended());
    } else if (const auto* mandate = row_in<row::MandateRow>(put)) {
      check(put, {"mandate" + whole}, mandate->granted(), !mandate->live(), mandate->ended());
    } else if (const auto* enrolled = row_in<row::EnrollmentRow>(put)) {
      check(put, {"organisation" + whole}, enrolled->enrolled(), !enrolled->live(),
            enrolled->ended());
    } else if (const auto* handoff = row_in<row::HandoffRow>(put)) {
      check(put, {"handoff" + whole}, handoff->proposed(),
            handoff->state() != schema::HandoffState::proposed, handoff->decided());
    } else if (const auto* transfer = row_in<row::TransferRow>(put)) {
      check(put, {"transfer" + whole}, transfer->started(),
            transfer->state() != schema::TransferState::pending, transfer->decided());
    } else if (const auto* deal = row_in<row::DealRow>(put)) {
      check(put, {"deal" + whole}, deal->signed_(), deal->ended() != nullptr, deal->ended());
    }
  }
  return wrong;
}

std::string access_wrong(const Book& book) {
  if (!book.oracle.complaint().empty()) return book.oracle.complaint();
  return book.oracle.differs(book.rows, book.now, book.people);
}

std::string refusal_wrong(const Step& step) {
  if (step.outcome == log::Outcome::recorded) return {};
  if (step.outcome == log::Outcome::unchanged) {
    return step.events.empty() && step.rows.empty() ? "" : "it changed something after all";
  }
  if (step.events.size() != 1 || step.events.front().type() != "CommandRefused") {
    return "more than the refusal was recorded";
  }
  for (const auto& put : step.rows) {
    if (put.table != table_of<row::ReferenceRowT>) return "a refusal changed the row " + put.key;
    const auto is_note = [&](std::string_view note) {
      return put.key.find(note) != std::string::npos;
    };
    if (!is_note("/act/sealed") && !is_note("/refusal/kept") && !is_note("/tried/")) {
      return "a refusal changed the row " + put.key;
    }
  }
  return {};
}

std::string twice_at_once(const Book& book) {
  std::set<std::string> seen;
  std::string wrong;
  const auto once = [&](const std::string& what) {
    if (!seen.insert(what).second) wrong = "twice at once: " + what;
  };
  each_row<row::HandoffRowT>(book.rows, [&](const auto&, const auto& row) {
    const bool pending = row.state() == schema::HandoffState::proposed;
    if (pending) once("handoff pending for " + text(row.workspace()));
  });
  const auto pair = [](const auto& row) { return text(row.agency()) + "/" + text(row.client()); };
  each_row<row::MandateRequestRowT>(book.rows, [&](const auto&, const auto& row) {
    const bool pending = row.state() == schema::MandateRequestState::pending;
    if (pending) once("mandate request pending of " + pair(row));
  });
  each_row<row::MandateRowT>(book.rows, [&](const auto&, const auto& row) {
    if (row.live()) once("mandate live of " + pair(row));
  });
  each_row<row::DealRowT>(book.rows, [&](const auto&, const auto& row) {
    const auto end = row.terms()->expires_at();
    const bool active = !row.ended() && (!end || book.now.microseconds < *end);
    if (active) once("deal active for " + text(row.workspace()));
  });
  return wrong;
}

std::string first_wrong(const Book& book, bool with_access) {
  for (const auto check : {owners_missing, insiders_outside, observers_inside, seats_miscounted,
                           kickbacks_wrong, twice_at_once}) {
    auto wrong = check(book);
    if (!wrong.empty()) return wrong;
  }
  return with_access ? access_wrong(book) : std::string();
}

}  // namespace actbook::testing

#include "actbook/timeline.h"

#include <algorithm>

#include "actbook/acceptances.h"
#include "actbook/audit.h"

namespace actbook {
namespace {

using Spans = std::vector<std::unique_ptr<answer::SpanT>>;
using Act = std::unique_ptr<schema::ActT>;

void add(Spans& spans, std::string what, std::string subject, std::string detail, Act from,
         Act until) {
  auto span = std::make_unique<answer::SpanT>();
  span->what = std::move(what);
  span->subject = std::move(subject);
  span->detail = std::move(detail);
  span->from = std::move(from);
  span->until = std::move(until);
  spans.push_back(std::move(span));
}

template <class Answer>
using Audit = Result<Answer> (*)(const EventStore&, const View&, const Search&);

/// What an audit lists; nothing, if it cannot be asked by the entity of the search.
template <class Answer>
Result<Answer> ask(const AuditKeys& keys, Audit<Answer> audit, const EventStore& store,
                   const View& view, const Search& search) {
  if (!check_keys(keys, search)) return Answer{};
  return audit(store, view, search);
}

Result<void> add_people(const EventStore& store, const View& view, const Entity& entity,
                        const Search& search, Spans& spans) {
  const bool of_person = entity.kind == EntityKind::person;
  BOOST_OUTCOME_TRY(roles, ask(kRolesKeys, audit_roles, store, view, search));
  for (auto& line : roles.lines) {
    add(spans, "role", of_person ? line->entity : line->person, line->role, std::move(line->from),
        std::move(line->until));
  }
  BOOST_OUTCOME_TRY(view.status());
  BOOST_OUTCOME_TRY(seats, ask(kSeatsKeys, audit_seats, store, view, search));
  for (auto& line : seats.lines) {
    add(spans, "seat", of_person ? "account:" + line->account : line->person, "",
        std::move(line->from), std::move(line->until));
  }
  return boost::outcome_v2::success();
}

Result<answer::AcceptancesT> audit_acceptances(const EventStore& store, const View& view,
                                               const Search& search) {
  return find_acceptances(store, view, search);
}

Result<void> add_agreements(const EventStore& store, const View& view, const Search& search,
                            Spans& spans) {
  BOOST_OUTCOME_TRY(acceptances, ask(kAcceptancesKeys, audit_acceptances, store, view, search));
  for (auto& line : acceptances.lines) {
    auto accepted = std::make_unique<schema::ActT>();
    accepted->position = line->position;
    accepted->recorded_at = line->recorded_at;
    accepted->occurred_at = line->occurred_at;
    accepted->actor = std::make_unique<schema::ActorT>();
    accepted->actor->kind = schema::ActorKind::person;
    accepted->actor->id = line->person;
    add(spans, "agreement", "workspace:" + line->workspace,
        line->agreement + " version " + std::to_string(line->version), std::move(accepted),
        std::move(line->ended));
  }
  return boost::outcome_v2::success();
}

Result<void> add_programs(const EventStore& store, const View& view, const Search& search,
                          Spans& spans) {
  BOOST_OUTCOME_TRY(statuses, ask(kPartnerStatusKeys, audit_partner_status, store, view, search));
  for (auto& line : statuses.lines) {
    add(spans, "partner", "organisation:" + line->organisation,
        schema::EnumNamePartnerProgram(line->program), std::move(line->granted),
        std::move(line->revoked));
  }
  BOOST_OUTCOME_TRY(handoffs, ask(kHandoffsKeys, audit_handoffs, store, view, search));
  for (auto& line : handoffs.lines) {
    add(spans, "handoff", "workspace:" + line->workspace, "to " + line->target,
        std::move(line->proposed), std::move(line->decided));
  }
  BOOST_OUTCOME_TRY(mandates, ask(kMandatesKeys, audit_mandates, store, view, search));
  for (auto& line : mandates.lines) {
    add(spans, "mandate", line->mandate, line->agency + " for " + line->client,
        std::move(line->approved), std::move(line->ended));
  }
  BOOST_OUTCOME_TRY(deals, ask(kDealsKeys, audit_deals, store, view, search));
  for (auto& line : deals.lines) {
    add(spans, "deal", line->deal, "workspace:" + line->workspace, std::move(line->signed_),
        std::move(line->ended));
  }
  return boost::outcome_v2::success();
}

}  // namespace

Result<answer::TimelineT> find_timeline(const EventStore& store, const View& view,
                                        const Entity& entity, const Search& page) {
  Search about;
  about.tags = {entity.tag()};
  Search acts = page;
  acts.tags.push_back(entity.tag());
  BOOST_OUTCOME_TRY(trail, find_events(store, view, acts));
  answer::TimelineT timeline;
  timeline.entity = entity.tag();
  timeline.as_of = trail.as_of;
  timeline.at = trail.at;
  timeline.true_at = trail.true_at;
  timeline.next = trail.next;
  timeline.acts = std::move(trail.lines);
  if (entity.kind == EntityKind::workspace) {
    BOOST_OUTCOME_TRY(tenures, audit_tenures(store, view, entity.id));
    for (auto& line : tenures.lines) {
      add(timeline.spans, line->what, line->who, "", std::move(line->from), std::move(line->until));
    }
  }
  BOOST_OUTCOME_TRY(add_people(store, view, entity, about, timeline.spans));
  BOOST_OUTCOME_TRY(add_agreements(store, view, about, timeline.spans));
  BOOST_OUTCOME_TRY(add_programs(store, view, about, timeline.spans));
  return timeline;
}

}  // namespace actbook

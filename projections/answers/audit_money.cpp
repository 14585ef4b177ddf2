#include "actbook/audit.h"
#include "actbook/keys.h"
#include "answers/audit_lists.h"
#include "answers/lasting.h"
#include "answers/states.h"

namespace actbook {
namespace {

// What a kickback was worked out by, as the ledger had it then: that stays, whatever was recorded
// since. Left out is what was never seen here.
void add_grounds(const EventStore& store, const View& view, const Record& kickback,
                 answer::KickbackLineT& line) {
  const auto found = store.after_event(kickback.position());
  if (!found) return view.fail(found.error());
  const View& then = found.value();
  const auto terms = find_or_empty<row::TermsRowT>(then, terms_key(line.deal, line.terms_version));
  if (terms.agreed) line.terms_position = terms.agreed->position;
  if (line.cause == schema::AccrualCause::refund) {
    if (const auto refund = find<row::RefundRowT>(then, line.refund)) {
      line.refunded_cents = refund->amount_cents;
    }
    const auto payment = find<row::PaymentRowT>(then, line.payment);
    if (payment && payment->recorded) line.payment_cents = payment->amount_cents;
  }
  if (const auto status = then.status(); !status) view.fail(status.error());
}

std::unique_ptr<answer::KickbackLineT> kickback_line(event::KickbackAccruedT event) {
  auto line = std::make_unique<answer::KickbackLineT>();
  line->deal = std::move(event.deal);
  line->workspace = std::move(event.workspace);
  line->payment = std::move(event.payment);
  line->refund = std::move(event.refund);
  line->charge = std::move(event.charge);
  line->cause = event.cause;
  line->terms_version = event.terms_version;
  line->base_cents = event.base_cents;
  line->percent = event.percent;
  line->raw_cents = event.raw_cents;
  line->rounding = event.rounding;
  line->accrued_cents = event.accrued_cents;
  line->accrued_total_cents = event.accrued_total_cents;
  line->cap_left_cents = event.cap_left_cents;
  line->currency = std::move(event.currency);
  return line;
}

bool can_have_discount(schema::LineKind kind) {
  return kind == schema::LineKind::plan || kind == schema::LineKind::seat;
}

std::unique_ptr<answer::DiscountLineT> discount_line(const event::ChargeRecordedT& charge,
                                                     const schema::ChargeLineT& charged) {
  auto line = std::make_unique<answer::DiscountLineT>();
  line->charge = charge.charge;
  line->account = charge.account;
  line->workspace = charge.workspace;
  line->kind = charged.kind;
  line->description = charged.description;
  line->gross_cents = charged.gross_cents;
  line->discount_percent = charged.discount_percent;
  line->discount_source = charged.discount_source;
  line->days = charged.days;
  line->of_days = charged.of_days;
  line->net_cents = charged.net_cents;
  line->net_rounding = charged.net_rounding;
  line->currency = charge.currency;
  if (charged.discount_source == schema::DiscountSource::deal) {
    line->deal = charge.deal;
    line->terms_version = charge.terms_version;
  }
  return line;
}

using DealHistory = History<event::ReferralDealSigned, event::ReferralDealEnded>;

struct Deals {
  using Answer = answer::DealsT;
  using Line = answer::DealLineT;
  using Key = std::string;
  using Starts = EventTypes<event::ReferralDealSigned>;
  using Events = EventTypes<event::ReferralDealSigned, event::ReferralDealEnded>;
  static constexpr const AuditKeys& kKeys = kDealsKeys;

  template <class Event>
  static std::optional<Key> key(const EventStore&, const View&, const Event& event) {
    return event.deal()->str();
  }
  // Terms and sums are those of the deal as it stands; a fact may use an id again.
  static LinesByStart<Line> lines(const EventStore& store, const View& view, const Key& deal) {
    const DealHistory history(store, view, {"deal:" + deal}, [](const auto&) { return true; });
    auto row = find_or_empty<row::DealRowT>(view, deal);
    row.terms = terms_in_force(view, deal);
    LinesByStart<Line> lines;
    for (const auto& interval : history.intervals()) {
      auto line = std::make_unique<Line>();
      line->deal = deal;
      history.visit(*interval.from, [&](const auto& event) {
        if constexpr (requires { event.organisation(); }) {
          line->workspace = event.workspace()->str();
          line->organisation = event.organisation()->str();
        }
      });
      line->terms = copy(row.terms);
      line->accrued_cents = row.accrued_cents;
      line->paid_cents = row.paid_cents;
      line->cap_left_cents = cap_left(row);
      line->signed_ = act_of(*interval.from);
      if (interval.until != nullptr) line->ended = act_of(*interval.until);
      lines.emplace(line->signed_->position, std::move(line));
    }
    return lines;
  }
  static Lasted lasted(const Line& line) { return {line.signed_.get(), line.ended.get()}; }
  static bool is_asked(const Search&, const Line&) { return true; }
};

}  // namespace

Result<answer::DealsT> audit_deals(const EventStore& store, const View& view,
                                   const Search& search) {
  return LastingLines<Deals>(store, view, search).list();
}

Result<answer::KickbacksT> audit_kickbacks(const EventStore& store, const View& view,
                                           const Search& search) {
  return list_events<answer::KickbacksT, event::KickbackAccrued>(
      store, view, kKickbacksKeys, search,
      [&](event::KickbackAccruedT event, const Record& record, auto& lines) {
        auto line = kickback_line(std::move(event));
        line->accrued = act_of(record);
        add_grounds(store, view, record, *line);
        lines.push_back(std::move(line));
      });
}

// Only the plan-price part can have a discount; what of it has none is told with 0 percent. Other
// lines are left out, so a charge of those alone is not listed.
Result<answer::DiscountsT> audit_discounts(const EventStore& store, const View& view,
                                           const Search& search) {
  return list_events<answer::DiscountsT, event::ChargeRecorded>(
      store, view, kDiscountsKeys, search,
      [](const event::ChargeRecordedT& event, const Record& record, auto& lines) {
        for (const auto& charged : event.lines) {
          if (!can_have_discount(charged->kind)) continue;
          lines.push_back(discount_line(event, *charged));
          lines.back()->charged = act_of(record);
        }
      });
}

}  // namespace actbook

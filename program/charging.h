#pragma once

#include <optional>
#include <string>
#include <vector>

#include "decision.h"

// How charges come about, in both programs: which discount applies, what a line amounts to, and
// the charge for a seat.
namespace actbook {

/// A discount on the plan-price part, and where it comes from.
struct Discount {
  std::int32_t percent = 0;
  schema::DiscountSource source = schema::DiscountSource::none;
  /// Source deal: which, and by which version of its terms.
  std::string deal;
  std::uint32_t terms_version = 0;
};

/// The terms of a deal in force at an instant: the newest version effective by then.
[[nodiscard]] std::optional<schema::ReferralTermsT> terms_at(const RowReader& rows,
                                                             std::string_view deal, Timestamp at);

/// One version of a deal's terms; empty, if there is none.
[[nodiscard]] schema::ReferralTermsT terms_of(const RowReader& rows, std::string_view deal,
                                              std::uint32_t version);

/// A referral deal and its terms at an instant.
struct CoveringDeal {
  std::string id;
  row::DealRowT row;
  schema::ReferralTermsT terms;
};
/// The deal of a workspace whose window an instant lies in, and that has not ended by then. One
/// signed later may say that it began before; the instant stays with the one signed first.
[[nodiscard]] std::optional<CoveringDeal> covering_deal(const RowReader& rows,
                                                        std::string_view workspace, Timestamp at);

/// Deal discount and account discount do not add up: the larger wins, on a tie the account's. The
/// deal's window is tested at `at`, the instant of the charge.
[[nodiscard]] Discount discount_for(const RowReader& rows, const row::AccountRowT& account,
                                    Timestamp at);

/// Puts a charge together, line by line. What does not fit into 64 bits fails the decision.
class ChargeBuilder {
 public:
  /// `decision` outlives this object.
  ChargeBuilder(Decision& decision, std::string charge, std::string account,
                std::int32_t tax_percent);

  /// What the event says beside its lines and sums.
  [[nodiscard]] event::ChargeRecordedT& charge() { return charge_; }

  /// The plan-price part. `days` of `of_days`, if it is for part of a period; both 0 for the whole.
  void add_plan_price(schema::LineKind kind, std::string description, std::int64_t gross_cents,
                      const Discount& discount, std::int32_t days = 0, std::int32_t of_days = 0);
  /// Anything else: no discount.
  void add(const command::OtherLineT& given);
  void emit();

 private:
  void add_line(schema::ChargeLineT line);

  Decision& decision_;
  std::int32_t tax_percent_;
  event::ChargeRecordedT charge_;
};

/// A seat above those that are paid, within a paid yearly period: price × (1 − discount) × days
/// left / 365, a day begun being a day. Nothing, if the account is not active, is not in such a
/// period, or has no price; and nothing in observed mode: what a live product charged is a fact of
/// its own.
void charge_for_seat(Decision& decision, const std::string& account, const std::string& person);

}  // namespace actbook

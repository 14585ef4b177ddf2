#pragma once

#include "actbook/tables.h"
#include "support/prism.h"

// The cast of the agency program in domain.md section 6. Words that all tests of deciders share are
// in prism.h.
namespace actbook::testing {

/// 2026-03-01 09:00: AGNES (owner ava, projects manager pam, developer dev, viewer vic), enrolled
/// in the agency program under contract A-1 with the deadline 2026-06-30, and CARGO, no partner
/// (owner cal, viewer viv); each with a pooled free account, "acc-agnes" and "acc-cargo". The
/// person solo has the personal account "solo-1" with the billing account "acc-solo".
World agnes();

/// The same, with CARGO's live mandate "m-1", by the request "r-1".
World agnes_with_mandate();

/// The same, with a partner discount of 15 percent for CARGO, the public plans "pro" (49.99 a
/// month, 499.99 a year) and "max" (99.00 and 990.00), and the special plans "perk" (25.00 and
/// 250.00) and "gift" (for nothing). None is enabled.
World agnes_with_plans();

void given_mandate_request(World& world, const std::string& request,
                           const std::string& agency = "agnes",
                           const std::string& client = "cargo");
void given_mandate(World& world, const std::string& mandate, const std::string& agency = "agnes",
                   const std::string& client = "cargo");
/// A project of an organisation, or of a personal account: `whose` says which of the two.
void given_project(World& world, const std::string& project, const std::string& whose,
                   const std::string& id);
/// A plan that can be bought, in EUR and without a limit.
void given_plan(World& world, const std::string& plan, bool special, std::int64_t monthly_cents,
                std::int64_t yearly_cents);

/// Why somebody may enter a project, in words; "none", if they may not.
std::string entry_of(const World& world, const std::string& project, const std::string& person);

/// The row of an organisation, of its enrollment, of a mandate; empty, if there is none.
row::OrganisationRowT organisation_row(const World& world, const std::string& organisation);
row::EnrollmentRowT enrollment_row(const World& world, const std::string& organisation);
row::MandateRowT mandate_row(const World& world, const std::string& mandate);
/// What an organisation or a personal account has bought; `whose` says which of the two.
row::SubscriptionRowT subscription_row(const World& world, const std::string& whose,
                                       const std::string& id);

}  // namespace actbook::testing

#pragma once

#include <set>
#include <string>
#include <vector>

#include "support/access_oracle.h"
#include "support/memory_ledger.h"

// What has to hold of a ledger whatever happened in it. Each rule is a function that says what is
// wrong, or nothing, and knows nothing of how commands are decided.
namespace actbook::testing {

/// What the rules are about. Each is a function that says what is wrong, or nothing.
struct Book {
  const RowReader& rows;
  const std::vector<Record>& events;
  const AccessOracle& oracle;
  const std::set<std::string>& people;
  Timestamp now;
};

/// 1. A registered organisation has an owner. A live workspace has an owner of its own, unless the
/// last one went by leaving the organisation, or by being removed from it (DECISIONS 22).
std::string owners_missing(const Book& book);

/// 2. Nobody is insider and outsider of one organisation, but for outsiders whom a handoff found in
/// the workspace (DECISIONS 24).
std::string insiders_outside(const Book& book);

/// 3. Nobody observes an internal workspace.
std::string observers_inside(const Book& book);

/// 4. The seats of an account are its people in a paid role, counted anew; no fewer are paid for.
std::string seats_miscounted(const Book& book);

/// 5. Nothing accrues above the cap of the terms it accrues under; the total of a deal is the sum
/// of its accruals, and no more was paid than that, but for what was refunded after it was paid.
std::string kickbacks_wrong(const Book& book);

/// 6. Every interval says who began it and, once it is over, who ended it; the events are about it
/// and say why. Asked of the rows that a command has written.
std::string intervals_wrong(const Book& book, const std::vector<RowOverlay::Put>& written);

/// 7. Access is what the events alone say; nobody gets in by what is over, or by an invite that was
/// not theirs to take.
std::string access_wrong(const Book& book);

/// 8. A refused command is an event and changes no row, but for the notes about whom its sealed
/// texts are; one that changes nothing records nothing.
std::string refusal_wrong(const Step& step);

/// 9. There is one of what there can be only one at a time.
std::string twice_at_once(const Book& book);

/// The first of 1 to 5, 9 and, if asked for, 7 that does not hold.
std::string first_wrong(const Book& book, bool with_access);

}  // namespace actbook::testing

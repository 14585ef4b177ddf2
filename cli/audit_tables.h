#pragma once

#include "actbook/ledger.h"
#include "table.h"

// The answers of audits as tables for people.
namespace actbook::cli {

[[nodiscard]] Table table_of(const answer::AcceptancesT& answer);
[[nodiscard]] Table table_of(const answer::TrailT& answer);
[[nodiscard]] Table table_of(const answer::PartnerStatusesT& answer);
[[nodiscard]] Table table_of(const answer::ReadsT& answer);
[[nodiscard]] Table table_of(const answer::CreationsT& answer);
[[nodiscard]] Table table_of(const answer::RolesT& answer);
[[nodiscard]] Table table_of(const answer::SeatsT& answer);
[[nodiscard]] Table table_of(const answer::TenuresT& answer);
[[nodiscard]] Table table_of(const answer::HandoffsT& answer);
[[nodiscard]] Table table_of(const answer::MovesT& answer);
[[nodiscard]] Table table_of(const answer::DealsT& answer);
[[nodiscard]] Table table_of(const answer::KickbacksT& answer);
[[nodiscard]] Table table_of(const answer::DiscountsT& answer);
[[nodiscard]] Table table_of(const answer::MandatesT& answer);
[[nodiscard]] Table table_of(const answer::EntriesT& answer);
[[nodiscard]] Table table_of(const answer::SpecialPlansT& answer);

}  // namespace actbook::cli

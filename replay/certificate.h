#pragma once

#include <memory>
#include <string>

#include "actbook/event_store.h"
#include "actbook/schema/answers_generated.h"

namespace actbook {

/// As rows.fbs calls it.
[[nodiscard]] std::string table_name(TableId table);

/// Of a store that was folded afresh up to a view of it. The stretches are as long as those of
/// `like`, if that has any and is not too long to be held in memory.
[[nodiscard]] Result<answer::CertificateT> certify(const EventStore& fresh, const View& until,
                                                   const Projector& projector,
                                                   const answer::CertificateT* like);

/// The first events, and where it can be told the row, of which a fold made something else than the
/// fold of a certificate that was given. Null, if nothing tells: they are the same, or the one
/// given has no stretches to compare.
[[nodiscard]] Result<std::unique_ptr<answer::DifferenceT>> parting(
    const answer::CertificateT& given, const answer::CertificateT& fresh, const EventStore& folded);

}  // namespace actbook

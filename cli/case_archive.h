#pragma once

#include <cstdint>

#include "case_manifest.h"

namespace actbook::cli {

/// Files as a ZIP archive. Errors: unavailable, if it cannot be made.
[[nodiscard]] Result<std::string> to_zip(const CaseFiles& files);

/// The files of a ZIP archive; folders are left out, but for empty ones, whose names end in a
/// slash. Errors: corrupt, naming the place, if it is no whole ZIP archive, or one that a case file
/// cannot be, or if it has bytes that belong to none of its files; invalid, if they have more than
/// `most_bytes`.
[[nodiscard]] Result<CaseFiles> from_zip(const std::string& archive, std::uintmax_t most_bytes);

}  // namespace actbook::cli

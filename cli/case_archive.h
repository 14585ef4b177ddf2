#pragma once

#include <cstdint>

#include "case_manifest.h"

namespace actbook::cli {

/// Files as a ZIP archive. Errors: unavailable, if it cannot be made.
[[nodiscard]] Result<std::string> to_zip(const CaseFiles& files);

/// The files of a ZIP archive; folders are left out. Errors: corrupt, naming the place, if it is no
/// whole ZIP archive, or one that a case file cannot be; invalid, if they have more than
/// `most_bytes`.
[[nodiscard]] Result<CaseFiles> from_zip(const std::string& archive, std::uintmax_t most_bytes);

}  // namespace actbook::cli

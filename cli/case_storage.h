#pragma once

#include <filesystem>

#include "case_manifest.h"

namespace actbook::cli {

/// Who may read what is written, as far as the umask lets them.
enum class Readers { everybody, owner };

/// Writes a case, as a folder, or as one archive where the name ends in .zip. It is written whole
/// under another name (PATH.unfinished), synced, and then given its own: after a crash there is
/// either all of it or none. Errors: misuse with CASE_EXISTS or CASE_UNFINISHED, if something
/// stands there; unavailable, if it cannot be written; then nothing is left.
[[nodiscard]] Result<void> write_case(const std::filesystem::path& path, const CaseFiles& files,
                                      Readers readers);

/// Whether a case could be written there: the errors of misuse above.
[[nodiscard]] Result<void> check_free(const std::filesystem::path& path);

/// Reads all files of a case. Errors: misuse with NO_CASE, if nothing stands there; corrupt, naming
/// the file, if the archive is damaged, or has or the folder has what is no plain file; invalid, if
/// there is more than a case has.
[[nodiscard]] Result<CaseFiles> read_case(const std::filesystem::path& path);

}  // namespace actbook::cli

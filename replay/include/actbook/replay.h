#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "actbook/event_store.h"
#include "actbook/schema/answers_generated.h"

namespace actbook {

/// How a log is folded afresh.
struct ReplayOptions {
  const Projector* projector = nullptr;
  /// Up to the batch that holds it; the head, if none.
  std::optional<Position> until = {};
  /// Where the fresh views stand, and stay; a folder that goes away afterwards, if empty. After a
  /// stop, the same folder goes on from there.
  std::filesystem::path scratch = {};
  /// 0: as many as there are cores.
  unsigned threads = 0;
  /// A certificate of an earlier fold, to say where this one parts from it. It is to outlive the
  /// call. Where it goes up to a position, so should this.
  const answer::CertificateT* compare_with = nullptr;
  /// Called now and then; false stops the replay, with unavailable, STOPPED.
  std::function<bool(Position done, Position end)> progress = {};
};

/// Folds the log afresh from its first event, each row on one of several threads, and compares each
/// row version, each tag posting, each command id and the Merkle tree with what is served, both
/// ways: nothing missing, nothing more, nothing different. Fires no side effects. A difference is
/// reported with the first position where it shows. The report carries the certificate of the fresh
/// fold. Memory: that of a store, whatever the log's length. Errors: corrupt or unavailable, if the
/// log cannot be read or the scratch folder not be written; invalid, if `until` lies beyond the
/// head; those of EventStore::refold.
[[nodiscard]] Result<answer::ReplayReportT> replay(const EventStore& store,
                                                   const ReplayOptions& options);

/// Where a certificate and that of a replay part, in words; empty, if they say the same. The log,
/// the code and the state are held against each other in that order: the first that differs is the
/// reason for what comes after it. The version of the program is not: another one may fold the same
/// schemas to the same state.
[[nodiscard]] std::string compare_certificates(const answer::CertificateT& given,
                                               const answer::CertificateT& fresh);

using VerifyProgress = std::function<void(Position done, Position end)>;

/// Checks the whole log (see EventStore::verify_log) and the Merkle tree kept of it, and says in an
/// answer what it found.
[[nodiscard]] answer::VerifyReportT verify(const EventStore& store,
                                           const std::optional<TreeHead>& expected = {},
                                           const VerifyProgress& progress = {});

}  // namespace actbook

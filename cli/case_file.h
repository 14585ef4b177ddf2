#pragma once

#include "case_manifest.h"
#include "case_question.h"

namespace actbook::cli {

struct CaseRequest {
  CaseQuestion question;
  /// What the page is headed; none: what is asked.
  std::string title;
  std::string note;
  bool reveal = false;
};

struct CaseContents {
  CaseFiles files;
  /// By which it can be checked; it stands in the files, too.
  CaseManifest manifest;
};

/// Asks a question and puts together all files of its case. Errors: those of the question; those of
/// reading the records that its answer rests on, and of proving that they are the ledger's. Cost:
/// that of the question, several times, and of reading the log up to what the answer is as of.
[[nodiscard]] Result<CaseContents> make_case(const Session& session, const CaseRequest& request);

}  // namespace actbook::cli

#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "chart.h"
#include "cited.h"
#include "html_answer.h"

namespace actbook::cli {

/// A record that an answer rests on, for people.
struct PageRecord {
  std::uint64_t position = 0;
  Timestamp recorded_at;
  Timestamp occurred_at;
  std::string type;
  std::string who;
  std::string summary;
  std::string leaf_sha256;
};

/// A file that the page vouches for.
struct PageFile {
  std::string name;
  std::size_t bytes = 0;
  std::string sha256;
};

/// All that the page of a case file says.
struct CasePage {  // NOLINT(bugprone-exception-escape): clang 14 suspects ordered_json's moves
  std::string title;
  std::string note;
  /// The question in words, as it was asked, and as it gives the same answer again.
  std::string question;
  std::string command;
  std::string command_again;
  std::string ledger;
  std::string version;
  AnswerMoment moment;
  /// The answer in a few lines.
  std::vector<std::string> summary;
  bool revealed = false;
  Twin answer;
  Chart chart;
  std::vector<PageRecord> records;
  std::string tree_head;
  nlohmann::ordered_json certificate;
  std::vector<PageFile> files;
};

/// One page of HTML that needs nothing else: no script, no request, style and drawings inside. What
/// comes from the ledger is escaped.
[[nodiscard]] std::string html_page(const CasePage& page);

}  // namespace actbook::cli

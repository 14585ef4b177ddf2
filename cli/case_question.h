#pragma once

#include <string>
#include <vector>

#include "session.h"

namespace actbook::cli {

/// A question's answer in every form.
struct CaseAnswer {
  std::string json;
  /// With personal data sealed; the same text where nothing was to be revealed.
  std::string sealed_json;
  std::string csv;
  std::string text;
  /// The command that gives this answer again, whatever is recorded meanwhile.
  std::string command;
};

/// A question to a ledger, as any asking subcommand of actbook takes it.
class CaseQuestion {
 public:
  /// `words` are the subcommand and its arguments. Errors: misuse with NO_QUESTION, saying what is
  /// wrong with them.
  [[nodiscard]] static Result<CaseQuestion> read(std::vector<std::string> words);

  /// What is asked, in words.
  [[nodiscard]] const std::string& about() const { return about_; }
  /// As it was asked: "actbook audit acceptances organisation:prism"
  [[nodiscard]] const std::string& command() const { return command_; }
  /// Whether the question itself asks to reveal.
  [[nodiscard]] bool reveals() const { return reveals_; }

  /// Asks it in every form of one state of the ledger, also while others record. Errors: those of
  /// the subcommand; unavailable with LEDGER_MOVES, if it would not stand still.
  [[nodiscard]] Result<CaseAnswer> ask(const Session& session, bool reveal) const;

 private:
  CaseQuestion() = default;

  [[nodiscard]] std::vector<std::string> with(const std::vector<std::string>& options) const;
  [[nodiscard]] Result<CaseAnswer> ask_once(const Session& session, bool reveal) const;

  /// Without --reveal.
  std::vector<std::string> words_;
  /// How many of them name the subcommand.
  std::size_t name_size_ = 0;
  std::string command_;
  std::string about_;
  bool reveals_ = false;
  bool can_reveal_ = false;
  /// The option that says as of when, if it was left out.
  std::string moment_option_;
};

}  // namespace actbook::cli

#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "expectation.h"
#include "scenario.h"

namespace actbook::cli {

/// An answer, and what the schema says about it.
struct Answer {  // NOLINT(bugprone-exception-escape): clang 14 suspects ordered_json's moves
  nlohmann::ordered_json value;
  /// Of the answer, or of its elements where it is a list.
  Shape shape;
  /// The instant it is for, in words.
  std::string as_of;
};

/// A question as a scenario has it, with what the scenario remembers put in.
class Question {
 public:
  /// Errors: those of malformed(): no such question, or it is asked wrongly.
  [[nodiscard]] static Result<Question> read(const Step& step, const Remembered& remembered);

  /// "show workspace:haarlem-panels"
  [[nodiscard]] const std::string& words() const { return words_; }

  /// Asks it where the scenario says, or now. Errors: those of malformed(); those of the ledger.
  [[nodiscard]] Result<Answer> ask(const Ledger& ledger) const;
  /// Asks it where its answer is expected to be the same.
  [[nodiscard]] Result<Answer> ask_for_the_same(const Ledger& ledger) const;

 private:
  Question(const Step& step, const Remembered& remembered)
      : file_(step.file), given_(std::get<GivenQuestion>(step.given)), remembered_(remembered) {}

  /// What was true when the question says, by what `known` knows.
  [[nodiscard]] Result<View> true_then(const Ledger& ledger, const View& known) const;
  [[nodiscard]] Result<Answer> ask_at(const Ledger& ledger, const std::string& option,
                                      const std::optional<Value>& instant) const;

  const std::string& file_;
  const GivenQuestion& given_;
  const Remembered& remembered_;
  std::string words_;
};

}  // namespace actbook::cli

#pragma once

#include <string>

#include "actbook/json.h"
#include "session.h"

namespace actbook::cli {

/// What the note of late facts begins with.
inline constexpr const char* kLateFacts =
    "some of it was recorded at another time than it happened";

/// Once: a case file asks the same question several times.
inline void complain_of_late_facts(const std::string& note) {
  static bool done = false;
  if (!done) complain(note);
  done = true;
}

/// After an answer on the first axis: says so where the second answers otherwise. There a fact that
/// was recorded late counts from when it happened. `ask` is (view) -> Result<Answer>.
template <class Answer, class Ask>
void tell_of_late_facts(const Session& session, const Ledger& ledger, const View& view,
                        const Answer& answer, const Ask& ask) {
  if (view.axis() == Axis::occurred) return;
  const auto true_then = ledger.true_at(view, view.at());
  if (!true_then) return;
  auto other = ask(true_then.value());
  if (other) {
    other.value().true_at.reset();
    if (to_json(other.value()) == to_json(answer)) return;
  }
  // By what is known here: what is told later may make it another one.
  const auto note = std::string(kLateFacts) + ", and what was true is another answer: --as-of " +
                    std::to_string(view.position().value) + " --true-at " + to_iso8601(view.at());
  if (session.format == Format::table) {
    session.out.line("Note: " + note);
  } else {
    complain_of_late_facts(note);
  }
}

}  // namespace actbook::cli

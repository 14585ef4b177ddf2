#pragma once

#include <string>
#include <vector>

#include "actbook/decide.h"
#include "support/plain_sealer.h"

namespace actbook::testing {

/// What became of a command, before anything of it is kept.
struct Step {
  log::Outcome outcome = log::Outcome::recorded;
  std::string reason;
  std::vector<Record> events;
  std::vector<RowOverlay::Put> rows;
};

/// The command with its personal texts sealed. One that is not valid fails the test.
command::CommandEnvelopeT sealed(const command::CommandEnvelopeT& command, Sealer& sealer);

/// Decides a sealed command on rows as they stand after `head`.
Step decide_on(const RowReader& rows, Position head, Timestamp now,
               const command::CommandEnvelopeT& command);

/// A ledger in memory: what World is for one decision, for long histories. No database, no JSON.
class MemoryLedger {
 public:
  MemoryLedger();

  Step record(const command::CommandEnvelopeT& command, Timestamp at);

  [[nodiscard]] const RowReader& rows() const { return rows_; }
  /// The event at position 1 comes first.
  [[nodiscard]] const std::vector<Record>& events() const { return events_; }
  [[nodiscard]] Position head() const { return Position{events_.size()}; }
  [[nodiscard]] Timestamp now() const { return now_; }

 private:
  void keep(const Step& step);

  RowOverlay rows_;
  PlainSealer sealer_;
  std::vector<Record> events_;
  Timestamp now_;
};

}  // namespace actbook::testing

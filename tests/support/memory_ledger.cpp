#include "support/memory_ledger.h"

#include <doctest/doctest.h>

#include "actbook/projector.h"
#include "actbook/seal.h"
#include "support/must.h"

namespace actbook::testing {
namespace {

command::CommandEnvelopeT unpacked(const Bytes& bytes) {
  command::CommandEnvelopeT command;
  flatbuffers::GetRoot<command::CommandEnvelope>(bytes.data())->UnPackTo(&command);
  return command;
}

}  // namespace

command::CommandEnvelopeT sealed(const command::CommandEnvelopeT& command, Sealer& sealer) {
  const auto clear = pack(command);
  must(validate_command(command, clear));
  return unpacked(must(seal_command(clear, {}, sealer)));
}

Step decide_on(const RowReader& rows, Position head, Timestamp now,
               const command::CommandEnvelopeT& command) {
  Batch batch(rows, head.next(), now, command_info(command), partner_projector());
  const auto decided = must(decide(command, batch));
  must(batch.rows().status());
  auto finished = batch.finish();
  Step step{decided.outcome, decided.reason, std::move(finished.records), std::move(finished.rows)};
  if (step.events.empty() && step.outcome == log::Outcome::recorded) {
    step.outcome = log::Outcome::unchanged;
  }
  return step;
}

MemoryLedger::MemoryLedger() : now_(must(parse_iso8601("2026-01-01"))) {
  CommandInfo info;
  info.command_id = "first";
  info.actor.kind = schema::ActorKind::system;
  info.actor.id = "actbook";
  Batch batch(rows_, Position{1}, now_, info, partner_projector());
  for (const auto& event : first_events("test", schema::ClockKind::simulated)) {
    must(batch.append(event));
  }
  auto finished = batch.finish();
  keep({log::Outcome::recorded, "", std::move(finished.records), std::move(finished.rows)});
}

Step MemoryLedger::record(const command::CommandEnvelopeT& command, Timestamp at) {
  now_ = at;
  auto step = decide_on(rows_, head(), now_, sealed(command, sealer_));
  keep(step);
  return step;
}

void MemoryLedger::keep(const Step& step) {
  events_.insert(events_.end(), step.events.begin(), step.events.end());
  for (const auto& put : step.rows) rows_.put(put.table, put.key, put.version);
  (void)rows_.take_puts();
}

}  // namespace actbook::testing

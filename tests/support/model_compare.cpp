// What a store gave, held against what its model says.
#include <algorithm>

#include "actbook/replay.h"
#include "actbook/tables.h"
#include "support/differ.h"
#include "support/model_run.h"

namespace actbook::testing {
Names names_of(const RowReader& rows) {
  Names names;
  each<row::WorkspaceRowT>(rows, "", [&](std::string_view id, const row::WorkspaceRowT& row) {
    names[std::string(id)] = row.name;
  });
  return names;
}

Decide decide_as(const ModelCommand& command, Sight& sight) {
  return [command, &sight](Batch& batch) -> Result<Decided> {
    ++sight.decisions;
    sight.before = names_of(batch.rows());
    for (const auto& event : command.events) {
      BOOST_OUTCOME_TRY(batch.append(event.draft()));
    }
    sight.after = names_of(batch.rows());
    if (command.verdict == Verdict::failed) return Error{ErrorKind::invalid, "FAILED", "no", {}};
    Decided decided;
    if (command.verdict == Verdict::refused) decided.outcome = log::Outcome::refused;
    decided.reason = command.verdict == Verdict::refused ? "NO" : "";
    decided.created = {"thing:" + command.id};
    return decided;
  };
}

Submission submission_of(const ModelCommand& command) {
  auto made = submission(command.id, command.workspace, command.name);
  made.condition = command.condition;
  return made;
}

std::string ModelRun::compare(const ModelCommand& command, const ModelAnswer& expected,
                              const EventStore::Receipt& receipt, const Sight& sight) {
  auto difference = differ("error", expected.error, receipt ? "" : receipt.error().code);
  if (!difference.empty()) return command.id + ": " + difference;
  const bool decided = !expected.repeated && (expected.error.empty() || expected.error == "FAILED");
  difference = differ("decisions", decided ? 1U : 0U, static_cast<std::uint64_t>(sight.decisions));
  if (!difference.empty()) return command.id + ": " + difference;
  if (decided) difference = differ("rows before", expected.before, sight.before);
  if (!difference.empty()) return command.id + ": " + difference;
  if (!receipt) {
    const auto& error = receipt.error();
    if (expected.error == "IDEMPOTENCY_CONFLICT" &&
        error.message.find(expected.field + " differs") == std::string::npos) {
      return command.id + ": the model has a difference in " + expected.field +
             ", the store says: " + error.message;
    }
    if (expected.error == "APPEND_CONDITION_FAILED" &&
        !(error.position && expected.matches.contains(error.position->value))) {
      return command.id + ": an event that does not match: " + error.message;
    }
    return {};
  }
  const auto first = receipts_.find(command.id);
  if (first == receipts_.end()) receipts_[command.id] = receipt.value().bytes();
  if (expected.repeated) {
    return first != receipts_.end() && first->second == receipt.value().bytes()
               ? ""
               : command.id + ": not the first receipt";
  }
  difference = compare(expected, *receipt.value(), sight);
  return difference.empty() ? "" : command.id + ": " + difference;
}

std::string ModelRun::compare(const ModelAnswer& expected, const log::Receipt& receipt,
                              const Sight& sight) const {
  const bool refused = expected.outcome == log::Outcome::refused;
  return first_of({differ("outcome", log::EnumNameOutcome(expected.outcome),
                          log::EnumNameOutcome(receipt.outcome())),
                   differ("reason", refused ? "NO" : "",
                          receipt.reason() != nullptr ? receipt.reason()->str() : ""),
                   differ("first position", expected.first_position, receipt.first_position()),
                   differ("last position", expected.last_position, receipt.last_position()),
                   differ("based on", expected.based_on, receipt.based_on()),
                   differ("recorded at", expected.recorded_at, Timestamp{receipt.recorded_at()}),
                   differ("rows after", expected.after, sight.after)});
}

std::string ModelRun::compare(const std::vector<SeenEvent>& expected, EventCursor cursor,
                              std::size_t already_read) {
  std::size_t read = already_read;
  for (; cursor.next(); ++read) {
    const auto got = seen(cursor.record());
    if (read >= expected.size()) return "one event more: " + describe(got);
    if (got != expected[read]) return differ("event", describe(expected[read]), describe(got));
  }
  if (const auto status = cursor.status(); !status) return status.error().message;
  return differ("events found", expected.size(), read);
}

std::string ModelRun::compare(const std::string& what, const View& view, std::uint64_t position,
                              Timestamp at) {
  const auto expected = model_.names(position);
  auto difference = first_of({differ(what + ", position", position, view.position().value),
                              differ(what + ", instant", at, view.at()),
                              differ(what + ", names", expected, names_of(view))});
  if (!difference.empty()) return difference;
  const auto& workspace = any(kWorkspaces);
  const auto named = expected.find(workspace);
  difference = differ(what + ", name of " + workspace, named == expected.end() ? "" : named->second,
                      name_of(view, workspace));
  if (!view.status()) return view.status().error().message;
  if (kept_views_.size() < 4) kept_views_.emplace_back(view, expected);
  return difference;
}

std::string ModelRun::check_kept_views() {
  note("look at earlier views");
  for (const auto& [view, names] : kept_views_) {
    auto difference = differ("earlier view", names, names_of(view));
    if (!difference.empty()) return difference;
  }
  kept_views_.clear();
  return {};
}

std::string ModelRun::check_head() const {
  return first_of(
      {differ("head", model_.head(), store().head().value),
       differ("head recorded at", model_.head_recorded_at(), store().head_recorded_at())});
}

/// All of it: every event, every command, every row version against a fresh fold.
std::string ModelRun::check_whole() {
  const auto head = store().head();
  const auto check = store().verify_log();
  if (check.damage) return "verify_log: " + check.damage->message;
  const auto postings = store().digest_postings(head);
  if (!postings) return postings.error().message;
  const auto replayed = replay(store(), {.projector = &partner_projector()});
  if (!replayed) return replayed.error().message;
  if (!replayed.value().agrees) return "the rows served are not those of a fresh fold";
  return first_of({check_head(), differ("records", model_.head(), check.records),
                   differ("commands", model_.commands().size(), check.commands),
                   differ("postings", model_.count_tags(), postings.value().count),
                   compare(model_.query({}, {}), store().read()), check_commands(), now()});
}

std::string ModelRun::check_commands() const {
  std::string difference;
  std::size_t index = 0;
  const auto& expected = model_.commands();
  const auto count = store().visit_commands(
      store().head(), [&](Position, std::string_view command_id, bool found) {
        if (!difference.empty()) return;
        if (!found) difference = "no receipt for " + std::string(command_id);
        const auto known = index < expected.size() ? expected[index] : "none";
        if (known != command_id) difference = differ("command", known, std::string(command_id));
        if (!model_.knows(known)) difference = "the model has forgotten " + known;
        ++index;
      });
  if (!count) return count.error().message;
  return first_of({difference, differ("command ids", expected.size(), count.value())});
}

}  // namespace actbook::testing

#include "evolve/evolve.h"

namespace actbook {
namespace {

using row::HandoffRowT;
using row::WorkspaceRowT;

template <class Event>
void settle(const Event& event, Fold& fold, schema::HandoffState state) {
  fold.update<HandoffRowT>(event.handoff()->str(), [&](HandoffRowT& row) {
    row.state = state;
    row.decided = fold.act();
    row.reason = text(fold.record()->reason());
  });
  // An observed fact may settle a handoff that was never seen here; then its workspace is not
  // known.
  if (event.workspace() == nullptr) return;
  fold.update<WorkspaceRowT>(event.workspace()->str(), [&](WorkspaceRowT& row) {
    if (row.pending_handoff == event.handoff()->string_view()) row.pending_handoff.clear();
  });
}

}  // namespace

void evolve(const event::HandoffProposed& event, Fold& fold) {
  fold.note_actor();
  const std::string handoff = event.handoff()->str();
  const std::string workspace = event.workspace()->str();
  fold.update<HandoffRowT>(handoff, [&](HandoffRowT& row) {
    row.workspace = workspace;
    row.from_organisation = event.from_organisation()->str();
    row.target = event.target()->str();
    row.state = schema::HandoffState::proposed;
    row.message = text(event.message());
    row.proposed = fold.act();
  });
  fold.update<WorkspaceRowT>(workspace, [&](WorkspaceRowT& row) { row.pending_handoff = handoff; });
  fold.refer("workspace", workspace, "handoff", handoff);
  fold.refer("organisation", event.from_organisation()->string_view(), "handoff", handoff);
}

void evolve(const event::HandoffAccepted& event, Fold& fold) {
  settle(event, fold, schema::HandoffState::accepted);
  if (event.workspace() == nullptr) return;
  const std::string workspace = event.workspace()->str();
  const std::string target = text(event.target());
  fold.update<WorkspaceRowT>(workspace, [&](WorkspaceRowT& row) {
    row.organisation = target;
    row.billing_organisation = target;
    row.owned = fold.act();
  });
  if (event.account() != nullptr) {
    fold.update<row::AccountRowT>(event.account()->str(),
                                  [&](row::AccountRowT& row) { row.organisation = target; });
  }
  fold.refer("organisation", target, "workspace", workspace);
}

void evolve(const event::HandoffDeclined& event, Fold& fold) {
  settle(event, fold, schema::HandoffState::declined);
}

void evolve(const event::HandoffCancelled& event, Fold& fold) {
  settle(event, fold, schema::HandoffState::cancelled);
}

}  // namespace actbook

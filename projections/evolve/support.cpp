#include "evolve/evolve.h"

namespace actbook {
namespace {

using row::SupportRequestRowT;

void set_door(Fold& fold, const std::string& workspace, bool open) {
  fold.update<row::WorkspaceRowT>(workspace, [&](row::WorkspaceRowT& row) {
    row.support_door_open = open;
    row.support_door = fold.act();
  });
}

void decide_request(Fold& fold, const std::string& request, schema::SupportRequestState state) {
  fold.update<SupportRequestRowT>(request, [&](SupportRequestRowT& row) {
    row.state = state;
    row.decided = fold.act();
  });
}

}  // namespace

void evolve(const event::SupportDoorOpened& event, Fold& fold) {
  set_door(fold, event.workspace()->str(), true);
}

void evolve(const event::SupportDoorClosed& event, Fold& fold) {
  set_door(fold, event.workspace()->str(), false);
}

void evolve(const event::SupportRequested& event, Fold& fold) {
  const std::string request = event.request()->str();
  const std::string workspace = event.workspace()->str();
  fold.update<SupportRequestRowT>(request, [&](SupportRequestRowT& row) {
    row = SupportRequestRowT();
    row.workspace = workspace;
    row.person = event.person()->str();
    row.expires_at = event.expires_at();
    row.requested = fold.act();
  });
  fold.update<row::WorkspaceRowT>(workspace,
                                  [&](row::WorkspaceRowT& row) { row.support_request = request; });
  fold.refer("workspace", workspace, "support_request", request);
}

void evolve(const event::SupportApproved& event, Fold& fold) {
  decide_request(fold, event.request()->str(), schema::SupportRequestState::approved);
}

void evolve(const event::SupportDenied& event, Fold& fold) {
  decide_request(fold, event.request()->str(), schema::SupportRequestState::denied);
}

void evolve(const event::SupportExtended& event, Fold& fold) {
  const auto key = row_key({event.workspace()->string_view(), event.person()->string_view()});
  fold.update<row::MembershipRowT>(key, [&](row::MembershipRowT& row) {
    row.expires_at = event.expires_at();
    row.extended = fold.act();
  });
}

}  // namespace actbook

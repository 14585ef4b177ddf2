#include "decide/decide.h"
#include "rules.h"

namespace actbook {
namespace {

using schema::Tier;

void require_staff_or_system(Decision& decision) {
  const bool system = decision.actor_is(schema::ActorKind::system);
  if (system) decision.set_basis("system");
  if (decision.actor_is_staff()) decision.set_basis("staff");
  decision.require(system || decision.actor_is_staff(), Reason::STAFF_ONLY);
}

}  // namespace

void decide(const command::SetTierT& command, Decision& decision) {
  const RowReader& rows = decision.rows();
  const auto account = find<row::AccountRowT>(rows, command.account);
  require_staff_or_system(decision);
  decision.require(account && !account->closed, Reason::ACCOUNT_NOT_FOUND);
  if (decision.refused()) return;

  const Tier from = account ? account->tier : Tier::free;
  if (from == *command.tier) return;
  event::TierChangedT changed;
  changed.account = command.account;
  changed.from = from;
  changed.to = *command.tier;
  decision.emit(changed);
  if (*command.tier >= Tier::changemaker) return;
  for (const auto& workspace : references(rows, "account", command.account, "workspace")) {
    const auto row = live_workspace(rows, workspace);
    if (row.account != command.account || row.logo_reference.empty()) continue;
    event::BrandingRemovedT removed;
    removed.workspace = workspace;
    removed.cause = "tier_drop";
    decision.emit(removed);
  }
}

void decide(const command::SetAccountStatusT& command, Decision& decision) {
  const auto account = find<row::AccountRowT>(decision.rows(), command.account);
  require_staff_or_system(decision);
  decision.require(account && !account->closed, Reason::ACCOUNT_NOT_FOUND);
  if (decision.refused()) return;

  event::AccountStatusChangedT changed;
  changed.account = command.account;
  changed.from = account ? account->status : schema::AccountStatus::none;
  changed.to = *command.status;
  if (changed.from != changed.to) decision.emit(changed);
}

}  // namespace actbook

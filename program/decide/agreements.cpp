#include "decide/decide.h"
#include "rules.h"

namespace actbook {

void decide(const command::PublishAgreementVersionT& command, Decision& decision) {
  const auto agreement = find_or_empty<row::AgreementRowT>(decision.rows(), command.agreement);
  decision.require_staff();
  decision.require(*command.version > agreement.latest_version, Reason::VERSION_NOT_NEWER);
  if (decision.refused()) return;

  event::AgreementPublishedT published;
  published.agreement = command.agreement;
  published.version = *command.version;
  published.title = command.title;
  published.language = command.language;
  published.text_sha256 = command.text_sha256;
  decision.emit(published);
}

// domain.md lists the acceptance refusals and leaves open who may accept and for what: those rules
// come after them.
void decide(const command::AcceptAgreementT& command, Decision& decision) {
  require_acceptance(decision, command.acceptance.get());
  decision.require(decision.workspace_permits(command.workspace, "settings.manage"),
                   Reason::FORBIDDEN);
  const auto workspace = live_workspace(decision.rows(), command.workspace);
  decision.require(workspace.usage == schema::Usage::external_client, Reason::EXTERNAL_CLIENT_ONLY);
  if (decision.refused()) return;

  const schema::DataOwnerT nobody;
  emit_acceptance(decision, command.workspace, workspace.organisation,
                  workspace.data_owner ? *workspace.data_owner : nobody, command.acceptance.get());
}

}  // namespace actbook

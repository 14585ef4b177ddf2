#include "actbook/decide.h"

#include <algorithm>

#include "actbook/schema/commands_bfbs_generated.h"
#include "decide/decide.h"

namespace actbook {
namespace {

using command::CommandEnvelope;
using command::CommandEnvelopeT;

template <class... Commands>
void dispatch(const command::CommandUnion& command, Decision& decision) {
  const bool known = ((command.type == command::CommandUnionTraits<Commands>::enum_value
                           ? (decide(*static_cast<const Commands*>(command.value), decision), true)
                           : false) ||
                      ...);
  // A test holds this list against the union Command of the schema.
  if (!known) std::abort();
}

constexpr std::string_view kReservedIds = "actbook:";

Error invalid(const std::string& field, const std::string& what) {
  return Error{ErrorKind::invalid, "INVALID_FIELD", field + ": " + what, {}};
}

// Somebody is said by a person id or by an e-mail address.
Result<void> exactly_one(const std::string& path, const std::string& email,
                         const std::string& person) {
  if (email.empty() == person.empty()) {
    return invalid(path, email.empty() ? "give email or person, to say who it is"
                                       : "give either email or person, not both");
  }
  return boost::outcome_v2::success();
}

// Several ways to say who or what it is about.
Result<void> one_of(const std::string& names, std::initializer_list<const std::string*> given) {
  const auto count = std::ranges::count_if(given, [](const auto* text) { return !text->empty(); });
  if (count == 1) return boost::outcome_v2::success();
  return invalid("command", "give exactly one of " + names);
}

Result<void> validate_privacy(const CommandEnvelopeT& envelope) {
  const auto* erase = envelope.command.AsErasePerson();
  const auto* place = envelope.command.AsPlaceLegalHold();
  const auto* release = envelope.command.AsReleaseLegalHold();
  if (erase == nullptr && place == nullptr && release == nullptr) {
    return boost::outcome_v2::success();
  }
  if (envelope.reason.empty()) return invalid("reason", "is missing; say why, for the record");
  // A fact cannot be refused, and this one would do away with what a legal hold protects.
  if (erase != nullptr && envelope.mode == schema::Mode::observed) {
    return invalid("mode", "must be command: what is erased here is no fact about elsewhere");
  }
  if (erase != nullptr) {
    return one_of("person, contact and email", {&erase->person, &erase->contact, &erase->email});
  }
  if (place != nullptr) {
    return one_of("person, workspace and organisation",
                  {&place->person, &place->workspace, &place->organisation});
  }
  return boost::outcome_v2::success();
}

Result<void> validate_projects(const CommandEnvelopeT& envelope) {
  if (const auto* create = envelope.command.AsCreateProject()) {
    return one_of("workspace, organisation and personal_account",
                  {&create->workspace, &create->organisation, &create->personal_account});
  }
  if (const auto* access = envelope.command.AsRecordAccess()) {
    if (envelope.mode != schema::Mode::observed) {
      return invalid("mode", "must be observed: that somebody read is a fact, not a wish");
    }
    return one_of("workspace and project", {&access->workspace, &access->project});
  }
  return boost::outcome_v2::success();
}

Result<void> validate_lines(const std::vector<std::unique_ptr<command::OtherLineT>>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto kind = *lines[i]->kind;
    if (kind != schema::LineKind::plan && kind != schema::LineKind::seat) continue;
    return invalid("command.lines[" + std::to_string(i) + "].kind",
                   "must not be plan or seat: the plan price is no line");
  }
  return boost::outcome_v2::success();
}

Result<void> validate_charges(const CommandEnvelopeT& envelope) {
  if (const auto* record = envelope.command.AsRecordCharge()) {
    if (record->plan_cents == 0 && record->lines.empty()) {
      return invalid("command", "give plan_cents or lines, or there is nothing to charge");
    }
    if (record->period_starts_at && record->period_ends_at &&
        *record->period_ends_at <= *record->period_starts_at) {
      return invalid("command.period_ends_at", "must be later than period_starts_at");
    }
    return validate_lines(record->lines);
  }
  if (const auto* bill = envelope.command.AsBillMonth()) {
    BOOST_OUTCOME_TRY(one_of("organisation and personal_account",
                             {&bill->organisation, &bill->personal_account}));
    if (bill->month && month_start(Timestamp{*bill->month}).microseconds != *bill->month) {
      return invalid("command.month",
                     "must be the first instant of a month in UTC, such as 2026-04-01T00:00:00Z");
    }
    return validate_lines(bill->lines);
  }
  if (const auto* buy = envelope.command.AsBuyPlan()) {
    return one_of("organisation and personal_account",
                  {&buy->organisation, &buy->personal_account});
  }
  return boost::outcome_v2::success();
}

template <class Names>
bool is_one_of(const std::string& name, const Names& names) {
  return std::ranges::any_of(names,
                             [&](const char* known) { return known != nullptr && name == known; });
}

Result<void> validate_role(const CommandEnvelopeT& envelope) {
  const auto* define = envelope.command.AsDefineRole();
  if (define == nullptr) return boost::outcome_v2::success();
  const bool known =
      *define->scope == schema::RoleScope::organisation
          ? is_one_of(define->role, std::span(schema::EnumNamesOrganisationRole(), 7))
          : is_one_of(define->role, std::span(schema::EnumNamesWorkspaceRole(), 6));
  if (known) return boost::outcome_v2::success();
  return invalid("command.role", "must be the name of a role of its scope, such as owner or admin");
}

}  // namespace

const Schema& command_schema() {
  using Binary = command::CommandEnvelopeBinarySchema;
  static const Schema schema(ByteView(Binary::data(), Binary::size()));
  return schema;
}

std::string command_type(const CommandEnvelopeT& envelope) {
  return command::EnumNameCommand(envelope.command.type);
}

Result<void> validate_command(const CommandEnvelopeT& envelope, ByteView bytes) {
  BOOST_OUTCOME_TRY(command_schema().validate(CommandEnvelope::GetFullyQualifiedName(), bytes));
  if (envelope.command_id.starts_with(kReservedIds)) {
    return invalid("command_id",
                   "ids that begin with actbook: are the ledger's own; choose another");
  }
  if (envelope.occurred_at && envelope.mode != schema::Mode::observed) {
    return invalid("occurred_at",
                   "only a command in observed mode may say when it occurred; leave it out, or set "
                   "mode to observed");
  }
  BOOST_OUTCOME_TRY(validate_privacy(envelope));
  BOOST_OUTCOME_TRY(validate_projects(envelope));
  BOOST_OUTCOME_TRY(validate_charges(envelope));
  BOOST_OUTCOME_TRY(validate_role(envelope));
  if (const auto* invite = envelope.command.AsInviteToWorkspace()) {
    return exactly_one("command", invite->email, invite->person);
  }
  // ChangeDataOwnership has a reason code of its own for a data owner that nothing says.
  if (const auto* create = envelope.command.AsCreateWorkspace()) {
    if (create->data_owner) {
      return exactly_one("command.data_owner", create->data_owner->email,
                         create->data_owner->person);
    }
    if (create->acceptance || !create->account.empty() || !create->invite.empty()) {
      return invalid("command.data_owner",
                     "is missing: acceptance, account and invite are for an external workspace, "
                     "which has a data owner; name one, or leave them out");
    }
  }
  if (const auto* change = envelope.command.AsChangeDataOwnership();
      change && change->data_owner && !change->data_owner->email.empty()) {
    return exactly_one("command.data_owner", change->data_owner->email, change->data_owner->person);
  }
  return boost::outcome_v2::success();
}

CommandInfo command_info(const CommandEnvelopeT& envelope) {
  CommandInfo info;
  info.command_id = envelope.command_id;
  info.command_type = command_type(envelope);
  info.actor = *envelope.actor;
  info.mode = envelope.mode;
  if (envelope.occurred_at) info.occurred_at = Timestamp{*envelope.occurred_at};
  info.acting_organisation = envelope.acting_organisation;
  info.correlation_id = envelope.correlation_id;
  info.causation_id = envelope.causation_id;
  info.reason = envelope.reason;
  return info;
}

Result<Decided> decide(const CommandEnvelopeT& envelope, Batch& batch) {
  using namespace command;  // NOLINT(google-build-using-namespace): each of them follows
  Decision decision(envelope, batch);
  dispatch<RegisterPersonT, RegisterOrganisationT, AddOrganisationMemberT, ChangeOrganisationRoleT,
           RemoveOrganisationMemberT, GrantPartnerStatusT, RevokePartnerStatusT,
           PublishAgreementVersionT, AcceptAgreementT, CreateWorkspaceT, ChangeDataOwnershipT,
           RenameWorkspaceT, ChangeVisibilityT, DeleteWorkspaceT, SetBrandingT, RemoveBrandingT,
           InviteToWorkspaceT, ResendInviteT, RevokeInviteT, DeclineInviteT, AcceptInviteT,
           ChangeWorkspaceRoleT, RemoveMemberT, SelfJoinT, SetTierT, SetAccountStatusT,
           RecordDataOwnerOrganisationT, ProposeHandoffT, AcceptHandoffT, DeclineHandoffT,
           CancelHandoffT, ErasePersonT, PlaceLegalHoldT, ReleaseLegalHoldT, CreateProjectT,
           EditProjectT, DeleteProjectT, MoveProjectT, AddRecordingT, MoveRecordingsT,
           RecordAccessT, AddCollaboratorT, RemoveCollaboratorT, EnterProjectT, TransferProjectT,
           AcceptProjectTransferT, DeclineProjectTransferT, CancelProjectTransferT,
           OpenSupportDoorT, CloseSupportDoorT, JoinSupportT, RequestSupportT, ApproveSupportT,
           DenySupportT, LeaveSupportT, SetDiscountT, RenewAccountT, RecordChargeT, RecordPaymentT,
           RecordRefundT, SignReferralDealT, ChangeReferralTermsT, EndReferralDealT,
           RecordKickbackPaidT, EnrollAgencyT, EndEnrollmentT, MeetRequirementT, LoseRequirementT,
           ExtendEnrollmentT, CreateClientOrganisationT, RegisterPersonalAccountT,
           ConvertAccountToOrganisationT, RequestMandateT, WithdrawMandateRequestT,
           ApproveMandateRequestT, RejectMandateRequestT, CancelMandateT, DefinePlanT,
           SetPartnerDiscountT, EnableSpecialPlansT, BuyPlanT, BillMonthT, DefineRoleT>(
      envelope.command, decision);
  return decision.finish();
}

}  // namespace actbook

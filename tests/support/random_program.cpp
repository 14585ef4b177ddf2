#include "support/random_program.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "actbook/projector.h"
#include "actbook/reflect.h"
#include "actbook/schema/events_generated.h"
#include "actbook/schema/reasons_generated.h"
#include "actbook/tables.h"

namespace actbook::testing {
namespace {

using command::Command;
using command::CommandEnvelopeT;
using schema::ActorKind;

constexpr std::int64_t kMinute = 60'000'000;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::size_t kPool = 12;
constexpr int kFills = 8;

std::set<std::string> words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

/// How often a kind comes up, if not 4 times.
const std::map<Command, int> kWeights = {{Command::RegisterPersonalAccount, 1},
                                         {Command::ErasePerson, 1},
                                         {Command::PlaceLegalHold, 1},
                                         {Command::DefineRole, 2},
                                         {Command::RevokePartnerStatus, 1},
                                         {Command::EndEnrollment, 1},
                                         {Command::ChangeDataOwnership, 8},
                                         {Command::LoseRequirement, 3},
                                         {Command::DeclineHandoff, 2},
                                         {Command::CancelHandoff, 2},
                                         {Command::EndReferralDeal, 1},
                                         {Command::RenewAccount, 2},
                                         {Command::AddOrganisationMember, 9},
                                         {Command::CreateWorkspace, 8},
                                         {Command::CreateProject, 8},
                                         {Command::AddRecording, 8},
                                         {Command::MoveProject, 8},
                                         {Command::MoveRecordings, 9},
                                         {Command::InviteToWorkspace, 14},
                                         {Command::AcceptInvite, 9},
                                         {Command::ChangeWorkspaceRole, 12},
                                         {Command::RemoveMember, 6},
                                         {Command::AcceptHandoff, 6},
                                         {Command::ProposeHandoff, 9},
                                         {Command::RecordDataOwnerOrganisation, 6},
                                         {Command::JoinSupport, 8},
                                         {Command::LeaveSupport, 8},
                                         {Command::RecordCharge, 12},
                                         {Command::RecordPayment, 12},
                                         {Command::RecordRefund, 8}};

const std::set<std::string> kByStaff = words(
    "RegisterPerson RegisterOrganisation GrantPartnerStatus RevokePartnerStatus "
    "PublishAgreementVersion SetTier SetAccountStatus SetDiscount RenewAccount ErasePerson "
    "PlaceLegalHold ReleaseLegalHold JoinSupport RequestSupport LeaveSupport RecordCharge "
    "RecordPayment RecordRefund SignReferralDeal ChangeReferralTerms EndReferralDeal "
    "RecordKickbackPaid EnrollAgency EndEnrollment DefinePlan SetPartnerDiscount BillMonth "
    "DefineRole");

/// Somebody else might be let do it.
const std::set<std::string> kAsksForAnother = words(
    "FORBIDDEN NOT_ALLOWED NOT_ORG_ADMIN OWNER_ONLY NOT_CLIENT_OWNER NOT_BILLING_ORG_ADMIN "
    "STAFF_ONLY NOT_TARGET_ORG_ADMIN NOT_INVITER_OR_ORG_ADMIN ROLE_ABOVE_OWN "
    "NOT_MEMBER_OF_TARGET WRONG_RECIPIENT NO_MANDATE ROLE_CANNOT_ENTER SYSTEM_ONLY "
    "SELF_INVITE MEMBERSHIP_NOT_FOUND ALREADY_MEMBER ACTOR_NOT_A_PERSON");

schema::ActorT actor(ActorKind kind, std::string id) {
  schema::ActorT made;
  made.kind = kind;
  made.id = std::move(id);
  return made;
}

}  // namespace

// ---- which command ----

Timestamp RandomProgram::next_time(Timestamp now) {
  const auto due = expiries_.upper_bound(now.microseconds);
  if (due != expiries_.end() && *due - now.microseconds < 45 * kDay && chance(7)) {
    // To the instant, or just before.
    const std::int64_t early = chance(25) ? 1 : 0;
    return Timestamp{std::max(now.microseconds, *due - early)};
  }
  std::uint64_t most = 10 * kMinute;
  if (chance(40)) most = 12 * kHour;
  if (chance(12)) most = 3 * kDay;
  return Timestamp{now.microseconds + static_cast<std::int64_t>(random_.below(most))};
}

command::CommandEnvelopeT RandomProgram::next(const RowReader& rows, Position head, Timestamp now) {
  rows_ = &rows;
  head_ = head;
  now_ = now;
  for (;;) {
    const auto kind = this->kind();
    const auto count = counts_[kind];
    if (has_enough(kind)) continue;
    // Rules are broken, too, but half of the commands have something to tell.
    const bool may_fail = count.recorded * 2 > count.given;
    auto found = search(kind, may_fail);
    if (!found) continue;
    found->command_id = "c-" + std::to_string(++commands_);
    remember_invited(*found);
    return std::move(*found);
  }
}

void RandomProgram::note(const command::CommandEnvelopeT& command, log::Outcome outcome) {
  auto& count = counts_[command.command.type];
  ++count.given;
  if (outcome == log::Outcome::recorded) ++count.recorded;
}

void RandomProgram::note(const Record& event) {
  if (event.type() == "CommandRefused") return;
  for (const auto* tag : *event->tags()) {
    const auto text = tag->str();
    const auto colon = text.find(':');
    auto& pool = pools_[text.substr(0, colon)];
    std::erase(pool, text.substr(colon + 1));
    pool.push_back(text.substr(colon + 1));
    if (pool.size() > kPool) pool.erase(pool.begin());
  }
  // What is gone is seldom asked for.
  const auto gone = [&](const char* type, const std::string& of) {
    if (event.type() != type) return;
    std::erase_if(pools_[of], [&](const std::string& id) {
      const auto tag = of + ":" + id;
      return std::ranges::any_of(*event->tags(),
                                 [&](const auto* other) { return other->str() == tag; });
    });
  };
  gone("WorkspaceDeleted", "workspace");
  gone("ProjectDeleted", "project");
  const auto& schema = partner_projector().events();
  const auto* object = schema.table("actbook.event." + std::string(event.type()));
  const auto& payload = *flatbuffers::GetRoot<flatbuffers::Table>(event.payload().data());
  for (const char* name : {"expires_at", "deadline", "period_ends_at"}) {
    const auto* field = field_named(*object, name);
    if (field == nullptr || !payload.CheckField(field->offset())) continue;
    expiries_.insert(payload.GetField<std::int64_t>(field->offset(), 0));
  }
  if (event.type() != "PersonErased") return;
  // Somebody new comes for whoever is gone.
  const auto* erased = flatbuffers::GetRoot<event::PersonErased>(event.payload().data())->person();
  const auto found = std::ranges::find(people_, erased != nullptr ? erased->str() : "");
  if (found == people_.end()) return;
  *found = fresh("person");
  everybody_.insert(*found);
}

command::Command RandomProgram::kind() {
  static const std::vector<Command> kinds = [] {
    std::vector<Command> all;
    for (const auto kind : command::EnumValuesCommand()) {
      if (kind == Command::NONE) continue;
      const auto weight = kWeights.find(kind);
      all.insert(all.end(), weight == kWeights.end() ? 4 : std::size_t(weight->second), kind);
    }
    return all;
  }();
  if (!chance(20)) return any(kinds);
  // Now and then one of those that come to something seldom.
  std::vector<Command> seldom;
  for (const auto kind : kinds) {
    if (counts_[kind].recorded < 2) seldom.push_back(kind);
  }
  return seldom.empty() ? any(kinds) : any(seldom);
}

// A few that are busy with each other tell more than many.
bool RandomProgram::has_enough(Command kind) {
  const auto many = [&](const char* of, std::size_t enough) {
    return pools_[of].size() >= enough && !chance(12);
  };
  if (kind == Command::RegisterOrganisation || kind == Command::CreateClientOrganisation ||
      kind == Command::ConvertAccountToOrganisation) {
    return many("organisation", 6);
  }
  return kind == Command::CreateWorkspace && many("workspace", 10);
}

// A command of the kind for which somebody can be found who may give it; or, if it may fail, now
// and then any.
std::optional<CommandEnvelopeT> RandomProgram::search(Command kind, bool may_fail) {
  const bool wild = may_fail && chance(25);
  for (int i = 0; i < kFills; ++i) {
    auto envelope = fill(kind);
    if (wild) *envelope.actor = anybody();
    if (wild || envelope.mode == schema::Mode::observed) return envelope;
    auto tried = sealed(envelope, sealer_);
    for (const auto& who : actors(envelope)) {
      *envelope.actor = who;
      *tried.actor = who;
      const auto step = decide_on(*rows_, head_, now_, tried);
      if (step.outcome == log::Outcome::recorded) return envelope;
      if (step.reason == "WRONG_RECIPIENT" && !options_.plain_contacts) return envelope;
      if (step.outcome == log::Outcome::unchanged) {
        if (may_fail && chance(20)) return envelope;
        break;
      }
      if (!kAsksForAnother.contains(step.reason)) break;
    }
    if (may_fail && chance(2)) return envelope;
  }
  return std::nullopt;
}

std::vector<schema::ActorT> RandomProgram::actors(const Envelope& envelope) {
  const auto type = command_type(envelope);
  if (const auto* accept = envelope.command.AsAcceptInvite()) {
    return {actor(ActorKind::person, accept->person)};
  }
  if (const auto* decline = envelope.command.AsDeclineInvite()) {
    return {actor(ActorKind::person, invited_[decline->invite].first)};
  }
  // One of the staff is a customer, too.
  std::vector<schema::ActorT> staff = {actor(ActorKind::staff, "sam"),
                                       actor(ActorKind::staff, "sue"),
                                       actor(ActorKind::staff, "ada")};
  std::swap(staff[0], staff[random_.below(3)]);
  if (kByStaff.contains(type)) return staff;
  std::vector<schema::ActorT> who;
  if (type == "MeetRequirement" || type == "LoseRequirement") {
    who.push_back(actor(ActorKind::system, "cron"));
    return who;
  }
  for (const auto& person : concerned(envelope)) who.push_back(actor(ActorKind::person, person));
  for (std::size_t i = who.size(); i > 1; --i) std::swap(who[i - 1], who[random_.below(i)]);
  who.resize(std::min<std::size_t>(who.size(), 6));
  while (who.size() < 8) who.push_back(actor(ActorKind::person, any(people_)));
  if (type == "RecordDataOwnerOrganisation") who.push_back(staff.front());
  return who;
}

// Owners and admins of the organisations that the command, or what it names, is about, and members
// of the workspaces.
std::set<std::string> RandomProgram::concerned(const Envelope& envelope) {
  std::set<std::string> keys;  // of organisations and workspaces
  const auto tags =
      command_schema().tags(command::CommandEnvelope::GetFullyQualifiedName(), pack(envelope));
  std::set<std::string> about(tags.begin(), tags.end());
  for (int round = 0; round < 3; ++round) {
    for (const auto& tag : std::set(about)) {
      const auto colon = tag.find(':');
      const auto id = tag.substr(colon + 1);
      for (auto& more : related(tag.substr(0, colon), id)) about.insert(std::move(more));
      keys.insert(id + "/");
    }
  }
  std::set<std::string> people;
  for (const auto& key : keys) {
    each<row::OrganisationMemberRowT>(
        *rows_, key, [&](std::string_view person, const row::OrganisationMemberRowT& row) {
          if (row.live && row.role <= schema::OrganisationRole::admin) people.emplace(person);
        });
  }
  return people;
}

// What something belongs to.
std::vector<std::string> RandomProgram::related(const std::string& kind, const std::string& id) {
  std::vector<std::string> tags;
  const auto to = [&](const char* key, const std::string& value) {
    if (!value.empty()) tags.push_back(key + (":" + value));
  };
  if (kind == "workspace") {
    to("organisation", find_or_empty<row::WorkspaceRowT>(*rows_, id).organisation);
  } else if (kind == "project") {
    const auto row = find_or_empty<row::ProjectRowT>(*rows_, id);
    to("workspace", row.workspace);
    to("organisation", row.organisation);
  } else if (kind == "handoff") {
    const auto row = find_or_empty<row::HandoffRowT>(*rows_, id);
    to("organisation", row.target);
    to("organisation", row.from_organisation);
  } else if (kind == "mandate") {
    const auto row = find_or_empty<row::MandateRowT>(*rows_, id);
    to("organisation", row.agency);
    to("organisation", row.client);
  } else if (kind == "mandate_request") {
    const auto row = find_or_empty<row::MandateRequestRowT>(*rows_, id);
    to("organisation", row.agency);
    to("organisation", row.client);
  } else if (kind == "transfer") {
    const auto row = find_or_empty<row::TransferRowT>(*rows_, id);
    to("organisation", row.target);
    to("organisation", row.organisation);
  } else if (kind == "invite") {
    to("workspace", find_or_empty<row::InviteRowT>(*rows_, id).workspace);
  } else if (kind == "support_request") {
    to("workspace", find_or_empty<row::SupportRequestRowT>(*rows_, id).workspace);
  }
  return tags;
}

schema::ActorT RandomProgram::anybody() {
  if (chance(70)) return actor(ActorKind::person, any(people_));
  if (chance(60)) return actor(ActorKind::staff, chance(50) ? "sam" : people_.front());
  return actor(chance(70) ? ActorKind::system : ActorKind::import_, "cron");
}

// ---- what it says ----

CommandEnvelopeT RandomProgram::fill(Command kind) {
  if (kind == Command::DefineRole) return define_role();
  Envelope envelope;
  envelope.command_id = "try";
  envelope.reason = chance(50) ? "as agreed" : "";
  envelope.actor = std::make_unique<schema::ActorT>(anybody());
  const auto* object =
      command_schema().table(std::string("actbook.command.") + command::EnumNameCommand(kind));
  REQUIRE(object != nullptr);
  builder_.Clear();
  external_ = false;
  builder_.Finish(flatbuffers::Offset<flatbuffers::Table>(table(*object)));
  envelope.command.type = kind;
  envelope.command.value = command::CommandUnion::UnPack(
      flatbuffers::GetRoot<flatbuffers::Table>(builder_.GetBufferPointer()), kind, nullptr);
  if (chance(15)) envelope.acting_organisation = id("organisation", "");
  hint(envelope);
  set_mode(envelope);
  return envelope;
}

void RandomProgram::set_mode(Envelope& envelope) {
  const auto type = envelope.command.type;
  if (type == Command::ErasePerson || type == Command::PlaceLegalHold ||
      type == Command::ReleaseLegalHold) {
    envelope.reason = "as asked";
  }
  const bool fact = options_.facts && type != Command::ErasePerson && chance(8);
  if (!fact && type != Command::RecordAccess) return;
  envelope.mode = schema::Mode::observed;
  if (options_.facts && chance(60)) {
    const auto age = static_cast<std::int64_t>(random_.below(20 * kDay));
    envelope.occurred_at = std::max<std::int64_t>(0, now_.microseconds - age);
    // A period that begins after the renewal happened would be an error.
    auto* renewal = envelope.command.AsRenewAccount();
    if (renewal != nullptr && renewal->starts_at) {
      renewal->starts_at = std::min<std::int64_t>(*renewal->starts_at, *envelope.occurred_at);
    }
  }
}

// Another set of permissions for a role that nobody is lost without.
CommandEnvelopeT RandomProgram::define_role() {
  static const std::vector<std::array<const char*, 3>> toggles = {
      {"organisation", "projects_manager", "project.transfer"},
      {"organisation", "viewer", "project.enter_all"},
      {"organisation", "developer", "project.enter_all"},
      {"workspace", "billing", "conversation.read"},
      {"workspace", "external", "project.read"},
      {"workspace", "member", "member.invite"}};
  const auto& toggle = any(toggles);
  const std::string permission = toggle[2];
  command::DefineRoleT define;
  define.scope = toggle[0] == std::string("workspace") ? schema::RoleScope::workspace
                                                       : schema::RoleScope::organisation;
  define.role = toggle[1];
  define.permissions =
      find_or_empty<row::RoleRowT>(*rows_, row_key({toggle[0], toggle[1]})).permissions;
  if (std::erase(define.permissions, permission) == 0) define.permissions.push_back(permission);
  Envelope envelope;
  envelope.command_id = "try";
  envelope.actor = std::make_unique<schema::ActorT>(anybody());
  envelope.command.Set(std::move(define));
  set_mode(envelope);
  return envelope;
}

// Where what fits is too seldom found by chance.
void RandomProgram::hint(Envelope& envelope) {
  if (auto* accept = envelope.command.AsAcceptInvite()) {
    const auto invited = invited_.find(accept->invite);
    if (invited != invited_.end() && chance(95)) {
      accept->person = invited->second.first;
      accept->email = invited->second.second;
    }
  }
  if (auto* decline = envelope.command.AsDeclineInvite()) {
    auto& invited = invited_[decline->invite];
    if (invited.first.empty()) invited.first = any(people_);
    decline->email = invited.second;
  }
  if (auto* propose = envelope.command.AsProposeHandoff()) {
    const auto row = find_or_empty<row::WorkspaceRowT>(*rows_, propose->workspace);
    if (row.data_owner && !row.data_owner->organisation.empty() && chance(90)) {
      propose->target = row.data_owner->organisation;
    }
  }
  if (auto* change = envelope.command.AsChangeDataOwnership()) {
    if (change->data_owner && change->data_owner->email.empty() &&
        change->data_owner->person.empty())
      change->data_owner->person = any(people_);
  }
  if (auto* charge = envelope.command.AsRecordCharge(); charge != nullptr && chance(60)) {
    const auto deal = find_or_empty<row::DealRowT>(*rows_, id("deal", ""));
    const auto row = find_or_empty<row::WorkspaceRowT>(*rows_, deal.workspace);
    if (!row.account.empty()) charge->account = row.account;
  }
  if (auto* add = envelope.command.AsAddOrganisationMember(); add != nullptr && chance(30)) {
    const auto workspace = id("workspace", "");
    add->organisation = find_or_empty<row::WorkspaceRowT>(*rows_, workspace).organisation;
    if (add->organisation.empty()) add->organisation = id("organisation", "");
    add->person = member_of(workspace, add->person);
  }
  if (auto* change = envelope.command.AsChangeWorkspaceRole()) {
    change->person = member_of(change->workspace, change->person);
  }
  if (auto* remove = envelope.command.AsRemoveMember()) {
    remove->person = member_of(remove->workspace, remove->person);
  }
  if (auto* sign = envelope.command.AsSignReferralDeal()) {
    const auto is_internal = [&] {
      return find_or_empty<row::WorkspaceRowT>(*rows_, sign->workspace).usage ==
             schema::Usage::internal;
    };
    for (int i = 0; i < 6 && is_internal(); ++i) sign->workspace = id("workspace", "");
  }
  hint_move(envelope);
}

// Data goes from one internal workspace of an organisation to another.
void RandomProgram::hint_move(Envelope& envelope) {
  const auto organisation_of = [&](const std::string& workspace) {
    const auto row = find_or_empty<row::WorkspaceRowT>(*rows_, workspace);
    const bool internal = row.usage == schema::Usage::internal && !row.deleted;
    return internal ? row.organisation : std::string();
  };
  const auto workspace_of = [&](const std::string& project) {
    return find_or_empty<row::ProjectRowT>(*rows_, project).workspace;
  };
  const auto fits = [&](const std::string& from, const std::string& to) {
    return from != to && !organisation_of(from).empty() &&
           organisation_of(from) == organisation_of(to);
  };
  auto* project = envelope.command.AsMoveProject();
  auto* recordings = envelope.command.AsMoveRecordings();
  for (int i = 0; i < 20 && project != nullptr; ++i) {
    if (fits(workspace_of(project->project), project->workspace)) return;
    project->project = id("project", "");
    project->workspace = id("workspace", "");
  }
  for (int i = 0; i < 20 && recordings != nullptr; ++i) {
    recordings->recordings.resize(1);
    auto& recording = recordings->recordings.front();
    const auto from = find_or_empty<row::RecordingRowT>(*rows_, recording).project;
    const bool within = from != recordings->project && !workspace_of(from).empty() &&
                        workspace_of(from) == workspace_of(recordings->project);
    if (within || fits(workspace_of(from), workspace_of(recordings->project))) return;
    recording = id("recording", "");
    recordings->project = id("project", "");
  }
}

std::string RandomProgram::member_of(const std::string& workspace, const std::string& otherwise) {
  std::vector<std::string> members;
  rows_->scan(table_of<row::MembershipRowT>, row_key({workspace}) + "/",
              [&](std::string_view key, const RowVersion& row) {
                const auto* member = flatbuffers::GetRoot<row::MembershipRow>(row.bytes.data());
                if (member->live()) members.emplace_back(key.substr(workspace.size() + 1));
              });
  return members.empty() || chance(10) ? otherwise : any(members);
}

void RandomProgram::remember_invited(const Envelope& envelope) {
  std::string invite;
  std::string email;
  const command::DataOwnerInputT* owner = nullptr;
  if (const auto* command = envelope.command.AsInviteToWorkspace()) {
    invite = command->invite;
    email = command->email;
  } else if (const auto* create = envelope.command.AsCreateWorkspace()) {
    invite = create->invite;
    owner = create->data_owner.get();
  } else if (const auto* change = envelope.command.AsChangeDataOwnership()) {
    invite = change->invite;
    owner = change->data_owner.get();
  }
  if (owner != nullptr) email = owner->email;
  if (invite.empty() || invited_.contains(invite)) return;
  auto person = email.substr(0, email.find('.'));
  if (owner != nullptr && email.empty()) person = owner->person;
  if (!person.empty()) invited_[invite] = {person, email};
}

}  // namespace actbook::testing

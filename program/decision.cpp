#include "decision.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>

#include "actbook/seal.h"
#include "digest.h"

namespace actbook {
namespace {

std::string code(Reason reason) { return schema::EnumNameReason(reason); }

}  // namespace

Decision::Decision(const command::CommandEnvelopeT& envelope, Batch& batch)
    : envelope_(envelope), batch_(batch) {}

std::string Decision::person() const {
  return actor_is(schema::ActorKind::person) ? actor().id : std::string();
}

bool Decision::organisation_permits(std::string_view organisation, std::string_view permission) {
  const auto role = organisation_role(rows(), organisation, person());
  if (!role || !permits(role_definition(rows(), *role), permission)) return false;
  set_basis(std::string(schema::EnumNameOrganisationRole(*role)) + " of organisation " +
            std::string(organisation));
  return true;
}

Access Decision::workspace_access(std::string_view workspace) const {
  const std::string& id = actor().id;
  if (actor_is_staff()) {
    // As staff they are let in by the customer or not at all.
    const auto membership = find_or_empty<row::MembershipRowT>(rows(), row_key({workspace, id}));
    if (membership.source != schema::MembershipSource::staff_support ||
        !is_live(membership, now())) {
      return {};
    }
  } else if (!actor_is(schema::ActorKind::person)) {
    return {};
  }
  return effective_access(rows(), now(), workspace, id);
}

bool Decision::workspace_permits(std::string_view workspace, std::string_view permission) {
  const auto access = workspace_access(workspace);
  if (!access.role || !permits(role_definition(rows(), *access.role), permission)) return false;
  set_basis(access.basis);
  return true;
}

std::optional<schema::WorkspaceRole> Decision::workspace_role(std::string_view workspace) const {
  return workspace_access(workspace).role;
}

bool Decision::owns(std::string_view organisation) {
  if (organisation_role(rows(), organisation, person()) != schema::OrganisationRole::owner) {
    return false;
  }
  set_basis("owner of organisation " + std::string(organisation));
  return true;
}

bool Decision::is_staff_or_system() {
  if (actor_is(schema::ActorKind::system)) set_basis("system");
  if (actor_is_staff()) set_basis("staff");
  return actor_is(schema::ActorKind::system) || actor_is_staff();
}

void Decision::set_basis(std::string basis) {
  if (basis_.empty()) basis_ = std::move(basis);
}

void Decision::require(bool holds, Reason reason) {
  assert(!emitted_ && "rules come before events");
  if (holds || refused() || std::ranges::find(broken_, reason) != broken_.end()) return;
  broken_.push_back(reason);
}

void Decision::require_staff() {
  require(actor_is_staff(), Reason::STAFF_ONLY);
  if (actor_is_staff()) set_basis("staff");
}

void Decision::require_staff_or_system() { require(is_staff_or_system(), Reason::STAFF_ONLY); }

void Decision::fail(Error error) {
  if (appended_) appended_ = std::move(error);
}

void Decision::add_created(std::string_view kind, std::string_view id) {
  decided_.created.push_back(std::string(kind) + ":" + std::string(id));
}

std::string Decision::id_or_derived(const std::string& given, std::string_view kind) const {
  return given.empty() ? derived_id(kind, "") : given;
}

std::string Decision::derived_id(std::string_view kind, std::string_view of) const {
  std::string seed = envelope_.command_id + "/" + std::string(kind);
  if (!of.empty()) seed.append("/").append(of);
  return std::string(kind) + "-" + short_digest(seed);
}

void Decision::append(EventDraft draft) {
  if (!appended_) return;
  if (!emitted_) {
    emitted_ = true;
    batch_.set_basis(basis_);
    std::vector<std::string> codes;
    for (const auto reason : broken_) codes.push_back(code(reason));
    batch_.set_rules_broken(std::move(codes));
  }
  appended_ = batch_.append(draft);
}

void Decision::append_refusal() {
  event::CommandRefusedT refusal;
  refusal.command_type = command_type(envelope_);
  refusal.reason = broken_.front();
  refusal.subjects =
      command_schema().tags(command::CommandEnvelope::GetFullyQualifiedName(), pack(envelope_));
  // The correlation is said by the record; it is nobody's trail.
  std::erase_if(refusal.subjects,
                [](const std::string& tag) { return tag.starts_with("correlation:"); });
  // What the command keeps sealed is about these, and goes when they are erased.
  for (const auto& contact : contacts_in(envelope_)) {
    refusal.subjects.push_back(contact_subject(contact));
  }
  std::ranges::sort(refusal.subjects);
  refusal.based_on = batch_.based_on().value;
  auto event = draft(refusal);
  event.extra_tags = refusal.subjects;
  appended_ = batch_.append(event);
  decided_.outcome = log::Outcome::refused;
  decided_.reason = code(broken_.front());
}

Result<Decided> Decision::finish() {
  if (refused()) {
    assert(!emitted_ && "a refused command changes nothing");
    append_refusal();
  }
  BOOST_OUTCOME_TRY(appended_);
  return decided_;
}

}  // namespace actbook

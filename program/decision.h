#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actbook/access.h"
#include "actbook/decide.h"
#include "actbook/schema/events_generated.h"
#include "actbook/schema/reasons_generated.h"
#include "actbook/tables.h"

namespace actbook {

using schema::Reason;

/// One command being decided. A decider first states every rule with require(), in the order of
/// domain.md; then, unless refused(), it emits the events that follow. Rows show the events emitted
/// so far.
///
/// Deciders must cope with rows that do not exist: in observed mode a fact is stored even if what
/// it speaks of was never seen here. find_or_empty() serves for that.
class Decision {
 public:
  Decision(const command::CommandEnvelopeT& envelope, Batch& batch);

  [[nodiscard]] const RowReader& rows() const { return batch_.rows(); }
  /// When it is true in the world; expiries are judged by it.
  [[nodiscard]] Timestamp now() const { return batch_.occurred_at(); }

  [[nodiscard]] const schema::ActorT& actor() const { return *envelope_.actor; }
  [[nodiscard]] bool actor_is(schema::ActorKind kind) const { return actor().kind == kind; }
  [[nodiscard]] bool actor_is_staff() const { return actor_is(schema::ActorKind::staff); }
  /// The acting person's id; empty if the actor is none.
  [[nodiscard]] std::string person() const;
  [[nodiscard]] const std::string& acting_organisation() const {
    return envelope_.acting_organisation;
  }
  [[nodiscard]] bool observed() const { return envelope_.mode == schema::Mode::observed; }

  /// Whether the acting person's role in the organisation, or in the workspace by effective access,
  /// has the permission. Staff have a role in a workspace while they have a support session there.
  [[nodiscard]] bool organisation_permits(std::string_view organisation,
                                          std::string_view permission);
  [[nodiscard]] bool workspace_permits(std::string_view workspace, std::string_view permission);
  /// The role that workspace_permits() goes by.
  [[nodiscard]] std::optional<schema::WorkspaceRole> workspace_role(
      std::string_view workspace) const;
  /// Whether the acting person is an owner of the organisation.
  [[nodiscard]] bool owns(std::string_view organisation);
  [[nodiscard]] bool is_staff_or_system();
  /// Notes what gave the actor the authority, unless something was noted before.
  void set_basis(std::string basis);

  /// States a rule. The first one broken refuses a command; an observed fact carries every one
  /// broken.
  void require(bool holds, Reason reason);
  void require_staff();
  void require_staff_or_system();
  [[nodiscard]] bool refused() const { return !observed() && !broken_.empty(); }

  template <class Event>
  void emit(const Event& event) {
    append(draft(event));
  }

  /// Which of several good outcomes this is.
  void set_result(std::string result) { decided_.result = std::move(result); }
  void add_created(std::string_view kind, std::string_view id);
  /// The caller's id for something that comes into being with the command, or else one derived from
  /// the command id.
  [[nodiscard]] std::string id_or_derived(const std::string& given, std::string_view kind) const;

  /// The same for one of several things of a kind, which `of` tells apart.
  [[nodiscard]] std::string derived_id(std::string_view kind, std::string_view of) const;

  /// What was computed. If it could not be, the command fails with that error, whatever is emitted.
  template <class T>
  [[nodiscard]] T value(Result<T> computed) {
    if (computed) return std::move(computed).value();
    fail(std::move(computed).error());
    return T();
  }

  /// Nothing is recorded, whatever is emitted: the command is wrong in itself.
  void fail(Error error);

  [[nodiscard]] Result<Decided> finish();

 private:
  void append(EventDraft draft);
  void append_refusal();
  [[nodiscard]] Access workspace_access(std::string_view workspace) const;

  const command::CommandEnvelopeT& envelope_;
  Batch& batch_;
  std::string basis_;
  std::vector<Reason> broken_;
  Decided decided_;
  bool emitted_ = false;
  Result<void> appended_ = boost::outcome_v2::success();
};

}  // namespace actbook

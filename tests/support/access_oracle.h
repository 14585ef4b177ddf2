#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "actbook/record.h"
#include "actbook/rows.h"
#include "actbook/schema/common_generated.h"

namespace actbook::testing {

/// Who may enter what, by the events alone and as plainly as domain.md 3.3 has it: it looks at no
/// row, and what ends a membership is worked out here, whether or not an event says that it ended.
class AccessOracle {
 public:
  /// The next event of the history.
  void apply(const Record& record);

  /// Where the code's answers about these people differ from what the events say, or nothing.
  [[nodiscard]] std::string differs(const RowReader& rows, Timestamp now,
                                    const std::set<std::string>& people) const;
  /// Somebody got in by an invite that was not there to take, or nothing.
  [[nodiscard]] const std::string& complaint() const { return complaint_; }
  /// Why the workspace has no owner of its own, when it last came to that.
  [[nodiscard]] std::string last_owner_went(const std::string& workspace) const;
  /// The position of the workspace's last handoff, or 0.
  [[nodiscard]] std::uint64_t handed_off_at(const std::string& workspace) const;

 private:
  using Pair = std::pair<std::string, std::string>;

  struct Workspace {
    std::string organisation;
    schema::Visibility visibility{};
    bool live = true;
    std::uint64_t handed_off_at = 0;
    std::string last_owner_went;
  };
  struct Stay {
    schema::WorkspaceRole role{};
    bool session = false;
    std::int64_t until = 0;
  };
  struct Home {
    std::string workspace;
    std::string organisation;
    std::string personal_account;
  };

  void apply_to_organisations(const Record& record);
  void apply_to_workspaces(const Record& record);
  void apply_to_memberships(const Record& record);
  void apply_to_invites(const Record& record);
  void apply_to_projects(const Record& record);
  void end_stays(const std::string& workspace, const std::string& cause, auto which);
  void change_owners(const std::string& workspace, const std::string& cause, auto change);

  [[nodiscard]] std::string role(const Pair& workspace_person, Timestamp at) const;
  [[nodiscard]] std::string bases(const std::string& project, const std::string& person,
                                  Timestamp at) const;
  [[nodiscard]] bool permits(const std::string& scope_role, const std::string& permission) const;

  std::map<std::string, std::set<std::string>> permissions_;  // of scope/role
  std::map<Pair, schema::OrganisationRole> roles_;            // of organisation, person
  std::map<std::string, Workspace> workspaces_;
  std::map<Pair, Stay> stays_;                   // of workspace, person
  std::map<Pair, std::string> blocked_;          // by the role in which organisation
  std::map<std::string, std::int64_t> invites_;  // that wait for an answer: until when
  std::set<Pair> accepted_;                      // invite, person
  std::map<std::string, Pair> mandates_;         // live ones: agency, client
  std::map<std::string, Home> projects_;
  std::set<Pair> guests_;                      // project, person
  std::map<std::string, std::string> logins_;  // the person of a personal account
  std::string complaint_;
};

}  // namespace actbook::testing

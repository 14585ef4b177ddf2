#include "actbook/belongings.h"

namespace actbook {
namespace {

std::optional<row::SubscriptionRowT> bought_by(const RowReader& rows, std::string_view kind,
                                               std::string_view id) {
  auto row = find<row::SubscriptionRowT>(rows, row_key({kind, id}));
  return row && !row->plan.empty() ? std::move(row) : std::nullopt;
}

}  // namespace

std::vector<std::string> live_projects(const RowReader& rows, std::string_view kind,
                                       std::string_view id) {
  auto projects = references(rows, kind, id, "project");
  std::erase_if(projects, [&](const std::string& project) {
    const auto row = find_or_empty<row::ProjectRowT>(rows, project);
    const auto& owner = kind == "workspace"      ? row.workspace
                        : kind == "organisation" ? row.organisation
                                                 : row.personal_account;
    return row.deleted != nullptr || owner != id;
  });
  return projects;
}

std::vector<std::string> recordings_in(const RowReader& rows, std::string_view project) {
  auto recordings = references(rows, "project", project, "recording");
  std::erase_if(recordings, [&](const std::string& recording) {
    return find_or_empty<row::RecordingRowT>(rows, recording).project != project;
  });
  return recordings;
}

std::optional<row::SubscriptionRowT> subscription_of(const RowReader& rows, std::string_view kind,
                                                     std::string_view id) {
  if (kind == "personal_account") {
    const auto account = find_or_empty<row::PersonalAccountRowT>(rows, id);
    return account.converted ? std::nullopt : bought_by(rows, kind, id);
  }
  auto own = bought_by(rows, kind, id);
  if (own) return own;
  const auto from = find_or_empty<row::OrganisationRowT>(rows, id).converted_from;
  return from.empty() ? std::nullopt : bought_by(rows, "personal_account", from);
}

}  // namespace actbook

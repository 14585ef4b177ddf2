#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "actbook/schema/events_generated.h"
#include "event_export.h"

// OCSF 1.9.0 without profiles. What each event becomes stands in kActivities and nowhere else;
// docs/EXPORTS.md has the same, and a test holds the two together.

namespace actbook {
namespace {

using event::Event;
using nlohmann::ordered_json;

constexpr std::string_view kVersion = "1.9.0";
constexpr int kCategory = 3;
constexpr std::string_view kCategoryName = "Identity & Access Management";
/// What an enum of the standard has no value for; the label beside it says what it is.
constexpr int kOther = 99;

struct EventClass {
  std::int64_t uid;
  std::string_view name;
};
constexpr EventClass kEntityManagement = {3004, "Entity Management"};
constexpr EventClass kGroupManagement = {3006, "Group Management"};
constexpr EventClass kUserManagement = {3007, "User Management"};
constexpr EventClass kRoleManagement = {3008, "Role Management"};

struct Activity {
  EventClass of;
  std::int64_t id;
  std::string_view name;
};
constexpr Activity kCreate = {kEntityManagement, 1, "Create"};
constexpr Activity kRead = {kEntityManagement, 2, "Read"};
constexpr Activity kUpdate = {kEntityManagement, 3, "Update"};
constexpr Activity kDelete = {kEntityManagement, 4, "Delete"};
/// Of what is renamed, too.
constexpr Activity kMove = {kEntityManagement, 5, "Move"};
constexpr Activity kEnroll = {kEntityManagement, 6, "Enroll"};
constexpr Activity kUnenroll = {kEntityManagement, 7, "Unenroll"};
constexpr Activity kEnable = {kEntityManagement, 8, "Enable"};
constexpr Activity kDisable = {kEntityManagement, 9, "Disable"};
constexpr Activity kAddUser = {kGroupManagement, 3, "Add User"};
constexpr Activity kRemoveUser = {kGroupManagement, 4, "Remove User"};
constexpr Activity kCreateUser = {kUserManagement, 1, "Create"};
constexpr Activity kDeleteUser = {kUserManagement, 3, "Delete"};
constexpr Activity kAssignRoles = {kUserManagement, 16, "Assign Roles"};
constexpr Activity kRemoveRoles = {kUserManagement, 17, "Remove Roles"};
constexpr Activity kAssignPrivileges = {kRoleManagement, 4, "Assign Privileges"};

struct ActivityOf {
  Event event;
  Activity activity;
};

/// Offers and requests are created when they are made, enabled by a yes, and disabled by a no.
constexpr auto kActivities = std::to_array<ActivityOf>({
    {Event::LedgerCreated, kCreate},
    {Event::RoleDefined, kAssignPrivileges},
    {Event::PersonRegistered, kCreateUser},
    {Event::PersonErased, kDeleteUser},
    {Event::ContactRegistered, kCreate},
    {Event::LegalHoldPlaced, kCreate},
    {Event::LegalHoldReleased, kDelete},

    {Event::OrganisationRegistered, kCreate},
    {Event::OrganisationMemberAdded, kAssignRoles},
    {Event::OrganisationRoleChanged, kAssignRoles},
    {Event::OrganisationMemberRemoved, kRemoveRoles},
    {Event::PartnerStatusGranted, kEnroll},
    {Event::PartnerStatusRevoked, kUnenroll},
    {Event::RequirementMet, kUpdate},
    {Event::RequirementLost, kUpdate},
    {Event::EnrollmentExtended, kUpdate},
    {Event::PersonalAccountRegistered, kCreate},
    {Event::PersonalAccountConverted, kUpdate},

    {Event::AgreementPublished, kCreate},
    {Event::AgreementAccepted, kEnable},
    {Event::AgreementLapsed, kDisable},

    {Event::WorkspaceCreated, kCreate},
    {Event::WorkspaceReclassified, kUpdate},
    {Event::WorkspaceRenamed, kMove},
    {Event::VisibilityChanged, kUpdate},
    {Event::WorkspaceDeleted, kDelete},
    {Event::DataOwnerNamed, kUpdate},
    {Event::DataOwnerReplaced, kUpdate},
    {Event::DataOwnerCorrected, kUpdate},
    {Event::DataOwnerOrganisationRecorded, kUpdate},
    {Event::BrandingSet, kUpdate},
    {Event::BrandingRemoved, kUpdate},
    {Event::MembershipGranted, kAssignRoles},
    {Event::MembershipRoleChanged, kAssignRoles},
    {Event::MembershipEnded, kRemoveRoles},
    {Event::InviteIssued, kCreate},
    {Event::InviteResent, kUpdate},
    {Event::InviteRevoked, kDisable},
    {Event::InviteDeclined, kDisable},
    {Event::InviteAccepted, kEnable},
    {Event::HandoffProposed, kCreate},
    {Event::HandoffAccepted, kEnable},
    {Event::HandoffDeclined, kDisable},
    {Event::HandoffCancelled, kDisable},
    {Event::SupportDoorOpened, kEnable},
    {Event::SupportDoorClosed, kDisable},
    {Event::SupportRequested, kCreate},
    {Event::SupportApproved, kEnable},
    {Event::SupportDenied, kDisable},
    {Event::SupportExtended, kUpdate},

    {Event::ProjectCreated, kCreate},
    {Event::ProjectEdited, kMove},
    {Event::ProjectDeleted, kDelete},
    {Event::ProjectMoved, kMove},
    {Event::RecordingAdded, kCreate},
    {Event::RecordingMoved, kMove},
    {Event::AccessRecorded, kRead},
    {Event::ProjectEntered, kRead},
    {Event::CollaboratorAdded, kAddUser},
    {Event::CollaboratorRemoved, kRemoveUser},
    {Event::ProjectTransferStarted, kCreate},
    {Event::ProjectTransferAccepted, kEnable},
    {Event::ProjectTransferDeclined, kDisable},
    {Event::ProjectTransferCancelled, kDisable},

    {Event::MandateRequested, kCreate},
    {Event::MandateRequestWithdrawn, kDisable},
    {Event::MandateRequestRejected, kDisable},
    {Event::MandateRequestApproved, kEnable},
    {Event::MandateGranted, kCreate},
    {Event::MandateCancelled, kDelete},
    {Event::SpecialPlansEnabled, kUpdate},

    {Event::BillingAccountOpened, kCreate},
    {Event::BillingAccountClosed, kDelete},
    {Event::TierChanged, kUpdate},
    {Event::AccountStatusChanged, kUpdate},
    {Event::SeatOpened, kUpdate},
    {Event::SeatClosed, kUpdate},
    {Event::DiscountChanged, kUpdate},
    {Event::AccountRenewed, kUpdate},
    {Event::PlanDefined, kCreate},
    {Event::PartnerDiscountChanged, kUpdate},
    {Event::PlanBought, kUpdate},
    {Event::ChargeRecorded, kCreate},
    {Event::PaymentRecorded, kCreate},
    {Event::RefundRecorded, kCreate},
    {Event::ReferralDealSigned, kCreate},
    {Event::ReferralTermsChanged, kUpdate},
    {Event::ReferralDealEnded, kDelete},
    {Event::KickbackAccrued, kUpdate},
    {Event::KickbackPaid, kCreate},
});

/// Empty, if it has no such text.
std::string text(const ordered_json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "workspace:ws-1", taken apart.
struct Named {
  std::string kind;
  std::string id;
};

class OcsfEvent {
 public:
  explicit OcsfEvent(const ExportedEvent& event)
      : event_(event),
        refusal_(event.record.type() == "CommandRefused"),
        payload_(event.document.at("payload")),
        subject_(named(event)) {}

  [[nodiscard]] ordered_json write() const {
    const auto activity = activity_of_event();
    ordered_json ocsf = {{"category_uid", kCategory},
                         {"category_name", kCategoryName},
                         {"class_uid", activity.of.uid},
                         {"class_name", activity.of.name},
                         {"activity_id", activity.id},
                         {"activity_name", activity.name},
                         {"type_uid", activity.of.uid * 100 + activity.id},
                         {"time", event_.record.occurred_at().microseconds / 1000},
                         {"message", message()}};
    add_outcome(ocsf);
    ocsf["actor"] = {{"user", actor()}};
    add_target(ocsf, activity.of);
    ocsf["metadata"] = metadata();
    ocsf["unmapped"] = unmapped();
    return ocsf;
  }

 private:
  static Named named(const ExportedEvent& event) {
    const auto subject = event.subject();
    const auto colon = subject.find(':');
    if (colon == subject.npos) return {"ledger", std::string(event.ledger)};
    return {subject.substr(0, colon), subject.substr(colon + 1)};
  }

  /// A refusal is of an activity that the standard cannot know, so it goes by the command's name.
  [[nodiscard]] Activity activity_of_event() const {
    static const auto by_type = [] {
      std::unordered_map<std::string_view, Activity> all;
      for (const auto& [event, activity] : kActivities) {
        all.emplace(event::EnumNameEvent(event), activity);
      }
      return all;
    }();
    const auto found = by_type.find(event_.record.type());
    if (found != by_type.end()) return found->second;
    const auto name = refusal_ ? payload_.at("command_type").get_ref<const std::string&>()
                               : std::string_view(event_.record.type());
    return {kEntityManagement, kOther, name};
  }

  [[nodiscard]] std::string message() const {
    const auto about = subject_.kind + ":" + subject_.id;
    if (!refusal_) return std::string(event_.record.type()).append(" ").append(about);
    return text(payload_, "command_type") + " " + about + " refused: " + text(payload_, "reason");
  }

  /// The rules that refused a command, or that a fact broke.
  [[nodiscard]] std::string rules() const {
    std::string codes = refusal_ ? text(payload_, "reason") : std::string();
    for (const auto& code : event_.document.at("rules_broken")) {
      codes.append(codes.empty() ? "" : " ").append(code.get<std::string>());
    }
    return codes;
  }

  void add_outcome(ordered_json& ocsf) const {
    const auto codes = rules();
    if (refusal_) {
      ocsf.update({{"severity_id", 2},
                   {"severity", "Low"},
                   {"status_id", 2},
                   {"status", "Failure"},
                   {"status_code", codes}});
    } else {
      ocsf.update({{"severity_id", codes.empty() ? 1 : 3},
                   {"severity", codes.empty() ? "Informational" : "Medium"},
                   {"status_id", 1},
                   {"status", "Success"}});
    }
    if (!codes.empty()) ocsf["status_detail"] = codes;
  }

  /// Who read is the actor of a read, whoever told of it.
  [[nodiscard]] bool is_told() const { return event_.record.type() == "AccessRecorded"; }

  [[nodiscard]] ordered_json actor() const {
    if (is_told()) {
      const bool staff = payload_.at("staff").get<bool>();
      return {{"uid", text(payload_, "person")},
              {"type_id", staff ? kOther : 1},
              {"type", staff ? "staff" : "User"}};
    }
    const auto kind = text(event_.document.at("actor"), "kind");
    ordered_json user = {{"uid", text(event_.document.at("actor"), "id")}};
    if (kind == "person") {
      user.update({{"type_id", 1}, {"type", "User"}});
    } else if (kind == "system") {
      user.update({{"type_id", 3}, {"type", "System"}});
    } else {
      user.update({{"type_id", kOther}, {"type", kind}});
    }
    const auto organisation = text(event_.document, "acting_organisation");
    if (!organisation.empty()) user["org"] = {{"uid", organisation}};
    return user;
  }

  void add_target(ordered_json& ocsf, const EventClass& of) const {
    if (of.uid == kUserManagement.uid) {
      add_user(ocsf);
    } else if (of.uid == kGroupManagement.uid) {
      ocsf["group"] = {{"uid", subject_.id}, {"type", subject_.kind}};
      ocsf["users"] = ordered_json::array({{{"uid", text(payload_, "person")}}});
    } else if (of.uid == kRoleManagement.uid) {
      const auto role = text(payload_, "role");
      ocsf["iam_role"] = {{"uid", text(payload_, "scope") + "/" + role}, {"name", role}};
      ocsf["privileges"] = payload_.at("permissions");
    } else {
      add_entity(ocsf);
    }
  }

  void add_entity(ordered_json& ocsf) const {
    ordered_json entity = {{"uid", subject_.id}};
    if (subject_.kind == "organisation") {
      entity.update({{"type_id", 4}, {"type", "Organization"}});
    } else {
      entity.update({{"type_id", kOther}, {"type", subject_.kind}});
    }
    ocsf["entity"] = std::move(entity);
    const auto reason = text(event_.document, "reason");
    if (!reason.empty()) ocsf["comment"] = reason;
  }

  void add_user(ordered_json& ocsf) const {
    const auto person = text(payload_, "person");
    ocsf["user"] = {{"uid", person.empty() ? subject_.id : person}};
    auto role = text(payload_, "role");
    if (role.empty()) role = text(payload_, "to");
    if (role.empty()) return;
    ocsf["iam_roles"] =
        ordered_json::array({{{"uid", subject_.kind + "/" + role}, {"name", role}}});
    ocsf["resources"] = ordered_json::array({{{"uid", subject_.id}, {"type", subject_.kind}}});
  }

  [[nodiscard]] ordered_json metadata() const {
    ordered_json metadata = {
        {"version", kVersion},
        {"product",
         {{"name", "actbook"}, {"vendor_name", "actbook"}, {"version", ACTBOOK_VERSION}}},
        {"uid", event_.id()},
        {"event_code", event_.record.type()},
        {"log_name", event_.ledger},
        {"log_version", std::to_string(event_.record->schema_version())},
        {"original_time", event_.document.at("occurred_at")},
        {"logged_time", event_.record.recorded_at().microseconds / 1000}};
    const auto correlation = text(event_.document, "correlation_id");
    if (!correlation.empty()) metadata["correlation_uid"] = correlation;
    return metadata;
  }

  /// The record but for what stands elsewhere without a loss.
  [[nodiscard]] ordered_json unmapped() const {
    auto rest = event_.document;
    for (const auto* member : {"occurred_at", "type", "schema_version", "correlation_id"}) {
      rest.erase(member);
    }
    if (!is_told()) rest.erase("actor");
    return rest;
  }

  const ExportedEvent& event_;
  bool refusal_;
  const ordered_json& payload_;
  Named subject_;
};

}  // namespace

ordered_json to_ocsf(ExportedEvent event) { return OcsfEvent(event).write(); }

}  // namespace actbook

// How a command of RandomProgram is filled: a table as its schema asks.
#include <algorithm>
#include <iterator>
#include <sstream>

#include "actbook/reflect.h"
#include "actbook/tables.h"
#include "support/random_program.h"

namespace actbook::testing {
namespace {

constexpr std::int64_t kDay = 24LL * 60 * 60 * 1'000'000;

std::set<std::string> words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

/// Fields whose id is new with the command.
const std::set<std::string> kNew = words(
    "RegisterOrganisation.organisation RegisterOrganisation.account "
    "CreateClientOrganisation.organisation CreateClientOrganisation.mandate "
    "CreateClientOrganisation.account ConvertAccountToOrganisation.organisation "
    "RegisterPersonalAccount.personal_account RegisterPersonalAccount.account "
    "CreateWorkspace.workspace CreateWorkspace.account CreateWorkspace.invite "
    "ChangeDataOwnership.account ChangeDataOwnership.invite InviteToWorkspace.invite "
    "ProposeHandoff.handoff RequestMandate.request RequestMandate.mandate "
    "ApproveMandateRequest.mandate CreateProject.project AddRecording.recording "
    "TransferProject.transfer RequestSupport.request RecordCharge.charge BillMonth.charge "
    "RecordPayment.payment RecordRefund.refund SignReferralDeal.deal "
    "RecordKickbackPaid.payout PlaceLegalHold.hold");

/// Of these fields of a table there is exactly one.
const std::map<std::string, std::vector<std::string>> kOneOf = {
    {"InviteToWorkspace", {"email", "email", "person"}},
    {"DataOwnerInput", {"email", "email", "person"}},
    {"ErasePerson", {"person", "contact", "email"}},
    {"PlaceLegalHold", {"person", "workspace", "organisation"}},
    {"CreateProject", {"workspace", "organisation", "personal_account"}},
    {"RecordAccess", {"workspace", "project"}},
    {"BuyPlan", {"organisation", "organisation", "personal_account"}},
    {"BillMonth", {"organisation", "organisation", "personal_account"}}};

/// How many percent of the commands have a field that may be left out; half of them, otherwise.
const std::map<std::string, std::uint64_t> kShare = {
    {"data_owner", 82},   {"acceptance", 92},  {"organisation_name", 96},
    {"text_shown", 100},  {"plan_cents", 100}, {"invite", 100},
    {"collected_at", 30}, {"currency", 8},     {"starts_at", 20},
    {"lines", 60},        {"staff", 100},      {"auto_approve", 100},
    {"special", 100},     {"active", 100},     {"visibility", 40},
    {"effective_at", 30}};

/// How many percent of the truths are true.
const std::map<std::string, std::uint64_t> kTrue = {
    {"text_shown", 93}, {"auto_approve", 40}, {"special", 50}, {"active", 85}, {"staff", 30}};

std::string short_name(const reflection::Object& object) {
  const std::string name = object.name()->str();
  return name.substr(name.rfind('.') + 1);
}

std::uint64_t share_of(const std::map<std::string, std::uint64_t>& shares,
                       const std::string& name) {
  const auto found = shares.find(name);
  return found == shares.end() ? 50 : found->second;
}

}  // namespace

flatbuffers::uoffset_t RandomProgram::table(const reflection::Object& object) {
  struct Value {
    const reflection::Field* field;
    std::int64_t number = 0;
    flatbuffers::uoffset_t offset = 0;
  };
  const auto name = short_name(object);
  const auto choice = kOneOf.find(name);
  const auto chosen = choice == kOneOf.end() ? std::string() : any(choice->second);
  std::vector<Value> values;
  for (const auto* field : fields_in_order(object)) {
    if (!is_given(name, *field, chosen)) continue;
    Value value{field};
    const auto type = field->type()->base_type();
    if (type == reflection::Obj) {
      if (field->name()->string_view() == "data_owner") external_ = true;
      value.offset = table(*object_at(command_schema().definition(), field->type()->index()));
    } else if (type == reflection::Vector) {
      value.offset = vector_of(name, *field);
    } else if (type == reflection::String) {
      value.offset = builder_.CreateString(text(name, *field)).o;
    } else {
      value.number = number(name, *field);
    }
    values.push_back(value);
  }
  const auto start = builder_.StartTable();
  for (const auto& value : values) add(*value.field, value.number, value.offset);
  return builder_.EndTable(start);
}

void RandomProgram::add(const reflection::Field& field, std::int64_t number,
                        flatbuffers::uoffset_t offset) {
  switch (field.type()->base_type()) {
    case reflection::Bool:
    case reflection::UByte:
      return builder_.AddElement(field.offset(), static_cast<std::uint8_t>(number));
    case reflection::Int:
    case reflection::UInt:
      return builder_.AddElement(field.offset(), static_cast<std::int32_t>(number));
    case reflection::Long:
      return builder_.AddElement(field.offset(), number);
    default:
      return builder_.AddOffset(field.offset(), flatbuffers::Offset<void>(offset));
  }
}

bool RandomProgram::is_given(const std::string& object, const reflection::Field& field,
                             const std::string& chosen) {
  const auto name = field.name()->str();
  if (field.required() || attribute(field, "mandatory")) return true;
  const auto choice = kOneOf.find(object);
  if (choice != kOneOf.end() && std::ranges::find(choice->second, name) != choice->second.end()) {
    return name == chosen;
  }
  const bool of_external = name == "acceptance" || name == "account" || name == "invite";
  if (object == "CreateWorkspace" && of_external && !external_) return false;
  return chance(share_of(kShare, name));
}

std::int64_t RandomProgram::number(const std::string& object, const reflection::Field& field) {
  const auto name = field.name()->str();
  const auto between = [&](std::uint64_t least, std::uint64_t most) {
    return static_cast<std::int64_t>(least + random_.below(most - least + 1));
  };
  if (name == "usage") return chance(80) ? 1 : 0;
  if (is_enum(*field.type())) {
    const auto* values = enum_at(command_schema().definition(), field.type()->index())->values();
    return object == "OtherLine" ? between(2, 7) : between(0, values->size() - 1);
  }
  if (field.type()->base_type() == reflection::Bool) return chance(share_of(kTrue, name)) ? 1 : 0;
  if (attribute(field, "time")) return instant(name);
  if (name == "version")
    return latest_version() + (object == "Acceptance" ? 0 : 1) - (chance(4) ? 1 : 0);
  if (name == "project_limit") return between(0, 6);
  if (name == "cap_cents") return between(0, 40'000);
  if (name.ends_with("_cents")) return between(1, object == "RecordCharge" ? 200'000 : 20'000);
  static const std::vector<std::int64_t> percents = {0, 10, 20, 25, 50, 100};
  return chance(2) && !attribute(field, "percent") ? 101 : any(percents);
}

std::int64_t RandomProgram::instant(const std::string& name) {
  const auto now = now_.microseconds;
  const auto days = [&](std::uint64_t least, std::uint64_t most) {
    return (static_cast<std::int64_t>(least + random_.below(most - least + 1))) * kDay;
  };
  if (name == "month") return month_start(Timestamp{now - days(0, 40)}).microseconds;
  if (name == "deadline") return now + days(1, 90);
  if (name == "expires_at" || name == "period_ends_at") return now + days(3, 60);
  if (name == "effective_at") return now + days(0, 9);
  return now - days(0, 20);
}

flatbuffers::uoffset_t RandomProgram::vector_of(const std::string& object,
                                                const reflection::Field& field) {
  std::vector<flatbuffers::Offset<void>> offsets;
  const auto size = 1 + random_.below(2);
  for (std::uint64_t i = 0; i < size; ++i) {
    const auto offset =
        field.type()->element() == reflection::Obj
            ? table(*object_at(command_schema().definition(), field.type()->index()))
            : builder_.CreateString(text(object, field)).o;
    offsets.emplace_back(offset);
  }
  return builder_.CreateVector(offsets).o;
}

std::string RandomProgram::text(const std::string& object, const reflection::Field& field) {
  const auto name = field.name()->str();
  if (attribute(field, "email")) return address(any(people_));
  if (attribute(field, "sha256")) return std::string(64, "0123456789abcdef"[random_.below(16)]);
  if (name == "currency") return chance(80) ? "EUR" : "USD";
  if (name == "language") return "en";
  const auto tag = attribute(field, "tag");
  if (!tag) return name + " " + std::to_string(random_.below(40));
  return id(tag->empty() ? name : std::string(*tag), object + "." + name);
}

std::string RandomProgram::id(const std::string& kind, const std::string& path) {
  if (kind == "person") return any(people_);
  const auto& pool = pools_[kind];
  const bool is_new = kNew.contains(path) ? !chance(4) : chance(2);
  if (pool.empty() || is_new) return fresh(kind);
  if (path == "RequestMandate.client" && chance(8)) return id("personal_account", "");
  if (kind == "plan" && pool.size() < 5 && chance(50)) return fresh(kind);
  return any(pool);
}

std::string RandomProgram::fresh(const std::string& kind) {
  return kind + "-" + std::to_string(++ids_);
}

// People have many addresses, or soon there would be nobody to invite.
std::string RandomProgram::address(const std::string& person) {
  return person + "." + std::to_string(random_.below(30)) + "@post.example";
}

std::uint32_t RandomProgram::latest_version() const {
  return std::max(1U, find_or_empty<row::AgreementRowT>(*rows_, "dpa").latest_version);
}

}  // namespace actbook::testing

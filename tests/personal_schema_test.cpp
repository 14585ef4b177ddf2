// Every field of every schema, for personal data that is not marked, or not so that it can be
// sealed.
#include <doctest/doctest.h>
#include <flatbuffers/idl.h>

#include <set>
#include <sstream>

#include "actbook/decide.h"
#include "actbook/personal.h"
#include "actbook/projector.h"
#include "actbook/reflect.h"
#include "actbook/schema.h"
#include "actbook/schema/answers_bfbs_generated.h"

namespace actbook::testing {
namespace {

using Strings = std::vector<std::string>;

/// Words in the names of fields that have to do with people.
const std::set<std::string> kSuspicious = {
    "address",  "agent",     "birth",    "body",     "cell",      "comment",   "description",
    "device",   "display",   "email",    "first",    "gender",    "given",     "iban",
    "ip",       "last",      "location", "mail",     "message",   "mobile",    "name",
    "nickname", "note",      "passport", "phone",    "photo",     "picture",   "postal",
    "reason",   "remark",    "surname",  "fullname", "useragent", "signature", "street",
    "subject",  "telephone", "text",     "username", "zip"};

/// Fields that sound like it and are none: names of organisations, workspaces and agreements
/// (domain.md, ground rule 10), hashes.
const std::set<std::string> kHarmless = {
    // For the record, and not about people: docs/PRIVACY.md.
    "CommandEnvelope.reason",
    "Record.reason",
    "Receipt.reason",
    "TrailLine.reason",
    "HandoffRow.reason",
    "HandoffLine.reason",
    "PartnerStatusLine.granted_reason",
    "PartnerStatusLine.revoked_reason",
    // Ids.
    "CommandRefused.subjects",
    "Span.subject",
    "DataOwner.organisation_name",
    "DataOwnerInput.organisation_name",
    "DataOwnerCorrected.from_organisation_name",
    "DataOwnerCorrected.to_organisation_name",
    "RegisterOrganisation.name",
    "OrganisationRegistered.name",
    "OrganisationRow.name",
    "CreateWorkspace.name",
    "RenameWorkspace.name",
    "WorkspaceCreated.name",
    "WorkspaceRow.name",
    "PublishAgreementVersion.text_sha256",
    "AgreementPublished.text_sha256",
    "AgreementAccepted.text_sha256",
    "AgreementVersionRow.text_sha256",
    "AcceptanceRow.text_sha256",
    "AcceptanceLine.text_sha256",
    // Of projects, plans and organisations; and what a charge is for, which says so.
    "CreateProject.name",
    "EditProject.name",
    "ProjectCreated.name",
    "ProjectRow.name",
    "CreateClientOrganisation.name",
    "ConvertAccountToOrganisation.name",
    "DefinePlan.name",
    "PlanDefined.name",
    "PlanRow.name",
    "PlanBought.plan_name",
    "SubscriptionRow.plan_name",
    "OtherLine.description",
    "ChargeLine.description",
    "DiscountLine.description",
    "SpecialPlanLine.name",
    "ClientLine.name",
    "AgencyDashboard.name",
    "PartnerOverview.name",
    "PartnerWorkspaceLine.name",
};

bool is_text(const reflection::Field& field) {
  const auto& type = *field.type();
  return type.base_type() == reflection::String ||
         (type.base_type() == reflection::Vector && type.element() == reflection::String);
}

std::string short_name(const reflection::Object& object) {
  const auto name = object.name()->str();
  return name.substr(name.rfind('.') + 1);
}

bool sounds_personal(const std::string& name) {
  std::istringstream words(name);
  for (std::string word; std::getline(words, word, '_');) {
    if (kSuspicious.contains(word)) return true;
    if (word.ends_with('s') && kSuspicious.contains(word.substr(0, word.size() - 1))) return true;
  }
  return false;
}

/// Fields that sound personal, and are not marked.
Strings unmarked(const reflection::Schema& schema) {
  Strings found;
  for (const auto* object : *schema.objects()) {
    for (const auto* field : *object->fields()) {
      const auto name = short_name(*object) + "." + field->name()->str();
      if (is_text(*field) && sounds_personal(field->name()->str()) &&
          !attribute(*field, "personal") && !kHarmless.contains(name)) {
        found.push_back(name);
      }
    }
  }
  return found;
}

const Schema& answers() {
  using Binary = answer::EntityStateBinarySchema;
  static const Schema schema(ByteView(Binary::data(), Binary::size()));
  return schema;
}

TEST_CASE("personal schema: no field that sounds personal is unmarked") {
  CHECK(unmarked(command_schema().definition()) == Strings());
  CHECK(unmarked(partner_projector().events().definition()) == Strings());
  CHECK(unmarked(answers().definition()) == Strings());
}

TEST_CASE("personal schema: an unmarked field is found") {
  flatbuffers::Parser parser;
  REQUIRE(parser.Parse(R"(
      attribute "personal";
      table Visit { home_address:string; phones:[string]; phone:[string]; ip:string (personal);
                    floor:int; room:string; }
      root_type Visit;)"));
  parser.Serialize();
  CHECK(unmarked(*reflection::GetSchema(parser.builder_.GetBufferPointer())) ==
        Strings{"Visit.home_address", "Visit.phone", "Visit.phones"});
}

/// The field of an event that "PersonRegistered.display_name" names.
const reflection::Field* event_field(const std::string& name) {
  const auto dot = name.find('.');
  const auto* table = partner_projector().events().table("actbook.event." + name.substr(0, dot));
  return table == nullptr || dot == name.npos ? nullptr : field_named(*table, name.substr(dot + 1));
}

bool names_somebody(const reflection::Object& object, const std::string& whose) {
  if (whose == "actor") return true;
  const auto* sibling = field_named(object, whose);
  return sibling != nullptr && sibling->required() && attribute(*sibling, "ident");
}

TEST_CASE("personal schema: a command's field says for which event and whose it is sealed") {
  std::size_t count = 0;
  for (const auto* object : *command_schema().definition().objects()) {
    for (const auto* field : *object->fields()) {
      const auto mark = attribute(*field, "personal");
      if (!mark) continue;
      ++count;
      CAPTURE(short_name(*object) + "." + field->name()->str());
      CHECK(field->type()->base_type() == reflection::String);
      std::istringstream words{std::string(*mark)};
      std::string event;
      std::string whose;
      std::string otherwise;
      std::string more;
      words >> event >> whose >> otherwise >> more;
      const auto* target = event_field(event);
      REQUIRE(target != nullptr);
      CHECK(attribute(*target, "personal"));
      CHECK((whose == "contact" || names_somebody(*object, whose)));
      CHECK((whose == "contact") == attribute(*field, "email").has_value());
      CHECK((otherwise.empty() || otherwise == "nobody" || names_somebody(*object, otherwise)));
      CHECK(more.empty());
    }
  }
  CHECK(count > 8);
}

TEST_CASE("personal schema: an event's field says whose it is") {
  std::size_t count = 0;
  for (const auto* object : *partner_projector().events().definition().objects()) {
    for (const auto* field : *object->fields()) {
      const auto mark = attribute(*field, "personal");
      if (!mark) continue;
      ++count;
      CAPTURE(short_name(*object) + "." + field->name()->str());
      CHECK(field->type()->base_type() == reflection::String);
      CHECK(names_somebody(*object, std::string(*mark)));
    }
  }
  CHECK(count >= 5);
}

}  // namespace
}  // namespace actbook::testing

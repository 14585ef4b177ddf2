#include "actbook/schema.h"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <limits>
#include <memory>
#include <thread>

#include "actbook/schema/answers_bfbs_generated.h"
#include "actbook/schema/answers_generated.h"
#include "actbook/schema/commands_bfbs_generated.h"
#include "actbook/schema/commands_generated.h"
#include "actbook/schema/events_bfbs_generated.h"
#include "actbook/schema/events_generated.h"

namespace actbook::test {
namespace {

using Tags = std::vector<std::string>;

template <class Binary>
const Schema& schema_of() {
  static const Schema schema(ByteView(Binary::data(), Binary::size()));
  return schema;
}

const Schema& commands() { return schema_of<command::CommandEnvelopeBinarySchema>(); }
const Schema& events() { return schema_of<event::AnyEventBinarySchema>(); }

template <class Native>
const char* name_of(const Native&) {
  return Native::TableType::GetFullyQualifiedName();
}

command::CommandEnvelopeT envelope() {
  command::CommandEnvelopeT envelope;
  envelope.command_id = "c-1";
  envelope.actor = std::make_unique<schema::ActorT>();
  envelope.actor->kind = schema::ActorKind::staff;
  envelope.actor->id = "s-1";
  return envelope;
}

/// A valid command with a bit of everything: a nested table, optional texts, numbers and enums.
command::CommandEnvelopeT create_workspace() {
  auto result = envelope();
  command::CreateWorkspaceT create;
  create.workspace = "w-1";
  create.organisation = "o-1";
  create.name = "Water";
  create.data_owner = std::make_unique<command::DataOwnerInputT>();
  create.data_owner->organisation_name = "Delta";
  create.data_owner->email = "ann@example.org";
  create.acceptance = std::make_unique<command::AcceptanceT>();
  create.acceptance->agreement = "terms";
  create.acceptance->version = 3U;
  create.acceptance->channel = schema::Channel::web;
  result.command.Set(std::move(create));
  return result;
}

/// The message about a command that was valid until `change` was done to it; empty if it still is.
std::string complaint(const std::function<void(command::CommandEnvelopeT&)>& change) {
  auto command = create_workspace();
  change(command);
  const auto result = commands().validate(name_of(command), pack(command));
  if (result) return {};
  CHECK(result.error().kind == ErrorKind::invalid);
  CHECK(result.error().code == "INVALID_FIELD");
  return result.error().message;
}

std::string complaint_about_name(const std::string& name) {
  return complaint([&](auto& command) { command.command.AsCreateWorkspace()->name = name; });
}

std::string complaint_about_email(const std::string& email) {
  return complaint(
      [&](auto& command) { command.command.AsCreateWorkspace()->data_owner->email = email; });
}

/// Where two commands differ, one of them with `change` done to it.
std::optional<std::string> difference(
    const std::function<void(command::CommandEnvelopeT&)>& change) {
  const auto left = create_workspace();
  auto right = create_workspace();
  change(right);
  auto path = commands().first_difference(name_of(left), pack(left), pack(right));
  CHECK(commands().first_difference(name_of(left), pack(right), pack(left)) == path);
  return path;
}

TEST_CASE("schema: tables are found by their qualified names") {
  REQUIRE(events().table("actbook.event.PartnerStatusGranted") != nullptr);
  CHECK(events().table("actbook.event.PartnerStatusGranted")->name()->str() ==
        "actbook.event.PartnerStatusGranted");
  CHECK(events().table("PartnerStatusGranted") == nullptr);
  CHECK(events().table("") == nullptr);
}

TEST_CASE("schema: fields come in the order of their ids, not of their names") {
  std::string names;
  for (const auto* field : fields_in_order(*events().table("actbook.event.RoleDefined"))) {
    names += field->name()->str() + ' ';
  }
  CHECK(names ==
        "scope role permissions takes_paid_seat allowed_in_internal_workspace partner_only "
        "outsider ");
}

TEST_CASE("schema: an attribute stands with a value, without one, or not at all") {
  const auto& table = *commands().table("actbook.command.CommandEnvelope");
  for (const auto* field : fields_in_order(table)) {
    if (field->name()->str() == "acting_organisation") {
      CHECK(attribute(*field, "tag") == "organisation");
      CHECK(attribute(*field, "ident") == "");
      CHECK(!attribute(*field, "email"));
    }
  }
}

TEST_CASE("schema: ids are 1 to 64 of their characters") {
  CHECK(is_ident("a"));
  CHECK(is_ident("A-z_0.9:"));
  CHECK(is_ident(std::string(64, 'x')));
  CHECK(!is_ident(""));
  CHECK(!is_ident(std::string(65, 'x')));
  for (const auto* text : {" ", "a b", "a/b", "a@b", "ä", "a\n", "a,b", "a[b"}) {
    CHECK_MESSAGE(!is_ident(text), text);
  }
  CHECK(!is_ident(std::string_view("a\0b", 3)));
}

TEST_CASE("schema: whole numbers have the range of their type") {
  CHECK(integer_range(reflection::UByte).most == 255);
  CHECK(integer_range(reflection::UByte).least == 0);
  CHECK(integer_range(reflection::Short).least == -32'768);
  CHECK(integer_range(reflection::Short).most == 32'767);
  CHECK(integer_range(reflection::UInt).most == 4'294'967'295);
  CHECK(integer_range(reflection::Long).least == std::numeric_limits<std::int64_t>::min());
  CHECK(integer_range(reflection::Long).most == std::numeric_limits<std::int64_t>::max());
  CHECK(integer_range(reflection::ULong).most == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("schema: tags are the tagged texts, under the attribute's value or the field's name") {
  event::HandoffProposedT event;
  event.handoff = "h-1";
  event.workspace = "w-1";
  event.from_organisation = "o-1";
  event.target = "o-2";
  event.message = "please";
  CHECK(events().tags(name_of(event), pack(event)) ==
        Tags{"handoff:h-1", "organisation:o-1", "organisation:o-2", "workspace:w-1"});

  event.target = "o-1";
  CHECK(events().tags(name_of(event), pack(event)) ==
        Tags{"handoff:h-1", "organisation:o-1", "workspace:w-1"});
}

TEST_CASE("schema: absent texts are no tags, and tables without tagged texts have none") {
  event::WorkspaceReclassifiedT event;
  event.workspace = "w-1";
  event.organisation = "o-1";
  event.to_account = "a-2";
  CHECK(events().tags(name_of(event), pack(event)) ==
        Tags{"account:a-2", "organisation:o-1", "workspace:w-1"});
  // A required text is there even when it says nothing.
  event.organisation = "";
  CHECK(events().tags(name_of(event), pack(event)) == Tags{"account:a-2", "workspace:w-1"});
  event::RoleDefinedT role;
  role.role = "owner";
  CHECK(events().tags(name_of(role), pack(role)).empty());
  CHECK(events().tags("actbook.event.Unheard", pack(role)).empty());
}

TEST_CASE("schema: tags are found in nested tables, in several of them, and in unions") {
  event::DataOwnerReplacedT event;
  event.workspace = "w-1";
  event.from = std::make_unique<schema::DataOwnerT>();
  event.from->contact = "k-1";
  event.to = std::make_unique<schema::DataOwnerT>();
  event.to->person = "p-2";
  event.to->organisation = "o-2";
  const Tags expected{"contact:k-1", "organisation:o-2", "person:p-2", "workspace:w-1"};
  CHECK(events().tags(name_of(event), pack(event)) == expected);

  event::AnyEventT any;
  any.event.Set(std::move(event));
  CHECK(events().tags(name_of(any), pack(any)) == expected);

  auto command = create_workspace();
  command.acting_organisation = "o-9";
  command.correlation_id = "import-7";
  CHECK(commands().tags(name_of(command), pack(command)) ==
        Tags{"agreement:terms", "correlation:import-7", "organisation:o-1", "organisation:o-9",
             "workspace:w-1"});
}

TEST_CASE("schema: tags are found in tables that stand in a row") {
  const auto& answers = schema_of<answer::EntityStateBinarySchema>();
  answer::AcceptancesT acceptances;
  for (const auto* person : {"p-2", "p-1"}) {
    acceptances.lines.push_back(std::make_unique<answer::AcceptanceLineT>());
    acceptances.lines.back()->data_owner = std::make_unique<schema::DataOwnerT>();
    acceptances.lines.back()->data_owner->person = person;
  }
  CHECK(answers.tags(name_of(acceptances), pack(acceptances)) == Tags{"person:p-1", "person:p-2"});
}

TEST_CASE("schema: one schema serves many threads, and its copies outlive it") {
  auto original = std::make_unique<Schema>(commands());
  const Schema copy = *original;
  original.reset();
  const auto bytes = pack(create_workspace());
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::atomic<int> right = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        const bool valid = copy.validate("actbook.command.CommandEnvelope", bytes).has_value();
        const auto tags = copy.tags("actbook.command.CommandEnvelope", bytes);
        if (valid && tags.size() == 3) ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(right == 800);
}

TEST_CASE("schema: a sound command is valid, with all it may leave out left out or given") {
  CHECK(complaint([](auto&) {}) == "");
  CHECK(complaint([](auto& command) {
          command.command.AsCreateWorkspace()->data_owner.reset();
          command.command.AsCreateWorkspace()->acceptance.reset();
        }) == "");
  CHECK(complaint([](auto& command) {
          command.occurred_at = 1;
          command.mode = schema::Mode::observed;
          command.acting_organisation = "o-1";
          command.reason = std::string(1000, 'x');
        }) == "");
}

TEST_CASE("schema: ids that are none are named by their paths") {
  CHECK(complaint([](auto& command) { command.command_id = "c 1"; }) ==
        "command_id: must be an id: 1 to 64 characters of A-Z a-z 0-9 - _ . :");
  CHECK(complaint([](auto& command) { command.command_id = ""; }).starts_with("command_id: "));
  CHECK(complaint([](auto& command) {
          command.actor->id = std::string(65, 'x');
        }).starts_with("actor.id: must be an id"));
  CHECK(complaint([](auto& command) {
          command.command.AsCreateWorkspace()->acceptance->agreement = "a/b";
        }).starts_with("command.acceptance.agreement: must be an id"));
  CHECK(complaint([](auto& command) {
          command.acting_organisation = "ü";
        }).starts_with("acting_organisation: must be an id"));
}

TEST_CASE("schema: what is mandatory must be there, even if it is the first of its enum") {
  CHECK(complaint([](auto& command) { command.actor->kind = schema::ActorKind::person; }) == "");
  CHECK(complaint([](auto& command) { command.actor->kind = flatbuffers::nullopt; }) ==
        "actor.kind: is missing; it must be one of person, staff, system, import");
  CHECK(complaint([](auto& command) {
          command.command.AsCreateWorkspace()->acceptance->version = flatbuffers::nullopt;
        }) ==
        "command.acceptance.version: is missing; it must be a whole number from 0 to 4294967295");
}

TEST_CASE("schema: a command must be one that the schema knows") {
  for (const auto type : {std::uint8_t{0}, std::uint8_t{200}}) {
    auto bytes = pack(create_workspace());
    auto* root = flatbuffers::GetMutableRoot<flatbuffers::Table>(bytes.data());
    REQUIRE(root->SetField<std::uint8_t>(command::CommandEnvelope::VT_COMMAND_TYPE, type, 0));
    REQUIRE(is_flat<command::CommandEnvelope>(bytes));
    const auto result = commands().validate("actbook.command.CommandEnvelope", bytes);
    REQUIRE(!result);
    CHECK(result.error().message.starts_with(
        "command_type: must be a name such as RegisterPerson, RegisterOrganisation, "));
    CHECK(commands().tags("actbook.command.CommandEnvelope", bytes).empty());
    CHECK(!commands().first_difference("actbook.command.CommandEnvelope", bytes, bytes));
  }
}

TEST_CASE("schema: numbers that name nothing, and times that cannot be written, are invalid") {
  CHECK(complaint([](auto& command) { command.mode = static_cast<schema::Mode>(7); }) ==
        "mode: must be one of command, observed");
  CHECK(complaint([](auto& command) { command.occurred_at = 0; }) == "");
  CHECK(complaint([](auto& command) { command.occurred_at = -1; }).starts_with("occurred_at: "));
  CHECK(complaint([](auto& command) { command.occurred_at = 253'402'300'799'999'999; }) == "");
  // The second is in March of the year 67562, which a 16-bit year takes for 2026.
  for (const auto time :
       {253'402'300'800'000'000, 2'069'888'688'000'000'000,
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    CHECK(complaint([&](auto& command) { command.occurred_at = time; }).starts_with("occurred_at"));
  }
}

TEST_CASE("schema: texts have 200 bytes, or as many as their attribute says") {
  CHECK(complaint_about_name(std::string(200, 'x')) == "");
  CHECK(complaint_about_name(std::string(201, 'x')) ==
        "command.name: must be a text of at most 200 bytes of UTF-8");
  std::string umlauts;
  for (int i = 0; i < 101; ++i) umlauts += "ü";
  CHECK(complaint_about_name(umlauts) != "");
  CHECK(complaint([](auto& command) { command.reason = std::string(1001, 'x'); }) ==
        "reason: must be a text of at most 1000 bytes of UTF-8");
}

TEST_CASE("schema: texts that are required say something") {
  CHECK(complaint_about_name("") == "command.name: must not be empty");
  CHECK(complaint_about_name("   ") == "command.name: must not be empty");
  CHECK(complaint_about_name(" x ") == "");
  // Optional ones need not.
  CHECK(complaint([](auto& command) {
          command.command.AsCreateWorkspace()->data_owner->organisation_name = "  ";
        }) == "");
}

TEST_CASE(
    "schema: texts are UTF-8 without control characters, and a complaint never repeats them") {
  CHECK(complaint_about_name("Zuiderzee – 水 😀") == "");
  CHECK(complaint_about_name("\u00a0©Ã") == "");
  for (const auto* text : {"\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    CHECK(complaint_about_name(text) == "command.name: must be valid UTF-8");
  }
  for (const auto& text :
       {std::string("a\tb"), std::string("a\n"), std::string("\x7f"), std::string(1, '\0'),
        std::string("\u0080"), std::string("a\u009b31m"), std::string("\u00a0\u009f")}) {
    CHECK(complaint_about_name(text).starts_with("command.name: must be free of control"));
  }
  CHECK(complaint_about_email("ann.secret").find("secret") == std::string::npos);
}

TEST_CASE("schema: a multiline text has lines and tabs, and no other control character") {
  const auto complaint_about_message = [](const std::string& text) {
    command::ProposeHandoffT propose;
    propose.handoff = "h";
    propose.workspace = "w";
    propose.target = "o";
    propose.message = text;
    const auto bytes = pack(propose);
    const auto valid = commands().validate("actbook.command.ProposeHandoff", bytes);
    return valid ? std::string() : valid.error().message;
  };
  CHECK(complaint_about_message("Dear all,\n\n\tit is yours.\n") == "");
  CHECK(complaint_about_message("a\rb") ==
        "message: must be free of control characters other than tabs and line feeds");
  CHECK(complaint_about_message("a\n\u0085b").starts_with("message: must be free of control"));
  CHECK(complaint_about_message(std::string(4001, 'x')) ==
        "message: must be a text of at most 4000 bytes of UTF-8");
}

TEST_CASE("schema: e-mail addresses have one @ with something around it") {
  const std::string long_name(242, 'x');
  for (const auto& email : {std::string("a@b"), std::string("  ann@example.org "),
                            long_name + "@example.org", std::string("ü@ü.example")}) {
    CHECK_MESSAGE(complaint_about_email(email) == "", email);
  }
  for (const auto& email :
       {std::string("ann"), std::string("@b"), std::string("a@"), std::string("a@b@c"),
        std::string("a b@c"), std::string("a@ b"), std::string(" @ "), std::string("   "),
        'y' + long_name + "@example.org", std::string("a@b") + std::string(252, ' ')}) {
    CHECK_MESSAGE(complaint_about_email(email).starts_with("command.data_owner.email: must be an"),
                  email);
  }
}

TEST_CASE("schema: hashes are 64 lower-case hexadecimal digits") {
  const auto complaint_about_hash = [](const std::string& hash) {
    return complaint([&](auto& command) {
      command::SetBrandingT branding;
      branding.workspace = "w-1";
      branding.logo_reference = "logo";
      branding.logo_sha256 = hash;
      command.command.Set(std::move(branding));
    });
  };
  CHECK(complaint_about_hash(std::string(32, '0') + std::string(32, 'f')) == "");
  for (const auto& hash : {std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'A'),
                           std::string(64, 'g'), std::string()}) {
    CHECK(complaint_about_hash(hash) ==
          "command.logo_sha256: must be a SHA-256 as 64 lower-case hexadecimal digits");
  }
}

TEST_CASE("schema: texts in a row, and tables in a row, are checked one by one") {
  event::RoleDefinedT role;
  role.role = "owner";
  role.permissions = {"org.view", "org\n", "\xff"};
  const auto result = events().validate(name_of(role), pack(role));
  REQUIRE(!result);
  CHECK(result.error().message.starts_with("permissions[1]: must be free of control"));

  answer::AcceptancesT acceptances;
  acceptances.lines.push_back(std::make_unique<answer::AcceptanceLineT>());
  acceptances.lines.push_back(std::make_unique<answer::AcceptanceLineT>());
  acceptances.lines.back()->data_owner = std::make_unique<schema::DataOwnerT>();
  acceptances.lines.back()->data_owner->person = "no id";
  const auto nested = schema_of<answer::EntityStateBinarySchema>().validate(name_of(acceptances),
                                                                            pack(acceptances));
  REQUIRE(!nested);
  CHECK(nested.error().message.starts_with("lines[1].data_owner.person: must be an id"));
}

TEST_CASE("schema: a table that is not in the schema cannot be validated") {
  const auto result = commands().validate("actbook.command.Unheard", pack(create_workspace()));
  REQUIRE(!result);
  CHECK(result.error().kind == ErrorKind::misuse);
}

TEST_CASE("schema: equal commands do not differ, however their bytes are laid out") {
  CHECK(difference([](auto&) {}) == std::nullopt);
  const auto command = create_workspace();
  flatbuffers::FlatBufferBuilder builder;
  builder.ForceDefaults(true);
  builder.Finish(command::CommandEnvelope::Pack(builder, &command));
  const ByteView forced(builder.GetBufferPointer(), builder.GetSize());
  const auto bytes = pack(command);
  REQUIRE(forced.size() != bytes.size());
  CHECK(commands().first_difference(name_of(command), forced, bytes) == std::nullopt);
}

TEST_CASE("schema: the first difference is that of the lowest id") {
  CHECK(difference([](auto& command) {
          command.reason = "because";
          command.command_id = "c-2";
        }) == "command_id");
  CHECK(difference([](auto& command) {
          command.reason = "because";
          command.actor->id = "s-2";
        }) == "actor.id");
}

TEST_CASE("schema: texts, numbers, enums and nested tables differ by value or by presence") {
  CHECK(difference([](auto& command) { command.reason = "because"; }) == "reason");
  CHECK(difference([](auto& command) { command.mode = schema::Mode::observed; }) == "mode");
  CHECK(difference([](auto& command) {
          command.command.AsCreateWorkspace()->acceptance->version = 4U;
        }) == "command.acceptance.version");
  CHECK(difference([](auto& command) {
          command.command.AsCreateWorkspace()->data_owner.reset();
        }) == "command.data_owner");
  // Null and zero are different things where a number may be null.
  CHECK(difference([](auto& command) { command.occurred_at = 0; }) == "occurred_at");
}

TEST_CASE("schema: of unions the types differ before the tables") {
  CHECK(difference([](auto& command) {
          command::DeleteWorkspaceT other;
          other.workspace = "w-1";
          command.command.Set(std::move(other));
        }) == "command_type");
}

TEST_CASE("schema: rows differ at the first element that does") {
  const auto differs = [](std::vector<std::string> left, std::vector<std::string> right) {
    event::RoleDefinedT one;
    one.role = "owner";
    one.permissions = std::move(left);
    event::RoleDefinedT other;
    other.role = "owner";
    other.permissions = std::move(right);
    return events().first_difference(name_of(one), pack(one), pack(other));
  };
  CHECK(differs({"a", "b", "c"}, {"a", "b", "c"}) == std::nullopt);
  CHECK(differs({"a", "b", "c"}, {"a", "b", "d"}) == "permissions[2]");
  CHECK(differs({"a", "b"}, {"a", "b", "d"}) == "permissions[2]");
  CHECK(differs({}, {"a"}) == "permissions[0]");

  answer::WorkspaceStateT left;
  left.access.push_back(std::make_unique<answer::AccessLineT>());
  left.access.back()->positions = {1, 2};
  answer::WorkspaceStateT right;
  right.access.push_back(std::make_unique<answer::AccessLineT>());
  right.access.back()->positions = {1, 3};
  const auto& answers = schema_of<answer::EntityStateBinarySchema>();
  CHECK(answers.first_difference(name_of(left), pack(left), pack(right)) ==
        "access[0].positions[1]");
}

}  // namespace
}  // namespace actbook::test

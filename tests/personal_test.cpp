#include "actbook/personal.h"

#include <doctest/doctest.h>

#include "actbook/decide.h"
#include "actbook/schema/commands_generated.h"

namespace actbook::testing {
namespace {

const char* const kEnvelope = command::CommandEnvelope::GetFullyQualifiedName();

command::CommandEnvelopeT acceptance(const std::string& ip_address, const std::string& agent) {
  command::AcceptAgreementT accept;
  accept.workspace = "w";
  accept.acceptance = std::make_unique<command::AcceptanceT>();
  accept.acceptance->agreement = "dpa";
  accept.acceptance->version = 3;
  accept.acceptance->channel = schema::Channel::web;
  accept.acceptance->ip_address = ip_address;
  accept.acceptance->user_agent = agent;
  command::CommandEnvelopeT envelope;
  envelope.command_id = "c";
  envelope.actor = std::make_unique<schema::ActorT>();
  envelope.actor->kind = schema::ActorKind::person;
  envelope.actor->id = "adam";
  envelope.reason = "a reason is not personal";
  envelope.command.Set(std::move(accept));
  return envelope;
}

}  // namespace

TEST_CASE("personal: each text is replaced by what it becomes, and nothing else") {
  for (const std::string ip : {"", "192.0.2.7"}) {
    for (const std::size_t size : {0U, 1U, 9U, 100U, 5000U}) {
      std::vector<std::string> seen;
      const auto replaced = replace_personal(
          command_schema(), kEnvelope, pack(acceptance(ip, "Firefox")),
          [&](const PersonalText& found) -> Result<std::string> {
            seen.push_back(found.object.name()->str() + "." + found.field.name()->str() + "=" +
                           std::string(found.text));
            return found.field.name()->str() + std::string(size, 'x');
          });
      REQUIRE(replaced);
      REQUIRE(is_flat<command::CommandEnvelope>(replaced.value()));
      const std::string more(size, 'x');
      const auto expected = acceptance(ip.empty() ? "" : "ip_address" + more, "user_agent" + more);
      CHECK_FALSE(command_schema().first_difference(kEnvelope, replaced.value(), pack(expected)));
      std::vector<std::string> there = {"actbook.command.Acceptance.user_agent=Firefox"};
      if (!ip.empty()) there.insert(there.begin(), "actbook.command.Acceptance.ip_address=" + ip);
      CHECK(seen == there);
    }
  }
}

TEST_CASE("personal: what cannot be replaced is an error") {
  const auto replaced =
      replace_personal(command_schema(), kEnvelope, pack(acceptance("192.0.2.7", "")),
                       [](const PersonalText&) -> Result<std::string> {
                         return Error{ErrorKind::unavailable, "NO_KEY", "no", {}};
                       });
  REQUIRE_FALSE(replaced);
  CHECK(replaced.error().code == "NO_KEY");
  CHECK(replace_personal(command_schema(), "no.Table", {}, {}).error().code == "UNKNOWN_TABLE");
}

}  // namespace actbook::testing

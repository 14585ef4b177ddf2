#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "actbook/json.h"
#include "actbook/ledger.h"
#include "actbook/master_key.h"
#include "support/files.h"
#include "support/must.h"
#include "support/temp_directory.h"

namespace actbook::testing {

using nlohmann::json;

// Texts that occur by chance nowhere.
inline constexpr const char* kName = "Q7Xvanilla-Zubrowka-8842";
inline constexpr const char* kEmail = "q7x.zubrowka.8842@post.example";
inline constexpr const char* kGuest = "guest.4471.kumquat@post.example";
inline constexpr const char* kAddress = "203.0.113.88-kumquat";
inline constexpr const char* kAgent = "Kumquat/77.1 (Zubrowka)";
inline constexpr const char* kMessage = "It is yours now, dear Zubrowka 8842.";
inline const std::vector<std::string> kTexts = {kName, kEmail, kGuest, kAddress, kAgent, kMessage};

/// A ledger in which zub, an admin of the organisation o, made a workspace, invited a guest and
/// proposed a handoff.
class PrivateLedger {
 public:
  PrivateLedger() {
    Ledger::CreateOptions options;
    options.clock = schema::ClockKind::simulated;
    options.master_key = &key;
    ledger.emplace(must(Ledger::create(path(), options, Timestamp{1})));
    const json sam = {{"kind", "staff"}, {"id", "sam"}};
    const json zub = {{"kind", "person"}, {"id", "zub"}};
    tell("agreement", sam, "PublishAgreementVersion",
         {{"agreement", "dpa"},
          {"version", 1},
          {"title", "T"},
          {"language", "en"},
          {"text_sha256", std::string(64, 'a')}});
    tell("zub", sam, "RegisterPerson",
         {{"person", "zub"}, {"email", kEmail}, {"display_name", kName}});
    tell("o", zub, "RegisterOrganisation",
         {{"organisation", "o"}, {"name", "O"}, {"owner", "zub"}});
    tell("o2", sam, "RegisterOrganisation",
         {{"organisation", "o2"}, {"name", "O2"}, {"owner", "eve"}});
    tell("partner", sam, "GrantPartnerStatus",
         {{"organisation", "o"}, {"contract_reference", "P"}});
    tell("w", zub, "CreateWorkspace",
         {{"workspace", "w"},
          {"organisation", "o"},
          {"name", "W"},
          {"invite", "i"},
          {"data_owner", {{"organisation_name", "D"}, {"email", kGuest}, {"organisation", "o2"}}},
          {"acceptance",
           {{"agreement", "dpa"},
            {"version", 1},
            {"text_shown", true},
            {"channel", "web"},
            {"ip_address", kAddress},
            {"user_agent", kAgent}}}});
    tell("h", zub, "ProposeHandoff",
         {{"handoff", "h"}, {"workspace", "w"}, {"target", "o2"}, {"message", kMessage}});
    // Refused, and kept all the same.
    tell("refused", json{{"kind", "person"}, {"id", "eve"}}, "InviteToWorkspace",
         {{"invite", "x"}, {"workspace", "w"}, {"email", kGuest}, {"role", "admin"}});
  }

  [[nodiscard]] std::filesystem::path path() const { return directory / "ledger"; }

  static command::CommandEnvelopeT command(const std::string& id, const json& actor,
                                           const std::string& type, const json& what,
                                           const std::string& reason = "asked") {
    return must(command_from_json(json{
        {"command_id", id},
        {"actor", actor},
        {"reason", reason},
        {"command_type", type},
        {"command", what}}.dump()));
  }
  Result<Flat<log::Receipt>> record(const std::string& id, const json& actor,
                                    const std::string& type, const json& what) {
    return ledger->record(command(id, actor, type, what));
  }
  void tell(const std::string& id, const json& actor, const std::string& type, const json& what) {
    auto receipt = must(record(id, actor, type, what));
    receipts[id] = Bytes(receipt.bytes().begin(), receipt.bytes().end());
    if (id != "refused") REQUIRE(receipt->outcome() == log::Outcome::recorded);
  }
  std::uint64_t erase(const json& who, const std::string& id = "erase") {
    const auto receipt = must(record(id, {{"kind", "staff"}, {"id", "sam"}}, "ErasePerson", who));
    REQUIRE(receipt->outcome() == log::Outcome::recorded);
    return receipt->first_position();
  }

  void reopen(const MasterKey* with, bool read_only = false) {
    ledger.reset();
    Ledger::OpenOptions options;
    options.master_key = with;
    ledger.emplace(
        must(read_only ? Ledger::open_read_only(path(), options) : Ledger::open(path(), options)));
  }

  json show(const std::string& entity, Personal personal = Personal::sealed,
            std::optional<Position> as_of = {}) const {
    const View view = as_of ? must(ledger->as_of(*as_of)) : ledger->now();
    return json::parse(
        to_json(must(ledger->show(view, must(Entity::parse(entity)), personal))))["state"];
  }
  std::string name(Personal personal = Personal::sealed) const {
    return show("person:zub", personal)["row"]["display_name"];
  }
  std::string contact() const { return show("person:zub")["row"]["contact"]; }
  std::string guest() const { return show("workspace:w")["row"]["data_owner"]["contact"]; }
  json payload(const std::string& type, Personal personal = Personal::sealed) const {
    auto cursor = ledger->query(Query{{{{type}, {}}}}, {.direction = Direction::backwards});
    REQUIRE(cursor.next());
    return json::parse(
        must(ledger->event_json(cursor.record(), JsonLayout::line, personal)))["payload"];
  }

  /// The files, by name, that hold any of the texts.
  [[nodiscard]] std::vector<std::string> files_with(const std::vector<std::string>& texts) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path())) {
      if (!entry.is_regular_file()) continue;
      const auto bytes = read_file(entry.path());
      for (const auto& text : texts) {
        if (bytes.find(text) != std::string::npos) found.push_back(entry.path().string());
      }
    }
    return found;
  }

  TempDirectory directory;
  MasterKey key = MasterKey::generate();
  std::optional<Ledger> ledger;
  std::map<std::string, Bytes> receipts;
};

inline const json kSam = {{"kind", "staff"}, {"id", "sam"}};

}  // namespace actbook::testing

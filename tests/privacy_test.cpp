// Personal data by way of the facade: sealed wherever it is stored, revealed to whoever may see it,
// and gone when somebody is erased.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "actbook/json.h"
#include "actbook/ledger.h"
#include "actbook/master_key.h"
#include "actbook/vault.h"
#include "support/temp_directory.h"

namespace actbook::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Texts that occur by chance nowhere.
constexpr const char* kName = "Q7Xvanilla-Zubrowka-8842";
constexpr const char* kEmail = "q7x.zubrowka.8842@post.example";
constexpr const char* kGuest = "guest.4471.kumquat@post.example";
constexpr const char* kAddress = "203.0.113.88-kumquat";
constexpr const char* kAgent = "Kumquat/77.1 (Zubrowka)";
constexpr const char* kMessage = "It is yours now, dear Zubrowka 8842.";
const std::vector<std::string> kTexts = {kName, kEmail, kGuest, kAddress, kAgent, kMessage};

template <class T>
T must(Result<T> result) {
  REQUIRE_MESSAGE(result.has_value(), result.error().message);
  return std::move(result).value();
}

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

/// A ledger in which zub, an admin of the organisation o, made a workspace, invited a guest and
/// proposed a handoff.
class Fixture {
 public:
  Fixture() {
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

  [[nodiscard]] fs::path path() const { return directory / "ledger"; }

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
    for (const auto& entry : fs::recursive_directory_iterator(path())) {
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

const json kSam = {{"kind", "staff"}, {"id", "sam"}};

TEST_CASE("privacy: no personal text stands in any byte of the directory, whatever is closed") {
  Fixture f;
  CHECK(f.files_with(kTexts).empty());
  // The search finds what is there: ids are not personal.
  CHECK(!f.files_with({f.guest()}).empty());
  f.reopen(&f.key);
  CHECK(f.files_with(kTexts).empty());
  CHECK(f.files_with({"zubrowka", "Zubrowka", "kumquat"}).empty());
  f.erase({{"person", "zub"}});
  f.ledger.reset();
  CHECK(f.files_with(kTexts).empty());
}

/// What the vault's write-ahead log says that it keeps under a key, which is shorter than 128
/// bytes.
std::string kept_under(const fs::path& vault, const std::string& key) {
  for (const auto& entry : fs::directory_iterator(vault)) {
    const auto bytes = read_file(entry.path());
    const auto at = bytes.find(key);
    if (at == std::string::npos || at + key.size() >= bytes.size()) continue;
    const auto size = static_cast<unsigned char>(bytes[at + key.size()]);
    return bytes.substr(at + key.size() + 1, size);
  }
  return {};
}

TEST_CASE("privacy: the keys of who is erased are in no byte of the directory afterwards") {
  Fixture f;
  const auto vault = f.path() / "vault";
  const auto contact = f.contact();
  const std::vector<std::string> secrets = {kept_under(vault, "kperson:zub"),
                                            kept_under(vault, "kcontact:" + contact),
                                            kept_under(vault, "c" + contact)};
  // Nonce, key and tag; and a hash.
  REQUIRE(secrets[0].size() == 24 + 32 + 16);
  REQUIRE(secrets[1].size() == 24 + 32 + 16);
  REQUIRE(secrets[2].size() == 32);
  std::vector<std::string> pieces;
  for (const auto& secret : secrets) {
    for (std::size_t i = 0; i + 8 <= secret.size(); i += 8) pieces.push_back(secret.substr(i, 8));
  }
  for (const auto& file : f.files_with(pieces)) CHECK(file.starts_with(vault.string()));
  CHECK(f.files_with(pieces).size() >= pieces.size());
  f.erase({{"person", "zub"}});
  CHECK(f.files_with(pieces).empty());
  f.reopen(&f.key);
  CHECK(f.files_with(pieces).empty());
  // Of others nothing went.
  CHECK(f.show("contact:" + f.guest(), Personal::revealed)["row"]["email"] == kGuest);
}

TEST_CASE("privacy: answers say sealed, or what it is to whoever asks with the vault open") {
  const Fixture f;
  CHECK(f.name() == "sealed");
  CHECK(f.name(Personal::revealed) == kName);
  CHECK(f.show("contact:" + f.contact(), Personal::revealed)["row"]["email"] == kEmail);
  CHECK(f.show("handoff:h", Personal::revealed)["line"]["message"] == kMessage);
  CHECK(f.show("workspace:w")["handoffs"][0]["message"] == "sealed");
  CHECK(f.payload("AgreementAccepted")["ip_address"] == "sealed");
  CHECK(f.payload("AgreementAccepted", Personal::revealed)["ip_address"] == kAddress);
  CHECK(f.payload("AgreementAccepted", Personal::revealed)["user_agent"] == kAgent);
  CHECK(f.payload("ContactRegistered", Personal::revealed)["email"] == kGuest);
}

TEST_CASE("privacy: an address is matched without being opened") {
  Fixture f;
  const auto receipt =
      must(f.record("again", {{"kind", "person"}, {"id", "zub"}}, "InviteToWorkspace",
                    {{"invite", "i2"},
                     {"workspace", "w"},
                     {"email", " Guest.4471.KUMQUAT@post.example"},
                     {"role", "observer"}}));
  CHECK(receipt->result()->str() == "already_invited");
}

TEST_CASE("privacy: of somebody who was erased answers say so, as of any time, and never fail") {
  Fixture f;
  const Position before = f.ledger->head();
  const auto guest = f.guest();
  const auto erased_at = f.erase({{"person", "zub"}});
  for (const auto personal : {Personal::sealed, Personal::revealed}) {
    CHECK(f.name(personal) == "erased");
    CHECK(f.show("person:zub", personal, before)["row"]["display_name"] == "erased");
    CHECK(f.show("contact:" + f.contact(), personal)["row"]["email"] == "erased");
    CHECK(f.show("handoff:h", personal)["line"]["message"] == "erased");
    CHECK(f.payload("AgreementAccepted", personal)["ip_address"] == "erased");
  }
  // Of others nothing is lost, and what was done stays.
  CHECK(f.show("contact:" + guest, Personal::revealed)["row"]["email"] == kGuest);
  const auto panel = f.show("workspace:w");
  CHECK(panel["members"][0]["person"] == "zub");
  CHECK(panel["acceptances"].size() == 1);
  CHECK(f.show("person:zub")["row"]["erased"]["position"] == erased_at);
  const auto trail = must(f.ledger->trail(f.ledger->now(), must(Entity::parse("person:zub"))));
  CHECK(trail.lines.back()->summary == "erased person zub");
  CHECK(must(f.ledger->replay()).agrees);
  CHECK(must(f.ledger->verify()).sound);
}

TEST_CASE("privacy: a contact is erased, and the address means another one from then on") {
  Fixture f;
  const auto guest = f.guest();
  f.erase({{"email", kGuest}});
  CHECK(f.show("contact:" + guest, Personal::revealed)["row"]["email"] == "erased");
  CHECK(f.name(Personal::revealed) == kName);
  f.tell("new", {{"kind", "person"}, {"id", "zub"}}, "InviteToWorkspace",
         {{"invite", "i3"}, {"workspace", "w"}, {"email", kGuest}, {"role", "observer"}});
  const auto contact = f.payload("ContactRegistered")["contact"].get<std::string>();
  CHECK(contact != guest);
  CHECK(f.show("contact:" + contact, Personal::revealed)["row"]["email"] == kGuest);
}

TEST_CASE("privacy: a retry gets the first receipt, also after an erasure, and makes nothing new") {
  Fixture f;
  const auto again = [&] {
    return f.record("zub", kSam, "RegisterPerson",
                    {{"person", "zub"}, {"email", kEmail}, {"display_name", kName}});
  };
  const auto other = [&](const char* name) {
    return f.record("zub", kSam, "RegisterPerson",
                    {{"person", "zub"}, {"email", kEmail}, {"display_name", name}});
  };
  const auto bytes = [](const Flat<log::Receipt>& receipt) {
    return Bytes(receipt.bytes().begin(), receipt.bytes().end());
  };
  CHECK(bytes(must(again())) == f.receipts["zub"]);
  CHECK(other("Somebody").error().code == "IDEMPOTENCY_CONFLICT");
  CHECK(other("Somebody").error().message.find("display_name") != std::string::npos);
  CHECK(other("Somebody").error().message.find("Somebody") == std::string::npos);
  f.erase({{"person", "zub"}});
  CHECK(bytes(must(again())) == f.receipts["zub"]);
  // What it was is not known any more, so this cannot be told from it.
  CHECK(bytes(must(other("Somebody"))) == f.receipts["zub"]);
  CHECK(f.record("zub", kSam, "RegisterPerson",
                 {{"person", "eve"}, {"email", kEmail}, {"display_name", kName}})
            .error()
            .code == "IDEMPOTENCY_CONFLICT");
  // The address was not brought back by trying.
  const auto receipt = must(f.record("e2", kSam, "ErasePerson", {{"email", kEmail}}));
  CHECK(receipt->reason()->str() == "PERSON_NOT_FOUND");
}

TEST_CASE("privacy: an erasure under a hold is refused, and nothing is lost") {
  Fixture f;
  f.tell("hold", kSam, "PlaceLegalHold", {{"hold", "l"}, {"workspace", "w"}});
  CHECK(must(f.record("e", kSam, "ErasePerson", {{"person", "zub"}}))->reason()->str() ==
        "LEGAL_HOLD");
  CHECK(f.name(Personal::revealed) == kName);
  CHECK(f.show("workspace:w")["legal_holds"] == json{"l"});
  f.tell("release", kSam, "ReleaseLegalHold", {{"hold", "l"}});
  CHECK(f.show("workspace:w")["legal_holds"].empty());
  f.erase({{"person", "zub"}});
  CHECK(f.name(Personal::revealed) == "erased");
}

void check_locked(Fixture& f, const std::string& why) {
  REQUIRE(f.ledger->vault_locked());
  CHECK(f.ledger->vault_locked()->message.find(why) != std::string::npos);
  CHECK(f.name() == "sealed");
  const auto view = f.ledger->now();
  const auto revealed = f.ledger->show(view, must(Entity::parse("person:zub")), Personal::revealed);
  REQUIRE_FALSE(revealed);
  CHECK(revealed.error().code == "VAULT_LOCKED");
  CHECK(f.ledger->export_person(view, "zub").error().code == "VAULT_LOCKED");
  const auto head = f.ledger->head();
  CHECK(f.record("l1", kSam, "RegisterPerson", {{"person", "p"}, {"display_name", "P"}})
            .error()
            .code == "VAULT_LOCKED");
  CHECK(f.record("l2", kSam, "ErasePerson", {{"person", "zub"}}).error().code == "VAULT_LOCKED");
  CHECK(f.ledger->head() == head);
  CHECK(f.record("l3", kSam, "RevokePartnerStatus", {{"organisation", "o"}}));
  CHECK(f.record("l4", kSam, "RegisterPerson", {{"person", "p"}}));
}

TEST_CASE("privacy: without its master key a ledger does all that needs no personal data") {
  Fixture f;
  SUBCASE("no key") {
    f.reopen(nullptr);
    check_locked(f, "master.key");
  }
  SUBCASE("a file that is not there") {
    f.ledger.reset();
    REQUIRE(f.key.write(f.path() / "master.key"));
    f.ledger.emplace(must(Ledger::open(f.path(), {.master_key_file = f.directory / "nowhere"})));
    check_locked(f, "nowhere");
  }
  SUBCASE("a wrong one") {
    const auto wrong = MasterKey::generate();
    f.reopen(&wrong);
    check_locked(f, "does not open the vault");
  }
  SUBCASE("no vault") {
    f.ledger.reset();
    fs::rename(f.path() / "vault", f.directory / "away");
    f.reopen(&f.key);
    check_locked(f, "holds no vault");
    CHECK(!fs::exists(f.path() / "vault" / "CURRENT"));
    f.ledger.reset();
    fs::remove_all(f.path() / "vault");
    fs::rename(f.directory / "away", f.path() / "vault");
  }
  f.reopen(&f.key);
  CHECK(f.name(Personal::revealed) == kName);
}

TEST_CASE("privacy: without the key it is known who was erased") {
  Fixture f;
  f.erase({{"person", "zub"}});
  f.reopen(nullptr);
  CHECK(f.name() == "erased");
  CHECK(f.name(Personal::revealed) == "erased");
}

TEST_CASE("privacy: a vault from before an erasure does it again before it reveals anything") {
  Fixture f;
  const auto contact = f.contact();
  f.ledger.reset();
  fs::copy(f.path() / "vault", f.directory / "copy", fs::copy_options::recursive);
  f.reopen(&f.key);
  f.erase({{"person", "zub"}});
  f.erase({{"email", kGuest}}, "erase-guest");
  f.ledger.reset();
  fs::remove_all(f.path() / "vault");
  fs::copy(f.directory / "copy", f.path() / "vault", fs::copy_options::recursive);
  SUBCASE("opened for reading only") {
    f.reopen(&f.key, /*read_only=*/true);
    CHECK(f.name(Personal::revealed) == "erased");
    CHECK(f.show("contact:" + contact, Personal::revealed)["row"]["email"] == "erased");
  }
  SUBCASE("opened without a key, then with it") {
    f.reopen(nullptr);
    CHECK(f.name() == "erased");
  }
  f.reopen(&f.key);
  CHECK(f.name(Personal::revealed) == "erased");
  // In the vault, too: what is sealed for them from now on is not kept.
  f.tell("late", {{"kind", "person"}, {"id", "zub"}}, "CancelHandoff", {{"handoff", "h"}});
  f.tell("h2", {{"kind", "person"}, {"id", "zub"}}, "ProposeHandoff",
         {{"handoff", "h2"}, {"workspace", "w"}, {"target", "o2"}, {"message", kMessage}});
  auto cursor =
      f.ledger->query(Query{{{{"HandoffProposed"}, {}}}}, {.direction = Direction::backwards});
  REQUIRE(cursor.next());
  CHECK(json::parse(must(record_to_json(cursor.record())))["payload"]["message"] == "erased");
  CHECK(must(f.record("e3", kSam, "ErasePerson", {{"email", kGuest}}))->reason()->str() ==
        "PERSON_NOT_FOUND");
}

TEST_CASE("privacy: the master key is changed, and the old one opens nothing") {
  Fixture f;
  const auto next = MasterKey::generate();
  REQUIRE(f.ledger->change_master_key(next));
  CHECK(f.name(Personal::revealed) == kName);
  f.reopen(&f.key);
  CHECK(f.ledger->vault_locked());
  f.reopen(&next);
  CHECK(f.name(Personal::revealed) == kName);
}

TEST_CASE("privacy: an export has all that is held about one person, and of nobody else") {
  Fixture f;
  const auto all = must(f.ledger->export_person(f.ledger->now(), "zub"));
  const auto parsed = json::parse(all);
  for (const auto* mine : {kName, kEmail, kAddress, kAgent, kMessage}) {
    CHECK_MESSAGE(all.find(mine) != std::string::npos, mine);
  }
  CHECK(all.find(kGuest) == std::string::npos);
  CHECK(parsed["state"]["row"]["display_name"] == kName);
  CHECK(parsed["contacts"].size() == 1);
  CHECK(parsed["contacts"][0]["row"]["email"] == kEmail);
  CHECK(parsed["commands"].size() == 4);  // zub, o, w, h
  for (const auto& event : parsed["events"]) {
    const auto tags = event["tags"].get<std::set<std::string>>();
    CHECK((tags.contains("person:zub") || tags.contains("contact:" + f.contact())));
  }
  f.erase({{"person", "zub"}});
  const auto nothing = must(f.ledger->export_person(f.ledger->now(), "zub"));
  for (const auto& text : kTexts) CHECK(nothing.find(text) == std::string::npos);
  CHECK(f.ledger->export_person(f.ledger->now(), "nobody").error().code == "NOT_FOUND");
}

TEST_CASE("privacy: a ledger without a named key makes its own, that only its owner can read") {
  const TempDirectory directory;
  const auto path = directory / "ledger";
  {
    auto ledger = must(Ledger::create(path, {}));
    CHECK_FALSE(ledger.vault_locked());
  }
  CHECK((fs::status(path / "master.key").permissions() & fs::perms::all) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  CHECK_FALSE(must(Ledger::open(path)).vault_locked());
  const auto key = read_file(path / "master.key");
  for (const auto* part : {"log", "views", "vault"}) {
    for (const auto& entry : fs::recursive_directory_iterator(path / part)) {
      CHECK(read_file(entry.path()).find(key.substr(0, 64)) == std::string::npos);
    }
  }
}

TEST_CASE("privacy: what an unfinished creation left behind is no hindrance") {
  const TempDirectory directory;
  const auto path = directory / "ledger";
  fs::create_directory(path);
  std::ofstream(path / "master.key.new") << "ha";
  fs::create_directory(path / "vault.new");
  std::ofstream(path / "vault.new" / "CURRENT") << "half";
  CHECK_FALSE(must(Ledger::create(path, {})).vault_locked());
  CHECK(!fs::exists(path / "vault.new"));
  CHECK(!fs::exists(path / "master.key.new"));
  // A vault that nobody used, and its key.
  fs::remove_all(path / "log");
  fs::remove_all(path / "views");
  CHECK_FALSE(must(Ledger::create(path, {})).vault_locked());
  // A ledger that is there keeps its vault.
  const auto again = Ledger::create(path, {});
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == ErrorKind::misuse);
  CHECK(fs::exists(path / "vault" / "CURRENT"));
}

TEST_CASE("privacy: no new ledger is made over a vault that keeps something") {
  Fixture f;
  f.ledger.reset();
  for (const auto* part : {"log", "views"}) {
    fs::rename(f.path() / part, f.directory / part);
  }
  const auto wrong = MasterKey::generate();
  for (const MasterKey* key : std::initializer_list<const MasterKey*>{&f.key, &wrong}) {
    Ledger::CreateOptions options;
    options.master_key = key;
    const auto made = Ledger::create(f.path(), options);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == "VAULT_EXISTS");
    CHECK(made.error().message.find("vault") != std::string::npos);
  }
  for (const auto* part : {"log", "views"}) {
    fs::remove_all(f.path() / part);
    fs::rename(f.directory / part, f.path() / part);
  }
  f.reopen(&f.key);
  CHECK(f.name(Personal::revealed) == kName);
}

TEST_CASE("privacy: a log from before an erasure, with the vault from after it, erases anew") {
  Fixture f;
  f.ledger.reset();
  for (const auto* part : {"log", "views"}) {
    fs::copy(f.path() / part, f.directory / part, fs::copy_options::recursive);
  }
  f.reopen(&f.key);
  f.tell("eve", kSam, "RegisterPerson", {{"person", "eve"}, {"display_name", "Eve"}});
  f.erase({{"person", "eve"}}, "e1");
  f.ledger.reset();
  for (const auto* part : {"log", "views"}) {
    fs::remove_all(f.path() / part);
    fs::copy(f.directory / part, f.path() / part, fs::copy_options::recursive);
  }
  f.reopen(&f.key);
  const std::string sealed = [&] {
    auto cursor = f.ledger->query(Query{{{{"PersonRegistered"}, {}}}});
    REQUIRE(cursor.next());
    return json::parse(must(record_to_json(cursor.record())))["payload"]["display_name"];
  }();
  const auto vault_reveals = [&] {
    f.ledger.reset();
    const bool reveals = must(must(Vault::open(f.path() / "vault", f.key, Vault::Access::read))
                                  ->can_reveal(*SealedText::parse(sealed)));
    f.reopen(&f.key);
    return reveals;
  };
  REQUIRE(vault_reveals());
  f.erase({{"person", "zub"}});  // at a position that the vault has heard of
  CHECK_FALSE(vault_reveals());
  CHECK(f.name(Personal::revealed) == "erased");
}

TEST_CASE("privacy: another ledger's vault does all that this log says") {
  Fixture f;
  Fixture g;
  f.erase({{"person", "zub"}});
  for (int i = 0; i < 4; ++i) {
    const auto id = "p" + std::to_string(i);
    f.tell(id, kSam, "RegisterPerson", {{"person", id}, {"display_name", id}});
    g.tell(id, kSam, "RegisterPerson", {{"person", id}, {"display_name", id}});
  }
  const auto told = g.erase({{"person", "p0"}});
  CHECK(told <= f.ledger->head().value);
  REQUIRE(g.ledger->change_master_key(f.key));
  g.ledger.reset();
  f.ledger.reset();
  fs::remove_all(f.path() / "vault");
  fs::copy(g.path() / "vault", f.path() / "vault", fs::copy_options::recursive);
  f.reopen(&f.key);
  REQUIRE_FALSE(f.ledger->vault_locked());
  // zub is somebody else in the other ledger, but here erased.
  f.tell("late", {{"kind", "person"}, {"id", "zub"}}, "CancelHandoff", {{"handoff", "h"}});
  f.tell("h2", {{"kind", "person"}, {"id", "zub"}}, "ProposeHandoff",
         {{"handoff", "h2"}, {"workspace", "w"}, {"target", "o2"}, {"message", kMessage}});
  auto cursor =
      f.ledger->query(Query{{{{"HandoffProposed"}, {}}}}, {.direction = Direction::backwards});
  REQUIRE(cursor.next());
  CHECK(json::parse(must(record_to_json(cursor.record())))["payload"]["message"] == "erased");
}

TEST_CASE("privacy: what a vault from before has no key for is lost, and nothing fails") {
  Fixture f;
  f.ledger.reset();
  fs::copy(f.path() / "vault", f.directory / "copy", fs::copy_options::recursive);
  f.reopen(&f.key);
  const auto register_eve = [&] {
    return f.record("eve", kSam, "RegisterPerson",
                    {{"person", "eve"}, {"email", "eve@x.example"}, {"display_name", "Eve"}});
  };
  const auto receipt = must(register_eve());
  f.ledger.reset();
  fs::remove_all(f.path() / "vault");
  fs::copy(f.directory / "copy", f.path() / "vault", fs::copy_options::recursive);
  f.reopen(&f.key);
  const auto eve = [&](Personal personal) {
    return f.show("person:eve", personal)["row"]["display_name"].get<std::string>();
  };
  CHECK(eve(Personal::sealed) == "sealed");
  CHECK(eve(Personal::revealed) == "lost");
  CHECK(must(register_eve()).bytes() == receipt.bytes());
  f.tell("eve2", kSam, "RegisterPerson", {{"person", "eve"}, {"display_name", "Eva"}});
  CHECK(eve(Personal::revealed) == "Eva");
  // The older event has what only the older key revealed.
  CHECK(must(f.ledger->export_person(f.ledger->now(), "eve")).find("\"lost\"") !=
        std::string::npos);
  CHECK(must(register_eve()).bytes() == receipt.bytes());
  CHECK(f.name(Personal::revealed) == kName);
}

TEST_CASE("privacy: a retry is one, also when its address has become somebody's since") {
  Fixture f;
  const auto decline = [&] {
    return must(f.record("decline", {{"kind", "person"}, {"id", "mallory"}}, "DeclineInvite",
                         {{"invite", "i"}, {"email", "mal@x.example"}}));
  };
  const auto first = decline();
  CHECK(first->reason()->str() == "WRONG_RECIPIENT");
  f.tell("mal", kSam, "RegisterPerson", {{"person", "mal"}, {"email", "mal@x.example"}});
  CHECK(decline().bytes() == first.bytes());
}

TEST_CASE("privacy: who only was refused is exported and erased, too") {
  Fixture f;
  const json mallory = {{"kind", "person"}, {"id", "mallory"}};
  const auto refused = must(f.record("m1", mallory, "AcceptAgreement",
                                     {{"workspace", "w"},
                                      {"acceptance",
                                       {{"agreement", "dpa"},
                                        {"version", 1},
                                        {"text_shown", true},
                                        {"channel", "web"},
                                        {"ip_address", "198.51.100.77"}}}}));
  REQUIRE(refused->outcome() == log::Outcome::refused);
  CHECK(must(f.ledger->export_person(f.ledger->now(), "mallory")).find("198.51.100.77") !=
        std::string::npos);
  f.erase({{"person", "mallory"}});
  CHECK(must(f.ledger->export_person(f.ledger->now(), "mallory")).find("198.51.100.77") ==
        std::string::npos);
}

}  // namespace
}  // namespace actbook::testing

// A ledger whose vault or master key is missing, older, changed or of another ledger.
#include <doctest/doctest.h>

#include <fstream>

#include "actbook/vault.h"
#include "support/private_ledger.h"

namespace actbook::testing {
namespace {

namespace fs = std::filesystem;

void check_locked(PrivateLedger& f, const std::string& why) {
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
  PrivateLedger f;
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
  PrivateLedger f;
  f.erase({{"person", "zub"}});
  f.reopen(nullptr);
  CHECK(f.name() == "erased");
  CHECK(f.name(Personal::revealed) == "erased");
}

TEST_CASE("privacy: a vault from before an erasure does it again before it reveals anything") {
  PrivateLedger f;
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
  PrivateLedger f;
  const auto next = MasterKey::generate();
  REQUIRE(f.ledger->change_master_key(next));
  CHECK(f.name(Personal::revealed) == kName);
  f.reopen(&f.key);
  CHECK(f.ledger->vault_locked());
  f.reopen(&next);
  CHECK(f.name(Personal::revealed) == kName);
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
      if (!entry.is_regular_file()) continue;
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
  PrivateLedger f;
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
  PrivateLedger f;
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
  PrivateLedger f;
  PrivateLedger g;
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
  PrivateLedger f;
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

}  // namespace
}  // namespace actbook::testing

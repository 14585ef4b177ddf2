// Personal data by way of the facade: sealed wherever it is stored, revealed to whoever may see it,
// and gone when somebody is erased.
#include <doctest/doctest.h>

#include "support/private_ledger.h"

namespace actbook::testing {
namespace {

namespace fs = std::filesystem;

TEST_CASE("privacy: no personal text stands in any byte of the directory, whatever is closed") {
  PrivateLedger f;
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
  PrivateLedger f;
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
  const PrivateLedger f;
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
  PrivateLedger f;
  const auto receipt =
      must(f.record("again", {{"kind", "person"}, {"id", "zub"}}, "InviteToWorkspace",
                    {{"invite", "i2"},
                     {"workspace", "w"},
                     {"email", " Guest.4471.KUMQUAT@post.example"},
                     {"role", "observer"}}));
  CHECK(receipt->result()->str() == "already_invited");
}

TEST_CASE("privacy: of somebody who was erased answers say so, as of any time, and never fail") {
  PrivateLedger f;
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
  const auto trail = must(f.ledger->trail(f.ledger->now(), must(parse_search("person:zub"))));
  CHECK(trail.lines.back()->summary == "erased person zub");
  CHECK(must(f.ledger->replay()).agrees);
  CHECK(must(f.ledger->verify()).sound);
}

TEST_CASE("privacy: a contact is erased, and the address means another one from then on") {
  PrivateLedger f;
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
  PrivateLedger f;
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
  PrivateLedger f;
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

TEST_CASE("privacy: an export has all that is held about one person, and of nobody else") {
  PrivateLedger f;
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

TEST_CASE("privacy: a retry is one, also when its address has become somebody's since") {
  PrivateLedger f;
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
  PrivateLedger f;
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

#include "actbook/vault.h"

#include <doctest/doctest.h>
#include <rocksdb/db.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>

#include "storage/environment.h"
#include "support/directory_image.h"
#include "support/fault_file_system.h"
#include "support/seed.h"
#include "support/temp_directory.h"

namespace actbook::testing {
namespace {

using Access = Vault::Access;

const std::string kField = "PersonRegistered.display_name";
const std::string kAdam = "person:adam";

Vault::Erasures up_to(std::uint64_t position) {
  Vault::Erasures erasures{position, {}};
  erasures.record.back() = static_cast<std::uint8_t>(position);
  return erasures;
}

struct VaultFixture {
  TempDirectory directory;
  MasterKey key = MasterKey::generate();
  std::unique_ptr<Vault> vault;

  VaultFixture() { vault = Vault::create(path(), key).value(); }
  [[nodiscard]] std::filesystem::path path() const { return directory / "vault"; }
  Result<void> reopen(const MasterKey& with) {
    vault.reset();
    auto opened = Vault::open(path(), with, Access::write);
    if (!opened) return opened.error();
    vault = std::move(opened).value();
    return boost::outcome_v2::success();
  }
  void reopen() { REQUIRE(reopen(key)); }

  [[nodiscard]] std::string seal(const std::string& text, const std::string& subject = kAdam,
                                 const std::string& field = kField) const {
    return vault->seal(field, subject, text).value();
  }
};

/// The text; "-" if the key is gone, or the code of the error.
std::string revealed(const Vault& vault, const std::string& sealed) {
  const auto parsed = SealedText::parse(sealed);
  if (!parsed) return "not sealed";
  const auto text = vault.reveal(*parsed);
  if (!text) return text.error().code;
  return text.value().value_or("-");
}

/// Everything that the database holds, by key.
std::map<std::string, std::string> stored(const std::filesystem::path& directory) {
  rocksdb::DB* opened = nullptr;
  REQUIRE(rocksdb::DB::OpenForReadOnly({}, directory.string(), &opened).ok());
  const std::unique_ptr<rocksdb::DB> database(opened);
  std::map<std::string, std::string> all;
  const std::unique_ptr<rocksdb::Iterator> at(database->NewIterator({}));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    all[at->key().ToString()] = at->value().ToString();
  }
  return all;
}

/// The names of the files that hold a text anywhere.
std::set<std::string> files_with(const std::filesystem::path& directory, const std::string& text) {
  std::set<std::string> found;
  for (const auto& [name, bytes] : DirectoryImage(directory).files) {
    if (bytes.find(text) != std::string::npos) found.insert(name);
  }
  return found;
}

}  // namespace

TEST_CASE("vault: what was sealed is revealed, whatever the text") {
  VaultFixture f;
  Random random(chosen_seed());
  std::vector<std::string> texts = {"",
                                    "A",
                                    std::string(15, 'x'),
                                    std::string(16, 'x'),
                                    "Zoë Ångström",
                                    std::string("zero\0byte", 9)};
  for (int i = 0; i < 50; ++i) texts.push_back(random.text(random.below(5000)));
  std::vector<std::string> sealed;
  for (const auto& text : texts) {
    sealed.push_back(f.seal(text));
    CHECK(revealed(*f.vault, sealed.back()) == text);
    if (text.size() > 4) CHECK(sealed.back().find(text) == std::string::npos);
  }
  f.reopen();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CHECK(revealed(*f.vault, sealed[i]) == texts[i]);
    CHECK(f.seal(texts[i]) == sealed[i]);
  }
}

TEST_CASE("vault: a sealed text says of whom and what it is") {
  VaultFixture f;
  const auto sealed = f.seal("Adam", "person:a:b.c", kField);
  const auto parsed = SealedText::parse(sealed);
  REQUIRE(parsed);
  CHECK(parsed->field == kField);
  CHECK(parsed->subject == "person:a:b.c");
  for (const std::string no : {"", "Adam", "erased", "sealed:", "sealed:x", "sealed:x:y"}) {
    CHECK_FALSE(SealedText::parse(no));
  }
}

TEST_CASE("vault: equal texts look equal only within one subject and field") {
  VaultFixture f;
  const auto box = [&](const std::string& subject, const std::string& field) {
    const auto sealed = f.seal("Adam", subject, field);
    return std::string(SealedText::parse(sealed)->box);
  };
  CHECK(box(kAdam, kField) == box(kAdam, kField));
  CHECK(box(kAdam, kField) != box("person:eve", kField));
  CHECK(box(kAdam, kField) != box(kAdam, "ContactRegistered.email"));
  CHECK(f.seal("Adam") != f.seal("adam"));
}

TEST_CASE("vault: nothing sealed can be moved or changed") {
  VaultFixture f;
  const auto sealed = f.seal("Adam");
  (void)f.seal("Eve", "person:eve");
  const auto with = [&](const std::string& from, const std::string& to) {
    auto changed = sealed;
    return changed.replace(changed.find(from), from.size(), to);
  };
  CHECK(revealed(*f.vault, with(kAdam, "person:eve")) == "NOT_SEALED_HERE");
  CHECK(revealed(*f.vault, with(kField, "AgreementAccepted.user_agent")) == "NOT_SEALED_HERE");
  const auto box = std::string(SealedText::parse(sealed)->box);
  for (std::size_t i = 0; i < box.size(); ++i) {
    auto changed = box;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK(revealed(*f.vault, with(box, changed)) == "NOT_SEALED_HERE");
    CHECK(revealed(*f.vault, with(box, box.substr(0, i))) == "NOT_SEALED_HERE");
  }
  CHECK(revealed(*f.vault, with(kAdam, "person:nobody")) == "-");
}

TEST_CASE("vault: an address means one contact, which says nothing of it") {
  VaultFixture f;
  CHECK_FALSE(f.vault->find_contact("clara@haarlem.example").value());
  const auto clara = f.vault->contact_of("clara@haarlem.example").value();
  const auto nora = f.vault->contact_of("nora@haarlem.example").value();
  CHECK(clara != nora);
  f.reopen();
  CHECK(f.vault->contact_of("clara@haarlem.example").value() == clara);
  CHECK(f.vault->find_contact("nora@haarlem.example").value() == nora);
  CHECK(files_with(f.path(), "haarlem").empty());

  VaultFixture other;
  CHECK(other.vault->contact_of("clara@haarlem.example").value() != clara);
}

TEST_CASE("vault: who asks at once for a new address or subject gets the same") {
  VaultFixture f;
  std::vector<std::string> contacts(8);
  std::vector<std::string> sealed(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < contacts.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < 20; ++j) {
        contacts[i] += f.vault->contact_of("c" + std::to_string(j) + "@x.example").value();
        sealed[i] += f.seal("text", "person:p" + std::to_string(j));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 1; i < contacts.size(); ++i) {
    CHECK(contacts[i] == contacts[0]);
    CHECK(sealed[i] == sealed[0]);
  }
}

TEST_CASE("vault: what was erased is in no byte of it and is not made again") {
  VaultFixture f;
  const std::string email = "clara@haarlem.example";
  const auto contact = f.vault->contact_of(email).value();
  const auto sealed = f.seal("Clara of Haarlem", "person:clara");
  const auto address = f.seal(email, "contact:" + contact, "ContactRegistered.email");
  const auto kept = f.seal("Adam");
  f.reopen();
  f.vault.reset();
  const auto before = stored(f.path());
  const auto key = before.at("kperson:clara");
  const auto contact_key = before.at("kcontact:" + contact);
  const auto hash = before.at("c" + contact);
  f.reopen();
  // Some of it in sorted files, some in the write-ahead log.
  (void)f.seal("Eve", "person:eve");
  for (const auto& secret : {key, contact_key, hash})
    CHECK_FALSE(files_with(f.path(), secret).empty());
  for (const auto& plain : {std::string("Clara of"), email})
    CHECK(files_with(f.path(), plain).empty());

  REQUIRE(f.vault->erase({"person:clara", "contact:" + contact}, up_to(17)));
  for (int again = 0; again < 2; ++again) {
    for (const auto& secret : {key, contact_key, hash}) CHECK(files_with(f.path(), secret).empty());
    CHECK(revealed(*f.vault, sealed) == "-");
    CHECK(revealed(*f.vault, address) == "-");
    CHECK(revealed(*f.vault, kept) == "Adam");
    CHECK_FALSE(f.vault->can_reveal(*SealedText::parse(sealed)).value());
    CHECK(f.vault->can_reveal(*SealedText::parse(kept)).value());
    CHECK(f.vault->knows("person:clara").value());
    CHECK(f.vault->erased_up_to().value() == up_to(17));
    CHECK_FALSE(f.vault->find_contact(email).value());
    CHECK(f.seal("Clara again", "person:clara") == kErasedText);
    f.reopen();
  }
  CHECK(f.vault->contact_of(email).value() != contact);
  // Another log may say so earlier.
  REQUIRE(f.vault->erase({"person:clara"}, up_to(5)));
  CHECK(f.vault->erased_up_to().value() == up_to(5));
}

TEST_CASE("vault: a copy from before an erasure says how far behind it is") {
  VaultFixture f;
  const auto sealed = f.seal("Clara", "person:clara");
  REQUIRE(f.vault->erase({"person:eve"}, up_to(3)));
  f.vault.reset();
  const DirectoryImage copy(f.path());
  f.reopen();
  REQUIRE(f.vault->erase({"person:clara"}, up_to(9)));
  f.vault.reset();
  copy.write(f.path());
  f.reopen();
  CHECK(f.vault->erased_up_to().value().position == 3);
  CHECK(revealed(*f.vault, sealed) == "Clara");
  REQUIRE(f.vault->erase({"person:clara"}, up_to(9)));
  CHECK(revealed(*f.vault, sealed) == "-");
}

TEST_CASE("vault: only the master key opens it") {
  VaultFixture f;
  const auto sealed = f.seal("Adam");
  const auto other = MasterKey::generate();
  const auto wrong = f.reopen(other);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == "WRONG_MASTER_KEY");
  CHECK(wrong.error().kind == ErrorKind::misuse);
  f.reopen();
  CHECK(revealed(*f.vault, sealed) == "Adam");
  f.vault.reset();
  const auto before = stored(f.path());
  f.reopen();
  for (const auto* key : {"r", "kperson:adam"}) {
    CHECK_FALSE(files_with(f.path(), before.at(key)).empty());
  }

  REQUIRE(f.vault->change_master_key(other));
  // Not even the keys of subjects are wrapped as they were.
  for (const auto* key : {"r", "kperson:adam"}) {
    CHECK(files_with(f.path(), before.at(key)).empty());
  }
  CHECK(revealed(*f.vault, sealed) == "Adam");
  CHECK_FALSE(f.reopen(f.key));
  REQUIRE(f.reopen(other));
  CHECK(revealed(*f.vault, sealed) == "Adam");
  CHECK(f.seal("Adam") == sealed);
}

TEST_CASE("vault: who only reads changes nothing") {
  VaultFixture f;
  const auto sealed = f.seal("Adam");
  f.vault.reset();
  const auto before = DirectoryImage(f.path()).files;
  {
    const auto reader = Vault::open(f.path(), f.key, Access::read).value();
    CHECK(revealed(*reader, sealed) == "Adam");
    CHECK(reader->seal(kField, kAdam, "Adam").value() == sealed);
    CHECK(reader->seal(kField, "person:new", "New").error().code == "READ_ONLY");
    CHECK(reader->erase({kAdam}, up_to(1)).error().code == "READ_ONLY");
  }
  auto after = DirectoryImage(f.path()).files;
  std::erase_if(after, [](const auto& file) { return file.first.starts_with("LOG"); });
  for (const auto& file : after) CHECK_MESSAGE(before.at(file.first) == file.second, file.first);
}

TEST_CASE("vault: what it has, and that it has nothing") {
  VaultFixture f;
  CHECK(f.vault->is_empty().value());
  CHECK_FALSE(f.vault->knows(kAdam).value());
  (void)f.seal("Adam");
  CHECK(f.vault->knows(kAdam).value());
  CHECK_FALSE(f.vault->is_empty().value());
  REQUIRE(f.vault->erase({kAdam}, up_to(1)));
  CHECK(f.vault->knows(kAdam).value());
  CHECK_FALSE(f.vault->is_empty().value());
}

TEST_CASE("vault: what another key sealed cannot be revealed, which is no error to ask") {
  VaultFixture f;
  VaultFixture g;
  const auto sealed = g.seal("Adam");
  CHECK_FALSE(f.vault->can_reveal(*SealedText::parse(sealed)).value());
  (void)f.seal("Adam");
  CHECK_FALSE(f.vault->can_reveal(*SealedText::parse(sealed)).value());
  CHECK(revealed(*f.vault, sealed) == "NOT_SEALED_HERE");
}

TEST_CASE("vault: there is none, or there is one already") {
  const TempDirectory directory;
  const auto key = MasterKey::generate();
  CHECK(Vault::open(directory / "v", key, Access::write).error().code == "NO_VAULT");
  REQUIRE(Vault::create(directory / "v", key));
  CHECK(Vault::create(directory / "v", key).error().code == "VAULT_EXISTS");
}

TEST_CASE("vault: an erasure that is cut short anywhere is not said to be done") {
  for (std::uint64_t n = 1;; ++n) {
    INFO("crash at n = ", n);
    const TempDirectory directory;
    FaultEnvironment disk;
    const auto key = MasterKey::generate();
    auto vault = Vault::create(directory / "v", key, &disk.storage).value();
    const auto sealed = vault->seal(kField, kAdam, "Adam").value();
    const auto kept = vault->seal(kField, "person:eve", "Eve").value();
    vault.reset();
    const auto secret = stored(directory / "v").at("kperson:adam");
    vault = Vault::open(directory / "v", key, Access::write, &disk.storage).value();
    CHECK_FALSE(files_with(directory / "v", secret).empty());
    disk.files->arm({Fault::Kind::crash, n, false, {}, {}});
    const auto erased = vault->erase({kAdam}, up_to(7));
    const bool triggered = disk.files->triggered();
    disk.files->crash();
    vault.reset();
    disk.files->lift();
    auto opened = Vault::open(directory / "v", key, Access::write, &disk.storage);
    REQUIRE_MESSAGE(opened, opened.error().message);
    vault = std::move(opened).value();
    CHECK(revealed(*vault, kept) == "Eve");
    // Once it is removed, opening brings that to its end.
    if (revealed(*vault, sealed) == "-") CHECK(files_with(directory / "v", secret).empty());
    if (erased) CHECK(vault->erased_up_to().value().position == 7);
    if (vault->erased_up_to().value().position < 7) REQUIRE(vault->erase({kAdam}, up_to(7)));
    CHECK(revealed(*vault, sealed) == "-");
    if (!triggered) {
      CHECK(erased);
      CHECK(n > 5);
      break;
    }
  }
}

TEST_CASE("vault: a change of the master key that is cut short leaves one of them to open it") {
  std::uint64_t n = 0;
  for (bool triggered = true; triggered;) {
    ++n;
    INFO("n = " << n);
    TempDirectory directory;
    FaultEnvironment disk;
    const auto first = MasterKey::generate();
    const auto second = MasterKey::generate();
    std::string sealed;
    std::string secret;
    {
      auto vault = Vault::create(directory / "v", first, &disk.storage).value();
      sealed = vault->seal(kField, kAdam, "Adam").value();
      vault.reset();
      secret = stored(directory / "v").at("r");
      vault = Vault::open(directory / "v", first, Access::write, &disk.storage).value();
      disk.files->arm({Fault::Kind::crash, n, false, {}, {}});
      const auto changed = vault->change_master_key(second);
      triggered = disk.files->triggered();
      CHECK(changed.has_value() == !triggered);
      if (triggered && !changed) CHECK(changed.error().kind == ErrorKind::unknown_outcome);
      disk.files->crash();
    }
    disk.files->lift();
    const auto old = Vault::open(directory / "v", first, Access::write, &disk.storage);
    const bool is_first = old.has_value();
    if (!is_first) CHECK(old.error().code == "WRONG_MASTER_KEY");
    if (!triggered) CHECK_FALSE(is_first);
    if (is_first) {
      CHECK(revealed(*old.value(), sealed) == "Adam");
      continue;
    }
    const auto changed = Vault::open(directory / "v", second, Access::write, &disk.storage);
    REQUIRE_MESSAGE(changed, changed.error().message);
    CHECK(revealed(*changed.value(), sealed) == "Adam");
    CHECK(files_with(directory / "v", secret).empty());
  }
  CHECK(n > 3);
}

TEST_CASE("master key: only its owner can read the file, and it is never overwritten") {
  const TempDirectory directory;
  const auto file = directory / "key";
  const auto key = MasterKey::generate();
  REQUIRE(key.write(file));
  struct stat about {};
  REQUIRE(::stat(file.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777U) == 0600U);
  const auto read = MasterKey::read(file);
  REQUIRE(read);
  CHECK(std::equal(key.data(), key.data() + MasterKey::kSize, read.value().data()));
  CHECK(MasterKey::generate().write(file).error().code == "MASTER_KEY_EXISTS");
  CHECK(MasterKey::generate().write(directory / "no" / "key").error().code == "STORAGE_FAILED");
  CHECK(MasterKey::read(directory / "no").error().code == "MASTER_KEY_MISSING");
}

TEST_CASE("master key: what is no key is refused and said nothing of") {
  const std::string digits(64, 'a');
  CHECK(MasterKey::parse(digits));
  CHECK(MasterKey::parse(" " + digits + "\r\n"));
  for (const std::string& no :
       {std::string(), digits.substr(1), digits + "a", digits.substr(1) + "g", "0x" + digits}) {
    const auto key = MasterKey::parse(no);
    REQUIRE_FALSE(key);
    CHECK(key.error().code == "MASTER_KEY");
    CHECK((no.empty() || key.error().message.find(no) == std::string::npos));
  }
}

}  // namespace actbook::testing

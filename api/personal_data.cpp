#include "personal_data.h"

#include "actbook/decide.h"
#include "actbook/schema/events_generated.h"
#include "actbook/seal.h"

namespace actbook {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSealed = "sealed";

Result<MasterKey> make_key(const fs::path& file) {
  // A creation that was not finished may have made it.
  if (fs::exists(file)) return MasterKey::read(file);
  auto key = MasterKey::generate();
  BOOST_OUTCOME_TRY(key.write(file));
  return key;
}

Result<std::unique_ptr<Vault>> open_vault(const fs::path& ledger, const OpenLedgerOptions& options,
                                          Vault::Access access) {
  const auto directory = ledger / kVaultDirectory;
  if (options.master_key != nullptr) return Vault::open(directory, *options.master_key, access);
  const auto& named = options.master_key_file;
  BOOST_OUTCOME_TRY(key, MasterKey::read(named.empty() ? ledger / kMasterKeyFile : named));
  return Vault::open(directory, key, access);
}

}  // namespace

Result<std::unique_ptr<PersonalData>> PersonalData::create(const fs::path& ledger,
                                                           const MasterKey* key) {
  const auto directory = ledger / kVaultDirectory;
  std::error_code error;
  fs::remove_all(directory, error);
  if (error) {
    return Error{ErrorKind::unavailable,
                 "STORAGE_FAILED",
                 "removing " + directory.string() + " failed: " + error.message(),
                 {}};
  }
  std::unique_ptr<PersonalData> made(new PersonalData());
  if (key != nullptr) {
    BOOST_OUTCOME_TRY(vault, Vault::create(directory, *key));
    made->vault_ = std::move(vault);
  } else {
    BOOST_OUTCOME_TRY(own, make_key(ledger / kMasterKeyFile));
    BOOST_OUTCOME_TRY(vault, Vault::create(directory, own));
    made->vault_ = std::move(vault);
  }
  return made;
}

std::unique_ptr<PersonalData> PersonalData::open(const fs::path& ledger,
                                                 const OpenLedgerOptions& options,
                                                 Vault::Access access) {
  std::unique_ptr<PersonalData> made(new PersonalData());
  auto vault = open_vault(ledger, options, access);
  if (vault) {
    made->vault_ = std::move(vault).value();
  } else {
    made->locked_ =
        Error{ErrorKind::unavailable,
              "VAULT_LOCKED",
              "personal data can be neither sealed nor revealed: " + vault.error().message,
              {}};
  }
  return made;
}

Result<Bytes> PersonalData::seal(const Bytes& command, const EventStore& store,
                                 const std::string& command_id) {
  constexpr auto kEnvelope = &command::CommandEnvelope::GetFullyQualifiedName;
  if (!has_personal(command_schema(), kEnvelope(), command)) return command;
  if (locked_) return *locked_;
  BOOST_OUTCOME_TRY(known, store.find_command(command_id));
  std::optional<Bytes> stored;
  if (known) stored = std::move(known->content);
  return seal_command(command, stored, *vault_);
}

Result<std::string> PersonalData::read(std::string_view stored, const EventStore& store,
                                       Personal personal) const {
  const auto sealed = SealedText::parse(stored);
  if (!sealed) return std::string(kErasedText);
  const View now = store.now();
  const bool erased = is_erased(now, sealed->subject);
  BOOST_OUTCOME_TRY(now.status());
  if (erased) return std::string(kErasedText);
  if (personal == Personal::sealed) return std::string(kSealed);
  if (locked_) return *locked_;
  BOOST_OUTCOME_TRY(text, vault_->reveal(*sealed));
  return text ? std::move(*text) : std::string(kErasedText);
}

Result<void> PersonalData::carry_out_erasures(const EventStore& store) {
  if (locked_) return *locked_;
  // One after another, or the vault might say that it did what another is still about to do.
  const std::lock_guard lock(erasing_);
  BOOST_OUTCOME_TRY(done, vault_->erased_up_to());
  auto cursor = store.query(Query{{{{"PersonErased"}, {}}}}, {.from = Position{done + 1}});
  while (cursor.next()) {
    const auto& record = cursor.record();
    if (!is_flat<event::PersonErased>(record.payload())) {
      return Error{
          ErrorKind::corrupt, "MALFORMED_EVENT",
          "the payload of this event is not a PersonErased; restore the ledger from a copy",
          record.position()};
    }
    const auto& erased = *flatbuffers::GetRoot<event::PersonErased>(record.payload().data());
    std::vector<DataSubject> subjects;
    if (erased.person() != nullptr) {
      subjects.push_back(person_subject(erased.person()->string_view()));
    }
    if (erased.contacts() != nullptr) {
      for (const auto* contact : *erased.contacts()) {
        subjects.push_back(contact_subject(contact->string_view()));
      }
    }
    BOOST_OUTCOME_TRY(vault_->erase(subjects, record.position().value));
  }
  return cursor.status();
}

Result<void> PersonalData::change_master_key(const MasterKey& key) {
  if (locked_) return *locked_;
  return vault_->change_master_key(key);
}

}  // namespace actbook

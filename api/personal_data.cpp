#include "personal_data.h"

#include <spdlog/spdlog.h>

#include "actbook/decide.h"
#include "actbook/merkle.h"
#include "actbook/schema/events_generated.h"
#include "actbook/seal.h"

namespace actbook {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSealed = "sealed";
constexpr std::string_view kLost = "lost";

Result<MasterKey> make_key(const fs::path& file) {
  // A creation that was not finished may have made it.
  if (fs::exists(file)) return MasterKey::read(file);
  auto key = MasterKey::generate();
  BOOST_OUTCOME_TRY(key.write(file));
  return key;
}

// Under its name it is whole, so what has that is no leftover. A crash before the ledger's first
// event leaves an empty one.
Result<std::unique_ptr<Vault>> take_empty_vault(const fs::path& directory, const MasterKey& key) {
  auto left = Vault::open(directory, key, Vault::Access::write);
  bool empty = false;
  if (left) {
    BOOST_OUTCOME_TRY(is_empty, left.value()->is_empty());
    empty = is_empty;
  }
  if (empty) return left;
  return Error{ErrorKind::misuse,
               "VAULT_EXISTS",
               directory.string() + " holds the vault of another ledger" +
                   (left ? "" : " (" + left.error().message + ")") +
                   "; restore that ledger's log, or move the vault away",
               {}};
}

Result<std::unique_ptr<Vault>> make_vault(const fs::path& ledger, const MasterKey& key) {
  const auto directory = ledger / kVaultDirectory;
  if (fs::exists(directory)) return take_empty_vault(directory, key);
  const auto draft = ledger / kUnfinishedVault;
  std::error_code error;
  fs::remove_all(draft, error);
  if (!error) fs::create_directory(draft, error);
  if (!error) fs::permissions(draft, fs::perms::owner_all, error);
  if (!error) {
    BOOST_OUTCOME_TRY(Vault::create(draft, key));
    fs::rename(draft, directory, error);
  }
  if (error) {
    return Error{ErrorKind::unavailable,
                 "STORAGE_FAILED",
                 "making " + directory.string() + " failed: " + error.message(),
                 {}};
  }
  return Vault::open(directory, key, Vault::Access::write);
}

// "AgreementAccepted.ip_address": for commands and rows the attribute says it, for events the field
// itself.
std::string sealed_field_of(const PersonalText& text) {
  const auto mark = attribute(text.field, "personal").value_or("");
  if (mark.find('.') != mark.npos) return std::string(mark.substr(0, mark.find(' ')));
  const auto object = text.object.name()->string_view();
  return std::string(object.substr(object.rfind('.') + 1)) + "." + text.field.name()->str();
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
                                                           const Ledger::CreateOptions& options) {
  std::unique_ptr<PersonalData> made(new PersonalData());
  if (options.master_key != nullptr) {
    BOOST_OUTCOME_TRY(vault, make_vault(ledger, *options.master_key));
    made->vault_ = std::move(vault);
    return made;
  }
  const auto& named = options.master_key_file;
  BOOST_OUTCOME_TRY(key, make_key(named.empty() ? ledger / kMasterKeyFile : named));
  BOOST_OUTCOME_TRY(vault, make_vault(ledger, key));
  made->vault_ = std::move(vault);
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
    const bool damaged = vault.error().kind == ErrorKind::corrupt;
    made->locked_ =
        Error{damaged ? ErrorKind::corrupt : ErrorKind::unavailable,
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

Result<std::string> PersonalData::read(const PersonalText& text, const EventStore& store,
                                       Personal personal) const {
  if (text.text == kErasedText) return std::string(kErasedText);
  const auto sealed = SealedText::parse(text.text);
  if (!sealed || sealed->field != sealed_field_of(text)) return std::string(kLost);
  const View now = store.now();
  const bool erased = is_erased(now, sealed->subject);
  BOOST_OUTCOME_TRY(now.status());
  if (erased) return std::string(kErasedText);
  if (personal == Personal::sealed) return std::string(kSealed);
  if (locked_) return *locked_;
  BOOST_OUTCOME_TRY(known, vault_->can_reveal(*sealed));
  if (!known) return std::string(kLost);
  BOOST_OUTCOME_TRY(revealed, vault_->reveal(*sealed));
  return revealed ? std::move(*revealed) : std::string(kErasedText);  // meanwhile
}

namespace {

// Whether the log has the record that the vault was last told to erase by.
Result<bool> has_record(const EventStore& store, const Vault::Erasures& done) {
  if (done.position == 0 || done.position > store.head().value) return false;
  BOOST_OUTCOME_TRY(record, store.event(Position{done.position}));
  return leaf_hash(record.bytes()) == done.record;
}

}  // namespace

Result<void> PersonalData::carry_out_erasures(const EventStore& store) {
  if (locked_) return *locked_;
  // One after another, or the vault might say that it did what another is still about to do.
  const std::lock_guard lock(erasing_);
  BOOST_OUTCOME_TRY(done, vault_->erased_up_to());
  BOOST_OUTCOME_TRY(same_log, has_record(store, done));
  const Position from{same_log ? done.position + 1 : 1};
  auto cursor = store.query(Query{{{{"PersonErased"}, {}}}}, {.from = from});
  std::vector<DataSubject> subjects;
  Vault::Erasures up_to;
  while (cursor.next()) {
    BOOST_OUTCOME_TRY(erased, cursor.record().payload_as<event::PersonErased>());
    if (erased->person() != nullptr) {
      subjects.push_back(person_subject(erased->person()->string_view()));
    }
    if (erased->contacts() != nullptr) {
      for (const auto* contact : *erased->contacts()) {
        subjects.push_back(contact_subject(contact->string_view()));
      }
    }
    up_to = {cursor.record().position().value, leaf_hash(cursor.record().bytes())};
  }
  BOOST_OUTCOME_TRY(cursor.status());
  if (up_to.position == 0) return boost::outcome_v2::success();
  return vault_->erase(subjects, up_to);
}

Result<void> PersonalData::compare_with(const EventStore& store) const {
  if (locked_) return boost::outcome_v2::success();
  auto cursor = store.query(Query{{{{"ContactRegistered"}, {}}}},
                            {.direction = Direction::backwards, .limit = 1});
  if (cursor.next()) {
    BOOST_OUTCOME_TRY(registered, cursor.record().payload_as<event::ContactRegistered>());
    BOOST_OUTCOME_TRY(known, vault_->knows(contact_subject(registered->contact()->string_view())));
    if (!known) {
      spdlog::warn(
          "the vault lacks the key of {}: it is older than the log, or another ledger's; what it "
          "lacks is lost, unless a newer copy is restored before anything is recorded",
          registered->contact()->string_view());
    }
  }
  return cursor.status();
}

Result<void> PersonalData::change_master_key(const MasterKey& key) {
  if (locked_) return *locked_;
  return vault_->change_master_key(key);
}

}  // namespace actbook

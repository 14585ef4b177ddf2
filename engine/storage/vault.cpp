#include "actbook/vault.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>
#include <sodium.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "storage/environment.h"
#include "storage/rocksdb_support.h"
#include "storage/whole_writes.h"

namespace actbook {
namespace {

using storage::to_error;

// The spaces of the database.
constexpr char kRing = 'r';         // the vault's keys, wrapped by the master key
constexpr char kKey = 'k';          // subject -> its key, wrapped
constexpr char kAddress = 'a';      // hash of an address -> contact
constexpr char kContactHash = 'c';  // contact -> hash of its address
constexpr char kErased = 'e';       // subject -> nothing
constexpr char kErasedUpTo = 'p';   // -> position and hash of a record
constexpr char kUnscrubbed = 'u';   // -> nothing, while what was removed may be in the files

constexpr std::string_view kNotSealedHere = "NOT_SEALED_HERE";

std::string in_space(char space, std::string_view key = {}) {
  return std::string(1, space).append(key);
}

constexpr std::size_t kKeySize = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kHashSize = 32;
constexpr std::size_t kPaddingStep = 16;
constexpr int kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
static_assert(MasterKey::kSize == kKeySize);

// Wiped when it goes.
template <std::size_t Size>
struct Secret {
  std::array<std::uint8_t, Size> bytes{};

  Secret() = default;
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { sodium_memzero(bytes.data(), bytes.size()); }
};
using Key = Secret<kKeySize>;

const std::uint8_t* raw(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}
std::uint8_t* raw(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

// Nonce and ciphertext.
std::string box(std::string_view nonce, std::string_view plain, std::string_view about,
                const std::uint8_t* key) {
  std::string boxed(nonce);
  boxed.resize(kNonceSize + plain.size() + kTagSize);
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(boxed) + kNonceSize, nullptr, raw(plain),
                                             plain.size(), raw(about), about.size(), nullptr,
                                             raw(nonce), key);
  return boxed;
}

std::optional<std::string> unbox(std::string_view boxed, std::string_view about,
                                 const std::uint8_t* key) {
  if (boxed.size() < kNonceSize + kTagSize) return std::nullopt;
  std::string plain(boxed.size() - kNonceSize - kTagSize, '\0');
  const auto ciphertext = boxed.substr(kNonceSize);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(raw(plain), nullptr, nullptr, raw(ciphertext),
                                                 ciphertext.size(), raw(about), about.size(),
                                                 raw(boxed), key) != 0) {
    return std::nullopt;
  }
  return plain;
}

// What `wrap` wrapped, if it is that.
template <std::size_t Size>
std::optional<Secret<Size>> unwrap(std::string_view boxed, std::string_view about,
                                   const std::uint8_t* key) {
  if (boxed.size() != kNonceSize + Size + kTagSize) return std::nullopt;
  std::optional<Secret<Size>> secret(std::in_place);
  const auto ciphertext = boxed.substr(kNonceSize);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(secret->bytes.data(), nullptr, nullptr,
                                                 raw(ciphertext), ciphertext.size(), raw(about),
                                                 about.size(), raw(boxed), key) != 0) {
    return std::nullopt;
  }
  return secret;
}

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::string wrap(std::string_view secret, std::string_view about, const std::uint8_t* key) {
  return box(random_bytes(kNonceSize), secret, about, key);
}

// libsodium's key derivation: one key for each purpose.
Key derived(const Key& key, std::uint64_t purpose) {
  Key made;
  crypto_kdf_derive_from_key(made.bytes.data(), made.bytes.size(), purpose, "actbook1",
                             key.bytes.data());
  return made;
}

std::string keyed_hash(const Key& key, std::initializer_list<std::string_view> parts,
                       std::size_t size) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.bytes.data(), key.bytes.size(), size);
  for (const auto part : parts) {
    const std::uint64_t length = part.size();
    crypto_generichash_update(&state, reinterpret_cast<const std::uint8_t*>(&length),
                              sizeof length);
    crypto_generichash_update(&state, raw(part), part.size());
  }
  std::string hash(size, '\0');
  crypto_generichash_final(&state, raw(hash), hash.size());
  sodium_memzero(&state, sizeof state);
  return hash;
}

std::string to_base64(std::string_view bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), kBase64), '\0');
  sodium_bin2base64(text.data(), text.size(), raw(bytes), bytes.size(), kBase64);
  text.pop_back();  // the zero that ends it
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(raw(bytes), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr,
                        kBase64) != 0) {
    return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

std::string about(std::string_view field, std::string_view subject) {
  return std::string(field).append(1, '\n').append(subject);
}

std::string padded(std::string_view text) {
  std::string bytes(text);
  bytes.resize(text.size() + kPaddingStep);
  std::size_t size = 0;
  sodium_pad(&size, raw(bytes), text.size(), kPaddingStep, bytes.size());
  bytes.resize(size);
  return bytes;
}

bool unpad(std::string& bytes) {
  std::size_t size = 0;
  if (bytes.empty() || sodium_unpad(&size, raw(bytes), bytes.size(), kPaddingStep) != 0) {
    return false;
  }
  bytes.resize(size);
  return true;
}

Error damaged_vault(std::string what) {
  return {
      ErrorKind::corrupt, "DAMAGED_VAULT", std::move(what) + "; restore the vault from a copy", {}};
}

}  // namespace

class Vault::Impl {
 public:
  Impl(std::filesystem::path where, Access how, const StorageEnvironment* environment)
      : directory(std::move(where)),
        access(how),
        env(environment != nullptr ? *environment : StorageEnvironment()),
        reading(how == Access::read ? storage::whole_writes(*env.env) : nullptr) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { close(); }

  [[nodiscard]] rocksdb::Options options(bool create) const {
    rocksdb::Options made;
    made.env = reading ? reading.get() : env.env;
    made.create_if_missing = create;
    made.error_if_exists = create;
    made.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    // Of what is removed nothing stays in a diary.
    made.keep_log_file_num = 1;
    made.info_log_level = rocksdb::ERROR_LEVEL;
    made.compression = rocksdb::kNoCompression;  // of random bytes
    made.write_buffer_size = std::size_t{4} << 20;
    made.max_open_files = 64;
    return made;
  }

  Result<void> open_database(bool create = false) {
    rocksdb::DB* opened = nullptr;
    const auto status =
        access == Access::read
            ? rocksdb::DB::OpenForReadOnly(options(false), directory.string(), &opened)
            : rocksdb::DB::Open(options(create), directory.string(), &opened);
    database.reset(opened);
    if (!status.ok()) return to_error(status, "opening the vault " + directory.string());
    return boost::outcome_v2::success();
  }
  [[nodiscard]] bool exists() const {
    return env.env->FileExists((directory / "CURRENT").string()).ok();
  }
  void close() {
    if (database) (void)database->Close();
    database.reset();
  }

  Result<std::optional<std::string>> get(const std::string& key) const {
    if (!database) return closed();
    std::string value;
    const auto status = database->Get({}, key, &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return to_error(status, "reading the vault");
    return std::optional<std::string>(std::move(value));
  }
  // None, if the vault is closed.
  [[nodiscard]] std::unique_ptr<rocksdb::Iterator> iterate() const {
    if (!database) return nullptr;
    return std::unique_ptr<rocksdb::Iterator>(database->NewIterator({}));
  }
  Result<void> write(rocksdb::WriteBatch& batch) const {
    if (!database) return closed();
    if (access == Access::read) {
      return Error{ErrorKind::misuse, "READ_ONLY", "the vault is open for reading only", {}};
    }
    rocksdb::WriteOptions synced;
    synced.sync = true;
    auto status = database->Write(synced, &batch);
    // RocksDB refuses to write after a failure, until it is told that it is over. What was there
    // may be written twice, which is all the same here.
    if (!status.ok() && database->Resume().ok()) status = database->Write(synced, &batch);
    if (!status.ok()) return to_error(status, "writing the vault");
    return boost::outcome_v2::success();
  }
  // After an erasure whose end failed.
  static Error closed() {
    return {ErrorKind::unavailable,
            "VAULT_CLOSED",
            "the vault could not be opened again after an erasure; reopen the ledger",
            {}};
  }

  // What was removed leaves the files, not only the answers.
  Result<void> scrub() {
    rocksdb::CompactRangeOptions all;
    all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    auto status = database->Flush({});
    if (status.ok()) status = database->CompactRange(all, nullptr, nullptr);
    if (!status.ok()) return to_error(status, "erasing from the vault");
    // Opening removes every file that is not needed, write-ahead logs too.
    close();
    BOOST_OUTCOME_TRY(open_database());
    BOOST_OUTCOME_TRY(storage::sync_directory(env, directory));
    rocksdb::WriteBatch done;
    (void)done.Delete(in_space(kUnscrubbed));
    return write(done);
  }
  // What a crash or a failure kept from being scrubbed.
  Result<void> finish_scrubbing() {
    BOOST_OUTCOME_TRY(mark, get(in_space(kUnscrubbed)));
    if (mark) return scrub();
    return boost::outcome_v2::success();
  }

  [[nodiscard]] std::string wrapped_ring(const MasterKey& key) const {
    std::string plain;
    plain.reserve(2 * kKeySize);  // no copy that is not wiped
    plain.append(reinterpret_cast<const char*>(wrapping.bytes.data()), kKeySize);
    plain.append(reinterpret_cast<const char*>(hashing.bytes.data()), kKeySize);
    auto wrapped = wrap(plain, "ring", key.data());
    sodium_memzero(plain.data(), plain.size());
    return wrapped;
  }
  Result<void> open_ring(const MasterKey& key) {
    BOOST_OUTCOME_TRY(wrapped, get(in_space(kRing)));
    if (!wrapped) return damaged_vault("the vault has lost its keys");
    const auto ring = unwrap<2 * kKeySize>(*wrapped, "ring", key.data());
    if (!ring) {
      return Error{ErrorKind::misuse,
                   "WRONG_MASTER_KEY",
                   "the master key does not open the vault " + directory.string() +
                       "; give the one that it was made with, or last changed to",
                   {}};
    }
    std::memcpy(wrapping.bytes.data(), ring->bytes.data(), kKeySize);
    std::memcpy(hashing.bytes.data(), ring->bytes.data() + kKeySize, kKeySize);
    return boost::outcome_v2::success();
  }

  // For whoever holds the lock.
  Result<std::optional<Key>> find_key(const DataSubject& subject) const {
    BOOST_OUTCOME_TRY(wrapped, get(in_space(kKey, subject)));
    if (!wrapped) return std::optional<Key>();
    auto key = unwrap<kKeySize>(*wrapped, subject, wrapping.bytes.data());
    if (!key) return damaged_vault("the key of " + subject + " cannot be unwrapped");
    return key;
  }
  // None, if the subject was erased.
  Result<std::optional<Key>> key_of(const DataSubject& subject) {
    {
      const std::shared_lock lock(mutex);
      BOOST_OUTCOME_TRY(key, find_key(subject));
      if (key) return key;
    }
    const std::shared_lock lock(mutex);
    const std::lock_guard alone(making_of(subject));
    BOOST_OUTCOME_TRY(erased, get(in_space(kErased, subject)));
    if (erased) return std::optional<Key>();
    BOOST_OUTCOME_TRY(known, find_key(subject));
    if (known) return known;
    rocksdb::WriteBatch batch;
    std::optional<Key> made(make_key(subject, batch));
    BOOST_OUTCOME_TRY(write(batch));
    return made;
  }
  Result<void> wrap_keys_with(const Key& next, rocksdb::WriteBatch& batch) const {
    const auto iterator = iterate();
    if (!iterator) return closed();
    for (iterator->Seek(in_space(kKey));
         iterator->Valid() && iterator->key().starts_with(in_space(kKey)); iterator->Next()) {
      const auto subject = iterator->key().ToStringView().substr(1);
      const auto key =
          unwrap<kKeySize>(iterator->value().ToStringView(), subject, wrapping.bytes.data());
      if (!key) return damaged_vault("a key of a subject cannot be unwrapped");
      (void)batch.Put(iterator->key(),
                      wrap({reinterpret_cast<const char*>(key->bytes.data()), kKeySize}, subject,
                           next.bytes.data()));
    }
    if (!iterator->status().ok()) return to_error(iterator->status(), "reading the vault");
    return boost::outcome_v2::success();
  }
  Key make_key(const DataSubject& subject, rocksdb::WriteBatch& batch) const {
    Key made;
    randombytes_buf(made.bytes.data(), made.bytes.size());
    (void)batch.Put(in_space(kKey, subject),
                    wrap({reinterpret_cast<const char*>(made.bytes.data()), kKeySize}, subject,
                         wrapping.bytes.data()));
    return made;
  }

  [[nodiscard]] std::string hash_of(std::string_view email) const {
    return keyed_hash(hashing, {email}, kHashSize);
  }

  const std::filesystem::path directory;
  const Access access;
  const StorageEnvironment env;
  const std::unique_ptr<rocksdb::Env> reading;  // beside whoever writes; outlives the database
  std::unique_ptr<rocksdb::DB> database;
  Key wrapping;  // of the keys of subjects
  Key hashing;   // of addresses
  // Shared to read and to make keys and contacts; alone to erase.
  mutable std::shared_mutex mutex;
  // Who makes a key or a contact makes it alone; others make theirs meanwhile, so that RocksDB
  // syncs them together.
  std::mutex& making_of(std::string_view what) {
    return making[std::hash<std::string_view>()(what) % making.size()];
  }
  std::array<std::mutex, 64> making;
};

Vault::Vault(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Vault::~Vault() = default;

Result<std::unique_ptr<Vault>> Vault::create(const std::filesystem::path& directory,
                                             const MasterKey& key,
                                             const StorageEnvironment* environment) {
  auto impl = std::make_unique<Impl>(directory, Access::write, environment);
  if (impl->exists()) {
    return Error{
        ErrorKind::misuse, "VAULT_EXISTS", directory.string() + " holds a vault already", {}};
  }
  BOOST_OUTCOME_TRY(impl->open_database(/*create=*/true));
  randombytes_buf(impl->wrapping.bytes.data(), kKeySize);
  randombytes_buf(impl->hashing.bytes.data(), kKeySize);
  rocksdb::WriteBatch batch;
  (void)batch.Put(in_space(kRing), impl->wrapped_ring(key));
  BOOST_OUTCOME_TRY(impl->write(batch));
  BOOST_OUTCOME_TRY(storage::sync_directory(impl->env, directory));
  return std::unique_ptr<Vault>(new Vault(std::move(impl)));
}

Result<std::unique_ptr<Vault>> Vault::open(const std::filesystem::path& directory,
                                           const MasterKey& key, Access access,
                                           const StorageEnvironment* environment) {
  auto impl = std::make_unique<Impl>(directory, access, environment);
  if (!impl->exists()) {
    return Error{ErrorKind::misuse, "NO_VAULT", directory.string() + " holds no vault", {}};
  }
  BOOST_OUTCOME_TRY(impl->open_database());
  BOOST_OUTCOME_TRY(impl->open_ring(key));
  if (access == Access::write) {
    BOOST_OUTCOME_TRY(impl->finish_scrubbing());
  }
  return std::unique_ptr<Vault>(new Vault(std::move(impl)));
}

Result<std::string> Vault::seal(std::string_view field, const DataSubject& subject,
                                std::string_view text) {
  BOOST_OUTCOME_TRY(key, impl_->key_of(subject));
  if (!key) return std::string(kErasedText);
  const auto nonce = keyed_hash(derived(*key, 1), {field, subject, text}, kNonceSize);
  const auto boxed = box(nonce, padded(text), about(field, subject), derived(*key, 2).bytes.data());
  return std::string(kSealedPrefix)
      .append(field)
      .append(1, ':')
      .append(subject)
      .append(1, ':')
      .append(to_base64(boxed));
}

Result<std::optional<std::string>> Vault::reveal(const SealedText& sealed) const {
  const DataSubject subject(sealed.subject);
  std::optional<Key> key;
  {
    const std::shared_lock lock(impl_->mutex);
    BOOST_OUTCOME_TRY(found, impl_->find_key(subject));
    key = found;
  }
  if (!key) return std::optional<std::string>();
  const auto boxed = from_base64(sealed.box);
  auto text = boxed ? unbox(*boxed, about(sealed.field, subject), derived(*key, 2).bytes.data())
                    : std::nullopt;
  if (!text || !unpad(*text)) {
    return Error{ErrorKind::corrupt,
                 std::string(kNotSealedHere),
                 "what stands as " + std::string(sealed.field) + " of " + subject +
                     " was not sealed as that",
                 {}};
  }
  return text;
}

Result<std::optional<std::string>> Vault::find_contact(std::string_view email) const {
  const std::shared_lock lock(impl_->mutex);
  return impl_->get(in_space(kAddress, impl_->hash_of(email)));
}

Result<std::string> Vault::contact_of(std::string_view email) {
  BOOST_OUTCOME_TRY(found, find_contact(email));
  if (found) return *found;
  const std::shared_lock lock(impl_->mutex);
  const auto hash = impl_->hash_of(email);
  const std::lock_guard alone(impl_->making_of(hash));
  BOOST_OUTCOME_TRY(known, impl_->get(in_space(kAddress, hash)));
  if (known) return *known;
  constexpr std::size_t kRandom = 15;  // 120 bits, 20 letters
  std::string contact = "contact-" + to_base64(random_bytes(kRandom));
  rocksdb::WriteBatch batch;
  (void)batch.Put(in_space(kAddress, hash), contact);
  (void)batch.Put(in_space(kContactHash, contact), hash);
  // Its address will be sealed next; so it is one write.
  (void)impl_->make_key(std::string(kContactKind).append(contact), batch);
  BOOST_OUTCOME_TRY(impl_->write(batch));
  return contact;
}

Result<void> Vault::erase(const std::vector<DataSubject>& subjects, const Erasures& up_to) {
  const std::unique_lock lock(impl_->mutex);
  rocksdb::WriteBatch batch;
  (void)batch.Put(in_space(kUnscrubbed), "");
  for (const auto& subject : subjects) {
    (void)batch.Delete(in_space(kKey, subject));
    (void)batch.Put(in_space(kErased, subject), "");
    if (!subject.starts_with(kContactKind)) continue;
    const auto contact =
        in_space(kContactHash, std::string_view(subject).substr(kContactKind.size()));
    BOOST_OUTCOME_TRY(hash, impl_->get(contact));
    if (!hash) continue;
    (void)batch.Delete(contact);
    (void)batch.Delete(in_space(kAddress, *hash));
  }
  BOOST_OUTCOME_TRY(impl_->write(batch));
  BOOST_OUTCOME_TRY(impl_->scrub());
  // Only now: an erasure that a crash cut short is carried out again, to its end.
  std::string value;
  storage::append_number(value, up_to.position);
  value.append(reinterpret_cast<const char*>(up_to.record.data()), up_to.record.size());
  rocksdb::WriteBatch mark;
  (void)mark.Put(in_space(kErasedUpTo), value);
  return impl_->write(mark);
}

Result<Vault::Erasures> Vault::erased_up_to() const {
  const std::shared_lock lock(impl_->mutex);
  BOOST_OUTCOME_TRY(value, impl_->get(in_space(kErasedUpTo)));
  Erasures erasures;
  if (!value) return erasures;
  if (value->size() != sizeof(std::uint64_t) + erasures.record.size()) {
    return damaged_vault("the vault does not say how far it was erased");
  }
  erasures.position = storage::read_number(*value, 0);
  std::ranges::copy(value->substr(sizeof(std::uint64_t)), erasures.record.begin());
  return erasures;
}

Result<bool> Vault::knows(const DataSubject& subject) const {
  const std::shared_lock lock(impl_->mutex);
  BOOST_OUTCOME_TRY(key, impl_->get(in_space(kKey, subject)));
  if (key) return true;
  BOOST_OUTCOME_TRY(mark, impl_->get(in_space(kErased, subject)));
  return mark.has_value();
}

Result<bool> Vault::is_empty() const {
  const std::shared_lock lock(impl_->mutex);
  const auto iterator = impl_->iterate();
  if (!iterator) return Impl::closed();
  bool empty = true;
  for (const char space : {kKey, kErased}) {
    iterator->Seek(in_space(space));
    empty = empty && !(iterator->Valid() && iterator->key().starts_with(in_space(space)));
  }
  if (!iterator->status().ok()) return to_error(iterator->status(), "reading the vault");
  return empty;
}

Result<bool> Vault::can_reveal(const SealedText& sealed) const {
  const auto text = reveal(sealed);
  if (text) return text.value().has_value();
  if (text.error().code == kNotSealedHere) return false;
  return text.error();
}

Result<void> Vault::change_master_key(const MasterKey& key) {
  const std::unique_lock lock(impl_->mutex);
  Key next;
  randombytes_buf(next.bytes.data(), kKeySize);
  rocksdb::WriteBatch batch;
  (void)batch.Put(in_space(kUnscrubbed), "");
  BOOST_OUTCOME_TRY(impl_->wrap_keys_with(next, batch));
  impl_->wrapping = next;
  (void)batch.Put(in_space(kRing), impl_->wrapped_ring(key));
  // Or the old key would open what is left of the old files.
  auto changed = impl_->write(batch);
  if (changed) changed = impl_->scrub();
  if (changed) return boost::outcome_v2::success();
  impl_->close();
  Error error = std::move(changed).error();
  error.kind = ErrorKind::unknown_outcome;
  error.message +=
      "; reopen the ledger with either key to see which one opens the vault, and keep "
      "both until then";
  return error;
}

}  // namespace actbook

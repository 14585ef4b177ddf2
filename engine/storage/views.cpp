#include "storage/views.h"

#include <rocksdb/db.h>
#include <spdlog/spdlog.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "storage/iterator_pool.h"
#include "storage/log_files.h"
#include "storage/merkle_tiles.h"
#include "storage/posting_chunk.h"
#include "storage/slice.h"
#include "storage/slice_file.h"
#include "storage/stored_postings.h"
#include "storage/stretches.h"
#include "storage/time_marks.h"
#include "storage/view_keys.h"
#include "storage/view_options.h"
#include "storage/whole_reads.h"

namespace actbook::storage {
namespace {

// A slice that is saved, until the database has it.
constexpr std::string_view kSliceFile = "slice.sst";

Error far_behind(Position reach) {
  return Error{
      ErrorKind::unavailable, "VIEWS_BEHIND",
      "the views reach only position " + std::to_string(reach.value) +
          ", too far behind the log to catch up in memory; open the ledger for writing once, "
          "which saves what they catch up with",
      reach};
}

}  // namespace

class Views::Impl {
 public:
  Impl(std::filesystem::path in, rocksdb::Env& base, Memory memory, Access opened_for)
      : directory(std::move(in)),
        env(whole_reads(base, std::string(kSliceFile))),
        options(view_options(*env, memory.cache, opened_for)),
        slice_limit(memory.slice),
        access(opened_for) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    {
      const std::unique_lock lock(mutex);
      stopping = true;
      changed.notify_all();
    }
    if (saver.joinable()) saver.join();
  }

  [[nodiscard]] Result<std::optional<Hash>> find_hash(Subtree subtree) const;

  using Lock = std::unique_lock<std::shared_mutex>;
  Result<void> seal(Lock& lock);
  Result<void> wait_until_saved(Lock& lock);
  void work();
  Result<void> save_slice(const Slice& slice);

  // Newest first. Ask them before the database: what leaves them is in there already.
  [[nodiscard]] std::array<std::shared_ptr<const Slice>, 2> slices() const {
    const std::shared_lock lock(mutex);
    return {filling, saving};
  }

  Result<std::optional<std::string>> get(const std::string& key) const {
    std::string value;
    const auto status = database->Get({}, key, &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return to_error(status, "reading the views");
    return std::optional<std::string>(std::move(value));
  }

  // Over all keys. One that seeks within a tag or row does without total_order_seek, and asks the
  // filters.
  [[nodiscard]] std::unique_ptr<rocksdb::Iterator> iterate() const {
    rocksdb::ReadOptions all;
    all.total_order_seek = true;
    return std::unique_ptr<rocksdb::Iterator>(database->NewIterator(all));
  }

  // Visits every stored key that starts with `start`.
  template <class Visit>
  Result<void> visit_space(Space space, const Visit& visit) const {
    const std::string start(1, space);
    const auto iterator = iterate();
    for (iterator->Seek(start); iterator->Valid() && iterator->key().starts_with(start);
         iterator->Next()) {
      BOOST_OUTCOME_TRY(visit(iterator->key().ToStringView(), iterator->value()));
    }
    if (!iterator->status().ok()) return to_error(iterator->status(), "reading the views");
    return boost::outcome_v2::success();
  }

  template <class Visit>
  Result<void> visit_entries(const Slice* unsaved, const Visit& visit) const;

  const std::filesystem::path directory;
  const std::unique_ptr<rocksdb::Env> env;  // outlives the database
  const rocksdb::Options options;
  const std::size_t slice_limit;
  const Access access;
  std::unique_ptr<rocksdb::DB> database;
  mutable std::optional<IteratorPool> iterators;  // of the database

  mutable TimeMarks marks;
  MerkleTiles tree;  // only for whoever adds

  mutable std::shared_mutex mutex;  // which slices there are; shared to add to the one that fills
  std::condition_variable_any changed;
  std::shared_ptr<Slice> filling;
  std::shared_ptr<const Slice> saving;  // full, until it is in the database
  std::optional<Error> failure;         // of the last try to save it
  std::thread saver;                    // started when there is something to save
  bool stopping = false;
};

Result<std::unique_ptr<Views>> Views::open(const std::filesystem::path& directory,
                                           const StorageEnvironment& environment, Memory memory,
                                           Access access) {
  auto impl = std::make_unique<Impl>(directory, *environment.env, memory, access);
  BOOST_OUTCOME_TRY(check_sorted_files(*environment.env, directory));
  rocksdb::DB* database = nullptr;
  const auto status =
      access == Access::read
          ? rocksdb::DB::OpenForReadOnly(impl->options, directory.string(), &database)
          : rocksdb::DB::Open(impl->options, directory.string(), &database);
  impl->database.reset(database);
  if (!status.ok()) return to_error(status, "opening the views in " + directory.string());
  impl->iterators.emplace(*database, access);
  BOOST_OUTCOME_TRY(stored, impl->get(std::string(kReachKey)));
  Reach reach;
  if (stored) reach = {Position{read_number(*stored, 0)}, read_number(*stored, 8)};
  BOOST_OUTCOME_TRY(tile, impl->get(std::string(kTileKey)));
  if (!impl->tree.resume(reach.position.value % MerkleTiles::kWidth, tile.value_or(""))) {
    return Error{ErrorKind::corrupt, "DAMAGED_VIEWS",
                 "the views do not say how the Merkle tree goes on", reach.position};
  }
  impl->filling = std::make_shared<Slice>(reach);
  return std::unique_ptr<Views>(new Views(std::move(impl)));
}

Result<void> Views::destroy(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::remove_all(directory, error);
  if (error) {
    return Error{ErrorKind::unavailable,
                 "STORAGE_FAILED",
                 "removing " + directory.string() + " failed: " + error.message(),
                 {}};
  }
  return boost::outcome_v2::success();
}

Views::Views(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Views::~Views() = default;

Reach Views::reach() const { return impl_->slices()[0]->reach(); }

Result<std::optional<std::uint32_t>> Views::projector_version() const {
  BOOST_OUTCOME_TRY(value, impl_->get(std::string(kProjectorKey)));
  if (!value) return std::optional<std::uint32_t>();
  return std::optional<std::uint32_t>(static_cast<std::uint32_t>(read_number(*value, 0)));
}

Result<void> Views::set_projector_version(std::uint32_t version) {
  std::string value;
  append_number(value, version);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto status = impl_->database->Put(synced, rocksdb::Slice(kProjectorKey), value);
  if (!status.ok()) return to_error(status, "writing the views");
  return boost::outcome_v2::success();
}

Result<void> Views::add(const Addition& addition) {
  const auto size = impl_->slices()[0]->size();
  if (impl_->access == Access::read) {
    if (size >= kReadTail * impl_->slice_limit) return far_behind(reach().position);
  } else if (size >= impl_->slice_limit) {
    Impl::Lock lock(impl_->mutex);
    BOOST_OUTCOME_TRY(impl_->seal(lock));
  }
  BOOST_OUTCOME_TRY(hashes, impl_->tree.grow(addition.records, [this](Subtree subtree) {
    return impl_->find_hash(subtree);
  }));
  const std::shared_lock lock(impl_->mutex);
  for (const auto& [subtree, hash] : hashes) impl_->filling->add(subtree, hash);
  impl_->filling->add(addition, impl_->tree.tile());
  return boost::outcome_v2::success();
}

Result<std::optional<Hash>> Views::Impl::find_hash(Subtree subtree) const {
  for (const auto& slice : slices()) {
    if (!slice) continue;
    if (auto hash = slice->hash(subtree)) return hash;
  }
  BOOST_OUTCOME_TRY(stored, get(hash_key(subtree)));
  if (!stored || stored->size() != Hash().size()) return std::optional<Hash>();
  Hash hash;
  std::ranges::copy(*stored, hash.begin());
  return std::optional<Hash>(hash);
}

Result<std::optional<Hash>> Views::hash(Subtree subtree) const { return impl_->find_hash(subtree); }

Result<void> Views::save() {
  if (impl_->access == Access::read) return boost::outcome_v2::success();
  Impl::Lock lock(impl_->mutex);
  const Reach goal = impl_->filling->reach();
  if (goal.command > impl_->filling->before().command) {
    BOOST_OUTCOME_TRY(impl_->seal(lock));
  }
  return impl_->wait_until_saved(lock);
}

Result<std::shared_ptr<const Slice>> Views::settle() {
  BOOST_OUTCOME_TRY(save());
  return impl_->access == Access::read ? impl_->slices()[0] : nullptr;
}

// Hands the slice that fills to the saver and begins another.
Result<void> Views::Impl::seal(Lock& lock) {
  BOOST_OUTCOME_TRY(wait_until_saved(lock));
  saving = filling;
  filling = std::make_shared<Slice>(saving->reach());
  if (!saver.joinable()) saver = std::thread(&Impl::work, this);
  changed.notify_all();
  return boost::outcome_v2::success();
}

// A failed try is made again once.
Result<void> Views::Impl::wait_until_saved(Lock& lock) {
  if (saving && failure) {
    failure.reset();
    changed.notify_all();
  }
  changed.wait(lock, [&] { return !saving || failure; });
  if (failure) return *failure;
  return boost::outcome_v2::success();
}

void Views::Impl::work() {
  Lock lock(mutex);
  for (;;) {
    changed.wait(lock, [&] { return stopping || (saving && !failure); });
    if (stopping) return;
    auto slice = saving;
    lock.unlock();
    auto saved = save_slice(*slice);
    lock.lock();
    if (saved) {
      saving.reset();
    } else {
      spdlog::error("{}; it is tried again when memory runs short", saved.error().message);
      failure = saved.error();
    }
    changed.notify_all();
    // Nobody should wait while its memory is given back.
    lock.unlock();
    slice.reset();
    lock.lock();
  }
}

Result<void> Views::Impl::save_slice(const Slice& slice) {
  const auto file = directory / kSliceFile;
  BOOST_OUTCOME_TRY(write_slice_file(slice, options, file));
  rocksdb::IngestExternalFileOptions ingest;
  ingest.move_files = true;
  ingest.write_global_seqno = false;  // an old format needed it
  // Which readers see of it does not matter: until they see it here, they see it in the slice.
  ingest.snapshot_consistency = false;
  const auto status = database->IngestExternalFile({file.string()}, ingest);
  if (!status.ok()) return to_error(status, "saving the views");
  iterators->clear();
  return boost::outcome_v2::success();
}

Result<std::optional<CommandPlace>> Views::find_command(std::string_view command_id) const {
  for (const auto& slice : impl_->slices()) {
    if (!slice) continue;
    if (auto place = slice->find_command(command_id)) return place;
  }
  BOOST_OUTCOME_TRY(value, impl_->get(command_key(command_id)));
  if (!value) return std::optional<CommandPlace>();
  return std::optional<CommandPlace>(decode_place(*value));
}

Result<std::uint64_t> Views::count_commands(Position until, std::uint64_t next_command) {
  BOOST_OUTCOME_TRY(unsaved, settle());
  std::uint64_t count = 0;
  const auto visit = [&](const CommandPlace& place) {
    if (place.command < next_command && place.next_position <= until) ++count;
  };
  BOOST_OUTCOME_TRY(impl_->visit_space(
      kCommand, [&](std::string_view, const rocksdb::Slice& value) -> Result<void> {
        visit(decode_place(value.ToStringView()));
        return boost::outcome_v2::success();
      }));
  if (unsaved) {
    for (const auto& [id, place] : unsaved->commands_in_order()) visit(place);
  }
  return count;
}

Result<std::optional<RowVersion>> Views::row(TableId table, std::string_view key,
                                             Position position) const {
  for (const auto& slice : impl_->slices()) {
    if (!slice) continue;
    if (auto version = slice->row(table, key, position)) return version;
  }
  const auto iterator = impl_->iterators->take();
  iterator->SeekForPrev(row_key(table, key, position));
  if (!iterator->status().ok()) return to_error(iterator->status(), "reading a row");
  if (!iterator->Valid()) return std::optional<RowVersion>();
  const auto stored = iterator->key().ToStringView();
  const std::string prefix = row_prefix(table, key) + kEnd;
  if (stored.size() != prefix.size() + 8 || !stored.starts_with(prefix)) {
    return std::optional<RowVersion>();
  }
  return std::optional<RowVersion>({StoredRowKey(stored).position, to_bytes(iterator->value())});
}

namespace {

// Takes the newer of what slices and database say of each row, in the order of keys.
using RowsByKey = std::map<std::string, RowVersion, std::less<>>;

Result<void> scan_stored(rocksdb::Iterator& iterator, TableId table, std::string_view prefix,
                         Position position, const RowReader::Visitor& visit) {
  const std::string start = row_prefix(table, prefix);
  iterator.Seek(start);
  while (iterator.Valid() && iterator.key().starts_with(start)) {
    const std::string key(StoredRowKey(iterator.key().ToStringView()).key);
    iterator.SeekForPrev(row_key(table, key, position));
    // Before the row's first version stands anything, of this space or another.
    if (iterator.Valid() && iterator.key().starts_with(row_prefix(table, key) + kEnd)) {
      const StoredRowKey found(iterator.key().ToStringView());
      visit(key, {found.position, to_bytes(iterator.value())});
    }
    iterator.Seek(row_prefix(table, key) + '\x01');  // past every version of this row
  }
  if (!iterator.status().ok()) return to_error(iterator.status(), "reading rows");
  return boost::outcome_v2::success();
}

}  // namespace

Result<void> Views::scan(TableId table, std::string_view prefix, Position position,
                         const RowReader::Visitor& visit) const {
  RowsByKey recent;
  for (const auto& slice : impl_->slices()) {
    if (!slice) continue;
    // The newest slice comes first, and what it says stays.
    for (auto& [key, version] : slice->rows(table, prefix, position)) {
      recent.try_emplace(std::move(key), std::move(version));
    }
  }
  auto next = recent.begin();
  BOOST_OUTCOME_TRY(scan_stored(*impl_->iterate(), table, prefix, position,
                                [&](std::string_view key, const RowVersion& stored) {
                                  for (; next != recent.end() && next->first < key; ++next) {
                                    visit(next->first, next->second);
                                  }
                                  if (next != recent.end() && next->first == key) {
                                    visit(key, next->second);
                                    ++next;
                                  } else {
                                    visit(key, stored);
                                  }
                                }));
  for (; next != recent.end(); ++next) visit(next->first, next->second);
  return boost::outcome_v2::success();
}

Result<void> Views::visit_versions(Position until, const VersionVisitor& visit) {
  BOOST_OUTCOME_TRY(unsaved, settle());
  static const std::map<RowKey, std::vector<RowVersion>> none;
  const auto& recent = unsaved ? unsaved->all_rows() : none;
  const auto visit_one = [&](TableId table, std::string_view key, const RowVersion& version) {
    if (version.position <= until) visit(table, key, version);
  };
  auto next = recent.begin();
  const auto visit_next = [&] {
    for (const auto& version : next->second) visit_one(next->first.table, next->first.key, version);
    ++next;
  };
  BOOST_OUTCOME_TRY(impl_->visit_space(
      kRow, [&](std::string_view stored, const rocksdb::Slice& value) -> Result<void> {
        const StoredRowKey key(stored);
        // A row's unsaved versions come after those that are saved.
        const RowKey row{key.table, std::string(key.key)};
        while (next != recent.end() && next->first < row) visit_next();
        visit_one(key.table, key.key, {key.position, to_bytes(value)});
        return boost::outcome_v2::success();
      }));
  while (next != recent.end()) visit_next();
  return boost::outcome_v2::success();
}

PostingsPtr Views::postings(std::string_view tag, const ReadRange& range) const {
  std::vector<AllStretches::Make> parts;  // the newest first
  Position before{std::numeric_limits<std::uint64_t>::max()};
  for (const auto& slice : impl_->slices()) {
    if (!slice) continue;
    before = slice->before().position;
    if (range.to <= before) continue;
    if (const auto* list = slice->find_tag(tag)) {
      parts.emplace_back([slice, list, direction = range.direction] {
        return std::make_unique<SlicePostings>(slice, *list, direction);
      });
    }
    if (range.from > before) break;
  }
  if (range.from <= before) {
    parts.emplace_back(
        [&iterators = *impl_->iterators, tag = std::string(tag), direction = range.direction] {
          return stored_postings(iterators.take(), tag, direction);
        });
  }
  if (range.direction == Direction::forwards) std::ranges::reverse(parts);
  return std::make_unique<AllStretches>(std::move(parts));
}

Result<Views::Boundary> Views::boundary(Timestamp at) const {
  Position reach = this->reach().position;
  for (const auto& slice : impl_->slices()) {
    if (!slice) continue;
    const auto before = slice->before().position;
    if (const auto count = slice->count_before(at); count > 0) {
      const Position last{before.value + count};
      return Boundary{last, last.next()};
    }
    reach = before;
  }
  return impl_->marks.boundary([this] { return impl_->iterate(); }, at, reach);
}

// Visits every entry of the tag index.
template <class Visit>
Result<void> Views::Impl::visit_entries(const Slice* unsaved, const Visit& visit) const {
  if (unsaved != nullptr) {
    for (const auto* list : unsaved->tags_in_order()) {
      for (const auto index : list->indexes) visit(list->tag, unsaved->entry(index).position);
    }
  }
  PostingChunk chunk;
  return visit_space(kPosting,
                     [&](std::string_view key, const rocksdb::Slice& value) -> Result<void> {
                       const auto tag = key.substr(1, key.size() - 1 - 1 - 8);
                       BOOST_OUTCOME_TRY(chunk.decode(value.ToStringView()));
                       for (std::size_t i = 0; i < chunk.size(); ++i) visit(tag, chunk.position(i));
                       return boost::outcome_v2::success();
                     });
}

Result<void> Views::visit_postings(Position until, const PostingVisitor& visit) {
  BOOST_OUTCOME_TRY(unsaved, settle());
  return impl_->visit_entries(unsaved.get(), [&](std::string_view tag, Position position) {
    if (position <= until) visit(tag, position);
  });
}

Result<std::vector<std::string>> Views::tags_at(Position position) {
  BOOST_OUTCOME_TRY(unsaved, settle());
  std::vector<std::string> tags;
  BOOST_OUTCOME_TRY(impl_->visit_entries(unsaved.get(), [&](std::string_view tag, Position at) {
    if (at == position) tags.emplace_back(tag);
  }));
  return tags;
}

Result<bool> Views::has_posting(std::string_view tag, Position position) const {
  const auto list = postings(tag, {.from = position, .to = position});
  const auto found = list->seek(position);
  BOOST_OUTCOME_TRY(list->status());
  return found == position;
}

}  // namespace actbook::storage

#include "storage/views.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include "storage/rocksdb_support.h"

namespace actbook::storage {
namespace {

// One key space, so that a crash keeps a prefix of what was added, its reach included. The first
// byte says what it is:
//   m name                                  marks
//   c command id                            command number, next position
//   t tag 0 position                        posting
//   r table key 0 position                  version of a row
// Ids, tags and row keys hold no byte 0, so that it ends them and sorts before what could follow.
enum Space : char { kMark = 'm', kCommand = 'c', kPosting = 't', kRow = 'r' };
constexpr char kEnd = '\0';

const std::string kReach = "mreach";
const std::string kProjector = "mprojector";

std::string posting_key(std::string_view tag, Position position) {
  std::string key(1, kPosting);
  key.append(tag).push_back(kEnd);
  append_number(key, position.value);
  return key;
}

std::string row_prefix(TableId table, std::string_view key) {
  std::string prefix(1, kRow);
  prefix.push_back(static_cast<char>(table));
  prefix.append(key);
  return prefix;
}

std::string row_key(TableId table, std::string_view key, Position position) {
  std::string stored = row_prefix(table, key);
  stored.push_back(kEnd);
  append_number(stored, position.value);
  return stored;
}

// The parts of a stored row key.
struct RowKey {
  explicit RowKey(std::string_view stored)
      : table(static_cast<TableId>(stored[1])),
        key(stored.substr(2, stored.size() - 2 - 1 - 8)),
        position{read_number(stored, stored.size() - 8)} {}

  TableId table;
  std::string_view key;
  Position position;
};

rocksdb::Options database_options() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kLZ4Compression;
  options.max_background_jobs = 2;
  options.keep_log_file_num = 2;
  options.info_log_level = rocksdb::WARN_LEVEL;
  rocksdb::BlockBasedTableOptions table;
  table.checksum = rocksdb::kXXH3;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));  // most command ids are new
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::Slice slice(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes to_bytes(const rocksdb::Slice& slice) { return {slice.data(), slice.data() + slice.size()}; }

class TagPostings final : public Postings {
 public:
  TagPostings(rocksdb::DB& database, std::string_view tag, Direction direction)
      : tag_(tag), direction_(direction), iterator_(database.NewIterator({})) {}

  std::optional<Position> seek(Position from) override {
    const std::string key = posting_key(tag_, from);
    if (direction_ == Direction::forwards) {
      iterator_->Seek(key);
    } else {
      iterator_->SeekForPrev(key);
    }
    if (!iterator_->Valid()) return std::nullopt;
    const auto found = iterator_->key().ToStringView();
    const std::size_t prefix = key.size() - 8;
    if (found.size() != key.size() ||
        found.substr(0, prefix) != std::string_view(key).substr(0, prefix)) {
      return std::nullopt;
    }
    return Position{read_number(found, prefix)};
  }

  [[nodiscard]] Result<void> status() const override {
    if (!iterator_->status().ok()) return to_error(iterator_->status(), "reading the tag index");
    return boost::outcome_v2::success();
  }

 private:
  std::string tag_;
  Direction direction_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace

class Views::Impl {
 public:
  std::unique_ptr<rocksdb::DB> database;

  Result<std::optional<std::string>> get(const std::string& key) const {
    std::string value;
    const auto status = database->Get({}, key, &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return to_error(status, "reading the views");
    return std::optional<std::string>(std::move(value));
  }

  Result<void> write(rocksdb::WriteBatch* batch) const {
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    const auto status = database->Write(options, batch);
    if (!status.ok()) return to_error(status, "writing the views");
    return boost::outcome_v2::success();
  }
};

Result<std::unique_ptr<Views>> Views::open(const std::filesystem::path& directory) {
  auto impl = std::make_unique<Impl>();
  rocksdb::DB* database = nullptr;
  const auto status = rocksdb::DB::Open(database_options(), directory.string(), &database);
  impl->database.reset(database);
  if (!status.ok()) {
    Error error = to_error(status, "opening the views in " + directory.string());
    error.message +=
        "; if it stays so, remove that directory: it is derived from the log, and the "
        "next open rebuilds it";
    return error;
  }
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

Result<Reach> Views::reach() const {
  BOOST_OUTCOME_TRY(value, impl_->get(kReach));
  if (!value) return Reach{};
  return Reach{Position{read_number(*value, 0)}, read_number(*value, 8)};
}

Result<std::optional<std::uint32_t>> Views::projector_version() const {
  BOOST_OUTCOME_TRY(value, impl_->get(kProjector));
  if (!value) return std::optional<std::uint32_t>();
  return std::optional<std::uint32_t>(static_cast<std::uint32_t>(read_number(*value, 0)));
}

Result<void> Views::set_projector_version(std::uint32_t version) {
  std::string value;
  append_number(value, version);
  rocksdb::WriteBatch batch;
  (void)batch.Put(kProjector, value);
  BOOST_OUTCOME_TRY(impl_->write(&batch));
  return flush();
}

Result<void> Views::add(const Addition& addition) {
  rocksdb::WriteBatch batch;
  for (const auto& [command_id, place] : addition.commands) {
    std::string value;
    append_number(value, place.command);
    append_number(value, place.next_position.value);
    (void)batch.Put(std::string(1, kCommand) + command_id, value);
  }
  for (const auto& [tag, position] : addition.postings) {
    (void)batch.Put(posting_key(tag, position), rocksdb::Slice());
  }
  for (const auto& put : addition.rows) {
    (void)batch.Put(row_key(put.table, put.key, put.version.position), slice(put.version.bytes));
  }
  std::string reach;
  append_number(reach, addition.reach.position.value);
  append_number(reach, addition.reach.command);
  (void)batch.Put(kReach, reach);
  return impl_->write(&batch);
}

Result<void> Views::flush() {
  const auto status = impl_->database->Flush({});
  if (!status.ok()) return to_error(status, "writing the views");
  return boost::outcome_v2::success();
}

Result<std::optional<CommandPlace>> Views::find_command(std::string_view command_id) const {
  BOOST_OUTCOME_TRY(value, impl_->get(std::string(1, kCommand).append(command_id)));
  if (!value) return std::optional<CommandPlace>();
  return std::optional<CommandPlace>({read_number(*value, 0), Position{read_number(*value, 8)}});
}

Result<std::uint64_t> Views::count_commands(Position until, std::uint64_t next_command) const {
  const std::unique_ptr<rocksdb::Iterator> iterator(impl_->database->NewIterator({}));
  const std::string start(1, kCommand);
  std::uint64_t count = 0;
  for (iterator->Seek(start); iterator->Valid() && iterator->key().starts_with(start);
       iterator->Next()) {
    const auto place = iterator->value().ToStringView();
    if (read_number(place, 0) < next_command && read_number(place, 8) <= until.value) ++count;
  }
  if (!iterator->status().ok()) return to_error(iterator->status(), "reading the command index");
  return count;
}

Result<std::optional<RowVersion>> Views::row(TableId table, std::string_view key,
                                             Position position) const {
  const std::unique_ptr<rocksdb::Iterator> iterator(impl_->database->NewIterator({}));
  iterator->SeekForPrev(row_key(table, key, position));
  if (!iterator->status().ok()) return to_error(iterator->status(), "reading a row");
  if (!iterator->Valid()) return std::optional<RowVersion>();
  const auto stored = iterator->key().ToStringView();
  const std::string prefix = row_prefix(table, key) + kEnd;
  if (stored.size() != prefix.size() + 8 || !stored.starts_with(prefix)) {
    return std::optional<RowVersion>();
  }
  return std::optional<RowVersion>({RowKey(stored).position, to_bytes(iterator->value())});
}

Result<void> Views::scan(TableId table, std::string_view prefix, Position position,
                         const RowReader::Visitor& visit) const {
  const std::unique_ptr<rocksdb::Iterator> iterator(impl_->database->NewIterator({}));
  const std::string start = row_prefix(table, prefix);
  iterator->Seek(start);
  while (iterator->Valid() && iterator->key().starts_with(start)) {
    const std::string key(RowKey(iterator->key().ToStringView()).key);
    iterator->SeekForPrev(row_key(table, key, position));
    if (iterator->Valid()) {
      const RowKey found(iterator->key().ToStringView());
      if (iterator->key().starts_with(row_prefix(table, key)) && found.key == key) {
        visit(key, {found.position, to_bytes(iterator->value())});
      }
    }
    iterator->Seek(row_prefix(table, key) + '\x01');  // past every version of this row
  }
  if (!iterator->status().ok()) return to_error(iterator->status(), "reading rows");
  return boost::outcome_v2::success();
}

Result<void> Views::visit_versions(Position until, const VersionVisitor& visit) const {
  const std::unique_ptr<rocksdb::Iterator> iterator(impl_->database->NewIterator({}));
  const std::string start(1, kRow);
  for (iterator->Seek(start); iterator->Valid() && iterator->key().starts_with(start);
       iterator->Next()) {
    const RowKey key(iterator->key().ToStringView());
    if (key.position <= until) {
      visit(key.table, key.key, {key.position, to_bytes(iterator->value())});
    }
  }
  if (!iterator->status().ok()) return to_error(iterator->status(), "reading rows");
  return boost::outcome_v2::success();
}

PostingsPtr Views::postings(std::string_view tag, Direction direction) const {
  return std::make_unique<TagPostings>(*impl_->database, tag, direction);
}

Result<std::uint64_t> Views::count_postings(Position until) const {
  const std::unique_ptr<rocksdb::Iterator> iterator(impl_->database->NewIterator({}));
  const std::string start(1, kPosting);
  std::uint64_t count = 0;
  for (iterator->Seek(start); iterator->Valid() && iterator->key().starts_with(start);
       iterator->Next()) {
    const auto key = iterator->key().ToStringView();
    if (read_number(key, key.size() - 8) <= until.value) ++count;
  }
  if (!iterator->status().ok()) return to_error(iterator->status(), "reading the tag index");
  return count;
}

Result<bool> Views::has_posting(std::string_view tag, Position position) const {
  BOOST_OUTCOME_TRY(value, impl_->get(posting_key(tag, position)));
  return value.has_value();
}

}  // namespace actbook::storage

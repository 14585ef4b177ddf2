#include "storage/slice_file.h"

#include <rocksdb/sst_file_writer.h>

#include <algorithm>

#include "storage/posting_chunk.h"
#include "storage/view_keys.h"

namespace actbook::storage {
namespace {

// Puts keys in the order of their spaces; after a failure it puts nothing.
class FileWriter {
 public:
  FileWriter(const Slice& slice, rocksdb::SstFileWriter& file) : slice_(slice), file_(file) {}

  rocksdb::Status write() {
    put_commands();
    for (const auto& [subtree, hash] : slice_.hashes()) put(hash_key(subtree), as_slice(hash));
    put(std::string(kReachKey), encode(slice_.reach()));
    put(std::string(kTileKey), encode(slice_.tile()));
    put_rows();
    put_postings();
    put_times();
    return status_;
  }

 private:
  void put(const std::string& key, const rocksdb::Slice& value) {
    if (status_.ok()) status_ = file_.Put(key, value);
  }

  void put_commands() {
    for (const auto& [id, place] : slice_.commands_in_order()) put(command_key(id), encode(place));
  }

  void put_rows() {
    for (const auto& [row, versions] : slice_.all_rows()) {
      for (const auto& version : versions) {
        put(row_key(row.table, row.key, version.position), as_slice(version.bytes));
      }
    }
  }

  void put_postings() {
    std::vector<IndexEntry> entries;
    std::string key;
    PostingChunk::Encoder encoder;
    for (const auto* list : slice_.tags_in_order()) {
      for (std::size_t i = 0; i < list->indexes.size(); i += PostingChunk::kMost) {
        const auto end = std::min(i + PostingChunk::kMost, list->indexes.size());
        entries.clear();
        for (auto j = i; j < end; ++j) entries.push_back(slice_.entry(list->indexes[j]));
        key.assign(1, kPosting).append(list->tag).push_back(kEnd);
        append_number(key, entries.back().position.value);
        put(key, encoder.encode(entries));
      }
    }
  }

  void put_times() {
    const auto count = slice_.entry_count();
    for (std::size_t i = 0; i < count; i += kTimeMarks) put_time(i);
    if (count % kTimeMarks != 1 && count > 0) put_time(count - 1);
  }
  void put_time(std::size_t index) {
    const auto entry = slice_.entry(index);
    put(time_key(entry.recorded_at, entry.position), {});
  }

  const Slice& slice_;
  rocksdb::SstFileWriter& file_;
  rocksdb::Status status_;
};

}  // namespace

Result<void> write_slice_file(const Slice& slice, const rocksdb::Options& options,
                              const std::filesystem::path& file) {
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(options), options);
  auto status = writer.Open(file.string());
  if (status.ok()) status = FileWriter(slice, writer).write();
  if (status.ok()) status = writer.Finish();  // synced
  if (!status.ok()) return to_error(status, "saving the views");
  return boost::outcome_v2::success();
}

}  // namespace actbook::storage

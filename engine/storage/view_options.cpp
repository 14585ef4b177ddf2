#include "storage/view_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include "storage/view_keys.h"

namespace actbook::storage {
namespace {

// What the filters know: command ids, and of tags and rows the part before the position. So most
// files that lack what is asked for are not read.
class FilteredPart final : public rocksdb::SliceTransform {
 public:
  [[nodiscard]] const char* Name() const override { return "actbook.FilteredPart"; }
  [[nodiscard]] bool InDomain(const rocksdb::Slice& key) const override {
    return key.size() > kPositionSize &&
           (key[0] == kCommand || key[0] == kPosting || key[0] == kRow);
  }
  [[nodiscard]] rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return key[0] == kCommand ? key : rocksdb::Slice(key.data(), key.size() - kPositionSize);
  }
};

}  // namespace

rocksdb::Options view_options(rocksdb::Env& env, std::size_t cache_size, Access access) {
  rocksdb::Options options;
  options.env = &env;
  options.create_if_missing = true;
  options.compression = rocksdb::kLZ4Compression;
  // Most of it stands in the oldest run, which is seldom written.
  options.bottommost_compression = rocksdb::kZSTD;
  options.bottommost_compression_opts.enabled = true;
  options.bottommost_compression_opts.level = 1;
  options.max_background_jobs = 2;
  options.keep_log_file_num = 2;
  options.info_log_level = rocksdb::WARN_LEVEL;
  // Of what is written once, few bytes should be written again.
  options.compaction_style = rocksdb::kCompactionStyleUniversal;
  options.level0_file_num_compaction_trigger = 8;
  options.compaction_options_universal.min_merge_width = 4;
  options.avoid_unnecessary_blocking_io = access == Access::write;  // see log.cpp
  options.prefix_extractor = std::make_shared<FilteredPart>();
  rocksdb::BlockBasedTableOptions table;
  table.checksum = rocksdb::kXXH3;
  // Of keys that have much in common, larger blocks hold more.
  table.block_size = std::size_t{16} << 10;
  table.block_cache = rocksdb::NewLRUCache(cache_size);
  // Memory stays bounded however many keys there are: indexes and filters are in small parts, which
  // the cache holds like other blocks.
  table.cache_index_and_filter_blocks = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = false;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

}  // namespace actbook::storage

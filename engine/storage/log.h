#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "block.h"
#include "storage/environment.h"

namespace actbook::storage {

/// Which events and commands a block has. Without an event it ends before it begins.
struct Extent {
  Position first_position{1};
  std::uint64_t first_command = 1;
  Position last_position;
  std::uint64_t last_command = 0;

  friend bool operator==(const Extent&, const Extent&) = default;
};

/// The log on disk: blocks in the order of their first positions and commands. The only truth;
/// everything else can be derived from it. Small blocks are joined as they come (see append()); the
/// bytes of their records and commands stay as they are. Any thread may read; one thread at a time
/// appends.
class Log {
 public:
  /// In bytes.
  struct Sizes {
    /// Of blocks in memory when they go to a sorted file. Bounds the memory, and what is read again
    /// when the ledger was not closed.
    std::size_t flush = std::size_t{16} << 20;
    /// Blocks that are smaller are joined with those that come before and after them...
    std::size_t small_block = std::size_t{16} << 10;
    /// ...when together they have as much; or earlier, when a large one comes or they are flushed.
    std::size_t joined_block = std::size_t{96} << 10;
  };

  /// Whether a log stands in `directory`.
  [[nodiscard]] static bool exists(const std::filesystem::path& directory,
                                   const StorageEnvironment& environment);
  /// Opens the log; for writing, makes it where there is none. For reading, whoever writes may have
  /// replaced files meanwhile, see database_files(). Errors: corrupt, with the position where it is
  /// known; unavailable; unsupported.
  [[nodiscard]] static Result<std::unique_ptr<Log>> open(const std::filesystem::path& directory,
                                                         const StorageEnvironment& environment,
                                                         Access access, const Sizes& sizes);

  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Adds a block to a log opened for writing and returns once it is durable. After an error it may
  /// or may not be there, whole. Small ones are joined afterwards, by another thread, all at once;
  /// those that a crash brings back stay as they are.
  [[nodiscard]] Result<void> append(const Extent& extent, const Block::Encoded& block);

  /// The last block, if there is any; for whoever appends. Errors: corrupt, unavailable.
  [[nodiscard]] Result<std::optional<Block>> last() const;

  /// The blocks as they stand when it is made, for several readers: which of them are joined may
  /// differ between readers without it.
  class Snapshot {
   public:
    explicit Snapshot(const Log& log);
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

   private:
    friend class Log;
    class Impl;
    std::unique_ptr<Impl> impl_;
  };

  /// Walks over blocks as they stood when it was made, or in the snapshot, which outlives it then.
  class Reader {
   public:
    explicit Reader(const Log& log);
    explicit Reader(const Snapshot& snapshot);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    void seek_to_first();
    void next();
    /// To the first block that begins at this position or after it.
    void seek_at_or_after(Position position);
    /// To the block that holds this event, if there is one. Reads no other.
    void seek(Position position);
    /// To the block that holds this command; `position`, at least 1, is the next free one it saw.
    void seek(Position position, std::uint64_t command);
    /// False past the end and after a failed read: status() tells which.
    [[nodiscard]] bool valid() const;
    [[nodiscard]] Result<void> status() const;
    /// Where the block stands, by its key.
    [[nodiscard]] Extent extent() const;
    /// Errors: corrupt, also if the block holds something else than its key says.
    [[nodiscard]] Result<Block> block() const;
    /// Its bytes, until the reader moves.
    [[nodiscard]] std::string_view stored() const;

   private:
    class Impl;
    std::unique_ptr<Impl> impl_;
  };

  /// Checks the storage files themselves, down to their checksums. Errors: corrupt, unavailable.
  [[nodiscard]] Result<void> verify_files() const;

 private:
  class Impl;
  explicit Log(std::unique_ptr<Impl> impl);
  // The error of a failed operation; of damage, with the first position that cannot be read.
  [[nodiscard]] Error locate(const rocksdb::Status& status, std::string_view doing) const;

  std::unique_ptr<Impl> impl_;
};

}  // namespace actbook::storage

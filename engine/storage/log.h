#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "block.h"
#include "storage/environment.h"

namespace actbook::storage {

/// The log on disk: blocks in the order of their first positions and commands, each written once
/// and synced. The only truth; everything else can be derived from it. Any thread may read; one
/// thread at a time appends.
class Log {
 public:
  /// Whether a log stands in `directory`.
  [[nodiscard]] static bool exists(const std::filesystem::path& directory,
                                   const StorageEnvironment& environment);
  /// Opens the log; for writing, makes it where there is none. For reading, whoever writes may have
  /// replaced files meanwhile, see database_files(). Errors: corrupt, with the position where it is
  /// known; unavailable; unsupported.
  [[nodiscard]] static Result<std::unique_ptr<Log>> open(const std::filesystem::path& directory,
                                                         const StorageEnvironment& environment,
                                                         Access access);

  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Adds a block to a log opened for writing and returns once it is durable. After an error it may
  /// or may not be there.
  [[nodiscard]] Result<void> append(Position first_position, std::uint64_t first_command,
                                    const Block::Encoded& block);

  /// The last block, if there is any. Errors: corrupt, unavailable.
  [[nodiscard]] Result<std::optional<Block>> last() const;

  /// Walks over blocks as they stood when it was made.
  class Reader {
   public:
    explicit Reader(const Log& log);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    void seek_to_first();
    void next();
    /// To the first block that begins at this position or after it.
    void seek_at_or_after(Position position);
    /// To the block that holds this event; to none if there is none.
    void seek(Position position);
    /// To the block that holds this command; `position` is the next free position it saw.
    void seek(Position position, std::uint64_t command);
    /// False past the end and after a failed read: status() tells which.
    [[nodiscard]] bool valid() const;
    [[nodiscard]] Result<void> status() const;
    /// The first position of the block, or the next free one it saw, by its key.
    [[nodiscard]] Position first_position() const;
    /// Errors: corrupt.
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

#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "actbook/event_store.h"
#include "actbook/merkle.h"
#include "postings.h"
#include "storage/addition.h"
#include "storage/environment.h"

namespace actbook::storage {

class Slice;

/// Everything derived from the log: which command ids were used, which events carry a tag, the
/// versions of rows, and the Merkle tree. The newest stretch is in memory (see Slice); when that is
/// large, a thread of its own sorts it and saves it whole, with how far it reaches, while the next
/// one fills. What a crash loses is derived from the log again. Any thread may read; one at a time
/// adds.
class Views {
 public:
  /// A writer that was killed leaves at most two stretches unsaved.
  static constexpr std::size_t kReadTail = 8;

  /// In bytes: at how many a stretch is saved, and how much of what is saved is kept ready.
  struct Memory {
    std::size_t slice;
    std::size_t cache;
  };
  /// Opens the views; for writing, makes them where there are none. Those opened for reading take
  /// additions, too, but only so many, and never save them. Errors: corrupt, unavailable.
  [[nodiscard]] static Result<std::unique_ptr<Views>> open(const std::filesystem::path& directory,
                                                           const StorageEnvironment& environment,
                                                           Memory memory, Access access);
  /// Removes the views in `directory`. Errors: unavailable.
  [[nodiscard]] static Result<void> destroy(const std::filesystem::path& directory);

  ~Views();
  Views(const Views&) = delete;
  Views& operator=(const Views&) = delete;

  [[nodiscard]] Reach reach() const;
  /// The projector's version that made the rows; none in new views.
  [[nodiscard]] Result<std::optional<std::uint32_t>> projector_version() const;
  [[nodiscard]] Result<void> set_projector_version(std::uint32_t version);

  /// Adds all of it at once, in memory; waits only if two stretches are there to be saved. Errors:
  /// unavailable, if an earlier stretch could not be saved, or may not be and is kReadTail times as
  /// large as one that is saved; nothing was added then.
  [[nodiscard]] Result<void> add(const Addition& addition);
  /// Returns once everything added so far is saved, durably; at once if it may not be. Errors:
  /// unavailable.
  [[nodiscard]] Result<void> save();

  [[nodiscard]] Result<std::optional<CommandPlace>> find_command(std::string_view command_id) const;
  /// The newest version of a row not after `position`.
  [[nodiscard]] Result<std::optional<RowVersion>> row(TableId table, std::string_view key,
                                                      Position position) const;
  [[nodiscard]] Result<void> scan(TableId table, std::string_view prefix, Position position,
                                  const RowReader::Visitor& visit) const;
  /// The events that carry a tag, as of now. Parts that lie outside of the range are not looked at.
  [[nodiscard]] PostingsPtr postings(std::string_view tag, const ReadRange& range) const;

  /// The hash of a complete subtree of the Merkle tree. Those of 256, 65,536 ... leaves are kept;
  /// of others there is none.
  [[nodiscard]] Result<std::optional<Hash>> hash(Subtree subtree) const;

  /// All up to `last` were recorded before an instant, all from `next` on at or after it. Events in
  /// between, a few hundred at most, may be either.
  struct Boundary {
    Position last;
    Position next;
  };
  [[nodiscard]] Result<Boundary> boundary(Timestamp at) const;

  // For checking the views. What is in memory is saved first if it may be.

  /// How many command ids are known whose place is not after `until`, of commands before
  /// `next_command`.
  [[nodiscard]] Result<std::uint64_t> count_commands(Position until, std::uint64_t next_command);
  using VersionVisitor = std::function<void(TableId, std::string_view key, const RowVersion&)>;
  [[nodiscard]] Result<void> visit_versions(Position until, const VersionVisitor& visit);
  using PostingVisitor = std::function<void(std::string_view tag, Position position)>;
  [[nodiscard]] Result<void> visit_postings(Position until, const PostingVisitor& visit);
  /// The tags that a position is listed under.
  [[nodiscard]] Result<std::vector<std::string>> tags_at(Position position);
  [[nodiscard]] Result<bool> has_posting(std::string_view tag, Position position) const;

 private:
  class Impl;
  explicit Views(std::unique_ptr<Impl> impl);
  // Saves what is in memory, or gives it if it may not be saved.
  [[nodiscard]] Result<std::shared_ptr<const Slice>> settle();

  std::unique_ptr<Impl> impl_;
};

}  // namespace actbook::storage

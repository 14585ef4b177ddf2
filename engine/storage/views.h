#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "actbook/event_store.h"
#include "postings.h"

namespace actbook::storage {

/// How far the views reach: everything up to here is in them, nothing after it.
struct Reach {
  Position position;
  std::uint64_t command = 0;
};

/// Where a command's receipt stands in the log.
struct CommandPlace {
  std::uint64_t command = 0;
  Position next_position;

  friend bool operator==(const CommandPlace&, const CommandPlace&) = default;
};
/// By command id.
using CommandPlaces = std::vector<std::pair<std::string, CommandPlace>>;

/// Everything derived from the log: which command ids were used, which events carry a tag, and the
/// versions of rows. Written without a log of its own: what a crash loses is derived again. Any
/// thread may read; one at a time writes.
class Views {
 public:
  /// Opens the views, making them where there are none. Errors: corrupt, unavailable.
  [[nodiscard]] static Result<std::unique_ptr<Views>> open(const std::filesystem::path& directory);
  /// Removes the views in `directory`. Errors: unavailable.
  [[nodiscard]] static Result<void> destroy(const std::filesystem::path& directory);

  ~Views();
  Views(const Views&) = delete;
  Views& operator=(const Views&) = delete;

  [[nodiscard]] Result<Reach> reach() const;
  /// The projector's version that made the rows; none in new views.
  [[nodiscard]] Result<std::optional<std::uint32_t>> projector_version() const;
  [[nodiscard]] Result<void> set_projector_version(std::uint32_t version);

  /// What the events and commands of one block add.
  struct Addition {
    CommandPlaces commands;
    std::vector<std::pair<std::string, Position>> postings;
    std::vector<RowOverlay::Put> rows;
    Reach reach;
  };
  /// Adds all of it at once, and the new reach with it. Not durable before flush().
  [[nodiscard]] Result<void> add(const Addition& addition);
  /// Makes everything added so far durable.
  [[nodiscard]] Result<void> flush();

  [[nodiscard]] Result<std::optional<CommandPlace>> find_command(std::string_view command_id) const;
  /// How many command ids are known whose place is not after `until`, of commands before
  /// `next_command`.
  [[nodiscard]] Result<std::uint64_t> count_commands(Position until,
                                                     std::uint64_t next_command) const;
  /// The newest version of a row not after `position`.
  [[nodiscard]] Result<std::optional<RowVersion>> row(TableId table, std::string_view key,
                                                      Position position) const;
  [[nodiscard]] Result<void> scan(TableId table, std::string_view prefix, Position position,
                                  const RowReader::Visitor& visit) const;
  using VersionVisitor = std::function<void(TableId, std::string_view key, const RowVersion&)>;
  [[nodiscard]] Result<void> visit_versions(Position until, const VersionVisitor& visit) const;

  /// The positions of the events that carry a tag, as of now.
  [[nodiscard]] PostingsPtr postings(std::string_view tag, Direction direction) const;
  [[nodiscard]] Result<std::uint64_t> count_postings(Position until) const;
  [[nodiscard]] Result<bool> has_posting(std::string_view tag, Position position) const;

 private:
  class Impl;
  explicit Views(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace actbook::storage

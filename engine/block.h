#pragma once

#include <memory>
#include <vector>

#include "actbook/event_store.h"
#include "actbook/record.h"

namespace actbook {

/// One command with its events, ready to be stored.
struct CommittedCommand {
  std::string command_id;
  Bytes receipt;
  Bytes content;
  std::vector<Record> records;
};

/// Commands with their events as one value of the log: a flatbuffer log::Block behind an eight-byte
/// XXH3-64 of it (little endian), so that damage is seen before any field is read. Records stand in
/// pages of about 64 KiB, which are compressed each by itself. One thread at a time uses a Block;
/// what it gives may go to others.
class Block {
 public:
  using Encoded = flatbuffers::DetachedBuffer;
  [[nodiscard]] static Encoded encode(Position first_position, std::uint64_t first_command,
                                      const std::vector<CommittedCommand>& commands);
  /// What one write of them all would have been; each continues the one before. Errors: corrupt.
  [[nodiscard]] static Result<Encoded> join(const std::vector<Block>& blocks);

  /// A copy of bytes as they came from storage, which hands them out unaligned; a vector's memory
  /// is aligned.
  [[nodiscard]] static std::shared_ptr<const Bytes> copy(std::string_view stored);
  /// Errors: corrupt; with the position of the first event that is damaged, as near as what is left
  /// tells, if `first_position` is what the storage has.
  [[nodiscard]] static Result<Block> decode(std::shared_ptr<const Bytes> bytes,
                                            std::optional<Position> first_position = {});
  [[nodiscard]] static Result<Block> decode(std::string_view stored,
                                            std::optional<Position> first_position = {}) {
    return decode(copy(stored), first_position);
  }

  [[nodiscard]] Position first_position() const { return Position{root().first_position()}; }
  [[nodiscard]] std::uint64_t first_command() const { return root().first_command(); }
  [[nodiscard]] std::size_t record_count() const { return record_count_; }
  [[nodiscard]] std::size_t command_count() const { return root().command_count(); }

  /// The index-th record. Errors: corrupt, with the position, if it is not well-formed or belongs
  /// elsewhere.
  [[nodiscard]] Result<Record> record(std::size_t index) const;
  /// The same for whoever reads many; damage_of() tells why there is none.
  [[nodiscard]] std::optional<Record> sound_record(std::size_t index) const;
  [[nodiscard]] Error damage_of(std::size_t index) const;
  /// The same, also checked against its own checksum, beside that of the block.
  [[nodiscard]] Result<Record> verified_record(std::size_t index) const;

  /// The commands of a block, in their order.
  class Commands {
   public:
    [[nodiscard]] std::size_t size() const { return list().size(); }
    [[nodiscard]] std::string_view id(std::size_t index) const;
    /// Errors: corrupt.
    [[nodiscard]] Result<StoredCommand> command(std::size_t index) const;

   private:
    friend class Block;
    explicit Commands(ByteView bytes, std::shared_ptr<const Bytes> owner)
        : bytes_(bytes), owner_(std::move(owner)) {}
    using List = flatbuffers::Vector<flatbuffers::Offset<log::StoredCommand>>;
    [[nodiscard]] const List& list() const {
      return *flatbuffers::GetRoot<log::Commands>(bytes_.data())->list();
    }

    ByteView bytes_;
    std::shared_ptr<const Bytes> owner_;
  };
  /// Errors: corrupt.
  [[nodiscard]] Result<Commands> commands() const;
  /// In bytes, decoded.
  [[nodiscard]] std::size_t size() const { return bytes_->size(); }

 private:
  explicit Block(std::shared_ptr<const Bytes> bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] const log::Block& root() const;
  [[nodiscard]] bool open_page_of(std::size_t index) const;

  std::shared_ptr<const Bytes> bytes_;
  std::size_t record_count_ = 0;

  // The page that was read last.
  struct OpenPage {
    const log::Page* stored = nullptr;
    std::size_t first = 0;  // of its records in the block
    std::vector<ByteView> records;
    std::shared_ptr<const Bytes> owner;
  };
  mutable OpenPage page_;
};

}  // namespace actbook

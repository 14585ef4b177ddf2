#include "block.h"

#include <lz4.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace actbook {
namespace {

constexpr std::size_t kHeader = 8;
constexpr std::size_t kAlignment = 8;
// What has to be unpacked to read one event. LZ4 looks back as far.
constexpr std::size_t kPageSize = std::size_t{64} << 10;
// Less is not worth the time.
constexpr std::size_t kLeastCompressed = std::size_t{2} << 10;
// LZ4 does not make more than that of a byte.
constexpr std::size_t kMostExpansion = 255;

std::uint64_t checksum(ByteView bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

ByteView view(const flatbuffers::Vector<std::uint8_t>& vector) {
  return {vector.data(), vector.size()};
}

Bytes bytes_of(const flatbuffers::Vector<std::uint8_t>& vector) {
  return {vector.begin(), vector.end()};
}

std::size_t padded(std::size_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

Error damaged(std::string message, std::optional<Position> position = {}) {
  return Error{ErrorKind::corrupt, "DAMAGED_LOG", std::move(message), position};
}

using Pages = flatbuffers::Vector<flatbuffers::Offset<log::Page>>;

// Builds a block from views of what it is to hold.
class Encoder {
 public:
  explicit Encoder(std::size_t size) : builder_(size + size / 8 + 1024) {}

  void add_record(ByteView bytes) {
    sizes_.push_back(static_cast<std::uint32_t>(bytes.size()));
    checksums_.push_back(checksum(bytes));
    raw_.insert(raw_.end(), bytes.begin(), bytes.end());
    raw_.resize(padded(raw_.size()));
    if (raw_.size() >= kPageSize) end_page();
  }
  void add_command(std::string_view id, ByteView receipt, ByteView content) {
    const auto id_offset = commands_.CreateString(id.data(), id.size());
    const auto receipt_offset = aligned_vector(commands_, receipt);
    const auto content_offset = aligned_vector(commands_, content);
    command_list_.push_back(
        log::CreateStoredCommand(commands_, id_offset, receipt_offset, content_offset));
  }

  Block::Encoded finish(Position first_position, std::uint64_t first_command) {
    end_page();
    commands_.Finish(log::CreateCommands(commands_, commands_.CreateVector(command_list_)));
    const auto commands = pack({commands_.GetBufferPointer(), commands_.GetSize()});
    const auto pages = builder_.CreateVector(pages_);
    builder_.Finish(log::CreateBlock(builder_, first_position.value, first_command,
                                     static_cast<std::uint32_t>(command_list_.size()), commands,
                                     pages));
    const auto sum =
        flatbuffers::EndianScalar(checksum({builder_.GetBufferPointer(), builder_.GetSize()}));
    static_assert(sizeof(sum) == kHeader);
    builder_.PushFlatBuffer(reinterpret_cast<const std::uint8_t*>(&sum), sizeof(sum));
    return builder_.Release();
  }

 private:
  static flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> aligned_vector(
      flatbuffers::FlatBufferBuilder& builder, ByteView bytes) {
    builder.ForceVectorAlignment(bytes.size(), 1, kAlignment);
    return builder.CreateVector(bytes.data(), bytes.size());
  }

  void end_page() {
    if (sizes_.empty()) return;
    const auto records = pack(raw_);
    const auto sizes = builder_.CreateVector(sizes_);
    const auto checksums = builder_.CreateVector(checksums_);
    pages_.push_back(log::CreatePage(builder_, sizes, checksums, records));
    sizes_.clear();
    checksums_.clear();
    raw_.clear();
  }

  flatbuffers::Offset<log::Packed> pack(ByteView raw) {
    ByteView stored = raw;
    if (raw.size() >= kLeastCompressed && raw.size() <= LZ4_MAX_INPUT_SIZE) {
      const auto size = static_cast<int>(raw.size());
      packed_.resize(static_cast<std::size_t>(LZ4_compressBound(size)));
      const int made = LZ4_compress_default(reinterpret_cast<const char*>(raw.data()),
                                            reinterpret_cast<char*>(packed_.data()), size,
                                            static_cast<int>(packed_.size()));
      const ByteView compressed(packed_.data(), static_cast<std::size_t>(made));
      if (made > 0 && compressed.size() < raw.size()) stored = compressed;
    }
    return log::CreatePacked(builder_, static_cast<std::uint32_t>(raw.size()),
                             aligned_vector(builder_, stored));
  }

  flatbuffers::FlatBufferBuilder builder_;
  flatbuffers::FlatBufferBuilder commands_;
  std::vector<flatbuffers::Offset<log::StoredCommand>> command_list_;
  std::vector<flatbuffers::Offset<log::Page>> pages_;
  // The page that fills.
  std::vector<std::uint32_t> sizes_;
  std::vector<std::uint64_t> checksums_;
  Bytes raw_;
  Bytes packed_;
};

// What was packed, as aligned bytes: those that stand in `owner`, or new ones; then they are the
// owner. None, if they are damaged.
struct Unpacked {
  ByteView bytes;
  std::shared_ptr<const Bytes> owner;
};
std::optional<Unpacked> unpack(const log::Packed& packed,
                               const std::shared_ptr<const Bytes>& owner) {
  const ByteView stored = view(*packed.bytes());
  if (stored.size() == packed.size()) {
    if (reinterpret_cast<std::uintptr_t>(stored.data()) % kAlignment == 0)
      return Unpacked{stored, owner};
    auto copy = std::make_shared<const Bytes>(stored.begin(), stored.end());
    return Unpacked{*copy, copy};
  }
  if (packed.size() / kMostExpansion > stored.size()) return std::nullopt;
  auto raw = std::make_shared<Bytes>(packed.size());
  const int made = LZ4_decompress_safe(
      reinterpret_cast<const char*>(stored.data()), reinterpret_cast<char*>(raw->data()),
      static_cast<int>(stored.size()), static_cast<int>(raw->size()));
  if (made < 0 || static_cast<std::size_t>(made) != raw->size()) return std::nullopt;
  return Unpacked{*raw, std::move(raw)};
}

// Where the records of a page stand in its bytes; none, if they are not as many.
std::optional<std::vector<ByteView>> records_in(const log::Page& page, ByteView bytes) {
  std::vector<ByteView> records;
  records.reserve(page.sizes()->size());
  for (const std::size_t size : *page.sizes()) {
    if (padded(size) > bytes.size()) return std::nullopt;
    records.push_back(bytes.first(size));
    bytes = bytes.subspan(padded(size));
  }
  if (!bytes.empty()) return std::nullopt;
  return records;
}

// Of a damaged block: how many of its first records still match their own checksums.
std::size_t undamaged_records(ByteView body) {
  if (!is_flat<log::Block>(body)) return 0;
  std::size_t good = 0;
  for (const auto* page : *flatbuffers::GetRoot<log::Block>(body.data())->pages()) {
    const auto& packed = *page->records();
    Bytes raw = bytes_of(*packed.bytes());
    if (raw.size() != packed.size()) {
      if (packed.size() / kMostExpansion > raw.size()) return good;
      const Bytes stored = std::exchange(raw, Bytes(packed.size()));
      // Up to the damage, and often beyond it, what it makes is what was packed.
      (void)LZ4_decompress_safe(reinterpret_cast<const char*>(stored.data()),
                                reinterpret_cast<char*>(raw.data()),
                                static_cast<int>(stored.size()), static_cast<int>(raw.size()));
    }
    const auto records = records_in(*page, raw);
    if (!records || page->checksums()->size() != records->size()) return good;
    for (std::size_t i = 0; i < records->size(); ++i, ++good) {
      const auto sum = page->checksums()->Get(static_cast<flatbuffers::uoffset_t>(i));
      if (checksum((*records)[i]) != sum) return good;
    }
  }
  // Where all match, the damage is beside them, and none can be told to be good.
  return 0;
}

}  // namespace

Block::Encoded Block::encode(Position first_position, std::uint64_t first_command,
                             const std::vector<CommittedCommand>& commands) {
  std::size_t size = 0;
  for (const auto& command : commands) {
    size += command.command_id.size() + command.receipt.size() + command.content.size() + 96;
    for (const auto& record : command.records) size += record.bytes().size() + 24;
  }
  Encoder encoder(size);
  for (const auto& command : commands) {
    encoder.add_command(command.command_id, command.receipt, command.content);
    for (const auto& record : command.records) encoder.add_record(record.bytes());
  }
  return encoder.finish(first_position, first_command);
}

Result<Block::Encoded> Block::join(const std::vector<Block>& blocks) {
  std::size_t size = 0;
  for (const auto& block : blocks) size += block.bytes_->size();
  Encoder encoder(size);
  for (const auto& block : blocks) {
    BOOST_OUTCOME_TRY(commands, block.commands());
    for (const auto* command : commands.list()) {
      encoder.add_command(command->command_id()->string_view(), view(*command->receipt()),
                          view(*command->content()));
    }
    for (std::size_t i = 0; i < block.record_count(); ++i) {
      // A new checksum must not be given to bytes that have lost their own.
      BOOST_OUTCOME_TRY(record, block.verified_record(i));
      encoder.add_record(record.bytes());
    }
  }
  return encoder.finish(blocks.front().first_position(), blocks.front().first_command());
}

const log::Block& Block::root() const {
  return *flatbuffers::GetRoot<log::Block>(bytes_->data() + kHeader);
}

std::shared_ptr<const Bytes> Block::copy(std::string_view stored) {
  const auto* const begin = reinterpret_cast<const std::uint8_t*>(stored.data());
  return std::make_shared<const Bytes>(begin, begin + stored.size());
}

Result<Block> Block::decode(std::shared_ptr<const Bytes> bytes,
                            std::optional<Position> first_position) {
  if (bytes->size() <= kHeader) {
    return damaged("a block of the log is too short", first_position);
  }
  // The header keeps the alignment.
  const ByteView body(bytes->data() + kHeader, bytes->size() - kHeader);
  if (flatbuffers::ReadScalar<std::uint64_t>(bytes->data()) != checksum(body)) {
    if (first_position) first_position->value += undamaged_records(body);
    return damaged("a block of the log does not match its checksum", first_position);
  }
  if (!is_flat<log::Block>(body)) {
    return damaged("a block of the log is not well-formed", first_position);
  }
  Block block(std::move(bytes));
  for (const auto* page : *block.root().pages()) {
    if (page->sizes()->size() == 0 || page->sizes()->size() != page->checksums()->size()) {
      return damaged("a page of a block is not well-formed", first_position);
    }
    block.record_count_ += page->sizes()->size();
  }
  if (block.command_count() == 0) {
    return damaged("a block of the log holds no command", first_position);
  }
  return block;
}

// Makes page_ the page that holds a record.
bool Block::open_page_of(std::size_t index) const {
  if (page_.stored != nullptr && index >= page_.first &&
      index - page_.first < page_.records.size()) {
    return true;
  }
  OpenPage page;
  for (const auto* stored : *root().pages()) {
    const std::size_t count = stored->sizes()->size();
    if (index - page.first < count) {
      page.stored = stored;
      break;
    }
    page.first += count;
  }
  if (page.stored == nullptr) return false;
  auto unpacked = unpack(*page.stored->records(), bytes_);
  if (!unpacked) return false;
  auto records = records_in(*page.stored, unpacked->bytes);
  if (!records) return false;
  page.records = std::move(*records);
  page.owner = std::move(unpacked->owner);
  page_ = std::move(page);
  return true;
}

std::optional<Record> Block::sound_record(std::size_t index) const {
  if (!open_page_of(index)) return std::nullopt;
  auto record = Record::read(page_.owner, page_.records[index - page_.first]);
  if (record && record->position().value != first_position().value + index) record.reset();
  return record;
}

Error Block::damage_of(std::size_t index) const {
  const Position position{first_position().value + index};
  if (!open_page_of(index)) return damaged("the event's page cannot be unpacked", position);
  const auto record = Record::read(page_.owner, page_.records[index - page_.first]);
  if (!record) return damaged("the event is not well-formed", position);
  return damaged("the event says it is at position " + std::to_string(record->position().value),
                 position);
}

Result<Record> Block::record(std::size_t index) const {
  auto record = sound_record(index);
  if (!record) return damage_of(index);
  return std::move(*record);
}

Result<Record> Block::verified_record(std::size_t index) const {
  if (!open_page_of(index)) return damage_of(index);
  const auto at = index - page_.first;
  const auto sum = page_.stored->checksums()->Get(static_cast<flatbuffers::uoffset_t>(at));
  if (checksum(page_.records[at]) != sum) {
    return damaged("the event does not match its checksum",
                   Position{first_position().value + index});
  }
  return record(index);
}

Result<Block::Commands> Block::commands() const {
  const auto unpacked = unpack(*root().commands(), bytes_);
  if (!unpacked || !is_flat<log::Commands>(unpacked->bytes) ||
      flatbuffers::GetRoot<log::Commands>(unpacked->bytes.data())->list()->size() !=
          command_count()) {
    return damaged("the commands of a block are not well-formed", first_position());
  }
  return Commands(unpacked->bytes, unpacked->owner);
}

std::string_view Block::Commands::id(std::size_t index) const {
  return list().Get(static_cast<flatbuffers::uoffset_t>(index))->command_id()->string_view();
}

Result<StoredCommand> Block::Commands::command(std::size_t index) const {
  const auto* stored = list().Get(static_cast<flatbuffers::uoffset_t>(index));
  BOOST_OUTCOME_TRY(receipt, Flat<log::Receipt>::check(bytes_of(*stored->receipt())));
  return StoredCommand{std::move(receipt), bytes_of(*stored->content())};
}

}  // namespace actbook

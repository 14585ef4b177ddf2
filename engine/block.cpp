#include "block.h"

#include <algorithm>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace actbook {
namespace {

constexpr std::size_t kHeader = 8;
constexpr std::size_t kAlignment = 8;

std::uint64_t checksum(ByteView bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> aligned_vector(
    flatbuffers::FlatBufferBuilder& builder, ByteView bytes) {
  builder.ForceVectorAlignment(bytes.size(), 1, kAlignment);
  return builder.CreateVector(bytes.data(), bytes.size());
}

Bytes bytes_of(const flatbuffers::Vector<std::uint8_t>& vector) {
  return {vector.begin(), vector.end()};
}

// Of a damaged block: how many of its first records still match their own checksums.
std::size_t undamaged_records(ByteView body) {
  if (!is_flat<log::Block>(body)) return 0;
  const auto& records = *flatbuffers::GetRoot<log::Block>(body.data())->records();
  const auto found = std::ranges::find_if(records, [](const log::StoredRecord* record) {
    return checksum({record->bytes()->data(), record->bytes()->size()}) != record->checksum();
  });
  // Where all do, the damage is beside them, and none can be told to be good.
  return found == records.end() ? 0 : static_cast<std::size_t>(found - records.begin());
}

Error damaged(std::string message, std::optional<Position> position = {}) {
  return Error{ErrorKind::corrupt, "DAMAGED_LOG", std::move(message), position};
}

}  // namespace

Block::Encoded Block::encode(Position first_position, std::uint64_t first_command,
                             const std::vector<CommittedCommand>& commands) {
  // Large enough that nothing is moved while it is built.
  std::size_t size = 256;
  std::size_t records = 0;
  for (const auto& command : commands) {
    size += command.command_id.size() + command.receipt.size() + command.content.size() + 96;
    for (const auto& record : command.records) size += record.bytes().size() + 64;
    records += command.records.size();
  }
  flatbuffers::FlatBufferBuilder builder(size);
  std::vector<flatbuffers::Offset<log::StoredCommand>> stored_commands;
  std::vector<flatbuffers::Offset<log::StoredRecord>> stored_records;
  stored_commands.reserve(commands.size());
  stored_records.reserve(records);
  for (const auto& command : commands) {
    const auto id = builder.CreateString(command.command_id);
    const auto receipt = aligned_vector(builder, command.receipt);
    const auto content = aligned_vector(builder, command.content);
    stored_commands.push_back(log::CreateStoredCommand(builder, id, receipt, content));
    for (const auto& record : command.records) {
      const auto bytes = aligned_vector(builder, record.bytes());
      stored_records.push_back(log::CreateStoredRecord(builder, bytes, checksum(record.bytes())));
    }
  }
  const auto command_list = builder.CreateVector(stored_commands);
  const auto record_list = builder.CreateVector(stored_records);
  builder.Finish(
      log::CreateBlock(builder, first_position.value, first_command, command_list, record_list));
  const auto sum =
      flatbuffers::EndianScalar(checksum({builder.GetBufferPointer(), builder.GetSize()}));
  static_assert(sizeof(sum) == kHeader);
  builder.PushFlatBuffer(reinterpret_cast<const std::uint8_t*>(&sum), sizeof(sum));
  return builder.Release();
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
  if (block.command_count() == 0) {
    return damaged("a block of the log holds no command", first_position);
  }
  return block;
}

std::optional<Record> Block::sound_record(std::size_t index) const {
  const auto& block = root();
  const auto* stored = block.records()->Get(static_cast<flatbuffers::uoffset_t>(index))->bytes();
  auto record = Record::read(bytes_, {stored->data(), stored->size()});
  if (record && record->position().value != block.first_position() + index) record.reset();
  return record;
}

Error Block::damage_of(std::size_t index) const {
  const Position position{root().first_position() + index};
  const auto* stored = root().records()->Get(static_cast<flatbuffers::uoffset_t>(index))->bytes();
  const auto record = Record::read(bytes_, {stored->data(), stored->size()});
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
  const auto* entry = root().records()->Get(static_cast<flatbuffers::uoffset_t>(index));
  if (checksum({entry->bytes()->data(), entry->bytes()->size()}) != entry->checksum()) {
    return damaged("the event does not match its checksum",
                   Position{root().first_position() + index});
  }
  return record(index);
}

std::string_view Block::command_id(std::size_t index) const {
  return root()
      .commands()
      ->Get(static_cast<flatbuffers::uoffset_t>(index))
      ->command_id()
      ->string_view();
}

Result<StoredCommand> Block::command(std::size_t index) const {
  const auto* stored = root().commands()->Get(static_cast<flatbuffers::uoffset_t>(index));
  BOOST_OUTCOME_TRY(receipt, Flat<log::Receipt>::check(bytes_of(*stored->receipt())));
  return StoredCommand{std::move(receipt), bytes_of(*stored->content())};
}

}  // namespace actbook

// Arbitrary bytes as a block of the log: what a damaged disk or somebody's editor may leave there.
// The first byte says how the rest becomes one:
//
//   r  they are the stored bytes, checksum and all
//   b  they are the flatbuffer of a block; the checksums are put right, so that what only a
//      checksum kept out reaches the code behind it
//   e  they change a valid block, three bytes a change: where (two bytes), and what is flipped;
//      the checksums are put right
//   o  the same, and only the checksum of the block is put right, not those of its records
//   s  the same, and the checksums stay as they were
//   l  they change, as with o, a block whose pages are compressed
//   j  the same, and it is joined with a sound one
//   p  they are the payload of a record that is well-formed but for it: a byte for the type of the
//      event, then its table
#include "actbook/decide.h"
#include "actbook/json.h"
#include "actbook/projector.h"
#include "block.h"
#include "promise.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "actbook/schema/events_generated.h"

namespace actbook::fuzz {
namespace {

constexpr std::size_t kHeader = 8;

std::uint64_t checksum(ByteView bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

CommandInfo info() {
  CommandInfo info;
  info.command_id = "crm-17";
  info.command_type = "RecordDataOwnerOrganisation";
  info.actor.kind = schema::ActorKind::import_;
  info.actor.id = "crm-migration";
  info.mode = schema::Mode::observed;
  info.occurred_at = Timestamp{1};
  info.acting_organisation = "prism";
  info.correlation_id = "haarlem-handoff";
  info.causation_id = "crm-16";
  info.reason = "why";
  return info;
}

std::vector<Record> records(int pairs = 1) {
  RowOverlay nothing;
  Batch batch(nothing, Position{7}, Timestamp{2}, info(), partner_projector());
  batch.set_basis("admin");
  batch.set_rules_broken({"FORBIDDEN"});
  event::WorkspaceRenamedT renamed;
  renamed.workspace = "w-1";
  renamed.to = "new";
  event::DataOwnerNamedT named;
  named.workspace = "w-1";
  named.data_owner = std::make_unique<schema::DataOwnerT>();
  named.data_owner->contact = "c-1";
  for (int i = 0; i < pairs; ++i) {
    promise(batch.append(draft(renamed)).has_value(), "an event is appended");
    promise(batch.append(draft(named)).has_value(), "an event is appended");
  }
  return batch.finish().records;
}

const Bytes& valid_block() {
  static const Bytes block = [] {
    log::ReceiptT receipt;
    receipt.command_id = "crm-17";
    receipt.command_type = "RecordDataOwnerOrganisation";
    receipt.first_position = 7;
    receipt.last_position = 8;
    receipt.created = {"account:a"};
    const Bytes content = {1, 2, 3};
    const auto encoded = Block::encode(
        Position{7}, 3,
        {{"crm-17", pack(receipt), content, records()}, {"crm-18", pack(receipt), content, {}}});
    return Bytes(encoded.data(), encoded.data() + encoded.size());
  }();
  return block;
}

/// Of records enough to be compressed.
const Bytes& compressed_block() {
  static const Bytes block = [] {
    const auto encoded = Block::encode(Position{7}, 3, {{"crm-17", {}, {}, records(20)}});
    return Bytes(encoded.data(), encoded.data() + encoded.size());
  }();
  return block;
}

/// Of pages that are not compressed.
void put_record_checksums_right(Bytes& stored) {
  if (!is_flat<log::Block>(ByteView(stored).subspan(kHeader))) return;
  auto* block = flatbuffers::GetMutableRoot<log::Block>(stored.data() + kHeader);
  for (flatbuffers::uoffset_t i = 0; i < block->pages()->size(); ++i) {
    auto* page = block->mutable_pages()->GetMutableObject(i);
    const auto& packed = *page->records()->bytes();
    ByteView rest(packed.data(), packed.size());
    for (flatbuffers::uoffset_t j = 0; j < page->sizes()->size(); ++j) {
      const std::size_t size = page->sizes()->Get(j);
      const std::size_t padded = (size + 7) / 8 * 8;
      if (padded > rest.size() || j >= page->checksums()->size()) break;
      page->mutable_checksums()->Mutate(j, checksum(rest.first(size)));
      rest = rest.subspan(padded);
    }
  }
}

void put_block_checksum_right(Bytes& stored) {
  flatbuffers::WriteScalar(stored.data(), checksum(ByteView(stored).subspan(kHeader)));
}

void change(Bytes& stored, ByteView changes) {
  for (; changes.size() >= 3; changes = changes.subspan(3)) {
    stored[(changes[0] * 256U + changes[1]) % stored.size()] ^= changes[2];
  }
}

/// What says no says that it is damage, or that it is of a later version.
template <class T>
bool readable(const Result<T>& result) {
  if (result.has_value()) return true;
  const auto kind = result.error().kind;
  promise(kind == ErrorKind::corrupt || kind == ErrorKind::unsupported,
          "damage is corrupt or unsupported, not " + std::string(to_string(kind)));
  return false;
}

/// Reads every field, and folds the event into rows.
void read(const Record& record) {
  // In memory of its own, a read beyond the record's end is found.
  const auto bytes = std::make_shared<const Bytes>(record.bytes().begin(), record.bytes().end());
  const auto alone = Record::check(bytes, *bytes);
  promise(alone.has_value(), "a record stands on its own");
  const std::unique_ptr<log::RecordT> native(alone.value()->UnPack());
  promise(native->type == record.type(), "a record reads the same where it stands alone");
  (void)readable(record_to_json(alone.value()));
  RowOverlay rows;
  if (readable(partner_projector().project(alone.value(), rows))) {
    const auto table = std::string(partner_projector().event_namespace()) + native->type;
    (void)partner_projector().events().tags(table, alone.value().payload());
  }
}

void read(const Block& block, const log::Block& raw) {
  std::vector<std::uint64_t> checksums;
  for (const auto* page : *raw.pages()) {
    checksums.insert(checksums.end(), page->checksums()->begin(), page->checksums()->end());
  }
  promise(checksums.size() == block.record_count(), "every record has a checksum");
  for (std::size_t i = 0; i < block.record_count(); ++i) {
    const auto record = block.verified_record(i);
    const Position position{block.first_position().value + i};
    if (!readable(record)) {
      promise(record.error().position == position, "a damaged record is located");
      continue;
    }
    promise(checksum(record.value().bytes()) == checksums[i],
            "no record passes with a wrong checksum");
    promise(record.value().position() == position, "a record is where it says it is");
    read(record.value());
  }
  const auto commands = block.commands();
  if (!readable(commands)) return;
  promise(commands.value().size() == block.command_count(), "there are as many as it says");
  for (std::size_t i = 0; i < commands.value().size(); ++i) {
    (void)std::string(commands.value().id(i));
    const auto command = commands.value().command(i);
    if (!readable(command)) continue;
    const auto& receipt = command.value().receipt;
    (void)table_to_json(log::Receipt::GetFullyQualifiedName(), receipt.bytes());
  }
}

void read_block(const Bytes& stored) {
  const std::string_view text(reinterpret_cast<const char*>(stored.data()), stored.size());
  const auto block = Block::decode(text);
  if (!readable(block)) return;
  promise(stored.size() > kHeader, "a block has a body");
  Bytes body(stored.begin() + kHeader, stored.end());
  promise(checksum(body) == flatbuffers::ReadScalar<std::uint64_t>(stored.data()),
          "no block passes with a wrong checksum");
  read(block.value(), *flatbuffers::GetRoot<log::Block>(body.data()));
}

void read_payload(ByteView bytes) {
  if (bytes.empty()) return;
  const auto* const* names = event::EnumNamesEvent();
  log::RecordT envelope;
  envelope.position = 1;
  envelope.type = names[bytes[0] % (static_cast<std::size_t>(event::Event::MAX) + 1)];
  envelope.command_id = "c";
  envelope.actor = std::make_unique<schema::ActorT>();
  envelope.actor->id = "a";
  envelope.payload.assign(bytes.begin() + 1, bytes.end());
  const auto packed = std::make_shared<const Bytes>(pack(envelope));
  const auto record = Record::check(packed, *packed);
  promise(record.has_value(), "what was packed is a record");
  read(record.value());
}

/// No record gets into a joined block that does not match its own checksum.
void join(const Bytes& changed) {
  const auto decode = [](const Bytes& stored) {
    return Block::decode({reinterpret_cast<const char*>(stored.data()), stored.size()});
  };
  const auto sound = decode(compressed_block()).value();
  const auto block = decode(changed);
  if (!readable(block)) return;
  const auto joined = Block::join({sound, block.value()});
  if (!readable(joined)) return;
  const auto& bytes = joined.value();
  const auto both = decode(Bytes(bytes.data(), bytes.data() + bytes.size()));
  promise(both.has_value(), "what was joined is a block");
  const auto parts = sound.record_count();
  promise(both.value().record_count() == parts + block.value().record_count(),
          "what was joined has the records of both");
  for (std::size_t i = 0; i < parts; ++i) {
    const auto mine = both.value().record(i);
    promise(mine.has_value(), "the sound records are there");
    promise(std::ranges::equal(mine.value().bytes(), sound.record(i).value().bytes()),
            "and stay as they were");
  }
  for (std::size_t i = 0; i < block.value().record_count(); ++i) {
    promise(block.value().verified_record(i).has_value(), "only sound records are joined");
  }
}

void run(char how, ByteView bytes) {
  Bytes stored = valid_block();
  switch (how) {
    case 'r':
      stored.assign(bytes.begin(), bytes.end());
      break;
    case 'b':
      stored.assign(kHeader, 0);
      stored.insert(stored.end(), bytes.begin(), bytes.end());
      put_record_checksums_right(stored);
      put_block_checksum_right(stored);
      break;
    case 'e':
      change(stored, bytes);
      put_record_checksums_right(stored);
      put_block_checksum_right(stored);
      break;
    case 'o':
      change(stored, bytes);
      put_block_checksum_right(stored);
      break;
    case 's':
      change(stored, bytes);
      break;
    case 'l':
    case 'j':
      stored = compressed_block();
      change(stored, bytes);
      put_block_checksum_right(stored);
      if (how == 'j') {
        join(stored);
        return;
      }
      break;
    case 'p':
      read_payload(bytes);
      return;
    default:
      return;
  }
  read_block(stored);
  if (how == 's' && stored != valid_block()) {
    const std::string_view text(reinterpret_cast<const char*>(stored.data()), stored.size());
    promise(!Block::decode(text), "no changed block passes");
  }
}

}  // namespace
}  // namespace actbook::fuzz

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT
                                      std::size_t size) {
  if (size > 0) actbook::fuzz::run(static_cast<char>(data[0]), {data + 1, size - 1});
  return 0;
}

#include "support/golden.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "actbook/json.h"
#include "actbook/projector.h"
#include "actbook/schema/events_generated.h"
#include "support/files.h"

namespace actbook::testing {
namespace {

constexpr std::size_t kDigitsPerLine = 64;
constexpr std::string_view kDigits = "0123456789abcdef";

bool asked_to_write() {
  const char* wish = std::getenv("ACTBOOK_WRITE_GOLDEN");
  return wish != nullptr && std::string_view(wish) == "1";
}

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string text;
  std::size_t column = 0;
  for (const auto byte : bytes) {
    text += {kDigits[byte >> 4], kDigits[byte & 15]};
    column += 2;
    if (column % kDigitsPerLine == 0) text += '\n';
  }
  if (column % kDigitsPerLine != 0) text += '\n';
  return text;
}

std::optional<Bytes> from_hex(const std::string& text) {
  Bytes bytes;
  std::optional<std::size_t> high;
  for (const char character : text) {
    if (character == '\n') continue;
    const auto digit = kDigits.find(character);
    if (digit == std::string_view::npos) return std::nullopt;
    if (high) bytes.push_back(static_cast<std::uint8_t>(*high * 16 + digit));
    high = high ? std::nullopt : std::optional(digit);
  }
  if (to_hex(bytes) != text) return std::nullopt;
  return bytes;
}

std::string event_of(const std::string& file) { return file.substr(0, file.find('-')); }

Result<Bytes> build_sample(const std::string& sample) {
  auto any = event_from_json(sample);
  if (!any) return any;
  event::AnyEventT carrier;
  flatbuffers::GetRoot<event::AnyEvent>(any.value().data())->UnPackTo(&carrier);
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(flatbuffers::Offset<flatbuffers::Table>(carrier.event.Pack(builder).o));
  return Bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
}

Result<Record> record_of(const std::string& type, const Bytes& payload) {
  RowOverlay nothing;
  CommandInfo info;
  info.command_id = "c-1";
  info.actor.kind = schema::ActorKind::system;
  info.actor.id = "test";
  constexpr Timestamp kAnInstant{1'775'898'000'000'000};  // 2026-04-11T09:00:00Z
  Batch batch(nothing, Position{1}, kAnInstant, std::move(info), partner_projector());
  const auto appended = batch.append({type, payload, {}});
  if (!appended) return appended.error();
  return batch.finish().records.front();
}

std::string compare_with_hex(const std::string& name, ByteView bytes, const std::string& hex) {
  const auto golden = from_hex(hex);
  if (!golden) {
    return name + ".hex is not lower-case hexadecimal in lines of " +
           std::to_string(kDigitsPerLine) + " digits";
  }
  const auto [ours, theirs] = std::ranges::mismatch(bytes, *golden);
  if (ours == bytes.end() && theirs == golden->end()) return {};
  return name + ": the bytes made now are not those of " + name + ".hex, from byte " +
         std::to_string(ours - bytes.begin()) +
         " on. Ledgers hold such bytes, so it is the code or the schema that must give way. Made "
         "now:\n" +
         to_hex(bytes);
}

GoldenFiles::GoldenFiles()
    : directory_(std::filesystem::path(ACTBOOK_SOURCE_DIR) / "tests" / "golden") {
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    const auto& path = entry.path();
    if (path.extension() == ".json") json_[path.stem().string()] = read_file(path);
    if (path.extension() == ".hex") hex_[path.stem().string()] = read_file(path);
  }
}

std::string GoldenFiles::compare(const std::string& name, ByteView bytes) const {
  if (const auto found = hex_.find(name); found != hex_.end()) {
    return compare_with_hex(name, bytes, found->second);
  }
  if (!asked_to_write()) {
    return name +
           ".hex is missing; run this test with ACTBOOK_WRITE_GOLDEN=1 in the environment to write "
           "it, and commit it";
  }
  std::ofstream out(directory_ / (name + ".hex"), std::ios::binary);
  out << to_hex(bytes);
  out.close();
  return out ? std::string() : name + ".hex could not be written";
}

}  // namespace actbook::testing

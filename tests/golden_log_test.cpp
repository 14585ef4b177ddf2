// The shapes around the events that a log holds: records, receipts and blocks. See
// tests/golden/README.md.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "../engine/block.h"
#include "actbook/decide.h"
#include "actbook/json.h"
#include "actbook/projector.h"
#include "actbook/schema/answers_bfbs_generated.h"
#include "actbook/schema/events_generated.h"
#include "support/golden.h"

namespace actbook::testing {
namespace {

using nlohmann::ordered_json;

/// Records of one command with all that an envelope can say: two, or as many pairs of them.
std::vector<Record> records(int pairs = 1) {
  CommandInfo info;
  info.command_id = "crm-17";
  info.command_type = "RecordDataOwnerOrganisation";
  info.actor.kind = schema::ActorKind::import_;
  info.actor.id = "crm-migration";
  info.mode = schema::Mode::observed;
  info.occurred_at = parse_iso8601("2026-05-27T16:00:00.25Z").value();
  info.acting_organisation = "prism";
  info.correlation_id = "haarlem-handoff";
  info.causation_id = "crm-16";
  info.reason = "confirmed by the city's legal desk";

  RowOverlay nothing;
  Batch batch(nothing, Position{512}, parse_iso8601("2026-05-28T10:00:00.000001Z").value(),
              std::move(info), partner_projector());
  batch.set_basis("admin of organisation prism");
  batch.set_rules_broken({"FORBIDDEN", "EXTERNAL_CLIENT_ONLY"});

  for (int i = 0; i < pairs; ++i) {
    event::HandoffCancelledT cancelled;
    cancelled.handoff = "ho-1";
    cancelled.workspace = "haarlem-panels";
    cancelled.from_organisation = "prism";
    REQUIRE(batch.append(draft(cancelled)).has_value());
    event::DataOwnerOrganisationRecordedT recorded;
    recorded.workspace = "haarlem-panels";
    recorded.organisation = "haarlem";
    REQUIRE(batch.append(draft(recorded)).has_value());
  }
  return batch.finish().records;
}

Bytes receipt() {
  log::ReceiptT receipt;
  receipt.command_id = "crm-17";
  receipt.command_type = "RecordDataOwnerOrganisation";
  receipt.outcome = log::Outcome::refused;
  receipt.reason = "FORBIDDEN";
  receipt.result = "already_member";
  receipt.first_position = 512;
  receipt.last_position = 513;
  receipt.recorded_at = parse_iso8601("2026-05-28T10:00:00.000001Z").value().microseconds;
  receipt.based_on = 511;
  receipt.created = {"account:acct-haarlem-panels", "invite:inv-clara"};
  return pack(receipt);
}

/// The fields of a table of record.fbs that the bytes do not hold.
std::vector<std::string> unset_fields(const char* table_name, ByteView bytes) {
  using Binary = answer::EntityStateBinarySchema;
  const Schema answers(ByteView(Binary::data(), Binary::size()));
  const auto& table = *flatbuffers::GetRoot<flatbuffers::Table>(bytes.data());
  std::vector<std::string> unset;
  for (const auto* field : fields_in_order(*answers.table(table_name))) {
    if (!table.CheckField(field->offset())) unset.push_back(field->name()->str());
  }
  return unset;
}

const std::string& json_of(const GoldenFiles& golden, const std::string& name) {
  REQUIRE_MESSAGE(golden.json().contains(name), "tests/golden/", name, ".json is missing");
  return golden.json().at(name);
}

/// The bytes of a file; those made now, where it is yet to be written.
Bytes stored(const GoldenFiles& golden, const std::string& name, ByteView made) {
  const auto difference = golden.compare(name, made);
  CHECK_MESSAGE(difference.empty(), difference);
  if (!golden.hex().contains(name)) return {made.begin(), made.end()};
  return from_hex(golden.hex().at(name)).value_or(Bytes());
}

/// The block that the golden record stands in, and the golden receipt; and a command that recorded
/// nothing.
Bytes block() {
  const Bytes content = {1, 2, 3};
  const auto encoded =
      Block::encode(Position{512}, 97,
                    {{"crm-17", receipt(), content, records()}, {"crm-18", receipt(), {4}, {}}});
  return {encoded.data(), encoded.data() + encoded.size()};
}

}  // namespace

TEST_CASE("golden log: a record") {
  const GoldenFiles golden;
  const auto made = records().back();
  // Every record is of version 1 until there is a version 2, so nothing else was ever stored.
  CHECK(unset_fields("actbook.log.Record", made.bytes()) ==
        std::vector<std::string>{"schema_version"});

  const auto bytes = std::make_shared<const Bytes>(stored(golden, "Record", made.bytes()));
  const auto record = Record::check(bytes, *bytes);
  REQUIRE(record.has_value());
  CHECK(ordered_json::parse(record_to_json(record.value()).value()).dump(2) ==
        ordered_json::parse(json_of(golden, "Record")).dump(2));
}

TEST_CASE("golden log: a receipt") {
  const GoldenFiles golden;
  const auto made = receipt();
  CHECK(unset_fields("actbook.log.Receipt", made).empty());

  const auto bytes = stored(golden, "Receipt", made);
  REQUIRE(is_flat<log::Receipt>(bytes));
  CHECK(ordered_json::parse(table_to_json("actbook.log.Receipt", bytes)).dump(2) ==
        ordered_json::parse(json_of(golden, "Receipt")).dump(2));
}

TEST_CASE("golden log: a block") {
  const GoldenFiles golden;
  const auto bytes = stored(golden, "Block", block());
  const std::string text(bytes.begin(), bytes.end());
  const auto decoded = Block::decode(text);
  REQUIRE(decoded.has_value());
  CHECK(decoded.value().first_position() == Position{512});
  CHECK(decoded.value().first_command() == 97);
  REQUIRE(decoded.value().record_count() == 2);
  CHECK(to_hex(decoded.value().record(1).value().bytes()) == golden.hex().at("Record"));
  REQUIRE(decoded.value().command_count() == 2);
  const auto commands = decoded.value().commands();
  REQUIRE(commands.has_value());
  REQUIRE(commands.value().size() == 2);
  CHECK(commands.value().id(0) == "crm-17");
  CHECK(to_hex(commands.value().command(0).value().receipt.bytes()) == golden.hex().at("Receipt"));
  CHECK(commands.value().command(0).value().content == Bytes{1, 2, 3});
  CHECK(commands.value().id(1) == "crm-18");
}

// What compresses them may one day make other bytes of the same: so these are only read.
TEST_CASE("golden log: a block of compressed pages") {
  constexpr int kPairs = 10;
  const auto made = Block::encode(Position{512}, 97, {{"crm-17", receipt(), {}, records(kPairs)}});
  const GoldenFiles golden;
  if (!golden.hex().contains("CompressedBlock")) {
    const auto written = golden.compare("CompressedBlock", {made.data(), made.size()});
    REQUIRE_MESSAGE(written.empty(), written);
    return;
  }
  const auto bytes = from_hex(golden.hex().at("CompressedBlock")).value_or(Bytes());
  const auto block =
      Block::decode(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  REQUIRE(block.has_value());
  std::size_t size = 0;
  const auto expected = records(kPairs);
  REQUIRE(block.value().record_count() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto record = block.value().verified_record(i);
    REQUIRE(record.has_value());
    CHECK(std::ranges::equal(record.value().bytes(), expected[i].bytes()));
    size += expected[i].bytes().size();
  }
  CHECK(bytes.size() < size / 2);
}

TEST_CASE("golden log: one changed bit is found in each of them") {
  const auto record = records().back();
  const Bytes stored(record.bytes().begin(), record.bytes().end());
  for (const auto& made : {stored, receipt(), block()}) {
    for (std::size_t i = 0; i < made.size() * 8; ++i) {
      auto changed = made;
      changed[i / 8] ^= static_cast<std::uint8_t>(1U << (i % 8));
      REQUIRE_FALSE(compare_with_hex("changed", made, to_hex(changed)).empty());
    }
  }
}

}  // namespace actbook::testing

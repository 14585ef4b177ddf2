// What is stored must mean the same forever. For every event there are bytes that stand for all
// those in the ledgers of this world; see tests/golden/README.md.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "actbook/json.h"
#include "actbook/projector.h"
#include "actbook/reflect.h"
#include "actbook/schema/events_generated.h"
#include "support/golden.h"

namespace actbook::testing {
namespace {

using nlohmann::ordered_json;

using Paths = std::set<std::string>;

const Schema& events() { return partner_projector().events(); }

std::vector<std::string> event_names() {
  std::vector<std::string> names;
  for (const auto type : event::EnumValuesEvent()) {
    if (type != event::Event::NONE) names.emplace_back(event::EnumNameEvent(type));
  }
  return names;
}

const reflection::Object& table_of_event(const std::string& name) {
  const auto* table = events().table("actbook.event." + name);
  REQUIRE_MESSAGE(table != nullptr, name, " is no event");
  return *table;
}

/// Stored bytes as today's code reads them, in the form of a sample.
Result<ordered_json> read(const std::string& type, const Bytes& payload) {
  auto record = record_of(type, payload);
  if (!record) return record.error();
  auto json = record_to_json(record.value());
  if (!json) return json.error();
  return ordered_json{{"event_type", type},
                      {"event", ordered_json::parse(json.value())["payload"]}};
}

/// Every field of an event by its path, those of nested tables included.
Paths field_paths(const reflection::Object& table) {
  Paths paths;
  for (const auto* field : *table.fields()) {
    paths.insert(field->name()->str());
    if (field->type()->base_type() != reflection::Obj) continue;
    const auto& nested = *object_at(events().definition(), field->type()->index());
    for (const auto& path : field_paths(nested)) paths.insert(field->name()->str() + "." + path);
  }
  return paths;
}

/// Those that the bytes of an event hold. A number that is its field's default is not stored, so it
/// proves nothing.
Paths stored_paths(const reflection::Object& object, const flatbuffers::Table& table) {
  Paths paths;
  for (const auto* field : *object.fields()) {
    if (!table.CheckField(field->offset())) continue;
    if (field->type()->base_type() == reflection::Vector &&
        flatbuffers::GetFieldAnyV(table, *field)->size() == 0) {
      continue;
    }
    paths.insert(field->name()->str());
    if (field->type()->base_type() != reflection::Obj) continue;
    const auto& nested = *object_at(events().definition(), field->type()->index());
    for (const auto& path : stored_paths(nested, *flatbuffers::GetFieldT(table, *field))) {
      paths.insert(field->name()->str() + "." + path);
    }
  }
  return paths;
}

Paths stored_paths(const std::string& type, const Bytes& payload) {
  return stored_paths(table_of_event(type),
                      *flatbuffers::GetRoot<flatbuffers::Table>(payload.data()));
}

}  // namespace

TEST_CASE("golden events: every event has a sample, and every sample is of an event") {
  const GoldenFiles golden;
  Paths sampled;
  for (const auto& [file, json] : golden.json()) {
    if (!kNoEvents.contains(file)) sampled.insert(event_of(file));
  }
  for (const auto& name : event_names()) {
    CHECK_MESSAGE(golden.json().contains(name), "tests/golden/", name,
                  ".json is missing: write a sample of the event with every field set");
    sampled.erase(name);
  }
  for (const auto& name : sampled) {
    FAIL_CHECK("tests/golden/" << name << ".json is of no event. Events are never removed or "
                               << "renamed: ledgers hold them");
  }
  for (const auto& entry : golden.hex()) {
    const auto& file = entry.first;
    CHECK_MESSAGE((golden.json().contains(file) || file.ends_with("Block")), "tests/golden/", file,
                  ".hex has no .json that says what it means");
  }
}

TEST_CASE("golden events: a sample gives the golden bytes, and they are read as the sample") {
  const GoldenFiles golden;
  for (const auto& entry : golden.json()) {
    const auto& file = entry.first;
    const auto& sample = entry.second;
    if (kNoEvents.contains(file)) continue;
    const auto type = event_of(file);
    const auto json = ordered_json::parse(sample);
    CHECK_MESSAGE(json["event_type"] == type, file, ".json");

    const auto built = build_sample(sample);
    REQUIRE_MESSAGE(built.has_value(), file, ".json: ", built.error().message);
    const auto difference = golden.compare(file, built.value());
    CHECK_MESSAGE(difference.empty(), difference);

    // The stored bytes, not those just built: they may be from an older schema.
    const auto stored =
        golden.hex().contains(file) ? from_hex(golden.hex().at(file)) : built.value();
    if (!stored) continue;
    const auto today = read(type, *stored);
    if (!today) {
      FAIL_CHECK(file << ".hex: " << today.error().message);
    } else {
      CHECK_MESSAGE(today.value().dump(2) == json.dump(2), file, ".hex reads otherwise than ", file,
                    ".json says");
    }
  }
}

TEST_CASE("golden events: every field of every event stands in a sample") {
  const GoldenFiles golden;
  std::map<std::string, Paths> stored;
  for (const auto& entry : golden.json()) {
    const auto& file = entry.first;
    const auto& sample = entry.second;
    if (kNoEvents.contains(file)) continue;
    const auto built = build_sample(sample);
    REQUIRE_MESSAGE(built.has_value(), file, ".json: ", built.error().message);
    stored[event_of(file)].merge(stored_paths(event_of(file), built.value()));
  }
  for (const auto& name : event_names()) {
    for (const auto& path : field_paths(table_of_event(name))) {
      CHECK_MESSAGE(stored[name].contains(path), name, ".", path,
                    " is set in no sample to anything but its default");
    }
  }
}

TEST_CASE("golden events: one changed bit, a byte less or more is found in each of them") {
  const GoldenFiles golden;
  std::size_t changes = 0;
  for (const auto& entry : golden.json()) {
    const auto& file = entry.first;
    const auto& sample = entry.second;
    if (kNoEvents.contains(file)) continue;
    const auto built = build_sample(sample).value();
    const auto is_found = [&](const Bytes& changed) {
      ++changes;
      return !compare_with_hex(file, built, to_hex(changed)).empty();
    };
    CHECK(compare_with_hex(file, built, to_hex(built)).empty());
    for (std::size_t i = 0; i < built.size() * 8; ++i) {
      auto changed = built;
      changed[i / 8] ^= static_cast<std::uint8_t>(1U << (i % 8));
      REQUIRE_MESSAGE(is_found(changed), file, ", bit ", i);
    }
    CHECK(is_found(Bytes(built.begin(), built.end() - 1)));
    auto longer = built;
    longer.push_back(0);
    CHECK(is_found(longer));
  }
  CHECK(changes > 10'000);
  CHECK_FALSE(from_hex("0A\n").has_value());
  CHECK_FALSE(from_hex("0a").has_value());
  CHECK_FALSE(from_hex("0a0\n").has_value());
}

}  // namespace actbook::testing

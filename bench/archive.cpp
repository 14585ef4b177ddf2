#include "archive.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstring>
#include <fstream>

namespace actbook::bench {
namespace {

constexpr std::size_t kEvery = 1'000;

}  // namespace

FlatRecords::FlatRecords(const std::filesystem::path& path) : file_(path) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < file_.bytes().size(); ++count) {
    if (count % kEvery == 0) starts_.push_back(at);
    at += sizeof(std::uint64_t) + padded(record_at(at).size());
  }
}

ByteView FlatRecords::record_at(std::size_t at) const {
  std::uint64_t size = 0;
  std::memcpy(&size, file_.bytes().data() + at, sizeof(size));
  return file_.bytes().subspan(at + sizeof(size), size);
}

Archive::Archive(const Context& context) : context_(context) {}

Archive::~Archive() = default;

std::string Archive::name(Who who) {
  switch (who) {
    case Who::actbook:
      return "actbook";
    case Who::sqlite:
      return "sqlite";
    case Who::postgres:
      return "postgres";
  }
  return "";
}

std::filesystem::path Archive::directory(Who who) const {
  return context_.settings.directory / ("archive-" + name(who));
}

std::unique_ptr<Rival> Archive::make(Who who) const {
  const auto& settings = context_.settings;
  switch (who) {
    case Who::actbook:
      return std::make_unique<ActbookRival>(settings.every_workspace
                                                ? ActbookRival::Condition::every_workspace
                                                : ActbookRival::Condition::first_workspace);
    case Who::sqlite:
      return std::make_unique<SqliteRival>();
    case Who::postgres:
      return std::make_unique<PostgresRival>(settings.postgres, settings.postgres_restart,
                                             "archive_events");
  }
  return nullptr;
}

void Archive::ready(Who who) {
  auto& store = stores_[who];
  if (!store.failure.empty()) throw Failure(store.failure);
  if (store.rival) return;
  try {
    auto rival = make(who);
    rival->create(directory(who));
    store.feeder = std::make_unique<Feeder>(*rival, context_.data);
    store.rival = std::move(rival);
  } catch (const std::exception& failure) {
    store.failure = failure.what();
    throw;
  }
}

Reading Archive::extend(Who who, std::uint64_t events) {
  ready(who);
  auto& store = stores_[who];
  try {
    return store.feeder->run_until(events, kArchiveBatch);
  } catch (const std::exception& failure) {
    store.failure = failure.what();
    throw;
  }
}

void Archive::complete(Who who) {
  ready(who);
  auto& store = stores_[who];
  if (store.feeder->next() < context_.settings.events) {
    fmt::print(stderr, "filling {} to {} events\n", name(who), context_.settings.events);
    (void)extend(who, context_.settings.events);
  }
  if (store.settled) return;
  store.rival->close();
  store.rival->reopen();
  if (auto* postgres = dynamic_cast<PostgresRival*>(store.rival.get())) postgres->settle();
  store.settled = true;
}

ActbookRival& Archive::actbook() {
  complete(Who::actbook);
  return dynamic_cast<ActbookRival&>(*stores_[Who::actbook].rival);
}

SqliteRival& Archive::sqlite() {
  complete(Who::sqlite);
  return dynamic_cast<SqliteRival&>(*stores_[Who::sqlite].rival);
}

PostgresRival& Archive::postgres() {
  complete(Who::postgres);
  return dynamic_cast<PostgresRival&>(*stores_[Who::postgres].rival);
}

const FlatRecords& Archive::flat() {
  if (flat_) return *flat_;
  const auto path = context_.settings.directory / "archive-flat";
  {
    std::ofstream out(path, std::ios::binary);
    actbook().each_record([&](const log::Record&, ByteView record) {
      const std::uint64_t size = record.size();
      out.write(reinterpret_cast<const char*>(&size), sizeof(size));
      out.write(reinterpret_cast<const char*>(record.data()),
                static_cast<std::streamsize>(record.size()));
      constexpr std::uint64_t kPadding = 0;
      out.write(reinterpret_cast<const char*>(&kPadding),
                static_cast<std::streamsize>(FlatRecords::padded(record.size()) - record.size()));
    });
    if (!out.flush()) throw Failure("writing the flat file failed");
  }
  flat_ = std::make_unique<FlatRecords>(path);
  return *flat_;
}

const RecordStore& Archive::records(std::size_t block_kib) {
  auto& store = records_[block_kib];
  if (store) return *store;
  const auto path = context_.settings.directory / ("archive-rocksdb-" + std::to_string(block_kib));
  auto made = std::make_unique<RecordStore>(path, block_kib << 10);
  actbook().each_record(
      [&](const log::Record& record, ByteView bytes) { made->put(record.position(), bytes); });
  made->settle();
  store = std::move(made);
  return *store;
}

ScanSum Archive::expected() {
  if (expected_) return *expected_;
  ScanSum sum;
  Submission submission;
  for (std::uint64_t next = 0; next < context_.settings.events;) {
    const auto count = std::min<std::uint64_t>(kArchiveBatch, context_.settings.events - next);
    context_.data.make(next, 1, static_cast<std::size_t>(count), submission);
    for (const auto& event : submission.events) sum.payload_bytes += event.payload.size();
    next += count;
  }
  sum.events = context_.settings.events;
  sum.positions = sum.events * (sum.events + 1) / 2;
  expected_ = sum;
  return sum;
}

}  // namespace actbook::bench

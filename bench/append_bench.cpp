#include <memory>

#include "actbook_rival.h"
#include "archive.h"
#include "context.h"
#include "feeder.h"
#include "postgres_rival.h"
#include "raw_file_rival.h"
#include "redis_rival.h"
#include "rocksdb_rival.h"
#include "sqlite_rival.h"

namespace actbook::bench {
namespace {

constexpr double kWarmUp = 0.2;
constexpr std::uint64_t kMostInRedis = 1'000'000;  // it holds everything in memory

// How many callers a contestant has, and what to call that.
struct Way {
  std::string name;
  unsigned callers = 1;
  bool one_thread = false;

  [[nodiscard]] Reading run(Feeder& feeder, double seconds, std::size_t batch) const {
    return one_thread ? feeder.run_in_one_thread(seconds, callers)
                      : feeder.run_for(seconds, callers, batch);
  }
};

// A rival with a store of its own, fed for a time in each turn. It lives as long as its variants.
struct Fed {
  Fed(std::unique_ptr<Rival> made, const Context& context)
      : rival(std::move(made)), feeder(*rival, context.data) {}
  Fed(const Fed&) = delete;
  Fed& operator=(const Fed&) = delete;
  ~Fed() {
    try {
      rival->close();
      std::filesystem::remove_all(directory);
      if (auto* redis = dynamic_cast<RedisRival*>(rival.get())) redis->drop();
      if (auto* postgres = dynamic_cast<PostgresRival*>(rival.get())) postgres->drop();
    } catch (const std::exception&) {  // What is left lies in the run's own directory.
      directory.clear();
    }
  }

  std::unique_ptr<Rival> rival;
  Feeder feeder;
  std::filesystem::path directory;
};

Contestant fed(const Context& context, const std::string& name, std::unique_ptr<Rival> rival,
               const std::vector<Way>& ways, std::size_t batch) {
  const auto entry = std::make_shared<Fed>(std::move(rival), context);
  std::vector<Variant> variants;
  const double seconds = context.settings.seconds;
  for (const auto& way : ways) {
    variants.push_back({way.name, [entry, way, seconds, batch](unsigned) {
                          return way.run(entry->feeder, seconds, batch);
                        }});
  }
  return contestant(
      name,
      [&] {
        entry->directory = context.fresh("append-" + name);
        entry->rival->create(entry->directory);
        for (const auto& way : ways) (void)way.run(entry->feeder, kWarmUp, batch);
      },
      std::move(variants));
}

std::unique_ptr<ActbookRival> actbook_of(const Context& context) {
  return std::make_unique<ActbookRival>(context.settings.every_workspace
                                            ? ActbookRival::Condition::every_workspace
                                            : ActbookRival::Condition::first_workspace);
}

std::unique_ptr<PostgresRival> postgres_of(const Context& context, const std::string& table) {
  return std::make_unique<PostgresRival>(context.settings.postgres,
                                         context.settings.postgres_restart, table);
}

std::vector<Goal> goals_for(unsigned callers) {
  if (callers == 1) {
    return {
        {"raw overwrite + fdatasync", 0.70, 0.90}, {"sqlite", 1.1, 1.35}, {"postgres", 1.4, 1.8}};
  }
  if (callers == 16) return {{"postgres", 2, 2.75}};
  return {{"postgres", 4, 5.5}};
}

void append_with(Context& context, unsigned callers) {
  Measurement measurement;
  measurement.name = "append-" + std::to_string(callers);
  if (!context.wanted(measurement.name)) return;
  measurement.unit = "events/s";
  measurement.goals = goals_for(callers);
  auto& all = measurement.contestants;
  const std::vector<Way> same = {{"", callers}};
  const std::vector<Way> ours =
      callers == 1 ? same : std::vector<Way>{{"threads", callers}, {"callbacks", callers, true}};
  all.push_back(fed(context, "actbook", actbook_of(context), ours, 1));
  if (callers == 1) {
    all.push_back(
        fed(context, "raw overwrite + fdatasync", std::make_unique<RawFileRival>(), same, 1));
    all.push_back(fed(context, "sqlite", std::make_unique<SqliteRival>(), same, 1));
  }
  const std::vector<Way> connections =
      callers == 1 ? same
                   : std::vector<Way>{{"16 connections", 16},
                                      {"64 connections", 64},
                                      {"16 connections, one thread", 16, true},
                                      {"64 connections, one thread", 64, true}};
  all.push_back(fed(context, "postgres", postgres_of(context, "append_events"), connections, 1));
  all.push_back(
      fed(context, "redis", std::make_unique<RedisRival>(context.settings.redis), same, 1));
  all.push_back(fed(context, "rocksdb", std::make_unique<RocksdbRival>(), same, 1));
  context.harness.run(std::move(measurement));
}

void batches_of_100(Context& context) {
  Measurement measurement;
  measurement.name = "batch-100";
  if (!context.wanted(measurement.name)) return;
  measurement.unit = "events/s";
  auto& all = measurement.contestants;
  const std::vector<Way> one = {{"", 1}};
  all.push_back(fed(context, "actbook", actbook_of(context), one, 100));
  all.push_back(
      fed(context, "raw overwrite + fdatasync", std::make_unique<RawFileRival>(), one, 100));
  all.push_back(fed(context, "sqlite", std::make_unique<SqliteRival>(), one, 100));
  all.push_back(fed(context, "postgres", postgres_of(context, "append_events"), one, 100));
  all.push_back(
      fed(context, "redis", std::make_unique<RedisRival>(context.settings.redis), one, 100));
  all.push_back(fed(context, "rocksdb", std::make_unique<RocksdbRival>(), one, 100));
  context.harness.run(std::move(measurement));
}

// A rival that is only fed here, so many events a turn.
Contestant sustained(const Context& context, const std::string& name, std::unique_ptr<Rival> rival,
                     std::uint64_t per_round) {
  const auto entry = std::make_shared<Fed>(std::move(rival), context);
  const auto turn = [entry, per_round](unsigned) {
    return entry->feeder.run_until(entry->feeder.next() + per_round, kArchiveBatch);
  };
  return contestant(name,
                    [&] {
                      entry->directory = context.fresh("batch-" + name);
                      entry->rival->create(entry->directory);
                    },
                    {{"", turn}});
}

// Redis starts anew in each turn, lest the machine run out of memory.
Contestant sustained_redis(const Context& context, std::uint64_t per_round) {
  const auto entry =
      std::make_shared<Fed>(std::make_unique<RedisRival>(context.settings.redis), context);
  const auto turn = [entry, count = std::min(per_round, kMostInRedis)](unsigned) {
    entry->rival->create({});
    return entry->feeder.run_until(entry->feeder.next() + count, kArchiveBatch);
  };
  return contestant("redis", [&] { entry->rival->create({}); }, {{"", turn}});
}

// The stores that are filled here are the archive that is read afterwards.
void batches_of_1000(Context& context, Archive& archive) {
  Measurement measurement;
  measurement.name = "batch-1000";
  if (!context.wanted(measurement.name)) return;
  measurement.unit = "events/s";
  measurement.goals = {{"postgres", 5, 9}, {"sqlite", 5, 9}};
  const std::uint64_t events = context.settings.events;
  const std::uint64_t rounds = context.settings.rounds;
  auto& all = measurement.contestants;
  for (const auto who : {Archive::Who::actbook, Archive::Who::sqlite, Archive::Who::postgres}) {
    const auto turn = [&archive, who, events, rounds](unsigned round) {
      return archive.extend(who, events * (round + 1) / rounds);
    };
    all.push_back(contestant(Archive::name(who), [&] { archive.ready(who); }, {{"", turn}}));
  }
  const std::uint64_t per_round = events / rounds;
  all.push_back(sustained_redis(context, per_round));
  all.push_back(sustained(context, "rocksdb", std::make_unique<RocksdbRival>(), per_round));
  all.push_back(
      sustained(context, "raw overwrite + fdatasync", std::make_unique<RawFileRival>(), per_round));
  context.harness.run(std::move(measurement));
}

}  // namespace

void measure_append(Context& context) {
  for (const unsigned callers : {1U, 16U, 64U}) append_with(context, callers);
}

void measure_batches(Context& context, Archive& archive) {
  batches_of_100(context);
  batches_of_1000(context, archive);
}

}  // namespace actbook::bench

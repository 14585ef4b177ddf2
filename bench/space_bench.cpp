// Disk per event, and memory while appending and replaying.
#include "archive.h"

namespace actbook::bench {
namespace {

constexpr double kMebibyte = 1 << 20;

double per_event(const Context& context, std::uint64_t bytes) {
  return static_cast<double>(bytes) / static_cast<double>(context.settings.events);
}

void disk(Context& context, Archive& archive) {
  Measurement measurement{.name = "disk", .unit = "bytes/event"};
  if (!context.wanted(measurement.name)) return;
  measurement.better = Better::lower;
  measurement.plain_ratio = true;
  measurement.rounds = 1;
  measurement.goals = {{"raw payload", 1.0, 0.7}};
  const auto add = [&](const std::string& name, std::function<Rival&()> rival) {
    measurement.contestants.push_back(
        contestant(name, [&] { (void)rival(); }, {{"", [&context, rival](unsigned) {
                                                     rival().close();
                                                     const auto bytes = rival().disk_bytes();
                                                     rival().reopen();
                                                     return Reading{per_event(context, bytes)};
                                                   }}}));
  };
  add("actbook", [&archive]() -> Rival& { return archive.actbook(); });
  measurement.contestants.push_back(
      {"raw payload", {{"", [&](unsigned) {
                          return Reading{per_event(context, archive.expected().payload_bytes)};
                        }}}});
  add("sqlite", [&archive]() -> Rival& { return archive.sqlite(); });
  add("postgres", [&archive]() -> Rival& { return archive.postgres(); });
  context.harness.run(std::move(measurement));
}

// What a worker says: the peak, and how much of it is the benchmark's own state.
Reading memory_of(const std::vector<std::string>& arguments) {
  Child child(arguments);
  const double peak = std::stod(child.line());
  const double state = std::stod(child.line());
  const double at_start = std::stod(child.line());
  child.wait();
  return {(peak - state) / kMebibyte,
          {{"peak_mib", peak / kMebibyte},
           {"state_mib", state / kMebibyte},
           {"before_open_mib", at_start / kMebibyte}}};
}

void memory(Context& context, Archive& archive) {
  Measurement measurement{.name = "memory-append", .unit = "MiB beside state"};
  measurement.better = Better::lower;
  measurement.rounds = 1;
  measurement.goals = {{"", 128, 64}};
  const auto& settings = context.settings;
  if (context.wanted(measurement.name)) {
    const auto directory = context.fresh("memory");
    auto appending = measurement;
    appending.contestants = {{"actbook", {{"", [&](unsigned) {
                                             return memory_of({"worker", "append",
                                                               directory.string(),
                                                               std::to_string(settings.events),
                                                               std::to_string(settings.seed)});
                                           }}}}};
    context.harness.run(std::move(appending));
    std::filesystem::remove_all(directory);
  }
  measurement.name = "memory-fold";
  if (!context.wanted(measurement.name)) return;
  const auto directory = archive.directory(Archive::Who::actbook);
  measurement.contestants = {
      contestant("actbook", [&] { (void)archive.actbook(); },
                 {{"", [&archive, directory](unsigned) {
                     archive.actbook().close();
                     auto reading = memory_of({"worker", "fold", directory.string()});
                     archive.actbook().reopen();
                     return reading;
                   }}})};
  context.harness.run(std::move(measurement));
}

}  // namespace

void measure_space(Context& context, Archive& archive) {
  disk(context, archive);
  memory(context, archive);
}

}  // namespace actbook::bench

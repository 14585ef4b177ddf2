// Opening everything: closed well, and after the process that appended was killed.
#include "archive.h"

namespace actbook::bench {
namespace {

Reading open_timed(ActbookRival& store) {
  const double start = seconds_now();
  store.reopen();
  return {(seconds_now() - start) * 1e3};
}

// A process of its own appends to the store and is killed in the middle of it.
Reading open_after_kill(const Context& context, Archive& archive, unsigned round) {
  auto& store = archive.actbook();
  const std::uint64_t before = store.head();
  store.close();
  // Numbers that nobody has used: what was not acknowledged may be there all the same.
  constexpr std::uint64_t kApart = 100'000'000;
  const std::uint64_t first = context.settings.events + (round + 1) * kApart;
  const std::uint64_t enough = std::min<std::uint64_t>(context.settings.events / 20, 500'000);
  std::uint64_t acknowledged = 0;
  {
    Child child({"worker", "append-on", archive.directory(Archive::Who::actbook).string(),
                 std::to_string(first), std::to_string(context.settings.seed)});
    while (acknowledged < before + enough) acknowledged = std::stoull(child.line());
    child.kill();
    try {
      for (;;) acknowledged = std::stoull(child.line());
    } catch (const Failure&) {  // It said no more.
      acknowledged = std::max(acknowledged, before);
    }
  }
  auto reading = open_timed(store);
  if (store.head() < acknowledged) {
    throw Failure("position " + std::to_string(acknowledged) +
                  " was acknowledged before the kill, and the log ends at " +
                  std::to_string(store.head()));
  }
  reading.extras = {{"events_since_open", static_cast<double>(store.head() - before)}};
  return reading;
}

}  // namespace

void measure_open(Context& context, Archive& archive) {
  Measurement measurement{.name = "open-clean", .unit = "ms"};
  measurement.better = Better::lower;
  if (context.wanted(measurement.name)) {
    auto clean = measurement;
    clean.goals = {{"", 250, 100}};
    clean.contestants = {contestant("actbook", [&] { (void)archive.actbook(); },
                                    {{"", [&archive](unsigned) {
                                        archive.actbook().close();
                                        return open_timed(archive.actbook());
                                      }}})};
    context.harness.run(std::move(clean));
  }
  measurement.name = "open-killed";
  if (!context.wanted(measurement.name)) return;
  measurement.goals = {{"", 3'000, 1'000}};
  measurement.contestants = {
      contestant("actbook", [&] { (void)archive.actbook(); },
                 {{"", [&](unsigned round) { return open_after_kill(context, archive, round); }}})};
  context.harness.run(std::move(measurement));
}

}  // namespace actbook::bench

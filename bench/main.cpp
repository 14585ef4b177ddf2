// Measures actbook beside its rivals. scripts/bench starts the servers and runs this; README.md
// says what is measured and how.
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <thread>

#include "archive.h"
#include "context.h"

namespace actbook::bench {
namespace {

const std::vector<std::string> kMeasurements = {"append",
                                                "append-1",
                                                "append-16",
                                                "append-64",
                                                "batch",
                                                "batch-100",
                                                "batch-1000",
                                                "scan",
                                                "fold",
                                                "verify",
                                                "audit",
                                                "audit-warm",
                                                "audit-cold",
                                                "disk",
                                                "sealing",
                                                "sealing-1",
                                                "sealing-16",
                                                "sealing-erase",
                                                "memory",
                                                "memory-append",
                                                "memory-fold",
                                                "open",
                                                "open-clean",
                                                "open-killed",
                                                "question",
                                                "question-acceptances",
                                                "question-acceptances-organisation",
                                                "question-readers",
                                                "question-access-of",
                                                "question-reads",
                                                "question-creations",
                                                "question-roles",
                                                "question-roles-person",
                                                "question-roles-ended",
                                                "question-seats",
                                                "question-ownership",
                                                "question-handoffs",
                                                "question-partner-status",
                                                "question-moves",
                                                "question-deals",
                                                "question-kickbacks",
                                                "question-discounts",
                                                "question-mandates",
                                                "question-entries",
                                                "question-special-plans",
                                                "question-refusals",
                                                "question-readers-project",
                                                "question-trail",
                                                "question-trail-person",
                                                "question-show",
                                                "question-explain",
                                                "question-compare",
                                                "question-timeline",
                                                "question-step",
                                                "question-export",
                                                "question-what-if"};

struct Output {
  std::string json;
};

void add_options(CLI::App& app, Settings& settings, Output& output) {
  app.add_option("--directory", settings.directory, "An empty directory on the disk to measure")
      ->required();
  app.add_option("--only", settings.only, "Only these measurements, comma separated")
      ->delimiter(',')
      ->check(CLI::IsMember(kMeasurements));
  app.add_option("--events", settings.events, "Events in the archive that is read")
      ->check(CLI::Range(std::uint64_t{1'000}, std::uint64_t{100'000'000}))
      ->capture_default_str();
  app.add_option("--rounds", settings.rounds, "Rounds; below five, no result counts")
      ->check(CLI::Range(1U, 1'000U))
      ->capture_default_str();
  app.add_option("--seconds", settings.seconds, "Length of a timed turn of appending")
      ->check(CLI::Range(0.01, 3'600.0))
      ->capture_default_str();
  app.add_option("--questions", settings.questions, "Audit lists asked for in a turn, warm")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--cold-questions", settings.cold_questions, "The same, cold")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", settings.seed, "Of the events")->capture_default_str();
  app.add_flag("--every-workspace", settings.every_workspace,
               "The append condition of a batch names the workspace of every event in it");
  app.add_option("--json", output.json, "Write the results of every round there");
  app.add_option("--postgres", settings.postgres, "The directory of PostgreSQL's socket");
  app.add_option("--postgres-restart", settings.postgres_restart, "A command that restarts it");
  app.add_option("--redis", settings.redis, "Redis's socket");
}

nlohmann::ordered_json description(const Settings& settings) {
  return {{"events", settings.events},
          {"rounds", settings.rounds},
          {"seconds_per_turn", settings.seconds},
          {"seed", settings.seed},
          {"append_condition_of_batches",
           settings.every_workspace ? "every workspace" : "first workspace"},
          {"cores", std::thread::hardware_concurrency()}};
}

nlohmann::ordered_json description_of_events(const EventData& data) {
  constexpr std::size_t kSample = 10'000;
  Submission submission;
  data.make(0, 1, kSample, submission);
  double bytes = 0;
  double tags = 0;
  for (const auto& event : submission.events) {
    bytes += static_cast<double>(event.payload.size());
    tags += static_cast<double>(event.tags.size());
  }
  return {{"mean_payload_bytes", bytes / kSample}, {"mean_tags", tags / kSample}};
}

void write_results(const Context& context, const std::string& path) {
  const auto& settings = context.settings;
  const auto& harness = context.harness;
  fmt::print("{}", harness.table());
  if (settings.rounds < 5) fmt::print("\nFewer than five rounds: to try out, not to cite.\n");
  if (settings.events < 10'000'000) fmt::print("\nThe goals are meant for 10 million events.\n");
  if (path.empty()) return;
  auto results = description(settings);
  results["event"] = description_of_events(context.data);
  results["measurements"] = harness.json();
  std::ofstream out(path);
  out << results.dump(2) << "\n";
  if (!out.flush()) throw Failure("cannot write " + path);
}

int run(const Settings& settings, const Output& output) {
  std::filesystem::create_directories(settings.directory);
  SyncProbe probe(settings.directory);
  Harness harness(settings.rounds, probe);
  Context context{settings, EventData(settings.seed), harness};
  fmt::print(stderr, "seed {}, event: {}\n", settings.seed,
             description_of_events(context.data).dump());
  check_tags(context);
  Archive archive(context);
  measure_append(context);
  measure_batches(context, archive);
  measure_sealing(context);
  measure_questions(context);
  measure_space(context, archive);
  measure_scan(context, archive);
  measure_fold(context, archive);
  measure_verify(context, archive);
  measure_audit(context, archive);
  measure_open(context, archive);  // last: it appends
  write_results(context, output.json);
  return harness.sound() ? 0 : 1;
}

}  // namespace
}  // namespace actbook::bench

int main(int argc, char** argv) {
  using namespace actbook::bench;  // NOLINT(google-build-using-namespace)
  spdlog::set_default_logger(spdlog::stderr_logger_mt("bench"));  // results go to standard output
  spdlog::set_level(spdlog::level::warn);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments[0] == "worker") {
    return run_worker({arguments.begin() + 1, arguments.end()});
  }
  try {
    Settings settings;
    Output output;
    CLI::App app("Measures actbook beside its rivals: see bench/README.md");
    add_options(app, settings, output);
    CLI11_PARSE(app, argc, argv);
    return run(settings, output);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "bench: {}\n", failure.what());
    return 1;
  }
}

#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "event_data.h"
#include "harness.h"
#include "rival.h"

namespace actbook::bench {

struct Settings {
  /// For every store; on the disk that is measured.
  std::filesystem::path directory;
  std::uint64_t events = 10'000'000;
  unsigned rounds = 5;
  /// How long a timed turn of appending takes.
  double seconds = 2;
  std::uint64_t seed = 1;
  std::uint64_t questions = 1'000;
  std::uint64_t cold_questions = 50;
  bool every_workspace = false;
  std::string postgres;
  std::string postgres_restart;
  std::string redis;
  std::vector<std::string> only;
};

/// What all measurements share.
struct Context {
  Settings settings;
  EventData data;
  Harness& harness;

  /// A path below the directory where nothing is yet.
  [[nodiscard]] std::filesystem::path fresh(const std::string& name) const;
  /// Whether the command line asks for it: by its whole name, or by the part before a hyphen.
  [[nodiscard]] bool wanted(const std::string& name) const;
};

/// A contestant that takes part if `prepare` succeeds, and otherwise says why not.
[[nodiscard]] Contestant contestant(std::string name, const std::function<void()>& prepare,
                                    std::vector<Variant> variants);

class Archive;

void measure_append(Context& context);
void measure_batches(Context& context, Archive& archive);
void measure_scan(Context& context, Archive& archive);
void measure_fold(Context& context, Archive& archive);
void measure_verify(Context& context, Archive& archive);
void measure_audit(Context& context, Archive& archive);
void measure_sealing(Context& context);
void measure_questions(Context& context);
void measure_space(Context& context, Archive& archive);
void measure_open(Context& context, Archive& archive);

/// Does what a Child was started for; writes lines to standard output.
int run_worker(const std::vector<std::string>& arguments);

/// Throws Failure if actbook stored other tags than the rivals were given.
void check_tags(const Context& context);

}  // namespace actbook::bench

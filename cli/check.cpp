#include <boost/outcome/try.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

#include "check_report.h"
#include "progress.h"
#include "subcommands.h"

namespace actbook::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFooter =
    R"(A scenario is a YAML file that says what is done, by whom and when, what must come of
it, and what the ledger must answer then or later. docs/SCENARIOS.md says how to write
one. It runs in a new ledger of its own with a simulated clock, which is gone afterwards;
no other ledger is touched.

  scenario: A partner gets a workspace
  steps:
    - at: 2026-02-01 09:00
      by: staff sam
      do: GrantPartnerStatus
      with: {organisation: prism, contract_reference: P-7}
      expect: refused ORG_NOT_FOUND
    - ask: show organisation:prism
      expect: NOT_FOUND

All differences are printed, not the first one only. Afterwards every scenario is
replayed, verified, and all its commands are given once more, which must change nothing.
The exit code is 0 if all was as expected, 10 if not, and 3 if a file is wrong in itself;
then its line and column are named.

Examples:
  actbook check create.yaml
  actbook check tests/scenarios/*.yaml
  actbook check create.yaml --keep /tmp/kept
  actbook --ledger /tmp/kept/create show workspace:haarlem-panels)";

struct Options {
  std::vector<std::string> files;
  std::string keep;
};

/// Where ledgers are made while scenarios run; gone with this object, unless they are to be kept.
class Workplace {
 public:
  /// Errors: unavailable.
  static Result<Workplace> make(const std::string& keep) {
    if (!keep.empty()) {
      std::error_code failure;
      fs::create_directories(keep, failure);
      if (failure) return unavailable(keep, failure);
      return Workplace(keep, true);
    }
    std::error_code failure;
    auto name = (fs::temp_directory_path(failure) / "actbook-check-XXXXXX").string();
    if (failure) return unavailable("the directory for temporary files", failure);
    if (mkdtemp(name.data()) == nullptr) {
      return unavailable(name, {errno, std::generic_category()});
    }
    return Workplace(name, false);
  }

  Workplace(Workplace&& other) noexcept
      : directory_(std::exchange(other.directory_, {})),
        is_kept_(other.is_kept_),
        names_(std::move(other.names_)) {}
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  Workplace& operator=(Workplace&&) = delete;
  ~Workplace() {
    if (!is_kept_ && !directory_.empty()) discard(directory_);
  }

  /// A place for the ledger of a scenario. Errors: misuse, if one was kept there before.
  Result<std::string> place_for(const std::string& file) {
    const auto stem = fs::path(file).stem().string();
    const auto times = ++names_[stem];
    const auto place =
        (fs::path(directory_) / (times == 1 ? stem : stem + "-" + std::to_string(times))).string();
    if (!fs::exists(place)) return place;
    return Error{ErrorKind::misuse,
                 "LEDGER_EXISTS",
                 place + " is there already; give --keep another directory, or delete it",
                 {}};
  }

  void finish(const std::string& place) const {
    if (!is_kept_) discard(place);
  }

  [[nodiscard]] bool is_kept() const { return is_kept_; }

 private:
  Workplace(std::string directory, bool is_kept)
      : directory_(std::move(directory)), is_kept_(is_kept) {}

  static Error unavailable(const std::string& what, const std::error_code& why) {
    return {ErrorKind::unavailable,
            "NO_DIRECTORY",
            what + " cannot be made or used: " + why.message(),
            {}};
  }

  /// What cannot be deleted is left to whoever cleans up temporary files.
  static void discard(const std::string& directory) {
    std::error_code ignored;
    fs::remove_all(directory, ignored);
  }

  std::string directory_;
  bool is_kept_;
  std::map<std::string, int> names_;
};

Result<ExitCode> run(const Options& options, const Session& session) {
  BOOST_OUTCOME_TRY(workplace, Workplace::make(options.keep));
  const auto report = make_check_report(session.out, session.format);
  auto exit = ExitCode::ok;
  std::size_t done = 0;
  for (const auto& file : options.files) {
    Progress progress("checking");
    progress.show(std::to_string(++done) + " of " + std::to_string(options.files.size()) +
                  " files, " + file);
    BOOST_OUTCOME_TRY(place, workplace.place_for(file));
    BOOST_OUTCOME_TRY(found, run_scenario(file, place));
    workplace.finish(place);
    progress.clear();
    const bool is_kept = workplace.is_kept() && fs::exists(place);
    report->scenario(found, is_kept ? place : "");
    if (found.malformed) {
      exit = ExitCode::invalid;
    } else if (!found.findings.empty() && exit == ExitCode::ok) {
      exit = ExitCode::differs;
    }
    if (!session.out.usable()) break;
  }
  report->end();
  return exit;
}

}  // namespace

void add_check(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("check", "Run scenarios and compare what comes of them");
  command->footer(kFooter);
  command->add_option("FILE", options->files, "Scenarios, in YAML")
      ->required()
      ->option_text("(required)");
  command
      ->add_option("--keep", options->keep, "Leave each ledger in DIR, under the name of its file")
      ->option_text("DIR");
  command->callback([&chosen, options] {
    chosen = [options](Session& session) { return run(*options, session); };
  });
}

}  // namespace actbook::cli

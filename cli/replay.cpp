#include <algorithm>
#include <boost/outcome/try.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "answers.h"
#include "instant.h"
#include "progress.h"
#include "subcommands.h"
#include "table.h"
#include "words.h"

namespace actbook::cli {
namespace {

constexpr std::uint64_t kMostThreads = 256;

constexpr const char* kFooter =
    R"(The answers that actbook gives are worked out from the ledger's events as those are
recorded. This works everything out afresh, from the first event on, and compares each
detail with what is served. They must agree; if not, the exit code is 8 and the first
difference is named.

Examples:
  actbook replay
  actbook replay --until 2026-07-01   (a bare date is its first instant, in UTC)
  actbook replay --certificate replay.json
  actbook replay --compare-with replay.json)";

void print(Output& out, const answer::ReplayReportT& report) {
  const auto* difference = report.first_difference.get();
  if (report.agrees) {
    out.line("The ledger agrees with itself: worked out afresh, every answer is as it is served.");
  } else {
    out.line("THE LEDGER DOES NOT AGREE WITH ITSELF: worked out afresh, something differs.");
  }
  Table facts({{""}, {""}});
  if (difference != nullptr) {
    facts.add({"First difference", "position " + std::to_string(difference->position)});
    facts.add({"In", difference->table + " " + difference->entity});
    facts.add({"What", difference->what});
  }
  if (const auto* parts = report.parts_at.get(); parts != nullptr) {
    facts.add({"Parts at", "position " + std::to_string(parts->position)});
    if (!parts->table.empty()) facts.add({"In", parts->table + " " + parts->entity});
    facts.add({"What", parts->what});
  }
  facts.add({"Events", std::to_string(report.events) + ", positions " +
                           std::to_string(report.from) + " to " + std::to_string(report.until)});
  facts.add({"Commands", std::to_string(report.commands)});
  facts.add({"States compared", std::to_string(report.rows_compared)});
  facts.add({"Index entries compared", std::to_string(report.tags_compared)});
  if (report.certificate) {
    facts.add({"Tree head", report.certificate->tree_after});
    facts.add({"State, SHA-256", report.certificate->state_sha256});
  }
  out.write(facts.text("  ", out.width()));
  out.line(as_of_words(report.until, report.at));
}

struct Options {
  std::optional<Instant> until;
  std::string scratch;
  unsigned threads = 0;
  std::string certificate;
  std::string compare_with;
};

Result<answer::CertificateT> read_certificate(const std::string& file) {
  std::ifstream in(file);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in) {
    return Error{
        ErrorKind::misuse, "NO_CERTIFICATE", "--compare-with: " + file + " cannot be read", {}};
  }
  auto certificate = certificate_from_json(text);
  if (certificate && certificate.value().until > 0) return certificate;
  auto error = certificate
                   ? Error{ErrorKind::invalid, "INVALID_FIELD", "until: must be a position", {}}
                   : std::move(certificate).error();
  error.message = "--compare-with: " + file + ": " + error.message;
  return error;
}

Result<void> write_certificate(const std::string& file, const answer::CertificateT& certificate) {
  std::ofstream out(file);
  out << to_json(certificate, JsonLayout::indented) << '\n';
  out.close();
  if (out) return boost::outcome_v2::success();
  return Error{ErrorKind::unavailable,
               "STORAGE_FAILED",
               "--certificate: " + file + " cannot be written",
               {}};
}

/// The folding may take long; nobody should learn only then that its result has no place.
Result<void> check_place(const std::string& file) {
  const auto folder = std::filesystem::path(file).parent_path();
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    return Error{ErrorKind::misuse,
                 "NO_FILE",
                 "--certificate: " + file + " is a folder; name a file in it",
                 {}};
  }
  if (folder.empty() || std::filesystem::is_directory(folder, ignored)) {
    return boost::outcome_v2::success();
  }
  return Error{ErrorKind::misuse,
               "NO_FOLDER",
               "--certificate: there is no folder " + folder.string() + "; make it first",
               {}};
}

/// A certificate may go beyond what this ledger has: then that is where they part.
Position end_of(const Options& options, const std::optional<answer::CertificateT>& given,
                const View& view) {
  if (!given || options.until) return view.position();
  return std::min(Position{given->until}, view.position());
}

Result<ExitCode> run(const Options& options, const Session& session) {
  BOOST_OUTCOME_TRY(check_place(options.certificate));
  std::optional<answer::CertificateT> given;
  if (!options.compare_with.empty()) {
    BOOST_OUTCOME_TRY(read, read_certificate(options.compare_with));
    given = std::move(read);
  }
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, "--until", options.until));
  if (options.until && view.position() == Position{}) {
    return Error{ErrorKind::misuse,
                 "NOTHING_TO_REPLAY",
                 "--until lies before the first event; give a later one",
                 {}};
  }
  Progress progress("replaying");
  ReplayOptions replay;
  replay.until = end_of(options, given, view);
  replay.scratch = options.scratch;
  replay.threads = options.threads;
  replay.compare_with = given ? &*given : nullptr;
  replay.progress = progress.until_stopped();
  BOOST_OUTCOME_TRY(report, ledger.replay(replay));
  progress.clear();
  const auto parted = given ? compare_certificates(*given, *report.certificate) : std::string();
  if (session.format == Format::table) {
    print(session.out, report);
    if (given && parted.empty()) {
      session.out.line("It is what the certificate says, which actbook " + given->program_version +
                       " made.");
    }
    if (!parted.empty()) session.out.line("IT IS NOT WHAT THE CERTIFICATE SAYS: " + parted);
  } else {
    write_one(session.out, session.format, report);
    if (!parted.empty()) complain("it is not what the certificate says: " + parted);
  }
  if (!options.certificate.empty()) {
    BOOST_OUTCOME_TRY(write_certificate(options.certificate, *report.certificate));
  }
  return report.agrees && parted.empty() ? ExitCode::ok : ExitCode::corrupt;
}

}  // namespace

void add_replay(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("replay", "Work everything out afresh and compare it with what is served");
  command->footer(kFooter);
  add_instant(*command, "--until", options->until, "Up to there, instead of to the end");
  command->add_option("--certificate", options->certificate, "Write the certificate there, as JSON")
      ->option_text("FILE");
  command
      ->add_option("--compare-with", options->compare_with,
                   "Hold it against a certificate of an earlier replay,\nup to where that went")
      ->option_text("FILE");
  command
      ->add_option("--scratch", options->scratch,
                   "A folder to work in, which stays; after Ctrl-C the same\n"
                   "goes on from there. Without it, one that goes away")
      ->option_text("DIR");
  add_number(
      *command, "--threads", 1, kMostThreads,
      [options](std::uint64_t number) { options->threads = static_cast<unsigned>(number); },
      "So many, instead of one for each core")
      ->option_text("N");
  command->callback([&chosen, options] {
    chosen = [options](Session& session) { return run(*options, session); };
  });
}

}  // namespace actbook::cli

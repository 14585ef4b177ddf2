#include <algorithm>
#include <boost/outcome/try.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "case_file.h"
#include "case_storage.h"
#include "case_verify.h"
#include "csv_writer.h"
#include "flatten.h"
#include "subcommands.h"
#include "table.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kWriteFooter =
    R"(Asks a question and writes what a court or a regulator needs of it into a folder, or into
one archive where the name ends in .zip: the question; the answer as a page to read and
print (answer.html), as JSON, CSV and text; every record it rests on, as its stored bytes
and as JSON; the certificate; and a manifest of hashes, by which `actbook case verify`
checks it without the ledger. docs/CASE_FILE.md has the whole.

The question is a subcommand that asks, with its options, after --. Personal data says
sealed, unless --reveal; then it is marked, and the case file is for its owner to read.

For the certificate the whole log, up to what the answer is as of, is worked out afresh, as
actbook replay does; the proofs of the records read it a second time. That is what it costs,
however small the answer is.

Examples:
  actbook case write panels -- explain access adam workspace:haarlem-panels
  actbook case write panels.zip --title 'Haarlem panels' -- timeline workspace:haarlem-panels)";

constexpr const char* kVerifyFooter =
    R"(Checks a case file by itself, on any machine: no ledger is needed. If anything is not as
it was written, the first file is named, and the exit code is 8.

What was put together by somebody who recomputes all hashes shows only against what is
kept elsewhere: the SHA-256 of manifest.json that writing it printed, given with
--expect-manifest, or a head of the ledger (actbook verify prints one), with --expect-head.

Example:
  actbook case verify panels --expect-manifest 03be... --expect-head 1192:9f2c...)";

struct WriteOptions {
  std::string folder;
  std::vector<std::string> words;
  std::string title;
  std::string note;
  bool reveal = false;
};

struct VerifyOptions {
  std::string folder;
  std::string expected_manifest;
  std::string expected_head;
};

void write_document(const Session& session, const ordered_json& document) {
  if (session.format != Format::csv) {
    return session.out.line(document.dump(session.format == Format::json ? 2 : -1));
  }
  CsvWriter csv(session.out, {"field", "value"});
  for (const auto& leaf : flatten(document, Reader::program)) csv.row({leaf.path, leaf.text});
}

/// Where nothing was sealed, asking to reveal it reveals nothing.
std::string personal_words(const CaseManifest& manifest) {
  if (!manifest.revealed) return "sealed";
  if (manifest.revealed_texts.empty()) return "to be revealed on request; there is none";
  return "REVEALED on request";
}

// ---- write ----

void report(const Session& session, const std::string& folder, const CaseContents& contents) {
  const auto& manifest = contents.manifest;
  const auto digest = sha256_hex(contents.files.at(kManifestFile));
  if (session.format != Format::table) {
    return write_document(session, {{"case", folder},
                                    {"files", contents.files.size()},
                                    {"records", manifest.records.size()},
                                    {"tree_head", to_string(manifest.tree)},
                                    {"revealed", manifest.revealed},
                                    {"manifest_sha256", digest}});
  }
  session.out.line("Wrote the case file " + folder + ": " +
                   count_words(contents.files.size(), "file", "files") + ", with " +
                   count_words(manifest.records.size(), "record", "records") + ".");
  Table facts({{""}, {""}});
  facts.add({"Head", to_string(manifest.tree)});
  facts.add({"Personal data", personal_words(manifest)});
  facts.add({"Manifest", "SHA-256 " + digest});
  session.out.write(facts.text("  ", session.out.width()));
  session.out.line("Keep the manifest's SHA-256 elsewhere: it stands for the whole case file.");
}

Result<ExitCode> run_write(const WriteOptions& options, const Session& session) {
  BOOST_OUTCOME_TRY(question, CaseQuestion::read(options.words));
  BOOST_OUTCOME_TRY(check_free(options.folder));
  const bool reveal = options.reveal || question.reveals();
  const CaseRequest request{std::move(question), options.title, options.note, reveal};
  BOOST_OUTCOME_TRY(contents, make_case(session, request));
  BOOST_OUTCOME_TRY(
      write_case(options.folder, contents.files, reveal ? Readers::owner : Readers::everybody));
  report(session, options.folder, contents);
  return ExitCode::ok;
}

/// Both stand in lines of their own on the page and in question.txt.
std::string is_one_line(const std::string& text) {
  constexpr const char* kWhy = "must be one line, without control characters";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return kWhy;
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (byte == 0xC2 && next >= 0x80 && next < 0xA0) return kWhy;
    const auto rest = std::string_view(text).substr(i);
    if (rest.starts_with("\u2028") || rest.starts_with("\u2029")) return kWhy;
  }
  return {};
}

void add_case_write(CLI::App& group, Action& chosen) {
  auto options = std::make_shared<WriteOptions>();
  auto* command = group.add_subcommand("write", "Write a case file");
  command->footer(kWriteFooter);
  command
      ->add_option("FOLDER", options->folder,
                   "Where: a folder that is not there or empty, or a .zip\nthat is not there")
      ->required()
      ->option_text("(required)");
  command->add_option("QUESTION", options->words, "A subcommand that asks, and its arguments")
      ->required()
      ->option_text("-- SUBCOMMAND...");
  command->add_option("--title", options->title, "What the page is headed")
      ->check(is_one_line)
      ->option_text("TEXT");
  command->add_option("--note", options->note, "A remark on the page, such as a reference")
      ->check(is_one_line)
      ->option_text("TEXT");
  command->add_flag("--reveal", options->reveal,
                    "Personal data in clear, marked as such; without it, it\nsays sealed");
  command->callback([&chosen, options] {
    chosen = [options](const Session& session) { return run_write(*options, session); };
  });
}

// ---- verify ----

ordered_json document_of(const std::string& folder, const CaseFinding& finding) {
  ordered_json document = {{"case", folder}, {"sound", finding.sound()}};
  if (!finding.sound()) {
    document["file"] = finding.file;
    document["what"] = finding.what;
  }
  document["files"] = finding.files;
  document["records"] = finding.records;
  document["cited"] = finding.cited;
  document["tree_head"] = to_string(finding.manifest.tree);
  document["revealed"] = finding.manifest.revealed;
  document["manifest_sha256"] = finding.manifest_sha256;
  return document;
}

void print(Output& out, const VerifyOptions& options, const CaseFinding& finding) {
  const auto& folder = options.folder;
  Table facts({{""}, {""}});
  if (!finding.sound()) {
    out.line("THE CASE FILE " + folder + " IS NOT AS IT WAS WRITTEN.");
    facts.add({"File", finding.file});
    facts.add({"What", finding.what});
    return out.write(facts.text("  ", out.width()));
  }
  const auto& manifest = finding.manifest;
  out.line("The case file " + folder + " is sound: everything is as its manifest says.");
  facts.add({"Files", std::to_string(finding.files) +
                          ", each as the manifest lists it; there are no others"});
  facts.add({"Records", std::to_string(finding.records) +
                            ", each proved to be in the tree, and its JSON says what it says"});
  facts.add({"Named by the answer",
             count_words(finding.cited, "position", "positions") + ", each among the records"});
  facts.add({"Head", to_string(manifest.tree)});
  facts.add({"Personal data", personal_words(manifest)});
  facts.add({"Manifest", "SHA-256 " + finding.manifest_sha256});
  out.write(facts.text("  ", out.width()));
  if (options.expected_manifest.empty()) {
    out.line(
        "Compare the manifest's SHA-256 with the one that was noted when the case was written.");
  }
}

Result<ExitCode> run_verify(const VerifyOptions& options, const Session& session) {
  std::optional<TreeHead> expected;
  if (!options.expected_head.empty()) {
    BOOST_OUTCOME_TRY(head, parse_tree_head(options.expected_head));
    expected = head;
  }
  BOOST_OUTCOME_TRY(files, read_case(options.folder));
  BOOST_OUTCOME_TRY(finding, verify_case(files, options.expected_manifest, expected));
  if (session.format == Format::table) {
    print(session.out, options, finding);
  } else {
    write_document(session, document_of(options.folder, finding));
  }
  return finding.sound() ? ExitCode::ok : ExitCode::corrupt;
}

std::string is_sha256(const std::string& text) {
  const bool is_one = text.size() == 64 && std::ranges::all_of(text, [](char digit) {
                        return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
                      });
  return is_one ? std::string() : "a SHA-256 has 64 digits of 0-9 a-f";
}

void add_case_verify(CLI::App& group, Action& chosen) {
  auto options = std::make_shared<VerifyOptions>();
  auto* command = group.add_subcommand("verify", "Check a case file; needs no ledger");
  command->footer(kVerifyFooter);
  command->add_option("FOLDER", options->folder, "The folder, or the .zip")
      ->required()
      ->option_text("(required)");
  command
      ->add_option("--expect-manifest", options->expected_manifest,
                   "The SHA-256 of the manifest that was noted when the case\nwas written")
      ->check(is_sha256)
      ->option_text("SHA-256");
  command
      ->add_option("--expect-head", options->expected_head,
                   "A head of the ledger that was kept elsewhere: the case\nmust be of it")
      ->option_text("SIZE:ROOT");
  command->callback([&chosen, options] {
    chosen = [options](const Session& session) { return run_verify(*options, session); };
  });
}

}  // namespace

void add_case(CLI::App& app, Action& chosen) {
  auto* group = app.add_subcommand("case", "An answer with all it rests on, for others to check");
  group->require_subcommand(1);
  group->footer("Example:\n  actbook case write panels -- show workspace:haarlem-panels");
  add_case_write(*group, chosen);
  add_case_verify(*group, chosen);
}

}  // namespace actbook::cli

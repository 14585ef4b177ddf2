#include "case_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/outcome/try.hpp>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "actbook/json.h"
#include "cited.h"
#include "html_page.h"
#include "instant.h"
#include "late_facts.h"
#include "progress.h"
#include "twin.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

/// What can be held against another fold of the same log: `actbook replay --compare-with` takes it.
/// Errors: corrupt with REPLAY_DIFFERS, if this fold is not what is served; those of replaying.
Result<answer::CertificateT> certificate_of(const Ledger& ledger, const View& view) {
  Progress progress("replaying");
  ReplayOptions options;
  options.until = view.position();
  options.progress = progress.until_stopped();
  BOOST_OUTCOME_TRY(report, ledger.replay(options));
  if (report.agrees) return std::move(*report.certificate);
  return Error{ErrorKind::corrupt,
               "REPLAY_DIFFERS",
               "worked out afresh, the ledger differs from what it serves, so no answer of it can "
               "be certified; actbook replay tells more",
               {}};
}

/// Puts the files of a case together, one after another.
class Composer {
 public:
  Composer(const Ledger& ledger, const CaseRequest& request, const CaseAnswer& answer)
      : ledger_(ledger),
        request_(request),
        answer_(answer),
        document_(ordered_json::parse(answer.json)),
        sealed_(ordered_json::parse(answer.sealed_json)) {}

  Result<CaseContents> compose() && {
    const auto moment = moment_of(document_);
    if (!moment) {
      return Error{ErrorKind::unsupported,
                   "NO_MOMENT",
                   "the answer does not say what it is as of, so it cannot be a case file",
                   {}};
    }
    moment_ = *moment;
    BOOST_OUTCOME_TRY(add_records());
    BOOST_OUTCOME_TRY(certificate, certify());
    add_answer();
    mark_revealed(kAnswerFile, document_, sealed_);
    add_page(certificate);
    contents_.manifest.revealed = request_.reveal;
    std::ranges::sort(contents_.manifest.revealed_texts);
    contents_.manifest.files = list_files(contents_.files);
    contents_.files[kManifestFile] = to_json(contents_.manifest);
    return std::move(contents_);
  }

 private:
  Result<void> add_records() {
    const auto cited = cited_positions(document_);
    const std::vector<std::uint64_t> positions(cited.begin(), cited.end());
    // A comparison may look back from what it is as of.
    const auto last = positions.empty() ? 0 : positions.back();
    BOOST_OUTCOME_TRY(all, ledger_.as_of(Position{std::max(last, moment_.position)}));
    size_ = all.position().value;
    Progress progress("reading the log");
    BOOST_OUTCOME_TRY(proofs, prove_inclusion(ledger_, size_, positions, progress.positions()));
    progress.clear();
    contents_.manifest.tree = proofs.head;
    for (std::size_t i = 0; i < positions.size(); ++i) {
      BOOST_OUTCOME_TRY(add_record(positions[i], all, std::move(proofs.paths[i])));
    }
    return boost::outcome_v2::success();
  }

  Result<void> add_record(std::uint64_t position, const View& view, AuditPath path) {
    BOOST_OUTCOME_TRY(record, ledger_.event(Position{position}));
    BOOST_OUTCOME_TRY(sealed, ledger_.event_json(record, JsonLayout::indented));
    auto json = sealed;
    if (request_.reveal) {
      BOOST_OUTCOME_TRY(revealed,
                        ledger_.event_json(record, JsonLayout::indented, Personal::revealed));
      json = std::move(revealed);
    }
    mark_revealed(record_json_file(position), ordered_json::parse(json),
                  ordered_json::parse(sealed));
    const auto bytes = record.bytes();
    contents_.files[record_file(position)].assign(bytes.begin(), bytes.end());
    contents_.files[record_json_file(position)] = json + "\n";
    const CaseRecord listed{position, leaf_hash(bytes), std::move(path)};
    BOOST_OUTCOME_TRY(summary, summary_of(position, view));
    const auto actor = std::make_unique<schema::ActorT>();
    record->actor()->UnPackTo(actor.get());
    page_records_.push_back({position, record.recorded_at(), record.occurred_at(),
                             std::string(record.type()), actor_words(actor), std::move(summary),
                             to_hex(listed.leaf)});
    contents_.manifest.records.push_back(listed);
    return boost::outcome_v2::success();
  }

  void mark_revealed(const std::string& file, const ordered_json& document,
                     const ordered_json& sealed) {
    for (auto& place : revealed_places({document, &sealed})) {
      contents_.manifest.revealed_texts.push_back({file, std::move(place)});
    }
  }

  Result<std::string> summary_of(std::uint64_t position, const View& view) const {
    Search search;
    search.after = Position{position - 1};
    search.limit = 1;
    BOOST_OUTCOME_TRY(trail, ledger_.trail(view, search));
    const bool listed = !trail.lines.empty() && trail.lines.front()->position == position;
    return listed ? trail.lines.front()->summary : std::string();
  }

  Result<ordered_json> certify() {
    BOOST_OUTCOME_TRY(view, ledger_.as_of(Position{size_}));
    BOOST_OUTCOME_TRY(certificate, certificate_of(ledger_, view));
    contents_.files[kCertificateFile] = actbook::to_json(certificate, JsonLayout::indented) + "\n";
    return ordered_json::parse(contents_.files[kCertificateFile]);
  }

  void add_answer() {
    contents_.files[kAnswerFile] = answer_.json;
    contents_.files[kCsvFile] = answer_.csv;
    contents_.files[kTextFile] =
        (request_.reveal ? "Personal data: REVEALED on request.\n\n" : "") + answer_.text;
    std::string text;
    const auto line = [&](const char* name, const std::string& value) {
      if (!value.empty()) text += fmt::format("{:<16}{}\n", name, value);
    };
    line("Title", request_.title);
    line("Note", request_.note);
    line("Question", request_.question.about());
    line("Asked as", request_.question.command());
    line("To ask again", answer_.command);
    line("Ledger", ledger_.id());
    line("Answer", as_of());
    line("Late facts", late_facts());
    line("Personal data", request_.reveal ? "revealed on request" : "sealed");
    line("Written by", "actbook " ACTBOOK_VERSION);
    contents_.files[kQuestionFile] = text;
  }

  [[nodiscard]] std::string as_of() const {
    return as_of_words(moment_.position, moment_.at.microseconds, moment_.true_at.has_value());
  }

  /// What the terminal notes of facts that were recorded late; empty, if it notes nothing.
  [[nodiscard]] std::string late_facts() const {
    std::istringstream lines(answer_.text);
    for (std::string line; std::getline(lines, line);) {
      const auto at = line.find(kLateFacts);
      if (line.starts_with("Note: ") && at != std::string::npos) return line.substr(at);
    }
    return {};
  }

  /// What the page begins with.
  [[nodiscard]] std::vector<std::string> summary() const {
    auto lines = found();
    if (auto note = late_facts(); !note.empty()) lines.push_back("Note: " + std::move(note));
    return lines;
  }

  /// The verdict; or how much was found, as the last line counts it; or else what the terminal
  /// heads its sections with.
  [[nodiscard]] std::vector<std::string> found() const {
    if (document_.contains("verdict")) return {document_["verdict"].get<std::string>()};
    std::vector<std::string> headings;
    std::istringstream lines(answer_.text);
    const auto counted = as_of() + ": ";
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(counted)) return {line.substr(counted.size())};
      const bool is_heading = !line.empty() && line.front() != ' ' &&
                              line.find(as_of()) == std::string::npos &&
                              !line.starts_with("next: ") && !line.starts_with("Note: ");
      if (is_heading) headings.push_back(line);
    }
    constexpr std::size_t kMost = 8;
    if (headings.size() > kMost) {
      const auto more = headings.size() - kMost;
      headings.resize(kMost);
      headings.push_back("and " + std::to_string(more) + " more");
    }
    if (document_.contains("next")) headings.emplace_back("there are more than these");
    return headings;
  }

  void add_page(const ordered_json& certificate) {
    CasePage page{
        .title = request_.title.empty() ? request_.question.about() : request_.title,
        .note = request_.note,
        .question = request_.question.about(),
        .command = request_.question.command(),
        .command_again = answer_.command,
        .ledger = ledger_.id(),
        .version = ACTBOOK_VERSION,
        .moment = moment_,
        .summary = summary(),
        .revealed = request_.reveal,
        .answer = {document_, request_.reveal ? &sealed_ : nullptr},
        .chart = chart(),
        .records = page_records_,
        .tree_head = to_string(contents_.manifest.tree),
        .certificate = certificate,
        .files = {},
    };
    for (auto& file : list_files(contents_.files)) {
      if (file.name.starts_with("records/")) continue;  // their leaf hashes stand beside them
      page.files.push_back({file.name, file.bytes, file.sha256});
    }
    contents_.files[kPageFile] = html_page(page);
  }

  /// Of the sealed answer: nothing in a drawing could be marked as revealed.
  [[nodiscard]] Chart chart() const {
    const bool occurred = moment_.true_at.has_value();
    Chart chart;
    chart.end = moment_.at;
    chart.spans = spans_of(sealed_, occurred, moment_.at);
    for (const auto& record : page_records_) {
      chart.acts.push_back({record.position, occurred ? record.occurred_at : record.recorded_at,
                            record.who + " " + record.summary});
    }
    std::ranges::stable_sort(chart.acts, {}, &ChartAct::at);
    return chart;
  }

  const Ledger& ledger_;
  const CaseRequest& request_;
  const CaseAnswer& answer_;
  ordered_json document_;
  ordered_json sealed_;
  AnswerMoment moment_;
  /// How many records the tree has in which those of the case are proved.
  std::uint64_t size_ = 0;
  std::vector<PageRecord> page_records_;
  CaseContents contents_;
};

}  // namespace

Result<CaseContents> make_case(const Session& session, const CaseRequest& request) {
  BOOST_OUTCOME_TRY(answer, request.question.ask(session, request.reveal));
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  return Composer(ledger, request, answer).compose();
}

}  // namespace actbook::cli

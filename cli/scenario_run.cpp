#include "scenario_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "actbook/json.h"
#include "changes.h"
#include "given_command.h"
#include "question.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

// The clock of a scenario that never says what time it is.
constexpr const char* kStart = "2026-01-01";

/// Errors that a command or a question can bring about; others are the machine's.
bool is_an_outcome(const Error& error) {
  return error.kind == ErrorKind::invalid || error.kind == ErrorKind::conflict ||
         error.kind == ErrorKind::misuse;
}

ordered_json error_json(const Error& error) {
  return {{"outcome", "error"}, {"error", error.code}, {"message", error.message}};
}

std::string error_words(const Error& error) { return "error " + error.code + ": " + error.message; }

Timestamp start_of(const Scenario& scenario) {
  for (const auto& step : scenario.steps) {
    if (step.at) return *step.at;
  }
  return parse_iso8601(kStart).value();
}

/// Runs one scenario, whose file is read.
class ScenarioRun {
 public:
  ScenarioRun(Ledger& ledger, const Scenario& scenario) : ledger_(ledger), scenario_(scenario) {
    report_.file = scenario.file;
    report_.title = scenario.title;
  }

  Result<ScenarioReport> run() && {
    for (const auto& step : scenario_.steps) {
      const auto done = take(step);
      if (done) continue;
      if (done.error().code != kMalformed) return done.error();
      report_.malformed = done.error();
      return std::move(report_);
    }
    BOOST_OUTCOME_TRY(check_replay());
    BOOST_OUTCOME_TRY(check_stored());
    BOOST_OUTCOME_TRY(give_all_again());
    return std::move(report_);
  }

 private:
  /// A command that was given, and what came of it.
  struct Given {
    const Step* step;
    command::CommandEnvelopeT command;
    Result<Flat<log::Receipt>> outcome;
  };

  Result<void> take(const Step& step) {
    if (step.at) {
      BOOST_OUTCOME_TRY(ledger_.set_clock(*step.at));
    }
    return std::holds_alternative<GivenCommand>(step.given) ? give(step) : ask(step);
  }

  Result<void> give(const Step& step) {
    ++report_.steps;
    const auto& given = std::get<GivenCommand>(step.given);
    auto command = command_of(step, remembered_);
    if (!command && command.error().code == kMalformed) return command.error();
    // What is no command cannot be given, and that may be what is expected.
    const auto by = command ? actor_words(command.value().actor) : given.by.text;
    const auto what = fmt::format("{} by {}, at {}, command {}", given.type, by,
                                  to_iso8601(ledger_.now().at()), given.command_id);
    if (!command) {
      hold(step, what, error_words(command.error()), given.expect, error_json(command.error()));
      return boost::outcome_v2::success();
    }
    auto outcome = ledger_.record(command.value());
    if (outcome) {
      BOOST_OUTCOME_TRY(receipt, receipt_json(outcome.value()));
      hold(step, what, outcome_words(*outcome.value()), given.expect, receipt);
    } else if (is_an_outcome(outcome.error())) {
      hold(step, what, error_words(outcome.error()), given.expect, error_json(outcome.error()));
    } else {
      return outcome.error();
    }
    given_.push_back({&step, std::move(command).value(), std::move(outcome)});
    return boost::outcome_v2::success();
  }

  /// A receipt, with what only the events themselves tell.
  [[nodiscard]] Result<ordered_json> receipt_json(const Flat<log::Receipt>& receipt) const {
    auto json =
        ordered_json::parse(table_to_json(log::Receipt::GetFullyQualifiedName(), receipt.bytes()));
    auto events = ordered_json::array();
    auto broken = ordered_json::array();
    for (auto at = receipt->first_position(); at != 0 && at <= receipt->last_position(); ++at) {
      BOOST_OUTCOME_TRY(record, ledger_.event(Position{at}));
      events.push_back(std::string(record.type()));
      if (record->rules_broken() == nullptr) continue;
      for (const auto* rule : *record->rules_broken()) {
        const ordered_json name = rule->str();
        if (std::ranges::find(broken, name) == broken.end()) broken.push_back(name);
      }
    }
    json["events"] = std::move(events);
    json["rules_broken"] = std::move(broken);
    return json;
  }

  static std::string outcome_words(const log::Receipt& receipt) {
    std::string words = log::EnumNameOutcome(receipt.outcome());
    if (receipt.reason() != nullptr) {
      const auto code = receipt.reason()->str();
      const auto sentence = reason_sentence(code);
      words += " " + code + (sentence.empty() ? "" : ": " + sentence);
    }
    if (receipt.result() != nullptr) words += " " + receipt.result()->str();
    const auto first = receipt.first_position();
    const auto last = receipt.last_position();
    if (first == 0) return words;
    return words + (first == last ? fmt::format(" (position {})", first)
                                  : fmt::format(" (positions {} to {})", first, last));
  }

  Result<void> ask(const Step& step) {
    ++report_.questions;
    const auto& given = std::get<GivenQuestion>(step.given);
    BOOST_OUTCOME_TRY(question, Question::read(step, remembered_));
    auto answer = question.ask(ledger_);
    if (!answer && (answer.error().code == kMalformed || !is_an_outcome(answer.error()))) {
      return answer.error();
    }
    if (!answer) {
      hold_error(step, question, answer.error());
      return boost::outcome_v2::success();
    }
    const auto what = question.words() + ", " + answer.value().as_of;
    if (given.expect) {
      const auto code = expected_error(*given.expect);
      if (code.empty()) {
        add(step, what, "",
            differences(*given.expect, answer.value().value, answer.value().shape, remembered_));
      } else {
        add(step, what, "",
            {{given.expect->place.line, "", "error " + code, to_line(answer.value().value)}});
      }
    }
    if (given.same_as) return hold_same(step, question, answer.value());
    return boost::outcome_v2::success();
  }

  /// The code of the error that a question expects: `NOT_FOUND`, or `error NOT_FOUND`; empty if it
  /// expects an answer.
  static std::string expected_error(const Value& expect) {
    constexpr std::string_view kError = "error ";
    if (expect.kind != Value::Kind::text) return {};
    if (expect.text.starts_with(kError)) return expect.text.substr(kError.size());
    const bool is_code =
        expect.text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
    return is_code ? expect.text : std::string();
  }

  void hold_error(const Step& step, const Question& question, const Error& error) {
    const auto& given = std::get<GivenQuestion>(step.given);
    const auto code = given.expect ? expected_error(*given.expect) : std::string();
    if (code == error.code) return;
    const auto& expected = given.expect ? *given.expect : *given.same_as;
    add(step, question.words(), error_words(error),
        {{expected.place.line, "",
          given.expect ? to_line(expected) : "the same as of " + to_line(expected),
          "error " + error.code}});
  }

  Result<void> hold_same(const Step& step, const Question& question, const Answer& answer) {
    const auto& same_as = *std::get<GivenQuestion>(step.given).same_as;
    auto other = question.ask_for_the_same(ledger_);
    if (!other && (other.error().code == kMalformed || !is_an_outcome(other.error()))) {
      return other.error();
    }
    const auto line = same_as.place.line;
    const auto what = question.words() + ", " + answer.as_of + ", the same " +
                      (other ? other.value().as_of : "as of " + to_line(same_as));
    if (!other) {
      add(step, what, "", {{line, "", "error " + other.error().code, to_line(answer.value)}});
      return boost::outcome_v2::success();
    }
    const auto before = without_stamp(other.value().value);
    const auto after = without_stamp(answer.value);
    std::vector<Difference> found;
    const auto shown = [](const std::string& text) { return text.empty() ? "nothing" : text; };
    for (const auto& change : compare(before, after, Reader::person)) {
      found.push_back({line, change.path, shown(change.before), shown(change.after)});
    }
    if (found.empty() && before != after) {
      found.push_back({line, "", to_line(before), to_line(after)});
    }
    add(step, what, "", std::move(found));
    return boost::outcome_v2::success();
  }

  /// Without the marks that differ whenever it is asked for.
  static ordered_json without_stamp(ordered_json answer) {
    if (answer.is_object()) {
      answer.erase("as_of");
      answer.erase("at");
    }
    return answer;
  }

  void hold(const Step& step, const std::string& what, const std::string& outcome,
            const Value& expected, const ordered_json& actual) {
    add(step, what, outcome, differences(expected, actual, Shape(), remembered_));
  }

  void add(const Step& step, const std::string& what, const std::string& outcome,
           std::vector<Difference> found) {
    if (found.empty()) return;
    report_.findings.push_back(
        {step.file, step.place.line, what, step.about, outcome, std::move(found)});
  }

  /// Something that is not as it must be after every scenario.
  void add(const std::string& what, const std::string& expected, const std::string& actual) {
    report_.findings.push_back({scenario_.file, 0, what, {}, {}, {{0, "", expected, actual}}});
  }

  Result<void> check_replay() {
    BOOST_OUTCOME_TRY(report, ledger_.replay());
    if (report.agrees) return boost::outcome_v2::success();
    const auto* difference = report.first_difference.get();
    add("replay of the ledger, after the scenario", "what is served",
        difference == nullptr
            ? "something else"
            : fmt::format("position {}, {} {}: {}", difference->position, difference->table,
                          difference->entity, difference->what));
    return boost::outcome_v2::success();
  }

  Result<void> check_stored() {
    BOOST_OUTCOME_TRY(report, ledger_.verify());
    if (!report.sound) add("verification of the ledger, after the scenario", "sound", report.what);
    return boost::outcome_v2::success();
  }

  /// Retries must get what they got, and nothing else.
  Result<void> give_all_again() {
    const auto head = ledger_.head();
    for (const auto& given : given_) {
      const auto& id = given.command.command_id;
      const auto again = ledger_.record(given.command);
      if (!again && !is_an_outcome(again.error())) return again.error();
      const auto was = outcome_line(given.outcome);
      const auto is = outcome_line(again);
      const bool same_bytes =
          !again || !given.outcome || again.value().bytes() == given.outcome.value().bytes();
      if (was != is || !same_bytes) {
        report_.findings.push_back({given.step->file,
                                    given.step->place.line,
                                    "command " + id + ", given once more after the scenario",
                                    given.step->about,
                                    {},
                                    {{0, "", was, is == was ? "another receipt" : is}}});
      }
    }
    if (ledger_.head() != head) {
      add("all commands, given once more after the scenario",
          fmt::format("head at position {}", head.value),
          fmt::format("head at position {}", ledger_.head().value));
    }
    return boost::outcome_v2::success();
  }

  static std::string outcome_line(const Result<Flat<log::Receipt>>& outcome) {
    return outcome ? outcome_words(*outcome.value()) : "error " + outcome.error().code;
  }

  Ledger& ledger_;
  const Scenario& scenario_;
  ScenarioReport report_;
  Remembered remembered_;
  std::vector<Given> given_;
};

}  // namespace

Result<ScenarioReport> run_scenario(const std::string& file, const std::string& directory) {
  auto scenario = read_scenario(file);
  if (!scenario) {
    ScenarioReport report;
    report.file = file;
    report.malformed = std::move(scenario).error();
    return report;
  }
  Ledger::CreateOptions options;
  options.clock = schema::ClockKind::simulated;
  BOOST_OUTCOME_TRY(ledger, Ledger::create(directory, options, start_of(scenario.value())));
  return ScenarioRun(ledger, scenario.value()).run();
}

}  // namespace actbook::cli

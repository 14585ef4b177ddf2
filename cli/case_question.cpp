#include "case_question.h"

#include <boost/outcome/try.hpp>
#include <string_view>
#include <utility>

#include "subcommands.h"

namespace actbook::cli {
namespace {

constexpr const char* kReveal = "--reveal";

/// What a command line of a question says.
struct Parsed {
  Action action;
  std::vector<std::string> name;
  std::string about;
  bool can_reveal = false;
  bool reveals = false;
  std::string moment_option;
};

Error no_question(const std::string& why) {
  return {ErrorKind::misuse,
          "NO_QUESTION",
          "QUESTION: " + why +
              "; after -- stands a subcommand that asks (audit, explain, compare, timeline, step, "
              "what-if, show, overview, dashboard) with its arguments",
          {}};
}

// "Who accepted which agreement (Q1)" is numbered for those who have the list of questions.
std::string without_number(std::string about) {
  const auto number = about.rfind(" (Q");
  if (number != std::string::npos) about.erase(number);
  return about;
}

/// ": organisation:nordlys": what it is asked of, and not how.
std::string subject_of(const CLI::App& command) {
  std::string subject;
  for (const auto* option : command.get_options()) {
    if (!option->get_positional()) continue;
    for (const auto& word : option->results()) {
      subject.append(subject.empty() ? ": " : ", ").append(word);
    }
  }
  return subject;
}

void read_options(const CLI::App& command, Parsed& parsed) {
  const auto* reveal = command.get_option_no_throw(kReveal);
  parsed.can_reveal = reveal != nullptr;
  parsed.reveals = reveal != nullptr && reveal->count() > 0;
  // What compare is as of is --to, but by what the ledger knew with --true.
  const auto* second_axis = command.get_option_no_throw("--true");
  const bool by_to = second_axis != nullptr && second_axis->count() == 0;
  for (const char* name : {"--as-of", "--to"}) {
    const auto* option = command.get_option_no_throw(name);
    const bool says_when = second_axis == nullptr || by_to == (std::string_view(name) == "--to");
    if (option != nullptr && option->count() == 0 && says_when) parsed.moment_option = name;
  }
}

Result<Parsed> parse(const std::vector<std::string>& words) {
  CLI::App app("", "actbook");
  Parsed parsed;
  app.require_subcommand(1);
  add_audit(app, parsed.action);
  add_show(app, parsed.action);
  add_explain(app, parsed.action);
  add_compare(app, parsed.action);
  add_timeline(app, parsed.action);
  add_step(app, parsed.action);
  add_what_if(app, parsed.action);
  add_overviews(app, parsed.action);
  try {
    // CLI11 takes them from the back.
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& error) {
    const bool is_help = error.get_exit_code() == 0;
    if (is_help) return no_question("that is no question, but asks for help");
    std::string asked;
    for (const auto& word : words) asked.append(asked.empty() ? "" : " ").append(word);
    return no_question(asked + ": " + error.what());
  }
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    parsed.name.push_back(command->get_name());
  }
  parsed.about = without_number(command->get_description()) + subject_of(*command);
  read_options(*command, parsed);
  return parsed;
}

Result<std::string> run(const std::vector<std::string>& words, const Session& session,
                        Format format) {
  BOOST_OUTCOME_TRY(parsed, parse(words));
  std::string text;
  Output out(text);
  Session into{session.ledger, session.master_key_file, format, out};
  BOOST_OUTCOME_TRY(parsed.action(into));
  return text;
}

/// As a shell reads it back.
std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,=+@";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char letter : word) {
    if (letter == '\'') {
      quoted += R"('\'')";
    } else {
      quoted += letter;
    }
  }
  return quoted + "'";
}

std::string shell_line(const std::vector<std::string>& words) {
  std::string line = "actbook";
  for (const auto& word : words) line.append(" ").append(shell_word(word));
  return line;
}

}  // namespace

Result<CaseQuestion> CaseQuestion::read(std::vector<std::string> words) {
  BOOST_OUTCOME_TRY(parsed, parse(words));
  CaseQuestion question;
  question.name_size_ = parsed.name.size();
  if (std::vector<std::string>(words.begin(),
                               words.begin() + static_cast<std::ptrdiff_t>(question.name_size_)) !=
      parsed.name) {
    return no_question("options stand behind the name of the subcommand");
  }
  question.command_ = shell_line(words);
  std::erase(words, kReveal);
  question.words_ = std::move(words);
  question.about_ = parsed.about;
  question.can_reveal_ = parsed.can_reveal;
  question.reveals_ = parsed.reveals;
  question.moment_option_ = parsed.moment_option;
  return question;
}

std::vector<std::string> CaseQuestion::with(const std::vector<std::string>& options) const {
  auto words = words_;
  words.insert(words.begin() + static_cast<std::ptrdiff_t>(name_size_), options.begin(),
               options.end());
  return words;
}

Result<CaseAnswer> CaseQuestion::ask(const Session& session, bool reveal) const {
  constexpr int kTries = 3;
  for (int i = 0; i < kTries; ++i) {
    BOOST_OUTCOME_TRY(answer, ask_once(session, reveal));
    if (!answer.json.empty()) return answer;
  }
  return Error{ErrorKind::unavailable,
               "LEDGER_MOVES",
               "the ledger is written to so much that no two answers were the same; say as of "
               "when, or ask again",
               {}};
}

// Each form opens the ledger anew. A ledger only grows, so where the first and the last answer are
// the same, those between them are of the same state.
Result<CaseAnswer> CaseQuestion::ask_once(const Session& session, bool reveal) const {
  std::vector<std::string> options;
  if (!moment_option_.empty()) {
    BOOST_OUTCOME_TRY(ledger, open_to_read(session));
    const auto now = ledger.now();
    options = {moment_option_, std::to_string(now.position().value) + "@" + to_iso8601(now.at())};
  }
  const auto sealed = with(options);
  reveal = reveal && can_reveal_;
  if (reveal) options.emplace_back(kReveal);
  const auto words = with(options);
  CaseAnswer answer;
  answer.command = shell_line(words);
  BOOST_OUTCOME_TRY(first, run(words, session, Format::json));
  BOOST_OUTCOME_TRY(csv, run(words, session, Format::csv));
  BOOST_OUTCOME_TRY(text, run(words, session, Format::table));
  answer.sealed_json = first;
  if (reveal) {
    BOOST_OUTCOME_TRY(sealed_json, run(sealed, session, Format::json));
    answer.sealed_json = std::move(sealed_json);
  }
  BOOST_OUTCOME_TRY(last, run(words, session, Format::json));
  if (first != last) return answer;
  answer.json = std::move(first);
  answer.csv = std::move(csv);
  answer.text = std::move(text);
  return answer;
}

}  // namespace actbook::cli

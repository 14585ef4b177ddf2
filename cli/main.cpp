#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <csignal>
#include <exception>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "subcommands.h"
#include "table.h"

namespace actbook::cli {
namespace {

/// A list is a table with a line for each field.
struct Layout {
  Format format = Format::table;
  bool is_list = false;
};

/// What can be said before or after any subcommand.
struct Globals {
  std::string ledger;
  std::string master_key_file;
  Layout layout;
  spdlog::level::level_enum log_level = spdlog::level::warn;
};

/// An option that takes one of a few names.
template <class Value>
CLI::Option* add_choice(CLI::App& app, const std::string& name, Value& into,
                        const std::vector<std::pair<std::string, Value>>& choices,
                        const std::string& description) {
  std::string names;
  for (const auto& [choice, value] : choices) names += (names.empty() ? "" : "|") + choice;
  const auto choose = [name, names, choices, &into](const std::string& text) {
    for (const auto& [choice, value] : choices) {
      if (choice != text) continue;
      into = value;
      return;
    }
    throw CLI::ValidationError(name, "\"" + text + "\" is none of " + names);
  };
  return app.add_option_function<std::string>(name, choose, description)->option_text(names);
}

void add_globals(CLI::App& app, Globals& globals) {
  app.add_option("--ledger", globals.ledger, "The ledger's directory")
      ->envname("ACTBOOK_LEDGER")
      ->option_text("DIR (or ACTBOOK_LEDGER)");
  app.add_option("--master-key-file", globals.master_key_file,
                 "The key of the ledger's vault; its own file master.key\nif none is named, and "
                 "ACTBOOK_MASTER_KEY is not set")
      ->envname("ACTBOOK_MASTER_KEY_FILE")
      ->option_text("FILE (or ACTBOOK_MASTER_KEY_FILE)");
  add_choice<Layout>(app, "--format", globals.layout,
                     {{"table", {Format::table}},
                      {"list", {Format::table, true}},
                      {"json", {Format::json}},
                      {"jsonl", {Format::jsonl}},
                      {"csv", {Format::csv}}},
                     "table is for people, list the same with a line for each field;\n"
                     "json is the whole answer, jsonl a line for each element of it,\n"
                     "csv a row for each");
  add_choice<spdlog::level::level_enum>(app, "--log-level", globals.log_level,
                                        {{"debug", spdlog::level::debug},
                                         {"info", spdlog::level::info},
                                         {"warn", spdlog::level::warn},
                                         {"error", spdlog::level::err},
                                         {"off", spdlog::level::off}},
                                        "What is logged, on standard error; warn if not said");
  app.set_version_flag("--version", "actbook " ACTBOOK_VERSION, "Print the version");
}

/// The help of a subcommand shows its own options only.
void mention_globals(CLI::App& app) {
  for (auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const auto own = command->get_footer();
    command->footer(own + (own.empty() ? "" : "\n\n") +
                    "--ledger, --master-key-file, --format and --log-level go with every "
                    "subcommand: actbook --help");
    mention_globals(*command);
  }
}

void start_logging(spdlog::level::level_enum level) {
  auto logger = spdlog::stderr_logger_mt("actbook");
  logger->set_level(level);
  logger->set_pattern("actbook: %l: %v");
  spdlog::set_default_logger(std::move(logger));
}

/// Prints help, a version, or what is wrong with the command line.
ExitCode say(const CLI::App& app, const CLI::ParseError& parse, Output& out) {
  std::ostringstream answer;
  std::ostringstream complaint;
  const int code = app.exit(parse, answer, complaint);
  out.write(answer.str());
  if (code == 0) return ExitCode::ok;
  std::string text = complaint.str();
  text.erase(text.find_last_not_of('\n') + 1);
  // CLI11 would rather tell what is missing than what is there instead.
  const auto unexpected = app.remaining(true);
  if (!unexpected.empty() && dynamic_cast<const CLI::RequiredError*>(&parse) != nullptr) {
    text = "\"" + unexpected.front() + "\" was not expected. " + text;
  }
  complain(text);
  return ExitCode::usage;
}

ExitCode say(const Error& error) {
  std::string text = error.message;
  if (error.position && error.kind == ErrorKind::corrupt) {
    text += " (position " + std::to_string(error.position->value) + ")";
  }
  complain(text);
  return exit_code(error.kind);
}

ExitCode run(int argc, char** argv, Output& out) {
  CLI::App app(
      "Keeps the register of a partner program: who did what, when, with what right; and\n"
      "answers for it.",
      "actbook");
  Globals globals;
  Action chosen;
  app.fallthrough();
  app.require_subcommand(1);
  add_globals(app, globals);
  add_init(app, chosen);
  add_record(app, chosen);
  add_audit(app, chosen);
  add_show(app, chosen);
  add_explain(app, chosen);
  add_compare(app, chosen);
  add_timeline(app, chosen);
  add_step(app, chosen);
  add_what_if(app, chosen);
  add_case(app, chosen);
  add_event(app, chosen);
  add_overviews(app, chosen);
  add_export(app, chosen);
  add_person(app, chosen);
  add_vault(app, chosen);
  add_replay(app, chosen);
  add_verify(app, chosen);
  add_rebuild(app, chosen);
  add_check(app, chosen);
  mention_globals(app);
  // Last, as subcommands begin with the footer of what they are added to.
  app.footer(exit_code_help() +
             std::string(
                 "\n\nExample:\n  actbook --ledger /var/lib/actbook show workspace:haarlem-panels\n"
                 "More examples: actbook SUBCOMMAND --help"));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& parse) {
    return say(app, parse, out);
  }
  start_logging(globals.log_level);
  if (globals.layout.is_list) out.set_width(kListWidth);
  Session session{globals.ledger, globals.master_key_file, globals.layout.format, out};
  const auto result = chosen(session);
  return result ? result.value() : say(result.error());
}

/// The last word: an answer that could not be written is no success.
ExitCode finish(Output& out, ExitCode code) {
  out.close();
  if (out.error() == 0) return code;
  if (out.error() == EPIPE) return ExitCode::reader_gone;
  complain("the answer could not be written: " + std::generic_category().message(out.error()));
  return code == ExitCode::ok ? ExitCode::unexpected : code;
}

}  // namespace
}  // namespace actbook::cli

int main(int argc, char** argv) {
  using actbook::cli::ExitCode;
  // A reader who has seen enough (| head) is noticed when writing fails, between two commands, so
  // that the ledger is closed in order.
  std::signal(SIGPIPE, SIG_IGN);
  actbook::cli::Output out(stdout);
  auto code = ExitCode::unexpected;
  try {
    code = actbook::cli::run(argc, argv, out);
  } catch (const std::exception& exception) {
    actbook::cli::complain(std::string("something unexpected: ") + exception.what());
  }
  return static_cast<int>(actbook::cli::finish(out, code));
}

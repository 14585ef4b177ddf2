#include "docs/reference.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cctype>
#include <utility>

#include "actbook/schema/answers_bfbs_generated.h"
#include "actbook/schema/commands_bfbs_generated.h"
#include "actbook/schema/events_bfbs_generated.h"

namespace actbook::reference {
namespace {

constexpr std::array<std::string_view, 3> kLabels = {"By", "Refused for", "Results"};
constexpr std::string_view kRefusedFor = "Refused for";

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool is_lower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

std::string_view trimmed(std::string_view line) {
  const auto first = line.find_first_not_of(' ');
  if (first == line.npos) return {};
  return line.substr(first, line.find_last_not_of(' ') - first + 1);
}

// The label that a line begins with: "Refused for", or any one capitalised word before a colon, so
// that a misspelt one is seen. Reason codes are none, nor are words such as "external:".
std::string_view label_of(std::string_view line) {
  const auto label = line.substr(0, std::min(line.find(':'), line.size()));
  if (label.size() == line.size()) return {};
  if (label == kRefusedFor) return label;
  const bool is_word = label.size() > 1 && is_upper(label.front()) &&
                       std::all_of(label.begin() + 1, label.end(), is_lower);
  return is_word ? label : std::string_view{};
}

void add_words(std::string& text, std::string_view words) {
  if (!text.empty() && !words.empty()) text += ' ';
  text += words;
}

bool is_of_word(char c) { return is_upper(c) || is_lower(c) || is_digit(c) || c == '_'; }

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  std::string word;
  for (const char c : text) {
    if (is_of_word(c)) {
      word += c;
    } else if (!word.empty()) {
      found.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) found.push_back(word);
  return found;
}

// Written as reason codes are, whether there is such a reason or not.
bool looks_like_code(const std::string& word) {
  return word.size() > 2 && std::ranges::none_of(word, is_lower);
}

bool contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::ranges::find(texts, text) != texts.end();
}

bool is_reason(const Reference& reference, std::string_view code) {
  return std::ranges::find(reference.reasons, code, &Reason::code) != reference.reasons.end();
}

// A union's members or an enum's values, by their numbers.
template <class Visit>
void each_value(const reflection::Schema& schema, std::string_view enum_name, Visit visit) {
  for (const auto* definition : *schema.enums()) {
    if (definition->name()->string_view() != enum_name) continue;
    for (const auto* value : *definition->values()) {
      if (!definition->is_union() || value->value() != 0) visit(*value);
    }
    return;
  }
  assert(false && "no such enum");
}

Command read_command(const Reference& reference, const reflection::EnumVal& member) {
  Command command;
  command.name = member.name()->str();
  command.table = object_at(*reference.command_schema, member.union_type()->index());
  command.comment = parse_comment(command.table->documentation());
  const auto refused_for = command.comment.labelled_as(kRefusedFor);
  for (auto& code : words(refused_for)) {
    // The same rule may be checked on several ways through the decider; the first place counts.
    if (!is_reason(reference, code) || contains(command.refusals, code)) continue;
    if (refused_for.find(code + " (observed)") != refused_for.npos) {
      command.observed_only.push_back(code);
    }
    command.refusals.push_back(std::move(code));
  }
  command.results = words(command.comment.labelled_as("Results"));
  return command;
}

void add_gaps(const Reference& reference, const Command& command, std::vector<std::string>& gaps) {
  const auto add = [&](const std::string& what) { gaps.push_back(command.name + ' ' + what); };
  const auto refused_for = command.comment.labelled_as(kRefusedFor);
  if (command.comment.text.empty()) add("does not say what it does");
  if (command.comment.labelled_as("By").empty()) add("does not say who may give it (By:)");
  if (refused_for.empty()) {
    add("does not say what it is refused for (Refused for:)");
  } else if (command.refusals.empty() && refused_for != "nothing.") {
    add("is refused for no reason there is; write \"Refused for: nothing.\" if it never is");
  }
  for (const auto& code : words(refused_for)) {
    if (looks_like_code(code) && !is_reason(reference, code))
      add("is refused for " + code + ", which is no reason");
  }
  for (const auto& paragraph : command.comment.labelled) {
    if (std::ranges::find(kLabels, paragraph.label) != kLabels.end()) continue;
    add("has a paragraph \"" + paragraph.label + ":\"; those there are: By, Refused for, Results");
  }
}

}  // namespace

std::string Comment::labelled_as(std::string_view label) const {
  const auto found = std::ranges::find(labelled, label, &Labelled::label);
  return found == labelled.end() ? std::string() : found->text;
}

Comment parse_comment(const TextVector* lines) {
  Comment comment;
  if (lines == nullptr) return comment;
  bool new_paragraph = true;
  for (const auto* each : *lines) {
    auto line = trimmed(each->string_view());
    if (const auto label = label_of(line); !label.empty()) {
      comment.labelled.push_back({std::string(label), {}});
      line = trimmed(line.substr(label.size() + 1));
    }
    if (!comment.labelled.empty()) {
      add_words(comment.labelled.back().text, line);
    } else if (line.empty()) {
      new_paragraph = true;
    } else {
      if (std::exchange(new_paragraph, false)) comment.text.emplace_back();
      add_words(comment.text.back(), line);
    }
  }
  return comment;
}

std::vector<std::string> paragraphs(const TextVector* lines) {
  std::vector<std::string> text(1);
  if (lines == nullptr) return {};
  for (const auto* each : *lines) {
    const auto line = trimmed(each->string_view());
    if (line.empty() && !text.back().empty()) text.emplace_back();
    add_words(text.back(), line);
  }
  if (text.back().empty()) text.pop_back();
  return text;
}

const Command* Reference::command(std::string_view name) const {
  const auto found = std::ranges::find(commands, name, &Command::name);
  return found == commands.end() ? nullptr : &*found;
}

Reference read_reference(const reflection::Schema& commands, const reflection::Schema& events) {
  Reference reference{&commands, &events, nullptr, {}, {}, {}};
  each_value(events, "actbook.schema.Reason", [&](const reflection::EnumVal& value) {
    std::string text;
    for (const auto& paragraph : paragraphs(value.documentation())) add_words(text, paragraph);
    reference.reasons.push_back({value.name()->str(), std::move(text)});
  });
  each_value(commands, "actbook.command.Command", [&](const reflection::EnumVal& member) {
    reference.commands.push_back(read_command(reference, member));
  });
  each_value(events, "actbook.event.Event", [&](const reflection::EnumVal& member) {
    const auto* table = object_at(events, member.union_type()->index());
    reference.events.push_back({member.name()->str(), table, paragraphs(table->documentation())});
  });
  return reference;
}

const Reference& reference() {
  static const Reference built = [] {
    auto read = read_reference(*reflection::GetSchema(command::CommandEnvelopeBinarySchema::data()),
                               *reflection::GetSchema(event::AnyEventBinarySchema::data()));
    read.answer_schema = reflection::GetSchema(answer::EntityStateBinarySchema::data());
    return read;
  }();
  return built;
}

std::vector<std::string> gaps(const Reference& reference) {
  std::vector<std::string> gaps;
  for (const auto& command : reference.commands) add_gaps(reference, command, gaps);
  for (const auto& event : reference.events) {
    if (event.text.empty()) gaps.push_back(event.name + " does not say what happened");
  }
  for (const auto& reason : reference.reasons) {
    if (reason.text.empty()) gaps.push_back(reason.code + " has no sentence for people");
  }
  return gaps;
}

}  // namespace actbook::reference

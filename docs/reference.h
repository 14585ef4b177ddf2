#pragma once

#include <flatbuffers/reflection.h>

#include <string>
#include <string_view>
#include <vector>

#include "actbook/reflect.h"

/// What the schemas and their doc comments say about commands, events and reasons:
/// docs/REFERENCE.md is written from it, and the tests hold it against the deciders.
namespace actbook::reference {

/// The doc comment of a command. After what it says come paragraphs with a label, at the beginning
/// of a line:
///
///   /// Takes a pending handoff back.
///   ///
///   /// By: org.handoff in the organisation that pays.
///   /// Refused for: NO_PENDING_HANDOFF, NOT_BILLING_ORG_ADMIN.
///   /// Results: one, another.
struct Comment {
  struct Labelled {
    std::string label;
    std::string text;
  };
  /// Paragraphs, a line each.
  std::vector<std::string> text;
  std::vector<Labelled> labelled;

  /// What stands behind a label, such as "Refused for"; empty if nothing does.
  [[nodiscard]] std::string labelled_as(std::string_view label) const;
};

/// `lines` is null where there is no comment.
[[nodiscard]] Comment parse_comment(const TextVector* lines);
/// The same without a look at labels.
[[nodiscard]] std::vector<std::string> paragraphs(const TextVector* lines);

struct Command {
  std::string name;
  const reflection::Object* table = nullptr;
  Comment comment;
  /// The reason codes it can be refused for, in the order in which they are checked.
  std::vector<std::string> refusals;
  /// Those that only observed facts break, because a command is always refused for an earlier one;
  /// they are marked so: SOME_REASON (observed).
  std::vector<std::string> observed_only;
  /// What its receipt can say besides the outcome.
  std::vector<std::string> results;
};

struct Event {
  std::string name;
  const reflection::Object* table = nullptr;
  std::vector<std::string> text;
};

struct Reason {
  std::string code;
  /// The sentence that people read.
  std::string text;
};

/// Commands and events stand in the order of their unions, reasons in that of their numbers.
struct Reference {
  const reflection::Schema* command_schema = nullptr;
  const reflection::Schema* event_schema = nullptr;
  /// Of answers and rows; null, if they are not asked about.
  const reflection::Schema* answer_schema = nullptr;
  std::vector<Command> commands;
  std::vector<Event> events;
  std::vector<Reason> reasons;

  /// Null if there is no such command.
  [[nodiscard]] const Command* command(std::string_view name) const;
};

/// The binary schemas of commands.fbs and events.fbs, with comments, have to outlive what is read.
[[nodiscard]] Reference read_reference(const reflection::Schema& commands,
                                       const reflection::Schema& events);

/// That of the schemas this program was built with. Free to share between threads.
[[nodiscard]] const Reference& reference();

/// What is left unsaid or said wrongly, a sentence each: a command without By or Refused for, a
/// refusal that is no reason, an event or a reason without a comment.
[[nodiscard]] std::vector<std::string> gaps(const Reference& reference);

}  // namespace actbook::reference

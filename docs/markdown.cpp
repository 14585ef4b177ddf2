#include "docs/markdown.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "actbook/schema.h"

namespace actbook::reference {
namespace {

using Paragraphs = std::vector<std::string>;

constexpr std::size_t kLineLength = 120;
constexpr std::string_view kReasonEnum = "actbook.schema.Reason";

const char* const kFirstLine =
    "<!-- Generated from the schemas and their doc comments by scripts/write-reference: do not "
    "edit. "
    "-->\n";

const Paragraphs kIntroduction = {
    "This page is written by `scripts/write-reference` from the schemas and their doc comments, "
    "and a "
    "test holds it against them.",

    "It has every command, what it takes, who may give it, and the reasons it can be refused for, "
    "**in "
    "the order in which they are checked**: where several hold, the first wins. Then come "
    "[every event](#events), the [answers](#answers) and the [rows](#rows) in them, the "
    "[tables](#shared-tables) and [words](#shared-words) that they share, "
    "and [every reason](#reasons). Only an observed fact breaks a rule that is marked (observed): "
    "a "
    "command is always refused for an earlier one.",

    "Names such as `member.invite` are permissions: `program/roles.cpp` says which role has them. "
    "What "
    "follows from a command is in its decider in `program/decide/`. Setting something to what it "
    "is "
    "already succeeds and records nothing.",

    "An id is 1 to 64 characters of `A-Z a-z 0-9 - _ . :`. A time is ISO 8601, with `Z` or an "
    "offset. "
    "Texts hold at most 200 bytes of UTF-8 unless it says otherwise. Unknown fields are errors. "
    "Personal data is sealed before anything is stored ([PRIVACY.md](PRIVACY.md)). A tag puts an "
    "event "
    "into the trail of what it names; those of a command are its refusal's.",
};

const char* const kExample = R"(
```json
{"command_id": "c-1", "actor": {"kind": "staff", "id": "sam"}, "reason": "contract signed",
 "command_type": "GrantPartnerStatus",
 "command": {"organisation": "prism", "contract_reference": "P-7"}}
```
)";

const Paragraphs kAfterEnvelope = {
    "In a ledger with a simulated clock, a line may also carry `\"at\"`: the reading of the clock. "
    "It "
    "is not part of the command.",
};

const Paragraphs kEvents = {
    "What happened, in the past tense. In the log each stands in a `Record` "
    "(`schemas/record.fbs`), "
    "which says its position, when it was recorded and true, who acted for whom, by which command "
    "and "
    "on what basis, and of an observed fact the rules that it broke.",
};

const Paragraphs kAnswers = {
    "What questions get: the members of the JSON that the command prints, and of the tables that "
    "the "
    "library gives. Acts (when, by whom, at which position) are [Act](#act).",
};

const Paragraphs kRows = {
    "State as it stands in answers, by the member `row`.",
};

const Paragraphs kReasons = {
    "Why a command is refused, or which rule an observed fact broke, and the commands that can be "
    "refused for it.",
};

// What a part of the commands needs said that is about none of them alone, by the name of its file.
const std::map<std::string, Paragraphs> kParts = {
    {"privacy",
     {"What these do, and do not do, is in [PRIVACY.md](PRIVACY.md). The envelope's `reason` is "
      "required."}},
};

std::string short_name(std::string_view qualified) {
  return std::string(qualified.substr(qualified.rfind('.') + 1));
}

// "//commands/people.fbs" is "people".
std::string file_of(const reflection::Object& table) {
  const auto path = table.declaration_file()->string_view();
  const auto begin = path.rfind('/') + 1;
  return std::string(path.substr(begin, path.rfind('.') - begin));
}

constexpr std::string_view kAnswerNamespace = "actbook.answer.";
constexpr std::string_view kRowNamespace = "actbook.row.";

bool is_in(const reflection::Object& table, std::string_view name_space) {
  return table.name()->string_view().starts_with(name_space);
}

std::string code(std::string_view text) { return '`' + std::string(text) + '`'; }

bool is_explained(const reflection::Enum& definition) {
  return !paragraphs(definition.documentation()).empty() ||
         std::ranges::any_of(*definition.values(), [](const reflection::EnumVal* value) {
           return !paragraphs(value->documentation()).empty();
         });
}

// To a heading of this page that is one word.
std::string link(const std::string& heading) {
  std::string anchor = heading;
  std::ranges::transform(anchor, anchor.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return '[' + heading + "](#" + anchor + ')';
}

std::string list(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + item;
  return text;
}

// A paragraph in lines that are not too long; those after the first are indented.
std::string wrapped(const std::string& first, const std::string& text, const std::string& indent) {
  std::string out;
  std::string line = first;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = std::min(text.find(' ', at), text.size());
    const auto word = text.substr(at, end - at);
    const bool is_begun =
        line.size() > first.size() || (!out.empty() && line.size() > indent.size());
    if (is_begun && line.size() + 1 + word.size() > kLineLength) {
      out += std::exchange(line, indent) + '\n';
      line += word;
    } else {
      line += (is_begun ? " " : "") + word;
    }
    at = end + 1;
  }
  return out + line + '\n';
}

std::string paragraph(const std::string& text) { return '\n' + wrapped("", text, ""); }
std::string item(const std::string& text) { return wrapped("- ", text, "  "); }

std::string in_cell(const std::vector<std::string>& text) {
  std::string cell;
  for (const auto& each : text) cell += (cell.empty() ? "" : " ") + each;
  for (auto at = cell.find('|'); at != cell.npos; at = cell.find('|', at + 2))
    cell.insert(at, 1, '\\');
  return cell;
}

bool is_code(const Command& command, const std::string& word) {
  return word.find_first_of("._") != word.npos ||
         std::ranges::find(command.refusals, word) != command.refusals.end();
}

// Reasons, permissions and values stand out in a sentence.
std::string with_codes(const Command& command, const std::string& text) {
  constexpr std::string_view kPunctuation = "(),.:;";
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto begin = std::min(text.find_first_not_of(" ()", at), text.size());
    const auto end = std::min(text.find(' ', begin), text.size());
    std::string word = text.substr(begin, end - begin);
    const auto tail_size = word.size() - (word.find_last_not_of(kPunctuation) + 1);
    const std::string tail = word.substr(word.size() - tail_size);
    word.resize(word.size() - tail_size);
    out += text.substr(at, begin - at) + (is_code(command, word) ? code(word) : word) + tail;
    at = end;
  }
  return out;
}

/// Writes one page. Tables and enums that it comes by on the way are noted, to be shown once.
class Page {
 public:
  explicit Page(const Reference& reference) : reference_(reference) {}

  std::string write() {
    page_ = kFirstLine;
    heading("#", "Commands, events and reasons");
    text(kIntroduction);
    write_envelope();
    write_commands();
    write_events();
    write_answers();
    write_shared_tables();
    write_shared_words();
    write_reasons();
    return std::move(page_);
  }

 private:
  void heading(const std::string& level, const std::string& text) {
    page_ += '\n' + level + ' ' + text + '\n';
  }

  void text(const Paragraphs& paragraphs) {
    for (const auto& each : paragraphs) page_ += paragraph(each);
  }

  void write_envelope() {
    heading("##", "The envelope of a command");
    page_ += kExample;
    for (const auto* table : *reference_.command_schema->objects()) {
      if (short_name(table->name()->string_view()) != "CommandEnvelope") continue;
      write_fields(*reference_.command_schema, *table);
    }
    text(kAfterEnvelope);
  }

  void write_commands() {
    std::vector<std::string> files;
    for (const auto& command : reference_.commands) {
      const auto file = file_of(*command.table);
      if (std::ranges::find(files, file) == files.end()) files.push_back(file);
    }
    for (const auto& file : files) {
      heading("##", "Commands: " + file);
      if (const auto part = kParts.find(file); part != kParts.end()) text(part->second);
      for (const auto& command : reference_.commands) {
        if (file_of(*command.table) == file) write_command(command);
      }
    }
  }

  void write_command(const Command& command) {
    heading("###", command.name);
    text(command.comment.text);
    page_ += '\n';
    for (const auto& part : command.comment.labelled) {
      const bool is_results = part.label == "Results";
      std::vector<std::string> results;
      for (const auto& result : command.results) results.push_back(code(result));
      page_ += item("**" + part.label + ":** " +
                    (is_results ? list(results) + '.' : with_codes(command, part.text)));
    }
    write_fields(*reference_.command_schema, *command.table);
  }

  void write_events() {
    heading("##", "Events");
    text(kEvents);
    std::string file;
    for (const auto& event : events_by_file()) {
      if (std::exchange(file, file_of(*event->table)) != file_of(*event->table)) {
        heading("##", "Events: " + file);
      }
      heading("###", event->name);
      text(event->text);
      write_fields(*reference_.event_schema, *event->table);
    }
  }

  [[nodiscard]] std::vector<const Event*> events_by_file() const {
    std::vector<std::string> files;
    std::vector<const Event*> events;
    for (const auto& event : reference_.events) {
      const auto file = file_of(*event.table);
      if (std::ranges::find(files, file) == files.end()) files.push_back(file);
      events.push_back(&event);
    }
    std::ranges::stable_sort(events, {}, [&](const Event* event) {
      return std::ranges::find(files, file_of(*event->table)) - files.begin();
    });
    return events;
  }

  void write_fields(const reflection::Schema& schema, const reflection::Object& table) {
    if (table.fields()->size() == 0) return;
    page_ += "\n| field | | what | tag | |\n|---|---|---|---|---|\n";
    for (const auto* field : fields_in_order(table)) {
      const bool required = is_required(table, *field);
      const auto tag = attribute(*field, "tag");
      const auto key = tag && !tag->empty() ? std::string(*tag) : field->name()->str();
      page_ += "| " + code(field->name()->string_view()) + " | " + (required ? "required" : "") +
               " | " + what(schema, *field) + " | " + (tag ? code(key + ':') : "") + " | " +
               in_cell(paragraphs(field->documentation())) + " |\n";
    }
  }

  static bool is_required(const reflection::Object& table, const reflection::Field& field) {
    if (field.type()->base_type() != reflection::UType) {
      return field.required() || attribute(field, "mandatory").has_value();
    }
    // A union and the field that says which member it holds come together.
    return std::ranges::any_of(*table.fields(), [&](const reflection::Field* other) {
      return other->type()->base_type() == reflection::Union && other->required() &&
             field.name()->str() == other->name()->str() + flatbuffers::UnionTypeFieldSuffix();
    });
  }

  std::string what(const reflection::Schema& schema, const reflection::Field& field) {
    std::string what = kind(schema, field, field.type()->base_type());
    if (const auto limit = attribute(field, "max_bytes")) {
      what += " of at most " + std::string(*limit) + " bytes";
    }
    if (attribute(field, "multiline")) what += ", line breaks included";
    if (const auto whose = attribute(field, "personal")) {
      // In a command it says for which event; there the event says whose it is.
      const bool in_event = whose->find('.') == whose->npos;
      what += in_event ? ", personal data of the " + std::string(*whose) : ", personal data";
    }
    return what + given_by_default(schema, field);
  }

  // What a field of a command is if it is not given, where that is not plain. In an event
  // everything is given.
  [[nodiscard]] std::string given_by_default(const reflection::Schema& schema,
                                             const reflection::Field& field) const {
    if (&schema != reference_.command_schema) return {};
    if (field.optional() || field.type()->base_type() == reflection::UType) return {};
    if (is_enum(*field.type())) {
      const auto* value =
          enum_at(schema, field.type()->index())->values()->LookupByKey(field.default_integer());
      return value == nullptr ? "" : "; " + code(value->name()->string_view()) + " if not given";
    }
    if (field.default_integer() == 0) return {};
    const bool is_bool = field.type()->base_type() == reflection::Bool;
    return "; " + (is_bool ? "true" : std::to_string(field.default_integer())) + " if not given";
  }

  std::string kind(const reflection::Schema& schema, const reflection::Field& field,
                   reflection::BaseType type) {
    if (type == reflection::UType) return "the name of a command";
    if (type == reflection::Union) return "its own fields, below";
    if (type == reflection::Vector) {
      return "list: " + kind(schema, field, field.type()->element());
    }
    if (type == reflection::Obj) {
      const auto& table = *object_at(schema, field.type()->index());
      if (!has_own_section(table) && tables_seen_.insert(table.name()->str()).second) {
        tables_.emplace_back(&schema, &table);
      }
      return link(short_name(table.name()->string_view()));
    }
    if (flatbuffers::IsInteger(type) && field.type()->index() >= 0) {
      return enum_kind(*enum_at(schema, field.type()->index()));
    }
    if (attribute(field, "time")) return "time";
    if (type == reflection::Bool) return "true or false";
    if (attribute(field, "percent")) return "whole number from 0 to 100";
    if (attribute(field, "cents")) return "amount in cents";
    if (type != reflection::String) return number_kind(type);
    if (attribute(field, "ident")) return "id";
    if (attribute(field, "sha256")) return "SHA-256, 64 hex digits";
    if (attribute(field, "currency")) return "currency, three letters";
    if (attribute(field, "email")) return "e-mail address";
    return "text";
  }

  // The wide ones are bounded by nothing that anybody meets.
  static std::string number_kind(reflection::BaseType type) {
    if (!flatbuffers::IsInteger(type)) return "number";
    if (flatbuffers::GetTypeSize(type) > 2) return "whole number";
    const auto range = integer_range(type);
    return "whole number from " + std::to_string(range.least) + " to " + std::to_string(range.most);
  }

  std::string enum_kind(const reflection::Enum& definition) {
    if (definition.name()->string_view() == kReasonEnum) return "[reason](#reasons)";
    std::vector<std::string> values;
    for (const auto* value : *definition.values()) {
      values.push_back(code(value->name()->string_view()));
    }
    if (!is_explained(definition)) return "one of " + list(values);
    if (enums_seen_.insert(definition.name()->str()).second) enums_.push_back(&definition);
    return link(short_name(definition.name()->string_view())) + ": " + list(values);
  }

  void write_answers() {
    if (reference_.answer_schema == nullptr) return;
    heading("##", "Answers");
    text(kAnswers);
    write_tables_of(kAnswerNamespace);
    heading("##", "Rows");
    text(kRows);
    write_tables_of(kRowNamespace);
  }

  // Those that only carry one of a union say nothing by themselves.
  void write_tables_of(std::string_view name_space) {
    for (const auto* table : *reference_.answer_schema->objects()) {
      if (!is_in(*table, name_space) || is_carrier(*table)) continue;
      heading("###", short_name(table->name()->string_view()));
      text(paragraphs(table->documentation()));
      write_fields(*reference_.answer_schema, *table);
    }
  }

  static bool is_carrier(const reflection::Object& table) {
    return std::ranges::all_of(*table.fields(), [](const reflection::Field* field) {
      const auto type = field->type()->base_type();
      return type == reflection::Union || type == reflection::UType;
    });
  }

  [[nodiscard]] static bool has_own_section(const reflection::Object& table) {
    return is_in(table, kAnswerNamespace) || is_in(table, kRowNamespace);
  }

  void write_shared_tables() {
    heading("##", "Shared tables");
    // Those found on the way through these come behind them.
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      const auto& [schema, table] = tables_[i];
      heading("###", short_name(table->name()->string_view()));
      text(paragraphs(table->documentation()));
      write_fields(*schema, *table);
    }
  }

  void write_shared_words() {
    heading("##", "Shared words");
    for (const auto* definition : enums_) {
      heading("###", short_name(definition->name()->string_view()));
      text(paragraphs(definition->documentation()));
      write_values(*definition);
    }
  }

  // In one line, unless there is something to say about each.
  void write_values(const reflection::Enum& definition) {
    std::vector<std::string> names;
    std::string items;
    for (const auto* value : *definition.values()) {
      const auto says = in_cell(paragraphs(value->documentation()));
      names.push_back(code(value->name()->string_view()));
      if (!says.empty()) items += item(names.back() + ": " + says);
    }
    page_ += paragraph(list(names) + '.');
    if (!items.empty()) page_ += '\n' + items;
  }

  void write_reasons() {
    heading("##", "Reasons");
    text(kReasons);
    page_ += '\n';
    auto reasons = reference_.reasons;
    std::ranges::sort(reasons, {}, &Reason::code);
    for (const auto& reason : reasons) {
      std::vector<std::string> commands;
      for (const auto& command : reference_.commands) {
        if (std::ranges::find(command.refusals, reason.code) == command.refusals.end()) continue;
        commands.push_back(link(command.name));
      }
      page_ += item(code(reason.code) + ": " + reason.text + ". " +
                    (commands.empty() ? "No command yet." : list(commands) + '.'));
    }
  }

  const Reference& reference_;
  std::string page_;
  std::vector<std::pair<const reflection::Schema*, const reflection::Object*>> tables_;
  std::set<std::string> tables_seen_;
  std::vector<const reflection::Enum*> enums_;
  std::set<std::string> enums_seen_;
};

}  // namespace

std::string markdown(const Reference& reference) { return Page(reference).write(); }

}  // namespace actbook::reference

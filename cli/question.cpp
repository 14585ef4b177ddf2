#include "question.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

#include "actbook/json.h"
#include "ids.h"
#include "instant.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;
using Kind = Value::Kind;

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) words.push_back(std::move(word));
  return words;
}

/// TIME or POSITION, with what is remembered put in. `name` is for messages.
Result<Instant> read_instant(const std::string& file, const std::string& name, const Value& given,
                             const Remembered& remembered) {
  BOOST_OUTCOME_TRY(value, resolved(file, given, remembered));
  const auto& text = value.text;
  if (value.kind == Kind::integer) {
    Position position;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), position.value);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return Instant(position);
  }
  if (!value.is_scalar()) {
    return malformed(file, value.place, name + ": must be a time or a position");
  }
  const auto time = read_time(text);
  if (time) return Instant(time.value());
  return malformed(file, value.place,
                   name + ": " + time.error().message + ", or give a position, a whole number");
}

/// TIME, with what is remembered put in.
Result<Timestamp> read_point_in_time(const std::string& file, const std::string& name,
                                     const Value& given, const Remembered& remembered) {
  BOOST_OUTCOME_TRY(value, resolved(file, given, remembered));
  if (!value.is_scalar()) return malformed(file, value.place, name + ": must be a time");
  const auto time = read_time(value.text);
  if (time) return time.value();
  return malformed(file, value.place, name + ": " + time.error().message);
}

/// What narrows a question down: its `with`.
class Filters {
 public:
  Filters(const std::string& file, const Value& with, const Remembered& remembered)
      : file_(file), with_(with), remembered_(remembered) {}

  /// Empty, if it is not given.
  [[nodiscard]] Result<std::string> text(const std::string& name) const {
    const auto* given = with_.find(name);
    if (given == nullptr) return std::string();
    BOOST_OUTCOME_TRY(value, resolved(file_, *given, remembered_));
    if (!value.is_scalar()) return wrong(value, name, "must be a text");
    return value.text;
  }

  template <class Number = std::uint32_t>
  [[nodiscard]] Result<std::optional<Number>> number(const std::string& name) const {
    BOOST_OUTCOME_TRY(digits, text(name));
    if (digits.empty()) return std::nullopt;
    Number number = 0;
    const auto* end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, number);
    if (read.ec == std::errc() && read.ptr == end) return number;
    return wrong(*with_.find(name), name, "must be a whole number");
  }

  [[nodiscard]] Result<std::optional<Timestamp>> time(const std::string& name) const {
    BOOST_OUTCOME_TRY(text, text(name));
    if (text.empty()) return std::nullopt;
    const auto time = read_time(text);
    if (time) return time.value();
    return wrong(*with_.find(name), name, time.error().message);
  }

  /// What the command line takes as SEARCH, --after and --limit.
  [[nodiscard]] Result<Search> search() const {
    BOOST_OUTCOME_TRY(terms, text("search"));
    auto search = parse_search(terms);
    if (!search) return wrong(*with_.find("search"), "search", search.error().message);
    BOOST_OUTCOME_TRY(after, number<std::uint64_t>("after"));
    if (after) search.value().after = Position{*after};
    BOOST_OUTCOME_TRY(limit, number<std::size_t>("limit"));
    if (limit) search.value().limit = *limit;
    return search;
  }

  [[nodiscard]] Result<std::optional<Instant>> instant(const std::string& name) const {
    const auto* given = with_.find(name);
    if (given == nullptr) return std::nullopt;
    BOOST_OUTCOME_TRY(instant, read_instant(file_, "with." + name, *given, remembered_));
    return instant;
  }

 private:
  [[nodiscard]] Error wrong(const Value& value, const std::string& name,
                            const std::string& what) const {
    return malformed(file_, value.place, "with." + name + ": " + what);
  }

  const std::string& file_;
  const Value& with_;
  const Remembered& remembered_;
};

/// A question that is being asked.
struct Asked {
  const Ledger& ledger;
  const View& view;
  /// What stands behind its name, as many as its usage says.
  std::vector<std::string> arguments;
  Filters filters;
  Personal personal;
};

/// A question that is asked wrongly, whatever the ledger holds.
Error wrongly_asked(const std::string& what) { return {ErrorKind::misuse, kMalformed, what, {}}; }

Result<Entity> read_entity(const std::string& text) {
  auto entity = Entity::parse(text);
  if (entity) return entity;
  return wrongly_asked(entity.error().message);
}

/// The argument is an id, with or without its kind.
Result<std::string> id_of(const Asked& asked, std::size_t argument, EntityKind kind) {
  auto id = read_id(kind, asked.arguments[argument]);
  if (id) return id;
  return wrongly_asked(id.error().message);
}

/// An answer that is a list is its lines alone.
template <class Line>
Answer list_answer(const std::vector<std::unique_ptr<Line>>& lines) {
  Answer answer;
  answer.shape = Shape::of_answer(Line::TableType::GetFullyQualifiedName());
  answer.value = ordered_json::array();
  for (const auto& line : lines) answer.value.push_back(ordered_json::parse(to_json(*line)));
  return answer;
}

Result<Answer> ask_show(const Asked& asked) {
  BOOST_OUTCOME_TRY(entity, read_entity(asked.arguments[0]));
  BOOST_OUTCOME_TRY(state, asked.ledger.show(asked.view, entity, asked.personal));
  Answer answer;
  answer.value = ordered_json::parse(to_json(state))["state"];
  answer.shape =
      Shape::of_answer(std::string("actbook.answer.") + answer::EnumNameEntity(state.state.type));
  return answer;
}

Result<Answer> ask_trail(const Asked& asked) {
  BOOST_OUTCOME_TRY(entity, read_entity(asked.arguments[0]));
  BOOST_OUTCOME_TRY(from, asked.filters.instant("from"));
  BOOST_OUTCOME_TRY(since, position_before(asked.ledger, "from", from));
  Search search;
  search.tags = {entity.tag()};
  search.after = since;
  BOOST_OUTCOME_TRY(trail, asked.ledger.trail(asked.view, search));
  return list_answer(trail.lines);
}

Result<Answer> ask_acceptances(const Asked& asked) {
  const auto& filters = asked.filters;
  Search search;
  for (const std::string key : {"organisation", "workspace", "person", "agreement"}) {
    BOOST_OUTCOME_TRY(id, filters.text(key));
    if (!id.empty()) search.tags.push_back(std::string(key).append(":").append(id));
  }
  BOOST_OUTCOME_TRY(version, filters.number("version"));
  BOOST_OUTCOME_TRY(from, filters.time("from"));
  search.recorded.from = from;
  BOOST_OUTCOME_TRY(to, filters.time("to"));
  search.recorded.before = to;
  BOOST_OUTCOME_TRY(acceptances, asked.ledger.acceptances(asked.view, search, version));
  return list_answer(acceptances.lines);
}

Result<Answer> ask_event(const Asked& asked) {
  const auto& digits = asked.arguments[0];
  Position position;
  const auto* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, position.value);
  if (read.ec != std::errc() || read.ptr != end) {
    return wrongly_asked("a position is a whole number, 1 or more");
  }
  BOOST_OUTCOME_TRY(record, asked.ledger.event(position));
  BOOST_OUTCOME_TRY(json, asked.ledger.event_json(record, JsonLayout::line, asked.personal));
  Answer answer;
  answer.value = ordered_json::parse(json);
  answer.shape = Shape::of_event(record.type());
  return answer;
}

/// Whoever could read a workspace, or enter a project.
Result<Answer> readers_answer(Result<answer::ReadersT> asked, const std::string& entity) {
  BOOST_OUTCOME_TRY(readers, std::move(asked));
  if (entity.starts_with("project:")) return list_answer(readers.project_readers);
  return list_answer(readers.workspace_readers);
}

Result<Answer> ask_readers(const Asked& asked) {
  BOOST_OUTCOME_TRY(entity, read_entity(asked.arguments[0]));
  return readers_answer(asked.ledger.readers(asked.view, entity), asked.arguments[0]);
}

Result<Answer> ask_access(const Asked& asked) {
  BOOST_OUTCOME_TRY(person, id_of(asked, 0, EntityKind::person));
  BOOST_OUTCOME_TRY(entity, read_entity(asked.arguments[1]));
  return readers_answer(asked.ledger.access(asked.view, entity, person), asked.arguments[1]);
}

Result<Answer> ask_refusals(const Asked& asked) {
  BOOST_OUTCOME_TRY(text, asked.filters.text("entity"));
  Search search;
  search.refused = true;
  if (!text.empty()) {
    BOOST_OUTCOME_TRY(entity, read_entity(text));
    search.tags = {entity.tag()};
  }
  BOOST_OUTCOME_TRY(refusals, asked.ledger.trail(asked.view, search));
  return list_answer(refusals.lines);
}

/// An answer that is one table.
template <class Native>
Result<Answer> whole_answer(Result<Native> asked) {
  BOOST_OUTCOME_TRY(native, std::move(asked));
  Answer answer;
  answer.value = ordered_json::parse(to_json(native));
  answer.shape = Shape::of_answer(Native::TableType::GetFullyQualifiedName());
  return answer;
}

Result<Answer> ask_overview(const Asked& asked) {
  BOOST_OUTCOME_TRY(organisation, id_of(asked, 0, EntityKind::organisation));
  return whole_answer(asked.ledger.overview(asked.view, organisation));
}

Result<Answer> ask_dashboard(const Asked& asked) {
  BOOST_OUTCOME_TRY(organisation, id_of(asked, 0, EntityKind::organisation));
  return whole_answer(asked.ledger.dashboard(asked.view, organisation));
}

Result<Answer> ask_explain(const Asked& asked) {
  BOOST_OUTCOME_TRY(person, id_of(asked, 0, EntityKind::person));
  BOOST_OUTCOME_TRY(entity, read_entity(asked.arguments[1]));
  return whole_answer(asked.ledger.explain_access(asked.view, person, entity));
}

/// A question of an audit that takes a search.
template <auto Audit>
Result<Answer> ask_audit(const Asked& asked) {
  BOOST_OUTCOME_TRY(search, asked.filters.search());
  BOOST_OUTCOME_TRY(answer, (asked.ledger.*Audit)(asked.view, search));
  return list_answer(answer.lines);
}

/// A question of an audit about one thing.
template <auto Audit, EntityKind Of>
Result<Answer> ask_audit_of(const Asked& asked) {
  BOOST_OUTCOME_TRY(id, id_of(asked, 0, Of));
  BOOST_OUTCOME_TRY(answer, (asked.ledger.*Audit)(asked.view, id));
  return list_answer(answer.lines);
}

/// A kind of question: all that another one needs is a line in kKinds, and one in
/// docs/SCENARIOS.md.
struct QuestionKind {
  /// Its name, and a word for each argument.
  const char* usage;
  /// What may stand in its `with`.
  std::vector<std::string> filters;
  Result<Answer> (*ask)(const Asked& asked);
  /// Its answers have personal data, which `reveal` shows.
  bool is_personal = false;
};

const std::vector<QuestionKind>& kinds() {
  static const std::vector<std::string> page = {"search", "after", "limit"};
  static const std::vector<QuestionKind> kinds = {
      {"show ENTITY", {}, ask_show, true},
      {"trail ENTITY", {"from"}, ask_trail},
      {"acceptances",
       {"organisation", "workspace", "person", "agreement", "version", "from", "to"},
       ask_acceptances},
      {"event POSITION", {}, ask_event, true},
      {"readers ENTITY", {}, ask_readers},
      {"access PERSON ENTITY", {}, ask_access},
      {"refusals", {"entity"}, ask_refusals},
      {"overview ORGANISATION", {}, ask_overview},
      {"dashboard ORGANISATION", {}, ask_dashboard},
      {"explain PERSON ENTITY", {}, ask_explain},
      {"partner-status", page, ask_audit<&Ledger::partner_status>},
      {"reads", page, ask_audit<&Ledger::reads>},
      {"creations", page, ask_audit<&Ledger::creations>},
      {"roles", page, ask_audit<&Ledger::roles>},
      {"seats", page, ask_audit<&Ledger::seats>},
      {"ownership WORKSPACE", {}, ask_audit_of<&Ledger::tenures, EntityKind::workspace>},
      {"handoffs", page, ask_audit<&Ledger::handoffs>},
      {"moves", page, ask_audit<&Ledger::moves>},
      {"deals", page, ask_audit<&Ledger::deals>},
      {"kickbacks", page, ask_audit<&Ledger::kickbacks>},
      {"discounts", page, ask_audit<&Ledger::discounts>},
      {"mandates", page, ask_audit<&Ledger::mandates>},
      {"entries", page, ask_audit<&Ledger::entries>},
      {"special-plans ORGANISATION",
       {},
       ask_audit_of<&Ledger::special_plans, EntityKind::organisation>},
  };
  return kinds;
}

std::string usages() {
  std::vector<std::string> all;
  for (const auto& kind : kinds()) all.emplace_back(kind.usage);
  return list_words(all);
}

/// Null, if no question has this name.
const QuestionKind* find_kind(const std::string& name) {
  for (const auto& kind : kinds()) {
    if (split(kind.usage).front() == name) return &kind;
  }
  return nullptr;
}

}  // namespace

Result<Question> Question::read(const Step& step, const Remembered& remembered) {
  Question question(step, remembered);
  const auto& given = question.given_;
  BOOST_OUTCOME_TRY(text, filled_in(step.file, given.ask, remembered));
  const auto words = split(text);
  const auto* kind = words.empty() ? nullptr : find_kind(words.front());
  if (kind == nullptr) {
    return malformed(step.file, given.ask.place,
                     "ask: there is no such question; there are: " + usages());
  }
  if (words.size() != split(kind->usage).size()) {
    return malformed(step.file, given.ask.place,
                     std::string("ask: is written `") + kind->usage + "`");
  }
  for (const auto& member : given.with.members) {
    if (std::ranges::find(kind->filters, member.name) != kind->filters.end()) continue;
    return malformed(step.file, member.place,
                     "with." + member.name + ": is not known to this question; " +
                         (kind->filters.empty() ? "it takes no `with`"
                                                : "known are " + list_words(kind->filters)));
  }
  if (given.reveal && !kind->is_personal) {
    return malformed(
        step.file, step.place,
        "reveal: answers to `" + words.front() + "` have no personal data; leave it out");
  }
  for (const auto& word : words) question.words_ += (question.words_.empty() ? "" : " ") + word;
  return question;
}

Result<Answer> Question::ask(const Ledger& ledger) const {
  return ask_at(ledger, "as_of", given_.as_of);
}

Result<Answer> Question::ask_for_the_same(const Ledger& ledger) const {
  return ask_at(ledger, "same_as", given_.same_as);
}

Result<View> Question::true_then(const Ledger& ledger, const View& known) const {
  if (!given_.true_at) return known;
  BOOST_OUTCOME_TRY(at, read_point_in_time(file_, "true_at", *given_.true_at, remembered_));
  auto view = ledger.true_at(known, at);
  if (view) return view;
  return malformed(file_, given_.true_at->place, "true_at: " + view.error().message);
}

Result<Answer> Question::ask_at(const Ledger& ledger, const std::string& option,
                                const std::optional<Value>& instant) const {
  std::optional<Instant> at;
  if (instant) {
    BOOST_OUTCOME_TRY(read, read_instant(file_, option, *instant, remembered_));
    at = read;
  }
  BOOST_OUTCOME_TRY(known, view_at(ledger, option, at));
  BOOST_OUTCOME_TRY(view, true_then(ledger, known));
  auto words = split(words_);
  const auto* kind = find_kind(words.front());
  words.erase(words.begin());
  const Asked asked{ledger, view, std::move(words), Filters(file_, given_.with, remembered_),
                    given_.reveal ? Personal::revealed : Personal::sealed};
  auto answer = kind->ask(asked);
  if (answer) {
    answer.value().as_of =
        as_of_words(view.position().value, view.at().microseconds, given_.true_at.has_value());
  } else if (answer.error().code == kMalformed && answer.error().kind == ErrorKind::misuse) {
    return malformed(file_, given_.ask.place, "ask: " + answer.error().message);
  }
  return answer;
}

}  // namespace actbook::cli

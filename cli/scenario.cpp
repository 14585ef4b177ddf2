#include "scenario.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "instant.h"
#include "shape.h"
#include "words.h"

namespace actbook::cli {
namespace {

using Kind = Value::Kind;
using Names = std::vector<std::string>;

constexpr std::size_t kMaxStemBytes = 48;

bool contains(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

Names sum(Names names, const Names& more) {
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

const Names& scenario_names() {
  static const Names names = {"scenario", "about", "setup", "steps"};
  return names;
}

/// The members of an envelope that a step gives under their own names.
const Names& envelope_names() {
  static const Names names = [] {
    Names all = Shape::of_command_envelope().names();
    std::erase_if(all, [](const std::string& name) {
      return name == "actor" || name == "command_type" || name == "command";
    });
    return all;
  }();
  return names;
}

const Names& command_step_names() {
  static const Names names = sum({"at", "by", "do", "with", "expect", "about"}, envelope_names());
  return names;
}

const Names& question_names() {
  static const Names names = {"at",     "ask",     "with",   "as_of", "true_at",
                              "reveal", "same_as", "expect", "about"};
  return names;
}

const Names& receipt_names() {
  static const Names names = sum(Shape::of_answer(log::Receipt::GetFullyQualifiedName()).names(),
                                 {"events", "rules_broken", "error", "message"});
  return names;
}

Value text_at(Place place, const std::string& text) {
  Value value;
  value.kind = Kind::text;
  value.place = place;
  value.text = text;
  return value;
}

/// One file of a scenario. What it returns is right in its form.
class FileReader {
 public:
  /// `stem` begins the ids of its commands.
  FileReader(std::string file, std::string stem) : file_(std::move(file)), stem_(std::move(stem)) {}

  [[nodiscard]] Result<void> check_names(const Value& map, const Names& known) const {
    for (const auto& member : map.members) {
      if (contains(known, member.name)) continue;
      const auto meant = nearest(member.name, known);
      return wrong(member.place,
                   member.name + ": is not known here; " +
                       (meant.empty() ? "known are " + list_words(known) : "write " + meant));
    }
    return boost::outcome_v2::success();
  }

  /// The text of a member; empty if it is not there.
  [[nodiscard]] Result<std::string> text(const Value& map, const std::string& name) const {
    const auto* value = map.find(name);
    if (value == nullptr || value->kind == Kind::null) return std::string();
    if (value->is_scalar()) return value->text;
    return wrong(value->place, name + ": must be a text, not " + kind_words(value->kind));
  }

  [[nodiscard]] Result<Step> step(const Value& item, std::size_t number) const {
    if (item.kind != Kind::map) {
      return wrong(item.place, "a step is a map with `do` or `ask`, not " + kind_words(item.kind));
    }
    BOOST_OUTCOME_TRY(check_names(item, sum(command_step_names(), question_names())));
    const bool is_command = item.find("do") != nullptr;
    const bool is_question = item.find("ask") != nullptr;
    if (is_command == is_question) {
      return wrong(item.place, is_command ? "has both `do` and `ask`; make it two steps"
                                          : "has neither `do` (a command) nor `ask` (a question)");
    }
    BOOST_OUTCOME_TRY(check_kind(item, is_command));
    Step step;
    step.file = file_;
    step.place = item.place;
    BOOST_OUTCOME_TRY(about, text(item, "about"));
    step.about = std::move(about);
    if (const auto* at = item.find("at")) {
      const auto time = read_time(at->text);
      if (!at->is_scalar() || !time) return wrong(at->place, "at: " + time_error(*at));
      step.at = time.value();
    }
    if (is_command) {
      BOOST_OUTCOME_TRY(given, command(item, number));
      step.given = std::move(given);
    } else {
      BOOST_OUTCOME_TRY(given, question(item));
      step.given = std::move(given);
    }
    return step;
  }

  [[nodiscard]] Error wrong(Place place, const std::string& what) const {
    return malformed(file_, place, what);
  }

 private:
  static std::string time_error(const Value& value) {
    if (!value.is_scalar()) return "must be a time, not " + kind_words(value.kind);
    return read_time(value.text).error().message;
  }

  [[nodiscard]] Result<void> check_kind(const Value& item, bool is_command) const {
    const auto& known = is_command ? command_step_names() : question_names();
    for (const auto& member : item.members) {
      if (contains(known, member.name)) continue;
      return wrong(member.place, member.name + (is_command ? ": goes with a question (`ask`), not "
                                                             "with a command (`do`)"
                                                           : ": goes with a command (`do`), not "
                                                             "with a question (`ask`)"));
    }
    return boost::outcome_v2::success();
  }

  [[nodiscard]] Result<Value> map_or_nothing(const Value& item, const std::string& name) const {
    const auto* value = item.find(name);
    if (value == nullptr) {
      Value nothing;
      nothing.place = item.place;
      return nothing;
    }
    if (value->kind == Kind::map || value->kind == Kind::null) return *value;
    return wrong(value->place, name + ": must be a map, such as {organisation: prism}, not " +
                                   kind_words(value->kind));
  }

  [[nodiscard]] Result<GivenCommand> command(const Value& item, std::size_t number) const {
    GivenCommand given;
    BOOST_OUTCOME_TRY(type, text(item, "do"));
    given.type = std::move(type);
    const auto names = command_names();
    if (!contains(names, given.type)) {
      const auto meant = nearest(given.type, names);
      return wrong(item.find("do")->place,
                   "do: there is no command " + given.type +
                       (meant.empty() ? "; docs/REFERENCE.md has them all" : "; write " + meant));
    }
    const auto* by = item.find("by");
    if (by == nullptr) {
      return wrong(item.place, "by: is missing; say who does it, such as `staff sam`, or `adam`");
    }
    given.by = *by;
    BOOST_OUTCOME_TRY(with, map_or_nothing(item, "with"));
    given.with = std::move(with);
    BOOST_OUTCOME_TRY(id, text(item, "command_id"));
    given.command_id = id.empty() ? stem_ + "." + std::to_string(number) : id;
    for (const auto& member : item.members) {
      if (member.name != "command_id" && contains(envelope_names(), member.name)) {
        given.envelope.push_back(member);
      }
    }
    BOOST_OUTCOME_TRY(expect, outcome(item.find("expect"), item.place));
    given.expect = std::move(expect);
    return given;
  }

  /// What a step expects, in the form that a receipt is held against.
  [[nodiscard]] Result<Value> outcome(const Value* expect, Place place) const {
    Value map;
    map.kind = Kind::map;
    map.place = expect == nullptr ? place : expect->place;
    const auto add = [&](const std::string& name, const std::string& text) {
      map.members.push_back({name, map.place, text_at(map.place, text)});
    };
    if (expect == nullptr) {
      add("outcome", "recorded");
      return map;
    }
    if (expect->kind == Kind::map) {
      BOOST_OUTCOME_TRY(check_names(*expect, receipt_names()));
      map = *expect;
      if (map.find("outcome") == nullptr) {
        add("outcome", map.find("error") != nullptr    ? "error"
                       : map.find("reason") != nullptr ? "refused"
                                                       : "recorded");
      }
      return map;
    }
    const auto gap = expect->text.find(' ');
    const auto word = expect->text.substr(0, gap);
    const auto code = gap == std::string::npos ? "" : expect->text.substr(gap + 1);
    const bool is_plain = (word == "recorded" || word == "unchanged") && code.empty();
    const bool has_code = word == "refused" || (word == "error" && !code.empty());
    if (expect->kind != Kind::text || (!is_plain && !has_code) ||
        code.find(' ') != std::string::npos) {
      return wrong(expect->place,
                   "expect: must be recorded, unchanged, refused REASON, error CODE, or a map of " +
                       list_words(receipt_names()));
    }
    add("outcome", word);
    if (!code.empty()) add(word == "refused" ? "reason" : "error", code);
    return map;
  }

  [[nodiscard]] Result<GivenQuestion> question(const Value& item) const {
    GivenQuestion given;
    given.ask = *item.find("ask");
    if (given.ask.kind != Kind::text) {
      return wrong(given.ask.place, "ask: must be a question, such as show workspace:ID");
    }
    BOOST_OUTCOME_TRY(with, map_or_nothing(item, "with"));
    given.with = std::move(with);
    if (const auto* reveal = item.find("reveal")) {
      if (reveal->kind != Kind::boolean) return wrong(reveal->place, "reveal: is true or false");
      given.reveal = reveal->text == "true";
    }
    const auto take = [&](const char* name, std::optional<Value>& into) -> Result<void> {
      const auto* value = item.find(name);
      if (value == nullptr) return boost::outcome_v2::success();
      if (value->kind == Kind::null) {
        return wrong(value->place, std::string(name) + ": nothing stands here");
      }
      into = *value;
      return boost::outcome_v2::success();
    };
    BOOST_OUTCOME_TRY(take("as_of", given.as_of));
    BOOST_OUTCOME_TRY(take("true_at", given.true_at));
    BOOST_OUTCOME_TRY(take("expect", given.expect));
    BOOST_OUTCOME_TRY(take("same_as", given.same_as));
    if (given.expect || given.same_as) return given;
    return wrong(item.place, "expect: is missing; say what the answer must be");
  }

  std::string file_;
  std::string stem_;
};

/// The name of a file as the beginning of command ids.
std::string stem_of(const std::string& file) {
  auto stem = std::filesystem::path(file).stem().string().substr(0, kMaxStemBytes);
  for (auto& c : stem) {
    if (!is_ident(std::string_view(&c, 1))) c = '-';
  }
  return stem;
}

/// All files of a scenario.
class ScenarioReader {
 public:
  Result<Scenario> read(const std::string& file) && {
    BOOST_OUTCOME_TRY(take(file));
    scenario_.file = file;
    return std::move(scenario_);
  }

 private:
  /// The same file by whatever path.
  static std::string key_of(const std::string& file) {
    std::error_code failure;
    const auto path = std::filesystem::weakly_canonical(file, failure);
    return failure ? file : path.string();
  }

  Result<void> take(const std::string& file) {
    BOOST_OUTCOME_TRY(document, read_yaml(file));
    const auto key = key_of(file);
    const auto stem = stem_of(file);
    const auto times = ++stems_[stem];
    const FileReader reader(file, times == 1 ? stem : stem + "-" + std::to_string(times));
    if (document.kind != Kind::map) {
      return reader.wrong(document.place, "a scenario is a map with `scenario` and `steps`, not " +
                                              kind_words(document.kind));
    }
    BOOST_OUTCOME_TRY(reader.check_names(document, scenario_names()));
    BOOST_OUTCOME_TRY(title, reader.text(document, "scenario"));
    BOOST_OUTCOME_TRY(reader.text(document, "about"));
    open_.push_back({key, file});
    if (const auto* setup = document.find("setup")) {
      BOOST_OUTCOME_TRY(take_setups(reader, file, *setup));
    }
    open_.pop_back();
    done_.insert(key);
    BOOST_OUTCOME_TRY(take_steps(reader, document));
    // The last to come here is the scenario itself.
    scenario_.title = std::move(title);
    return boost::outcome_v2::success();
  }

  Result<void> take_setups(const FileReader& reader, const std::string& file, const Value& setup) {
    const std::vector<Value> one = {setup};
    for (const auto& value : setup.kind == Kind::list ? setup.elements : one) {
      if (value.kind != Kind::text) {
        return reader.wrong(value.place, "setup: must be a file, or a list of files");
      }
      const auto path = std::filesystem::path(file).parent_path() / value.text;
      const auto name = path.lexically_normal().string();
      const auto key = key_of(name);
      std::string way;
      for (const auto& [open_key, open_file] : open_) {
        if (open_key != key && way.empty()) continue;
        way.append(open_file).append(" needs ");
      }
      if (!way.empty()) {
        way.insert(0, "setup: goes in a circle: ").append(name);
        return reader.wrong(value.place, way);
      }
      if (done_.contains(key)) continue;
      if (!std::filesystem::exists(name)) {
        return reader.wrong(value.place, "setup: there is no file " + name +
                                             "; the path starts at the directory of this file");
      }
      BOOST_OUTCOME_TRY(take(name));
    }
    return boost::outcome_v2::success();
  }

  Result<void> take_steps(const FileReader& reader, const Value& document) {
    const auto* steps = document.find("steps");
    if (steps == nullptr || steps->kind != Kind::list || steps->elements.empty()) {
      return reader.wrong(steps == nullptr ? document.place : steps->place,
                          "steps: must be a list of at least one step");
    }
    std::size_t number = 0;
    for (const auto& item : steps->elements) {
      BOOST_OUTCOME_TRY(step, reader.step(item, ++number));
      if (step.at && clock_ && *step.at < *clock_) {
        return reader.wrong(item.find("at")->place,
                            "at: the clock never goes back, and " + clock_place_ + " set it to " +
                                to_iso8601(*clock_) +
                                "; put this step before that, or ask `as_of`");
      }
      if (step.at) {
        clock_ = step.at;
        clock_place_ = step.file + ":" + std::to_string(step.place.line);
      }
      scenario_.steps.push_back(std::move(step));
    }
    return boost::outcome_v2::success();
  }

  struct Open {
    std::string key;
    std::string file;
  };

  Scenario scenario_;
  /// From the scenario down to the file that is being read.
  std::vector<Open> open_;
  std::set<std::string> done_;
  std::map<std::string, int> stems_;
  std::optional<Timestamp> clock_;
  std::string clock_place_;
};

}  // namespace

Result<Scenario> read_scenario(const std::string& file) { return ScenarioReader().read(file); }

}  // namespace actbook::cli

#include "actbook/search.h"

#include <algorithm>
#include <boost/outcome/try.hpp>
#include <tao/pegtl.hpp>
#include <utility>

#include "actbook/entity.h"
#include "actbook/flat.h"
#include "actbook/schema.h"
#include "actbook/schema/commands_generated.h"
#include "actbook/schema/common_generated.h"
#include "actbook/schema/reasons_generated.h"
#include "actbook/time.h"
#include "event_names.h"

namespace actbook {
namespace {

/// A part of the text, and at which of its bytes that begins.
struct Word {
  std::string text;
  std::size_t at;
};

/// What is wrong with the text, and at which of its bytes.
struct Wrong {
  std::size_t at;
  std::string what;
};

/// What follows a colon: words between commas, and the two brackets of a range.
struct Value {
  std::vector<Word> words;
  std::vector<Word> brackets;
};

// What keys mean.

enum class Shape { word, words, time };

struct Key {
  using Read = std::optional<Wrong> (*)(const Key& key, const Value& value, Search& search);

  std::string name;
  Shape shape;
  /// Follows the name and "takes".
  std::string takes;
  Read read;
  /// Why it may stand in a text only once; empty if it may stand there more often.
  std::string once;

  [[nodiscard]] Wrong wrong(std::size_t at) const { return {at, name + " takes " + takes}; }
};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

std::string near_are(const std::vector<std::string>& names) {
  return (names.size() == 1 ? "near is " : "near are ") + joined(names);
}

std::optional<Wrong> read_types(const Key& key, const Value& value, Search& search) {
  std::vector<std::string> types;
  for (const auto& word : value.words) {
    if (word.text.empty()) return key.wrong(word.at);
    auto named = events_named(word.text);
    if (named.empty()) {
      const auto meant = nearest(word.text, event_names());
      return Wrong{word.at,
                   "no event is named " + word.text + "; " +
                       (meant.empty() ? key.name + " takes " + key.takes : near_are(meant))};
    }
    types.insert(types.end(), named.begin(), named.end());
  }
  std::ranges::copy_if(event_names(), std::back_inserter(search.types), [&](const auto& name) {
    return std::ranges::find(types, name) != types.end();
  });
  return std::nullopt;
}

template <std::vector<std::string> Search::*Field, const std::vector<std::string>& (*Known)()>
std::optional<Wrong> read_names(const Key& key, const Value& value, Search& search) {
  for (const auto& word : value.words) {
    if (std::ranges::find(Known(), word.text) == Known().end()) {
      const auto meant = nearest(word.text, Known());
      return Wrong{word.at,
                   "there is no " + key.name + " " + word.text + "; " +
                       (meant.empty() ? key.name + " takes " + key.takes : near_are(meant))};
    }
    (search.*Field).push_back(word.text);
  }
  return std::nullopt;
}

const std::vector<std::string>& reason_names() {
  static const auto names = [] {
    std::vector<std::string> all;
    for (const auto reason : schema::EnumValuesReason()) {
      all.emplace_back(schema::EnumNameReason(reason));
    }
    return all;
  }();
  return names;
}

const std::vector<std::string>& command_names() {
  static const auto names = [] {
    std::vector<std::string> all;
    for (const auto type : command::EnumValuesCommand()) {
      if (type != command::Command::NONE) all.emplace_back(command::EnumNameCommand(type));
    }
    return all;
  }();
  return names;
}

std::optional<Wrong> read_tag(const Key& key, const Value& value, Search& search) {
  const auto& id = value.words.front();
  if (!is_ident(id.text)) return key.wrong(id.at);
  search.tags.push_back(key.name + ":" + id.text);
  return std::nullopt;
}

std::optional<Wrong> read_bound(const Word& word, std::optional<Timestamp>& bound) {
  if (word.text.empty()) return std::nullopt;
  const auto time = parse_iso8601(word.text);
  if (!time) return Wrong{word.at, time.error().message};
  bound = time.value();
  return std::nullopt;
}

std::optional<Wrong> read_range(const Value& value, TimeRange& range) {
  const auto& open = value.brackets.front();
  const auto& close = value.brackets.back();
  if (open.text != "[") {
    return Wrong{open.at,
                 "a range is half-open: it begins with [ and the first instant that is in it"};
  }
  if (close.text != ")") {
    return Wrong{close.at,
                 "a range is half-open: it ends with the first instant that is no longer in it, "
                 "and ); March is [2026-03-01,2026-04-01)"};
  }
  const auto& from = value.words.front();
  const auto& before = value.words.back();
  if (auto wrong = read_bound(from, range.from)) return wrong;
  if (auto wrong = read_bound(before, range.before)) return wrong;
  if (!range.from && !range.before) {
    return Wrong{from.at, "a range has a beginning, as [2026-03-01,), or an end, or both"};
  }
  if (range.from && range.before && *range.before <= *range.from) {
    return Wrong{before.at, "a range ends after it begins; this one has no instant in it"};
  }
  return std::nullopt;
}

template <TimeRange Search::*Field>
std::optional<Wrong> read_time(const Key& key, const Value& value, Search& search) {
  auto& range = search.*Field;
  if (!value.brackets.empty()) return read_range(value, range);
  const auto& day = value.words.front();
  const auto first = parse_iso8601(day.text);
  const bool is_day = first && day.text.find('T') == std::string::npos;
  if (!is_day) return key.wrong(day.at);
  range = {first.value(), plus_days(first.value(), 1)};
  return std::nullopt;
}

template <std::optional<bool> Search::*Field>
std::optional<Wrong> read_flag(const Key& key, const Value& value, Search& search) {
  const auto& word = value.words.front();
  const bool yes = word.text == "yes";
  if (!yes && word.text != "no") return key.wrong(word.at);
  search.*Field = yes;
  return std::nullopt;
}

std::optional<Wrong> read_mode(const Key& key, const Value& value, Search& search) {
  const auto& word = value.words.front();
  for (const auto mode : schema::EnumValuesMode()) {
    if (word.text == schema_name(schema::EnumNameMode(mode))) search.mode = mode;
  }
  return search.mode ? std::nullopt : std::optional(key.wrong(word.at));
}

/// The keys of tags: actor, correlation, the kinds of entities and those of actors.
std::vector<std::string> tag_names() {
  std::vector<std::string> names = {"actor", "correlation"};
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  // Behind the last kind there is nothing in front of the id.
  for (int kind = 0;; ++kind) {
    const auto tag = Entity{static_cast<EntityKind>(kind), {}}.tag();
    if (tag.empty()) break;
    add(tag.substr(0, tag.size() - 1));
  }
  for (const auto kind : schema::EnumValuesActorKind()) {
    add(schema_name(schema::EnumNameActorKind(kind)));
  }
  return names;
}

const std::vector<Key>& keys() {
  static const auto keys = [] {
    const std::string time =
        "a day, such as 2026-03-01, or a range, such as [2026-03-01,2026-04-01)";
    const std::string once = "write it once";
    std::vector<Key> all = {
        {"type", Shape::words,
         "names of events, with commas and no spaces between them, such as "
         "AgreementAccepted,invite.*",
         read_types, "join the names with commas, as type:invite.*,handoff.*"},
        {"recorded", Shape::time, time, read_time<&Search::recorded>, once},
        {"occurred", Shape::time, time, read_time<&Search::occurred>, once},
        {"refused", Shape::word, "yes or no", read_flag<&Search::refused>, once},
        {"reason", Shape::words,
         "reasons of refusals, with commas and no spaces between them, such as "
         "NOT_PARTNER,FORBIDDEN",
         read_names<&Search::reasons, reason_names>, "join the reasons with commas"},
        {"command", Shape::words,
         "names of commands, with commas and no spaces between them, such as "
         "CreateWorkspace,ProposeHandoff",
         read_names<&Search::commands, command_names>, "join the names with commas"},
        {"broken", Shape::word, "yes or no", read_flag<&Search::broken>, once},
        {"mode", Shape::word, "observed or command", read_mode, once}};
    for (auto& name : tag_names()) {
      all.push_back({std::move(name), Shape::word,
                     "one id, of 1 to 64 characters of A-Z a-z 0-9 - _ . :", read_tag, ""});
    }
    return all;
  }();
  return keys;
}

Wrong unknown_key(const Word& word) {
  std::vector<std::string> names;
  for (const auto& key : keys()) names.push_back(key.name);
  const auto meant = nearest(word.text, names);
  return {word.at, "there is no key " + word.text + "; " +
                       (meant.empty() ? "the keys are " + joined(names) : near_are(meant))};
}

/// Reads terms as the grammar finds them; knows the first thing that is wrong.
class Reader {
 public:
  /// All but the first are what follows from it.
  void complain(Wrong wrong) {
    if (!wrong_) wrong_ = std::move(wrong);
  }

  bool key(const Word& word) {
    const auto found = std::ranges::find(keys(), word.text, &Key::name);
    key_ = found == keys().end() ? nullptr : &*found;
    value_ = {};
    if (key_ == nullptr) {
      complain(unknown_key(word));
    } else if (!key_->once.empty() && std::ranges::find(seen_, key_) != seen_.end()) {
      complain({word.at, key_->name + " stands here a second time; " + key_->once});
    }
    seen_.push_back(key_);
    return !wrong_;
  }

  void word(Word word) { value_.words.push_back(std::move(word)); }
  void bracket(Word bracket) { value_.brackets.push_back(std::move(bracket)); }

  /// The term is complete.
  bool term() {
    const auto& words = value_.words;
    if (!value_.brackets.empty()) {
      if (key_->shape != Shape::time) complain(key_->wrong(value_.brackets.front().at));
    } else if (words.size() > 1 && key_->shape != Shape::words) {
      // At the comma.
      complain(key_->wrong(words[1].at - 1));
    }
    if (wrong_) return false;
    if (auto wrong = key_->read(*key_, value_, search_)) complain(*std::move(wrong));
    return !wrong_;
  }

  [[nodiscard]] const std::optional<Wrong>& wrong() const { return wrong_; }

  [[nodiscard]] Search finish() && {
    auto& tags = search_.tags;
    std::ranges::sort(tags);
    tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
    return std::move(search_);
  }

 private:
  Search search_;
  std::vector<const Key*> seen_;
  const Key* key_ = nullptr;
  Value value_;
  std::optional<Wrong> wrong_;
};

// The grammar. No rule that began to match is tried another way, so what fails first is what is
// wrong.

namespace rule {

using tao::pegtl::eof;
using tao::pegtl::list;
using tao::pegtl::not_at;
using tao::pegtl::one;
using tao::pegtl::plus;
using tao::pegtl::seq;
using tao::pegtl::sor;
using tao::pegtl::star;

/// UTF-8 without control characters and spaces.
struct Visible : sor<tao::pegtl::ranges<'!', '~'>, tao::pegtl::utf8::ranges<0xA0, 0x10FFFF>> {};
template <char... Others>
struct VisibleBut : seq<not_at<one<Others...>>, Visible> {};

struct Spaces : star<one<' '>> {};

struct ClosingQuote : one<'"'> {};
struct Escaped : seq<one<'\\'>, one<'"', '\\'>> {};
struct Quoted : seq<one<'"'>, star<sor<VisibleBut<'"', '\\'>, one<' '>, Escaped>>, ClosingQuote> {};
struct Bare : plus<VisibleBut<'"', ',', '[', ']', '(', ')'>> {};
struct Nothing : tao::pegtl::success {};
struct Word : sor<Quoted, Bare, Nothing> {};

struct Open : one<'[', '('> {};
struct Comma : one<','> {};
struct Close : one<']', ')'> {};
struct Range : seq<Open, Spaces, Word, Spaces, Comma, Spaces, Word, Spaces, Close> {};

struct Key : plus<VisibleBut<':', '"', ',', '[', ']', '(', ')'>> {};
struct Colon : one<':'> {};
struct End : sor<tao::pegtl::at<one<' '>>, eof> {};
struct Term : seq<Key, Colon, sor<Range, list<Word, one<','>>>, End> {};
struct Text : seq<Spaces, tao::pegtl::until<eof, Term, Spaces>> {};

}  // namespace rule

/// What to say if the rule, which is then the only one that there is, does not match.
template <class Rule>
constexpr const char* kMissing = nullptr;
template <>
constexpr const char* kMissing<rule::Key> = "a term begins with its key, as in workspace:ws-1";
template <>
constexpr const char* kMissing<rule::Colon> =
    "a colon and a value follow the key, as in workspace:ws-1";
template <>
constexpr const char* kMissing<rule::ClosingQuote> =
    "a double quote has to end the value; before that, \\ stands only in \\\" and \\\\";
template <>
constexpr const char* kMissing<rule::Comma> =
    "a comma has to stand between the beginning and the end of the range, as in "
    "[2026-03-01,2026-04-01)";
template <>
constexpr const char* kMissing<rule::Close> =
    "the range has to end here with ), as in [2026-03-01,2026-04-01)";
template <>
constexpr const char* kMissing<rule::End> =
    "the value has come to its end; only a space and another term can follow";

template <class Rule>
struct Control : tao::pegtl::normal<Rule> {
  template <class Input>
  static void failure(const Input& in, Reader& reader) {
    if constexpr (kMissing<Rule> != nullptr) {
      reader.complain({in.position().byte, kMissing<Rule>});
    }
  }
};

template <class Input>
Word word_at(const Input& in) {
  return {in.string(), in.position().byte};
}

template <class Rule>
struct Action : tao::pegtl::nothing<Rule> {};

template <>
struct Action<rule::Key> {
  template <class Input>
  static bool apply(const Input& in, Reader& reader) {
    return reader.key(word_at(in));
  }
};

template <>
struct Action<rule::Bare> {
  template <class Input>
  static void apply(const Input& in, Reader& reader) {
    reader.word(word_at(in));
  }
};

template <>
struct Action<rule::Nothing> : Action<rule::Bare> {};

template <>
struct Action<rule::Quoted> {
  template <class Input>
  static void apply(const Input& in, Reader& reader) {
    auto word = word_at(in);
    const auto quoted = std::exchange(word.text, {});
    for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
      if (quoted[i] == '\\') ++i;
      word.text += quoted[i];
    }
    reader.word(std::move(word));
  }
};

template <>
struct Action<rule::Open> {
  template <class Input>
  static void apply(const Input& in, Reader& reader) {
    reader.bracket(word_at(in));
  }
};

template <>
struct Action<rule::Close> : Action<rule::Open> {};

template <>
struct Action<rule::Term> {
  static bool apply0(Reader& reader) { return reader.term(); }
};

Result<void> check_range(const TimeRange& range, const char* name) {
  if (!range.from || !range.before || *range.from < *range.before) {
    return boost::outcome_v2::success();
  }
  return Error{ErrorKind::misuse,
               "EMPTY_RANGE",
               std::string(name) + ": the range from " + to_iso8601(*range.from) + " to before " +
                   to_iso8601(*range.before) + " is empty; the first must be the earlier",
               {}};
}

/// Callers of the library name what they like. Nothing has an unknown name, which must not read as
/// if nothing had happened.
Result<void> check_names(const char* key, const std::vector<std::string>& names,
                         const std::vector<std::string>& known) {
  for (const auto& name : names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const auto meant = nearest(name, known);
    return Error{ErrorKind::invalid,
                 "UNKNOWN_NAME",
                 std::string(key) + ": there is no " + name + "; " +
                     (meant.empty() ? "docs/REFERENCE.md has all names" : near_are(meant)),
                 {}};
  }
  return boost::outcome_v2::success();
}

Error bad_search(std::string_view text, const Wrong& wrong) {
  const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  const auto column = std::ranges::count_if(text.substr(0, wrong.at), is_first_byte) + 1;
  return {
      ErrorKind::invalid, "BAD_SEARCH", "column " + std::to_string(column) + ": " + wrong.what, {}};
}

}  // namespace

Result<Search> parse_search(std::string_view text) {
  Reader reader;
  tao::pegtl::memory_input in(text.data(), text.size(), "");
  (void)tao::pegtl::parse<rule::Text, Action, Control>(in, reader);
  if (reader.wrong()) return bad_search(text, *reader.wrong());
  return std::move(reader).finish();
}

Result<void> check_search(const Search& search) {
  BOOST_OUTCOME_TRY(check_range(search.recorded, "recorded"));
  BOOST_OUTCOME_TRY(check_range(search.occurred, "occurred"));
  BOOST_OUTCOME_TRY(check_names("type", search.types, event_names()));
  BOOST_OUTCOME_TRY(check_names("reason", search.reasons, reason_names()));
  BOOST_OUTCOME_TRY(check_names("command", search.commands, command_names()));
  const bool of_refusals = !search.reasons.empty() || !search.commands.empty();
  if (search.refused != false || !of_refusals) return boost::outcome_v2::success();
  return Error{ErrorKind::misuse,
               "NOT_ASKED_FOR",
               "refused:no leaves no refusals, and reason: and command: are about nothing else; "
               "leave out the one or the others",
               {}};
}

}  // namespace actbook
